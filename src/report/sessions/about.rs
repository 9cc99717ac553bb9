//! A finding about several sessions, and the words that such findings share.

use std::collections::BTreeSet;

use serde_json::{Map, Value, json};

use super::Known;
pub(super) use crate::model::short_name as short;
use crate::model::{EventTime, quantity};
use crate::report::source_list::address_texts;
use crate::report::{Finding, Rule, Severity};

/// A finding and the places of the sessions that it is about.
pub(super) struct About {
    pub finding: Finding,
    pub members: Vec<usize>,
}

/// What is common to the findings about sets.
pub(super) struct Told<'a> {
    pub rule: &'a Rule,
    pub severity: Severity,
    pub account_id: &'a str,
    pub subject: String,
    pub summary: String,
    pub evidence: Vec<(&'static str, Value)>,
}

impl Told<'_> {
    /// The finding about these sessions, with what all such findings tell of them.
    pub fn about(self, all: &[Known<'_>], members: &[usize]) -> About {
        let sessions: Vec<&Known<'_>> = members.iter().map(|&member| &all[member]).collect();
        let mut ids: Vec<&str> = sessions.iter().map(|known| known.credential.id()).collect();
        ids.sort_unstable();
        let addresses: BTreeSet<_> = sessions.iter().flat_map(|known| known.addresses).collect();
        let keys: BTreeSet<&str> = sessions.iter().flat_map(|known| known.session.access_keys()).collect();
        let principals: BTreeSet<&str> = sessions.iter().map(|known| known.principal()).collect();
        let first: Option<EventTime> = sessions.iter().filter_map(|known| known.session.span().first()).min();
        let last: Option<EventTime> = sessions.iter().filter_map(|known| known.session.span().last()).max();
        let mut evidence: Map<String, Value> =
            self.evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let common: [(&str, Value); 7] = [
            ("principals", json!(principals)),
            ("sessions", json!(ids.len())),
            ("session_ids", json!(ids)),
            ("access_key_ids", json!(keys)),
            ("address_list", json!(address_texts(addresses))),
            ("first_seen", json!(first)),
            ("last_seen", json!(last)),
        ];
        evidence.extend(common.map(|(name, value)| (name.to_owned(), value)));
        let finding = Finding {
            severity: self.severity,
            rule: self.rule.id,
            account_id: self.account_id.to_owned(),
            subject: self.subject,
            summary: self.summary,
            count: sessions.iter().map(|known| known.session.tally().events).sum(),
            evidence,
        };
        About { finding, members: members.to_vec() }
    }
}

/// The first of them, and how many more there are.
pub(super) fn some(names: &[String]) -> String {
    const NAMED: usize = 3;
    let named = names.iter().take(NAMED).map(String::as_str).collect::<Vec<_>>().join(", ");
    match names.len().saturating_sub(NAMED) {
        0 => named,
        more => format!("{named} and {}", quantity(more as u64, "other")),
    }
}
