use proptest::prelude::*;

use super::*;
use crate::aggregate::State;
use crate::aggregate::testing::{Step, fold, steps};
use crate::model::testing::{ACCOUNT, at, event, role_session, service, user};
use crate::model::{Event, IdentityType, UserIdentity};
use crate::report::{Options, Value};

fn answer_of(state: &State) -> Answer {
    answer(&View::new(state, &Options::default()))
}

fn answer_to(events: &[Event<'_>]) -> Answer {
    let mut state = State::new(&[&principals::KIND]);
    events.iter().for_each(|event| state.observe(event));
    answer_of(&state)
}

fn cells(answer: &Answer, row: usize, columns: &[&str]) -> Vec<Value> {
    let place = |column: &&str| answer.columns.iter().position(|c| c.name == *column).expect("a column");
    columns.iter().map(|column| answer.rows[row][place(column)].clone()).collect()
}

/// A SwitchRole has no sessionContext, so that its principal has no path; the unique id tells which role it is.
#[test]
fn what_is_known_without_its_path_joins_the_role() {
    let mut session = role_session("admin", "bob", "ASIA1EXAMPLE", Some(at("2024-01-01T00:00:00Z")));
    session.session.as_mut().unwrap().issuer.arn = "arn:aws:iam::111122223333:role/team/admin".into();
    let short = |id: &str, role: &str| UserIdentity {
        kind: IdentityType::AssumedRole,
        principal_id: id.to_owned().into(),
        arn: format!("arn:aws:sts::111122223333:assumed-role/{role}/bob").into(),
        account_id: ACCOUNT.into(),
        ..UserIdentity::default()
    };
    let (same, other) = (short(&session.principal_id, "admin"), short("AROAOTHEREXAMPLE:bob", "other"));
    let answer = answer_to(&[event(&session), event(&same), event(&other)]);
    let rows: Vec<Vec<Value>> =
        (0..answer.rows.len()).map(|row| cells(&answer, row, &["principal", "events"])).collect();
    let role =
        |name: &str, events| vec![Value::text(format!("arn:aws:iam::111122223333:role/{name}")), Value::Count(events)];
    assert_eq!(rows, [role("team/admin", 2), role("other", 1)]);
}

/// CheckMfa names a user by unique id and name, a sign-in that failed by name alone.
#[test]
fn what_is_known_by_id_or_name_joins_the_user() {
    let ana = user("ana", "AKIAIOSFODNN7EXAMPLE");
    let by = |id: &str, name: &str, account: &'static str| UserIdentity {
        kind: IdentityType::IamUser,
        principal_id: id.to_owned().into(),
        user_name: name.to_owned().into(),
        account_id: account.into(),
        ..UserIdentity::default()
    };
    let others = [
        by(&ana.principal_id, "ana", ACCOUNT),
        by("", "ana", ACCOUNT),
        by("AIDAOTHEREXAMPLE", "ben", ACCOUNT),
        by("", "HIDDEN_DUE_TO_SECURITY_REASONS", ACCOUNT),
        by("", "ana", "444455556666"),
    ];
    // A caller from outside, of whom the account is told, with the unique id of one of its users.
    let outside = UserIdentity { kind: IdentityType::AwsAccount, ..by("AIDAOTHEREXAMPLE", "", ACCOUNT) };
    let others = [others.as_slice(), std::slice::from_ref(&outside)].concat();
    let events: Vec<Event<'_>> = [&ana].into_iter().chain(&others).map(event).collect();
    let answer = answer_to(&events);
    let mut rows: Vec<Vec<Value>> =
        (0..answer.rows.len()).map(|row| cells(&answer, row, &["principal", "account_id", "events"])).collect();
    rows.sort_by_key(|row| format!("{row:?}"));
    let row = |name: &str, account: &str, events| vec![Value::text(name), Value::text(account), Value::Count(events)];
    let mut expected = [
        row(&ana.arn, ACCOUNT, 3),
        row("AIDAOTHEREXAMPLE", ACCOUNT, 1),
        row("HIDDEN_DUE_TO_SECURITY_REASONS", ACCOUNT, 1),
        row("ana", "444455556666", 1),
        row(&format!("account:{ACCOUNT}"), ACCOUNT, 1),
    ];
    expected.sort_by_key(|row| format!("{row:?}"));
    assert_eq!(rows, expected);
}

