//! `aws iam list-virtual-mfa-devices`: the virtual MFA devices of an account, with their users.
//!
//! Source: IAM API reference, ListVirtualMFADevices and VirtualMFADevice: a device that belongs to somebody has `User` and
//! `EnableDate`, one that is made and not enabled, or was deactivated and not deleted, has neither.

use serde::Deserialize;
use serde::de::IgnoredAny;

use super::scalar::{Moment, Text, or_default};
use crate::model::EventTime;

/// A virtual MFA device. Its seed is never read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VirtualMfaDevice {
    /// `SerialNumber`, which is its arn.
    pub serial_number: String,
    /// Whether it belongs to a user or to root.
    pub assigned: bool,
    /// `EnableDate`: since when it does.
    pub enabled: Option<EventTime>,
}

/// A page as AWS writes it.
#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Page {
    #[serde(rename = "VirtualMFADevices", deserialize_with = "or_default")]
    devices: Vec<Written>,
    is_truncated: bool,
}

#[derive(Debug, Default, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
struct Written {
    serial_number: Text,
    user: Option<IgnoredAny>,
    enable_date: Moment,
}

/// What all pages tell, and what is missing.
#[derive(Debug, Default)]
pub(super) struct Read {
    pub devices: Vec<VirtualMfaDevice>,
    pub newest: Option<EventTime>,
    pub trouble: Option<String>,
}

/// Puts the pages together.
pub(super) fn of(pages: Vec<Page>) -> Read {
    let is_cut = pages.last().is_some_and(|page| page.is_truncated);
    let written = pages.into_iter().flat_map(|page| page.devices).filter(|one| !one.serial_number.0.is_empty());
    let mut devices: Vec<VirtualMfaDevice> = written
        .map(|one| VirtualMfaDevice {
            assigned: one.user.is_some() || one.enable_date.0.is_some(),
            enabled: one.enable_date.0,
            serial_number: one.serial_number.0,
        })
        .collect();
    devices.sort_by(|a, b| a.serial_number.cmp(&b.serial_number));
    Read {
        newest: devices.iter().filter_map(|one| one.enabled).max(),
        trouble: is_cut.then(|| "ends at a page that has a next one: fetch all of them".to_owned()),
        devices,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Read {
        of(serde_json::Deserializer::from_str(text).into_iter().map(Result::unwrap).collect())
    }

    #[test]
    fn a_device_without_user_and_date_is_of_nobody() {
        let text = r#"{"VirtualMFADevices": [
            {"SerialNumber": "arn:aws:iam::111122223333:mfa/b"},
            {"SerialNumber": "arn:aws:iam::111122223333:mfa/a", "EnableDate": "2026-01-02T00:00:00+00:00",
             "User": {"UserName": "a", "Arn": "arn:aws:iam::111122223333:user/a"}},
            {"SerialNumber": "arn:aws:iam::111122223333:mfa/c", "User": null, "EnableDate": null}],
            "IsTruncated": true}
            {"VirtualMFADevices": [{"SerialNumber": "arn:aws:iam::111122223333:mfa/d", "User": {"Arn": "x"}}]}"#;
        let found = read(text);
        let assigned: Vec<bool> = found.devices.iter().map(|one| one.assigned).collect();
        assert_eq!(assigned, [true, false, false, true]);
        assert_eq!(found.trouble, None);
        assert_eq!(found.newest, EventTime::parse("2026-01-02T00:00:00Z"));
        assert!(read(r#"{"VirtualMFADevices": [], "IsTruncated": true}"#).trouble.is_some());
        assert_eq!(read(r#"{"VirtualMFADevices": null}"#).devices, []);
    }
}
