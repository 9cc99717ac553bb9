//! First sign-ins: a person who signs in with nothing but a password and registers an MFA device at once, as whoever starts
//! at a company does.
//!
//! It is one when the logs show that somebody else made the user, or gave it its password, within [`START`] before, when they
//! show no MFA of the user before (no sign-in with MFA, no device made or taken away, no session with MFA), when every
//! sign-in without MFA lies within [`AT_ONCE`] before the user registered a device for itself, and when both came from one
//! network, or the device from one from which others of the account sign in, or later the user with MFA, as a VPN's, after a
//! single sign-in; or before whoever made the user registered one for it. A user that slept for longer, or of which nobody knows how old it is, has no
//! first sign-in: a thief may have found its password. Who is wrongly excused: a thief who gets hold of a new user's first
//! password; the owner cannot sign in any more, and the finding stays (info). Who is wrongly accused: whoever starts before
//! the logs, or takes longer.
//!
//! A user that had MFA before, signs in without and registers another device is no first sign-in: it may be a thief who
//! replaces it.

use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::iam_changes::{Act, IamChange, IamChanges, Outcome, TargetKind};
use crate::aggregate::sessions::Sessions;
use crate::aggregate::sign_ins::{Attempt, Attempts, SignIns};
use crate::aggregate::{Span, State, Sym, SymSet, Symbols};
use crate::model::{EventTime, Network, SignInMfa, SourceAddress};
use crate::report::user_arns::user_of;

/// How long after the first sign-in the device is registered at most, in seconds: a day, on which a person starts.
const AT_ONCE: i64 = 24 * 3600;

/// How long after it was given its password a user signs in at most, in seconds: two weeks.
const START: i64 = 14 * 24 * 3600;

/// How far the creation date of a session may lie before its sign-in's time, in seconds.
const CLOCK_SLACK: i64 = 60;

/// Account and name of a user.
type User<'a> = (&'a str, &'a str);

/// A first sign-in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Enrolment {
    /// When the user signed in first.
    pub since: EventTime,
    /// When the user registered a device.
    pub until: EventTime,
}

/// The first sign-ins of an account's users.
#[derive(Debug, Default)]
pub(super) struct Enrolments<'a>(BTreeMap<User<'a>, Enrolment>);

/// What is known of one user.
#[derive(Default)]
struct Known<'a> {
    without: Span,
    /// Sign-ins without MFA.
    count: i64,
    with: Span,
    sources: BTreeSet<&'a str>,
    /// Of sign-ins with MFA.
    sources_with: BTreeSet<&'a str>,
    /// Devices that the user registered for itself: when, and from where.
    enabled: BTreeMap<EventTime, &'a SymSet>,
    /// Devices that others registered for it: when, and who.
    given: BTreeSet<(EventTime, Sym)>,
    /// The first device that somebody registered or took away.
    device: Span,
    /// When somebody else made the user or gave it a password.
    made: Span,
    /// Who did.
    makers: BTreeSet<Sym>,
}

/// Whose sign-ins came from a network, by account.
type Offices<'a> = BTreeMap<(&'a str, Network), BTreeSet<&'a str>>;

impl<'a> Enrolments<'a> {
    /// Those that `state` shows; none where it does not remember sign-ins and changes of IAM.
    pub(super) fn of(state: &'a State) -> Self {
        let (Some(sign_ins), Some(changes)) = (state.get::<SignIns>(), state.get::<IamChanges>()) else {
            return Self::default();
        };
        let symbols = state.symbols();
        let mut users: BTreeMap<User<'a>, Known<'a>> = BTreeMap::new();
        let mut offices = Offices::new();
        for (attempt, counted) in sign_ins.attempts() {
            if let Some(user) = signed_in(attempt, symbols) {
                users.entry(user).or_default().see_sign_in(attempt, counted, symbols);
                if let Some(network) = SourceAddress::parse(symbols.text(attempt.address())).network() {
                    offices.entry((user.0, network)).or_default().insert(user.1);
                }
            }
        }
        users.retain(|_, known| known.without.first().is_some());
        for change in changes.rows().filter(|change| change.key.outcome == Outcome::Succeeded) {
            let key = &change.key;
            let user = (symbols.text(key.account_id), symbols.text(key.target));
            let of_user = (key.target_kind == TargetKind::User).then(|| users.get_mut(&user)).flatten();
            if let Some(known) = of_user {
                known.see_change(change, user_of(symbols.text(key.actor)) == Some(user));
            }
        }
        let is_office = |user: User<'a>, network: Network| {
            offices.get(&(user.0, network)).is_some_and(|names| names.iter().any(|name| *name != user.1))
        };
        let first = |(&user, known): (&User<'a>, &Known<'a>)| {
            Some((user, known.enrolment(symbols, |network| is_office(user, network))?))
        };
        let mut found: BTreeMap<_, _> = users.iter().filter_map(first).collect();
        if !found.is_empty() {
            drop_who_had_mfa(&mut found, state);
        }
        Self(found)
    }

    /// The first sign-in of a user, by account and name.
    pub(super) fn get(&self, account: &str, name: &str) -> Option<Enrolment> {
        self.0.get(&(account, name)).copied()
    }

    /// The first sign-in of the user of that ARN, where a session made at `created` belongs to it.
    pub(super) fn of_session(&self, arn: &str, created: Option<EventTime>) -> Option<Enrolment> {
        let (account, name) = user_of(arn)?;
        let found = self.get(account, name)?;
        let since = found.since.plus_seconds(-CLOCK_SLACK);
        created.is_some_and(|created| (since..=found.until).contains(&created)).then_some(found)
    }
}

