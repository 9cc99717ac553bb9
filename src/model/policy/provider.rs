//! Web identity providers: whether a role's trust in one says whose tokens it takes.
//!
//! Anybody can have an account at GitHub, GitLab or HCP Terraform, and each of these signs tokens for all of them. What
//! says whose a token is, is its subject (`sub`): `repo:OWNER/NAME:…`. The audience (`aud`) is chosen by whoever asks for the
//! token, except at providers that keep an application or a pool by it.
//!
//! Source: GitHub, "Configuring OpenID Connect in Amazon Web Services"; GitLab, "Configure OpenID Connect in AWS"; HashiCorp,
//! "Use dynamic credentials with the AWS provider"; IAM user guide, "Identity provider controls for shared OIDC providers"
//! (since 2025 AWS refuses new roles that trust those without such a condition; older roles stand).

use std::collections::BTreeSet;

use super::Condition;
use super::idle::{Asker, narrowing_keys, narrows};
use super::pattern::{literal, matches};

/// A provider that signs tokens for everybody.
struct Shared {
    /// Its host, as in `oidc-provider/HOST`; a path behind it mostly is a tenant's own.
    host: &'static str,
    /// The claims within `sub` that name an owner; the slash after some says that the name of the owner ends there.
    subject: &'static [&'static str],
    /// Condition keys beside `sub` that name whose a token is, without the host.
    keys: &'static [&'static str],
}

const SHARED: [Shared; 12] = [
    Shared {
        host: "token.actions.githubusercontent.com",
        subject: &[
            "repo:",
            "repository:",
            "repository_id:",
            "repository_owner:",
            "repository_owner_id:",
            "job_workflow_ref:",
            "enterprise:",
            "enterprise_id:",
        ],
        keys: &[
            "repository",
            "repository_id",
            "repository_owner",
            "repository_owner_id",
            "job_workflow_ref",
            "enterprise_id",
        ],
    },
    Shared {
        host: "gitlab.com",
        subject: &["project_path:", "namespace_path:", "project_id:", "namespace_id:"],
        keys: &[],
    },
    Shared { host: "app.terraform.io", subject: &["organization:"], keys: &[] },
    Shared { host: "app.eu.terraform.io", subject: &["organization:"], keys: &[] },
    Shared { host: "agent.buildkite.com", subject: &["organization:"], keys: &[] },
    Shared { host: "oidc.vercel.com", subject: &["owner:"], keys: &["aud"] },
    Shared { host: "oidc.codefresh.io", subject: &["account:"], keys: &[] },
    Shared { host: "app.scalr.io", subject: &["account:"], keys: &[] },
    Shared { host: "api.pulumi.com/oidc", subject: &["org:"], keys: &["aud"] },
    Shared { host: "accounts.google.com", subject: &[], keys: &["aud", "azp", "oaud", "sub", "email"] },
    Shared { host: "graph.facebook.com", subject: &[], keys: &["app_id", "id"] },
    Shared { host: "www.amazon.com", subject: &[], keys: &["app_id", "user_id"] },
];

/// How a role's trust in a provider stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Vouched {
    /// A condition says whose tokens it takes, or the provider is the account's own and is asked for something.
    ForSome,
    /// A provider of the account's own vouches, for all that it knows.
    ByOwn,
    /// Guests of an identity pool of Cognito are among them: anybody who asks the pool.
    ForGuests,
    /// Anybody who can get a token of the provider.
    ForAny,
}

/// How the trust in `provider` (an ARN, or a host such as `cognito-identity.amazonaws.com`) stands under `condition`.
///
/// Known misses: a subject that a provider lets its customers write themselves; other providers that many share.
pub(super) fn vouched(provider: &str, condition: &Condition) -> Vouched {
    let provider = provider.to_ascii_lowercase();
    let host = provider.split_once(":oidc-provider/").map_or(&*provider, |(_, host)| host).trim_end_matches('/');
    if provider.contains(":saml-provider/") {
        return if condition.is_empty() { Vouched::ByOwn } else { Vouched::ForSome };
    }
    let asks_elsewhere = narrowing_keys(condition, Asker::Stranger).iter().any(|key| key.starts_with("aws:"));
    let is_cognito = host.starts_with("cognito-identity") && host.contains(".amazonaws.com");
    let shared = SHARED.iter().find(|shared| shared.host == host);
    let is_narrow = asks_elsewhere
        || match shared {
            Some(shared) => names_owner(shared, condition),
            None if is_cognito => names(condition, host, &["aud", "sub"]),
            None if is_cluster(host) => names_subject(condition, host, &["system:serviceaccount:"]),
            None => false,
        };
    match () {
        () if is_cognito && is_narrow => of_pool(host, condition),
        () if is_narrow => Vouched::ForSome,
        () if shared.is_some() || is_cognito || condition.is_empty() => Vouched::ForAny,
        () if is_cluster(host) => Vouched::ByOwn,
        () => Vouched::ForSome,
    }
}

