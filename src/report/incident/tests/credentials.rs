//! What the page says of credentials: what they are worth, and what is below them.

use super::*;

/// What the page says of credentials, and the commands of it.
fn credentials(
    asked: &str,
    counted: &[crate::model::Event<'_>],
    others: &[crate::model::Event<'_>],
) -> (Vec<String>, Vec<String>) {
    let mut state = State::new(REPORT.needs);
    for event in counted {
        state.observe(event);
        state.remember(event);
    }
    others.iter().for_each(|event| state.remember(event));
    let options = Options::default();
    let as_of = Some(at("2024-01-01T12:00:00Z"));
    let answer = (REPORT.answer)(&View { as_of, argument: Some(asked), ..View::new(&state, &options) });
    let place = |name| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let told = |part: Part, name| -> Vec<String> {
        let lines = answer.rows.iter().filter(|row| row[0].as_text().as_deref() == Some(part.name()));
        let all = lines.map(|row| row[place(name)].as_text().unwrap_or_default().into_owned());
        all.filter(|text| !text.is_empty()).collect()
    };
    (told(Part::Credentials, "outcome"), told(Part::Containment, "command"))
}

/// Credentials end with the role or the user that they are of, and nothing can be put on who is gone.
#[test]
fn credentials_end_with_their_principal() {
    use crate::model::Event;
    let (admin, eve) = (user("admin", "AKIAADMIN"), user("eve", "AKIAEVE"));
    let issued = at("2024-01-01T10:00:00Z");
    let session = crate::model::testing::role_session("job", "x", "ASIAJOB", Some(issued));
    let used = |identity, time| Event { event_time: Some(at(time)), event_id: "used", record: "{}", ..event(identity) };
    let of_role = r#"{"requestParameters":{"roleName":"Job"}}"#;
    let of_user = r#"{"requestParameters":{"userName":"eve"}}"#;
    let deleted = |name, record, time| Event {
        event_time: Some(at(time)),
        event_id: "deleted",
        ..called(&admin, (IAM, name), record, "")
    };
    let of_session =
        |deletion: Event<'_>| credentials("role/job", &[used(&session, "2024-01-01T10:01:00Z")], &[deletion]);
    let (told, commands) = of_session(deleted("DeleteRole", of_role, "2024-01-01T11:00:00Z"));
    assert_eq!(told, ["ended with its role 2024-01-01 11:00:00Z (DeleteRole by user/admin)"]);
    assert!(commands.is_empty(), "{commands:?}");
    let works = |(told, commands): (Vec<String>, Vec<String>)| {
        told.iter().all(|told| !told.starts_with("ended")) && commands.len() == 1
    };
    // A role of that name that was there before; one of another account; another role; a deletion that failed.
    assert!(works(of_session(deleted("DeleteRole", of_role, "2024-01-01T09:00:00Z"))));
    let there = "444455556666";
    assert!(works(of_session(Event {
        recipient_account_id: there,
        ..deleted("DeleteRole", of_role, "2024-01-01T11:00:00Z")
    })));
    let other = r#"{"requestParameters":{"roleName":"jobs"}}"#;
    assert!(works(of_session(deleted("DeleteRole", other, "2024-01-01T11:00:00Z"))));
    let failed = Event { error_code: "DeleteConflict", ..deleted("DeleteRole", of_role, "2024-01-01T11:00:00Z") };
    assert!(works(of_session(failed)));
    // Used long after: whatever was deleted, it was not this.
    let after = [used(&session, "2024-01-01T10:01:00Z"), used(&session, "2024-01-01T11:30:00Z")];
    assert!(works(credentials("role/job", &after, &[deleted("DeleteRole", of_role, "2024-01-01T11:00:00Z")])));
    // No temporary credentials last longer than 36 hours, whatever issued them.
    let old = crate::model::testing::role_session("job", "x", "ASIAJOB", Some(at("2023-12-30T23:00:00Z")));
    let (told, commands) = credentials("role/job", &[used(&old, "2023-12-30T23:01:00Z")], &[]);
    assert_eq!(told, ["ended 2024-01-01 11:00:00Z at the latest"]);
    assert!(commands.is_empty(), "{commands:?}");
    let (told, _) = credentials("role/job", &[used(&session, "2024-01-01T10:01:00Z")], &[]);
    assert_eq!(told, ["end not known, 2024-01-02 22:00:00Z at the latest"]);
    // A key of a user.
    let of_key = |deletion: Event<'_>| credentials("eve", &[used(&eve, "2024-01-01T10:01:00Z")], &[deletion]);
    let (told, commands) = of_key(deleted("DeleteUser", of_user, "2024-01-01T11:00:00Z"));
    assert_eq!(told, ["ended with its user 2024-01-01 11:00:00Z (DeleteUser by user/admin)"]);
    assert!(commands.is_empty(), "{commands:?}");
    assert!(works(of_key(deleted("DeleteUser", of_user, "2024-01-01T09:00:00Z"))));
    assert!(works(of_key(deleted(
        "DeleteRole",
        r#"{"requestParameters":{"roleName":"eve"}}"#,
        "2024-01-01T11:00:00Z"
    ))));
}

/// A sign-in to the console as its record has it, without a credential.
fn signed_in<'a>(bob: &'a crate::model::UserIdentity<'_>, time: &str) -> crate::model::Event<'a> {
    crate::model::Event {
        event_type: "AwsConsoleSignIn",
        event_time: Some(at(time)),
        event_id: "sign-in",
        response_elements: r#"{"ConsoleLogin":"Success"}"#,
        record: "{}",
        ..called(bob, ("signin.amazonaws.com", "ConsoleLogin"), "{}", "")
    }
}

/// A key, a password and an instance that were made are below whoever made them, told apart; what others made, or made
/// again, is not.
#[test]
fn what_it_made_is_below_it_and_told_apart() {
    use crate::model::Event;
    use crate::report::descent;
    let (eve, bob_key, bob) = (user("eve", "AKIAEVE"), user("bob", "AKIABOB"), user("bob", ""));
    let [on_instance, forged] = ["i-0123456789abcdef0", "i-0fedcba9876543210"].map(|name| {
        crate::model::testing::role_session("server", name, &format!("ASIA{name}"), Some(at("2024-01-01T11:00:00Z")))
    });
    let created = r#"{"accessKey":{"accessKeyId":"AKIABOB","userName":"bob"}}"#;
    let launched = r#"{"instancesSet":{"items":[{"instanceId":"i-0123456789abcdef0"}]}}"#;
    let of_bob = r#"{"userName":"bob"}"#;
    let made = |name, response| Event { response_elements: response, ..called(&eve, (IAM, name), "{}", of_bob) };
    let used = |identity, id| Event {
        event_time: Some(at("2024-01-01T11:01:00Z")),
        event_id: id,
        record: "{}",
        ..event(identity)
    };
    let run = Event { event_source: "ec2.amazonaws.com", event_name: "RunInstances", ..made("RunInstances", launched) };
    let changed = Event {
        event_time: Some(at("2024-01-01T13:00:00Z")),
        request_parameters: "null",
        ..called(&bob_key, (IAM, "ChangePassword"), "{}", "")
    };
    let all = [
        made("CreateAccessKey", created),
        made("CreateLoginProfile", "null"),
        run,
        used(&bob_key, "by-key"),
        used(&on_instance, "on-instance"),
        used(&forged, "forged"),
        signed_in(&bob, "2023-12-31T12:00:00Z"),
        signed_in(&bob, "2024-01-01T12:00:00Z"),
        changed,
        signed_in(&bob, "2024-01-01T14:00:00Z"),
    ];
    let mut state = State::new(REPORT.needs);
    all.iter().for_each(|event| state.remember(event));
    all.iter().for_each(|event| state.observe(event));
    let below = |asked: &str| descent(&state, &[asked.to_owned()]).expect("it is there");
    let found = below("AKIAEVE");
    assert_eq!(found.access_keys, ["AKIABOB", "AKIAEVE", "ASIAi-0123456789abcdef0"]);
    let arn = "arn:aws:iam::111122223333:user/bob";
    let at_noon = (arn.to_owned(), at("2024-01-01T12:00:00Z"));
    // With the key that eve made bob set a password of his own: what he signs in with is below hers, too.
    let later = (arn.to_owned(), at("2024-01-01T14:00:00Z"));
    assert_eq!(found.sign_ins, [at_noon.clone(), later.clone()]);
    assert_eq!(below("AKIABOB").sign_ins, [later]);
    assert!(below("ASIAi-0123456789abcdef0").sign_ins.is_empty());
    let options = Options::default();
    let told = |asked: &'static str| {
        let answer = (REPORT.answer)(&View { argument: Some(asked), ..View::new(&state, &options) });
        let place = |name| COLUMNS.iter().position(|column| column.name == name).expect("a column");
        let made = |row: &&Vec<Value>| row[place("lineage")].as_text().as_deref() == Some("made");
        let rows = answer.rows.iter().filter(made);
        let text = |row: &Vec<Value>, name| row[place(name)].as_text().unwrap_or_default().into_owned();
        rows.map(|row| format!("{}: {}", text(row, "part"), text(row, "what"))).collect::<Vec<_>>()
    };
    let credentials: Vec<String> = told("AKIAEVE").into_iter().filter(|told| told.starts_with("credentials")).collect();
    assert_eq!(credentials.len(), 4, "{credentials:?}");
    let signed_in = "issued: 2024-01-01 12:00:00Z ConsoleLogin (signin) 2 times until 2024-01-01 14:00:00Z";
    assert!(told("AKIAEVE").contains(&signed_in.to_owned()), "{:?}", told("AKIAEVE"));
    // Nothing that a principal did itself is told apart, although it made keys for itself.
    assert!(told("user/bob").is_empty(), "{:?}", told("user/bob"));
}

/// A key that was used after its end is to be contained.
#[test]
fn a_key_that_was_used_after_its_end_still_works() {
    use crate::model::Event;
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let used = |time| Event { event_time: Some(at(time)), event_id: time, record: "{}", ..event(&eve) };
    let parameters = r#"{"userName":"eve","accessKeyId":"AKIAEVE","status":"Inactive"}"#;
    let record = format!("{{\"requestParameters\":{parameters}}}");
    let ended = Event {
        event_time: Some(at("2024-01-01T10:00:00Z")),
        event_id: "ended",
        ..called(&admin, (IAM, "UpdateAccessKey"), &record, parameters)
    };
    let told = |last| credentials("AKIAEVE", &[used("2024-01-01T09:00:00Z"), used(last)], std::slice::from_ref(&ended));
    let (outcome, commands) = told("2024-01-01T09:30:00Z");
    assert_eq!((outcome, commands.len()), (vec!["inactive since 2024-01-01 10:00:00Z".to_owned()], 0));
    let (outcome, commands) = told("2024-01-01T10:30:00Z");
    assert_eq!(outcome, ["inactive since 2024-01-01 10:00:00Z, but used until 2024-01-01 10:30:00Z"]);
    assert_eq!(commands, ["aws iam update-access-key --user-name eve --access-key-id AKIAEVE --status Inactive"]);
    let (_, commands) = told("2024-01-01T10:00:30Z");
    assert_eq!(commands.len(), 0, "within the time that a change takes");
}

/// Whoever knows a password signs in again, MFA or not: it is taken away, unless somebody did so after the sign-in.
#[test]
fn who_signed_in_has_a_password() {
    use crate::model::Event;
    let (eve, admin) = (user("eve", ""), user("admin", "AKIAADMIN"));
    let response = r#"{"ConsoleLogin":"Success"}"#;
    let sign_in = |identity, time| Event {
        event_source: "signin.amazonaws.com",
        event_name: "ConsoleLogin",
        event_time: Some(at(time)),
        response_elements: response,
        event_id: "in",
        record: "{}",
        ..event(identity)
    };
    let commands = |others: &[Event<'_>]| credentials("user/eve", &[sign_in(&eve, "2024-01-01T10:00:00Z")], others).1;
    let command = "aws iam delete-login-profile --user-name eve";
    assert!(commands(&[]).iter().any(|known| known == command), "{:?}", commands(&[]));
    let of_user = r#"{"requestParameters":{"userName":"eve"}}"#;
    let of_other = r#"{"requestParameters":{"userName":"eva"}}"#;
    let deleted = |record, time| Event {
        event_time: Some(at(time)),
        event_id: "deleted",
        ..called(&admin, (IAM, "DeleteLoginProfile"), record, "")
    };
    assert!(!commands(&[deleted(of_user, "2024-01-01T11:00:00Z")]).iter().any(|known| known == command));
    assert!(commands(&[deleted(of_user, "2024-01-01T09:00:00Z")]).iter().any(|known| known == command));
    assert!(commands(&[deleted(of_other, "2024-01-01T11:00:00Z")]).iter().any(|known| known == command));
    // Of root there is no command: what to do is said in words, as a comment.
    let root = crate::model::UserIdentity {
        kind: crate::model::IdentityType::Root,
        principal_id: crate::model::testing::ACCOUNT.into(),
        account_id: crate::model::testing::ACCOUNT.into(),
        ..Default::default()
    };
    let name = format!("root@{}", crate::model::testing::ACCOUNT);
    let (_, told) = credentials(&name, &[sign_in(&root, "2024-01-01T10:00:00Z")], &[]);
    assert!(told.iter().any(|known| known.starts_with("# as root, in the console: change the password")), "{told:?}");
    // A key needs none of that.
    let (_, told) =
        credentials("AKIAEVE", &[Event { event_id: "1", record: "{}", ..event(&user("eve", "AKIAEVE")) }], &[]);
    assert_eq!(told, ["aws iam update-access-key --user-name eve --access-key-id AKIAEVE --status Inactive"]);
}
