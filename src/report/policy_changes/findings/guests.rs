//! Roles that a trust policy gives to guests of identity pools of Cognito: to anybody on the internet, as apps without sign-in
//! mean it.

use super::super::change::Change;
use crate::aggregate::iam_changes::{Act, GUESTS_OF};
use crate::model::{Arn, Grant};
use crate::report::Severity;

/// How much it matters that a trust policy lets in guests of identity pools, where it lets in nobody else from outside (`whom`).
/// A thief may let in those of a pool of his own: so it counts whose the pool is, by who gave it its roles, and what the role
/// was given.
pub(super) fn judged(
    all: &[Change<'_>],
    change: &Change<'_>,
    (whom, is_admin): (&[&str], bool),
) -> Option<(Severity, &'static str)> {
    let pools: Option<Vec<&str>> = whom.iter().map(|whom| whom.strip_prefix(GUESTS_OF)).collect();
    let pools: Vec<&str> = pools?.into_iter().flat_map(|pools| pools.split(" and ")).collect();
    // SetIdentityPoolRoles names the role by its ARN.
    let is_this_role = |arn: &str| {
        Arn::parse(arn).is_some_and(|arn| arn.account_id == change.account_id && arn.name() == change.target)
    };
    let gave_role = |pool: &str| {
        let of_pool = |other: &&Change<'_>| other.target.strip_prefix("identity-pool/") == Some(pool);
        all.iter().filter(|other| other.did(Act::HandRole)).filter(of_pool).any(|other| is_this_role(other.policy))
    };
    let is_wide = || {
        let given = all.iter().filter(|other| other.gave_policy() && other.target() == change.target());
        given.filter_map(Change::grant).any(|grant| grant >= Grant::NotJudged)
    };
    Some(match () {
        () if pools.is_empty() => return None,
        () if is_admin => (
            Severity::High,
            "anybody on the internet may have it as a guest of an identity pool, and it is administrator",
        ),
        () if is_wide() => (
            Severity::Medium,
            "anybody on the internet may have it as a guest of an identity pool, and it was given all of a service, or a policy that was not read",
        ),
        () if pools.iter().all(|pool| gave_role(pool)) => (
            Severity::Low,
            "anybody on the internet may have it as a guest of an identity pool of the account, as apps without sign-in mean it",
        ),
        () => (
            Severity::Medium,
            "anybody on the internet may have it as a guest of an identity pool; that the pool is the account's these logs do not show",
        ),
    })
}
