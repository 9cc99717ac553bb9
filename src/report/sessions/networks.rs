//! Sessions used in other public networks than the one they were issued in.
//!
//! An IPv4 and an IPv6 address of one host have nothing in common, so only networks of one family are compared. The
//! networks from which the same caller issued other sessions are its own, as those of a NAT with two addresses. And a
//! second network that is used in turn with the first by the same programs looks like such a NAT: it is told apart from
//! one where the session went and stayed, or where another program used it.
//!
//! Known misses: a thief who works at the same time as the holder with the same program is called a NAT; a thief who has
//! the caller's own credentials is found by what these do, not here.

use std::net::IpAddr;

use ahash::{AHashMap, AHashSet};

use super::Known;
use super::usage::{self, Places, Where};
use crate::aggregate::State;
use crate::model::{Network, SourceAddress};
use crate::report::lineage::{Kind, Lineage};
use crate::report::source_list::ReadAddresses;

/// Networks away from where a session was issued.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Away {
    /// Where it went, or where another program used it.
    pub gone: usize,
    /// Used in turn with the network of issue by the same programs.
    pub in_turn: usize,
}

/// Says of each session how many networks it was away in.
pub(super) fn judge(state: &State, lineage: &Lineage<'_>, all: &mut [Known<'_>]) {
    let mut read = ReadAddresses::new(state.symbols());
    let callers = of_callers(lineage, &mut read);
    for known in all.iter_mut() {
        let is_public = |ip: &IpAddr| !SourceAddress::Ip(*ip).is_private();
        if let Some(home) = known.issued_to.filter(is_public).and_then(network) {
            known.away = away(known, home, &callers, &mut read);
        }
    }
}

fn network(ip: IpAddr) -> Option<Network> {
    SourceAddress::Ip(ip).network()
}

/// The networks from which each principal issued role sessions.
fn of_callers<'a>(lineage: &Lineage<'a>, read: &mut ReadAddresses<'_>) -> AHashMap<&'a str, AHashSet<Network>> {
    let mut callers: AHashMap<&'a str, AHashSet<Network>> = AHashMap::new();
    for credential in &lineage.credentials {
        let Some(issuance) = credential.issuance().filter(|issuance| !issuance.api().is_sign_in()) else { continue };
        let Some(source) = credential.issued_from() else { continue };
        if let Some(network) = read.ip(source).and_then(network) {
            callers.entry(issuance.caller()).or_default().insert(network);
        }
    }
    callers
}

fn away(
    known: &Known<'_>,
    home: Network,
    callers: &AHashMap<&str, AHashSet<Network>>,
    read: &mut ReadAddresses<'_>,
) -> Away {
    let here = Where::Public(home);
    let mut away = Away::default();
    if known.addresses.iter().all(|&ip| network(ip) == Some(home)) {
        return away;
    }
    let mut places = Places::new();
    usage::add(&mut places, known.session, read);
    let issuance = known.credential.issuance();
    let caller = issuance.map_or("", |issuance| issuance.caller());
    let own = callers.get(caller).filter(|_| known.kind == Kind::Role && caller != known.principal());
    for &at in places.keys() {
        let Where::Public(network) = at else { continue };
        if at == here || !at.is_comparable(here) || own.is_some_and(|own| own.contains(&network)) {
            continue;
        }
        if is_in_turn(&places, here, at) { away.in_turn += 1 } else { away.gone += 1 }
    }
    away
}

/// Whether the session came back from there, and no other program was at work there.
fn is_in_turn(places: &Places, here: Where, at: Where) -> bool {
    let (Some(home), Some(place)) = (places.get(&here), places.get(&at)) else { return false };
    let came_back = home.usage.last() > place.usage.first() && home.usage.first() < place.usage.last();
    came_back && !usage::has_other_programs(places, at)
}
