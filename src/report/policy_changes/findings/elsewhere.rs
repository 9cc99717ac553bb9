//! Findings about ways to stay that are no policy, group or key of IAM: other credentials, identity providers, trust
//! anchors, delegation, clusters. What AWS itself sets up is told by `provisioning`.

use super::super::access_rules as rules;
use super::super::change::{Change, Target, named};
use super::handed_roles::{is_to_instance, role_of};
use super::sharing::lasts;
use super::{Draft, Found, Known, by, groups, listed};
use crate::aggregate::iam_changes::{Act, TargetKind};
use crate::model::Arn;
use crate::report::{Rule, Severity};

const DAY: i64 = 86_400;

pub(super) fn of<'a>(all: &[Change<'a>], known: &Known<'a>) -> Vec<Found> {
    let mut found = credentials(all);
    found.extend(providers(all));
    found.extend(roles_anywhere(all));
    found.extend(by_account(all, Act::Delegate, (&rules::DELEGATION, Severity::Medium)));
    found.extend(by_account(all, Act::FederateOut, (&rules::FEDERATION_OUT, Severity::Low)));
    found.extend(tokens(all));
    found.extend(by_account(all, Act::CentralRoot, (&rules::CENTRAL_ROOT, Severity::Low)));
    found.extend(handed(all, known));
    found
}

/// Whether it worked and was done by a caller of the account.
fn did(change: &Change<'_>, act: Act) -> bool {
    change.did(act) && !change.is_provisioning()
}

