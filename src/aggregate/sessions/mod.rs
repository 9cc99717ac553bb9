//! Sessions: temporary credentials in use, a row per principalId and creation date.
//!
//! Only what the events of a session say; who issued it is in `issuances` and joined at report time. Use of long-lived
//! keys is no session; the `AKIA` keys with a creation date that the S3 console shows belong to the session of whoever
//! is signed in. Source: CloudTrail user guide, "CloudTrail userIdentity element".

mod facts;
#[cfg(test)]
pub(crate) mod sample;
mod saved;
mod session;
#[cfg(test)]
mod tests;

use std::any::Any;

use hashbrown::HashMap;

use facts::{Facts, Key};
use session::Row;
pub use session::Session;

use super::{Aggregate, AggregateKind, Batch, BatchError, Remap, RowMemo, Seen, Symbols};
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
    places: HashMap<Key, u32, ahash::RandomState>,
    /// The row of each identity, counted from 1; 0 for an identity that is no session.
    memo: RowMemo,
}

impl Sessions {
    /// The sessions, in no lasting order.
    pub fn all<'a>(&'a self, symbols: &'a Symbols) -> impl Iterator<Item = Session<'a>> + 'a {
        self.rows.iter().map(move |row| Session::new(row, symbols))
    }

    /// The session at a place among [`Sessions::all`].
    pub(crate) fn at<'a>(&'a self, place: usize, symbols: &'a Symbols) -> Session<'a> {
        Session::new(&self.rows[place], symbols)
    }

    fn row(&mut self, key: Key) -> usize {
        let next = self.rows.len() as u32;
        let place = *self.places.entry(key).or_insert(next);
        if place == next {
            self.rows.push(Row::new(key));
        }
        place as usize
    }

    /// All that rests on the identity alone, once for each distinct one.
    #[cold]
    fn learn(&mut self, seen: &mut Seen<'_>) -> usize {
        let identity = &*seen.event.user_identity;
        let marked = match Key::of(identity, seen.symbols) {
            None => 0,
            Some(key) => {
                let place = self.row(key);
                let row = &mut self.rows[place];
                row.add_facts(Facts::of(identity, seen.symbols));
                row.add_access_key(seen.symbols.intern(&identity.access_key_id));
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
        let (address, tally) = (seen.address(), seen.tally());
        let row = &mut self.rows[place];
        row.tally.merge(tally);
        if let Some(time) = seen.event.event_time {
            row.span.see(time);
        }
        row.addresses.insert(address);
        row.in_console = row.in_console || is_console_call(seen.event);
    }

    fn merge(&mut self, other: Box<dyn Any>, remap: &Remap) {
        let Ok(other) = other.downcast::<Self>() else { return };
        self.rows.reserve(other.rows.len());
        self.places.reserve(other.rows.len());
        for mut theirs in other.rows {
            theirs.rename(remap);
            let next = self.rows.len() as u32;
            match *self.places.entry(theirs.key).or_insert(next) {
                new if new == next => self.rows.push(theirs),
                known => self.rows[known as usize].merge(theirs),
            }
        }
    }

    fn save(&self, symbols: &Symbols) -> Vec<Batch> {
        saved::save(&self.rows, symbols)
    }

    fn load(&mut self, batches: &[Batch], symbols: &mut Symbols) -> Result<(), BatchError> {
        saved::load(self, batches, symbols)
    }
}

/// An `AKIA` key with a creation date: the S3 console at work for a signed-in person.
fn is_s3_console_key(event: &Event<'_>) -> bool {
    let identity = &*event.user_identity;
    identity.access_key_id.starts_with("AKIA") && identity.creation_date().is_some() && facts::is_of_person(identity)
}

/// Whether only the console makes such a call: the record says so, or the agent is one of the console's own.
fn is_console_call(event: &Event<'_>) -> bool {
    event.session_credential_from_console == Some(true)
        || event.event_type == "AwsConsoleAction"
        || match event.user_agent.as_bytes().first() {
            Some(b'[' | b'S') => event.user_agent.trim_start_matches('[').starts_with("S3Console/"),
            // Our inference: AWS sends clicks on under this agent, with the address of the person. Without an address it
            // is rather a service that acts on someone's call, as KMS decrypts for Systems Manager.
            Some(b'A') => {
                event.user_agent == "AWS Internal"
                    && facts::is_of_person(&event.user_identity)
                    && SourceAddress::parse(event.source_ip_address).ip().is_some()
            }
            Some(b'c' | b's') => matches!(event.user_agent, "console.amazonaws.com" | "signin.amazonaws.com"),
            _ => false,
        }
}
