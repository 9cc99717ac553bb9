//! Trails that were stopped or deleted while the organization's trail goes on: an organization that moves to one trail stops
//! the trail of each account.
//!
//! The organization's trail has to be known from records (CreateTrail, GetTrail, DescribeTrails), a day older than the stop
//! where these logs show it being made, and neither stopped nor narrowed in them; and what was read has to show that every
//! region of the account goes on to deliver. Then the stop is medium, never less: a decoy is made in a minute. Another trail
//! of the account alone does not count. Who is wrongly excused (medium): a thief who holds the management account, makes a
//! trail of the organization that delivers elsewhere, and waits a day, where the logs of other trails go on. Who is wrongly
//! accused (high): who moves an organization within a day, or whose logs were read only up to the move.
//!
//! Source: CloudTrail user guide, "Creating a trail for an organization": it records in every member account, and member
//! accounts cannot change it; "Migrating member account trails to organization trails".

use std::collections::BTreeSet;

use super::{Change, Outcome};
use crate::aggregate::logging::LoggingChanges;
use crate::model::{Day, EventTime, FactKind, LoggingEffect, LoggingObject, TrailFact};
use crate::report::{LogSpan, Severity, View};

/// How old a trail of the organization is at least that others make way for, in seconds: a day, in which it is seen to deliver.
const SEEN_TO_DELIVER: i64 = 24 * 3600;

/// How many days may pass until the next delivery of a region that was at work.
const QUIET_DAYS: i32 = 2;

/// A trail of the organization that nobody stopped or narrowed.
struct Everyones<'a> {
    name: &'a str,
    home: &'a str,
    /// When it was made, where these logs show it.
    made: Option<EventTime>,
}

/// The trails of the organization, and what was read after a moment.
pub(super) struct Replacements<'a> {
    trails: Vec<Everyones<'a>>,
    logs: Option<&'a LogSpan>,
}

impl<'a> Replacements<'a> {
    /// `changes` are all of them.
    pub(super) fn of(all: &'a LoggingChanges, changes: &[Change<'_>], view: &View<'a>) -> Self {
        let less = [LoggingEffect::Narrowed, LoggingEffect::Deleted, LoggingEffect::Stopped];
        let is_weakened = |fact: &TrailFact| {
            changes.iter().any(|change| {
                let is_of_it = change.call.name == fact.name && change.call.home == fact.home;
                is_of_it && change.outcome == Outcome::Succeeded && less.contains(&change.settled.effect)
            })
        };
        let made = |fact: &TrailFact| {
            let of_it = all.facts().iter().filter(|other| other.kind == FactKind::Created);
            of_it.filter(|other| other.name == fact.name && other.home == fact.home).find_map(|other| other.time)
        };
        let trails = all.facts().iter().filter(|fact| fact.kind == FactKind::Organization && !is_weakened(fact));
        let trails = trails.map(|fact| Everyones { name: &fact.name, home: &fact.home, made: made(fact) });
        Self { trails: trails.collect(), logs: view.logs }
    }

    /// What goes on where `change` stopped an account's own trail, and how much the stop matters then.
    pub(super) fn of_change(&self, change: &Change<'_>) -> Option<(Severity, String)> {
        let (first, last) = change.span.first().zip(change.span.last())?;
        let is_own = change.call.home == change.account_id && !change.settled.is_everyones;
        if !is_stop(change) || change.call.object != LoggingObject::Trail || !is_own {
            return None;
        }
        if !self.goes_on(change, last.day()) {
            return None;
        }
        let is_older =
            |trail: &&Everyones<'_>| trail.made.is_none_or(|made| first.seconds() - made.seconds() >= SEEN_TO_DELIVER);
        let is_other = |trail: &&Everyones<'_>| (trail.name, trail.home) != (&*change.call.name, &*change.call.home);
        let trail = self.trails.iter().filter(is_other).find(is_older)?;
        Some((Severity::Medium, format!("the organization's trail {} of account {} goes on", trail.name, trail.home)))
    }

    /// Whether every region that delivered logs of the account until a day did so after it, and before the trail was started
    /// again.
    fn goes_on(&self, change: &Change<'_>, day: Day) -> bool {
        let Some(logs) = self.logs else { return false };
        let until = change.settled.undone.map_or(Day(i32::MAX), EventTime::day);
        let of_account = logs.days.iter().filter(|((account, _), _)| account == change.account_id);
        let at_work: Vec<&BTreeSet<Day>> =
            of_account.map(|(_, days)| days).filter(|days| days.range(Day(day.0 - 1)..=day).next().is_some()).collect();
        let after = |days: &&BTreeSet<Day>| {
            days.range(Day(day.0 + 1)..=Day(day.0 + QUIET_DAYS)).next().is_some_and(|next| *next < until)
        };
        !at_work.is_empty() && at_work.iter().all(after)
    }
}

fn is_stop(change: &Change<'_>) -> bool {
    change.settled.effect == LoggingEffect::Stopped && change.outcome == Outcome::Succeeded
}
