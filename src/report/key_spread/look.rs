//! One key as signals look at it: its networks, what was there before, and which of them are comparable.

use std::collections::{BTreeMap, BTreeSet};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use super::desk::Desks;
use super::pace::days_before;
use super::signal::{Held, Signal};
use super::spread::{NetworkUse, Place, Spread};
use super::verdict::Thresholds;
use crate::aggregate::keys::{KeyUse, Keys};
use crate::aggregate::{HourSet, Sym, Symbols};
use crate::model::{EventTime, Hour, Network, SourceAddress, is_program};
use crate::report::key_age::days_between;
use crate::report::{AddressLookup, Severity};

const DAY_SECONDS: i64 = 86_400;

/// Days on which an old network must have been used before a new one is compared with it.
pub(super) const OLD_DAYS: usize = 3;

/// Days of use past which a network that came within the first days is a habit.
const RARE_DAYS: usize = 3;

/// Days of use from which a network is the key's own, also where a rare one came before its third day.
const OWN_DAYS: usize = 7;

/// The most newcomers that are looked at, the earliest: a key with more meets new networks as a matter of course.
const MOST_NEWCOMERS: usize = 32;

/// Networks from which a key that keeps meeting new ones is told.
pub(super) const MANY_NETWORKS: usize = 10;

/// What signals look at.
pub(super) struct Look<'a> {
    pub used: &'a KeyUse,
    pub spread: &'a Spread,
    pub account: &'a str,
    /// The arn of the user whose key it is, and where users are known to be.
    pub owner: (&'a str, &'a Desks<'a>),
    pub keys: &'a Keys,
    pub symbols: &'a Symbols,
    pub thresholds: Thresholds,
    pub addresses: Option<&'a AddressLookup>,
    /// In how many networks each program was used, by its `userAgent` without what differs from call to call.
    pub program_networks: BTreeMap<&'a str, usize>,
}

/// A network that came after others.
#[derive(Clone, Copy)]
pub(super) struct Newcomer<'a> {
    pub network: Network,
    pub used: NetworkUse,
    pub place: &'a Place,
    pub first: EventTime,
    /// Whether it was first seen `--leak-days` or more after the key's first use; else it was within the first days, and
    /// rarely.
    pub is_late: bool,
}

impl<'a> Look<'a> {
    /// The signal with the networks that it tells of.
    pub(super) fn held(signal: Signal, severity: Severity, says: String, networks: Vec<Network>) -> Held {
        Held { signal, severity, says, networks, is_of_person: false }
    }

    /// The clock hours of use, from wherever.
    pub(super) fn hours(&self) -> HourSet {
        let mut hours = HourSet::default();
        self.used.sources.iter().for_each(|(_, used)| hours.merge(&used.hours));
        hours
    }

    /// The moment from which on something counts as new.
    pub(super) fn late(&self) -> Option<EventTime> {
        Some(self.used.span.first()?.plus_seconds(self.thresholds.leak_days.saturating_mul(DAY_SECONDS)))
    }

    /// Whether the key was seen for so short that nothing can be new.
    pub(super) fn is_short(&self) -> bool {
        let seen = self.used.span.first().zip(self.used.span.last());
        seen.is_none_or(|(first, last)| days_between(first, last) < self.thresholds.leak_days)
    }

    /// Whether the key meets new networks all the time, so that one more says nothing: many, at least half of them for two
    /// hours or less, on many of its days.
    pub(super) fn meets_new_ones(&self) -> bool {
        self.short_visits(2)
    }

    /// Whether one of `part` of the networks, and many, were used for two hours or less, and began on many days.
    pub(super) fn short_visits(&self, part: usize) -> bool {
        let places: Vec<&Place> = self.spread.places.values().filter(|place| !place.is_private).collect();
        let short: Vec<&&Place> = places.iter().filter(|place| place.hours.iter().take(3).count() <= 2).collect();
        let days: BTreeSet<_> = short.iter().filter_map(|place| place.hours.days().first().copied()).collect();
        short.len() >= MANY_NETWORKS
            && short.len() * part >= places.len()
            && days.len() * 3 >= self.spread.active_days.max(9)
    }

