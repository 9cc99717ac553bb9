//! Console sign-ins, by clock hour.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::{ABOUT_DAY, DAY, ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::{Span, issuances, principals, sessions, sign_ins};
use crate::model::{EventTime, Hour, SignInMfa};
use crate::report::console_logins::tried::{self, Tried, Who};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "sign_ins",
    about: "A row is the equal sign-ins, to the console or to Identity Center, of one UTC clock hour.",
    key: &[
        DAY,
        "hour",
        "account_id",
        "principal",
        "user_name",
        "type",
        "result",
        "mfa",
        "failure_reason",
        "address",
        "region",
        "user_agent",
    ],
    content: ExportContent::Own {
        columns: COLUMNS,
        needs: &[&sign_ins::KIND, &principals::KIND, &sessions::KIND, &issuances::KIND],
        rows,
    },
};

/// Equal sign-ins of one clock hour.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct SignIn<'a> {
    hour: Option<EventTime>,
    who: Who<'a>,
    user_name: &'a str,
    kind: &'a str,
    succeeded: bool,
    mfa: SignInMfa,
    reason: &'a str,
    ip: Option<IpAddr>,
    region: &'a str,
    user_agent: &'a str,
}

columns! {
    const COLUMNS;
    fn cells(one: &SignIn<'_>, events: i64, span: Span) {}

    day(DAY, ABOUT_DAY) => one.hour.map(EventTime::day),
    time("hour", "Begin of the UTC clock hour.") => one.hour,
    account_id("account_id", "Account that was signed in to.") => one.who.account,
    id("principal", "Who: a user's arn, root@account, a role, a person of Identity Center.") => one.who.principal,
    text("user_name", "userName, as typed where it exists.") => one.user_name,
    text("type", "userIdentity.type.") => one.kind,
    text("result", "success or failure.") => if one.succeeded { "success" } else { "failure" },
    text("mfa", "What the sign-ins say of MFA: yes, no, identity-provider or unknown.") => one.mfa.as_str(),
    text("failure_reason", "Why they failed: errorMessage, or the CredentialType that Identity Center refused.")
        => one.reason,
    text("address", "The source, where it is an IP address.") => one.ip.map(|ip| ip.to_string()).unwrap_or_default(),
    text("region", "Region of the sign-in endpoint.") => one.region,
    text("user_agent", "userAgent.") => one.user_agent,
    count("events", "Sign-ins.").unit("events") => events,
    time("first_seen", "Time of the first.") => span.first(),
    time("last_seen", "Time of the last.") => span.last(),
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    // Several texts of one address are one address.
    let mut sums: BTreeMap<SignIn<'_>, (i64, Span)> = BTreeMap::new();
    for one in tried::all(view.state) {
        let (events, span) = sums.entry(SignIn::of(&one)).or_default();
        *events += one.events;
        span.merge(one.span);
    }
    sums.iter().map(|(one, &(events, span))| cells(one, events, span)).collect()
}

impl<'a> SignIn<'a> {
    fn of(tried: &Tried<'a>) -> Self {
        let &Tried { who, user_name, kind, succeeded, mfa, reason, ip, region, user_agent, .. } = tried;
        Self { hour: tried.hour.map(Hour::start), who, user_name, kind, succeeded, mfa, reason, ip, region, user_agent }
    }
}
