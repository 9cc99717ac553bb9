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
    assert_eq!(of(&page, Part::Failed), [format!("{when}: ec2: StopInstances (NoSuchEntity) 1")]);
    assert_eq!(of(&page, Part::Issued), [format!("{when} GetSessionToken (sts)")]);
    assert_eq!(of(&page, Part::Discovery), [format!("{when}: ssm: GetParameters 1")]);
    assert_eq!(of(&page, Part::ByService), [format!("{when}: kms: Decrypt 1")]);
}

#[test]
fn sharing_names_the_others_and_taking_back_shares_nothing() {
    let eve = user("eve", "AKIAEVE");
    let source = ("rds.amazonaws.com", "ModifyDBSnapshotAttribute");
    let record = |parameters: &str| format!("{{\"requestParameters\":{parameters}}}");
    let add = r#"{"dBSnapshotIdentifier":"x","valuesToAdd":["193672423079"]}"#;
    let own = r#"{"dBSnapshotIdentifier":"x","valuesToAdd":["111122223333"]}"#;
    let remove = r#"{"dBSnapshotIdentifier":"x","valuesToRemove":["193672423079"]}"#;
    let [of_add, of_own_record, of_remove] = [add, own, remove].map(record);
    let of_event =
        |id, parameters, record| crate::model::Event { event_id: id, ..called(&eve, source, record, parameters) };
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
        of_event("1", add, &of_add),
        of_event("2", own, &of_own_record),
        of_event("3", remove, &of_remove),
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
        [format!("{when}: iam: UpdateAssumeRolePolicy 1"), format!("{when}: rds: ModifyDBSnapshotAttribute 1")]
    );
    assert_eq!(of(&page, Part::Deleted), [format!("{when}: rds: ModifyDBSnapshotAttribute 1")]);
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

/// Events of a story, their records written from what they say: those of the user admin are read and not counted.
struct Story {
    calls: Vec<(crate::model::UserIdentity<'static>, &'static str, String, serde_json::Value)>,
}

impl Story {
    fn new() -> Self {
        Self { calls: Vec::new() }
    }

    /// A call at a minute of the first hour; `record` may say its source address, region, error, account and read-only flag.
    fn call(mut self, by: &crate::model::UserIdentity<'static>, call: &'static str, record: serde_json::Value) -> Self {
        let minute = self.calls.len();
        self.calls.push((by.clone(), call, format!("2024-01-01T00:{minute:02}:00Z"), record));
        self
    }

    /// The page asked for, and its rows.
    fn told(&self, asked: &str, is_whole: bool) -> (Vec<crate::report::TreeNode>, Vec<Vec<Value>>) {
        let mut state = State::new(REPORT.needs);
        let texts: Vec<[String; 3]> = (self.calls.iter())
            .map(|(_, _, _, record)| {
                [record.to_string(), record["requestParameters"].to_string(), record["responseElements"].to_string()]
            })
            .collect();
        for is_counted in [false, true] {
            for (place, ((by, call, time, record), [text, parameters, response])) in
                self.calls.iter().zip(&texts).enumerate()
            {
                let said = |name: &str| record[name].as_str().unwrap_or_default();
                let (service, name) = call.split_once(':').expect("service:Name");
                let (source, id) = (format!("{service}.amazonaws.com"), place.to_string());
                let address =
                    Some(said("sourceIPAddress")).filter(|address| !address.is_empty()).unwrap_or("192.0.2.1");
                let account = Some(said("recipientAccountId")).filter(|account| !account.is_empty());
                let region = Some(said("awsRegion")).filter(|region| !region.is_empty());
                let event = crate::model::Event {
                    event_source: &source,
                    event_name: name,
                    event_id: &id,
                    event_time: Some(at(time)),
                    source_ip_address: address,
                    recipient_account_id: account.unwrap_or(crate::model::testing::ACCOUNT),
                    aws_region: region.unwrap_or("us-east-1"),
                    error_code: said("errorCode"),
                    read_only: Some(record["readOnly"] == true),
                    request_parameters: parameters,
                    response_elements: response,
                    record: text,
                    ..event(by)
                };
                match is_counted {
                    false => state.remember(&event),
                    true if by.user_name != "admin" => state.observe(&event),
                    true => {}
                }
            }
        }
        let options = Options::default();
        let as_of = Some(at("2024-01-01T01:00:00Z"));
        let answer = (REPORT.answer)(&View { as_of, is_whole, argument: Some(asked), ..View::new(&state, &options) });
        (answer.tree.expect("a tree").nodes, answer.rows)
    }

