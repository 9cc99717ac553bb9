use proptest::prelude::*;

use super::super::State;
use super::super::testing::{contents, hold_laws, steps};
use super::{KIND, KeyStatus, KeyUse, Keys};
use crate::model::testing::{ACCOUNT, at, event, not_to_be_read, role_session, service, user};
use crate::model::{Event, IdentityRef, LazyIdentity, SessionContext, UserIdentity};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn laws(steps in steps(), cut in 0usize..40) {
        hold_laws(&KIND, &steps, cut)?;
    }
}

fn observed(events: &[Event<'_>]) -> State {
    let mut state = State::new(&[&KIND]);
    for event in events {
        state.observe(event);
    }
    state
}

fn keys(state: &State) -> &Keys {
    state.get::<Keys>().expect("asked for")
}

fn only(state: &State) -> &KeyUse {
    let [row] = keys(state).rows() else { panic!("{} rows", keys(state).rows().len()) };
    row
}

#[test]
fn only_long_lived_use_is_counted() {
    let proxied = UserIdentity {
        session: Some(SessionContext { creation_date: Some(at("2024-01-01T00:00:00Z")), ..SessionContext::default() }),
        ..user("ana", KEY)
    };
    let temporary = user("ana", "ASIAIOSFODNN7EXAMPLE");
    let role = role_session("deploy", "run", KEY, None);
    assert!(keys(&observed(&[event(&proxied), event(&temporary), event(&role)])).rows().is_empty());
    assert_eq!(only(&observed(&[event(&user("ana", KEY))])).tally.events, 1);
}

#[test]
fn failures_do_not_move_the_last_success() {
    let ana = user("ana", KEY);
    let mut denied = event(&ana);
    denied.event_time = Some(at("2024-01-05T00:00:00Z"));
    denied.error_code = "AccessDenied";
    let mut good = event(&ana);
    good.event_time = Some(at("2024-01-02T00:00:00Z"));
    let state = observed(&[denied, good]);
    assert_eq!(only(&state).span.last(), denied.event_time);
    assert_eq!(only(&state).successes.last(), good.event_time);
    assert_eq!(only(&observed(&[denied])).successes.last(), None);
}

#[test]
fn a_reused_slot_of_a_new_generation_is_another_identity() {
    let (ana, bo) = (user("ana", KEY), user("bo", "AKIAI44QH8DHBEXAMPLE"));
    let (mut first, mut second) = (event(&ana), event(&bo));
    first.identity = IdentityRef { generation: 4, slot: 2 };
    second.identity = IdentityRef { generation: 5, slot: 2 };
    let state = observed(&[first, second, first]);
    let mut events: Vec<i64> = keys(&state).rows().iter().map(|row| row.tally.events).collect();
    events.sort_unstable();
    assert_eq!(events, [1, 2]);
}

#[test]
fn a_known_identity_is_not_read_again() {
    for (identity, counted) in [(user("ana", KEY), 3), (user("ana", ""), 0), (service("ec2.amazonaws.com"), 0)] {
        let mut state = State::new(&[&KIND]);
        let unread = not_to_be_read();
        let first = event(&identity);
        let again = Event { user_identity: LazyIdentity::new(&unread), ..first };
        for event in [first, again, again] {
            state.observe(&event);
            state.remember(&event);
        }
        let events: i64 = keys(&state).rows().iter().map(|row| row.tally.events).sum();
        assert_eq!(events, counted, "{identity:?}");
    }
}

fn creation<'a>(identity: &'a UserIdentity, response: &'a str) -> Event<'a> {
    let mut created = event(identity);
    created.event_name = "CreateAccessKey";
    created.event_source = "iam.amazonaws.com";
    created.response_elements = response;
    created
}

fn creations(event: &Event<'_>) -> Vec<(String, String, String, String)> {
    let mut state = State::new(&[&KIND]);
    state.remember(event);
    state.remember(event);
    let found = state.symbols().find(KEY).into_iter().flat_map(|key| keys(&state).creations(key));
    let text = |sym| state.symbols().text(sym).to_owned();
    found.map(|c| (c.time.to_string(), text(c.creator), text(c.account), text(c.user_name))).collect()
}

#[test]
fn a_creation_is_remembered_once_and_without_its_secret() {
    let admin = user("admin", "");
    let response = r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Active","userName":"ana",
        "createDate":"Jul 10, 2023, 12:22:29 PM","secretAccessKey":"never-kept"}}"#;
    let expected = ("2023-07-10T12:22:29Z", "arn:aws:iam::111122223333:user/admin", ACCOUNT, "ana");
    let created = creation(&admin, response);
    assert_eq!(
        creations(&created),
        [(expected.0.to_owned(), expected.1.to_owned(), expected.2.to_owned(), expected.3.to_owned())]
    );
    let mut state = State::new(&[&KIND]);
    state.remember(&created);
    assert!(!format!("{:?}", contents(&state)).contains("never-kept"));
    assert!(keys(&state).rows().is_empty(), "explaining is not counting");
}

