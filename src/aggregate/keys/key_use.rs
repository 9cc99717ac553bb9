//! What one long-lived credential did, by the source of its calls.

use super::super::{HourSet, Remap, Seen, Span, Sym, SymMap, SymSet, Tally};
use crate::model::Hour;

/// What one key did.
#[derive(Clone, Debug)]
pub struct KeyUse {
    /// `accessKeyId`.
    pub key: Sym,
    /// Its events.
    pub tally: Tally,
    /// First and last event.
    pub span: Span,
    /// First and last event that succeeded; empty when none did.
    pub successes: Span,
    /// By `sourceIPAddress`, as written: addresses and service hosts alike.
    pub sources: SymMap<SourceUse>,
    /// Every `awsRegion`.
    pub regions: SymSet,
    /// Places in [`Keys::holders`].
    pub(super) holders: Vec<u32>,
}

/// What a key did from one `sourceIPAddress`.
#[derive(Clone, Debug)]
pub struct SourceUse {
    /// Events.
    pub events: i64,
    /// First and last event.
    pub span: Span,
    /// The clock hours in which it was used.
    pub hours: HourSet,
    /// Whether any of the calls came through a VPC endpoint.
    pub via_vpc_endpoint: bool,
    /// By `vpcEndpointAccountId`, the account that owns the endpoint: first and last event. Of calls that name one.
    pub endpoint_owners: SymMap<Span>,
    /// By `userAgent`: first and last event.
    pub agents: SymMap<Span>,
    /// Calls of GetCallerIdentity: whoever holds a key that is not his asks first whose it is.
    pub identity_checks: i64,
    /// The hour that was last put into `hours`: most events fall into the one before's.
    last_hour: Hour,
}

impl KeyUse {
    /// The distinct `userAgent` texts, an absent one left out.
    pub fn user_agents(&self) -> SymSet {
        let mut agents = SymSet::default();
        let written = self.sources.iter().flat_map(|(_, used)| used.agents.iter().map(|(agent, _)| agent));
        written.filter(|agent| *agent != Sym::EMPTY).for_each(|agent| agents.insert(agent));
        agents
    }

    pub(super) fn new(key: Sym) -> Self {
        Self {
            key,
            tally: Tally::default(),
            span: Span::default(),
            successes: Span::default(),
            sources: SymMap::default(),
            regions: SymSet::default(),
            holders: Vec::new(),
        }
    }

    pub(super) fn see(&mut self, seen: &mut Seen<'_>) {
        let event = seen.event;
        self.tally.merge(seen.tally());
        self.regions.insert(seen.region());
        let source = self.sources.entry(seen.address());
        source.events += 1;
        source.via_vpc_endpoint |= !event.vpc_endpoint_id.is_empty();
        source.identity_checks += i64::from(event.event_name == "GetCallerIdentity");
        let agent = source.agents.entry(seen.user_agent());
        let Some(time) = event.event_time else { return };
        agent.see(time);
        if !event.vpc_endpoint_account_id.is_empty() {
            source.endpoint_owners.entry(seen.symbols.intern(event.vpc_endpoint_account_id)).see(time);
        }
        source.span.see(time);
        if source.last_hour != time.hour() {
            source.last_hour = time.hour();
            source.hours.insert(source.last_hour);
        }
        self.span.see(time);
        if !event.is_error() {
            self.successes.see(time);
        }
    }

    pub(super) fn merge(&mut self, other: &Self, remap: &Remap) {
        self.tally.merge(other.tally);
        self.span.merge(other.span);
        self.successes.merge(other.successes);
        self.regions.merge(&other.regions, remap);
        for (sym, theirs) in other.sources.iter() {
            let ours = self.sources.entry(remap.of(sym));
            ours.events += theirs.events;
            ours.span.merge(theirs.span);
            ours.hours.merge(&theirs.hours);
            ours.via_vpc_endpoint |= theirs.via_vpc_endpoint;
            ours.identity_checks += theirs.identity_checks;
            for (agent, span) in theirs.agents.iter() {
                ours.agents.entry(remap.of(agent)).merge(*span);
            }
            for (owner, span) in theirs.endpoint_owners.iter() {
                ours.endpoint_owners.entry(remap.of(owner)).merge(*span);
            }
        }
    }
}

impl Default for SourceUse {
    fn default() -> Self {
        Self {
            events: 0,
            span: Span::default(),
            hours: HourSet::default(),
            via_vpc_endpoint: false,
            endpoint_owners: SymMap::default(),
            agents: SymMap::default(),
            identity_checks: 0,
            last_hour: Hour(i32::MIN),
        }
    }
}