    /// The lines of a part of the page, each with all that it says.
    fn page(&self, asked: &str, part: Part) -> Vec<String> {
        let (nodes, _) = self.told(asked, false);
        let of_part = nodes.iter().filter(|node| node.kind == part.name());
        of_part.map(|node| format!("{} | {}", node.label, node.lines.concat().join(", "))).collect()
    }
}

#[test]
fn machines_models_failed_attempts_and_services() {
    let eve = user("eve", "AKIAEVE");
    let fas = crate::model::UserIdentity {
        session: Some(crate::model::SessionContext {
            creation_date: Some(at("2024-01-01T00:00:00Z")),
            ..Default::default()
        }),
        ..user("eve", "ASIAOFSERVICE")
    };
    let by = |host: &str| serde_json::json!({"sourceIPAddress": host, "readOnly": true});
    let story = Story::new()
        .call(&eve, "ssm:StartSession", serde_json::json!({"requestParameters": {"target": "i-1"}}))
        .call(&eve, "ec2:GetPasswordData", serde_json::json!({"readOnly": true, "requestParameters": {"instanceId": "i-1"}}))
        .call(&eve, "ssm:DescribeInstanceInformation", serde_json::json!({"readOnly": true}))
        .call(&eve, "bedrock:InvokeModel", serde_json::json!({"readOnly": true, "requestParameters": {"modelId": "m"}}))
        .call(&eve, "bedrock:ListFoundationModels", serde_json::json!({"readOnly": true}))
        .call(&eve, "cloudtrail:StopLogging", serde_json::json!({"errorCode": "AccessDenied", "requestParameters": {"name": "main"}}))
        .call(&eve, "cloudtrail:StopLogging", serde_json::json!({"errorCode": "AccessDenied", "requestParameters": {"name": "main"}}))
        .call(&fas, "kms:Decrypt", by("secretsmanager.amazonaws.com"))
        .call(&fas, "kms:Decrypt", by("AWS Internal"))
        .call(&fas, "s3:ListBuckets", serde_json::json!({"sourceIPAddress": "AWS Internal", "readOnly": true, "sessionCredentialFromConsole": "true"}))
        .call(&fas, "iam:TagUser", serde_json::json!({"sourceIPAddress": "cloudformation.amazonaws.com"}));
    let of = |part| story.page("AKIAEVE", part);
    assert_eq!(
        of(Part::Reached),
        [
            "2024-01-01 00:00:00Z StartSession (ssm) | on i-1, from 192.0.2.1, with AKIAEVE",
            "2024-01-01 00:01:00Z GetPasswordData (ec2) | on i-1, from 192.0.2.1, with AKIAEVE",
        ]
    );
    assert_eq!(of(Part::Models), ["2024-01-01 00:03:00Z InvokeModel (bedrock) | on m, from 192.0.2.1, with AKIAEVE"]);
    assert_eq!(of(Part::Discovery).len(), 3, "{:?}", of(Part::Discovery));
    assert_eq!(
        of(Part::Logging),
        [
            "2024-01-01 00:05:00Z StopLogging (cloudtrail) 2 times: AccessDenied until 2024-01-01 00:06:00Z | on main, from 192.0.2.1, with AKIAEVE"
        ]
    );
    assert!(of(Part::Denied).is_empty() && !of(Part::Unseen).iter().any(|line| line.contains("logging was touched")));
    assert!(
        of(Part::Summary)[0].contains("2 logging, 2 of them failed, 2 into machines, 1 to models"),
        "{:?}",
        of(Part::Summary)
    );
    // A service has keys of its own for what it does, and what it changes is told among the changes.
    let story_of = |part| story.page("user/eve", part);
    assert_eq!(
        story_of(Part::ByService),
        [
            "2024-01-01 00:07:00Z until 2024-01-01 00:08:00Z: kms: Decrypt 2 | from secretsmanager.amazonaws.com, AWS Internal"
        ]
    );
    assert!(story_of(Part::Discovery).iter().any(|line| line.contains("s3: ListBuckets 1")));
    assert_eq!(
        story_of(Part::Changed),
        ["2024-01-01 00:10:00Z: iam: TagUser 1 | by user/eve, from cloudformation.amazonaws.com"]
    );
    assert!(story_of(Part::Summary)[0].contains("2 by services on its behalf"), "{:?}", story_of(Part::Summary));
}

