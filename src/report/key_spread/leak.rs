//! Signals that somebody else has a key.

use std::collections::{BTreeMap, BTreeSet};

use super::look::{Look, Newcomer, OLD_DAYS};
use super::pace::{LONGEST_REST, around, days_before, is_at_night, is_day_and_night};
use super::signal::{Held, Signal};
use super::spread::Place;
use crate::aggregate::{HourSet, Span, Sym};
use crate::model::{EventTime, Hour, Network, SourceAddress, attack_tool, quantity};
use crate::report::Severity;

/// Days from which calls through an endpoint that were there from the first day on are how the key is used.
const HABIT_DAYS: usize = 7;

/// Hours between two uses at home in which nobody was in another country and back, but over a border nearby.
const WAY_THERE_AND_BACK: i32 = 8;

/// Hours from the last use of a day to the first one of the next.
const NIGHT: i32 = 16;

/// Seconds from the first use of a network in which a program came with it.
const COMES_SECONDS: i64 = 2 * 86_400;

/// All that hold.
pub(super) fn of(look: &Look<'_>) -> Vec<Held> {
    let mut held: Vec<Held> = Vec::new();
    if !look.meets_new_ones() {
        held.extend(new_program(look));
        held.extend(two_hands(look));
        held.extend(two_countries(look));
    }
    held.extend(attack_tools(look));
    held.extend(foreign_endpoint(look));
    held
}

/// A late network, and a program that was first seen from it. The programs are in [`new_families`].
fn new_program(look: &Look<'_>) -> Option<Held> {
    let families = new_families(look);
    let networks: BTreeSet<Network> = families.values().map(|&(_, network)| network).collect();
    if networks.is_empty() {
        return None;
    }
    let (named, _) = families.iter().min_by_key(|(name, first)| (**first, **name))?;
    let says = format!(
        "new since {}, {} or more after the first use: {} and {} from there ({}, {named})",
        families[named].0,
        quantity(look.thresholds.leak_days.unsigned_abs(), "day"),
        quantity(networks.len() as u64, "network"),
        quantity(families.len() as u64, "program"),
        families[named].1,
    );
    Some(Look::held(Signal::NewProgram, Severity::High, says, networks.into_iter().collect()))
}

/// Families of programs that were first seen late, from a network that was first seen late, and came with it or while an
/// older network went on: who moved for good a while ago, and now tries a tool, is the old holder. So is, mostly, who has
/// worked in both networks for days with the very same agent ([`is_holders`]), and whose user signs in with MFA at that very
/// address as a matter of course ([`Desks`](super::desk::Desks)). An agent of AWS is one where the source is an
/// address: then it is the caller's word.
pub(super) fn new_families<'a>(look: &Look<'a>) -> BTreeMap<&'a str, (EventTime, Network)> {
    let newcomers = look.newcomers();
    let late: BTreeMap<Network, EventTime> = newcomers
        .iter()
        .filter(|newcomer| newcomer.is_late)
        .map(|newcomer| (newcomer.network, newcomer.first))
        .collect();
    // Until when networks that were not late are in use.
    let is_old = |span: &Span| span.first() < look.late();
    let old_until =
        look.spread.networks.values().filter(|used| is_old(&used.span)).filter_map(|used| used.span.last()).max();
    let mut families = look.first_seen_from();
    families.retain(|name, (time, network)| {
        let comes_with = |first: &EventTime| *time <= first.plus_seconds(COMES_SECONDS);
        late.get(network).is_some_and(|first| {
            comes_with(first) || old_until > Some(*time) && !is_holders(look, (*network, *first), *time)
        }) && !look.is_of_owner(name, (*time, *network))
    });
    families
}

