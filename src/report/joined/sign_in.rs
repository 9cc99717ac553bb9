//! A user with a password and no MFA device by state, who signed in without MFA in the logs.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{Logs, SIGNS_IN_WITHOUT_MFA_DEVICE, named};
use crate::aggregate::Span;
use crate::model::{SignInMfa, quantity};
use crate::report::console_logins::tried::Tried;
use crate::report::posture::{Look, SubjectKind, Violation};
use crate::report::user_arns::user_of;

/// Sign-ins that worked and say the same of MFA.
#[derive(Default)]
struct SignIns {
    events: i64,
    span: Span,
    addresses: BTreeSet<IpAddr>,
}

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let Some(part) = look.credentials() else { return Vec::new() };
    let users = part.value.users.iter();
    let without_device =
        users.filter(|(_, user)| user.password_enabled == Some(true) && user.mfa_active == Some(false));
    without_device
        .filter_map(|(name, user)| {
            let without = SignIns::of(logs, (look.account_id, name), SignInMfa::No);
            let with = SignIns::of(logs, (look.account_id, name), SignInMfa::Yes);
            // A device that was used when the state may have been made already came after it.
            let is_out_of_date = with.span.last().is_some_and(|last| part.source.as_of.is_none_or(|of| last > of));
            if without.events == 0 || is_out_of_date && with.span.last() > without.span.last() {
                return None;
            }
            let last = without.span.last();
            let when = last.map_or_else(String::new, |last| format!(", last on {}", last.day()));
            let times =
                if without.events == 1 { "once".to_owned() } else { quantity(without.events.unsigned_abs(), "time") };
            let source = named(&part.source);
            let detail = format!(
                "{name} has a password and no MFA device by the {source}, and signed in without MFA {times}{when}"
            );
            let subject = (user.arn.as_str(), SubjectKind::User);
            let found = look.breaks(SIGNS_IN_WITHOUT_MFA_DEVICE, subject, detail, &part.source);
            let mut found = look.since(found, user.password_last_changed.time());
            found.count = without.events;
            let addresses: Vec<String> = without.addresses.iter().map(IpAddr::to_string).collect();
            let found = found.with("sign_ins", without.events).with("sign_ins_with_mfa", with.events);
            let found = found.with("address_list", addresses);
            let found = found.with("first_seen", without.span.first().map(|time| time.to_string()));
            Some(found.with("last_seen", last.map(|time| time.to_string())))
        })
        .collect()
}

impl SignIns {
    /// Those of a user: identity-provider sessions are none of the user's own.
    fn of(logs: &Logs<'_>, user: (&str, &str), mfa: SignInMfa) -> Self {
        let is_by = |one: &Tried<'_>| match user_of(one.who.principal) {
            Some(by) => by == user,
            None => (one.who.account, one.user_name) == user,
        };
        let is_theirs = |one: &&Tried<'_>| one.succeeded && one.mfa == mfa && one.kind == "IAMUser" && is_by(one);
        let mut all = Self::default();
        for one in logs.sign_ins.iter().filter(is_theirs) {
            all.events += one.events;
            all.span.merge(one.span);
            all.addresses.extend(one.ip);
        }
        all
    }
}
