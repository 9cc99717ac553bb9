//! The facts that are kept of one issuing record, small and without borrowed text.

use super::caller::Callers;
use crate::aggregate::{Remap, Sym, Symbols};
use crate::model::{Event, IssuanceApi, IssuedCredentials, SignIn};

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
    /// The facts of `event`, a call of `api` by `caller`; `None` for a call that issued nothing. A failed sign-in is kept,
    /// and says so.
    pub fn of(api: IssuanceApi, event: &Event<'_>, callers: &mut Callers, symbols: &mut Symbols) -> Option<Self> {
        let issued = match api {
            IssuanceApi::ConsoleLogin => None,
            _ => Some(IssuedCredentials::of(api, event)?),
        };
        let caller = callers.of(event, symbols);
        let mut record = Self { api, ..caller.record };
        match &issued {
            Some(issued) => {
                record.texts[Text::Provider as usize] = caller.provider;
                record.add_credentials(issued, symbols);
            }
            None => record.add_sign_in(event),
        }
        if record.text(Text::AccountId) == Sym::EMPTY {
            record.texts[Text::AccountId as usize] = caller.account;
        }
        let texts: [(Text, &str); 3] = [
            (Text::RecipientAccount, event.recipient_account_id),
            (Text::SharedEventId, event.shared_event_id),
            (Text::SourceAddress, event.source_ip_address),
        ];
        record.set_texts(&texts, symbols);
        record.set_number(Number::Time, event.event_time.map(|time| time.0));
        Some(record)
    }

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

    fn add_sign_in(&mut self, event: &Event<'_>) {
        let sign_in = SignIn::of(event);
        self.set_number(Number::SignInSucceeded, Some(i64::from(sign_in.succeeded)));
        self.set_number(Number::SignInMfa, sign_in.mfa_used.map(i64::from));
    }

    fn add_credentials(&mut self, issued: &IssuedCredentials<'_>, symbols: &mut Symbols) {
        // `AROA…:name` holds the name, and with the role's arn the session's arn too: neither is kept twice.
        let told = issued.assumed_role_id.contains(':') && !issued.role_arn.is_empty();
        let (session_arn, session_name) = if told { ("", "") } else { (&*issued.session_arn, &*issued.session_name) };
        let texts: [(Text, &str); 9] = [
            (Text::AccessKeyId, &issued.access_key_id),
            (Text::AccountId, issued.account_id()),
            (Text::AssumedRoleId, &issued.assumed_role_id),
            (Text::SessionArn, session_arn),
            (Text::RoleArn, &issued.role_arn),
            (Text::SessionName, session_name),
            (Text::SourceIdentity, &issued.source_identity),
            (Text::TargetPrincipal, &issued.target_principal),
            (Text::PermissionSet, &issued.permission_set),
        ];
        self.set_texts(&texts, symbols);
        self.set_number(Number::Expiration, issued.expiration.map(|time| time.0));
        self.set_number(Number::DurationSeconds, issued.duration_seconds);
        self.set_number(Number::HasMfaSerial, Some(i64::from(issued.has_mfa_serial)));
        self.set_number(Number::ByIdentityCenter, issued.is_by_identity_center().then_some(1));
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
