use std::slice::from_ref;

use serde_json::{Value as Json, json};

use super::*;
use crate::coverage::{Coverage, CoverageFacts};
use crate::report::{REPORTS, Role, Severity, Value};

const ACCOUNT: &str = "111122223333";

fn at(text: &str) -> Option<EventTime> {
    EventTime::parse(text)
}

/// A finding with events from one day of September to another.
fn finding(rule: &str, severity: Severity, subject: &str, days: [u32; 2]) -> Finding {
    let known = REPORTS.iter().flat_map(|report| report.rules).find(|known| known.id == rule).expect("a rule");
    let [first, last] = days.map(|day| json!(format!("2026-09-{day:02}T00:00:00Z")));
    Finding {
        severity,
        rule: known.id,
        account_id: ACCOUNT.to_owned(),
        subject: subject.to_owned(),
        summary: format!("{rule} of {subject}"),
        count: 1,
        evidence: [("first_seen".to_owned(), first), ("last_seen".to_owned(), last)].into_iter().collect(),
    }
}

fn with(mut finding: Finding, evidence: &[(&str, Json)]) -> Finding {
    finding.evidence.extend(evidence.iter().map(|(name, value)| ((*name).to_owned(), value.clone())));
    finding
}

/// An audit of the first to the seventh of September.
fn audit(findings: &[Finding]) -> Json {
    let coverage = json!({
        "accounts": [ACCOUNT], "regions": ["us-east-1"], "first_event": "2026-09-01T00:00:00Z",
        "last_event": "2026-09-07T00:00:00Z", "events_in_window": 9, "events_filtered": 0, "interrupted": false,
    });
    let reports: serde_json::Map<String, Json> = REPORTS
        .iter()
        .map(|report| (report.name.to_owned(), json!({"rows": [], "rows_total": 0, "rows_shown": 0, "findings": []})))
        .collect();
    let version = env!("CARGO_PKG_VERSION");
    json!({"trailscan": version, "window": null, "coverage": coverage, "reports": reports, "findings": findings})
}

fn baseline(json: &Json) -> Baseline {
    Baseline::read(json.to_string().as_bytes(), "old.json", None).unwrap()
}

/// What a week later reads.
fn reach() -> Reach {
    Reach {
        accounts: [ACCOUNT.to_owned()].into(),
        regions: ["us-east-1".to_owned()].into(),
        first_event: at("2026-09-01T00:00:00Z"),
        last_event: at("2026-09-14T00:00:00Z"),
        ..Reach::default()
    }
}

/// The same, with IAM's state.
fn with_state() -> Reach {
    Reach { state_accounts: [ACCOUNT.to_owned()].into(), ..reach() }
}

fn compare(baseline: &Baseline, findings: &[Finding], reach: &Reach) -> (News, Vec<Standing>) {
    let (reports, left_out) =
        (Vec::from_iter(REPORTS.iter().copied()), |finding: &Finding| finding.subject == "left-out");
    let today = Today { reach, reports: &reports, findings: &[findings], tables: &[], left_out: &left_out };
    let (news, mut standings) = baseline.news(&today);
    (news, standings.remove(0))
}

fn standings(old: &[Finding], new: &[Finding]) -> Vec<Standing> {
    compare(&baseline(&audit(old)), new, &reach()).1
}

fn causes(old: &[Finding], reach: &Reach) -> Vec<Cause> {
    compare(&baseline(&audit(old)), &[], reach).0.gone.iter().map(|gone| gone.cause).collect()
}

#[test]
fn new_worse_better_and_same() {
    use Severity::{High, Low};
    let of = |severity, subject| finding("key-created-for-other", severity, subject, [2, 3]);
    let old = [of(High, "A"), of(Low, "B"), of(High, "C")];
    let new = [of(High, "A"), of(High, "B"), of(Low, "C"), of(High, "D")];
    assert_eq!(
        standings(&old, &new),
        [Standing::Same, Standing::Worse(Low), Standing::Better(High, None), Standing::New]
    );
}

