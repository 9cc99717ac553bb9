//! One address that uses the keys of several principals as only somebody does who should not have them.
//!
//! An office, a VPN exit or a build host uses the keys of many people every day, so that alone says nothing. What does: it
//! only asks whose the keys are (GetCallerIdentity), it calls with a tool of attackers, or it is new to each of the keys and
//! brings one program that none of them was used with before.
//!
//! Known misses: less than three principals; an address a key; a thief who copies the programs. An inventory of the
//! account's own keys, and an authorised test, look the same. Private addresses are those of many networks and are not judged.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ahash::AHashMap;
use serde_json::{Map, Value, json};
use smallvec::SmallVec;

use super::JudgedKey;
use super::signal::SpeaksFor;
use crate::aggregate::keys::SourceUse;
use crate::aggregate::{Span, Sym, Symbols};
use crate::model::{EventTime, SourceAddress, agent_family, attack_tool, quantity};
use crate::report::{Finding, Severity};

/// Principals whose keys one hand holds.
const LEAST: usize = 3;

/// Seconds in which probes belong together, and by which a key is older than what is new to it.
const DAY_SECONDS: i64 = 86_400;

/// Members of a list in the evidence.
const SHOWN: usize = 20;

/// What one key did from one address.
struct Use<'a> {
    key: &'a JudgedKey<'a>,
    events: i64,
    identity_checks: i64,
    span: Span,
    agents: BTreeMap<Sym, Span>,
}

/// How the keys at one address are known to be in one hand.
struct Hand<'u, 'a> {
    address: IpAddr,
    severity: Severity,
    why: String,
    uses: Vec<&'u Use<'a>>,
}

/// The findings, and the keys of which they tell all that there is to tell.
pub(super) fn of<'a>(keys: &'a [JudgedKey<'a>], symbols: &Symbols) -> (Vec<Finding>, BTreeSet<&'a str>) {
    let (mut findings, mut told) = (Vec::new(), BTreeSet::new());
    for (address, uses) in by_address(keys, symbols) {
        let Some(hand) = hand(address, &uses, symbols) else { continue };
        findings.extend(by_account(&hand, symbols));
        told.extend(hand.uses.iter().filter(|used| is_all(used.key, address)).map(|used| used.key.id));
    }
    (findings, told)
}

/// Public addresses that used the keys of several principals.
fn by_address<'a>(keys: &'a [JudgedKey<'a>], symbols: &Symbols) -> BTreeMap<IpAddr, Vec<Use<'a>>> {
    let public = |source: Sym, used: &SourceUse| {
        let address = SourceAddress::parse(symbols.text(source));
        address.ip().filter(|_| !address.is_private() && !used.via_vpc_endpoint)
    };
    let sources = || keys.iter().flat_map(|key| key.used.sources.iter().map(move |(source, used)| (key, source, used)));
    // Most addresses use the keys of one principal: those are let go before anything is put together.
    let mut holders: AHashMap<IpAddr, SmallVec<[&str; LEAST]>> = AHashMap::new();
    for (key, source, used) in sources() {
        let Some(ip) = public(source, used) else { continue };
        let known = holders.entry(ip).or_default();
        if known.len() < LEAST && !known.contains(&key.principal) {
            known.push(key.principal);
        }
    }
    let mut uses: BTreeMap<IpAddr, Vec<Use<'a>>> = BTreeMap::new();
    for (key, source, used) in sources() {
        let Some(ip) = public(source, used).filter(|ip| holders[ip].len() >= LEAST) else { continue };
        let of_address = uses.entry(ip).or_default();
        // Several texts of one address are one address, and a key's sources stand together.
        if of_address.last().is_none_or(|last| last.key.id != key.id) {
            of_address.push(Use::of(key));
        }
        of_address.last_mut().into_iter().for_each(|last| last.add(used));
    }
    uses
}

fn principals<'u, 'a: 'u>(uses: impl Iterator<Item = &'u Use<'a>>) -> usize {
    uses.map(|used| used.key.principal).collect::<BTreeSet<_>>().len()
}

/// The strongest reason, if there is one.
fn hand<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>], symbols: &Symbols) -> Option<Hand<'u, 'a>> {
    with_tool(address, uses, symbols).or_else(|| new_to_all(address, uses, symbols)).or_else(|| probes(address, uses))
}

fn with_tool<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>], symbols: &Symbols) -> Option<Hand<'u, 'a>> {
    let tools_of = |used: &'u Use<'a>| used.agents.keys().filter_map(|&agent| attack_tool(symbols.text(agent)));
    let with: Vec<&Use<'_>> = uses.iter().filter(|used| tools_of(used).next().is_some()).collect();
    // All of them: the first would be the one that was read first.
    let tools: BTreeSet<&str> = with.iter().flat_map(|used| tools_of(used)).collect();
    let why = format!("with {}, a tool of attackers and testers", Vec::from_iter(tools).join(", "));
    (principals(with.iter().copied()) >= LEAST).then_some(Hand { address, severity: Severity::High, why, uses: with })
}

