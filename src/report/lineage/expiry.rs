//! When a session's credentials end, and how that is known.

use super::Credential;
use crate::model::EventTime;

/// When a session ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::report) struct Expiry {
    /// The end, where something tells it.
    pub at: Option<EventTime>,
    /// `response`: the issuing call's response says so; `estimate`: creation date (or time of issue) and the life that
    /// was asked for, or the API's default; `none`: no issuing record, or only a sign-in.
    pub basis: &'static str,
}

impl Expiry {
    /// The expiry of `credential`; the latest, when it was issued several keys.
    pub fn of(credential: &Credential<'_>) -> Self {
        let stated = credential.issuances().filter_map(|issuance| issuance.expiration()).max();
        if stated.is_some() {
            return Self { at: stated, basis: "response" };
        }
        let lives = credential.issuances().filter_map(|issuance| {
            let begins = credential.creation_date().or(issuance.time())?;
            Some(begins.plus_seconds(issuance.life()?))
        });
        match lives.max() {
            Some(at) => Self { at: Some(at), basis: "estimate" },
            None => Self { at: None, basis: "none" },
        }
    }
}
