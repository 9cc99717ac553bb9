//! Each joined rule with what it holds for and what comes near and is none.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::model::EventTime;
use crate::posture::testing::{ACCOUNT, HEADER, load};
use crate::report::posture::REPORT;
use crate::report::{Answer, Options, Severity};

const KEY: &str = "AKIAIOSFODNN7EXAMPLE";
const OTHER: &str = "AKIAI44QH8DHBEXAMPLE";
/// The last moment of the logs.
const END: &str = "2026-03-31T00:00:00Z";

/// Files of state, and records of logs.
#[derive(Clone, Default)]
struct Case {
    files: Vec<String>,
    records: Vec<Json>,
    filtered: bool,
    lacks: Option<&'static str>,
}

impl Case {
    fn new(files: &[&str], records: &[Json]) -> Self {
        let files = files.iter().map(|&text| text.to_owned()).collect();
        Self { files, records: records.to_vec(), ..Self::default() }
    }

    fn answer(&self, logs: bool) -> Answer {
        let posture = load(&self.files);
        let state = scan_for(REPORT.needs, &samples(self.records.clone()));
        let regions = [(ACCOUNT.to_owned(), ["us-east-1".to_owned()].into())].into();
        let not_whole = self.lacks.map(str::to_owned);
        let span = LogSpan { regions, is_filtered: self.filtered, not_whole, ..LogSpan::default() };
        let options = Options::default();
        let view = View { as_of: EventTime::parse(END), posture: Some(&posture), ..View::new(&state, &options) };
        let answer = (REPORT.answer)(&View { logs: logs.then_some(&span), ..view });
        assert_eq!(answer.rows.len(), answer.findings.len(), "rows are findings");
        answer
    }

    /// Severity and summary of the findings of `rule`.
    fn found(&self, rule: &str) -> Vec<(Severity, String)> {
        assert!(self.answer(false).findings.iter().all(|finding| !is_joined(finding.rule)), "without logs none");
        let found = self.answer(true).findings.into_iter().filter(|finding| finding.rule == rule);
        found.map(|finding| (finding.severity, finding.summary)).collect()
    }

    /// Its only finding of `rule`.
    fn one(&self, rule: &str) -> (Severity, String) {
        let found = self.found(rule);
        assert_eq!(found.len(), 1, "{found:?}");
        found.into_iter().next().unwrap()
    }

    fn none(&self, rule: &str, why: &str) {
        assert_eq!(self.found(rule), [], "{why}");
    }
}

/// A row of the credential report; `cells` are `column=value`, the others those of a user without credentials.
fn row(user: &str, cells: &str) -> String {
    let cell = |name: &str| {
        let given = cells.split_whitespace().filter_map(|cell| cell.split_once('='));
        let given = given.filter(|(column, _)| *column == name).map(|(_, value)| value.to_owned()).next();
        given.unwrap_or_else(|| match name {
            "user" => user.to_owned(),
            "arn" if user.starts_with('<') => format!("arn:aws:iam::{ACCOUNT}:root"),
            "arn" => format!("arn:aws:iam::{ACCOUNT}:user/{user}"),
            "user_creation_time" => "2024-01-01T00:00:00Z".to_owned(),
            name if name.ends_with("_active") || name == "password_enabled" => "false".to_owned(),
            _ => "N/A".to_owned(),
        })
    };
    HEADER.split(',').map(cell).collect::<Vec<_>>().join(",")
}

fn csv(rows: &[String]) -> String {
    format!("{HEADER}\n{}\n", rows.join("\n"))
}

/// The JSON, which says when it was generated.
fn generated(at: &str, rows: &[String]) -> String {
    json!({ "Content": STANDARD.encode(csv(rows)), "GeneratedTime": at }).to_string()
}

fn key_cells(active: bool, made: &str) -> String {
    format!("access_key_1_active={active} access_key_1_last_rotated={made}T00:00:00Z")
}

fn list(keys: &[(&str, &str, &str, &str)]) -> String {
    let of = |&(user, id, status, made): &(&str, &str, &str, &str)| json!({ "UserName": user, "AccessKeyId": id, "Status": status, "CreateDate": format!("{made}T00:00:00Z") });
    json!({ "AccessKeyMetadata": keys.iter().map(of).collect::<Vec<_>>() }).to_string()
}