/// The IAM user that signed in.
fn signed_in<'a>(attempt: &Attempt, symbols: &'a Symbols) -> Option<User<'a>> {
    if !attempt.succeeded || !attempt.step.is_sign_in() || symbols.text(attempt.identity_type()) != "IAMUser" {
        return None;
    }
    let name = symbols.text(attempt.user_name());
    let by_name = (!name.is_empty()).then(|| (symbols.text(attempt.account()), name));
    user_of(symbols.text(attempt.principal())).or(by_name)
}

/// Sessions with MFA that began before are those of somebody who had a device.
fn drop_who_had_mfa<'a>(found: &mut BTreeMap<User<'a>, Enrolment>, state: &'a State) {
    let Some(sessions) = state.get::<Sessions>() else { return };
    for session in sessions.all(state.symbols()) {
        if session.identity_type() != "IAMUser" || session.mfa_flag() != Some(true) {
            continue;
        }
        let Some(user) = user_of(session.arn()) else { continue };
        let begin = session.creation_date().or(session.span().first());
        let is_before = |enrolment: &Enrolment| begin.is_some_and(|begin| begin < enrolment.since);
        if found.get(&user).is_some_and(is_before) {
            found.remove(&user);
        }
    }
}

impl<'a> Known<'a> {
    fn see_sign_in(&mut self, attempt: &Attempt, counted: &Attempts, symbols: &'a Symbols) {
        match attempt.mfa {
            SignInMfa::No => {
                self.without.merge(counted.span);
                self.count += counted.events;
                self.sources.insert(symbols.text(attempt.address()));
            }
            SignInMfa::Yes => {
                self.with.merge(counted.span);
                self.sources_with.insert(symbols.text(attempt.address()));
            }
            SignInMfa::IdentityProvider | SignInMfa::Unknown => {}
        }
    }

    fn see_change(&mut self, change: &'a IamChange, is_by_itself: bool) {
        match change.key.event.act() {
            Act::EnableMfa => {
                self.device.merge(change.span);
                if is_by_itself {
                    self.enabled.extend(change.moments.iter().map(|&time| (time, &change.addresses)));
                } else {
                    self.given.extend(change.moments.iter().map(|&time| (time, change.key.actor)));
                }
            }
            Act::DeactivateMfa => self.device.merge(change.span),
            Act::Create | Act::CreateLogin if !is_by_itself => {
                self.made.merge(change.span);
                self.makers.insert(change.key.actor);
            }
            _ => {}
        }
    }

    /// `is_office` tells networks from which others of the account sign in.
    fn enrolment(&self, symbols: &Symbols, is_office: impl Fn(Network) -> bool) -> Option<Enrolment> {
        let (since, last) = self.without.first().zip(self.without.last())?;
        let until = self.registered(since, symbols, is_office)?;
        let had_mfa = self.with.first().is_some_and(|with| with < until)
            || self.device.first().is_some_and(|device| device < until);
        let is_at_once = last <= until && until.seconds() - since.seconds() <= AT_ONCE;
        let is_new = self.made.first().is_some_and(|made| made <= since && since.seconds() - made.seconds() <= START);
        (is_at_once && is_new && !had_mfa).then_some(Enrolment { since, until })
    }

    /// When a device was registered first after the sign-in, where whoever signed in did, or who made the user.
    fn registered(
        &self,
        since: EventTime,
        symbols: &Symbols,
        is_office: impl Fn(Network) -> bool,
    ) -> Option<EventTime> {
        let by_itself = self.enabled.range(since..).next().filter(|(_, addresses)| {
            let there = networks(addresses.iter().map(|sym| symbols.text(sym)));
            let here = networks(self.sources.iter().copied());
            let known = networks(self.sources_with.iter().copied());
            let is_known = |network: &Network| known.contains(network) || is_office(*network);
            meet(&here, &there) || self.count == 1 && there.iter().any(is_known)
        });
        let by_maker = self.given.iter().find(|(time, by)| *time >= since && self.makers.contains(by));
        by_itself.map(|(time, _)| *time).into_iter().chain(by_maker.map(|(time, _)| *time)).min()
    }
}

fn networks<'t>(sources: impl Iterator<Item = &'t str>) -> BTreeSet<Network> {
    sources.filter_map(|source| SourceAddress::parse(source).network()).collect()
}

/// Whether two sets of networks have one in common; IPv4 and IPv6 say nothing of each other.
fn meet(here: &BTreeSet<Network>, there: &BTreeSet<Network>) -> bool {
    let is_v6 = |network: &Network| matches!(network, Network::V6(_));
    let of_family = |all: &BTreeSet<Network>, v6: bool| all.iter().any(|network| is_v6(network) == v6);
    let is_comparable = [true, false].into_iter().any(|v6| of_family(here, v6) && of_family(there, v6));
    !is_comparable || !here.is_disjoint(there)
}
