//! Policies on users instead of groups.

use std::collections::BTreeSet;

use super::violation::some_of;
use super::{
    Look, QUARANTINED, SubjectKind, USER_IN_NO_GROUP, USER_INLINE_POLICY, USER_MANAGED_POLICY, USER_POLICY_DUPLICATE,
    Violation,
};
use crate::model::{Policy, PolicyClass, is_quarantine, quantity};
use crate::posture::{AttachedPolicy, Authorization, Dated, User};

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Vec<Violation<'a>> {
    let users = part.value.users.iter().flatten();
    users
        .flat_map(|(name, user)| {
            [
                quarantined(look, part, (name, user)),
                managed(look, part, (name, user)),
                inline(look, part, (name, user)),
                duplicate(look, part, (name, user)),
                no_group(look, part, (name, user)),
            ]
        })
        .flatten()
        .collect()
}

/// A user and the name.
type Named<'a> = (&'a String, &'a User);

fn subject(user: &User) -> (&str, SubjectKind) {
    (&user.arn, SubjectKind::User)
}

fn names<'a>(policies: impl Iterator<Item = &'a AttachedPolicy>) -> (Vec<String>, Vec<&'a str>) {
    policies.map(|policy| (policy.name.clone(), policy.arn.as_str())).unzip()
}

fn quarantined<'a>(look: Look<'a>, part: &'a Dated<Authorization>, (name, user): Named<'a>) -> Option<Violation<'a>> {
    let attached = user.attached.iter().filter(|policy| is_quarantine(&policy.arn, PolicyClass::AwsManaged));
    let managed = attached.filter(|policy| PolicyClass::of_arn(&policy.arn) == PolicyClass::AwsManaged);
    // Somebody may write AWS's name over a policy that allows.
    let inline = user.inline.iter().filter(|policy| {
        is_quarantine(&policy.name, PolicyClass::Inline) && policy.document.as_ref().map_or(true, Policy::only_denies)
    });
    let policies: Vec<String> =
        managed.map(|policy| &policy.name).chain(inline.map(|policy| &policy.name)).cloned().collect();
    if policies.is_empty() {
        return None;
    }
    let detail =
        format!("AWS says that a key of {name} is public: the user is under quarantine ({})", some_of(&policies));
    Some(look.breaks(QUARANTINED, subject(user), detail, &part.source).with("policy_names", policies))
}

fn managed<'a>(look: Look<'a>, part: &'a Dated<Authorization>, (name, user): Named<'a>) -> Option<Violation<'a>> {
    let (policies, arns) = names(user.attached.iter().filter(|policy| !part.value.only_denies(policy)));
    if policies.is_empty() {
        return None;
    }
    let count = quantity(policies.len() as u64, "attached policy");
    let count = count.replace("policys", "policies");
    let detail = format!("{name} has {count}: {}", some_of(&policies));
    Some(look.breaks(USER_MANAGED_POLICY, subject(user), detail, &part.source).with("policy_arns", arns))
}

fn inline<'a>(look: Look<'a>, part: &'a Dated<Authorization>, (name, user): Named<'a>) -> Option<Violation<'a>> {
    let gives = user.inline.iter().filter(|policy| !policy.document.as_ref().is_ok_and(Policy::only_denies));
    let policies: Vec<String> = gives.map(|policy| policy.name.clone()).collect();
    if policies.is_empty() {
        return None;
    }
    let count =
        if policies.len() == 1 { "an inline policy".to_owned() } else { format!("{} inline policies", policies.len()) };
    let detail = format!("{name} has {count}: {}", some_of(&policies));
    Some(look.breaks(USER_INLINE_POLICY, subject(user), detail, &part.source).with("policy_names", policies))
}

fn duplicate<'a>(look: Look<'a>, part: &'a Dated<Authorization>, (name, user): Named<'a>) -> Option<Violation<'a>> {
    let groups = part.value.groups.as_ref()?;
    let through: BTreeSet<&str> = user
        .groups
        .iter()
        .filter_map(|group| groups.get(group))
        .flat_map(|group| group.attached.iter().map(|policy| policy.arn.as_str()))
        .collect();
    let (policies, arns) = names(
        user.attached.iter().filter(|policy| through.contains(policy.arn.as_str()) && !part.value.only_denies(policy)),
    );
    if policies.is_empty() {
        return None;
    }
    let detail = format!("{name} has {} through a group as well", some_of(&policies));
    Some(look.breaks(USER_POLICY_DUPLICATE, subject(user), detail, &part.source).with("policy_arns", arns))
}

fn no_group<'a>(look: Look<'a>, part: &'a Dated<Authorization>, (name, user): Named<'a>) -> Option<Violation<'a>> {
    let found = || look.breaks(USER_IN_NO_GROUP, subject(user), format!("{name} is in no group"), &part.source);
    user.groups.is_empty().then(|| look.since(found(), user.created))
}
