//! The counted events themselves, in order: all of them, or the first or last so many.
//!
//! What an event says is kept as columns, and its record as text without secrets. Never saved: a rollup keeps no single
//! events.
//!
//! Of copies of one event that differ in their bytes the one counts that was read first, which is another with other
//! threads. So the bytes of all copies are looked at, and the least of them is kept.

mod group;
#[cfg(test)]
mod tests;

use std::borrow::Cow;
use std::collections::BTreeMap;

use super::iam_changes::lets_in;
use super::{Aggregate, AggregateKind, Remap, Seen, Sym, Symbols, Wanted};
use crate::model::{Event, EventTime, arn_of_named_user, each_resource, principal_of, redact, redact_text};
use group::Group;

/// Registers [`Events`].
pub static KIND: AggregateKind = AggregateKind {
    name: "events",
    summary: "the counted events themselves, in the order of time",
    empty: || Box::new(Events::default()),
};

/// The events that were counted.
#[derive(Clone, Debug, Default)]
pub struct Events {
    /// By place; as many places as are wanted.
    groups: BTreeMap<Place, Group>,
    wanted: Wanted,
    counted: u64,
}

/// Where an event stands among all: by time, then by id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// `eventTime`.
    pub time: EventTime,
    /// `eventID`; events without one may share a place.
    pub event_id: Box<str>,
    /// [`Event::account_id`].
    pub account_id: Box<str>,
}

/// What one event says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRow {
    /// Who made the call, as it is printed.
    pub principal: Sym,
    /// `userIdentity.accessKeyId`.
    pub access_key_id: Sym,
    /// The session that the call belongs to; empty where to none.
    pub session: Box<str>,
    /// `eventName`.
    pub event_name: Sym,
    /// `eventSource`.
    pub service: Sym,
    /// `awsRegion`.
    pub region: Sym,
    /// `sourceIPAddress` as written.
    pub address: Sym,
    /// `userAgent`, secrets replaced.
    pub user_agent: Sym,
    /// `errorCode`.
    pub error_code: Sym,
    /// `errorMessage`, secrets replaced.
    pub error_message: Box<str>,
    /// Whether the call failed for lack of permission.
    pub is_denied: bool,
    /// `readOnly`.
    pub read_only: Option<bool>,
    /// `eventType`.
    pub event_type: Sym,
    /// `eventCategory`.
    pub category: Sym,
    /// `vpcEndpointId`.
    pub vpc_endpoint_id: Sym,
    /// The resources that the record names, each once, in its order, secrets replaced.
    pub resources: Box<[Box<str>]>,
    /// Whom the call lets in from outside, as [`lets_in`] says.
    pub lets_in: Box<[String]>,
    /// The record on one line, secrets replaced.
    pub record: Box<str>,
    /// How many secrets were replaced.
    pub secrets: usize,
}

impl Events {
    /// The events that are kept, in order.
    pub fn rows(&self) -> impl DoubleEndedIterator<Item = (&Place, &EventRow)> {
        self.groups.iter().flat_map(|(place, group)| group.rows().into_iter().map(move |row| (place, row)))
    }

    /// How many were counted, kept or not.
    pub fn counted(&self) -> u64 {
        self.counted
    }

    /// The group of an event, made when new; `None` where nobody wants the event.
    fn group(&mut self, place: Place) -> Option<&mut Group> {
        let is_full = match self.wanted {
            Wanted::All => false,
            Wanted::First(most) | Wanted::Last(most) => self.groups.len() >= most,
        };
        if is_full && !self.groups.contains_key(&place) {
            let (last, is_before) = match self.wanted {
                Wanted::Last(_) => (self.groups.first_key_value(), false),
                _ => (self.groups.last_key_value(), true),
            };
            if last.is_none_or(|(last, _)| (place < *last) != is_before) {
                return None;
            }
            match self.wanted {
                Wanted::Last(_) => self.groups.pop_first(),
                _ => self.groups.pop_last(),
            };
        }
        Some(self.groups.entry(place).or_default())
    }
}

impl Aggregate for Events {
    const SEES_COPIES: bool = true;

