//! The AWSLogs key grammar: what the name of a log object says about its content.
//!
//! Source: CloudTrail user guide, "CloudTrail log file examples" (file names), "Finding your CloudTrail log files"
//! (folders), "CloudTrail digest file structure" (digest names).

use std::path::{Component, MAIN_SEPARATOR, Path};

use crate::model::{Day, EventTime, is_account_id};

/// Which of CloudTrail's streams an object belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum KeyKind {
    /// Events: folder `CloudTrail`.
    CloudTrail,
    /// Signed hashes of delivered files: `CloudTrail-Digest`.
    Digest,
    /// Unusual activity: `CloudTrail-Insight`.
    Insight,
    /// Calls through VPC endpoints: `CloudTrail-NetworkActivity`.
    NetworkActivity,
    /// Aggregated events: `CloudTrail-Aggregated`.
    Aggregated,
}

/// What a key says: whose records, from where, delivered when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct LogKey {
    /// The account whose trail logged.
    pub account_id: String,
    /// The region that logged.
    pub region: String,
    /// Which stream.
    pub kind: KeyKind,
    /// The day of *delivery*: the object may hold any earlier event.
    pub day: Day,
    /// `o-…` of an organisation trail; only folders say it.
    pub organization_id: Option<String>,
    /// The moment of delivery, where the file name follows CloudTrail's own grammar.
    pub delivered: Option<EventTime>,
    /// Whether the folders are in AWSLogs layout. Only then is the day trusted to prune by; a lone file name is not.
    pub in_layout: bool,
}

impl KeyKind {
    /// The kind that a folder, or the second part of a file name, names.
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "CloudTrail" => Some(Self::CloudTrail),
            "CloudTrail-Digest" => Some(Self::Digest),
            "CloudTrail-Insight" => Some(Self::Insight),
            "CloudTrail-NetworkActivity" => Some(Self::NetworkActivity),
            "CloudTrail-Aggregated" => Some(Self::Aggregated),
            _ => None,
        }
    }

    /// The kind under which objects of this stream are skipped unopened; `None` for events.
    pub const fn skipped_as(self) -> Option<&'static str> {
        match self {
            Self::CloudTrail => None,
            Self::Digest => Some("digest"),
            Self::Insight => Some("insight"),
            Self::NetworkActivity => Some("network-activity"),
            Self::Aggregated => Some("aggregated"),
        }
    }

    /// AWS's spelling: the folder's name.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::CloudTrail => "CloudTrail",
            Self::Digest => "CloudTrail-Digest",
            Self::Insight => "CloudTrail-Insight",
            Self::NetworkActivity => "CloudTrail-NetworkActivity",
            Self::Aggregated => "CloudTrail-Aggregated",
        }
    }
}

impl LogKey {
    /// Reads an object key with `/` between its parts: `[prefix/]AWSLogs/[o-id/]account/CloudTrail/region/YYYY/MM/DD/file`
    /// (Control Tower's `o-id/AWSLogs/o-id/…` has the organisation as its prefix), else a lone
    /// `account_CloudTrail_region_YYYYMMDDTHHMMZ_unique.json.gz` in any folder.
    ///
    /// `None` for anything else.
    pub fn parse(key: &str) -> Option<Self> {
        let parts: Vec<Option<&str>> = key.rsplit('/').take(LAYOUT_PARTS).map(Some).collect();
        Self::of_parts(&parts)
    }

    /// As [`LogKey::parse`], for a path of this machine. Folders above a relative path count too, so that reading from
    /// inside an AWSLogs folder prunes as well as reading it from outside.
    pub fn of_path(path: &Path) -> Option<Self> {
        let key = Self::of_parts(&last_parts(path));
        if key.as_ref().is_some_and(|key| key.in_layout) || path.is_absolute() {
            return key;
        }
        let absolute = std::path::absolute(path).ok();
        absolute.and_then(|path| Self::of_parts(&last_parts(&path))).or(key)
    }

    /// What a folder of this machine says of all files in it, where it is one of AWSLogs layout. As [`LogKey::of_path`],
    /// folders above a relative path count too.
    pub(super) fn of_folder(folder: &Path) -> Option<Self> {
        let read = |folder: &Path| of_folders(&last_parts(folder));
        match read(folder) {
            // The folder without a name is that of a file that has none above it.
            None if !folder.is_absolute() => std::path::absolute(folder.join(".")).ok().and_then(|path| read(&path)),
            key => key,
        }
    }

