//! Changes of access keys: what `UpdateAccessKey` and `DeleteAccessKey` records say.

use super::super::{Remap, Sym, Symbols};
use crate::model::{Arn, Event, EventTime, IdentityType, UserIdentity, members, principal_of, text};

/// What a key is after a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum KeyStatus {
    /// Calls with it work.
    Active,
    /// Calls with it are refused; it can be made active again.
    Inactive,
    /// It is gone, and its id never comes back.
    Deleted,
}

/// One logged, successful `UpdateAccessKey` or `DeleteAccessKey`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Change {
    /// `eventTime`.
    pub time: EventTime,
    /// What the key is from then on.
    pub status: KeyStatus,
    /// The principal that changed it.
    pub by: Sym,
    /// The account of that principal, else the one that received the record.
    pub account: Sym,
    /// `userName` of the request, else that of the calling IAM user, whose own key it then is; empty for root's key.
    pub user_name: Sym,
}

impl KeyStatus {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Active, Self::Inactive, Self::Deleted];

    /// The word that is printed.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Inactive => "inactive",
            Self::Deleted => "deleted",
        }
    }

    /// The value of that word, in any case: AWS writes `Active` and `Inactive`.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|status| status.as_str().eq_ignore_ascii_case(word))
    }
}

impl Change {
    /// The key and its change, where `event` is a successful call of IAM that names both.
    ///
    /// Source: IAM API reference, `UpdateAccessKey` and `DeleteAccessKey`: without UserName the user is that of the
    /// key that signed the request.
    pub(super) fn read(event: &Event<'_>, symbols: &mut Symbols) -> Option<(Sym, Self)> {
        if event.event_source != "iam.amazonaws.com" || event.is_error() {
            return None;
        }
        let [key, status, user_name] = members(event.request_parameters, ["accessKeyId", "status", "userName"]);
        let status = match event.event_name {
            "DeleteAccessKey" => KeyStatus::Deleted,
            _ => KeyStatus::parse(&text(status)).filter(|status| *status != KeyStatus::Deleted)?,
        };
        let key = Some(text(key)).filter(|key| !key.is_empty())?;
        let identity: &UserIdentity<'_> = &event.user_identity;
        let named = text(user_name);
        let user_name = if named.is_empty() { own_name(identity) } else { &named };
        let account = if identity.account_id.is_empty() { event.account_id() } else { &identity.account_id };
        let change = Self {
            time: event.event_time?,
            status,
            by: symbols.intern(&principal_of(identity)),
            account: symbols.intern(account),
            user_name: symbols.intern(user_name),
        };
        Some((symbols.intern(&key), change))
    }

    /// The same change in another table of symbols.
    pub(super) fn renamed(&self, remap: &Remap) -> Self {
        Self { by: remap.of(self.by), account: remap.of(self.account), user_name: remap.of(self.user_name), ..*self }
    }
}

/// The name of a calling IAM user; empty for anybody else.
fn own_name<'a>(identity: &'a UserIdentity<'_>) -> &'a str {
    match identity.kind {
        IdentityType::IamUser if identity.user_name.is_empty() => {
            Arn::parse(&identity.arn).map_or("", |arn| arn.name())
        }
        IdentityType::IamUser => &identity.user_name,
        _ => "",
    }
}
