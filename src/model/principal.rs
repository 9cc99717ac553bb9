//! To whom a call is attributed: one printed name per principal.

use std::borrow::Cow;

use super::{Arn, IdentityType, UserIdentity};

/// The principal that an event is attributed to, as it is printed and as `--principal` matches it.
///
/// | type | principal |
/// |---|---|
/// | Root | `root@<accountId>`, never keyed on userName, which may be the account alias |
/// | IAMUser | the user's arn, else its principalId |
/// | AssumedRole | the role's arn with its path (sessionIssuer), else the role's arn as the assumed-role arn tells it (without a path), else the `AROA…` part of principalId |
/// | FederatedUser | whoever called GetFederationToken: an IAM user or root |
/// | IdentityCenterUser, or an unknown type with `onBehalfOf` | `idc:<identityStore>#<userId>` |
/// | AWSAccount | `account:<accountId>` |
/// | AWSService, or no type but `invokedBy` | `service:<invokedBy>` |
///
/// Anything else keeps the best name it has, and `unknown` is only printed where the record names nobody.
/// Source: CloudTrail user guide, "CloudTrail userIdentity element"; for the type Unknown that Identity Center wrote until
/// 2025-07, AWS Security Blog, "Modifications to AWS CloudTrail event data of IAM Identity Center". Sign-ins of role
/// sessions and SwitchRole have no sessionContext: IAM user guide, "Logging IAM and AWS STS API calls".
pub fn principal_of<'a>(identity: &'a UserIdentity<'_>) -> Cow<'a, str> {
    let named = match &identity.kind {
        IdentityType::Root => root_of(identity),
        IdentityType::AssumedRole => role_of(identity),
        IdentityType::FederatedUser => federation_issuer_of(identity),
        IdentityType::IdentityCenterUser | IdentityType::Missing | IdentityType::Other(_) => {
            identity_center_person(identity).map(Cow::Owned)
        }
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
    let known = first(&[issuer]).map(Cow::Borrowed);
    let told = || role_of_session_arn(&identity.arn).map(Cow::Owned);
    known.or_else(told).or_else(|| first(&[identity.unique_id()]).map(Cow::Borrowed))
}

/// The arn of the role that an assumed-role arn names, in the same partition. A session's arn leaves the path of its role
/// away, so for a role with a path this is not quite the role's own arn.
///
/// Source: IAM user guide, "IAM identifiers", ARNs of assumed-role sessions.
pub fn role_of_session_arn(session_arn: &str) -> Option<String> {
    let arn = Arn::parse(session_arn).filter(|arn| arn.service == "sts")?;
    let role = arn.resource.strip_prefix("assumed-role/")?.split('/').next().filter(|role| !role.is_empty())?;
    Some(format!("arn:{}:iam::{}:role/{role}", arn.partition, arn.account_id))
}

fn federation_issuer_of<'a>(identity: &'a UserIdentity<'_>) -> Option<Cow<'a, str>> {
    let issuer = &identity.session.as_ref()?.issuer;
    if identity.is_federated_by_root() {
        return prefixed("root@", first(&[&issuer.account_id, &identity.account_id])?);
    }
    first(&[&issuer.arn, &issuer.principal_id]).map(Cow::Borrowed)
}

/// The person of Identity Center on whose behalf a call was made, as it is printed: `idc:<identityStore>#<userId>`. Calls
/// of role sessions that Identity Center issued name one too.
///
/// Source: CloudTrail user guide, "CloudTrail userIdentity element", onBehalfOf.
pub fn identity_center_person(identity: &UserIdentity<'_>) -> Option<String> {
    let behalf = identity.on_behalf_of.as_ref()?;
    let store = Arn::parse(&behalf.identity_store_arn).map_or(&*behalf.identity_store_arn, |arn| arn.name());
    (!behalf.user_id.is_empty()).then(|| format!("idc:{store}#{}", behalf.user_id))
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::OnBehalfOf;

    fn role(arn: &'static str) -> UserIdentity<'static> {
        UserIdentity {
            kind: IdentityType::AssumedRole,
            principal_id: "AROAEXAMPLE:bob".into(),
            arn: arn.into(),
            ..Default::default()
        }
    }

    #[test]
    fn roles_without_a_session_context() {
        let principal = |arn| principal_of(&role(arn)).into_owned();
        let session = "arn:aws:sts::444455556666:assumed-role/admin/bob";
        assert_eq!(principal(session), "arn:aws:iam::444455556666:role/admin");
        let china = "arn:aws-cn:sts::444455556666:assumed-role/admin/bob";
        assert_eq!(principal(china), "arn:aws-cn:iam::444455556666:role/admin");
        for other in ["", "arn:aws:iam::444455556666:role/admin", "arn:aws:sts::444455556666:assumed-role/"] {
            assert_eq!(principal(other), "AROAEXAMPLE", "{other}");
        }
    }

    #[test]
    fn people_of_identity_center() {
        let behalf = OnBehalfOf {
            user_id: "ana".into(),
            identity_store_arn: "arn:aws:identitystore::111122223333:identitystore/d-1".into(),
        };
        for kind in ["IdentityCenterUser", "Unknown", ""] {
            let identity = UserIdentity {
                kind: IdentityType::parse(kind),
                principal_id: "111122223333".into(),
                on_behalf_of: Some(behalf.clone()),
                ..Default::default()
            };
            assert_eq!(principal_of(&identity), "idc:d-1#ana", "{kind}");
        }
        // A role session stays the role's: the person is told beside it.
        let session = UserIdentity { on_behalf_of: Some(behalf), ..role("arn:aws:sts::1:assumed-role/r/s") };
        assert_eq!(principal_of(&session), "arn:aws:iam::1:role/r");
        assert_eq!(identity_center_person(&session).as_deref(), Some("idc:d-1#ana"));
    }
}
