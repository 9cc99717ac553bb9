//! Sign-ins: how `ConsoleLogin` and the sign-in events of IAM Identity Center say whether it worked, whether MFA was used
//! and whose business MFA was; and the steps before the end that records tell, such as `CheckMfa`.

use super::{Event, IdentityType, UserIdentity, members, text};

/// What CloudTrail writes for the `userName` of a sign-in with a name that the account does not have: the name may be a
/// password typed into the wrong field.
///
/// Source: CloudTrail user guide, "AWS Management Console sign-in events", unsuccessful sign-in attempt.
pub const HIDDEN_USER_NAME: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// Which part of signing in a record tells. Not an AWS field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignInStep {
    /// It worked, or the password was refused: a sign-in.
    End,
    /// The second factor was given and refused, which ended it: a sign-in, too. The password was right.
    MfaRefused,
    /// The second factor was asked for, so the password was right; how it ended stands in another record.
    MfaAsked,
    /// The second factor was given and accepted; how it ended stands in another record.
    MfaGiven,
}

/// How a sign-in ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Whether the sign-in worked: `responseElements.ConsoleLogin` is `Success`. A failed one has an errorMessage and no
    /// errorCode, so the absence of an error code proves nothing.
    pub succeeded: bool,
    /// `additionalEventData.MFAUsed` (`Yes`, `No`, `YES`); `None` when absent or unknown.
    pub mfa_used: Option<bool>,
    /// Whether an identity provider or a federation broker checked who it is: the identity is a role session, a
    /// federated user or a user of a provider, or `additionalEventData` names a SAML provider. `MFAUsed` then says
    /// nothing, and is mostly `No`.
    pub by_identity_provider: bool,
}

/// What a sign-in says of MFA. Not an AWS field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SignInMfa {
    /// `MFAUsed` is yes.
    Yes,
    /// `MFAUsed` is no.
    No,
    /// An identity provider holds it, or whoever issued the role session or federated user that signed in: not in the
    /// record.
    IdentityProvider,
    /// The record does not say.
    Unknown,
}

impl SignInStep {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::End, Self::MfaRefused, Self::MfaAsked, Self::MfaGiven];

    /// The step that `event` tells and how it ended; `None` for an event that is no part of signing in. Turns other
    /// events away by their name.
    ///
    /// Source: CloudTrail user guide, "AWS Management Console sign-in events" (`CheckMfa`: the sign-in page asks for MFA,
    /// which it does after the password; that a refused password never gets there is our inference); IAM Identity
    /// Center user guide, "Understanding IAM Identity Center sign-in events".
    pub fn read(event: &Event<'_>) -> Option<(Self, SignIn)> {
        let read: fn(&Event<'_>) -> Option<(Self, SignIn)> = match event.event_name {
            "ConsoleLogin" => |event| Some((Self::End, SignIn::of(event))),
            "CheckMfa" => check_mfa,
            "UserAuthentication" => user_authentication,
            "CredentialVerification" => credential_verification,
            _ => return None,
        };
        if event.event_source == "signin.amazonaws.com" { read(event) } else { None }
    }

    /// Whether a sign-in ends with it, so that it counts as one.
    pub const fn is_sign_in(self) -> bool {
        matches!(self, Self::End | Self::MfaRefused)
    }

    /// The word under which it is saved.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::End => "end",
            Self::MfaRefused => "mfa-refused",
            Self::MfaAsked => "mfa-asked",
            Self::MfaGiven => "mfa-given",
        }
    }

    /// The value of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|step| step.as_str() == word)
    }
}

/// Nothing is known of MFA yet: the sign-in goes on.
const UNDER_WAY: SignIn = SignIn { succeeded: false, mfa_used: None, by_identity_provider: false };

fn check_mfa(event: &Event<'_>) -> Option<(SignInStep, SignIn)> {
    let [asked] = members(event.response_elements, ["CheckMfa"]);
    (text(asked) == "Success").then_some((SignInStep::MfaAsked, UNDER_WAY))
}

/// The end of a sign-in to Identity Center, with all kinds of credentials that it took.
fn user_authentication(event: &Event<'_>) -> Option<(SignInStep, SignIn)> {
    let (succeeded, kinds) = identity_center(event)?;
    let mfa_used = (succeeded && !kinds.is_empty()).then(|| kinds.has_second_factor());
    let by_identity_provider = kinds.has_provider();
    Some((SignInStep::End, SignIn { succeeded, mfa_used, by_identity_provider }))
}