fn user(name: &str) -> Json {
    json!({ "type": "IAMUser", "accountId": ACCOUNT, "userName": name, "principalId": format!("AIDA{name}"),
        "arn": format!("arn:aws:iam::{ACCOUNT}:user/team/{name}") })
}

fn root() -> Json {
    json!({ "type": "Root", "accountId": ACCOUNT, "principalId": ACCOUNT, "arn": format!("arn:aws:iam::{ACCOUNT}:root") })
}

/// A call at a day or a moment.
fn call(mut identity: Json, key: &str, time: &str) -> Json {
    let time = if time.contains('T') { time.to_owned() } else { format!("{time}T12:00:00Z") };
    identity["accessKeyId"] = json!(key);
    json!({ "eventTime": time, "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "awsRegion": "us-east-1", "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2.1", "userIdentity": identity,
        "recipientAccountId": ACCOUNT })
}

fn from(address: &str, mut record: Json) -> Json {
    record["sourceIPAddress"] = json!(address);
    record
}

fn failed(mut record: Json) -> Json {
    record["errorCode"] = json!("AccessDenied");
    record
}

fn change(status: &str, time: &str) -> Json {
    let mut record = call(user("ana"), "", time);
    record["eventName"] = json!("UpdateAccessKey");
    record["eventSource"] = json!("iam.amazonaws.com");
    record["requestParameters"] = json!({ "accessKeyId": KEY, "status": status, "userName": "deploy" });
    record
}

fn sign_in(identity: Json, mfa: &str, time: &str) -> Json {
    let mut record = call(identity, "", time);
    record["eventName"] = json!("ConsoleLogin");
    record["eventSource"] = json!("signin.amazonaws.com");
    record["responseElements"] = json!({ "ConsoleLogin": "Success" });
    record["additionalEventData"] = json!({ "MFAUsed": mfa });
    record
}

/// Calls of deploy's key from two networks on two days.
fn used(days: [&str; 2]) -> Vec<Json> {
    vec![call(user("deploy"), KEY, days[0]), from("198.51.100.7", call(user("deploy"), KEY, days[1]))]
}

#[test]
fn an_old_key_in_use() {
    let rule = OLD_KEY_IN_USE.id;
    let report = |made: &str| generated(END, &[row("deploy", &key_cells(true, made))]);
    let ids = |made: &str| list(&[("deploy", KEY, "Active", made)]);
    let both = |made: &str, records: &[Json]| Case::new(&[&report(made), &ids(made)], records);
    let days = used(["2026-03-01", "2026-03-30"]);
    let (severity, summary) = both("2025-02-12", &days).one(rule);
    let expected = format!(
        "key {KEY} of deploy, 412 days old by the credential report, was used from 2 networks by 1 program, last on \
         2026-03-30"
    );
    assert_eq!((severity, summary), (Severity::High, expected));
    assert_eq!(Case::new(&[&ids("2025-02-12")], &days).one(rule).0, Severity::High, "the list alone tells");
    both("2026-01-10", &days).none(rule, "80 days old");
    both("2025-02-12", &[]).none(rule, "not used");
    both("2025-02-12", &[call(user("deploy"), OTHER, "2026-03-30")]).none(rule, "another key was used");
    both("2025-12-01", &used(["2026-01-01", "2026-02-01"])).none(rule, "it was young when it was used");
    let one = both("2025-02-12", &[call(user("deploy"), KEY, "2026-03-30")]).one(rule);
    assert!(one.0 == Severity::Medium && one.1.contains("from 1 network by"), "{one:?}");
    let denied: Vec<Json> = days.iter().cloned().map(failed).collect();
    let denied = both("2025-02-12", &denied).one(rule);
    assert!(denied.0 == Severity::Medium && denied.1.ends_with("; every call failed"), "{denied:?}");
    let inactive = generated(END, &[row("deploy", &key_cells(false, "2025-02-12"))]);
    Case::new(&[&inactive, &ids("2025-02-12")], &days).none(rule, "it is inactive");
    let mut ended = days.clone();
    ended.push(change("Inactive", "2026-03-30T13:00:00Z"));
    let early = generated("2026-03-30T00:00:00Z", &[row("deploy", &key_cells(true, "2025-02-12"))]);
    Case::new(&[&early, &ids("2025-02-12")], &ended).none(rule, "made inactive after the report");
    assert_eq!(both("2025-02-12", &ended).found(rule).len(), 1, "the report is newer: it is active again");
}

