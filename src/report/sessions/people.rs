//! People of Identity Center whose credentials were fetched in two networks within an hour, or with one sign-in in a second one
//! and then in the first again, or in a second one for another program while a session of the first is in use there.
//!
//! Known misses and false alarms: who changes between VPN and home within the hour shows the same, which is why it is low;
//! a thief behind the person's own network shows nothing, nor more than low where the person comes to the company's
//! network within ten minutes after the thief. IPv4 and IPv6 networks are never compared.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;
use serde_json::json;

use super::about::{About, Told};
use super::networks::Offices;
use super::{Known, rule_texts as texts};
use crate::aggregate::State;
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::aggregate::sessions::{Programs, Usage};
use crate::model::{Day, EventTime, IssuanceApi, Network, SourceAddress};
use crate::report::Severity;

/// Two networks within this time, in seconds, are told.
const NEAR: i64 = 3600;

/// With one sign-in to the portal, two networks within this time are rather two holders of its token.
const AT_ONCE: i64 = 600;

/// Other days on which a person fetched in a network that is the person's own.
const HABIT_DAYS: usize = 3;

/// Days from the first fetch of all within which a network is there from the start.
const FIRST_DAYS: i32 = 3;

/// Two fetches that one person hardly made.
struct Pair<'i, 'a> {
    severity: Severity,
    here: &'i Issuance<'a>,
    there: &'i Issuance<'a>,
}

/// One finding for each person.
pub(super) fn findings(state: &State, offices: &Offices<'_>, all: &[Known<'_>]) -> Vec<About> {
    let fetched = state.get::<Issuances>().map(|all| all.by(IssuanceApi::GetRoleCredentials, state.symbols()));
    let fetched = fetched.unwrap_or_default();
    let mut of_person: BTreeMap<&str, Vec<&Issuance<'_>>> = BTreeMap::new();
    for issuance in &fetched {
        of_person.entry(issuance.caller()).or_default().push(issuance);
    }
    if of_person.is_empty() {
        return Vec::new();
    }
    let mut members: AHashMap<&str, Vec<usize>> = AHashMap::new();
    for (place, known) in all.iter().enumerate() {
        members.entry(known.credential.person()).or_default().push(place);
    }
    let finding = |(person, fetched): (&str, Vec<&Issuance<'_>>)| {
        let sessions = || members.get(person).into_iter().flatten().map(|&place| &all[place]);
        let pair = worst(&fetched, offices, &|| InUse::of(sessions(), state))?;
        let used_there = |place: &&usize| {
            let issued_from = all[**place].issued_to;
            [pair.here, pair.there].iter().any(|call| issued_from.is_some() && issued_from == address(call))
        };
        let members: Vec<usize> = members.get(person).into_iter().flatten().filter(used_there).copied().collect();
        // Of what was filtered out or lies before the window nothing is told.
        (!members.is_empty()).then(|| told(person, &pair).about(all, &members))
    };
    of_person.into_iter().filter_map(finding).collect()
}

/// The worst pair of fetches that follow each other, of several the first.
fn worst<'i, 'a>(
    fetched: &[&'i Issuance<'a>],
    offices: &Offices<'_>,
    in_use: &dyn Fn() -> Vec<InUse>,
) -> Option<Pair<'i, 'a>> {
    let mut worst: Option<Pair<'i, 'a>> = None;
    let mut days: AHashMap<Network, Days> = AHashMap::new();
    for &call in fetched {
        if let Some(network) = network(call) {
            days.entry(network).or_default().add(day(call));
        }
    }
    let mut latest: [Option<&'i Issuance<'a>>; 2] = [None; 2];
    for &call in fetched {
        let Some(network) = network(call) else { continue };
        let family = usize::from(matches!(network, Network::V6(_)));
        let before = latest[family].replace(call);
        let Some(mut pair) = before.and_then(|before| pair(before, call)) else { continue };
        if is_of_company(&days, &pair, offices) {
            pair.severity = Severity::Low;
        }
        if worst.as_ref().is_none_or(|worst| pair.severity > worst.severity) {
            worst = Some(pair);
        }
    }
    let is_usual = |pair: &Pair<'_, '_>| is_of_company(&days, pair, offices);
    let is_new = |pair: &Pair<'_, '_>| {
        let days = network(pair.there).and_then(|at| days.get(&at));
        !days.is_some_and(|days| days.has_other_than(day(pair.there)))
    };
    worst.or_else(|| away_and_back(fetched).filter(|pair| !is_usual(pair))).or_else(|| {
        // Whoever never fetched in two networks needs no look at the sessions.
        let in_use = if days.len() > 1 { in_use() } else { Vec::new() };
        beside_in_use(fetched, &in_use, &|pair| is_new(pair) && !is_usual(pair))
    })
}