#[test]
fn a_creation_without_a_readable_date_has_its_event_time() {
    let admin = user("admin", "");
    for response in [
        r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","createDate":"soon"}}"#,
        r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","createDate":[1]}}"#,
        r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":7}}"#,
    ] {
        assert_eq!(creations(&creation(&admin, response))[0].0, "2024-01-01T00:00:00Z", "{response}");
    }
}

#[test]
fn what_is_no_creation() {
    let admin = user("admin", "");
    let response = r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#;
    let good = creation(&admin, response);
    assert_eq!(creations(&good).len(), 1);
    let refused = Event { error_code: "AccessDenied", ..good };
    let elsewhere = Event { event_source: "example.com", ..good };
    let other = Event { event_name: "UpdateAccessKey", ..good };
    for event in [refused, elsewhere, other] {
        assert!(creations(&event).is_empty(), "{event:?}");
    }
    for response in ["", "null", "{", "[]", r#"{"accessKey":null}"#, r#"{"accessKey":{"accessKeyId":""}}"#] {
        assert!(creations(&creation(&admin, response)).is_empty(), "{response}");
    }
}

fn change<'a>(identity: &'a UserIdentity, name: &'a str, request: &'a str) -> Event<'a> {
    Event { event_name: name, event_source: "iam.amazonaws.com", request_parameters: request, ..event(identity) }
}

fn changes(event: &Event<'_>) -> Vec<(KeyStatus, String, String)> {
    let mut state = State::new(&[&KIND]);
    state.remember(event);
    state.remember(event);
    let found = state.symbols().find(KEY).into_iter().flat_map(|key| keys(&state).changes(key));
    let text = |sym| state.symbols().text(sym).to_owned();
    found.map(|change| (change.status, text(change.by), text(change.user_name))).collect()
}

#[test]
fn a_change_is_remembered_once() {
    let boss = user("boss", "");
    let by = || "arn:aws:iam::111122223333:user/boss".to_owned();
    let of = |request: &'static str| changes(&change(&boss, "UpdateAccessKey", request));
    let named = r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Inactive","userName":"ana"}"#;
    assert_eq!(of(named), [(KeyStatus::Inactive, by(), "ana".to_owned())]);
    let own = r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Active"}"#;
    assert_eq!(of(own), [(KeyStatus::Active, by(), "boss".to_owned())]);
    let deleted = changes(&change(&boss, "DeleteAccessKey", r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#));
    assert_eq!(deleted, [(KeyStatus::Deleted, by(), "boss".to_owned())]);
}

#[test]
fn what_is_no_change() {
    let boss = user("boss", "");
    let good = change(&boss, "UpdateAccessKey", r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Inactive"}"#);
    assert_eq!(changes(&good).len(), 1);
    let refused = Event { error_code: "AccessDenied", ..good };
    let elsewhere = Event { event_source: "example.com", ..good };
    let timeless = Event { event_time: None, ..good };
    let other = Event { event_name: "ListAccessKeys", ..good };
    for event in [refused, elsewhere, timeless, other] {
        assert!(changes(&event).is_empty(), "{event:?}");
    }
    let key = r#""accessKeyId":"AKIAIOSFODNN7EXAMPLE""#;
    for request in [
        String::new(),
        "[]".to_owned(),
        format!("{{{key}}}"),
        format!(r#"{{{key},"status":"Deleted"}}"#),
        format!(r#"{{{key},"status":["Active"]}}"#),
        r#"{"status":"Active"}"#.to_owned(),
    ] {
        assert!(changes(&Event { request_parameters: &request, ..good }).is_empty(), "{request}");
    }
}

#[test]
fn only_counted_creations_and_changes_make_a_row() {
    let boss = user("boss", "");
    let made = creation(&boss, r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}}"#);
    let ended = change(&boss, "DeleteAccessKey", r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE"}"#);
    let counted = |observed: &[Event<'_>]| {
        let mut state = State::new(&[&KIND]);
        for event in [made, ended] {
            state.remember(&event);
        }
        observed.iter().for_each(|event| state.observe(event));
        let key = state.symbols().find(KEY).unwrap();
        (keys(&state).counted().count(), keys(&state).is_creation_counted(key))
    };
    assert_eq!(counted(&[]), (0, false), "explaining is not counting");
    assert_eq!(counted(&[ended]), (1, false));
    assert_eq!(counted(&[made, ended]), (1, true));
    assert_eq!(counted(&[made, ended, event(&user("ana", KEY))]), (1, true), "and a key that was used is one row");
}