/// How the trust in one identity pool of Cognito stands: it takes guests, about whom it knows nothing, where the condition
/// lets them in, and may where no condition speaks of `amr`.
///
/// Source: Amazon Cognito developer guide, "IAM roles", "Role trust and permissions": `amr` is `unauthenticated` for guests.
fn of_pool(host: &str, condition: &Condition) -> Vouched {
    let is_for_guests = |value: &String| matches(value, "unauthenticated");
    let of_amr = || tests(condition, &format!("{host}:amr")).collect::<Vec<_>>();
    let asks = of_amr().into_iter().filter(|(operator, _)| operator.contains("string") && !operator.contains("not"));
    let asked: Vec<_> = asks.map(|(_, values)| values).collect();
    let names_somebody = names(condition, host, &["sub"]);
    match asked.iter().any(|values| !values.iter().any(is_for_guests)) {
        _ if names_somebody => Vouched::ForSome,
        true => Vouched::ForSome,
        false if asked.is_empty() => Vouched::ByOwn,
        false => Vouched::ForGuests,
    }
}

/// The identity pools of Cognito that a condition names, by the audience of their tokens.
///
/// Source: Amazon Cognito developer guide, "IAM roles", "Role trust and permissions" (`cognito-identity.amazonaws.com:aud`).
pub(super) fn pools(provider: &str, condition: &Condition) -> BTreeSet<String> {
    let key = format!("{}:aud", provider.to_ascii_lowercase());
    let of_pools = tests(condition, &key);
    of_pools.filter(|(operator, _)| !operator.contains("not")).flat_map(|(_, values)| values).cloned().collect()
}

/// Whether the provider is an EKS cluster, whose every service account has a token of the same audience.
///
/// Source: EKS user guide, "Assign IAM roles to Kubernetes service accounts".
fn is_cluster(host: &str) -> bool {
    host.starts_with("oidc.eks.") && host.contains(".amazonaws.com")
}

fn names_owner(shared: &Shared, condition: &Condition) -> bool {
    names_subject(condition, shared.host, shared.subject) || names(condition, shared.host, shared.keys)
}

/// The tests on `HOST:claim` that could keep somebody out.
fn tests<'c>(condition: &'c Condition, key: &str) -> impl Iterator<Item = (&'c str, &'c BTreeSet<String>)> {
    condition.iter().filter_map(move |(operator, keys)| Some((operator.as_str(), keys.get(key)?)))
}

/// Whether a condition asks for one of these claims, and not for any value of it.
fn names(condition: &Condition, host: &str, claims: &[&str]) -> bool {
    claims.iter().any(|claim| {
        let key = format!("{host}:{claim}");
        let whole = |values: &BTreeSet<String>| values.iter().all(|value| has_owner(value, &[""]));
        tests(condition, &key).any(|(operator, values)| {
            narrows((operator, &key), values, Asker::Stranger) && (!operator.contains("like") || whole(values))
        })
    })
}

/// Whether a condition asks for a subject that names whose it is, in each of its values. Every token has a subject, so
/// `…IfExists` and `ForAllValues:` ask as well as the plain operator.
fn names_subject(condition: &Condition, host: &str, claims: &[&str]) -> bool {
    let key = format!("{host}:sub");
    tests(condition, &key).any(|(operator, values)| {
        let asks = |value: &String| match operator.contains("like") {
            true => has_owner(value, claims),
            // Outside of StringLike a star is a star, which no subject has.
            false => value.contains('*') || has_owner(value, claims),
        };
        operator.contains("string") && !operator.contains("not") && values.iter().all(asks)
    })
}

/// Whether a claim of `claims` stands in the value with the whole name of an owner: up to a slash or colon, or to the end
/// where no wildcard follows. Claims such as `environment:` or `ref:` are anybody's.
fn has_owner(value: &str, claims: &[&str]) -> bool {
    let (literal, has_wildcard) = literal(value);
    claims.iter().any(|claim| {
        let starts = literal.match_indices(claim).map(|(place, _)| place);
        let mut at = starts.filter(|place| *place == 0 || literal[..*place].ends_with(':'));
        at.any(|place| {
            let owner = &literal[place + claim.len()..];
            match owner.find(['/', ':']) {
                Some(end) => end > 0,
                None => !owner.is_empty() && !has_wildcard,
            }
        })
    })
}
