//! When who failed and got in from where, in clock hours: what every kind of guessing is looked for in.
//!
//! Sign-ins through an identity provider are left out: nobody's password was asked for here.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::aggregate::Span;
use crate::model::{EventTime, Hour, Network, SignInMfa, SignInStep, SourceAddress};
use crate::report::console_logins::resets;
use crate::report::console_logins::tried::{SignInSteps, Tried, Who};
use crate::report::user_arns::user_of;

/// How often, first and last.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Times {
    pub events: i64,
    pub span: Span,
}

/// How often in each clock hour.
pub(super) type ByHour = BTreeMap<Hour, Times>;

/// What one user did, from one address or from all.
#[derive(Debug, Default)]
pub(super) struct Hours {
    pub failures: ByHour,
    /// Those of the failures that came after the password, with a wrong second factor, by their own record.
    pub refused: ByHour,
    pub successes: ByHour,
    /// Those of the successes that do not say that MFA was used.
    pub without_mfa: ByHour,
    /// Times that the second factor was asked for, which are no sign-ins.
    pub asked: ByHour,
}

/// What one user did.
#[derive(Debug, Default)]
pub(super) struct OfUser<'a> {
    /// `userName`, where a record has one.
    pub name: &'a str,
    /// From wherever, also from what is no address.
    pub all: Hours,
    /// By the machine behind the address: an IPv6 address stands for its /64.
    pub at: BTreeMap<IpAddr, Hours>,
    /// What others did to its password and devices.
    pub resets: Option<resets::OfUser<'a>>,
}

/// Everything, by user and by address.
#[derive(Debug, Default)]
pub(super) struct Facts<'a> {
    pub users: BTreeMap<Who<'a>, OfUser<'a>>,
    pub addresses: BTreeMap<IpAddr, BTreeSet<Who<'a>>>,
}

impl Times {
    pub fn merge(&mut self, events: i64, span: Span) {
        self.events += events;
        self.span.merge(span);
    }

    pub fn first(&self) -> Option<EventTime> {
        self.span.first()
    }

    pub fn last(&self) -> Option<EventTime> {
        self.span.last()
    }

    /// Those of `by_hour` in the hours that hold.
    pub fn of(by_hour: &ByHour, holds: impl Fn(Hour) -> bool) -> Self {
        let mut times = Self::default();
        for (_, of_hour) in by_hour.iter().filter(|(hour, _)| holds(**hour)) {
            times.merge(of_hour.events, of_hour.span);
        }
        times
    }
}

impl Hours {
    fn add(&mut self, hour: Hour, one: &Tried<'_>) {
        let count = |by_hour: &mut ByHour| by_hour.entry(hour).or_default().merge(one.events, one.span);
        match (one.step, one.succeeded) {
            (SignInStep::MfaAsked, _) => count(&mut self.asked),
            (SignInStep::MfaGiven, _) => {}
            (SignInStep::End | SignInStep::MfaRefused, true) => {
                count(&mut self.successes);
                if one.mfa != SignInMfa::Yes {
                    count(&mut self.without_mfa);
                }
            }
            (step, false) => {
                count(&mut self.failures);
                if step == SignInStep::MfaRefused {
                    count(&mut self.refused);
                }
            }
        }
    }

    /// The pair of hours with most failures, the earliest of equals: its first hour and what failed in it.
    pub fn worst_pair(&self) -> Option<(Hour, Times)> {
        let pairs = self.failures.keys().map(|&hour| (hour, in_pair(&self.failures, hour)));
        pairs.max_by_key(|&(hour, times)| (times.events, std::cmp::Reverse(hour)))
    }

    /// The first success, if any.
    pub fn first_success(&self) -> Option<EventTime> {
        self.successes.values().filter_map(Times::first).min()
    }

    /// Whether there was a success in an hour or the next, not before `since`.
    pub fn got_in(&self, hour: Hour, since: Option<EventTime>) -> bool {
        let entered = in_pair(&self.successes, hour);
        entered.events > 0 && entered.last() >= since
    }
}

