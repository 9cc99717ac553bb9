//! The address ranges that AWS publishes: which service and region an address belongs to, or that it is outside AWS.
//!
//! The file is `ip-ranges.json` as AWS publishes it; none comes with the program and none is fetched. It is of one day,
//! and holds neither all services nor ranges that customers bring to AWS.
//!
//! Source: Amazon VPC user guide, "AWS IP address ranges" and "Syntax for AWS IP address range JSON",
//! <https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-ranges.html>.

#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::net::IpAddr;
use std::path::{Path, PathBuf};

use ipnet::IpNet;
use serde_json::{Map, Value};

use super::prefixes::PrefixTable;
use crate::model::{EventTime, SourceAddress, grouped};

/// The service that stands for all ranges of AWS; the others are subsets of it.
const ALL_OF_AWS: &str = "AMAZON";

/// Days after which a file is old: AWS publishes a new one whenever a range changes.
const OLD_DAYS: i32 = 90;

/// Why a file cannot be used.
#[derive(Debug, thiserror::Error)]
#[error("{}: cannot be used as AWS's IP ranges: {why}; download https://ip-ranges.amazonaws.com/ip-ranges.json", path.display())]
pub struct AwsRangesError {
    /// The file.
    path: PathBuf,
    /// What is wrong with it.
    why: String,
}

/// AWS's published ranges, ready to be looked up.
#[derive(Debug)]
pub struct AwsRanges {
    path: PathBuf,
    /// Ranges of a service by its name.
    services: PrefixTable<Vec<AwsRange>>,
    /// Ranges of which only that they are AWS's is published.
    others: PrefixTable<Vec<AwsRange>>,
    entries: usize,
    skipped: usize,
    published: Option<EventTime>,
}

/// What is published of a range.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct AwsRange {
    /// The service: `EC2`, `CLOUDFRONT`; `AMAZON` where AWS does not say which. Lambda functions, containers and NAT
    /// gateways call from ranges of `EC2`.
    pub service: String,
    /// The region, or `GLOBAL`.
    pub region: String,
    /// Where the range is advertised, such as a Local Zone; mostly the region, and so in files that do not say it.
    pub network_border_group: String,
}

/// Where an address is, as far as AWS publishes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AwsPlace<'a> {
    /// In a published range: all that is published of it, sorted. Never empty.
    Within(&'a [AwsRange]),
    /// An address that the Internet does not route: nobody's published range.
    Private,
    /// In no published range. It may still be AWS's: not all services are published, nor are ranges that customers bring.
    Outside,
}

impl AwsRanges {
    /// Reads `ip-ranges.json`, some 10,000 ranges.
    ///
    /// Entries that are no range are left out; [`warnings`](Self::warnings) says how many.
    ///
    /// # Errors
    /// [`AwsRangesError`] when the file cannot be read, is not of this form, or holds no range.
    pub fn read(path: &Path) -> Result<Self, AwsRangesError> {
        let unusable = |why: String| AwsRangesError { path: path.to_owned(), why };
        let bytes = std::fs::read(path).map_err(|error| unusable(error.to_string()))?;
        Self::from_json(path, &bytes).map_err(unusable)
    }

    fn from_json(path: &Path, bytes: &[u8]) -> Result<Self, String> {
        let written: Map<String, Value> =
            serde_json::from_slice(bytes).map_err(|error| format!("it is not JSON object: {error}"))?;
        let entries_of =
            |name: &str| written.get(name).and_then(Value::as_array).ok_or_else(|| format!("it has no list {name:?}"));
        let (v4, v6) = (entries_of("prefixes")?, entries_of("ipv6_prefixes")?);
        let entries = v4.len() + v6.len();
        let v4 = v4.iter().filter_map(|entry| range(entry, "ip_prefix").filter(|(network, _)| is_v4(network)));
        let v6 = v6.iter().filter_map(|entry| range(entry, "ipv6_prefix").filter(|(network, _)| !is_v4(network)));
        let (mut services, mut others) = (BTreeMap::new(), BTreeMap::new());
        let mut skipped = entries;
        for (network, range) in v4.chain(v6) {
            skipped -= 1;
            let of_kind = if range.service == ALL_OF_AWS { &mut others } else { &mut services };
            of_kind.entry(network).or_insert_with(BTreeSet::new).insert(range);
        }
        if skipped == entries {
            return Err("it holds no address range".to_owned());
        }
        let text = |name: &str| written.get(name).and_then(Value::as_str).unwrap_or_default();
        // Both say it: `2014-11-19-23-29-02` in UTC, and seconds since 1970.
        let published = create_date(text("createDate")).or_else(|| EventTime::parse_creation_date(text("syncToken")));
        let (services, others) = (table(services), table(others));
        Ok(Self { path: path.to_owned(), services, others, entries, skipped, published })
    }

