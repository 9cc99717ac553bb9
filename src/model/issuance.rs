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
#[non_exhaustive]
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
    /// Credentials of a permission set, fetched from Identity Center's portal by a person's browser or CLI. The
    /// AssumeRoleWithSAML beside it is called by Identity Center's own server.
    GetRoleCredentials,
    /// A ticket to the console for a role session or a federated user: their credentials become a console session.
    GetSigninToken,
    /// `aws login`: a person at the console lets a program in.
    AuthorizeOAuth2Access,
    /// `aws login`: the program fetches its credentials.
    CreateOAuth2Token,
    /// A role, for a pod of EKS, asked for by the agent on its node.
    AssumeRoleForPodIdentity,
    /// A role, for the holder of a certificate (IAM Roles Anywhere).
    CreateSession,
    /// A principal of another account, for a partner to which it was delegated for a time.
    GetDelegatedAccessToken,
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
    /// `serviceEventDetails.role_name` of GetRoleCredentials: the permission set.
    pub permission_set: Cow<'a, str>,
    /// `serviceEventDetails.account_id` of GetRoleCredentials.
    pub target_account_id: Cow<'a, str>,
    /// `requestParameters.principalArn` of AssumeRoleWithSAML: the SAML provider.
    pub saml_provider_arn: Cow<'a, str>,
}

impl IssuanceApi {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::AssumeRole,
        Self::AssumeRoleWithSaml,
        Self::AssumeRoleWithWebIdentity,
        Self::AssumeRoot,
        Self::GetSessionToken,
        Self::GetFederationToken,
        Self::ConsoleLogin,
        Self::GetRoleCredentials,
        Self::GetSigninToken,
        Self::AuthorizeOAuth2Access,
        Self::CreateOAuth2Token,
        Self::AssumeRoleForPodIdentity,
        Self::CreateSession,
        Self::GetDelegatedAccessToken,
    ];

    /// The API that `event` is a call of. Turns other events away by comparing one short name.
    pub fn of(event: &Event<'_>) -> Option<Self> {
        let api = Self::parse(event.event_name)?;
        (event.event_source == api.event_source()).then_some(api)
    }

    /// The service that it belongs to: `eventSource`.
    ///
    /// Sources: AWS STS API reference, GetDelegatedAccessToken; IAM Identity Center user guide, "CloudTrail use cases for IAM Identity Center"; AWS Sign-In user guide,
    /// "Logging AWS Sign-In events"; EKS user guide, "Pod Identity"; IAM Roles Anywhere user guide, "Logging".
    pub const fn event_source(self) -> &'static str {
        match self {
            Self::ConsoleLogin | Self::GetSigninToken | Self::AuthorizeOAuth2Access | Self::CreateOAuth2Token => {
                "signin.amazonaws.com"
            }
            Self::GetRoleCredentials => "sso.amazonaws.com",
            Self::AssumeRoleForPodIdentity => "eks-auth.amazonaws.com",
            Self::CreateSession => "rolesanywhere.amazonaws.com",
            _ => "sts.amazonaws.com",
        }
    }

    /// Whether the record only adds to what another record says, or shows no key of what it issues: it explains sessions
    /// and is no credential of its own.
    pub const fn is_beside(self) -> bool {
        self as u8 > Self::ConsoleLogin as u8
    }

    /// Whether it starts a session of the caller's own identity without showing a key.
    pub const fn is_sign_in(self) -> bool {
        matches!(
            self,
            Self::ConsoleLogin | Self::GetSigninToken | Self::AuthorizeOAuth2Access | Self::CreateOAuth2Token
        )
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
            "GetRoleCredentials" => Self::GetRoleCredentials,
            "GetSigninToken" => Self::GetSigninToken,
            "AuthorizeOAuth2Access" => Self::AuthorizeOAuth2Access,
            "CreateOAuth2Token" => Self::CreateOAuth2Token,
            "AssumeRoleForPodIdentity" => Self::AssumeRoleForPodIdentity,
            "CreateSession" => Self::CreateSession,
            "GetDelegatedAccessToken" => Self::GetDelegatedAccessToken,
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
            Self::GetRoleCredentials => "GetRoleCredentials",
            Self::GetSigninToken => "GetSigninToken",
            Self::AuthorizeOAuth2Access => "AuthorizeOAuth2Access",
            Self::CreateOAuth2Token => "CreateOAuth2Token",
            Self::AssumeRoleForPodIdentity => "AssumeRoleForPodIdentity",
            Self::CreateSession => "CreateSession",
            Self::GetDelegatedAccessToken => "GetDelegatedAccessToken",
        }
    }

    /// How long, in seconds, credentials live when the request does not say; `None` for a sign-in, whose session life
    /// no record states. Root's own tokens live an hour.
    ///
    /// Source: AWS STS API reference, `DurationSeconds` of each action.
    pub const fn default_life(self, by_root: bool) -> Option<i64> {
        match self {
            Self::AssumeRole | Self::AssumeRoleWithSaml | Self::AssumeRoleWithWebIdentity | Self::CreateSession => {
                Some(3600)
            }
            Self::AssumeRoot => Some(900),
            Self::GetSessionToken | Self::GetFederationToken if by_root => Some(3600),
            Self::GetSessionToken | Self::GetFederationToken => Some(43_200),
            _ => None,
        }
    }
}

