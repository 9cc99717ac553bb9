mod homes;
mod sets;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::State;
use crate::aggregate::sessions::sample::{KINDS, samples, scan, scan_for, shuffled, stream};
use crate::report::{Finding, Options, Value};

const CREATED: &str = "2026-01-02T03:00:00Z";
const ROLE: &str = "arn:aws:iam::111122223333:role/app/example";

const SSO_ROLE: &str =
    "arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/AWSReservedSSO_admin_0123456789abcdef";

/// A call of a role session.
fn call(key: &str, created: &str) -> Json {
    json!({
        "eventTime": "2026-01-02T03:10:00Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333",
        "userIdentity": {
            "type": "AssumedRole", "principalId": "AROAEXAMPLE:s", "accountId": "111122223333", "accessKeyId": key,
            "arn": "arn:aws:sts::111122223333:assumed-role/example/s",
            "sessionContext": {
                "sessionIssuer": { "type": "Role", "arn": ROLE, "userName": "example" },
                "attributes": { "creationDate": created, "mfaAuthenticated": "false" },
            },
        },
    })
}

/// The call that issued `key` to a user, at `time`.
fn issue(key: &str, time: &str) -> Json {
    json!({
        "eventTime": time, "eventName": "AssumeRole", "eventSource": "sts.amazonaws.com",
        "sourceIPAddress": "192.0.2.9", "recipientAccountId": "111122223333",
        "userIdentity": { "type": "IAMUser", "principalId": "AIDAEXAMPLE", "accountId": "111122223333",
            "arn": "arn:aws:iam::111122223333:user/u", "accessKeyId": "AKIAIOSFODNN7EXAMPLE", "userName": "u" },
        "requestParameters": { "roleArn": ROLE, "roleSessionName": "s" },
        "responseElements": { "credentials": { "accessKeyId": key, "expiration": "Jan 2, 2026, 4:00:00 AM" },
            "assumedRoleUser": { "assumedRoleId": "AROAEXAMPLE:s" } },
    })
}

fn with(mut record: Json, pointer: &str, value: Json) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value;
    record
}

fn ask(records: impl IntoIterator<Item = Json>) -> (Vec<Vec<Value>>, Vec<Finding>) {
    let state = scan_for(REPORT.needs, &samples(records));
    let answer = (REPORT.answer)(&View::new(&state, &Options::default()));
    (answer.rows, answer.findings)
}

/// The texts of these columns in the first row; other kinds of cell as they debug.
fn cells<const N: usize>(records: impl IntoIterator<Item = Json>, names: [&str; N]) -> [String; N] {
    let rows = ask(records).0;
    names.map(|name| {
        let place = REPORT.columns.iter().position(|column| column.name == name).unwrap();
        match &rows[0][place] {
            Value::Null => String::new(),
            Value::Time(time) => time.to_string(),
            Value::Count(count) => count.to_string(),
            other => other.as_text().map_or_else(|| format!("{other:?}"), Into::into),
        }
    })
}

fn rules(records: impl IntoIterator<Item = Json>) -> Vec<&'static str> {
    ask(records).1.iter().map(|finding| finding.rule).collect()
}

const ISSUE: [&str; 3] = ["issue_confidence", "issued_by", "expires_basis"];
const USER: &str = "arn:aws:iam::111122223333:user/u";

#[test]
fn exactly_by_key() {
    let by_key = [call("ASIA1", CREATED), issue("ASIA1", "2026-01-02T02:59:59Z")];
    assert_eq!(cells(by_key, ISSUE), ["exact", USER, "response"]);
    let no_issuer = [call("ASIA1", CREATED)];
    assert_eq!(cells(no_issuer, ISSUE), ["none", "", "none"]);
    let after_its_use = [call("ASIA1", CREATED), issue("ASIA1", "2026-01-02T03:10:03Z")];
    assert_eq!(cells(after_its_use, ISSUE), ["none", "", "none"]);
    let within_the_slack = [call("ASIA1", CREATED), issue("ASIA1", "2026-01-02T03:10:02Z")];
    assert_eq!(cells(within_the_slack, ISSUE)[0], "exact");
}

#[test]
fn a_reused_key_id_of_another_account_or_time_explains_nothing() {
    let role = json!("arn:aws:iam::444455556666:role/r");
    let issued = with(issue("ASIA1", "2026-01-02T02:00:00Z"), "/requestParameters/roleArn", role);
    let elsewhere = with(issued, "/recipientAccountId", json!("444455556666"));
    assert_eq!(cells([call("ASIA1", CREATED), elsewhere], ISSUE)[0], "none");
    let expired = with(
        issue("ASIA1", "2026-01-01T02:00:00Z"),
        "/responseElements/credentials/expiration",
        json!("Jan 1, 2026, 3:00:00 AM"),
    );
    assert_eq!(cells([call("ASIA1", CREATED), expired], ISSUE)[0], "none");
}

