use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan};
use crate::report::{Finding, Options, Severity, Value};

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
    record["readOnly"] = json!(false);
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
        Value::Count(count) => count.to_string(),
        other => other.as_text().map_or_else(|| format!("{other:?}"), Into::into),
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
    assert_eq!(rules, [("root-sign-in-without-mfa", "high")]);
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
fn what_root_changed_in_a_session_with_mfa_is_said() {
    let said = |rule: &str, records: Vec<Json>| {
        let found = ask(records).1;
        found.into_iter().find(|finding| finding.rule == rule).unwrap().evidence["in_session_with_mfa"].clone()
    };
    let page = |name: &str| root(name, "signin.amazonaws.com", "");
    let in_session = |mut record: Json, mfa: &str| {
        record["userIdentity"]["sessionContext"] = json!({ "attributes": { "mfaAuthenticated": mfa } });
        record
    };
    let change = "root-credential-change";
    assert_eq!(said(change, vec![sign_in("Success", "Yes"), page("PasswordUpdated")]), true);
    let severity = |name: &str, mfa: &str| {
        let found = ask(vec![sign_in("Success", mfa), page(name)]).1;
        found.into_iter().find(|finding| finding.rule == change).unwrap().severity
    };
    assert_eq!(severity("PasswordUpdated", "Yes"), Severity::Medium, "a new password, as it is asked for now and then");
    for (name, mfa) in [("PasswordUpdated", "No"), ("EmailUpdated", "Yes"), ("PasswordRecoveryCompleted", "Yes")] {
        assert_eq!(severity(name, mfa), Severity::High, "{name} {mfa}");
    }
    assert_eq!(said(change, vec![page("PasswordUpdated")]), false, "nothing says so");
    assert_eq!(
        said(change, vec![sign_in("Success", "Yes"), page("PasswordRecoveryCompleted")]),
        false,
        "in no session"
    );
    assert_eq!(said(change, vec![sign_in("Success", "Yes"), sign_in("Success", "No"), page("EmailUpdated")]), false);
    let email = || root("AcceptPrimaryEmailUpdate", "account.amazonaws.com", "ASIA1");
    assert_eq!(said("root-email-change", vec![in_session(email(), "true")]), true);
    assert_eq!(said("root-email-change", vec![in_session(email(), "false")]), false);
    let mut of_member = in_session(email(), "true");
    of_member["requestParameters"] = json!({ "accountId": "777788889999" });
    assert_eq!(said("root-email-change", vec![of_member]), false, "of another account");
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
    use crate::report::charts::Picture;
    let on = |day: &str| {
        let mut record = everyday("AKIAIOSFODNN7EXAMPLE");
        record["eventTime"] = json!(format!("2026-01-{day}T03:00:00Z"));
        record
    };
    let state = scan(&samples([on("02"), on("05"), sign_in("Success", "Yes"), on("05")]));
    let (options, answer) = (Options::default(), (REPORT.answer)(&View::new(&state, &Options::default())));
    let charts = REPORT.charts_of(&View::new(&state, &options));
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

#[test]
fn what_anybody_can_cause_is_no_use() {
    let page = |name: &str| root(name, "signin.amazonaws.com", "");
    let severity = |records: &[Json]| ask(records.to_vec()).0[0][1].clone();
    let mut asked = page("PasswordRecoveryRequested");
    asked["sourceIPAddress"] = json!("198.51.100.66");
    assert_eq!(rules([asked.clone()]), [("root-password-reset-requested", "low")]);
    let summary = "a reset of the password of root of 111122223333 was requested from 198.51.100.66";
    assert_eq!(ask([asked.clone()]).1[0].summary, summary);
    let mut check = page("CheckMfa");
    check["responseElements"] = json!({ "CheckMfa": "Success" });
    let stopped = [check, sign_in("Failure", "Yes")];
    assert_eq!((rules(stopped.clone()), severity(&stopped)), (vec![("root-attempts", "low")], "low".to_owned()));
    let (_, done) = ask([asked, page("PasswordRecoveryCompleted")]);
    assert_eq!(
        (done[0].rule, &done[0].evidence["reset_requested_from"]),
        ("root-credential-change", &json!(["198.51.100.66"]))
    );
}

#[test]
fn a_change_of_the_password_that_failed_is_an_attempt() {
    let page = |name: &str, outcome: &str| {
        let mut record = root(name, "signin.amazonaws.com", "");
        record["responseElements"] = json!({ name: outcome });
        record
    };
    let change = ("root-credential-change", "high");
    for name in ["PasswordRecoveryCompleted", "PasswordUpdated", "EmailUpdated"] {
        assert_eq!(rules([page(name, "Failure")]), [("root-attempts", "low")], "{name}");
        let more: &[_] = if name == "PasswordRecoveryCompleted" { &[] } else { &[("root-console-use", "medium")] };
        assert_eq!(rules([page(name, "Success")]), [&[change], more].concat(), "{name}");
    }
    let (_, entered) = ask([page("PasswordRecoveryCompleted", "Success"), sign_in("Success", "Yes")]);
    assert_eq!(entered[1].summary, "root of 111122223333 signed in with MFA, and nothing else of it was read");
    let (_, both) = ask([page("PasswordRecoveryCompleted", "Failure"), page("PasswordUpdated", "Success")]);
    let summary = "the way to sign in as root of 111122223333 was changed: PasswordUpdated";
    assert_eq!((both[0].rule, both[0].count, &*both[0].summary), ("root-credential-change", 1, summary));
}

#[test]
fn the_consoles_own_reading_is_not_everyday_use() {
    let at_console = |name: &str, source: &str, mfa: &str| {
        let mut record = root(name, source, "ASIA1");
        record["sessionCredentialFromConsole"] = json!("true");
        record["userIdentity"]["sessionContext"] = json!({ "attributes": { "mfaAuthenticated": mfa } });
        record
    };
    let reads = at_console("DescribeRegions", "ec2.amazonaws.com", "true");
    let mut close = at_console("CloseAccount", "account.amazonaws.com", "true");
    close["readOnly"] = json!(false);
    let (_, findings) = ask([sign_in("Success", "Yes"), reads.clone(), close]);
    let told: Vec<_> = findings.iter().map(|found| (found.rule, found.severity.as_str(), &*found.summary)).collect();
    let summary = "root of 111122223333 was used with MFA, and changed nothing but what needs root";
    assert_eq!(told, [("root-console-use", "medium", summary)]);
    let mut writes = at_console("RunInstances", "ec2.amazonaws.com", "true");
    writes["readOnly"] = json!(false);
    assert_eq!(rules([sign_in("Success", "Yes"), reads, writes]), [("root-everyday-use", "high")]);
    let without = at_console("DescribeRegions", "ec2.amazonaws.com", "false");
    let both = [("root-everyday-use", "high"), ("root-sign-in-without-mfa", "high")];
    assert_eq!(rules([sign_in("Success", "No"), without]), both);
}

#[test]
fn who_is_denied_with_credentials_of_root_holds_root() {
    let refused = |key: &str, code: &str| {
        let mut record = root("ListUsers", "iam.amazonaws.com", key);
        record["errorCode"] = json!(code);
        record
    };
    let used = [("root-everyday-use", "high")];
    assert_eq!(rules([refused("ASIA1", "AccessDenied")]), used);
    let mut session = refused("", "AccessDenied");
    session["userIdentity"]["sessionContext"] = json!({ "attributes": { "creationDate": "2026-01-02T02:00:00Z" } });
    assert_eq!(rules([session]), used);
    let told = "root of 111122223333 did everyday work that does not need root; all of it was refused, but somebody holds root";
    for records in [vec![], vec![sign_in("Success", "Yes")], vec![sign_in("Failure", "No")]] {
        let all = records.into_iter().chain([refused("ASIA1", "AccessDenied")]);
        assert_eq!(ask(all).1[0].summary, told);
    }
    let (_, some) = ask([refused("ASIA1", "AccessDenied"), everyday("ASIA1")]);
    assert_eq!(some[0].summary, "root of 111122223333 did everyday work that does not need root");
    let attempts = [("root-attempts", "low")];
    assert_eq!(rules([refused("", "AccessDenied")]), attempts, "no credentials");
    assert_eq!(rules([refused("ASIA1", "Throttling")]), attempts, "says nothing of permissions");
}

#[test]
fn only_what_was_done_is_said() {
    let summary = |records: &[Json]| ask(records.to_vec()).1[0].summary.clone();
    let mut close = root("CloseAccount", "account.amazonaws.com", "ASIA1");
    close["readOnly"] = json!(false);
    let signed_in = "root of 111122223333 signed in with MFA, and nothing else of it was read";
    assert_eq!(summary(&[sign_in("Success", "Yes")]), signed_in);
    let used = "root of 111122223333 was used with MFA, for tasks that need root";
    assert_eq!(summary(&[sign_in("Success", "Yes"), close]), used);
    assert_eq!(summary(&[sign_in("Success", "No")]), "root of 111122223333 signed in without MFA, once");
}

#[test]
fn policies_that_let_everybody_in_need_no_root() {
    let put = |principal: Json, condition: Json| {
        let mut record = root("PutBucketPolicy", "s3.amazonaws.com", "ASIA1");
        let statement = json!({ "Effect": "Allow", "Principal": principal, "Action": "s3:GetObject", "Resource": "*",
            "Condition": condition });
        record["requestParameters"] = json!({ "bucketName": "b", "bucketPolicy": { "Statement": [statement] } });
        rules([record])[0].0
    };
    let (everyday, task) = ("root-everyday-use", "root-console-use");
    assert_eq!(put(json!("*"), json!({})), everyday);
    assert_eq!(put(json!({ "AWS": ["arn:aws:iam::111122223333:root", "*"] }), json!({})), everyday);
    assert_eq!(put(json!("*"), json!({ "Bool": { "aws:SecureTransport": "true" } })), everyday);
    assert_eq!(put(json!("*"), json!({ "StringEquals": { "aws:PrincipalOrgID": "o-1" } })), task);
    assert_eq!(put(json!({ "AWS": "arn:aws:iam::111122223333:root" }), json!({})), task);
    let mut queue = root("SetQueueAttributes", "sqs.amazonaws.com", "ASIA1");
    let policy = json!({ "Statement": { "Effect": "Allow", "Principal": "*", "Action": "sqs:*", "Resource": "*" } });
    queue["requestParameters"] = json!({ "queueUrl": "q", "attributes": { "Policy": policy.to_string() } });
    assert_eq!(rules([queue])[0].0, everyday);
}

#[test]
fn services_and_agents_that_act_for_root() {
    let class = |source: &str, by: &str| {
        let mut record = everyday("ASIA1");
        record["sourceIPAddress"] = json!(source);
        record["userIdentity"]["invokedBy"] = json!(by);
        ask([record]).0[0][0].clone()
    };
    assert_eq!(class("support.amazonaws.com", ""), "service");
    assert_eq!(class("support.amazonaws.com.cn", ""), "service");
    assert_eq!(class("signin.amazonaws.com", ""), "console");
    assert_eq!(class("AWS Internal", ""), "console");
    assert_eq!(class("aws-mcp.amazonaws.com", "aws-mcp.amazonaws.com"), "console", "a person's agent");
    assert_eq!(class("192.0.2.1", "aws-mcp.amazonaws.com"), "console");
}

#[test]
fn calls_from_within_aws_without_credentials_are_a_services() {
    let class = |key: &str, change: Json| {
        let mut record = everyday(key);
        record["sourceIPAddress"] = json!("AWS Internal");
        for (name, value) in change.as_object().unwrap() {
            record[name] = value.clone();
        }
        ask([record]).0[0][0].clone()
    };
    assert_eq!(class("", json!({})), "service");
    assert_eq!(class("", json!({ "sourceIPAddress": "AWS Internal/3" })), "service");
    assert_eq!(class("", json!({ "sourceIPAddress": "192.0.2.1" })), "console");
    assert_eq!(class("", json!({ "sourceIPAddress": "192.0.2.1", "userAgent": "AWS Internal" })), "console");
    assert_eq!(class("ASIA1", json!({})), "console", "a session");
    assert_eq!(class("AKIA1", json!({})), "access-key");
    assert_eq!(class("", json!({ "sessionCredentialFromConsole": "true" })), "console");
    let recovered = json!({ "eventName": "PasswordRecoveryCompleted", "eventSource": "signin.amazonaws.com" });
    assert_eq!(class("", recovered), "console");
    let mut session = everyday("");
    session["sourceIPAddress"] = json!("AWS Internal");
    session["userIdentity"]["sessionContext"] = json!({ "attributes": { "creationDate": "2026-01-02T02:00:00Z" } });
    assert_eq!(ask([session]).0[0][0], "console");
}

#[test]
fn tokens_of_roots_key_are_its_key() {
    let token = |key: &str| {
        let mut record = root("GetSessionToken", "sts.amazonaws.com", key);
        record["responseElements"] = json!({ "credentials": { "accessKeyId": "ASIA1" } });
        record
    };
    let classes = |records: &[Json]| ask(records.to_vec()).0.into_iter().map(|row| row[0].clone()).collect::<Vec<_>>();
    assert_eq!(classes(&[token("AKIA1"), everyday("ASIA1")]), ["access-key"]);
    assert_eq!(classes(&[token("AKIA1"), everyday("ASIA2")]), ["access-key", "console"]);
    assert_eq!(classes(&[token("ASIA9"), everyday("ASIA1")]), ["console"], "of a session");
}

/// A call of AssumeRoot by a role of the management account.
fn assume_root(account: &str, task: &str, outcome: &str) -> Json {
    let mut record = json!({
        "eventTime": "2026-01-02T02:59:00Z", "eventName": "AssumeRoot", "eventSource": "sts.amazonaws.com",
        "recipientAccountId": "444455556666", "sourceIPAddress": "192.0.2.9", "errorCode": outcome,
        "userIdentity": { "type": "IAMUser", "arn": "arn:aws:iam::444455556666:user/admin", "accessKeyId": "AKIAX" },
        "requestParameters": { "targetPrincipal": account,
            "taskPolicyArn": { "arn": format!("arn:aws:iam::aws:policy/root-task/{task}") } },
    });
    if outcome.is_empty() {
        record["responseElements"] = json!({ "credentials": { "accessKeyId": format!("ASIA{account}") } });
    }
    record
}

#[test]
fn the_task_policy_decides_about_central_sessions() {
    let one = |task: &str, deed: &str| {
        let used = root(deed, "iam.amazonaws.com", "ASIA111122223333");
        rules([assume_root("111122223333", task, ""), used])
    };
    assert_eq!(one("IAMDeleteRootUserCredentials", "DeleteLoginProfile"), [("root-assume-root", "info")]);
    assert_eq!(one("IAMCreateRootUserPassword", "CreateLoginProfile"), [("root-assume-root-password", "high")]);
    assert_eq!(one("S3UnlockBucketPolicy", "DeleteBucketPolicy"), [("root-assume-root", "medium")]);
    let unused = |task: &str| rules([assume_root("111122223333", task, "")]);
    assert_eq!(unused("IAMCreateRootUserPassword"), [("root-assume-root-password", "high")]);
    assert_eq!(unused("IAMAuditRootUserCredentials"), [("root-assume-root", "info")]);
    let many = ["111122223333", "777788889999"].map(|account| assume_root(account, "IAMAuditRootUserCredentials", ""));
    assert_eq!(rules(many), [("root-assume-root", "info")], "one line for all accounts");
    let flagged = |deed: &str| {
        let mut record = root(deed, "iam.amazonaws.com", "ASIA1");
        record["userIdentity"]["sessionContext"] = json!({ "assumedRoot": "true", "attributes": {} });
        rules([record])
    };
    assert_eq!(flagged("CreateLoginProfile"), [("root-assume-root-password", "high")], "only the member's logs");
    assert_eq!(flagged("ListAccessKeys"), [("root-assume-root", "info")]);
}

#[test]
fn a_central_session_that_lets_everybody_in() {
    let allow = |principal: Json| json!({ "Effect": "Allow", "Principal": principal, "Action": "*", "Resource": "*" });
    let one = |task: &str, (name, source): (&str, &str), request: Json, error: &str| {
        let mut used = root(name, source, "ASIA111122223333");
        used["readOnly"] = json!(false);
        used["requestParameters"] = request;
        used["errorCode"] = json!(error);
        rules([assume_root("111122223333", task, ""), used])
    };
    let bucket = |statement: Json, error: &str| {
        let request = json!({ "bucketName": "b", "bucketPolicy": { "Statement": [statement] } });
        one("S3UnlockBucketPolicy", ("PutBucketPolicy", "s3.amazonaws.com"), request, error)
    };
    let queue = |statement: Json| {
        let policy = json!({ "Statement": [statement] }).to_string();
        let request = json!({ "queueUrl": "q", "attributes": { "Policy": policy } });
        one("SQSUnlockQueuePolicy", ("SetQueueAttributes", "sqs.amazonaws.com"), request, "")
    };
    let (opened, unlocked) = (("root-everyday-use", "high"), ("root-assume-root", "medium"));
    assert_eq!(bucket(allow(json!("*")), ""), [opened, unlocked]);
    assert_eq!(queue(allow(json!({ "AWS": "*" }))), [opened, unlocked]);
    assert_eq!(bucket(allow(json!("*")), "AccessDenied"), [unlocked], "refused");
    let own = json!({ "AWS": "arn:aws:iam::111122223333:root" });
    assert_eq!(bucket(allow(own.clone()), ""), [unlocked], "narrowed to the account");
    assert_eq!(queue(allow(own)), [unlocked]);
    let mut deny = allow(json!("*"));
    deny["Effect"] = json!("Deny");
    assert_eq!(bucket(deny, ""), [unlocked], "a Deny for everybody");
}

#[test]
fn refused_central_sessions() {
    let refused = |n: usize, outcome: &str| {
        rules((0..n).map(|_| assume_root("111122223333", "IAMCreateRootUserPassword", outcome)).collect::<Vec<_>>())
    };
    assert_eq!(refused(3, "AccessDenied"), [("root-assume-root-refused", "medium")]);
    assert_eq!(refused(2, "AccessDenied"), [("root-assume-root-refused", "low")]);
    assert_eq!(refused(9, "ValidationError"), [("root-assume-root-refused", "low")], "central access is not on");
}

#[test]
fn email_addresses_of_root_that_change() {
    let change = |name: &str, error: &str| {
        let mut record = assume_root("", "", "");
        record["eventName"] = json!(name);
        record["eventSource"] = json!("account.amazonaws.com");
        record["requestParameters"] = json!({ "accountId": "777788889999" });
        record["errorCode"] = json!(error);
        let found = ask([record]).1;
        let of = |finding: &Finding| (finding.rule, finding.severity.as_str(), finding.subject.clone());
        found.iter().map(of).collect::<Vec<_>>()
    };
    let (rule, root_of) = ("root-email-change", "root@777788889999".to_owned());
    assert_eq!(change("AcceptPrimaryEmailUpdate", ""), [(rule, "high", root_of.clone())]);
    assert_eq!(change("StartPrimaryEmailUpdate", ""), [(rule, "high", root_of.clone())]);
    assert_eq!(change("StartPrimaryEmailUpdate", "AccessDeniedException"), [(rule, "medium", root_of.clone())]);
    assert_eq!(change("AcceptPrimaryEmailUpdate", "ValidationException"), [(rule, "low", root_of)]);
    assert_eq!(change("GetPrimaryEmail", ""), []);
    let mut as_sent = assume_root("", "", "");
    (as_sent["eventName"], as_sent["eventSource"]) =
        (json!("AcceptPrimaryEmailUpdate"), json!("account.amazonaws.com"));
    as_sent["userIdentity"]["accountId"] = json!("444455556666");
    let subject = |record: &Json| ask([record.clone()]).1[0].subject.clone();
    as_sent["requestParameters"] = json!({ "AccountId": "777788889999" });
    assert_eq!(subject(&as_sent), "root@777788889999", "as the API spells it");
    as_sent["requestParameters"] = json!({});
    assert_eq!(subject(&as_sent), "root@444455556666", "the caller's own, where none is named");
    let own = root("AcceptPrimaryEmailUpdate", "account.amazonaws.com", "ASIA1");
    assert_eq!(rules([own])[0], (rule, "high"), "by root itself");
}

#[test]
fn days_of_looking_without_a_task_are_everyday_use() {
    let mut session = root("DescribeInstances", "ec2.amazonaws.com", "ASIA1");
    session["sessionCredentialFromConsole"] = json!("true");
    session["userIdentity"]["sessionContext"] = json!({ "attributes": { "mfaAuthenticated": "true" } });
    let on = |day: u32, mut record: Json| {
        record["eventTime"] = json!(format!("2026-01-{day:02}T03:00:00Z"));
        record
    };
    let looking = |days: &[u32]| days.iter().map(|&day| on(day, session.clone())).collect::<Vec<_>>();
    let week = [2, 5, 6, 7, 8];
    assert_eq!(rules(looking(&week)), [("root-everyday-use", "medium")]);
    assert_eq!(
        ask(looking(&week)).1[0].summary,
        "root of 111122223333 was used on 5 days without a task that needs root"
    );
    assert_eq!(rules(week.map(|day| on(day, sign_in("Success", "Yes")))), [("root-everyday-use", "medium")]);
    assert_eq!(rules(looking(&week[1..])), [("root-console-use", "medium")], "a few days");
    let mut apart = looking(&[1, 2, 3, 4]);
    apart.push(on(31, session.clone()));
    assert_eq!(rules(apart), [("root-console-use", "medium")], "not within a month");
    let task = on(8, root("CreateCase", "support.amazonaws.com", "ASIA1"));
    let with_task: Vec<Json> = looking(&week).into_iter().chain([task]).collect();
    assert_eq!(rules(with_task), [("root-console-use", "medium")], "a task on one of the days");
    let failed: Vec<Json> = week.map(|day| on(day, sign_in("Failure", "No"))).into();
    assert_eq!(rules(failed), [("root-attempts", "low")], "nobody was in");
}
