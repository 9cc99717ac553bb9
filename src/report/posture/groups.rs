//! Groups: the one that all should be in, those of a category, empty ones, and what the common one lets its members do.

use std::collections::{BTreeMap, BTreeSet};

use super::violation::some_of;
use super::{
    CATEGORY_GROUP, COMMON_GROUP, COMMON_GROUP_ON_OTHERS, COMMON_SHARE, GROUP_INLINE_POLICY, GROUP_WITHOUT_MEMBERS,
    Look, NOT_IN_CATEGORY_GROUP, NOT_IN_COMMON_GROUP, SubjectKind, Violation,
};
use crate::model::{Arn, Policy, Statement, pattern_matches as matches};
use crate::posture::{Authorization, Dated, Group, Posture};
use crate::report::Options;

/// With fewer users no group is clearly the common one.
const LEAST_USERS: usize = 3;

/// Actions by which a caller becomes the user that they are called for, in lower case. iam:ChangePassword acts on nobody
/// but the caller, and one's own virtual MFA devices have no user in their arn, so these are left out.
///
/// Source: Service Authorization Reference, "Actions, resources, and condition keys for AWS IAM".
const CREDENTIAL_ACTIONS: [&str; 8] = [
    "iam:createaccesskey",
    "iam:createloginprofile",
    "iam:deactivatemfadevice",
    "iam:deleteaccesskey",
    "iam:deleteloginprofile",
    "iam:enablemfadevice",
    "iam:updateaccesskey",
    "iam:updateloginprofile",
];

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Vec<Violation<'a>> {
    let mut found = not_in_category_group(look, part);
    if let Some(common) = common_group(look, &part.value) {
        found.extend(not_in_common_group(look, part, &common));
        found.extend(manages_others(look, part, &common));
    }
    for (name, group) in part.value.groups.iter().flatten() {
        found.extend(without_members(look, part, (name, group)));
        found.extend(inline(look, part, (name, group)));
    }
    found
}

/// The group that all users should be in, and why it is taken for that.
struct Common {
    name: String,
    why: String,
}

/// The named one; else the largest, where it is clear.
fn common_group(look: Look<'_>, details: &Authorization) -> Option<Common> {
    if let Some(name) = look.view.options.texts(&COMMON_GROUP).first() {
        return Some(Common { name: name.clone(), why: "named by --common-group".to_owned() });
    }
    let users = details.users.as_ref()?.len();
    let mut sizes: Vec<(usize, &String)> =
        details.groups.as_ref()?.keys().map(|name| (details.members(name).len(), name)).collect();
    sizes.sort();
    let (size, name) = sizes.pop()?;
    let is_alone = sizes.last().is_none_or(|(other, _)| *other < size);
    let share = i64::try_from(size * 100 / users.max(1)).ok()?;
    let is_clear = is_alone && users >= LEAST_USERS && share >= look.number(&COMMON_SHARE);
    is_clear.then(|| Common { name: name.clone(), why: format!("{size} of {users} users are in it") })
}

/// A sentence for each group that was named and that no account has whose groups are known.
pub(in crate::report) fn unknown_groups(posture: &Posture, options: &Options) -> Vec<String> {
    let details = posture.accounts.values().flat_map(|account| &account.authorization);
    let groups: Vec<&BTreeMap<String, Group>> = details.filter_map(|details| details.value.groups.as_ref()).collect();
    if groups.is_empty() {
        return Vec::new();
    }
    let known: BTreeSet<&String> = groups.iter().flat_map(|groups| groups.keys()).collect();
    let named = [COMMON_GROUP, CATEGORY_GROUP].into_iter();
    let named = named.flat_map(|option| options.texts(&option).iter().map(move |name| (option.name, name)));
    let unknown = named.filter(|(_, name)| !known.contains(name));
    unknown
        .map(|(flag, name)| {
            let near = known.iter().min_by_key(|group| (strsim::osa_distance(group, name), **group));
            let near = near.map(|near| format!("; the nearest is {near}")).unwrap_or_default();
            format!("--{flag} {name}: no account has a group of that name, so no user is in it{near}")
        })
        .collect()
}

fn not_in_common_group<'a>(look: Look<'a>, part: &'a Dated<Authorization>, common: &Common) -> Vec<Violation<'a>> {
    let outside = part.value.users.iter().flatten().filter(|(_, user)| !user.groups.contains(&common.name));
    outside
        .map(|(name, user)| {
            let detail = format!("{name} is not in the common group {} ({})", common.name, common.why);
            let subject = (user.arn.as_str(), SubjectKind::User);
            let found = look.breaks(NOT_IN_COMMON_GROUP, subject, detail, &part.source);
            found.with("common_group", common.name.as_str()).with("groups", user.groups.clone())
        })
        .collect()
}

fn not_in_category_group<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Vec<Violation<'a>> {
    let categories = look.view.options.texts(&CATEGORY_GROUP);
    if categories.is_empty() {
        return Vec::new();
    }
    let users = part.value.users.iter().flatten();
    let outside = users.filter(|(_, user)| !user.groups.iter().any(|group| categories.contains(group)));
    outside
        .map(|(name, user)| {
            let detail = format!("{name} is in none of the category groups {}", some_of(categories));
            let found =
                look.breaks(NOT_IN_CATEGORY_GROUP, (user.arn.as_str(), SubjectKind::User), detail, &part.source);
            found.with("category_groups", categories.to_vec()).with("groups", user.groups.clone())
        })
        .collect()
}

