//! Callers that gave themselves more: a policy of their own, a group, the end of their boundary, or more by way of a group
//! that they are in or a policy that they hold.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Change, Target, named};
use super::super::rules;
use super::super::versions::Holdings;
use super::doors::Doors;
use super::policies::{policy_name, removed_again};
use super::{Draft, Found, Known, groups, listed};
use crate::aggregate::iam_changes::{Act, Granted, TargetKind};
use crate::model::{Arn, Grant};
use crate::posture::{AttachedPolicy, Authorization, Group, InlinePolicy, Role, User};
use crate::report::Severity;

pub(super) fn of<'a>(all: &'a [Change<'a>], known: &Known<'a>) -> Vec<Found> {
    let belongings = Belongings::of(all, known);
    let is_grant = |change: &Change<'a>| {
        let gives = change.gave_rights() || change.did(Act::Join) || change.did(Act::DeleteBoundary);
        let is_own = gives && change.is_by_itself() || belongings.gains_by(change);
        is_own && !change.is_about_quarantine()
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let what = listed(all, &rows, |change| match (change.act(), change.target_kind) {
            (Act::Join, _) => format!("membership of {}", change.policy),
            (Act::DeleteBoundary, _) => "the end of its boundary".to_owned(),
            (_, TargetKind::Group) => format!("{} by its {}", policy_name(change), change.target_name()),
            (_, TargetKind::Policy) => format!("what {} says now", named(TargetKind::Policy, change.target)),
            _ => policy_name(change),
        });
        let (severity, because) = belongings.judged(&rows);
        Draft::new(&rules::SELF_GRANT, account_id, actor)
            .summary(format!("{actor} gave itself {what}{}", removed_again(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, is_grant, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

/// What callers are in and hold, and what else makes them administrators.
pub(super) struct Belongings<'c, 'a> {
    all: &'c [Change<'a>],
    known: &'c Known<'a>,
    doors: Doors<'c, 'a>,
    holdings: Holdings<'a>,
    /// Changes that gave users, groups and roles something.
    given: BTreeMap<Target<'a>, Vec<&'c Change<'a>>>,
    /// Customer-managed policies, by who wrote them in these logs.
    written: BTreeSet<(&'a str, &'a str)>,
}

impl<'c, 'a> Belongings<'c, 'a> {
    pub(super) fn of(all: &'c [Change<'a>], known: &'c Known<'a>) -> Self {
        let mut given: BTreeMap<Target<'a>, Vec<&'c Change<'a>>> = BTreeMap::new();
        for change in all.iter().filter(|change| change.gave_policy() || change.did(Act::Join)) {
            given.entry(change.target()).or_default().push(change);
        }
        let written = all.iter().filter(|change| change.puts_into_force());
        Self {
            all,
            known,
            doors: Doors::of(all, &known.administrators),
            holdings: Holdings::of(all),
            given,
            written: written.map(|change| (change.actor, change.policy)).collect(),
        }
    }

    /// Whether the caller has more by way of a group or of a policy that the change is about.
    fn gains_by(&self, change: &Change<'a>) -> bool {
        match change.target_kind {
            TargetKind::Group => change.gave_rights() && self.is_in(change, change.target),
            TargetKind::Policy => {
                let is_less = matches!(change.grant(), Some(Grant::DenyOnly | Grant::NotJudged) | None);
                change.puts_into_force() && !is_less && self.holds_policy(change)
            }
            _ => false,
        }
    }

    /// Whether the calling user was in that group by then, by these logs, or is by state.
    fn is_in(&self, change: &Change<'a>, group: &'a str) -> bool {
        let Some((_, TargetKind::User, name)) = caller(change) else { return false };
        let members = self.doors.behind((change.account_id, TargetKind::Group, group), change.span.last());
        let in_state = || self.user(change)?.groups.iter().find(|held| *held == group);
        members.contains(&named(TargetKind::User, name)) || in_state().is_some()
    }

    /// Whether the caller, or a group that it is in, has the policy that the change puts into force.
    fn holds_policy(&self, change: &Change<'a>) -> bool {
        let holds = |(account_id, kind, name): Target<'a>| match kind {
            TargetKind::Group => account_id == change.account_id && self.is_in(change, name),
            _ => change.is_by((account_id, kind, name)),
        };
        self.holdings.holders_at(change).into_iter().any(holds) || self.holds_in_state(change).unwrap_or(false)
    }

    fn holds_in_state(&self, change: &Change<'a>) -> Option<bool> {
        let details = self.details(change)?;
        let has = |attached: &[AttachedPolicy]| attached.iter().any(|attached| attached.arn == change.policy);
        match self.user(change) {
            Some(user) => {
                let groups = user.groups.iter().filter_map(|group| details.groups.as_ref()?.get(group));
                Some(has(&user.attached) || groups.into_iter().any(|group| has(&group.attached)))
            }
            None => Some(has(&self.role(change)?.attached)),
        }
    }

    /// How much it matters what a caller gave itself.
    fn judged(&self, rows: &[usize]) -> (Severity, &'static str) {
        let changes = || rows.iter().map(|&row| &self.all[row]);
        let is_narrow = |change: &Change<'a>| change.granted == Granted::Policy(Grant::Other);
        if changes().all(|change| self.is_administrator(change)) {
            (Severity::Low, "it is administrator by what it did not give itself, so it gained nothing")
        } else if changes().all(|change| !change.is_by_itself()) {
            (Severity::Medium, "by way of a group that it is in, or of a policy that it holds, it has more itself")
        } else if changes().all(is_narrow) {
            (Severity::Medium, "it gave itself more, but less than a whole service")
        } else {
            (Severity::High, "who can give itself permissions has them all")
        }
    }

    /// Whether IAM's state shows what the caller may do.
    pub(super) fn is_in_state(&self, change: &Change<'a>) -> bool {
        self.user(change).is_some() || self.role(change).is_some()
    }

    /// Whether the caller was administrator before, by what others gave it in these logs, or is by state, without what it gave
    /// itself or wrote in these logs.
    pub(super) fn is_administrator(&self, change: &Change<'a>) -> bool {
        let Some(caller) = caller(change) else { return false };
        let first = change.span.first();
        let makes = |given: &&&Change<'a>| {
            let is_admin = given.grant().is_some_and(Grant::is_admin_equivalent)
                || given.act() == Act::Join
                    && self.known.administrators.has_at((given.account_id, TargetKind::Group, given.policy), first);
            let is_then = given.span.first() < first && given.removed.is_none_or(|removed| Some(removed) > first);
            is_admin && is_then && given.actor != change.actor
        };
        self.given.get(&caller).into_iter().flatten().any(|given| makes(&given))
            || self.is_administrator_in_state(change, caller).unwrap_or(false)
    }

    fn is_administrator_in_state(&self, change: &Change<'a>, caller: Target<'a>) -> Option<bool> {
        let details = self.details(change)?;
        let is_own = |target: Target<'_>, policy: &str| {
            let given = self.given.get(&target).into_iter().flatten();
            self.written.contains(&(change.actor, policy))
                || given.into_iter().any(|given| given.actor == change.actor && given.policy == policy)
        };
        let grants = |target: Target<'_>, attached: &[AttachedPolicy], inline: &[InlinePolicy]| {
            let attached = attached.iter().filter(|policy| !is_own(target, &policy.arn)).cloned().collect();
            let inline = inline.iter().filter(|policy| !is_own(target, &policy.name)).cloned().collect();
            details.user_grant(&User { attached, inline, ..User::default() }).is_admin_equivalent()
        };
        let Some(user) = self.user(change) else {
            let role = self.role(change)?;
            return Some(grants(caller, &role.attached, &role.inline));
        };
        let groups = user.groups.iter().filter(|group| !is_own(caller, group));
        let groups = groups.filter_map(|name| details.groups.as_ref()?.get_key_value(name));
        let of_group = |(name, group): (&String, &Group)| {
            grants((change.account_id, TargetKind::Group, name.as_str()), &group.attached, &group.inline)
        };
        Some(grants(caller, &user.attached, &user.inline) || groups.into_iter().any(of_group))
    }

    fn details(&self, change: &Change<'a>) -> Option<&'a Authorization> {
        Some(&self.known.posture?.accounts.get(change.account_id)?.authorization.as_ref()?.value)
    }

    fn user(&self, change: &Change<'a>) -> Option<&'a User> {
        let (_, TargetKind::User, name) = caller(change)? else { return None };
        self.details(change)?.users.as_ref()?.get(name)
    }

    fn role(&self, change: &Change<'a>) -> Option<&'a Role> {
        let (_, TargetKind::Role, name) = caller(change)? else { return None };
        self.details(change)?.roles.as_ref()?.get(name)
    }
}

/// The user or role that called, where it is of the account that was changed.
fn caller<'a>(change: &Change<'a>) -> Option<Target<'a>> {
    let arn = Arn::parse(change.actor).filter(|arn| arn.account_id == change.account_id)?;
    let kind = [("user/", TargetKind::User), ("role/", TargetKind::Role)];
    let (_, kind) = kind.into_iter().find(|(start, _)| arn.resource.starts_with(start))?;
    Some((change.account_id, kind, arn.name()))
}