/// One credential of a sign-in to Identity Center. A password that was right says nothing yet.
fn credential_verification(event: &Event<'_>) -> Option<(SignInStep, SignIn)> {
    let (succeeded, kinds) = identity_center(event)?;
    let step = match (kinds.has_second_factor(), succeeded) {
        (true, true) => SignInStep::MfaGiven,
        (true, false) => SignInStep::MfaRefused,
        (false, false) => SignInStep::End,
        (false, true) => return None,
    };
    Some((step, SignIn { by_identity_provider: kinds.has_provider(), ..UNDER_WAY }))
}

/// Whether an event of Identity Center tells success, and of which credentials; `None` where it tells no result.
fn identity_center(event: &Event<'_>) -> Option<(bool, CredentialTypes)> {
    let [outcome] = members(event.service_event_details, [event.event_name]);
    let outcome = text(outcome);
    let [kinds] = members(event.additional_event_data, ["CredentialType"]);
    (!outcome.is_empty()).then(|| (outcome.eq_ignore_ascii_case("success"), CredentialTypes(text(kinds).into_owned())))
}

/// `additionalEventData.CredentialType`: one kind of credential, or several with commas between.
struct CredentialTypes(String);

impl CredentialTypes {
    fn kinds(&self) -> impl Iterator<Item = &str> {
        self.0.split(',').map(str::trim).filter(|kind| !kind.is_empty())
    }

    fn is_empty(&self) -> bool {
        self.kinds().next().is_none()
    }

    fn has_provider(&self) -> bool {
        self.kinds().any(|kind| kind == "EXTERNAL_IDP")
    }

    /// TOTP, WEBAUTHN, EMAIL_OTP and whatever comes: all but a password and the word of another provider.
    fn has_second_factor(&self) -> bool {
        self.kinds().any(|kind| !matches!(kind, "PASSWORD" | "EXTERNAL_IDP"))
    }
}

impl SignIn {
    /// Reads a sign-in from `event`, a `ConsoleLogin`. A record that names the MFA device (`MFAIdentifier`) and does not
    /// say whether MFA was used says yes.
    ///
    /// Source: CloudTrail user guide, "AWS Management Console sign-in events".
    pub fn of(event: &Event<'_>) -> Self {
        let [outcome] = members(event.response_elements, ["ConsoleLogin"]);
        let [mfa, device, provider] =
            members(event.additional_event_data, ["MFAUsed", "MFAIdentifier", "SamlProviderArn"]);
        let mfa = if text(mfa).is_empty() && !text(device).is_empty() { "yes".into() } else { text(mfa) };
        let yes = mfa.eq_ignore_ascii_case("yes") || mfa.eq_ignore_ascii_case("true");
        let no = mfa.eq_ignore_ascii_case("no") || mfa.eq_ignore_ascii_case("false");
        Self {
            succeeded: text(outcome) == "Success",
            mfa_used: (yes || no).then_some(yes),
            by_identity_provider: !text(provider).is_empty() || is_provided(&event.user_identity),
        }
    }

    /// What it says of MFA.
    pub fn mfa(&self) -> SignInMfa {
        match self.mfa_used {
            _ if self.by_identity_provider => SignInMfa::IdentityProvider,
            Some(true) => SignInMfa::Yes,
            Some(false) => SignInMfa::No,
            None => SignInMfa::Unknown,
        }
    }
}

impl SignInMfa {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Yes, Self::No, Self::IdentityProvider, Self::Unknown];

    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Yes => "yes",
            Self::No => "no",
            Self::IdentityProvider => "identity-provider",
            Self::Unknown => "unknown",
        }
    }

    /// The value of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mfa| mfa.as_str() == word)
    }
}

