//! The findings of key spread: each verdict in a sentence, with the numbers that decided it.

use serde_json::{Map, Value, json};

use super::JudgedKey;
use super::signal::{Held, Signal};
use super::verdict::{Thresholds, Verdict, is_by_clock};
use super::whereabouts;
use crate::model::{Network, grouped, quantity};
use crate::report::{AwsRanges, Finding, Severity};

/// Members of a list in the evidence; the report's columns have all.
const SHOWN: usize = 20;

/// All findings about one key; with AWS's ranges they say where its addresses are. What a finding about an address told
/// of it `is_told` already.
pub(super) fn findings(key: &JudgedKey<'_>, thresholds: Thresholds, told: (Option<&AwsRanges>, bool)) -> Vec<Finding> {
    let (aws, is_told) = told;
    let rule = key.verdict.rule().filter(|_| !is_told);
    rule.map(|rule| of_verdict(key, rule, thresholds, aws)).into_iter().chain(several_holders(key)).collect()
}

fn of_verdict(key: &JudgedKey<'_>, rule: &'static str, thresholds: Thresholds, aws: Option<&AwsRanges>) -> Finding {
    let mut evidence = common(key);
    let suspects = suspects(key);
    let mut count = key.used.tally.events;
    let mut summary = match key.verdict {
        Verdict::Quiet => quiet(key),
        Verdict::LeakSuspect => {
            add_newcomers(&mut evidence, key, &suspects, thresholds);
            let from_there = suspects.iter().filter_map(|network| key.spread.networks.get(network));
            count = from_there.map(|used| used.events).sum();
            format!("{}: the key may have leaked", said(key))
        }
        Verdict::Embedded => {
            evidence.insert("embedded_peak".into(), json!(thresholds.embedded_peak));
            let machines = if key.severity > Severity::Low { "machines" } else { "a machine" };
            format!("{}: it is probably embedded on {machines}", said(key))
        }
        Verdict::HostedCi => format!("{}: hosted runners or other machines that come and go use it", said(key)),
        Verdict::Roaming | Verdict::Single => {
            evidence.insert("embedded_peak".into(), json!(thresholds.embedded_peak));
            roaming(key)
        }
    };
    evidence.insert("sees_new".into(), json!(!key.is_short));
    if key.is_short && !matches!(key.verdict, Verdict::Quiet | Verdict::LeakSuspect) {
        let days = quantity(thresholds.leak_days.unsigned_abs(), "day");
        summary += &format!("; seen for less than {days}, so nothing in it can be told to be new");
    }
    if let Some(aws) = aws {
        whereabouts::add((&mut summary, &mut evidence), key, &suspects, aws);
    }
    finding(key, key.severity, rule, (summary, count), evidence)
}

fn quiet(key: &JudgedKey<'_>) -> String {
    let (failed, denied) = (grouped(key.used.tally.events), grouped(key.used.tally.denied));
    format!("no call succeeded: {failed} failed, {denied} of them denied; the key is still tried")
}

fn roaming(key: &JudgedKey<'_>) -> String {
    let (addresses, networks) = (grouped(key.spread.addresses.len()), key.spread.networks.len());
    let peak = grouped(key.spread.peak.addresses);
    format!("used from {addresses} addresses in {}, at most {peak} in one hour", quantity(networks as u64, "network"))
}

/// What the signals say that the verdict rests on.
fn said(key: &JudgedKey<'_>) -> String {
    // Beside what is enough without it a clock says nothing more.
    let is_needed = |held: &Held| held.signal != Signal::Clock || is_by_clock(&key.signals);
    let resting = key.signals.iter().filter(|held| key.verdict.rests_on(held) && is_needed(held));
    resting.map(|held| held.says.as_str()).collect::<Vec<_>>().join("; ")
}

/// The networks that make a key a suspect, earliest first.
fn suspects(key: &JudgedKey<'_>) -> Vec<Network> {
    let resting = key.signals.iter().filter(|held| key.verdict.is_leak() && key.verdict.rests_on(held));
    let mut networks: Vec<Network> = resting.flat_map(|held| held.networks.iter().copied()).collect();
    networks.sort_by_key(|network| (key.spread.networks.get(network).and_then(|used| used.span.first()), *network));
    networks.dedup();
    networks
}

