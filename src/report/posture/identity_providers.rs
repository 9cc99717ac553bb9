//! Identity providers that no role trusts.

use std::collections::BTreeSet;

use super::violation::some_of;
use super::{Look, PROVIDER_UNTRUSTED, SubjectKind, Violation};
use crate::model::{Arn, Trusted, grouped};
use crate::posture::{Authorization, Dated, IdentityProvider};

/// More providers than that share a line.
const MOST: usize = 3;

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Vec<IdentityProvider>>) -> Vec<Violation<'a>> {
    let details = look.authorization().filter(|details| details.source.whole);
    let Some(trusted) = details.and_then(|details| trusted(&details.value)) else { return Vec::new() };
    let is_own = |one: &IdentityProvider| Arn::parse(&one.arn).is_none_or(|arn| arn.account_id == look.account_id);
    let is_trusted = |one: &IdentityProvider| trusted.iter().any(|trusted| trusted.may_be_of(&one.arn));
    let free = part.value.iter().filter(|one| is_own(one) && !is_trusted(one) && !is_kept_by_identity_center(&one.arn));
    let free: Vec<&IdentityProvider> = free.collect();
    if free.len() > MOST {
        let names: Vec<String> = free.iter().map(|one| name_of(&one.arn).to_owned()).collect();
        let number = grouped(i64::try_from(free.len()).unwrap_or(i64::MAX));
        let detail = format!("{number} identity providers are trusted by no role: {}", some_of(&names));
        let arns: Vec<&str> = free.iter().map(|one| one.arn.as_str()).collect();
        let subject = (look.account_id, SubjectKind::Account);
        return vec![look.breaks(PROVIDER_UNTRUSTED, subject, detail, &part.source).with("providers", arns)];
    }
    let of_one = |one: &'a IdentityProvider| {
        let detail = format!("no role trusts the identity provider {}", name_of(&one.arn));
        let subject = (one.arn.as_str(), SubjectKind::IdentityProvider);
        look.since(look.breaks(PROVIDER_UNTRUSTED, subject, detail, &part.source), one.created)
    };
    free.into_iter().map(of_one).collect()
}

/// Whom the trust policies of an account let in; `None` where not all of them are known.
fn trusted(details: &Authorization) -> Option<BTreeSet<Trusted>> {
    let mut all = BTreeSet::new();
    for role in details.roles.as_ref()?.values() {
        all.extend(role.trust.as_ref().ok()?.trusted());
    }
    Some(all)
}

/// Whether Identity Center made it, for roles that come and go with its assignments.
///
/// Source: IAM Identity Center user guide, "Referencing permission sets in resource policies": AWSSSO_…_DO_NOT_DELETE.
fn is_kept_by_identity_center(arn: &str) -> bool {
    let name = name_of(arn);
    name.starts_with("AWSSSO_") && name.ends_with("_DO_NOT_DELETE")
}

/// What stands behind the kind: a host and path, or a name.
fn name_of(arn: &str) -> &str {
    Arn::parse(arn).and_then(|arn| arn.resource.split_once('/')).map_or(arn, |(_, name)| name)
}
