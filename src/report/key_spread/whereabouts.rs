//! Whether a key is used from AWS's published ranges or from outside, in words: a key on instances can be replaced by their
//! role, and one that leaves AWS for the first time was carried off. The signal `ec2-range` judges; these are its words.

use std::net::IpAddr;

use serde_json::{Map, Value, json};

use super::JudgedKey;
use crate::model::{Network, SourceAddress};
use crate::report::AwsRanges;
use crate::report::addresses::Whereabouts;

/// Adds to the summary and the evidence of a finding where the key's addresses are.
pub(super) fn add(
    (summary, evidence): (&mut String, &mut Map<String, Value>),
    key: &JudgedKey<'_>,
    newcomers: &[Network],
    aws: &AwsRanges,
) {
    let all = Whereabouts::of(key.spread.addresses.keys(), aws);
    if let Some(told) = change(key, newcomers, aws).or_else(|| all.sentence()) {
        *summary += &format!("; {told}");
    }
    evidence.insert("aws".to_owned(), json!(all.ranges));
    evidence.insert("outside_addresses".to_owned(), json!(all.outside));
    evidence.insert("aws_ranges_published".to_owned(), json!(aws.published()));
}

/// What the new networks of a key changed: it left AWS, or came there. `None` where they did neither.
fn change(key: &JudgedKey<'_>, networks: &[Network], aws: &AwsRanges) -> Option<String> {
    let is_new = |address: &IpAddr| {
        let network = SourceAddress::Ip(*address).network();
        networks.iter().any(|new| Some(*new) == network)
    };
    let (new, old): (Vec<&IpAddr>, Vec<&IpAddr>) = key.spread.addresses.keys().partition(|address| is_new(address));
    let (new, old) = (Whereabouts::of(new, aws), Whereabouts::of(old, aws));
    if old.is_all_inside() && new.is_all_outside() {
        return Some(format!("before it came from {} only, the new addresses are outside AWS's ranges", old.named()));
    }
    let came = old.is_all_outside() && new.is_all_inside();
    came.then(|| format!("the new addresses are in {}, none was in AWS's ranges before", new.named()))
}