impl<'a> IssuedCredentials<'a> {
    /// What `event`, a call of `api`, issued; `None` when it failed or shows nothing of what it issued though such a call
    /// does.
    pub fn of(api: IssuanceApi, event: &Event<'a>) -> Option<Self> {
        if event.is_error() {
            return None;
        }
        let mut issued = Self::default();
        if api.is_sign_in() {
            return Some(issued);
        }
        if api == IssuanceApi::GetRoleCredentials {
            issued.add_permission_set(event.service_event_details);
            return (!issued.permission_set.is_empty()).then_some(issued);
        }
        let set = issued.add_response(event.response_elements.trim_ascii());
        // CreateSession of Roles Anywhere gives a list of one.
        if let Some(first) = set.strip_prefix('[') {
            issued.add_response(first.trim_ascii());
        }
        if issued.access_key_id.is_empty() && issued.assumed_role_id.is_empty() {
            return None;
        }
        issued.add_request(event.request_parameters);
        Some(issued)
    }

    /// Whether Identity Center's own server made the call: its address says nothing of the person. IAM keeps the path of
    /// such roles to Identity Center; the provider's name counts only where the role is not told.
    ///
    /// Source: IAM Identity Center user guide, "Referencing permission sets in resource policies".
    pub fn is_by_identity_center(&self) -> bool {
        if !self.role_arn.is_empty() {
            return Arn::parse(&self.role_arn).is_some_and(|role| role.is_role_of_identity_center());
        }
        let provider = Arn::parse(&self.saml_provider_arn).map_or("", |arn| arn.resource);
        provider.starts_with("saml-provider/AWSSSO_") && provider.ends_with("_DO_NOT_DELETE")
    }