    /// Networks that came late, or within the first days and rarely; not those behind the account's own VPC endpoints.
    pub(super) fn newcomers(&self) -> Vec<Newcomer<'a>> {
        let (Some(begin), Some(late)) = (self.used.span.first(), self.late()) else { return Vec::new() };
        let of = |(&network, place): (&Network, &'a Place)| {
            let used = *self.spread.networks.get(&network)?;
            let first = used.span.first()?;
            let is_rare = place.hours.days().len() <= RARE_DAYS && first >= begin.plus_seconds(DAY_SECONDS);
            let is_late = first >= late;
            ((is_late || is_rare) && !self.is_own_endpoint(place)).then_some(Newcomer {
                network,
                used,
                place,
                first,
                is_late,
            })
        };
        let mut newcomers: Vec<_> = self.spread.places.iter().filter_map(of).collect();
        newcomers.sort_by_key(|newcomer| (newcomer.first, newcomer.network));
        newcomers.truncate(MOST_NEWCOMERS);
        newcomers
    }

    /// Networks that were used a day or more before `newcomer` came: on days enough then, or on far more days in all.
    pub(super) fn old_ones(&self, newcomer: Newcomer<'_>) -> Vec<(Network, &'a Place)> {
        let begin = newcomer.first.plus_seconds(-DAY_SECONDS);
        let days = newcomer.place.hours.days().len();
        let is_old = |(network, place): &(&Network, &'a Place)| {
            let first = self.spread.networks.get(network).and_then(|used| used.span.first());
            let is_own = || (days * 3).max(OWN_DAYS) <= place.hours.days().len();
            first.is_some_and(|first| first <= begin)
                && (days_before(&place.hours, newcomer.first.hour()) >= OLD_DAYS || is_own())
        };
        self.spread.places.iter().filter(is_old).map(|(&network, place)| (network, place)).collect()
    }

    /// The families of programs first seen from an address, each with the first moment and network.
    pub(super) fn first_seen_from(&self) -> BTreeMap<&'a str, (EventTime, Network)> {
        let mut first: BTreeMap<&'a str, (EventTime, Network)> = BTreeMap::new();
        for (&network, place) in &self.spread.places {
            for (&agent, span) in &place.agents {
                let Some(time) = span.first() else { continue };
                let known = first.entry(self.spread.family(agent)).or_insert((time, network));
                *known = (time, network).min(*known);
            }
        }
        first
    }

    /// Whether the key's user was known to be at each address of a network from which programs of a family called, before they
    /// did.
    pub(super) fn is_of_owner(&self, family: &str, (time, network): (EventTime, Network)) -> bool {
        let (user, desks) = self.owner;
        let calls = |agent: Sym| self.spread.family(agent) == family;
        let mut sources = self.used.sources.iter().filter_map(|(source, used)| {
            let address = SourceAddress::parse(self.symbols.text(source));
            let is_there = address.network() == Some(network) && used.agents.iter().any(|(agent, _)| calls(agent));
            is_there.then(|| address.ip())
        });
        sources.all(|ip| ip.is_some_and(|ip| desks.has(user, ip, time.day())))
    }

    /// Whether a program of the newcomer was used nowhere else: another one, another version or on another system.
    pub(super) fn has_new_agent(&self, newcomer: Newcomer<'_>) -> bool {
        let is_only_here = |program: &str| self.program_networks.get(program).is_some_and(|networks| *networks == 1);
        newcomer.place.agents.keys().any(|&agent| agent != Sym::EMPTY && is_only_here(self.spread.program(agent)))
    }

    /// Whether only SDKs and HTTP libraries were used there: a program, and nobody at a terminal.
    pub(super) fn is_of_programs(&self, place: &Place) -> bool {
        !place.agents.is_empty() && place.agents.keys().all(|&agent| is_program(self.spread.family(agent)))
    }

    /// Whether every call came through a VPC endpoint of the key's account or of one whose logs these are.
    fn is_own_endpoint(&self, place: &Place) -> bool {
        place.is_private
            && !place.endpoint_owners.is_empty()
            && place.endpoint_owners.iter().all(|owner| self.is_own(*owner))
    }

    /// Whether an account is the key's, or one whose logs were read.
    pub(super) fn is_own(&self, account: Sym) -> bool {
        let text = self.symbols.text(account);
        text == self.account || self.keys.accounts().contains(account)
    }

    /// Whether two networks of one kind are far apart: of different autonomous systems where a file tells them, else without
    /// a common /16 (IPv4) or /32 (IPv6), of addresses for documentation a common /24 or /48. `None` where they cannot be
    /// compared: IPv4 beside IPv6, or a private one.
    pub(super) fn are_far(&self, a: (Network, &Place), b: (Network, &Place)) -> Option<bool> {
        if a.1.is_private || b.1.is_private {
            return None;
        }
        let prefix = match (address_of(a.0), address_of(b.0)) {
            (IpAddr::V4(a), IpAddr::V4(b)) => {
                let shared = if is_benchmark(a) && is_benchmark(b) { 3 } else { 2 };
                a.octets()[..shared] != b.octets()[..shared]
            }
            (IpAddr::V6(a), IpAddr::V6(b)) => {
                let shared = if is_documentation(a) && is_documentation(b) { 3 } else { 2 };
                a.segments()[..shared] != b.segments()[..shared]
            }
            _ => return None,
        };
        let asns = self.asn(a.0).zip(self.asn(b.0));
        Some(asns.map_or(prefix, |(a, b)| a != b))
    }

    fn asn(&self, network: Network) -> Option<String> {
        self.addresses?.asn(address_of(network))
    }

    /// The country of a network, where a file tells it.
    pub(super) fn country(&self, network: Network) -> Option<String> {
        self.addresses?.country(address_of(network))
    }
}

impl Newcomer<'_> {
    /// The clock hour of its first use.
    pub(super) fn first_hour(&self) -> Hour {
        self.first.hour()
    }
}

/// Whether an address is of 198.18.0.0/15, which belongs to nobody: exercises and anonymised logs take theirs from there,
/// one network for each place.
///
/// Source: RFC 2544, appendix C.2.2; RFC 6890.
fn is_benchmark(address: Ipv4Addr) -> bool {
    matches!(address.octets(), [198, 18 | 19, ..])
}

/// Whether an address is of 2001:db8::/32, the like of it: all networks of documents are in this one /32, and a site has
/// a /48.
///
/// Source: RFC 3849; RFC 6177 of the size of sites.
fn is_documentation(address: Ipv6Addr) -> bool {
    address.segments()[..2] == [0x2001, 0xdb8]
}

/// The first address of a network.
fn address_of(network: Network) -> IpAddr {
    match network {
        Network::V4(network) => IpAddr::V4(network.addr()),
        Network::V6(network) => IpAddr::V6(network.addr()),
    }
}
