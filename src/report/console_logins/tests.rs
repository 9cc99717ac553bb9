use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::{Options, Value};

const ADDRESS: &str = "203.0.113.77";

/// A sign-in of the IAM user `name` at `time` of 10 January 2026.
fn sign_in(name: &str, time: &str, worked: bool) -> Json {
    json!({
        "eventTime": format!("2026-01-10T{time}Z"), "eventName": "ConsoleLogin", "awsRegion": "us-east-2",
        "eventSource": "signin.amazonaws.com", "sourceIPAddress": ADDRESS, "recipientAccountId": "111122223333",
        "userIdentity": { "type": "IAMUser", "accountId": "111122223333", "userName": name,
            "principalId": format!("AIDA{name}") },
        "responseElements": { "ConsoleLogin": if worked { "Success" } else { "Failure" } },
        "errorMessage": if worked { "" } else { "Failed authentication" },
        "additionalEventData": { "MFAUsed": "No" },
    })
}

fn with(mut record: Json, pointer: &str, value: Json) -> Json {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    record.pointer_mut(parent).unwrap()[name] = value;
    record
}

fn of_root(record: Json) -> Json {
    with(record, "/userIdentity", json!({ "type": "Root", "accountId": "111122223333", "principalId": "111122223333" }))
}

/// `n` failures of `name`, a second apart, from `from` on.
fn failures(name: &str, from: &str, n: usize) -> Vec<Json> {
    (0..n).map(|i| sign_in(name, &format!("{from}:{i:02}"), false)).collect()
}

fn answer_to(records: Vec<Json>) -> Answer {
    let state = scan_for(REPORT.needs, &samples(records));
    answer(&View::new(&state, &Options::default()))
}

fn found(records: Vec<Json>) -> Vec<(&'static str, &'static str, String)> {
    let of = |finding: Finding| (finding.rule, finding.severity.as_str(), finding.subject);
    answer_to(records).findings.into_iter().map(of).collect()
}

/// What findings there are but those about MFA.
fn attacks(records: Vec<Json>) -> Vec<(&'static str, &'static str)> {
    let all = found(records).into_iter().map(|(rule, severity, _)| (rule, severity));
    all.filter(|(rule, _)| *rule != "sign-in-without-mfa").collect()
}

fn cells(answer: &Answer, names: &[&str]) -> Vec<Vec<String>> {
    let places: Vec<usize> = names.iter().map(|n| COLUMNS.iter().position(|c| c.name == *n).unwrap()).collect();
    let text = |value: &Value| match value {
        Value::Null => "-".to_owned(),
        Value::Count(count) => count.to_string(),
        other => other.as_text().map_or_else(|| format!("{other:?}"), Into::into),
    };
    answer.rows.iter().map(|row| places.iter().map(|&place| text(&row[place])).collect()).collect()
}

#[test]
fn a_row_for_each_mfa_and_result() {
    let with_mfa = with(sign_in("ana", "11:00:00", true), "/additionalEventData/MFAUsed", json!("Yes"));
    let check = with(sign_in("ana", "10:59:00", true), "/eventName", json!("CheckMfa"));
    let silent = with(sign_in("ana", "12:00:00", true), "/additionalEventData", Json::Null);
    let answer = answer_to(vec![
        with_mfa,
        check,
        silent,
        sign_in("ana", "09:00:00", true),
        sign_in("ana", "09:30:00", true),
        sign_in("ana", "08:00:00", false),
    ]);
    let columns = ["mfa", "result", "severity", "events", "failure_reasons"];
    let reasons = r#"NamedCounts([("Failed authentication", 1)])"#;
    assert_eq!(
        cells(&answer, &columns),
        [
            ["no", "success", "medium", "2", "NamedCounts([])"],
            ["yes", "success", "info", "1", "NamedCounts([])"],
            ["no", "failure", "info", "1", reasons],
            ["unknown", "success", "info", "1", "NamedCounts([])"],
        ]
    );
    assert_eq!(answer.findings.len(), 1);
    assert_eq!(answer.findings[0].summary, "signed in without MFA, 2 times; with MFA since then, once");
}

#[test]
fn without_mfa_root_is_worse_than_a_user_and_a_provider_is_nothing() {
    let role = json!({ "type": "AssumedRole", "accountId": "111122223333", "principalId": "AROA:ana",
        "arn": "arn:aws:sts::111122223333:assumed-role/AWSReservedSSO_Admin_0a1b/ana" });
    let saml = "/additionalEventData/SamlProviderArn";
    let found = found(vec![
        of_root(sign_in("", "09:00:00", true)),
        sign_in("ana", "09:00:00", true),
        with(sign_in("", "09:00:00", true), "/userIdentity", role),
        with(sign_in("bo", "09:00:00", true), saml, json!("arn:aws:iam::111122223333:saml-provider/idp")),
        of_root(sign_in("", "09:10:00", false)),
    ]);
    let subjects: Vec<_> = found.iter().map(|(rule, severity, subject)| (*rule, *severity, subject.as_str())).collect();
    let rule = "sign-in-without-mfa";
    assert_eq!(subjects, [(rule, "high", "root@111122223333"), (rule, "medium", "AIDAana")]);
}

