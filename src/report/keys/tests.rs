use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::model::EventTime;
use crate::posture::testing::{HEADER, load};
use crate::report::{Finding, LogSpan, Options, Value};

const OLD: &str = "AKIAIOSFODNN7EXAMPLE";
const NEW: &str = "AKIAI44QH8DHBEXAMPLE";
const ANA: &str = "arn:aws:iam::111122223333:user/ana";

fn identity(name: &str, key: &str) -> Json {
    match name {
        "root" => json!({ "type": "Root", "accountId": "111122223333", "principalId": "111122223333",
            "arn": "arn:aws:iam::111122223333:root", "accessKeyId": key }),
        _ => json!({ "type": "IAMUser", "accountId": "111122223333", "userName": name, "accessKeyId": key,
            "principalId": format!("AIDA{name}"), "arn": format!("arn:aws:iam::111122223333:user/{name}") }),
    }
}

/// A call by `name` with `key` at `time` (a day, or a day and an hour).
fn call(name: &str, key: &str, time: &str) -> Json {
    let time = if time.contains('T') { time.to_owned() } else { format!("{time}T12:00:00Z") };
    json!({
        "eventTime": time, "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "recipientAccountId": "111122223333", "userIdentity": identity(name, key),
    })
}

/// A call of IAM by `name`.
fn iam(name: &str, event: &str, time: &str, request: Json, response: Json) -> Json {
    let mut record = call(name, "", time);
    record["eventSource"] = json!("iam.amazonaws.com");
    record["eventName"] = json!(event);
    record["requestParameters"] = request;
    record["responseElements"] = response;
    record
}

fn create(by: &str, owner: &str, key: &str, time: &str) -> Json {
    let user_name = if owner == "root" { Json::Null } else { json!(owner) };
    let key = json!({ "accessKeyId": key, "userName": user_name, "secretAccessKey": "never-kept" });
    iam(by, "CreateAccessKey", time, json!({ "userName": user_name }), json!({ "accessKey": key }))
}

fn update(by: &str, key: &str, status: &str, time: &str) -> Json {
    iam(by, "UpdateAccessKey", time, json!({ "accessKeyId": key, "status": status, "userName": "ana" }), Json::Null)
}

fn delete(by: &str, key: &str, time: &str) -> Json {
    iam(by, "DeleteAccessKey", time, json!({ "accessKeyId": key, "userName": "ana" }), Json::Null)
}

fn failed(mut record: Json) -> Json {
    record["errorCode"] = json!("AccessDenied");
    record
}

/// The answer at the end of `day`.
fn answer_at(day: &str, records: &[Json]) -> Answer {
    answer_beside(day, records, &[], false)
}

/// The same beside files of IAM's state; `filtered` is whether filters left out events.
fn answer_beside(day: &str, records: &[Json], files: &[String], filtered: bool) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records.to_vec()));
    let as_of = EventTime::parse(&format!("{day}T23:59:59Z"));
    let (posture, options) = (load(files), Options::default());
    let span = LogSpan { is_filtered: filtered, ..LogSpan::default() };
    let view = View { as_of, posture: Some(&posture), logs: Some(&span), ..View::new(&state, &options) };
    let answer = answer(&view);
    assert!(!format!("{answer:?}").contains("never-kept"));
    answer
}

fn list(keys: &[(&str, &str, &str, &str)]) -> String {
    let of = |&(user, id, status, made): &(&str, &str, &str, &str)| json!({ "UserName": user, "AccessKeyId": id, "Status": status, "CreateDate": format!("{made}T00:00:00Z") });
    json!({ "AccessKeyMetadata": keys.iter().map(of).collect::<Vec<_>>() }).to_string()
}

/// A credential report of one user with one key, generated at `time`.
fn generated(time: &str, user: &str, active: &str, made: &str) -> String {
    let cell = |name: &str| match name {
        "user" => user.to_owned(),
        "arn" => format!("arn:aws:iam::111122223333:user/{user}"),
        "access_key_1_active" => active.to_owned(),
        "access_key_1_last_rotated" => format!("{made}T00:00:00Z"),
        "access_key_1_last_used_date" => "2026-03-01T12:00:00Z".to_owned(),
        flag if flag.ends_with("_active") || flag == "password_enabled" => "false".to_owned(),
        _ => "N/A".to_owned(),
    };
    let row: Vec<String> = HEADER.split(',').map(cell).collect();
    let content = STANDARD.encode(format!("{HEADER}\n{}\n", row.join(",")));
    json!({ "Content": content, "GeneratedTime": time }).to_string()
}

