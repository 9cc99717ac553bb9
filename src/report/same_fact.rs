//! One fact, one finding: what several rules tell of one thing becomes one finding of an audit, with the others as evidence.
//!
//! Root's access key, for one, is told by the logs of root, by the list of keys and by IAM's state. Each of these reports
//! says so when it is asked alone; an audit says it once, under the rule that leads, and keeps what the others say as
//! evidence (`told_by`). Two rules tell the same fact only of the same account and the same user, key or policy.
//!
//! What is only good to know and holds of very many accounts is one line for all of them, in the same way: nobody reads it
//! a thousand times.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::{Finding, Severity};
use crate::model::{Arn, grouped};

/// Up to this many accounts each has its own line of what is only good to know.
const MANY_ACCOUNTS: usize = 20;

/// What tells two facts of one kind apart.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum About {
    /// The account alone.
    Account,
    /// The account's root: a finding about anybody else is not of this kind.
    Root,
    /// A user, however its reports name it.
    User,
    /// What the subject names, as it stands.
    Subject,
}

/// Rules that tell one fact; of equal severity the first leads.
struct Fact {
    about: About,
    rules: &'static [&'static str],
    /// Whether they tell one fact only where the first of them holds: without it each stands for itself.
    needs_first: bool,
}

impl Fact {
    const fn new(about: About, rules: &'static [&'static str]) -> Self {
        Self { about, rules, needs_first: false }
    }

    const fn where_first_holds(about: About, rules: &'static [&'static str]) -> Self {
        Self { needs_first: true, ..Self::new(about, rules) }
    }
}

/// The kinds of facts that more than one rule tells. A rule may stand in two kinds of which only one can hold: a key of
/// root is root's key, not an old key of a user.
static FACTS: &[Fact] = &[
    Fact::new(
        About::Root,
        &[
            "root-access-key",
            "root-key-created",
            "root-key",
            "root-has-access-key",
            "old-key-in-use",
            "key-over-age",
            "key-too-old",
            "key-roaming",
        ],
    ),
    Fact::new(
        About::Root,
        &[
            "root-used-without-mfa-device",
            "root-sign-in-without-mfa",
            "sign-in-without-mfa",
            "root-session-without-mfa",
            "root-without-mfa",
        ],
    ),
    Fact::new(About::Root, &["root-everyday-use", "root-console-use", "root-used-recently"]),
    Fact::new(About::Subject, &["old-key-in-use", "key-over-age", "key-too-old"]),
    Fact::new(
        About::User,
        &["user-signs-in-without-mfa-device", "sign-in-without-mfa", "console-session-without-mfa", "user-without-mfa"],
    ),
    Fact::new(About::User, &["key-quarantined-by-aws", "user-quarantined"]),
    Fact::new(About::User, &["self-grant", "admin-granted", "policy-on-user"]),
    Fact::new(About::User, &["user-managed-policy", "user-inline-policy", "policies-on-unseen-user"]),
    Fact::new(About::User, &["user-in-no-group", "user-not-in-common-group"]),
    Fact::new(
        About::Subject,
        &[
            "policy-allows-all-actions",
            "policy-leads-to-admin",
            "policy-not-action",
            "policy-allows-whole-service",
            "policy-writes-on-all-resources",
            "policy-copies-aws-managed",
            "policy-allows-all-on-some",
        ],
    ),
    Fact::new(
        About::Account,
        &[
            "password-policy-deleted",
            "password-policy-weak",
            "account-password-policy-absent",
            "account-password-policy-weak",
        ],
    ),
    Fact::where_first_holds(
        About::User,
        &["sign-in-after-reset", "mfa-deactivated", "password-reset-by-other", "password-without-mfa", "password-new"],
    ),
    // Its trust policy and its rights make one way in.
    Fact::new(
        About::Subject,
        &["role-trust-opened", "admin-granted", "admin-role-names-insider", "admin-role-trust-rewritten"],
    ),
];

/// A fact of one thing: its kind, its account and what it is about.
pub(super) type FactId = (usize, String, String);