#[test]
fn more_events_other_words_and_other_case_are_no_news() {
    let old = finding("admin-granted", Severity::High, "user/Alice", [2, 3]);
    let mut new = finding("admin-granted", Severity::High, "user/alice", [2, 13]);
    (new.count, new.summary) = (99, "other words".to_owned());
    assert_eq!(standings(from_ref(&old), &[new]), [Standing::Same]);
    // Another rule, account or subject is another problem.
    let mut others = vec![
        finding("mfa-deactivated", Severity::High, "user/Alice", [12, 13]),
        finding("admin-granted", Severity::High, "user/Alice2", [12, 13]),
    ];
    others.push(Finding { account_id: "444455556666".to_owned(), ..old.clone() });
    let found = standings(&[old], &others);
    assert_eq!(found[..2], [Standing::New, Standing::New]);
    assert_ne!(found[2], Standing::Same);
}

#[test]
fn the_sessions_of_a_principal_are_one_problem() {
    let of = |subject| {
        let finding = finding("session-without-mfa", Severity::Low, subject, [2, 3]);
        with(finding, &[("session_id", json!("AROA:bob@2026-09-02")), ("principal", json!("arn:aws:iam::1:role/r"))])
    };
    assert_eq!(standings(&[of("AROA:bob@2026-09-02")], &[of("arn:aws:iam::1:role/r")]), [Standing::Same]);
}

#[test]
fn the_verdict_of_a_key_changes() {
    let old = finding("key-roaming", Severity::Low, "AKIAIOSFODNN7EXAMPLE", [2, 3]);
    let new = finding("key-leak-suspect", Severity::High, "AKIAIOSFODNN7EXAMPLE", [2, 13]);
    let (news, standings) = compare(&baseline(&audit(&[old])), &[new], &reach());
    assert_eq!((standings, news.gone.len()), (vec![Standing::Worse(Severity::Low)], 0));
    // That a window forgets what was told is no recovery.
    let old = finding("key-leak-suspect", Severity::High, "AKIAIOSFODNN7EXAMPLE", [2, 3]);
    let new = finding("key-roaming", Severity::Low, "AKIAIOSFODNN7EXAMPLE", [3, 13]);
    let better = |start: &str| {
        let reach = Reach { first_event: at(start), ..reach() };
        compare(&baseline(&audit(from_ref(&old))), from_ref(&new), &reach).1.remove(0)
    };
    assert_eq!(better("2026-09-01T00:00:00Z"), Standing::Better(Severity::High, None));
    let less = "a part of its events lies before what was read now, from 2026-09-03".to_owned();
    assert_eq!(better("2026-09-03T00:00:00Z"), Standing::Better(Severity::High, Some(less)));
}

/// That IAM's state was given, or a filter taken away, happened to nobody.
#[test]
fn what_the_baseline_could_not_see_is_neither_worse_nor_gone() {
    let is_not_covered = |standings: &[Standing]| matches!(standings, [Standing::NotCovered(_)]);
    let low = finding("key-roaming", Severity::Low, "AKIAIOSFODNN7EXAMPLE", [2, 3]);
    let high = finding("key-leak-suspect", Severity::High, "AKIAIOSFODNN7EXAMPLE", [2, 3]);
    let mut narrow = audit(from_ref(&low));
    narrow["asked"] = json!({"region": ["us-east-1"]});
    assert!(is_not_covered(&compare(&baseline(&narrow), from_ref(&high), &reach()).1));
    assert_eq!(compare(&baseline(&audit(&[low])), &[high], &reach()).1, [Standing::Worse(Severity::Low)]);

    let old = finding("key-over-age", Severity::Medium, "AKIAIOSFODNN7EXAMPLE", [2, 3]);
    assert!(is_not_covered(&compare(&baseline(&audit(&[])), from_ref(&old), &with_state()).1));
    assert_eq!(compare(&baseline(&audit(&[])), from_ref(&old), &reach()).1, [Standing::New]);
    let mut json = audit(&[old]);
    json["coverage"]["state_files"] = json!([{"account_id": ACCOUNT, "status": "read"}]);
    let cause = |reach: &Reach| compare(&baseline(&json), &[], reach).0.gone[0].cause;
    assert_eq!((cause(&reach()), cause(&with_state())), (Cause::NotRead, Cause::NotFound));
}