/// A cell of the row of a key.
fn cell(answer: &Answer, key: &str, name: &str) -> String {
    let place = COLUMNS.iter().position(|column| column.name == name).unwrap_or_else(|| panic!("{name}"));
    let row = answer.rows.iter().find(|row| row[0] == Value::text(key)).unwrap_or_else(|| panic!("{key}"));
    match &row[place] {
        Value::Null => "-".to_owned(),
        Value::Count(count) => count.to_string(),
        Value::Time(time) => time.to_string(),
        Value::List(list) => list.join(" "),
        other => other.as_text().expect("a text").into_owned(),
    }
}

fn cells<const N: usize>(answer: &Answer, key: &str, names: [&str; N]) -> [String; N] {
    names.map(|name| cell(answer, key, name))
}

fn rules(answer: &Answer) -> Vec<(&'static str, &'static str)> {
    answer.findings.iter().map(|finding| (finding.rule, finding.severity.as_str())).collect()
}

fn finding<'a>(answer: &'a Answer, rule: &str) -> &'a Finding {
    answer.findings.iter().find(|finding| finding.rule == rule).unwrap_or_else(|| panic!("{rule}"))
}

#[test]
fn age_is_exact_with_a_creation_and_at_least_without() {
    let columns = ["created", "created_basis", "age_days", "created_by", "created_for_other"];
    let used = call("ana", OLD, "2026-01-11");
    let answer = answer_at("2026-01-21", std::slice::from_ref(&used));
    assert_eq!(cells(&answer, OLD, columns), ["2026-01-11T12:00:00Z", "at-least", "10", "-", "-"]);
    let answer = answer_at("2026-01-21", &[used, create("ana", "ana", OLD, "2026-01-01")]);
    assert_eq!(cells(&answer, OLD, columns), ["2026-01-01T12:00:00Z", "exact", "20", ANA, "no"]);
    assert_eq!(rules(&answer), []);
}

#[test]
fn older_than_the_limit_when_it_was_used() {
    let used = |last: &str| [call("ana", OLD, "2026-01-01T00:00:00Z"), call("ana", OLD, last)];
    let late = used("2026-04-02T00:00:00Z");
    let answer = answer_at("2026-04-02", &late);
    assert_eq!(rules(&answer), [("key-over-age", "medium")]);
    let summary = &answer.findings[0].summary;
    assert_eq!(summary, "at least 91 days old when it was last used with success, at 2026-04-02T00:00:00Z");
    assert_eq!(rules(&answer_at("2026-04-02", &used("2026-04-01T00:00:00Z"))), [], "90 days are not more than 90");
    // Of a key that was used young and not seen since, nobody knows whether it still exists.
    assert_eq!(rules(&answer_at("2026-12-31", &used("2026-01-09"))), []);
    let [first, last] = late;
    let denied = failed(call("ana", OLD, "2026-04-05"));
    assert_eq!(rules(&answer_at("2026-04-05", &[first.clone(), failed(last.clone()), denied])), [], "tried, not used");
    let ended = update("ana", OLD, "Inactive", "2026-04-03");
    assert_eq!(rules(&answer_at("2026-04-05", &[first, last, ended])), [], "it was ended since");
}

