//! Who is administrator, or can become one by the policies that they hold. A line for the account, AWS's policies included.

use serde_json::{Value as Json, json};

use super::documents::is_kept_by_aws;
use super::violation::some_of;
use super::{ADMINISTRATORS, Look, Rule, SubjectKind, Violation};
use crate::model::quantity;
use crate::posture::{Authorization, Dated, Role};
use crate::report::Severity;

/// One who is administrator: as a sentence names it, and as evidence.
struct Holder {
    name: String,
    evidence: Json,
    /// A role that Identity Center makes for its permission sets.
    is_kept_by_aws: bool,
}

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Option<Violation<'a>> {
    let holders = holders(&part.value);
    if holders.is_empty() {
        return None;
    }
    let severity = if holders.iter().all(|holder| holder.is_kept_by_aws) { Severity::Info } else { Severity::Low };
    let names: Vec<String> = holders.iter().map(|holder| holder.name.clone()).collect();
    let (count, verb) = (quantity(names.len() as u64, "holder"), if names.len() == 1 { "is" } else { "are" });
    let detail =
        format!("{count} of administrator rights, or of what leads to them, {verb} known: {}", some_of(&names));
    let rule = Rule { severity, ..ADMINISTRATORS };
    let found = look.breaks(rule, (look.account_id, SubjectKind::Account), detail, &part.source);
    Some(found.with("administrators", holders.into_iter().map(|holder| holder.evidence).collect::<Json>()))
}

/// Users by their own policies, groups, roles but service-linked ones; each in order of names.
fn holders(details: &Authorization) -> Vec<Holder> {
    let users = details.users.iter().flatten().filter_map(|(name, user)| {
        let grant = details.user_grant(user);
        grant.is_admin_equivalent().then(|| Holder {
            name: format!("user/{name}"),
            evidence: json!({ "arn": user.arn, "grant": grant.as_str() }),
            is_kept_by_aws: false,
        })
    });
    let groups = details.groups.iter().flatten().filter_map(|(name, group)| {
        let (grant, members) = (details.group_grant(group), details.members(name));
        grant.is_admin_equivalent().then(|| Holder {
            name: format!("group/{name} ({})", quantity(members.len() as u64, "member")),
            evidence: json!({ "arn": group.arn, "grant": grant.as_str(), "members": members }),
            is_kept_by_aws: false,
        })
    });
    let roles = details.roles.iter().flatten().filter(|(_, role)| !role.path.starts_with("/aws-service-role/"));
    let roles = roles.filter_map(|(name, role)| {
        let grant = details.role_grant(role);
        grant.is_admin_equivalent().then(|| Holder {
            name: format!("role/{name}"),
            evidence: json!({ "arn": role.arn, "grant": grant.as_str(), "trusts": trusted(role) }),
            is_kept_by_aws: is_kept_by_aws(role),
        })
    });
    users.chain(groups).chain(roles).collect()
}

/// Whom a role's trust policy names, as written.
pub(in crate::report) fn trusted(role: &Role) -> Vec<&str> {
    let statements = role.trust.iter().flat_map(|trust| trust.statements());
    let principals =
        statements.filter(|statement| statement.is_allow()).filter_map(|statement| statement.principals.as_ref());
    let mut named: Vec<&str> =
        principals.flat_map(|principals| principals.by_kind.values().flatten()).map(String::as_str).collect();
    named.sort_unstable();
    named.dedup();
    named
}
