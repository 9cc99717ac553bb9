//! Findings about IAM Identity Center: who was given which permission set, and the users of its directory.
//!
//! It is the daily work of some to make users and give them rights, and a thief's way to stay. What tells them apart is how
//! long they have done so, and for whom: for themselves, or for somebody whom they made up.

use std::collections::{BTreeMap, BTreeSet};

use super::super::change::Change;
use super::super::power::Administrators;
use super::super::{access_rules, beyond_rules};
use super::sharing::lasts;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::{Act, BY_ITSELF, TargetKind};
use crate::model::{EventTime, quantity};
use crate::report::Severity;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

pub(super) fn of(all: &[Change<'_>], administrators: &Administrators<'_>) -> Vec<Found> {
    let made = Made::of(all);
    let mut found = assigned(all, administrators, &made);
    found.extend(people(all, administrators, &made));
    found
}

/// Whether it worked and was done by a caller of the account.
fn did(change: &Change<'_>, act: Act) -> bool {
    change.did(act) && !change.is_provisioning()
}

/// Users of the directory that these logs show to be made, and the groups that they were put into.
struct Made<'a> {
    /// Each with who made it.
    people: BTreeSet<(&'a str, &'a str)>,
    /// Who put itself or a user that it made into which group, and when.
    groups: BTreeMap<(&'a str, &'a str), BTreeSet<EventTime>>,
}

impl<'a> Made<'a> {
    fn of(all: &[Change<'a>]) -> Self {
        let people = all.iter().filter(|change| did(change, Act::MakePerson)).map(|one| (one.actor, one.target));
        let mut made = Self { people: people.collect(), groups: BTreeMap::new() };
        for change in all.iter().filter(|change| did(change, Act::JoinPeople)) {
            if change.policy.ends_with(BY_ITSELF) || made.by(change.actor, change.target) {
                made.groups.entry((change.actor, group(change))).or_default().extend(change.span.last());
            }
        }
        made
    }

    fn by(&self, actor: &str, person: &str) -> bool {
        !person.is_empty() && self.people.contains(&(actor, person))
    }

    /// Whether these logs show that somebody made it.
    fn has(&self, person: &str) -> bool {
        self.people.iter().any(|(_, made)| *made == person)
    }

    /// Whether an assignment is for its caller or a user that it made, or for a group that it put one of these into within a
    /// week. Who runs a directory by hand puts new colleagues into the groups of years.
    fn is_for_own(&self, change: &Change<'_>) -> bool {
        let (kind, id) = assignee(change);
        let times = || self.groups.get(&(change.actor, id)).zip(change.span.first()).zip(change.span.last());
        let is_joined = || {
            times().is_some_and(|((joined, first), last)| {
                joined.range(first.plus_seconds(-WEEK)..=last.plus_seconds(WEEK)).next().is_some()
            })
        };
        match kind {
            _ if change.policy.ends_with(BY_ITSELF) => true,
            "user" => self.by(change.actor, id),
            "group" => !id.is_empty() && is_joined(),
            _ => false,
        }
    }
}

/// Permission sets that were made and assigned: a line for each caller, since an organization has thousands.
fn assigned(all: &[Change<'_>], administrators: &Administrators<'_>, made: &Made<'_>) -> Vec<Found> {
    let is_admin = |change: &Change<'_>| administrators.has(change.target());
    let is_own = |change: &Change<'_>| made.is_for_own(change);
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let assigned: Vec<usize> = rows.iter().copied().filter(|&row| all[row].act() == Act::Assign).collect();
        let any = |holds: &dyn Fn(&Change<'_>) -> bool| assigned.iter().any(|&row| holds(&all[row]));
        let (severity, because) = if any(&|change| is_admin(change) && is_own(change)) {
            (
                Severity::High,
                "the caller gave administrator rights to itself or a user that it made, or to a group of one",
            )
        } else if any(&is_admin) {
            (Severity::Medium, "a permission set that these logs show to be administrator is among them")
        } else if any(&is_own) {
            (
                Severity::Low,
                "the caller gave them to itself or a user that it made, or to a group of one; what they allow is not known here",
            )
        } else if lasts(all, &rows, WEEK) {
            (Severity::Info, "the daily work of the caller for a week or longer; what the sets allow is not known here")
        } else {
            (Severity::Low, "the caller is not known to do so daily; what the permission sets allow is not known here")
        };
        let sets = listed(all, &rows, Change::target_name);
        let what = match assigned.len() {
            0 => format!("{actor} made or changed permission sets of Identity Center: {sets}"),
            some => {
                format!("{actor} made {} of Identity Center: {sets}", quantity(some as u64, "assignment"))
            }
        };
        Draft::new(&access_rules::ASSIGNED, account_id, actor)
            .summary(what)
            .severity(severity, because)
            .found(all, rows)
    };
    let is_admin_grant = |change: &Change<'_>| change.grant().is_some_and(|grant| grant.is_admin_equivalent());
    // What makes a set administrator is told as such.
    let changes = |change: &Change<'_>| {
        change.target_kind == TargetKind::PermissionSet && change.gave_rights() && !is_admin_grant(change)
    };
    let sets = |change: &Change<'_>| {
        let is_one = did(change, Act::Assign) || did(change, Act::MakeSet) || changes(change);
        is_one && !change.is_provisioning()
    };
    groups(all, sets, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

/// Whom an assignment is for, by kind and id: `user ID in ACCOUNT`.
fn assignee<'a>(change: &Change<'a>) -> (&'a str, &'a str) {
    let mut words = change.policy.split(' ');
    (words.next().unwrap_or_default(), words.next().unwrap_or_default())
}

/// The group of the directory that somebody was put into.
fn group<'a>(change: &Change<'a>) -> &'a str {
    change.policy.strip_suffix(BY_ITSELF).unwrap_or(change.policy)
}

