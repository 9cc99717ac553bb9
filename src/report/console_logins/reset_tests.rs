//! First sign-ins, what follows when somebody else sets a password, and sprays that take their time.

use serde_json::{Value as Json, json};

use super::*;
use crate::aggregate::sessions::sample::{samples, scan_for};
use crate::report::{Options, REPORTS};

const OFFICE: &str = "192.0.2.55";
const HOME: &str = "203.0.113.7";
const AWAY: &str = "198.51.100.66";

fn arn(name: &str) -> String {
    format!("arn:aws:iam::111122223333:user/{name}")
}

fn user(name: &str) -> Json {
    json!({ "type": "IAMUser", "principalId": format!("AIDA{name}"), "accountId": "111122223333", "userName": name, "arn": arn(name) })
}

/// A sign-in that worked, `time` as `10T09:20:00`.
fn sign_in(name: &str, time: &str, mfa: &str, from: &str) -> Json {
    json!({
        "eventTime": format!("2026-05-{time}Z"), "eventName": "ConsoleLogin", "awsRegion": "us-east-1",
        "eventSource": "signin.amazonaws.com", "sourceIPAddress": from, "recipientAccountId": "111122223333",
        "userIdentity": user(name), "responseElements": { "ConsoleLogin": "Success" },
        "additionalEventData": { "MFAUsed": mfa },
    })
}

fn failure(name: &str, time: &str, from: &str) -> Json {
    let mut failed = sign_in(name, time, "No", from);
    failed["responseElements"]["ConsoleLogin"] = json!("Failure");
    failed["errorMessage"] = json!("Failed authentication");
    failed
}

/// What `actor` did to `name`.
fn did(actor: &str, event: &str, name: &str, (time, from): (&str, &str)) -> Json {
    json!({
        "eventTime": format!("2026-05-{time}Z"), "eventName": event, "eventSource": "iam.amazonaws.com",
        "sourceIPAddress": from, "recipientAccountId": "111122223333", "userIdentity": user(actor),
        "requestParameters": { "userName": name, "serialNumber": format!("arn:aws:iam::111122223333:mfa/{time}") },
    })
}

fn findings(records: Vec<Json>) -> Vec<Finding> {
    let state = scan_for(REPORT.needs, &samples(records));
    answer(&View::new(&state, &Options::default())).findings
}

/// `rule severity` of each finding.
fn found(records: Vec<Json>) -> Vec<String> {
    findings(records).into_iter().map(|found| format!("{} {}", found.rule, found.severity.as_str())).collect()
}

#[test]
fn a_first_sign_in_that_registers_a_device_is_how_people_start() {
    let first = |made: &str, device: &str| {
        vec![
            did("ops", "CreateLoginProfile", "new", (made, HOME)),
            sign_in("new", "20T09:20:00", "No", OFFICE),
            did("new", "EnableMFADevice", "new", (device, OFFICE)),
        ]
    };
    assert_eq!(found(first("20T09:00:00", "20T09:24:00")), ["sign-in-without-mfa info"]);
    assert_eq!(found(first("06T09:30:00", "21T09:10:00")), ["sign-in-without-mfa info"], "two weeks, and a day");
    let later = [first("20T09:00:00", "20T09:24:00"), vec![sign_in("new", "22T09:40:00", "Yes", HOME)]].concat();
    assert_eq!(
        findings(later)[0].summary,
        "signed in without MFA, once, a new user's first sign-in: a device was registered 4 minutes later; with MFA since \
         then, once"
    );
    let mut v6 = first("20T09:00:00", "20T09:24:00");
    v6[2]["sourceIPAddress"] = json!("2001:db8::7");
    assert_eq!(found(v6), ["sign-in-without-mfa info"], "IPv4 and IPv6 say nothing of each other");

    let medium = |records: &[Json], why: &str| {
        let found = found(records.to_vec());
        assert!(found.contains(&"sign-in-without-mfa medium".to_owned()), "{why}: {found:?}");
    };
    medium(&first("01T09:00:00", "20T09:24:00"), "a user that slept");
    medium(&first("20T09:00:00", "21T09:24:00"), "a device the day after");
    medium(&first("20T09:00:00", "20T09:24:00")[1..], "nobody knows how old the user is");
    let mut reset = first("20T09:00:00", "20T09:24:00");
    reset[0]["eventName"] = json!("UpdateLoginProfile");
    medium(&reset, "a password that was reset makes no new user");
}

