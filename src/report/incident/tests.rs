mod beside;
mod changes;
mod credentials;

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