/// Whether somebody else than AWS's sign-in page asked for the password.
fn is_provided(identity: &UserIdentity<'_>) -> bool {
    use IdentityType::{AssumedRole, FederatedUser, IdentityCenterUser, SamlUser, WebIdentityUser};
    matches!(identity.kind, AssumedRole | FederatedUser | IdentityCenterUser | SamlUser | WebIdentityUser)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{event, role_session, user};

    fn sign_in(identity: &UserIdentity<'_>, response: &str, extra: &str) -> SignIn {
        SignIn::of(&Event { response_elements: response, additional_event_data: extra, ..event(identity) })
    }

    #[test]
    fn success_is_what_the_response_says() {
        let ana = user("ana", "");
        let outcome = |response: &str| sign_in(&ana, response, "").succeeded;
        assert!(outcome(r#"{"ConsoleLogin":"Success"}"#));
        for response in ["", "null", r#"{"ConsoleLogin":"Failure"}"#, r#"{"CheckMfa":"Success"}"#, r#"["Success"]"#] {
            assert!(!outcome(response), "{response}");
        }
    }

    #[test]
    fn whose_mfa_it_is() {
        let (ana, role) = (user("ana", ""), role_session("AWSReservedSSO_Admin_0a1b", "ana", "", None));
        let provider = r#"{"MFAUsed":"No","SamlProviderArn":"arn:aws:iam::111122223333:saml-provider/idp"}"#;
        for (identity, extra, mfa) in [
            (&ana, r#"{"MFAUsed":"Yes"}"#, SignInMfa::Yes),
            (&ana, r#"{"MFAUsed":"YES"}"#, SignInMfa::Yes),
            (&ana, r#"{"MFAUsed":"No"}"#, SignInMfa::No),
            (&ana, r#"{"MFAUsed":"No","SamlProviderArn":""}"#, SignInMfa::No),
            (&ana, r#"{"MFAUsed":"maybe"}"#, SignInMfa::Unknown),
            (&ana, r#"{"MFAIdentifier":"arn:aws:iam::111122223333:mfa/ana"}"#, SignInMfa::Yes),
            (&ana, r#"{"MFAUsed":"No","MFAIdentifier":"arn:aws:iam::111122223333:mfa/ana"}"#, SignInMfa::No),
            (&ana, r#"{"MFAIdentifier":""}"#, SignInMfa::Unknown),
            (&ana, "", SignInMfa::Unknown),
            (&ana, provider, SignInMfa::IdentityProvider),
            (&role, r#"{"MFAUsed":"No"}"#, SignInMfa::IdentityProvider),
        ] {
            assert_eq!(sign_in(identity, "", extra).mfa(), mfa, "{extra}");
            assert_eq!(SignInMfa::parse(mfa.as_str()), Some(mfa));
        }
    }

    #[test]
    fn steps_of_identity_center() {
        let person = UserIdentity { kind: IdentityType::IdentityCenterUser, ..UserIdentity::default() };
        let step = |name: &'static str, outcome: &str, kinds: &str| {
            let details = format!(r#"{{"{name}":"{outcome}"}}"#);
            let kinds = format!(r#"{{"CredentialType":"{kinds}"}}"#);
            let event = Event { event_name: name, event_source: "signin.amazonaws.com", ..event(&person) };
            SignInStep::read(&Event { service_event_details: &details, additional_event_data: &kinds, ..event })
        };
        let end =
            |outcome, kinds| step("UserAuthentication", outcome, kinds).map(|(_, end)| (end.succeeded, end.mfa()));
        assert_eq!(end("Success", "PASSWORD"), Some((true, SignInMfa::No)));
        assert_eq!(end("Success", "PASSWORD,TOTP"), Some((true, SignInMfa::Yes)));
        assert_eq!(end("Success", "WEBAUTHN"), Some((true, SignInMfa::Yes)));
        assert_eq!(end("Success", "EXTERNAL_IDP"), Some((true, SignInMfa::IdentityProvider)));
        assert_eq!(end("Success", ""), Some((true, SignInMfa::Unknown)));
        assert_eq!(end("Failure", "PASSWORD"), Some((false, SignInMfa::Unknown)));
        assert_eq!(end("", "PASSWORD"), None);
        let verified = |outcome, kinds| step("CredentialVerification", outcome, kinds).map(|(step, _)| step);
        assert_eq!(verified("Failure", "PASSWORD"), Some(SignInStep::End));
        assert_eq!(verified("Success", "PASSWORD"), None, "the second factor is still to come");
        assert_eq!(verified("Failure", "TOTP"), Some(SignInStep::MfaRefused));
        assert_eq!(verified("Success", "WEBAUTHN"), Some(SignInStep::MfaGiven));
        assert_eq!(step("CredentialChallenge", "Success", "PASSWORD"), None);
        assert!(SignInStep::ALL.into_iter().all(|step| SignInStep::parse(step.as_str()) == Some(step)));
    }

    #[test]
    fn a_check_of_mfa_is_a_step_and_no_sign_in() {
        let ana = user("ana", "");
        let check = |source, response| {
            let event = Event { event_name: "CheckMfa", event_source: source, ..event(&ana) };
            SignInStep::read(&Event { response_elements: response, ..event }).map(|(step, _)| step)
        };
        let asked = r#"{"CheckMfa":"Success"}"#;
        assert_eq!(check("signin.amazonaws.com", asked), Some(SignInStep::MfaAsked));
        assert_eq!(check("example.amazonaws.com", asked), None);
        assert_eq!(check("signin.amazonaws.com", r#"{"CheckMfa":"Failure"}"#), None);
    }
}
