//! To whom a call is attributed: one printed name per principal.

use std::borrow::Cow;

use super::{Arn, IdentityType, UserIdentity};

/// The principal that an event is attributed to, as it is printed and as `--principal` matches it.
///
/// | type | principal |
/// |---|---|
/// | Root | `root@<accountId>`, never keyed on userName, which may be the account alias |
/// | IAMUser | the user's arn, else its principalId |
/// | AssumedRole | the role's arn with its path (sessionIssuer), else the `AROA…` part of principalId |
/// | FederatedUser | whoever called GetFederationToken: an IAM user or root |
/// | IdentityCenterUser | `idc:<identityStore>#<userId>` |
/// | AWSAccount | `account:<accountId>` |
/// | AWSService, or no type but `invokedBy` | `service:<invokedBy>` |
///
/// Anything else keeps the best name it has, and `unknown` is only printed where the record names nobody.
/// Source: CloudTrail user guide, "CloudTrail userIdentity element".
pub fn principal_of<'a>(identity: &'a UserIdentity<'_>) -> Cow<'a, str> {
    let named = match &identity.kind {
        IdentityType::Root => root_of(identity),
        IdentityType::AssumedRole => role_of(identity),
        IdentityType::FederatedUser => federation_issuer_of(identity),
        IdentityType::IdentityCenterUser => identity_center_user_of(identity),
        IdentityType::AwsAccount => prefixed("account:", &identity.account_id),
        IdentityType::AwsService => prefixed("service:", &identity.invoked_by),
        _ => None,
    };
    named.or_else(|| fallback_of(identity)).unwrap_or(Cow::Borrowed("unknown"))
}

fn root_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let account = first(&[&identity.account_id, &identity.principal_id])
        .or_else(|| Arn::parse(&identity.arn).map(|arn| arn.account_id).filter(|id| !id.is_empty()))?;
    prefixed("root@", account)
}

fn role_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let issuer = identity.session.as_ref().map_or("", |s| &s.issuer.arn);
    first(&[issuer]).or_else(|| first(&[identity.unique_id()])).map(Cow::Borrowed)
}

fn federation_issuer_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let issuer = &identity.session.as_ref()?.issuer;
    if identity.is_federated_by_root() {
        return prefixed("root@", first(&[&issuer.account_id, &identity.account_id])?);
    }
    first(&[&issuer.arn, &issuer.principal_id]).map(Cow::Borrowed)
}

fn identity_center_user_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let behalf = identity.on_behalf_of.as_ref()?;
    let store = Arn::parse(&behalf.identity_store_arn).map_or(&*behalf.identity_store_arn, |arn| arn.name());
    (!behalf.user_id.is_empty()).then(|| Cow::Owned(format!("idc:{store}#{}", behalf.user_id)))
}

fn fallback_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let known = first(&[&identity.arn, &identity.principal_id]).map(Cow::Borrowed);
    known
        .or_else(|| prefixed("service:", &identity.invoked_by))
        .or_else(|| first(&[&identity.user_name]).map(Cow::Borrowed))
        .or_else(|| prefixed("account:", &identity.account_id))
}

fn prefixed(prefix: &str, text: &str) -> Option<Cow<'static, str>> {
    (!text.is_empty()).then(|| Cow::Owned(format!("{prefix}{text}")))
}

fn first<'a>(candidates: &[&'a str]) -> Option<&'a str> {
    candidates.iter().copied().find(|text| !text.is_empty())
}
