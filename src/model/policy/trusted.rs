//! Whom a trust policy lets in, one by one and as written: who is among them, not whether that is too open
//! ([`trust`](super::trust) judges that).

use std::collections::BTreeSet;

use super::Statement;
use super::idle::{is_negated, tests};
use super::trust::lets_in;
use crate::model::{Arn, is_account_id, pattern_matches};

/// One whom a statement of a trust policy lets in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Trusted {
    /// What it is.
    pub kind: TrustedKind,
    /// As written: an arn, an account id, a service's or an identity provider's host, `*`.
    pub principal: String,
    /// The keys of the statement's condition, in lower case.
    pub condition_keys: BTreeSet<String>,
    /// Values that the condition asks of the subject of a token (`…:sub`).
    pub subjects: BTreeSet<String>,
}

/// What a trusted principal is.
///
/// Source: IAM user guide, "AWS JSON policy elements: Principal".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum TrustedKind {
    /// `*`, or all but some (`NotPrincipal`).
    Anyone,
    /// A SAML provider of an account.
    SamlProvider,
    /// An OpenID Connect provider of an account.
    OidcProvider,
    /// A web identity provider that needs none: Cognito, Google, Amazon, Facebook.
    WebIdentity,
    /// Everybody in an account whom its policies let.
    Account,
    /// An IAM user.
    User,
    /// An IAM role.
    Role,
    /// A service of AWS.
    Service,
    /// Anything else: a session, a unique id of somebody who is gone, a canonical user.
    Other,
}

impl Trusted {
    /// Whether it may let in the users or tokens of the identity provider of this arn: it names it, or all.
    ///
    /// Whether IAM tells the upper and lower case of a provider's name apart is not documented: here both are one.
    pub fn may_be_of(&self, provider: &str) -> bool {
        let host = Arn::parse(provider).and_then(|arn| arn.resource.split_once('/')).map(|(_, host)| host);
        self.kind == TrustedKind::Anyone
            || pattern_matches(&self.principal, provider)
            || self.kind == TrustedKind::WebIdentity && host.is_some_and(|host| pattern_matches(&self.principal, host))
    }
}

impl TrustedKind {
    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Anyone => "anyone",
            Self::SamlProvider => "saml-provider",
            Self::OidcProvider => "oidc-provider",
            Self::WebIdentity => "web-identity",
            Self::Account => "account",
            Self::User => "user",
            Self::Role => "role",
            Self::Service => "service",
            Self::Other => "other",
        }
    }

    /// That of a value of `Principal`, by the kind that it stands under.
    fn of((kind, value): (&str, &str)) -> Self {
        let of_arn = |arn: Arn<'_>| match arn.resource.split('/').next().unwrap_or_default() {
            "root" => Self::Account,
            "user" => Self::User,
            "role" => Self::Role,
            "saml-provider" => Self::SamlProvider,
            "oidc-provider" => Self::OidcProvider,
            _ => Self::Other,
        };
        match kind {
            "AWS" if value == "*" => Self::Anyone,
            "AWS" if is_account_id(value) => Self::Account,
            "Service" => Self::Service,
            "Federated" if Arn::parse(value).is_none() => Self::WebIdentity,
            "AWS" | "Federated" => Arn::parse(value).filter(|arn| arn.service == "iam").map_or(Self::Other, of_arn),
            _ => Self::Other,
        }
    }
}

/// Those of statements that let somebody assume the role, sorted, each as often as it is let in on other terms.
pub(super) fn trusted(statements: &[Statement]) -> BTreeSet<Trusted> {
    let mut found = BTreeSet::new();
    for statement in statements.iter().filter(|statement| lets_in(statement)) {
        let Some(principals) = &statement.principals else { continue };
        let condition_keys: BTreeSet<String> =
            tests(&statement.condition).map(|((_, key), _)| key.to_owned()).collect();
        let of_subject =
            tests(&statement.condition).filter(|((operator, key), _)| key.ends_with(":sub") && *operator != "null");
        let said = |((operator, _), values): ((&str, &str), &BTreeSet<String>)| -> Vec<String> {
            let but = if is_negated(operator) { "all but " } else { "" };
            values.iter().map(|value| format!("{but}{value}")).collect()
        };
        let subjects: BTreeSet<String> = of_subject.flat_map(said).collect();
        let mut add = |kind, principal: &str| {
            let (condition_keys, subjects) = (condition_keys.clone(), subjects.clone());
            found.insert(Trusted { kind, principal: principal.to_owned(), condition_keys, subjects });
        };
        if principals.is_not {
            add(TrustedKind::Anyone, "NotPrincipal");
            continue;
        }
        let values = principals.by_kind.iter().flat_map(|(kind, values)| values.iter().map(move |value| (kind, value)));
        values.for_each(|(kind, value)| add(TrustedKind::of((kind, value)), value));
    }
    found
}

