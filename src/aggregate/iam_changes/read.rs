//! What a record says of a change: names only. A password in a request is skipped unread.

use std::borrow::Cow;
use std::collections::BTreeSet;

use super::act::{Act, TargetKind};
use super::documents::Documents;
use super::event::IamEvent;
use super::key::{DORMANT, GUESTS_OF, Granted, Key, Outcome};
use super::{elsewhere, organization, run_as, shared, watched};
use crate::aggregate::{Seen, Sym};
use crate::model::{
    Arn, Event, Grant, IdentityType, OWN_ROLE, OWN_USER, OpenPrincipal, OpenTo, PasswordPolicy, PolicyClass, Raw,
    members, text,
};

/// The members of requestParameters that matter.
struct Request<'a> {
    user_name: Raw<'a>,
    group_name: Raw<'a>,
    role_name: Raw<'a>,
    policy_arn: Raw<'a>,
    policy_name: Raw<'a>,
    policy_document: Raw<'a>,
    inline_policy: Raw<'a>,
    trust_document: Raw<'a>,
    permissions_boundary: Raw<'a>,
    device_name: Raw<'a>,
    serial_number: Raw<'a>,
    version_id: Raw<'a>,
    set_as_default: Raw<'a>,
}

impl<'a> Request<'a> {
    fn of(event: &Event<'a>) -> Self {
        let names = [
            "userName",
            "groupName",
            "roleName",
            "policyArn",
            "policyName",
            "policyDocument",
            "inlinePolicy",
            "assumeRolePolicyDocument",
            "permissionsBoundary",
            "virtualMFADeviceName",
            "serialNumber",
            "versionId",
            "setAsDefault",
        ];
        let [
            user_name,
            group_name,
            role_name,
            policy_arn,
            policy_name,
            policy_document,
            inline_policy,
            trust_document,
            permissions_boundary,
            device_name,
            serial_number,
            version_id,
            set_as_default,
        ] = members(event.request_parameters, names);
        Self {
            user_name,
            group_name,
            role_name,
            policy_arn,
            policy_name,
            policy_document,
            inline_policy,
            trust_document,
            permissions_boundary,
            device_name,
            serial_number,
            version_id,
            set_as_default,
        }
    }
}

/// The key of `change` that a caller, and perhaps a service for it, made by `seen`; `None` where it gives nobody anything.
pub(super) fn key(
    change: IamEvent,
    (actor, invoked_by): (Sym, Sym),
    documents: &mut Documents,
    seen: &mut Seen<'_>,
) -> Option<Key> {
    let event = seen.event;
    if !is_telling(change, documents, event) {
        return None;
    }
    let outcome = Outcome::of(event);
    let request = Request::of(event);
    let (target_kind, target) = target(change, &request, event);
    let (policy, policy_class, granted) = match change.act() {
        Act::Share => {
            let (whom, granted) = shared::whom(event, documents)?;
            (whom, PolicyClass::None, granted)
        }
        _ => policy(change, &request, documents, event),
    };
    Some(Key {
        account_id: seen.account(),
        event: change,
        actor,
        target_kind,
        target: seen.symbols.intern(&target),
        policy: seen.symbols.intern(&policy),
        version: seen.symbols.intern(&version(change, &request, event)),
        invoked_by,
        policy_class,
        granted,
        outcome,
    })
}

/// Whom a call lets into a resource or a role from outside of its account: accounts, and `*` for everybody.
pub fn lets_in(event: &Event<'_>) -> Vec<String> {
    let Some(change) = IamEvent::of_call(event.event_source, event.event_name) else { return Vec::new() };
    let mut documents = Documents::default();
    match change.act() {
        Act::Share => match shared::whom(event, &mut documents) {
            Some((whom, granted)) if granted != Granted::Nothing => whom.split("; ").map(str::to_owned).collect(),
            _ => Vec::new(),
        },
        act @ (Act::CreateRole | Act::UpdateTrust) => {
            let request = Request::of(event);
            let is_new = act == Act::CreateRole;
            let document = if is_new { request.trust_document } else { request.policy_document };
            documents.judge(document.json(), |read| {
                let open = read.as_ref().map(|policy| policy.open_principals(event.account_id())).unwrap_or_default();
                open.iter().filter_map(let_in_by).collect::<BTreeSet<_>>().into_iter().collect()
            })
        }
        _ => Vec::new(),
    }
}

/// The account that a trust policy lets in; `None` of an identity provider.
fn let_in_by(open: &OpenPrincipal) -> Option<String> {
    let account = Arn::parse(&open.principal).map_or(&*open.principal, |arn| arn.account_id);
    match open.open_to {
        _ if open.is_anyone() || open.open_to == OpenTo::Guests => Some("*".to_owned()),
        OpenTo::OtherAccount => Some(account.to_owned()),
        _ => None,
    }
}

