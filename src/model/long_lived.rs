//! Which long-lived credential a call was made with: a key, a credential for one service, a bearer token.

use std::borrow::Cow;

use super::{AccessKeyKind, Event, IdentityType, UserIdentity, members, text};

/// How a bearer token is called that the record gives no id of: this, and the user whose it is. Not an AWS id.
pub const BEARER: &str = "bearer:";

impl UserIdentity<'_> {
    /// The long-lived credential that signed: an access key ([`UserIdentity::is_long_lived_key_use`]), or a credential of an
    /// IAM user for one service (`ABIA`, `ACCA`) outside of any session.
    ///
    /// Source: IAM user guide, "IAM identifiers" and "Service-specific credentials". That records show such ids as
    /// accessKeyId is our inference.
    pub fn long_lived_key(&self) -> Option<&str> {
        let kind = AccessKeyKind::of(&self.access_key_id);
        let of_service = matches!(kind, AccessKeyKind::Bearer | AccessKeyKind::ContextSpecific)
            && self.kind == IdentityType::IamUser
            && self.creation_date().is_none();
        (of_service || self.is_long_lived_key_use()).then_some(&*self.access_key_id)
    }

    /// Whether a call of this identity can have carried a long-lived bearer token: an IAM user outside of any session,
    /// without an access key. A short-lived token shows the session that it was made from.
    ///
    /// Source: Amazon Bedrock user guide, "Generate Amazon Bedrock API keys".
    pub fn may_carry_bearer_token(&self) -> bool {
        self.kind == IdentityType::IamUser && self.access_key_id.is_empty() && self.creation_date().is_none()
    }

    /// How the bearer token of this user is called: `bearer:` and its arn, else its principalId.
    pub fn bearer_key(&self) -> Cow<'_, str> {
        let user = if self.arn.is_empty() { &self.principal_id } else { &self.arn };
        Cow::Owned(format!("{BEARER}{user}"))
    }
}

impl Event<'_> {
    /// Whether the call was made with a bearer token, such as an Amazon Bedrock API key, in the place of a signature:
    /// `additionalEventData.callWithBearerToken`.
    ///
    /// Source: Amazon Bedrock user guide, "Monitor Amazon Bedrock API calls using CloudTrail".
    pub fn is_call_with_bearer_token(&self) -> bool {
        const MEMBER: &str = "callWithBearerToken";
        self.additional_event_data.contains(MEMBER)
            && text(members(self.additional_event_data, [MEMBER])[0]).eq_ignore_ascii_case("true")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::testing::{at, event, role_session, user};
    use crate::model::{SessionContext, testing};

    #[test]
    fn what_is_a_long_lived_credential() {
        let key = |id: &str| user("ana", id).long_lived_key().map(str::to_owned);
        for id in ["AKIAIOSFODNN7EXAMPLE", "ABIAIOSFODNN7EXAMPLE", "ACCAIOSFODNN7EXAMPLE"] {
            assert_eq!(key(id).as_deref(), Some(id));
        }
        assert_eq!([key("ASIAIOSFODNN7EXAMPLE"), key(""), key("X")], [None, None, None]);
        let in_session =
            SessionContext { creation_date: Some(at("2024-01-01T00:00:00Z")), ..SessionContext::default() };
        let in_session = UserIdentity { session: Some(in_session), ..user("ana", "ABIAIOSFODNN7EXAMPLE") };
        assert_eq!(in_session.long_lived_key(), None);
        assert_eq!(role_session("deploy", "run", "ABIAIOSFODNN7EXAMPLE", None).long_lived_key(), None);
    }

    #[test]
    fn a_bearer_token_is_told_by_the_record() {
        let ana = user("ana", "");
        let told =
            |data: &'static str| Event { additional_event_data: data, ..event(&ana) }.is_call_with_bearer_token();
        assert!(told(r#"{"callWithBearerToken":true}"#) && told(r#"{ "callWithBearerToken" : "True" }"#));
        for data in ["", "{}", r#"{"callWithBearerToken":false}"#, r#"{"x":"callWithBearerToken"}"#] {
            assert!(!told(data), "{data}");
        }
        assert_eq!(ana.bearer_key(), format!("bearer:arn:aws:iam::{}:user/ana", testing::ACCOUNT));
        assert!(ana.may_carry_bearer_token() && !user("ana", "AKIAIOSFODNN7EXAMPLE").may_carry_bearer_token());
        assert!(!role_session("deploy", "run", "", None).may_carry_bearer_token());
    }
}
