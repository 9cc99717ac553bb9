//! What records tell of trails, and what a call comes to when all of them were read.

use std::collections::{BTreeMap, BTreeSet};

use super::{Condition, LoggingCall, LoggingEffect, LoggingReach};
use crate::model::{Event, EventTime};

/// How long after a trail was made its selectors are those that it begins with, and take nothing away: what makes both
/// takes seconds, a minute at most.
const BEGINNING_SECONDS: i64 = 600;

/// How long before a trail's update its bucket has to be known, where others of the account are: whoever makes a second trail
/// first, or has CloudTrail look at a bucket otherwise, takes no longer.
const KNOWN_SECONDS: i64 = 86_400;

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

/// All that records tell of trails. What is asked of it is found without looking at all of them, since a trail may be
/// stopped and started thousands of times.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TrailFacts {
    all: BTreeSet<TrailFact>,
    /// Accounts of which a trail is the organization's.
    organizations: BTreeSet<String>,
    /// The first time of any bucket, by account.
    first_buckets: BTreeMap<String, Option<EventTime>>,
}

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

    /// The fact that what `call` names goes on from now.
    pub(super) fn resumed(event: &Event<'_>, call: &LoggingCall) -> Option<Self> {
        let fact = Self::new(FactKind::Resumed, &call.name, &call.home);
        (!event.is_error()).then_some(fact.at(event.event_time))
    }

    /// The same, told at a time.
    pub(super) fn at(self, time: Option<EventTime>) -> Self {
        Self { time, ..self }
    }
}

impl TrailFacts {
    /// Takes in a fact. Of a bucket only the first time is kept: CloudTrail looks at it for as long as it delivers.
    pub fn insert(&mut self, fact: TrailFact) {
        match fact.kind {
            FactKind::Bucket => {
                let known = self.of(fact.kind, &fact.name, &fact.home).next().cloned();
                match known {
                    Some(known) if known.time <= fact.time => return,
                    Some(known) => drop(self.all.remove(&known)),
                    None => {}
                }
                let first = self.first_buckets.entry(fact.home.clone()).or_insert(fact.time);
                *first = fact.time.min(*first);
            }
            FactKind::Organization => drop(self.organizations.insert(fact.home.clone())),
            _ => {}
        }
        self.all.insert(fact);
    }

    /// Takes in all of `other`.
    pub fn merge(&mut self, other: Self) {
        other.all.into_iter().for_each(|fact| self.insert(fact));
    }

    /// All of them, in order.
    pub fn iter(&self) -> impl Iterator<Item = &TrailFact> + Clone {
        self.all.iter()
    }