/// Whether a call gives or takes anything: a credential that is switched off, a pool without guests, a limit that is
/// rewritten and limits yet, a function without layers of others do not.
fn is_telling(change: IamEvent, documents: &mut Documents, event: &Event<'_>) -> bool {
    match change.name() {
        _ if change.act() == Act::RunAs => match event.is_error() {
            true => run_as::is_refused(event),
            false => !run_as::role(event).is_empty(),
        },
        "UpdateSSHPublicKey" | "UpdateServiceSpecificCredential" | "UpdateSigningCertificate" => {
            let [status] = members(event.request_parameters, ["status"]);
            text(status).eq_ignore_ascii_case("active")
        }
        "UpdateUser" if change.act() == Act::ResetPerson => organization::is_of_sign_in(event),
        "CompleteVirtualMfaDeviceRegistration" | "CompleteWebAuthnDeviceRegistration" => {
            organization::is_by_administrator(event)
        }
        // Of a path alone nobody is called otherwise.
        "UpdateGroup" | "UpdateUser" => !new_name(event).is_empty(),
        // Most updates set what a detector looks at.
        "UpdateDetector" => !elsewhere::given(change, event).is_empty(),
        "CreateFilter"
        | "UpdateFilter"
        | "CreateIPSet"
        | "UpdateIPSet"
        | "CreateAutomationRule"
        | "PutConfigurationRecorder"
        | "UpdateMemberDetectors" => watched::narrows(event),
        "UpdatePolicy" => !organization::still_limits(event, documents),
        "CreateFunction20150331"
        | "UpdateFunctionConfiguration20150331"
        | "UpdateFunctionConfiguration20150331v2"
        | "SetIdentityPoolRoles" => !elsewhere::given(change, event).is_empty(),
        _ => true,
    }
}

/// What a user or group is called from now on; empty where only its path changes.
fn new_name<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [user, group] = members(event.request_parameters, ["newUserName", "newGroupName"]);
    text(if user == Raw::Null { group } else { user })
}

fn target<'a>(change: IamEvent, request: &Request<'a>, event: &Event<'a>) -> (TargetKind, Cow<'a, str>) {
    let kind = change.target_kind();
    let named = match kind {
        _ if change.act() == Act::RunAs => run_as::role(event),
        TargetKind::User => text(request.user_name),
        TargetKind::Group => text(request.group_name),
        TargetKind::Role => text(request.role_name),
        TargetKind::Policy if request.policy_name == Raw::Null => shared::last_of(text(request.policy_arn)),
        TargetKind::Policy => text(request.policy_name),
        TargetKind::MfaDevice if request.device_name == Raw::Null => shared::last_of(text(request.serial_number)),
        TargetKind::MfaDevice => text(request.device_name),
        TargetKind::Account => return (kind, Cow::Owned(event.account_id().to_owned())),
        other => elsewhere::target(other, event),
    };
    let is_root = kind == TargetKind::User && named == ROOT_USER_NAME;
    if !named.is_empty() && !is_root {
        return (kind, named);
    }
    if event.is_error() && change.act() != Act::ChangePassword {
        return (kind, refused_resource(event.error_message).map(Cow::Borrowed).unwrap_or_default());
    }
    match (kind, &event.user_identity.kind) {
        _ if is_root => root_of(event),
        (TargetKind::User, IdentityType::IamUser) => (kind, Cow::Owned(own_name(event))),
        (TargetKind::User, IdentityType::Root) => root_of(event),
        _ => (kind, Cow::Borrowed("")),
    }
}

/// What the console calls root where a request has a userName; no IAM user can be called so, since names have no spaces.
/// Source: IAM user guide, "IAM and AWS STS quotas", IAM name requirements.
const ROOT_USER_NAME: &str = "AWS ROOT USER";

/// Root of the account, by the name that its principal has.
fn root_of<'a>(event: &Event<'_>) -> (TargetKind, Cow<'a, str>) {
    (TargetKind::Account, Cow::Owned(format!("root@{}", event.account_id())))
}

/// The user that calls: whom IAM takes where a request names nobody. Source: IAM API reference, CreateLoginProfile and
/// DeactivateMFADevice, UserName: "If no user name is included, it defaults to the principal making the request."
fn own_name(event: &Event<'_>) -> String {
    let identity = &event.user_identity;
    match Arn::parse(&identity.arn) {
        Some(arn) => arn.name().to_owned(),
        None => identity.user_name.to_string(),
    }
}

