//! Whether a key is used from AWS's published ranges or from outside, in words. It says what a spread means and changes no
//! verdict: a key on instances can be replaced by their role, and one that leaves AWS for the first time was carried off.

use std::collections::BTreeSet;
use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::JudgedKey;
use super::spread::NetworkUse;
use super::verdict::Newcomers;
use crate::model::{Network, SourceAddress, grouped};
use crate::report::{AwsPlace, AwsRanges};

/// Ranges that a sentence names; of more there is the number.
const NAMED: usize = 2;

/// Where addresses are. Private ones are in neither.
#[derive(Debug, Default)]
struct Whereabouts {
    inside: usize,
    outside: usize,
    private: usize,
    ranges: BTreeSet<String>,
}

/// Adds to the summary and the evidence of a finding where the key's addresses are.
pub(super) fn add(
    (summary, evidence): (&mut String, &mut Map<String, Value>),
    key: &JudgedKey<'_>,
    newcomers: &Newcomers<'_>,
    aws: &AwsRanges,
) {
    let all = Whereabouts::of(key.spread.addresses.keys(), aws);
    let told = change(key, &newcomers.networks, aws).or_else(|| all.sentence());
    if let Some(told) = told {
        *summary += &format!("; {told}");
    }
    evidence.insert("aws".to_owned(), json!(all.ranges));
    evidence.insert("outside_addresses".to_owned(), json!(all.outside));
    evidence.insert("aws_ranges_published".to_owned(), json!(aws.published()));
}

/// What the new networks of a key changed: it left AWS, or came there. `None` where they did neither.
fn change(key: &JudgedKey<'_>, networks: &[(Network, NetworkUse)], aws: &AwsRanges) -> Option<String> {
    let is_new = |address: &&IpAddr| {
        let network = SourceAddress::Ip(**address).network();
        networks.iter().any(|(new, _)| Some(*new) == network)
    };
    let new = Whereabouts::of(key.spread.addresses.keys().filter(is_new), aws);
    let old = Whereabouts::of(key.spread.addresses.keys().filter(|address| !is_new(address)), aws);
    if old.is_all_inside() && new.is_all_outside() {
        return Some(format!("before it came from {} only, the new addresses are outside AWS's ranges", old.named()));
    }
    let came = old.is_all_outside() && new.is_all_inside();
    came.then(|| format!("the new addresses are in {}, none was in AWS's ranges before", new.named()))
}

impl Whereabouts {
    fn of<'a>(addresses: impl Iterator<Item = &'a IpAddr>, aws: &AwsRanges) -> Self {
        let mut found = Self::default();
        for &address in addresses {
            match aws.place(address) {
                AwsPlace::Within(ranges) => {
                    found.inside += 1;
                    found.ranges.extend(ranges.iter().map(ToString::to_string));
                }
                AwsPlace::Outside => found.outside += 1,
                AwsPlace::Private => found.private += 1,
            }
        }
        found
    }

    fn is_all_inside(&self) -> bool {
        self.inside > 0 && self.outside + self.private == 0
    }

    fn is_all_outside(&self) -> bool {
        self.outside > 0 && self.inside + self.private == 0
    }

    /// `None` without a public address.
    fn sentence(&self) -> Option<String> {
        let public = self.inside + self.outside;
        let kind = if self.private > 0 { "public " } else { "" };
        let addresses = if public == 1 { "address" } else { "addresses" };
        match (self.inside, self.outside) {
            (0, 0) => None,
            (1, 0) => Some(format!("the {kind}address is in {}", self.named())),
            (_, 0) => Some(format!("all {} {kind}{addresses} are in {}", grouped(public), self.named())),
            (0, _) => Some(format!("no {kind}address is in AWS's ranges")),
            (_, outside) => {
                let are = if outside == 1 { "is" } else { "are" };
                let (outside, public) = (grouped(outside), grouped(public));
                Some(format!(
                    "{outside} of {public} {kind}{addresses} {are} outside AWS's ranges, the rest in {}",
                    self.named()
                ))
            }
        }
    }

    /// `EC2 us-east-1, EC2 us-west-2 and 3 more`.
    fn named(&self) -> String {
        let named: Vec<&str> = self.ranges.iter().take(NAMED).map(String::as_str).collect();
        match self.ranges.len().saturating_sub(NAMED) {
            0 => named.join(" and "),
            more => format!("{} and {} more", named.join(", "), grouped(more)),
        }
    }
}