/// The fact that a finding tells, where others may tell it too.
pub(super) fn fact_of(finding: &Finding) -> Option<FactId> {
    let of_kind = |(kind, fact): (usize, &Fact)| {
        let about = if fact.rules.contains(&finding.rule) { fact.about.named(finding)? } else { return None };
        Some((kind, finding.account_id.clone(), about))
    };
    FACTS.iter().enumerate().find_map(of_kind)
}

/// How many facts findings tell.
pub(super) fn distinct(findings: &[&Finding]) -> usize {
    let mut facts: BTreeMap<FactId, Vec<&Finding>> = BTreeMap::new();
    let mut alone = 0;
    for &finding in findings {
        match fact_of(finding) {
            Some(fact) => facts.entry(fact).or_default().push(finding),
            None => alone += 1,
        }
    }
    let of_fact =
        |((kind, ..), told): (&FactId, &Vec<&Finding>)| match is_one(*kind, told.iter().map(|finding| finding.rule)) {
            true => by_actors(told).len(),
            false => told.len(),
        };
    facts.iter().map(of_fact).sum::<usize>() + alone
}

/// Whether what two rules tell of the thing of a fact is one fact.
pub(super) fn is_one_fact(fact: &FactId, rules: [&str; 2]) -> bool {
    is_one(fact.0, rules.into_iter())
}

/// Whether what these rules tell of one thing is one fact.
fn is_one<'r>(kind: usize, mut rules: impl Iterator<Item = &'r str>) -> bool {
    let fact = &FACTS[kind];
    !fact.needs_first || fact.rules.first().is_some_and(|first| rules.any(|rule| rule == *first))
}

impl About {
    /// The name of what a finding is about; `None` where it cannot be of this kind.
    fn named(self, finding: &Finding) -> Option<String> {
        match self {
            Self::Account => Some(String::new()),
            Self::Root => (is_root(&finding.subject) || is_root(principal(finding))).then(String::new),
            Self::User => {
                let subject = user_of(&finding.subject).or_else(|| user_of(principal(finding)));
                subject.map(str::to_owned)
            }
            Self::Subject => Some(finding.subject.clone()),
        }
    }
}

/// Whose credential a finding speaks of, where its evidence says so.
fn principal(finding: &Finding) -> &str {
    finding.evidence.get("principal").and_then(Value::as_str).unwrap_or_default()
}

fn is_root(principal: &str) -> bool {
    principal.starts_with("root@")
}

/// The name of a user: `user/NAME`, or the ARN with its path.
fn user_of(text: &str) -> Option<&str> {
    let resource = Arn::parse(text).filter(|arn| arn.service == "iam").map_or(text, |arn| arn.resource);
    resource.strip_prefix("user/")?.rsplit('/').next()
}

/// The places of what is told of one thing, deed by deed: what different people did to it are different deeds. What names
/// nobody who did it goes with the first.
fn by_actors(all: &[&Finding]) -> Vec<Vec<usize>> {
    let mut deeds: Vec<Vec<usize>> = Vec::new();
    for (place, one) in all.iter().enumerate() {
        match deeds.iter_mut().find(|deed| has_actor_of(all[deed[0]], one)) {
            Some(deed) => deed.push(place),
            None => deeds.push(vec![place]),
        }
    }
    deeds
}

/// Whether two findings share somebody who did what they tell, or one of them tells nobody.
fn has_actor_of(one: &Finding, other: &Finding) -> bool {
    let (ones, others) = (actors(one), actors(other));
    ones.is_empty() || others.is_empty() || ones.iter().any(|actor| others.contains(actor))
}

/// Who did what a finding tells, where its evidence says so.
fn actors(finding: &Finding) -> Vec<&str> {
    let actors = finding.evidence.get("actors").and_then(Value::as_array);
    actors.into_iter().flatten().filter_map(Value::as_str).collect()
}