#[test]
fn status_is_what_was_last_seen() {
    let columns = ["status", "status_time", "status_by"];
    let used = call("ana", OLD, "2026-01-05");
    let status = |more: &[Json]| {
        let mut records = vec![used.clone()];
        records.extend_from_slice(more);
        cells(&answer_at("2026-01-31", &records), OLD, columns)
    };
    let (boss, at) = ("arn:aws:iam::111122223333:user/boss", |day: u8| format!("2026-01-{day:02}T12:00:00Z"));
    let inactive = update("boss", OLD, "Inactive", "2026-01-10");
    assert_eq!(status(&[]), ["active", &at(5), "-"]);
    assert_eq!(status(std::slice::from_ref(&inactive)), ["inactive", &at(10), boss]);
    assert_eq!(status(&[failed(inactive.clone())]), ["active", &at(5), "-"], "a refused change changes nothing");
    let again = update("ana", OLD, "Active", "2026-01-12");
    assert_eq!(status(&[again.clone(), inactive.clone()]), ["active", &at(12), ANA]);
    let deleted = delete("boss", OLD, "2026-01-11");
    assert_eq!(status(&[inactive, deleted, again]), ["deleted", &at(11), boss], "an id never comes back");
    let only_failed = answer_at("2026-01-31", &[failed(call("ana", OLD, "2026-01-05"))]);
    assert_eq!(cells(&only_failed, OLD, columns), ["unknown", "-", "-"]);
    let later = answer_at("2026-01-31", &[used.clone(), delete("boss", OLD, "2026-02-01")]);
    assert_eq!(cell(&later, OLD, "status"), "active", "what comes after the window's end is not known");
}

#[test]
fn a_change_without_a_user_name_is_the_callers_own() {
    let own =
        iam("ana", "UpdateAccessKey", "2026-01-05", json!({ "accessKeyId": OLD, "status": "Inactive" }), Json::Null);
    let answer = answer_at("2026-01-31", &[own]);
    assert_eq!(cells(&answer, OLD, ["principal", "status", "events"]), [ANA, "inactive", "0"]);
    let roots = iam("root", "DeleteAccessKey", "2026-01-05", json!({ "accessKeyId": NEW }), Json::Null);
    let answer = answer_at("2026-01-31", &[roots]);
    assert_eq!(cells(&answer, NEW, ["principal", "is_root"]), ["root@111122223333", "yes"]);
    assert_eq!(rules(&answer), [], "root's key is gone");
    let mut by_role = iam("x", "DeleteAccessKey", "2026-01-05", json!({ "accessKeyId": NEW }), Json::Null);
    by_role["userIdentity"] = json!({ "type": "AssumedRole", "principalId": "AROA:s", "accountId": "111122223333" });
    assert_eq!(cell(&answer_at("2026-01-31", &[by_role]), NEW, "principal"), "-");
}

#[test]
fn calls_after_the_end() {
    let ended_at = |end: Json, used: &str| rules(&answer_at("2026-01-31", &[end, call("ana", OLD, used)]));
    let inactive = || update("ana", OLD, "Inactive", "2026-01-10T12:00:00Z");
    let deleted = || delete("ana", OLD, "2026-01-10T12:00:00Z");
    assert_eq!(ended_at(inactive(), "2026-01-10T12:15:01Z"), [("key-used-after-end", "medium")]);
    assert_eq!(ended_at(deleted(), "2026-01-10T12:15:01Z"), [("key-used-after-end", "high")]);
    assert_eq!(ended_at(deleted(), "2026-01-10T12:15:00Z"), [], "a change needs moments, and clocks differ");
    let tried = failed(call("ana", OLD, "2026-01-20"));
    assert_eq!(rules(&answer_at("2026-01-31", &[deleted(), call("ana", OLD, "2026-01-09"), tried])), []);
}

#[test]
fn root_keys_until_they_are_deleted() {
    let used = call("root", OLD, "2026-01-05");
    assert_eq!(rules(&answer_at("2026-01-31", std::slice::from_ref(&used))), [("root-key", "critical")]);
    let by_root = |event: &str, request: Json| iam("root", event, "2026-01-06", request, Json::Null);
    let inactive = by_root("UpdateAccessKey", json!({ "accessKeyId": OLD, "status": "Inactive" }));
    assert_eq!(rules(&answer_at("2026-01-31", &[used.clone(), inactive])), [("root-key", "high")]);
    let deleted = by_root("DeleteAccessKey", json!({ "accessKeyId": OLD }));
    assert_eq!(rules(&answer_at("2026-01-31", &[used, deleted])), []);
    let created = answer_at("2026-01-05", &[create("root", "root", NEW, "2026-01-05")]);
    assert_eq!(rules(&created), [("root-key", "critical"), ("key-never-used", "info")]);
    assert_eq!(cell(&created, NEW, "created_for_other"), "no");
    // The response may name it as a user.
    let mut named = create("root", "root", NEW, "2026-01-05");
    named["requestParameters"] = Json::Null;
    named["responseElements"]["accessKey"]["userName"] = json!("root");
    assert_eq!(
        rules(&answer_at("2026-01-05", &[named.clone()])),
        [("root-key", "critical"), ("key-never-used", "info")]
    );
    // A user of that name.
    named["requestParameters"] = json!({ "userName": "root" });
    let of_user = rules(&answer_at("2026-01-05", &[named]));
    assert_eq!(of_user, [("key-created-for-other", "medium"), ("key-never-used", "info")]);
}

