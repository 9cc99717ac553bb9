//! What records tell of trails, and what a call comes to when all of them were read.

use std::collections::BTreeSet;

use super::{Condition, LoggingCall, LoggingEffect, LoggingReach};
use crate::model::EventTime;

/// How long after a trail was made its selectors are those that it begins with, and take nothing away: what makes both
/// takes seconds, a minute at most.
const BEGINNING_SECONDS: i64 = 600;

/// What is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FactKind {
    /// The trail of that name is the organization's.
    Organization,
    /// The trail of that name is of its account alone.
    Own,
    /// The bucket is one that a trail delivers to.
    Bucket,
    /// The KMS key is one that a trail encrypts with.
    Key,
    /// The trail of that name was made at that time.
    Created,
    /// What has that name went on at that time.
    Resumed,
    /// The region was enabled.
    EnabledRegion,
}

/// One thing that a record tells of trails.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TrailFact {
    /// What is told.
    pub kind: FactKind,
    /// Of what: a trail's or bucket's name, a key's id, a region.
    pub name: String,
    /// The account that it belongs to.
    pub home: String,
    /// When, where that matters.
    pub time: Option<EventTime>,
}

/// All that records tell of trails.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFacts(BTreeSet<TrailFact>);

/// What a call comes to.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Settled {
    /// What it did to the logs.
    pub effect: LoggingEffect,
    /// The accounts whose logs are concerned: its home account, and those whose trails are known to use its bucket or key.
    pub homes: BTreeSet<String>,
    /// Whether every account is concerned.
    pub is_everyones: bool,
    /// Whether the trail is known to be of its account alone.
    pub is_own: bool,
    /// When it was undone.
    pub undone: Option<EventTime>,
}

impl FactKind {
    /// All of them.
    pub const ALL: [Self; 7] =
        [Self::Organization, Self::Own, Self::Bucket, Self::Key, Self::Created, Self::Resumed, Self::EnabledRegion];

    /// The word that is saved: `organization`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Organization => "organization",
            Self::Own => "own",
            Self::Bucket => "bucket",
            Self::Key => "key",
            Self::Created => "created",
            Self::Resumed => "resumed",
            Self::EnabledRegion => "enabled-region",
        }
    }

    /// The kind of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.as_str() == word)
    }
}

impl TrailFact {
    /// A fact that holds at any time.
    pub fn new(kind: FactKind, name: &str, home: &str) -> Self {
        Self { kind, name: name.to_owned(), home: home.to_owned(), time: None }
    }
}

impl TrailFacts {
    /// Takes in a fact.
    pub fn insert(&mut self, fact: TrailFact) {
        self.0.insert(fact);
    }

    /// Takes in all of `other`.
    pub fn merge(&mut self, other: Self) {
        self.0.extend(other.0);
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &TrailFact> + Clone {
        self.0.iter()
    }

    /// What `call`, made at `time`, comes to; `None` where it is not known to be about a trail.
    pub fn settle(&self, call: &LoggingCall, time: Option<EventTime>) -> Option<Settled> {
        let of_trail = |name: &str| self.has(&[FactKind::Bucket, FactKind::Key], name);
        let effect = match call.condition {
            Condition::IfOfTrail if !of_trail(&call.name) => return None,
            Condition::UnlessOfTrail if of_trail(&call.bucket) => LoggingEffect::Kept,
            _ if self.is_beginning(call, time) => LoggingEffect::Kept,
            _ => call.effect,
        };
        let stores = [FactKind::Bucket, FactKind::Key];
        let users = self.iter().filter(|fact| stores.contains(&fact.kind) && fact.name == call.name);
        let homes: BTreeSet<String> = users.map(|fact| fact.home.clone()).chain([call.home.clone()]).collect();
        let is_organizations = self.of_trail(call, FactKind::Organization).next().is_some();
        let is_of_everyones =
            || self.iter().any(|fact| fact.kind == FactKind::Organization && homes.contains(&fact.home));
        Some(Settled {
            effect,
            is_everyones: match call.reach {
                LoggingReach::Home => call.condition == Condition::IfOfTrail && is_of_everyones(),
                LoggingReach::Trail => is_organizations,
                LoggingReach::Organization => true,
            },
            is_own: self.of_trail(call, FactKind::Own).next().is_some() && !is_organizations,
            undone: time.filter(|_| effect.blinds()).and_then(|time| self.undone(call, time)),
            homes,
        })
    }

    fn has(&self, kinds: &[FactKind], name: &str) -> bool {
        self.iter().any(|fact| kinds.contains(&fact.kind) && fact.name == name)
    }

    fn of_trail<'a>(&'a self, call: &'a LoggingCall, kind: FactKind) -> impl Iterator<Item = &'a TrailFact> {
        self.iter().filter(move |fact| fact.kind == kind && fact.name == call.name && fact.home == call.home)
    }

    /// Whether a trail gets the selectors that it begins with.
    fn is_beginning(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let Some(time) = time.filter(|_| call.event == "PutEventSelectors") else { return false };
        let made = self.of_trail(call, FactKind::Created).filter_map(|fact| fact.time);
        made.into_iter().any(|made| made <= time && time <= made.plus_seconds(BEGINNING_SECONDS))
    }

    /// When what was stopped went on, or was made again. What was narrowed or deleted stays so.
    fn undone(&self, call: &LoggingCall, time: EventTime) -> Option<EventTime> {
        let again = [FactKind::Resumed, FactKind::Created].into_iter().flat_map(|kind| self.of_trail(call, kind));
        let stopped = call.effect == LoggingEffect::Stopped;
        again.filter_map(|fact| fact.time).filter(|&again| stopped && again > time).min()
    }
}
