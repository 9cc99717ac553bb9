//! Who else used an address: people and programs with credentials of their own.
//!
//! Only what can be a person or a long-lived key: IAM users, root, federated users, and sessions that identity providers
//! or people got. Workloads are left out; they share the NAT of their VPC.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::AHashMap;

use super::Known;
use crate::aggregate::State;
use crate::aggregate::keys::Keys;
use crate::aggregate::sessions::Usage;
use crate::model::EventTime;
use crate::report::lineage::Kind;
use crate::report::source_list::ReadAddresses;

/// How long before and after a use another one counts as beside it, in seconds.
const BESIDE: i64 = 3600;

/// One principal's use of an address.
struct Visit<'a> {
    principal: &'a str,
    first: Option<EventTime>,
    last: Option<EventTime>,
}

/// The principals of each address.
pub(super) struct Company<'a>(AHashMap<IpAddr, Vec<Visit<'a>>>);

impl<'a> Company<'a> {
    /// All of it.
    pub fn of(state: &'a State, all: &[Known<'a>], read: &mut ReadAddresses<'a>) -> Self {
        let symbols = state.symbols();
        let mut company = Self(AHashMap::new());
        for known in all.iter().filter(|known| is_persons(known)) {
            for (source, usage) in known.session.sources() {
                if let Some(ip) = read.ip(source) {
                    company.add(ip, known.principal(), (usage.first(), usage.last()));
                }
            }
        }
        let Some(keys) = state.get::<Keys>() else { return company };
        for row in keys.rows() {
            let principals: BTreeSet<&str> = keys.holders(row).map(|holder| symbols.text(holder.principal)).collect();
            for (source, used) in row.sources.iter() {
                let Some(ip) = read.ip(source) else { continue };
                for principal in &principals {
                    company.add(ip, principal, (used.span.first(), used.span.last()));
                }
            }
        }
        company
    }

    fn add(&mut self, ip: IpAddr, principal: &'a str, (first, last): (Option<EventTime>, Option<EventTime>)) {
        self.0.entry(ip).or_default().push(Visit { principal, first, last });
    }

    /// The principals that used `ip` at about the time of `usage`, sorted, without `but`.
    pub fn beside(&self, ip: IpAddr, usage: &Usage, but: &str) -> BTreeSet<&'a str> {
        let visits = self.0.get(&ip).into_iter().flatten();
        let is_near = |visit: &&Visit<'_>| {
            let theirs = visit.first.zip(visit.last);
            let times = theirs.zip(usage.first().zip(usage.last()));
            visit.principal != but
                && times.is_some_and(|((first, last), (our_first, our_last))| {
                    first.plus_seconds(-BESIDE) <= our_last && our_first <= last.plus_seconds(BESIDE)
                })
        };
        visits.filter(is_near).map(|visit| visit.principal).collect()
    }
}

/// Whether the credentials can be a person's own.
fn is_persons(known: &Known<'_>) -> bool {
    let is_chained = || known.credential.issuance().is_some_and(|issuance| issuance.caller_type() == "IAMUser");
    match known.kind {
        Kind::Console | Kind::UserToken | Kind::Federated | Kind::Sso | Kind::Saml | Kind::AssumeRoot => true,
        Kind::Role => is_chained(),
        Kind::Ec2 | Kind::Lambda | Kind::Service | Kind::WebIdentity => false,
    }
}