#[test]
fn what_looks_like_a_first_sign_in() {
    let made = || did("ops", "CreateLoginProfile", "new", ("01T09:00:00", HOME));
    let first = || sign_in("new", "04T09:20:00", "No", OFFICE);
    let enabled = |time: &str| did("new", "EnableMFADevice", "new", (time, OFFICE));
    let of_other = did("new", "EnableMFADevice", "boss", ("04T09:24:00", OFFICE));
    let by_other = did("bo", "EnableMFADevice", "new", ("04T09:24:00", OFFICE));
    let elsewhere = did("new", "EnableMFADevice", "new", ("04T09:24:00", AWAY));
    let removed = did("ops", "DeactivateMFADevice", "new", ("04T09:10:00", HOME));
    let had = sign_in("new", "02T09:20:00", "Yes", HOME);
    let again = sign_in("new", "05T09:20:00", "No", OFFICE);
    let before = sign_in("new", "03T09:20:00", "No", OFFICE);
    for (near, why) in [
        (vec![], "no device"),
        (vec![of_other], "a device for another user"),
        (vec![by_other], "a device that neither the user nor its maker registered"),
        (vec![enabled("05T11:24:00")], "long after other things"),
        (vec![enabled("04T09:24:00"), removed], "the user had a device"),
        (vec![enabled("04T09:24:00"), had], "the user had MFA before"),
        (vec![enabled("04T09:24:00"), again], "without MFA afterwards"),
        (vec![enabled("04T09:24:00"), before], "without MFA for days"),
        (vec![elsewhere], "registered from elsewhere"),
    ] {
        let found = found([vec![made(), first()], near].concat());
        assert!(found.contains(&"sign-in-without-mfa medium".to_owned()), "{why}: {found:?}");
    }
    let by_maker = did("ops", "EnableMFADevice", "new", ("04T09:24:00", HOME));
    assert_eq!(found(vec![made(), first(), by_maker]), ["sign-in-without-mfa info"], "the help desk registers it");
    let through_vpn = || did("new", "EnableMFADevice", "new", ("04T09:24:00", AWAY));
    let colleague = || sign_in("boss", "03T08:00:00", "Yes", AWAY);
    let all = |more: Vec<Json>| found([vec![made(), first(), through_vpn(), colleague()], more].concat());
    assert_eq!(all(vec![]), ["sign-in-without-mfa info"], "through the VPN of the company");
    let later = sign_in("new", "06T08:00:00", "Yes", AWAY);
    let alone = found(vec![made(), first(), through_vpn(), later]);
    assert!(
        alone.contains(&"sign-in-without-mfa info".to_owned()),
        "where the user signs in with MFA since: {alone:?}"
    );
    let twice = all(vec![sign_in("new", "04T09:22:00", "No", OFFICE)]);
    assert_eq!(twice, ["sign-in-without-mfa medium"], "one of two sign-ins may be another's");
}

#[test]
fn a_session_of_a_first_sign_in_is_told_once() {
    let session = |time: &str, created: &str| {
        let mut call = did("new", "DescribeInstances", "new", (time, OFFICE));
        call["eventSource"] = json!("ec2.amazonaws.com");
        call["userIdentity"]["accessKeyId"] = json!("ASIANEWXXXXXXEXAMPLE");
        call["userIdentity"]["sessionContext"] = json!({
            "sessionCredentialFromConsole": "true",
            "attributes": { "creationDate": format!("2026-05-{created}Z"), "mfaAuthenticated": "false" },
        });
        call
    };
    let sessions = REPORTS.iter().find(|report| report.name == "sessions").unwrap();
    let rules = |records: Vec<Json>| -> Vec<&'static str> {
        let state = scan_for(sessions.needs, &samples(records));
        let answer = (sessions.answer)(&View::new(&state, &Options::default()));
        answer.findings.into_iter().map(|found| found.rule).collect()
    };
    let first = vec![
        did("ops", "CreateLoginProfile", "new", ("04T09:00:00", HOME)),
        sign_in("new", "04T09:20:00", "No", OFFICE),
        session("04T09:21:00", "04T09:20:00"),
        did("new", "EnableMFADevice", "new", ("04T09:24:00", OFFICE)),
    ];
    assert_eq!(rules(first.clone()), [""; 0]);
    assert_eq!(rules(first[..3].to_vec()), ["console-session-without-mfa"]);
    let other = vec![sign_in("new", "05T09:20:00", "No", OFFICE), session("05T09:21:00", "05T09:20:00")];
    assert_eq!(rules([first, other].concat()), ["console-session-without-mfa"], "without MFA afterwards");
}

