//! Which keys of one principalId and one creation date are sessions of their own.
//!
//! The console mints many keys for one sign-in, so such keys are one session, unless records show otherwise: when exact
//! issuances of two callers, sources or kinds of proof explain its keys, or when one key is explained and another one,
//! which no record issued, was used from addresses of its own and nothing shows the console. Anybody whom a role trusts
//! can choose the name of another one's session, and a scheduler makes the second the same.
//!
//! Known misses: two callers that share principal, key, address and MFA are one; so is a key that no record issued and
//! that was used from an address of a key that is explained.

use ahash::AHashSet;

use super::by_key::{ByKey, Use};
use super::{Credential, Known};
use crate::aggregate::Symbols;
use crate::aggregate::issuances::Issuance;
use crate::aggregate::sessions::{Session, Sessions};
use crate::model::SourceAddress;

/// What tells the issuances of one caller from those of another.
type Issuer<'a> = (&'a str, &'a str, &'a str, &'a str, &'a str, bool, Option<bool>);

/// The counted sessions, in no lasting order: a chain of keys is one, or each of its keys.
pub(super) fn sessions<'a>(sessions: &'a Sessions, by_key: &ByKey<'_, 'a>, symbols: &'a Symbols) -> Vec<Session<'a>> {
    let found = sessions.all(symbols);
    let mut all = Vec::with_capacity(found.size_hint().1.unwrap_or(0));
    for session in found {
        if session.has_several_keys() {
            let keys: Vec<Session<'a>> = session.key_places().map(|place| sessions.key_at(place, symbols)).collect();
            if are_apart(&keys, by_key) {
                all.extend(keys);
                continue;
            }
        }
        all.push(session);
    }
    all
}

fn are_apart<'a>(keys: &[Session<'a>], by_key: &ByKey<'_, 'a>) -> bool {
    let mut issuers: AHashSet<Issuer<'_>> = AHashSet::new();
    let mut explained: AHashSet<&str> = AHashSet::new();
    let mut unexplained: Vec<&Session<'_>> = Vec::new();
    for key in keys {
        let credential = Credential::new(Default::default(), Known::Counted(*key));
        let used = Use::of(&credential);
        match key.access_key_symbols().find_map(|sym| by_key.first(sym, &used)) {
            Some(issuance) => {
                issuers.insert(issuer(issuance));
                explained.extend(key.source_addresses());
            }
            None => unexplained.push(key),
        }
    }
    let is_elsewhere = |key: &&Session<'_>| {
        let mut addresses = key.source_addresses().filter(|text| SourceAddress::parse(text).ip().is_some()).peekable();
        addresses.peek().is_some() && addresses.all(|text| !explained.contains(text))
    };
    issuers.len() > 1
        || issuers.len() == 1
            && keys.iter().all(|key| !key.in_console() && key.identity_type() == "AssumedRole")
            && unexplained.iter().any(is_elsewhere)
}

fn issuer<'a>(issuance: &Issuance<'a>) -> Issuer<'a> {
    (
        issuance.caller(),
        issuance.caller_principal_id(),
        issuance.caller_access_key_id(),
        issuance.source_address(),
        issuance.source_identity(),
        issuance.has_mfa_serial(),
        issuance.caller_mfa(),
    )
}
