//! What was done: every event in the part of the page where it belongs, those alike in one line.

use std::collections::BTreeMap;

use super::Event;
use super::line::{Line, Part, at, some};
use super::made::{BY_WHAT_IT_MADE, Made};
use crate::aggregate::Symbols;
use crate::aggregate::events::EventRow;
use crate::model::{SourceAddress, grouped, members, plain_event, secrets_asked_for, short_name};

/// Resources, addresses and keys that a line names.
const NAMED: usize = 3;

/// Calls that a line names.
const NAMES: usize = 8;

/// Calls that stop or change what is recorded, or take away what was.
const LOGGING: &[(&str, &[&str])] = &[
    (
        "cloudtrail",
        &[
            "StopLogging",
            "DeleteTrail",
            "UpdateTrail",
            "PutEventSelectors",
            "DeleteEventDataStore",
            "StopEventDataStoreIngestion",
            "PutInsightSelectors",
        ],
    ),
    ("ec2", &["DeleteFlowLogs"]),
    (
        "guardduty",
        &[
            "DeleteDetector",
            "UpdateDetector",
            "CreateFilter",
            "StopMonitoringMembers",
            "DisassociateMembers",
            "DeleteMembers",
            "CreateIPSet",
        ],
    ),
    ("config", &["StopConfigurationRecorder", "DeleteConfigurationRecorder", "DeleteDeliveryChannel"]),
    ("logs", &["DeleteLogGroup", "DeleteLogStream", "PutRetentionPolicy", "DeleteSubscriptionFilter"]),
    ("securityhub", &["DisableSecurityHub", "BatchDisableStandards"]),
    ("monitoring", &["DeleteAlarms", "DisableAlarmActions"]),
    ("route53resolver", &["DeleteResolverQueryLogConfig", "DisassociateResolverQueryLogConfig"]),
    ("s3", &["PutBucketLifecycle", "PutBucketLifecycleConfiguration", "PutBucketLogging"]),
    ("events", &["DisableRule", "DeleteRule", "RemoveTargets"]),
];

/// Whom everybody is called.
const EVERYBODY: &str = "everybody";

/// Calls that let others in whom no account names: whoever has a certificate of that authority.
const ALWAYS_SHARING: &[&str] = &["CreateTrustAnchor"];

/// Calls that may give something secret, of which no record says what it was.
const DECRYPTING: &[(&str, &[&str])] = &[("kms", &["Decrypt"]), ("codecommit", &["GetFile", "GetBlob"])];

/// Calls that issue credentials, or sign in.
const ISSUING: &[(&str, &[&str])] = &[
    (
        "sts",
        &[
            "AssumeRole",
            "AssumeRoleWithSAML",
            "AssumeRoleWithWebIdentity",
            "AssumeRoot",
            "GetSessionToken",
            "GetFederationToken",
        ],
    ),
    ("signin", &["ConsoleLogin", "GetSigninToken", "SwitchRole"]),
    ("sso", &["GetRoleCredentials"]),
    ("rolesanywhere", &["CreateSession"]),
];

/// How calls begin that take something away.
const DELETING: &[&str] = &[
    "Delete",
    "Terminate",
    "Deregister",
    "Remove",
    "Purge",
    "Destroy",
    "ScheduleKeyDeletion",
    "Release",
    "Detach",
    "Disable",
];

/// Calls that are alike.
struct Group<'a> {
    events: Vec<Event<'a>>,
}

