//! What policy documents say: customer-managed ones, and those inside users, groups and roles. AWS's own are the yardstick
//! and are not judged.

use std::collections::BTreeMap;

use serde_json::json;

use super::violation::some_of;
use super::{
    ALL_ACTIONS, ALL_NARROWED, COPY_OF_AWS, ESCALATION, Look, NOT_ACTION, NOT_JUDGED, ROLE_INLINE_POLICY, Rule,
    SubjectKind, UNATTACHED, Violation, WHOLE_SERVICE, WRITE_EVERYWHERE,
};
use crate::model::{Grant, NormalPolicy, Policy, PolicyClass, PolicyError, Statement, quantity};
use crate::posture::{Authorization, Dated, InlinePolicy, ManagedPolicy, Role};
use crate::report::Severity;

/// A policy document and who has it.
struct Document<'a> {
    /// The arn; of an inline policy its owner's and its name.
    subject: String,
    name: &'a str,
    document: &'a Result<Policy, PolicyError>,
    /// Whether it is known to be attached to nobody.
    is_unattached: bool,
    /// How many have it as their permissions boundary, where it is known to be attached to nobody; else 0.
    only_boundary_of: i64,
}

pub(super) fn judge<'a>(look: Look<'a>, part: &'a Dated<Authorization>) -> Vec<Violation<'a>> {
    let told = |document: &Document<'a>| {
        let found = of_document(look, part, document).into_iter();
        found.map(|found| as_boundary(found, document.only_boundary_of)).collect::<Vec<_>>()
    };
    let mut found: Vec<Violation<'a>> = documents(&part.value).iter().flat_map(told).collect();
    let ours = || part.value.managed().filter(|policy| policy.class == PolicyClass::CustomerManaged);
    let of_aws = yardstick(&part.value);
    found.extend(ours().filter_map(|policy| copy_of_aws(look, part, (policy, &of_aws))));
    found.extend(ours().filter_map(|policy| unattached(look, part, policy)));
    found.extend(part.value.roles.iter().flatten().filter_map(|(name, role)| inline(look, part, (name, role))));
    found
}

/// Whether AWS keeps the role: service-linked ones, and those that Identity Center makes.
pub(super) fn is_kept_by_aws(role: &Role) -> bool {
    role.path.starts_with("/aws-service-role/") || role.path.starts_with("/aws-reserved/")
}

fn documents(details: &Authorization) -> Vec<Document<'_>> {
    fn inside<'a>(owner: &'a str, policies: &'a [InlinePolicy]) -> impl Iterator<Item = Document<'a>> {
        policies.iter().map(move |policy| Document {
            subject: format!("{owner} inline {}", policy.name),
            name: &policy.name,
            document: &policy.document,
            is_unattached: false,
            only_boundary_of: 0,
        })
    }
    let managed = details.managed().filter(|policy| policy.class == PolicyClass::CustomerManaged);
    let managed = managed.map(|policy| Document {
        subject: policy.arn.clone(),
        name: &policy.name,
        document: &policy.document,
        is_unattached: policy.attachments == Some(0),
        only_boundary_of: if policy.attachments == Some(0) { policy.boundary_uses } else { 0 },
    });
    let users = details.users.iter().flatten().flat_map(|(_, user)| inside(&user.arn, &user.inline));
    let groups = details.groups.iter().flatten().flat_map(|(_, group)| inside(&group.arn, &group.inline));
    let roles = details.roles.iter().flatten().filter(|(_, role)| !is_kept_by_aws(role));
    let roles = roles.flat_map(|(_, role)| inside(&role.arn, &role.inline));
    managed.chain(users).chain(groups).chain(roles).collect()
}

fn of_document<'a>(look: Look<'a>, part: &'a Dated<Authorization>, it: &Document<'a>) -> Vec<Violation<'a>> {
    let breaks = |rule, detail: String| {
        look.breaks(rule, (it.subject.as_str(), SubjectKind::Policy), detail, &part.source).with("policy_name", it.name)
    };
    let policy = match it.document {
        Ok(policy) => policy,
        Err(error) => return vec![breaks(NOT_JUDGED, format!("{}: {error}", it.name))],
    };
    let (grant, mut found) = (policy.grant(), Vec::new());
    found.extend(all_actions((it, policy, grant), &breaks));
    if policy.uses_not_action() {
        found.push(breaks(NOT_ACTION, format!("{} allows all actions but those that it lists", it.name)));
    }
    found.extend(escalation((it, policy, grant), &breaks));
    // Whoever may do everything, or all but something, has been told above.
    let services: Vec<String> = policy.whole_services().into_iter().collect();
    if !services.is_empty() && grant == Grant::FullService {
        let detail = format!("{} allows every action of {} on every resource", it.name, some_of(&services));
        found.push(breaks(WHOLE_SERVICE, detail).with("services", services));
    }
    let writes = policy.write_on_all_resources();
    let writes: Vec<String> =
        writes.into_iter().filter(|action| !is_any(action) && !action.starts_with("NotAction")).collect();
    if !writes.is_empty() && !grant.is_admin_equivalent() {
        let count = quantity(writes.len() as u64, "action");
        let (verb, list) = (if writes.len() == 1 { "changes" } else { "change" }, some_of(&writes));
        let detail = format!("{} allows {count} that {verb} something on every resource: {list}", it.name);
        found.push(breaks(WRITE_EVERYWHERE, detail).with("actions", writes));
    }
    found
}

