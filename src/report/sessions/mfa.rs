//! Whether MFA stands behind a session, and what says so.
//!
//! `mfaAuthenticated` of a role session says whether the caller of AssumeRole had MFA; role chaining, Identity Center,
//! SAML and web identities always say false. So `no` is only said where false means no, and absent is never false.
//! Source: IAM user guide, "Secure API access with MFA"; CloudTrail user guide, "CloudTrail userIdentity element".

use super::issue::Explained;
use super::kind::Kind;

/// The answer for one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Mfa {
    /// `yes`, `no` or `unknown`.
    pub answer: &'static str,
    /// `session-flag`, `serial-number`, `parent-session`, `identity-provider` or `none`.
    pub basis: &'static str,
}

const UNKNOWN: Mfa = Mfa { answer: "unknown", basis: "none" };

/// The answers for all sessions; a session's parent is among them.
pub(super) fn judge(all: &[Explained<'_>], kinds: &[Kind]) -> Vec<Mfa> {
    (0..all.len()).map(|i| judge_chain(all, kinds, i)).collect()
}

/// Follows the chain of parents from `start` to the first session that can answer for itself.
fn judge_chain(all: &[Explained<'_>], kinds: &[Kind], start: usize) -> Mfa {
    if let Some(own) = own_answer(&all[start], kinds[start]) {
        return own;
    }
    let mut at = start;
    // Chains are short; the bound ends a cycle that only a forged or broken log can have.
    for _ in 0..all.len().min(64) {
        if all[at].issuance().and_then(|issuance| issuance.caller_mfa()) == Some(true) {
            return Mfa { answer: "yes", basis: "parent-session" };
        }
        let Some(parent) = all[at].parent else { break };
        match own_answer(&all[parent], kinds[parent]) {
            Some(Mfa { answer: "yes", .. }) => return Mfa { answer: "yes", basis: "parent-session" },
            Some(Mfa { basis: "identity-provider", .. }) => {
                return Mfa { answer: "unknown", basis: "identity-provider" };
            }
            Some(_) => return Mfa { answer: "unknown", basis: "parent-session" },
            None => at = parent,
        }
    }
    UNKNOWN
}

/// What a session says of itself; `None` for a chained one, whose own flag says nothing.
fn own_answer(explained: &Explained<'_>, kind: Kind) -> Option<Mfa> {
    let flag = explained.session.mfa_flag();
    if flag == Some(true) {
        return Some(Mfa { answer: "yes", basis: "session-flag" });
    }
    if explained.issuances.iter().any(|issuance| issuance.has_mfa_serial()) {
        return Some(Mfa { answer: "yes", basis: "serial-number" });
    }
    if kind.has_identity_provider() {
        return Some(Mfa { answer: "unknown", basis: "identity-provider" });
    }
    if is_chained(explained) {
        return None;
    }
    Some(if flag == Some(false) { Mfa { answer: "no", basis: "session-flag" } } else { UNKNOWN })
}

/// Whether a role session (or a federated user) made the issuing call.
pub(super) fn is_chained(explained: &Explained<'_>) -> bool {
    let caller = explained.issuance().map_or("", |issuance| issuance.caller_type());
    matches!(caller, "AssumedRole" | "FederatedUser")
}
