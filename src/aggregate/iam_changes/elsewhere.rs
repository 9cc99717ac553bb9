//! What a record says of ways in that are no policy of IAM: credentials that are no access keys, providers, trust anchors,
//! clusters, Identity Center.

use std::borrow::Cow;

use super::act::{Act, TargetKind};
use super::event::IamEvent;
use super::key::BY_ITSELF;
use super::{organization, shared, watched};
use crate::model::{Arn, Event, Raw, members, text};

/// What the call is about, by name; empty when the record does not say.
pub(super) fn target<'a>(kind: TargetKind, event: &Event<'a>) -> Cow<'a, str> {
    let of = |names| first_text(event, names);
    match kind {
        TargetKind::Provider if event.event_source == "sso-directory.amazonaws.com" => {
            of(["directoryId", "identityStoreId", "externalIdPConfigurationId"])
        }
        TargetKind::Provider => provider(event),
        TargetKind::TrustAnchor => of(["name", "trustAnchorId", "trustAnchorArn"]),
        TargetKind::Profile => of(["name", "profileId", "profileArn"]),
        TargetKind::InstanceProfile => instance_profile(event),
        TargetKind::Cluster => of(["clusterName", "name", ""]),
        TargetKind::PermissionSet => shared::last_of(permission_set(event)),
        TargetKind::Person => organization::person(event),
        TargetKind::Limit => organization::limit(event),
        TargetKind::Resource => shared::resource(event),
        TargetKind::Detection => {
            let name = of(["detectorId", "configurationRecorderName", "deliveryChannelName"]);
            let name = if name.is_empty() { of(["analyzerName", "", ""]) } else { name };
            Cow::Owned(format!("{name} in {}", event.aws_region).trim_start().to_owned())
        }
        _ => Cow::Borrowed(""),
    }
}

/// What is given: a role, a principal and a cluster's policy, who got an assignment and where, whose credential it is.
pub(super) fn given<'a>(change: IamEvent, event: &Event<'a>) -> Cow<'a, str> {
    let of = |names| first_text(event, names);
    match change.act() {
        Act::AddCredential => of(["serviceName", "serviceSpecificCredentialId", ""]),
        Act::TrustProvider => of(["clientID", "", ""]),
        Act::OpenProfile => listed(event, "roleArns"),
        Act::HandRole if change.target_kind() == TargetKind::InstanceProfile => role_or_instance(event),
        Act::HandRole if change.name() == "SetIdentityPoolRoles" => guests(event),
        Act::HandRole => of(["roleName", "roleArn", "iamRole"]),
        Act::GetToken => listed(event, "audience"),
        Act::StopDetection | Act::StartDetection if change.name().ends_with("Detector") => watched::enabled(event),
        Act::NarrowDetection if change.name() == "UpdateMemberDetectors" => watched::features_off(event),
        Act::NarrowDetection => of(["name", "ruleName", "ipSetId"]),
        Act::AddLayer => shared::layers(event),
        Act::MakeSet => of(["name", "", ""]),
        Act::MakePerson | Act::JoinPeople | Act::ResetPerson => organization::of_person(change.act(), event),
        Act::SetLimit | Act::LiftLimit => organization::limited(event),
        Act::DelegateAdmin | Act::TrustService => organization::service(event),
        Act::GrowOrganization => organization::invited(event),
        Act::RemoveCredential => of(["serviceSpecificCredentialId", "sSHPublicKeyId", "certificateId"]),
        Act::EnterCluster => joined([of(["principalArn", "", ""]), of(["policyArn", "", ""])]),
        Act::Delegate => of(["delegationRequestId", "delegationRequestArn", ""]),
        Act::Assign => {
            let [kind, id, account] = members(event.request_parameters, ["principalType", "principalId", "targetId"]);
            let (kind, id, account) = (text(kind), text(id), text(account));
            let itself = if organization::is_caller(event, &id) { BY_ITSELF } else { "" };
            Cow::Owned(format!("{} {id} in {account}{itself}", kind.to_ascii_lowercase()).trim().to_owned())
        }
        _ => Cow::Borrowed(""),
    }
}

/// The id of a long-lived credential: of the response to the call that made it, or of the request. Empty where neither says.
///
/// Source: IAM API reference, ServiceSpecificCredential, SSHPublicKey and SigningCertificate.
pub(super) fn credential<'a>(event: &Event<'a>) -> Cow<'a, str> {
    const IDS: [&str; 3] = ["serviceSpecificCredentialId", "sSHPublicKeyId", "certificateId"];
    let made = members(event.response_elements, ["serviceSpecificCredential", "sSHPublicKey", "certificate"]);
    let made = made.into_iter().flat_map(|made| members(made.json(), IDS));
    let all = members(event.request_parameters, IDS).into_iter().chain(made).map(text);
    all.into_iter().find(|id| !id.is_empty()).unwrap_or_default()
}