/// What a refusal names: records of refused calls often have no requestParameters, but their message ends
/// `… is not authorized to perform: iam:CreateUser on resource: arn:aws:iam::111122223333:user/name because …`, or
/// `… on resource: user name`. Source: IAM user guide, "Troubleshoot access denied error messages".
fn refused_resource(message: &str) -> Option<&str> {
    let mut words = message.split_once("on resource: ")?.1.split_ascii_whitespace();
    let word = words.next()?;
    match word {
        "user" | "group" | "role" | "policy" => words.next(),
        arn => Arn::parse(arn).map(|arn| arn.name()),
    }
    .filter(|name| !name.contains('*'))
}

fn policy<'a>(
    change: IamEvent,
    request: &Request<'a>,
    documents: &mut Documents,
    event: &Event<'a>,
) -> (Cow<'a, str>, PolicyClass, Granted) {
    let managed = |arn: Cow<'a, str>, granted: fn(&str) -> Granted| {
        let (class, granted) = (PolicyClass::of_arn(&arn), granted(&arn));
        (arn, class, granted)
    };
    let written = if request.inline_policy == Raw::Null { request.policy_document } else { request.inline_policy };
    let mut document = || Granted::Policy(documents.grant(written.json()));
    let unknown = Granted::Policy(Grant::NotJudged);
    let other = |raw| (text(raw), PolicyClass::None, Granted::Nothing);
    match change.act() {
        Act::Attach | Act::Detach if change.target_kind() == TargetKind::PermissionSet => of_permission_set(event),
        Act::Attach | Act::Detach => managed(text(request.policy_arn), |arn| Granted::Policy(Grant::of_managed(arn))),
        Act::PutBoundary => managed(text(request.permissions_boundary), |_| Granted::Nothing),
        Act::PutInline => {
            let of_user = written_for(("user", OWN_USER), &text(request.user_name), written.json());
            let of_role = written_for(("role", OWN_ROLE), &text(request.role_name), &of_user);
            (text(request.policy_name), PolicyClass::Inline, Granted::Policy(documents.grant(&of_role)))
        }
        Act::DeleteInline => (text(request.policy_name), PolicyClass::Inline, unknown),
        Act::WritePolicy => (written_policy(request, event), PolicyClass::CustomerManaged, document()),
        Act::SetDefaultVersion | Act::DeletePolicy => (text(request.policy_arn), PolicyClass::CustomerManaged, unknown),
        Act::Join | Act::Leave => other(request.group_name),
        Act::Rename => (new_name(event), PolicyClass::None, Granted::Nothing),
        Act::EnableMfa | Act::DeactivateMfa | Act::HandleMfa => other(request.serial_number),
        Act::CreateRole => trust(request.trust_document.json(), documents, event),
        Act::UpdateTrust => trust(request.policy_document.json(), documents, event),
        Act::AddCredential
        | Act::TrustProvider
        | Act::OpenProfile
        | Act::HandRole
        | Act::EnterCluster
        | Act::Delegate
        | Act::Assign
        | Act::AddLayer
        | Act::DelegateAdmin
        | Act::GetToken
        | Act::GrowOrganization
        | Act::JoinPeople
        | Act::LiftLimit
        | Act::MakePerson
        | Act::MakeSet
        | Act::NarrowDetection
        | Act::RemoveCredential
        | Act::ResetPerson
        | Act::SetLimit
        | Act::StartDetection
        | Act::StopDetection
        | Act::TrustService => (elsewhere::given(change, event), PolicyClass::None, Granted::Nothing),
        Act::MakeLimit => (organization::kind(event, documents), PolicyClass::None, Granted::Nothing),
        Act::UpdatePasswordPolicy => (password_terms(event), PolicyClass::None, Granted::Nothing),
        _ => other(Raw::Null),
    }
}

/// The document of the inline policy of a user or role, where it names that one as `own`: what somebody may do to itself is
/// one question, however the document calls it.
fn written_for<'d>((kind, own): (&str, &str), name: &str, document: &'d str) -> Cow<'d, str> {
    let itself = format!(":{kind}/{name}");
    if name.is_empty() || !document.contains(&itself) {
        return Cow::Borrowed(document);
    }
    let ends = ["\"", "\\\""].map(|end| (format!("{itself}{end}"), format!(":{kind}/{own}{end}")));
    Cow::Owned(ends.iter().fold(document.to_owned(), |text, (named, variable)| text.replace(named, variable)))
}

/// The policy that a permission set gets or loses. What has no ARN is a policy of the account, by its name.
fn of_permission_set<'a>(event: &Event<'a>) -> (Cow<'a, str>, PolicyClass, Granted) {
    let policy = elsewhere::permission_set_policy(event);
    let class = match PolicyClass::of_arn(&policy) {
        PolicyClass::None if !policy.is_empty() => PolicyClass::CustomerManaged,
        class => class,
    };
    let granted = Granted::Policy(Grant::of_managed(&policy));
    (policy, class, granted)
}

