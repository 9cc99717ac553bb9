//! Key spread: which long-lived access keys are used from where, and which look embedded, roaming or leaked.

mod charts;
mod explain;
mod rules;
mod spread;
#[cfg(test)]
mod tests;
mod verdict;
mod whereabouts;

use std::cmp::Reverse;

use serde_json::{Map, json};

pub(super) use self::charts::charts;
use self::spread::Spread;
use self::verdict::{Thresholds, Verdict};
use super::addresses::{Failures, add_places};
use super::key_age::Age;
use super::key_facts::holders_of;
use super::{AddressLookup, Answer, Column, ColumnKind, Finding, Report, ReportOption, Severity, Value, View, finding};
use crate::aggregate::Sym;
use crate::aggregate::keys::{self, KeyUse, Keys};
use crate::model::{NO_AGENT, quantity};

/// The report `key-spread`.
pub static REPORT: Report = Report {
    name: "key-spread",
    summary: "Where each long-lived access key is used from: embedded, roaming or leaked",
    about: ABOUT,
    columns: COLUMNS,
    key: &["access_key_id"],
    needs: &[&keys::KIND],
    options: &[MIN_ADDRESSES, EMBEDDED_PEAK, LEAK_DAYS],
    rules: rules::RULES,
    argument: None,
    answer,
};

const ABOUT: &str = "\
A row is one long-lived access key (AKIA…) that signed at least one counted call without being in a session. A key \
that the S3 console proxies for a signed-in person (AKIA with a session creationDate) is not counted. Keys with \
fewer than --min-addresses addresses are left out, and the answer says how many; their findings stay. Rows come \
worst severity first, then by events, then by access key id.

Verdict, the first that holds, and its severity:
  quiet         low     no call succeeded: the key is disabled or without rights, and still tried
  single        info    at most one network (/24 or /64)
  leak-suspect  high    a network and an agent family, both new --leak-days or more after first use
  embedded      medium  --embedded-peak or more addresses in one UTC clock hour
  roaming       low     anything else: several networks, few at a time

Every verdict but single comes as a finding with its evidence.

What it proves: these addresses and agents called AWS with this key. What it does not: the verdict is a heuristic. \
NAT hides machines behind one address; NAT pools, DHCP and dual stack make one machine look like several. A fleet \
inside one /24 is single. Agents are the caller's own words: a thief who copies them, or who came within the first \
days, is not a leak suspect; a new office or a move of hosts with a new tool is. With a window, the first use is \
the first in the window.

Calls that a service makes with the key (CloudFormation, Athena) show its host: service_sources counts the hosts, \
and neither they nor AWS's own agents count towards spread. Unreadable or missing addresses count nowhere but in \
events; a missing user agent is no agent in the counts, yet a new one for the verdict. The age is exact where \
CreateAccessKey is in the logs, else at least what is shown.

With --aws-ip-ranges the findings say whether the key is used from AWS's published ranges or from outside; no verdict \
rests on that. An address in a range of EC2 is anybody's instance, not surely yours.";

const MIN_ADDRESSES: ReportOption = ReportOption {
    name: "min-addresses",
    default: 2,
    min: 0,
    about: "List keys with at least this many addresses; 0 lists every key",
};
const EMBEDDED_PEAK: ReportOption = ReportOption {
    name: "embedded-peak",
    default: 3,
    min: 2,
    about: "Addresses in one UTC hour from which a key counts as embedded",
};
const LEAK_DAYS: ReportOption = ReportOption {
    name: "leak-days",
    default: 7,
    min: 1,
    about: "Days after a key's first use from which a network or agent counts as new",
};

const COLUMNS: &[Column] = &[
    Column::new("access_key_id", ColumnKind::Id, "The key."),
    Column::new("account_id", ColumnKind::Id, "The account that owns the key, else the one that received the records.")
        .last(),
    Column::new("principal", ColumnKind::Id, "Whose key it is: a user's arn or root@account."),
    Column::new("verdict", ColumnKind::Text, "What the spread looks like; a heuristic."),
    Column::new("severity", ColumnKind::Text, "How much the verdict matters."),
    Column::new("events", ColumnKind::Count, "Calls signed with the key."),
    Column::new("errors", ColumnKind::Count, "Calls with an errorCode or errorMessage.").asked(),
    Column::new("denied", ColumnKind::Count, "Calls refused for lack of permission.").third(),
    Column::new("addresses", ColumnKind::Count, "Distinct IP addresses, private ones included."),
    Column::new("address_list", ColumnKind::List, "The addresses.").asked(),
    Column::new(
        "private_addresses",
        ColumnKind::Count,
        "How many of the addresses are private or came through a VPC endpoint.",
    )
    .asked(),
    Column::new("service_sources", ColumnKind::Count, "Distinct service hosts in the place of an address.").asked(),
    Column::new("networks", ColumnKind::Count, "Distinct /24 (IPv4) and /64 (IPv6) around the addresses.").second(),
    Column::new("peak_concurrent_addresses", ColumnKind::Count, "Most distinct addresses in one UTC clock hour.")
        .second(),
    Column::new("user_agents", ColumnKind::Count, "Distinct userAgent texts.").asked(),
    Column::new("agent_families", ColumnKind::Count, "Distinct programs that the user agents name.").third(),
    Column::new("regions", ColumnKind::Count, "Distinct regions.").last(),
    Column::new("active_days", ColumnKind::Count, "Distinct UTC days with a call.").unit("days").third(),
    Column::new("first_seen", ColumnKind::Time, "The first counted call.").third(),
    Column::new("last_seen", ColumnKind::Time, "The last counted call.").second(),
    Column::new("last_success", ColumnKind::Time, "The last counted call that succeeded; null when none did.").asked(),
    Column::new("age_days", ColumnKind::Count, "Age at the end of the window, else at the last event.")
        .unit("days")
        .third(),
    Column::new("age_basis", ColumnKind::Text, "created: exact; first-seen: at least this old.").last(),
    Column::new("events_by_network", ColumnKind::NamedCounts, "Events from each network (/24 or /64), most first.")
        .asked(),
];

