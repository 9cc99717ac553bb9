//! What breaks no practice by itself, and keeps it from being proven: what was done about root, which is a takeover where it
//! was not its owner; long-lived credentials whose use leaves no record.

use serde_json::Value;

use super::{Evidence, Finding, Severity};
use crate::model::quantity;

/// A question that the logs leave open.
pub(super) struct Open {
    /// In one sentence.
    pub why: String,
    /// What would settle it.
    pub next: &'static str,
}

/// Rules that say that somebody can sign in as root, or did, who may not be its owner.
const RULES: [&str; 3] = ["root-email-change", "root-credential-change", "brute-force-success"];

/// What an account's root has to be asked about before its use is proven to be in order; `None` where nothing is open. What
/// root itself did in a session with MFA is its owner's, as far as logs can tell.
pub(super) fn of_root(account: &str, evidence: &Evidence<'_>) -> Option<Open> {
    let root = format!("root@{account}");
    let asks = |finding: &&&Finding| {
        RULES.contains(&finding.rule)
            && finding.severity >= Severity::High
            && finding.account_id == account
            && finding.subject == root
            && finding.evidence.get("in_session_with_mfa") != Some(&Value::Bool(true))
    };
    let open: Vec<&&Finding> = evidence.findings.iter().filter(asks).collect();
    let worst = open.iter().rev().max_by_key(|finding| finding.severity)?;
    let more = match open.len() - 1 {
        0 => String::new(),
        more => format!(" (and {more} more)"),
    };
    let next = "ask the owner of root; trailscan root-usage, console-logins: from where, and what root did since";
    Some(Open { why: format!("whether it was the owner is not in the logs: {}{more}", worst.sentence()), next })
}

/// Long-lived keys of which one sign of a machine was seen, where the verdict that they lie on one needs two: a person with an
/// SDK's tool, or on a company's VPN, looks the same.
pub(super) fn keys(account: &str, evidence: &Evidence<'_>) -> Option<Open> {
    let seen = evidence.in_logs.keys_perhaps_on_machines(account);
    let first = seen.first()?;
    let more = match seen.len() - 1 {
        0 => String::new(),
        more => format!(" (and {} like it)", quantity(more as u64, "other key")),
    };
    let why = format!("whether a person or a machine holds a long-lived key is not in the logs: {first}{more}");
    let next = "trailscan key-spread --min-addresses 0: ask who uses these keys, and give machines roles";
    Some(Open { why, next })
}

/// Long-lived credentials that are not access keys, where nothing shows that they were deleted: where they lie, and mostly
/// what they are used for, is not in the logs.
///
/// Source: IAM user guide, "Service-specific credentials" and "SSH keys and SSH with CodeCommit"; Amazon Keyspaces developer
/// guide, "Logging Amazon Keyspaces API calls with AWS CloudTrail" (data is not logged unless asked for).
pub(super) fn credentials(account: &str, evidence: &Evidence<'_>) -> Option<Open> {
    let (holders, all_made) = evidence.in_logs.holders_of_credentials(account);
    let first = holders.first()?;
    let more = match holders.len() - 1 {
        0 => String::new(),
        more => format!(" and {}", quantity(more as u64, "other user")),
    };
    let given = if all_made { "made" } else { "made, reset or switched on" };
    let why = format!(
        "long-lived credentials that are not access keys were {given} for user/{first}{more}; whether machines hold them is not \
         in the logs"
    );
    let next = "aws iam list-service-specific-credentials, list-ssh-public-keys, list-signing-certificates: delete what \
                machines hold, and give them roles";
    Some(Open { why, next })
}
