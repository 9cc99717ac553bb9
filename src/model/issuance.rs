//! Records that issue credentials: which STS calls do, and what their sub-documents say about what was issued.
//!
//! Only the access key id and the expiration of a response's credentials are ever read; `secretAccessKey` and
//! `sessionToken` are skipped without becoming a value. Who called, and when, is in the [`Event`] itself.

use std::borrow::Cow;
use std::mem::take;

use super::{Arn, Event, EventTime};
use crate::json::{Value, each_field};

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
    pub fn of(event: &Event<'a>) -> Option<Self> {
        if event.is_error() {
            return None;
        }
        let mut issued = Self::default();
        let mut federated_arn = Cow::default();
        each_field(event.response_elements.trim_ascii(), |name, value| match name {
            "credentials" => (issued.access_key_id, issued.expiration) = key_and_expiration(value),
            "assumedRoleUser" => (issued.assumed_role_id, issued.session_arn) = id_and_arn(value),
            "federatedUser" => (_, federated_arn) = id_and_arn(value),
            "sourceIdentity" => issued.source_identity = value.text(),
            _ => {}
        });
        if issued.access_key_id.is_empty() && issued.assumed_role_id.is_empty() {
            return None;
        }
        issued.session_arn = first(issued.session_arn, federated_arn);
        issued.add_request(event.request_parameters);
        Some(issued)
    }

    /// The account that the credentials act in, where the record says it; empty for the caller's own.
    pub fn account_id(&self) -> &str {
        let named = [&self.session_arn, &self.role_arn, &self.target_principal];
        let account =
            named.iter().filter_map(|arn| Arn::parse(arn)).map(|arn| arn.account_id).find(|id| !id.is_empty());
        account.unwrap_or(&self.target_principal)
    }

    fn add_request(&mut self, request: &'a str) {
        let (mut source_identity, mut federated_name) = (Cow::default(), Cow::default());
        each_field(request.trim_ascii(), |name, value| match name {
            "roleArn" => self.role_arn = value.text(),
            "roleSessionName" => self.session_name = value.text(),
            "durationSeconds" => self.duration_seconds = duration(&value.text()),
            "serialNumber" => self.has_mfa_serial = !value.text().is_empty(),
            "sourceIdentity" => source_identity = value.text(),
            "name" => federated_name = value.text(),
            "targetPrincipal" => self.target_principal = value.text(),
            _ => {}
        });
        self.source_identity = first(take(&mut self.source_identity), source_identity);
        self.session_name = first(take(&mut self.session_name), federated_name);
    }
}

fn key_and_expiration<'a>(credentials: &mut Value<'a>) -> (Cow<'a, str>, Option<EventTime>) {
    let (mut access_key_id, mut expiration) = (Cow::default(), None);
    credentials.each_field(|name, value| match name {
        "accessKeyId" => access_key_id = value.text(),
        "expiration" => expiration = EventTime::parse_expiration(&value.text()),
        _ => {}
    });
    (access_key_id, expiration)
}

/// `assumedRoleId` and `arn` of an assumed role or a federated user.
fn id_and_arn<'a>(user: &mut Value<'a>) -> (Cow<'a, str>, Cow<'a, str>) {
    let (mut id, mut arn) = (Cow::default(), Cow::default());
    user.each_field(|name, value| match name {
        "assumedRoleId" => id = value.text(),
        "arn" => arn = value.text(),
        _ => {}
    });
    (id, arn)
}

fn duration(seconds: &str) -> Option<i64> {
    seconds.parse().ok().filter(|seconds| (1..=1_000_000).contains(seconds))
}

fn first<'a>(a: Cow<'a, str>, b: Cow<'a, str>) -> Cow<'a, str> {
    if a.is_empty() { b } else { a }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::{IdentityRef, UserIdentity};

    fn issued<'a>(request: &'a str, response: &'a str, error_code: &'a str) -> Option<IssuedCredentials<'a>> {
        // What is given back borrows the event, which no test outlives.
        let identity: &UserIdentity<'_> = Box::leak(Box::default());
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
            vpc_endpoint_account_id: "",
            read_only: None,
            session_credential_from_console: None,
            request_parameters: request,
            response_elements: response,
            additional_event_data: "",
            service_event_details: "",
            resources: "",
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
