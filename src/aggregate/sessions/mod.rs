//! Sessions: temporary credentials in use, a row per principalId, creation date and access key.
//!
//! Mostly the keys of one principalId and one creation date are one session, as the console mints a key per service; but
//! two callers may give one name to their sessions of one role in one second. So rows are kept apart by key, in a chain,
//! and who looks at them takes a chain for one session, or each of its keys for one.
//!
//! Only what the events of a session say; who issued it is in `issuances` and joined at report time. Use of long-lived
//! keys is no session; the `AKIA` keys with a creation date that the S3 console shows belong to the session of whoever
//! is signed in. Source: CloudTrail user guide, "CloudTrail userIdentity element".

mod facts;
mod index;
mod places;
#[cfg(test)]
pub(crate) mod sample;
mod saved;
mod session;
#[cfg(test)]
mod tests;
mod tools;

use hashbrown::HashMap;

use facts::{Facts, Key};
use places::KnownPrograms;
pub use places::{EndpointUse, Programs, Usage};
pub use session::Session;
use session::{NONE, Row};
use tools::{ToolUse, Tools};

use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, RowMemo, Seen, Sym, Symbols};
use crate::model::{Event, SourceAddress};

/// Registers [`Sessions`].
pub static KIND: AggregateKind = AggregateKind {
    name: "sessions",
    summary: "sessions of roles, federated users, IAM users and root: keys, addresses, counts",
    empty: || Box::new(Sessions::default()),
};

/// The sessions that were seen.
#[derive(Clone, Debug, Default)]
pub struct Sessions {
    rows: Vec<Row>,
    /// The first row of each session.
    places: HashMap<Key, u32, ahash::RandomState>,
    /// The row of each further access key of a session, by the session's first row: the console mints many.
    more_keys: HashMap<(u32, Sym), u32, ahash::RandomState>,
    programs: KnownPrograms,
    tools: Tools,
    /// The row of each identity, counted from 1; 0 for an identity that is no session.
    memo: RowMemo,
}

impl Sessions {
    /// The sessions, in no lasting order.
    pub fn all<'a>(&'a self, symbols: &'a Symbols) -> impl Iterator<Item = Session<'a>> + 'a {
        let firsts = (0..self.rows.len()).filter(|&place| self.rows[place].is_first);
        firsts.map(move |place| self.at(place, symbols))
    }

    /// Calls with tools of attackers, each with the [`Session::place`] of its access key.
    pub(crate) fn tools(&self) -> impl Iterator<Item = (usize, ToolUse)> {
        self.tools.iter().filter_map(|(used, usage)| {
            let place = self.place(used.key, used.access_key).ok()?;
            Some((place, ToolUse { source: used.source, agent: used.agent, usage: *usage }))
        })
    }

    /// The session at a [`Session::place`].
    pub(crate) fn at<'a>(&'a self, place: usize, symbols: &'a Symbols) -> Session<'a> {
        Session::new(&self.rows, place as u32, false, symbols)
    }

    /// What one access key did, at the [`Session::place`] of its own.
    pub(crate) fn key_at<'a>(&'a self, place: usize, symbols: &'a Symbols) -> Session<'a> {
        Session::new(&self.rows, place as u32, true, symbols)
    }

    /// The row of a session and an access key, made when new.
    fn row(&mut self, key: Key, access_key: Sym) -> usize {
        self.place(key, access_key).unwrap_or_else(|first| self.push(Row::new(key, access_key), first))
    }

    /// The row of a session and an access key, else the session's first row, if it has one.
    fn place(&self, key: Key, access_key: Sym) -> Result<usize, Option<u32>> {
        let Some(&first) = self.places.get(&key) else { return Err(None) };
        let row = &self.rows[first as usize];
        let at = if row.access_key == access_key {
            Some(first)
        } else if row.next == NONE {
            None
        } else {
            self.more_keys.get(&(first, access_key)).copied()
        };
        at.map(|at| at as usize).ok_or(Some(first))
    }

    /// Puts in a new row, behind the first one of its session.
    fn push(&mut self, mut row: Row, first: Option<u32>) -> usize {
        let place = self.rows.len() as u32;
        row.is_first = first.is_none();
        row.next = NONE;
        match first {
            Some(first) => {
                row.next = std::mem::replace(&mut self.rows[first as usize].next, place);
                self.more_keys.insert((first, row.access_key), place);
            }
            None => drop(self.places.insert(row.key, place)),
        }
        self.rows.push(row);
        place as usize
    }

    /// All that rests on the identity alone, once for each distinct one.
    #[cold]
    fn learn(&mut self, seen: &mut Seen<'_>) -> usize {
        let identity = &*seen.event.user_identity;
        let marked = match Key::of(identity, seen.symbols) {
            None => 0,
            Some(key) => {
                let place = self.row(key, seen.symbols.intern(&identity.access_key_id));
                let row = &mut self.rows[place];
                row.add_facts(Facts::of(identity, seen.symbols));
                row.in_console |= is_s3_console_key(seen.event);
                place + 1
            }
        };
        self.memo.keep(seen.event.identity, marked);
        marked
    }
}

