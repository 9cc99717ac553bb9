//! Reading a `userIdentity`.

use std::borrow::Cow;

use ahash::RandomState;

use crate::json::{Value, each_field};
use crate::model::{EventTime, IdentityType, InScopeOf, OnBehalfOf, SessionContext, SessionIssuer, UserIdentity};

/// A hash of what an identity says, however its text is laid out.
pub(super) fn fingerprint(identity: &UserIdentity<'_>, hasher: &RandomState) -> u64 {
    hasher.hash_one(identity)
}

/// Reads the raw JSON of a `userIdentity`. Whatever is missing or of another type is left empty.
pub(super) fn parse(raw: &str) -> UserIdentity<'_> {
    read(raw).0
}

/// [`parse`], and whether all of `raw` was seen to be JSON, as [`each_field`] says.
pub(super) fn read(raw: &str) -> (UserIdentity<'_>, bool) {
    let mut identity = UserIdentity::default();
    let is_json = each_field(raw, |key, value| match key {
        "type" => identity.kind = IdentityType::parse(&value.text()),
        "principalId" => identity.principal_id = value.text(),
        "arn" => identity.arn = value.text(),
        "accountId" => identity.account_id = value.text(),
        "accessKeyId" => identity.access_key_id = value.text(),
        "userName" => identity.user_name = value.text(),
        "invokedBy" => identity.invoked_by = value.text(),
        "identityProvider" => identity.identity_provider = value.text(),
        "credentialId" => identity.credential_id = value.text(),
        "onBehalfOf" => identity.on_behalf_of = on_behalf_of(value),
        "inScopeOf" => identity.in_scope_of = in_scope_of(value),
        "invokedByDelegate" => identity.delegate_account_id = text_in(value, "accountId"),
        "sessionContext" => {
            read_session(value, identity.session.insert(SessionContext::default()));
            identity.session.take_if(|read| *read == SessionContext::default());
        }
        _ => {}
    });
    (identity, is_json)
}

fn on_behalf_of<'a>(raw: &mut Value<'a>) -> Option<OnBehalfOf<'a>> {
    let mut read = OnBehalfOf::default();
    raw.each_field(|key, value| match key {
        "userId" => read.user_id = value.text(),
        "identityStoreArn" => read.identity_store_arn = value.text(),
        _ => {}
    });
    (read != OnBehalfOf::default()).then_some(read)
}

fn in_scope_of<'a>(raw: &mut Value<'a>) -> Option<InScopeOf<'a>> {
    let mut read = InScopeOf::default();
    raw.each_field(|key, value| match key {
        "issuerType" => read.issuer_type = value.text(),
        "credentialsIssuedTo" => read.credentials_issued_to = value.text(),
        "sourceArn" => read.source_arn = value.text(),
        "sourceAccount" => read.source_account = value.text(),
        _ => {}
    });
    (read != InScopeOf::default()).then_some(read)
}

fn read_session<'a>(raw: &mut Value<'a>, read: &mut SessionContext<'a>) {
    raw.each_field(|key, value| match key {
        "attributes" => read_attributes(value, read),
        "sessionIssuer" => read_issuer(value, &mut read.issuer),
        "sourceIdentity" => read.source_identity = value.text(),
        "ec2RoleDelivery" => read.ec2_role_delivery = value.text(),
        "assumedRoot" => read.assumed_root = flag(&value.text()).or(read.assumed_root),
        "webIdFederationData" => read.federated_provider = text_in(value, "federatedProvider"),
        "signInSessionArn" => read.sign_in_session_arn = value.text(),
        _ => {}
    });
}

fn read_attributes<'a>(raw: &mut Value<'a>, session: &mut SessionContext<'a>) {
    raw.each_field(|key, value| match key {
        "creationDate" => session.creation_date = EventTime::parse_creation_date(&value.text()),
        "mfaAuthenticated" => session.mfa_authenticated = flag(&value.text()),
        "assumedRoot" => session.assumed_root = flag(&value.text()).or(session.assumed_root),
        "sourceIdentity" if session.source_identity.is_empty() => session.source_identity = value.text(),
        "signInSessionArn" if session.sign_in_session_arn.is_empty() => session.sign_in_session_arn = value.text(),
        _ => {}
    });
}

