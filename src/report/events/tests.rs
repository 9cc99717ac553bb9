use super::*;
use crate::aggregate::State;
use crate::model::testing::{event, user};
use crate::model::{Event, UserIdentity};
use crate::report::{Options, Value};

fn said(event: &Event<'_>, column: &str) -> Value {
    let mut state = State::new(REPORT.needs);
    state.observe(event);
    let options = Options::default();
    let answer = (REPORT.answer)(&View::new(&state, &options));
    let place = COLUMNS.iter().position(|known| known.name == column).expect("a column");
    answer.rows[0][place].clone()
}

#[test]
fn a_sentence_says_who_did_what_and_how_it_ended() {
    let eve = user("eve", "AKIAIOSFODNN7EXAMPLE");
    let delete = Event {
        event_name: "DeleteTrail",
        event_source: "cloudtrail.amazonaws.com",
        request_parameters: r#"{"name":"main"}"#,
        source_ip_address: "192.0.2.1",
        ..event(&eve)
    };
    let message = |event: &Event<'_>| said(event, "message");
    assert_eq!(message(&delete), Value::Text("user/eve called DeleteTrail (cloudtrail) on main from 192.0.2.1".into()));
    let denied = Event { error_code: "AccessDenied", ..delete };
    assert_eq!(
        message(&denied),
        Value::Text("user/eve called DeleteTrail (cloudtrail) on main from 192.0.2.1: denied (AccessDenied)".into())
    );
    let many = Event {
        event_source: "ssm.amazonaws.com",
        event_name: "GetParameters",
        request_parameters: r#"{"names":["a","b","c","d","e"]}"#,
        source_ip_address: "",
        error_message: "no",
        ..event(&eve)
    };
    let expected = "user/eve called GetParameters (ssm) on a, b, c and 2 more: failed (no)";
    assert_eq!(message(&many), Value::Text(expected.into()));
}

#[test]
fn a_bucket_is_named_once() {
    let nobody = UserIdentity::default();
    let call = Event {
        event_source: "s3.amazonaws.com",
        resources: r#"[{"ARN":"arn:aws:s3:::logs"},{"ARN":"arn:aws:s3:::logs/a/b"}]"#,
        request_parameters: r#"{"bucketName":"logs","key":"a/b"}"#,
        ..event(&nobody)
    };
    let named = ["arn:aws:s3:::logs", "arn:aws:s3:::logs/a/b"].map(str::to_owned).to_vec();
    assert_eq!(said(&call, "resources"), Value::List(named));
    let other = Event {
        resources: r#"[{"ARN":"arn:aws:s3:::mylogs"}]"#,
        request_parameters: r#"{"bucketName":"logs"}"#,
        ..call
    };
    assert_eq!(said(&other, "resources"), Value::List(["arn:aws:s3:::mylogs", "logs"].map(str::to_owned).to_vec()));
}

#[test]
fn what_a_limit_needs() {
    assert_eq!(wanted(None, None), Wanted::All);
    assert_eq!(wanted(None, Some(3)), Wanted::First(3));
    assert_eq!(wanted(Some("-time"), Some(3)), Wanted::First(3));
    assert_eq!(wanted(Some("time"), Some(3)), Wanted::Last(3));
    assert_eq!(wanted(Some("event"), Some(3)), Wanted::All);
}
