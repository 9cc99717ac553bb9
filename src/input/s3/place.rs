//! What a folder of a bucket is, identified by its name: where in the AWSLogs layout it stands.
//!
//! Source: CloudTrail user guide, "Finding your CloudTrail log files".

use crate::input::KeyKind;
use crate::input::key::{is_organization, is_region};
use crate::model::{Day, is_account_id};

/// A folder's place in the layout.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// Nothing says what it is: the root of a bucket, or a prefix before `AWSLogs/`.
    Unknown,
    /// `AWSLogs/` or `AWSLogs/o-id/`: holds accounts.
    Logs,
    /// `…/account/` or `…/account/CloudTrail/`.
    Trail(TrailFolder),
    /// `…/account/CloudTrail/region/`, or a year, month or day of it.
    Region(RegionFolder),
    /// Something else below `AWSLogs/`.
    Other,
}

/// The folder of an account's events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TrailFolder {
    /// `…/account/CloudTrail/`.
    pub folder: String,
    /// The account.
    pub account: String,
}

/// The folder of the events of an account and region.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RegionFolder {
    /// `…/account/CloudTrail/region/`.
    pub folder: String,
    /// The account.
    pub account: String,
    /// The region.
    pub region: String,
}

impl Place {
    /// What `folder` is, which is empty or ends with a slash.
    pub fn of(folder: &str) -> Self {
        let Some(parts) = folder.strip_suffix('/').map(|text| text.split('/').collect::<Vec<_>>()) else {
            return Self::Unknown;
        };
        let Some(logs) = parts.iter().rposition(|part| *part == "AWSLogs") else { return Self::Unknown };
        let below = &parts[logs + 1..];
        let below = below
            .strip_prefix(&[below.first().copied().unwrap_or_default()])
            .map_or(below, |rest| if is_organization(below[0]) { rest } else { below });
        match below {
            [] => Self::Logs,
            [account] if is_account_id(account) => Self::Trail(TrailFolder::of_account(folder, account)),
            [account, "CloudTrail"] if is_account_id(account) => {
                Self::Trail(TrailFolder { folder: folder.to_owned(), account: (*account).to_owned() })
            }
            [account, "CloudTrail", region, days @ ..]
                if is_account_id(account)
                    && is_region(region)
                    && days.len() <= 3
                    && days.iter().all(|day| is_number(day)) =>
            {
                let length: usize = days.iter().map(|day| day.len() + 1).sum();
                Self::Region(RegionFolder {
                    folder: folder[..folder.len() - length].to_owned(),
                    account: (*account).to_owned(),
                    region: (*region).to_owned(),
                })
            }
            _ => Self::Other,
        }
    }
}

impl TrailFolder {
    /// The folder of events in an account's folder.
    pub fn of_account(folder: &str, account: &str) -> Self {
        Self { folder: format!("{folder}CloudTrail/"), account: account.to_owned() }
    }

    /// The folder of digests in an account's folder.
    pub fn digests_of(folder: &str, account: &str) -> Self {
        Self { folder: format!("{folder}{}/", KeyKind::Digest.as_str()), account: account.to_owned() }
    }
}

impl RegionFolder {
    /// The account and the region.
    pub fn of(&self) -> (String, String) {
        (self.account.clone(), self.region.clone())
    }

    /// The first key that a day can have, without the slash that follows: a marker to begin after.
    pub fn day(&self, day: Day) -> String {
        format!("{}{}", self.folder, day.to_string().replace('-', "/"))
    }
}

/// The last part of a folder's name.
pub fn last_part(folder: &str) -> &str {
    let folder = folder.strip_suffix('/').unwrap_or(folder);
    folder.rsplit('/').next().unwrap_or(folder)
}

fn is_number(text: &str) -> bool {
    !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn brief(folder: &str) -> String {
        match Place::of(folder) {
            Place::Unknown => "unknown".to_owned(),
            Place::Logs => "logs".to_owned(),
            Place::Trail(trail) => format!("trail {} {}", trail.account, trail.folder),
            Place::Region(region) => format!("region {} {} {}", region.account, region.region, region.folder),
            Place::Other => "other".to_owned(),
        }
    }

    #[test]
    fn every_level_of_every_layout() {
        for before in ["", "a/b/", "AWSLogs/", "o-exampleorg/", "/"] {
            for organization in ["", "o-exampleorg/"] {
                let logs = format!("{before}AWSLogs/{organization}");
                let (trail, region) =
                    (format!("{logs}111122223333/CloudTrail/"), format!("{logs}111122223333/CloudTrail/us-east-1/"));
                assert_eq!(brief(&logs), "logs");
                assert_eq!(brief(&format!("{logs}111122223333/")), format!("trail 111122223333 {trail}"));
                assert_eq!(brief(&trail), format!("trail 111122223333 {trail}"));
                for days in ["", "2023/", "2023/07/", "2023/07/10/"] {
                    assert_eq!(brief(&format!("{region}{days}")), format!("region 111122223333 us-east-1 {region}"));
                }
            }
        }
    }

    #[test]
    fn near_misses() {
        for (folder, expected) in [
            ("", "unknown"),
            ("/", "unknown"),
            ("logs/", "unknown"),
            ("awslogs/111122223333/", "unknown"),
            ("o-exampleorg/", "unknown"),
            ("AWSLogs/o-short/", "other"),
            ("AWSLogs/team/", "other"),
            ("AWSLogs/111122223333/Config/", "other"),
            ("AWSLogs/111122223333/CloudTrail-Digest/us-east-1/", "other"),
            ("AWSLogs/111122223333/CloudTrail/us-east-1/x/", "other"),
            ("AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10/11/", "other"),
        ] {
            assert_eq!(brief(folder), expected, "{folder}");
        }
    }

    #[test]
    fn a_day_is_a_marker_before_all_of_it() {
        let Place::Region(region) = Place::of("AWSLogs/111122223333/CloudTrail/us-east-1/") else { unreachable!() };
        let marker = region.day(Day::from_ymd(2023, 7, 9).unwrap());
        assert_eq!(marker, "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/09");
        assert!(*format!("{marker}/") > *marker && *format!("{}2023/07/08/zzz", region.folder) < *marker);
    }
}