/// Leaves one finding of each fact in the findings of all reports; it holds the others as evidence.
pub fn one_finding_per_fact(lists: &mut [&mut Vec<Finding>]) {
    let mut tellers: BTreeMap<FactId, Vec<(usize, usize)>> = BTreeMap::new();
    for (list, findings) in lists.iter().enumerate() {
        for (place, finding) in findings.iter().enumerate() {
            if let Some(fact) = fact_of(finding) {
                tellers.entry(fact).or_default().push((list, place));
            }
        }
    }
    let mut absorbed: BTreeSet<(usize, usize)> = BTreeSet::new();
    for ((kind, ..), mut places) in tellers.into_iter().filter(|(_, places)| places.len() > 1) {
        if !is_one(kind, places.iter().map(|&(list, place)| lists[list][place].rule)) {
            continue;
        }
        let rank = |&(list, place): &(usize, usize)| {
            let finding = &lists[list][place];
            let order = FACTS[kind].rules.iter().position(|rule| *rule == finding.rule);
            (Reverse(finding.severity), order, finding.subject.clone(), list, place)
        };
        places.sort_by_cached_key(rank);
        let told: Vec<&Finding> = places.iter().map(|&(list, place)| &lists[list][place]).collect();
        for deed in by_actors(&told).into_iter().filter(|deed| deed.len() > 1) {
            let told: Vec<Value> = deed[1..].iter().map(|&at| json!(lists[places[at].0][places[at].1])).collect();
            let (list, place) = places[deed[0]];
            lists[list][place].evidence.insert("told_by".to_owned(), Value::Array(told));
            absorbed.extend(deed[1..].iter().map(|&at| places[at]));
        }
    }
    for (list, findings) in lists.iter_mut().enumerate() {
        let mut places = 0..;
        findings.retain(|_| places.next().is_none_or(|place| !absorbed.contains(&(list, place))));
    }
}

/// Leaves one finding of each rule that says what is only good to know of more than 20 accounts; it belongs
/// to no account and holds the findings of all as evidence.
pub fn one_finding_for_many_accounts(lists: &mut [&mut Vec<Finding>]) {
    for findings in lists.iter_mut() {
        let mut accounts: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
        for finding in findings.iter().filter(|finding| finding.severity == Severity::Info) {
            accounts.entry(finding.rule).or_default().insert(&finding.account_id);
        }
        let many: BTreeMap<&str, usize> = accounts
            .into_iter()
            .filter(|(_, accounts)| accounts.len() > MANY_ACCOUNTS)
            .map(|(rule, accounts)| (rule, accounts.len()))
            .collect();
        let mut told: BTreeMap<&str, Vec<Finding>> = BTreeMap::new();
        for finding in
            findings.extract_if(.., |finding| finding.severity == Severity::Info && many.contains_key(finding.rule))
        {
            told.entry(finding.rule).or_default().push(finding);
        }
        findings.extend(told.into_iter().filter_map(|(rule, told)| of_many_accounts(many[rule], told)));
    }
}

fn of_many_accounts(accounts: usize, told: Vec<Finding>) -> Option<Finding> {
    let first = told.first()?;
    Some(Finding {
        severity: first.severity,
        rule: first.rule,
        account_id: String::new(),
        subject: format!("{} accounts", grouped(accounts)),
        summary: format!("in {} accounts, such as {}: {}", grouped(accounts), first.account_id, first.summary),
        count: told.iter().map(|finding| finding.count).sum(),
        evidence: [("told_by".to_owned(), json!(told))].into_iter().collect(),
    })
}

