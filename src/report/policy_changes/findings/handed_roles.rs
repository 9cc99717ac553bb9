//! Administrator roles that somebody had code run as who is not known to be administrator: who may pass such a role to a
//! function, an instance or a stack has all that it may do.
//!
//! Quiet are root, callers that these logs or IAM's state show to be administrators, and callers that made administrators
//! themselves before, which is told as such. Known misses: roles and instance profiles of which neither
//! logs nor state show what they may do; code that is put where such a role is already.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::json;

use super::super::access_rules as rules;
use super::super::change::{Change, Target, named};
use super::doors::insiders;
use super::policies::is_admin_grant;
use super::self_grants::Belongings;
use super::sharing::lasts;
use super::{Draft, Found, Known, evidence_of, groups, listed, some_of};
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::{Arn, EventTime};
use crate::report::Severity;

const WEEK: i64 = 7 * 86_400;

/// From so many calls on it is a habit, if they go on for a week.
const HABIT: i64 = 3;

pub(super) fn of<'a>(all: &'a [Change<'a>], known: &Known<'a>) -> Vec<Found> {
    if !all.iter().any(|change| role_of(change, known).is_some()) {
        return Vec::new();
    }
    let belongings = Belongings::of(all, known);
    let deeds = Deeds::of(all);
    let is_climb = |change: &Change<'a>| {
        role_of(change, known).is_some_and(|role| {
            let is_own = is_root(change) || change.is_by(role) || deeds.made_administrators(change);
            !change.is_provisioning() && !is_own
        })
    };
    let judged = |change: &Change<'a>| {
        let role = role_of(change, known);
        let gains = role.map(|role| deeds.gains(change, role)).unwrap_or_default();
        (gains.is_empty() && belongings.is_administrator(change), gains)
    };
    let of_actor = |((account_id, actor), mut rows): ((&'a str, &'a str), Vec<usize>)| {
        rows.retain(|&row| !judged(&all[row]).0);
        let first = *rows.first()?;
        let gained: BTreeSet<usize> = rows.iter().flat_map(|&row| judged(&all[row]).1).collect();
        let is_stack = rows.iter().all(|&row| is_to_cloudformation(&all[row]));
        let events: i64 = rows.iter().map(|&row| all[row].events).sum();
        let is_habit = lasts(all, &rows, WEEK) && events >= HABIT;
        let (severity, because) = match () {
            () if !gained.is_empty() => (Severity::High, "the role gave the caller rights afterwards"),
            () if is_habit => (
                Severity::Info,
                "the caller has done so for more than a week, as a pipeline does; it is as strong as the role",
            ),
            () if is_stack => (
                Severity::Info,
                "CloudFormation acts as the role, as pipelines have it do; what a stack gives somebody is told as that",
            ),
            () if rows.iter().any(|&row| belongings.is_in_state(&all[row])) => {
                (Severity::Medium, "by IAM's state the caller is not administrator, and by the code it is")
            }
            () => (Severity::Low, "what the caller may do without the role is not known here; give IAM's state"),
        };
        let roles: BTreeSet<String> =
            rows.iter().filter_map(|&row| role_of(&all[row], known)).map(|(_, kind, name)| named(kind, name)).collect();
        let calls = listed(all, &rows, |change| change.event.name().to_owned());
        let then = match gained.is_empty() {
            true => String::new(),
            false => format!(
                "; then it got rights from there ({})",
                some_of(&gained.iter().map(|&row| all[row].event.name().to_owned()).collect())
            ),
        };
        let which = if roles.len() == 1 { "an administrator" } else { "administrators" };
        let draft = Draft::new(&rules::ADMIN_ROLE_HANDED, account_id, all[first].actor)
            .summary(format!("{actor} had code run as {}, {which} ({calls}){then}", some_of(&roles)))
            .severity(severity, because);
        let gained: Vec<_> = gained.iter().map(|&row| evidence_of(&all[row])).collect();
        Some(draft.found(all, rows).with("roles", json!(roles)).with("gained", json!(gained)))
    };
    groups(all, is_climb, |change| (change.account_id, change.actor)).into_iter().filter_map(of_actor).collect()
}

