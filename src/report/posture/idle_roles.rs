//! Roles that nobody used, as IAM tells it; where logs are read, that they do not show them either.
//!
//! IAM keeps the last use of a role for 400 days. Its file may be old: days run to the moment that it speaks of, and not to
//! now, so that a use since then is nobody's fault.
//!
//! Source: IAM user guide, "View last accessed information for IAM" (tracking period); IAM API reference, RoleLastUsed.

use super::administrators::trusted;
use super::documents::is_kept_by_aws;
use super::violation::{days_between, some_of};
use super::{IDLE_DAYS, Look, ROLE_NOT_USED, SubjectKind, Violation};
use crate::model::quantity;
use crate::posture::{Authorization, Dated, Role};
use crate::report::joined::Logs;
use crate::report::{Rule, Severity};

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>, logs: Option<&Logs<'a>>) -> Vec<Violation<'a>> {
    let roles = part.value.roles.iter().flatten().filter(|(_, role)| !is_kept_by_aws(role));
    roles.filter_map(|(name, role)| of_role(look, part, (name, role), logs)).collect()
}

fn of_role<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (name, role): (&'a str, &'a Role),
    logs: Option<&Logs<'a>>,
) -> Option<Violation<'a>> {
    // Without the member nothing is known; an empty one says that there was no use.
    let used = role.last_used.as_ref()?.time;
    let since = used.or(role.created)?;
    let days = days_between(since, part.source.as_of?);
    if days <= look.number(&IDLE_DAYS) || logs.is_some_and(|logs| logs.shows(&role.id)) {
        return None;
    }
    let grant = part.value.role_grant(role);
    let severity = if grant.is_admin_equivalent() { Severity::Low } else { Severity::Info };
    let days_text = quantity(days.unsigned_abs(), "day");
    let idle = match used {
        Some(_) => format!("{name} was not used for {days_text}"),
        None => {
            format!("{name} was not used since it was made {days_text} before, or not in the 400 days that IAM keeps")
        }
    };
    let logs = logs.and_then(|logs| logs.days_of(look.account_id));
    let unseen = logs.map(|(first, last)| format!(", nor seen in the logs from {first} to {last}")).unwrap_or_default();
    let rights = if grant.is_admin_equivalent() { "; it is administrator, or can become one" } else { "" };
    let trusts: Vec<String> = trusted(role).into_iter().map(str::to_owned).collect();
    let lets_in = if trusts.is_empty() { String::new() } else { format!("; it lets in {}", some_of(&trusts)) };
    let detail = format!("{idle}{unseen}{rights}{lets_in}");
    let rule = Rule { severity, ..ROLE_NOT_USED };
    let found = look.breaks(rule, (role.arn.as_str(), SubjectKind::Role), detail, &part.source);
    let found = Violation { since: Some(since), age_days: Some(days), ..found };
    Some(
        found.with("grant", grant.as_str()).with("trusts", trusts).with("last_used", used.map(|time| time.to_string())),
    )
}
