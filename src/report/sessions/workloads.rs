//! Credentials of workloads in use where the workload is not.
//!
//! All sessions of one workload (an instance, a function, a task, a pod, the holder of a certificate) are looked at
//! together, because a thief may use only one of them. A place is judged against the others: a place with programs that
//! no other one has is the strongest sign, then an address that a person's own credentials use too, then a place that
//! one session alone was used at, while the others went on. A place where other workloads are at home is their NAT: where
//! they came from their start, or day after day, or stayed; not where they all come late, for less than a day, and go home.
//!
//! An IPv4 and an IPv6 address of one host have nothing in common, so a network of the other family is no sign by itself.
//! Another program there is one, or somebody else who works there and not at home, when the place came into use after the
//! first hour and home went on. The pods of a Kubernetes service account (IRSA) are one workload in as many networks as
//! their nodes are, and are held to the same.
//!
//! An equal program is no excuse where the place cannot be the workload's: a public address late and rarely, where it had
//! been inside its VPC for a day or more; an address outside of AWS's ranges, where home lies in them; a second network of
//! whoever holds a certificate, while the first goes on; for a function, task or pod a place where one session was late, and at
//! home before, while home went on: inside its VPC (medium where that was for less than an hour), or at one address in all sessions
//! (low).
//!
//! Known misses: a thief with a program of his own who is there in whole sessions, two at least, after the workload fell silent
//! for good, looks like a workload that moved; one who uses the same program, after the workload fell silent, looks like an instance that was
//! stopped and got another public address (but with AWS's ranges); one who does so in session after session like a NAT with
//! two addresses; one who does so over IPv6, or with the token of a pod, like a host with both families and like one more
//! node; one
//! behind the workload's own NAT or inside its VPC like the workload; one who takes the credentials of three workloads of
//! an account within an hour of their first call, or comes with those of two on two days, looks like their NAT. Programs are what the caller says of itself: an
//! equal one excuses nothing by itself, another one is only a sign.

use std::collections::BTreeSet;
use std::net::IpAddr;

use ahash::{AHashMap, AHashSet};
use smallvec::SmallVec;

use super::company::Company;
use super::usage::{self, Overview, Place, Places, Where};
use super::{Known, Whereabouts, rules};
use crate::aggregate::{Span, State, Sym};
use crate::model::{Arn, EventTime, IssuanceApi};
use crate::report::lineage::{Kind, is_instance_name};
use crate::report::source_list::ReadAddresses;
use crate::report::{AwsRanges, Severity};

/// How long a place must have been used before another one is a new one, in seconds.
const SETTLED: i64 = 3600;

/// How long a workload must have been inside its VPC before a public address is a new one, in seconds: a day.
const SETTLED_INSIDE: i64 = 24 * 3600;

/// A place is rare in one of so many sessions, or where one session alone was.
const RARE_PART: usize = 4;

/// From how many sessions on, all of which were used at one place, a function, task or pod has a NAT of its own.
const FIXED: usize = 3;

/// With so many others of its account that used a network from their start, it is the account's NAT.
const SIBLINGS: usize = 2;

/// A workload with its sessions, by their places among all.
pub(super) struct Workload<'a> {
    /// The account and what tells it from others: an instance id, else the principalId of its sessions.
    pub account_id: &'a str,
    pub id: &'a str,
    pub members: SmallVec<[usize; 2]>,
    pub places: Places,
    overview: Overview,
}

/// Why a place is not the workload's own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Sign {
    pub severity: Severity,
    pub at: Where,
    /// No program there was seen at another place.
    pub other_programs: bool,
    /// The principals whose own credentials were used there at about that time.
    pub beside: BTreeSet<String>,
    pub addresses: Vec<IpAddr>,
    /// Whether it is the only place of the workload.
    pub is_only_place: bool,
}

