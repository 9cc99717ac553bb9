//! How many policies of which class were given, per account.

use std::collections::{BTreeMap, BTreeSet};

use super::change::Change;
use crate::aggregate::iam_changes::TargetKind;
use crate::model::PolicyClass;

/// Policies that were seen given in one account: attached, or written into a user, group or role, and it worked;
/// none that only denies. Seen in
/// logs; what was taken away again is in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct PolicyFacts {
    /// Users that got a policy of their own.
    pub users_with_policies: BTreeSet<String>,
    /// Distinct pairs of AWS-managed policy and user, group or role.
    pub aws_managed: i64,
    /// Distinct pairs of customer-managed policy and user, group or role.
    pub customer_managed: i64,
    /// Distinct inline policies of users, groups and roles.
    pub inline: i64,
}

impl PolicyFacts {
    /// All policies that were given.
    pub fn given(&self) -> i64 {
        self.aws_managed + self.customer_managed + self.inline
    }
}

/// The facts of every account in which a policy was given.
pub(super) fn of(changes: &[Change<'_>]) -> BTreeMap<String, PolicyFacts> {
    let mut facts: BTreeMap<String, PolicyFacts> = BTreeMap::new();
    let mut seen = BTreeSet::new();
    for change in changes.iter().filter(|change| change.gave_rights()) {
        let known = facts.entry(change.account_id.to_owned()).or_default();
        if change.target_kind == TargetKind::User {
            known.users_with_policies.insert(change.target.to_owned());
        }
        if seen.insert((change.target(), change.policy_class, change.policy)) {
            match change.policy_class {
                PolicyClass::AwsManaged => known.aws_managed += 1,
                PolicyClass::CustomerManaged => known.customer_managed += 1,
                PolicyClass::Inline => known.inline += 1,
                PolicyClass::None => {}
            }
        }
    }
    facts
}
