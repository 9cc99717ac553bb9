//! When a session's credentials end, and how that is known.

use super::issue::Explained;
use crate::model::EventTime;

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Expiry {
    /// The end, where something tells it.
    pub at: Option<EventTime>,
    /// `response`: the issuing call's response says so; `estimate`: creation date (or time of issue) and the life that
    /// was asked for, or the API's default; `none`: no issuing record, or only a sign-in.
    pub basis: &'static str,
}

impl Expiry {
    /// The expiry of `explained`; the latest, when it was issued several keys.
    pub fn of(explained: &Explained<'_>) -> Self {
        let stated = explained.issuances.iter().filter_map(|issuance| issuance.expiration()).max();
        if stated.is_some() {
            return Self { at: stated, basis: "response" };
        }
        let lives = explained.issuances.iter().filter_map(|issuance| {
            let begins = explained.session.creation_date().or(issuance.time())?;
            Some(begins.plus_seconds(issuance.life()?))
        });
        match lives.max() {
            Some(at) => Self { at: Some(at), basis: "estimate" },
            None => Self { at: None, basis: "none" },
        }
    }
}
