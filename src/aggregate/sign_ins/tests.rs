use proptest::prelude::*;

use super::super::State;
use super::super::testing::{hold_laws, steps};
use super::{Attempts, KIND, SignIns};
use crate::model::testing::{at, event, role_session, user};
use crate::model::{Event, IdentityType, OnBehalfOf, SignInMfa, UserIdentity};

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
fn console_logins_are_counted_however_their_type_is_spelled() {
    let ana = user("ana", "");
    let good = sign_in(&ana);
    let check = Event { event_name: "CheckMfa", response_elements: r#"{"CheckMfa":"Failure"}"#, ..good };
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

/// Principal, type and session of each kind of attempt, with its step.
fn whose(events: &[Event<'_>]) -> Vec<(String, &'static str, String)> {
    let mut state = State::new(&[&KIND]);
    events.iter().for_each(|event| state.observe(event));
    let text = |sym| state.symbols().text(sym).to_owned();
    let attempts = state.get::<SignIns>().expect("asked for").attempts();
    let mut found: Vec<_> =
        attempts.map(|(one, _)| (text(one.principal()), one.step.as_str(), text(one.session_principal_id()))).collect();
    found.sort();
    found
}

#[test]
fn steps_are_kept_apart() {
    let ana = user("ana", "");
    let check = Event { event_name: "CheckMfa", response_elements: r#"{"CheckMfa":"Success"}"#, ..sign_in(&ana) };
    let steps: Vec<_> = whose(&[check, sign_in(&ana)]).into_iter().map(|(_, step, _)| step).collect();
    assert_eq!(steps, ["end", "mfa-asked"]);
}

#[test]
fn people_of_identity_center_are_told_apart_by_id_or_else_by_name() {
    let of = |kind, id: &'static str| {
        let behalf = (!id.is_empty()).then(|| OnBehalfOf {
            user_id: id.into(),
            identity_store_arn: "arn:aws:identitystore::1:identitystore/d-1".into(),
        });
        UserIdentity { kind, principal_id: "111122223333".into(), on_behalf_of: behalf, ..UserIdentity::default() }
    };
    let new = of(IdentityType::IdentityCenterUser, "person-1");
    let old = UserIdentity { user_name: "kim".into(), ..of(IdentityType::parse("Unknown"), "") };
    let nameless = of(IdentityType::parse("Unknown"), "");
    let sign_in = |identity, beside| Event {
        event_name: "UserAuthentication",
        event_source: "signin.amazonaws.com",
        service_event_details: r#"{"UserAuthentication":"Success"}"#,
        additional_event_data: beside,
        ..event(identity)
    };
    let events =
        [sign_in(&new, r#"{"UserName":"jo"}"#), sign_in(&old, ""), sign_in(&nameless, r#"{"UserName":"lee"}"#)];
    let principals: Vec<String> = whose(&events).into_iter().map(|(principal, ..)| principal).collect();
    assert_eq!(principals, ["idc:d-1#person-1", "kim", "lee"]);
}

#[test]
fn sessions_that_sign_in_are_kept_where_no_provider_is_named() {
    let role = role_session("admin", "kim", "", Some(at("2024-01-01T09:00:00Z")));
    let saml = r#"{"MFAUsed":"No","SamlProviderArn":"arn:aws:iam::111122223333:saml-provider/idp"}"#;
    let sessions = |events: &[Event<'_>]| whose(events).into_iter().map(|(.., session)| session).collect::<Vec<_>>();
    assert_eq!(sessions(&[sign_in(&role)]), [role.principal_id.to_string()]);
    assert_eq!(sessions(&[Event { additional_event_data: saml, ..sign_in(&role) }]), [""]);
    assert_eq!(sessions(&[sign_in(&user("ana", ""))]), [""]);
}
