//! To whom a call is attributed: one printed name per principal.

use std::borrow::Cow;

use super::sign_in::HIDDEN_USER_NAME;
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
/// | Unknown, without `onBehalfOf`, whose principalId is the account | `<accountId>#<userName>`, unless the name is hidden |
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
            identity_center_person(identity).or_else(|| portal_user_of(identity)).map(Cow::Owned)
        }
        IdentityType::AwsAccount => prefixed("account:", &identity.account_id),
        IdentityType::AwsService => prefixed("service:", &identity.invoked_by),
        _ => None,
    };
    named.or_else(|| fallback_of(identity)).unwrap_or(Cow::Borrowed("unknown"))
}

/// The arn of the IAM user that a record in `region` names only by account and name, as failed sign-ins and CheckMfa do. A
/// user with a path has another one, which such a record does not tell.
///
/// Source: IAM user guide, "Logging IAM and AWS STS API calls", sign-in examples.
pub fn arn_of_named_user(identity: &UserIdentity<'_>, region: &str) -> Option<String> {
    let (account, name) = (&*identity.account_id, &*identity.user_name);
    let is_named = !account.is_empty() && !name.is_empty() && name != HIDDEN_USER_NAME;
    let is_bare = identity.kind == IdentityType::IamUser && identity.arn.is_empty();
    let partition = || REGIONS_OF_PARTITIONS.iter().find(|(prefix, _)| region.starts_with(prefix));
    (is_named && is_bare)
        .then(|| format!("arn:{}:iam::{account}:user/{name}", partition().map_or("aws", |found| found.1)))
}

/// How regions outside the partition `aws` begin. Source: botocore, `partitions.json`.
const REGIONS_OF_PARTITIONS: &[(&str, &str)] = &[
    ("cn-", "aws-cn"),
    ("us-gov-", "aws-us-gov"),
    ("us-iso-", "aws-iso"),
    ("us-isob-", "aws-iso-b"),
    ("eu-isoe-", "aws-iso-e"),
    ("us-isof-", "aws-iso-f"),
    ("eusc-", "aws-eusc"),
];

/// A principal or another resource without what begins its arn: `user/alice`.
pub fn short_name(name: &str) -> &str {
    Arn::parse(name).map_or(name, |arn| arn.resource)
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

/// A person of Identity Center of whom a record tells no more than the name: the principalId of such records is the account,
/// which is common to all.
///
/// Source: IAM Identity Center user guide, "Understanding IAM Identity Center sign-in events": `"type": "Unknown"`, the
/// account as principalId and accountId, and userName.
fn portal_user_of(identity: &UserIdentity<'_>) -> Option<String> {
    let (account, name) = (&*identity.account_id, &*identity.user_name);
    let is_unknown = matches!(&identity.kind, IdentityType::Other(kind) if &**kind == "Unknown");
    let is_named = !name.is_empty() && name != HIDDEN_USER_NAME;
    let is_nobodys = !account.is_empty() && identity.principal_id == account && identity.arn.is_empty();
    (is_unknown && is_named && is_nobodys).then(|| format!("{account}#{name}"))
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
    fn users_named_by_account_and_name() {
        let user = |kind, arn: &'static str, name: &'static str| UserIdentity {
            kind,
            arn: arn.into(),
            account_id: "111122223333".into(),
            user_name: name.into(),
            ..Default::default()
        };
        let bare = user(IdentityType::IamUser, "", "Alice");
        let told = |region| arn_of_named_user(&bare, region).expect("a name");
        assert_eq!(told("us-east-1"), "arn:aws:iam::111122223333:user/Alice");
        assert_eq!(told("cn-north-1"), "arn:aws-cn:iam::111122223333:user/Alice");
        assert_eq!(told("us-gov-west-1"), "arn:aws-us-gov:iam::111122223333:user/Alice");
        for other in [
            user(IdentityType::IamUser, "arn:aws:iam::111122223333:user/team/Alice", "Alice"),
            user(IdentityType::IamUser, "", HIDDEN_USER_NAME),
            user(IdentityType::IamUser, "", ""),
            user(IdentityType::Root, "", "alias-of-the-account"),
        ] {
            assert_eq!(arn_of_named_user(&other, "us-east-1"), None);
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
        // Without it, the name of an Unknown one tells people of one account apart.
        let portal = |kind: &str, principal_id: &'static str, name: &'static str| {
            let identity = UserIdentity {
                kind: IdentityType::parse(kind),
                principal_id: principal_id.into(),
                account_id: "111122223333".into(),
                user_name: name.into(),
                ..Default::default()
            };
            principal_of(&identity).into_owned()
        };
        assert_eq!(portal("Unknown", "111122223333", "ben"), "111122223333#ben");
        assert_eq!(portal("Unknown", "111122223333", "cleo"), "111122223333#cleo");
        assert_eq!(portal("Unknown", "111122223333", ""), "111122223333");
        assert_eq!(portal("Unknown", "111122223333", HIDDEN_USER_NAME), "111122223333");
        assert_eq!(portal("Unknown", "AIDAEXAMPLE", "ben"), "AIDAEXAMPLE", "its own id");
        assert_eq!(portal("IAMUser", "111122223333", "ben"), "111122223333", "another type");
        // A role session stays the role's: the person is told beside it.
        let session = UserIdentity { on_behalf_of: Some(behalf), ..role("arn:aws:sts::1:assumed-role/r/s") };
        assert_eq!(principal_of(&session), "arn:aws:iam::1:role/r");
        assert_eq!(identity_center_person(&session).as_deref(), Some("idc:d-1#ana"));
    }
}
