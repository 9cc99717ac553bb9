//! Who called, as the identity says it: the same in all records of one identity, so each is read once.

use hashbrown::HashMap;

use super::record::{Number, Numbers, Record, TEXT_COLUMNS, Text};
use crate::aggregate::{Sym, Symbols};
use crate::model::{Event, EventTime, IdentityRef, IssuanceApi, UserIdentity, principal_of};

/// Past this many callers they are forgotten, so that memory stays flat.
const MOST: usize = 1 << 12;

/// Recently seen callers. Only a cache: no part of a state.
#[derive(Clone, Debug, Default)]
pub(super) struct Callers(HashMap<IdentityRef, Caller, ahash::RandomState>);

/// What an identity puts into the records of its calls.
#[derive(Clone, Copy, Debug)]
pub(super) struct Caller {
    /// A record with what it says of the caller and nothing else.
    pub record: Record,
    /// `accountId`: where the credentials act, if the record tells no other account.
    pub account: Sym,
    /// `identityProvider`, which vouched for whoever got the credentials.
    pub provider: Sym,
}

impl Callers {
    /// The caller of `event`.
    pub fn of(&mut self, event: &Event<'_>, symbols: &mut Symbols) -> &Caller {
        if self.0.len() >= MOST && !self.0.contains_key(&event.identity) {
            self.0.clear();
        }
        self.0.entry(event.identity).or_insert_with(|| Caller::new(&event.user_identity, symbols))
    }
}

impl Caller {
    fn new(identity: &UserIdentity<'_>, symbols: &mut Symbols) -> Self {
        let mut record = Record {
            api: IssuanceApi::ConsoleLogin,
            texts: [Sym::EMPTY; TEXT_COLUMNS.len()],
            numbers: Numbers::default(),
        };
        let texts: [(Text, &str); 7] = [
            (Text::Caller, &principal_of(identity)),
            (Text::CallerType, identity.kind.as_str()),
            (Text::CallerArn, &identity.arn),
            (Text::CallerKey, &identity.access_key_id),
            (Text::CallerPrincipalId, &identity.principal_id),
            (Text::CallerInvokedBy, &identity.invoked_by),
            (Text::CallerCredentialId, &identity.credential_id),
        ];
        record.set_texts(&texts, symbols);
        record.set_number(Number::CallerCreationDate, identity.creation_date().map(|EventTime(micros)| micros));
        let mfa = identity.session.as_ref().and_then(|session| session.mfa_authenticated);
        record.set_number(Number::CallerMfa, mfa.map(i64::from));
        let (account, provider) = (&identity.account_id, &identity.identity_provider);
        Self { record, account: symbols.intern(account), provider: symbols.intern(provider) }
    }
}
