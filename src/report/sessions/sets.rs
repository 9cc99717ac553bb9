//! What several sessions show together: each rule gives findings with the sessions that they are about.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use ahash::AHashSet;
use serde_json::json;

use super::about::{About, Told, short, some};
use super::usage::Where;
use super::workloads::{self, Sign, Workload};
use super::{Facts, Known, rule_texts as texts};
use crate::report::addresses::Whereabouts;
use crate::report::source_list::{ReadAddresses, address_texts};
use crate::report::{AwsRanges, Finding};

/// All findings about sets of sessions, and what they add to the severity of rows.
pub(super) fn judge<'a>(
    facts: &Facts<'a>,
    all: &mut [Known<'a>],
    aws: Option<&AwsRanges>,
    read: &mut ReadAddresses<'a>,
) -> Vec<Finding> {
    let (state, lineage) = (facts.state, facts.lineage);
    let mut found = Vec::new();
    {
        let all: &[Known<'a>] = all;
        let workloads = workloads::workloads(all, read);
        for (workload, signs) in workloads::signs(state, all, &workloads, (aws, read)) {
            found.push(elsewhere(all, workload, &signs, aws));
        }
        found.extend(super::endpoints::findings(state, &lineage.recipients, all, &workloads));
        found.extend(super::foreign::findings(facts, all));
        found.extend(super::subjects::findings(all));
        found.extend(super::delegation::findings(all));
        found.extend(super::people::findings(state, &facts.offices, all));
    }
    mark(all, found)
}

/// The findings, each of which makes the rows of its sessions no milder than it is.
pub(super) fn mark(all: &mut [Known<'_>], found: Vec<About>) -> Vec<Finding> {
    for about in &found {
        for &member in &about.members {
            all[member].of_set = all[member].of_set.max(about.finding.severity);
        }
    }
    found.into_iter().map(|about| about.finding).collect()
}

fn elsewhere(all: &[Known<'_>], workload: &Workload<'_>, signs: &[Sign], aws: Option<&AwsRanges>) -> About {
    let worst = &signs[0];
    let known = &all[workload.members[0]];
    let what = format!("{} {} ({})", what(known), name_of(known, workload), short(known.principal()));
    let addresses: Vec<_> = signs.iter().flat_map(|sign| sign.addresses.iter().copied()).collect();
    let listed = some(&address_texts(&addresses));
    let beside: BTreeSet<&String> = signs.iter().flat_map(|sign| &sign.beside).collect();
    let (users, work) = users(&beside);
    let mut summary = match worst {
        Sign { is_only_place: true, .. } => {
            format!("credentials of {what} were only used from {listed}, where {users} {work} with other credentials")
        }
        Sign { other_programs: true, .. } => {
            format!(
                "credentials of {what} were used from {listed} by a program that is not seen at its other addresses"
            )
        }
        _ => format!("credentials of {what} were used from {listed} besides the addresses where it is at home"),
    };
    if !beside.is_empty() && !worst.is_only_place {
        summary += &format!("; {users} {work} there with other credentials");
    }
    if let Some(sentence) = aws.and_then(|aws| Whereabouts::of(&addresses, aws).sentence()) {
        summary += &format!("; {sentence}");
    }
    let rule = if worst.is_only_place { &texts::WORKLOAD_BESIDE } else { &texts::WORKLOAD_ELSEWHERE };
    let places: BTreeMap<String, i64> =
        workload.places.iter().map(|(at, place)| (place_name(*at), i64::from(place.usage.events))).collect();
    Told {
        rule,
        severity: worst.severity,
        account_id: workload.account_id,
        subject: workload.id.to_owned(),
        summary,
        evidence: vec![
            ("workload", json!(workload.id)),
            ("kind", json!(known.kind.as_str())),
            ("elsewhere", json!(address_texts(&addresses))),
            ("other_program", json!(worst.other_programs)),
            ("beside", json!(beside)),
            ("events_by_network", json!(places)),
        ],
    }
    .about(all, &used_at(all, &workload.members, &addresses))
}

/// What people call a workload: of a pod its namespace and service account.
fn name_of<'a>(known: &Known<'a>, workload: &Workload<'a>) -> &'a str {
    let name = known.name;
    match workload.id.split_once(":system:serviceaccount:") {
        Some((_, account)) => account,
        None if workload.id.contains(name) => name,
        None => workload.id.rsplit([':', '/']).next().unwrap_or_default(),
    }
}

/// Those of the sessions that were used at one of these addresses.
fn used_at(all: &[Known<'_>], members: &[usize], addresses: &[IpAddr]) -> Vec<usize> {
    let addresses: AHashSet<&IpAddr> = addresses.iter().collect();
    let is_there = |member: &usize| all[*member].addresses.iter().any(|ip| addresses.contains(ip));
    members.iter().copied().filter(is_there).collect()
}

/// The principals, users before roles, and their verb.
fn users(beside: &BTreeSet<&String>) -> (String, &'static str) {
    let mut names: Vec<String> = beside.iter().map(|name| short(name).to_owned()).collect();
    names.sort_by_key(|name| name.starts_with("role/"));
    (some(&names), if names.len() == 1 { "works" } else { "work" })
}

fn place_name(at: Where) -> String {
    match at {
        Where::Inside => "private or VPC endpoint".to_owned(),
        Where::Public(network) => network.to_string(),
    }
}

fn what(known: &Known<'_>) -> &'static str {
    match known.kind.as_str() {
        "ec2" => "instance",
        "lambda" => "function",
        "web-identity" => "service account",
        _ => "workload",
    }
}