#[test]
fn created_by_somebody_else() {
    let made = |by: &str| {
        answer_at("2026-01-05", &[create(by, "ana", NEW, "2026-01-05"), call("ana", NEW, "2026-01-05T13:00:00Z")])
    };
    assert_eq!(rules(&made("boss")), [("key-created-for-other", "medium")]);
    let rotated = |from: &str, ends: &str| {
        let mut used = call("ana", NEW, "2026-01-06T13:00:00Z");
        used["sourceIPAddress"] = json!(from);
        let old = iam("boss", ends, "2026-01-07", json!({ "userName": "ana", "accessKeyId": OLD }), Json::Null);
        let mut before = call("ana", OLD, "2026-01-04T13:00:00Z");
        before["sourceIPAddress"] = json!("192.0.2.1");
        let answer = answer_at("2026-01-08", &[before, create("boss", "ana", NEW, "2026-01-05"), used, old]);
        let of_other = rules(&answer).into_iter().filter(|(rule, _)| *rule == "key-created-for-other");
        of_other.map(|(_, severity)| severity).collect::<Vec<_>>()
    };
    assert_eq!(rotated("192.0.2.9", "DeleteAccessKey"), ["low"], "in the network of the old key");
    assert_eq!(rotated("198.51.100.9", "DeleteAccessKey"), ["medium"], "from elsewhere");
    assert_eq!(rotated("192.0.2.9", "GetAccessKeyLastUsed"), ["medium"], "the old one stays");
    assert_eq!(cell(&made("root"), NEW, "created_for_other"), "yes");
    assert_eq!(rules(&made("ana")), []);
    let mut unnamed = create("boss", "ana", NEW, "2026-01-05");
    unnamed["userIdentity"]["arn"] = json!("");
    let unnamed = answer_at("2026-01-05", &[unnamed]);
    assert_eq!(cell(&unnamed, NEW, "created_for_other"), "-", "an id may be the owner's own");
    // Her path is in no record of the creation; without another event of hers neither is her arn.
    let unseen = answer_at("2026-01-05", &[create("boss", "ana", NEW, "2026-01-05")]);
    assert_eq!(cells(&unseen, NEW, ["principal", "created_for_other"]), ["ana", "yes"]);
    let mut own = create("ana", "ana", NEW, "2026-01-05");
    own["userIdentity"]["arn"] = json!("arn:aws:iam::111122223333:user/ops/ana");
    let own = answer_at("2026-01-05", &[own]);
    assert_eq!(cells(&own, NEW, ["principal", "created_for_other"]), ["arn:aws:iam::111122223333:user/ops/ana", "no"]);
}

#[test]
fn a_rotation_is_a_chain() {
    let chain =
        |answer: &Answer| [(OLD, "rotated_to"), (NEW, "rotated_from")].map(|(key, column)| cell(answer, key, column));
    let (used, created) = (call("ana", OLD, "2026-01-05"), create("ana", "ana", NEW, "2026-01-10"));
    let deleted = |day: &str| delete("ana", OLD, day);
    for day in ["2026-01-20", "2026-01-09"] {
        let answer = answer_at("2026-01-31", &[used.clone(), created.clone(), deleted(day)]);
        assert_eq!(chain(&answer), [NEW, OLD], "{day}");
        assert_eq!(cell(&answer, NEW, "other_active_keys"), "0");
    }
    let open = answer_at("2026-01-31", &[used.clone(), created.clone()]);
    assert_eq!(chain(&open), ["-", "-"], "not finished");
    let others = answer_at("2026-01-31", &[used, create("boss", "bo", NEW, "2026-01-10"), deleted("2026-01-20")]);
    assert_eq!(chain(&others), ["-", "-"], "somebody else's key");
}