#[test]
fn what_a_finding_holds_as_evidence_is_known_with_it() {
    use Severity::{High, Medium};
    let key = "AKIAIOSFODNN7EXAMPLE";
    let told = finding("key-over-age", Medium, key, [2, 3]);
    let leader = with(finding("old-key-in-use", High, key, [2, 3]), &[("told_by", json!([told]))]);
    // Both knew IAM's state.
    let standings = |old: &[Finding], new: &[Finding]| {
        let mut json = audit(old);
        json["coverage"]["state_files"] = json!([{"account_id": ACCOUNT, "status": "read"}]);
        compare(&baseline(&json), new, &with_state()).1
    };
    assert_eq!(standings(from_ref(&leader), from_ref(&told)), [Standing::Better(High, None)]);
    assert_eq!(standings(from_ref(&told), from_ref(&leader)), [Standing::Worse(Medium)]);
    assert_eq!(standings(from_ref(&leader), from_ref(&leader)), [Standing::Same]);
    // A report alone tells each for itself.
    let report = REPORTS.iter().find(|report| report.rules.iter().any(|rule| rule.id == told.rule)).unwrap();
    let json = audit(&[leader]).to_string();
    let alone = Baseline::read(json.as_bytes(), "old.json", Some(report)).unwrap();
    assert_eq!(compare(&alone, &[told], &reach()).1, [Standing::Same]);
}

#[test]
fn another_rule_of_a_fact_is_the_same_problem_unless_all_of_it_is_later() {
    use Severity::{High, Medium};
    let root = format!("root@{ACCOUNT}");
    let old = [finding("root-console-use", Medium, &root, [2, 3])];
    assert_eq!(standings(&old, &[finding("root-everyday-use", High, &root, [2, 9])]), [Standing::Worse(Medium)]);
    assert_eq!(standings(&old, &[finding("root-everyday-use", High, &root, [9, 9])]), [Standing::New]);
}

#[test]
fn one_for_many_accounts_is_new_where_one_of_them_is() {
    let of = |account: &str| Finding {
        account_id: account.to_owned(),
        ..finding("admin-granted", Severity::High, "role/base", [2, 3])
    };
    let merged = |accounts: &[&str]| {
        let told: Vec<Finding> = accounts.iter().map(|account| of(account)).collect();
        with(Finding { account_id: String::new(), ..of("") }, &[("told_by", json!(told))])
    };
    let with_accounts = |json: &Json| {
        let mut json = json.clone();
        json["coverage"]["accounts"] = json!(["1", "2", "3", "4"]);
        baseline(&json)
    };
    let reach = Reach { accounts: ["1", "2", "3", "4"].map(str::to_owned).into(), ..reach() };
    let old = with_accounts(&audit(&[merged(&["1", "2", "3"])]));
    assert_eq!(compare(&old, &[merged(&["1", "2", "3"])], &reach).1, [Standing::Same]);
    assert_eq!(compare(&old, &[merged(&["1", "2", "3", "4"])], &reach).1, [Standing::New]);
    let (news, standings) = compare(&old, &[of("1"), of("2")], &reach);
    assert_eq!(standings, [Standing::Same, Standing::Same]);
    assert_eq!(news.gone.iter().map(|gone| gone.finding.account_id.as_str()).collect::<Vec<_>>(), ["3"]);
}

