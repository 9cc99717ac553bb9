//! Where the owner of a key is known to be: addresses from which the user signed in to the console with MFA on several days.
//!
//! That is AWS's word and nobody's own: who has the key alone has neither the password nor the device. Who slips past: a thief
//! at the owner's own address (a program on the owner's machine), and one who took over sign-ins on as many days.

use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use crate::aggregate::State;
use crate::aggregate::sign_ins::SignIns;
use crate::model::{Day, Network, SignInMfa, SourceAddress};

/// Days with such a sign-in from which it is no visit.
const DAYS: usize = 3;

/// The days of sign-ins with MFA, by the arn of the user and by address.
#[derive(Default)]
pub(super) struct Desks<'a>(BTreeMap<&'a str, BTreeMap<IpAddr, BTreeSet<Day>>>);

impl<'a> Desks<'a> {
    /// Those that `state` shows; none where it does not remember sign-ins.
    pub(super) fn of(state: &'a State) -> Self {
        let (mut found, symbols) = (Self::default(), state.symbols());
        for (attempt, _) in state.get::<SignIns>().into_iter().flat_map(SignIns::attempts) {
            let is_owner = attempt.succeeded && attempt.step.is_sign_in() && attempt.mfa == SignInMfa::Yes;
            let ip = SourceAddress::parse(symbols.text(attempt.address())).ip();
            let (true, Some(ip), Some(hour)) = (is_owner, ip, attempt.hour) else { continue };
            if symbols.text(attempt.identity_type()) == "IAMUser" {
                let of_user = found.0.entry(symbols.text(attempt.principal())).or_default();
                of_user.entry(machine(ip)).or_default().insert(hour.start().day());
            }
        }
        found
    }

    /// Whether the user had signed in from there on days enough before that one.
    pub(super) fn has(&self, user: &str, ip: IpAddr, before: Day) -> bool {
        let days = self.0.get(user).and_then(|of_user| of_user.get(&machine(ip)));
        days.is_some_and(|days| days.range(..before).count() >= DAYS)
    }
}

/// What stands for the machine behind an address: of IPv6 the start of its /64, within which a machine changes its address
/// by itself (RFC 8981).
fn machine(ip: IpAddr) -> IpAddr {
    match SourceAddress::Ip(ip).network() {
        Some(Network::V6(network)) => IpAddr::V6(network.addr()),
        _ => ip,
    }
}
