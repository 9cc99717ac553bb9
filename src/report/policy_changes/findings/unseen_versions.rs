//! Findings about versions of policies that came into force and that nobody saw.

use std::collections::BTreeSet;

use serde_json::json;

use super::super::access_rules;
use super::super::change::{Change, named};
use super::super::versions::Holdings;
use super::{Draft, Found, by, groups, listed};
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::Grant;
use crate::report::Severity;

/// Earlier versions that were put into force, of which neither these logs nor IAM's state show the document. A policy keeps up
/// to five versions, and one that was too wide long ago may still be among them.
pub(super) fn of(all: &[Change<'_>]) -> Vec<Found> {
    let is_unseen = |change: &Change<'_>| {
        change.did(Act::SetDefaultVersion) && change.grant() == Some(Grant::NotJudged) && !change.is_provisioning()
    };
    let holdings = Holdings::of(all);
    let of_policy = |((account_id, name), rows): ((&str, &str), Vec<usize>)| {
        let holders = holdings.all_holders(rows.iter().map(|&row| &all[row]));
        let is_own = rows.iter().any(|&row| holders.iter().any(|holder| all[row].is_by(*holder)));
        let versions = listed(all, &rows, |change| change.version.to_owned());
        let (severity, because) = if is_own {
            (Severity::Medium, "the caller has this policy itself, so it changed its own rights")
        } else {
            (Severity::Low, "what the version allows is not known: it may be less than before")
        };
        let holders: BTreeSet<String> = holders.into_iter().map(|(_, kind, name)| named(kind, name)).collect();
        Draft::new(&access_rules::VERSION_UNSEEN, account_id, named(TargetKind::Policy, name))
            .summary(format!(
                "version {versions} of the policy {name} was put into force {}; what it allows is not in these logs",
                by(all, &rows)
            ))
            .severity(severity, because)
            .found(all, rows)
            .with("held_by", json!(holders))
    };
    groups(all, is_unseen, |change| (change.account_id, change.target)).into_iter().map(of_policy).collect()
}
