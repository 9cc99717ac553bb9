use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan};
use crate::report::{Finding, Options};

fn root(name: &str, source: &str, key: &str) -> Json {
    json!({
        "eventTime": "2026-01-02T03:00:00Z", "eventName": name, "eventSource": source, "readOnly": true,
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333",
        "userIdentity": { "type": "Root", "principalId": "111122223333", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root", "accessKeyId": key },
    })
}

fn everyday(key: &str) -> Json {
    root("ListBuckets", "s3.amazonaws.com", key)
}

fn sign_in(outcome: &str, mfa: &str) -> Json {
    let mut record = root("ConsoleLogin", "signin.amazonaws.com", "");
    record["responseElements"] = json!({ "ConsoleLogin": outcome });
    record["additionalEventData"] = json!({ "MFAUsed": mfa });
    if outcome == "Failure" {
        record["errorMessage"] = json!("Failed authentication");
    }
    record
}

fn ask(records: impl IntoIterator<Item = Json>) -> (Vec<[String; 6]>, Vec<Finding>) {
    let state = scan(&samples(records));
    let answer = (REPORT.answer)(&View::new(&state, &Options::default()));
    let names = ["class", "severity", "events", "everyday_events", "mfa", "sign_in_failures"];
    let places = names.map(|name| REPORT.columns.iter().position(|column| column.name == name).unwrap());
    let cell = |value: &Value| match value {
        Value::Text(text) => text.clone(),
        Value::Count(count) => count.to_string(),
        other => format!("{other:?}"),
    };
    let rows = answer.rows.iter().map(|row| places.map(|place| cell(&row[place]))).collect();
    (rows, answer.findings)
}

fn rules(records: impl IntoIterator<Item = Json>) -> Vec<(&'static str, &'static str)> {
    ask(records).1.iter().map(|finding| (finding.rule, finding.severity.as_str())).collect()
}

#[test]
fn rows_worst_first() {
    let mut service = everyday("");
    service["userIdentity"]["invokedBy"] = json!("autoscaling.amazonaws.com");
    let (rows, _) = ask([service, everyday("ASIA1"), everyday("ASIA2"), everyday("AKIA1")]);
    assert_eq!(rows[0], ["access-key", "critical", "1", "1", "unknown", "0"]);
    assert_eq!(rows[1], ["console", "high", "2", "2", "unknown", "0"]);
    assert_eq!(rows[2], ["service", "info", "1", "1", "unknown", "0"]);
}

#[test]
fn only_failures_are_low() {
    let (rows, _) = ask([sign_in("Failure", "No"), sign_in("Failure", "No")]);
    assert_eq!(rows, [["console", "low", "2", "0", "unknown", "2"].map(str::to_owned)]);
    assert_eq!(rules([sign_in("Failure", "No")]), [("root-attempts", "low")]);
    let mixed = rules([sign_in("Failure", "No"), sign_in("Success", "Yes")]);
    assert_eq!(mixed, [("root-console-use", "medium"), ("root-sign-in-failures", "low")]);
}

#[test]
fn sign_ins_and_sessions_say_mfa() {
    let mfa = |records: &[Json]| ask(records.to_vec()).0[0][4].clone();
    let in_session = |flag: &str| {
        let mut record = everyday("ASIA1");
        record["userIdentity"]["sessionContext"] = json!({ "attributes": { "mfaAuthenticated": flag } });
        record
    };
    assert_eq!(mfa(&[sign_in("Success", "Yes")]), "yes");
    assert_eq!(mfa(&[sign_in("Success", "No")]), "no");
    assert_eq!(mfa(&[sign_in("Success", "Yes"), in_session("false")]), "mixed");
    assert_eq!(mfa(&[in_session("true")]), "yes");
    assert_eq!(mfa(&[everyday("ASIA1")]), "unknown");
    assert_eq!(mfa(&[everyday("AKIA1")]), "unknown");
    let rules = rules([sign_in("Success", "No")]);
    assert_eq!(rules, [("root-console-use", "high"), ("root-sign-in-without-mfa", "high")]);
}

#[test]
fn keys_of_assume_root_are_moved() {
    let issued = |account: &str, key: &str| {
        json!({
            "eventTime": "2026-01-02T02:59:00Z", "eventName": "AssumeRoot", "eventSource": "sts.amazonaws.com",
            "recipientAccountId": "444455556666",
            "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/admin" },
            "requestParameters": { "targetPrincipal": account },
            "responseElements": { "credentials": { "accessKeyId": key } },
        })
    };
    let class = |issued: Json| ask([everyday("ASIA1"), issued]).0[0][0].clone();
    assert_eq!(class(issued("111122223333", "ASIA1")), "assume-root");
    assert_eq!(class(issued("arn:aws:iam::111122223333:root", "ASIA1")), "assume-root");
    assert_eq!(class(issued("111122223333", "ASIA2")), "console");
    assert_eq!(class(issued("777788889999", "ASIA1")), "console");
    let (_, findings) = ask([everyday("ASIA1"), issued("111122223333", "ASIA1")]);
    assert_eq!(findings[0].evidence["issued_by"], json!(["arn:aws:iam::444455556666:user/admin"]));
}