/// The permission set: of a new one the ARN that it got.
fn permission_set<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [made] = members(event.response_elements, ["permissionSet"]);
    let [made] = members(made.json(), ["permissionSetArn"]);
    if made == Raw::Null { first_text(event, ["permissionSetArn", "", ""]) } else { text(made) }
}

/// The role that an identity pool gives to whoever comes without signing in.
///
/// Source: Amazon Cognito identity pools API reference, SetIdentityPoolRoles.
fn guests<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [roles] = members(event.request_parameters, ["roles"]);
    let [guests] = members(roles.json(), ["unauthenticated"]);
    text(guests)
}

/// The calls of EC2 that hand an instance profile to a running instance keep what was asked in a member of their own name.
const OF_EC2: [&str; 2] = ["AssociateIamInstanceProfileRequest", "ReplaceIamInstanceProfileAssociationRequest"];

/// The instance profile: its name, or what its ARN ends in.
fn instance_profile<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [named] = members(event.request_parameters, ["instanceProfileName"]);
    if named != Raw::Null {
        return text(named);
    }
    let asked = asked_of_ec2(event);
    let [profile] = members(asked.json(), ["IamInstanceProfile"]);
    let [name, arn] = members(profile.json(), ["Name", "Arn"]);
    if name == Raw::Null { shared::last_of(text(arn)) } else { text(name) }
}

/// What an instance profile was given, or the instance that was given the profile: by its id, else by that of the
/// association that is replaced.
fn role_or_instance<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [role] = members(event.request_parameters, ["roleName"]);
    if role != Raw::Null {
        return text(role);
    }
    let [instance, association] = members(asked_of_ec2(event).json(), ["InstanceId", "AssociationId"]);
    text(if instance == Raw::Null { association } else { instance })
}

fn asked_of_ec2<'a>(event: &Event<'a>) -> Raw<'a> {
    let asked = members(event.request_parameters, OF_EC2);
    asked.into_iter().find(|raw| *raw != Raw::Null).unwrap_or(Raw::Null)
}

/// The policy of a call about a permission set: of AWS or the account, by ARN or by name.
pub(super) fn permission_set_policy<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [managed, own] = members(event.request_parameters, ["managedPolicyArn", "customerManagedPolicyReference"]);
    if managed != Raw::Null {
        return text(managed);
    }
    let [name] = members(own.json(), ["name"]);
    text(name)
}

/// The provider: its name, its host, or what its ARN ends in.
fn provider<'a>(event: &Event<'a>) -> Cow<'a, str> {
    let [name, url, arn] = members(event.request_parameters, ["name", "url", "openIDConnectProviderArn"]);
    let [saml] = members(event.request_parameters, ["sAMLProviderArn"]);
    let host = |url: Cow<'a, str>| match url.strip_prefix("https://") {
        Some(host) => Cow::Owned(host.to_owned()),
        None => url,
    };
    let after = |arn: Cow<'a, str>| match Arn::parse(&arn).and_then(|arn| arn.resource.split_once('/')) {
        Some((_, name)) => Cow::Owned(name.to_owned()),
        None => arn,
    };
    [(name, false), (url, false), (arn, true), (saml, true)]
        .into_iter()
        .find(|(raw, _)| *raw != Raw::Null)
        .map_or(Cow::Borrowed(""), |(raw, is_arn)| if is_arn { after(text(raw)) } else { host(text(raw)) })
}

fn first_text<'a>(event: &Event<'a>, names: [&str; 3]) -> Cow<'a, str> {
    let found = members(event.request_parameters, names).map(text);
    found.into_iter().find(|text| !text.is_empty()).unwrap_or_default()
}

/// The texts of a list, `; `-joined.
fn listed<'a>(event: &Event<'a>, name: &str) -> Cow<'a, str> {
    let [list] = members(event.request_parameters, [name]);
    let texts: Vec<String> = serde_json::from_str(list.json()).unwrap_or_default();
    Cow::Owned(texts.join("; "))
}

fn joined<'a>(parts: [Cow<'a, str>; 2]) -> Cow<'a, str> {
    let known: Vec<&str> = parts.iter().map(|part| &**part).filter(|part| !part.is_empty()).collect();
    Cow::Owned(known.join(" "))
}