/// The workloads, in the order of their first sessions.
pub(super) fn workloads<'a>(all: &[Known<'a>], read: &mut ReadAddresses<'_>) -> Vec<Workload<'a>> {
    // The issuer of another session of the same name may not be in range.
    let of_role = all.iter().filter(|known| known.kind == Kind::Role);
    let roles: AHashSet<Sym> = of_role.map(|known| known.session.principal_id_symbol()).collect();
    let are_workloads: Vec<bool> = all.iter().map(is_workload).collect();
    let of_workloads = all.iter().zip(&are_workloads).filter(|(_, is)| **is);
    let ids = of_workloads.map(|(known, _)| known.session.principal_id_symbol());
    let ids: AHashSet<Sym> = ids.filter(|id| roles.contains(id)).collect();
    let most = are_workloads.iter().filter(|is| **is).count();
    let mut workloads: Vec<Workload<'a>> = Vec::with_capacity(most);
    let mut numbers: AHashMap<(&str, &str), usize> = AHashMap::with_capacity(most);
    for (place, known) in all.iter().enumerate() {
        let is_sibling = known.kind == Kind::Role && ids.contains(&known.session.principal_id_symbol());
        if !are_workloads[place] && !is_sibling {
            continue;
        }
        let (account_id, id) = (known.session.account_id(), id_of(known));
        let number = *numbers.entry((account_id, id)).or_insert(workloads.len());
        if number == workloads.len() {
            workloads.push(Workload::new(account_id, id));
        }
        workloads[number].members.push(place);
        usage::add(&mut workloads[number].places, known.session, read);
    }
    for workload in &mut workloads {
        workload.overview = Overview::of(&workload.places);
    }
    workloads
}

/// An instance id is one whatever the role, a service account of Kubernetes its provider and subject; else a workload is
/// what AWS issued the credentials to, else the role's session name. (Two functions of one name in two regions may share a
/// role.)
fn id_of<'a>(known: &Known<'a>) -> &'a str {
    if let Some(account) = service_account(known) {
        return account;
    }
    let (name, scope) = (known.name, known.session.scope_issued_to());
    let in_scope = scope.rsplit('/').next().unwrap_or_default();
    match [name, in_scope].into_iter().find(|name| is_instance_name(name)) {
        Some(instance) => instance,
        None if scope.is_empty() => known.session.principal_id(),
        None => scope,
    }
}

/// The provider and subject of a pod's session in a cluster of EKS, from the record that issued it: the principalId of
/// its caller is `<provider arn>:<audience>:<subject>`. Other identity providers (GitHub, GitLab) give tokens to
/// runners, which are somewhere else each time.
///
/// Source: EKS user guide, "IAM roles for service accounts", and "Cluster API server endpoint" for the issuers
/// `oidc.eks.<region>.amazonaws.com` and, with IPv6, `oidc-eks.<region>.api.aws`; CloudTrail user guide, "CloudTrail
/// userIdentity element", WebIdentityUser.
fn service_account<'a>(known: &Known<'a>) -> Option<&'a str> {
    let issuance = known.credential.issuance().filter(|_| known.kind == Kind::WebIdentity)?;
    let (_, provider) = issuance.caller().split_once(":oidc-provider/")?;
    let is_of_eks = provider.starts_with("oidc.eks.") || provider.starts_with("oidc-eks.");
    (is_of_eks && provider.contains(":system:serviceaccount:")).then(|| issuance.caller())
}

fn is_workload(known: &Known<'_>) -> bool {
    let is_pod = || service_account(known).is_some();
    (known.kind.is_workload() || is_pod())
        && known.session.identity_type() == "AssumedRole"
        && Arn::parse(known.credential.issuer_arn()).is_none_or(|role| role.linked_service().is_none())
        && !rules::is_false_instance(known)
        && !known.name.is_empty()
}

