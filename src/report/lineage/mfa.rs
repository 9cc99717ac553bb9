//! Whether MFA stands behind a session, and what says so.
//!
//! `mfaAuthenticated` of a role session says whether the caller of AssumeRole had MFA; role chaining, Identity Center,
//! SAML and web identities always say false. So `no` is only said where false means no, and absent is never false.
//! Source: IAM user guide, "Secure API access with MFA"; CloudTrail user guide, "CloudTrail userIdentity element".

use super::{Credential, Lineage};
use crate::model::IssuanceApi;

/// The answer for one session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Mfa {
    /// `yes`, `no` or `unknown`.
    pub answer: &'static str,
    /// `session-flag`, `serial-number`, `parent-session`, `identity-provider`, `sign-in` (of a session without any
    /// event) or `none`.
    pub basis: &'static str,
}

const UNKNOWN: Mfa = Mfa { answer: "unknown", basis: "none" };

impl Mfa {
    /// Follows the chain of parents from `start` to the first session that can answer for itself.
    pub fn of(lineage: &Lineage<'_>, start: usize) -> Self {
        judge_chain(&lineage.credentials, start)
    }
}

fn judge_chain(all: &[Credential<'_>], start: usize) -> Mfa {
    if let Some(own) = own_answer(&all[start]) {
        return own;
    }
    let mut at = start;
    // Chains are short: a longer one is made up, and nobody's MFA stands behind it.
    for _ in 0..64 {
        if all[at].issuance().and_then(|issuance| issuance.caller_mfa()) == Some(true) {
            return Mfa { answer: "yes", basis: "parent-session" };
        }
        let Some(parent) = all[at].parent else { break };
        match own_answer(&all[parent]) {
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
fn own_answer(credential: &Credential<'_>) -> Option<Mfa> {
    let flag = credential.mfa_flag();
    if flag == Some(true) {
        return Some(Mfa { answer: "yes", basis: "session-flag" });
    }
    if credential.issuances().any(|issuance| issuance.has_mfa_serial()) {
        return Some(Mfa { answer: "yes", basis: "serial-number" });
    }
    if let (None, Some(used)) = (flag, unseen_sign_in(credential)) {
        return Some(Mfa { answer: if used { "yes" } else { "no" }, basis: "sign-in" });
    }
    if credential.kind().has_identity_provider() {
        return Some(Mfa { answer: "unknown", basis: "identity-provider" });
    }
    if is_chained(credential) {
        return None;
    }
    Some(if flag == Some(false) { Mfa { answer: "no", basis: "session-flag" } } else { UNKNOWN })
}

/// Whether MFA was used at the sign-in that is all there is of a session.
fn unseen_sign_in(credential: &Credential<'_>) -> Option<bool> {
    let issuance = credential.issuance().filter(|_| credential.session().is_none())?;
    issuance.sign_in_mfa().filter(|_| issuance.api() == IssuanceApi::ConsoleLogin)
}

/// Whether a role session (or a federated user) made the issuing call.
pub(in crate::report) fn is_chained(credential: &Credential<'_>) -> bool {
    let caller = credential.issuance().map_or("", |issuance| issuance.caller_type());
    matches!(caller, "AssumedRole" | "FederatedUser")
}
