//! Who else used an address: people and programs with credentials of their own.
//!
//! Only what can be a person or a long-lived key: IAM users, root, federated users, and sessions that identity providers
//! or people got. Workloads are left out; they share the NAT of their VPC.

use std::cell::LazyCell;
use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::{AHashMap, AHashSet};

use super::Known;
use crate::aggregate::State;
use crate::aggregate::keys::Keys;
use crate::aggregate::sessions::{Programs, Usage};
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
    programs: Programs,
}

/// The principals of each address.
pub(super) struct Company<'a> {
    visits: AHashMap<IpAddr, Vec<Visit<'a>>>,
    /// The programs that anybody uses, so that two who use one have nothing in common.
    usual: Programs,
}

impl<'a> Company<'a> {
    /// That of these addresses.
    pub fn of(state: &'a State, all: &[Known<'a>], addresses: &AHashSet<IpAddr>, read: &mut ReadAddresses<'a>) -> Self {
        let symbols = state.symbols();
        let mut company = Self { visits: AHashMap::new(), usual: usual() };
        if addresses.is_empty() {
            return company;
        }
        let mut ip = |source| read.ip(source).filter(|ip| addresses.contains(ip));
        for known in all.iter().filter(|known| is_persons(known)) {
            for (source, usage) in known.session.sources() {
                if let Some(ip) = ip(source) {
                    let times = (usage.first(), usage.last());
                    company.add(ip, Visit::new(known.principal(), times, usage.programs()));
                }
            }
        }
        let Some(keys) = state.get::<Keys>() else { return company };
        for row in keys.rows() {
            let principals = || keys.holders(row).map(|holder| symbols.text(holder.principal)).collect();
            let principals: LazyCell<BTreeSet<&str>, _> = LazyCell::new(principals);
            for (source, used) in row.sources.iter() {
                let Some(ip) = ip(source) else { continue };
                let agents = used.agents.iter().map(|(agent, _)| Programs::of(symbols.text(agent)));
                let programs = agents.fold(Programs::default(), Programs::and);
                for principal in principals.iter() {
                    company.add(ip, Visit::new(principal, (used.span.first(), used.span.last()), programs));
                }
            }
        }
        company
    }

    fn add(&mut self, ip: IpAddr, visit: Visit<'a>) {
        self.visits.entry(ip).or_default().push(visit);
    }

    /// The principals that used `ip` at about the time of `usage`, sorted, without `but`; of a program that is none of
    /// the usual ones only where they used it, too.
    pub fn with_same_program(&self, ip: IpAddr, usage: &Usage, but: &str) -> BTreeSet<&'a str> {
        let is_usual = usage.programs().meets(self.usual);
        let visits = self.visits(ip, usage, but).filter(|visit| !is_usual && visit.programs.meets(usage.programs()));
        visits.map(|visit| visit.principal).collect()
    }

    /// The principals that used `ip` at about the time of `usage`, sorted, without `but`.
    pub fn beside(&self, ip: IpAddr, usage: &Usage, but: &str) -> BTreeSet<&'a str> {
        self.visits(ip, usage, but).map(|visit| visit.principal).collect()
    }

    fn visits<'s>(&'s self, ip: IpAddr, usage: &Usage, but: &'s str) -> impl Iterator<Item = &'s Visit<'a>> {
        let visits = self.visits.get(&ip).into_iter().flatten();
        let ours = usage.first().zip(usage.last());
        let is_near = move |visit: &&Visit<'_>| {
            let times = visit.first.zip(visit.last).zip(ours);
            visit.principal != but
                && times.is_some_and(|((first, last), (our_first, our_last))| {
                    first.plus_seconds(-BESIDE) <= our_last && our_first <= last.plus_seconds(BESIDE)
                })
        };
        visits.filter(is_near)
    }
}

impl<'a> Visit<'a> {
    fn new(principal: &'a str, (first, last): (Option<EventTime>, Option<EventTime>), programs: Programs) -> Self {
        Self { principal, first, last, programs }
    }
}

/// What [`Company::usual`] is made of.
fn usual() -> Programs {
    const USUAL: [&str; 21] = [
        "",
        "aws-cli",
        "Boto3",
        "Botocore",
        "Mozilla/5.0",
        "Mozilla/5.0 (Windows NT",
        "Mozilla/5.0 (Macintosh",
        "Mozilla/5.0 (iPhone",
        "Mozilla/5.0 (iPad",
        "Mozilla/5.0 (Linux; Android",
        "Mozilla/5.0 (X11; CrOS",
        "Mozilla/5.0 (X11; Linux",
        "aws-sdk-go",
        "aws-sdk-go-v2",
        "aws-sdk-java",
        "aws-sdk-js",
        "aws-sdk-nodejs",
        "aws-sdk-rust",
        "aws-sdk-dotnet",
        "APN/1.0 HashiCorp/1.0 Terraform/1",
        "signin.amazonaws.com",
    ];
    USUAL.iter().map(|agent| Programs::of(agent)).fold(Programs::default(), Programs::and)
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
