//! Records that issue credentials: which STS calls do, and what their sub-documents say about what was issued.
//!
//! Only the access key id and the expiration of a response's credentials are ever read; `secretAccessKey` and
//! `sessionToken` are skipped without becoming a value. Who called, and when, is in the [`Event`] itself.

use std::borrow::Cow;

use super::{Arn, Event, EventTime, Raw, members, text};

/// An API that issues temporary credentials, or the sign-in that starts a console session.
///
/// Source: IAM user guide, "Compare AWS STS credentials".
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum IssuanceApi {
    /// A role, for a caller with AWS credentials or an AWS service.
    AssumeRole,
    /// A role, for a user of a SAML provider.
    AssumeRoleWithSaml,
    /// A role, for a user of an OpenID Connect provider.
    AssumeRoleWithWebIdentity,
    /// Root of a member account, for a central administrator.
    AssumeRoot,
    /// The caller's own identity, as temporary credentials.
    GetSessionToken,
    /// The caller's own identity under another name, with a narrower policy.
    GetFederationToken,
    /// A sign-in to the console: starts a session without showing a key.
    ConsoleLogin,
}

/// What an issuance record says about the issued credentials. Absent texts are empty.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct IssuedCredentials<'a> {
    /// `responseElements.credentials.accessKeyId`.
    pub access_key_id: Cow<'a, str>,
    /// `responseElements.credentials.expiration`.
    pub expiration: Option<EventTime>,
    /// `responseElements.assumedRoleUser.assumedRoleId`: the principalId of the session's events.
    pub assumed_role_id: Cow<'a, str>,
    /// `responseElements.assumedRoleUser.arn`, or the arn of the federated user.
    pub session_arn: Cow<'a, str>,
    /// `requestParameters.roleArn`.
    pub role_arn: Cow<'a, str>,
    /// `requestParameters.roleSessionName`, or `name` of GetFederationToken.
    pub session_name: Cow<'a, str>,
    /// `requestParameters.durationSeconds`.
    pub duration_seconds: Option<i64>,
    /// Whether the request names an MFA device (`serialNumber`): a successful call then proves MFA.
    pub has_mfa_serial: bool,
    /// `sourceIdentity`, from the response, else the request.
    pub source_identity: Cow<'a, str>,
    /// `requestParameters.targetPrincipal` of AssumeRoot.
    pub target_principal: Cow<'a, str>,
    /// Who the identity provider says it is: the provider of SAML and web identities.
    pub provider: &'a str,
}

impl IssuanceApi {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::AssumeRole,
        Self::AssumeRoleWithSaml,
        Self::AssumeRoleWithWebIdentity,
        Self::AssumeRoot,
        Self::GetSessionToken,
        Self::GetFederationToken,
        Self::ConsoleLogin,
    ];

    /// The API that `event` is a call of. Turns other events away by comparing one short name.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let api = Self::parse(event.event_name)?;
        let source = if api == Self::ConsoleLogin { "signin.amazonaws.com" } else { "sts.amazonaws.com" };
        (event.event_source == source).then_some(api)
    }

    /// The API of that eventName.
    pub fn parse(event_name: &str) -> Option<Self> {
        Some(match event_name {
            "AssumeRole" => Self::AssumeRole,
            "AssumeRoleWithSAML" => Self::AssumeRoleWithSaml,
            "AssumeRoleWithWebIdentity" => Self::AssumeRoleWithWebIdentity,
            "AssumeRoot" => Self::AssumeRoot,
            "GetSessionToken" => Self::GetSessionToken,
            "GetFederationToken" => Self::GetFederationToken,
            "ConsoleLogin" => Self::ConsoleLogin,
            _ => return None,
        })
    }

    /// AWS's spelling.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::AssumeRole => "AssumeRole",
            Self::AssumeRoleWithSaml => "AssumeRoleWithSAML",
            Self::AssumeRoleWithWebIdentity => "AssumeRoleWithWebIdentity",
            Self::AssumeRoot => "AssumeRoot",
            Self::GetSessionToken => "GetSessionToken",
            Self::GetFederationToken => "GetFederationToken",
            Self::ConsoleLogin => "ConsoleLogin",
        }
    }

    /// How long, in seconds, credentials live when the request does not say; `None` for a sign-in, whose session life
    /// no record states. Root's own tokens live an hour.
    ///
    /// Source: AWS STS API reference, `DurationSeconds` of each action.
    pub const fn default_life(self, by_root: bool) -> Option<i64> {
        match self {
            Self::AssumeRole | Self::AssumeRoleWithSaml | Self::AssumeRoleWithWebIdentity => Some(3600),
            Self::AssumeRoot => Some(900),
            Self::GetSessionToken | Self::GetFederationToken if by_root => Some(3600),
            Self::GetSessionToken | Self::GetFederationToken => Some(43_200),
            Self::ConsoleLogin => None,
        }
    }
}

