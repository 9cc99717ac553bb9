//! A new tool in a network that is new to the key, where its user is known to be, and where nobody knows.

use super::signal_tests::{AWAY, CLI, HOME, KEY, OFFICE, answer_to, burst, calls, observe, workdays};
use crate::aggregate::{State, keys, sign_ins};
use crate::model::testing::{at, event, user};
use crate::model::{Event, UserIdentity};

const TERRAFORM: &str = "APN/1.0 HashiCorp/1.0 Terraform/1.9.5 (+https://www.terraform.io)";

/// A sign-in to the console: by whom, on which day, from where, and what the record says of MFA.
#[derive(Clone, Copy)]
struct SignIn<'t>(&'t str, i64, &'t str, &'t str);

fn sign_in(state: &mut State, SignIn(name, day, address, mfa): SignIn<'_>) {
    let identity: UserIdentity<'_> = user(name, "");
    let said = format!(r#"{{"MFAUsed":"{mfa}"}}"#);
    let seen = Event {
        event_time: Some(at("2026-05-04T20:00:00Z").plus_seconds(day * 86_400)),
        event_source: "signin.amazonaws.com",
        event_name: "ConsoleLogin",
        source_ip_address: address,
        response_elements: r#"{"ConsoleLogin":"Success"}"#,
        additional_event_data: &said,
        ..event(&identity)
    };
    state.observe(&seen);
    state.remember(&seen);
}

/// Four weeks at the office, then Terraform from `address` on the fourth Thursday; the key's verdict.
fn judged(sign_ins: &[SignIn<'_>], address: &str) -> String {
    let mut state = State::new(&[&keys::KIND, &sign_ins::KIND]);
    let at_work = calls(workdays(4), &[9, 13, 16], OFFICE, CLI);
    observe(&mut state, &user("ana", KEY), &[at_work, burst(24, 19, address, TERRAFORM)].concat());
    sign_ins.iter().for_each(|one| sign_in(&mut state, *one));
    let answer = answer_to(&state, None);
    let cell = |name: &str| {
        let place = answer.columns.iter().position(|column| column.name == name).unwrap();
        answer.rows[0][place].as_text().unwrap().into_owned()
    };
    format!("{} {}", cell("verdict"), cell("severity"))
}

#[test]
fn a_new_tool_where_the_user_signs_in_with_mfa_is_no_leak() {
    let days = |name, address, mfa, days: [i64; 3]| days.map(|day| SignIn(name, day, address, mfa));
    let evenings = [3, 10, 17];
    assert_eq!(judged(&[], HOME), "leak-suspect high", "nobody knows whose network it is");
    assert_eq!(judged(&days("ana", HOME, "Yes", evenings), HOME), "roaming low", "her home");
    let of_v6 = [SignIn("ana", 3, "2001:db8:7::1", "Yes"), SignIn("ana", 10, "2001:db8:7::2", "Yes")];
    let of_v6 = [&of_v6[..], &[SignIn("ana", 17, "2001:db8:7::3", "Yes")]].concat();
    assert_eq!(judged(&[], "2001:db8:7::9"), "leak-suspect high");
    assert_eq!(judged(&of_v6, "2001:db8:7::9"), "single info", "one machine of a /64");
    for (sign_ins, why) in [
        (days("ana", HOME, "No", evenings), "a password alone"),
        (days("bob", HOME, "Yes", evenings), "another user"),
        (days("ana", AWAY, "Yes", evenings), "another place"),
        (days("ana", "203.0.113.8", "Yes", evenings), "a neighbour"),
        (days("ana", HOME, "Yes", [3, 10, 24]), "two days before, and the evening itself"),
        (days("ana", HOME, "Yes", [25, 26, 27]), "afterwards"),
        (days("ana", HOME, "Yes", [3, 3, 10]), "two days"),
    ] {
        assert_eq!(judged(&sign_ins, HOME), "leak-suspect high", "{why}");
    }
}
