//! One address that uses the keys of several principals as only somebody does who should not have them.
//!
//! An office, a VPN exit or a build host uses the keys of many people every day, so that alone says nothing. What does: it
//! only asks whose the keys are (GetCallerIdentity), it calls with a tool of attackers, or it is new to each of the keys and
//! brings one program that none of them was used with before; or it is new to five or more, in one sitting and on no other day,
//! in the very hours in which their own networks go on. Where only its version is new, people at a shared host or in a
//! new office look the same: then all has to happen in one sitting, or at night. Nobody asks as whoever holds the key does,
//! with the program that the key is used with elsewhere, at their hours or on several days.
//!
//! Known misses: less than three principals; an address a key; a thief who copies the programs, or who works by day and for
//! days with the holders' program in another version. An inventory of the account's own keys, an authorised test and a course
//! with a new tool look the same, and so does an office whose way out fails once, for less than two hours. Private addresses are those of many networks and are not judged.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ahash::AHashMap;
use serde_json::{Map, Value, json};
use smallvec::SmallVec;

use super::JudgedKey;
use super::pace::is_at_night;
use super::signal::SpeaksFor;
use super::spread::Place;
use crate::aggregate::keys::SourceUse;
use crate::aggregate::{HourSet, Span, Sym, Symbols};
use crate::model::{Day, EventTime, Network, SourceAddress, agent_family, attack_tool, quantity};
use crate::report::{Finding, Severity};

/// Principals whose keys one hand holds.
const LEAST: usize = 3;

/// Principals whose keys come to one address with their own programs, where nothing but the hour speaks.
const MANY: usize = 5;

/// Seconds in which probes belong together, and by which a key is older than what is new to it.
const DAY_SECONDS: i64 = 86_400;

/// The longest sitting, in seconds.
const SITTING: i64 = 2 * 3_600;

/// Days of asking whose a key is, with its holder's own program, that are a habit of its holder.
const HABIT: usize = 3;

/// Members of a list in the evidence.
const SHOWN: usize = 20;

/// What one key did from one address.
struct Use<'a> {
    key: &'a JudgedKey<'a>,
    events: i64,
    identity_checks: i64,
    span: Span,
    hours: HourSet,
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
    with_tool(address, uses, symbols)
        .or_else(|| new_to_all(address, uses))
        .or_else(|| probes(address, uses))
        .or_else(|| beside_all(address, uses))
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
fn new_to_all<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>]) -> Option<Hand<'u, 'a>> {
    let network = SourceAddress::Ip(address).network()?;
    let mut by_program: BTreeMap<&str, Vec<&Use<'_>>> = BTreeMap::new();
    for used in uses {
        let begins = used.key.used.span.first().map(|first| first.plus_seconds(DAY_SECONDS));
        let goes_on = || used.elsewhere(network).any(|place| place.last() > used.span.first());
        if used.span.first() < begins || !goes_on() {
            continue;
        }
        let known = used.programs_elsewhere(network);
        for program in used.programs().into_iter().filter(|program| !known.contains(program)) {
            by_program.entry(program).or_default().push(used);
        }
    }
    let hands = by_program.into_iter().filter_map(|(program, with)| by_one_program(address, program, with));
    // The worst, the first of equals: in the reverse order it is the last one.
    hands.rev().max_by_key(|hand| hand.severity)
}

/// What it means that the keys came to `address` with one program that none of them was used with.
fn by_one_program<'u, 'a>(address: IpAddr, program: &str, with: Vec<&'u Use<'a>>) -> Option<Hand<'u, 'a>> {
    let network = SourceAddress::Ip(address).network()?;
    if principals(with.iter().copied()) < LEAST {
        return None;
    }
    let family = agent_family(program);
    let is_of_family = |used: &Use<'_>, agent: Sym| used.key.spread.family(agent) == family;
    let is_new = |used: &&&Use<'_>| {
        !used.elsewhere(network).flat_map(|place| place.agents.keys()).any(|&agent| is_of_family(used, agent))
    };
    let (severity, why) = if principals(with.iter().filter(is_new).copied()) >= LEAST {
        let severity =
            if with.iter().all(|used| used.is_by_turns(network)) { Severity::Medium } else { Severity::High };
        (severity, format!("all with {family}, new to each of them as the address is"))
    } else if is_one_sitting(&with) {
        (Severity::High, format!("all with {family} in a version new to each of them, within two hours"))
    } else if with.iter().all(|used| used.is_at_night(network)) {
        (Severity::High, format!("all with {family} in a version new to each of them, at night"))
    } else {
        return None;
    };
    Some(Hand { address, severity, why, uses: with })
}

