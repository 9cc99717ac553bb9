//! `aws iam get-account-summary`: what it says of root, and how many users there are. It names no account and no time.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// Numbers of an account; `None` where the file does not have them.
///
/// Source: IAM API reference, GetAccountSummary.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct AccountSummary {
    /// `AccountMFAEnabled`: whether root has an MFA device.
    pub root_mfa: Option<bool>,
    /// `AccountAccessKeysPresent`: whether root has access keys.
    pub root_keys: Option<bool>,
    /// `AccountPasswordPresent`: whether root has a password; accounts whose root credentials are managed centrally
    /// have none.
    pub root_password: Option<bool>,
    /// `AccountSigningCertificatesPresent`: whether root has X.509 signing certificates.
    pub root_certificates: Option<bool>,
    /// `Users`: how many there are.
    pub users: Option<i64>,
}

/// The file as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Written {
    summary_map: BTreeMap<String, Value>,
}

impl Written {
    pub(super) fn read(&self) -> AccountSummary {
        let number = |name: &str| self.summary_map.get(name).and_then(Value::as_i64);
        let is_some = |name: &str| number(name).map(|count| count > 0);
        AccountSummary {
            root_mfa: is_some("AccountMFAEnabled"),
            root_keys: is_some("AccountAccessKeysPresent"),
            root_password: is_some("AccountPasswordPresent"),
            root_certificates: is_some("AccountSigningCertificatesPresent"),
            users: number("Users"),
        }
    }
}
