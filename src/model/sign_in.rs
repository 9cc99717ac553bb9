//! Console sign-ins: how `ConsoleLogin` says whether it worked, whether MFA was used and whose business MFA was.

use super::{Event, IdentityType, UserIdentity, members, text};

/// What CloudTrail writes for the `userName` of a sign-in with a name that the account does not have: the name may be a
/// password typed into the wrong field.
///
/// Source: CloudTrail user guide, "AWS Management Console sign-in events", unsuccessful sign-in attempt.
pub const HIDDEN_USER_NAME: &str = "HIDDEN_DUE_TO_SECURITY_REASONS";

/// How a `ConsoleLogin` ended. Of any other event this says nothing.
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
    /// The identity provider holds it: not visible here.
    IdentityProvider,
    /// The record does not say.
    Unknown,
}

impl SignIn {
    /// Reads a sign-in from `event`, a `ConsoleLogin`.
    ///
    /// Source: CloudTrail user guide, "AWS Management Console sign-in events".
    pub fn of(event: &Event<'_>) -> Self {
        let [outcome] = members(event.response_elements, ["ConsoleLogin"]);
        let [mfa, provider] = members(event.additional_event_data, ["MFAUsed", "SamlProviderArn"]);
        let mfa = text(mfa);
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
            (&ana, "", SignInMfa::Unknown),
            (&ana, provider, SignInMfa::IdentityProvider),
            (&role, r#"{"MFAUsed":"No"}"#, SignInMfa::IdentityProvider),
        ] {
            assert_eq!(sign_in(identity, "", extra).mfa(), mfa, "{extra}");
            assert_eq!(SignInMfa::parse(mfa.as_str()), Some(mfa));
        }
    }
}
