//! When the events behind a finding were, from where and with which credentials: facts of its evidence, never a guess.
//!
//! What several rules tell of one fact is one finding, which holds the others as evidence; each of these facts is that of
//! the leading rule, and where that has none, as one about IAM's state, that of the others.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value};

use super::{Finding, address_text};
use crate::model::{EventTime, grouped};

/// The members of evidence that hold times of first and last events, in pairs: one without the other is about something
/// else, such as when IAM's state says that a key was last used.
const TIMES: [(&str, &str); 3] =
    [("first_seen", "last_seen"), ("first_failure", "last_failure"), ("first_used", "last_used")];

/// Where the events of guessing go on after the last failure.
const SUCCESS: &str = "last_sign_in";

/// The members that hold addresses which the events came from.
pub(super) const ADDRESSES: [&str; 3] = ["address", "address_list", "tool_addresses"];

/// The members that hold credentials with which the calls were made.
const CREDENTIALS: [&str; 3] = ["access_key_ids", "access_key_id", "issued_by_key"];

/// The member that says where addresses are.
pub(super) const PLACES: &str = "address_places";

/// What ids of access keys begin with, long-lived and temporary. Source: IAM user guide, "Unique identifiers".
const KEY_PREFIXES: [&str; 2] = ["AKIA", "ASIA"];

/// Addresses and credentials that a sentence names.
const NAMED: usize = 2;

/// When, from where and with what.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Occurrence {
    /// The first event; `None` of what stands in IAM's state and has no time.
    pub first_seen: Option<EventTime>,
    /// The last event.
    pub last_seen: Option<EventTime>,
    /// Distinct addresses, sorted as texts; services and `AWS Internal` are none.
    pub addresses: Vec<IpAddr>,
    /// Ids of access keys, in order.
    pub credentials: Vec<String>,
}

impl Finding {
    /// When, from where and with what it happened.
    pub fn occurrence(&self) -> Occurrence {
        let mut own = of_evidence(&self.evidence);
        if own.credentials.is_empty() && KEY_PREFIXES.iter().any(|prefix| self.subject.starts_with(prefix)) {
            own.credentials.push(self.subject.clone());
        }
        let told = self.evidence.get("told_by").and_then(Value::as_array);
        let others = told.into_iter().flatten().filter_map(|told| told["evidence"].as_object().map(of_evidence));
        let mut all = Occurrence::default();
        others.for_each(|other| all.merge(other));
        own.or(all)
    }
}

impl Finding {
    /// What the files that were given say of one of its addresses: `EC2 us-east-1, AS64500 Example Net, DE`; empty where they
    /// say nothing.
    pub fn place_of(&self, address: IpAddr) -> String {
        let told = self.evidence.get("told_by").and_then(Value::as_array);
        let told = told.into_iter().flatten().filter_map(|told| told["evidence"].as_object());
        let mut places =
            std::iter::once(&self.evidence).chain(told).filter_map(|of| of.get(PLACES)?.as_array()).flatten();
        let address = address.to_string();
        let place = places.find(|place| place["address"] == address.as_str());
        let known = ["aws", "asn", "country"].into_iter().filter_map(|name| place?[name].as_str());
        known.map(|text| if text == "outside" { "outside AWS" } else { text }).collect::<Vec<_>>().join(", ")
    }
}

impl Occurrence {
    /// `2026-09-09 02:22Z from 203.0.113.77 with ASIA25CSSYVBNEXAMPLE`: what is known of it that `said` does not name.
    pub fn in_words(&self, said: &str) -> String {
        self.in_words_with(said, &|address| address.to_string())
    }

    /// The same, with addresses as `shown` writes them.
    pub fn in_words_with(&self, said: &str, shown: &dyn Fn(IpAddr) -> String) -> String {
        let new = |text: &String| !said.contains(text.as_str());
        let addresses: Vec<String> = match &self.addresses[..] {
            [one] if said.contains(&one.to_string()) => Vec::new(),
            all => all.iter().map(|&address| shown(address)).collect(),
        };
        let credentials: Vec<String> = self.credentials.iter().filter(|key| new(key)).cloned().collect();
        let from = Some(named(&addresses)).filter(|text| !text.is_empty()).map(|text| format!("from {text}"));
        let with = Some(named(&credentials)).filter(|text| !text.is_empty()).map(|text| format!("with {text}"));
        let parts: Vec<String> = self.when().into_iter().chain(from).chain(with).collect();
        parts.join(" ")
    }

    /// `2026-09-09 02:22Z`, `2026-09-09 02:22 – 04:10Z` or `2026-08-27 09:10Z – 2026-09-04 17:45Z`.
    pub fn when(&self) -> Option<String> {
        let [first, last] = [self.first_seen?, self.last_seen.or(self.first_seen)?].map(to_the_minute);
        let day = "2026-09-09 ".len();
        Some(match (first == last, first.get(..day) == last.get(..day)) {
            (true, _) => format!("{first}Z"),
            (false, true) => format!("{first} – {}Z", last.get(day..).unwrap_or(&last)),
            (false, false) => format!("{first}Z – {last}Z"),
        })
    }

    fn merge(&mut self, other: Self) {
        self.first_seen = [self.first_seen, other.first_seen].into_iter().flatten().min();
        self.last_seen = self.last_seen.max(other.last_seen);
        self.addresses = as_texts(self.addresses.drain(..).chain(other.addresses));
        self.credentials = distinct(self.credentials.drain(..).chain(other.credentials));
    }

