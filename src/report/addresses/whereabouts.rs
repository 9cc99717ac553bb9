//! Addresses inside and outside of AWS's published ranges, counted, and said in a sentence.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::{AwsPlace, AwsRanges};
use crate::model::grouped;

/// Ranges that a sentence names; of more there is the number.
const NAMED: usize = 2;

/// Where some addresses are. Private ones are neither inside nor outside.
#[derive(Debug, Default)]
pub(in crate::report) struct Whereabouts {
    inside: usize,
    /// How many are public and in no published range.
    pub outside: usize,
    private: usize,
    /// The ranges that they are in: `EC2 us-east-1`.
    pub ranges: BTreeSet<String>,
}

impl Whereabouts {
    /// Where these distinct addresses are.
    pub fn of<'a>(addresses: impl IntoIterator<Item = &'a IpAddr>, aws: &AwsRanges) -> Self {
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

    /// Whether there is an address, and all are in AWS's ranges.
    pub fn is_all_inside(&self) -> bool {
        self.inside > 0 && self.outside + self.private == 0
    }

    /// Whether there is an address, and all are public and in no range.
    pub fn is_all_outside(&self) -> bool {
        self.outside > 0 && self.inside + self.private == 0
    }

    /// All of it: `1 of 7 addresses is outside AWS's ranges, the rest in EC2 us-east-1`. `None` without a public address.
    pub fn sentence(&self) -> Option<String> {
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
                let of = format!("{} of {} {kind}{addresses}", grouped(outside), grouped(public));
                Some(format!("{of} {are} outside AWS's ranges, the rest in {}", self.named()))
            }
        }
    }

    /// `EC2 us-east-1 and EC2 us-west-2`; `EC2 us-east-1, EC2 us-west-2 and 3 more`.
    pub fn named(&self) -> String {
        let named: Vec<&str> = self.ranges.iter().take(NAMED).map(String::as_str).collect();
        match self.ranges.len().saturating_sub(NAMED) {
            0 => named.join(" and "),
            more => format!("{} and {} more", named.join(", "), grouped(more)),
        }
    }
}
