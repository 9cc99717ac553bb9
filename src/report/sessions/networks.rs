//! Sessions used in other public networks than the one they were issued in.
//!
//! An IPv4 and an IPv6 address of one host have nothing in common, so only networks of one family are compared. The
//! networks from which the same caller issued other sessions are its own, as those of a NAT with two addresses; of a
//! web identity and of who signs in with MFA those that did so again on another day. A network that others come from to
//! get credentials of their own is the company's. And a second network that is used in turn with the first by the same
//! programs looks like such a NAT: it is told apart from one where the session went and stayed, or where another program
//! used it. Who goes there again on another day, as several others do, goes to work; an app on a phone (Cognito) moves. And
//! whoever gets sessions in one network that are used in others, always the same, hands them out: a broker and its workers.
//!
//! Known misses: a thief who takes one session in four of what a broker hands out, day after day, looks like one more worker;
//! a thief who works at the same time as the holder with the same program is called a NAT; a thief who has
//! the caller's own credentials is found by what these do, not here; one who gets credentials as three people from one
//! network makes it look like the company's.

use std::net::IpAddr;

use ahash::{AHashMap, AHashSet};

use super::Known;
use super::usage::{self, Overview, Place, Places, Where};
use crate::aggregate::State;
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::model::{Day, EventTime, IssuanceApi, Network, SourceAddress};
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

/// So many others who get their own credentials in a network, or go there again, make it the company's.
const OTHERS: usize = 3;

/// Says of each session how many networks it was away in.
pub(super) fn judge(lineage: &Lineage<'_>, offices: &Offices<'_>, all: &mut [Known<'_>], read: &mut ReadAddresses<'_>) {
    let callers = Callers::of(lineage, read);
    let mut trips: Vec<Vec<Trip>> = Vec::with_capacity(all.len());
    for known in all.iter() {
        trips.push(home(known).map_or_else(Vec::new, |home| trips_from(known, home, read)));
    }
    let brokers = Brokers::of(all, &trips);
    for (known, trips) in all.iter().zip(&mut trips) {
        let is_office = |at| is_persons(known, lineage) && offices.is_companys(at, caller(known));
        let is_own = |at| callers.is_own(known, at) || brokers.hands_out(caller(known), at);
        trips.retain(|trip| !is_own(trip.at) && !is_office(trip.at));
    }
    let ways = Ways::of(all, &trips);
    for (known, trips) in all.iter_mut().zip(&trips) {
        for trip in trips {
            let is_usual = trip.is_plain && (is_phones(known) || ways.is_usual(caller(known), trip.at));
            if trip.in_turn || is_usual { known.away.in_turn += 1 } else { known.away.gone += 1 }
        }
    }
}

fn network(ip: IpAddr) -> Option<Network> {
    SourceAddress::Ip(ip).network()
}

/// The public network that the session was issued in.
fn home(known: &Known<'_>) -> Option<Network> {
    known.issued_to.filter(|ip| !SourceAddress::Ip(*ip).is_private()).and_then(network)
}

fn caller<'a>(known: &Known<'a>) -> &'a str {
    known.credential.issuance().map_or("", |issuance| issuance.caller())
}

/// Whether a person got the session: a role session where a user or a person's session did.
fn is_persons(known: &Known<'_>, lineage: &Lineage<'_>) -> bool {
    let is_own =
        |kind: Kind| matches!(kind, Kind::Sso | Kind::Saml | Kind::Console | Kind::UserToken | Kind::Federated);
    let is_users = |issuance: &Issuance<'_>| issuance.caller_type() == "IAMUser";
    let parent = || known.credential.parent.map(|parent| lineage.credentials[parent].kind());
    is_own(known.kind)
        || known.kind == Kind::Role
            && (known.credential.issuance().is_some_and(is_users) || parent().is_some_and(is_own))
}

/// Whether Cognito issued it, which it does to apps on phones, with the user's identity as the subject.
///
/// Source: Amazon Cognito developer guide, "Identity pools authentication flow".
fn is_phones(known: &Known<'_>) -> bool {
    const COGNITO: &str = "cognito-identity.amazonaws.com";
    let is_issuer = |issuance: &Issuance<'_>| issuance.provider() == COGNITO;
    known.kind == Kind::WebIdentity
        && (known.session.federated_provider() == COGNITO || known.credential.issuance().is_some_and(is_issuer))
}

