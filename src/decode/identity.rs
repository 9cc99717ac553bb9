//! `userIdentity`: reading one, and knowing one again by its raw text.
//!
//! Trails repeat the same few thousand identities millions of times. The raw text of each is hashed; one seen before is
//! known by its [`IdentityRef`] without being read again, so reading may allocate.

use std::hash::{BuildHasher, BuildHasherDefault, Hasher};
use std::sync::atomic::{AtomicU32, Ordering};

use ahash::RandomState;
use hashbrown::HashMap;

use crate::json::fields::Raw;
use crate::json::{careful, each_field};
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
pub(super) fn fingerprint(identity: &UserIdentity, hasher: &RandomState) -> u64 {
    hasher.hash_one(identity)
}

/// Reads the raw JSON of a `userIdentity`. Whatever is missing or of another type is left empty.
pub(super) fn parse(raw: &str) -> UserIdentity {
    let mut identity = UserIdentity::default();
    each_field(raw, &mut |key, value| match key {
        "type" => identity.kind = IdentityType::parse(&careful::text_of(value)),
        "principalId" => identity.principal_id = text(value),
        "arn" => identity.arn = text(value),
        "accountId" => identity.account_id = text(value),
        "accessKeyId" => identity.access_key_id = text(value),
        "userName" => identity.user_name = text(value),
        "invokedBy" => identity.invoked_by = text(value),
        "identityProvider" => identity.identity_provider = text(value),
        "credentialId" => identity.credential_id = text(value),
        "onBehalfOf" => identity.on_behalf_of = on_behalf_of(value.json()),
        "inScopeOf" => identity.in_scope_of = in_scope_of(value.json()),
        "sessionContext" => identity.session = session(value.json()),
        _ => {}
    });
    identity
}

fn on_behalf_of(raw: &str) -> Option<OnBehalfOf> {
    let mut read = OnBehalfOf::default();
    each_field(raw, &mut |key, value| match key {
        "userId" => read.user_id = text(value),
        "identityStoreArn" => read.identity_store_arn = text(value),
        _ => {}
    });
    (read != OnBehalfOf::default()).then_some(read)
}

fn in_scope_of(raw: &str) -> Option<InScopeOf> {
    let mut read = InScopeOf::default();
    each_field(raw, &mut |key, value| match key {
        "issuerType" => read.issuer_type = text(value),
        "credentialsIssuedTo" => read.credentials_issued_to = text(value),
        _ => {}
    });
    (read != InScopeOf::default()).then_some(read)
}

fn session(raw: &str) -> Option<SessionContext> {
    let mut read = SessionContext::default();
    each_field(raw, &mut |key, value| match key {
        "attributes" => attributes(value.json(), &mut read),
        "sessionIssuer" => read.issuer = issuer(value.json()),
        "sourceIdentity" => read.source_identity = text(value),
        "ec2RoleDelivery" => read.ec2_role_delivery = text(value),
        "assumedRoot" => read.assumed_root = flag(&careful::text_of(value)).or(read.assumed_root),
        "webIdFederationData" => read.federated_provider = federated_provider(value.json()),
        _ => {}
    });
    (read != SessionContext::default()).then_some(read)
}

fn attributes(raw: &str, session: &mut SessionContext) {
    each_field(raw, &mut |key, value| match key {
        "creationDate" => session.creation_date = EventTime::parse_creation_date(&careful::text_of(value)),
        "mfaAuthenticated" => session.mfa_authenticated = flag(&careful::text_of(value)),
        "assumedRoot" => session.assumed_root = flag(&careful::text_of(value)).or(session.assumed_root),
        "sourceIdentity" if session.source_identity.is_empty() => session.source_identity = text(value),
        _ => {}
    });
}

fn issuer(raw: &str) -> SessionIssuer {
    let mut read = SessionIssuer::default();
    each_field(raw, &mut |key, value| match key {
        "type" => read.kind = text(value),
        "principalId" => read.principal_id = text(value),
        "arn" => read.arn = text(value),
        "accountId" => read.account_id = text(value),
        "userName" => read.user_name = text(value),
        _ => {}
    });
    read
}

fn federated_provider(raw: &str) -> Box<str> {
    let mut provider = Box::default();
    each_field(raw, &mut |key, value| {
        if key == "federatedProvider" {
            provider = text(value);
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

fn text(value: Raw<'_>) -> Box<str> {
    careful::text_of(value).into()
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