/// Whether a network, in use from `first`, was the holder's before `time`: on three days or more, and all that came from
/// there until then was by a program, in the very version and on the very system, of a network that is not late, where it was
/// before.
///
/// Known miss: a thief who copies the holder's agent, and waits three days with a tool of his own. Other signals hold.
fn is_holders(look: &Look<'_>, (network, first): (Network, EventTime), time: EventTime) -> bool {
    let Some(place) = look.spread.places.get(&network) else { return false };
    let is_old =
        |network: &Network| look.spread.networks.get(network).is_some_and(|used| used.span.first() < look.late());
    let old_programs: BTreeSet<&str> = look
        .spread
        .places
        .iter()
        .filter(|(network, _)| is_old(network))
        .flat_map(|(_, place)| &place.agents)
        .filter(|(agent, span)| **agent != Sym::EMPTY && span.first() < Some(first))
        .map(|(agent, _)| look.spread.program(*agent))
        .collect();
    let is_before = |span: &Span| span.first() < Some(time);
    days_before(&place.hours, time.hour()) >= OLD_DAYS
        && place
            .agents
            .iter()
            .filter(|(_, span)| is_before(span))
            .all(|(agent, _)| old_programs.contains(look.spread.program(*agent)))
}

/// A network that came later while an old one, far from it, went on in a way that one holder cannot do by turns.
fn two_hands(look: &Look<'_>) -> Option<Held> {
    let families = look.first_seen_from();
    let mut networks = Vec::new();
    let mut told = None;
    for newcomer in look.newcomers() {
        let brings_program = families.values().any(|(_, network)| *network == newcomer.network);
        if let Some(how) = taken(look, newcomer, brings_program) {
            networks.push(newcomer.network);
            told = told.or(Some((newcomer, how)));
        }
    }
    let (first, (old, why)) = told?;
    let calls = quantity(first.used.events.unsigned_abs(), "call");
    let says = format!("{calls} from {} since {} while {old} went on ({why})", first.network, first.first);
    Some(Look::held(Signal::TwoHands, Severity::Medium, says, networks))
}

/// Which network went on, and how that is known to be another hand, in words.
fn taken(look: &Look<'_>, newcomer: Newcomer<'_>, brings_program: bool) -> Option<(Network, &'static str)> {
    let has_new_agent = look.has_new_agent(newcomer);
    // One more machine of a fleet works as the others do.
    if is_day_and_night(&newcomer.place.hours) && !has_new_agent {
        return None;
    }
    let distances: Vec<_> = look
        .old_ones(newcomer)
        .into_iter()
        .map(|(network, place)| ((network, place), look.are_far((newcomer.network, newcomer.place), (network, place))))
        .collect();
    if distances.iter().any(|(_, far)| *far == Some(false)) {
        return None;
    }
    let is_comparable = distances.iter().any(|(_, far)| far.is_some());
    if !is_comparable && !has_new_agent {
        return None;
    }
    let mut old = distances.iter().filter(|(_, far)| far.is_some() == is_comparable).map(|(old, _)| *old);
    old.find_map(|(network, place)| Some((network, goes_on(look, newcomer, place, (has_new_agent, brings_program))?)))
}

/// How an old network went on while the newcomer was there; `None` where its holder may have moved between both.
fn goes_on(
    look: &Look<'_>,
    newcomer: Newcomer<'_>,
    old: &Place,
    (has_new_agent, brings_program): (bool, bool),
) -> Option<&'static str> {
    let (before, after) = around(&old.hours, newcomer.first_hour());
    let (before, after) = (before?, after?);
    let is_of_programs = look.is_of_programs(old);
    if is_day_and_night(&old.hours) && after.0 - before.0 <= LONGEST_REST + 1 {
        return Some("a machine there works day and night");
    }
    // Who is in one place for three hours on end is not in another one in the second of them.
    let is_there = |hour: Hour| [-1, 0, 1].iter().all(|step| old.hours.contains(Hour(hour.0 + step)));
    if (has_new_agent || is_of_programs) && newcomer.place.hours.iter().any(is_there) {
        return Some("both in one hour, without a move from one to the other");
    }
    (brings_program && is_of_programs).then_some("a program there, and another program here")
}

