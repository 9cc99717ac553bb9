//! From where and with what one key was used: the texts of its records read as addresses, networks and programs.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::net::IpAddr;

use crate::aggregate::keys::{KeyUse, SourceUse};
use crate::aggregate::{HourSet, Span, Sym, Symbols};
use crate::model::{EventTime, Hour, NO_AGENT, Network, SourceAddress, agent_family, agent_without_call};
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
    /// What each `userAgent` names, read once.
    agents: BTreeMap<Sym, Program>,
    /// What verdicts rest on, by network.
    pub places: BTreeMap<Network, Place>,
    /// The hour with most distinct machines, the earliest of equals.
    pub peak: Peak,
    /// Distinct UTC days with an event, from any source.
    pub active_days: usize,
}

/// What a `userAgent` names.
#[derive(Clone, Debug)]
struct Program {
    /// Its family.
    family: String,
    /// The text without what differs from call to call.
    text: String,
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

/// When and with what a key was used in one network.
#[derive(Clone, Debug, Default)]
pub(in crate::report) struct Place {
    /// The clock hours.
    pub hours: HourSet,
    /// By `userAgent`: first and last event.
    pub agents: BTreeMap<Sym, Span>,
    /// Whether every address is private or was seen through a VPC endpoint.
    pub is_private: bool,
    /// The accounts whose VPC endpoints the calls came through, where records say so.
    pub endpoint_owners: BTreeSet<Sym>,
}

/// Most distinct addresses in one UTC clock hour: IPv4 addresses or IPv6 networks (/64), whichever are more. One machine
/// has an address of each kind, and changes its IPv6 address within its /64 (RFC 8981).
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
        let mut private_networks: BTreeMap<Network, bool> = BTreeMap::new();
        let mut active = HourSet::default();
        for (source, used) in row.sources.iter() {
            active.merge(&used.hours);
            let text = symbols.text(source);
            let address = SourceAddress::parse(text);
            if address == SourceAddress::Service {
                spread.service_hosts.insert(text.to_owned());
            }
            let (Some(ip), Some(network)) = (address.ip(), address.network()) else { continue };
            let is_private = address.is_private() || used.via_vpc_endpoint;
            *spread.addresses.entry(ip).or_default() |= is_private;
            *private_networks.entry(network).or_insert(true) &= is_private;
            spread.places.entry(network).or_default().add(used);
            let network = spread.networks.entry(network).or_default();
            network.events += used.events;
            network.span.merge(used.span);
            hours_of.entry(ip).or_default().merge(&used.hours);
        }
        for (network, place) in &mut spread.places {
            place.is_private = private_networks[network];
        }
        for (agent, span) in row.sources.iter().flat_map(|(_, used)| used.agents.iter()) {
            let family = &spread.agents.entry(agent).or_insert_with(|| Program::of(symbols.text(agent))).family;
            match spread.families.get_mut(family) {
                Some(known) => known.merge(*span),
                None => drop(spread.families.insert(family.clone(), *span)),
            }
        }
        spread.peak = Peak::of(&hours_of);
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

    /// The family of a `userAgent` of the key.
    pub(in crate::report) fn family(&self, agent: Sym) -> &str {
        self.agents.get(&agent).map_or(NO_AGENT, |program| program.family.as_str())
    }

    /// A `userAgent` of the key without what differs between the calls of one program.
    pub(in crate::report) fn program(&self, agent: Sym) -> &str {
        self.agents.get(&agent).map_or("", |program| program.text.as_str())
    }

    /// How many networks there are of the kind, IPv4 or IPv6, of which there are more: one machine has one of each.
    pub(in crate::report) fn places_apart(&self) -> usize {
        let v6 = self.networks.keys().filter(|network| matches!(network, Network::V6(_))).count();
        v6.max(self.networks.len() - v6)
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

impl Program {
    fn of(user_agent: &str) -> Self {
        Self { family: agent_family(user_agent), text: agent_without_call(user_agent) }
    }
}

impl Place {
    /// The last event with a `userAgent` there.
    pub(in crate::report) fn last(&self) -> Option<EventTime> {
        self.agents.values().filter_map(|span| span.last()).max()
    }

    fn add(&mut self, used: &SourceUse) {
        self.hours.merge(&used.hours);
        for (agent, span) in used.agents.iter() {
            self.agents.entry(agent).or_default().merge(*span);
        }
        self.endpoint_owners.extend(used.endpoint_owners.iter().map(|(owner, _)| owner));
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
    fn of(hours_of: &BTreeMap<IpAddr, HourSet>) -> Self {
        let mut machines: BTreeMap<(bool, Network, Option<IpAddr>), HourSet> = BTreeMap::new();
        for (ip, hours) in hours_of {
            let Some(network) = SourceAddress::Ip(*ip).network() else { continue };
            let machine = (ip.is_ipv6(), network, Some(*ip).filter(IpAddr::is_ipv4));
            machines.entry(machine).or_default().merge(hours);
        }
        let mut counts: HashMap<Hour, [usize; 2]> = HashMap::new();
        for ((is_v6, ..), hours) in &machines {
            hours.iter().for_each(|hour| counts.entry(hour).or_default()[usize::from(*is_v6)] += 1);
        }
        let most = |counts: [usize; 2]| counts[0].max(counts[1]);
        let highest = counts.into_iter().max_by_key(|&(hour, counts)| (most(counts), std::cmp::Reverse(hour)));
        highest.map_or(Self::default(), |(hour, counts)| Self { addresses: most(counts), hour: Some(hour) })
    }
}