fn read_issuer<'a>(raw: &mut Value<'a>, issuer: &mut SessionIssuer<'a>) {
    *issuer = SessionIssuer::default();
    raw.each_field(|key, value| match key {
        "type" => issuer.kind = value.text(),
        "principalId" => issuer.principal_id = value.text(),
        "arn" => issuer.arn = value.text(),
        "accountId" => issuer.account_id = value.text(),
        "userName" => issuer.user_name = value.text(),
        _ => {}
    });
}

/// The text of one field of an object.
fn text_in<'a>(raw: &mut Value<'a>, wanted: &str) -> Cow<'a, str> {
    let mut text = Cow::default();
    raw.each_field(|key, value| {
        if key == wanted {
            text = value.text();
        }
    });
    text
}

/// `true` and `false` come as booleans and as text of any case.
pub(super) fn flag(text: &str) -> Option<bool> {
    match text {
        "true" => Some(true),
        "false" => Some(false),
        _ if text.eq_ignore_ascii_case("true") => Some(true),
        _ if text.eq_ignore_ascii_case("false") => Some(false),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_role_session() {
        let identity = parse(
            r#"{"type":"AssumedRole","principalId":"AROAEXAMPLE:i-0abc","arn":"arn:aws:sts::111122223333:assumed-role/r/i-0abc",
            "accountId":"111122223333","accessKeyId":"ASIAIOSFODNN7EXAMPLE","sessionContext":{"sessionIssuer":{"type":"Role",
            "arn":"arn:aws:iam::111122223333:role/path/r"},"attributes":{"creationDate":"20131102T010628Z",
            "mfaAuthenticated":"FALSE"},"ec2RoleDelivery":"1.0"}}"#,
        );
        let session = identity.session.expect("a session");
        assert_eq!(identity.kind, IdentityType::AssumedRole);
        assert_eq!(session.creation_date.map(|t| t.to_string()).as_deref(), Some("2013-11-02T01:06:28Z"));
        assert_eq!(session.mfa_authenticated, Some(false));
        assert_eq!(&*session.issuer.arn, "arn:aws:iam::111122223333:role/path/r");
        assert_eq!(&*session.ec2_role_delivery, "1.0");
    }

    #[test]
    fn wrong_types_leave_fields_empty() {
        let identity = parse(
            r#"{"type":"IAMUser","accountId":111122223333,"userName":null,"accessKeyId":["x"],
            "sessionContext":{"attributes":{"mfaAuthenticated":true,"creationDate":1688989338},"sessionIssuer":null}}"#,
        );
        assert_eq!(&*identity.account_id, "111122223333");
        assert_eq!((&*identity.user_name, &*identity.access_key_id), ("", ""));
        let session = identity.session.expect("a session");
        assert_eq!(session.mfa_authenticated, Some(true));
        assert_eq!(session.creation_date.map(|t| t.seconds()), Some(1_688_989_338));
        for nothing in ["", "null", "[]", "\"x\"", "{}", r#"{"sessionContext":{"sessionIssuer":{},"attributes":{}}}"#] {
            assert_eq!(parse(nothing), UserIdentity::default(), "{nothing}");
        }
    }

    #[test]
    fn assumed_root_is_read_where_either_source_puts_it() {
        for raw in [
            r#"{"sessionContext":{"assumedRoot":"true"}}"#,
            r#"{"sessionContext":{"attributes":{"assumedRoot":true}}}"#,
        ] {
            assert_eq!(parse(raw).session.and_then(|s| s.assumed_root), Some(true), "{raw}");
        }
    }

    #[test]
    fn layout_does_not_change_a_fingerprint_and_content_does() {
        let hasher = RandomState::new();
        let print = |raw: &str| fingerprint(&parse(raw), &hasher);
        let compact = r#"{"type":"IAMUser","userName":"alice"}"#;
        assert_eq!(print(compact), print("{ \"userName\" : \"\\u0061lice\",\n \"type\" : \"IAMUser\" }"));
        assert_ne!(print(compact), print(r#"{"type":"IAMUser","userName":"bob"}"#));
    }
}
