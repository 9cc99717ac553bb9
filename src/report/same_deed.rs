//! One deed, one line: what a principal of one name did alike in several accounts is one finding for all of them.
//!
//! Tools set up hundreds of accounts with the same roles, and whoever moves an organization to one trail stops a trail in
//! each. What is alike is alike in everything but the account's id: rule, severity, sentence, and what else is told of it.
//! Nothing is lost: the finding holds those of all accounts as evidence. Done to an audit, after the scorecard, which goes
//! by account.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Finding, Severity, told_by};
use crate::model::grouped;

/// Rules that tell what somebody did, not how something stands: a root key in each of two accounts is two things to do.
const DEEDS: [&str; 16] = [
    "admin-granted",
    "admin-role-handed-to-code",
    "admin-role-names-insider",
    "admin-role-trust-rewritten",
    "boundary-removed",
    "function-layer-of-others",
    "identity-provider-trusted",
    "inline-policy",
    "logging-change-refused",
    "logging-narrowed",
    "logging-stopped",
    "logs-deleted",
    "own-policy-broad",
    "policy-classes",
    "resource-shared",
    "role-trust-opened",
];

/// From so many accounts on they share a line: two are two places to go to.
const SEVERAL: usize = 3;

/// As [`SEVERAL`], of what is high and was done by a principal of each account: one name proves no one hand.
const MANY: usize = 10;