#[test]
fn a_key_without_an_id_is_joined_where_it_is_the_only_one() {
    let rule = OLD_KEY_IN_USE.id;
    let report = |cells: &str| generated(END, &[row("deploy", cells)]);
    let cells = format!("{} access_key_1_last_used_date=2026-03-30T12:00:00Z", key_cells(true, "2025-02-12"));
    let days = used(["2026-03-01", "2026-03-30"]);
    let (_, summary) = Case::new(&[&report(&cells)], &days).one(rule);
    assert!(summary.starts_with(&format!("the only key of deploy ({KEY} in the logs), 412 days old")), "{summary}");
    let two = format!("{cells} access_key_2_active=false access_key_2_last_rotated=2025-01-01T00:00:00Z");
    Case::new(&[&report(&two)], &days).none(rule, "either key may be meant");
    let mut more = days.clone();
    more.push(call(user("deploy"), OTHER, "2026-03-29"));
    Case::new(&[&report(&cells)], &more).none(rule, "the logs show two");
    let idle = format!("{} access_key_1_last_used_date=2026-02-01T00:00:00Z", key_cells(true, "2025-02-12"));
    Case::new(&[&report(&idle)], &used(["2026-03-01", "2026-03-20"]))
        .none(rule, "IAM saw the key of state last in February");
    let before = used(["2025-01-01", "2026-03-30"]);
    Case::new(&[&report(&cells)], &before).none(rule, "the key of the logs is older than that of state");
    let others = [call(user("other"), KEY, "2026-03-30")];
    Case::new(&[&report(&cells)], &others).none(rule, "another user's");
}

#[test]
fn an_inactive_key_used_after_the_report() {
    let rule = INACTIVE_KEY_USED.id;
    let rows = |active: bool| [row("deploy", &key_cells(active, "2025-02-12"))];
    let ids = list(&[("deploy", KEY, "Inactive", "2025-02-12")]);
    let at = "2026-03-10T12:00:00Z";
    let inactive = generated(at, &rows(false));
    let later = |time: &str| vec![call(user("deploy"), KEY, "2026-03-01"), call(user("deploy"), KEY, time)];
    let case = |records: &[Json]| Case::new(&[&inactive, &ids], records);
    let (severity, summary) = case(&later("2026-03-12")).one(rule);
    assert_eq!(severity, Severity::High);
    assert_eq!(
        summary,
        format!(
            "key {KEY} of deploy was inactive in the credential report of {at}, and a call with it succeeded at \
             2026-03-12T12:00:00Z; no record that was read shows who made it active again"
        )
    );
    case(&later("2026-03-10T11:59:00Z")).none(rule, "it may have been active then");
    case(&later("2026-03-10T12:15:00Z")).none(rule, "changes need moments");
    assert_eq!(case(&later("2026-03-10T12:15:01Z")).found(rule).len(), 1);
    let denied: Vec<Json> = later("2026-03-12").into_iter().map(failed).collect();
    case(&denied).none(rule, "nothing worked");
    Case::new(&[&generated(at, &rows(true)), &ids], &later("2026-03-12")).none(rule, "it was active");
    Case::new(&[&csv(&rows(false)), &ids], &later("2026-03-12")).none(rule, "nobody knows when the CSV was made");
    Case::new(&[&ids], &later("2026-03-12")).none(rule, "nor the list");
    let mut woken = later("2026-03-12");
    woken.push(change("Active", "2026-03-12T11:00:00Z"));
    let (severity, summary) = case(&woken).one(rule);
    assert_eq!(severity, Severity::Medium);
    assert!(summary.ends_with("user/team/ana made it active again at 2026-03-12T11:00:00Z"), "{summary}");
    // Without ids: a key that was seen before the report is the one that it tells of; another may be new.
    let cells = format!("{} access_key_1_last_used_date=2026-03-01T12:00:00Z", key_cells(false, "2025-02-12"));
    let nameless = generated(at, &[row("deploy", &cells)]);
    assert_eq!(Case::new(&[&nameless], &later("2026-03-12")).one(rule).0, Severity::High);
    let new = [call(user("deploy"), KEY, "2026-03-12")];
    Case::new(&[&nameless], &new).none(rule, "it may have been made after the report");
}