    fn observe(&mut self, seen: &mut Seen<'_>) {
        self.counted += 1;
        let Some(place) = Place::of(seen.event) else { return };
        if let Some(group) = self.group(place) {
            group.add(EventRow::of(seen));
        }
    }

    fn copy(&mut self, seen: &mut Seen<'_>) {
        let Some(place) = Place::of(seen.event) else { return };
        if let Some(group) = self.group(place) {
            group.add_copy(EventRow::of(seen));
        }
    }

    fn bound(&mut self, wanted: Wanted) {
        self.wanted = wanted;
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.counted += other.counted;
        self.wanted = if other.wanted == Wanted::All { self.wanted } else { other.wanted };
        for (place, theirs) in other.groups {
            if let Some(group) = self.group(place) {
                group.merge(theirs.renamed(remap));
            }
        }
    }
}

impl Place {
    /// The place of an event; `None` of one without a time.
    pub(super) fn of(event: &Event<'_>) -> Option<Self> {
        let (event_id, account_id) = (event.event_id.into(), event.account_id().into());
        Some(Self { time: event.event_time?, event_id, account_id })
    }
}

impl EventRow {
    /// What an event says.
    pub(super) fn of(seen: &mut Seen<'_>) -> Self {
        let event = seen.event;
        let identity = &*event.user_identity;
        let redacted = redact(event.record);
        let mut intern = |text: &str| seen.symbols.intern(text);
        // A record that names a user by account and name alone belongs to that user.
        let named = arn_of_named_user(identity, event.aws_region).map(Cow::Owned);
        let principal = intern(&named.unwrap_or_else(|| principal_of(identity)));
        let access_key_id = intern(&identity.access_key_id);
        let (error_code, event_type, category) =
            (intern(event.error_code), intern(event.event_type), intern(event.event_category));
        let vpc_endpoint_id = intern(event.vpc_endpoint_id);
        let user_agent = match redact_text(event.user_agent) {
            Cow::Borrowed(_) => seen.user_agent(),
            Cow::Owned(without) => seen.symbols.intern(&without),
        };
        Self {
            principal,
            access_key_id,
            session: identity.session_id().unwrap_or_default().into(),
            event_name: seen.event_name(),
            service: seen.service(),
            region: seen.region(),
            address: seen.address(),
            user_agent,
            error_code,
            error_message: redact_text(event.error_message).into(),
            is_denied: event.is_denied(),
            read_only: event.read_only,
            event_type,
            category,
            vpc_endpoint_id,
            resources: resources_of(event),
            lets_in: lets_in(event).into(),
            record: redacted.text.into(),
            secrets: redacted.secrets,
        }
    }

    /// What went wrong: the code, else, as of a failed sign-in, the message; empty where nothing did.
    pub fn error<'a>(&'a self, symbols: &'a Symbols) -> &'a str {
        match symbols.text(self.error_code) {
            "" => &self.error_message,
            code => code,
        }
    }

    /// The same event in another table of symbols.
    pub(super) fn rename(&mut self, remap: &Remap) {
        let all = [
            &mut self.principal,
            &mut self.access_key_id,
            &mut self.event_name,
            &mut self.service,
            &mut self.region,
            &mut self.address,
            &mut self.user_agent,
            &mut self.error_code,
            &mut self.event_type,
            &mut self.category,
            &mut self.vpc_endpoint_id,
        ];
        all.into_iter().for_each(|sym| *sym = remap.of(*sym));
    }
}

fn resources_of(event: &Event<'_>) -> Box<[Box<str>]> {
    let mut found: Vec<Box<str>> = Vec::new();
    // A bucket is named by its arn and by its name, and both are one.
    let is_end = |known: &str, name: &str| {
        let before = known.strip_suffix(name);
        before.is_some_and(|before| before.is_empty() || before.ends_with([':', '/']) || name.starts_with('/'))
    };
    each_resource(event, &mut |resource| {
        if !found.iter().any(|known| is_end(known, resource)) {
            found.push(redact_text(resource).into());
        }
    });
    found.into()
}
