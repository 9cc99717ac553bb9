//! The facts that are kept of one issuing record, small and without borrowed text.

use crate::aggregate::{Remap, Sym, Symbols};
use crate::model::IssuanceApi;

/// The texts of a [`Record`]; the position in [`TEXT_COLUMNS`] is the name under which each is saved.
#[derive(Clone, Copy, Debug)]
pub(super) enum Text {
    RecipientAccount,
    SharedEventId,
    AccessKeyId,
    AccountId,
    AssumedRoleId,
    SessionArn,
    RoleArn,
    SessionName,
    SourceIdentity,
    TargetPrincipal,
    Provider,
    Caller,
    CallerType,
    CallerArn,
    CallerKey,
    CallerPrincipalId,
    CallerInvokedBy,
    SourceAddress,
    CallerCredentialId,
    PermissionSet,
}

/// Column names of [`Text`], in its order.
pub(super) const TEXT_COLUMNS: [&str; 20] = [
    "recipient_account_id",
    "shared_event_id",
    "access_key_id",
    "account_id",
    "assumed_role_id",
    "session_arn",
    "role_arn",
    "session_name",
    "source_identity",
    "target_principal",
    "provider",
    "caller",
    "caller_type",
    "caller_arn",
    "caller_access_key_id",
    "caller_principal_id",
    "caller_invoked_by",
    "source_address",
    "caller_credential_id",
    "permission_set",
];

/// The numbers of a [`Record`]: times in microseconds since 1970, flags as 0 and 1.
#[derive(Clone, Copy, Debug)]
pub(super) enum Number {
    Time,
    Expiration,
    DurationSeconds,
    HasMfaSerial,
    CallerCreationDate,
    CallerMfa,
    SignInSucceeded,
    SignInMfa,
    ByIdentityCenter,
}

/// Column names of [`Number`], in its order.
pub(super) const NUMBER_COLUMNS: [&str; 9] = [
    "event_time",
    "expiration",
    "duration_seconds",
    "has_mfa_serial",
    "caller_creation_date",
    "caller_mfa_authenticated",
    "sign_in_succeeded",
    "sign_in_mfa_used",
    "by_identity_center",
];

/// One issuing record. Equal records are one: that makes remembering idempotent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) struct Record {
    pub api: IssuanceApi,
    pub texts: [Sym; TEXT_COLUMNS.len()],
    pub numbers: Numbers,
}

/// The numbers of a record by [`Number`], in half the memory of options: nothing that is kept is the least of all numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct Numbers([i64; NUMBER_COLUMNS.len()]);

impl Numbers {
    const ABSENT: i64 = i64::MIN;

    pub fn get(&self, place: usize) -> Option<i64> {
        Some(self.0[place]).filter(|&number| number != Self::ABSENT)
    }

    pub fn set(&mut self, place: usize, number: Option<i64>) {
        self.0[place] = number.unwrap_or(Self::ABSENT);
    }
}

impl Default for Numbers {
    fn default() -> Self {
        Self([Self::ABSENT; NUMBER_COLUMNS.len()])
    }
}

impl Record {
    /// The same record in another table of symbols.
    pub fn remapped(mut self, remap: &Remap) -> Self {
        self.texts = self.texts.map(|sym| remap.of(sym));
        self
    }

    pub fn text(&self, text: Text) -> Sym {
        self.texts[text as usize]
    }

    pub fn number(&self, number: Number) -> Option<i64> {
        self.numbers.get(number as usize)
    }

    pub fn set_texts(&mut self, texts: &[(Text, &str)], symbols: &mut Symbols) {
        for &(text, value) in texts {
            self.texts[text as usize] = symbols.intern(value);
        }
    }

    pub fn set_number(&mut self, number: Number, value: Option<i64>) {
        self.numbers.set(number as usize, value);
    }
}