#[test]
fn a_user_who_signs_in_without_mfa_and_has_no_device() {
    let rule = SIGNS_IN_WITHOUT_MFA_DEVICE.id;
    let report = |mfa: bool, enabled: bool| {
        generated("2026-03-10T00:00:00Z", &[row("ana", &format!("password_enabled={enabled} mfa_active={mfa}"))])
    };
    let case = |records: &[Json]| Case::new(&[&report(false, true)], records);
    let without = sign_in(user("ana"), "No", "2026-03-05");
    let (severity, summary) = case(&[without.clone(), sign_in(user("ana"), "No", "2026-03-06")]).one(rule);
    assert_eq!(severity, Severity::High);
    assert_eq!(
        summary,
        "ana has a password and no MFA device by the credential report, and signed in without MFA 2 times, last on \
         2026-03-06"
    );
    Case::new(&[&report(true, true)], std::slice::from_ref(&without)).none(rule, "she has a device now");
    Case::new(&[&report(false, false)], std::slice::from_ref(&without)).none(rule, "she has no password");
    case(&[sign_in(user("ana"), "Yes", "2026-03-05")]).none(rule, "with MFA");
    case(&[sign_in(user("bob"), "No", "2026-03-05")]).none(rule, "somebody else");
    let since = sign_in(user("ana"), "Yes", "2026-03-12");
    case(&[without.clone(), since]).none(rule, "with MFA after the report, which is out of date");
    let removed = sign_in(user("ana"), "Yes", "2026-03-07");
    assert_eq!(case(&[without.clone(), removed]).found(rule).len(), 1, "the report is newer: the device is gone");
    let mut refused = without;
    refused["errorMessage"] = json!("Failed authentication");
    refused["responseElements"] = json!({ "ConsoleLogin": "Failure" });
    case(&[refused]).none(rule, "she did not get in");
}

#[test]
fn root_without_a_device_that_is_used() {
    let rule = ROOT_USED_WITHOUT_MFA_DEVICE.id;
    let summary = |mfa: i64| json!({ "SummaryMap": { "AccountMFAEnabled": mfa } }).to_string();
    let (off, on) = (summary(0), summary(1));
    let at_console = [sign_in(root(), "No", "2026-03-05"), call(root(), KEY, "2026-03-06")];
    let (severity, told) = Case::new(&[&off], &at_console).one(rule);
    assert_eq!(severity, Severity::Critical);
    assert_eq!(
        told,
        "root has no MFA device by the account summary, and was used: 1 event after signing in to the console, last on \
         2026-03-05"
    );
    Case::new(&[&off], &[call(root(), KEY, "2026-03-06")]).none(rule, "a key has no MFA whatever the devices");
    Case::new(&[&on], &at_console).none(rule, "there is a device");
    Case::new(&[&off], &[call(user("ana"), KEY, "2026-03-06")]).none(rule, "root was not used");
    Case::new(&[&off], &[failed(sign_in(root(), "No", "2026-03-05"))]).none(rule, "it was only tried");
    let mut service = call(root(), "ASIAIOSFODNN7EXAMPLE", "2026-03-06");
    service["userIdentity"]["invokedBy"] = json!("autoscaling.amazonaws.com");
    Case::new(&[&off], &[service]).none(rule, "a service acted for it");
    let with = [sign_in(root(), "Yes", "2026-03-12")];
    Case::new(&[&off], &with).none(rule, "nobody knows that the summary is newer than this sign-in with MFA");
    let report = |at: &str| generated(at, &[row("<root_account>", "mfa_active=false password_enabled=not_supported")]);
    Case::new(&[&report("2026-03-10T00:00:00Z")], &with).none(rule, "the report is older");
    assert_eq!(Case::new(&[&report("2026-03-20T00:00:00Z")], &with).found(rule).len(), 1, "the device is gone");
}