/// The rules of the findings that a finding holds as evidence, each once.
pub fn told_by(finding: &Finding) -> Vec<&str> {
    let told = finding.evidence.get("told_by").and_then(Value::as_array);
    let mut rules: Vec<&str> = told.into_iter().flatten().filter_map(|told| told["rule"].as_str()).collect();
    let mut seen = BTreeSet::new();
    rules.retain(|rule| *rule != finding.rule && seen.insert(*rule));
    rules
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::REPORTS;

    fn finding(severity: Severity, rule: &'static str, subject: &str) -> Finding {
        let (account_id, summary) = ("111122223333".to_owned(), format!("{rule} of {subject}"));
        Finding {
            severity,
            rule,
            account_id,
            subject: subject.to_owned(),
            summary,
            count: 1,
            evidence: Default::default(),
        }
    }

    fn of(principal: &str, mut finding: Finding) -> Finding {
        finding.evidence.insert("principal".to_owned(), json!(principal));
        finding
    }

    fn left(mut lists: Vec<Vec<Finding>>) -> Vec<Finding> {
        one_finding_per_fact(&mut lists.iter_mut().collect::<Vec<_>>());
        lists.concat()
    }

    fn rules(findings: &[Finding]) -> Vec<&str> {
        findings.iter().map(|finding| finding.rule).collect()
    }

    #[test]
    fn every_rule_of_a_fact_is_registered() {
        let known: Vec<&str> = REPORTS.iter().flat_map(|report| report.rules).map(|rule| rule.id).collect();
        for rule in FACTS.iter().flat_map(|fact| fact.rules) {
            assert!(known.contains(rule), "{rule}");
        }
    }

    #[test]
    fn the_key_of_root_is_one_finding() {
        let root = "root@111122223333";
        let found = left(vec![
            vec![finding(Severity::Critical, "root-access-key", root)],
            vec![of(root, finding(Severity::Critical, "root-key", "AKIAROOT"))],
            vec![
                of(root, finding(Severity::Medium, "key-over-age", "AKIAROOT")),
                of("arn:aws:iam::111122223333:user/bob", finding(Severity::Medium, "key-over-age", "AKIABOB")),
            ],
            vec![finding(Severity::Critical, "root-has-access-key", root)],
        ]);
        assert_eq!(rules(&found), ["root-access-key", "key-over-age"]);
        assert_eq!(told_by(&found[0]), ["root-key", "root-has-access-key", "key-over-age"]);
        assert_eq!(found[0].evidence["told_by"][0]["subject"], "AKIAROOT");
        assert!(told_by(&found[1]).is_empty());
    }

    #[test]
    fn a_user_is_one_however_it_is_named_and_another_is_another() {
        let arn = "arn:aws:iam::111122223333:user/team/alice";
        let found = left(vec![
            vec![finding(Severity::Medium, "sign-in-without-mfa", arn)],
            vec![of(arn, finding(Severity::Medium, "console-session-without-mfa", "AIDAALICE@2026-01-01T00:00:00Z"))],
            vec![finding(Severity::High, "user-without-mfa", arn)],
            vec![finding(Severity::Medium, "sign-in-without-mfa", "arn:aws:iam::111122223333:user/bob")],
        ]);
        assert_eq!(rules(&found), ["user-without-mfa", "sign-in-without-mfa"], "the worst leads");
        assert_eq!(found[1].subject, "arn:aws:iam::111122223333:user/bob");
    }

    #[test]
    fn a_quarantine_in_logs_and_in_state_is_one_finding() {
        let arn = "arn:aws:iam::111122223333:user/ci";
        let found = left(vec![
            vec![finding(Severity::Critical, "key-quarantined-by-aws", "user/ci")],
            vec![
                finding(Severity::Critical, "user-quarantined", arn),
                finding(Severity::Critical, "user-quarantined", "arn:aws:iam::111122223333:user/etl"),
            ],
        ]);
        assert_eq!(rules(&found), ["key-quarantined-by-aws", "user-quarantined"]);
        assert_eq!(told_by(&found[0]), ["user-quarantined"]);
    }

    #[test]
    fn what_several_rules_tell_is_counted_once() {
        let count = |rules: &[&'static str]| {
            let of_key = |rule| finding(Severity::High, rule, "AKIAIOSFODNN7EXAMPLE");
            let findings: Vec<Finding> = rules.iter().map(|rule| of_key(*rule)).collect();
            distinct(&findings.iter().collect::<Vec<_>>())
        };
        assert_eq!(count(&["key-too-old", "key-over-age", "old-key-in-use"]), 1);
        assert_eq!(count(&["key-too-old", "user-with-two-keys", "old-key-in-use"]), 2);
        assert_eq!(count(&["old-key-in-use"]), 1);
        assert_eq!(count(&["key-embedded", "key-quiet"]), 2);
    }

    #[test]
    fn a_reset_is_told_with_the_sign_in_that_followed_and_alone_without() {
        let of = |rule, subject: &str| finding(Severity::Low, rule, subject);
        let resets = || vec![of("mfa-deactivated", "user/bo"), of("password-reset-by-other", "user/bo")];
        assert_eq!(left(vec![resets()]).len(), 2);
        assert_eq!(distinct(&resets().iter().collect::<Vec<_>>()), 2);
        let taken = finding(Severity::High, "sign-in-after-reset", "arn:aws:iam::111122223333:user/bo");
        let found = left(vec![vec![taken.clone()], resets()]);
        assert_eq!(rules(&found), ["sign-in-after-reset"]);
        assert_eq!(told_by(&found[0]), ["mfa-deactivated", "password-reset-by-other"]);
        assert_eq!(distinct(&[vec![taken], resets()].concat().iter().collect::<Vec<_>>()), 1);
    }

    #[test]
    fn the_trust_and_the_rights_of_a_role_are_one_way_in() {
        let of = |rule, subject: &str| finding(Severity::High, rule, subject);
        let found = left(vec![vec![
            of("admin-granted", "role/r"),
            of("role-trust-opened", "role/r"),
            of("admin-granted", "role/s"),
        ]]);
        assert_eq!(rules(&found), ["role-trust-opened", "admin-granted"]);
    }

    #[test]
    fn deeds_of_different_people_are_different_facts() {
        let by = |actors: &[&str], rule| {
            let mut finding = finding(Severity::High, rule, "role/r");
            finding.evidence.insert("actors".to_owned(), json!(actors));
            finding
        };
        let found = left(vec![vec![
            by(&["boss"], "admin-granted"),
            by(&["mal"], "role-trust-opened"),
            by(&["mal", "eve"], "admin-role-names-insider"),
        ]]);
        assert_eq!(rules(&found), ["admin-granted", "role-trust-opened"]);
        assert_eq!(told_by(&found[1]), ["admin-role-names-insider"]);
        assert!(told_by(&found[0]).is_empty());
        let by_one = [by(&["boss"], "admin-granted"), by(&["boss"], "role-trust-opened")];
        assert_eq!(left(vec![by_one.to_vec()]).len(), 1);
        let of_nobody = finding(Severity::High, "role-trust-opened", "role/r");
        assert_eq!(left(vec![vec![by(&["boss"], "admin-granted"), of_nobody]]).len(), 1);
        assert_eq!(distinct(&by_one.iter().collect::<Vec<_>>()), 1);
        assert_eq!(distinct(&[&by(&["boss"], "admin-granted"), &by(&["mal"], "role-trust-opened")]), 2);
    }

    #[test]
    fn accounts_are_kept_apart() {
        let mut other = finding(Severity::Medium, "user-without-mfa", "arn:aws:iam::444455556666:user/alice");
        other.account_id = "444455556666".to_owned();
        let one = finding(Severity::Medium, "sign-in-without-mfa", "arn:aws:iam::111122223333:user/alice");
        assert_eq!(left(vec![vec![one, other]]).len(), 2);
    }

    #[test]
    fn what_is_good_to_know_of_many_accounts_is_one_line() {
        let of_accounts = |severity: Severity, accounts: usize| -> Vec<Finding> {
            let of = |n: usize| Finding {
                account_id: format!("{n:012}"),
                ..finding(severity, "policy-classes", "the same subject")
            };
            (0..accounts).map(of).collect()
        };
        let left = |mut findings: Vec<Finding>| {
            one_finding_for_many_accounts(&mut [&mut findings]);
            findings
        };
        let one = left(of_accounts(Severity::Info, MANY_ACCOUNTS + 1));
        assert_eq!((one.len(), one[0].count, one[0].subject.as_str()), (1, 21, "21 accounts"));
        assert_eq!(one[0].evidence["told_by"].as_array().map(Vec::len), Some(21));
        assert!(told_by(&one[0]).is_empty());
        assert_eq!(left(of_accounts(Severity::Info, MANY_ACCOUNTS)).len(), MANY_ACCOUNTS);
        assert_eq!(left(of_accounts(Severity::Low, MANY_ACCOUNTS + 1)).len(), MANY_ACCOUNTS + 1);
    }

    #[test]
    fn what_no_other_rule_tells_stays_as_it_is() {
        let both = [finding(Severity::Low, "imds-v1", "i-1"), finding(Severity::Low, "imds-v1", "i-1")];
        assert_eq!(left(vec![both.to_vec()]), both);
    }
}
