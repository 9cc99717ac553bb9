//! Which kind of session a credential is of, and the names that tell it.

use super::{Credential, Kind};
use crate::aggregate::issuances::Issuance;
use crate::model::{Arn, IssuanceApi};

impl Credential<'_> {
    /// The kind, worked out when it is first asked for: not before the join is done.
    pub fn kind(&self) -> Kind {
        *self.kind.get_or_init(|| match self.identity_type() {
            "AssumedRole" => of_role(self),
            "FederatedUser" => Kind::Federated,
            _ => of_person(self),
        })
    }
}

/// The session name of a role session: what follows the colon of its principalId.
pub(in crate::report) fn session_name<'a>(credential: &Credential<'a>) -> &'a str {
    let (id, arn) = (credential.principal_id(), credential.arn());
    match id.split_once(':') {
        Some((_, name)) => name,
        None if credential.session().is_none() => credential.issuance().map_or("", |issuance| issuance.session_name()),
        None => arn.rsplit_once('/').filter(|_| arn.contains(":sts:")).map_or("", |(_, name)| name),
    }
}

/// The name of a session's role, without its path.
pub(in crate::report) fn role_name<'a>(credential: &Credential<'a>) -> &'a str {
    let after_path = || credential.issuer_arn().rsplit('/').next();
    let in_arn = || credential.arn().split_once(":assumed-role/")?.1.split('/').next();
    let given = |name: &&str| !name.is_empty();
    let name = Some(credential.issuer_name()).filter(given);
    name.or_else(|| after_path().filter(given)).or_else(in_arn).unwrap_or_default()
}

/// Whether a session name is an instance id: `i-` and 8 or 17 hexadecimal digits.
///
/// Source: EC2 user guide, "Resource IDs". Anyone may give a session such a name; see the rule
/// `instance-name-not-issued-by-ec2`.
pub(in crate::report) fn is_instance_name(name: &str) -> bool {
    let digits = name.strip_prefix("i-").unwrap_or_default();
    matches!(digits.len(), 8 | 17) && digits.bytes().all(|b| b.is_ascii_hexdigit())
}

/// The service that called, without its domain: `ec2`; empty when no service did.
pub(in crate::report) fn issuing_service<'a>(issuance: &Issuance<'a>) -> &'a str {
    let is_service = issuance.caller_type() == "AWSService";
    if is_service { issuance.caller_invoked_by().split('.').next().unwrap_or_default() } else { "" }
}

fn of_role(credential: &Credential<'_>) -> Kind {
    if is_instance_name(session_name(credential)) {
        return Kind::Ec2;
    }
    let service = credential.issuance().map_or("", issuing_service);
    let api = credential.issuance().map(Issuance::api);
    let scope = credential.scope_issuer_type();
    if scope.starts_with("AWS::EC2::") || service == "ec2" || !credential.ec2_role_deliveries().is_empty() {
        return Kind::Ec2;
    }
    if scope.starts_with("AWS::Lambda::") || service == "lambda" {
        return Kind::Lambda;
    }
    let is_of_agent = matches!(api, Some(IssuanceApi::AssumeRoleForPodIdentity | IssuanceApi::CreateSession));
    let is_workload = scope.starts_with("AWS::") || !service.is_empty() || is_of_agent;
    let role = Arn::parse(credential.issuer_arn());
    if is_workload || role.is_some_and(|role| role.linked_service().is_some()) {
        return Kind::Service;
    }
    if is_of_identity_center(credential, role) {
        return Kind::Sso;
    }
    let provider = credential.federated_provider();
    let by_saml = provider.contains(":saml-provider/");
    if api == Some(IssuanceApi::AssumeRoleWithWebIdentity) || (!provider.is_empty() && !by_saml) {
        return Kind::WebIdentity;
    }
    if api == Some(IssuanceApi::AssumeRoleWithSaml) || by_saml { Kind::Saml } else { Kind::Role }
}

/// Whether the role is of a permission set. The name, which anybody may choose, counts only where no record tells the
/// role's arn.
fn is_of_identity_center(credential: &Credential<'_>, role: Option<Arn<'_>>) -> bool {
    match role.filter(|role| role.resource.starts_with("role/")) {
        Some(role) => role.is_role_of_identity_center(),
        None => role_name(credential).starts_with("AWSReservedSSO_"),
    }
}

fn of_person(credential: &Credential<'_>) -> Kind {
    match credential.issuance().map(Issuance::api) {
        _ if credential.identity_type() == "Root" && credential.is_assumed_root() => Kind::AssumeRoot,
        Some(IssuanceApi::AssumeRoot) => Kind::AssumeRoot,
        Some(IssuanceApi::GetSessionToken) => Kind::UserToken,
        Some(IssuanceApi::ConsoleLogin) => Kind::Console,
        _ if credential.in_console() => Kind::Console,
        _ => Kind::UserToken,
    }
}