    /// The key of a file in a folder of which [`LogKey::of_folder`] says this.
    pub(super) fn in_folder(folder: Option<&Self>, name: Option<&str>) -> Option<Self> {
        let name = name.and_then(of_file_name);
        match folder {
            Some(folder) => Some(Self { delivered: name.map(|name| name.delivered), ..folder.clone() }),
            None => name.map(FileName::key),
        }
    }

    /// Reads the parts of a key, last first; a part that is no text is `None`.
    fn of_parts(parts: &[Option<&str>]) -> Option<Self> {
        let (name, folders) = parts.split_first()?;
        Self::in_folder(of_folders(folders).as_ref(), *name)
    }
}

/// File, day, month, year, region, stream, account, organisation, AWSLogs.
const LAYOUT_PARTS: usize = 9;

/// The last parts of a path, last first. A `..` is no part of any layout.
fn last_parts(path: &Path) -> Vec<Option<&str>> {
    let mut last = Vec::with_capacity(LAYOUT_PARTS);
    match path.to_str().filter(|_| MAIN_SEPARATOR == '/') {
        // As components are, which cost ten times as much.
        Some(text) => {
            let parts = text.rsplit('/').filter(|part| !matches!(*part, "" | "."));
            last.extend(parts.take(LAYOUT_PARTS).map(|part| (part != "..").then_some(part)));
        }
        None => last.extend(path.components().rev().take(LAYOUT_PARTS).map(|part| match part {
            Component::Normal(text) => text.to_str(),
            _ => None,
        })),
    }
    last
}

/// What a file name says.
#[derive(Clone, Copy)]
struct FileName<'a> {
    account_id: &'a str,
    region: &'a str,
    kind: KeyKind,
    delivered: EventTime,
}

impl FileName<'_> {
    /// The key of such a file in any folder.
    fn key(self) -> LogKey {
        LogKey {
            account_id: self.account_id.to_owned(),
            region: self.region.to_owned(),
            kind: self.kind,
            day: self.delivered.day(),
            organization_id: None,
            delivered: Some(self.delivered),
            in_layout: false,
        }
    }
}

/// Reads the folders that a file lies in, last first.
fn of_folders(parts: &[Option<&str>]) -> Option<LogKey> {
    let part = |place: usize| parts.get(place).copied().flatten();
    let day = Day::from_ymd(number(part(2)?, 4)? as i32, number(part(1)?, 2)?, number(part(0)?, 2)?)?;
    let (region, kind, account_id) = (part(3)?, KeyKind::parse(part(4)?)?, part(5)?);
    if !is_region(region) || !is_account_id(account_id) {
        return None;
    }
    let organization_id = match part(6)? {
        "AWSLogs" => None,
        id if is_organization(id) && part(7)? == "AWSLogs" => Some(id.to_owned()),
        _ => return None,
    };
    Some(LogKey {
        account_id: account_id.to_owned(),
        region: region.to_owned(),
        kind,
        day,
        organization_id,
        delivered: None,
        in_layout: true,
    })
}

/// `account_CloudTrail_region_YYYYMMDDTHHMMZ_unique.json.gz`, and a digest's
/// `account_CloudTrail-Digest_region_trail_region_YYYYMMDDTHHMMSSZ.json.gz`, whose trail may hold more underscores.
fn of_file_name(name: &str) -> Option<FileName<'_>> {
    let packed = [".gz", ".zst"].iter().find_map(|end| name.strip_suffix(end)).unwrap_or(name);
    let stem = packed.strip_suffix(".json").filter(|stem| !stem.contains(".json"))?;
    let mut parts = stem.splitn(4, '_');
    let (account_id, kind, region) = (parts.next()?, KeyKind::parse(parts.next()?)?, parts.next()?);
    let rest = parts.next()?;
    let stamp = match kind {
        KeyKind::Digest => rest.rsplit('_').next()?,
        _ => rest.split_once('_').filter(|(_, unique)| !unique.is_empty())?.0,
    };
    if !is_account_id(account_id) || !is_region(region) {
        return None;
    }
    stamp_of(stamp).map(|delivered| FileName { account_id, region, kind, delivered })
}