fn manages_others<'a>(look: Look<'a>, part: &'a Dated<Authorization>, common: &Common) -> Option<Violation<'a>> {
    let group = part.value.groups.as_ref()?.get(&common.name)?;
    let attached = group.attached.iter().filter_map(|attached| {
        let policy = part.value.policies.as_ref()?.get(&attached.arn)?;
        Some((policy.arn.clone(), policy.document.as_ref().ok()?))
    });
    let inline = group.inline.iter().filter_map(|policy| Some((policy.name.clone(), policy.document.as_ref().ok()?)));
    let mut policies = BTreeSet::new();
    let mut actions = BTreeSet::new();
    for (name, document) in attached.chain(inline) {
        let granted = granted_on_others(document);
        if !granted.is_empty() {
            policies.insert(name);
            actions.extend(granted);
        }
    }
    if actions.is_empty() {
        return None;
    }
    let (policies, actions): (Vec<String>, Vec<String>) =
        (policies.into_iter().collect(), actions.into_iter().collect());
    let detail = format!(
        "members of the common group {} ({}) may call {} on other users",
        common.name,
        common.why,
        some_of(&actions)
    );
    let subject = (group.arn.as_str(), SubjectKind::Group);
    let found = look.breaks(COMMON_GROUP_ON_OTHERS, subject, detail, &part.source);
    Some(found.with("policies", policies).with("actions", actions))
}

/// The actions of [`CREDENTIAL_ACTIONS`] that a document allows on users other than the caller, as written.
fn granted_on_others(document: &Policy) -> BTreeSet<String> {
    let open = document.statements().iter().filter(|statement| {
        statement.is_allow() && statement.condition.is_empty() && statement.resources.has(names_others)
    });
    open.flat_map(credential_actions).collect()
}

fn credential_actions(statement: &Statement) -> Vec<String> {
    let reaches =
        |written: &str| CREDENTIAL_ACTIONS.iter().any(|action| matches(&written.to_ascii_lowercase(), action));
    let only = statement.actions.has(|_| true);
    statement.actions.values().iter().filter(|written| only && reaches(written)).cloned().collect()
}

/// Whether a resource stands for users beside the caller: `*`, or a user's arn without `${aws:username}` that is more
/// than one name. A single name is somebody else too.
fn names_others(resource: &str) -> bool {
    match Arn::parse(resource) {
        Some(arn) => {
            arn.resource.starts_with("user/") && !arn.resource.contains("${aws:username}") || arn.resource == "*"
        }
        None => resource.bytes().all(|byte| byte == b'*') && !resource.is_empty(),
    }
}

fn without_members<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (name, group): (&'a String, &'a Group),
) -> Option<Violation<'a>> {
    let knows_users = part.source.whole && part.value.users.as_ref().is_some_and(|users| !users.is_empty());
    let is_empty = knows_users && part.value.members(name).is_empty();
    let found = || {
        let detail = format!("the group {name} has no members");
        look.breaks(GROUP_WITHOUT_MEMBERS, (group.arn.as_str(), SubjectKind::Group), detail, &part.source)
    };
    is_empty.then(|| look.since(found(), group.created))
}

fn inline<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (name, group): (&'a String, &'a Group),
) -> Option<Violation<'a>> {
    let policies: Vec<String> = group.inline.iter().map(|policy| policy.name.clone()).collect();
    let found = || {
        let detail = format!("the group {name} has inline policies: {}", some_of(&policies));
        let subject = (group.arn.as_str(), SubjectKind::Group);
        look.breaks(GROUP_INLINE_POLICY, subject, detail, &part.source).with("policy_names", policies.clone())
    };
    (!policies.is_empty()).then(found)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn granted(action: serde_json::Value, resource: serde_json::Value) -> Vec<String> {
        let statement = json!({ "Effect": "Allow", "Action": action, "Resource": resource });
        let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
        granted_on_others(&Policy::from_value(&document).unwrap()).into_iter().collect()
    }

    #[test]
    fn actions_on_others_and_on_oneself() {
        let own = json!(["arn:aws:iam::*:user/${aws:username}", "arn:aws:iam::*:mfa/*"]);
        let keys = json!(["iam:*AccessKey*", "iam:EnableMFADevice", "iam:ListUsers"]);
        assert_eq!(granted(keys.clone(), json!("*")), ["iam:*AccessKey*", "iam:EnableMFADevice"]);
        assert_eq!(granted(keys.clone(), json!("arn:aws:iam::111122223333:user/*")).len(), 2);
        assert_eq!(granted(keys.clone(), own), [""; 0]);
        assert_eq!(granted(json!("*"), json!("*")), ["*"]);
        assert_eq!(granted(json!(["iam:ListAccessKeys", "iam:ChangePassword"]), json!("*")), [""; 0]);
    }
}