/// What is the same of two findings about one deed.
type Deed = (Severity, &'static str, String, String, Vec<String>);

/// Leaves one finding of what was done alike in several accounts.
pub fn one_finding_per_deed(lists: &mut [&mut Vec<Finding>]) {
    for findings in lists.iter_mut() {
        let mut places: BTreeMap<Deed, Vec<usize>> = BTreeMap::new();
        for (place, finding) in findings.iter().enumerate() {
            if DEEDS.contains(&finding.rule) && !finding.account_id.is_empty() {
                places.entry(deed(finding)).or_default().push(place);
            }
        }
        let mut gone: BTreeSet<usize> = BTreeSet::new();
        for places in places.into_values() {
            let accounts: BTreeSet<String> = places.iter().map(|&place| findings[place].account_id.clone()).collect();
            let is_by_several = places.iter().all(|&place| is_by_own(&findings[place]));
            let is_high = findings[places[0]].severity >= Severity::High;
            if accounts.len() >= if is_high && is_by_several { MANY } else { SEVERAL } {
                let told: Vec<Finding> = places.iter().map(|&place| findings[place].clone()).collect();
                findings[places[0]] = of_accounts(&accounts, told);
                gone.extend(&places[1..]);
            }
        }
        let mut place = 0;
        findings.retain(|_| {
            place += 1;
            !gone.contains(&(place - 1))
        });
    }
}

fn deed(finding: &Finding) -> Deed {
    let alike = |text: &str| text.replace(&finding.account_id, "*");
    let told = told_by(finding).into_iter().map(str::to_owned).collect();
    (finding.severity, finding.rule, alike(&finding.subject), alike(&finding.summary), told)
}

/// Whether the sentence ends with whoever did it, a principal of the account itself.
fn is_by_own(finding: &Finding) -> bool {
    let actor = finding.summary.rsplit(" by ").next().unwrap_or_default();
    actor.contains(&format!("::{}:", finding.account_id)) || actor.starts_with(&format!("root@{}", finding.account_id))
}

fn of_accounts(accounts: &BTreeSet<String>, told: Vec<Finding>) -> Finding {
    let first = &told[0];
    let number = grouped(i64::try_from(accounts.len()).unwrap_or(i64::MAX));
    let subject = match first.subject == first.account_id {
        true => format!("{number} accounts"),
        false if told.iter().all(|finding| finding.subject == first.subject) => first.subject.clone(),
        false => first.subject.replace(&first.account_id, "*"),
    };
    let texts = |name: &str| -> BTreeSet<&str> {
        told.iter().filter_map(|finding| finding.evidence.get(name)?.as_str()).collect()
    };
    let lists = |name: &str| -> BTreeSet<&str> {
        let lists = told.iter().filter_map(|finding| finding.evidence.get(name)?.as_array());
        lists.flatten().filter_map(Value::as_str).collect()
    };
    let evidence = [
        ("accounts", json!(accounts)),
        ("address_list", json!(lists("address_list"))),
        ("first_seen", json!(texts("first_seen").first())),
        ("last_seen", json!(texts("last_seen").last())),
        ("told_by", json!(told)),
    ];
    Finding {
        severity: first.severity,
        rule: first.rule,
        account_id: String::new(),
        subject,
        summary: format!("in {number} accounts, such as {}: {}", first.account_id, first.summary),
        count: told.iter().map(|finding| finding.count).sum(),
        evidence: evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn finding(account: &str, rule: &'static str, actor: &str) -> Finding {
        let by = format!("arn:aws:iam::{account}:role/{actor}");
        Finding {
            severity: Severity::High,
            rule,
            account_id: account.to_owned(),
            subject: "role/base".to_owned(),
            summary: format!("role/base was given everything by {by}"),
            count: 1,
            evidence: [
                ("first_seen", json!(format!("2026-01-0{}T00:00:00Z", &account[11..]))),
                ("address_list", json!([account])),
            ]
            .map(|(name, value)| (name.to_owned(), value))
            .into_iter()
            .collect(),
        }
    }

    fn left(mut findings: Vec<Finding>) -> Vec<Finding> {
        one_finding_per_deed(&mut [&mut findings]);
        findings
    }

    #[test]
    fn the_same_in_several_accounts_is_one_line_that_keeps_all() {
        let by = "arn:aws:iam::444455556666:role/terraform";
        let summary = || format!("role/base was given everything by {by}");
        let of = |account| Finding { summary: summary(), ..finding(account, "admin-granted", "terraform") };
        let found = left(vec![of("111122223332"), of("111122223331"), of("111122223333")]);
        let [one] = &found[..] else { panic!("{found:?}") };
        assert_eq!((one.account_id.as_str(), one.subject.as_str(), one.count), ("", "role/base", 3));
        assert!(one.summary.starts_with("in 3 accounts, such as 111122223332: role/base was given"), "{}", one.summary);
        assert_eq!(one.evidence["accounts"], json!(["111122223331", "111122223332", "111122223333"]));
        assert_eq!(one.evidence["told_by"].as_array().map(Vec::len), Some(3));
        assert_eq!(one.evidence["first_seen"], "2026-01-01T00:00:00Z");
    }

    #[test]
    fn principals_of_one_name_are_several() {
        let of = |number: usize| finding(&format!("1111222233{number:02}"), "logging-stopped", "ops");
        let alike = |count: usize, severity: Severity| {
            left((0..count).map(|number| Finding { severity, ..of(number) }).collect()).len()
        };
        assert_eq!(alike(4, Severity::High), 4, "four places to go to");
        assert_eq!(alike(9, Severity::High), 9);
        assert_eq!(alike(10, Severity::High), 1, "a tool");
        assert_eq!(alike(3, Severity::Medium), 1);
    }

    #[test]
    fn a_subject_that_is_the_account_or_has_it_stands_for_all() {
        let of = |account: &str, subject: String| Finding { subject, ..finding(account, "inline-policy", "terraform") };
        let named = |subject: fn(&str) -> String| {
            let of = |account| Finding { severity: Severity::Info, ..of(account, subject(account)) };
            left(["111122223331", "111122223332", "111122223333"].map(of).into()).swap_remove(0).subject
        };
        assert_eq!(named(str::to_owned), "3 accounts");
        assert_eq!(named(|account| format!("role/cdk-{account}-eu-west-1")), "role/cdk-*-eu-west-1");
    }

    #[test]
    fn other_deeds_other_actors_and_what_stands_stay_apart() {
        let one = finding("111122223331", "admin-granted", "terraform");
        let third = finding("111122223333", "admin-granted", "terraform");
        assert_eq!(left(vec![one.clone(), third.clone()]).len(), 2, "two accounts are two lines");
        for other in [
            finding("111122223332", "admin-granted", "ana"),
            finding("111122223332", "role-trust-opened", "terraform"),
            finding("111122223331", "admin-granted", "terraform"),
            Finding { severity: Severity::Low, ..finding("111122223332", "admin-granted", "terraform") },
        ] {
            assert_eq!(left(vec![one.clone(), third.clone(), other]).len(), 3);
        }
        let stands = |account| finding(account, "root-has-access-key", "terraform");
        assert_eq!(left(["111122223331", "111122223332", "111122223333"].map(stands).into()).len(), 3);
    }

    #[test]
    fn every_rule_is_registered() {
        let known: Vec<&str> =
            crate::report::REPORTS.iter().flat_map(|report| report.rules).map(|rule| rule.id).collect();
        assert!(DEEDS.is_sorted() && DEEDS.iter().all(|rule| known.contains(rule)));
    }
}