impl<'a> IssuedCredentials<'a> {
    /// What `event`, an STS call, issued; `None` when it failed or shows neither an issued key nor an assumed role.
    pub fn of(event: &'a Event<'_>) -> Option<Self> {
        if event.is_error() {
            return None;
        }
        let response = ["credentials", "assumedRoleUser", "federatedUser", "sourceIdentity"];
        let [credentials, role_user, federated, source_identity] = members(event.response_elements, response);
        let [access_key_id, expiration] = members(credentials.json(), ["accessKeyId", "expiration"]);
        let [assumed_role_id, role_user_arn] = members(role_user.json(), ["assumedRoleId", "arn"]);
        let [federated_arn] = members(federated.json(), ["arn"]);
        let (access_key_id, assumed_role_id) = (text(access_key_id), text(assumed_role_id));
        if access_key_id.is_empty() && assumed_role_id.is_empty() {
            return None;
        }
        let requested = Self::requested(event.request_parameters);
        let source_identity = text(source_identity);
        Some(Self {
            access_key_id,
            expiration: EventTime::parse_expiration(&text(expiration)),
            assumed_role_id,
            session_arn: first(role_user_arn, federated_arn),
            source_identity: if source_identity.is_empty() { requested.source_identity } else { source_identity },
            provider: &event.user_identity.identity_provider,
            ..requested
        })
    }

    /// The account that the credentials act in, where the record says it; empty for the caller's own.
    pub fn account_id(&self) -> &str {
        let named = [&self.session_arn, &self.role_arn, &self.target_principal];
        let account =
            named.iter().filter_map(|arn| Arn::parse(arn)).map(|arn| arn.account_id).find(|id| !id.is_empty());
        account.unwrap_or(&self.target_principal)
    }

    fn requested(request: &'a str) -> Self {
        let names = [
            "roleArn",
            "roleSessionName",
            "durationSeconds",
            "serialNumber",
            "sourceIdentity",
            "name",
            "targetPrincipal",
        ];
        let [role_arn, session_name, duration, serial, source_identity, federated_name, target_principal] =
            members(request, names);
        Self {
            role_arn: text(role_arn),
            session_name: first(session_name, federated_name),
            duration_seconds: text(duration).parse().ok().filter(|seconds| (1..=1_000_000).contains(seconds)),
            has_mfa_serial: !text(serial).is_empty(),
            source_identity: text(source_identity),
            target_principal: text(target_principal),
            ..Self::default()
        }
    }
}

fn first<'a>(a: Raw<'a>, b: Raw<'a>) -> Cow<'a, str> {
    let a = text(a);
    if a.is_empty() { text(b) } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IdentityRef, UserIdentity};

    fn issued<'a>(request: &'a str, response: &'a str, error_code: &'a str) -> Option<IssuedCredentials<'a>> {
        // What is given back borrows the event, which no test outlives.
        let identity: &UserIdentity = Box::leak(Box::default());
        IssuedCredentials::of(Box::leak(Box::new(Event {
            event_id: "",
            event_time: None,
            event_name: "AssumeRole",
            event_source: "sts.amazonaws.com",
            event_type: "",
            event_category: "",
            aws_region: "",
            source_ip_address: "",
            user_agent: "",
            error_code,
            error_message: "",
            recipient_account_id: "",
            shared_event_id: "",
            vpc_endpoint_id: "",
            read_only: None,
            session_credential_from_console: None,
            request_parameters: request,
            response_elements: response,
            additional_event_data: "",
            addendum: "",
            user_identity: crate::model::LazyIdentity::known(identity),
            identity: IdentityRef { generation: 1, slot: 0 },
        })))
    }

    const RESPONSE: &str = r#"{"credentials":{"secretAccessKey":"SECRET","accessKeyId":"ASIAIOSFODNN7EXAMPLE",
        "sessionToken":"SECRET","expiration":"Jul 10, 2023, 12:09:47 PM"},
        "assumedRoleUser":{"assumedRoleId":"AROA:s","arn":"arn:aws:sts::111122223333:assumed-role/r/s"}}"#;

    #[test]
    fn a_usual_response() {
        let request = r#"{"roleArn":"arn:aws:iam::111122223333:role/r","roleSessionName":"s","durationSeconds":"900",
            "serialNumber":"arn:aws:iam::111122223333:mfa/u"}"#;
        let issued = issued(request, RESPONSE, "").unwrap();
        assert_eq!(issued.access_key_id, "ASIAIOSFODNN7EXAMPLE");
        assert_eq!(issued.expiration.map(|time| time.to_string()).as_deref(), Some("2023-07-10T12:09:47Z"));
        assert_eq!((issued.duration_seconds, issued.has_mfa_serial), (Some(900), true));
        assert_eq!(issued.account_id(), "111122223333");
        assert!(!format!("{issued:?}").contains("SECRET"));
    }

    #[test]
    fn what_issued_nothing() {
        assert_eq!(issued("{}", RESPONSE, "AccessDenied"), None);
        for response in
            ["", "null", "[]", "17", r#"{"credentials":null}"#, r#"{"credentials":{"accessKeyId":""}}"#, "{"]
        {
            assert_eq!(issued("{}", response, ""), None, "{response}");
        }
    }

    #[test]
    fn requests_of_any_shape() {
        for request in ["", "null", "[]", "\"x\"", r#"{"roleArn":{"a":1},"durationSeconds":[],"serialNumber":""}"#] {
            let issued = issued(request, RESPONSE, "").unwrap();
            assert_eq!((issued.duration_seconds, issued.has_mfa_serial, &*issued.role_arn), (None, false, ""));
        }
    }

    #[test]
    fn names_there_and_back() {
        for api in IssuanceApi::ALL {
            assert_eq!(IssuanceApi::parse(api.as_str()), Some(api));
        }
        assert_eq!(IssuanceApi::parse("AssumeRoleX"), None);
    }
}