#[test]
fn inferred_by_name_and_time() {
    let inferred = |time| cells([call("", CREATED), issue("ASIA9", time)], ISSUE)[0].clone();
    assert_eq!(inferred("2026-01-02T03:00:02Z"), "inferred");
    assert_eq!(inferred("2026-01-02T02:59:58Z"), "inferred");
    assert_eq!(inferred("2026-01-02T03:00:03Z"), "none");
    let other_name = with(issue("ASIA9", CREATED), "/responseElements/assumedRoleUser/assumedRoleId", json!("AROA2:s"));
    assert_eq!(cells([call("", CREATED), other_name], ISSUE)[0], "none");
}

#[test]
fn an_issuance_explains_one_session() {
    // The issuance belongs to the session of its key; the other, a second later, has none in range.
    let later = "2026-01-02T03:00:01Z";
    let (rows, _) = ask([call("ASIA1", CREATED), call("ASIA2", later), issue("ASIA1", CREATED)]);
    let place = REPORT.columns.iter().position(|column| column.name == "issue_confidence").unwrap();
    let mut found: Vec<_> = rows.iter().map(|row| format!("{:?}", row[place])).collect();
    found.sort();
    assert_eq!(found, [r#"Text("exact")"#, r#"Text("none")"#]);
}

#[test]
fn expiry_is_stated_estimated_or_unknown() {
    let expiry = ["expires", "expires_basis"];
    let no_expiration = with(issue("ASIA1", CREATED), "/responseElements/credentials/expiration", json!(null));
    let records = [call("ASIA1", CREATED), no_expiration.clone()];
    assert_eq!(cells(records, expiry), ["2026-01-02T04:00:00Z", "estimate"]);
    let asked = with(no_expiration, "/requestParameters/durationSeconds", json!(900));
    assert_eq!(cells([call("ASIA1", CREATED), asked], expiry), ["2026-01-02T03:15:00Z", "estimate"]);
    assert_eq!(cells([call("ASIA1", CREATED)], expiry), ["", "none"]);
}

#[test]
fn kinds_of_role_sessions() {
    let kind = |records: &[Json]| cells(records.to_vec(), ["kind"])[0].clone();
    let named = |name: &str| with(call("ASIA1", CREATED), "/userIdentity/principalId", json!(format!("AROA1:{name}")));
    let by = |service: &str| {
        let caller = json!({ "type": "AWSService", "invokedBy": service });
        [call("ASIA1", CREATED), with(issue("ASIA1", CREATED), "/userIdentity", caller)]
    };
    let context =
        |name: &str, value: Json| with(call("ASIA1", CREATED), &format!("/userIdentity/sessionContext/{name}"), value);
    assert_eq!(kind(&[call("ASIA1", CREATED)]), "role");
    assert_eq!(kind(&[named("i-0123456789abcdef0")]), "ec2");
    assert_eq!(kind(&[named("i-love-cats")]), "role");
    assert_eq!(kind(&[context("ec2RoleDelivery", json!("2.0"))]), "ec2");
    assert_eq!(kind(&by("ec2.amazonaws.com")), "ec2");
    assert_eq!(kind(&by("lambda.amazonaws.com")), "lambda");
    assert_eq!(kind(&by("rds.amazonaws.com")), "service");
    let scope = json!({ "issuerType": "AWS::Lambda::Function", "credentialsIssuedTo": "arn:aws:lambda:example" });
    assert_eq!(kind(&[with(call("ASIA1", CREATED), "/userIdentity/inScopeOf", scope)]), "lambda");
    let linked = json!("arn:aws:iam::111122223333:role/aws-service-role/rds.amazonaws.com/AWSServiceRoleForRDS");
    assert_eq!(kind(&[context("sessionIssuer/arn", linked)]), "service");
    assert_eq!(kind(&[context("sessionIssuer/arn", json!(SSO_ROLE))]), "sso");
    let china = SSO_ROLE.replace(":aws:", ":aws-cn:");
    assert_eq!(kind(&[context("sessionIssuer/arn", json!(china))]), "sso");
    let of_that_name = "arn:aws:iam::111122223333:role/AWSReservedSSO_admin_0123456789abcdef";
    assert_eq!(kind(&[context("sessionIssuer/arn", json!(of_that_name))]), "role", "anybody may choose a name");
    let oidc = json!({ "federatedProvider": "cognito-identity.amazonaws.com" });
    assert_eq!(kind(&[context("webIdFederationData", oidc)]), "web-identity");
    let saml = with(issue("ASIA1", CREATED), "/eventName", json!("AssumeRoleWithSAML"));
    assert_eq!(kind(&[call("ASIA1", CREATED), saml]), "saml");
}

/// A call of an IAM user's or root's own session.
fn person(kind: &str, key: &str) -> Json {
    json!({
        "eventTime": "2026-01-02T03:10:00Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333",
        "userIdentity": { "type": kind, "principalId": "AIDAEXAMPLE", "accountId": "111122223333", "accessKeyId": key,
            "arn": USER, "sessionContext": { "attributes": { "creationDate": CREATED, "mfaAuthenticated": "false" } } },
    })
}

#[test]
fn kinds_of_other_sessions() {
    let about = |records: &[Json]| cells(records.to_vec(), ["kind", "issue_confidence", "issued_from"]);
    let sign_in = |outcome: &str| {
        let signed_in = with(issue("", "2026-01-02T03:00:01Z"), "/eventName", json!("ConsoleLogin"));
        let signed_in = with(signed_in, "/eventSource", json!("signin.amazonaws.com"));
        with(signed_in, "/responseElements", json!({ "ConsoleLogin": outcome }))
    };
    assert_eq!(about(&[person("IAMUser", "ASIA1")]), ["user-token", "none", ""]);
    assert_eq!(about(&[person("IAMUser", "ASIA1"), sign_in("Success")]), ["console", "inferred", "192.0.2.9"]);
    assert_eq!(about(&[person("IAMUser", "ASIA1"), sign_in("Failure")]), ["user-token", "none", ""]);
    let clicked = with(person("IAMUser", "ASIA1"), "/sessionCredentialFromConsole", json!("true"));
    assert_eq!(about(&[clicked])[0], "console");
    let token = with(issue("ASIA1", CREATED), "/eventName", json!("GetSessionToken"));
    assert_eq!(about(&[person("IAMUser", "ASIA1"), token]), ["user-token", "exact", "192.0.2.9"]);
    let assumed = with(issue("ASIA1", CREATED), "/eventName", json!("AssumeRoot"));
    let assumed = with(assumed, "/requestParameters", json!({ "targetPrincipal": "111122223333" }));
    assert_eq!(about(&[person("Root", "ASIA1"), assumed])[0], "assume-root");
    let flagged = with(person("Root", "ASIA1"), "/userIdentity/sessionContext/assumedRoot", json!("true"));
    assert_eq!(about(&[flagged])[0], "assume-root");
    assert_eq!(about(&[person("FederatedUser", "ASIA1")])[0], "federated");
}

#[test]
fn mfa_and_what_says_so() {
    let mfa = |records: &[Json]| cells(records.to_vec(), ["mfa", "mfa_basis"]);
    let flag = "/userIdentity/sessionContext/attributes/mfaAuthenticated";
    assert_eq!(mfa(&[call("ASIA1", CREATED)]), ["no", "session-flag"]);
    assert_eq!(mfa(&[with(call("ASIA1", CREATED), flag, json!("true"))]), ["yes", "session-flag"]);
    assert_eq!(mfa(&[with(call("ASIA1", CREATED), flag, json!(null))]), ["unknown", "none"]);
    let serial = with(issue("ASIA1", CREATED), "/requestParameters/serialNumber", json!("arn:aws:iam::1:mfa/u"));
    assert_eq!(mfa(&[call("ASIA1", CREATED), serial]), ["yes", "serial-number"]);
    let sso = with(call("ASIA1", CREATED), "/userIdentity/sessionContext/sessionIssuer/arn", json!(SSO_ROLE));
    assert_eq!(mfa(&[sso]), ["unknown", "identity-provider"]);
}

/// The session `AROAEXAMPLE:s` issued by a session of another role.
fn chained(parent_changes: &[(&str, Json)]) -> Vec<Json> {
    let parent = with(call("ASIAP", "2026-01-02T02:00:00Z"), "/userIdentity/principalId", json!("AROAPARENT:p"));
    let parent = parent_changes.iter().fold(parent, |parent, (at, value)| with(parent, at, value.clone()));
    let mut issued = issue("ASIA1", CREATED);
    issued["userIdentity"] = parent["userIdentity"].clone();
    let child = call("ASIA1", CREATED);
    // Two events, so that it is the first row.
    vec![child.clone(), child, parent, issued]
}

#[test]
fn mfa_of_a_chain_is_the_parents() {
    let mfa = ["session_name", "mfa", "mfa_basis", "parent_session"];
    let parent = "AROAPARENT:p@2026-01-02T02:00:00Z";
    assert_eq!(cells(chained(&[]), mfa), ["s", "unknown", "parent-session", parent]);
    let flag = ("/userIdentity/sessionContext/attributes/mfaAuthenticated", json!("true"));
    assert_eq!(cells(chained(&[flag]), mfa), ["s", "yes", "parent-session", parent]);
    let sso = ("/userIdentity/sessionContext/sessionIssuer/arn", json!(SSO_ROLE));
    assert_eq!(cells(chained(&[sso]), mfa), ["s", "unknown", "identity-provider", parent]);
}

#[test]
fn a_cycle_of_sessions_ends() {
    let call_of = |name: &str, key: &str| {
        with(call(key, CREATED), "/userIdentity/principalId", json!(format!("AROA{name}:{name}")))
    };
    let issued_by = |name: &str, key: &str, caller: Json| {
        let issued = with(issue(key, CREATED), "/userIdentity", caller["userIdentity"].clone());
        with(issued, "/responseElements/assumedRoleUser/assumedRoleId", json!(format!("AROA{name}:{name}")))
    };
    let (a, b) = (call_of("A", "ASIAA"), call_of("B", "ASIAB"));
    let records = [a.clone(), b.clone(), issued_by("A", "ASIAA", b), issued_by("B", "ASIAB", a)];
    assert_eq!(cells(records, ["mfa", "mfa_basis"]), ["unknown", "none"]);
}

#[test]
fn rules_and_their_neighbours() {
    let from = |record, address: &str| with(record, "/sourceIPAddress", json!(address));
    let used = |address: &str| vec![from(call("ASIA1", CREATED), address), issue("ASIA1", CREATED)];
    assert_eq!(rules(used("192.0.2.77")), ["session-without-mfa"]);
    assert_eq!(rules(used("198.51.100.1")), ["used-from-other-network", "session-without-mfa"]);
    assert_eq!(rules(used("10.0.0.1")), ["session-without-mfa", "used-across-private-network"]);
    let caller = json!({ "type": "AWSService", "invokedBy": "ec2.amazonaws.com" });
    let by_service = with(from(issue("ASIA1", CREATED), "ec2.amazonaws.com"), "/userIdentity", caller);
    assert_eq!(rules([call("ASIA1", CREATED), by_service]), [""; 0]);
    let delivery =
        |version| with(call("ASIA1", CREATED), "/userIdentity/sessionContext/ec2RoleDelivery", json!(version));
    assert_eq!(rules([delivery("1.0")]), ["imds-v1"]);
    assert_eq!(rules([delivery("2.0")]), [""; 0]);
    let moved = [delivery("2.0"), from(delivery("2.0"), "198.51.100.1")];
    assert_eq!(rules(moved), ["instance-credentials-in-networks"]);
    let late = |time: &str| {
        [with(call("ASIA1", CREATED), "/eventTime", json!(time)), call("ASIA1", CREATED), issue("ASIA1", CREATED)]
    };
    assert!(rules(late("2026-01-02T04:02:00Z")).contains(&"used-after-expiry"));
    assert!(!rules(late("2026-01-02T04:00:30Z")).contains(&"used-after-expiry"));
    assert_eq!(rules([person("Root", "ASIA1")]), ["root-session-without-mfa"]);
    assert_eq!(rules([from(person("IAMUser", "ASIA1"), "kms.amazonaws.com")]), [""; 0]);
}

#[test]
fn a_person_posing_as_an_instance() {
    let name = "AROAEXAMPLE:i-0123456789abcdef0";
    let used = with(call("ASIA1", CREATED), "/userIdentity/principalId", json!(name));
    assert_eq!(rules([used.clone(), issue("ASIA1", CREATED)]), ["instance-name-not-issued-by-ec2"]);
    assert_eq!(rules([used]), [""; 0], "an issuer that is not in range proves nothing");
}

#[test]
fn the_help_names_every_rule() {
    for rule in REPORT.rules {
        let line = format!("{:?}", rule.severity).to_lowercase();
        assert!(REPORT.about.contains(rule.id), "{}", rule.id);
        assert!(REPORT.about.contains(&line));
    }
}

#[test]
fn the_lineage_is_in_the_order_of_ids() {
    let created = [CREATED, "2026-01-02T02:00:00Z", "2026-01-02T02:00:00.5Z"];
    let calls = ["s", "s-1", "s@t", "s.t", "t", ""].into_iter().flat_map(|name| {
        let id = json!(format!("AROAEXAMPLE:{name}"));
        created.map(|created| with(call("ASIAEXAMPLE", created), "/userIdentity/principalId", id.clone()))
    });
    let state = scan(&samples(calls));
    let lineage = Lineage::of(&state);
    let ids: Vec<&str> = lineage.credentials.iter().map(Credential::id).collect();
    assert_eq!(ids.len(), 18);
    assert!(ids.is_sorted(), "{ids:?}");
}

#[test]
fn worst_first_then_busiest() {
    let named = |name: &str| with(call("ASIA1", CREATED), "/userIdentity/principalId", json!(name));
    let quiet = with(named("AROA:imds"), "/userIdentity/sessionContext/ec2RoleDelivery", json!("1.0"));
    let (rows, _) = ask([named("AROA:b"), named("AROA:a"), named("AROA:busy"), named("AROA:busy"), quiet]);
    let ids: Vec<_> = rows.iter().map(|row| format!("{:?}", row[5])).collect();
    assert_eq!(ids, [r#"Text("imds")"#, r#"Text("busy")"#, r#"Text("a")"#, r#"Text("b")"#]);
}

proptest! {
    #[test]
    fn the_answer_does_not_rest_on_the_order_of_reading(stream in stream(), seed in any::<u64>(), cut in 0usize..24) {
        let answer = |state: &State| {
            let options = Options::default();
            let view = View::new(state, &options);
            let answers = [&REPORT, &crate::report::root_usage::REPORT].map(|report| (report.answer)(&view));
            answers.map(|answer| (answer.rows, answer.findings))
        };
        let whole = answer(&scan(&stream));
        prop_assert_eq!(&answer(&scan(shuffled(&stream, seed))), &whole);
        let (a, b) = stream.split_at(cut.min(stream.len()));
        prop_assert_eq!(&answer(&scan(b).merge(scan(a))), &whole);
        prop_assert_eq!(&answer(&State::load(KINDS, &scan(&stream).save()).unwrap()), &whole);
    }
}

#[test]
fn lineage_follows_who_issued_what() {
    use crate::report::charts::Picture;
    // A user got a session of a role, which got a session of a second role; a third has no issuer in range.
    let second = "arn:aws:iam::111122223333:role/second";
    let of_second = |key: &str| {
        let record =
            with(call(key, "2026-01-02T03:20:00Z"), "/userIdentity/sessionContext/sessionIssuer/arn", json!(second));
        with(record, "/userIdentity/principalId", json!("AROASECOND:t"))
    };
    let mut chained = issue("ASIASECOND", "2026-01-02T03:20:00Z");
    chained["userIdentity"] = call("ASIAFIRST", CREATED)["userIdentity"].clone();
    chained["responseElements"]["assumedRoleUser"]["assumedRoleId"] = json!("AROASECOND:t");
    let alone = with(call("ASIAALONE", "2026-01-02T04:00:00Z"), "/userIdentity/principalId", json!("AROAALONE:x"));
    let alone =
        with(alone, "/userIdentity/sessionContext/sessionIssuer/arn", json!("arn:aws:iam::111122223333:role/alone"));
    let records = [issue("ASIAFIRST", CREATED), call("ASIAFIRST", CREATED), chained, of_second("ASIASECOND"), alone];
    let state = scan(&samples(records));
    let charts = REPORT.charts_of(&View::new(&state, &Options::default()));
    let Picture::Flow(flow) = &charts[0].picture else { panic!("a flow") };
    let name = |place: usize| format!("{}:{}", flow.nodes[place].layer, flow.nodes[place].label);
    let mut edges: Vec<String> =
        flow.edges.iter().map(|edge| format!("{} → {} {}", name(edge.from), name(edge.to), edge.count)).collect();
    edges.sort();
    let expected = [
        "0:issuer not in range → 1:role/alone 1",
        "0:user/u → 1:role/app/example 1",
        "1:role/app/example → 2:role/second 1",
    ];
    assert_eq!(edges, expected);
    let Picture::Shares(mfa) = &charts[1].picture else { panic!("shares") };
    assert_eq!(
        mfa.wholes.iter().map(|(_, counts)| counts.iter().sum::<i64>()).sum::<i64>(),
        3,
        "every session is in one part"
    );
    // Nobody can ask an instance for MFA.
    let instance =
        with(call("ASIAINSTANCE", CREATED), "/userIdentity/principalId", json!("AROAEXAMPLE:i-0abcdef1234567890"));
    let state = scan(&samples([instance]));
    let charts = REPORT.charts_of(&View::new(&state, &Options::default()));
    assert_eq!(charts.iter().map(|chart| chart.name).collect::<Vec<_>>(), ["session-lineage"]);
}