impl<'a> OfUser<'a> {
    /// When somebody else set the password, the first time between two moments.
    pub fn password_set(&self, (since, until): (EventTime, EventTime)) -> Option<EventTime> {
        let passwords = self.resets.iter().flatten().flat_map(|(_, deeds)| deeds.passwords.range(since..=until));
        passwords.min().copied()
    }

    /// Whether the user had got in from elsewhere before a moment, and never from `ip`.
    pub fn is_new_at(&self, ip: IpAddr, before: EventTime) -> bool {
        let got_in = |hours: &Hours| hours.first_success().is_some_and(|first| first < before);
        !self.at.get(&ip).is_some_and(got_in) && self.at.values().any(got_in)
    }

    /// As [`Facts::shown`].
    pub fn shown(&self, who: Who<'a>) -> &'a str {
        let is_id = ["AIDA", "AROA"].iter().any(|prefix| who.principal.starts_with(prefix));
        if is_id && !self.name.is_empty() { self.name } else { who.principal }
    }
}

impl<'a> Facts<'a> {
    /// `steps` may come in any order.
    pub fn of(steps: &SignInSteps<'a>) -> Self {
        let mut facts = Self::default();
        for one in steps.tried.iter().chain(&steps.before).filter(|one| one.mfa != SignInMfa::IdentityProvider) {
            // A role session or federated user was asked for no password, whoever issued it.
            let (Some(hour), None) = (one.hour, one.issued_by) else { continue };
            if matches!(one.kind, "AssumedRole" | "FederatedUser") {
                continue;
            }
            let of_user = facts.users.entry(one.who).or_default();
            of_user.name = of_user.name.max(one.user_name);
            of_user.all.add(hour, one);
            if let Some(ip) = one.ip.map(machine) {
                of_user.at.entry(ip).or_default().add(hour, one);
                facts.addresses.entry(ip).or_default().insert(one.who);
            }
        }
        for (who, of_user) in &mut facts.users {
            let (account, name) = user_of(who.principal).unwrap_or((who.account, of_user.name));
            of_user.resets = steps.resets.of_user(account, name).cloned();
        }
        facts
    }

    /// What a person knows a user by: the principal where it says more than an id, else the name.
    pub fn shown(&self, who: Who<'a>) -> &'a str {
        self.users.get(&who).map_or(who.principal, |of_user| of_user.shown(who))
    }

    /// What users did from one address.
    pub fn at(&self, ip: IpAddr) -> BTreeMap<Who<'a>, &Hours> {
        let users = self.addresses.get(&ip).into_iter().flatten();
        users.filter_map(|&who| Some((who, self.users.get(&who)?.at.get(&ip)?))).collect()
    }
}

/// What stands for the machine behind an address: of IPv6 the start of its /64, within which a machine picks addresses
/// as it likes.
///
/// Source: RFC 4291, section 2.5.1 (interface identifiers have 64 bits); RFC 8981 (a machine changes them by itself).
fn machine(ip: IpAddr) -> IpAddr {
    match network(ip) {
        Some(Network::V6(network)) => IpAddr::V6(network.addr()),
        _ => ip,
    }
}

/// The network of an address.
pub(super) fn network(ip: IpAddr) -> Option<Network> {
    SourceAddress::Ip(ip).network()
}

/// What stands for a machine as it is printed: an IPv4 address, an IPv6 /64.
pub(super) fn shown(machine: IpAddr) -> String {
    match network(machine) {
        Some(network @ Network::V6(_)) => network.to_string(),
        _ => machine.to_string(),
    }
}

/// What happened in an hour and the next.
pub(super) fn in_pair(by_hour: &ByHour, hour: Hour) -> Times {
    let mut times = Times::default();
    for of_hour in [hour, Hour(hour.0 + 1)].iter().filter_map(|hour| by_hour.get(hour)) {
        times.merge(of_hour.events, of_hour.span);
    }
    times
}
