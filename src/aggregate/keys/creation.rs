//! Creations of access keys: what a `CreateAccessKey` record says, but for the secret.

use serde::Deserialize;

use super::super::{Remap, Sym, Symbols};
use crate::model::{Event, EventTime, IdentityType, UserIdentity, members, principal_of, text};

/// One logged, successful `CreateAccessKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Creation {
    /// When the key came to be: `createDate` of the response, else `eventTime`.
    pub time: EventTime,
    /// The principal that created it.
    pub creator: Sym,
    /// The account of the creator, else the one that received the record.
    pub account: Sym,
    /// `userName` that the key belongs to; empty when the response names none.
    pub user_name: Sym,
}

/// `responseElements` of `CreateAccessKey`, without its `secretAccessKey`, which CloudTrail leaves out and a doctored
/// record must not bring in.
///
/// Source: IAM API reference, `CreateAccessKey`, response elements.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Response {
    access_key: Option<AccessKey>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct AccessKey {
    #[serde(default)]
    access_key_id: String,
    /// Text; of any other type in a doctored or re-exported record, which must not lose the creation.
    user_name: Option<serde_json::Value>,
    /// Text or, in re-exported records, a number.
    create_date: Option<serde_json::Value>,
}

impl Creation {
    /// The key and its creation, where `event` is a successful `CreateAccessKey` of IAM that names both.
    pub(super) fn read(event: &Event<'_>, symbols: &mut Symbols) -> Option<(Sym, Self)> {
        if event.event_source != "iam.amazonaws.com" || event.is_error() {
            return None;
        }
        let response: Response = serde_json::from_str(event.response_elements).ok()?;
        let key = response.access_key.filter(|key| !key.access_key_id.is_empty())?;
        let time = key.create_date.as_ref().and_then(time_of).or(event.event_time)?;
        let identity: &UserIdentity<'_> = &event.user_identity;
        let account = if identity.account_id.is_empty() { event.account_id() } else { &identity.account_id };
        let creation = Self {
            time,
            creator: symbols.intern(&principal_of(identity)),
            account: symbols.intern(account),
            user_name: symbols.intern(if is_roots_own(event) {
                ""
            } else {
                key.user_name.as_ref().and_then(serde_json::Value::as_str).unwrap_or_default()
            }),
        };
        Some((symbols.intern(&key.access_key_id), creation))
    }

    /// The same creation in another table of symbols.
    pub(super) fn renamed(&self, remap: &Remap) -> Self {
        Self {
            time: self.time,
            creator: remap.of(self.creator),
            account: remap.of(self.account),
            user_name: remap.of(self.user_name),
        }
    }
}

/// Whether root made it for itself, by whatever name the response calls it.
///
/// Source: IAM API reference, `CreateAccessKey`: without a `UserName` the key is that of the credentials that sign the request.
fn is_roots_own(event: &Event<'_>) -> bool {
    let [user_name] = members(event.request_parameters, ["userName"]);
    event.user_identity.kind == IdentityType::Root && text(user_name).is_empty()
}

fn time_of(date: &serde_json::Value) -> Option<EventTime> {
    match date {
        serde_json::Value::String(text) => EventTime::parse_expiration(text),
        serde_json::Value::Number(number) => EventTime::parse_expiration(&number.to_string()),
        _ => None,
    }
}