/// The address came to each key a day or more after it was used elsewhere, with one program that none was used with, and the
/// key went on elsewhere: where all move to a new office or host with a new program, nothing does.
fn new_to_all<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>], symbols: &Symbols) -> Option<Hand<'u, 'a>> {
    let network = SourceAddress::Ip(address).network()?;
    let mut by_agent: BTreeMap<&str, Vec<&Use<'_>>> = BTreeMap::new();
    for used in uses {
        let elsewhere = || used.key.spread.places.iter().filter(|(known, _)| **known != network);
        let begins = used.key.used.span.first().map(|first| first.plus_seconds(DAY_SECONDS));
        let goes_on = || elsewhere().any(|(_, place)| place.last() > used.span.first());
        let is_late = used.span.first() >= begins && goes_on();
        let is_new = |agent: &Sym| elsewhere().all(|(_, place)| !place.agents.contains_key(agent));
        for agent in used.agents.keys().filter(|agent| is_late && **agent != Sym::EMPTY && is_new(agent)) {
            by_agent.entry(symbols.text(*agent)).or_default().push(used);
        }
    }
    let (agent, with) = by_agent.into_iter().find(|(_, uses)| principals(uses.iter().copied()) >= LEAST)?;
    let why = format!("all with {}, new to each of them as the address is", agent_family(agent));
    Some(Hand { address, severity: Severity::High, why, uses: with })
}

/// Keys that the address used for nothing but GetCallerIdentity, within a day of each other.
fn probes<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>]) -> Option<Hand<'u, 'a>> {
    let mut probes: Vec<(EventTime, &Use<'_>)> = uses
        .iter()
        .filter(|used| used.identity_checks > 0 && used.identity_checks == used.events)
        .filter_map(|used| Some((used.span.first()?, used)))
        .collect();
    probes.sort_by_key(|(first, used)| (*first, used.key.id));
    let is_together = |begin: &(EventTime, &Use<'_>)| {
        let end = begin.0.plus_seconds(DAY_SECONDS);
        principals(probes.iter().filter(|(first, _)| *first >= begin.0 && *first < end).map(|(_, used)| *used)) >= LEAST
    };
    let why = "only to ask whose they are (GetCallerIdentity)".to_owned();
    let holds = probes.iter().any(is_together);
    let uses = probes.iter().map(|(_, used)| *used).collect();
    holds.then_some(Hand { address, severity: Severity::Medium, why, uses })
}

/// Whether all that was found about a key is its use from `address`.
fn is_all(key: &JudgedKey<'_>, address: IpAddr) -> bool {
    let network = SourceAddress::Ip(address).network();
    let mut leaks = key.signals.iter().filter(|held| held.signal.speaks_for() == SpeaksFor::Leak);
    let is_here = |networks: &[_]| networks.iter().all(|known| Some(*known) == network);
    let is_only = key.spread.addresses.keys().all(|known| *known == address);
    is_only || key.verdict.is_leak() && leaks.all(|held| is_here(&held.networks))
}

/// A finding for each account whose keys are held.
fn by_account(hand: &Hand<'_, '_>, symbols: &Symbols) -> Vec<Finding> {
    let mut accounts: BTreeMap<&str, Vec<&Use<'_>>> = BTreeMap::new();
    for used in &hand.uses {
        accounts.entry(used.key.account).or_default().push(used);
    }
    let others = accounts.len() - 1;
    accounts.into_iter().map(|(account, uses)| finding(hand, (account, others), &uses, symbols)).collect()
}

fn finding(hand: &Hand<'_, '_>, (account, others): (&str, usize), uses: &[&Use<'_>], symbols: &Symbols) -> Finding {
    let principals: BTreeSet<&str> = uses.iter().map(|used| used.key.principal).collect();
    let ids: Vec<&str> = uses.iter().map(|used| used.key.id).collect();
    let mut span = Span::default();
    uses.iter().for_each(|used| span.merge(used.span));
    let families: BTreeSet<String> =
        uses.iter().flat_map(|used| used.agents.keys()).map(|&agent| agent_family(symbols.text(agent))).collect();
    let more = match others {
        0 => String::new(),
        others => format!(", and keys of {}", quantity(others as u64, "other account")),
    };
    let principals_text = quantity(principals.len() as u64, "principal");
    let (address, keys) = (hand.address, quantity(ids.len() as u64, "key"));
    let summary = format!("{address} used {keys} of {principals_text}{more}, {}: one hand holds them", hand.why);
    let evidence: [(&str, Value); 7] = [
        ("address", json!(address.to_string())),
        ("access_key_ids", json!(ids.iter().take(SHOWN).collect::<Vec<_>>())),
        ("keys", json!(ids.len())),
        ("principals", json!(principals.iter().take(SHOWN).collect::<Vec<_>>())),
        ("agent_family_list", json!(families.iter().take(SHOWN).collect::<Vec<_>>())),
        ("first_seen", json!(span.first())),
        ("last_seen", json!(span.last())),
    ];
    Finding {
        severity: hand.severity,
        rule: "keys-in-one-hand",
        account_id: account.to_owned(),
        subject: address.to_string(),
        summary,
        count: uses.iter().map(|used| used.events).sum(),
        evidence: Map::from_iter(evidence.map(|(name, value)| (name.to_owned(), value))),
    }
}

impl<'a> Use<'a> {
    fn of(key: &'a JudgedKey<'a>) -> Self {
        Self { key, events: 0, identity_checks: 0, span: Span::default(), agents: BTreeMap::new() }
    }

    fn add(&mut self, used: &SourceUse) {
        self.events += used.events;
        self.identity_checks += used.identity_checks;
        self.span.merge(used.span);
        for (agent, span) in used.agents.iter() {
            self.agents.entry(agent).or_default().merge(*span);
        }
    }
}
