//! `sourceIPAddress`: a field that often holds no address at all.

use std::fmt;
use std::net::{IpAddr, Ipv4Addr};

use ipnet::{Ipv4Net, Ipv6Net};

/// What a `sourceIPAddress` text stands for. Only [`SourceAddress::Ip`] counts towards spread.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", `sourceIPAddress`: service calls show a DNS name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SourceAddress {
    /// An IPv4 or IPv6 address. IPv4-mapped IPv6 addresses are given as IPv4.
    Ip(IpAddr),
    /// `AWS Internal` (also `AWS Internal/3`): the call came from inside AWS, often a console click.
    AwsInternal,
    /// A service host such as `ec2.amazonaws.com` (also `.amazonaws.com.cn`).
    Service,
    /// Empty or missing.
    Absent,
    /// Anything else.
    Other,
}

/// A neighbourhood of addresses: a /24 of IPv4 or a /64 of IPv6.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Network {
    /// 256 IPv4 addresses.
    V4(Ipv4Net),
    /// One IPv6 subnet.
    V6(Ipv6Net),
}

impl SourceAddress {
    /// Reads a `sourceIPAddress`. Leading zeros in IPv4 parts are read as decimal: anonymised logs have them.
    pub fn parse(text: &str) -> Self {
        if text.is_empty() {
            return Self::Absent;
        }
        if let Ok(ip) = text.parse::<IpAddr>() {
            return Self::Ip(ip.to_canonical());
        }
        if let Some(ip) = padded_ipv4(text) {
            return Self::Ip(IpAddr::V4(ip));
        }
        if text == "AWS Internal" || text.starts_with("AWS Internal/") {
            return Self::AwsInternal;
        }
        if is_service_host(text) { Self::Service } else { Self::Other }
    }

    /// The address, where there is one.
    pub fn ip(self) -> Option<IpAddr> {
        match self {
            Self::Ip(ip) => Some(ip),
            _ => None,
        }
    }

    /// Whether this is an address that the Internet does not route: 10/8, 172.16/12, 192.168/16, 100.64/10, fc00::/7.
    pub fn is_private(self) -> bool {
        match self {
            Self::Ip(IpAddr::V4(ip)) => ip.is_private() || (ip.octets()[0] == 100 && ip.octets()[1] & 0xc0 == 64),
            Self::Ip(IpAddr::V6(ip)) => ip.segments()[0] & 0xfe00 == 0xfc00,
            _ => false,
        }
    }

    /// The /24 or /64 around the address, where there is one.
    pub fn network(self) -> Option<Network> {
        let network = match self.ip()? {
            IpAddr::V4(ip) => Network::V4(Ipv4Net::new_assert(ip, 24).trunc()),
            IpAddr::V6(ip) => Network::V6(Ipv6Net::new_assert(ip, 64).trunc()),
        };
        Some(network)
    }
}

impl fmt::Display for Network {
    /// `192.0.2.0/24`, `2001:db8::/64`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::V4(network) => network.fmt(f),
            Self::V6(network) => network.fmt(f),
        }
    }
}

/// Whether `text` is a host of an AWS service: `*.amazonaws.com` or `*.amazonaws.com.cn`.
pub(crate) fn is_service_host(text: &str) -> bool {
    text.ends_with(".amazonaws.com") || text.ends_with(".amazonaws.com.cn")
}

fn padded_ipv4(text: &str) -> Option<Ipv4Addr> {
    let mut parts = [0u8; 4];
    let mut given = text.split('.');
    for part in &mut parts {
        let digits = given.next()?;
        if digits.is_empty() || digits.len() > 3 || !digits.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        *part = digits.parse().ok()?;
    }
    given.next().is_none().then(|| Ipv4Addr::from(parts))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn kinds_of_source() {
        let ip = |s: &str| SourceAddress::parse(s).ip().map(|ip| ip.to_string());
        assert_eq!(ip("192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(ip("225.01.00.16").as_deref(), Some("225.1.0.16"));
        assert_eq!(ip("::ffff:192.0.2.1").as_deref(), Some("192.0.2.1"));
        assert_eq!(ip("2001:DB8:0::1").as_deref(), Some("2001:db8::1"));
        assert_eq!(ip("256.0.2.1"), None);
        assert_eq!(SourceAddress::parse(""), SourceAddress::Absent);
        assert_eq!(SourceAddress::parse("AWS Internal/3"), SourceAddress::AwsInternal);
        assert_eq!(SourceAddress::parse("ec2.amazonaws.com.cn"), SourceAddress::Service);
        assert_eq!(SourceAddress::parse("amazonaws.com.evil.example"), SourceAddress::Other);
    }

    #[test]
    fn private_ranges_and_their_neighbours() {
        let private = |s: &str| SourceAddress::parse(s).is_private();
        for inside in
            ["10.0.0.1", "172.16.0.1", "172.31.255.255", "192.168.10.20", "100.64.0.1", "100.127.1.1", "fd00::1"]
        {
            assert!(private(inside), "{inside}");
        }
        for outside in
            ["11.0.0.1", "172.15.0.1", "172.32.0.1", "192.169.0.1", "100.63.0.1", "100.128.0.1", "2001:db8::1"]
        {
            assert!(!private(outside), "{outside}");
        }
    }

    #[test]
    fn networks() {
        let network = |s: &str| SourceAddress::parse(s).network();
        assert_eq!(network("192.0.2.1"), network("192.0.2.200"));
        assert_ne!(network("192.0.2.1"), network("192.0.3.1"));
        assert_eq!(network("2001:db8::1"), network("2001:db8::ffff:1"));
        assert_ne!(network("2001:db8::1"), network("2001:db8:0:1::1"));
    }
}
