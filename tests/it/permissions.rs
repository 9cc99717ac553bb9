//! `permissions` and what its flags ask beside: policies that are proposed.

use std::collections::BTreeMap;
use std::path::Path;

use serde_json::Value;

use crate::harness::{Place, real_logs, sample_logs, sample_state};

/// The least policy of the sample logs' role has the actions that the report calls used, and no other.
#[test]
fn the_least_policy_is_the_used_actions() {
    let place = Place::new();
    let (logs, state) = (sample_logs().display().to_string(), sample_state().display().to_string());
    let ended = place.trailscan("permissions role/deploy-role --policy").arg(&logs).ends(0);
    let document: Value = serde_json::from_str(ended.text()).expect("JSON alone");
    let statements = document["Statement"].as_array().expect("statements");
    let mut actions: Vec<&str> = Vec::new();
    for statement in statements {
        let sid = statement["Sid"].as_str().expect("a Sid");
        assert!(!sid.is_empty() && sid.bytes().all(|byte| byte.is_ascii_alphanumeric()), "{sid}");
        actions.extend(statement["Action"].as_array().expect("actions").iter().filter_map(Value::as_str));
    }
    let rows = place.trailscan("permissions role/deploy-role --iam-dir").arg(&state).arg(&logs).json(0);
    let is_used = |row: &&Value| row["actions"] == 1 && (row["verdict"] == "USED" || row["verdict"] == "UNGRANTED");
    let rows = rows["rows"].as_array().expect("rows").iter().filter(is_used);
    let mut used: Vec<&str> = rows.filter_map(|row| row["action"].as_str()).collect();
    used.sort_unstable();
    assert_eq!(actions, used);
    assert!(!used.is_empty());
    // The same bytes in a file, whatever it is called.
    for name in ["policy.json", "policy.txt"] {
        place.trailscan(&format!("permissions role/deploy-role --policy --output {name}")).arg(&logs).ends(0);
        assert_eq!(place.read(name), ended.text());
    }
}

#[test]
fn without_anything_used_there_is_no_policy() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let ended = place.trailscan("permissions nobody-at-all --policy --output none.json").arg(&logs).ends(1);
    assert!(ended.stderr.contains("policy: no user or role of the logs or the state is called nobody-at-all"));
    assert!(!place.path("none.json").exists());
}

#[test]
fn a_policy_is_of_somebody_and_json() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let ended = place.trailscan("permissions --policy").arg(&logs).ends(2);
    assert!(ended.stderr.contains("--policy: of whom? trailscan permissions PRINCIPAL --policy"), "{}", ended.stderr);
    let ended = place.trailscan("permissions role/deploy-role --policy --format jsonl").arg(&logs).ends(2);
    assert!(ended.stderr.contains("--policy prints a JSON document"), "{}", ended.stderr);
    place.trailscan("permissions role/deploy-role --policy --columns action").arg(&logs).ends(2);
    let ended = place.trailscan("permissions role/deploy-role --policy --where verdict=USED").arg(&logs).ends(2);
    assert!(ended.stderr.contains("policy has no column \"verdict\"; it has none"), "{}", ended.stderr);
}

