//! One counted event on its way through the aggregates, with its texts interned once for all of them.

use super::{Sym, Symbols, Tally};
use crate::model::Event;

/// An event and the symbols of its fields, worked out on first use and shared by every aggregate of a state.
pub struct Seen<'a> {
    /// The event.
    pub event: &'a Event<'a>,
    /// The symbols of the state.
    pub symbols: &'a mut Symbols,
    address: Option<Sym>,
    user_agent: Option<Sym>,
    region: Option<Sym>,
    event_name: Option<Sym>,
    service: Option<Sym>,
    account: Option<Sym>,
    tally: Option<Tally>,
}

impl<'a> Seen<'a> {
    /// The event before any of its symbols is known.
    pub fn new(event: &'a Event<'a>, symbols: &'a mut Symbols) -> Self {
        Self {
            event,
            symbols,
            address: None,
            user_agent: None,
            region: None,
            event_name: None,
            service: None,
            account: None,
            tally: None,
        }
    }

    /// The event's own counts.
    pub fn tally(&mut self) -> Tally {
        *self.tally.get_or_insert_with(|| Tally::of(self.event))
    }

    /// `sourceIPAddress` as written; whether it is an address is for the report to say.
    pub fn address(&mut self) -> Sym {
        *self.address.get_or_insert_with(|| self.symbols.intern(self.event.source_ip_address))
    }

    /// `userAgent`.
    pub fn user_agent(&mut self) -> Sym {
        *self.user_agent.get_or_insert_with(|| self.symbols.intern(self.event.user_agent))
    }

    /// `awsRegion`.
    pub fn region(&mut self) -> Sym {
        *self.region.get_or_insert_with(|| self.symbols.intern(self.event.aws_region))
    }

    /// `eventName`.
    pub fn event_name(&mut self) -> Sym {
        *self.event_name.get_or_insert_with(|| self.symbols.intern(self.event.event_name))
    }

    /// `eventSource`.
    pub fn service(&mut self) -> Sym {
        *self.service.get_or_insert_with(|| self.symbols.intern(self.event.event_source))
    }

    /// [`Event::account_id`].
    pub fn account(&mut self) -> Sym {
        *self.account.get_or_insert_with(|| self.symbols.intern(self.event.account_id()))
    }
}
