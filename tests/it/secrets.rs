//! Secrets that stand in logs reach no output: not the answer, not the coverage, not an error.

use serde_json::{Value, json};
use trailscan::output::Format;

use crate::harness::{Place, formats, gzip, of_rollups};
use crate::records::{calls, delivered, id, lines, with};

/// What every secret here begins with.
const MARK: &str = "wJalrXUtnFEMI";

fn secret(name: &str) -> String {
    format!("{MARK}-{name}-bPxRfiCYEXAMPLEKEY")
}

/// A call with `changes`.
fn call(number: usize, changes: Value) -> Value {
    with(with(calls(1)[0].clone(), json!({ "eventID": id(number) })), changes)
}

/// Credentials as STS gives them.
fn credentials(key: &str) -> Value {
    json!({"accessKeyId": key, "secretAccessKey": secret("sts"), "sessionToken": secret("token"),
        "expiration": "Sep 10, 2026, 1:00:00 PM"})
}

/// Records that hold secrets wherever CloudTrail, or who calls it, has been seen to put them, and in some odd places.
fn records() -> Vec<Value> {
    let sts = |event: &str| {
        json!({"eventSource": "sts.amazonaws.com", "eventName": event, "responseElements": {
            "credentials": credentials(&format!("ASIA{}EXAMPLE", event.to_uppercase())),
            "assumedRoleUser": {"assumedRoleId": "AROACKCEVSQ6C2EXAMPLE:s", "arn": "arn:aws:sts::111122223333:assumed-role/r/s"},
            "federatedUser": {"federatedUserId": "111122223333:partner", "arn": "arn:aws:sts::111122223333:federated-user/partner"}},
            "requestParameters": {"roleArn": "arn:aws:iam::111122223333:role/r", "roleSessionName": "s",
                "tokenCode": secret("code"), "webIdentityToken": secret("jwt"), "sAMLAssertion": secret("saml")}})
    };
    let iam = |event: &str, request: Value, response: Value| json!({"eventSource": "iam.amazonaws.com", "eventName": event, "requestParameters": request, "responseElements": response});
    let key = json!({"accessKey": {"accessKeyId": "AKIAI44QH8DHBEXAMPLE", "secretAccessKey": secret("key"),
        "status": "Active", "userName": "Alice", "createDate": "Sep 10, 2026, 12:00:00 PM"}});
    let mut changes = vec![
        sts("AssumeRole"),
        sts("AssumeRoleWithSAML"),
        sts("AssumeRoleWithWebIdentity"),
        sts("AssumeRoot"),
        sts("GetSessionToken"),
        sts("GetFederationToken"),
        iam("CreateAccessKey", json!({"userName": "Alice", "secretAccessKey": secret("asked")}), key.clone()),
        iam("CreateAccessKey", json!(null), key),
        iam(
            "CreateLoginProfile",
            json!({"userName": "Alice", "password": secret("login")}),
            json!({"password": secret("p")}),
        ),
        iam("UpdateLoginProfile", json!({"userName": "Alice", "password": secret("update")}), Value::Null),
        iam("ChangePassword", json!({"oldPassword": secret("old"), "newPassword": secret("new")}), Value::Null),
        json!({"eventSource": "signin.amazonaws.com", "eventName": "ConsoleLogin", "responseElements": {"ConsoleLogin": "Failure"},
            "errorMessage": "Failed authentication", "additionalEventData": {"MFAUsed": "No", "password": secret("sign-in")}}),
        json!({"eventSource": "cloudtrail.amazonaws.com", "eventName": "StopLogging",
            "requestParameters": {"name": "trail", "password": secret("trail")}}),
        json!({"requestParameters": {"deep": [{"er": {"secretAccessKey": secret("deep"), "sessionToken": [secret("list")]}}]}}),
        json!({"responseElements": secret("bare"), "requestParameters": secret("bare request")}),
        json!({"errorCode": "AccessDenied", "errorMessage": format!("password {} is wrong", secret("message"))}),
        json!({"userIdentity": {"secretAccessKey": secret("identity"), "sessionContext": {"sessionToken": secret("context")}}}),
        json!({"password": secret("top"), "serviceEventDetails": {"secretAccessKey": secret("details")}}),
        json!({"additionalEventData": {"LoginTo": "x", "sessionToken": secret("additional")}}),
        json!({"addendum": {"reason": "UPDATED_DATA", "updatedFields": secret("addendum")}}),
        json!({"tlsDetails": {"clientProvidedHostHeader": secret("header")}, "resources": [{"ARN": secret("resource")}]}),
    ];
    // The same places with the types that some records have instead: what is taken for an id or a time must not be all it finds.
    for credentials in [
        json!({"accessKeyId": {"secretAccessKey": secret("in the key")}, "expiration": {"sessionToken": secret("in the time")}}),
        json!([secret("a list")]),
        json!({"secretAccessKey": secret("alone")}),
    ] {
        changes.push(json!({"eventSource": "sts.amazonaws.com", "eventName": "AssumeRole",
            "responseElements": {"credentials": credentials, "assumedRoleUser": secret("odd")}}));
        changes.push(json!({"eventSource": "iam.amazonaws.com", "eventName": "CreateAccessKey",
            "responseElements": {"accessKey": credentials}}));
    }
    changes.into_iter().enumerate().map(|(number, changes)| call(number, changes)).collect()
}