/// The terms of a password policy; empty where the record leaves out what was asked.
fn password_terms<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [omitted] = members(event.request_parameters, ["omitted"]);
    let terms = PasswordPolicy::of_request(event.request_parameters).to_string();
    Cow::Owned(if omitted == Raw::Null { terms } else { String::new() })
}

/// The ARN of a customer-managed policy: of the request, for a new one of the response, else its bare name.
fn written_policy<'a>(request: &Request<'a>, event: &Event<'a>) -> Cow<'a, str> {
    if request.policy_arn != Raw::Null {
        return text(request.policy_arn);
    }
    let [created] = members(event.response_elements, ["policy"]);
    let [arn] = members(created.json(), ["arn"]);
    if arn == Raw::Null { text(request.policy_name) } else { text(arn) }
}

/// The version that a call writes or puts into force; [`DORMANT`] follows where it does not. For a long-lived credential its id.
///
/// Source: IAM API reference, CreatePolicyVersion: setAsDefault; of a new policy the first version, v1, is the default.
fn version<'a>(change: IamEvent, request: &Request<'a>, event: &Event<'a>) -> Cow<'a, str> {
    match change.act() {
        Act::SetDefaultVersion => text(request.version_id),
        Act::WritePolicy if change.name() == "CreatePolicy" => Cow::Borrowed("v1"),
        Act::WritePolicy => {
            let [written] = members(event.response_elements, ["policyVersion"]);
            let [id, is_default] = members(written.json(), ["versionId", "isDefaultVersion"]);
            let is_default =
                [request.set_as_default, is_default].into_iter().any(|flag| text(flag).eq_ignore_ascii_case("true"));
            if is_default { text(id) } else { Cow::Owned(format!("{}{DORMANT}", text(id))) }
        }
        Act::AddCredential | Act::RemoveCredential => elsewhere::credential(event),
        _ => Cow::Borrowed(""),
    }
}

/// Whom a trust policy lets in, `; `-joined: from outside, each with the keys of its conditions, then whom it names of the
/// account itself, the account as `account:ID`, services of AWS as `service:NAME`, identity providers that a condition
/// narrows to some subjects as `provider:HOST for SUBJECTS`.
fn trust<'a>(document: &str, documents: &mut Documents, event: &Event<'_>) -> (Cow<'a, str>, PolicyClass, Granted) {
    let account = event.account_id();
    let read = documents.judge(document, |read| {
        let policy = read.as_ref().ok()?;
        let mut others: Vec<String> = policy.named_insiders(account).into_iter().collect();
        let is_insider = !others.is_empty();
        others.extend(policy.lets_in_account(account).then(|| format!("account:{account}")));
        others.extend(policy.named_services().into_iter().map(|service| format!("service:{service}")));
        others.extend(policy.named_providers().into_iter().map(|provider| format!("provider:{provider}")));
        Some((policy.open_principals(account), is_insider, others))
    });
    let Some((open, is_insider, others)) = read else {
        return (Cow::Borrowed(""), PolicyClass::None, Granted::Policy(Grant::NotJudged));
    };
    let inside = if is_insider { Granted::TrustInside } else { Granted::Nothing };
    let granted = open.iter().map(granted_to).max().unwrap_or(inside);
    let listed: Vec<String> = open.iter().map(printed).chain(others).collect();
    (Cow::Owned(listed.join("; ")), PolicyClass::None, granted)
}

fn printed(open: &OpenPrincipal) -> String {
    let listed = |texts: &BTreeSet<String>, between: &str| texts.iter().cloned().collect::<Vec<_>>().join(between);
    if open.open_to == OpenTo::Guests {
        let pools = if open.pools.is_empty() { open.principal.clone() } else { listed(&open.pools, " and ") };
        return format!("{GUESTS_OF}{}", pools.replace(';', ","));
    }
    let keys = listed(&open.condition_keys, ", ");
    if keys.is_empty() { open.principal.clone() } else { format!("{} if {keys}", open.principal) }
}

fn granted_to(open: &OpenPrincipal) -> Granted {
    match open.open_to {
        _ if open.is_anyone() || open.open_to == OpenTo::Guests => Granted::TrustAnyone,
        OpenTo::OtherAccount if open.is_unconditional() => Granted::TrustOutside,
        // Whoever knows the id comes in from any account, as whoever is of the other account comes in from that.
        _ if open.is_by_external_id() => Granted::TrustOutside,
        _ => Granted::TrustConditional,
    }
}
