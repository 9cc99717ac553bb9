use super::*;
use crate::coverage::Stands;
use crate::model::{Day, EventTime};
use crate::posture::{Account, AccountSummary, AsOfBasis, Dated, Source, StateKind};
use crate::report::{Form, Rule, StateUse, View};

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
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::No,
    examples: &[],
    form: Form::Rows,
    charts: None,
    answer: |_| Default::default(),
};

const RULES: &[Rule] = &[
    rule("root-access-key", Some(Practice::NoRootKeys)),
    rule("key-embedded", Some(Practice::RolesNotKeys)),
    rule("imds-v1", None),
];

const fn rule(id: &'static str, practice: Option<Practice>) -> Rule {
    Rule {
        id,
        severity: Severity::High,
        practice,
        techniques: &[],
        controls: &[],
        about: "",
        check: "",
        fix: "",
        page: "",
    }
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

/// Regions that are on by default.
const REGIONS: [&str; 17] = [
    "us-east-1",
    "us-east-2",
    "us-west-1",
    "us-west-2",
    "ca-central-1",
    "sa-east-1",
    "eu-central-1",
    "eu-west-1",
    "eu-west-2",
    "eu-west-3",
    "eu-north-1",
    "ap-south-1",
    "ap-southeast-1",
    "ap-southeast-2",
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
];

/// Logs of the account with reads: an object of each of these days, both ends included, in each region.
fn logs_of(first: &str, last: &str, regions: &[&str]) -> LogSpan {
    let day = |text: &str| time(&format!("{text}T00:00:00Z")).unwrap().day();
    let (first, last) = (day(first), day(last));
    let days: BTreeSet<Day> = (first.0..=last.0).map(Day).collect();
    let recorded = recorded(ACCOUNT, regions, (first, last), |_, _| true);
    let regions: Vec<String> = regions.iter().map(|region| (*region).to_owned()).collect();
    LogSpan {
        recorded,
        regions: [(ACCOUNT.to_owned(), regions.iter().cloned().collect())].into(),
        days: regions.into_iter().map(|region| ((ACCOUNT.to_owned(), region), days.clone())).collect(),
        whole_days: Some((first, last)),
        ..LogSpan::default()
    }
}

/// Management events on each of these days in each region, with reads where `reads` says so.
fn recorded(
    account: &str,
    regions: &[&str],
    (first, last): (Day, Day),
    reads: impl Fn(&str, Day) -> bool,
) -> BTreeMap<(String, String), BTreeMap<Day, bool>> {
    let days = |region: &str| (first.0..=last.0).map(Day).map(|day| (day, reads(region, day))).collect();
    regions.iter().map(|region| ((account.to_owned(), (*region).to_owned()), days(region))).collect()
}

fn logs(first: &str, last: &str) -> LogSpan {
    logs_of(first, last, &REGIONS)
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
    let evidence = Evidence {
        findings: findings.iter().collect(),
        accounts: &accounts,
        logs,
        in_logs: InLogs::default(),
        posture,
    };
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
        let evidence = Evidence {
            findings: findings.iter().collect(),
            accounts: &accounts,
            logs: None,
            in_logs: InLogs::default(),
            posture: None,
        };
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
fn thirty_whole_days_of_every_region_prove_what_logs_can() {
    let month = || logs("2026-08-01", "2026-08-30");
    let verdict = |logs: LogSpan, practice| judge(&[], Some(logs), None, practice).verdict;
    assert_eq!(verdict(month(), Practice::RestrictRootUse), Verdict::Correct);
    assert_eq!(verdict(month(), Practice::RolesNotKeys), Verdict::Correct);
    assert_eq!(verdict(month(), Practice::NoRootKeys), Verdict::Unknown, "state alone proves it");
    assert_eq!(verdict(logs("2026-08-02", "2026-08-30"), Practice::RolesNotKeys), Verdict::Unknown, "a day less");
    let one = logs_of("2026-08-01", "2026-08-30", &["us-east-1"]);
    let score = judge(&[], Some(one), None, Practice::RolesNotKeys);
    assert!(score.next.unwrap().contains("--enabled-regions 111122223333=FILE"), "{}", score.why);
    let mut gap = month();
    gap.days.get_mut(&(ACCOUNT.to_owned(), "sa-east-1".to_owned())).unwrap().pop_last();
    assert_eq!(verdict(gap, Practice::RestrictRootUse), Verdict::Unknown, "the last day of one region");
    let opted_in =
        LogSpan { enabled_regions: [(ACCOUNT.to_owned(), ["me-south-1".to_owned()].into())].into(), ..month() };
    assert_eq!(verdict(opted_in, Practice::RestrictRootUse), Verdict::Unknown, "enabled, and no trail of it was read");
    let flat = LogSpan { regions: BTreeMap::new(), ..month() };
    assert_eq!(verdict(flat, Practice::RolesNotKeys), Verdict::Unknown, "which days are missing is not known");
    let filtered = LogSpan { not_whole: Some("filters left out events".to_owned()), ..month() };
    assert_eq!(judge(&[], Some(filtered), None, Practice::RestrictRootUse).why, "filters left out events");
}

#[test]
fn what_digests_say_of_the_logs_is_said_of_the_proof() {
    let with = |account: &str, stands: Stands| {
        let stands = Some([(account.to_owned(), stands)].into());
        judge(&[], Some(LogSpan { stands, ..logs("2026-08-01", "2026-08-30") }), None, Practice::RolesNotKeys)
    };
    let stands = |verified, unverified| Stands { verified, unverified, ..Stands::default() };
    let is_correct = |score: Score, end: &str| {
        assert!(score.verdict == Verdict::Correct && score.why.ends_with(end), "{}", score.why);
    };
    is_correct(with(ACCOUNT, stands(60, 0)), "; digests verify all of these logs");
    is_correct(with(ACCOUNT, stands(60, 2)), "; 2 objects of these logs and their digests are not verified");
    is_correct(with(ACCOUNT, stands(0, 60)), "; no digest verifies these logs");
    let gap = with(ACCOUNT, Stands { gaps: 1, ..stands(60, 0) });
    is_correct(gap, "; digests verify these logs, with 1 gap between them");
    let of_no_account = Some([(ACCOUNT.to_owned(), stands(60, 0)), (String::new(), stands(0, 3))].into());
    let unnamed = LogSpan { stands: of_no_account, ..logs("2026-08-01", "2026-08-30") };
    let unnamed = judge(&[], Some(unnamed), None, Practice::RolesNotKeys);
    is_correct(unnamed, "; 3 objects of these logs and their digests are not verified");
    is_correct(with("444455556666", stands(60, 0)), "; no digest verifies these logs");
    is_correct(with("444455556666", Stands { altered: 1, ..stands(60, 0) }), "; no digest verifies these logs");
    let tampered = with(ACCOUNT, Stands { altered: 1, missing: 2, ..stands(60, 0) });
    assert_eq!(tampered.verdict, Verdict::Unknown, "{}", tampered.why);
    let said = "1 object of this account was altered since CloudTrail delivered it, and 2 objects are not there";
    assert!(tampered.why.contains(said), "{}", tampered.why);
    assert!(tampered.next.is_some_and(|next| next.contains("trailscan verify")));
}

#[test]
fn what_may_be_a_takeover_of_root_leaves_its_use_open() {
    let month = || logs("2026-08-01", "2026-08-31");
    let root = format!("root@{ACCOUNT}");
    let judge = |finding: Finding| judge(&[finding], Some(month()), None, Practice::RestrictRootUse);
    for rule in ["root-email-change", "root-credential-change", "brute-force-success"] {
        let score = judge(finding(rule, Severity::High, &root));
        assert_eq!(score.verdict, Verdict::Unknown, "{rule}");
        assert!(score.why.starts_with("whether it was the owner is not in the logs: "), "{}", score.why);
        let mut of_owner = finding(rule, Severity::High, &root);
        of_owner.evidence.insert("in_session_with_mfa".to_owned(), true.into());
        assert_eq!(judge(of_owner).verdict, Verdict::Correct);
        assert_eq!(judge(finding(rule, Severity::Medium, &root)).verdict, Verdict::Correct, "it was refused");
        assert_eq!(judge(finding(rule, Severity::High, "user/ana")).verdict, Verdict::Correct, "somebody else");
        let of_other = Finding { account_id: "444455556666".to_owned(), ..finding(rule, Severity::High, &root) };
        assert_eq!(judge(of_other).verdict, Verdict::Correct, "another account's");
    }
    assert_eq!(judge(finding("password-known", Severity::High, &root)).verdict, Verdict::Correct, "nobody got in");
}

#[test]
fn regions_of_other_partitions_are_their_own() {
    let verdict = |regions: &[&str]| {
        let logs = logs_of("2026-08-01", "2026-08-31", regions);
        judge(&[], Some(logs), None, Practice::RestrictRootUse).verdict
    };
    assert_eq!(verdict(&["us-gov-east-1", "us-gov-west-1"]), Verdict::Correct);
    assert_eq!(verdict(&["us-gov-west-1"]), Verdict::Unknown);
    assert_eq!(verdict(&["cn-north-1", "cn-northwest-1"]), Verdict::Correct);
}

#[test]
fn a_list_of_regions_says_which_count() {
    let source = |whole| {
        let kind = StateKind::EnabledRegions;
        Source { file: "regions.json".to_owned(), kind, as_of: None, basis: AsOfBasis::None, whole }
    };
    let posture = |regions: &[&str], whole| {
        let value = regions.iter().map(|region| (*region).to_owned()).collect();
        let enabled_regions = Some(Dated { value, source: source(whole) });
        let account = Account { enabled_regions, ..Account::default() };
        Posture { accounts: [(ACCOUNT.to_owned(), account)].into(), ..Posture::default() }
    };
    let score = |posture: &Posture, regions: &[&str]| {
        let logs = logs_of("2026-08-01", "2026-08-31", regions);
        judge(&[], Some(logs), Some(posture), Practice::RestrictRootUse)
    };
    let two = ["eu-west-1", "us-east-1"];
    let proven = score(&posture(&two, true), &two);
    assert_eq!(proven.verdict, Verdict::Correct);
    assert!(proven.why.starts_with("31 whole days in 2 regions (2026-08-01 to 2026-08-31) show"), "{}", proven.why);
    assert!(!proven.why.contains("opted in"), "nothing is taken for granted: {}", proven.why);
    let missing = score(&posture(&["eu-west-1", "me-south-1", "us-east-1"], true), &two);
    assert_eq!((missing.verdict, missing.why.split(' ').next()), (Verdict::Unknown, Some("me-south-1")));
    assert_eq!(score(&posture(&two, false), &two).verdict, Verdict::Unknown, "a list that is cut off says nothing");
}

#[test]
fn everything_that_is_missing_is_told_at_once() {
    let regions: Vec<&str> = REGIONS.iter().copied().filter(|region| *region != "eu-west-3").collect();
    let mut logs = logs_of("2026-08-01", "2026-08-20", &regions);
    let days = logs.days.get_mut(&(ACCOUNT.to_owned(), "us-east-1".to_owned())).unwrap();
    days.retain(|day| !["2026-08-05", "2026-08-06"].contains(&day.to_string().as_str()));
    logs.recorded.clear();
    let score = judge(&[], Some(logs), None, Practice::RestrictRootUse);
    assert_eq!(score.verdict, Verdict::Unknown);
    for part in [
        "no read-only event of this account was read",
        "eu-west-3 is not known to be off",
        "days without an object: us-east-1 on 2026-08-05 and 1 more",
        "20 whole days (2026-08-01 to 2026-08-20) of logs were read, not 30",
    ] {
        assert!(score.why.contains(part), "{part}: {}", score.why);
    }
    assert!(score.next.unwrap().contains("aws account list-regions"));
}

#[test]
fn what_is_of_another_account_says_nothing() {
    let month = || logs("2026-08-01", "2026-08-31");
    let verdict = |logs: LogSpan| judge(&[], Some(logs), None, Practice::RestrictRootUse).verdict;
    let unread = |account: &str| LogSpan { unread: [(account.to_owned(), 1)].into(), ..month() };
    assert_eq!(verdict(unread("444455556666")), Verdict::Correct);
    assert_eq!(verdict(unread(ACCOUNT)), Verdict::Unknown);
    assert_eq!(verdict(unread("")), Verdict::Unknown, "it may be of this one");
    let ocsf = LogSpan { lost_by_ocsf: ["eventType"].into(), ..unread(ACCOUNT) };
    let why = judge(&[], Some(ocsf), None, Practice::RestrictRootUse).why;
    assert!(
        why.contains("1 object of this account could not be read, or not whole: OCSF did not carry eventType"),
        "{why}"
    );
    let days = month().whole_days.unwrap();
    let reads = LogSpan { recorded: recorded("444455556666", &REGIONS, days, |_, _| true), ..month() };
    assert_eq!(verdict(reads), Verdict::Unknown, "its own trail writes only");
    let elsewhere = LogSpan { accounts_with_gaps: ["444455556666".to_owned()].into(), ..month() };
    assert_eq!(verdict(elsewhere), Verdict::Correct);
    let day = |text: &str| time(text).map(EventTime::day);
    let blinded =
        |blinding| LogSpan { blinded: Blindings::new(vec![blinding], BTreeSet::new(), month().whole_days), ..month() };
    let stopped = |account: &str, from: &str, until: Option<&str>| {
        let (from, until) = (day(from), until.and_then(day));
        let accounts = [account.to_owned()].into();
        let blinding = Blinding { what: "StopLogging".to_owned(), from, until, accounts, ..Blinding::default() };
        blinded(blinding)
    };
    assert_eq!(verdict(stopped("444455556666", "2026-08-05T00:00:00Z", None)), Verdict::Correct);
    assert_eq!(verdict(stopped(ACCOUNT, "2026-08-05T00:00:00Z", None)), Verdict::Unknown);
    assert_eq!(verdict(stopped(ACCOUNT, "2026-09-05T00:00:00Z", None)), Verdict::Correct, "after these days");
    assert_eq!(verdict(stopped(ACCOUNT, "2026-07-05T00:00:00Z", None)), Verdict::Unknown, "it was never undone");
    let before = stopped(ACCOUNT, "2026-07-05T00:00:00Z", Some("2026-07-06T00:00:00Z"));
    assert_eq!(verdict(before), Verdict::Correct, "it went on before these days");
    let everyones = Blinding { is_everyones: true, ..Blinding::default() };
    assert_eq!(verdict(blinded(everyones)), Verdict::Unknown);
}

#[test]
fn reads_are_recorded_in_every_region_on_every_week() {
    let month = || logs("2026-08-01", "2026-08-31");
    let days @ (first, last) = month().whole_days.unwrap();
    let read = |reads: &dyn Fn(&str, Day) -> bool| {
        let logs = LogSpan { recorded: recorded(ACCOUNT, &REGIONS, days, reads), ..month() };
        judge(&[], Some(logs), None, Practice::RestrictRootUse)
    };
    let score = read(&|_, day| day == first);
    assert_eq!(score.verdict, Verdict::Unknown, "write events only from the second day on");
    assert!(
        score.why.contains(
            "of ap-northeast-1 was read on its days with events from 2026-08-02 to 2026-08-31 (and of 16 more regions)"
        ),
        "{}",
        score.why
    );
    let score = read(&|region, _| region == "us-east-1");
    assert_eq!(score.verdict, Verdict::Unknown, "a trail of reads in one region");
    assert_eq!(read(&|region, _| region != "sa-east-1").verdict, Verdict::Unknown, "one region without");
    assert_eq!(read(&|_, day| day.0 % 7 == 0).verdict, Verdict::Correct, "somebody looks once a week");
    assert_eq!(read(&|_, day| day.0 % 8 == 0).verdict, Verdict::Unknown);
    // A region with a few writes, and nothing in most regions.
    let mut quiet = recorded(ACCOUNT, &["us-east-1"], days, |_, _| true);
    quiet.extend(recorded(ACCOUNT, &["sa-east-1"], (Day(last.0 - 5), last), |_, _| false));
    let verdict = |recorded| judge(&[], Some(LogSpan { recorded, ..month() }), None, Practice::RestrictRootUse).verdict;
    assert_eq!(verdict(quiet.clone()), Verdict::Correct);
    // What lies before the days that are looked at says nothing of them.
    quiet.extend(recorded(ACCOUNT, &["sa-east-1"], (Day(first.0 - 20), Day(first.0 - 1)), |_, _| false));
    assert_eq!(verdict(quiet), Verdict::Correct);
}

#[test]
fn state_proves_when_it_is_whole_and_of_the_last_day_of_the_logs() {
    let month = || logs("2026-08-01", "2026-08-31");
    let verdict =
        |posture: &Posture, logs: Option<LogSpan>| judge(&[], logs, Some(posture), Practice::NoRootKeys).verdict;
    let of = |text: &str| state(time(text), true);
    assert_eq!(verdict(&of("2026-08-02T00:00:00Z"), None), Verdict::Correct);
    assert_eq!(verdict(&of("2026-08-30T00:00:00Z"), Some(month())), Verdict::Correct);
    assert_eq!(verdict(&of("2026-09-30T00:00:00Z"), Some(month())), Verdict::Correct);
    assert_eq!(verdict(&of("2026-08-29T23:59:59Z"), Some(month())), Verdict::Unknown);
    assert_eq!(verdict(&state(None, true), Some(month())), Verdict::Unknown);
    assert_eq!(verdict(&state(time("2026-08-30T00:00:00Z"), false), None), Verdict::Unknown);
    let fresh = of("2026-08-30T00:00:00Z");
    assert_eq!(judge(&[], None, Some(&fresh), Practice::MfaForConsole).verdict, Verdict::Unknown, "another part of it");
    assert_eq!(
        judge(&[], None, Some(&fresh), Practice::NoRootKeys).why,
        "summary.json of 2026-08-30 shows no access key and no signing certificate of root"
    );
}

/// What logs of these records hold beside findings.
fn in_logs(records: impl IntoIterator<Item = serde_json::Value>) -> InLogs {
    use crate::aggregate::sessions::sample::{samples, scan_for};
    use crate::aggregate::{iam_changes, issuances, keys, root_use, sessions, sign_ins};
    let kinds = [&iam_changes::KIND, &issuances::KIND, &keys::KIND, &root_use::KIND, &sessions::KIND, &sign_ins::KIND];
    let (state, options) = (scan_for(&kinds, &samples(records)), crate::report::Options::default());
    InLogs::of(&View::new(&state, &options))
}

fn record(name: &str, source: &str, identity: &serde_json::Value) -> serde_json::Value {
    serde_json::json!({
        "eventTime": "2026-08-30T12:00:00Z", "eventName": name, "eventSource": source, "recipientAccountId": ACCOUNT,
        "sourceIPAddress": "192.0.2.1", "requestParameters": { "userName": "ana" }, "userIdentity": identity,
        "responseElements": { "accessKey": { "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "ana" },
            "ConsoleLogin": "Success" },
    })
}

#[test]
fn what_was_not_judged_and_what_came_after_the_state_leave_it_open() {
    let root = serde_json::json!({ "type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT,
        "invokedBy": "cloudformation.amazonaws.com" });
    let user = serde_json::json!({ "type": "IAMUser", "principalId": "AIDAOPS", "accountId": ACCOUNT,
        "arn": "arn:aws:iam::111122223333:user/ops" });
    let role = serde_json::json!({ "type": "AssumedRole", "principalId": "AROAX:ana", "accountId": ACCOUNT,
        "arn": "arn:aws:sts::111122223333:assumed-role/Admin/ana" });
    let judge = |found: InLogs, posture: &Posture, practice| {
        let accounts = [ACCOUNT.to_owned()].into();
        let logs = Some(logs("2026-08-01", "2026-08-31"));
        let evidence = Evidence { findings: vec![], accounts: &accounts, logs, in_logs: found, posture: Some(posture) };
        let scores = scorecard(&evidence, &[&REPORT]);
        scores.into_iter().find(|score| score.practice == practice).unwrap()
    };
    let none = Posture::default();
    let services = in_logs([record("CreateUser", "iam.amazonaws.com", &root)]);
    let score = judge(services, &none, Practice::RestrictRootUse);
    assert_eq!(score.verdict, Verdict::Unknown);
    assert!(score.why.ends_with("1 event of services acting for root were not judged"), "{}", score.why);
    let report = |as_of: &str| {
        let mut posture = state(time(as_of), true);
        let account = posture.accounts.get_mut(ACCOUNT).unwrap();
        let source = account.summary.as_ref().unwrap().source.clone();
        let root = Some(crate::posture::Credentials::default());
        let value = crate::posture::CredentialReport { root, ..Default::default() };
        account.credentials = Some(Dated { value, source });
        posture
    };
    let (before, after) = (report("2026-08-30T00:00:00Z"), report("2026-08-31T00:00:00Z"));
    let created = || in_logs([record("CreateAccessKey", "iam.amazonaws.com", &user)]);
    assert_eq!(judge(created(), &before, Practice::RotateKeys).verdict, Verdict::Unknown, "it is not in the report");
    assert_eq!(judge(created(), &after, Practice::RotateKeys).verdict, Verdict::Correct);
    assert_eq!(judge(created(), &before, Practice::MfaForConsole).verdict, Verdict::Correct, "a key is no password");
    let password = in_logs([record("CreateLoginProfile", "iam.amazonaws.com", &user)]);
    assert_eq!(judge(password, &before, Practice::MfaForConsole).verdict, Verdict::Unknown);
    let federated = in_logs([record("ConsoleLogin", "signin.amazonaws.com", &role)]);
    let score = judge(federated, &after, Practice::MfaForConsole);
    assert_eq!(score.verdict, Verdict::Unknown);
    assert!(score.why.contains("of IAM users and root; 1 sign-in through identity providers"), "{}", score.why);
    let session = |role: &str| {
        let mut identity = serde_json::json!({ "type": "AssumedRole", "principalId": "AROAS:ana", "accountId": ACCOUNT,
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE",
            "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0123456789abcdef/ana" });
        identity["sessionContext"] = serde_json::json!({ "attributes": { "creationDate": "2026-08-30T11:00:00Z" },
            "sessionIssuer": { "type": "Role", "arn": role } });
        judge(in_logs([record("ListBuckets", "s3.amazonaws.com", &identity)]), &after, Practice::MfaForConsole)
    };
    let reserved = "role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_Admin_0123456789abcdef";
    let score = session(&format!("arn:aws:iam::111122223333:{reserved}"));
    assert_eq!(score.verdict, Verdict::Unknown, "no sign-in to the console is needed");
    assert!(score.why.contains("; 1 session through identity providers"), "{}", score.why);
    assert_eq!(session("arn:aws:iam::111122223333:role/AWSReservedSSO_like").verdict, Verdict::Correct);
    let switched = |console: bool, mfa: &str| {
        let mut identity = serde_json::json!({ "type": "AssumedRole", "principalId": "AROAS:bob", "accountId": ACCOUNT,
            "accessKeyId": "ASIAIOSFODNN7EXAMPLE", "arn": "arn:aws:sts::111122223333:assumed-role/ops/bob" });
        identity["sessionContext"] = serde_json::json!({
            "attributes": { "creationDate": "2026-08-30T11:00:00Z", "mfaAuthenticated": mfa },
            "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/ops" } });
        let mut call = record("ListBuckets", "s3.amazonaws.com", &identity);
        call["sessionCredentialFromConsole"] = serde_json::json!(console.to_string());
        judge(in_logs([call]), &after, Practice::MfaForConsole)
    };
    let score = switched(true, "false");
    assert_eq!(score.verdict, Verdict::Unknown, "a role that somebody switched to");
    assert!(score.why.contains("; 1 session of roles at the console were not judged"), "{}", score.why);
    assert_eq!(switched(true, "true").verdict, Verdict::Correct, "with MFA");
    assert_eq!(switched(false, "false").verdict, Verdict::Correct, "a program");
}

#[test]
fn what_the_logs_show_after_the_state_contradicts_it() {
    let root = serde_json::json!({ "type": "Root", "principalId": ACCOUNT, "accountId": ACCOUNT });
    let user = serde_json::json!({ "type": "IAMUser", "principalId": "AIDAOPS", "accountId": ACCOUNT,
        "arn": "arn:aws:iam::111122223333:user/ops" });
    let report = |as_of: &str| {
        let mut posture = state(time(as_of), true);
        let account = posture.accounts.get_mut(ACCOUNT).unwrap();
        let source = account.summary.as_ref().unwrap().source.clone();
        account.credentials = Some(Dated { value: crate::posture::CredentialReport::default(), source });
        posture
    };
    let judge = |(name, status, identity): (&str, &str, &serde_json::Value), as_of: &str, practice| {
        let mut call = record(name, "iam.amazonaws.com", identity);
        call["requestParameters"]["status"] = status.into();
        call["requestParameters"]["accessKeyId"] = "AKIAIOSFODNN7EXAMPLE".into();
        if identity["type"] == "Root" {
            call["requestParameters"]["userName"] = serde_json::Value::Null;
        }
        let accounts = [ACCOUNT.to_owned()].into();
        let (logs, posture) = (Some(logs("2026-08-01", "2026-08-31")), report(as_of));
        let in_logs = in_logs([call]);
        let evidence = Evidence { findings: vec![], accounts: &accounts, logs, in_logs, posture: Some(&posture) };
        let scores = scorecard(&evidence, &[&REPORT]);
        scores.into_iter().find(|score| score.practice == practice).unwrap().verdict
    };
    let (before, after) = ("2026-08-30T00:00:00Z", "2026-08-31T00:00:00Z");
    let uploaded = ("UploadSigningCertificate", "", &root);
    assert_eq!(judge(uploaded, before, Practice::NoRootKeys), Verdict::Unknown);
    assert_eq!(judge(uploaded, after, Practice::NoRootKeys), Verdict::Correct, "the state is newer and shows none");
    assert_eq!(judge(("UploadSigningCertificate", "", &user), before, Practice::NoRootKeys), Verdict::Correct);
    for name in ["UpdateAccessKey", "UpdateSigningCertificate", "UpdateServiceSpecificCredential"] {
        let active = (name, "Active", &user);
        assert_eq!(judge(active, before, Practice::RotateKeys), Verdict::Unknown, "{name}");
        assert_eq!(judge(active, after, Practice::RotateKeys), Verdict::Correct, "{name}");
        let inactive = (name, "Inactive", &user);
        assert_eq!(judge(inactive, before, Practice::RotateKeys), Verdict::Correct, "{name} switches it off");
    }
}

#[test]
fn long_lived_credentials_that_leave_no_record_of_use_leave_roles_open() {
    let user = serde_json::json!({ "type": "IAMUser", "principalId": "AIDAOPS", "accountId": ACCOUNT,
        "arn": "arn:aws:iam::111122223333:user/ops" });
    // Each call with the id of its credential, and one minute after the other.
    let judge = |calls: &[(&str, &str)]| {
        let iam = |(minute, (name, id)): (usize, &(&str, &str))| {
            let mut record = record(name, "iam.amazonaws.com", &user);
            record["eventTime"] = format!("2026-08-30T12:{minute:02}:00Z").into();
            record["requestParameters"]["status"] = "Active".into();
            let is_new = name.starts_with("Create") || name.starts_with("Upload");
            let member = ["sSHPublicKey", "serviceSpecificCredential"][usize::from(name.contains("Service"))];
            match is_new {
                _ if id.is_empty() => {}
                true => record["responseElements"][member] = serde_json::json!({ format!("{member}Id"): id }),
                false => record["requestParameters"][format!("{member}Id")] = (*id).into(),
            }
            record
        };
        let accounts = [ACCOUNT.to_owned()].into();
        let in_logs = in_logs(calls.iter().enumerate().map(iam));
        let logs = Some(logs("2026-08-01", "2026-08-31"));
        let evidence = Evidence { findings: vec![], accounts: &accounts, logs, in_logs, posture: None };
        let scores = scorecard(&evidence, &[&REPORT]);
        let score = scores.into_iter().find(|score| score.practice == Practice::RolesNotKeys).unwrap();
        (score.verdict, score.why)
    };
    for name in ["CreateServiceSpecificCredential", "UploadSSHPublicKey", "UploadSigningCertificate"] {
        let (verdict, why) = judge(&[(name, "")]);
        assert_eq!(verdict, Verdict::Unknown);
        assert!(why.contains("were made for user/ana; whether machines hold them"), "{why}");
    }
    let (made, reset) = ("CreateServiceSpecificCredential", "ResetServiceSpecificCredential");
    let (on, deleted) = ("UpdateServiceSpecificCredential", "DeleteServiceSpecificCredential");
    assert_eq!(judge(&[(made, "ACCA1"), (on, "ACCA1"), (deleted, "ACCA1")]).0, Verdict::Correct);
    assert_eq!(judge(&[(reset, "ACCA1")]).0, Verdict::Unknown, "it has a new password");
    assert_eq!(judge(&[(reset, "ACCA1"), (deleted, "ACCA1")]).0, Verdict::Correct);
    assert_eq!(judge(&[(on, "ACCA1"), (deleted, "ACCA2")]).0, Verdict::Unknown, "another was deleted");
    assert_eq!(judge(&[(made, "ACCA1"), (deleted, "")]).0, Verdict::Unknown, "who knows which");
    assert_eq!(judge(&[("UploadServerCertificate", "")]).0, Verdict::Correct, "of no user");
    let (upload, on, delete) = ("UploadSSHPublicKey", "UpdateSSHPublicKey", "DeleteSSHPublicKey");
    assert_eq!(judge(&[(upload, "APKA1"), (upload, "APKA2"), (delete, "APKA1")]).0, Verdict::Unknown, "one is left");
    assert_eq!(judge(&[(delete, "APKA1"), (upload, "APKA2")]).0, Verdict::Unknown, "the old one first");
    assert_eq!(judge(&[(made, "ACCA1"), (delete, "APKA1")]).0, Verdict::Unknown, "of another kind");
    let (verdict, why) = judge(&[(on, "APKA1")]);
    assert_eq!(verdict, Verdict::Unknown);
    assert!(why.contains("were made, reset or switched on for user/ana;"), "{why}");
    assert_eq!(judge(&[(delete, "APKA1")]).0, Verdict::Correct, "it was there before");
}

/// A stolen key that is used once, and the sessions that it got.
#[test]
fn sessions_of_a_long_lived_key_without_mfa_leave_it_open() {
    use serde_json::{Value, json};
    const CLI: &str = "aws-cli/2.17.3 Python/3.11.8";
    const BOTO: &str = "Boto3/1.34.5 md/Botocore#1.34.5";
    let user = |key: &str, mfa: Option<bool>| {
        let mut user = json!({ "type": "IAMUser", "principalId": "AIDAANA", "accountId": ACCOUNT, "userName": "ana",
            "arn": "arn:aws:iam::111122223333:user/ana", "accessKeyId": key });
        if let Some(mfa) = mfa {
            user["sessionContext"] = json!({ "attributes": { "creationDate": "2026-08-30T12:00:00Z",
                "mfaAuthenticated": mfa.to_string() } });
        }
        user
    };
    let call = |identity: Value, name: &str, (address, agent): (&str, &str)| {
        json!({ "eventTime": "2026-08-30T12:00:00Z", "eventName": name, "eventSource": "s3.amazonaws.com",
            "recipientAccountId": ACCOUNT, "sourceIPAddress": address, "userAgent": agent, "userIdentity": identity })
    };
    let got = |api: &str, caller: Value, key: &str, request: Value| {
        let mut record = call(caller, api, ("192.0.2.1", CLI));
        record["eventSource"] = json!("sts.amazonaws.com");
        record["requestParameters"] = request;
        record["responseElements"] =
            json!({ "credentials": { "accessKeyId": key, "expiration": "Aug 31, 2026, 12:00:00 PM" } });
        record
    };
    let token = |request: Value| got("GetSessionToken", user("AKIAIOSFODNN7EXAMPLE", None), "ASIAONE", request);
    let session = |mfa: bool, at: (&str, &str)| call(user("ASIAONE", Some(mfa)), "ListBuckets", at);
    let open = |records: &[Value]| in_logs(records.iter().cloned()).keys_perhaps_on_machines(ACCOUNT).join("; ");
    let none = || json!({ "durationSeconds": 129_600 });
    let begin = "AKIAIOSFODNN7EXAMPLE got 1 session without MFA, used ";
    for (address, agent, says) in [
        ("192.0.2.1", BOTO, "by programs that did not use the key itself"),
        ("10.0.0.7", CLI, "from private addresses or VPC endpoints only"),
    ] {
        assert_eq!(open(&[token(none()), session(false, (address, agent))]), format!("{begin}{says}"));
    }
    let spread = |addresses: &[&str]| {
        let used = addresses.iter().map(|&address| session(false, (address, CLI)));
        open(&[token(none())].into_iter().chain(used).collect::<Vec<_>>())
    };
    let far = ["198.51.100.1", "203.0.113.1", "2001:db8::1"];
    assert_eq!(spread(&far), format!("{begin}in 3 networks where the key itself was not"));
    assert_eq!(spread(&["198.51.100.1", "203.0.113.1", "192.0.2.9"]), "", "home, office and on the way");
    assert_eq!(spread(&["2001:db8::1", "2001:db8::2", "2001:db8::3", "2001:db8::4"]), "", "one /64");
    // Sessions of so many hours, one after the other from this hour on, with a call each hour.
    let worked = |from: i32, length: i32, until: i32| {
        let mut records = Vec::new();
        for (nth, start) in
            (0..5).flat_map(|day| (from..until).step_by(length as usize).map(move |at| (day, at))).enumerate()
        {
            let key = format!("ASIA{nth:03}");
            let at = |hour: i32| format!("2026-08-{:02}T{:02}:10:00Z", 20 + start.0 + hour / 24, hour % 24);
            let mut got =
                got("AssumeRole", user("AKIAIOSFODNN7EXAMPLE", None), &key, json!({ "roleSessionName": "s" }));
            got["eventTime"] = json!(at(start.1));
            records.push(got);
            for hour in start.1..start.1 + length {
                let mut used = call(user(&key, Some(false)), "ListBuckets", ("192.0.2.1", CLI));
                used["userIdentity"]["sessionContext"]["attributes"]["creationDate"] = json!(at(start.1));
                used["eventTime"] = json!(at(hour));
                records.push(used);
            }
        }
        open(&records)
    };
    assert!(worked(0, 12, 24).ends_with("used day and night"), "{}", worked(0, 12, 24));
    assert_eq!(worked(8, 12, 20), "", "a long day at the desk");
    let with_mfa = token(json!({ "serialNumber": "arn:aws:iam::111122223333:mfa/ana", "tokenCode": "123456" }));
    assert_eq!(open(&[with_mfa, session(true, ("10.0.0.7", BOTO))]), "", "a person typed the code");
    assert_eq!(open(&[token(none())]), "", "nobody used it");
    assert_eq!(open(&[session(false, ("10.0.0.7", BOTO))]), "", "who got it is not in the logs");
    assert_eq!(
        open(&[token(none()), session(false, ("cloudformation.amazonaws.com", "cloudformation.amazonaws.com"))]),
        ""
    );
    let role = got(
        "AssumeRole",
        user("ASIAONE", Some(false)),
        "ASIATWO",
        json!({ "roleArn": "arn:aws:iam::111122223333:role/r",
        "roleSessionName": "s" }),
    );
    let of_role = json!({ "type": "AssumedRole", "principalId": "AROAX:s", "accountId": ACCOUNT, "accessKeyId": "ASIATWO",
        "arn": "arn:aws:sts::111122223333:assumed-role/r/s", "sessionContext": { "attributes": {
            "creationDate": "2026-08-30T12:00:00Z", "mfaAuthenticated": "false" } } });
    let used = call(of_role, "ListBuckets", ("192.0.2.1", BOTO));
    let two = "AKIAIOSFODNN7EXAMPLE got 2 sessions without MFA, used by programs that did not use the key itself";
    assert_eq!(open(&[token(none()), role.clone(), used.clone()]), two, "the one that took the role, and the role's");
    assert_eq!(open(&[role, used]), "", "a role that a session of unknown origin took");
}

#[test]
fn accounts_of_logs_and_state_each_get_a_score_a_practice() {
    let accounts = ["444455556666".to_owned()].into();
    let posture = state(None, true);
    let evidence = Evidence {
        findings: Vec::new(),
        accounts: &accounts,
        logs: None,
        in_logs: InLogs::default(),
        posture: Some(&posture),
    };
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
    let evidence = Evidence {
        findings: findings.iter().collect(),
        accounts: &accounts,
        logs: None,
        in_logs: InLogs::default(),
        posture: None,
    };
    let mut scores = scorecard(&evidence, &[&REPORT]);
    worst_accounts_first(&mut scores);
    let mut order: Vec<&str> = scores.iter().map(|score| score.account_id.as_str()).collect();
    order.dedup();
    assert_eq!(order, ["333344445555", "222233334444", "444455556666", "111122223333"]);
    let practices: Vec<Practice> = scores.iter().take(Practice::ALL.len()).map(|score| score.practice).collect();
    assert_eq!(practices, Practice::ALL);
}