/// Groups of the directory that were given a permission set which these logs show to be administrator.
fn admin_groups<'a>(all: &[Change<'a>], administrators: &Administrators<'_>) -> BTreeSet<&'a str> {
    let gave = all.iter().filter(|change| did(change, Act::Assign) && administrators.has(change.target()));
    gave.map(assignee).filter(|(kind, id)| *kind == "group" && !id.is_empty()).map(|(_, id)| id).collect()
}

/// Users of the directory, their groups and how they sign in: a line for each caller. What people do to themselves but for
/// joining groups is their own business.
fn people(all: &[Change<'_>], administrators: &Administrators<'_>, made: &Made<'_>) -> Vec<Found> {
    let admins = admin_groups(all, administrators);
    let changes = |change: &Change<'_>| {
        let resets = did(change, Act::ResetPerson) && !change.policy.ends_with(BY_ITSELF);
        let makes = did(change, Act::MakePerson) || did(change, Act::JoinPeople);
        resets || makes || did(change, Act::SetDirectoryMfa)
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let of = |act: Act| rows.iter().map(|&row| &all[row]).filter(move |change| change.act() == act);
        let (severity, because) = if of(Act::JoinPeople).any(|change| change.policy.ends_with(BY_ITSELF)) {
            (Severity::Medium, "the caller put itself into a group, which may hold rights")
        } else if of(Act::JoinPeople).any(|change| admins.contains(group(change))) {
            (Severity::Medium, "a group that these logs show to be administrator got a user by it")
        } else if is_taken_over(of(Act::ResetPerson), made) {
            (
                Severity::Medium,
                "two of a user's password, e-mail address and devices changed in a day, as for a takeover",
            )
        } else if of(Act::ResetPerson).next().is_some() {
            (Severity::Low, "mostly a help desk's work; the record cannot tell")
        } else if of(Act::SetDirectoryMfa).next().is_some() {
            (Severity::Low, "when the directory asks for MFA was set; whether to less is not judged")
        } else if of(Act::JoinPeople).any(|change| made.by(actor, change.target)) && !lasts(all, &rows, WEEK) {
            (Severity::Low, "a user was made and put into a group, as for a new colleague, and as a way to stay")
        } else if lasts(all, &rows, WEEK) {
            (Severity::Info, "the daily work of the caller for a week or longer")
        } else {
            (Severity::Low, "the caller is not known to do so daily")
        };
        let said = [
            (Act::MakePerson, "made"),
            (Act::JoinPeople, "put into groups"),
            (Act::ResetPerson, "changed the sign-in of"),
        ];
        let said = said.iter().filter_map(|(act, verb)| {
            let people: BTreeSet<&str> = of(*act).map(|change| change.target).collect();
            (!people.is_empty()).then(|| format!("{verb} {}", quantity(people.len() as u64, "user")))
        });
        let rules = of(Act::SetDirectoryMfa).next().map(|_| "set when MFA is asked for".to_owned());
        let said = said.chain(rules).collect::<Vec<_>>().join(", ");
        let whom = listed(all, &rows, |change| change.target.to_owned());
        Draft::new(&beyond_rules::PEOPLE_CHANGED, account_id, actor)
            .summary(format!("{actor} {said} of Identity Center's directory: {whom}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, changes, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

/// Whether of one user two of password, e-mail address and MFA devices changed within a day. A help desk does the one in
/// winter and the other in summer; who takes a user over needs two. Users that were made in these logs are left out: they get all
/// of it.
fn is_taken_over<'c, 'a: 'c>(resets: impl Iterator<Item = &'c Change<'a>>, made: &Made<'_>) -> bool {
    let mut changed: BTreeMap<&str, BTreeSet<(EventTime, Way)>> = BTreeMap::new();
    for change in resets.filter(|change| !change.target.is_empty() && !made.has(change.target)) {
        if let Some(way) = Way::of(change) {
            changed.entry(change.target).or_default().extend(change.times().map(|time| (time, way)));
        }
    }
    let is_both = |((before, one), (after, other)): (&(EventTime, Way), &(EventTime, Way))| {
        one != other && *after <= before.plus_seconds(DAY)
    };
    changed.values().any(|changed| changed.iter().zip(changed.iter().skip(1)).any(is_both))
}

/// What a user of the directory signs in with.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    Password,
    /// To which codes and new passwords are sent.
    Address,
    Device,
}

impl Way {
    fn of(change: &Change<'_>) -> Option<Self> {
        match change.event.name() {
            "UpdatePassword" => Some(Self::Password),
            "UpdateUser" => Some(Self::Address),
            "DeleteMfaDeviceForUser"
            | "CompleteVirtualMfaDeviceRegistration"
            | "CompleteWebAuthnDeviceRegistration" => Some(Self::Device),
            _ => None,
        }
    }
}
