//! First sign-ins that lead to MFA: a new user has nothing but a password until the user's own device is registered, which
//! takes a session.
//!
//! Source: IAM user guide, "Permit users to self-manage MFA": users sign in with the password and register a device. Known
//! miss: a thief who signs in first with a user's initial password and registers a device of its own looks the same.

use std::collections::BTreeMap;
use std::net::IpAddr;

use super::tried::Row;
use crate::aggregate::State;
use crate::aggregate::iam_changes::{Act, IamChanges, Outcome};
use crate::model::{EventTime, SignInMfa, SourceAddress};
use crate::report::Severity;
use crate::report::user_arns::user_of;

/// How long after the sign-in the device is registered at most, in seconds.
const WITHIN: i64 = 3600;

/// A user's registering of a device for itself.
#[derive(Clone, Debug)]
struct Enrolled {
    at: EventTime,
    /// Where from, as far as these are addresses: those of all such calls about one device.
    from: Vec<IpAddr>,
}

/// The devices that users registered for themselves, by account and name.
#[derive(Debug, Default)]
pub(super) struct Enrolments<'a>(BTreeMap<(&'a str, &'a str), Vec<Enrolled>>);

impl<'a> Enrolments<'a> {
    pub fn of(state: &'a State) -> Self {
        let mut found: BTreeMap<(&'a str, &'a str), Vec<Enrolled>> = BTreeMap::new();
        let symbols = state.symbols();
        for change in state.get::<IamChanges>().into_iter().flat_map(IamChanges::rows) {
            if change.key.event.act() != Act::EnableMfa || change.key.outcome != Outcome::Succeeded {
                continue;
            }
            let user = (symbols.text(change.key.account_id), symbols.text(change.key.target));
            if user_of(symbols.text(change.key.actor)) != Some(user) {
                continue;
            }
            let from = change.addresses.iter().filter_map(|address| SourceAddress::parse(symbols.text(address)).ip());
            let from: Vec<IpAddr> = from.collect();
            let enrolled = change.moments.iter().map(|&at| Enrolled { at, from: from.clone() });
            found.entry(user).or_default().extend(enrolled);
        }
        Self(found)
    }

    /// How much it matters that `row` had no MFA, where it is an IAM user's only sign-in without and the user registered a
    /// device soon after it, before any sign-in with MFA: info, or low where the network is not known to be the same.
    pub fn severity(&self, row: &Row<'_>, rows: &[Row<'_>]) -> Option<Severity> {
        if row.kind != "IAMUser" || row.events != 1 {
            return None;
        }
        let signed_in = row.span.first()?;
        let soon = |at: EventTime| (0..=WITHIN).contains(&(at.seconds() - signed_in.seconds()));
        let enrolled = self.0.get(&(row.who.account, row.user_name))?.iter().find(|enrolled| soon(enrolled.at))?;
        let mut others =
            rows.iter().filter(|other| other.who == row.who && other.succeeded && other.mfa != SignInMfa::No);
        let is_later = |other: &Row<'_>| other.mfa == SignInMfa::Yes && other.span.first() > Some(signed_in);
        if !others.all(is_later) {
            return None;
        }
        let network = |ip: &IpAddr| SourceAddress::Ip(*ip).network();
        let home = row.addresses.first().and_then(network);
        let is_same = home.is_some() && !enrolled.from.is_empty() && enrolled.from.iter().all(|ip| network(ip) == home);
        Some(if is_same { Severity::Info } else { Severity::Low })
    }
}