/// Days on which boss signs in from home.
fn at_home() -> Vec<Json> {
    ["04", "05", "06", "07"].map(|day| sign_in("boss", &format!("{day}T08:00:00"), "Yes", HOME)).into()
}

fn reset(actor: &str, from: &str) -> Vec<Json> {
    let at = |time| (time, from);
    vec![
        did(actor, "DeactivateMFADevice", "boss", at("10T09:00:00")),
        did(actor, "UpdateLoginProfile", "boss", at("10T09:02:00")),
    ]
}

fn after(from: &str) -> Json {
    sign_in("boss", "10T09:10:00", "Yes", from)
}

/// Others who sign in from a place.
fn company(from: &str) -> Vec<Json> {
    ["dan", "eve", "flo"].map(|name| sign_in(name, "08T09:00:00", "Yes", from)).into()
}

#[test]
fn whoever_resets_a_user_and_signs_in_as_it_may_have_it() {
    let taken = findings([at_home(), reset("ann", AWAY), vec![after(AWAY)]].concat());
    let [finding] = &taken[..] else { panic!("{taken:?}") };
    assert_eq!((finding.rule, finding.severity), ("sign-in-after-reset", Severity::High));
    assert_eq!((finding.subject.as_str(), &finding.evidence["actor"]), (&*arn("boss"), &json!(arn("ann"))));
    assert_eq!(
        finding.summary,
        format!(
            "{} set the password of {}, and changed its MFA device, and 8 minutes later somebody signed in as it from {AWAY}, \
             where that principal called from: the user may have been taken over",
            arn("ann"),
            arn("boss")
        )
    );
    let given = vec![
        did("ann", "EnableMFADevice", "boss", ("10T09:00:00", AWAY)),
        did("ann", "UpdateLoginProfile", "boss", ("10T09:02:00", AWAY)),
        after(AWAY),
    ];
    assert_eq!(found([at_home(), given.clone()].concat()), ["sign-in-after-reset high"], "a device of the thief's own");
    assert_eq!(found(given), ["sign-in-after-reset medium"], "where the user works nobody knows");
    assert_eq!(
        found([reset("ann", AWAY), vec![after(AWAY)]].concat()),
        ["sign-in-after-reset low"],
        "nor who holds a device"
    );
    let only_password = [at_home(), reset("ann", AWAY)[1..].to_vec(), vec![after(AWAY)]].concat();
    assert_eq!(found(only_password), ["sign-in-after-reset medium"]);
    assert_eq!(
        found([at_home(), reset("ann", OFFICE), vec![after(AWAY)]].concat()),
        ["sign-in-after-reset medium"],
        "new"
    );
}

