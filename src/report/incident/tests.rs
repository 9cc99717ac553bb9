use super::line::Part;
use super::*;
use crate::aggregate::State;
use crate::model::testing::{at, event, user};
use crate::report::{Options, Value};

const IAM: &str = "iam.amazonaws.com";

/// The lines of the page about these events, each observed and remembered.
fn page(events: &[crate::model::Event<'_>]) -> Vec<(String, String, String, String)> {
    let mut state = State::new(REPORT.needs);
    for event in events {
        state.observe(event);
        state.remember(event);
    }
    let options = Options::default();
    let as_of = Some(at("2024-02-01T00:00:00Z"));
    let answer = (REPORT.answer)(&View { as_of, argument: Some("eve"), ..View::new(&state, &options) });
    let place = |name| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let text = |row: &[Value], name| row[place(name)].as_text().unwrap_or_default().into_owned();
    let line = |row: &Vec<Value>| (text(row, "part"), text(row, "what"), text(row, "outcome"), text(row, "command"));
    answer.rows.iter().map(line).collect()
}

fn of(page: &[(String, String, String, String)], part: Part) -> Vec<&str> {
    page.iter().filter(|line| line.0 == part.name()).map(|line| line.1.as_str()).collect()
}

/// A call with its record, as a decoder gives it.
fn called<'a>(
    identity: &'a crate::model::UserIdentity<'_>,
    (source, name): (&'a str, &'a str),
    record: &'a str,
    parameters: &'a str,
) -> crate::model::Event<'a> {
    crate::model::Event {
        event_source: source,
        event_name: name,
        request_parameters: parameters,
        record,
        event_id: name,
        read_only: Some(false),
        ..event(identity)
    }
}

#[test]
fn every_event_has_its_part() {
    let eve = user("eve", "AKIAEVE");
    let call = |source, name| called(&eve, (source, name), "{}", "");
    let read = |source, name| crate::model::Event { read_only: Some(true), ..call(source, name) };
    let decrypting = r#"{"requestParameters":{"name":"/a","withDecryption":true}}"#;
    let by_service = crate::model::Event {
        source_ip_address: "secretsmanager.amazonaws.com",
        event_id: "by-service",
        ..read("kms.amazonaws.com", "Decrypt")
    };
    let page = page(&[
        call("cloudtrail.amazonaws.com", "DeleteTrail"),
        read("secretsmanager.amazonaws.com", "GetSecretValue"),
        crate::model::Event { record: decrypting, ..read("ssm.amazonaws.com", "GetParameter") },
        read("ssm.amazonaws.com", "GetParameters"),
        by_service,
        call("s3.amazonaws.com", "DeleteObject"),
        call(IAM, "TagUser"),
        crate::model::Event { error_code: "AccessDenied", ..call("organizations.amazonaws.com", "LeaveOrganization") },
        crate::model::Event { error_code: "NoSuchEntity", ..call("ec2.amazonaws.com", "StopInstances") },
        call("sts.amazonaws.com", "GetSessionToken"),
    ]);
    let when = "2024-01-01 00:00:00Z";
    assert_eq!(of(&page, Part::Logging), [format!("{when} DeleteTrail (cloudtrail)")]);
    assert_eq!(
        of(&page, Part::Secrets),
        [format!("{when} GetParameter (ssm)"), format!("{when} GetSecretValue (secretsmanager)")]
    );
    assert_eq!(of(&page, Part::Deleted), [format!("{when}: s3: DeleteObject 1")]);
    assert_eq!(of(&page, Part::Changed), [format!("{when}: iam: TagUser 1")]);
    assert_eq!(of(&page, Part::Denied), [format!("{when} LeaveOrganization (organizations): AccessDenied")]);
    assert_eq!(of(&page, Part::Failed), [format!("{when}: ec2: StopInstances 1")]);
    assert_eq!(of(&page, Part::Issued), [format!("{when} GetSessionToken (sts)")]);
    assert_eq!(
        of(&page, Part::Discovery),
        [format!("{when}: kms: Decrypt 1"), format!("{when}: ssm: GetParameters 1")]
    );
}