/// `20230710T1140Z`, and with seconds in digest names.
fn stamp_of(text: &str) -> Option<EventTime> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    number(date, 8)?;
    let day = Day::from_ymd(number(&date[..4], 4)? as i32, number(&date[4..6], 2)?, number(&date[6..], 2)?)?;
    let time =
        number(time, time.len()).filter(|_| matches!(time.len(), 4 | 6))? * if time.len() == 4 { 100 } else { 1 };
    let (hour, minute, second) = (time / 10_000, time / 100 % 100, time % 100);
    let seconds = i64::from(hour * 3600 + minute * 60 + second);
    (hour < 24 && minute < 60 && second < 60).then(|| day.start().plus_seconds(seconds))
}

/// A number of exactly `digits` digits.
fn number(text: &str, digits: usize) -> Option<u32> {
    (text.len() == digits && digits <= 8 && text.bytes().all(|b| b.is_ascii_digit())).then(|| text.parse().ok())?
}

/// `o-` and 10 to 32 lower-case letters or digits.
///
/// Source: AWS Organizations API reference, `Organization.Id`.
pub(super) fn is_organization(text: &str) -> bool {
    text.strip_prefix("o-").is_some_and(|id| {
        (10..=32).contains(&id.len()) && id.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit())
    })
}

/// Lower-case words and a number, joined by dashes: `us-east-1`, `us-gov-west-1`, `eusc-de-east-1`. A list of regions
/// would be out of date by the next one.
pub(super) fn is_region(text: &str) -> bool {
    let is_word = |word: &[u8]| !word.is_empty() && word.iter().all(u8::is_ascii_lowercase);
    let mut parts = text.as_bytes().rsplit(|b| *b == b'-');
    let is_number = |number: &[u8]| (1..=2).contains(&number.len()) && number.iter().all(u8::is_ascii_digit);
    parts.next().is_some_and(is_number) && parts.next().is_some_and(is_word) && {
        let mut more = parts.peekable();
        more.peek().is_some() && more.all(is_word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "111122223333_CloudTrail_us-east-1_20230710T1140Z_Mx3Td9b8ZCBzVK7n.json.gz";

    fn brief(key: &str) -> Option<String> {
        let key = LogKey::parse(key)?;
        let organization = key.organization_id.map(|id| format!("{id} ")).unwrap_or_default();
        let layout = if key.in_layout { "layout" } else { "name" };
        Some(format!("{organization}{} {} {} {} {layout}", key.account_id, key.kind.as_str(), key.region, key.day))
    }

    #[test]
    fn layouts() {
        let same = Some("111122223333 CloudTrail us-east-1 2023-07-10 layout");
        let organization = Some("o-exampleorg 111122223333 CloudTrail us-east-1 2023-07-10 layout");
        for (folder, expected) in [
            ("AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10", same),
            ("/mnt/AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10", same),
            ("AWSLogs/AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10", same),
            ("a/b/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2023/07/10", organization),
            ("o-exampleorg/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2023/07/10", organization),
        ] {
            assert_eq!(brief(&format!("{folder}/{FILE}")).as_deref(), expected, "{folder}");
            assert_eq!(brief(&format!("{folder}/renamed.json")).as_deref(), expected, "{folder}");
        }
    }

    #[test]
    fn streams_and_regions() {
        for kind in ["CloudTrail", "CloudTrail-Digest", "CloudTrail-Insight", "CloudTrail-NetworkActivity"] {
            for region in ["us-gov-west-1", "cn-north-1", "us-iso-east-1", "eusc-de-east-1", "ap-southeast-7"] {
                let key = format!("AWSLogs/111122223333/{kind}/{region}/2024/02/29/x");
                assert_eq!(brief(&key), Some(format!("111122223333 {kind} {region} 2024-02-29 layout")));
            }
        }
    }

    #[test]
    fn near_misses_of_the_layout() {
        for key in [
            "awslogs/111122223333/CloudTrail/us-east-1/2023/07/10/x.json.gz",
            "MyAWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/11112222333/CloudTrail/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/cloudtrail/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/CloudTrail-Other/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/vpcflowlogs/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-east/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-1/2023/07/10/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-east-1/2023/02/30/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-east-1/2023/7/10/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10/11/x.json.gz",
            "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/x.json.gz",
            "AWSLogs/o-exampleorg/o-exampleorg/111122223333/CloudTrail/us-east-1/2023/07/10/x.json.gz",
            "AWSLogs/team/111122223333/CloudTrail/us-east-1/2023/07/10/x.json.gz",
            "",
            "x",
        ] {
            assert_eq!(brief(key), None, "{key}");
        }
    }

    #[test]
    fn lone_file_names() {
        let digest = "111122223333_CloudTrail-Digest_us-east-1_my_trail_us-east-1_20230710T114203Z.json.gz";
        let of = |name: &str| LogKey::parse(name).map(|key| (key.in_layout, key.delivered.map(|t| t.to_string())));
        assert_eq!(of(FILE), Some((false, Some("2023-07-10T11:40:00Z".into()))));
        assert_eq!(of(&format!("any/folder/{FILE}")), of(FILE));
        assert_eq!(of(FILE.trim_end_matches(".gz")), of(FILE));
        assert_eq!(of(digest), Some((false, Some("2023-07-10T11:42:03Z".into()))));
        for miss in [
            "11112222333_CloudTrail_us-east-1_20230710T1140Z_abc.json.gz",
            "111122223333_CloudTrail_us-east-1_20230710T1140Z.json.gz",
            "111122223333_CloudTrail_us-east-1_20230710T2540Z_abc.json.gz",
            "111122223333_CloudTrail_us-east-1_20230732T1140Z_abc.json.gz",
            "111122223333_CloudTrail_us-east-1_2023é710T1140Z_abc.json.gz",
            "111122223333_CloudTrail_us-east-1_20230710T1140Z_abc.csv",
            "111122223333_Config_us-east-1_20230710T1140Z_abc.json.gz",
        ] {
            assert_eq!(of(miss), None, "{miss}");
        }
    }

    proptest::proptest! {
        #[test]
        fn the_last_parts_of_a_path_are_its_last_components(
            parts in proptest::collection::vec(proptest::sample::select(vec!["", ".", "..", "a", "b c", "é", "...", "/"]), 0..14),
        ) {
            let path = parts.join("/");
            let components = Path::new(&path).components().rev().take(LAYOUT_PARTS).map(|part| match part {
                Component::Normal(text) => text.to_str(),
                _ => None,
            });
            // Nothing and what is no folder's name are the same.
            let mut expected: Vec<_> = components.collect();
            expected.resize(LAYOUT_PARTS, None);
            let mut found = last_parts(Path::new(&path));
            found.resize(LAYOUT_PARTS, None);
            proptest::prop_assert_eq!(found, expected, "{}", path);
        }
    }

    #[test]
    fn a_folder_says_what_the_paths_of_its_files_say() {
        let day = "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10";
        for folder in
            [day, "/srv/AWSLogs/o-exampleorg/111122223333/CloudTrail/us-east-1/2023/07/10", "", ".", "/", "a/b"]
        {
            for folder in [folder.to_owned(), format!("{folder}/.."), format!("./{folder}"), format!("{folder}//./")] {
                for name in [FILE, "renamed.json", "x"] {
                    let folder = Path::new(&folder);
                    let of_both = LogKey::in_folder(LogKey::of_folder(folder).as_ref(), Some(name));
                    assert_eq!(of_both, LogKey::of_path(&folder.join(name)), "{} {name}", folder.display());
                }
            }
        }
    }

    #[test]
    fn a_path_has_the_key_of_its_text() {
        let folder = "AWSLogs/111122223333/CloudTrail/us-east-1/2023/07/10";
        assert_eq!(LogKey::of_path(Path::new(&format!("{folder}/x"))), LogKey::parse(&format!("{folder}/x")));
        assert_eq!(LogKey::of_path(Path::new(&format!("/srv/./{folder}/x"))), LogKey::parse(&format!("{folder}/x")));
        assert_eq!(LogKey::of_path(Path::new(&format!("/srv/{folder}/../x"))), None);
        assert_eq!(LogKey::of_path(Path::new("x")), None);
    }

    proptest::proptest! {
        #[test]
        fn no_text_is_too_odd(text in "\\PC*", stamp in "[0-9é]{8}T[0-9é]{4,6}Z", day in "[0-9é]{2}") {
            LogKey::parse(&text);
            LogKey::parse(&format!("111122223333_CloudTrail_us-east-1_{stamp}_{text}.json.gz"));
            LogKey::parse(&format!("AWSLogs/111122223333/CloudTrail/us-east-1/2023/{day}/{day}/{text}"));
        }
    }
}