#[test]
fn what_the_baseline_could_not_see_is_not_new() {
    let new = finding("admin-granted", Severity::High, "user/bo", [9, 9]);
    let in_region = with(new.clone(), &[("region_list", json!(["eu-west-1"]))]);
    let older = finding("admin-granted", Severity::High, "user/bo", [1, 9]);
    let is_covered =
        |json: &Json, finding: &Finding| compare(&baseline(json), from_ref(finding), &reach()).1[0] == Standing::New;
    let plain = audit(&[]);
    assert!(is_covered(&plain, &new) && is_covered(&plain, &older) && !is_covered(&plain, &in_region));
    let mut other = plain.clone();
    other["coverage"]["accounts"] = json!(["444455556666"]);
    assert!(!is_covered(&other, &new));
    let mut later = plain.clone();
    later["coverage"]["first_event"] = json!("2026-09-02T00:00:00Z");
    assert!(is_covered(&later, &new) && !is_covered(&later, &older));
    let mut filtered = plain.clone();
    filtered["asked"] = json!({"event": ["Get*"]});
    assert!(!is_covered(&filtered, &new));
    let of_state = finding("user-idle", Severity::Low, "user/bo", [9, 9]);
    assert!(!is_covered(&plain, &of_state));
    // Nor is worse what only its state makes worse.
    let told = finding("root-sign-in-without-mfa", Severity::High, "root@111122223333", [2, 3]);
    let worse = finding("root-used-without-mfa-device", Severity::Critical, "root@111122223333", [2, 3]);
    let stands = |json: &Json| compare(&baseline(json), from_ref(&worse), &reach()).1.remove(0);
    let of_logs = audit(&[told]);
    assert!(stands(&of_logs).not_covered_because().is_some());
    let mut with_state = of_logs.clone();
    with_state["coverage"]["state_files"] = json!([{"account_id": ACCOUNT, "status": "read"}]);
    assert_eq!(stands(&with_state), Standing::Worse(Severity::High));
    let mut state = plain.clone();
    state["coverage"]["state_files"] = json!([{"account_id": ACCOUNT, "status": "read"}]);
    assert!(is_covered(&state, &of_state));
}

#[test]
fn gone_has_a_reason() {
    let of = |subject, days| finding("admin-granted", Severity::High, subject, days);
    let found = |old: Finding, reach: &Reach| causes(&[old], reach)[0];
    assert_eq!(found(of("user/bo", [2, 3]), &reach()), Cause::NotFound);
    assert_eq!(found(of("left-out", [2, 3]), &reach()), Cause::Suppressed);
    let later = Reach { first_event: at("2026-09-03T00:00:00Z"), ..reach() };
    assert_eq!(found(of("user/bo", [2, 2]), &later), Cause::OutOfWindow);
    assert_eq!(found(of("user/bo", [2, 6]), &later), Cause::OutOfWindow);
    assert_eq!(found(of("user/bo", [3, 6]), &later), Cause::NotFound);
    assert_eq!(found(of("user/bo", [2, 3]), &Reach { is_partial: true, ..reach() }), Cause::Partial);
    assert_eq!(found(of("user/bo", [2, 3]), &Reach { accounts: BTreeSet::new(), ..reach() }), Cause::NotRead);
    let asked = [("event".to_owned(), vec!["Get*".to_owned()])].into();
    assert_eq!(found(of("user/bo", [2, 3]), &Reach { asked, ..reach() }), Cause::Filtered);
    assert_eq!(found(finding("user-idle", Severity::Low, "user/bo", [2, 3]), &reach()), Cause::NotRead);
    let baseline = baseline(&audit(&[of("user/bo", [2, 3])]));
    let (reach, left_out) = (reach(), |_: &Finding| false);
    let today = Today { reach: &reach, reports: &[], findings: &[], tables: &[], left_out: &left_out };
    assert_eq!(baseline.news(&today).0.gone[0].cause, Cause::NotAsked);
}

