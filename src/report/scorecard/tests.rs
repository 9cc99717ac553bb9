use super::*;
use crate::model::EventTime;
use crate::posture::{Account, AccountSummary, AsOfBasis, Dated, Source, StateKind};
use crate::report::Rule;

const ACCOUNT: &str = "111122223333";

static REPORT: Report = Report { rules: RULES, ..REPORT_OF_NOTHING };

static ROTATION: Report = Report {
    rules: &[
        rule("key-too-old", Some(Practice::RotateKeys)),
        rule("key-over-age", Some(Practice::RotateKeys)),
        rule("old-key-in-use", Some(Practice::RotateKeys)),
    ],
    ..REPORT_OF_NOTHING
};

const REPORT_OF_NOTHING: Report = Report {
    name: "sample",
    summary: "",
    about: "",
    columns: &[],
    key: &[],
    needs: &[],
    options: &[],
    rules: &[],
    argument: None,
    answer: |_| Default::default(),
};

const RULES: &[Rule] = &[
    rule("root-access-key", Some(Practice::NoRootKeys)),
    rule("key-embedded", Some(Practice::RolesNotKeys)),
    rule("imds-v1", None),
];

const fn rule(id: &'static str, practice: Option<Practice>) -> Rule {
    Rule { id, severity: Severity::High, practice, about: "", check: "", fix: "", page: "" }
}

fn finding(rule: &'static str, severity: Severity, subject: &str) -> Finding {
    Finding {
        severity,
        rule,
        account_id: ACCOUNT.to_owned(),
        subject: subject.to_owned(),
        summary: format!("{subject} did it"),
        count: 1,
        evidence: serde_json::Map::new(),
    }
}

fn time(text: &str) -> Option<EventTime> {
    EventTime::parse(text)
}

fn logs(since: &str, until: &str) -> LogSpan {
    let regions = [(ACCOUNT.to_owned(), ["us-east-1".to_owned()].into())].into();
    LogSpan { since: time(since), until: time(until), regions, ..LogSpan::default() }
}

fn state(as_of: Option<EventTime>, whole: bool) -> Posture {
    let kind = StateKind::AccountSummary;
    let source = Source { file: "summary.json".to_owned(), kind, as_of, basis: AsOfBasis::Generated, whole };
    let account = Account { summary: Some(Dated { value: AccountSummary::default(), source }), ..Account::default() };
    Posture { accounts: [(ACCOUNT.to_owned(), account)].into(), ..Posture::default() }
}

/// The verdict and reason of one practice.
fn judge(findings: &[Finding], logs: Option<LogSpan>, posture: Option<&Posture>, practice: Practice) -> Score {
    let accounts = [ACCOUNT.to_owned()].into();
    let evidence = Evidence { findings: findings.iter().collect(), accounts: &accounts, logs, posture };
    let scores = scorecard(&evidence, &[&REPORT]);
    assert_eq!(scores.len(), Practice::ALL.len());
    scores.into_iter().find(|score| score.practice == practice).expect("every practice has a score")
}

#[test]
fn a_violation_is_incorrect_and_the_worst_is_shown() {
    let findings = [
        finding("root-access-key", Severity::Low, "a"),
        finding("root-access-key", Severity::Critical, "b"),
        finding("root-access-key", Severity::Critical, "c"),
    ];
    let score = judge(&findings, None, None, Practice::NoRootKeys);
    assert_eq!((score.verdict, score.violations), (Verdict::Incorrect, 3));
    assert_eq!(score.worst.map(|worst| worst.subject).as_deref(), Some("b"));
    assert_eq!(score.next.as_deref(), Some("trailscan sample"));
}

#[test]
fn of_equal_findings_that_which_joins_logs_and_state_is_shown() {
    let findings = [
        finding("key-over-age", Severity::High, "a"),
        finding("key-too-old", Severity::High, "b"),
        finding("old-key-in-use", Severity::High, "b"),
    ];
    let accounts = [ACCOUNT.to_owned()].into();
    let score = |findings: &[Finding]| {
        let evidence = Evidence { findings: findings.iter().collect(), accounts: &accounts, logs: None, posture: None };
        let scores = scorecard(&evidence, &[&ROTATION]);
        let score = scores.into_iter().find(|score| score.practice == Practice::RotateKeys).unwrap();
        (score.violations, score.worst.unwrap().rule)
    };
    assert_eq!(score(&findings), (2, "old-key-in-use"));
    assert_eq!(score(&findings[..2]), (2, "key-over-age"));
    let worse = [finding("key-too-old", Severity::Critical, "c"), findings[2].clone()];
    assert_eq!(score(&worse), (2, "key-too-old"), "what is worse goes before it");
}

#[test]
fn what_is_only_good_to_know_or_breaks_no_practice_violates_nothing() {
    let findings = [finding("key-embedded", Severity::Info, "a"), finding("imds-v1", Severity::High, "b")];
    for practice in Practice::ALL {
        assert_eq!(judge(&findings, None, None, practice).verdict, Verdict::Unknown, "{practice:?}");
    }
}