    /// Reads a response, or one of its `credentialSet`, and gives the text of the latter.
    fn add_response(&mut self, response: &'a str) -> &'a str {
        let mut federated_arn = Cow::default();
        let mut set = "";
        each_field(response, |name, value| match name {
            "credentials" => (self.access_key_id, self.expiration) = key_and_expiration(value),
            "assumedRoleUser" => (self.assumed_role_id, self.session_arn) = id_and_arn(value),
            "federatedUser" => (_, federated_arn) = id_and_arn(value),
            "sourceIdentity" => self.source_identity = value.text(),
            // GetDelegatedAccessToken tells the role there, and the request nothing of it.
            "assumedPrincipal" => self.role_arn = value.text(),
            "credentialSet" => set = value.raw().json(),
            _ => {}
        });
        if self.session_arn.is_empty() {
            self.session_arn = federated_arn;
        }
        set
    }

    fn add_permission_set(&mut self, details: &'a str) {
        each_field(details.trim_ascii(), |name, value| match name {
            "role_name" => self.permission_set = value.text(),
            "account_id" => self.target_account_id = value.text(),
            _ => {}
        });
    }

    /// The account that the credentials act in, where the record says it; empty for the caller's own.
    pub fn account_id(&self) -> &str {
        if !self.target_account_id.is_empty() {
            return &self.target_account_id;
        }
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
            "principalArn" => self.saml_provider_arn = value.text(),
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
        // AssumeRoleForPodIdentity spells it without the d.
        "assumedRoleId" | "assumeRoleId" => id = value.text(),
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
        issued_by(IssuanceApi::AssumeRole, [request, response, ""], error_code)
    }

    fn issued_by<'a>(api: IssuanceApi, parts: [&'a str; 3], error_code: &'a str) -> Option<IssuedCredentials<'a>> {
        let [request, response, details] = parts;
        // What is given back borrows the event, which no test outlives.
        let identity: &UserIdentity<'_> = Box::leak(Box::default());
        IssuedCredentials::of(
            api,
            Box::leak(Box::new(Event {
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
                service_event_details: details,
                resources: "",
                addendum: "",
                record: "",
                user_identity: crate::model::LazyIdentity::known(identity),
                identity: IdentityRef { generation: 1, slot: 0 },
            })),
        )
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
    fn newer_ways_to_get_credentials() {
        let details = r#"{"role_name":"admin","account_id":"444455556666"}"#;
        let fetched = issued_by(IssuanceApi::GetRoleCredentials, ["", "", details], "").unwrap();
        assert_eq!((&*fetched.permission_set, fetched.account_id()), ("admin", "444455556666"));
        assert_eq!(issued_by(IssuanceApi::GetRoleCredentials, ["", "", "{}"], ""), None);
        assert_eq!(issued_by(IssuanceApi::GetRoleCredentials, ["", "", details], "ForbiddenException"), None);
        let set = r#"{"credentialSet":[{"assumedRoleUser":{"assumedRoleId":"AROA:1"},"credentials":{"accessKeyId":
            "ASIA1","secretAccessKey":"SECRET"}},{"credentials":{"accessKeyId":"ASIA2"}}]}"#;
        let session = issued_by(IssuanceApi::CreateSession, ["", set, ""], "").unwrap();
        assert_eq!((&*session.access_key_id, &*session.assumed_role_id), ("ASIA1", "AROA:1"));
        assert!(!format!("{session:?}").contains("SECRET"));
        for odd in [r#"{"credentialSet":"x"}"#, r#"{"credentialSet":[]}"#, r#"{"credentialSet":[[[["#, "{"] {
            assert_eq!(issued_by(IssuanceApi::CreateSession, ["", odd, ""], ""), None, "{odd}");
        }
        let pod = r#"{"assumedRoleUser":{"arn":"arn:aws:sts::111122223333:assumed-role/r/s","assumeRoleId":"AROA:s"}}"#;
        let pod = issued_by(IssuanceApi::AssumeRoleForPodIdentity, ["", pod, ""], "").unwrap();
        assert_eq!((&*pod.assumed_role_id, pod.account_id()), ("AROA:s", "111122223333"));
        let delegated =
            r#"{"credentials":{"accessKeyId":"ASIA3"},"assumedPrincipal":"arn:aws:iam::111122223333:role/r"}"#;
        let delegated = issued_by(IssuanceApi::GetDelegatedAccessToken, ["", delegated, ""], "").unwrap();
        assert_eq!((&*delegated.access_key_id, delegated.account_id()), ("ASIA3", "111122223333"));
        assert!(issued_by(IssuanceApi::GetSigninToken, ["", "", ""], "").is_some(), "shows nothing of what it gives");
    }

    #[test]
    fn whose_server_calls() {
        let is_center = |request: String| issued(&request, RESPONSE, "").is_some_and(|one| one.is_by_identity_center());
        let request = |role: &str, provider: &str| format!(r#"{{"roleArn":"{role}","principalArn":"{provider}"}}"#);
        let provider = "arn:aws:iam::111122223333:saml-provider/AWSSSO_0123_DO_NOT_DELETE";
        let path = "arn:aws-us-gov:iam::1:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x_0";
        assert!(is_center(request(path, "")));
        assert!(is_center(request("", provider)));
        assert!(!is_center(request("arn:aws:iam::1:role/x", provider)), "anybody may name a provider so");
        assert!(!is_center(request("arn:aws:iam::1:role/x", "arn:aws:iam::1:saml-provider/Okta")));
    }

    #[test]
    fn names_there_and_back() {
        for api in IssuanceApi::ALL {
            assert_eq!(IssuanceApi::parse(api.as_str()), Some(api));
        }
        assert_eq!(IssuanceApi::parse("AssumeRoleX"), None);
    }
}