/// The administrator role that a call which worked had code run as.
pub(super) fn role_of<'a>(change: &Change<'a>, known: &Known<'a>) -> Option<Target<'a>> {
    let runs = change.did(Act::RunAs) || change.succeeded() && is_to_instance(change);
    if runs { known.administrators.run_by(change) } else { None }
}

/// Whether a running instance was given an instance profile.
pub(super) fn is_to_instance(change: &Change<'_>) -> bool {
    matches!(change.event.name(), "AssociateIamInstanceProfile" | "ReplaceIamInstanceProfileAssociation")
}

fn is_to_cloudformation(change: &Change<'_>) -> bool {
    matches!(change.event.name(), "CreateStack" | "UpdateStack" | "CreateChangeSet")
}

fn is_root(change: &Change<'_>) -> bool {
    change.actor.starts_with("root@")
}

/// What callers did besides, and what roles gave to whom: looked up for each call that hands a role to code.
struct Deeds<'c, 'a> {
    all: &'c [Change<'a>],
    /// When each caller first made somebody administrator.
    made: BTreeMap<&'a str, Option<EventTime>>,
    /// What sessions of a role gave to a user or role.
    given: BTreeMap<(Target<'a>, Target<'a>), Vec<usize>>,
    /// Whom sessions of a role let into some role.
    let_in: BTreeMap<(Target<'a>, &'a str), Vec<usize>>,
}

impl<'c, 'a> Deeds<'c, 'a> {
    fn of(all: &'c [Change<'a>]) -> Self {
        let mut deeds = Self { all, made: BTreeMap::new(), given: BTreeMap::new(), let_in: BTreeMap::new() };
        for (row, change) in all.iter().enumerate() {
            if is_admin_grant(change) {
                let first = deeds.made.entry(change.actor).or_insert(change.span.first());
                *first = (*first).min(change.span.first());
            }
            let by = caller(change.actor).filter(|(_, kind, _)| *kind == TargetKind::Role && change.succeeded());
            let Some(role) = by else { continue };
            match change.act() {
                Act::Attach | Act::PutInline if !change.gave_rights() => {}
                Act::Attach
                | Act::PutInline
                | Act::Join
                | Act::DeleteBoundary
                | Act::CreateLogin
                | Act::UpdateLogin
                | Act::AddCredential => deeds.given.entry((role, change.target())).or_default().push(row),
                Act::CreateRole | Act::UpdateTrust => {
                    insiders(change).into_iter().for_each(|who| deeds.let_in.entry((role, who)).or_default().push(row));
                }
                _ => {}
            }
        }
        deeds
    }

    /// Whether the caller had made somebody administrator before: it may do so without this role.
    fn made_administrators(&self, change: &Change<'_>) -> bool {
        self.made.get(change.actor).is_some_and(|first| *first <= change.span.first())
    }

    /// The changes by which the role gave its caller something afterwards.
    fn gains(&self, change: &Change<'a>, role: Target<'a>) -> Vec<usize> {
        let given = caller(change.actor).and_then(|caller| self.given.get(&(role, caller)));
        let rows = given.into_iter().chain(self.let_in.get(&(role, change.actor))).flatten().copied();
        let is_later = |row: &usize| self.all[*row].span.last() >= change.span.first();
        rows.filter(is_later).collect::<BTreeSet<usize>>().into_iter().collect()
    }
}

/// The user or role that called, of whatever account.
fn caller(actor: &str) -> Option<Target<'_>> {
    let arn = Arn::parse(actor)?;
    let kind = [("user/", TargetKind::User), ("role/", TargetKind::Role)];
    let (_, kind) = kind.into_iter().find(|(start, _)| arn.resource.starts_with(start))?;
    Some((arn.account_id, kind, arn.name()))
}
