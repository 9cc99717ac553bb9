//! Values by address prefix, and the longest prefix around an address. IPv4 and IPv6 side by side.

use std::collections::BTreeMap;
use std::net::IpAddr;

use ipnet::IpNet;

/// A value for each of some prefixes. Two prefixes are apart or one lies within the other, so each has at most one
/// nearest around it.
#[derive(Debug, Default)]
pub(super) struct PrefixTable<T> {
    /// By first address, of equal ones the shortest prefix first: so each stands behind all that lie around it.
    prefixes: Vec<Prefix<T>>,
}

#[derive(Debug)]
struct Prefix<T> {
    network: IpNet,
    /// The place of the nearest prefix around this one.
    around: Option<usize>,
    value: T,
}

impl<T> PrefixTable<T> {
    /// The table of these prefixes, which have no bits behind their length.
    pub fn new(values: BTreeMap<IpNet, T>) -> Self {
        let mut sorted: Vec<(IpNet, T)> = values.into_iter().collect();
        sorted.sort_by_key(|(network, _)| (network.network(), network.prefix_len()));
        let mut prefixes: Vec<Prefix<T>> = Vec::with_capacity(sorted.len());
        for (network, value) in sorted {
            let mut around = prefixes.len().checked_sub(1);
            while let Some(at) = around.filter(|&at| !prefixes[at].network.contains(&network)) {
                around = prefixes[at].around;
            }
            prefixes.push(Prefix { network, around, value });
        }
        Self { prefixes }
    }

    /// The value of the longest prefix around `address`.
    ///
    /// Cost: a binary search, and a step for each prefix around the nearest one that ends before the address.
    pub fn longest(&self, address: IpAddr) -> Option<&T> {
        let mut at = self.prefixes.partition_point(|prefix| prefix.network.network() <= address).checked_sub(1);
        while let Some(prefix) = at.map(|at| &self.prefixes[at]) {
            if prefix.network.contains(&address) {
                return Some(&prefix.value);
            }
            at = prefix.around;
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use std::net::{Ipv4Addr, Ipv6Addr};

    use proptest::prelude::*;

    use super::*;

    fn table(prefixes: &[&str]) -> PrefixTable<String> {
        let parsed = prefixes.iter().map(|text| (text.parse().expect("a prefix"), (*text).to_owned()));
        PrefixTable::new(parsed.collect())
    }

    fn longest<'a>(table: &'a PrefixTable<String>, address: &str) -> Option<&'a str> {
        table.longest(address.parse().expect("an address")).map(String::as_str)
    }

    #[test]
    fn the_longest_prefix_answers() {
        let table = table(&["192.0.2.0/24", "192.0.2.64/26", "192.0.2.64/28", "192.0.2.128/25", "2001:db8::/32"]);
        for (address, expected) in [
            ("192.0.1.255", None),
            ("192.0.2.0", Some("192.0.2.0/24")),
            ("192.0.2.63", Some("192.0.2.0/24")),
            ("192.0.2.64", Some("192.0.2.64/28")),
            ("192.0.2.79", Some("192.0.2.64/28")),
            ("192.0.2.80", Some("192.0.2.64/26")),
            ("192.0.2.127", Some("192.0.2.64/26")),
            ("192.0.2.128", Some("192.0.2.128/25")),
            ("192.0.2.255", Some("192.0.2.128/25")),
            ("192.0.3.0", None),
            ("2001:db7:ffff:ffff:ffff:ffff:ffff:ffff", None),
            ("2001:db8::", Some("2001:db8::/32")),
            ("2001:db8:ffff:ffff:ffff:ffff:ffff:ffff", Some("2001:db8::/32")),
            ("2001:db9::", None),
        ] {
            assert_eq!(longest(&table, address), expected, "{address}");
        }
    }

    #[test]
    fn an_empty_table_knows_nothing() {
        assert_eq!(longest(&table(&[]), "192.0.2.1"), None);
    }

    /// Networks close to each other, so that many lie within others.
    fn network() -> impl Strategy<Value = IpNet> {
        let v4 =
            (0u32..64, 26u8..=32).prop_map(|(low, length)| (IpAddr::V4(Ipv4Addr::from(0xc000_0200 | low)), length));
        let v6 = (0u128..64, 122u8..=128)
            .prop_map(|(low, length)| (IpAddr::V6(Ipv6Addr::from(0x2001_0db8_u128 << 96 | low)), length));
        prop_oneof![v4, v6].prop_map(|(address, length)| IpNet::new_assert(address, length).trunc())
    }

    proptest! {
        #[test]
        fn a_look_up_is_what_a_scan_of_all_finds(networks in prop::collection::btree_set(network(), 0..40), low in 0u32..70) {
            let table = PrefixTable::new(networks.iter().map(|&network| (network, network)).collect());
            let v4 = IpAddr::V4(Ipv4Addr::from(0xc000_0200 | low));
            let v6 = IpAddr::V6(Ipv6Addr::from(0x2001_0db8_u128 << 96 | u128::from(low)));
            for address in [v4, v6] {
                let around = networks.iter().filter(|network| network.contains(&address));
                prop_assert_eq!(table.longest(address), around.max_by_key(|network| network.prefix_len()));
            }
        }
    }
}