#[test]
fn each_key_is_replaced_once() {
    let third = "AKIAEXAMPLE3EXAMPLE3";
    let answer = answer_at(
        "2026-01-31",
        &[
            call("ana", OLD, "2026-01-01"),
            create("ana", "ana", NEW, "2026-01-10"),
            delete("ana", OLD, "2026-01-11"),
            create("ana", "ana", third, "2026-01-20"),
        ],
    );
    assert_eq!(cells(&answer, OLD, ["rotated_from", "rotated_to"]), ["-", NEW]);
    assert_eq!(cells(&answer, NEW, ["rotated_from", "rotated_to"]), [OLD, "-"]);
    assert_eq!(cells(&answer, third, ["rotated_from", "rotated_to"]), ["-", "-"]);
}

#[test]
fn two_keys_that_were_active_at_once() {
    let active = |records: &[Json]| {
        let answer = answer_at("2026-01-31", records);
        let found = answer.findings.iter().filter(|finding| finding.rule == "two-active-keys").count();
        (found, cell(&answer, OLD, "other_active_key_ids"))
    };
    let old = |day: &str| call("ana", OLD, day);
    let new = |day: &str| call("ana", NEW, day);
    let overlapping = [old("2026-01-01"), new("2026-01-05"), old("2026-01-10")];
    assert_eq!(active(&overlapping), (1, NEW.to_owned()));
    assert_eq!(active(&[old("2026-01-01"), old("2026-01-04"), new("2026-01-05")]).0, 0, "one after the other");
    let with = |end: Json| active(&[overlapping.as_slice(), &[end]].concat()).0;
    assert_eq!(with(update("ana", OLD, "Inactive", "2026-01-11")), 0);
    assert_eq!(with(delete("ana", NEW, "2026-01-11")), 0);
    assert_eq!(active(&[old("2026-01-01"), call("bo", NEW, "2026-01-01"), old("2026-01-10")]).0, 0, "two users");
    // A created key is active until the logs say otherwise.
    let created = [create("ana", "ana", OLD, "2026-01-01"), create("ana", "ana", NEW, "2026-01-20")];
    let answer = answer_at("2026-01-31", &created);
    assert_eq!(finding(&answer, "two-active-keys").evidence["access_key_ids"], json!([NEW, OLD]));
    assert_eq!(finding(&answer, "two-active-keys").severity.as_str(), "info", "a rotation may be under way");
    let later = answer_at("2026-06-01", &[created.as_slice(), &[old("2026-05-31"), new("2026-05-31")]].concat());
    assert_eq!(finding(&later, "two-active-keys").severity.as_str(), "low", "both are past --max-age");
    let unknown = answer_at("2026-01-31", &overlapping);
    assert_eq!(finding(&unknown, "two-active-keys").severity.as_str(), "low", "nobody knows when they were created");
}

#[test]
fn a_bearer_token_is_a_row_and_no_access_key() {
    let bearer = |day: &str| {
        let mut record = call("ana", "", day);
        record["additionalEventData"] = json!({ "callWithBearerToken": true });
        record
    };
    let id = format!("bearer:{ANA}");
    let answer = answer_at("2026-01-31", &[bearer("2026-01-02"), call("ana", OLD, "2026-01-02"), bearer("2026-01-09")]);
    assert_eq!(cells(&answer, &id, ["principal", "events", "other_active_keys"]), [ANA, "2", "0"]);
    assert!(rules(&answer).is_empty(), "{:?}", rules(&answer));
    // The only access key of the report is not taken for the token.
    let report = generated("2026-01-31T00:00:00Z", "ana", "true", "2025-06-01");
    let beside = answer_beside("2026-01-31", &[bearer("2026-01-02")], &[report], false);
    assert_eq!(cell(&beside, &id, "state_basis"), "-");
}