#[test]
fn guesses_and_then_a_success() {
    let mut guessed = failures("ana", "09:59", 10);
    guessed.push(sign_in("ana", "10:20:00", true));
    assert_eq!(attacks(guessed.clone()), [("brute-force-success", "high")]);
    let rows = cells(&answer_to(guessed.clone()), &["result", "severity"]);
    assert_eq!(rows, [["failure", "high"], ["success", "high"]]);
    let as_root: Vec<Json> = guessed.iter().cloned().map(of_root).collect();
    assert_eq!(attacks(as_root), [("brute-force-success", "critical")]);
    *guessed.last_mut().unwrap() = with(sign_in("ana", "10:20:00", true), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(attacks(guessed), [("brute-force-success", "medium")]);
}

#[test]
fn near_misses_of_guesses_and_a_success() {
    let guessing = [("sign-in-guessing", "low")];
    let after = |n: usize, success: Json| {
        let mut records = failures("ana", "09:30", n);
        records.push(success);
        attacks(records)
    };
    assert_eq!(after(10, sign_in("ana", "10:59:59", true)), [("brute-force-success", "high")]);
    assert_eq!(after(9, sign_in("ana", "09:40:00", true)), [], "one too few");
    assert_eq!(
        after(10, sign_in("ana", "19:00:00", true)),
        [("brute-force-success", "high")],
        "slowness hides nothing"
    );
    assert_eq!(after(10, sign_in("ana", "09:00:00", true)), guessing, "before the first failure");
    assert_eq!(after(10, sign_in("bo", "09:40:00", true)), guessing, "somebody else");
    let elsewhere = |time: &str| with(sign_in("ana", time, true), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(after(10, elsewhere("09:40:00")), [("brute-force-success", "medium")], "from a new address");
    let mut at_home = failures("ana", "09:30", 10);
    at_home.extend([elsewhere("08:00:00"), elsewhere("09:40:00")]);
    assert_eq!(attacks(at_home), guessing, "from an address that she came from before");
    let provided = with(
        sign_in("ana", "09:40:00", true),
        "/additionalEventData/SamlProviderArn",
        json!("arn:aws:iam::111122223333:saml-provider/idp"),
    );
    assert_eq!(after(10, provided), guessing, "at an identity provider");
}

#[test]
fn failures_of_one_user_from_anywhere() {
    let from_many = |n: usize| {
        let move_to = |(i, record)| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
        attacks(failures("ana", "09:59", n).into_iter().enumerate().map(move_to).collect())
    };
    assert_eq!(from_many(10), [("sign-in-guessing", "medium")], "no person fails from ten addresses");
    assert_eq!(from_many(9), []);
    assert_eq!(attacks(failures("ana", "09:59", 10)), [("sign-in-guessing", "low")]);
    assert_eq!(attacks(failures("", "09:59", 10).into_iter().map(of_root).collect()), [("sign-in-guessing", "medium")]);
    let spread_out = |n: i32| (0..n).map(|i| sign_in("ana", &format!("{:02}:00:00", i * 2), false)).collect::<Vec<_>>();
    assert_eq!(attacks(spread_out(10)), [("sign-in-guessing", "low")], "slowly");
    assert_eq!(attacks(spread_out(9)), []);
    let answered = (0..12).map(|i| sign_in("ana", &format!("{:02}:00:01", i * 2), true));
    assert_eq!(attacks(spread_out(12).into_iter().chain(answered).collect()), [], "she mistypes each morning");
}

#[test]
fn many_users_from_one_address() {
    let names = ["ana", "bo", "cy", "di", "eva"];
    let spray = |n: usize| names[..n].iter().map(|name| sign_in(name, "09:58:00", false)).collect::<Vec<_>>();
    assert_eq!(found(spray(5)), [("password-spray", "medium", ADDRESS.to_owned())]);
    assert_eq!(found(spray(4)), []);
    let split = |hour: &str| {
        let (early, late) = (spray(3), &names[3..]);
        let late = late.iter().map(|name| sign_in(name, &format!("{hour}:30:00"), false));
        found(early.into_iter().chain(late).collect()).len()
    };
    assert_eq!((split("10"), split("19")), (1, 1), "slowly as well");
    let mut at_home: Vec<Json> = spray(3);
    at_home.extend(names[3..].iter().map(|name| sign_in(name, "19:30:00", false)));
    at_home.extend(names[..3].iter().map(|name| sign_in(name, "12:30:00", true)));
    assert_eq!(
        found(at_home).iter().filter(|(rule, ..)| *rule == "password-spray").count(),
        0,
        "three of them work there"
    );
    let elsewhere = spray(5).into_iter().enumerate();
    let elsewhere =
        elsewhere.map(|(i, record)| with(record, "/sourceIPAddress", json!(format!("192.0.2.{}", i % 2)))).collect();
    assert_eq!(found(elsewhere), [], "two addresses");
}

#[test]
fn people_who_mistype_are_no_spray_and_one_who_is_hit_makes_it_worse() {
    let names = ["ana", "bo", "cy", "di", "eva"];
    let both = |name: &str| [sign_in(name, "09:10:00", false), sign_in(name, "09:11:00", true)];
    assert_eq!(attacks(names.iter().flat_map(|name| both(name)).collect()), [], "an office behind one address");
    let mut hit: Vec<Json> = names.iter().map(|name| sign_in(name, "09:10:00", false)).collect();
    hit.extend(both("fay"));
    assert_eq!(attacks(hit.clone()), [("password-spray", "high")]);
    let entered = &answer_to(hit).findings[0];
    assert_eq!(entered.evidence["signed_in"], json!(["fay"]));
}

#[test]
fn regulars_who_mistype_at_their_desks() {
    let names = ["ana", "bo", "cy", "di", "eva"];
    let at = |name: &str, day: &str, worked: bool| {
        with(sign_in(name, "08:00:00", worked), "/eventTime", json!(format!("2026-01-{day}:00Z")))
    };
    let failed = || names.iter().map(|name| at(name, "10T08:30", false));
    let got_in = |day: &'static str| names.iter().map(move |name| at(name, day, true));
    let spray = |all: Vec<Json>| attacks(failed().chain(all).collect());
    let before = || got_in("08T08:00").collect::<Vec<_>>();
    let after = || got_in("10T12:00").collect::<Vec<_>>();
    assert_eq!(spray([before(), after()].concat()), [("password-spray", "low")]);
    assert_eq!(spray(before()), [("password-spray", "medium")], "nobody got in again");
    assert_eq!(spray([before(), after()[1..].to_vec()].concat()), [("password-spray", "medium")], "one did not");
    let stranger = at("zed", "10T08:31", false);
    assert_eq!(
        spray([before(), after(), vec![stranger]].concat()),
        [("password-spray", "medium")],
        "a name never seen"
    );
}

#[test]
fn who_mistypes_at_the_own_desk() {
    let mfa = |record: Json| with(record, "/additionalEventData/MFAUsed", json!("Yes"));
    let at = |day: &str, used: bool| {
        let record = with(sign_in("ana", "08:00:00", true), "/eventTime", json!(format!("2026-01-{day}T08:00:00Z")));
        if used { mfa(record) } else { record }
    };
    let then = |days: &[&str], last: Json| {
        let mut all = failures("ana", "09:30", 11);
        all.extend(days.iter().map(|day| at(day, true)));
        all.push(last);
        attacks(all)
    };
    let success = || sign_in("ana", "09:40:00", true);
    assert_eq!(then(&["07", "08", "09"], mfa(success())), [("brute-force-success", "low")]);
    assert_eq!(then(&["07", "08", "09"], success()), [("brute-force-success", "high")], "without MFA");
    assert_eq!(then(&["08", "09"], mfa(success())), [("brute-force-success", "medium")], "two days");
    assert_eq!(then(&["11", "12", "13"], mfa(success())), [("brute-force-success", "medium")], "afterwards");
    let stale = |day: u32, minute: u32, ip: &str| {
        let failed = with(sign_in("ana", "15:00:00", false), "/sourceIPAddress", json!(ip));
        with(failed, "/eventTime", json!(format!("2026-01-{day:02}T15:{minute:02}:00Z")))
    };
    let a_phone = |ip: &str| {
        let mornings = (1..20).map(|day| at(&format!("{day:02}"), true));
        let phone = (5..9).flat_map(|day| (0..3).map(move |minute| (day, minute)));
        attacks(mornings.chain(phone.map(|(day, minute)| stale(day, minute, ip))).collect())
    };
    assert_eq!(a_phone(ADDRESS), [("brute-force-success", "low")], "an old password in a phone at the desk");
    assert_eq!(a_phone("198.51.100.9"), [("sign-in-guessing", "low")], "elsewhere, and she comes from her desk");
}

#[test]
fn names_that_do_not_exist_are_one_row_and_many_users() {
    let hidden = "HIDDEN_DUE_TO_SECURITY_REASONS";
    let unknown = |n| failures(hidden, "09:10", n);
    assert_eq!(attacks(unknown(5)), [("password-spray", "low")], "perhaps one who forgot a name");
    assert_eq!(attacks(unknown(4)), []);
    let mut mixed = unknown(3);
    mixed.extend([sign_in("ana", "09:10:00", false), sign_in("bo", "09:10:00", false)]);
    let answer = answer_to(mixed);
    assert_eq!(answer.findings[0].severity, Severity::Medium);
    let evidence = &answer.findings[0].evidence;
    assert_eq!((&evidence["users"], &evidence["unknown_name_failures"]), (&json!(2), &json!(3)));
    assert_eq!(cells(&answer, &["principal", "events"])[0], [hidden, "3"]);
    assert_eq!(attacks(unknown(50)).len(), 1, "nobody is being guessed at by name");
}

#[test]
fn a_user_without_an_arn_is_found_by_name_in_other_events() {
    let arn = "arn:aws:iam::111122223333:user/ops/ana";
    let call = json!({
        "eventTime": "2026-01-10T09:00:00Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "recipientAccountId": "111122223333", "userIdentity": { "type": "IAMUser", "accountId": "111122223333",
            "userName": "ana", "principalId": "AIDAana", "arn": arn },
    });
    let principals = |records| cells(&answer_to(records), &["principal", "user_name"]);
    let alone = sign_in("ana", "09:00:00", false);
    assert_eq!(principals(vec![alone.clone()]), [["AIDAana", "ana"]]);
    assert_eq!(principals(vec![alone.clone(), call.clone()]), [[arn, "ana"]]);
    let other_account = with(call, "/userIdentity/arn", json!("arn:aws:iam::444455556666:user/ana"));
    assert_eq!(principals(vec![alone, other_account]), [["AIDAana", "ana"]]);
}

#[test]
fn every_finding_names_a_registered_rule() {
    let mut records = failures("ana", "09:30", 10);
    records.push(sign_in("ana", "09:40:00", true));
    records.extend(["bo", "cy", "di", "eva", "fay"].iter().flat_map(|name| failures(name, "09:30", 12)));
    records.extend(stopped_by_mfa("gus", 3));
    records.push(with(sign_in("", "12:00:00", true), "/userIdentity", federated_user()));
    records.extend(["EnableMFADevice", "UpdateLoginProfile"].map(|event| {
        let mut reset = sign_in("ops", "18:00:00", true);
        (reset["eventName"], reset["eventSource"]) = (json!(event), json!("iam.amazonaws.com"));
        reset["requestParameters"] = json!({ "userName": "hal", "serialNumber": "arn:aws:iam::111122223333:mfa/x" });
        reset
    }));
    records.push(sign_in("hal", "18:10:00", true));
    let found: std::collections::BTreeSet<&str> = found(records).into_iter().map(|(rule, ..)| rule).collect();
    let registered: std::collections::BTreeSet<&str> = REPORT.rules.iter().map(|rule| rule.id).collect();
    assert_eq!(found, registered);
}

/// `n` sign-ins that were asked for MFA and failed, from an address of their own.
fn stopped_by_mfa(name: &str, n: usize) -> Vec<Json> {
    let steps = (0..n).flat_map(|i| {
        let check = with(sign_in(name, &format!("13:{i:02}:00"), true), "/eventName", json!("CheckMfa"));
        let check = with(check, "/responseElements", json!({ "CheckMfa": "Success" }));
        [check, sign_in(name, &format!("13:{i:02}:20"), false)]
    });
    steps.map(|record| with(record, "/sourceIPAddress", json!("198.51.100.66"))).collect()
}

fn federated_user() -> Json {
    let issuer = json!({ "type": "IAMUser", "accountId": "111122223333", "userName": "ci",
        "principalId": "AIDAci", "arn": "arn:aws:iam::111122223333:user/ci" });
    json!({ "type": "FederatedUser", "accountId": "111122223333", "principalId": "111122223333:ci",
        "arn": "arn:aws:sts::111122223333:federated-user/ci",
        "sessionContext": { "sessionIssuer": issuer, "attributes": { "creationDate": "2026-01-10T11:59:00Z" } } })
}

#[test]
fn a_password_is_known_where_mfa_held() {
    assert_eq!(attacks(stopped_by_mfa("gus", 3)), [("password-known", "high")]);
    assert_eq!(attacks(stopped_by_mfa("gus", 2)), [("password-known", "low")], "perhaps the owner gave up");
    assert_eq!(attacks(stopped_by_mfa("", 1).into_iter().map(of_root).collect()), [("password-known", "medium")]);
    let answer = answer_to(stopped_by_mfa("gus", 12));
    assert_eq!(
        (answer.findings.len(), &answer.findings[0].evidence["user"]),
        (1, &json!("gus")),
        "no guessing beside it"
    );
    assert_eq!(answer.rows.len(), 1, "CheckMfa is no sign-in");
    let mut mistyped = stopped_by_mfa("gus", 4);
    mistyped.push(with(mistyped[1].clone(), "/responseElements", json!({ "ConsoleLogin": "Success" })));
    mistyped.last_mut().unwrap()["errorMessage"] = json!("");
    mistyped.last_mut().unwrap()["additionalEventData"] = json!({ "MFAUsed": "Yes" });
    assert_eq!(attacks(mistyped), [], "an owner whose codes were out of step");
    let without_check: Vec<Json> =
        stopped_by_mfa("gus", 4).into_iter().filter(|r| r["eventName"] != "CheckMfa").collect();
    assert_eq!(attacks(without_check), [], "wrong passwords");
}

#[test]
fn whoever_turns_back_at_the_second_factor_knows_the_password() {
    let asked = |n: usize| -> Vec<Json> {
        stopped_by_mfa("gus", n).into_iter().filter(|record| record["eventName"] == "CheckMfa").collect()
    };
    let and = |n: usize, more: Vec<Json>| attacks(asked(n).into_iter().chain(more).collect());
    assert_eq!(and(5, vec![]), [("password-known", "medium")]);
    assert_eq!(and(4, vec![]), [], "perhaps the owner, without the device");
    assert_eq!(attacks(asked(5).into_iter().map(of_root).collect()), [("password-known", "medium")]);
    let there = |time: &str, worked: bool| {
        let record = with(sign_in("gus", time, worked), "/additionalEventData/MFAUsed", json!("Yes"));
        with(record, "/sourceIPAddress", json!("198.51.100.66"))
    };
    assert_eq!(and(5, vec![there("20:00:00", true)]), [], "the owner's place");
    assert_eq!(and(7, vec![there("14:00:00", false), there("14:01:00", false)]), [("password-known", "medium")]);
    assert_eq!(and(6, vec![there("14:00:00", false), there("14:01:00", false)]), [("password-known", "low")]);
    let other_day = |record: Json| with(record, "/eventTime", json!("2026-01-11T13:00:00Z"));
    let spread_out = asked(4).into_iter().chain(asked(4).into_iter().map(other_day));
    assert_eq!(attacks(spread_out.collect()), [], "four a day");
    let answer = answer_to(asked(12));
    let summary =
        "the password of gus is known, MFA held: 12 sign-ins from 198.51.100.66 got as far as the second factor";
    assert_eq!(answer.findings[0].summary, summary);
    let evidence = &answer.findings[0].evidence;
    assert_eq!((&evidence["failures"], &evidence["turned_back"]), (&json!(0), &json!(12)));
}

#[test]
fn a_second_factor_is_guessed_from_a_new_place() {
    let mfa = |record: Json| with(record, "/additionalEventData", json!({ "MFAUsed": "Yes" }));
    let there = |time: &str| with(mfa(sign_in("gus", time, true)), "/sourceIPAddress", json!("198.51.100.66"));
    let at_home = || mfa(sign_in("gus", "08:00:00", true));
    let then = |n: usize, more: Vec<Json>| attacks(stopped_by_mfa("gus", n).into_iter().chain(more).collect());
    assert_eq!(then(5, vec![at_home(), there("13:30:00")]), [("password-known", "high")]);
    assert_eq!(then(4, vec![at_home(), there("13:30:00")]), [], "an owner whose codes were out of step");
    assert_eq!(then(5, vec![at_home(), there("12:00:00"), there("13:30:00")]), [], "a place of the owner's");
    assert_eq!(then(5, vec![there("13:30:00")]), [("password-known", "low")], "where the owner is was not read");
    assert_eq!(then(5, vec![at_home()]), [("password-known", "high")]);
    let all = stopped_by_mfa("gus", 5).into_iter().chain([at_home(), there("13:30:00")]);
    let summary = "the password of gus is known, and the second factor may have been guessed: 5 failed sign-ins from \
                   198.51.100.66 got as far as it, and then a sign-in from 198.51.100.66, new to the user, worked";
    assert_eq!(answer_to(all.collect()).findings[0].summary, summary);
}

#[test]
fn an_ipv6_network_is_one_machine() {
    let names = ["ana", "bo", "cy", "di", "eva", "flo"];
    let spray = |network: fn(usize) -> String| {
        let one = |(i, name): (usize, &&str)| {
            with(sign_in(name, "09:10:00", false), "/sourceIPAddress", json!(format!("{}::{i}", network(i))))
        };
        found(names.iter().enumerate().map(one).collect())
    };
    let subject = "2001:db8:1:1::/64".to_owned();
    assert_eq!(spray(|_| "2001:db8:1:1".to_owned()), [("password-spray", "medium", subject)]);
    assert_eq!(spray(|i| format!("2001:db8:1:{i}")), [], "as many networks as users");
}

#[test]
fn the_first_success_from_a_spraying_address_names_who_was_entered() {
    let names = ["ana", "bo", "cy", "di", "eva", "flo"];
    let spray = || names.iter().map(|name| sign_in(name, "09:10:00", false)).collect::<Vec<_>>();
    let then = |more: Vec<Json>| {
        let answer = answer_to(spray().into_iter().chain(more).collect());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap();
        (found.severity.as_str(), found.evidence["signed_in"].clone())
    };
    assert_eq!(then(vec![sign_in("gus", "09:20:00", true)]), ("high", json!(["gus"])));
    assert_eq!(then(vec![sign_in("gus", "23:20:00", true)]), ("high", json!(["gus"])), "later that day");
    let with_mfa = with(sign_in("gus", "09:20:00", true), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(then(vec![with_mfa]), ("medium", json!(["gus"])));
    assert_eq!(then(vec![sign_in("gus", "08:20:00", true)]), ("medium", json!([])), "before the spray");
    let at_home = vec![sign_in("gus", "08:20:00", true), sign_in("gus", "09:20:00", true)];
    assert_eq!(then(at_home), ("medium", json!([])), "who came from there before");
    let office = ["hal", "ida", "jo", "kim", "lee", "max", "ned"].map(|name| sign_in(name, "09:20:00", true));
    assert_eq!(then(office.to_vec()).0, "low", "an office on a Monday: more get in than stay out");
    let elsewhere = with(sign_in("gus", "09:20:00", true), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(then(vec![elsewhere]), ("medium", json!([])));
}

#[test]
fn a_few_users_fail_and_another_gets_in_where_nobody_ever_was() {
    let from = |record: Json, ip: &str| with(record, "/sourceIPAddress", json!(ip));
    let desk = |name: &str| {
        let at_desk = from(sign_in(name, "08:00:00", true), "198.51.100.9");
        with(at_desk, "/eventTime", json!("2026-01-05T08:00:00Z"))
    };
    let tried = |names: &[&str]| names.iter().map(|name| sign_in(name, "09:10:00", false)).collect::<Vec<_>>();
    let hit = || sign_in("gus", "09:20:00", true);
    let of = |parts: Vec<Vec<Json>>| attacks(parts.concat());
    assert_eq!(of(vec![tried(&["ana", "bo"]), vec![desk("gus"), hit()]]), [("password-spray", "medium")]);
    let told = answer_to([tried(&["ana", "bo", "gus"]), vec![desk("gus"), hit()]].concat()).findings;
    let told = told.iter().find(|finding| finding.rule == "password-spray").unwrap();
    assert_eq!((&told.evidence["signed_in"], &told.evidence["users"]), (&json!(["gus"]), &json!(2)), "who failed, too");
    assert_eq!(
        told.summary,
        "sign-ins of 2 users failed from one address from whose network nobody else ever got in; then the first sign-in of \
         gus from there worked, without MFA"
    );
    let next_day = with(hit(), "/eventTime", json!("2026-01-11T09:05:00Z"));
    assert_eq!(of(vec![tried(&["ana", "bo"]), vec![desk("gus"), next_day]]), [("password-spray", "medium")]);
    let later = with(hit(), "/eventTime", json!("2026-01-11T09:15:00Z"));
    let with_mfa = with(hit(), "/additionalEventData/MFAUsed", json!("Yes"));
    let other_account = with(hit(), "/userIdentity/accountId", json!("444455556666"));
    let answered = |name: &str| [sign_in(name, "09:10:00", false), sign_in(name, "09:11:00", true)].to_vec();
    for (why, records) in [
        ("one alone", vec![tried(&["ana"]), vec![desk("gus"), hit()]]),
        ("a new user", vec![tried(&["ana", "bo"]), vec![hit()]]),
        ("with MFA", vec![tried(&["ana", "bo"]), vec![desk("gus"), with_mfa]]),
        ("more than a day", vec![tried(&["ana", "bo"]), vec![desk("gus"), later]]),
        ("before it", vec![tried(&["ana", "bo"]), vec![desk("gus"), sign_in("gus", "09:05:00", true)]]),
        ("each mistypes and gets in", vec![answered("ana"), answered("bo"), vec![desk("gus"), hit()]]),
        ("one stays out of three", vec![tried(&["ana"]), answered("bo"), vec![desk("gus"), hit()]]),
        (
            "where another gets in",
            vec![tried(&["ana", "bo"]), vec![desk("gus"), hit(), sign_in("cy", "18:00:00", true)]],
        ),
        (
            "an office",
            vec![tried(&["ana", "bo"]), vec![desk("gus"), hit(), from(sign_in("cy", "18:00:00", true), "203.0.113.9")]],
        ),
        (
            "where it has been",
            vec![
                tried(&["ana", "bo"]),
                vec![desk("gus"), hit(), from(sign_in("gus", "07:00:00", true), "203.0.113.9")],
            ],
        ),
        ("users of one person", vec![tried(&["gus-admin", "gus-ops"]), vec![desk("gus"), hit()]]),
        ("of one other person", vec![tried(&["ana", "ana-admin"]), vec![desk("gus"), hit()]]),
        ("another account's", vec![tried(&["ana", "bo"]), vec![desk("gus"), other_account]]),
        (
            "names that do not exist",
            vec![failures("HIDDEN_DUE_TO_SECURITY_REASONS", "09:10", 4), vec![desk("gus"), hit()]],
        ),
    ] {
        assert_eq!(of(records), [], "{why}");
    }
}

#[test]
fn the_first_try_of_a_spray_may_be_the_one_that_hits() {
    let names = ["ana", "bo", "cy", "di", "eva", "flo"];
    let spray = || names.iter().map(|name| sign_in(name, "09:10:00", false)).collect::<Vec<_>>();
    let and = |more: Vec<Json>| {
        let answer = answer_to(spray().into_iter().chain(more).collect());
        answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap()
    };
    let told = |more: Vec<Json>| {
        let found = and(more);
        (found.severity.as_str(), found.evidence["signed_in"].clone())
    };
    let hit = || sign_in("gus", "09:09:00", true);
    assert_eq!(told(vec![hit()]), ("high", json!(["gus"])));
    let summary = "sign-ins of 6 users and 0 with unknown names failed from one address; just before them a sign-in of gus \
                   worked";
    assert_eq!(and(vec![hit()]).summary, summary);
    let with_mfa = with(hit(), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(told(vec![with_mfa]), ("medium", json!(["gus"])));
    assert_eq!(told(vec![sign_in("gus", "08:39:00", true)]), ("medium", json!([])), "more than half an hour before");
    assert_eq!(
        told(vec![hit(), sign_in("gus", "07:00:00", true)]),
        ("medium", json!([])),
        "who came from there before"
    );
    let office = ["hal", "ida", "gus"].map(|name| sign_in(name, "09:09:00", true));
    assert_eq!(told(office.to_vec()), ("medium", json!([])), "an office, where people get in");
    let elsewhere = with(hit(), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(told(vec![elsewhere]), ("medium", json!([])));
    let mut unknown = failures("HIDDEN_DUE_TO_SECURITY_REASONS", "09:10", 6);
    unknown.push(hit());
    assert_eq!(attacks(unknown), [("password-spray", "low")], "one person, and an account where the name is another");
}

#[test]
fn a_name_that_is_tried_in_many_accounts_and_right_in_one() {
    let account = |i: usize| format!("11112222{i:04}");
    let at = |i: usize, name: &str, time: &str, worked: bool| {
        let mut record = sign_in(name, time, worked);
        record["recipientAccountId"] = json!(account(i));
        record["userIdentity"]["accountId"] = json!(account(i));
        record["userIdentity"]["principalId"] = json!(format!("AIDA{name}{i}"));
        record
    };
    let and = |more: Vec<Json>| -> Vec<(&str, String, Json)> {
        let tried = (0..6).map(|i| at(i, "admin", "09:10:00", false)).chain(more);
        let found = answer_to(tried.collect()).findings.into_iter();
        let high = found.filter(|one| one.rule == "password-spray" && one.account_id == account(99));
        high.map(|one| (one.severity.as_str(), one.summary, one.evidence["signed_in"].clone())).collect()
    };
    let summary = "sign-ins of 6 users and 0 with unknown names in 6 other accounts failed from one address; then a sign-in \
                   of admin worked";
    let hit = || at(99, "admin", "09:20:00", true);
    assert_eq!(and(vec![hit()]), [("high", summary.to_owned(), json!(["admin"]))]);
    assert_eq!(and(vec![at(99, "kim", "09:20:00", true)])[0].0, "medium", "another name");
    assert_eq!(and(vec![at(99, "admin", "07:20:00", true), hit()]), [], "who came from there before");
    let elsewhere = with(hit(), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(and(vec![elsewhere]), []);
    let office = (90..100).map(|i| at(i, "admin", "09:20:00", true));
    assert_eq!(and(office.collect()), [], "a place where many people get in");
}

#[test]
fn guesses_from_many_addresses_and_then_a_success() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    let guesses = || failures("ana", "09:30", 12).into_iter().enumerate().map(|(i, r)| from(i, r)).collect::<Vec<_>>();
    let then = |more: Vec<Json>| attacks(guesses().into_iter().chain(more).collect());
    assert_eq!(then(vec![from(3, sign_in("ana", "10:10:00", true))]), [("brute-force-success", "high")]);
    assert_eq!(then(vec![from(99, sign_in("ana", "10:10:00", true))]), [("brute-force-success", "high")], "a new one");
    let at_home = [sign_in("ana", "08:00:00", true), sign_in("ana", "10:10:00", true)];
    assert_eq!(then(at_home.to_vec()), [("sign-in-guessing", "medium")], "she came from there before");
    assert_eq!(then(vec![from(3, sign_in("bo", "10:10:00", true))]), [("sign-in-guessing", "medium")]);
    let slowly = (0..12).map(|i| from(i, sign_in("ana", &format!("{:02}:00:00", i * 2 % 24), false)));
    let mut slowly: Vec<Json> = slowly.collect();
    slowly.push(from(5, sign_in("ana", "23:30:00", true)));
    assert_eq!(attacks(slowly), [("brute-force-success", "high")]);
}

/// A sign-in on another day of January, from an address that ends so.
fn on(day: usize, end: usize, record: Json) -> Json {
    let time = record["eventTime"].as_str().unwrap().replace("01-10", &format!("01-{day:02}"));
    with(with(record, "/eventTime", json!(time)), "/sourceIPAddress", json!(format!("198.51.100.{end}")))
}

#[test]
fn a_guess_a_day_for_weeks_and_then_a_success() {
    let guesses =
        |addresses: usize| (1..=25).map(move |day| on(day, day % addresses, sign_in("ana", "03:00:00", false)));
    let then = |addresses: usize, more: Vec<Json>| attacks(guesses(addresses).chain(more).collect());
    let entered = |day: usize, end: usize| on(day, end, sign_in("ana", "02:00:00", true));
    assert_eq!(then(25, vec![entered(26, 99)]), [("brute-force-success", "high")], "weeks after the first");
    let with_mfa = with(entered(26, 99), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(then(25, vec![with_mfa]), [("brute-force-success", "medium")]);
    assert_eq!(then(25, vec![entered(28, 99)]), [("sign-in-guessing", "medium")], "days after the last");
    let at_home = (1..=26).map(|day| entered(day, 99)).collect();
    assert_eq!(then(25, at_home), [("sign-in-guessing", "medium")], "where she always is");
    assert_eq!(then(2, vec![entered(26, 99)]), [("sign-in-guessing", "low")], "a program with an old password");
}

#[test]
fn a_user_every_other_day_and_then_a_success() {
    let spray = || (0..12).map(|i| on(2 * i + 1, 7, sign_in(&format!("u{i}"), "03:00:00", false)));
    let then = |more: Vec<Json>| {
        let answer = answer_to(spray().chain(more).collect());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap();
        (found.severity.as_str(), found.evidence["signed_in"].clone(), found.evidence["users"].clone())
    };
    let entered = |day: usize, end: usize| vec![on(day, end, sign_in("u9", "03:00:00", true))];
    assert_eq!(then(vec![]), ("medium", json!([]), json!(12)), "all of it is one spray");
    assert_eq!(then(entered(26, 7)), ("high", json!(["u9"]), json!(12)), "at its own pace");
    assert_eq!(then(entered(29, 7)).0, "high", "later than that, where nobody else ever got in");
    let at_home = || vec![on(29, 7, sign_in("kim", "04:00:00", true))];
    assert_eq!(then([entered(29, 7), at_home()].concat()).0, "medium", "later than that, where others get in");
    assert_eq!(then(entered(26, 8)).0, "medium", "from elsewhere");
}

#[test]
fn many_users_of_one_account_from_many_addresses() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    let spray =
        |n: usize| (0..n).map(|i| from(i, sign_in(&format!("user{i:02}"), "09:30:00", false))).collect::<Vec<_>>();
    assert_eq!(found(spray(15)), [("password-spray", "medium", "111122223333".to_owned())]);
    assert_eq!(found(spray(14)), []);
    let answered = (0..15).map(|i| from(i, sign_in(&format!("user{i:02}"), "09:31:00", true)));
    assert_eq!(attacks(spray(15).into_iter().chain(answered).collect()), [], "people who mistype at home");
    let busy = (20..40).map(|i| from(i, sign_in(&format!("user{i:02}"), "09:31:00", true)));
    assert_eq!(attacks(spray(15).into_iter().chain(busy).collect()), [], "more get in: a Monday");
}

#[test]
fn one_of_a_wave_gets_in() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    let failed = |i: usize| from(i, sign_in(&format!("user{i:02}"), "09:30:00", false));
    let and = |more: Vec<Json>| attacks((0..20).map(failed).chain(more).collect());
    let worked = |address: usize, time: &str| from(address, sign_in("user07", time, true));
    let spray = |severity| vec![("password-spray", severity)];
    assert_eq!(and(vec![worked(99, "09:58:00")]), spray("high"), "from a new address");
    assert_eq!(and(vec![worked(3, "09:58:00")]), spray("high"), "from where somebody else failed");
    assert_eq!(and(vec![worked(7, "09:58:00")]), spray("medium"), "who mistypes gets in from there");
    let at_home = vec![worked(99, "08:00:00"), worked(99, "09:58:00")];
    assert_eq!(and(at_home), spray("medium"), "a place of its own");
    let unhurt = from(99, sign_in("user70", "09:58:00", true));
    assert_eq!(and(vec![unhurt]), spray("medium"), "nobody tried that one");
    assert_eq!(and(vec![worked(99, "09:20:00")]), spray("medium"), "it got in before");
    let finding = &answer_to((0..20).map(failed).chain([worked(99, "09:58:00")]).collect()).findings;
    let spray = finding.iter().find(|finding| finding.rule == "password-spray").unwrap();
    assert_eq!(spray.evidence["signed_in_from"], json!(["198.51.100.99"]));
    assert!(spray.summary.starts_with("sign-ins of 19 users failed from"), "{}", spray.summary);
    assert!(spray.summary.ends_with("user07 failed with them and then worked from 198.51.100.99"), "{}", spray.summary);
}

#[test]
fn a_wave_gets_in_at_the_first_try() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    // Twenty users from five addresses, four each.
    let wave = || (0..20).map(|i| from(i % 5, sign_in(&format!("user{i:02}"), &format!("09:{i:02}:00"), false)));
    let and = |more: Vec<Json>| {
        let answer = answer_to(wave().chain(more).collect());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap();
        (found.severity.as_str(), found.evidence.get("signed_in").cloned().unwrap_or_default(), found.summary)
    };
    let hit = || from(3, sign_in("billing", "09:30:00", true));
    let (severity, entered, summary) = and(vec![hit()]);
    assert_eq!((severity, entered), ("high", json!(["billing"])));
    assert!(
        summary.ends_with("; then the first sign-in of billing from 198.51.100.3, one of these, worked"),
        "{summary}"
    );
    let next_morning = with(from(3, sign_in("billing", "08:30:00", true)), "/eventTime", json!("2026-01-11T08:30:00Z"));
    assert_eq!(and(vec![next_morning]).0, "high");
    let with_mfa = with(hit(), "/additionalEventData/MFAUsed", json!("Yes"));
    let (severity, entered, _) = and(vec![with_mfa]);
    assert_eq!((severity, entered), ("medium", json!(["billing"])));
    let before = from(3, sign_in("billing", "09:01:00", true));
    let later = with(hit(), "/eventTime", json!("2026-01-11T09:30:00Z"));
    for (why, more) in [
        ("an office, where others get in", vec![hit(), from(3, sign_in("kim", "18:00:00", true))]),
        ("who had been there before", vec![from(3, sign_in("billing", "07:00:00", true)), hit()]),
        ("before anything failed there", vec![before]),
        ("more than a day later", vec![later]),
        ("from elsewhere", vec![from(99, sign_in("billing", "09:30:00", true))]),
        (
            "another account's user is at home there",
            vec![hit(), with(from(3, sign_in("lee", "07:30:00", true)), "/recipientAccountId", json!("444455556666"))],
        ),
    ] {
        let (severity, entered, _) = and(more);
        assert_eq!((severity, entered), ("medium", Json::Null), "{why}");
    }
}

#[test]
fn one_failure_at_the_address_of_a_wave_and_a_first_try() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    let failed = |i: usize| from(i, sign_in(&format!("user{i:02}"), "09:30:00", false));
    let and = |more: Vec<Json>| {
        let answer = answer_to((0..20).map(failed).chain(more).collect());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap();
        (found.severity.as_str(), found.evidence.get("signed_in").cloned().unwrap_or_default())
    };
    let hit = |name: &str| from(3, sign_in(name, "09:58:00", true));
    let desk = |name: &str| from(200, sign_in(name, "07:00:00", true));
    assert_eq!(and(vec![desk("gus"), hit("gus")]), ("high", json!(["gus"])), "new to one who comes from elsewhere");
    assert_eq!(and(vec![hit("gus")]), ("medium", json!(["gus"])), "two at one place, of whom one gives up");
    assert_eq!(and(vec![desk("user03-admin"), hit("user03-admin")]), ("medium", Json::Null), "one person's two users");
}

#[test]
fn a_spray_that_gets_in_days_later() {
    let names = ["ana", "bo", "cy", "di", "eva", "flo"];
    let and = |more: Vec<Json>| {
        let failed = names.iter().map(|name| sign_in(name, "09:10:00", false));
        let answer = answer_to(failed.chain(more).collect());
        let found = answer.findings.into_iter().find(|finding| finding.rule == "password-spray").unwrap();
        (found.severity.as_str(), found.evidence["signed_in"].clone())
    };
    let on = |day: u32, name: &str| {
        with(sign_in(name, "00:00:00", true), "/eventTime", json!(format!("2026-01-{day}T14:00:00Z")))
    };
    assert_eq!(and(vec![on(12, "fin")]), ("high", json!(["fin"])));
    assert_eq!(and(vec![on(12, "fin"), on(20, "fin")]), ("high", json!(["fin"])));
    let with_mfa = with(on(12, "fin"), "/additionalEventData/MFAUsed", json!("Yes"));
    assert_eq!(and(vec![with_mfa]), ("medium", json!(["fin"])));
    assert_eq!(and(vec![on(25, "fin")]), ("medium", json!([])), "more than two weeks");
    assert_eq!(and(vec![on(12, "fin"), on(20, "gus")]), ("medium", json!([])), "where others get in, too");
    let elsewhere = with(on(12, "fin"), "/sourceIPAddress", json!("192.0.2.1"));
    assert_eq!(and(vec![elsewhere]), ("medium", json!([])));
    let mut unknown = failures("HIDDEN_DUE_TO_SECURITY_REASONS", "09:10", 6);
    unknown.push(on(12, "fin"));
    assert_eq!(attacks(unknown), [("password-spray", "low")], "names that do not exist");
}

#[test]
fn guesses_and_then_a_success_from_the_address_beside() {
    let at = |ip: &str, record: Json| with(record, "/sourceIPAddress", json!(ip));
    let mfa = |record: Json| with(record, "/additionalEventData/MFAUsed", json!("Yes"));
    let guesses = || (0..30).map(|i| at("198.51.100.66", sign_in("ana", &format!("09:{i:02}:00"), false)));
    let desk = || mfa(at("192.0.2.55", sign_in("ana", "07:00:00", true)));
    let hit = |ip: &str| at(ip, sign_in("ana", "09:45:00", true));
    let and = |more: Vec<Json>| attacks(guesses().chain(more).collect());
    let of = |severity| vec![("brute-force-success", severity)];
    assert_eq!(and(vec![desk(), hit("198.51.100.67")]), of("high"));
    assert_eq!(and(vec![desk(), hit("198.18.4.67")]), of("medium"), "from another network");
    assert_eq!(and(vec![desk(), mfa(hit("198.51.100.67"))]), of("medium"), "with MFA");
    assert_eq!(and(vec![hit("198.51.100.67")]), of("medium"), "who was never seen to use MFA");
    let own = at("198.51.100.9", sign_in("ana", "06:00:00", true));
    assert_eq!(and(vec![desk(), own, hit("198.51.100.67")]), of("medium"), "a network of its own");
}

#[test]
fn unknown_names_from_many_addresses() {
    let from = |i: usize, record| with(record, "/sourceIPAddress", json!(format!("198.51.100.{i}")));
    let hidden = || sign_in("HIDDEN_DUE_TO_SECURITY_REASONS", "09:30:00", false);
    let spray = |n: usize| (0..n).map(|i| from(i, hidden())).collect::<Vec<_>>();
    let worked = |i: usize| from(i, sign_in(&format!("user{i:02}"), "09:31:00", true));
    let and = |n: usize, more: Vec<Json>| attacks(spray(n).into_iter().chain(more).collect());
    assert_eq!(found(spray(15)), [("password-spray", "medium", "111122223333".to_owned())]);
    assert_eq!(found(spray(14)), []);
    assert_eq!(attacks([spray(10), spray(10)].concat()), [], "an address counts once");
    assert_eq!(and(15, vec![worked(3)]), [], "one of them mistyped the name");
    assert_eq!(and(15, vec![worked(33)]), [("password-spray", "medium")]);
    assert_eq!(and(15, (20..40).map(worked).collect()), [], "more get in: a Monday");
    let known = (20..28).map(|i| from(i, sign_in(&format!("user{i:02}"), "09:30:00", false)));
    assert_eq!(and(7, known.collect()), [("password-spray", "medium")], "both together");
    let summary = "sign-ins of 0 users and 15 with unknown names failed from 15 addresses within an hour and the next, and \
                   none of them got in";
    let finding = &answer_to(spray(15)).findings[0];
    assert_eq!((&*finding.summary, &finding.evidence["unknown_name_failures"]), (summary, &json!(15)));
}

/// A step of a sign-in to Identity Center.
fn of_identity_center(event: &str, person: &str, time: &str, (kind, outcome): (&str, &str)) -> Json {
    json!({
        "eventTime": format!("2026-01-10T{time}Z"), "eventName": event, "eventSource": "signin.amazonaws.com",
        "sourceIPAddress": ADDRESS, "recipientAccountId": "111122223333", "eventType": "AwsServiceEvent",
        "userIdentity": { "type": "IdentityCenterUser", "accountId": "111122223333",
            "onBehalfOf": { "userId": person, "identityStoreArn": "arn:aws:identitystore::111122223333:identitystore/d-1" } },
        "additionalEventData": { "CredentialType": kind }, "serviceEventDetails": { event: outcome },
    })
}

#[test]
fn identity_center_signs_people_in() {
    let end = |person: &str, time: &str, kind: &str| {
        of_identity_center("UserAuthentication", person, time, (kind, "Success"))
    };
    let step = |person: &str, time: &str, kind: &str, outcome: &str| {
        of_identity_center("CredentialVerification", person, time, (kind, outcome))
    };
    let mfa = |records: Vec<Json>| cells(&answer_to(records), &["mfa", "result", "severity"]).concat();
    assert_eq!(mfa(vec![end("p1", "09:00:00", "PASSWORD")]), ["no", "success", "medium"]);
    assert_eq!(mfa(vec![end("p1", "09:00:00", "PASSWORD,TOTP")]), ["yes", "success", "info"]);
    assert_eq!(mfa(vec![end("p1", "09:00:00", "EXTERNAL_IDP")]), ["identity-provider", "success", "info"]);
    let given = vec![step("p1", "08:59:50", "TOTP", "Success"), end("p1", "09:00:00", "PASSWORD")];
    assert_eq!(mfa(given), ["yes", "success", "info"], "the second factor has a record of its own");
    let of_other = vec![step("p2", "08:59:50", "TOTP", "Success"), end("p1", "09:00:00", "PASSWORD")];
    assert_eq!(mfa(of_other), ["no", "success", "medium"]);
    let both = [end("p1", "09:00:00", "PASSWORD"), end("p2", "09:00:00", "PASSWORD")];
    assert_eq!(found(both.to_vec()), [("sign-in-without-mfa", "medium", "identity-center@111122223333".to_owned())]);
    let codes = (0..3).map(|i| step("p1", &format!("09:0{i}:00"), "TOTP", "Failure"));
    assert_eq!(attacks(codes.collect()), [("password-known", "high")]);
    let mut guessed: Vec<Json> = (0..10).map(|i| step("p1", &format!("09:0{i}:00"), "PASSWORD", "Failure")).collect();
    guessed.push(end("p1", "09:20:00", "PASSWORD"));
    assert_eq!(attacks(guessed), [("brute-force-success", "high")]);
    let at_desk = with(end("p3", "07:00:00", "PASSWORD"), "/sourceIPAddress", json!("198.51.100.9"));
    let few = ["p1", "p2"].map(|person| step(person, "09:00:00", "PASSWORD", "Failure"));
    let hit = vec![at_desk, end("p3", "09:20:00", "PASSWORD")];
    assert_eq!(attacks([few.to_vec(), hit].concat()), [("password-spray", "medium")], "people without names");
}

#[test]
fn a_session_takes_its_mfa_from_whoever_issued_it() {
    let role = json!({ "type": "AssumedRole", "accountId": "111122223333", "principalId": "AROAX:kim",
        "arn": "arn:aws:sts::111122223333:assumed-role/admin/kim",
        "sessionContext": { "sessionIssuer": { "type": "Role", "arn": "arn:aws:iam::111122223333:role/admin" },
            "attributes": { "creationDate": "2026-01-10T09:00:00Z", "mfaAuthenticated": "false" } } });
    let console = || with(sign_in("", "09:00:30", true), "/userIdentity", role.clone());
    let issued = |api: &str, caller: Json, request: Json| {
        json!({
            "eventTime": "2026-01-10T09:00:00Z", "eventName": api, "eventSource": "sts.amazonaws.com",
            "recipientAccountId": "111122223333", "sourceIPAddress": ADDRESS, "userIdentity": caller,
            "requestParameters": request,
            "responseElements": { "credentials": { "accessKeyId": "ASIAX" },
                "assumedRoleUser": { "assumedRoleId": "AROAX:kim", "arn": "arn:aws:sts::111122223333:assumed-role/admin/kim" } },
        })
    };
    let key = json!({ "type": "IAMUser", "accountId": "111122223333", "principalId": "AIDAci", "accessKeyId": "AKIAX",
        "arn": "arn:aws:iam::111122223333:user/ci", "userName": "ci" });
    let mfa = |records: Vec<Json>| cells(&answer_to(records), &["mfa"]).concat();
    let mfa_of = &mfa;
    assert_eq!(mfa(vec![console()]), ["unknown"], "who issued it was not read");
    let by_key = vec![console(), issued("AssumeRole", key.clone(), json!({}))];
    assert_eq!(mfa(by_key.clone()), ["no"]);
    let subject = "arn:aws:iam::111122223333:role/admin".to_owned();
    assert_eq!(found(by_key), [("console-by-key", "medium", subject)]);
    let device = json!({ "serialNumber": "arn:aws:iam::111122223333:mfa/ci" });
    assert_eq!(mfa(vec![console(), issued("AssumeRole", key.clone(), device)]), ["yes"]);
    let token = |mfa: Json| {
        let mut token = key.clone();
        token["accessKeyId"] = json!("ASIATOKEN");
        token["sessionContext"] =
            json!({ "attributes": { "creationDate": "2026-01-10T08:59:00Z", "mfaAuthenticated": mfa } });
        mfa_of(vec![console(), issued("AssumeRole", token, json!({}))])
    };
    assert_eq!(token(json!("false")), ["no"], "who issued the token was not read, and its flag is the user's");
    assert_eq!(token(json!("true")), ["unknown"], "the flag of the role's own session says otherwise");
    assert_eq!(token(Json::Null), ["unknown"]);
    let saml = json!({ "type": "SAMLUser", "principalId": "p", "userName": "kim",
        "identityProvider": "arn:aws:iam::111122223333:saml-provider/idp" });
    assert_eq!(mfa(vec![console(), issued("AssumeRoleWithSAML", saml, json!({}))]), ["identity-provider"]);
    let workload = json!({ "type": "AWSService", "invokedBy": "lambda.amazonaws.com" });
    let by_workload = found(vec![console(), issued("AssumeRole", workload, json!({}))]);
    assert_eq!((by_workload[0].0, by_workload[0].1), ("console-by-key", "high"));
    let federated = with(sign_in("", "12:00:00", true), "/userIdentity", federated_user());
    let subject = "arn:aws:iam::111122223333:user/ci".to_owned();
    assert_eq!(found(vec![federated]), [("console-by-key", "medium", subject)], "nothing but a key issues these");
}