/// Whether a change of eve's stays after what came then.
fn stays(changed: (&'static str, serde_json::Value), then: [(&str, &'static str, serde_json::Value); 1]) -> bool {
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let [(by, call, record)] = then;
    let by = if by == "eve" { &eve } else { &admin };
    let story = Story::new().call(&eve, changed.0, changed.1).call(by, call, record);
    story.page("AKIAEVE", Part::Stays)[0].contains("stays, as far as these logs tell")
}

/// Another thing of the same name, a wider policy, or the same credentials' own in its place take nothing back.
#[test]
fn what_takes_nothing_back() {
    use serde_json::json;
    let of =
        |parameters: serde_json::Value, region: &str| json!({"requestParameters": parameters, "awsRegion": region});
    let here = |parameters| of(parameters, "us-east-1");
    let key = || json!({"keyName": "k"});
    let pair = || ("ec2:CreateKeyPair", here(key()));
    assert!(!stays(pair(), [("admin", "ec2:DeleteKeyPair", here(key()))]));
    assert!(stays(pair(), [("admin", "ec2:DeleteKeyPair", of(key(), "eu-west-1"))]), "in another region");
    let user = || json!({"userName": "bad"});
    assert!(
        !stays(("iam:CreateUser", here(user())), [("admin", "iam:DeleteUser", of(user(), "us-west-2"))]),
        "of no region"
    );
    let permission =
        |function: &str| here(json!({"functionName": function, "statementId": "s", "principal": "444455556666"}));
    let open = || ("lambda:AddPermission20150331v2", permission("f"));
    assert!(!stays(open(), [("admin", "lambda:RemovePermission20150331v2", permission("f"))]));
    assert!(stays(open(), [("admin", "lambda:RemovePermission20150331v2", permission("g"))]), "of another function");
    let detector = |region| of(json!({"detectorId": "d"}), region);
    let deleted = || ("guardduty:DeleteDetector", detector("eu-west-1"));
    assert!(!stays(deleted(), [("admin", "guardduty:CreateDetector", of(json!({"enable": true}), "eu-west-1"))]));
    assert!(stays(deleted(), [("admin", "guardduty:CreateDetector", of(json!({"enable": true}), "us-west-2"))]));
    let trail = || here(json!({"name": "main", "s3BucketName": "b"}));
    let gone = || ("cloudtrail:DeleteTrail", trail());
    assert!(!stays(gone(), [("admin", "cloudtrail:CreateTrail", trail())]));
    assert!(stays(gone(), [("eve", "cloudtrail:CreateTrail", trail())]), "her own in its place");
    let trust = |who: serde_json::Value| {
        let document = json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": who}]});
        here(json!({"roleName": "r", "policyDocument": document.to_string()}))
    };
    let opened = || ("iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "193672423079"})));
    assert!(!stays(opened(), [("admin", "iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "111122223333"})))]));
    assert!(
        stays(opened(), [("admin", "iam:UpdateAssumeRolePolicy", trust(json!({"AWS": "*"})))]),
        "everybody is let in"
    );
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

#[test]
fn what_was_taken_back_is_one_line_and_what_is_left_is_told() {
    let (eve, admin) = (user("eve", "AKIAEVE"), user("admin", "AKIAADMIN"));
    let json = |parameters: serde_json::Value| serde_json::json!({"requestParameters": parameters});
    let trust = |who: &str| {
        let document = serde_json::json!({"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole",
            "Principal": {"AWS": who}}]});
        json(serde_json::json!({"roleName": "r", "policyDocument": document.to_string()}))
    };
    let secret = |name: &str| json(serde_json::json!({"name": name}));
    let mut story = Story::new()
        .call(&admin, "cloudtrail:CreateTrail", json(serde_json::json!({"name": "main"})))
        .call(&eve, "cloudtrail:CreateTrail", json(serde_json::json!({"name": "own"})))
        .call(&eve, "cloudtrail:DeleteTrail", json(serde_json::json!({"name": "own"})))
        .call(&eve, "cloudtrail:DeleteTrail", json(serde_json::json!({"name": "main"})))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::193672423079:root"))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::193672423079:user/x"))
        .call(&eve, "iam:UpdateAssumeRolePolicy", trust("arn:aws:iam::111122223333:root"));
    for name in ["a", "b", "c", "d", "e"] {
        story = story.call(&eve, "secretsmanager:CreateSecret", secret(name));
    }
    let deleted =
        json(serde_json::json!({"secretId": "arn:aws:secretsmanager:us-east-1:111122223333:secret:e-AbCdEf"}));
    let story = story.call(&eve, "secretsmanager:DeleteSecret", deleted);
    assert_eq!(
        story.page("AKIAEVE", Part::Stays),
        [
            "trail deleted: main | 2024-01-01 00:03:00Z by user/eve (DeleteTrail), stays, as far as these logs tell",
            "new secret, 4: a | b, c, d, 2024-01-01 00:07:00Z to 2024-01-01 00:10:00Z, stays, as far as these logs tell",
            "4 of 9 changes taken back, or of what it had made itself | by user/eve, 2024-01-01 00:01:00Z to 2024-01-01 00:12:00Z, \
             trail deleted: own, changed trust of a role, 2: r, new secret: e",
        ]
    );
    // Among the rows each stands for itself.
    let (_, rows) = story.told("AKIAEVE", false);
    let stays = rows.iter().filter(|row| row[0].as_text().as_deref() == Some("stays")).count();
    assert_eq!(stays, 9);
    assert!(
        story.page("AKIAEVE", Part::Deleted)[0].contains("iam: UpdateAssumeRolePolicy 1"),
        "{:?}",
        story.page("AKIAEVE", Part::Deleted)
    );
    assert_eq!(story.page("AKIAEVE", Part::Summary).len(), 1);
    // With no limit nothing is cut.
    let (nodes, _) = story.told("AKIAEVE", true);
    assert!(
        nodes.iter().any(|node| node.label == "new secret: d")
            && !nodes.iter().any(|node| node.label.contains("taken back, or"))
    );
}

#[test]
fn containment_is_by_account_and_by_what_works() {
    use crate::model::testing::{OTHER_ACCOUNT, role_session};
    let session = |role: &str, path: &str, name: &str, key: &str| {
        let mut identity = role_session(role, name, key, Some(at("2024-01-01T00:00:00Z")));
        if let Some(session) = &mut identity.session {
            session.issuer.arn = format!("arn:aws:iam::111122223333:role/{path}{role}").into();
        }
        identity
    };
    let sso = session(
        "AWSReservedSSO_Admin_0123456789abcdef",
        "aws-reserved/sso.amazonaws.com/",
        "eve@example.com",
        "ASIASSO",
    );
    let linked = session("AWSServiceRoleForX", "aws-service-role/x.amazonaws.com/", "x", "ASIALINKED");
    let own = session("job", "", "x", "ASIAJOB");
    let there = serde_json::json!({"recipientAccountId": OTHER_ACCOUNT, "requestParameters": {"keyName": "k"}});
    let story = Story::new()
        .call(&sso, "ec2:CreateKeyPair", there)
        .call(&linked, "ec2:DescribeInstances", serde_json::json!({"readOnly": true}))
        .call(&own, "ec2:DescribeInstances", serde_json::json!({"readOnly": true}));
    let commands: Vec<String> = story.page("192.0.2.1", Part::Containment);
    let begin: Vec<String> =
        commands.iter().map(|line| line.split_whitespace().take(3).collect::<Vec<_>>().join(" ")).collect();
    assert_eq!(
        begin,
        [
            "# account 111122223333",
            "aws sso-admin delete-account-assignment",
            "aws organizations create-policy",
            "aws iam put-role-policy",
            "# account 444455556666",
            "aws ec2 delete-key-pair",
        ],
        "{commands:#?}"
    );
    assert!(commands[1].contains("permission set Admin for eve@example.com"), "{}", commands[1]);
    assert!(commands[3].contains("--role-name job"), "{}", commands[3]);
}
