//! One issuance as reports see it: texts instead of symbols, and the two records of a cross-account call as one.

use std::cmp::Ordering;

use super::record::{Number, Record, Text};
use crate::aggregate::Symbols;
use crate::model::{Arn, EventTime, IssuanceApi};

/// Credentials that were issued, or a sign-in: what one record says of it, or two that share an event.
#[derive(Clone, Copy)]
pub struct Issuance<'a> {
    record: &'a Record,
    symbols: &'a Symbols,
}

impl<'a> Issuance<'a> {
    pub(super) fn new(record: &'a Record, symbols: &'a Symbols) -> Self {
        Self { record, symbols }
    }

    /// The API that issued.
    pub fn api(&self) -> IssuanceApi {
        self.record.api
    }

    /// `eventTime` of the issuing record.
    pub fn time(&self) -> Option<EventTime> {
        self.record.number(Number::Time).map(EventTime)
    }

    /// The issued access key id; empty for a sign-in.
    pub fn access_key_id(&self) -> &'a str {
        self.text(Text::AccessKeyId)
    }

    /// The account that the credentials act in; empty when unknown.
    pub fn account_id(&self) -> &'a str {
        self.text(Text::AccountId)
    }

    /// The account whose trail holds the record.
    pub fn recipient_account_id(&self) -> &'a str {
        self.text(Text::RecipientAccount)
    }

    /// `assumedRoleId`: the principalId of the session's events.
    pub fn assumed_role_id(&self) -> &'a str {
        self.text(Text::AssumedRoleId)
    }

    /// The role's arn.
    pub fn role_arn(&self) -> &'a str {
        self.text(Text::RoleArn)
    }

    /// The session's arn, where the role's arn and `assumedRoleId` do not tell as much.
    pub fn session_arn(&self) -> &'a str {
        self.text(Text::SessionArn)
    }

    /// The name that the call gave the session, where `assumedRoleId` does not hold it.
    pub fn session_name(&self) -> &'a str {
        self.text(Text::SessionName)
    }

    /// The identity provider that vouched for the caller.
    pub fn provider(&self) -> &'a str {
        self.text(Text::Provider)
    }

    /// `targetPrincipal` of AssumeRoot: an account, or the arn of its root.
    pub fn target_principal(&self) -> &'a str {
        self.text(Text::TargetPrincipal)
    }

    /// `sourceIdentity` that the call set or passed on.
    pub fn source_identity(&self) -> &'a str {
        self.text(Text::SourceIdentity)
    }

    /// When the credentials expire, as the response says.
    pub fn expiration(&self) -> Option<EventTime> {
        self.record.number(Number::Expiration).map(EventTime)
    }

    /// The life, in seconds, that was asked for, else the API's default.
    pub fn life(&self) -> Option<i64> {
        let asked = self.record.number(Number::DurationSeconds);
        asked.or_else(|| self.api().default_life(self.caller_type() == "Root"))
    }

    /// Whether the request named an MFA device.
    pub fn has_mfa_serial(&self) -> bool {
        self.record.number(Number::HasMfaSerial) == Some(1)
    }

    /// The principal that called.
    pub fn caller(&self) -> &'a str {
        self.text(Text::Caller)
    }

    /// `userIdentity.type` of the caller.
    pub fn caller_type(&self) -> &'a str {
        self.text(Text::CallerType)
    }

    /// `userIdentity.arn` of the caller; empty in the record of another account's trail.
    pub fn caller_arn(&self) -> &'a str {
        self.text(Text::CallerArn)
    }

    /// The caller's access key id.
    pub fn caller_access_key_id(&self) -> &'a str {
        self.text(Text::CallerKey)
    }

    /// The account of the caller's arn; empty in the record of another account's trail.
    pub fn caller_account_id(&self) -> &'a str {
        Arn::parse(self.caller_arn()).map_or("", |arn| arn.account_id)
    }

    /// `userIdentity.principalId` of the caller.
    pub fn caller_principal_id(&self) -> &'a str {
        self.text(Text::CallerPrincipalId)
    }

    /// When the caller's own session was created, if it had one.
    pub fn caller_creation_date(&self) -> Option<EventTime> {
        self.record.number(Number::CallerCreationDate).map(EventTime)
    }

    /// `mfaAuthenticated` of the caller's own session.
    pub fn caller_mfa(&self) -> Option<bool> {
        self.record.number(Number::CallerMfa).map(|flag| flag == 1)
    }

    /// `userIdentity.invokedBy`: the service that called.
    pub fn caller_invoked_by(&self) -> &'a str {
        self.text(Text::CallerInvokedBy)
    }

    /// `sourceIPAddress` of the call.
    pub fn source_address(&self) -> &'a str {
        self.text(Text::SourceAddress)
    }

    /// Whether a sign-in worked; false for everything else.
    pub fn is_successful_sign_in(&self) -> bool {
        self.api() == IssuanceApi::ConsoleLogin && self.record.number(Number::SignInSucceeded) == Some(1)
    }

    /// Whether MFA was used at a sign-in.
    pub fn sign_in_mfa(&self) -> Option<bool> {
        self.record.number(Number::SignInMfa).map(|flag| flag == 1)
    }

    /// What makes two records one issuance: an equal sharedEventID and an equal issued key.
    pub(super) fn shared(&self) -> Option<(&'a str, &'a str)> {
        let key = (self.text(Text::SharedEventId), self.access_key_id());
        (!key.0.is_empty() && !key.1.is_empty()).then_some(key)
    }

    /// A total order of records by what they say, first those that tell the caller best. It rests on texts only, so it
    /// is the same for any order of reading.
    pub(super) fn order(&self, other: &Self) -> Ordering {
        let first = |of: &Self| (of.text(Text::CallerArn).is_empty(), of.record.numbers, of.record.api);
        first(self).cmp(&first(other)).then_with(|| {
            let texts = |of: &Self| of.record.texts.map(|sym| of.symbols.text(sym));
            texts(self).cmp(&texts(other))
        })
    }

    fn text(&self, text: Text) -> &'a str {
        self.symbols.text(self.record.text(text))
    }
}