#[test]
fn unused_up_to_the_last_event_of_the_account() {
    let used = call("ana", OLD, "2026-01-01T00:00:00Z");
    let of_account = |day: &str| call("bo", NEW, day);
    let rules_at = |records: &[Json]| {
        let answer = answer_at("2026-12-31", records);
        (rules(&answer), cell(&answer, OLD, "unused_days"))
    };
    let (found, days) = rules_at(&[used.clone(), of_account("2026-04-01T00:00:00Z")]);
    assert_eq!((found, days.as_str()), (vec![("key-unused", "low")], "90"));
    assert_eq!(rules_at(&[used.clone(), of_account("2026-03-31T23:00:00Z")]), (vec![], "89".to_owned()));
    let mut elsewhere = of_account("2026-12-01");
    elsewhere["userIdentity"]["accountId"] = json!("444455556666");
    elsewhere["recipientAccountId"] = json!("444455556666");
    assert_eq!(rules_at(&[used.clone(), elsewhere]), (vec![], "0".to_owned()), "logs of another account prove nothing");
    let tried = failed(call("ana", OLD, "2026-03-31"));
    assert_eq!(rules_at(&[used.clone(), tried, of_account("2026-04-01")]).0, [], "tried is used");
    let ended = delete("ana", OLD, "2026-01-02");
    assert_eq!(rules_at(&[used, ended, of_account("2026-04-01")]).0, []);
}

/// The same call from another address.
fn from(address: &str, mut call: Json) -> Json {
    call["sourceIPAddress"] = json!(address);
    call
}

#[test]
fn a_key_for_another_that_was_used_and_deleted() {
    let (made, gone) = (create("boss", "ana", NEW, "2026-01-10"), |day: &str| delete("boss", NEW, day));
    let away = || from("198.51.100.66", call("ana", NEW, "2026-01-10T20:00:00Z"));
    let told = |records: &[Json]| {
        let mut all = vec![call("ana", OLD, "2026-01-05"), made.clone()];
        all.extend_from_slice(records);
        let found = rules(&answer_at("2026-01-31", &all));
        found.into_iter().filter(|(rule, _)| *rule == "key-created-for-other").map(|(_, is)| is).collect::<Vec<_>>()
    };
    assert_eq!(told(&[away(), gone("2026-01-11")]), ["medium"], "an hour of use");
    assert_eq!(told(&[away(), gone("2026-01-28")]), ["low"], "a life of its own");
    assert_eq!(told(&[gone("2026-01-11")]), [""; 0], "by mistake");
    assert_eq!(told(&[call("ana", NEW, "2026-01-10T20:00:00Z"), gone("2026-01-11")]), [""; 0], "where its owner is");
    let leases = |many: usize| {
        let ids: Vec<String> = (0..many).map(|nth| format!("AKIALEASE{nth}EXAMPLE000")).collect();
        let of = |id: &String| {
            [
                create("boss", "bo", id, "2026-01-10"),
                iam(
                    "boss",
                    "DeleteAccessKey",
                    "2026-01-12",
                    json!({ "accessKeyId": id, "userName": "bo" }),
                    Json::Null,
                ),
            ]
        };
        ids.iter().flat_map(of).collect::<Vec<_>>()
    };
    let with = |many: usize| told(&[vec![away(), gone("2026-01-11")], leases(many)].concat());
    assert_eq!((with(3), with(4)), (vec!["medium"], vec![]), "it hands them out all the time");
    let answer = answer_at("2026-01-31", &[made.clone(), away(), gone("2026-01-11")]);
    assert_eq!(
        finding(&answer, "key-created-for-other").summary,
        "created by arn:aws:iam::111122223333:user/boss at 2026-01-10T12:00:00Z for arn:aws:iam::111122223333:user/ana, \
         used 1 time where no other key of its owner was, and deleted at 2026-01-11T12:00:00Z"
    );
}