#[test]
fn a_help_desk_resets_who_lost_the_phone() {
    let none = [""; 0];
    assert_eq!(
        found([at_home(), reset("desk", OFFICE), vec![after(HOME)]].concat()),
        none,
        "from where they always come"
    );
    assert_eq!(found([reset("desk", OFFICE), vec![after(HOME)]].concat()), none, "nothing is known of the user");
    let counter = [at_home(), company(OFFICE), reset("desk", OFFICE), vec![after(OFFICE)]].concat();
    assert_eq!(found(counter), ["sign-in-after-reset low"], "at the help desk's counter");
    let office = [at_home(), company(OFFICE), reset("desk", AWAY), vec![after(OFFICE)]].concat();
    assert_eq!(found(office), none, "the company's network");
    let many: Vec<Json> =
        (1..9).map(|n| sign_in("boss", &format!("0{n}T08:00:00"), "Yes", &format!("203.0.{n}.7"))).collect();
    assert_eq!(found([many, reset("desk", OFFICE), vec![after(AWAY)]].concat()), none, "always somewhere else");
    let itself = vec![did("boss", "DeactivateMFADevice", "boss", ("10T09:00:00", AWAY)), after(AWAY)];
    assert_eq!(found([at_home(), itself].concat()), none);
    let made = vec![did("ann", "CreateUser", "boss", ("10T08:00:00", OFFICE))];
    assert_eq!(found([made, reset("ann", OFFICE), vec![after(OFFICE)]].concat()), none, "a new user at the same desk");
    let late = sign_in("boss", "20T09:10:00", "Yes", AWAY);
    assert_eq!(found([at_home(), reset("ann", AWAY), vec![late]].concat()), none, "ten days later");
}

#[test]
fn a_reset_explains_the_sign_in_after_failures() {
    let failures = || -> Vec<Json> { (0..12).map(|n| failure("boss", &format!("10T08:{n:02}:10"), HOME)).collect() };
    let reset = || did("desk", "UpdateLoginProfile", "boss", ("10T08:30:00", OFFICE));
    let entered = |from| sign_in("boss", "10T08:35:00", "Yes", from);
    assert_eq!(found([failures(), vec![entered(HOME)]].concat()), ["brute-force-success medium"]);
    let explained = findings([failures(), vec![reset(), entered(HOME)]].concat());
    assert_eq!((explained[0].rule, explained[0].severity), ("brute-force-success", Severity::Low));
    assert!(explained[0].summary.ends_with("somebody else set the password in between, which explains it"));
    let elsewhere: Vec<Json> = at_home()
        .into_iter()
        .map(|mut known| {
            known["sourceIPAddress"] = json!(OFFICE);
            known
        })
        .collect();
    let new = [elsewhere, failures(), vec![reset(), entered(HOME)]].concat();
    assert!(found(new).contains(&"brute-force-success medium".to_owned()), "a place that is new to the user");
    let later = did("desk", "UpdateLoginProfile", "boss", ("10T09:30:00", OFFICE));
    assert_eq!(found([failures(), vec![entered(HOME), later]].concat()), ["brute-force-success medium"], "after it");
    let own = did("boss", "UpdateLoginProfile", "boss", ("10T08:30:00", OFFICE));
    assert_eq!(found([failures(), vec![own, entered(HOME)]].concat()), ["brute-force-success medium"], "by itself");
}

/// One failure a day of each user, every time from another address.
fn trickle(users: usize, days: std::ops::Range<usize>) -> Vec<Json> {
    let one = |(user, day): (usize, usize)| {
        failure(&format!("u{user}"), &format!("{day:02}T0{user}:00:00"), &format!("198.{day}.{user}.9"))
    };
    (0..users).flat_map(|user| days.clone().map(move |day| (user, day))).map(one).collect()
}

#[test]
fn a_spray_that_takes_its_time_is_told_of_the_account() {
    let told = findings(trickle(5, 4..8));
    let [finding] = &told[..] else { panic!("{told:?}") };
    assert_eq!((finding.rule, finding.severity, finding.count), ("password-spray", Severity::Medium, 20));
    assert_eq!(finding.subject, "111122223333");
    assert_eq!(
        finding.summary,
        "sign-ins of 5 users failed on 3 days or more within two weeks from 20 addresses that nobody got in from"
    );
    let none = [""; 0];
    assert_eq!(found(trickle(4, 4..8)), none, "few users");
    assert_eq!(found(trickle(5, 4..6)), none, "two days");
    let known: Vec<Json> = (4..8)
        .flat_map(|day| (0..5).map(move |user| (user, day)))
        .map(|(user, day): (usize, usize)| {
            sign_in("somebody", &format!("{day:02}T12:00:00"), "Yes", &format!("198.{day}.{user}.77"))
        })
        .collect();
    assert_eq!(found([trickle(5, 4..8), known].concat()), none, "where people of the company sign in");
}