fn credentials(all: &[Change<'_>]) -> Vec<Found> {
    let of_user = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let what = listed(all, &rows, |change| match (change.event.name(), change.policy) {
            ("UploadSSHPublicKey", _) => "an SSH key".to_owned(),
            ("UpdateSSHPublicKey", _) => "an SSH key again that was off".to_owned(),
            ("UploadSigningCertificate" | "UpdateSigningCertificate", _) => "a signing certificate".to_owned(),
            (_, "") => "a service-specific credential".to_owned(),
            ("ResetServiceSpecificCredential", id) => format!("a new password for the credential {id}"),
            ("UpdateServiceSpecificCredential", id) => format!("the credential {id} again that was off"),
            (_, service) => format!("a credential for {service}"),
        });
        let (rule, severity, because) = match kind {
            TargetKind::Account => {
                (&rules::ROOT_CREDENTIAL_MADE, Severity::High, "it is root's, does not expire, and no policy limits it")
            }
            _ => (
                &rules::CREDENTIAL_MADE,
                Severity::Low,
                "it does not expire by itself, and no list of access keys shows it",
            ),
        };
        Draft::new(rule, account_id, named(kind, name))
            .summary(format!("{} got {what} {}", named(kind, name), by(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| did(change, Act::AddCredential), Change::target).into_iter().map(of_user).collect()
}

fn providers(all: &[Change<'_>]) -> Vec<Found> {
    let of_provider = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let is_usual = rows.iter().all(|&row| all[row].event.name() == "CreateOpenIDConnectProvider") && is_usual(name);
        let is_of_people =
            rows.iter().all(|&row| matches!(all[row].event.name(), "CreateBearerToken" | "CreateProvisioningTenant"));
        let (severity, because) = if is_usual {
            (Severity::Low, "a provider that many use; which of its tokens are taken is for trust policies to say")
        } else if is_of_people {
            (Severity::Low, "whoever has the token makes users and fills groups; it is renewed each year")
        } else {
            (Severity::Medium, "whoever runs the provider says who comes in, wherever a role trusts it")
        };
        let did = listed(all, &rows, |change| change.event.name().to_owned());
        Draft::new(&rules::PROVIDER_TRUSTED, account_id, named(kind, name))
            .summary(format!("the identity provider {name} was made or changed ({did}) {}", by(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| did(change, Act::TrustProvider), Change::target).into_iter().map(of_provider).collect()
}

/// Clusters of the account and the best known continuous integration: what ordinary accounts make.
fn is_usual(host: &str) -> bool {
    const CI: [&str; 3] = ["token.actions.githubusercontent.com", "gitlab.com", "app.terraform.io"];
    let is_cluster =
        host.starts_with("oidc.eks.") && (host.contains(".amazonaws.com/") || host.contains(".amazonaws.com.cn/"));
    CI.contains(&host) || is_cluster
}

fn roles_anywhere(all: &[Change<'_>]) -> Vec<Found> {
    let opens = |change: &Change<'_>| did(change, Act::TrustAnchor) || did(change, Act::OpenProfile);
    let of_target = |((account_id, kind, name), rows): (Target<'_>, Vec<usize>)| {
        let roles = listed(all, &rows, |change| change.policy.to_owned());
        let (severity, because, what) = match kind {
            TargetKind::TrustAnchor => {
                (Severity::Medium, "whoever signs certificates of that authority says who comes in", String::new())
            }
            _ => (Severity::Low, "certificates of a trust anchor may take these roles", format!(" for {roles}")),
        };
        Draft::new(&rules::ROLES_ANYWHERE, account_id, named(kind, name))
            .summary(format!("IAM Roles Anywhere: {} was set up{what} {}", named(kind, name), by(all, &rows)))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, opens, Change::target).into_iter().map(of_target).collect()
}

/// What is about the account as a whole: a line for each caller.
fn by_account(all: &[Change<'_>], act: Act, (rule, severity): (&Rule, Severity)) -> Vec<Found> {
    let because = match act {
        Act::Delegate => "another account acts with rights of this one while the delegation lasts",
        Act::FederateOut => "principals of the account get tokens that other services take for proof of who they are",
        _ => "whoever may call AssumeRoot in the management account is root of the members, within task policies",
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let did = listed(all, &rows, |change| change.event.name().to_owned());
        Draft::new(rule, account_id, actor)
            .summary(format!("{actor} called {did} in {account_id}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| did(change, act), |change| (change.account_id, change.actor))
        .into_iter()
        .map(of_actor)
        .collect()
}

/// Tokens for other clouds and services: a line for each caller.
fn tokens(all: &[Change<'_>]) -> Vec<Found> {
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let enabled = all.iter().any(|change| did(change, Act::FederateOut) && change.actor == actor);
        let (severity, because) = if enabled {
            (Severity::Medium, "the caller enabled it and got a token itself")
        } else if lasts(all, &rows, DAY) {
            (Severity::Info, "the caller has got such tokens for more than a day, as a workload does")
        } else {
            (Severity::Low, "whoever holds the token is the caller for the services that trust it")
        };
        let audiences = listed(all, &rows, |change| change.policy.to_owned());
        Draft::new(&rules::TOKEN_GOT, account_id, actor)
            .summary(format!("{actor} got tokens of its identity for {audiences}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, |change| did(change, Act::GetToken), |change| (change.account_id, change.actor))
        .into_iter()
        .map(of_actor)
        .collect()
}

/// Roles handed to instances and pods, principals let into clusters: a line for each caller.
fn handed<'a>(all: &[Change<'a>], known: &Known<'a>) -> Vec<Found> {
    // An administrator's role on a running instance is told by `handed_roles`.
    let is_told = |change: &Change<'a>| is_to_instance(change) && role_of(change, known).is_some();
    let hands =
        |change: &Change<'a>| (did(change, Act::HandRole) || did(change, Act::EnterCluster)) && !is_told(change);
    let is_admin = |change: &Change<'a>| {
        // Where it is no ARN it may have its path before it.
        let path = || change.policy.rsplit('/').next().unwrap_or_default();
        let role = Arn::parse(change.policy).map_or_else(path, |arn| arn.name());
        let cluster_admin = change.act() == Act::EnterCluster && change.policy.ends_with("ClusterAdminPolicy");
        cluster_admin
            || !is_to_instance(change) && known.administrators.has((change.account_id, TargetKind::Role, role))
    };
    let of_actor = |((account_id, actor), rows): ((&'a str, &'a str), Vec<usize>)| {
        let (severity, because) = if rows.iter().any(|&row| is_admin(&all[row])) {
            (Severity::Medium, "administrator rights were among what was handed on")
        } else if rows.iter().any(|&row| all[row].target_kind == TargetKind::Resource) {
            (Severity::Low, "whoever runs it, or holds its code or key, has the role from now on")
        } else if rows.iter().any(|&row| all[row].target_kind == TargetKind::Cluster) {
            (Severity::Low, "pods of that name have the role, or the principal has the cluster, from now on")
        } else if rows.iter().any(|&row| is_to_instance(&all[row])) {
            (
                Severity::Low,
                "a running instance has the role of the profile from now on; infrastructure tools do that, too",
            )
        } else {
            (Severity::Info, "the ordinary way to give an instance a role")
        };
        let what = listed(all, &rows, |change| match is_to_instance(change) {
            true => format!("{} to {}", change.target_name(), change.policy),
            false => format!("{} to {}", change.policy, change.target_name()),
        });
        Draft::new(&rules::OUTSIDE_IAM, account_id, actor)
            .summary(format!("{actor} handed on {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, hands, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}