#[test]
fn a_key_that_was_switched_on_again() {
    let off = || update("ana", OLD, "Inactive", "2026-01-06");
    let on = |by: &str, day: &str| update(by, OLD, "Active", day);
    let away = |day: &str| from("198.51.100.66", call("ana", OLD, day));
    let told = |records: &[Json]| {
        let mut all = vec![call("ana", OLD, "2026-01-05")];
        all.extend_from_slice(records);
        let found = rules(&answer_at("2026-01-31", &all));
        found.into_iter().find(|(rule, _)| *rule == "key-switched-on-again").map(|(_, severity)| severity)
    };
    assert_eq!(told(&[off(), on("boss", "2026-01-20"), away("2026-01-21")]), Some("medium"));
    assert_eq!(told(&[off(), on("boss", "2026-01-20")]), Some("medium"), "not used yet");
    assert_eq!(told(&[off(), on("boss", "2026-01-20"), call("ana", OLD, "2026-01-21")]), Some("low"), "at home");
    assert_eq!(told(&[off(), on("boss", "2026-01-06T14:00:00Z"), away("2026-01-21")]), Some("low"), "something broke");
    assert_eq!(told(&[off(), on("ana", "2026-01-20")]), Some("low"), "its owner, later");
    assert_eq!(told(&[off(), on("ana", "2026-01-06T14:00:00Z")]), Some("info"), "its owner, at once");
    let by_boss = || [update("boss", OLD, "Inactive", "2026-01-06"), on("boss", "2026-01-20")];
    let with = |used: Json| told(&[&by_boss()[..], &[used]].concat());
    assert_eq!(with(away("2026-01-21")), Some("medium"), "another's key, elsewhere");
    assert_eq!(with(call("ana", OLD, "2026-01-21")), Some("low"), "another's key, at home");
    assert_eq!(told(&by_boss()), Some("low"), "another's key, not used yet");
    assert_eq!(told(&[off(), on("ana", "2026-01-20"), away("2026-01-21")]), Some("low"), "its owner, elsewhere");
    let again =
        [off(), on("boss", "2026-01-20"), update("boss", OLD, "Inactive", "2026-01-21"), on("boss", "2026-01-22")];
    assert_eq!(told(&again), Some("medium"), "what came after is no excuse");
    assert_eq!(told(&[on("boss", "2026-01-20")]), Some("low"), "nobody knows who switched it off");
    assert_eq!(told(&[on("ana", "2026-01-20")]), None, "one's own");
    assert_eq!(told(&[off()]), None);
    assert_eq!(told(&[off(), delete("boss", OLD, "2026-01-20")]), None);
}

#[test]
fn created_and_never_used() {
    let created = create("ana", "ana", OLD, "2026-01-01T00:00:00Z");
    let later = call("bo", NEW, "2026-04-01T00:00:00Z");
    let young = answer_at("2026-01-01", std::slice::from_ref(&created));
    assert_eq!(rules(&young), [("key-never-used", "info")]);
    assert_eq!(cell(&young, OLD, "never_used"), "yes");
    assert_eq!(rules(&answer_at("2026-04-01", &[created.clone(), later.clone()])), [("key-never-used", "low")]);
    let used = call("ana", OLD, "2026-01-01T01:00:00Z");
    let used = answer_at("2026-01-02", &[created.clone(), used]);
    assert_eq!((rules(&used), cell(&used, OLD, "never_used")), (vec![], "no".to_owned()));
    assert_eq!(rules(&answer_at("2026-04-01", &[created, delete("ana", OLD, "2026-01-02"), later])), []);
    let only_changed = answer_at("2026-01-02", &[update("ana", OLD, "Active", "2026-01-01")]);
    assert_eq!(cell(&only_changed, OLD, "never_used"), "-", "what was before is not known");
}