#[test]
fn thirty_whole_days_of_logs_prove_what_logs_can() {
    let month = || logs("2026-08-01T00:00:00Z", "2026-08-31T00:00:00Z");
    let verdict = |logs: LogSpan, practice| judge(&[], Some(logs), None, practice).verdict;
    assert_eq!(verdict(month(), Practice::RestrictRootUse), Verdict::Correct);
    assert_eq!(verdict(month(), Practice::RolesNotKeys), Verdict::Correct);
    assert_eq!(verdict(month(), Practice::NoRootKeys), Verdict::Unknown, "state alone proves it");
    assert_eq!(verdict(logs("2026-08-02T00:00:00Z", "2026-08-31T23:59:59Z"), Practice::RolesNotKeys), Verdict::Unknown);
    let gap = LogSpan { accounts_with_gaps: [ACCOUNT.to_owned()].into(), ..month() };
    assert_eq!(verdict(gap, Practice::RestrictRootUse), Verdict::Unknown);
    let of_region = |region: &str| {
        let regions = [(ACCOUNT.to_owned(), [region.to_owned()].into())].into();
        LogSpan { regions, ..month() }
    };
    assert_eq!(verdict(of_region("eu-west-1"), Practice::RestrictRootUse), Verdict::Unknown, "root signs in elsewhere");
    assert_eq!(verdict(of_region("eu-west-1"), Practice::RolesNotKeys), Verdict::Correct);
    let flat = LogSpan { regions: BTreeMap::new(), ..month() };
    assert_eq!(verdict(flat, Practice::RolesNotKeys), Verdict::Unknown, "which days are missing is not known");
    let elsewhere = LogSpan { accounts_with_gaps: ["444455556666".to_owned()].into(), ..month() };
    assert_eq!(verdict(elsewhere, Practice::RestrictRootUse), Verdict::Correct);
    let failed = LogSpan { not_whole: Some("2 objects failed".to_owned()), ..month() };
    assert_eq!(judge(&[], Some(failed), None, Practice::RestrictRootUse).why, "2 objects failed");
}

#[test]
fn state_proves_when_it_is_whole_and_not_older_than_the_logs() {
    let since = "2026-08-01T00:00:00Z";
    let verdict =
        |posture: &Posture, logs: Option<LogSpan>| judge(&[], logs, Some(posture), Practice::NoRootKeys).verdict;
    let fresh = state(time("2026-08-02T00:00:00Z"), true);
    assert_eq!(verdict(&fresh, None), Verdict::Correct);
    assert_eq!(verdict(&fresh, Some(logs(since, since))), Verdict::Correct);
    assert_eq!(verdict(&state(time("2026-07-31T23:59:59Z"), true), Some(logs(since, since))), Verdict::Unknown);
    assert_eq!(verdict(&state(None, true), Some(logs(since, since))), Verdict::Unknown);
    assert_eq!(verdict(&state(time("2026-08-02T00:00:00Z"), false), None), Verdict::Unknown);
    assert_eq!(judge(&[], None, Some(&fresh), Practice::MfaForConsole).verdict, Verdict::Unknown, "another part of it");
}

#[test]
fn accounts_of_logs_and_state_each_get_a_score_a_practice() {
    let accounts = ["444455556666".to_owned()].into();
    let posture = state(None, true);
    let evidence = Evidence { findings: Vec::new(), accounts: &accounts, logs: None, posture: Some(&posture) };
    let scores = scorecard(&evidence, &[&REPORT]);
    let of: Vec<&str> = scores.iter().step_by(7).map(|score| score.account_id.as_str()).collect();
    assert_eq!(of, [ACCOUNT, "444455556666"]);
    assert_eq!(scores.len(), 14);
}

#[test]
fn accounts_that_break_most_come_first_and_stay_together() {
    let of = |account: &str, findings: &[(&'static str, Severity)]| -> Vec<Finding> {
        let of_account = |&(rule, severity)| Finding { account_id: account.to_owned(), ..finding(rule, severity, "x") };
        findings.iter().map(of_account).collect()
    };
    let (root, key) = ("root-access-key", "key-embedded");
    let all = [
        of("222233334444", &[(key, Severity::Medium), (root, Severity::Medium)]),
        of("333344445555", &[(root, Severity::Critical)]),
        of("444455556666", &[(key, Severity::Medium), (key, Severity::Medium)]),
    ];
    let findings: Vec<Finding> = all.into_iter().flatten().collect();
    let accounts = ["111122223333", "222233334444", "333344445555", "444455556666"].map(str::to_owned).into();
    let evidence = Evidence { findings: findings.iter().collect(), accounts: &accounts, logs: None, posture: None };
    let mut scores = scorecard(&evidence, &[&REPORT]);
    worst_accounts_first(&mut scores);
    let mut order: Vec<&str> = scores.iter().map(|score| score.account_id.as_str()).collect();
    order.dedup();
    assert_eq!(order, ["333344445555", "222233334444", "444455556666", "111122223333"]);
    let practices: Vec<Practice> = scores.iter().take(Practice::ALL.len()).map(|score| score.practice).collect();
    assert_eq!(practices, Practice::ALL);
}
