//! The account's password policy: absent, or weak.

use super::{Look, MIN_PASSWORD_LENGTH, PASSWORD_POLICY_ABSENT, PASSWORD_POLICY_WEAK, SubjectKind, Violation};
use crate::model::password_weaknesses;
use crate::posture::PasswordPolicy;

pub(super) fn judge(look: Look<'_>) -> Option<Violation<'_>> {
    let part = look.account.password_policy.as_ref()?;
    let subject = (look.account_id, SubjectKind::Account);
    let rules = match &part.value {
        PasswordPolicy::Absent => {
            let detail = "there is no password policy: 8 characters are enough, and passwords never expire";
            return Some(look.breaks(PASSWORD_POLICY_ABSENT, subject, detail, &part.source));
        }
        PasswordPolicy::Present(rules) => rules,
    };
    let (length, least) = (rules.minimum_password_length, look.number(&MIN_PASSWORD_LENGTH));
    let reuse = rules.password_reuse_prevention.unwrap_or(0);
    let weak = password_weaknesses((length, least), reuse);
    if weak.is_empty() {
        return None;
    }
    let found = look.breaks(PASSWORD_POLICY_WEAK, subject, weak.join("; "), &part.source);
    let found = found.with("minimum_password_length", length).with("password_reuse_prevention", reuse);
    Some(found.with("max_password_age", rules.max_password_age))
}
