//! Where sessions were used: addresses with their times and programs, gathered into networks.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::few::Few;
use crate::aggregate::sessions::{Session, Usage};
use crate::model::{Network, SourceAddress};
use crate::report::source_list::ReadAddresses;

/// What a place is: two public addresses of one /24 or /64 are one place; all private addresses and all calls through VPC
/// endpoints are one, since an instance has as many of these as its VPC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Where {
    /// A private address, or a call through a VPC endpoint.
    Inside,
    /// A public network.
    Public(Network),
}

/// All that was seen at one place.
#[derive(Clone, Debug, Default)]
pub(super) struct Place {
    /// Distinct, in order.
    pub addresses: Few<IpAddr, Usage>,
    pub usage: Usage,
    /// How many sessions were used there.
    pub sessions: usize,
}

/// The places of some sessions.
pub(super) type Places = Few<Where, Place>;

impl Where {
    /// Whether the one may be the other seen anew: an IPv4 and an IPv6 address of one host have nothing in common.
    pub fn is_comparable(self, other: Self) -> bool {
        !matches!((self.is_v6(), other.is_v6()), (true, false) | (false, true))
    }

    fn is_v6(self) -> bool {
        matches!(self, Self::Public(Network::V6(_)))
    }

    fn of(ip: IpAddr, usage: &Usage) -> Self {
        let public = SourceAddress::Ip(ip).network().filter(|_| !SourceAddress::Ip(ip).is_private());
        public.filter(|_| !usage.is_via_endpoint()).map_or(Self::Inside, Self::Public)
    }
}

/// Adds where a session was used.
pub(super) fn add(places: &mut Places, session: &Session<'_>, read: &mut ReadAddresses<'_>) {
    let mut met: Vec<Where> = Vec::new();
    for (source, usage) in session.sources() {
        let Some(ip) = read.ip(source) else { continue };
        let at = Where::of(ip, usage);
        let place = places.entry(at);
        place.addresses.entry(ip).merge(usage);
        place.usage.merge(usage);
        if !met.contains(&at) {
            met.push(at);
            place.sessions += 1;
        }
    }
}

/// The place that most sessions were used at; of several the first, then the busiest.
pub(super) fn home(places: &Places) -> Option<Where> {
    let order = |(at, place): &(&Where, &Place)| {
        let first = place.usage.first().map_or(i64::MAX, |time| time.0);
        (Reverse(place.sessions), first, Reverse(place.usage.events), **at)
    };
    places.iter().min_by_key(order).map(|(at, _)| *at)
}

/// Whether no program of one place was seen at another one.
pub(super) fn has_other_programs(places: &Places, at: Where) -> bool {
    let Some(here) = places.get(&at) else { return false };
    let others = places.iter().filter(|(other, _)| **other != at);
    let elsewhere =
        others.fold(crate::aggregate::sessions::Programs::default(), |all, (_, place)| all.and(place.usage.programs()));
    !elsewhere.is_empty() && !here.usage.programs().meets(elsewhere)
}
