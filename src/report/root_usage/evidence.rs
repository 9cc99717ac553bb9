//! A finding about a row, with the values of the row that decided.

use serde_json::{Map, Value, json};

use super::usage::Usage;
use crate::aggregate::root_use::Count;
use crate::report::Finding;
use crate::report::source_list::{address_texts, ip_addresses};

/// A finding of the row's own severity.
pub(super) fn finding(usage: &Usage<'_>, rule: &'static str, count: i64, summary: String) -> Finding {
    Finding {
        severity: usage.severity(),
        rule,
        account_id: usage.account_id.to_owned(),
        subject: format!("root@{}", usage.account_id),
        summary,
        count,
        evidence: evidence(usage),
    }
}

fn evidence(usage: &Usage<'_>) -> Map<String, Value> {
    let addresses = address_texts(&ip_addresses(usage.addresses.iter().copied()));
    let values = [
        ("class", json!(usage.class.as_str())),
        ("events", json!(usage.tally.events)),
        ("errors", json!(usage.tally.errors)),
        ("everyday_events", json!(usage.count(Count::Everyday))),
        ("sign_ins", json!(usage.count(Count::SignIns))),
        ("sign_in_failures", json!(usage.count(Count::SignInFailures))),
        ("mfa", json!(usage.mfa())),
        ("access_key_ids", json!(usage.access_keys)),
        ("address_list", json!(addresses)),
        ("first_seen", json!(usage.span.first())),
        ("last_seen", json!(usage.span.last())),
    ];
    values.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
