//! Who fetched the credentials of a session of Identity Center: GetRoleCredentials of the same second.
//!
//! A portal or a CLI asks Identity Center, whose own server then calls AssumeRoleWithSAML. Both records stand in the
//! logs; the first has the person and the person's address, the second only the server's. The key that the second one
//! issued is not the one that the session uses, so the join is by account, permission set, person and time.
//!
//! Source: AWS Security Blog, "Modifications to AWS CloudTrail event data of IAM Identity Center", and one published
//! pair of records; hence `inferred`.

use std::collections::{BTreeMap, VecDeque};

use ahash::AHashMap;

use super::lifetimes::within_slack;
use super::matching::Join;
use super::nearest::Nearest;
use super::{Confidence, Credential, role_name};
use crate::model::{EventTime, IssuanceApi};

const ROLE_PREFIX: &str = "AWSReservedSSO_";

/// The one person, if it is one, who called at each moment.
type Callers<'a> = BTreeMap<i64, Option<&'a str>>;

/// The calls of Identity Center's server by the name of the session that they issued and by moment.
struct Servers<'a>(AHashMap<&'a str, BTreeMap<i64, VecDeque<usize>>>);

/// Explains sessions of permission sets, each by the nearest call that fits; each call explains one.
pub(super) fn infer(join: &mut Join<'_, '_>) {
    let mut nearest = Nearest::new();
    let mut callers: AHashMap<(&str, &str), Callers<'_>> = AHashMap::new();
    for (i, issuance) in join.issuances.iter().enumerate() {
        if issuance.api() != IssuanceApi::GetRoleCredentials {
            continue;
        }
        let Some(time) = issuance.time() else { continue };
        let (set, caller) = ((issuance.account_id(), issuance.permission_set()), issuance.caller());
        nearest.add((set, caller), time, i);
        let at_once = callers.entry(set).or_default().entry(time.0).or_insert(Some(caller));
        *at_once = at_once.filter(|known| *known == caller);
    }
    if nearest.is_empty() {
        return;
    }
    for (c, credential) in join.all.iter().enumerate() {
        let Some((permission_set, created)) = permission_set(credential).zip(credential.creation_date()) else {
            continue;
        };
        let set = (credential.account_id(), permission_set);
        let person = credential.session().map_or("", |session| session.on_behalf_of());
        nearest.wish(c, &(set, person), created);
        // Where the session's events name nobody it is of whoever called alone.
        let alone = callers.get(&set).filter(|_| person.is_empty()).and_then(|callers| only_caller(callers, created));
        if let Some(caller) = alone {
            nearest.wish(c, &(set, caller), created);
        }
    }
    let mut servers = Servers::of(join);
    for (c, i) in nearest.pairs() {
        explain(join, &mut servers, (c, i));
    }
}

/// The caller of all calls within the slack, if that is one.
fn only_caller<'a>(callers: &Callers<'a>, created: EventTime) -> Option<&'a str> {
    let mut near = callers.range(within_slack(created)).map(|(_, caller)| *caller);
    let first = near.next().flatten()?;
    near.all(|caller| caller == Some(first)).then_some(first)
}

/// The name of the permission set that a role of Identity Center stands for: `AWSReservedSSO_<name>_<16 digits>`.
fn permission_set<'a>(credential: &Credential<'a>) -> Option<&'a str> {
    let name = role_name(credential).strip_prefix(ROLE_PREFIX)?;
    name.rsplit_once('_').map(|(permission_set, _)| permission_set)
}

/// Beside an exact issuance the call is one more; else it names the issuer, and the record of Identity Center's server in
/// the same second tells the expiry.
fn explain(join: &mut Join<'_, '_>, servers: &mut Servers<'_>, (c, i): (usize, usize)) {
    if join.all[c].issuance().is_some() {
        join.used[i] = true;
        join.all[c].explain_too(join.issuances[i]);
        return;
    }
    let server = servers.first_of(&join.all[c], &join.used);
    let matched: Vec<usize> = std::iter::once(i).chain(server).collect();
    join.explain(c, &matched, Confidence::Inferred);
}

impl<'a> Servers<'a> {
    fn of(join: &Join<'a, '_>) -> Self {
        let mut servers = Self(AHashMap::new());
        for (i, issuance) in join.issuances.iter().enumerate().filter(|&(i, _)| !join.used[i]) {
            if let (IssuanceApi::AssumeRoleWithSaml, Some(time)) = (issuance.api(), issuance.time()) {
                let moments = servers.0.entry(issuance.assumed_role_id()).or_default();
                moments.entry(time.0).or_default().push_back(i);
            }
        }
        servers
    }

    /// The first within the slack that explains nothing yet.
    fn first_of(&mut self, credential: &Credential<'_>, used: &[bool]) -> Option<usize> {
        let moments = self.0.get_mut(credential.principal_id())?;
        let near = moments.range_mut(within_slack(credential.creation_date()?));
        let unused = near.filter_map(|(_, calls)| {
            while calls.front().is_some_and(|&call| used[call]) {
                calls.pop_front();
            }
            calls.front().copied()
        });
        unused.min()
    }
}