/// One key with all that was worked out for it.
struct JudgedKey<'a> {
    id: &'a str,
    principal: &'a str,
    account: &'a str,
    /// (principal, account, events), the chosen one first.
    holders: Vec<(&'a str, &'a str, i64)>,
    used: &'a KeyUse,
    spread: Spread,
    verdict: Verdict,
    age: Age<'a>,
}

fn answer(view: &View<'_>) -> Answer {
    let thresholds = thresholds(view);
    let mut judged = judged(view);
    let mut answer = Answer { columns: COLUMNS.to_vec(), ..Answer::default() };
    let aws = view.addresses.and_then(AddressLookup::aws);
    answer.findings = judged.iter().flat_map(|key| explain::findings(key, thresholds, aws)).collect();
    let least = usize::try_from(view.options.get(&MIN_ADDRESSES)).unwrap_or_default();
    let all = judged.len();
    judged.retain(|key| key.spread.addresses.len() >= least);
    answer.hidden = hidden(all - judged.len(), least);
    answer.rows = judged.iter().map(cells).collect();
    let failures = add_places(view, &mut answer);
    answer.findings.extend(unreadable(&failures));
    finding::sort(&mut answer.findings);
    answer
}

fn thresholds(view: &View<'_>) -> Thresholds {
    Thresholds { embedded_peak: view.options.get(&EMBEDDED_PEAK), leak_days: view.options.get(&LEAK_DAYS) }
}

/// Every key, in the report's order: worst first.
fn judged<'a>(view: &View<'a>) -> Vec<JudgedKey<'a>> {
    let keys = view.state.get::<Keys>().expect("the state has the aggregates that the report needs");
    let thresholds = thresholds(view);
    let mut judged: Vec<JudgedKey<'_>> = keys.rows().iter().map(|row| judge(view, keys, row, thresholds)).collect();
    judged.sort_by_key(|key| (Reverse(key.verdict.severity()), Reverse(key.used.tally.events), key.id));
    judged
}

/// Says how many keys `--min-addresses` left out.
fn hidden(count: usize, least: usize) -> Option<String> {
    let (keys, are) = (quantity(count as u64, "key"), if count == 1 { "is" } else { "are" });
    (count > 0).then(|| {
        let addresses = if least == 1 { "no address".to_owned() } else { format!("fewer than {least} addresses") };
        format!("{keys} with {addresses} {are} not shown (--min-addresses 0 lists every key)")
    })
}

fn judge<'a>(view: &View<'a>, keys: &'a Keys, used: &'a KeyUse, thresholds: Thresholds) -> JudgedKey<'a> {
    let symbols = view.state.symbols();
    let spread = Spread::of(used, symbols);
    let holders = holders_of(keys, used, symbols);
    let (principal, account, _) = holders.first().copied().unwrap_or_default();
    JudgedKey {
        id: symbols.text(used.key),
        principal,
        account,
        holders,
        used,
        verdict: Verdict::of(used, &spread, thresholds),
        age: Age::of(used.span.first(), keys.creations(used.key), symbols, view.as_of),
        spread,
    }
}

fn cells(key: &JudgedKey<'_>) -> Vec<Value> {
    let (used, spread) = (key.used, &key.spread);
    vec![
        Value::text(key.id),
        Value::text(key.account),
        Value::text(key.principal),
        Value::text(key.verdict.as_str()),
        Value::text(key.verdict.severity().as_str()),
        Value::Count(used.tally.events),
        Value::Count(used.tally.errors),
        Value::Count(used.tally.denied),
        Value::count(spread.addresses.len()),
        Value::List(spread.address_list()),
        Value::count(spread.private_addresses()),
        Value::count(spread.service_hosts.len()),
        Value::count(spread.networks.len()),
        Value::count(spread.peak.addresses),
        Value::count(used.user_agents.iter().filter(|(agent, _)| *agent != Sym::EMPTY).count()),
        Value::count(spread.families.keys().filter(|family| *family != NO_AGENT).count()),
        Value::count(used.regions.iter().filter(|region| *region != Sym::EMPTY).count()),
        Value::count(spread.active_days),
        Value::time(used.span.first()),
        Value::time(used.span.last()),
        Value::time(used.successes.last()),
        key.age.days.map_or(Value::Null, Value::Count),
        Value::text(key.age.basis.as_str()),
        Value::NamedCounts(
            charts::by_events(key).into_iter().map(|(network, used)| (network.to_string(), used.events)).collect(),
        ),
    ]
}

/// An entry that cannot be read is a finding, not a gap.
fn unreadable(failures: &Failures) -> Option<Finding> {
    let first = failures.first.as_ref().filter(|_| failures.count > 0)?;
    Some(Finding {
        severity: Severity::Low,
        rule: "geoip-entry-unreadable",
        account_id: String::new(),
        subject: "--geoip-db".to_owned(),
        summary: format!("{} look-ups failed, so asns and countries are incomplete: {first}", failures.count),
        count: i64::try_from(failures.count).unwrap_or(i64::MAX),
        evidence: Map::from_iter([("first".to_owned(), json!(first))]),
    })
}