/// What a policy would have denied ends in 3, and in 0 what denies nothing.
#[test]
fn a_policy_is_proven_or_not() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let run = |more: &str| place.trailscan(&format!("permissions role/deploy-role {more}")).arg(&logs);
    let answer = run("--prove").json(0);
    let verdicts = |answer: &Value| -> Vec<String> {
        let rows = answer["rows"].as_array().expect("rows").iter();
        rows.map(|row| format!("{} {}", row["action"], row["verdict"]).replace('"', "")).collect()
    };
    assert_eq!(verdicts(&answer).len(), 4);
    let policy = run("--policy").ends(0);
    place.write("own.json", policy.text());
    run("--prove=own.json").ends(0);
    // As `aws iam get-policy-version` prints it.
    place
        .write("version.json", format!(r#"{{"PolicyVersion": {{"Document": {}, "VersionId": "v1"}}}}"#, policy.text()));
    run("--prove=version.json").ends(0);
    // Behind a space it is an input, and the answer would be of another policy; a log there is one.
    let ended = run("--prove own.json").ends(2);
    let line = "own.json: is a policy document, and no log: write --prove=own.json";
    assert!(ended.stderr.contains(line), "{}", ended.stderr);
    place.write("log.json", r#"{"Records": []}"#);
    run("--prove log.json").ends(0);
    let narrow = r#"{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "ecs:*", "Resource": "*"}}"#;
    place.write("narrow.json", narrow);
    let answer = run("--prove=narrow.json").json(3);
    let expected = [
        "ec2:CreateTags NOT ALLOWED",
        "ec2:DescribeSubnets NOT ALLOWED",
        "ecs:DescribeServices ALLOWED",
        "ecs:UpdateService ALLOWED",
    ];
    assert_eq!(verdicts(&answer), expected);
    for (file, why) in [("missing.json", "no such file"), ("broken.json", "the policy document has no Statement")] {
        place.write("broken.json", "{}");
        let ended = run(&format!("--prove={file}")).ends(2);
        assert!(ended.stderr.contains(&format!("{file}: {why}")), "{}", ended.stderr);
    }
    run("--prove --policy").ends(2);
}

/// AWS's own service reference stands in place of the table: what it does not know is not mapped.
#[test]
fn a_service_reference_is_read_in_place_of_the_table() {
    let place = Place::new();
    let logs = sample_logs().display().to_string();
    let operation = |name: &str| {
        format!(
            r#"{{"Name": "{name}", "AuthorizedActions": [{{"Name": "TouchService", "Service": "ecs"}}], "SDK": []}}"#
        )
    };
    let ecs = format!(
        r#"{{"Name": "ecs", "Actions": [{{"Name": "TouchService", "Annotations": {{"Properties": {{"IsWrite": true}}}}}}],
            "Operations": [{}], "Version": "v1.4"}}"#,
        operation("UpdateService")
    );
    place.write("reference/ecs.json", &ecs);
    place.write("reference/README.md", "not read");
    for given in ["reference", "reference/ecs.json"] {
        let line = format!("permissions role/deploy-role --policy --service-reference {given}");
        let ended = place.trailscan(&line).arg(&logs).ends(0);
        assert!(ended.text().contains("\"ecs:TouchService\"") && !ended.text().contains("ecs:UpdateService"));
        assert!(ended.text().contains("\"ec2:DescribeSubnets\""), "other services are those of the table");
        assert!(ended.stderr.contains("does not tell what these calls need: ecs:DescribeServices"), "{}", ended.stderr);
    }
    place.write("reference/broken.json", &ecs[..40]);
    place.write("empty/x.txt", "");
    for (given, why) in [
        ("reference", "reference/broken.json: is not a service reference: EOF while parsing"),
        ("empty", "empty: has no .json file"),
        ("nowhere.json", "nowhere.json: no such file"),
    ] {
        let line = format!("permissions role/deploy-role --service-reference {given}");
        let ended = place.trailscan(&line).arg(&logs).ends(2);
        assert!(ended.stderr.contains(why) && ended.stderr.lines().count() == 1, "{}", ended.stderr);
    }
}

/// An audit of logs and state says who is administrator and what nobody used, in every form; without state it does not, and
/// does not remember what it would need.
#[test]
fn an_audit_with_state_sums_permissions_up() {
    let place = Place::new();
    let (logs, state) = (sample_logs().display().to_string(), sample_state().display().to_string());
    let with = |format: &str| place.trailscan(&format!("audit --format {format} --iam-dir")).arg(&state).arg(&logs);
    let audit = with("json").ends(0).json();
    let section = &audit["reports"]["permissions-summary"];
    let alone = place.trailscan("permissions --summary --iam-dir").arg(&state).arg(&logs).json(0);
    assert_eq!(section["rows"], alone["rows"]);
    let rows = section["rows"].as_array().expect("rows");
    assert!(rows.len() > 20 && rows[0]["name"] == "user/vendor-audit" && rows[0]["grant"] == "escalation");
    let page = with("html").ends(0);
    assert!(page.text().contains("<section id=\"permissions-summary\">") && page.text().contains("user/vendor-audit"));
    let ticket = with("markdown").ends(0);
    assert!(ticket.text().contains("\n## permissions-summary\n") && ticket.text().contains("| `user/Alice` | admin |"));
    assert!(ticket.text().contains("`trailscan permissions --summary --columns NAME,…`"), "what can be typed");
    // Near misses: logs alone, and a report that is asked alone.
    let without = place.trailscan("audit --format json").arg(&logs).ends(0).json();
    assert!(without["reports"].get("permissions-summary").is_none());
    place.trailscan("permissions-summary").arg(&logs).ends(2);
}

