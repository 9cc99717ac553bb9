//! The join of sessions with the records that issued them.
//!
//! | confidence | an issuance explains a session when |
//! |---|---|
//! | exact | it issued one of the session's keys, for the same account, and the session was used within its life (2 s of slack before, because clocks of two services disagree) |
//! | inferred | its assumedRoleId is the session's principalId and it happened within 2 s of the creation date; or it is a sign-in of the same IAM user or root within 2 s of the creation date |
//!
//! | inferred | it is a GetRoleCredentials of Identity Center for that account and permission set within 2 s of the creation date, by the person that the session's events name (any person, if they name none and only one fits) |
//!
//! Keys of one principalId and one creation date are one session, unless `split` takes them apart.
//!
//! An issuance that exactly explains one session is not used to infer another, and one that is used to infer explains
//! the session nearest in time. Access key ids are unique only together with the secret, hence account and time. What
//! was issued and explains no session is a credential of its own: no use of it was counted.

use std::cell::OnceCell;
use std::cmp::Ordering;
use std::collections::BTreeSet;
use std::ops::RangeInclusive;

use ahash::AHashSet;

use super::by_key::{ByKey, Use};
use super::nearest::Nearest;
use super::{Confidence, Credential, Known, callers, identity_center, split};
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::aggregate::sessions::{Session, Sessions};
use crate::aggregate::{State, Symbols};
use crate::model::{EventTime, IssuanceApi};

/// How far the clocks of the issuing record and of the session's creation date may differ.
pub(super) const SLACK_SECONDS: i64 = 2;
/// The longest life of any STS credentials, in seconds, for a record that tells none.
pub(super) const LONGEST_LIFE: i64 = 36 * 3600;
/// The longest life of a role session, in seconds: services ask for more than the API's default and do not always say so.
///
/// Source: IAM user guide, "Update the maximum session duration for a role".
pub(super) const LONGEST_ROLE_LIFE: i64 = 12 * 3600;

/// Every session of temporary credentials, with what issued it.
pub(in crate::report) struct Lineage<'a> {
    /// First those of which events were counted, by id; then those known by their calls, by id; then those of which
    /// nothing but the issuance is known, in the issuances' order.
    pub credentials: Vec<Credential<'a>>,
    /// How many there are of the first.
    pub counted: usize,
    /// The accounts that received records of issuing calls: those whose own trails were read.
    pub recipients: BTreeSet<&'a str>,
}

/// A session that is put in its place by its id.
struct Named<'s, 'a> {
    /// Sorting moves no session: these are large.
    session: &'s Session<'a>,
    /// The first bytes of the name, in which nearly any two differ; `None` where it is shorter.
    begin: Option<u128>,
    name: &'a str,
    id: OnceCell<String>,
}

/// What kind of session an issuance without a matching key starts.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
enum Start {
    /// One of a person at the console.
    Console,
    /// One of whatever identity called.
    OwnIdentity,
    /// One of a role.
    Role,
}

/// The join at work.
pub(super) struct Join<'a, 'i> {
    pub all: Vec<Credential<'a>>,
    pub issuances: &'i [Issuance<'a>],
    /// Which of all made each issuing call.
    callers: Vec<Option<usize>>,
    /// Whether an issuance explains a credential.
    pub used: Vec<bool>,
}

impl<'a> Lineage<'a> {
    /// Joins the sessions and issuances of a finished state. Cost: one look-up a session and issuance.
    pub fn of(state: &'a State) -> Self {
        let symbols = state.symbols();
        let issuances = state.get::<Issuances>().map(|issuances| issuances.all(symbols)).unwrap_or_default();
        let sessions = state.get::<Sessions>();
        let mut by_key = ByKey::new(&issuances);
        let mut all = sessions.map(|sessions| by_id(sessions, &by_key, symbols)).unwrap_or_default();
        let counted = all.len();
        let callers = callers::find(&mut all, &issuances);
        let mut join = Join { all, issuances: &issuances, callers, used: vec![false; issuances.len()] };
        join.match_exactly(&mut by_key);
        identity_center::infer(&mut join);
        join.infer();
        join.add_unused();
        cut_circles(&mut join.all);
        Self { credentials: join.all, counted, recipients: recipients(&issuances) }
    }
}

fn recipients<'a>(issuances: &[Issuance<'a>]) -> BTreeSet<&'a str> {
    let mut ids: Vec<&str> = issuances.iter().map(Issuance::recipient_account_id).collect();
    ids.dedup();
    ids.into_iter().filter(|id| !id.is_empty()).collect()
}

/// The counted sessions, by id.
fn by_id<'a>(sessions: &'a Sessions, by_key: &ByKey<'_, 'a>, symbols: &'a Symbols) -> Vec<Credential<'a>> {
    let all = split::sessions(sessions, by_key, symbols);
    let mut named: Vec<Named<'_, 'a>> = all.iter().map(Named::new).collect();
    named.sort_unstable_by(Named::by_id);
    named.into_iter().map(|Named { id, session, .. }| Credential::new(id, Known::Counted(*session))).collect()
}

impl<'s, 'a> Named<'s, 'a> {
    fn new(session: &'s Session<'a>) -> Self {
        let name = session.name();
        let begin = name.as_bytes().first_chunk().map(|begin| u128::from_be_bytes(*begin));
        Self { begin, name, id: OnceCell::new(), session }
    }

