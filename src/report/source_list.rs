//! What a report shows of `sourceIPAddress` texts: the addresses among them, each once.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::AHashMap;

use crate::aggregate::{Sym, Symbols};
use crate::model::SourceAddress;

/// The addresses behind symbols, each text read once: few addresses make many sessions.
pub(super) struct ReadAddresses<'a> {
    symbols: &'a Symbols,
    read: AHashMap<Sym, Option<IpAddr>>,
}

impl<'a> ReadAddresses<'a> {
    /// Nothing read yet.
    pub fn new(symbols: &'a Symbols) -> Self {
        Self { symbols, read: AHashMap::new() }
    }

    /// The address that `source` is, if it is one.
    pub fn ip(&mut self, source: Sym) -> Option<IpAddr> {
        *self.read.entry(source).or_insert_with(|| SourceAddress::parse(self.symbols.text(source)).ip())
    }

    /// The distinct addresses among `sources`, in order.
    pub fn distinct(&mut self, sources: impl Iterator<Item = Sym>) -> Vec<IpAddr> {
        let mut addresses = Vec::new();
        self.read_into(&mut addresses, sources);
        addresses
    }

    /// The distinct addresses among the sources of each row, in order.
    pub fn lists<S: Iterator<Item = Sym>>(&mut self, rows: impl Iterator<Item = S>) -> AddressLists {
        let mut lists = AddressLists::default();
        let mut list = Vec::new();
        for sources in rows {
            list.clear();
            self.read_into(&mut list, sources);
            lists.addresses.extend_from_slice(&list);
            lists.ends.push(lists.addresses.len());
        }
        lists
    }

    fn read_into(&mut self, list: &mut Vec<IpAddr>, sources: impl Iterator<Item = Sym>) {
        list.extend(sources.filter_map(|source| self.ip(source)));
        list.sort_unstable();
        list.dedup();
    }
}

/// The addresses of many rows, in one piece.
#[derive(Default)]
pub(super) struct AddressLists {
    addresses: Vec<IpAddr>,
    /// Where the list of each row ends, which is where the next begins.
    ends: Vec<usize>,
}

impl AddressLists {
    /// The addresses of a row, by its place.
    pub fn of(&self, place: usize) -> &[IpAddr] {
        let start = place.checked_sub(1).map_or(0, |before| self.ends[before]);
        &self.addresses[start..self.ends[place]]
    }
}

/// The distinct IP addresses among `texts`; service hosts, `AWS Internal` and the like are no addresses.
pub(super) fn ip_addresses<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<IpAddr> {
    texts.into_iter().filter_map(|text| SourceAddress::parse(text).ip()).collect()
}

/// The addresses as texts.
pub(super) fn address_texts<'a>(addresses: impl IntoIterator<Item = &'a IpAddr>) -> Vec<String> {
    addresses.into_iter().map(address_text).collect()
}

/// An address in its usual form, as the general formatter has it, at a tenth of its cost: tables have thousands.
pub fn address_text(address: &IpAddr) -> String {
    let IpAddr::V4(address) = address else { return address.to_string() };
    let mut text = String::with_capacity("255.255.255.255".len());
    for octet in address.octets() {
        if !text.is_empty() {
            text.push('.');
        }
        for unit in [100, 10, 1] {
            if octet >= unit || unit == 1 {
                text.push(char::from(b'0' + octet / unit % 10));
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_of_addresses_are_the_usual_ones() {
        let every = (0..=u8::MAX).map(|octet| IpAddr::from([octet, 0, octet, u8::MAX]));
        let addresses: Vec<IpAddr> = every.chain(["2001:db8::1".parse().unwrap()]).collect();
        let usual: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
        assert_eq!(address_texts(&addresses), usual);
    }
}
