//! Which regions of an account are enabled: where something can happen that logs would have to show.

use std::collections::BTreeSet;

use super::logs::LogSpan;
use crate::posture::Posture;

/// Regions that every account of the partition has without opting in.
///
/// Source: Account Management reference guide, "Enable or disable AWS Regions in your account": regions from before
/// 2019-03-20 are enabled by default; user guides of AWS in China and AWS GovCloud (US).
const BY_DEFAULT: [(&str, &[&str]); 4] = [
    ("cn-", &["cn-north-1", "cn-northwest-1"]),
    ("us-gov-", &["us-gov-east-1", "us-gov-west-1"]),
    ("eusc-", &["eusc-de-east-1"]),
    (
        "",
        &[
            "ap-northeast-1",
            "ap-northeast-2",
            "ap-northeast-3",
            "ap-south-1",
            "ap-southeast-1",
            "ap-southeast-2",
            "ca-central-1",
            "eu-central-1",
            "eu-north-1",
            "eu-west-1",
            "eu-west-2",
            "eu-west-3",
            "sa-east-1",
            "us-east-1",
            "us-east-2",
            "us-west-1",
            "us-west-2",
        ],
    ),
];

/// The regions of an account that logs have to show.
pub(in crate::report) struct Enabled {
    /// Their names.
    pub regions: BTreeSet<String>,
    /// Whether a list of the account's regions says so. Else those are taken that are on by default or delivered: one
    /// that was opted in to and never delivered is missed.
    pub is_listed: bool,
}

/// The enabled regions of `account`: of its list, and those that logs show to be enabled since.
pub(in crate::report) fn of(account: &str, logs: &LogSpan, posture: Option<&Posture>) -> Enabled {
    let listed = posture.and_then(|posture| posture.accounts.get(account)?.enabled_regions.as_ref());
    let listed = listed.filter(|list| list.source.whole);
    let delivered = logs.regions.get(account).into_iter().flatten().cloned();
    let mut regions: BTreeSet<String> = match listed {
        Some(list) => list.value.clone(),
        None => {
            let delivered: BTreeSet<String> = delivered.collect();
            let of_partition = |prefix: &str| delivered.iter().any(|region| region.starts_with(prefix));
            let default =
                BY_DEFAULT.iter().find(|(prefix, _)| of_partition(prefix)).map_or(&[][..], |(_, names)| *names);
            default.iter().map(|name| (*name).to_owned()).chain(delivered).collect()
        }
    };
    regions.extend(logs.enabled_regions.get(account).into_iter().flatten().cloned());
    Enabled { regions, is_listed: listed.is_some() }
}
