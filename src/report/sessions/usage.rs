//! Where sessions were used: addresses with their times and programs, gathered into networks.

use std::cmp::Reverse;
use std::net::IpAddr;

use super::few::Few;
use crate::aggregate::sessions::{Programs, Session, Usage};
use crate::model::{EventTime, Network, SourceAddress};
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
    /// How many of them were used nowhere else.
    pub only: usize,
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
    let mut met: Few<Where, bool> = Few::default();
    for (source, usage) in session.sources() {
        let Some(ip) = read.ip(source) else { continue };
        let at = Where::of(ip, usage);
        let place = places.entry(at);
        place.addresses.entry(ip).merge(usage);
        place.usage.merge(usage);
        if !std::mem::replace(met.entry(at), true) {
            place.sessions += 1;
        }
    }
    if let (1, Some(at)) = (met.len(), met.keys().next()) {
        places.entry(*at).only += 1;
    }
}

/// What the places of some sessions have in common, worked out once: there may be as many as sessions.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Overview {
    /// The place that most sessions were used at; of several the first, then the busiest.
    pub home: Option<Where>,
    /// The first use at any.
    pub start: Option<EventTime>,
    /// Programs of any place.
    all: Programs,
    /// Programs of more than one.
    several: Programs,
    places: usize,
    /// Networks of IPv6.
    v6: usize,
}

impl Overview {
    /// Of all these places.
    pub fn of(places: &Places) -> Self {
        let order = |(at, place): &(&Where, &Place)| {
            let first = place.usage.first().map_or(i64::MAX, |time| time.0);
            (Reverse(place.sessions), first, Reverse(place.usage.events), **at)
        };
        let home = places.iter().min_by_key(order).map(|(at, _)| *at);
        let mut overview = Self { home, places: places.len(), ..Self::default() };
        for (at, place) in places.iter() {
            let (first, programs) = (place.usage.first(), place.usage.programs());
            overview.start = [overview.start, first].into_iter().flatten().min();
            overview.several = overview.several.and(overview.all.of_both(programs));
            overview.all = overview.all.and(programs);
            overview.v6 += usize::from(at.is_v6());
        }
        overview
    }

    /// Whether no program of one of the places was seen at another one.
    pub fn has_other_programs(&self, place: &Place) -> bool {
        let here = place.usage.programs();
        let elsewhere = self.several.and(self.all.without(here));
        !elsewhere.is_empty() && !here.meets(elsewhere)
    }

    /// Whether one of the places can be no other one seen anew, as the only network of IPv6.
    pub fn is_of_other_family(&self, at: Where) -> bool {
        let of_family = if at.is_v6() { self.v6 } else { self.places - self.v6 };
        of_family == 1
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn an_overview_says_what_a_look_at_each_says(
            given in prop::collection::vec((0u16..12, 0u8..4, 0u8..2, 0u32..9), 1..14),
        ) {
            const AGENTS: [&str; 4] = ["aws-cli/2", "Boto3/1", "curl/8", "Go/1"];
            let (mut places, mut plain) = (Places::default(), BTreeMap::<Where, Programs>::new());
            for (at, agent, family, _) in given {
                let text = if family == 0 { format!("192.0.{at}.1") } else { format!("2001:db8:{at}::1") };
                let at = SourceAddress::parse(&text).network().map_or(Where::Inside, Where::Public);
                let programs = Programs::of(AGENTS[usize::from(agent)]);
                places.entry(at).usage.merge(&Usage::of_programs(programs));
                let known = plain.entry(at).or_default();
                *known = known.and(programs);
            }
            let overview = Overview::of(&places);
            for (&at, &here) in &plain {
                let others = || plain.iter().filter(|(other, _)| **other != at);
                let elsewhere = others().fold(Programs::default(), |all, (_, programs)| all.and(*programs));
                let is_other = !elsewhere.is_empty() && !here.meets(elsewhere);
                prop_assert_eq!(overview.has_other_programs(&places[&at]), is_other);
                let alone = !others().any(|(other, _)| other.is_comparable(at));
                prop_assert_eq!(overview.is_of_other_family(at), alone);
            }
        }
    }
}