#[test]
fn what_weakens_the_comparison_is_said() {
    let caveats = |change: &dyn Fn(&mut Json), reach: &Reach| {
        let mut json = audit(&[]);
        change(&mut json);
        compare(&baseline(&json), &[], reach).0.caveats
    };
    assert!(caveats(&|_| {}, &reach()).is_empty());
    let said = |change: &dyn Fn(&mut Json), expected: &str| {
        let caveats = caveats(change, &reach());
        assert!(matches!(&caveats[..], [one] if one.contains(expected)), "{expected}: {caveats:?}");
    };
    said(&|json| json["coverage"]["objects_failed"] = json!(1), "is partial");
    said(&|json| json["trailscan"] = json!("0.0.1"), "trailscan 0.0.1");
    said(&|json| json["asked"] = json!({"region": ["us-east-1"]}), "asked with --region us-east-1");
    said(&|json| json["asked"] = json!({"max-age": ["30"]}), "other values of --max-age");
    said(&|json| json["suppressed"] = json!(2), "2 findings of the baseline were suppressed");
    said(&|json| json["reports"]["principals"]["rows_total"] = json!(9), "does not hold all rows of principals");
    said(&|json| json["reports"]["principals"]["rows"] = json!([{"events": 1}]), "lacks columns of principals");
    let unknown = json!([{"severity": "low", "rule": "no-such-rule", "account_id": "", "subject": "", "summary": "",
        "count": 1, "evidence": {}}]);
    said(&|json| json["findings"] = unknown.clone(), "1 finding of the baseline of rules");
    let late = Reach { first_event: at("2026-09-09T12:30:00Z"), ..reach() };
    assert!(caveats(&|_| {}, &late)[0].contains("from 2026-09-07 to 2026-09-09 12:30"));
    let early = Reach { last_event: at("2026-09-05T00:00:00Z"), ..reach() };
    assert!(caveats(&|_| {}, &early)[0].contains("this is the older one"));
}

/// What is partial when it is written is when it is read.
#[test]
fn an_answer_is_partial_as_its_coverage_is() {
    type Set = fn(&mut CoverageFacts);
    let sets: [Set; 12] = [
        |_| {},
        |c| c.objects_skipped = [("digest".to_owned(), 1)].into(),
        |c| c.objects_skipped = [("archived".to_owned(), 1)].into(),
        |c| c.objects_damaged = 1,
        |c| c.objects_failed = 1,
        |c| c.places_failed = 1,
        |c| c.malformed_records = 1,
        |c| c.broken_records = 1,
        |c| c.events_without_time = 1,
        |c| c.interrupted = true,
        |c| c.duplicate_events = 1,
        |c| c.late_events = 1,
    ];
    for (number, set) in sets.iter().enumerate() {
        let mut facts = CoverageFacts { events_in_window: 1, ..CoverageFacts::default() };
        set(&mut facts);
        let coverage = Coverage::from(facts);
        let mut json = audit(&[]);
        json["coverage"] = json!(coverage);
        assert_eq!(baseline(&json).reach.is_partial, coverage.is_partial(), "{number}");
    }
}

