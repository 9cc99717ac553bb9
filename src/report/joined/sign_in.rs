//! A user with a password and no MFA device by state, who signed in without MFA in the logs.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use super::{Logs, SIGNS_IN_WITHOUT_MFA_DEVICE, named};
use crate::aggregate::Span;
use crate::model::{EventTime, SignInMfa, quantity};
use crate::posture::{CredentialReport, Credentials, Dated};
use crate::report::console_logins::tried::Tried;
use crate::report::posture::{Look, SubjectKind, Violation};
use crate::report::source_list::address_texts;
use crate::report::user_arns::user_of;

/// The sign-ins of users that worked, by account and name. Sessions of an identity provider are none of the user's own.
#[derive(Default)]
pub(super) struct SignIns<'a>(BTreeMap<(&'a str, &'a str), OfUser>);

/// What one user's sign-ins say of MFA.
#[derive(Default)]
struct OfUser {
    without: Alike,
    with: Alike,
}

/// Sign-ins that say the same of MFA.
#[derive(Default)]
struct Alike {
    events: i64,
    span: Span,
    addresses: BTreeSet<IpAddr>,
}

impl<'a> SignIns<'a> {
    pub(super) fn of(tried: &[Tried<'a>]) -> Self {
        let mut users: BTreeMap<_, OfUser> = BTreeMap::new();
        for one in tried.iter().filter(|one| one.succeeded && one.kind == "IAMUser") {
            let user = user_of(one.who.principal).unwrap_or((one.who.account, one.user_name));
            let of_user = users.entry(user).or_default();
            match one.mfa {
                SignInMfa::No => of_user.without.add(one),
                SignInMfa::Yes => of_user.with.add(one),
                _ => {}
            }
        }
        Self(users)
    }
}

impl Alike {
    fn add(&mut self, one: &Tried<'_>) {
        self.events += one.events;
        self.span.merge(one.span);
        self.addresses.extend(one.ip);
    }
}

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let Some(part) = look.credentials() else { return Vec::new() };
    let users = part.value.users.iter();
    let without_device =
        users.filter(|(_, user)| user.password_enabled == Some(true) && user.mfa_active == Some(false));
    without_device
        .filter_map(|(name, user)| {
            let of_user = logs.sign_ins.0.get(&(look.account_id, name.as_str()))?;
            let is_told = of_user.without.events > 0 && !has_device_since(of_user, part.source.as_of);
            is_told.then(|| violation(look, part, (name, user), of_user))
        })
        .collect()
}

/// Whether the last sign-in had MFA, at a moment at which the state may have been made already: there is a device now.
fn has_device_since(of_user: &OfUser, as_of: Option<EventTime>) -> bool {
    let with = of_user.with.span.last();
    with > of_user.without.span.last() && (as_of.is_none() || with > as_of)
}

fn violation<'a>(
    look: Look<'a>,
    part: &'a Dated<CredentialReport>,
    (name, user): (&str, &'a Credentials),
    OfUser { without, with }: &OfUser,
) -> Violation<'a> {
    let times = match without.events {
        1 => "once".to_owned(),
        events => quantity(events.unsigned_abs(), "time"),
    };
    let last = without.span.last();
    let when = last.map_or_else(String::new, |last| format!(", last on {}", last.day()));
    let source = named(&part.source);
    let detail =
        format!("{name} has a password and no MFA device by the {source}, and signed in without MFA {times}{when}");
    let subject = (user.arn.as_str(), SubjectKind::User);
    let found = look.breaks(SIGNS_IN_WITHOUT_MFA_DEVICE, subject, detail, &part.source);
    let mut found = look.since(found, user.password_last_changed.time());
    found.count = without.events;
    let addresses = address_texts(&without.addresses);
    let found = found.with("sign_ins", without.events).with("sign_ins_with_mfa", with.events);
    let found = found.with("address_list", addresses);
    let found = found.with("first_seen", without.span.first().map(|time| time.to_string()));
    found.with("last_seen", last.map(|time| time.to_string()))
}
