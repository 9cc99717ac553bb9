//! Who fetched the credentials of a session of Identity Center: GetRoleCredentials of the same second.
//!
//! A portal or a CLI asks Identity Center, whose own server then calls AssumeRoleWithSAML. Both records stand in the
//! logs; the first has the person and the person's address, the second only the server's. The key that the second one
//! issued is not the one that the session uses, so the join is by account, permission set, person and time.
//!
//! Source: AWS Security Blog, "Modifications to AWS CloudTrail event data of IAM Identity Center", and one published
//! pair of records; hence `inferred`.

use ahash::AHashMap;

use super::join::{Join, apart};
use super::{Confidence, Credential, role_name};
use crate::model::IssuanceApi;

const ROLE_PREFIX: &str = "AWSReservedSSO_";

/// Explains sessions of permission sets, each by the nearest call that fits; each call explains one.
pub(super) fn infer(join: &mut Join<'_, '_>) {
    let mut calls: AHashMap<(&str, &str), Vec<usize>> = AHashMap::new();
    for (i, issuance) in join.issuances.iter().enumerate() {
        if issuance.api() == IssuanceApi::GetRoleCredentials {
            calls.entry((issuance.account_id(), issuance.permission_set())).or_default().push(i);
        }
    }
    if calls.is_empty() {
        return;
    }
    let mut pairs: Vec<(i64, usize, usize)> = Vec::new();
    for (c, credential) in join.all.iter().enumerate() {
        let Some(permission_set) = permission_set(credential) else { continue };
        let Some(near) = calls.get(&(credential.account_id(), permission_set)) else { continue };
        let fitting: Vec<(i64, usize)> =
            near.iter().filter_map(|&i| Some((apart(&join.issuances[i], credential)?, i))).collect();
        let person = credential.session().map_or("", |session| session.on_behalf_of());
        let is_clear = fitting.windows(2).all(|two| caller(join, two[0].1) == caller(join, two[1].1));
        for (distance, i) in fitting {
            if caller(join, i) == person || person.is_empty() && is_clear {
                pairs.push((distance, c, i));
            }
        }
    }
    pairs.sort_unstable();
    let mut told = vec![false; join.all.len()];
    for (_, c, i) in pairs {
        if !join.used[i] && !told[c] {
            told[c] = true;
            explain(join, c, i);
        }
    }
}

fn caller<'a>(join: &Join<'a, '_>, i: usize) -> &'a str {
    join.issuances[i].caller()
}

/// The name of the permission set that a role of Identity Center stands for: `AWSReservedSSO_<name>_<16 digits>`.
fn permission_set<'a>(credential: &Credential<'a>) -> Option<&'a str> {
    let name = role_name(credential).strip_prefix(ROLE_PREFIX)?;
    name.rsplit_once('_').map(|(permission_set, _)| permission_set)
}

/// Beside an exact issuance the call is one more; else it names the issuer, and the record of Identity Center's server in
/// the same second tells the expiry.
fn explain(join: &mut Join<'_, '_>, c: usize, i: usize) {
    if join.all[c].issuance().is_some() {
        join.used[i] = true;
        join.all[c].explain_too(join.issuances[i]);
        return;
    }
    let name = join.all[c].principal_id();
    let server = join.issuances.iter().enumerate().find(|(s, issuance)| {
        !join.used[*s]
            && issuance.api() == IssuanceApi::AssumeRoleWithSaml
            && issuance.assumed_role_id() == name
            && apart(issuance, &join.all[c]).is_some()
    });
    let matched: Vec<usize> = std::iter::once(i).chain(server.map(|(s, _)| s)).collect();
    join.explain(c, &matched, Confidence::Inferred);
}
