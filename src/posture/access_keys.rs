//! `aws iam list-access-keys`: the only state that has key ids. It names no account.

use serde::Deserialize;

use super::scalar::{Moment, Text};
use crate::model::EventTime;

/// A long-lived access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AccessKey {
    /// Its id.
    pub access_key_id: String,
    /// Whose it is; root's own list names the account's root with its account id or nothing.
    pub user_name: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made.
    pub created: Option<EventTime>,
}

/// A page as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    access_key_metadata: Vec<Metadata>,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Metadata {
    user_name: Text,
    access_key_id: Text,
    status: Text,
    create_date: Moment,
}

/// The keys of all pages, by id, each once.
pub(super) fn of(pages: Vec<Page>) -> Vec<AccessKey> {
    let all = pages.into_iter().flat_map(|page| page.access_key_metadata).map(|metadata| AccessKey {
        access_key_id: metadata.access_key_id.0,
        user_name: metadata.user_name.0,
        active: metadata.status.0.eq_ignore_ascii_case("active"),
        created: metadata.create_date.0,
    });
    let mut keys: Vec<AccessKey> = all.filter(|key| !key.access_key_id.is_empty()).collect();
    keys.sort_by(|a, b| a.access_key_id.cmp(&b.access_key_id));
    keys.dedup_by(|a, b| a.access_key_id == b.access_key_id);
    keys
}
