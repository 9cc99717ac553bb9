//! From where and with what one key was used: the texts of its records read as addresses, networks and programs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::aggregate::keys::KeyUse;
use crate::aggregate::{HourSet, Span, Symbols};
use crate::model::{Hour, Network, SourceAddress, agent_family};
use crate::report::source_list::address_texts;

/// The spread of one key. Several texts of one address are one address.
#[derive(Debug, Default)]
pub(in crate::report) struct Spread {
    /// Distinct addresses; whether each is private or was seen through a VPC endpoint.
    pub addresses: BTreeMap<IpAddr, bool>,
    /// Distinct service hosts in the place of an address.
    pub service_hosts: BTreeSet<String>,
    /// Distinct /24 and /64.
    pub networks: BTreeMap<Network, NetworkUse>,
    /// Families of user agents.
    pub families: BTreeMap<String, Span>,
    /// The hour with most distinct addresses, the earliest of equals.
    pub peak: Peak,
    /// Distinct UTC days with an event, from any source.
    pub active_days: usize,
}

/// What a key did from one network.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::report) struct NetworkUse {
    /// Events.
    pub events: i64,
    /// First and last event.
    pub span: Span,
    /// Distinct addresses.
    pub addresses: usize,
    /// Distinct addresses in the hour of the key's peak.
    pub at_peak: usize,
}

/// Most distinct addresses in one UTC clock hour.
#[derive(Clone, Copy, Debug, Default)]
pub(in crate::report) struct Peak {
    /// How many.
    pub addresses: usize,
    /// When; `None` without an address.
    pub hour: Option<Hour>,
}

impl Spread {
    /// Reads the sources and agents of a key.
    pub(in crate::report) fn of(row: &KeyUse, symbols: &Symbols) -> Self {
        let mut spread = Self::default();
        let mut hours_of: BTreeMap<IpAddr, HourSet> = BTreeMap::new();
        let mut active = HourSet::default();
        for (source, used) in row.sources.iter() {
            active.merge(&used.hours);
            let text = symbols.text(source);
            let address = SourceAddress::parse(text);
            if address == SourceAddress::Service {
                spread.service_hosts.insert(text.to_owned());
            }
            let (Some(ip), Some(network)) = (address.ip(), address.network()) else { continue };
            *spread.addresses.entry(ip).or_default() |= address.is_private() || used.via_vpc_endpoint;
            let network = spread.networks.entry(network).or_default();
            network.events += used.events;
            network.span.merge(used.span);
            hours_of.entry(ip).or_default().merge(&used.hours);
        }
        for (agent, span) in row.user_agents.iter() {
            spread.families.entry(agent_family(symbols.text(agent))).or_default().merge(*span);
        }
        spread.peak = Peak::of(hours_of.values());
        for (ip, hours) in &hours_of {
            let Some(network) = SourceAddress::Ip(*ip).network().and_then(|net| spread.networks.get_mut(&net)) else {
                continue;
            };
            network.addresses += 1;
            network.at_peak += usize::from(spread.peak.hour.is_some_and(|peak| hours.contains(peak)));
        }
        spread.active_days = active.days().len();
        spread
    }

    /// The addresses as texts, in the order of texts.
    pub(in crate::report) fn address_list(&self) -> Vec<String> {
        let mut addresses = address_texts(self.addresses.keys());
        addresses.sort();
        addresses
    }

    /// How many addresses are private or came through a VPC endpoint.
    pub(in crate::report) fn private_addresses(&self) -> usize {
        self.addresses.values().filter(|private| **private).count()
    }
}

impl NetworkUse {
    /// Both together, as one network.
    pub(in crate::report) fn and(mut self, other: Self) -> Self {
        self.events += other.events;
        self.span.merge(other.span);
        self.addresses += other.addresses;
        self.at_peak += other.at_peak;
        self
    }
}

impl Peak {
    fn of<'a>(hours_of_each: impl Iterator<Item = &'a HourSet>) -> Self {
        let mut addresses: HashMap<Hour, usize> = HashMap::new();
        for hour in hours_of_each.flat_map(HourSet::iter) {
            *addresses.entry(hour).or_default() += 1;
        }
        let highest = addresses.into_iter().max_by_key(|&(hour, count)| (count, std::cmp::Reverse(hour)));
        highest.map_or(Self::default(), |(hour, addresses)| Self { addresses, hour: Some(hour) })
    }
}