/// How often, and on which days.
#[derive(Clone, Copy, Debug, Default)]
struct Habit {
    times: usize,
    days: Option<(Day, Day)>,
}

impl Habit {
    fn add(&mut self, time: Option<EventTime>) {
        self.times += 1;
        if let Some(day) = time.map(EventTime::day) {
            let (first, last) = self.days.unwrap_or((day, day));
            self.days = Some((first.min(day), last.max(day)));
        }
    }

    fn is_of_days(&self) -> bool {
        self.times > 1 && self.days.is_some_and(|(first, last)| first != last)
    }
}

type Habits<'a> = AHashMap<(&'a str, Network), Habit>;

/// The networks from which each principal issued sessions.
struct Callers<'a> {
    /// Sessions of roles.
    issued: Habits<'a>,
    /// A user's sign-ins with MFA.
    signed_in: Habits<'a>,
}

impl<'a> Callers<'a> {
    fn of(lineage: &Lineage<'a>, read: &mut ReadAddresses<'_>) -> Self {
        let mut callers = Self { issued: Habits::new(), signed_in: Habits::new() };
        for credential in &lineage.credentials {
            let Some(issuance) = credential.issuance() else { continue };
            let habits = match issuance.api() {
                _ if is_sign_in_with_mfa(issuance) => &mut callers.signed_in,
                api if api.is_sign_in() => continue,
                _ => &mut callers.issued,
            };
            if let Some(network) = credential.issued_from().and_then(|source| read.ip(source)).and_then(network) {
                habits.entry((issuance.caller(), network)).or_default().add(issuance.time());
            }
        }
        callers
    }

    /// Whether the network is the session's caller's own.
    fn is_own(&self, known: &Known<'_>, at: Network) -> bool {
        let Some(issuance) = known.credential.issuance() else { return false };
        let key = (issuance.caller(), at);
        let issued = self.issued.get(&key);
        match known.kind {
            Kind::Role => issued.is_some() && issuance.caller() != known.principal(),
            Kind::WebIdentity => issued.is_some_and(Habit::is_of_days),
            _ => is_sign_in_with_mfa(issuance) && self.signed_in.get(&key).is_some_and(Habit::is_of_days),
        }
    }
}

fn is_sign_in_with_mfa(issuance: &Issuance<'_>) -> bool {
    issuance.caller_type() == "IAMUser" && issuance.is_successful_sign_in() && issuance.sign_in_mfa() == Some(true)
}

/// The people who got credentials of their own in each public network: who fetched them from Identity Center, came with
/// an assertion, or showed an MFA device. Use of a session proves nothing, nor does a key, which may be anywhere.
pub(super) struct Offices<'a>(AHashMap<Network, AHashSet<&'a str>>);

impl<'a> Offices<'a> {
    /// All of them.
    pub fn of(state: &'a State) -> Self {
        let mut offices = Self(AHashMap::new());
        let records = state.get::<Issuances>().into_iter().flat_map(|all| all.records(state.symbols()));
        // The record of a cross-account call that does not tell its caller is of no person.
        for issuance in records.filter(is_of_person) {
            let source = SourceAddress::parse(issuance.source_address());
            if let Some(network) = source.network().filter(|_| !source.is_private()) {
                offices.0.entry(network).or_default().insert(issuance.caller());
            }
        }
        offices
    }

    /// Whether enough others than that caller got theirs there.
    pub fn is_companys(&self, at: Network, caller: &str) -> bool {
        let others = |callers: &AHashSet<&str>| callers.iter().filter(|other| **other != caller).take(OTHERS).count();
        self.0.get(&at).is_some_and(|callers| others(callers) >= OTHERS)
    }
}

fn is_of_person(issuance: &Issuance<'_>) -> bool {
    match issuance.api() {
        IssuanceApi::GetRoleCredentials => true,
        IssuanceApi::AssumeRoleWithSaml => !issuance.is_by_identity_center(),
        IssuanceApi::ConsoleLogin => is_sign_in_with_mfa(issuance),
        IssuanceApi::AssumeRole | IssuanceApi::GetSessionToken => {
            issuance.caller_type() == "IAMUser" && issuance.has_mfa_serial()
        }
        _ => false,
    }
}

