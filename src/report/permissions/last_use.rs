//! When IAM's state saw a user or role used last.

use super::subject::Who;
use crate::model::EventTime;
use crate::posture::{Account, Answer};

/// When IAM saw it used last; within it `None` for never, as far back as IAM keeps it, around it where the state does not tell.
///
/// Source: IAM API reference, RoleLastUsed; IAM user guide, "Get credential reports for your AWS account".
pub(super) fn of(who: &Who, account: &Account) -> Option<Option<EventTime>> {
    let (kind, name) = who.name.split_once('/')?;
    if kind == "role" {
        let role = account.authorization.as_ref()?.value.roles.as_ref()?.get(name)?;
        return Some(role.last_used.as_ref()?.time);
    }
    let user = account.credentials.as_ref()?.value.users.get(name)?;
    let all = [user.password_last_used, user.keys[0].last_used, user.keys[1].last_used];
    let last = all.iter().filter_map(|told| told.time()).max();
    (last.is_some() || !all.contains(&Answer::Unknown)).then_some(last)
}
