use proptest::prelude::*;

use super::super::State;
use super::super::testing::{hold_laws, steps};
use super::{Attempts, KIND, SignIns};
use crate::model::testing::{at, event, user};
use crate::model::{Event, SignInMfa, UserIdentity};

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn laws(steps in steps(), cut in 0usize..40) {
        hold_laws(&KIND, &steps, cut)?;
    }
}

fn sign_in<'a>(identity: &'a UserIdentity<'_>) -> Event<'a> {
    Event {
        event_name: "ConsoleLogin",
        event_source: "signin.amazonaws.com",
        event_type: "AwsConsoleSignIn",
        response_elements: r#"{"ConsoleLogin":"Success"}"#,
        additional_event_data: r#"{"MFAUsed":"No"}"#,
        ..event(identity)
    }
}

fn observed(events: &[Event<'_>]) -> Vec<(bool, SignInMfa, i64)> {
    let mut state = State::new(&[&KIND]);
    events.iter().for_each(|event| state.observe(event));
    let sign_ins = state.get::<SignIns>().expect("asked for");
    let mut found: Vec<_> =
        sign_ins.attempts().map(|(attempt, counted)| (attempt.succeeded, attempt.mfa, counted.events)).collect();
    found.sort();
    found
}

#[test]
fn only_console_logins_are_counted_however_their_type_is_spelled() {
    let ana = user("ana", "");
    let good = sign_in(&ana);
    let check = Event { event_name: "CheckMfa", response_elements: r#"{"CheckMfa":"Success"}"#, ..good };
    let elsewhere = Event { event_source: "example.amazonaws.com", ..good };
    let other_spelling = Event { event_type: "AwsConsoleSignin", ..good };
    assert_eq!(observed(&[good, check, elsewhere, other_spelling, event(&ana)]), [(true, SignInMfa::No, 2)]);
}

#[test]
fn a_failure_without_an_error_code_is_a_failure() {
    let ana = user("ana", "");
    let failed = Event {
        response_elements: r#"{"ConsoleLogin":"Failure"}"#,
        error_message: "Failed authentication",
        ..sign_in(&ana)
    };
    assert_eq!(observed(&[failed, sign_in(&ana)]), [(false, SignInMfa::No, 1), (true, SignInMfa::No, 1)]);
}

#[test]
fn guesses_of_one_hour_are_one_entry() {
    let ana = user("ana", "");
    let at = |time: &str| Event { event_time: Some(at(time)), ..sign_in(&ana) };
    let within = [at("2024-01-01T09:00:00Z"), at("2024-01-01T09:59:59Z")];
    let across = [at("2024-01-01T09:59:59Z"), at("2024-01-01T10:00:00Z")];
    assert_eq!(observed(&within).len(), 1);
    assert_eq!(observed(&across).len(), 2);
    let mut state = State::new(&[&KIND]);
    within.iter().for_each(|event| state.observe(event));
    let all: Vec<Attempts> = state.get::<SignIns>().unwrap().attempts().map(|(_, counted)| *counted).collect();
    assert_eq!((all[0].span.first(), all[0].span.last()), (within[0].event_time, within[1].event_time));
}
