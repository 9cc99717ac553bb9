//! Versions of customer-managed policies in the order of time: which document is in force when a policy is attached, and
//! who holds a policy when another document comes into force.
//!
//! Where the logs do not show the document, IAM's own state does if it has not changed since.
//!
//! Known misses: what was in force, and who held the policy, before the first log. Where times are missing the order is
//! that of the whole range.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Target};
use super::stays::{Stay, Stays};
use crate::aggregate::iam_changes::{Act, DORMANT, Granted};
use crate::model::{Arn, EventTime, Grant, PolicyClass};
use crate::posture::Posture;

/// A policy: its account and its name, which is unique there whatever its path.
type Policy<'a> = (&'a str, &'a str);

/// Gives every change of a customer-managed policy the grant of the document that it puts into force or attaches.
pub(super) fn judge(all: &mut [Change<'_>], posture: Option<&Posture>) {
    let mut written: BTreeMap<(Policy<'_>, &str), Grant> = BTreeMap::new();
    for change in all.iter().filter(|change| change.did(Act::WritePolicy)) {
        let version = change.version.strip_suffix(DORMANT).unwrap_or(change.version);
        if let Some(grant) = change.grant() {
            let known = written.entry((policy_of(change), version)).or_insert(grant);
            *known = grant.max(*known);
        }
    }
    for change in all.iter_mut().filter(|change| change.did(Act::SetDefaultVersion)) {
        let grant = written.get(&(policy_of(change), change.version)).copied();
        if let Some(grant) = grant.or_else(|| by_state(change, posture?)) {
            change.granted = Granted::Policy(grant);
        }
    }
    let mut timeline: BTreeMap<Policy<'_>, BTreeSet<(Option<EventTime>, Grant)>> = BTreeMap::new();
    for change in all.iter().filter(|change| change.puts_into_force()) {
        let grant = change.grant().unwrap_or(Grant::NotJudged);
        let times = [change.span.first(), change.span.last()];
        timeline.entry(policy_of(change)).or_default().extend(times.map(|time| (time, grant)));
    }
    for change in all.iter_mut().filter(|change| is_open(change)) {
        let before = (change.span.last(), Grant::Admin);
        let in_force = timeline.get(&policy_of(change)).and_then(|times| times.range(..=before).next_back());
        if let Some(grant) = in_force.map(|(_, grant)| *grant).or_else(|| by_state(change, posture?)) {
            change.granted = Granted::Policy(grant);
        }
    }
}

/// What IAM's own state says that a policy grants, where its document has not changed since the call: no version was made
/// since, and a version that the call put into force still is.
///
/// Source: IAM API reference, Policy: `UpdateDate` is when the most recent version was created.
fn by_state(change: &Change<'_>, posture: &Posture) -> Option<Grant> {
    let details = posture.accounts.get(change.account_id)?.authorization.as_ref()?;
    let policy = details.value.policies.as_ref()?.get(change.policy)?;
    let is_in_force = !change.did(Act::SetDefaultVersion) || policy.version == change.version;
    let is_same = is_in_force && policy.updated? <= change.span.last()?;
    is_same.then(|| Grant::of(&policy.document))
}

/// Whether it names a customer-managed policy and does not say what that grants.
fn is_open(change: &Change<'_>) -> bool {
    change.policy_class == PolicyClass::CustomerManaged
        && change.grant() == Some(Grant::NotJudged)
        && !matches!(change.act(), Act::WritePolicy | Act::SetDefaultVersion)
}

fn policy_of<'a>(change: &Change<'a>) -> Policy<'a> {
    (change.account_id, Arn::parse(change.policy).map_or(change.policy, |arn| arn.name()))
}

/// Who holds a policy when a document of it comes into force.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Holders {
    /// Nobody: it was made in these logs and attached to nobody by then.
    Nobody,
    /// Nobody that these logs show; it was made before them.
    Unknown,
    /// Somebody.
    Known,
}

/// Who was given which customer-managed policy, and from when to when.
#[derive(Debug, Default)]
pub(super) struct Holdings<'a> {
    given: BTreeMap<Policy<'a>, Vec<(Stay, Target<'a>)>>,
    held: BTreeMap<Policy<'a>, Stays>,
    made: BTreeSet<Policy<'a>>,
}

impl<'a> Holdings<'a> {
    pub(super) fn of(all: &[Change<'a>]) -> Self {
        let mut found = Self::default();
        for change in all.iter().filter(|change| change.policy_class == PolicyClass::CustomerManaged) {
            if change.did(Act::Attach) {
                let stay = (change.span.first(), change.removed);
                found.given.entry(policy_of(change)).or_default().push((stay, change.target()));
            } else if change.did(Act::WritePolicy) && change.event.name() == "CreatePolicy" {
                found.made.insert(policy_of(change));
            }
        }
        let stays = |given: &[(Stay, Target<'a>)]| given.iter().map(|(stay, _)| *stay).collect();
        found.held = found.given.iter().map(|(policy, given)| (*policy, stays(given))).collect();
        found
    }

    /// Who holds the policy that `change` puts into force, by then.
    pub(super) fn holders(&self, change: &Change<'a>) -> Holders {
        let policy = policy_of(change);
        if self.held.get(&policy).is_some_and(|held| held.hold_at(change.span.last())) {
            return Holders::Known;
        }
        let is_new = change.event.name() == "CreatePolicy" || self.made.contains(&policy);
        if is_new { Holders::Nobody } else { Holders::Unknown }
    }

    /// Everybody who holds the policy that `change` puts into force, by then.
    pub(super) fn holders_at(&self, change: &Change<'a>) -> BTreeSet<Target<'a>> {
        let time = change.span.last();
        let given = self.given.get(&policy_of(change)).into_iter().flatten();
        let held = given.filter(|((from, to), _)| *from <= time && to.is_none_or(|to| Some(to) > time));
        held.map(|(_, target)| *target).collect()
    }

    /// Everybody who holds what one of these changes puts into force, by then.
    pub(super) fn all_holders(&self, changes: impl Iterator<Item = &'a Change<'a>>) -> BTreeSet<Target<'a>> {
        let mut times: BTreeMap<Policy<'a>, BTreeSet<Option<EventTime>>> = BTreeMap::new();
        for change in changes {
            times.entry(policy_of(change)).or_default().insert(change.span.last());
        }
        let mut holders = BTreeSet::new();
        for (policy, times) in times {
            for ((from, to), target) in self.given.get(&policy).into_iter().flatten() {
                let first = times.range(from..).next();
                if first.is_some_and(|first| to.is_none_or(|to| Some(to) > *first)) {
                    holders.insert(*target);
                }
            }
        }
        holders
    }
}