#[test]
fn keys_and_passwords_that_change() {
    let mut made = root("CreateAccessKey", "iam.amazonaws.com", "ASIA1");
    made["responseElements"] = json!({ "accessKey": { "accessKeyId": "AKIA9" } });
    let (_, findings) = ask([made.clone()]);
    assert_eq!((findings[0].rule, findings[0].severity.as_str()), ("root-key-created", "critical"));
    assert_eq!(findings[0].evidence["created_key_ids"], json!(["AKIA9"]));
    made["requestParameters"] = json!({ "userName": "u" });
    assert_eq!(rules([made]), [("root-everyday-use", "high")]);
    let changed = rules([root("PasswordUpdated", "signin.amazonaws.com", "")]);
    assert_eq!(changed, [("root-credential-change", "high"), ("root-console-use", "medium")]);
}

#[test]
fn all_but_federation_sum_to_the_events_of_root() {
    let mut federated = everyday("ASIA1");
    federated["userIdentity"]["type"] = json!("FederatedUser");
    federated["userIdentity"]["sessionContext"] =
        json!({ "sessionIssuer": { "type": "Root", "accountId": "111122223333" } });
    let records = [everyday("AKIA1"), everyday("ASIA1"), everyday(""), sign_in("Failure", "No"), federated];
    let (rows, _) = ask(records);
    let counted = rows.iter().filter(|row| row[0] != "federation").map(|row| row[2].parse::<i64>().unwrap());
    assert_eq!(counted.sum::<i64>(), 4);
    assert!(rows.iter().any(|row| row[0] == "federation" && row[2] == "1"));
}

#[test]
fn days_are_drawn_as_they_are_counted() {
    use crate::report::charts::{Picture, charts_of};
    let on = |day: &str| {
        let mut record = everyday("AKIAIOSFODNN7EXAMPLE");
        record["eventTime"] = json!(format!("2026-01-{day}T03:00:00Z"));
        record
    };
    let state = scan(&samples([on("02"), on("05"), sign_in("Success", "Yes"), on("05")]));
    let (options, answer) = (Options::default(), (REPORT.answer)(&View::new(&state, &Options::default())));
    let charts = charts_of(REPORT.name, &View::new(&state, &options));
    let Picture::Grid(grid) = &charts[0].picture else { panic!("a grid") };
    let told: Vec<Vec<String>> = grid
        .rows
        .iter()
        .map(|row| row.cells.iter().map(|cell| format!("{} {}", cell.column, cell.count)).collect())
        .collect();
    assert_eq!(told, [vec!["0 1", "3 2"], vec!["0 1"]]);
    let by_day = REPORT.columns.iter().position(|column| column.name == "events_by_day").unwrap();
    assert_eq!(answer.rows[0][by_day], Value::NamedCounts(vec![("2026-01-02".into(), 1), ("2026-01-05".into(), 2)]));
}