/// An access key has one owner; records that show several were altered, and the row names the most frequent one.
fn several_holders(key: &JudgedKey<'_>) -> Option<Finding> {
    if key.holders.len() < 2 {
        return None;
    }
    let name = |&(principal, account, events): &(&str, &str, i64)| json!({ "principal": principal, "account_id": account, "events": events });
    let holders: Vec<Value> = key.holders.iter().take(SHOWN).map(name).collect();
    let evidence = Map::from_iter([("holders".to_owned(), json!(holders))]);
    let summary = format!("{} principals or accounts show this key: the records may be anonymised", key.holders.len());
    let told = (summary, key.used.tally.events);
    Some(finding(key, Severity::Info, "key-several-holders", told, evidence))
}

fn finding(
    key: &JudgedKey<'_>,
    severity: Severity,
    rule: &'static str,
    (summary, count): (String, i64),
    evidence: Map<String, Value>,
) -> Finding {
    Finding { severity, rule, account_id: key.account.to_owned(), subject: key.id.to_owned(), summary, count, evidence }
}

/// The values of the row that any verdict rests on.
fn common(key: &JudgedKey<'_>) -> Map<String, Value> {
    let families: Vec<&String> = key.spread.families.keys().take(SHOWN).collect();
    let mut addresses = key.spread.address_list();
    addresses.truncate(SHOWN);
    let mut evidence = Map::from_iter([
        ("verdict".to_owned(), json!(key.verdict.as_str())),
        ("principal".to_owned(), json!(key.principal)),
        ("events".to_owned(), json!(key.used.tally.events)),
        ("errors".to_owned(), json!(key.used.tally.errors)),
        ("denied".to_owned(), json!(key.used.tally.denied)),
        ("addresses".to_owned(), json!(key.spread.addresses.len())),
        ("address_list".to_owned(), json!(addresses)),
        ("networks".to_owned(), json!(key.spread.networks.len())),
        ("peak_concurrent_addresses".to_owned(), json!(key.spread.peak.addresses)),
        ("agent_family_list".to_owned(), json!(families)),
        ("first_seen".to_owned(), json!(key.used.span.first())),
        ("last_seen".to_owned(), json!(key.used.span.last())),
        ("last_success".to_owned(), json!(key.used.successes.last())),
        ("age_days".to_owned(), json!(key.age.days)),
        ("age_basis".to_owned(), json!(key.age.basis.as_str())),
    ]);
    let signals = key.signals.iter();
    let signals = signals
        .map(|held| json!({ "signal": held.signal.as_str(), "says": held.says, "misses": held.signal.misses() }));
    evidence.insert("signals".to_owned(), signals.collect());
    if let Some(hour) = key.spread.peak.hour {
        evidence.insert("peak_hour".to_owned(), json!(hour.start()));
    }
    if let Some((created, creator)) = key.age.created {
        evidence.insert("created".to_owned(), json!(created));
        evidence.insert("created_by".to_owned(), json!(creator));
    }
    evidence
}

fn add_newcomers(evidence: &mut Map<String, Value>, key: &JudgedKey<'_>, suspects: &[Network], thresholds: Thresholds) {
    let used = |network: &Network| Some((*network, key.spread.networks.get(network)?));
    let networks: Vec<Value> = suspects
        .iter()
        .filter_map(used)
        .take(SHOWN)
        .map(|(network, used)| {
            json!({ "network": network.to_string(), "first_seen": used.span.first(), "events": used.events })
        })
        .collect();
    let families: Vec<Value> = key
        .new_families
        .iter()
        .take(SHOWN)
        .map(|(family, first_seen)| json!({ "agent_family": family, "first_seen": first_seen }))
        .collect();
    evidence.insert("leak_days".to_owned(), json!(thresholds.leak_days));
    evidence.insert("new_networks".to_owned(), json!(networks));
    evidence.insert("new_agent_families".to_owned(), json!(families));
}
