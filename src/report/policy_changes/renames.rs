//! Users and groups by one name, whatever they were called in between, and permission sets by one account.

use std::collections::BTreeMap;

use super::change::{Change, Target};
use crate::aggregate::iam_changes::{Act, TargetKind};

/// Names that stand for one user or group. Known miss: a name that is given to another one afterwards stands for both.
#[derive(Debug, Default)]
pub(super) struct Renames<'a>(BTreeMap<Target<'a>, Target<'a>>);

impl<'a> Renames<'a> {
    pub(super) fn of(all: &[Change<'a>]) -> Self {
        let mut found = Self::default();
        for change in all.iter().filter(|change| change.did(Act::Rename)) {
            let (account_id, kind, name) = change.target();
            if name.is_empty() || change.policy.is_empty() {
                continue;
            }
            let (old, new) = (found.first((account_id, kind, name)), found.first((account_id, kind, change.policy)));
            // The lesser stands for both, so no two stand for each other.
            if old != new {
                found.0.insert(old.max(new), old.min(new));
            }
        }
        found
    }

    /// The one name of what was renamed; else its own.
    ///
    /// A permission set is one and the same for the management account and for the account that administers Identity Center
    /// for it, so its id alone tells which it is.
    ///
    /// Source: IAM Identity Center user guide, "Delegated administration".
    pub(super) fn known_as<'t>(&self, target: Target<'t>) -> Target<'t>
    where
        'a: 't,
    {
        match target {
            (_, TargetKind::PermissionSet, name) if !name.is_empty() => ("", TargetKind::PermissionSet, name),
            other => self.first(other),
        }
    }

    fn first<'t>(&self, mut target: Target<'t>) -> Target<'t>
    where
        'a: 't,
    {
        while let Some(lesser) = self.0.get(&target) {
            target = *lesser;
        }
        target
    }
}