impl Aggregate for Sessions {
    fn observe(&mut self, seen: &mut Seen<'_>) {
        let marked = match self.memo.get(seen.event.identity) {
            Some(marked) => marked,
            None => self.learn(seen),
        };
        let Some(place) = marked.checked_sub(1) else { return };
        let (address, tally, user_agent) = (seen.address(), seen.tally(), seen.user_agent());
        let (programs, is_tool) = self.programs.of(user_agent, seen.symbols);
        let (time, via_endpoint) = (seen.event.event_time, !seen.event.vpc_endpoint_id.is_empty());
        let row = &mut self.rows[place];
        row.tally.merge(tally);
        if let Some(time) = time {
            row.span.see(time);
        }
        row.sources.entry(address).see(time, programs, via_endpoint);
        if via_endpoint {
            row.see_endpoint(seen.event, programs, seen.symbols);
        }
        row.in_console = row.in_console || is_console_call(seen.event);
        if is_tool {
            self.tools.see((row.key, row.access_key), (address, user_agent), time, programs);
        }
    }

    fn merge(&mut self, other: Self, remap: &Remap) {
        self.rows.reserve(other.rows.len());
        self.places.reserve(other.rows.len());
        for mut theirs in other.rows {
            theirs.rename(remap);
            match self.place(theirs.key, theirs.access_key) {
                Ok(known) => self.rows[known].merge(theirs),
                Err(first) => drop(self.push(theirs, first)),
            }
        }
        self.tools.merge(&other.tools, remap);
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        let mut batches = saved::save(&self.rows, symbols);
        batches.push(self.tools.save(symbols));
        batches
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)?;
        self.tools.load(batches, symbols)
    }
}

/// An `AKIA` key with a creation date: the S3 console at work for a signed-in person.
fn is_s3_console_key(event: &Event<'_>) -> bool {
    let identity = &*event.user_identity;
    identity.access_key_id.starts_with("AKIA") && identity.creation_date().is_some() && identity.is_of_person()
}

/// Whether only the console makes such a call: the record says so, or the agent is one of the console's own.
fn is_console_call(event: &Event<'_>) -> bool {
    event.session_credential_from_console == Some(true)
        || event.event_type == "AwsConsoleAction"
        || event.event_source == "signin.amazonaws.com"
        || match event.user_agent.as_bytes().first() {
            Some(b'[' | b'S') => event.user_agent.trim_start_matches('[').starts_with("S3Console/"),
            // Our inference: AWS sends clicks on under this agent, with the address of the person. Without an address it
            // is rather a service that acts on someone's call, as KMS decrypts for Systems Manager.
            Some(b'A') => {
                event.user_agent == "AWS Internal"
                    && event.user_identity.is_of_person()
                    && SourceAddress::parse(event.source_ip_address).ip().is_some()
            }
            Some(b'c' | b's') => matches!(event.user_agent, "console.amazonaws.com" | "signin.amazonaws.com"),
            _ => false,
        }
}