    /// What `call`, made at `time`, comes to; `None` where it is not known to be about a trail.
    pub fn settle(&self, call: &LoggingCall, time: Option<EventTime>) -> Option<Settled> {
        let users = || [FactKind::Bucket, FactKind::Key].into_iter().flat_map(|kind| self.named(kind, &call.name));
        let effect = match call.condition {
            Condition::IfOfTrail if users().next().is_none() => return None,
            Condition::IfNoOther if users().next().is_none() && self.first_buckets.contains_key(&call.home) => {
                return None;
            }
            Condition::UnlessOfTrail if self.was_bucket(call, time) => LoggingEffect::Kept,
            _ if self.is_beginning(call, time) => LoggingEffect::Kept,
            _ => call.effect,
        };
        let homes: BTreeSet<String> = users().map(|fact| fact.home.clone()).chain([call.home.clone()]).collect();
        let is_organizations = self.of_trail(call, FactKind::Organization).next().is_some();
        let is_of_everyones = || homes.iter().any(|home| self.organizations.contains(home));
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

    /// The facts of a kind about all things of that name.
    fn named<'f>(&'f self, kind: FactKind, name: &'f str) -> impl Iterator<Item = &'f TrailFact> {
        let from = self.all.range(TrailFact::new(kind, name, "")..);
        from.take_while(move |fact| fact.kind == kind && fact.name == name)
    }

    /// The facts of a kind about one thing, the earliest first.
    fn of<'f>(&'f self, kind: FactKind, name: &'f str, home: &'f str) -> impl Iterator<Item = &'f TrailFact> {
        self.since((kind, name, home), None)
    }

    /// Those from a time on.
    fn since<'f>(
        &'f self,
        (kind, name, home): (FactKind, &'f str, &'f str),
        time: Option<EventTime>,
    ) -> impl Iterator<Item = &'f TrailFact> {
        let from = self.all.range(TrailFact::new(kind, name, home).at(time)..);
        from.take_while(move |fact| fact.kind == kind && fact.name == name && fact.home == home)
    }

    fn of_trail<'f>(&'f self, call: &'f LoggingCall, kind: FactKind) -> impl Iterator<Item = &'f TrailFact> {
        self.of(kind, &call.name, &call.home)
    }

    /// When one of a kind was first told of the trail at or after a time.
    fn next(&self, call: &LoggingCall, kind: FactKind, time: EventTime) -> Option<EventTime> {
        self.since((kind, &call.name, &call.home), Some(time)).find_map(|fact| fact.time)
    }

    /// Whether the bucket that an update names was a trail's before: CloudTrail looks at any new one, too, as soon as a
    /// trail is moved there. Trails of one account may deliver to another, which alone knows of its bucket; where
    /// buckets of the trail's account are known, the bucket has to be among them, and where one was known a day before, it has
    /// to be that old, or the trail itself is younger. Who slips past: a thief on the first day of the logs, or one who waits
    /// for a day.
    ///
    /// Source: CloudTrail user guide, "Receiving CloudTrail log files from multiple accounts".
    fn was_bucket(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let is_older = |told: Option<EventTime>| time.is_none() || told.is_none() || told < time;
        let of = |fact: &TrailFact| is_older(fact.time);
        match self.first_buckets.get(&call.home) {
            Some(&first) if is_older(first) => {
                let is_new_beside =
                    |fact: &TrailFact| is_long(first, time) && !is_long(fact.time, time) && !self.is_new(call, time);
                let known = self.of(FactKind::Bucket, &call.bucket, &call.home);
                known.filter(|fact| of(fact)).any(|fact| !is_new_beside(fact))
            }
            _ => self.named(FactKind::Bucket, &call.bucket).any(of),
        }
    }

    /// Whether the trail of that name was made within [`KNOWN_SECONDS`] before.
    fn is_new(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let made = time.and_then(|time| self.next(call, FactKind::Created, time.plus_seconds(-KNOWN_SECONDS)));
        made.zip(time).is_some_and(|(made, time)| made <= time)
    }

    /// Whether a trail gets the selectors that it begins with. One that was deleted and made again does not begin.
    fn is_beginning(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
        let Some(time) = time.filter(|_| call.event == "PutEventSelectors") else { return false };
        let deleted = self.of_trail(call, FactKind::Deleted).find_map(|fact| fact.time);
        if deleted.is_some_and(|deleted| deleted <= time) {
            return false;
        }
        let made = self.next(call, FactKind::Created, time.plus_seconds(-BEGINNING_SECONDS));
        made.is_some_and(|made| made <= time)
    }

    /// When what was stopped went on, or was made again. What was narrowed or deleted stays so.
    fn undone(&self, call: &LoggingCall, time: EventTime) -> Option<EventTime> {
        if call.effect != LoggingEffect::Stopped {
            return None;
        }
        let after = EventTime(time.0.saturating_add(1));
        [FactKind::Resumed, FactKind::Created].into_iter().filter_map(|kind| self.next(call, kind, after)).min()
    }
}