#[test]
fn state_tells_creation_status_and_last_use() {
    let used = call("ana", OLD, "2026-03-01");
    let beside = |files: &[String], records: &[Json]| answer_beside("2026-03-31", records, files, false);
    let columns = ["created", "created_basis", "status", "status_basis", "status_time", "state_status", "state_basis"];
    let listed = [list(&[("ana", OLD, "Active", "2025-12-01")])];
    let answer = beside(&listed, std::slice::from_ref(&used));
    let of_list =
        ["2025-12-01T00:00:00Z", "exact", "active", "logs", "2026-03-01T12:00:00Z", "active", "access-key-id"];
    assert_eq!(cells(&answer, OLD, columns), of_list, "a list without a date is no newer than its newest key");
    assert_eq!(rules(&answer), [], "90 days old when it was used");
    let older = [list(&[("ana", OLD, "Active", "2025-11-01")])];
    assert_eq!(
        rules(&beside(&older, std::slice::from_ref(&used))),
        [("key-over-age", "medium")],
        "the age is known now"
    );
    let inactive = [generated("2026-03-20T00:00:00Z", "ana", "false", "2025-12-01"), listed[0].clone()];
    let answer = beside(&inactive, std::slice::from_ref(&used));
    let of_report =
        ["2025-12-01T00:00:00Z", "exact", "inactive", "state", "2026-03-20T00:00:00Z", "inactive", "access-key-id"];
    assert_eq!(cells(&answer, OLD, columns), of_report, "the report is newer than the last use");
    let later = call("ana", OLD, "2026-03-21");
    let answer = beside(&inactive, &[used.clone(), later]);
    assert_eq!(cells(&answer, OLD, ["status", "status_basis", "state_status"]), ["active", "logs", "inactive"]);
    let gone = delete("ana", OLD, "2026-03-10");
    let answer = beside(&[generated("2026-03-20T00:00:00Z", "ana", "true", "2025-12-01"), listed[0].clone()], &[gone]);
    assert_eq!(cells(&answer, OLD, ["status", "status_basis"]), ["deleted", "logs"], "what is deleted stays so");
    let nameless = [generated("2026-03-20T00:00:00Z", "ana", "true", "2025-12-01")];
    let answer = beside(&nameless, std::slice::from_ref(&used));
    assert_eq!(cells(&answer, OLD, ["created_basis", "state_basis", "age_days"]), ["inferred", "only-key", "120"]);
    let two = [used.clone(), call("ana", NEW, "2026-03-02")];
    let answer = beside(&nameless, &two);
    assert_eq!(cells(&answer, OLD, ["created_basis", "state_basis", "state_status"]), ["at-least", "-", "-"]);
    assert!(answer.hidden.unwrap().starts_with("1 key of IAM's state is not shown: the credential report has no ids"));
    let wrong = [list(&[("ana", OLD, "Active", "2026-03-02")])];
    let answer = beside(&wrong, std::slice::from_ref(&used));
    assert_eq!(cells(&answer, OLD, ["created", "created_basis"]), ["2026-03-01T12:00:00Z", "at-least"], "used before");
}

#[test]
fn keys_that_no_log_shows_are_rows() {
    let used = call("ana", OLD, "2026-03-01");
    let files = [list(&[("ana", OLD, "Active", "2026-02-01"), ("ana", NEW, "Active", "2026-02-02")])];
    let answer = answer_beside("2026-03-31", std::slice::from_ref(&used), &files, false);
    assert_eq!(answer.rows.len(), 2);
    let columns =
        ["principal", "account_id", "events", "last_used", "never_used", "age_days", "status", "status_basis"];
    assert_eq!(cells(&answer, NEW, columns), ["ana", "111122223333", "0", "-", "-", "57", "active", "state"]);
    assert_eq!((rules(&answer), answer.hidden), (vec![], None));
    let filtered = answer_beside("2026-03-31", std::slice::from_ref(&used), &files, true);
    assert_eq!(filtered.rows.len(), 1);
    assert!(filtered.hidden.unwrap().ends_with("filters choose among the keys of the logs"));
    let unknown = answer_beside("2026-03-31", &[used], &[list(&[("bo", OLD, "Active", "2026-02-01")])], false);
    assert_eq!(cell(&unknown, OLD, "principal"), ANA, "the logs name the owner");
}

#[test]
fn worst_first() {
    let answer = answer_at(
        "2026-01-31",
        &[call("ana", OLD, "2026-01-01"), call("bo", NEW, "2026-01-05"), call("root", "AKIAROOTEXAMPLE", "2026-01-31")],
    );
    let ids: Vec<&Value> = answer.rows.iter().map(|row| &row[0]).collect();
    assert_eq!(ids, ["AKIAROOTEXAMPLE", OLD, NEW].map(Value::text).iter().collect::<Vec<_>>());
}

#[test]
fn help_and_rules_name_the_same_rules() {
    for rule in REPORT.rules {
        assert!(ABOUT.contains(&format!("\n  {} ", rule.id)), "{}", rule.id);
    }
}