#[test]
fn policies_of_a_user_who_is_not_seen() {
    let rule = POLICIES_ON_UNSEEN_USER.id;
    let details = |policies: Json, created: &str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:user/gone");
        let gone = json!({ "UserName": "gone", "UserId": "AIDAgone", "Arn": arn, "GroupList": ["Staff"],
            "CreateDate": format!("{created}T00:00:00Z"), "AttachedManagedPolicies": policies });
        json!({ "UserDetailList": [gone] }).to_string()
    };
    let admin = json!([{ "PolicyName": "Admin", "PolicyArn": "arn:aws:iam::aws:policy/Admin" }]);
    let gone = details(admin.clone(), "2024-01-01");
    let others = |from: &str| vec![call(user("ana"), KEY, from), call(user("ana"), KEY, "2026-03-31")];
    let month = others("2026-03-02");
    let case = |records: &[Json]| Case::new(&[&gone], records);
    let (severity, summary) = case(&month).one(rule);
    assert_eq!(severity, Severity::Medium);
    assert_eq!(
        summary,
        "gone has a policy of its own, Admin, and is in no event of the 30 days of logs from 2026-03-02 to 2026-03-31"
    );
    Case::new(&[&details(json!([]), "2024-01-01")], &month).none(rule, "no policy of its own");
    let own = |effect: &str| {
        let arn = format!("arn:aws:iam::{ACCOUNT}:policy/own");
        let statement = json!({ "Effect": effect, "Action": "*", "Resource": "*" });
        let attached = json!([{ "PolicyName": "own", "PolicyArn": arn }]);
        let mut details: Json = serde_json::from_str(&details(attached, "2024-01-01")).unwrap();
        details["Policies"] = json!([{ "PolicyName": "own", "Arn": arn, "AttachmentCount": 1, "DefaultVersionId": "v1",
            "PolicyVersionList": [{ "VersionId": "v1", "IsDefaultVersion": true, "Document": { "Statement": statement } }] }]);
        Case::new(&[&details.to_string()], &month)
    };
    own("Deny").none(rule, "a policy that only denies gives nothing");
    assert_eq!(own("Allow").one(rule).0, Severity::Medium);
    let seen = |record: Json| [month.clone(), vec![record]].concat();
    case(&seen(failed(call(user("gone"), KEY, "2026-03-15")))).none(rule, "seen, if only refused");
    let mut by_id = call(user("gone"), "", "2026-03-15");
    by_id["userIdentity"].as_object_mut().unwrap().remove("arn");
    case(&seen(by_id)).none(rule, "seen by its unique id");
    let (severity, summary) = case(&others("2026-03-20")).one(rule);
    assert_eq!(severity, Severity::Low);
    assert!(summary.ends_with("12 days of logs from 2026-03-20 to 2026-03-31 (but that is fewer than 30 days)"));
    let gaps = Case { lacks: Some("2 objects failed"), ..case(&month) }.one(rule);
    assert!(gaps.0 == Severity::Low && gaps.1.ends_with("(but 2 objects failed)"), "{gaps:?}");
    let hidden = |case: &Case| case.answer(true).hidden;
    let short = case(&others("2026-03-26"));
    short.none(rule, "six days say nothing");
    let why = "policies-on-unseen-user was not looked for in 111122223333: fewer than 7 days of logs";
    assert_eq!(hidden(&short).as_deref(), Some(why));
    let filtered = Case { filtered: true, ..case(&month) };
    filtered.none(rule, "filters hide who was active");
    assert!(hidden(&filtered).unwrap().ends_with("filters hide who was active"));
    assert_eq!(hidden(&case(&month)), None);
    let new = details(admin, "2026-03-28");
    Case::new(&[&new], &month).none(rule, "made four days ago");
    let cells = "password_enabled=true mfa_active=true password_last_used=2026-03-10T00:00:00Z";
    let report = generated(END, &[row("gone", cells)]);
    Case::new(&[&gone, &report], &month).none(rule, "IAM saw the user in these days, the logs did not");
    let before = generated(END, &[row("gone", &cells.replace("2026-03-10", "2026-01-10"))]);
    assert_eq!(Case::new(&[&gone, &before], &month).found(rule).len(), 1);
}