    /// The order of ids, which begin with the names: where these decide, no id is written. Who writes odd names can make
    /// one id of two sessions; what tells them apart then decides.
    fn by_id(&self, other: &Self) -> Ordering {
        if let (Some(ours), Some(theirs)) = (self.begin, other.begin)
            && ours != theirs
        {
            return ours.cmp(&theirs);
        }
        let (ours, theirs) = (self.name.as_bytes(), other.name.as_bytes());
        let common = ours.len().min(theirs.len());
        ours[..common]
            .cmp(&theirs[..common])
            .then_with(|| self.id().cmp(other.id()))
            .then_with(|| self.session.told_apart().cmp(&other.session.told_apart()))
    }

    fn id(&self) -> &str {
        self.id.get_or_init(|| self.session.id())
    }
}

impl<'a> Join<'a, '_> {
    /// Matches by issued key.
    fn match_exactly(&mut self, by_key: &mut ByKey<'_, 'a>) {
        let (mut keys, mut matched) = (Vec::new(), Vec::new());
        for c in 0..self.all.len() {
            let credential = &self.all[c];
            keys.extend(credential.used_keys());
            if keys.is_empty() {
                continue;
            }
            let used = Use::of(credential);
            for &key in &keys {
                by_key.fitting(key, &used, keys.len(), &mut matched);
                by_key.take_many(key, &used, |i| self.used[i] = true);
            }
            matched.sort_unstable_by_key(|&i| (self.issuances[i].time(), i));
            matched.dedup();
            self.explain(c, &matched, Confidence::Exact);
            keys.clear();
            matched.clear();
        }
    }

    /// Matches what is left by name and time, nearest pairs first, each session and each issuance once.
    fn infer(&mut self) {
        let mut nearest = Nearest::new();
        for (i, issuance) in self.issuances.iter().enumerate().filter(|&(i, _)| !self.used[i]) {
            let (name, start) = match issuance.api() {
                IssuanceApi::ConsoleLogin if issuance.is_successful_sign_in() => {
                    (issuance.caller_principal_id(), Start::Console)
                }
                IssuanceApi::ConsoleLogin | IssuanceApi::GetRoleCredentials => continue,
                api if api.is_sign_in() => (issuance.caller_principal_id(), Start::OwnIdentity),
                _ => (issuance.assumed_role_id(), Start::Role),
            };
            if let Some(time) = issuance.time().filter(|_| !name.is_empty()) {
                nearest.add((name, start), time, i);
            }
        }
        if nearest.is_empty() {
            return;
        }
        for (c, credential) in self.all.iter().enumerate().filter(|(_, credential)| credential.issuance().is_none()) {
            let Some(created) = credential.creation_date() else { continue };
            let is_role = credential.identity_type() == "AssumedRole";
            let role_or_console = if is_role { Start::Role } else { Start::Console };
            for start in [role_or_console, Start::OwnIdentity] {
                nearest.wish(c, &(credential.principal_id(), start), created);
            }
        }
        for (c, i) in nearest.pairs() {
            self.explain(c, &[i], Confidence::Inferred);
        }
    }

    /// Notes that these issuances, earliest first, explain a credential.
    pub fn explain(&mut self, c: usize, matched: &[usize], confidence: Confidence) {
        let Some(&first) = matched.first() else { return };
        let parent = self.callers[first].filter(|&parent| parent != c);
        self.all[c].explain(matched.iter().map(|&i| self.issuances[i]), confidence, parent);
        for &i in matched {
            self.used[i] = true;
        }
    }

    /// What was issued, or signed in to, and explains no session. A failed sign-in issued nothing, and that of a role
    /// session starts no other.
    fn add_unused(&mut self) {
        let mut ids: AHashSet<String> = AHashSet::new();
        for (i, issuance) in self.issuances.iter().enumerate().filter(|&(i, _)| !self.used[i]) {
            let is_sign_in = issuance.api() == IssuanceApi::ConsoleLogin;
            let is_person = matches!(issuance.caller_type(), "IAMUser" | "Root");
            if issuance.api().is_beside() || is_sign_in && !(issuance.is_successful_sign_in() && is_person) {
                continue;
            }
            let mut credential = Credential::new(OnceCell::new(), Known::Issued);
            credential.explain(std::iter::once(*issuance), Confidence::Exact, self.callers[i]);
            let key = issuance.access_key_id();
            let name = Some(credential.principal_id()).filter(|id| !id.is_empty()).unwrap_or(key);
            // As the session would be called; a second one of the same second goes by its key, or by its number.
            let names = [Session::id_of(name, issuance.time(), key), Session::id_of(key, issuance.time(), key)];
            let is_taken =
                |id: &String| ids.contains(id) || self.all.binary_search_by(|other| other.id().cmp(id)).is_ok();
            let free = names.into_iter().find(|id| !id.is_empty() && !is_taken(id));
            let id = free.unwrap_or_else(|| format!("{name}#{i}"));
            ids.insert(id.clone());
            credential.call(id);
            self.all.push(credential);
        }
    }
}

/// The moments, in microseconds, of issuances that may have started a session of that creation date.
pub(super) fn within_slack(created: EventTime) -> RangeInclusive<i64> {
    let slack = SLACK_SECONDS * 1_000_000;
    created.0.saturating_sub(slack)..=created.0.saturating_add(slack)
}

/// Cuts each circle of parents, which only forged or broken records make, above its first credential.
fn cut_circles(all: &mut [Credential<'_>]) {
    // The walk that came by, counted from 1.
    let mut walks = vec![0usize; all.len()];
    for start in 0..all.len() {
        let mut at = Some(start);
        while let Some(here) = at.filter(|&here| walks[here] == 0) {
            walks[here] = start + 1;
            at = all[here].parent;
        }
        if let Some(met) = at.filter(|&here| walks[here] == start + 1) {
            let circle = std::iter::successors(all[met].parent, |&at| all[at].parent.filter(|_| at != met));
            if let Some(first) = circle.min() {
                all[first].parent = None;
            }
        }
    }
}
