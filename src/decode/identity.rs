//! `userIdentity`: reading one, and knowing one again by its raw text.
//!
//! Trails repeat the same few thousand identities millions of times. The raw text of each is hashed; one seen before is
//! known by its [`IdentityRef`] without being read again, so reading may allocate.

use std::borrow::Cow;
use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use ahash::RandomState;
use hashbrown::HashMap;

use crate::json::{Value, each_field};
use crate::model::{
    EventTime, IdentityRef, IdentityType, InScopeOf, OnBehalfOf, SessionContext, SessionIssuer, UserIdentity,
};

/// Past this many distinct identities the table starts afresh, so that memory stays flat.
const MOST: usize = 1 << 18;

/// Generations are unique in the process, so that a reference of one decoder never means something to another.
static GENERATION: AtomicU32 = AtomicU32::new(1);

/// What is known of an identity that was seen before.
#[derive(Clone, Copy, Debug)]
pub(super) struct Known {
    /// Its name.
    pub identity: IdentityRef,
    /// A keyed hash of its decoded fields.
    pub fingerprint: u64,
}

/// The identities that one decoder has met.
pub(super) struct IdentityTable {
    /// A keyed hash of the raw text and its length stand for it. The key is random, so nobody who writes logs can make
    /// two texts meet; by chance two of a full table do so once in five hundred million tables.
    known: HashMap<(u64, u32), Known, BuildNothing>,
    generation: u32,
    hasher: foldhash::fast::RandomState,
}

/// The keys of the table are hashes already.
#[derive(Default)]
struct AsItIs(u64);
type BuildNothing = BuildHasherDefault<AsItIs>;

impl Hasher for AsItIs {
    fn finish(&self) -> u64 {
        self.0
    }

    fn write(&mut self, bytes: &[u8]) {
        for &byte in bytes {
            self.0 = self.0.rotate_left(8) ^ u64::from(byte);
        }
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 ^= hash;
    }

    fn write_u32(&mut self, length: u32) {
        self.0 ^= u64::from(length);
    }
}

impl IdentityTable {
    /// An empty table.
    pub fn new() -> Self {
        Self {
            known: HashMap::default(),
            generation: GENERATION.fetch_add(1, Ordering::Relaxed),
            hasher: foldhash::fast::RandomState::default(),
        }
    }

    /// What is known of the identity with this raw text; `fingerprint` makes its fingerprint when it is new.
    #[inline]
    pub fn find(&mut self, raw: &str, fingerprint: impl FnOnce() -> u64) -> Known {
        let key = (self.hasher.hash_one(raw), raw.len() as u32);
        if let Some(known) = self.known.get(&key) {
            return *known;
        }
        self.insert(key, fingerprint())
    }

    #[cold]
    fn insert(&mut self, key: (u64, u32), fingerprint: u64) -> Known {
        if self.known.len() >= MOST {
            self.known.clear();
            self.generation = GENERATION.fetch_add(1, Ordering::Relaxed);
        }
        let identity = IdentityRef { generation: self.generation, slot: self.known.len() as u32 };
        let known = Known { identity, fingerprint };
        self.known.insert(key, known);
        known
    }
}

/// A hash of what an identity says, however its text is laid out.
pub(super) fn fingerprint(identity: &UserIdentity<'_>, hasher: &RandomState) -> u64 {
    hasher.hash_one(identity)
}

/// Reads the raw JSON of a `userIdentity`. Whatever is missing or of another type is left empty.
pub(super) fn parse(raw: &str) -> UserIdentity<'_> {
    let mut identity = UserIdentity::default();
    each_field(raw, |key, value| match key {
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
        "sessionContext" => {
            read_session(value, identity.session.insert(SessionContext::default()));
            identity.session.take_if(|read| *read == SessionContext::default());
        }
        _ => {}
    });
    identity
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
        "webIdFederationData" => read.federated_provider = federated_provider(value),
        _ => {}
    });
}

fn read_attributes<'a>(raw: &mut Value<'a>, session: &mut SessionContext<'a>) {
    raw.each_field(|key, value| match key {
        "creationDate" => session.creation_date = EventTime::parse_creation_date(&value.text()),
        "mfaAuthenticated" => session.mfa_authenticated = flag(&value.text()),
        "assumedRoot" => session.assumed_root = flag(&value.text()).or(session.assumed_root),
        "sourceIdentity" if session.source_identity.is_empty() => session.source_identity = value.text(),
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

fn federated_provider<'a>(raw: &mut Value<'a>) -> Cow<'a, str> {
    let mut provider = Cow::default();
    raw.each_field(|key, value| {
        if key == "federatedProvider" {
            provider = value.text();
        }
    });
    provider
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

    #[test]
    fn a_table_knows_a_text_again() {
        let mut table = IdentityTable::new();
        let first = table.find("a", || 1).identity;
        assert_ne!(first, table.find("b", || 2).identity);
        assert_eq!(first, table.find("a", || unreachable!("known")).identity);
        assert_ne!(first, IdentityTable::new().find("a", || 1).identity);
    }
}