/// What is granted and what is used adds up, for every row.
#[test]
fn the_sums_add_up() {
    let place = Place::new();
    let (logs, state) = (sample_logs().display().to_string(), sample_state().display().to_string());
    let of = |more: &str| {
        let answer = place.trailscan(&format!("permissions {more} --iam-dir")).arg(&state).arg(&logs).json(0);
        answer["rows"].as_array().expect("rows").clone()
    };
    let number = |row: &Value, name: &str| row[name].as_i64().unwrap_or(0);
    let all = of("");
    for row in of("--summary") {
        let parts = ["used", "proven_unused", "unseen", "unknowable"].map(|name| number(&row, name));
        assert_eq!(number(&row, "granted"), parts.iter().sum::<i64>(), "{row}");
        let asked = all.iter().filter(|one| one["principal"] == row["principal"]);
        let asked = asked.filter(|one| number(one, "calls") + number(one, "denied") > 0);
        assert_eq!(number(&row, "asked"), i64::try_from(asked.clone().count()).expect("few"), "{row}");
        for (name, verdict) in [("ungranted", "UNGRANTED"), ("wanted", "WANTED")] {
            let such = asked.clone().filter(|one| one["verdict"] == verdict).count();
            assert_eq!(number(&row, name), i64::try_from(such).expect("few"), "{row}");
        }
    }
}

/// What calls of one kind come to: calls, denied calls, the first and the last time.
type Tally = (i64, i64, String, String);

/// Who called what, counted from the records themselves, slowly and plainly: users by their arn, sessions by the arn of the role
/// or user that they were got from. Left out are calls that need no permission, roles of AWS's services, and root.
fn counted(place: &Place, logs: &Path) -> BTreeMap<(String, String), Tally> {
    let printed = place.trailscan("events --format jsonl --limit 0").arg(logs.display().to_string()).ends(0);
    let mut all: BTreeMap<(String, String), Tally> = BTreeMap::new();
    for line in printed.text().lines() {
        let record: Value = serde_json::from_str(line).expect("a record a line");
        let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
        let identity = &record["userIdentity"];
        let who = match text(&identity["type"]).as_str() {
            "IAMUser" => text(&identity["arn"]),
            "AssumedRole" | "FederatedUser" => text(&identity["sessionContext"]["sessionIssuer"]["arn"]),
            _ => continue,
        };
        let service = text(&record["eventSource"]).split('.').next().unwrap_or_default().to_owned();
        let call = format!("{service}:{}", text(&record["eventName"]));
        let needs_nothing =
            ["sts:GetCallerIdentity", "sts:GetSessionToken"].contains(&call.as_str()) || service == "signin";
        let is_granted_nothing = who.is_empty() || who.contains("/aws-service-role/") || who.ends_with(":root");
        if is_granted_nothing || needs_nothing {
            continue;
        }
        let error = text(&record["errorCode"]);
        let is_denied = ["AccessDenied", "Unauthorized"].iter().any(|denied| error.contains(denied));
        let time = text(&record["eventTime"]);
        let tally = all.entry((who, call)).or_insert_with(|| (0, 0, time.clone(), time.clone()));
        tally.0 += i64::from(!is_denied);
        tally.1 += i64::from(is_denied);
        tally.2 = tally.2.clone().min(time.clone());
        tally.3 = tally.3.clone().max(time);
    }
    all
}

/// Adds what one event comes to.
fn add(sum: Option<Tally>, one: &Tally) -> Tally {
    let Some(sum) = sum else { return one.clone() };
    (sum.0 + one.0, sum.1 + one.1, sum.2.min(one.2.clone()), sum.3.max(one.3.clone()))
}

#[test]
fn the_numbers_are_those_of_a_plain_count() {
    let place = Place::new();
    let real = real_logs().map(|folder| folder.join("invictus-2023"));
    for (logs, least) in [(Some(sample_logs()), 100), (real, 250)] {
        let Some(logs) = logs else { continue };
        let counted = counted(&place, &logs);
        assert!(counted.len() > least, "{}", counted.len());
        let mut left = counted.clone();
        let answer = place.trailscan("permissions --limit 0").arg(logs.display().to_string()).json(0);
        for row in answer["rows"].as_array().expect("rows") {
            let who = row["principal"].as_str().expect("an arn").to_owned();
            let calls: Vec<&str> = row["events"].as_array().expect("calls").iter().filter_map(Value::as_str).collect();
            let mut sum = None;
            for call in calls {
                let key = (who.clone(), call.to_owned());
                sum = Some(add(sum, counted.get(&key).unwrap_or_else(|| panic!("{key:?}"))));
                left.remove(&key);
            }
            let told = ["first_seen", "last_seen"].map(|name| row[name].as_str().unwrap_or_default().to_owned());
            let [first, last] = told;
            let told = (row["calls"].as_i64().unwrap_or(0), row["denied"].as_i64().unwrap_or(0), first, last);
            assert_eq!(Some(told), sum, "{row}");
        }
        assert_eq!(left, BTreeMap::new(), "calls that no row has");
    }
}