/// Every action, or most of them: of an administrator, or of less that some of its statements come to.
fn all_actions<'a>(
    (it, policy, grant): (&Document<'a>, &Policy, Grant),
    breaks: &dyn Fn(Rule, String) -> Violation<'a>,
) -> Option<Violation<'a>> {
    let of_all = || policy.statements().iter().filter(|statement| statement.actions.has(is_any));
    let allowed: Vec<_> = of_all().filter(|statement| statement.is_allow()).collect();
    if grant == Grant::Admin {
        let actions = if allowed.is_empty() { "most of all actions" } else { "every action" };
        return Some(breaks(ALL_ACTIONS, format!("{} allows {actions} on every resource: an administrator", it.name)));
    }
    let denies_all = |deny: &Statement| !deny.is_allow() && deny.condition.is_empty() && deny.is_of_everything();
    if allowed.is_empty() || of_all().any(denies_all) {
        return None;
    }
    // On named things of IAM it may lead to everything: who may do all to himself gives himself a policy.
    let is_of_iam = |statement: &&Statement| statement.resources.has(|arn| arn.to_ascii_lowercase().contains(":iam:"));
    let (severity, reach) = if allowed.iter().any(|statement| statement.is_of_everything()) {
        (Severity::Medium, "every resource, but under a condition or less what it denies")
    } else if allowed.iter().any(is_of_iam) {
        (Severity::Medium, "some resources, of IAM among them")
    } else {
        (ALL_NARROWED.severity, "some resources")
    };
    Some(breaks(Rule { severity, ..ALL_NARROWED }, format!("{} allows every action on {reach}", it.name)))
}

/// What a document allows that is a permissions boundary and nothing else: it sets the most that others can be granted, and
/// grants nothing. Source: IAM user guide, "Permissions boundaries for IAM entities".
fn as_boundary(mut found: Violation<'_>, only_boundary_of: i64) -> Violation<'_> {
    if only_boundary_of <= 0 || found.rule.id == NOT_JUDGED.id {
        return found;
    }
    found.rule.severity = Severity::Info;
    let allows = found.detail.strip_suffix(": an administrator").unwrap_or(&found.detail);
    found.detail = format!("{allows}; it is only a permissions boundary and grants nothing");
    found.with("boundary_uses", only_boundary_of)
}

/// What leads to everything without being it; milder where nobody has it.
fn escalation<'a>(
    (it, policy, grant): (&Document<'a>, &Policy, Grant),
    breaks: &dyn Fn(Rule, String) -> Violation<'a>,
) -> Option<Violation<'a>> {
    if grant != Grant::Escalation {
        return None;
    }
    let ways = policy.escalations();
    let severity = if it.is_unattached { Severity::Medium } else { ESCALATION.severity };
    let detail = format!("{} leads to everything by {}", it.name, some_of(&ways));
    Some(breaks(Rule { severity, ..ESCALATION }, detail).with("ways", ways))
}

/// `*` or `*:*`, or the same with question marks.
fn is_any(action: &str) -> bool {
    action.contains('*') && action.bytes().all(|byte| matches!(byte, b'*' | b'?' | b':'))
}

/// AWS's policies by what they say.
fn yardstick(details: &Authorization) -> BTreeMap<NormalPolicy, &str> {
    let of_aws = details.managed().filter(|policy| policy.class == PolicyClass::AwsManaged);
    let read = of_aws.filter_map(|policy| Some((policy.document.as_ref().ok()?, policy.arn.as_str())));
    read.filter(|(document, _)| !document.statements().is_empty())
        .map(|(document, arn)| (document.normalised(), arn))
        .collect()
}

fn copy_of_aws<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (policy, of_aws): (&'a ManagedPolicy, &BTreeMap<NormalPolicy, &'a str>),
) -> Option<Violation<'a>> {
    let same = of_aws.get(&policy.document.as_ref().ok()?.normalised())?;
    let detail = format!("{} says the same as {same}", policy.name);
    let found = look.breaks(COPY_OF_AWS, (policy.arn.as_str(), SubjectKind::Policy), detail, &part.source);
    Some(look.since(found, policy.created).with("aws_managed_policy", *same))
}

fn unattached<'a>(look: Look<'a>, part: &'a Dated<Authorization>, policy: &'a ManagedPolicy) -> Option<Violation<'a>> {
    if policy.attachments != Some(0) || policy.boundary_uses > 0 {
        return None;
    }
    let detail = format!("{} is attached to nobody", policy.name);
    let found = look.breaks(UNATTACHED, (policy.arn.as_str(), SubjectKind::Policy), detail, &part.source);
    Some(look.since(found, policy.updated.or(policy.created)))
}

fn inline<'a>(
    look: Look<'a>,
    part: &'a Dated<Authorization>,
    (name, role): (&'a String, &'a Role),
) -> Option<Violation<'a>> {
    if role.inline.is_empty() || is_kept_by_aws(role) {
        return None;
    }
    let policies: Vec<String> = role.inline.iter().map(|policy| policy.name.clone()).collect();
    let detail = format!("the role {name} has inline policies: {}", some_of(&policies));
    let found = look.breaks(ROLE_INLINE_POLICY, (role.arn.as_str(), SubjectKind::Role), detail, &part.source);
    Some(found.with("policy_names", json!(policies)))
}
