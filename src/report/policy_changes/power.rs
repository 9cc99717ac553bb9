//! Groups and roles that are known to hold administrator rights, or what leads to them: by these logs, or by IAM's own
//! state where it was read.

use std::collections::{BTreeMap, BTreeSet};

use super::change::{Change, Target};
use super::renames::Renames;
use super::stays::{Stay, Stays};
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::{EventTime, Grant};
use crate::posture::{Account, Posture, Role};

/// Who is known to be administrator. Known misses: rights given before the logs where no state was read; a policy that
/// came to allow everything after it was attached.
#[derive(Default)]
pub(super) struct Administrators<'a> {
    renames: Renames<'a>,
    by_logs: BTreeMap<Target<'a>, Stays>,
    by_state: BTreeSet<Target<'a>>,
    /// The roles of instance profiles, by account and profile.
    profiles: BTreeMap<(&'a str, &'a str), BTreeSet<&'a str>>,
}

impl<'a> Administrators<'a> {
    pub(super) fn of(all: &[Change<'a>], posture: Option<&'a Posture>) -> Self {
        let renames = Renames::of(all);
        let mut by_logs: BTreeMap<Target<'a>, Vec<Stay>> = BTreeMap::new();
        for change in
            all.iter().filter(|change| change.gave_policy() && change.grant().is_some_and(Grant::is_admin_equivalent))
        {
            by_logs.entry(renames.known_as(change.target())).or_default().push((change.span.first(), change.removed));
        }
        let accounts = posture.iter().flat_map(|posture| &posture.accounts);
        let mut profiles: BTreeMap<(&str, &str), BTreeSet<&str>> = BTreeMap::new();
        let read = |(id, account): (&'a String, &'a Account)| held_by_profiles(id, account);
        let of_logs =
            all.iter().filter(|change| change.did(Act::HandRole) && change.event.name() == "AddRoleToInstanceProfile");
        let of_logs = of_logs.map(|change| ((change.account_id, change.target), change.policy));
        for (profile, role) in accounts.clone().flat_map(read).chain(of_logs) {
            profiles.entry(profile).or_default().insert(role);
        }
        Self {
            profiles,
            by_logs: by_logs.into_iter().map(|(target, held)| (target, held.into_iter().collect())).collect(),
            by_state: accounts
                .flat_map(|(id, account)| of_state(id, account))
                .map(|target| renames.known_as(target))
                .collect(),
            renames,
        }
    }

    /// Whether it is administrator at some time of the logs, or by state.
    pub(super) fn has(&self, target: Target<'_>) -> bool {
        let target = self.known_as(target);
        self.by_logs.contains_key(&target) || self.by_state.contains(&target)
    }

    /// Whether it was administrator at that moment, or is by state.
    pub(super) fn has_at(&self, target: Target<'_>, time: Option<EventTime>) -> bool {
        let target = self.known_as(target);
        self.by_logs.get(&target).is_some_and(|held| held.hold_at(time)) || self.by_state.contains(&target)
    }

    /// The role that a call has code run as, where it was administrator by then or is by state. An instance profile is its role
    /// as far as these logs or the state show which one that is: a role of the same name is a guess.
    pub(super) fn run_by(&self, change: &Change<'a>) -> Option<Target<'a>> {
        let held = || self.profiles.get(&(change.account_id, change.target)).into_iter().flatten().copied();
        let roles: Vec<&'a str> = match change.target_kind {
            TargetKind::InstanceProfile => held().collect(),
            TargetKind::Role => vec![change.target],
            _ => Vec::new(),
        };
        let is_admin = |role: &Target<'a>| self.has_at(*role, change.span.last());
        roles.into_iter().map(|role| (change.account_id, TargetKind::Role, role)).find(is_admin)
    }

    /// The one name of what has several.
    pub(super) fn known_as<'t>(&self, target: Target<'t>) -> Target<'t>
    where
        'a: 't,
    {
        self.renames.known_as(target)
    }
}

/// Instance profiles, each with the role that it holds.
fn held_by_profiles<'a>(account_id: &'a str, account: &'a Account) -> Vec<((&'a str, &'a str), &'a str)> {
    let roles = account.authorization.iter().flat_map(|part| part.value.roles.iter().flatten());
    let of_role = |(name, role): (&'a String, &'a Role)| {
        role.profiles.iter().map(|profile| ((account_id, profile.as_str()), name.as_str())).collect::<Vec<_>>()
    };
    roles.flat_map(of_role).collect()
}

fn of_state<'a>(account_id: &'a str, account: &'a Account) -> Vec<Target<'a>> {
    let Some(part) = &account.authorization else { return Vec::new() };
    let details = &part.value;
    let groups = details.groups.iter().flatten().filter(|(_, group)| details.group_grant(group).is_admin_equivalent());
    let roles = details.roles.iter().flatten().filter(|(_, role)| details.role_grant(role).is_admin_equivalent());
    let groups = groups.map(|(name, _)| (account_id, TargetKind::Group, name.as_str()));
    groups.chain(roles.map(|(name, _)| (account_id, TargetKind::Role, name.as_str()))).collect()
}