    /// This, where it knows something; times come from one of the two.
    fn or(self, other: Self) -> Self {
        let times = if self.first_seen.is_some() { &self } else { &other };
        let (first_seen, last_seen) = (times.first_seen, times.last_seen);
        Self {
            first_seen,
            last_seen,
            addresses: if self.addresses.is_empty() { other.addresses } else { self.addresses },
            credentials: if self.credentials.is_empty() { other.credentials } else { self.credentials },
        }
    }
}

fn of_evidence(evidence: &Map<String, Value>) -> Occurrence {
    let time = |name: &str| EventTime::parse(evidence.get(name)?.as_str()?);
    let pairs = TIMES.iter().filter_map(|(first, last)| time(first).zip(time(last)));
    let (first_seen, last_seen) = match pairs.reduce(|a, b| (a.0.min(b.0), a.1.max(b.1))) {
        Some((first, last)) => (Some(first), Some(last).max(time(SUCCESS))),
        None => (None, None),
    };
    Occurrence {
        first_seen,
        last_seen,
        addresses: as_texts(texts(evidence, &ADDRESSES).filter_map(|text| text.parse().ok())),
        credentials: distinct(texts(evidence, &CREDENTIALS).filter(|text| !text.is_empty()).map(str::to_owned)),
    }
}

/// The texts of these members, which hold one or a list.
pub(super) fn texts<'e>(evidence: &'e Map<String, Value>, names: &'e [&str]) -> impl Iterator<Item = &'e str> {
    let values = names.iter().filter_map(|name| evidence.get(*name));
    let members = values.flat_map(|value| match value {
        Value::Array(members) => members.as_slice(),
        one => std::slice::from_ref(one),
    });
    members.filter_map(Value::as_str)
}

/// Distinct addresses in the order of every other list.
fn as_texts(addresses: impl Iterator<Item = IpAddr>) -> Vec<IpAddr> {
    let mut addresses = distinct(addresses);
    addresses.sort_by_cached_key(address_text);
    addresses
}

fn distinct<T: Ord>(all: impl Iterator<Item = T>) -> Vec<T> {
    all.collect::<BTreeSet<T>>().into_iter().collect()
}

/// `192.0.2.1, 192.0.2.2 and 5 more`.
fn named(all: &[String]) -> String {
    let named = all.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match all.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {} more", grouped(more)),
    }
}

/// `2026-09-09 02:22`.
fn to_the_minute(time: EventTime) -> String {
    let text = time.to_string().replace('T', " ");
    let minute = "2026-09-09 02:22".len();
    text.get(..minute).unwrap_or(&text).to_owned()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::report::Severity;

    fn finding(subject: &str, evidence: Value) -> Finding {
        let Value::Object(evidence) = evidence else { panic!("an object") };
        Finding {
            severity: Severity::High,
            rule: "root-access-key",
            account_id: String::new(),
            subject: subject.to_owned(),
            summary: String::new(),
            count: 1,
            evidence,
        }
    }

    fn words(subject: &str, evidence: Value) -> String {
        finding(subject, evidence).occurrence().in_words(subject)
    }

    #[test]
    fn times_addresses_and_credentials_of_the_evidence() {
        let evidence = json!({
            "first_seen": "2026-09-09T02:22:37Z", "last_seen": "2026-09-09T02:22:59Z",
            "address_list": ["203.0.113.77", "iam.amazonaws.com"], "access_key_ids": ["ASIA25CSSYVBNEXAMPLE"],
        });
        assert_eq!(words("x", evidence), "2026-09-09 02:22Z from 203.0.113.77 with ASIA25CSSYVBNEXAMPLE");
        let evidence = json!({
            "first_failure": "2026-09-09T02:10:00Z", "last_failure": "2026-09-09T02:12:23Z",
            "last_sign_in": "2026-09-09T02:13:30Z", "address": "203.0.113.77",
        });
        assert_eq!(words("x", evidence), "2026-09-09 02:10 – 02:13Z from 203.0.113.77");
        let evidence = json!({
            "first_used": "2026-08-31T09:50:00Z", "last_used": "2026-09-11T09:50:00Z",
            "address_list": ["192.0.2.10", "192.0.2.9", "192.0.2.11"],
        });
        let told = "2026-08-31 09:50Z – 2026-09-11 09:50Z from 192.0.2.10, 192.0.2.11 and 1 more";
        assert_eq!(words("AKIAIOSFODNN7EXAMPLE", evidence), told, "the key is the subject");
    }

    #[test]
    fn state_has_no_time_and_what_was_issued_or_made_is_no_credential_of_the_call() {
        let state = json!({
            "last_used": "2025-03-14T16:20:00Z", "since": "2025-02-03T09:00:00Z", "issued_from": "192.0.2.1",
            "created_key_ids": ["AKIAMADE"], "first_seen": null, "last_seen": null,
        });
        assert_eq!(finding("user/x", state).occurrence(), Occurrence::default());
    }

    #[test]
    fn what_leads_says_it_and_where_it_says_nothing_the_others_do() {
        let logs = json!({ "evidence": {
            "first_seen": "2026-09-01T00:00:00Z", "last_seen": "2026-09-02T00:00:00Z", "address_list": ["192.0.2.1"],
        }});
        let told = |own: Value| {
            let mut own = own;
            own["told_by"] = json!([logs]);
            words("x", own)
        };
        assert_eq!(told(json!({})), "2026-09-01 00:00Z – 2026-09-02 00:00Z from 192.0.2.1");
        let own = json!({ "first_seen": "2026-09-05T00:00:00Z", "last_seen": "2026-09-05T00:00:00Z" });
        assert_eq!(told(own), "2026-09-05 00:00Z from 192.0.2.1");
    }
}