/// Every file in the folder but those that were written by the test.
fn files(place: &Place) -> Vec<(String, Vec<u8>)> {
    fn walk(folder: &std::path::Path, found: &mut Vec<(String, Vec<u8>)>) {
        for entry in std::fs::read_dir(folder).expect("a folder") {
            let path = entry.expect("an entry").path();
            if path.is_dir() {
                walk(&path, found);
            } else {
                found.push((path.display().to_string(), std::fs::read(&path).expect("a file")));
            }
        }
    }
    let mut found = Vec::new();
    walk(&place.path("out"), &mut found);
    found
}

fn assert_clean(what: &str, bytes: &[u8]) {
    let at = bytes.windows(MARK.len()).position(|window| window == MARK.as_bytes());
    if let Some(at) = at {
        let around = &bytes[at.saturating_sub(80)..(at + 60).min(bytes.len())];
        panic!("{what} holds a secret: {}", String::from_utf8_lossy(around));
    }
}

/// Runs all reports in all formats over `input`, to stdout and to files.
fn every_output(place: &Place, input: &str) {
    std::fs::create_dir_all(place.path("out")).expect("a folder");
    for format in formats().map(Format::as_str) {
        let folder = format!("out/{format}/");
        let options = ["--min-addresses", "0", "--coverage", "out/coverage.json", "--color", "always", "--limit", "0"];
        let run = place.trailscan("audit").args(["--format", format, "-o", &folder]).args(options).arg(input).run();
        assert_clean("stderr", run.stderr.as_bytes());
        // What the records themselves say is looked at below.
        for report in
            of_rollups().chain(trailscan::report::REPORTS.iter().copied().filter(|report| report.needs_no_logs()))
        {
            let every: Vec<&str> = report.columns.iter().map(|column| column.name).collect();
            let run = place
                .trailscan(&crate::harness::command(report))
                .args(["--format", format, "--columns", &every.join(",")])
                .arg(input)
                .run();
            assert_clean("stderr", run.stderr.as_bytes());
            assert_clean(&format!("{} as {format}", report.name), &run.stdout);
            if report.argument.is_some() {
                for format in ["table", "dot"] {
                    let run =
                        place.trailscan(&crate::harness::command(report)).args(["--format", format]).arg(input).run();
                    assert_clean(&format!("the tree of {} as {format}", report.name), &run.stdout);
                }
            }
        }
    }
    for (name, bytes) in files(place) {
        assert_clean(&name, &bytes);
        if name.ends_with(".json") && !bytes.is_empty() {
            // Not hidden by escapes either.
            let text = serde_json::from_slice::<Value>(&bytes).map(|value| value.to_string()).unwrap_or_default();
            assert_clean(&name, text.as_bytes());
        }
    }
}

#[test]
fn secrets_of_well_formed_records() {
    let place = Place::new();
    place.write("logs.json", delivered(&records()));
    every_output(&place, "logs.json");
    assert!(files(&place).len() > 8, "there was something to look into");
    let answer = place.trailscan("sessions logs.json").json(0);
    assert!(answer["coverage"]["events_counted"].as_i64() > Some(20));
}

#[test]
fn secrets_of_broken_records_and_objects() {
    let place = Place::new();
    let text = delivered(&records());
    let sent = records()
        .iter()
        .map(|record| record.to_string().replace("\":\"wJal", "\": wJal"))
        .collect::<Vec<_>>()
        .join("\n");
    let packed = gzip(&text);
    for (name, bytes) in [
        ("cut.json", text.as_bytes()[..text.find("-asked-").expect("it is there")].to_vec()),
        ("cut.json.gz", packed[..packed.len() / 2].to_vec()),
        ("no-json.json", format!("secretAccessKey={}", secret("bare")).into_bytes()),
        ("broken-values.json", sent.into_bytes()),
        (
            "no-events.json",
            json!({"Records": [{"password": secret("no event")}, secret("text"), {"detail": secret("x")}]})
                .to_string()
                .into_bytes(),
        ),
        ("lines.json", lines(&records()).replace("\"eventVersion\"", "\"eventVersion").into_bytes()),
        ("bytes.json", text.replace("EXAMPLEKEY", "\u{0}").into_bytes()),
    ] {
        place.write(name, bytes);
        every_output(&place, name);
    }
}

