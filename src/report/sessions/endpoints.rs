//! Sessions that came through a VPC endpoint of another account.
//!
//! Whoever shares a VPC uses its owner's endpoints, all the time and not alone: endpoints that several principals use for a
//! week, or from their first day on, are told nowhere. An endpoint is strange when its owner is no account of these logs and
//! no caller of the session, and nobody else uses it as a habit.
//!
//! Source: CloudTrail user guide, "CloudTrail record contents", vpcEndpointAccountId; GuardDuty user guide,
//! InstanceCredentialExfiltration.InsideAWS.
//!
//! Known misses: records before the field came (2024); a thief in an account whose logs are read as well.

use std::collections::{BTreeMap, BTreeSet};

use ahash::AHashMap;
use serde_json::json;

use super::about::{About, Told, short, some};
use super::workloads::Workload;
use super::{Known, rule_texts as texts};
use crate::aggregate::{Span, State};
use crate::model::EventTime;
use crate::report::Severity;

/// What came through the endpoints of one foreign owner for one principalId.
#[derive(Default)]
struct Used<'a> {
    members: Vec<usize>,
    endpoints: BTreeSet<&'a str>,
    span: Span,
}

/// Seconds of use that make a habit: a week.
const HABIT: i64 = 7 * 86_400;

/// Seconds after somebody's first use of all within which something is there from the start: a day.
const START: i64 = 86_400;

/// One finding for each principalId and foreign owner of an endpoint. `ours` are the accounts whose own trails were read.
pub(super) fn findings(
    state: &State,
    ours: &BTreeSet<&str>,
    all: &[Known<'_>],
    workloads: &[Workload<'_>],
) -> Vec<About> {
    let symbols = state.symbols();
    let mut used: BTreeMap<(&str, &str, &str), Used<'_>> = BTreeMap::new();
    let mut at_home: BTreeSet<&str> = BTreeSet::new();
    for (place, known) in all.iter().enumerate() {
        for endpoint in known.session.endpoints() {
            let (account, id) = (known.session.account_id(), known.session.principal_id());
            match symbols.text(endpoint.owner) {
                "" => {}
                owner if owner == account => drop(at_home.insert(id)),
                owner if ours.contains(owner) || is_callers(known, owner) => {}
                owner => {
                    let used = used.entry((account, id, owner)).or_default();
                    for time in [endpoint.usage.first(), endpoint.usage.last()].into_iter().flatten() {
                        used.span.see(time);
                    }
                    used.endpoints.insert(symbols.text(endpoint.endpoint));
                    if used.members.last() != Some(&place) {
                        used.members.push(place);
                    }
                }
            }
        }
    }
    if used.is_empty() {
        return Vec::new();
    }
    let starts = starts(all, &used);
    let is_habit = |id: &str, span: &Span| {
        let Some((first, last)) = span.first().zip(span.last()) else { return false };
        let is_from_start = || starts.get(id).is_some_and(|start| first <= start.plus_seconds(START));
        first.plus_seconds(HABIT) <= last || is_from_start()
    };
    let mut users: AHashMap<(&str, &str), usize> = AHashMap::new();
    for ((account, id, owner), used) in &used {
        *users.entry((account, owner)).or_default() += usize::from(is_habit(id, &used.span));
    }
    let of_workload: BTreeSet<usize> = workloads.iter().flat_map(|workload| workload.members.iter().copied()).collect();
    let mut found = Vec::new();
    for ((account, id, owner), used) in used {
        let is_workload = of_workload.contains(&used.members[0]);
        let is_habit = is_habit(id, &used.span);
        let is_shared = is_habit && users[&(account, owner)] > 1 && !at_home.contains(id);
        let severity = match (at_home.contains(id), is_workload) {
            _ if is_shared => continue,
            (true, true) => Severity::High,
            (true, false) | (false, true) => Severity::Medium,
            // Somebody who came otherwise for a day or more.
            (false, false) if !is_habit => Severity::Medium,
            (false, false) => continue,
        };
        found.push(finding(all, (id, owner), &used, severity));
    }
    found
}

/// When each of the principals that came through strange endpoints was first used in any way.
fn starts<'a>(
    all: &[Known<'a>],
    used: &BTreeMap<(&'a str, &'a str, &'a str), Used<'_>>,
) -> AHashMap<&'a str, EventTime> {
    let strange: BTreeSet<&str> = used.keys().map(|(_, id, _)| *id).collect();
    let mut starts: AHashMap<&str, EventTime> = AHashMap::new();
    for known in all.iter().filter(|known| strange.contains(known.session.principal_id())) {
        if let Some(first) = known.session.span().first() {
            let start = starts.entry(known.session.principal_id()).or_insert(first);
            *start = first.min(*start);
        }
    }
    starts
}

/// Whether the account is that of whoever got the session, who may sit in a VPC of their own.
fn is_callers(known: &Known<'_>, owner: &str) -> bool {
    known.credential.issuance().is_some_and(|issuance| {
        issuance.caller_account_id() == owner || issuance.caller().strip_prefix("account:") == Some(owner)
    })
}

fn finding(all: &[Known<'_>], (id, owner): (&str, &str), used: &Used<'_>, severity: Severity) -> About {
    let known = &all[used.members[0]];
    let endpoints: Vec<String> = used.endpoints.iter().map(|id| (*id).to_owned()).collect();
    let summary =
        format!("credentials of {} came through {} of account {owner}", short(known.principal()), some(&endpoints));
    let summary =
        if severity == Severity::High { format!("{summary}, and through its own account's") } else { summary };
    Told {
        rule: &texts::FOREIGN_ENDPOINT,
        severity,
        account_id: known.session.account_id(),
        subject: if used.members.len() == 1 { known.credential.id() } else { id }.to_owned(),
        summary,
        evidence: vec![("endpoint_account_id", json!(owner)), ("vpc_endpoint_ids", json!(endpoints))],
    }
    .about(all, &used.members)
}
