//! Who stands behind a door to rights that others may be given: in a group, named by the trust policy of a role.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::{Change, Target};
use super::super::power::Administrators;
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::{Arn, EventTime};

/// Who stood behind a door before it was given rights: members of groups, users and roles that trust policies name, as far as
/// these logs show. Who comes later has a finding of its own.
pub(super) struct Doors<'c, 'a> {
    administrators: &'c Administrators<'a>,
    opened: BTreeMap<Target<'a>, Vec<&'c Change<'a>>>,
}

impl<'c, 'a> Doors<'c, 'a> {
    pub(super) fn of(all: &'c [Change<'a>], administrators: &'c Administrators<'a>) -> Self {
        let mut found: BTreeMap<Target<'a>, Vec<&'c Change<'a>>> = BTreeMap::new();
        for change in all.iter().filter(|change| change.succeeded()) {
            let door = match change.act() {
                Act::Join => (change.account_id, TargetKind::Group, change.policy),
                Act::CreateRole | Act::UpdateTrust => change.target(),
                _ => continue,
            };
            found.entry(administrators.known_as(door)).or_default().push(change);
        }
        Self { administrators, opened: found }
    }

    /// Members of a group that had joined by then and have not left; whom the trust policy named that a role had by then.
    pub(super) fn behind(&self, door: Target<'_>, time: Option<EventTime>) -> BTreeSet<String> {
        let before = self
            .opened
            .get(&self.administrators.known_as(door))
            .into_iter()
            .flatten()
            .filter(|change| change.span.first() <= time);
        if door.1 == TargetKind::Group {
            return before.filter(|change| change.removed.is_none()).map(|change| change.target_name()).collect();
        }
        let trusts = before.max_by_key(|change| change.span.last().min(time));
        let named = trusts.into_iter().flat_map(|change| insiders(change));
        named.filter_map(|arn| Arn::parse(arn).map(|arn| arn.resource.to_owned())).collect()
    }
}

/// The users and roles of the account itself that a trust policy names.
pub(super) fn insiders<'a>(change: &Change<'a>) -> Vec<&'a str> {
    let own = |text: &&str| {
        let arn = text.split(" if ").next().and_then(Arn::parse);
        arn.is_some_and(|arn| {
            arn.account_id == change.account_id
                && ["user/", "role/", "assumed-role/"].iter().any(|kind| arn.resource.starts_with(kind))
        })
    };
    change.policy.split("; ").filter(own).collect()
}
