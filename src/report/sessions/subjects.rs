//! Sessions that a build system's tokens got for somebody whose tokens never came before.
//!
//! A trust policy that does not name the owner lets in whoever has an account at the provider. The owner stands in the
//! token's subject: another one, after a week of the same, is rather a stranger than a second organisation.
//!
//! Sources: GitHub, "OpenID Connect reference" (`repo:OWNER/REPO:…`, `repository_owner:OWNER`); GitLab, "OpenID Connect in AWS"
//! (`project_path:GROUP/PROJECT:…`); HCP Terraform, "Dynamic provider credentials" (`organization:ORG:project:…`); IAM user guide,
//! "Logging IAM and AWS STS API calls with AWS CloudTrail", of the caller's principalId.
//!
//! Known misses and false alarms: another repository, branch or pull request of the same owner; a stranger who comes within the
//! first week; an owner that was renamed, or a second organisation of one's own, looks the same; a stranger where six owners or more came
//! before; sessions without a call.

use std::collections::BTreeMap;

use serde_json::json;

use super::about::{About, Told, some};
use super::{Known, rule_texts as texts};
use crate::model::{Day, EventTime, IssuanceApi};
use crate::report::Severity;

/// Days from the first token of a provider after which another owner is a new one.
const KNOWN_DAYS: i32 = 7;

/// Days on which the others came before that.
const HABIT_DAYS: usize = 3;

/// Past this many owners another one is a matter of course: whose roles serve customers' pipelines gets new ones all the time.
const MANY_OWNERS: usize = 6;

/// Where the owner stands in a subject, and what ends its name.
const OWNERS: [(&str, [char; 2]); 4] = [
    (":repo:", ['/', ':']),
    (":repository_owner:", [':', '/']),
    (":project_path:", ['/', ':']),
    (":organization:", [':', '/']),
];

/// The sessions of one owner's tokens.
#[derive(Default)]
struct Got {
    members: Vec<usize>,
    days: Vec<Day>,
}

/// One finding for each account and new owner.
pub(super) fn findings(all: &[Known<'_>]) -> Vec<About> {
    let mut owners: BTreeMap<(&str, &str), BTreeMap<&str, Got>> = BTreeMap::new();
    for (place, known) in all.iter().enumerate() {
        let issuance = known.credential.issuance();
        let Some(issuance) = issuance.filter(|call| call.api() == IssuanceApi::AssumeRoleWithWebIdentity) else {
            continue;
        };
        let (Some((provider, owner)), Some(time)) = (provider_and_owner(issuance.caller()), issuance.time()) else {
            continue;
        };
        let of_provider = owners.entry((known.session.account_id(), provider)).or_default();
        let got = of_provider.entry(owner).or_default();
        got.members.push(place);
        got.days.push(EventTime::day(time));
    }
    let mut found = Vec::new();
    for ((account_id, provider), of_provider) in &mut owners {
        of_provider.values_mut().for_each(|got| got.days.sort_unstable());
        let mut days: Vec<Day> = of_provider.values().flat_map(|got| &got.days).copied().collect();
        days.sort_unstable();
        days.dedup();
        let mut in_order: Vec<(Day, &str, &Got)> =
            of_provider.iter().filter_map(|(owner, got)| Some((*got.days.first()?, *owner, got))).collect();
        in_order.sort_unstable_by_key(|(first, owner, _)| (*first, *owner));
        for (place, &(first, owner, got)) in in_order.iter().enumerate().take(MANY_OWNERS) {
            let days_before = days.partition_point(|day| *day < first);
            if days_before >= HABIT_DAYS && days[0].0 + KNOWN_DAYS <= first.0 {
                let before = in_order[..place].iter().filter(|(day, ..)| *day < first);
                let before: Vec<String> = before.map(|(_, name, _)| (*name).to_owned()).collect();
                found.push(finding(all, (account_id, provider, owner), &before, got));
            }
        }
    }
    found
}

/// The provider and the owner in `<provider arn>:<audience>:<subject>`.
fn provider_and_owner(caller: &str) -> Option<(&str, &str)> {
    let (_, provider) = caller.split_once(":oidc-provider/")?;
    let host = provider.split(':').next()?;
    let owner = OWNERS.iter().find_map(|(before, ends)| {
        let (_, name) = provider.split_once(before)?;
        name.split(ends).next()
    })?;
    (!owner.is_empty()).then_some((host, owner))
}

fn finding(all: &[Known<'_>], (account_id, provider, owner): (&str, &str, &str), old: &[String], got: &Got) -> About {
    let mut roles: Vec<String> =
        got.members.iter().map(|&member| super::about::short(all[member].principal()).to_owned()).collect();
    roles.sort_unstable();
    roles.dedup();
    Told {
        rule: &texts::NEW_OWNER,
        severity: Severity::Medium,
        account_id,
        subject: format!("{provider}:{owner}"),
        summary: format!("tokens of {owner} at {provider} got {}, where only {} came before", some(&roles), some(old)),
        evidence: vec![
            ("owner", json!(owner)),
            ("provider", json!(provider)),
            ("owners_before", json!(old)),
            ("roles", json!(roles)),
        ],
    }
    .about(all, &got.members)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn owners_stand_in_subjects() {
        let of = |subject: &str| {
            let caller = format!("arn:aws:iam::111122223333:oidc-provider/h.example/x:sts.amazonaws.com:{subject}");
            provider_and_owner(&caller).map(|(provider, owner)| format!("{provider} {owner}"))
        };
        assert_eq!(of("repo:acme/app:ref:refs/heads/main").as_deref(), Some("h.example/x acme"));
        assert_eq!(of("repository_owner:acme").as_deref(), Some("h.example/x acme"));
        assert_eq!(of("project_path:acme/team/app:ref_type:branch:ref:main").as_deref(), Some("h.example/x acme"));
        assert_eq!(of("organization:acme:project:p:workspace:w:run_phase:apply").as_deref(), Some("h.example/x acme"));
        assert_eq!(of("system:serviceaccount:default:app"), None);
        assert_eq!(provider_and_owner("arn:aws:iam::111122223333:user/repo:acme/x"), None);
    }
}