#[test]
fn a_row_counts_what_a_principal_did() {
    let created = Some(at("2024-01-01T00:00:00Z"));
    let (one, two) =
        (role_session("deploy", "a", "ASIA1EXAMPLE", created), role_session("deploy", "b", "ASIA2EXAMPLE", created));
    let denied = Event { error_code: "AccessDenied", source_ip_address: "::ffff:192.0.2.1", ..event(&one) };
    let later = Event {
        event_time: Some(at("2024-01-03T00:00:00Z")),
        event_source: "s3.amazonaws.com",
        event_name: "GetObject",
        source_ip_address: "athena.amazonaws.com",
        aws_region: "",
        ..event(&two)
    };
    let answer = answer_to(&[event(&one), denied, later]);
    let identity = cells(&answer, 0, &["principal", "type", "account_id"]);
    assert_eq!(identity, ["arn:aws:iam::111122223333:role/deploy", "AssumedRole", ACCOUNT].map(Value::text));
    let columns = [
        "principal_ids",
        "events",
        "errors",
        "denied",
        "access_keys",
        "sessions",
        "addresses",
        "services",
        "regions",
        "active_days",
    ];
    assert_eq!(cells(&answer, 0, &columns), [1, 3, 1, 1, 2, 2, 1, 2, 1, 2].map(Value::Count));
    let top = vec![("DescribeInstances".to_owned(), 2), ("GetObject".to_owned(), 1)];
    assert_eq!(cells(&answer, 0, &["top_events"]), [Value::NamedCounts(top)]);
    assert_eq!(
        cells(&answer, 0, &["address_list"]),
        [Value::addresses(vec!["192.0.2.1".parse().expect("an address")])]
    );
    assert!(answer.findings.is_empty());
}

#[test]
fn top_events_are_ten_by_count_then_name() {
    let ana = user("ana", "");
    let names: Vec<String> = (0..12).map(|i| format!("Get{i:02}")).collect();
    let mut events: Vec<Event<'_>> =
        names.iter().map(|name| Event { event_name: name.as_str(), ..event(&ana) }).collect();
    events.push(events[11]);
    let answer = answer_to(&events);
    let [Value::NamedCounts(top)] = &cells(&answer, 0, &["top_events"])[..] else { panic!("no list") };
    let found: Vec<&str> = top.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(found, ["Get11", "Get00", "Get01", "Get02", "Get03", "Get04", "Get05", "Get06", "Get07", "Get08"]);
}

#[test]
fn a_name_with_two_ids_is_told_and_a_role_with_two_sessions_is_not() {
    let ana = user("ana", "");
    let again = UserIdentity { principal_id: "AIDAANA2".into(), ..user("ana", "") };
    let answer = answer_to(&[event(&ana), event(&again)]);
    assert_eq!((answer.findings[0].rule, answer.findings[0].severity), ("principal-recreated", Severity::Info));
    assert_eq!(answer.findings[0].evidence["principal_id_list"], json!(["AIDAANA", "AIDAANA2"]));
    assert_eq!(cells(&answer, 0, &["principal_ids"]), [Value::Count(2)]);
    let (one, two) = (role_session("deploy", "a", "", None), role_session("deploy", "b", "", None));
    assert!(answer_to(&[event(&one), event(&two)]).findings.is_empty());
    let account = |id: &'static str| UserIdentity {
        kind: IdentityType::AwsAccount,
        principal_id: id.into(),
        account_id: ACCOUNT.into(),
        ..UserIdentity::default()
    };
    let (first, second) = (account("AIDAONE"), account("AIDATWO"));
    assert!(answer_to(&[event(&first), event(&second)]).findings.is_empty(), "an account has many ids");
}

#[test]
fn rows_come_by_events_then_by_name() {
    let (ana, bo, ec2) = (user("ana", ""), user("bo", ""), service("ec2.amazonaws.com"));
    let answer = answer_to(&[event(&bo), event(&ec2), event(&ana), event(&ec2)]);
    let names: Vec<Value> = (0..3).flat_map(|row| cells(&answer, row, &["principal"])).collect();
    assert_eq!(names, [Value::text("service:ec2.amazonaws.com"), Value::text(&*ana.arn), Value::text(&*bo.arn)]);
    assert_eq!(cells(&answer, 0, &["account_id"]), [Value::text(ACCOUNT)], "the receiver's");
}

fn whole(state: &State) -> (Vec<Vec<Value>>, Vec<Finding>) {
    let answer = answer_of(state);
    (answer.rows, answer.findings)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn any_split_order_and_saving_give_the_same_answer(steps in steps(), cut in 0usize..40) {
        let kinds = [&principals::KIND];
        let expected = whole(&fold(&kinds, &steps));
        let events: i64 = expected.0.iter().map(|row| match row[4] { Value::Count(n) => n, _ => 0 }).sum();
        prop_assert_eq!(events as usize, steps.len(), "every event is in exactly one row");
        let (left, right) = steps.split_at(cut.min(steps.len()));
        prop_assert_eq!(&whole(&fold(&kinds, right).merge(fold(&kinds, left))), &expected);
        let backwards: Vec<Step> = steps.iter().rev().cloned().collect();
        prop_assert_eq!(&whole(&fold(&kinds, &backwards)), &expected);
        let loaded = State::load(&kinds, &fold(&kinds, &steps).save()).expect("what was saved");
        prop_assert_eq!(&whole(&loaded), &expected);
    }
}