    /// Where `address` is: in the longest range around it that names a service, else in the longest around it that is
    /// AWS's at all.
    pub fn place(&self, address: IpAddr) -> AwsPlace<'_> {
        match self.services.longest(address).or_else(|| self.others.longest(address)) {
            Some(ranges) => AwsPlace::Within(ranges),
            None if SourceAddress::Ip(address).is_private() => AwsPlace::Private,
            None => AwsPlace::Outside,
        }
    }

    /// When AWS published the file; `None` where it does not say so.
    pub fn published(&self) -> Option<EventTime> {
        self.published
    }

    /// What makes addresses of AWS count as outside, in sentences: entries that were left out, and a file that is more than
    /// 90 days older than `as_of`.
    pub fn warnings(&self, as_of: Option<EventTime>) -> Vec<String> {
        let path = self.path.display();
        let left_out = (self.skipped > 0).then(|| {
            let (skipped, entries) = (grouped(self.skipped), grouped(self.entries));
            format!(
                "{path}: {skipped} of {entries} entries are not address ranges; addresses in them count as outside AWS"
            )
        });
        let old = self.published.zip(as_of).and_then(|(published, as_of)| {
            let days = as_of.day().0 - published.day().0;
            let since = "what AWS has added since counts as outside";
            let day = published.day();
            (days > OLD_DAYS).then(|| format!("{path}: of {day}, {days} days before {}: {since}", as_of.day()))
        });
        left_out.into_iter().chain(old).collect()
    }
}

impl fmt::Display for AwsRange {
    /// `EC2 us-east-1`; of another border group `EC2 us-west-2 (us-west-2-lax-1)`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { service, region, network_border_group: group } = self;
        write!(f, "{service} {region}")?;
        if group == region { Ok(()) } else { write!(f, " ({group})") }
    }
}

impl fmt::Display for AwsPlace<'_> {
    /// `EC2 us-east-1`, `EC2 us-east-1 and S3 us-east-1`, `private`, `outside`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Within(ranges) => {
                let ranges: Vec<String> = ranges.iter().map(AwsRange::to_string).collect();
                f.write_str(&ranges.join(" and "))
            }
            Self::Private => f.write_str("private"),
            Self::Outside => f.write_str("outside"),
        }
    }
}

fn table(ranges: BTreeMap<IpNet, BTreeSet<AwsRange>>) -> PrefixTable<Vec<AwsRange>> {
    PrefixTable::new(ranges.into_iter().map(|(network, ranges)| (network, ranges.into_iter().collect())).collect())
}

fn is_v4(network: &IpNet) -> bool {
    matches!(network, IpNet::V4(_))
}

/// An entry of the file; `None` where it is no range. The prefix may have bits behind its length, as in AWS's own example.
fn range(entry: &Value, prefix: &str) -> Option<(IpNet, AwsRange)> {
    let text = |field: &str| entry.get(field)?.as_str().filter(|text| !text.is_empty());
    let network: IpNet = text(prefix)?.parse().ok()?;
    // All of the Internet is nobody's range.
    if network.prefix_len() == 0 {
        return None;
    }
    let (service, region) = (text("service")?.to_owned(), text("region")?.to_owned());
    let network_border_group = text("network_border_group").map_or_else(|| region.clone(), str::to_owned);
    Some((network.trunc(), AwsRange { service, region, network_border_group }))
}

/// `2014-11-19-23-29-02`, in UTC.
fn create_date(text: &str) -> Option<EventTime> {
    let (day, time) = text.split_at_checked(10)?;
    let time = time.strip_prefix('-')?.replace('-', ":");
    EventTime::parse(&format!("{day}T{time}Z"))
}