#[test]
fn things_are_seen_for_the_first_time() {
    let report = by_name("principals").unwrap();
    let of = |principal: &str, account: &str, address: &str, day: u32| {
        json!({"principal": principal, "account_id": account, "address_list": [address], "region_list": ["us-east-1"],
            "first_seen": format!("2026-09-{day:02}T00:00:00Z")})
    };
    let mut old = audit(&[]);
    old["reports"]["principals"]["rows"] = json!([of("user/A", ACCOUNT, "192.0.2.1", 2)]);
    let row = |json: &Json| -> Vec<Value> {
        let value = |name: &str| match &json[name] {
            Json::String(text) if name == "first_seen" => Value::time(EventTime::parse(text)),
            Json::String(text) => Value::text(text.as_str()),
            Json::Array(members) => Value::List(members.iter().filter_map(Json::as_str).map(str::to_owned).collect()),
            _ => Value::Null,
        };
        report.columns.iter().map(|column| value(column.name)).collect()
    };
    let rows = [
        of("user/a", ACCOUNT, "192.0.2.9", 2),
        of("user/A", ACCOUNT, "198.51.100.1", 9),
        of("user/B", ACCOUNT, "203.0.113.1", 9),
        of("user/C", "444455556666", "203.0.113.1", 9),
    ];
    let table = Table::new(report, report.columns.to_vec(), rows.iter().map(row).collect());
    let told = |json: &Json| {
        let reach = Reach { accounts: [ACCOUNT, "444455556666"].map(str::to_owned).into(), ..reach() };
        let tables = [table.clone()];
        let today = Today { reach: &reach, reports: &[report], findings: &[], tables: &tables, left_out: &|_| false };
        let first_seen = baseline(json).news(&today).0.first_seen;
        let of =
            |first: &FirstSeen| (first.kind, first.seen.iter().map(|s| s.name.join(" ")).collect(), first.not_covered);
        first_seen.iter().map(of).collect::<Vec<(&str, Vec<String>, usize)>>()
    };
    let named = |text: &str| vec![text.to_owned()];
    assert_eq!(
        told(&old),
        [
            ("principals", named("user/B 111122223333"), 1),
            ("regions of accounts", vec![], 1),
            ("networks of known principals", named("user/A 111122223333 198.51.100.0/24"), 0),
        ]
    );
    // Of rows that the baseline does not hold nothing is first seen.
    old["reports"]["principals"]["rows_total"] = json!(2);
    assert!(told(&old).iter().all(|(_, seen, not_covered)| seen.is_empty() && *not_covered > 0));
    let mut table = table.clone();
    old["reports"]["principals"]["rows_total"] = json!(1);
    old["reports"]["principals"]["rows_shown"] = json!(1);
    let now = Reach { accounts: [ACCOUNT, "444455556666"].map(str::to_owned).into(), ..reach() };
    baseline(&old).add_to(&mut table, &[], &now);
    let words: Vec<_> =
        table.rows.iter().map(|row| row.last().and_then(Value::as_text).unwrap().into_owned()).collect();
    assert_eq!(words, ["same", "same", "new", "not-covered"]);
}

#[test]
fn reports_whose_rows_are_findings_get_the_column_too() {
    for report in REPORTS {
        let is_of_findings = Role::Rule.place(report.columns).is_some();
        let is_of_things = ["principals", "keys"].contains(&report.name);
        assert_eq!(Baseline::adds_to(report), is_of_findings || is_of_things, "{}", report.name);
    }
}

#[test]
fn what_is_no_earlier_answer_is_refused() {
    let refused = |text: &str, report: Option<&str>| {
        Baseline::read(text.as_bytes(), "x", report.and_then(by_name)).map(|_| ()).unwrap_err().to_string()
    };
    assert!(refused("a,b\n1,2\n", None).starts_with("no JSON document ("));
    assert!(refused("", None).starts_with("no JSON document ("));
    assert!(refused("{\"a\":1}\n{\"a\":2}\n", None).contains("no answer of trailscan"));
    assert!(refused("{\"trailscan\":\"1\",\"findings\":[]}", None).contains("missing field `coverage`"));
    let mut one = audit(&[]);
    one.as_object_mut().unwrap().remove("reports");
    assert!(refused(&one.to_string(), None).contains("neither `report` nor `reports`"));
    one["report"] = json!("keys");
    assert_eq!(
        refused(&one.to_string(), None),
        "it is the answer of keys, and the audit is asked: give an earlier answer of the audit"
    );
    assert!(
        refused(&one.to_string(), Some("sessions")).ends_with("give an earlier answer of sessions, or of an audit")
    );
    assert!(Baseline::read(one.to_string().as_bytes(), "x", by_name("keys")).is_ok());
    assert!(Baseline::read(audit(&[]).to_string().as_bytes(), "x", by_name("keys")).is_ok());
}