/// Use of one session in the public network that its credentials were fetched in.
struct InUse {
    at: Network,
    span: (EventTime, EventTime),
    programs: Programs,
}

impl InUse {
    fn of<'k, 'a: 'k>(sessions: impl Iterator<Item = &'k Known<'a>>, state: &State) -> Vec<Self> {
        let mut found = Vec::new();
        for known in sessions {
            let Some(at) = known.issued_to.and_then(|ip| SourceAddress::Ip(ip).network()) else { continue };
            let mut usage = Usage::default();
            for (source, here) in known.session.sources() {
                let source = SourceAddress::parse(state.symbols().text(source));
                if source.network() == Some(at) && !source.is_private() {
                    usage.merge(here);
                }
            }
            if let Some(span) = usage.first().zip(usage.last()) {
                found.push(Self { at, span, programs: usage.programs() });
            }
        }
        found
    }
}

/// With one sign-in there, and then elsewhere by another program, while a session of the first goes on where it was. A laptop
/// that moves takes its sessions along; who comes back to the first place is there with the same program as before.
fn beside_in_use<'i, 'a>(
    fetched: &[&'i Issuance<'a>],
    in_use: &[InUse],
    is_told: &dyn Fn(&Pair<'_, '_>) -> bool,
) -> Option<Pair<'i, 'a>> {
    let mut first: AHashMap<(&str, Network), &'i Issuance<'a>> = AHashMap::new();
    for &there in fetched.iter().filter(|call| !call.caller_credential_id().is_empty()) {
        let (Some(at), Some(time)) = (network(there), there.time()) else { continue };
        let own = || in_use.iter().filter(|own| own.at == at && own.span.0 >= time);
        let goes_on = |used: &&InUse| used.span.0 < time && time < used.span.1 && used.at != at;
        let is_other = |used: &&InUse| own().next().is_some() && own().all(|own| !own.programs.meets(used.programs));
        let is_v6 = |at: Network| matches!(at, Network::V6(_));
        let beside = in_use.iter().filter(goes_on).filter(|used| is_v6(used.at) == is_v6(at)).filter(is_other);
        let mut pairs = beside.filter_map(|used| {
            let here = *first.get(&(there.caller_credential_id(), used.at))?;
            Some(Pair { severity: Severity::Low, here, there })
        });
        if let Some(pair) = pairs.find(|pair| is_told(pair)) {
            return Some(pair);
        }
        first.entry((there.caller_credential_id(), at)).or_insert(there);
    }
    None
}

/// With one sign-in there, elsewhere, and there again, however long it took: who left for home does not come back with the
/// token of the morning; who went out for an hour does.
fn away_and_back<'i, 'a>(fetched: &[&'i Issuance<'a>]) -> Option<Pair<'i, 'a>> {
    let mut stays: BTreeMap<(&str, bool), Vec<(Network, &'i Issuance<'a>)>> = BTreeMap::new();
    for &call in fetched.iter().filter(|call| !call.caller_credential_id().is_empty()) {
        let Some(network) = network(call) else { continue };
        let family = matches!(network, Network::V6(_));
        let stays = stays.entry((call.caller_credential_id(), family)).or_default();
        if stays.last().is_none_or(|(at, _)| *at != network) {
            stays.push((network, call));
        }
    }
    let back = |three: &[(Network, &'i Issuance<'a>)]| {
        let [(here, first), (_, there), (again, _)] = three else { return None };
        (here == again).then_some(Pair { severity: Severity::Low, here: first, there })
    };
    stays.values().flat_map(|stays| stays.windows(3)).find_map(back)
}

