//! Findings about resources that others were let into, and about code of others.

use std::collections::BTreeSet;

use super::super::beyond_rules as rules;
use super::super::change::Change;
use super::baseline::Baseline;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::{Act, Granted, OF_ANY_ACCOUNT};
use crate::model::{is_account_id, organization_of};
use crate::report::Severity;

/// Publishers of layers that very many functions have.
///
/// Source: CloudWatch user guide, "Lambda Insights extension versions"; Powertools for AWS Lambda, "Lambda Layer"; AWS Distro for
/// OpenTelemetry, "AWS Lambda"; Datadog, "Serverless Monitoring for AWS Lambda"; New Relic, "AWS Lambda layers".
const PUBLISHERS: [&str; 5] = ["017000801446", "451483290750", "464622532012", "580247275435", "901920570463"];

const DAY: i64 = 86_400;

pub(super) fn of(all: &[Change<'_>], baseline: &Baseline<'_>) -> Vec<Found> {
    let mut found = shared(all, baseline);
    found.extend(layers(all, baseline));
    found
}

/// A line for each caller and whom it let in, since it may share hundreds of snapshots.
fn shared(all: &[Change<'_>], baseline: &Baseline<'_>) -> Vec<Found> {
    let shares = |change: &Change<'_>| change.did(Act::Share) && change.granted != Granted::Nothing;
    let of_caller = |((account_id, actor, whom, service), rows): ((&str, &str, &str, &str), Vec<usize>)| {
        let judged = rows.iter().map(|&row| judged(&all[row], baseline));
        let (severity, because) = judged.max_by_key(|(severity, _)| *severity).unwrap_or((Severity::Info, ""));
        let what = listed(all, &rows, |change| change.target.to_owned());
        let taken = rows.iter().filter(|&&row| is_taken_back(all, &all[row])).count();
        let again = match taken {
            0 => "",
            some if some < rows.len() => ", partly taken back again",
            _ => ", taken back again",
        };
        let who = whom.split("; ").map(|who| if who == "*" { "everybody" } else { who }).collect::<Vec<_>>().join(", ");
        let by = if service.is_empty() { actor } else { service };
        Draft::new(&rules::RESOURCE_SHARED, account_id, by)
            .summary(format!("{by} let {who} into {what}{again}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, shares, |change| (change.account_id, change.actor, change.policy, change.invoked_by))
        .into_iter()
        .map(of_caller)
        .collect()
}

fn judged(change: &Change<'_>, baseline: &Baseline<'_>) -> (Severity, &'static str) {
    let kind = change.target.split('/').next().unwrap_or_default();
    let is_url = kind == "function-url" || change.event.name().ends_with("FunctionUrlConfig");
    let whom = || change.policy.split("; ").filter(|who| *who != "*");
    let is_own = |who| baseline.owns(who) || baseline.is_in(change.account_id, who);
    match change.granted {
        Granted::TrustAnyone if matches!(kind, "snapshot" | "kms-key" | "secret") => {
            (Severity::High, "anybody with an AWS account may copy or use it")
        }
        Granted::TrustAnyone if is_url => {
            (Severity::Low, "anybody on the internet may call the function, as many public services are meant to be")
        }
        Granted::TrustAnyone if matches!(kind, "domain" | "file-system") => {
            (Severity::Low, "anybody may come to it who reaches its network, which most keep to themselves")
        }
        Granted::TrustAnyone => {
            (Severity::Medium, "anybody may come to it; public sites and images are meant to be so")
        }
        _ if whom().all(|account| baseline.owns(account)) => (Severity::Info, "the other accounts were read here, too"),
        _ if whom().all(is_own) => (
            Severity::Info,
            "the account's own organization may come to it, under whose id CloudTrail delivers its logs",
        ),
        _ if change.is_provisioning() => {
            (Severity::Low, "a service of AWS did it by itself, for an account that whoever set it up chose")
        }
        Granted::TrustOutside if matches!(kind, "snapshot" | "image" | "kms-key" | "secret") => {
            (Severity::Medium, "an account that was not read may copy or use it")
        }
        Granted::TrustConditional if whom().any(|who| organization_of(who).is_some()) => {
            (Severity::Low, "a whole organization may come to it; that it is your own the logs do not show")
        }
        Granted::TrustConditional if whom().any(|who| who.ends_with(OF_ANY_ACCOUNT)) => (
            Severity::Low,
            "no source is named: whoever makes something of that service in an account of his own has it run",
        ),
        Granted::TrustConditional if !whom().any(is_account_id) => {
            (Severity::Low, "everybody in a network may come to it; whose network it is the record does not say")
        }
        _ => (Severity::Low, "an account that was not read may come to it; partners and vendors do, too"),
    }
}

/// Whether whoever was let in was taken out of the same list later.
fn is_taken_back(all: &[Change<'_>], given: &Change<'_>) -> bool {
    all.iter().any(|change| {
        change.did(Act::Share)
            && change.granted == Granted::Nothing
            && (change.event, change.target()) == (given.event, given.target())
            && change.span.last() >= given.span.last()
            && given.policy.split("; ").all(|who| change.policy.split("; ").any(|taken| taken == who))
    })
}

fn layers(all: &[Change<'_>], baseline: &Baseline<'_>) -> Vec<Found> {
    let of_caller = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let owners: BTreeSet<&str> = rows
            .iter()
            .flat_map(|&row| all[row].policy.split("; "))
            .filter_map(|layer| layer.split(':').next())
            .collect();
        let is_known = owners.iter().all(|owner| baseline.owns(owner) || PUBLISHERS.contains(owner));
        let (severity, because) = if is_known {
            (Severity::Info, "accounts that were read here, too, or publishers that many use")
        } else if lasts(all, &rows, DAY) {
            (Severity::Info, "the caller has done so for more than a day, as a pipeline does")
        } else {
            (Severity::Low, "the code of the layer has all rights of the function")
        };
        let (layers, functions) = (
            listed(all, &rows, |change| change.policy.to_owned()),
            listed(all, &rows, |change| change.target.to_owned()),
        );
        Draft::new(&rules::LAYER_ADDED, account_id, actor)
            .summary(format!("{actor} gave {functions} layers of other accounts: {layers}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| change.did(Act::AddLayer), |change| (change.account_id, change.actor))
        .into_iter()
        .map(of_caller)
        .collect()
}

/// Whether these changes are spread over more than so many seconds.
pub(super) fn lasts(all: &[Change<'_>], rows: &[usize], seconds: i64) -> bool {
    let first = rows.iter().filter_map(|&row| all[row].span.first()).min();
    let last = rows.iter().filter_map(|&row| all[row].span.last()).max();
    first.zip(last).is_some_and(|(first, last)| first.plus_seconds(seconds) < last)
}
