//! What was done about root that breaks no practice where its owner did it, and is a takeover where somebody else did: no
//! record says which.

use serde_json::Value;

use super::proof::Lack;
use super::{Evidence, Finding, Severity};

/// Rules that say that somebody can sign in as root, or did, who may not be its owner.
const RULES: [&str; 3] = ["root-email-change", "root-credential-change", "brute-force-success"];

/// What an account's root has to be asked about before its use is proven to be in order; `None` where nothing is open. What
/// root itself did in a session with MFA is its owner's, as far as logs can tell.
pub(super) fn of_root(account: &str, evidence: &Evidence<'_>) -> Option<Lack> {
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
    Some(Lack {
        why: format!("whether it was the owner is not in the logs: {}{more}", worst.sentence()),
        next: Some(next.to_owned()),
    })
}
