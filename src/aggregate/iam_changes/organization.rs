//! What a record says of an organization: its limits, its delegated administrators, and the directory of Identity Center.

use std::borrow::Cow;

use serde_json::Value;

use super::act::Act;
use super::documents::Documents;
use super::key::{BY_ITSELF, LIMITS_NOTHING};
use crate::model::{Event, IdentityType, Raw, members, text};

/// The user of the directory: of a new one the id that it got, else the name.
pub(super) fn person<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [made, nested] = members(event.response_elements, ["userId", "user"]);
    let [nested] = members(nested.json(), ["userId"]);
    let [id, name] = members(event.request_parameters, ["userId", "userName"]);
    let [member_id, member] = members(event.request_parameters, ["memberId", "member"]);
    let of_member = [member_id, member].map(|raw| {
        let [id, nested] = members(raw.json(), ["userId", "memberId"]);
        [id, nested, raw].map(text).into_iter().find(|text| !text.is_empty()).unwrap_or_default()
    });
    let all = [made, nested, id].map(text).into_iter().chain(of_member).chain([text(name)]);
    all.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// What was done to the user of the directory: the group that it joined, and whether the caller did it to itself.
pub(super) fn of_person<'a>(act: Act, event: &Event<'a>) -> Cow<'a, str> {
    let [group] = members(event.request_parameters, ["groupId"]);
    let group = if act == Act::JoinPeople { text(group) } else { Cow::Borrowed("") };
    let is_own = is_caller(event, &person(event)) || act == Act::ResetPerson && !is_by_administrator(event);
    if is_own { Cow::Owned(format!("{group}{BY_ITSELF}")) } else { group }
}

/// Whether an update of a user of the directory is of what it signs in with: its name or e-mail address, to which codes and new
/// passwords are sent. Where the record does not say what is updated, it may be.
///
/// Source: identity store API reference, UpdateUser, AttributeOperation.attributePath.
pub(super) fn is_of_sign_in(event: &Event<'_>) -> bool {
    let [operations] = members(event.request_parameters, ["operations"]);
    let Ok(operations) = serde_json::from_str::<Vec<Value>>(operations.json()) else { return true };
    let path = |operation: &Value| operation["attributePath"].as_str().unwrap_or_default().to_ascii_lowercase();
    operations.iter().map(path).any(|path| path.starts_with("email") || path == "username")
}

/// Whether a principal of IAM called: whoever administers the directory. Its own users, who set their own passwords and register
/// their own devices, have another identity there: IdentityCenterUser, before 2025 Unknown.
///
/// Source: IAM Identity Center user guide, "Understanding IAM Identity Center sign-in events"; CloudTrail user guide,
/// "CloudTrail userIdentity element".
pub(super) fn is_by_administrator(event: &Event<'_>) -> bool {
    use IdentityType::{IdentityCenterUser, Missing, Other};
    !matches!(event.user_identity.kind, IdentityCenterUser | Missing | Other(_))
}

/// Whether a user of the directory is the person behind the call.
///
/// Source: CloudTrail user guide, "CloudTrail userIdentity element", onBehalfOf.userId.
pub(super) fn is_caller(event: &Event<'_>, id: &str) -> bool {
    !id.is_empty() && event.user_identity.on_behalf_of.as_ref().is_some_and(|person| person.user_id == id)
}

/// The policy of the organization, of a new one the id that it got, or the type of policies, or the account that comes under
/// others.
pub(super) fn limit<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [made] = members(event.response_elements, ["policy"]);
    let [made] = members(made.json(), ["policySummary"]);
    let [made] = members(made.json(), ["id"]);
    let asked = members(event.request_parameters, ["policyId", "policyType", "accountId"]);
    asked.into_iter().chain([made]).map(text).find(|text| !text.is_empty()).unwrap_or_default()
}

/// The type of a new policy, with [`LIMITS_NOTHING`] where it allows everything.
///
/// Source: AWS Organizations API reference, CreatePolicy.
pub(super) fn kind<'a>(event: &Event<'a>, documents: &mut Documents) -> Cow<'a, str> {
    let [kind] = members(event.request_parameters, ["type"]);
    let kind = text(kind);
    if still_limits(event, documents) { kind } else { Cow::Owned(format!("{kind}{LIMITS_NOTHING}")) }
}

/// What that policy held for: an account, a unit or the root of the organization.
pub(super) fn limited<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let all = members(event.request_parameters, ["targetId", "rootId", "destinationParentId"]).map(text);
    all.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The service, with the account that administers it for the organization.
pub(super) fn service<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [service, account] = members(event.request_parameters, ["servicePrincipal", "accountId"]).map(text);
    if account.is_empty() { service } else { Cow::Owned(format!("{service} to {account}")) }
}

/// The account that was invited.
pub(super) fn invited<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [target] = members(event.request_parameters, ["target"]);
    let [id] = members(target.json(), ["id"]);
    text(id)
}

/// Whether a policy that is rewritten still denies something: it limits yet, as far as that shows.
///
/// Source: AWS Organizations user guide, "Service control policies (SCPs)" (a policy that only allows everything limits
/// nothing).
pub(super) fn still_limits(event: &Event<'_>, documents: &mut Documents) -> bool {
    let [content] = members(event.request_parameters, ["content"]);
    let allows_all = |policy: &crate::model::Policy| policy.grants_admin();
    content == Raw::Null || !documents.judge(content.json(), |read| read.as_ref().is_ok_and(allows_all))
}