#[test]
fn sharing_names_the_others_and_taking_back_shares_nothing() {
    let eve = user("eve", "AKIAEVE");
    let source = ("rds.amazonaws.com", "ModifyDBSnapshotAttribute");
    let of_event = |id, parameters| crate::model::Event { event_id: id, ..called(&eve, source, "{}", parameters) };
    let add = r#"{"dBSnapshotIdentifier":"x","valuesToAdd":["193672423079"]}"#;
    let own = r#"{"dBSnapshotIdentifier":"x","valuesToAdd":["111122223333"]}"#;
    let remove = r#"{"dBSnapshotIdentifier":"x","valuesToRemove":["193672423079"]}"#;
    let open = called(
        &eve,
        ("lambda.amazonaws.com", "AddPermission20150331v2"),
        "{}",
        r#"{"functionName":"f","principal":"*"}"#,
    );
    let trust = |principal: &str| {
        let document = format!(
            "{{\"Version\":\"2012-10-17\",\"Statement\":[{{\"Effect\":\"Allow\",\"Action\":\"sts:AssumeRole\",\"Principal\":{principal}}}]}}"
        );
        serde_json::json!({ "roleName": "r", "policyDocument": document }).to_string()
    };
    let [of_other, of_own] = [r#"{"AWS":"arn:aws:iam::193672423079:root"}"#, r#"{"AWS":"111122223333"}"#].map(trust);
    let trusts = |id, parameters| crate::model::Event {
        event_id: id,
        ..called(&eve, (IAM, "UpdateAssumeRolePolicy"), "{}", parameters)
    };
    let page = page(&[
        of_event("1", add),
        of_event("2", own),
        of_event("3", remove),
        open,
        trusts("4", &of_other),
        trusts("5", &of_own),
    ]);
    let when = "2024-01-01 00:00:00Z";
    assert_eq!(
        of(&page, Part::Shared),
        [
            format!("{when} AddPermission (lambda), shared with everybody"),
            format!("{when} ModifyDBSnapshotAttribute (rds), shared with 193672423079"),
            format!("{when} UpdateAssumeRolePolicy (iam), shared with 193672423079"),
        ]
    );
    assert_eq!(
        of(&page, Part::Changed),
        [format!("{when}: iam: UpdateAssumeRolePolicy 1"), format!("{when}: rds: ModifyDBSnapshotAttribute 2")]
    );
}

/// A change that somebody else took back needs no command, one that stays does, and so does the key.
#[test]
fn what_stays_is_contained() {
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let record = |name: &str| format!("{{\"requestParameters\":{{\"userName\":\"{name}\"}}}}");
    let (bad, worse) = (record("bad"), record("worse"));
    let create = |id, record| crate::model::Event { event_id: id, ..called(&eve, (IAM, "CreateUser"), record, "") };
    let delete = called(&admin, (IAM, "DeleteUser"), &bad, "");
    let mut state = State::new(REPORT.needs);
    for event in [create("1", &bad), create("2", &worse)] {
        state.observe(&event);
        state.remember(&event);
    }
    // The call of another is filtered, and remembered all the same.
    state.remember(&delete);
    let options = Options::default();
    let answer = (REPORT.answer)(&View { argument: Some("eve"), ..View::new(&state, &options) });
    let place = |name| COLUMNS.iter().position(|column| column.name == name).expect("a column");
    let told = |part: Part, name| -> Vec<String> {
        let lines = answer.rows.iter().filter(|row| row[0].as_text().as_deref() == Some(part.name()));
        lines.map(|row| row[place(name)].as_text().unwrap_or_default().into_owned()).collect()
    };
    assert_eq!(told(Part::Stays, "what"), ["new user: worse", "new user: bad"]);
    assert_eq!(
        told(Part::Stays, "outcome"),
        ["stays, as far as these logs tell", "taken back 2024-01-01 00:00:00Z by user/admin (DeleteUser)"]
    );
    assert_eq!(
        told(Part::Containment, "command"),
        [
            "aws iam update-access-key --user-name eve --access-key-id AKIAEVE --status Inactive",
            "aws iam attach-user-policy --user-name worse --policy-arn arn:aws:iam::aws:policy/AWSDenyAll"
        ]
    );
}

#[test]
fn an_argument_is_an_address_or_what_is_below_it() {
    for (argument, expected) in [
        ("203.0.113.66", Subject::Address),
        ("203.0.113.0/24", Subject::Address),
        ("2001:db8::1", Subject::Address),
        ("AKIAIOSFODNN7EXAMPLE", Subject::Below),
        ("user/eve", Subject::Below),
        ("arn:aws:iam::111122223333:user/eve", Subject::Below),
    ] {
        assert_eq!(subject_of(&REPORT, argument), Some(expected), "{argument}");
    }
    assert_eq!(subject_of(&crate::report::trace::REPORT, "203.0.113.66"), None);
}

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
    assert!(
        told("AKIAEVE").contains(&"issued: 2024-01-01 12:00:00Z ConsoleLogin (signin)".to_owned()),
        "{:?}",
        told("AKIAEVE")
    );
    // Nothing that a principal did itself is told apart, although it made keys for itself.
    assert!(told("user/bob").is_empty(), "{:?}", told("user/bob"));
}