fn pair<'i, 'a>(here: &'i Issuance<'a>, there: &'i Issuance<'a>) -> Option<Pair<'i, 'a>> {
    let apart = there.time()?.seconds() - here.time()?.seconds();
    if network(here) == network(there) || apart > NEAR {
        return None;
    }
    let credential = here.caller_credential_id();
    let is_one_token = !credential.is_empty() && credential == there.caller_credential_id();
    let severity = if is_one_token && apart <= AT_ONCE { Severity::Medium } else { Severity::Low };
    Some(Pair { severity, here, there })
}

/// The days of one person's fetches in a network.
#[derive(Default)]
struct Days(BTreeSet<Option<Day>>);

impl Days {
    fn add(&mut self, day: Option<Day>) {
        self.0.insert(day);
    }

    fn has_other_than(&self, day: Option<Day>) -> bool {
        self.0.iter().any(|known| *known != day)
    }

    /// Whether the person fetched there as a habit when `day` came: on days enough before it, or from about the first day of
    /// all on and on days enough.
    fn are_a_habit(&self, day: Option<Day>, start: Option<Day>) -> bool {
        let before = self.0.range(..day).filter(|known| known.is_some()).count();
        let others = self.0.iter().filter(|known| **known != day).count();
        let first = self.0.iter().flatten().next();
        let is_early = first.zip(start).is_some_and(|(first, start)| first.0 <= start.0 + FIRST_DAYS);
        before >= HABIT_DAYS || is_early && others >= HABIT_DAYS
    }
}

fn day(call: &Issuance<'_>) -> Option<Day> {
    call.time().map(EventTime::day)
}

/// Whether the person came to the company's network, or left it for one where they fetched on another day, too; or both are
/// networks of their own, as the two ways out of a small company's office.
fn is_of_company(days: &AHashMap<Network, Days>, pair: &Pair<'_, '_>, offices: &Offices<'_>) -> bool {
    let is_office = |call| network(call).is_some_and(|at| offices.is_companys(at, call.caller()));
    let days_at = |call| network(call).and_then(|at| days.get(&at));
    let is_again = || days_at(pair.there).is_some_and(|days| days.has_other_than(day(pair.there)));
    let start = days.values().filter_map(|days| days.0.iter().flatten().next().copied()).min();
    let is_habit = |call| days_at(call).is_some_and(|days| days.are_a_habit(day(call), start));
    is_office(pair.there) || is_office(pair.here) && is_again() || is_habit(pair.here) && is_habit(pair.there)
}

fn address(call: &Issuance<'_>) -> Option<std::net::IpAddr> {
    SourceAddress::parse(call.source_address()).ip()
}

fn network(call: &Issuance<'_>) -> Option<Network> {
    let source = SourceAddress::parse(call.source_address());
    source.network().filter(|_| !source.is_private())
}

fn told<'a>(person: &'a str, pair: &Pair<'_, '_>) -> Told<'a> {
    let (here, there) = (pair.here, pair.there);
    let seconds = here.time().zip(there.time()).map_or(0, |(here, there)| there.seconds() - here.seconds());
    let from = |call: &Issuance<'_>| address(call).map(|ip| ip.to_string()).unwrap_or_default();
    let token = if pair.severity == Severity::Medium { " with one sign-in" } else { "" };
    Told {
        rule: &texts::PERSON_ELSEWHERE,
        severity: pair.severity,
        account_id: "",
        subject: person.to_owned(),
        summary: format!(
            "{person} fetched role credentials from {} and, {seconds} s later, from {}{token}",
            from(here),
            from(there)
        ),
        evidence: vec![
            ("fetched_from", json!([from(here), from(there)])),
            ("fetched_at", json!([here.time(), there.time()])),
            ("credential_ids", json!([here.caller_credential_id(), there.caller_credential_id()])),
        ],
    }
}