/// The report of single events prints the records: what they hold under the name of a secret is replaced, in every format
/// and however they are broken. A secret that stands in the place of something else, as a message or a header, stays.
#[test]
fn secrets_of_the_records_that_events_prints() {
    let named = |record: &Value| {
        let text = record.to_string();
        !["bare", "message", "addendum", "header", "odd", "a list", "in the"].iter().any(|odd| text.contains(odd))
    };
    let named: Vec<Value> = records().into_iter().filter(named).collect();
    assert!(named.len() > 15, "{}", named.len());
    let place = Place::new();
    let text = delivered(&named);
    let broken: Vec<String> = named.iter().map(|record| record.to_string().replace("\":\"wJal", "\": wJal")).collect();
    place.write("whole.json", &text);
    place.write("pretty.json", serde_json::to_string_pretty(&json!({ "Records": named })).expect("JSON"));
    place.write("broken.json", broken.join("\n"));
    place.write("nested.json", json!([{ "Message": text }]).to_string());
    for input in ["whole.json", "pretty.json", "broken.json", "nested.json"] {
        for format in formats().filter(|format| !format.is_of_findings()).map(Format::as_str) {
            let columns =
                if format == "jsonl" { Vec::new() } else { vec!["--columns", "record,message,error_message"] };
            let run = place.trailscan("events").args(["--format", format]).args(&columns).arg(input).run();
            assert_clean(&format!("events of {input} as {format}"), &run.stdout);
            assert!(run.stdout.len() > 1000 && !run.stderr.contains("wJalr"), "{input}: {}", run.stderr);
            assert!(format == "parquet" || run.text().contains("[redacted]"), "{input} as {format}");
        }
        for format in formats().filter(|format| !format.is_of_findings()).map(Format::as_str) {
            let run = place.trailscan("incident *").args(["--format", format]).arg(input).run();
            assert_clean(&format!("incident of {input} as {format}"), &run.stdout);
            assert!(run.stdout.len() > 500, "{input}: {}", run.stderr);
        }
        let answer = place.trailscan("events").arg(input).args(["--format", "json"]).run().json();
        let secrets: i64 =
            answer["rows"].as_array().expect("rows").iter().map(|row| crate::harness::count(&row["secrets"])).sum();
        // Of a broken record all that follows is replaced at once.
        let least = if input == "broken.json" { 5 } else { 30 };
        assert!(secrets > least, "{input}: {secrets}");
    }
}

/// Secrets that no name tells, in the fields that callers fill: known by their form or by what stands beside them.
#[test]
fn secrets_that_only_their_form_tells() {
    let (key, secret) = ("AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY");
    let token = format!("FwoGZXIvYXdz{MARK}{}", "Ab1+/".repeat(30));
    let jwt = format!("eyJhbGciOiJIUzI1NiJ9.eyJ{MARK}9.dozjgNryP4J3jVmNHl0w5N");
    let odd = [
        json!({"errorCode": "InvalidParameter", "errorMessage": format!("{key}: {secret} is not valid")}),
        json!({"userAgent": format!("tool/1 aws_secret_access_key={secret}")}),
        json!({"userAgent": format!("tool/1 ({token})")}),
        json!({"requestParameters": {"commands": [format!("export A={key}\nexport AWS_SECRET_ACCESS_KEY=\"{secret}\"")]}}),
        json!({"requestParameters": {"environment": [{"name": "DB_PASSWORD", "value": MARK}]}}),
        json!({"requestParameters": {"parameters": [{"parameterKey": "Secret", "parameterValue": MARK}]}}),
        json!({"requestParameters": {"text": json!({"id": key, "other": secret}).to_string()}}),
        json!({"requestParameters": {"header": format!("Bearer {jwt}"), "url": format!("postgres://u:{MARK}@db/x")}}),
        json!({"responseElements": {"pem": format!("-----BEGIN PRIVATE KEY-----\n{MARK}\n-----END PRIVATE KEY-----")}}),
    ];
    let records: Vec<Value> = odd.into_iter().enumerate().map(|(number, odd)| call(number, odd)).collect();
    let place = Place::new();
    place.write("odd.json", delivered(&records));
    for format in formats().filter(|format| !format.is_of_findings()).map(Format::as_str) {
        let columns: &[&str] = if format == "jsonl" { &[] } else { &["--columns", "all"] };
        let run = place.trailscan("events odd.json").args(["--format", format]).args(columns).ends(0);
        assert_clean(&format!("events as {format}"), &run.stdout);
        assert!(run.stdout.len() > 1000, "{format}");
    }
    let answer = place.trailscan("events odd.json").json(0);
    let rows = answer["rows"].as_array().expect("rows");
    assert!(rows.len() == 9 && rows.iter().all(|row| crate::harness::count(&row["secrets"]) > 0), "{rows:?}");
}

#[test]
fn the_search_for_secrets_finds_them() {
    let found = std::panic::catch_unwind(|| assert_clean("this", secret("x").as_bytes()));
    assert!(found.is_err());
    assert_clean("that", b"AKIAIOSFODNN7EXAMPLE");
}
