//! What a report shows of `sourceIPAddress` texts: the addresses among them, each once.

use std::collections::BTreeSet;
use std::net::IpAddr;

use super::Value;
use crate::model::SourceAddress;

/// The distinct IP addresses among `texts`; service hosts, `AWS Internal` and the like are no addresses.
pub(super) fn ip_addresses<'a>(texts: impl IntoIterator<Item = &'a str>) -> BTreeSet<IpAddr> {
    texts.into_iter().filter_map(|text| SourceAddress::parse(text).ip()).collect()
}

/// The cells of a column `addresses` and of the column `address_list` beside it.
pub(super) fn address_cells(addresses: &BTreeSet<IpAddr>) -> [Value; 2] {
    let mut list: Vec<String> = addresses.iter().map(IpAddr::to_string).collect();
    list.sort_unstable();
    [Value::count(list.len()), Value::List(list)]
}
