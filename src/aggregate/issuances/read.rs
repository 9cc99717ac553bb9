//! The facts of one issuing record, from the event.

use super::caller::Callers;
use super::record::{Number, Record, Text};
use crate::aggregate::{Sym, Symbols};
use crate::model::{Event, IssuanceApi, IssuedCredentials, SignIn};

impl Record {
    /// The facts of `event`, a call of `api`; `None` for a call that issued nothing. A failed sign-in is kept,
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
}
