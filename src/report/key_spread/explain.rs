//! The findings of key spread: each verdict in a sentence, with the numbers that decided it.

use serde_json::{Map, Value, json};

use super::JudgedKey;
use super::verdict::{Newcomers, Thresholds, Verdict};
use super::whereabouts;
use crate::model::{grouped, quantity};
use crate::report::{AwsRanges, Finding, Severity};

/// Members of a list in the evidence; the report's columns have all.
const SHOWN: usize = 20;

/// All findings about one key; with AWS's ranges they say where its addresses are.
pub(super) fn findings(key: &JudgedKey<'_>, thresholds: Thresholds, aws: Option<&AwsRanges>) -> Vec<Finding> {
    let verdict = key.verdict.rule().map(|rule| of_verdict(key, rule, thresholds, aws));
    verdict.into_iter().chain(several_holders(key)).collect()
}

fn of_verdict(key: &JudgedKey<'_>, rule: &'static str, thresholds: Thresholds, aws: Option<&AwsRanges>) -> Finding {
    let mut evidence = common(key);
    let newcomers = Newcomers::of(key.used, &key.spread, thresholds);
    let (addresses, networks) = (key.spread.addresses.len(), key.spread.networks.len());
    let peak = key.spread.peak.addresses;
    let tally = key.used.tally;
    let (mut summary, count) = match key.verdict {
        Verdict::Quiet => (
            format!(
                "no call succeeded: {} failed, {} of them denied; the key is still tried",
                grouped(tally.events),
                grouped(tally.denied)
            ),
            tally.events,
        ),
        Verdict::LeakSuspect => {
            add_newcomers(&mut evidence, &newcomers, thresholds);
            let text = format!(
                "{} and {} were first seen {} or more after the first use: the key may have leaked",
                quantity(newcomers.networks.len() as u64, "network"),
                quantity(newcomers.families.len() as u64, "program"),
                quantity(thresholds.leak_days.unsigned_abs(), "day"),
            );
            (text, newcomers.networks.iter().map(|(_, used)| used.events).sum())
        }
        Verdict::Embedded => {
            evidence.insert("embedded_peak".into(), json!(thresholds.embedded_peak));
            let (peak, addresses) = (grouped(peak), grouped(addresses));
            let text = format!("{peak} of {addresses} addresses used the key in one hour: it is embedded on machines");
            (text, tally.events)
        }
        Verdict::Roaming | Verdict::Single => {
            evidence.insert("embedded_peak".into(), json!(thresholds.embedded_peak));
            let (addresses, networks) = (grouped(addresses), quantity(networks as u64, "network"));
            let text = format!("used from {addresses} addresses in {networks}, at most {} in one hour", grouped(peak));
            (text, tally.events)
        }
    };
    if let Some(aws) = aws {
        whereabouts::add((&mut summary, &mut evidence), key, &newcomers, aws);
    }
    finding(key, key.verdict.severity(), rule, (summary, count), evidence)
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
    if let Some(hour) = key.spread.peak.hour {
        evidence.insert("peak_hour".to_owned(), json!(hour.start()));
    }
    if let Some((created, creator)) = key.age.created {
        evidence.insert("created".to_owned(), json!(created));
        evidence.insert("created_by".to_owned(), json!(creator));
    }
    evidence
}

fn add_newcomers(evidence: &mut Map<String, Value>, newcomers: &Newcomers<'_>, thresholds: Thresholds) {
    let networks: Vec<Value> = newcomers
        .networks
        .iter()
        .take(SHOWN)
        .map(|(network, used)| {
            json!({ "network": network.to_string(), "first_seen": used.span.first(), "events": used.events })
        })
        .collect();
    let families: Vec<Value> = newcomers
        .families
        .iter()
        .take(SHOWN)
        .map(|(family, span)| json!({ "agent_family": family, "first_seen": span.first() }))
        .collect();
    evidence.insert("leak_days".to_owned(), json!(thresholds.leak_days));
    evidence.insert("new_networks".to_owned(), json!(networks));
    evidence.insert("new_agent_families".to_owned(), json!(families));
}
