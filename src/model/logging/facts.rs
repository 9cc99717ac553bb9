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
    /// The trail of that name was deleted at that time.
    Deleted,
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
    /// When, where that matters; of a bucket the first time. `None` holds at any time.
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
    pub const ALL: [Self; 8] = [
        Self::Organization,
        Self::Own,
        Self::Bucket,
        Self::Key,
        Self::Created,
        Self::Resumed,
        Self::EnabledRegion,
        Self::Deleted,
    ];

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
            Self::Deleted => "deleted",
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

    /// The same, told at a time.
    pub(super) fn at(self, time: Option<EventTime>) -> Self {
        Self { time, ..self }
    }

    /// Whether it is told of the same thing.
    fn is_of(&self, other: &Self) -> bool {
        (self.kind, &self.name, &self.home) == (other.kind, &other.name, &other.home)
    }
}

impl TrailFacts {
    /// Takes in a fact. Of a bucket only the first time is kept: CloudTrail looks at it for as long as it delivers.
    pub fn insert(&mut self, fact: TrailFact) {
        if fact.kind == FactKind::Bucket {
            let first = self.0.range(fact.clone().at(None)..).next().filter(|known| known.is_of(&fact));
            match first.cloned() {
                Some(known) if known.time <= fact.time => return,
                Some(known) => self.0.remove(&known),
                None => false,
            };
        }
        self.0.insert(fact);
    }

    /// Takes in all of `other`.
    pub fn merge(&mut self, other: Self) {
        other.0.into_iter().for_each(|fact| self.insert(fact));
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
            Condition::UnlessOfTrail if self.was_bucket(call, time) => LoggingEffect::Kept,
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

    /// Whether the bucket that an update names was a trail's before: CloudTrail looks at any new one, too, as soon as a
    /// trail is moved there. Trails of one account may deliver to another, which alone knows of its bucket; where
    /// buckets of the trail's account are known, the bucket has to be among them.
    ///
    /// Source: CloudTrail user guide, "Receiving CloudTrail log files from multiple accounts".
    fn was_bucket(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let is_older = |fact: &&TrailFact| time.is_none() || fact.time.is_none() || fact.time < time;
        let buckets = || self.iter().filter(|fact| fact.kind == FactKind::Bucket).filter(is_older);
        let mut at_home = buckets().filter(|fact| fact.home == call.home).peekable();
        match at_home.peek() {
            Some(_) => at_home.any(|fact| fact.name == call.bucket),
            None => buckets().any(|fact| fact.name == call.bucket),
        }
    }

    /// Whether a trail gets the selectors that it begins with. One that was deleted and made again does not begin.
    fn is_beginning(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let Some(time) = time.filter(|_| call.event == "PutEventSelectors") else { return false };
        let mut deleted = self.of_trail(call, FactKind::Deleted).filter_map(|fact| fact.time);
        if deleted.any(|deleted| deleted <= time) {
            return false;
        }
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