/// A network in a country from which the key was not used before, while old networks went on so that nobody can have been
/// there and back. Needs a file of countries.
fn two_countries(look: &Look<'_>) -> Option<Held> {
    look.newcomers().into_iter().find_map(|newcomer| {
        let country = look.country(newcomer.network)?;
        let old = look.old_ones(newcomer);
        let before: BTreeSet<String> = old.iter().filter_map(|(network, _)| look.country(*network)).collect();
        if before.is_empty() || before.contains(&country) {
            return None;
        }
        let mut home = HourSet::default();
        old.iter().for_each(|(_, place)| home.merge(&place.hours));
        let how = no_journey(&newcomer.place.hours, &home)?;
        let known = before.into_iter().collect::<Vec<_>>().join(", ");
        let says = format!("used from {country} and from {known} {how}, {country} for the first time");
        Some(Look::held(Signal::TwoCountries, Severity::Medium, says, vec![newcomer.network]))
    })
}

/// How use abroad lies between use at home so that it is no journey: in one hour, between two uses at home too close for a way
/// there and back, or in a night between two days at home, at hours in which nobody works there.
fn no_journey(abroad: &HourSet, home: &HourSet) -> Option<&'static str> {
    let apart = |hour: Hour| {
        let (before, after) = around(home, hour);
        Some(after?.0 - before?.0)
    };
    let is_habit = home.days().len() > OLD_DAYS;
    let is_night = |hour: Hour| is_habit && is_at_night(home, hour);
    if abroad.iter().any(|hour| home.contains(hour)) {
        Some("in one hour")
    } else if abroad.iter().any(|hour| apart(hour).is_some_and(|hours| hours <= WAY_THERE_AND_BACK)) {
        Some("within eight hours")
    } else if abroad.iter().all(|hour| is_night(hour) && apart(hour).is_some_and(|hours| hours <= NIGHT)) {
        Some("in the night between two days there")
    } else {
        None
    }
}

/// Programs and systems of attackers and testers, at an address.
fn attack_tools(look: &Look<'_>) -> Option<Held> {
    let mut tools: BTreeSet<&str> = BTreeSet::new();
    let mut networks: BTreeSet<Network> = BTreeSet::new();
    for (&network, place) in &look.spread.places {
        for tool in place.agents.keys().filter_map(|&agent| attack_tool(look.symbols.text(agent))) {
            tools.insert(tool);
            networks.insert(network);
        }
    }
    let says =
        || format!("used by {}, a tool of attackers and testers", Vec::from_iter(tools.iter().copied()).join(", "));
    (!tools.is_empty())
        .then(|| Look::held(Signal::AttackTool, Severity::High, says(), networks.iter().copied().collect()))
}

/// Calls through a VPC endpoint that belongs neither to the key's account nor to one whose logs were read: the key is used
/// in a stranger's network. High where the key also came another way, before; else the endpoint may be a shared one.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", `vpcEndpointAccountId`; GuardDuty finds the like for
/// instances (`InstanceCredentialExfiltration.InsideAWS`).
fn foreign_endpoint(look: &Look<'_>) -> Option<Held> {
    let mut owners: BTreeMap<Sym, (Span, BTreeSet<Network>, usize)> = BTreeMap::new();
    for (source, used) in look.used.sources.iter() {
        for (owner, span) in used.endpoint_owners.iter().filter(|(owner, _)| !look.is_own(*owner)) {
            let (all, networks, days) = owners.entry(owner).or_default();
            all.merge(*span);
            networks.extend(SourceAddress::parse(look.symbols.text(source)).network());
            *days = used.hours.days().len().max(*days);
        }
    }
    let begin = look.used.span.first()?;
    owners.retain(|_, (span, _, days)| {
        let is_late = span.first().is_some_and(|first| first.day().0 > begin.day().0);
        is_late || *days < HABIT_DAYS
    });
    let names: BTreeSet<&str> = owners.keys().map(|owner| look.symbols.text(*owner)).collect();
    let came_before = owners.values().any(|(span, ..)| span.first().is_some_and(|first| first > begin));
    let severity = if came_before { Severity::High } else { Severity::Medium };
    let networks: BTreeSet<Network> = owners.values().flat_map(|(_, networks, _)| networks.iter().copied()).collect();
    let accounts = if names.len() == 1 { "account" } else { "accounts" };
    let names = Vec::from_iter(names).join(", ");
    let says = format!("used through a VPC endpoint of {accounts} {names}, whose logs are not among these");
    (!owners.is_empty()).then(|| Look::held(Signal::ForeignEndpoint, severity, says, networks.into_iter().collect()))
}
