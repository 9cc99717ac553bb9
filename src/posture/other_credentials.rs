//! `aws iam list-service-specific-credentials` and `list-ssh-public-keys`: long-lived credentials of users that are no access
//! keys. Neither list names its account; the account authorization details have none of them.
//!
//! Source: IAM API reference, ServiceSpecificCredentialMetadata (`ExpirationDate` only of those that expire) and
//! SSHPublicKeyMetadata.

use serde::Deserialize;

use super::scalar::{Moment, Text, or_default};
use crate::model::EventTime;

/// A long-lived credential of a user that is no access key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OtherCredential {
    /// Its id: `ACCA…` of a service-specific credential, `APKA…` of an SSH public key.
    pub id: String,
    /// Whose it is.
    pub user_name: String,
    /// The service that takes it: `bedrock.amazonaws.com`; empty for an SSH public key, which CodeCommit takes.
    pub service: String,
    /// Whether it can be used.
    pub active: bool,
    /// When it was made or uploaded.
    pub created: Option<EventTime>,
    /// When it ends by itself; `None` for one that does not.
    pub expires: Option<EventTime>,
}

/// A page of service-specific credentials as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct ServicePage {
    #[serde(deserialize_with = "or_default")]
    service_specific_credentials: Vec<ServiceSpecific>,
    is_truncated: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct ServiceSpecific {
    user_name: Text,
    service_specific_credential_id: Text,
    service_name: Text,
    status: Text,
    create_date: Moment,
    expiration_date: Moment,
}

/// A page of SSH public keys as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct SshPage {
    #[serde(rename = "SSHPublicKeys", deserialize_with = "or_default")]
    keys: Vec<SshKey>,
    is_truncated: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct SshKey {
    user_name: Text,
    #[serde(rename = "SSHPublicKeyId")]
    id: Text,
    status: Text,
    upload_date: Moment,
}

/// The service-specific credentials of some pages, and what is missing of them.
pub(super) fn of_services(pages: Vec<ServicePage>) -> (Vec<OtherCredential>, Option<String>) {
    let cut = cut(pages.last().is_some_and(|page| page.is_truncated));
    let all = pages.into_iter().flat_map(|page| page.service_specific_credentials).map(|one| OtherCredential {
        id: one.service_specific_credential_id.0,
        user_name: one.user_name.0,
        service: one.service_name.0,
        active: is_active(&one.status),
        created: one.create_date.0,
        expires: one.expiration_date.0,
    });
    (each_once(all), cut)
}

/// The SSH public keys of some pages, and what is missing of them.
pub(super) fn of_ssh(pages: Vec<SshPage>) -> (Vec<OtherCredential>, Option<String>) {
    let cut = cut(pages.last().is_some_and(|page| page.is_truncated));
    let all = pages.into_iter().flat_map(|page| page.keys).map(|one| OtherCredential {
        id: one.id.0,
        user_name: one.user_name.0,
        service: String::new(),
        active: is_active(&one.status),
        created: one.upload_date.0,
        expires: None,
    });
    (each_once(all), cut)
}

fn is_active(status: &Text) -> bool {
    status.0.eq_ignore_ascii_case("active")
}

fn cut(is_truncated: bool) -> Option<String> {
    is_truncated.then(|| "ends at a page that has a next one: fetch all of them".to_owned())
}

fn each_once(all: impl Iterator<Item = OtherCredential>) -> Vec<OtherCredential> {
    let mut found: Vec<OtherCredential> = all.filter(|one| !one.id.is_empty()).collect();
    found.sort_by(|a, b| a.id.cmp(&b.id));
    found.dedup_by(|a, b| a.id == b.id);
    found
}