/// A session's use of another network than that of its issue.
struct Trip {
    at: Network,
    first: Option<EventTime>,
    in_turn: bool,
    /// It was used at home, too, and no other program was at work there.
    is_plain: bool,
}

fn trips_from(known: &Known<'_>, home: Network, read: &mut ReadAddresses<'_>) -> Vec<Trip> {
    let here = Where::Public(home);
    if known.addresses.iter().all(|&ip| network(ip) == Some(home)) {
        return Vec::new();
    }
    let mut places = Places::default();
    usage::add(&mut places, known.session, read);
    let overview = Overview::of(&places);
    let trip = |(&at, place): (&Where, &Place)| {
        let Where::Public(network) = at else { return None };
        let is_away = at != here && at.is_comparable(here);
        let is_plain = places.get(&here).is_some() && !overview.has_other_programs(place);
        is_away.then(|| Trip {
            at: network,
            first: place.usage.first(),
            in_turn: is_plain && came_back(&places[&here], place),
            is_plain,
        })
    };
    places.iter().filter_map(trip).collect()
}

/// The networks that people go to again and again with sessions that they were issued and used elsewhere.
struct Ways<'a> {
    habits: Habits<'a>,
    /// How many do so on several days.
    people: AHashMap<Network, usize>,
}

impl<'a> Ways<'a> {
    fn of(all: &[Known<'a>], trips: &[Vec<Trip>]) -> Self {
        let mut ways = Self { habits: Habits::new(), people: AHashMap::new() };
        for (known, trips) in all.iter().zip(trips) {
            let is_own = matches!(known.kind, Kind::Sso | Kind::Saml) && !caller(known).is_empty();
            for trip in trips.iter().filter(|trip| is_own && trip.is_plain) {
                ways.habits.entry((caller(known), trip.at)).or_default().add(trip.first);
            }
        }
        for ((_, at), _) in ways.habits.iter().filter(|(_, habit)| habit.is_of_days()) {
            *ways.people.entry(*at).or_default() += 1;
        }
        ways
    }

    /// Whether that caller and enough others do.
    fn is_usual(&self, caller: &str, at: Network) -> bool {
        let is_own = self.habits.get(&(caller, at)).is_some_and(Habit::is_of_days);
        is_own && self.people.get(&at).is_some_and(|&people| people > OTHERS)
    }
}

/// So many sessions at least, on days that far apart, show how somebody works.
const SESSIONS: usize = 5;
const DAYS_APART: i32 = 2;

/// A network of workers gets one session of so many.
const WORKERS_PART: usize = 4;

/// Who gets sessions and lets others use them elsewhere: where they are used, and how many at the place of issue.
struct Brokers<'a> {
    habits: Habits<'a>,
    /// Sessions of each caller: all, and those that were used where they were issued.
    sessions: AHashMap<&'a str, (usize, usize)>,
}

impl<'a> Brokers<'a> {
    fn of(all: &[Known<'a>], trips: &[Vec<Trip>]) -> Self {
        let mut brokers = Self { habits: Habits::new(), sessions: AHashMap::new() };
        for (known, trips) in all.iter().zip(trips) {
            let Some(home) = home(known) else { continue };
            if known.addresses.is_empty() || caller(known).is_empty() {
                continue;
            }
            let (sessions, at_home) = brokers.sessions.entry(caller(known)).or_default();
            *sessions += 1;
            *at_home += usize::from(known.addresses.iter().any(|&ip| network(ip) == Some(home)));
            for trip in trips {
                brokers.habits.entry((caller(known), trip.at)).or_default().add(trip.first);
            }
        }
        brokers
    }

    /// Whether sessions of that caller are hardly ever used where they are issued, and again and again there.
    fn hands_out(&self, caller: &str, at: Network) -> bool {
        let Some(&(sessions, at_home)) = self.sessions.get(caller) else { return false };
        let is_usual = |habit: &Habit| {
            let is_of_days = habit.days.is_some_and(|(first, last)| first.0 + DAYS_APART <= last.0);
            is_of_days && habit.times * WORKERS_PART >= sessions
        };
        sessions >= SESSIONS && at_home * 10 <= sessions && self.habits.get(&(caller, at)).is_some_and(is_usual)
    }
}

/// Whether the session came back from there.
fn came_back(home: &Place, place: &Place) -> bool {
    home.usage.last() > place.usage.first() && home.usage.first() < place.usage.last()
}