/// Whether what was told at a time was known for [`KNOWN_SECONDS`] at another.
fn is_long(told: Option<EventTime>, time: Option<EventTime>) -> bool {
    told.zip(time).is_none_or(|(told, time)| told.plus_seconds(KNOWN_SECONDS) <= time)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::model::{LoggingCondition, LoggingObject};

    const NAMES: [&str; 2] = ["main", "other"];
    const HOMES: [&str; 2] = ["111122223333", "444455556666"];

    fn time() -> impl Strategy<Value = Option<EventTime>> {
        let steps = prop_oneof![(0_i64..8).prop_map(|step| step * 300), (0_i64..5).prop_map(|step| step * 43_200)];
        prop::option::of(steps.prop_map(EventTime::from_seconds))
    }

    fn fact() -> impl Strategy<Value = TrailFact> {
        let of = |(kind, name, home, time)| TrailFact::new(kind, NAMES[name], HOMES[home]).at(time);
        (prop::sample::select(FactKind::ALL.to_vec()), 0..NAMES.len(), 0..HOMES.len(), time()).prop_map(of)
    }

    /// What each question came to if every fact were looked at.
    struct Plain<'a>(&'a [TrailFact]);

    impl Plain<'_> {
        fn of_trail<'f>(&'f self, call: &'f LoggingCall, kind: FactKind) -> impl Iterator<Item = &'f TrailFact> {
            self.0.iter().filter(move |fact| fact.kind == kind && fact.name == call.name && fact.home == call.home)
        }

        fn was_bucket(&self, call: &LoggingCall, time: Option<EventTime>) -> bool {
            let is_older = |fact: &&TrailFact| time.is_none() || fact.time.is_none() || fact.time < time;
            let buckets = || self.0.iter().filter(|fact| fact.kind == FactKind::Bucket).filter(is_older);
            let own = || buckets().filter(|fact| fact.home == call.home);
            let is_long = |fact: &TrailFact| {
                fact.time.zip(time).is_none_or(|(told, time)| told.plus_seconds(KNOWN_SECONDS) <= time)
            };
            let made = || self.of_trail(call, FactKind::Created).filter_map(|fact| fact.time);
            let is_new =
                time.is_some_and(|time| made().any(|made| made <= time && time <= made.plus_seconds(KNOWN_SECONDS)));
            match own().next().is_some() {
                true => own().any(|fact| fact.name == call.bucket && (is_long(fact) || is_new || !own().any(is_long))),
                false => buckets().any(|fact| fact.name == call.bucket),
            }
        }

        fn is_beginning(&self, call: &LoggingCall, time: EventTime) -> bool {
            let mut deleted = self.of_trail(call, FactKind::Deleted).filter_map(|fact| fact.time);
            let mut made = self.of_trail(call, FactKind::Created).filter_map(|fact| fact.time);
            !deleted.any(|deleted| deleted <= time)
                && made.any(|made| made <= time && time <= made.plus_seconds(BEGINNING_SECONDS))
        }

        fn undone(&self, call: &LoggingCall, time: EventTime) -> Option<EventTime> {
            let again = [FactKind::Resumed, FactKind::Created].into_iter().flat_map(|kind| self.of_trail(call, kind));
            again.filter_map(|fact| fact.time).filter(|&again| again > time).min()
        }

        fn homes(&self, call: &LoggingCall) -> BTreeSet<String> {
            let stores = [FactKind::Bucket, FactKind::Key];
            let users = self.0.iter().filter(|fact| stores.contains(&fact.kind) && fact.name == call.name);
            users.map(|fact| fact.home.clone()).chain([call.home.clone()]).collect()
        }
    }

    fn call(event: &str, home: usize) -> LoggingCall {
        LoggingCall {
            event: event.to_owned(),
            effect: LoggingEffect::Stopped,
            object: LoggingObject::Trail,
            name: NAMES[0].to_owned(),
            home: HOMES[home].to_owned(),
            reach: LoggingReach::Home,
            condition: LoggingCondition::IfOfTrail,
            bucket: NAMES[1].to_owned(),
        }
    }

    proptest! {
        #[test]
        fn the_answers_are_those_of_all_facts(
            told in prop::collection::vec(fact(), 0..24), home in 0..HOMES.len(), time in time(),
        ) {
            let mut facts = TrailFacts::default();
            told.iter().for_each(|fact| facts.insert(fact.clone()));
            let (call, plain) = (call("PutEventSelectors", home), Plain(&told));
            prop_assert_eq!(facts.was_bucket(&call, time), plain.was_bucket(&call, time));
            if let Some(time) = time {
                prop_assert_eq!(facts.is_beginning(&call, Some(time)), plain.is_beginning(&call, time));
                prop_assert_eq!(facts.undone(&call, time), plain.undone(&call, time));
            }
            let homes = plain.homes(&call);
            let stores = [FactKind::Bucket, FactKind::Key];
            let is_of_trail = told.iter().any(|fact| stores.contains(&fact.kind) && fact.name == call.name);
            let is_everyones = told.iter().any(|fact| fact.kind == FactKind::Organization && homes.contains(&fact.home));
            let settled = facts.settle(&call, time);
            prop_assert_eq!(settled.is_some(), is_of_trail);
            if let Some(settled) = settled {
                prop_assert_eq!(settled.is_everyones, is_everyones);
                prop_assert_eq!(settled.homes, homes);
            }
        }
    }
}
