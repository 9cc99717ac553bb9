//! Trails that were stopped or deleted while the organization's trail goes on: an organization that moves to one trail stops
//! the trail of each account.
//!
//! The organization's trail has to be known from records (CreateTrail, GetTrail, DescribeTrails), must not have been stopped
//! itself, and what was read must not show that the account's logs ended. Another trail of the account alone does not count:
//! a thief makes one that delivers elsewhere, so there it stays as severe as it is. Who is wrongly excused: a thief who
//! stops an account's own trail and does not know of the organization's, so it is told all the same; one who holds the
//! management account and made the organization's trail deliver to himself, where nothing was read of the days that follow.
//!
//! Source: CloudTrail user guide, "Creating a trail for an organization": it records in every member account, and member
//! accounts cannot change it; "Migrating member account trails to organization trails".

use std::collections::BTreeSet;

use super::{Change, Outcome};
use crate::aggregate::logging::LoggingChanges;
use crate::model::{Day, EventTime, FactKind, LoggingEffect, LoggingObject, TrailFact};
use crate::report::{LogSpan, Severity, View};

/// How long before it an organization's trail was made at most that a trail makes way for, in seconds: 30 days.
const MOVE: i64 = 30 * 24 * 3600;

/// How many days may pass until the next delivery of a region that was at work.
const QUIET_DAYS: i32 = 2;

/// A trail of the organization that nobody stopped.
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
        let is_stopped = |fact: &TrailFact| {
            changes.iter().any(|change| {
                let is_of_it = change.call.name == fact.name && change.call.home == fact.home;
                is_of_it && is_stop(change) && change.settled.undone.is_none()
            })
        };
        let made = |fact: &TrailFact| {
            let of_it = all.facts().iter().filter(|other| other.kind == FactKind::Created);
            of_it.filter(|other| other.name == fact.name && other.home == fact.home).find_map(|other| other.time)
        };
        let trails = all.facts().iter().filter(|fact| fact.kind == FactKind::Organization && !is_stopped(fact));
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
        let goes_on = self.goes_on(change, last.day());
        if goes_on == Some(false) {
            return None;
        }
        let of_trail = |trail: &Everyones<'_>| {
            let severity = match trail.made {
                Some(made) if made > first => return None,
                Some(made) if first.seconds() - made.seconds() <= MOVE => Severity::Low,
                Some(_) => Severity::Medium,
                None if goes_on == Some(true) => Severity::Medium,
                None => return None,
            };
            Some((severity, format!("the organization's trail {} of account {} goes on", trail.name, trail.home)))
        };
        let is_other = |trail: &&Everyones<'_>| (trail.name, trail.home) != (&*change.call.name, &*change.call.home);
        self.trails.iter().filter(is_other).filter_map(of_trail).min()
    }

    /// Whether every region that delivered logs of the account until a day did so after it, and before the trail was started
    /// again; `None` where what was read does not reach so far.
    fn goes_on(&self, change: &Change<'_>, day: Day) -> Option<bool> {
        let logs = self.logs?;
        let newest = logs.days.values().filter_map(|days| days.last()).max()?;
        if *newest < Day(day.0 + QUIET_DAYS) {
            return None;
        }
        let until = change.settled.undone.map_or(Day(i32::MAX), EventTime::day);
        let of_account = logs.days.iter().filter(|((account, _), _)| account == change.account_id);
        let at_work: Vec<&BTreeSet<Day>> =
            of_account.map(|(_, days)| days).filter(|days| days.range(Day(day.0 - 1)..=day).next().is_some()).collect();
        let after = |days: &&BTreeSet<Day>| {
            days.range(Day(day.0 + 1)..=Day(day.0 + QUIET_DAYS)).next().is_some_and(|next| *next < until)
        };
        Some(!at_work.is_empty() && at_work.iter().all(after))
    }
}

fn is_stop(change: &Change<'_>) -> bool {
    change.settled.effect == LoggingEffect::Stopped && change.outcome == Outcome::Succeeded
}