fn is_one_sitting(uses: &[&Use<'_>]) -> bool {
    let mut span = Span::default();
    uses.iter().for_each(|used| span.merge(used.span));
    span.first().zip(span.last()).is_some_and(|(first, last)| last <= first.plus_seconds(SITTING))
}

/// Keys that the address used for nothing but GetCallerIdentity, within a day of each other, and not as their holders do.
fn probes<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>]) -> Option<Hand<'u, 'a>> {
    let network = SourceAddress::Ip(address).network()?;
    let mut probes: Vec<(EventTime, &Use<'_>)> = uses
        .iter()
        .filter(|used| used.identity_checks > 0 && used.identity_checks == used.events && !used.is_holders(network))
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

/// The address came to each of many keys a day or more after it was used elsewhere, in one sitting and on no other day, in an hour
/// in which a network of its family was in use that went on afterwards.
fn beside_all<'u, 'a>(address: IpAddr, uses: &'u [Use<'a>]) -> Option<Hand<'u, 'a>> {
    let network = SourceAddress::Ip(address).network()?;
    let is_v6 = |network: &Network| matches!(network, Network::V6(_));
    let is_beside = |used: &&Use<'_>| {
        let begins = used.key.used.span.first().map(|first| first.plus_seconds(DAY_SECONDS));
        let places = used.key.spread.places.iter();
        let mut others = places.filter(|(other, _)| **other != network && is_v6(other) == is_v6(&network));
        used.span.first() >= begins
            && used.hours.days().len() == 1
            && others.any(|(_, place)| {
                used.hours.iter().any(|hour| place.hours.contains(hour)) && place.last() > used.span.last()
            })
    };
    let with: Vec<&Use<'_>> = uses.iter().filter(is_beside).collect();
    let why = "new to each of them, within two hours in which they went on elsewhere, and on no other day".to_owned();
    let holds = principals(with.iter().copied()) >= MANY && is_one_sitting(&with);
    holds.then_some(Hand { address, severity: Severity::Medium, why, uses: with })
}

/// Whether all that was found about a key is its use from `address`.
fn is_all(key: &JudgedKey<'_>, address: IpAddr) -> bool {
    let network = SourceAddress::Ip(address).network();
    let mut leaks = key.signals.iter().filter(|held| held.speaks_for() == SpeaksFor::Leak);
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
        Self {
            key,
            events: 0,
            identity_checks: 0,
            span: Span::default(),
            hours: HourSet::default(),
            agents: BTreeMap::new(),
        }
    }

    fn add(&mut self, used: &SourceUse) {
        self.events += used.events;
        self.identity_checks += used.identity_checks;
        self.span.merge(used.span);
        self.hours.merge(&used.hours);
        for (agent, span) in used.agents.iter() {
            self.agents.entry(agent).or_default().merge(*span);
        }
    }

    /// The other networks of the key.
    fn elsewhere(&self, network: Network) -> impl Iterator<Item = &'a Place> + '_ {
        let key: &'a JudgedKey<'a> = self.key;
        key.spread.places.iter().filter(move |(known, _)| **known != network).map(|(_, place)| place)
    }

    fn hours_elsewhere(&self, network: Network) -> HourSet {
        let mut hours = HourSet::default();
        self.elsewhere(network).for_each(|place| hours.merge(&place.hours));
        hours
    }

    /// What it called with here, without what differs from call to call.
    fn programs(&self) -> BTreeSet<&'a str> {
        let key: &'a JudgedKey<'a> = self.key;
        self.agents.keys().filter(|agent| **agent != Sym::EMPTY).map(|agent| key.spread.program(*agent)).collect()
    }

    fn programs_elsewhere(&self, network: Network) -> BTreeSet<&'a str> {
        let key: &'a JudgedKey<'a> = self.key;
        self.elsewhere(network).flat_map(|place| place.agents.keys()).map(|agent| key.spread.program(*agent)).collect()
    }

    /// Whether every use here lies in the night of whoever uses the key elsewhere.
    fn is_at_night(&self, network: Network) -> bool {
        let home = self.hours_elsewhere(network);
        self.hours.iter().all(|hour| is_at_night(&home, hour))
    }

    /// Whether the holder was here: on two days or more, on days of the week on which the key is used elsewhere, and on none
    /// on which it was.
    fn is_by_turns(&self, network: Network) -> bool {
        let (here, elsewhere) = (self.hours.days(), self.hours_elsewhere(network).days());
        let weekdays: BTreeSet<i32> = elsewhere.iter().map(|day| day.0.rem_euclid(7)).collect();
        let is_away = |day: &Day| !elsewhere.contains(day) && weekdays.contains(&day.0.rem_euclid(7));
        here.len() > 1 && here.iter().all(is_away)
    }

    /// Whether it looks like the key's holder: with programs that the key is used with elsewhere, in the very version, and at
    /// hours at which it is used there, or on several days.
    fn is_holders(&self, network: Network) -> bool {
        let (here, elsewhere) = (self.programs(), self.programs_elsewhere(network));
        let home = self.hours_elsewhere(network);
        let is_by_day = || self.hours.iter().all(|hour| !is_at_night(&home, hour));
        !here.is_empty() && here.is_subset(&elsewhere) && (is_by_day() || self.hours.days().len() >= HABIT)
    }
}