/// How many workloads of each account use each network.
#[derive(Default)]
struct Homes<'a> {
    /// Those at home there: with a program that is seen at another of their places, too.
    familiar: AHashMap<(&'a str, Where), Familiar>,
    /// Those that were there from their start, whatever the program.
    early: AHashMap<(&'a str, Where), usize>,
    /// The workloads of each account.
    all: AHashMap<&'a str, usize>,
}

/// Workloads with programs of their own at one place.
#[derive(Clone, Copy, Default)]
struct Familiar {
    workloads: usize,
    /// Those of them that came there from their start, for a day or more, or last.
    settled: usize,
    span: Span,
}

impl Familiar {
    /// Whether there are others than one of them, and it is theirs: many short visits make it so where they go on for days.
    fn is_of_others(&self, is_own: bool, is_settled: bool) -> bool {
        let others = |count: usize, own: bool| count - usize::from(own).min(count);
        let days = self.span.first().zip(self.span.last());
        let for_days = days.is_some_and(|(first, last)| last >= first.plus_seconds(SETTLED_INSIDE));
        others(self.workloads, is_own) > 0 && (for_days || others(self.settled, is_own && is_settled) > 0)
    }
}

impl<'a> Homes<'a> {
    fn of(workloads: &[Workload<'a>]) -> Self {
        let mut homes = Self::default();
        for workload in workloads {
            *homes.all.entry(workload.account_id).or_default() += 1;
            for (&at, place) in workload.places.iter() {
                if !workload.overview.has_other_programs(place) {
                    let familiar = homes.familiar.entry((workload.account_id, at)).or_default();
                    familiar.workloads += 1;
                    familiar.settled += usize::from(workload.is_settled_at(place));
                    [place.usage.first(), place.usage.last()]
                        .into_iter()
                        .flatten()
                        .for_each(|at| familiar.span.see(at));
                }
                if workload.is_early(place) {
                    *homes.early.entry((workload.account_id, at)).or_default() += 1;
                }
            }
        }
        homes
    }
}

impl<'a> Workload<'a> {
    fn new(account_id: &'a str, id: &'a str) -> Self {
        let (members, places) = (SmallVec::new(), Places::default());
        Self { account_id, id, members, places, overview: Overview::default() }
    }

    /// From when to when each of its sessions was used at home.
    fn stays_at_home(&self, all: &[Known<'_>], read: &mut ReadAddresses<'_>) -> Vec<(EventTime, EventTime)> {
        let stay = |&member: &usize| {
            let mut places = Places::default();
            usage::add(&mut places, all[member].session, read);
            let usage = places.get(&self.overview.home?)?.usage;
            usage.first().zip(usage.last())
        };
        self.members.iter().filter_map(stay).collect()
    }

    /// Whether it was at that place of its own from its start.
    fn is_early(&self, place: &Place) -> bool {
        let first = place.usage.first();
        self.overview.start.zip(first).is_some_and(|(start, first)| first <= start.plus_seconds(SETTLED))
    }

    /// Whether it was at that place of its own from its start, for a day or more, or after it was last at home.
    fn is_settled_at(&self, place: &Place) -> bool {
        let Some((first, last)) = place.usage.first().zip(place.usage.last()) else { return false };
        let home = self.overview.home.and_then(|home| self.places.get(&home));
        let goes_home = home.is_some_and(|home| home.usage.last() > Some(last));
        self.is_early(place) || !goes_home || last >= first.plus_seconds(SETTLED_INSIDE)
    }

    /// Whether a place of its own may not be: it is neither its home beside others, nor one that it shares.
    fn is_suspect(&self, (at, place): (Where, &Place), homes: &Homes<'a>) -> bool {
        let is_home = self.overview.home == Some(at) && self.places.len() > 1;
        !is_home && !self.shares(at, place, homes)
    }

    /// Another workload of the account is at home there, or several were there from their start: agents that talk through
    /// a VPC endpoint share no program with the application behind the NAT.
    fn shares(&self, at: Where, place: &Place, homes: &Homes<'a>) -> bool {
        let key = (self.account_id, at);
        let others = |counts: &AHashMap<_, usize>, own: bool| {
            counts.get(&key).map_or(0, |&count| count - usize::from(own).min(count))
        };
        let is_home = !self.overview.has_other_programs(place);
        let is_others = || {
            let familiar = homes.familiar.get(&key);
            familiar.is_some_and(|familiar| familiar.is_of_others(is_home, self.is_settled_at(place)))
        };
        at != Where::Inside && (is_others() || others(&homes.early, self.is_early(place)) >= SIBLINGS)
    }
}

/// The workloads with the worst sign of each, if it has one.
pub(super) fn signs<'w, 'a>(
    state: &'a State,
    all: &[Known<'a>],
    workloads: &'w [Workload<'a>],
    (aws, read): (Option<&AwsRanges>, &mut ReadAddresses<'a>),
) -> Vec<(&'w Workload<'a>, Vec<Sign>)> {
    let homes = Homes::of(workloads);
    let is_suspect = |workload: &&'w Workload<'a>| {
        workload.places.iter().any(|(&at, place)| workload.is_suspect((at, place), &homes))
    };
    let suspects: Vec<&'w Workload<'a>> = workloads.iter().filter(is_suspect).collect();
    let addresses = suspects.iter().flat_map(|workload| workload.places.iter());
    let addresses: AHashSet<IpAddr> = addresses.flat_map(|(_, place)| place.addresses.keys().copied()).collect();
    let company = Company::of(state, all, &addresses, read);
    let mut found = Vec::new();
    for workload in suspects {
        let known = &all[workload.members[0]];
        let at_home = Vec::new();
        let mut judge = Judge { workload, known, company: &company, homes: &homes, aws, at_home };
        if judge.is_of_certificate() {
            judge.at_home = workload.stays_at_home(all, read);
        }
        let mut signs: Vec<Sign> = workload.places.iter().filter_map(|(&at, place)| judge.sign(at, place)).collect();
        signs.sort_by_key(|sign| (std::cmp::Reverse(sign.severity), sign.at));
        if !signs.is_empty() {
            found.push((workload, signs));
        }
    }
    found
}

/// One workload under judgement.
struct Judge<'j, 'a> {
    workload: &'j Workload<'a>,
    known: &'j Known<'a>,
    company: &'j Company<'a>,
    homes: &'j Homes<'a>,
    aws: Option<&'j AwsRanges>,
    /// From when to when each of its sessions was used at home; of holders of certificates only.
    at_home: Vec<(EventTime, EventTime)>,
}

impl Judge<'_, '_> {
    fn sign(&self, at: Where, place: &Place) -> Option<Sign> {
        let (places, overview) = (&self.workload.places, &self.workload.overview);
        if !self.workload.is_suspect((at, place), self.homes) || self.is_of_every_session(at, place) {
            return None;
        }
        let home = overview.home.filter(|home| *home != at);
        let (other_programs, other_family) = (overview.has_other_programs(place), overview.is_of_other_family(at));
        let mut beside = self.beside(place);
        if let Some(home) = home.filter(|_| other_family) {
            // Who works at home, too, works on a host with both families.
            let at_home = self.beside(&places[&home]);
            beside.retain(|principal| !at_home.contains(principal));
        }
        let severity = match home {
            None => self.of_only_place(place, &beside)?,
            Some(home) => self.of_place((at, place), &places[&home], !beside.is_empty())?,
        };
        let addresses: Vec<IpAddr> = place.addresses.keys().copied().collect();
        let moves = self.moves() || home.is_some() && other_family;
        let severity = self.weighed(severity, &addresses, moves && beside.is_empty());
        Some(Sign { severity, at, other_programs, beside, addresses, is_only_place: home.is_none() })
    }

    /// Outside of AWS weighs more; inside less for what may well be the workload's own new address.
    fn weighed(&self, severity: Severity, addresses: &[IpAddr], may_be_own: bool) -> Severity {
        // A certificate is used outside of AWS as a rule.
        let says_more = severity == Severity::Medium && !self.is_of_certificate();
        let Some(aws) = self.aws.filter(|_| says_more) else { return severity };
        let whereabouts = Whereabouts::of(addresses, aws);
        match severity {
            _ if whereabouts.is_all_outside() => Severity::High,
            _ if may_be_own && whereabouts.is_all_inside() => Severity::Low,
            _ => severity,
        }
    }

    /// AWS gives functions, tasks and the nodes of pods new addresses.
    fn moves(&self) -> bool {
        matches!(self.known.kind, Kind::Lambda | Kind::Service | Kind::WebIdentity)
    }

    /// A workload without siblings shows its NAT only by itself: in every session, from the first one on. One session
    /// shows nothing, nor does a place where somebody else works.
    fn is_of_every_session(&self, at: Where, place: &Place) -> bool {
        let (workload, sessions) = (self.workload, self.workload.members.len());
        at != Where::Inside
            && self.homes.all.get(workload.account_id) == Some(&1)
            && sessions > 1
            && place.sessions == sessions
            && workload.is_early(place)
            && self.beside(place).is_empty()
    }

    fn beside(&self, place: &Place) -> BTreeSet<String> {
        // Who holds a certificate works where people work.
        if self.is_of_certificate() {
            return BTreeSet::new();
        }
        let principal = self.known.principal();
        let visits = place.addresses.iter().flat_map(|(&ip, usage)| self.company.beside(ip, usage, principal));
        visits.map(str::to_owned).collect()
    }

    fn is_of_certificate(&self) -> bool {
        let issuance = self.known.credential.issuance();
        let is_by_certificate = issuance.is_some_and(|issuance| issuance.api() == IssuanceApi::CreateSession);
        let service = issuance.map_or("", crate::report::lineage::issuing_service);
        is_by_certificate
            || service == "rolesanywhere"
            || self.known.session.scope_issuer_type().contains("RolesAnywhere")
    }

    /// A developer's instance is used with two credentials, too; hardly with one unusual program.
    fn of_only_place(&self, place: &Place, beside: &BTreeSet<String>) -> Option<Severity> {
        let is_compute = matches!(self.known.kind, Kind::Ec2 | Kind::Lambda);
        let but = self.known.principal();
        let is_same = |(&ip, usage)| !self.company.with_same_program(ip, usage, but).is_empty();
        let is_unusual = place.addresses.iter().any(is_same);
        let severity = if is_unusual { Severity::Medium } else { Severity::Low };
        (is_compute && !beside.is_empty()).then_some(severity)
    }

    fn of_place(&self, (at, place): (Where, &Place), home: &Place, beside: bool) -> Option<Severity> {
        let overview = &self.workload.overview;
        let (other_programs, other_family) = (overview.has_other_programs(place), overview.is_of_other_family(at));
        if (self.known.kind == Kind::WebIdentity || other_family) && !is_new_beside(home, place) {
            return None;
        }
        if at == Where::Inside {
            // Many VPCs have the same private addresses, so an equal one proves little.
            return (other_programs && beside && !place.usage.is_via_endpoint()).then_some(Severity::High);
        }
        match (other_programs, beside) {
            (true, true) => Some(Severity::High),
            (true, false) if have_moved(home, place) => None,
            (true, false) | (false, true) => Some(Severity::Medium),
            (false, false) => {
                let is_other = !other_family
                    && (self.is_one_session_of_many(place, home)
                        || self.has_left_vpc((at, place), home)
                        || self.has_left_aws(place, home));
                let once = || if other_family { None } else { self.of_one_visit(place, home) };
                if is_other { Some(Severity::Medium) } else { once() }
            }
        }
    }

    /// An instance whose sessions are used at home, but for one that was used elsewhere while home went on; or a certificate
    /// in a second network. Who carries a certificate about is soon seen in a third.
    fn is_one_session_of_many(&self, place: &Place, home: &Place) -> bool {
        let is_other = match self.known.kind {
            Kind::Ec2 => place.sessions == 1,
            _ => {
                let is_rare = self.is_rare(place) && self.workload.places.len() == 2;
                self.is_of_certificate() && is_rare && self.is_at_home_meanwhile(place)
            }
        };
        is_other && is_new_beside(home, place)
    }

    /// A function, task or pod of which one session, used at home as well, was late at the only other place, and home went on
    /// afterwards: inside of its VPC, or at the one address of all its sessions.
    fn of_one_visit(&self, place: &Place, home: &Place) -> Option<Severity> {
        let is_once = (place.sessions, place.only, self.workload.places.len()) == (1, 0, 2);
        let goes_on = is_new_beside(home, place) && home.usage.last() > place.usage.last();
        if !self.moves() || !is_once || !goes_on {
            return None;
        }
        let (first, last) = place.usage.first().zip(place.usage.last())?;
        let sessions = self.workload.members.len();
        match self.workload.overview.home {
            Some(Where::Inside) if last < first.plus_seconds(SETTLED) => Some(Severity::Medium),
            Some(Where::Inside) => Some(Severity::Low),
            _ => (sessions >= FIXED && home.sessions == sessions).then_some(Severity::Low),
        }
    }

    /// Whether a session was used at home while the place was in use. A host whose way to the internet fails goes elsewhere
    /// for as long, and comes back.
    fn is_at_home_meanwhile(&self, place: &Place) -> bool {
        let Some((first, last)) = place.usage.first().zip(place.usage.last()) else { return false };
        self.at_home.iter().any(|(begin, end)| *begin <= last && first <= *end)
    }

    fn is_rare(&self, place: &Place) -> bool {
        place.sessions == 1 || place.sessions * RARE_PART <= self.workload.members.len()
    }

    /// Inside its VPC for a day or more, by private addresses or endpoints alone, and then rarely at a public one. What has a
    /// public address, or a NAT beside endpoints, mostly shows it on its first day.
    fn has_left_vpc(&self, (at, place): (Where, &Place), home: &Place) -> bool {
        let is_late = |public: &Place| {
            let first = home.usage.first().zip(public.usage.first());
            first.is_some_and(|(home, public)| home.plus_seconds(SETTLED_INSIDE) <= public)
        };
        let mut public = self.workload.places.iter().filter(|(at, _)| **at != Where::Inside);
        self.workload.overview.home == Some(Where::Inside)
            && at != Where::Inside
            && self.is_rare(place)
            && public.all(|(_, place)| is_late(place))
    }

    /// Not from its start, and outside of AWS, where home lies in it. What is AWS's own has no addresses elsewhere, but those
    /// that a customer brings along.
    fn has_left_aws(&self, place: &Place, home: &Place) -> bool {
        let Some(aws) = self.aws.filter(|_| !self.is_of_certificate()) else { return false };
        let of = |place: &Place| {
            let addresses: Vec<IpAddr> = place.addresses.keys().copied().collect();
            Whereabouts::of(&addresses, aws)
        };
        let is_home_there = self.workload.overview.home == Some(Where::Inside) || of(home).is_all_inside();
        is_home_there && of(place).is_all_outside() && !self.workload.is_early(place)
    }
}

/// Whether the workload left one of the places for the other: it was never in this one after its first use at home, as an
/// instance whose first programs ran before it got its lasting address; or whole sessions, two at least, came from this one
/// alone and home was never used again, as after a stop and a start with another address.
fn have_moved(home: &Place, place: &Place) -> bool {
    let before = |a: Option<EventTime>, b: Option<EventTime>| a.zip(b).is_some_and(|(a, b)| a < b);
    before(place.usage.last(), home.usage.first())
        || place.only > 1 && place.only == place.sessions && before(home.usage.last(), place.usage.first())
}

/// Whether the place came into use when home had settled, and home went on.
fn is_new_beside(home: &Place, place: &Place) -> bool {
    let (first, last) = (|place: &Place| place.usage.first(), |place: &Place| place.usage.last());
    let is_late = first(home).zip(first(place)).is_some_and(|(home, away)| home.plus_seconds(SETTLED) <= away);
    is_late && last(home) > first(place)
}
