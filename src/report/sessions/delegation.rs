//! Sessions that another account used by a temporary delegation.

use std::collections::BTreeMap;

use serde_json::json;

use super::about::{About, Told, short};
use super::{Known, rule_texts as texts};
use crate::model::quantity;
use crate::report::Severity;

/// One finding for each principal and account that acted for it.
pub(super) fn findings(all: &[Known<'_>]) -> Vec<About> {
    let mut delegated: BTreeMap<(&str, &str, &str), Vec<usize>> = BTreeMap::new();
    for (place, known) in all.iter().enumerate() {
        let delegate = known.session.delegate_account_id();
        if !delegate.is_empty() {
            let key = (known.session.account_id(), known.principal(), delegate);
            delegated.entry(key).or_default().push(place);
        }
    }
    let finding = |((account, principal, delegate), members): ((&str, &str, &str), Vec<usize>)| {
        let events: i64 = members.iter().map(|&member| all[member].session.tally().events).sum();
        let events = quantity(events.unsigned_abs(), "event");
        Told {
            rule: &texts::DELEGATED,
            severity: Severity::Low,
            account_id: account,
            subject: principal.to_owned(),
            summary: format!("account {delegate} acted as {} by a temporary delegation: {events}", short(principal)),
            evidence: vec![("delegate_account_id", json!(delegate))],
        }
        .about(all, &members)
    };
    delegated.into_iter().map(finding).collect()
}
