//! One issuance as reports see it: texts instead of symbols, and the two records of a cross-account call as one.

use std::cmp::Ordering;

use super::record::{Number, Record, Text};
use crate::aggregate::{Sym, Symbols};
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

    /// The symbol of the issued access key id.
    pub(crate) fn access_key(&self) -> Sym {
        self.record.text(Text::AccessKeyId)
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

    /// The symbol of the caller's access key id.
    pub(crate) fn caller_access_key(&self) -> Sym {
        self.record.text(Text::CallerKey)
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

    /// `userIdentity.credentialId` of the caller: the sign-in to Identity Center that the call rests on.
    pub fn caller_credential_id(&self) -> &'a str {
        self.text(Text::CallerCredentialId)
    }

    /// The permission set of GetRoleCredentials.
    pub fn permission_set(&self) -> &'a str {
        self.text(Text::PermissionSet)
    }

    /// Whether Identity Center's own server called, so that the source address is not the person's.
    pub fn is_by_identity_center(&self) -> bool {
        self.record.number(Number::ByIdentityCenter) == Some(1)
    }

    /// `sourceIPAddress` of the call.
    pub fn source_address(&self) -> &'a str {
        self.text(Text::SourceAddress)
    }

    /// The symbol of the source address.
    pub(crate) fn source(&self) -> Sym {
        self.record.text(Text::SourceAddress)
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
    pub(super) fn shared(&self) -> Option<(Sym, Sym)> {
        let pair = (self.record.text(Text::SharedEventId), self.access_key());
        (pair.0 != Sym::EMPTY && pair.1 != Sym::EMPTY).then_some(pair)
    }

    /// Sorts by what the records say, first those that tell the caller best. The order is total and rests on no symbol's
    /// number, so it is the same for any order of reading.
    pub(super) fn sort(all: &mut [Self]) {
        // The time nearly always decides: it is taken out of the records, which lie apart.
        let mut keyed: Vec<_> = all.iter().map(|issuance| (issuance.rank(), *issuance)).collect();
        keyed.sort_unstable_by(|(a_rank, a), (b_rank, b)| a_rank.cmp(b_rank).then_with(|| a.order(b)));
        for (place, (_, issuance)) in all.iter_mut().zip(keyed) {
            *place = issuance;
        }
    }

    /// What the order begins with.
    fn rank(&self) -> (bool, Option<i64>) {
        (self.record.text(Text::CallerArn) == Sym::EMPTY, self.record.number(Number::Time))
    }

    fn order(&self, other: &Self) -> Ordering {
        let (ours, theirs) = (self.record, other.record);
        let texts = || ours.texts.iter().zip(&theirs.texts).find(|(a, b)| a != b);
        let by_text = || texts().map_or(Ordering::Equal, |(&a, &b)| self.symbols.text(a).cmp(self.symbols.text(b)));
        ours.numbers.cmp(&theirs.numbers).then(ours.api.cmp(&theirs.api)).then_with(by_text)
    }

    fn text(&self, text: Text) -> &'a str {
        self.symbols.text(self.record.text(text))
    }
}
