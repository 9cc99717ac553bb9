//! Sessions that came through a VPC endpoint of another account.
//!
//! Whoever shares a VPC uses its owner's endpoints, all the time and not alone: endpoints that several principals use for a
//! week, or from their first day on, are told nowhere; a person's session that came from a public address ten minutes or more
//! before shows no first day there. An endpoint is strange when its owner is no account of these logs and
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
use crate::aggregate::sessions::Usage;
use crate::aggregate::{Span, State, Sym, Symbols};
use crate::model::{EventTime, SourceAddress};
use crate::report::Severity;

/// What came through the endpoints of one foreign owner for one principalId.
#[derive(Default)]
struct Used<'a> {
    members: Vec<usize>,
    endpoints: BTreeSet<&'a str>,
    span: Span,
    /// Whether one of the sessions was elsewhere first.
    came_from_elsewhere: bool,
}

/// Seconds by which a session was elsewhere first: less is a tunnel through which only some calls go.
const ELSEWHERE: i64 = 600;

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
                    used.came_from_elsewhere |=
                        endpoint.usage.first().is_some_and(|first| was_outside(known, first, symbols));
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
    let of_workload: BTreeSet<usize> = workloads.iter().flat_map(|workload| workload.members.iter().copied()).collect();
    let is_habit = |id: &str, used: &Used<'_>| {
        let Some((first, last)) = used.span.first().zip(used.span.last()) else { return false };
        // A workload in a shared VPC has a NAT beside the owner's endpoints.
        let may_start = !used.came_from_elsewhere || of_workload.contains(&used.members[0]);
        let is_from_start = || may_start && starts.get(id).is_some_and(|start| first <= start.plus_seconds(START));
        first.plus_seconds(HABIT) <= last || is_from_start()
    };
    let mut users: AHashMap<(&str, &str), usize> = AHashMap::new();
    for ((account, id, owner), used) in &used {
        *users.entry((account, owner)).or_default() += usize::from(is_habit(id, used));
    }
    let mut found = Vec::new();
    for ((account, id, owner), used) in used {
        let is_workload = of_workload.contains(&used.members[0]);
        let is_habit = is_habit(id, &used);
        let is_shared = is_habit && users[&(account, owner)] > 1 && !at_home.contains(id);
        let severity = match (at_home.contains(id), is_workload) {
            _ if is_shared => continue,
            (true, true) => Severity::High,
            (true, false) | (false, true) => Severity::Medium,
            // Somebody who came otherwise for a day or more, or in the very session.
            (false, false) if !is_habit => Severity::Medium,
            (false, false) => continue,
        };
        found.push(finding(all, (id, owner), &used, severity));
    }
    found
}

/// Whether the session was used at a public address, past all endpoints, [`ELSEWHERE`] or more before a moment.
fn was_outside(known: &Known<'_>, moment: EventTime, symbols: &Symbols) -> bool {
    let is_earlier = |usage: &Usage| {
        !usage.is_via_endpoint() && usage.first().is_some_and(|first| first.plus_seconds(ELSEWHERE) <= moment)
    };
    let is_public = |source: Sym| {
        let address = SourceAddress::parse(symbols.text(source));
        address.ip().is_some() && !address.is_private()
    };
    known.session.sources().any(|(source, usage)| is_earlier(usage) && is_public(source))
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
