//! From which addresses which credentials were used, counted or not: to tell who else was where an incident was.
//!
//! An entry for each distinct address, principal, role session and access key; copies of a record are told from no other here,
//! so nothing is counted. Held by [`Around`], and never saved.
//!
//! [`Around`]: super::around::Around

use std::net::{IpAddr, Ipv6Addr};

use hashbrown::HashMap;

use super::{Remap, Span, Sym, SymSet, Symbols};
use crate::model::{Event, SourceAddress, principal_of};

/// Who used what from where.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Use {
    /// The spot, as [`spot_of`] gives it.
    pub spot: IpAddr,
    /// [`Event::account_id`].
    pub account: Sym,
    /// The principal, as it is printed.
    pub principal: Sym,
    /// `userIdentity.arn` of a role session, which ends with its name; empty of all else.
    pub session_arn: Sym,
    /// `userIdentity.accessKeyId`.
    pub access_key: Sym,
}

/// What was done so.
#[derive(Clone, Debug, Default)]
pub struct Done {
    /// First and last.
    pub span: Span,
    /// Names of calls that worked and were no mere reading.
    pub changes: SymSet,
}

/// Every use from an address; calls from service hosts are none.
#[derive(Clone, Debug, Default)]
pub struct Uses(HashMap<Use, Done, ahash::RandomState>);

/// What counts as one place: an IPv4 address, or a /64 of IPv6, within which one machine changes its address at will.
pub fn spot_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V4(address) => IpAddr::V4(address),
        IpAddr::V6(address) => {
            let [a, b, c, d, ..] = address.segments();
            IpAddr::V6(Ipv6Addr::new(a, b, c, d, 0, 0, 0, 0))
        }
    }
}

impl Uses {
    /// Each, in no lasting order.
    pub fn all(&self) -> impl Iterator<Item = (&Use, &Done)> {
        self.0.iter()
    }

    pub(super) fn see(&mut self, event: &Event<'_>, symbols: &mut Symbols) {
        let Some((address, time)) = SourceAddress::parse(event.source_ip_address).ip().zip(event.event_time) else {
            return;
        };
        let identity = &*event.user_identity;
        let session_arn = if identity.arn.contains(":assumed-role/") { &*identity.arn } else { "" };
        let used = Use {
            spot: spot_of(address),
            account: symbols.intern(event.account_id()),
            principal: symbols.intern(&principal_of(identity)),
            session_arn: symbols.intern(session_arn),
            access_key: symbols.intern(&identity.access_key_id),
        };
        let done = self.0.entry(used).or_default();
        done.span.see(time);
        if is_change(event) {
            done.changes.insert(symbols.intern(event.event_name));
        }
    }

    pub(super) fn merge(&mut self, other: Self, remap: &Remap) {
        for (used, theirs) in other.0 {
            let used = Use {
                account: remap.of(used.account),
                principal: remap.of(used.principal),
                session_arn: remap.of(used.session_arn),
                access_key: remap.of(used.access_key),
                ..used
            };
            let ours = self.0.entry(used).or_default();
            ours.span.merge(theirs.span);
            ours.changes.merge(&theirs.changes, remap);
        }
    }
}

/// Whether a call worked and was no mere reading or sign-in.
fn is_change(event: &Event<'_>) -> bool {
    let is_reading = match event.read_only {
        Some(read_only) => read_only,
        None => ["Get", "List", "Describe", "Head", "Lookup", "Search", "Assume"]
            .iter()
            .any(|begin| event.event_name.starts_with(begin)),
    };
    !is_reading && !event.is_error() && event.event_source != "signin.amazonaws.com"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_subnet_of_ipv6_is_one_place() {
        let of = |text: &str| spot_of(text.parse().expect("an address")).to_string();
        assert_eq!([of("2001:db8:0:1:a::1"), of("2001:db8:0:1:b::2")], ["2001:db8:0:1::", "2001:db8:0:1::"]);
        assert_eq!(
            [of("2001:db8:0:2::1"), of("192.0.2.1"), of("::ffff:192.0.2.1")],
            ["2001:db8:0:2::", "192.0.2.1", "192.0.2.1"]
        );
    }
}