/// The lines of all events, by part, then by time.
pub(super) fn lines(events: &[Event<'_>], made: &Made, symbols: &Symbols) -> Vec<Line> {
    // What was done in one account is never told with what was done in another.
    let is_of_many = is_of_many_accounts(events);
    let mut groups: BTreeMap<(Part, &str, bool, String, String), Group<'_>> = BTreeMap::new();
    for &event in events {
        let (place, row) = event;
        let name = plain_event(symbols.text(row.event_name));
        let part = part_of(event, symbols);
        let service = symbols.text(row.service);
        let (name, apart) = match part {
            // What shares or blinds is told one by one, and what is done in numbers by service.
            Part::Shared | Part::Logging => (format!("{service} {name}"), format!("{}{}", place.time, place.event_id)),
            Part::Secrets | Part::Issued | Part::Denied => (format!("{service} {name}"), row.error(symbols).to_owned()),
            _ => (service.to_owned(), String::new()),
        };
        groups
            .entry((part, &place.account_id, made.holds(event, symbols), name, apart))
            .or_insert_with(|| Group { events: Vec::new() })
            .events
            .push(event);
    }
    let mut lines: Vec<Line> = groups
        .into_iter()
        .map(|((part, _, is_made, ..), group)| line((part, is_of_many, is_made), &group, symbols))
        .collect();
    lines.sort_by(|a, b| (a.part, a.first, &a.what).cmp(&(b.part, b.first, &b.what)));
    lines
}

fn part_of((_, row): Event<'_>, symbols: &Symbols) -> Part {
    let service = short_service(symbols.text(row.service));
    let event = plain_event(symbols.text(row.event_name));
    let is_in = |table: &[(&str, &[&str])]| table.iter().any(|(of, events)| *of == service && events.contains(&event));
    match () {
        () if row.is_denied => Part::Denied,
        () if !row.error(symbols).is_empty() => Part::Failed,
        () if is_in(LOGGING) => Part::Logging,
        () if ALWAYS_SHARING.contains(&event) || !row.lets_in.is_empty() => Part::Shared,
        () if (is_in(DECRYPTING) || reads_secret(row, symbols)) && is_direct(row, symbols) => Part::Secrets,
        () if is_in(ISSUING) => Part::Issued,
        () if row.read_only == Some(true) => Part::Discovery,
        () if DELETING.iter().any(|begin| event.starts_with(begin)) => Part::Deleted,
        () if row.read_only.is_none() && is_reading(event) => Part::Discovery,
        () => Part::Changed,
    }
}

/// Whether somebody called, and no service in the course of another call.
fn is_direct(row: &EventRow, symbols: &Symbols) -> bool {
    SourceAddress::parse(symbols.text(row.address)).ip().is_some()
}

fn reads_secret(row: &EventRow, symbols: &Symbols) -> bool {
    let call = (symbols.text(row.service), symbols.text(row.event_name));
    let [parameters] = members(&row.record, ["requestParameters"]);
    secrets_asked_for(call, parameters.json(), &row.error_message).is_some()
}

fn is_reading(event: &str) -> bool {
    ["Get", "List", "Describe", "Head", "Lookup", "Search"].iter().any(|begin| event.starts_with(begin))
}

/// Whether events are of more than one account.
pub(super) fn is_of_many_accounts(events: &[Event<'_>]) -> bool {
    events.windows(2).any(|pair| pair[0].0.account_id != pair[1].0.account_id)
}

fn line((part, is_of_many, is_made): (Part, bool, bool), group: &Group<'_>, symbols: &Symbols) -> Line {
    let text = |sym| symbols.text(sym);
    let rows = || group.events.iter().map(|(_, row)| *row);
    let sources: Vec<String> = rows().map(|row| shown(text(row.address))).collect();
    let (resources, addresses, access_keys) = (
        distinct(rows().flat_map(|row| row.resources.iter().map(|name| short_name(name)))),
        distinct(sources.iter().map(String::as_str)),
        distinct(rows().map(|row| text(row.access_key_id))),
    );
    let times = || group.events.iter().map(|(place, _)| place.time);
    let (first, last) = (times().min(), times().max());
    let is_by_service = !matches!(part, Part::Shared | Part::Logging | Part::Secrets | Part::Issued | Part::Denied);
    let when = first.map(at).unwrap_or_default();
    let until = last.filter(|last| Some(*last) != first).map(|last| format!(" until {}", at(last))).unwrap_or_default();
    let what = match is_by_service {
        true => format!("{when}{until}: {}", by_name(group, symbols)),
        false => format!("{when} {}{until}", one_call(group, symbols)),
    };
    let named = match resources.len() {
        0 => None,
        1 => Some(format!("on {}", resources[0])),
        many => Some(format!("on {} resources: {}", grouped(many as u64), some(&resources, NAMED))),
    };
    let account =
        group.events.first().filter(|_| is_of_many).map(|(place, _)| format!("in account {}", place.account_id));
    // A sign-in has no key that would tell who it was.
    let people = distinct(rows().map(|row| short_name(text(row.principal))));
    let who = access_keys.is_empty().then(|| format!("by {}", some(&people, NAMED)));
    let who = who.filter(|_| !people.is_empty() && part != Part::Discovery);
    let mfa = mfa_of(group, symbols);
    let made = is_made.then(|| BY_WHAT_IT_MADE.to_owned());
    let whence = [("from", &addresses), ("with", &access_keys)];
    let whence = whence.iter().filter(|(_, names)| !names.is_empty() && part != Part::Discovery);
    let whence = whence.map(|(word, names)| format!("{word} {}", some(names, NAMED)));
    Line {
        part: Some(part),
        what,
        more: vec![account.into_iter().chain(made).chain(named).chain(who).chain(mfa).chain(whence).collect()],
        first,
        last,
        events: group.events.len(),
        errors: rows().filter(|row| !row.error(symbols).is_empty()).count(),
        resources,
        addresses,
        access_keys,
        is_made,
        ..Line::default()
    }
}

/// What sign-ins to the console say of MFA.
fn mfa_of(group: &Group<'_>, symbols: &Symbols) -> Option<String> {
    let of = |row: &EventRow| {
        let [said] = members(&row.record, ["additionalEventData"]);
        let said: serde_json::Value = serde_json::from_str(said.json()).ok()?;
        Some(format!("MFA {}", said.get("MFAUsed")?.as_str()?.to_lowercase()))
    };
    let sign_ins = group.events.iter().filter(|(_, row)| symbols.text(row.event_name) == "ConsoleLogin");
    let all = distinct(sign_ins.filter_map(|(_, row)| of(row)).collect::<Vec<_>>().iter().map(String::as_str));
    (!all.is_empty()).then(|| all.join(", "))
}

/// Calls of one name: `GetSecretValue (secretsmanager) 60 times`, with whom they share, and why they failed.
fn one_call(group: &Group<'_>, symbols: &Symbols) -> String {
    let Some((_, row)) = group.events.first() else { return String::new() };
    let service = short_service(symbols.text(row.service));
    let count = group.events.len();
    let times = if count == 1 { String::new() } else { format!(" {} times", grouped(count as u64)) };
    let others: Vec<&str> = row.lets_in.iter().map(|who| if who == "*" { EVERYBODY } else { who }).collect();
    let others = match others.is_empty() {
        true => String::new(),
        false => format!(", shared with {}", others.join(", ")),
    };
    let error = row.error(symbols);
    let error = if error.is_empty() { String::new() } else { format!(": {error}") };
    format!("{} ({service}){times}{others}{error}", plain_event(symbols.text(row.event_name)))
}

/// Calls to one service, by name: `ec2: DescribeInstances 12, DescribeVpcs 3`.
fn by_name(group: &Group<'_>, symbols: &Symbols) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for (_, row) in &group.events {
        *counts.entry(plain_event(symbols.text(row.event_name))).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let names: Vec<String> = counts.iter().map(|(name, count)| format!("{name} {}", grouped(*count as u64))).collect();
    let service = group.events.first().map_or("", |(_, row)| short_service(symbols.text(row.service)));
    format!("{service}: {}", some(&names, NAMES))
}

fn short_service(source: &str) -> &str {
    source.strip_suffix(".amazonaws.com").unwrap_or(source)
}

/// An address in its usual form; another text as it is.
pub(super) fn shown(source: &str) -> String {
    SourceAddress::parse(source).ip().map_or_else(|| source.to_owned(), |address| address.to_string())
}

/// Each text once, in their order, no empty ones.
pub(super) fn distinct<'a>(texts: impl Iterator<Item = &'a str>) -> Vec<String> {
    let mut seen = ahash::AHashSet::new();
    texts.filter(|text| !text.is_empty() && seen.insert(*text)).map(str::to_owned).collect()
}