#[cfg(test)]
mod unit {
    use crate::model::Policy;
    use serde_json::json;

    #[test]
    fn each_that_is_let_in_and_what_comes_near() {
        let oidc = "arn:aws:iam::111122223333:oidc-provider/token.actions.githubusercontent.com";
        let text = json!({ "Version": "2012-10-17", "Statement": [
            { "Effect": "Allow", "Action": "sts:AssumeRole", "Principal": { "AWS": [
                "arn:aws:iam::111122223333:root", "444455556666", "arn:aws:iam::111122223333:user/x/Alice",
                "arn:aws:iam::111122223333:role/ops", "AROAGONEGONEGONE", "*",
                "arn:aws:sts::111122223333:assumed-role/ops/s"], "Service": "ec2.amazonaws.com" } },
            { "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
              "Principal": { "Federated": [oidc, "cognito-identity.amazonaws.com"] },
              "Condition": { "StringLike": { "token.actions.githubusercontent.com:sub": "repo:acme/*",
                                             "token.actions.githubusercontent.com:aud": "sts.amazonaws.com" } } },
            { "Effect": "Allow", "Action": "sts:AssumeRoleWithSAML",
              "Principal": { "Federated": "arn:aws:iam::111122223333:saml-provider/ADFS" } },
            { "Effect": "Allow", "Action": "sts:AssumeRole", "NotPrincipal": { "AWS": "111122223333" } },
            // Near misses: these let nobody assume the role.
            { "Effect": "Deny", "Action": "sts:AssumeRole", "Principal": { "AWS": "555566667777" } },
            { "Effect": "Allow", "Action": "sts:TagSession", "Principal": { "Service": "lambda.amazonaws.com" } },
        ] });
        let found = Policy::from_value(&text).unwrap().trusted();
        let lines: Vec<String> = found.iter().map(|it| format!("{} {}", it.kind.as_str(), it.principal)).collect();
        let expected = [
            "anyone *",
            "anyone NotPrincipal",
            "saml-provider arn:aws:iam::111122223333:saml-provider/ADFS",
            &format!("oidc-provider {oidc}"),
            "web-identity cognito-identity.amazonaws.com",
            "account 444455556666",
            "account arn:aws:iam::111122223333:root",
            "user arn:aws:iam::111122223333:user/x/Alice",
            "role arn:aws:iam::111122223333:role/ops",
            "service ec2.amazonaws.com",
            "other AROAGONEGONEGONE",
            "other arn:aws:sts::111122223333:assumed-role/ops/s",
        ];
        assert_eq!(lines, expected);
        let github = found.iter().find(|it| it.principal == oidc).unwrap();
        assert_eq!(github.subjects.iter().collect::<Vec<_>>(), ["repo:acme/*"]);
        assert_eq!(github.condition_keys.len(), 2);
    }

    #[test]
    fn who_is_kept_out_is_not_among_the_subjects() {
        let subjects = |operator: &str, value: &str| {
            let text = json!({ "Statement": { "Effect": "Allow", "Action": "sts:AssumeRoleWithWebIdentity",
                "Principal": { "Federated": "accounts.google.com" },
                "Condition": { operator: { "accounts.google.com:sub": value } } } });
            let found = Policy::from_value(&text).unwrap().trusted();
            found.into_iter().flat_map(|it| it.subjects).collect::<Vec<_>>()
        };
        assert_eq!(subjects("StringEquals", "7"), ["7"]);
        assert_eq!(subjects("StringNotLike", "7*"), ["all but 7*"]);
        assert_eq!(subjects("ForAllValues:StringNotEquals", "7"), ["all but 7"]);
        assert_eq!(subjects("Null", "true"), [""; 0]);
    }
}
