//! What AWS refuses, delays and cuts, and what is then written: whole accounts, and of each what was had.

use serde_json::{Value, json};

use super::Fault;
use super::iam::{MEMBER, OPTIONAL, OWN, access_key, account, action, asking, listed, refused, server, xml};
use super::server::Asked;
use crate::harness::Place;

fn manifest(place: &Place, account: &str) -> Value {
    serde_json::from_str(&place.read(&format!("iam/{account}/manifest.json"))).expect("JSON")
}

fn throttled() -> Fault {
    let error = "<Error><Code>Throttling</Code><Message>Rate exceeded</Message></Error>";
    Fault::Text(400, format!("<ErrorResponse>{error}<RequestId>EXAMPLEREQUEST</RequestId></ErrorResponse>"))
}

/// The scorecard's row of a practice in one's own account.
fn score(place: &Place, code: i32, practice: &str) -> Value {
    // Logs of another account: they say nothing of this one.
    let logs = crate::harness::sample_logs().join("o-exampleorgid/444455556666");
    let answer = place.trailscan("audit --iam-dir iam").arg(logs).json(code);
    let rows = answer["scorecard"].as_array().expect("rows").clone();
    rows.into_iter().find(|row| row["account_id"] == OWN && row["practice"] == practice).expect("a practice")
}

#[test]
fn a_part_that_is_denied_is_missing_and_the_rest_is_there() {
    for (denied, kind) in OPTIONAL.into_iter().chain([("ListRegions", "enabled-regions")]) {
        let place = Place::new();
        let server = server(&place, move |asked| (action(asked) == denied).then(|| refusal(asked)));
        let ended = asking(&place, &server, "iam-snapshot iam").ends(3);
        let missing = manifest(&place, OWN)["missing"].clone();
        let service = if denied == "ListRegions" { "account" } else { "iam" };
        assert_eq!(missing[0]["kind"], kind);
        let why = missing[0]["why"].as_str().expect("a reason");
        assert!(why.contains(&format!("access denied: allow {service}:{denied}")), "{denied}: {why}");
        assert!(ended.stderr.contains("lacks ") && ended.stderr.contains(why), "{denied}: {}", ended.stderr);
        assert!(!place.path(format!("iam/{OWN}/{kind}.json")).exists(), "{denied}");
        assert_eq!(missing.as_array().map(Vec::len), Some(1), "{denied}: {missing}");
    }
}

fn refusal(asked: &Asked) -> Fault {
    match asked.path.as_str() {
        "/listRegions" => Fault::Error(403, "AccessDeniedException", "User: audit is not authorized"),
        _ => refused("AccessDenied", "User: audit is not authorized to perform this"),
    }
}

#[test]
fn without_its_core_an_account_has_no_folder() {
    for denied in ["GenerateCredentialReport", "GetCredentialReport", "GetAccountAuthorizationDetails"] {
        let place = Place::new();
        let server = server(&place, move |asked| (action(asked) == denied).then(|| refusal(asked)));
        let ended = asking(&place, &server, "iam-snapshot iam").ends(1);
        let why = format!("access denied: allow iam:{denied}");
        assert!(ended.stderr.contains("cannot be had: ") && ended.stderr.contains(&why), "{}", ended.stderr);
        assert_eq!(std::fs::read_dir(place.path("iam")).expect("a folder").count(), 0, "{denied}");
    }
}

#[test]
fn what_is_missing_is_unknown_and_never_none() {
    let practice = "rotate-keys";
    for (denied, words) in [
        ("ListSSHPublicKeys", "a list of SSH public keys could not be had: user alice: access denied"),
        (
            "ListServiceSpecificCredentials",
            "a list of service-specific credentials could not be had: user alice: access denied",
        ),
    ] {
        let place = Place::new();
        let whole = server(&place, |_| None);
        asking(&place, &whole, "iam-snapshot iam").ends(0);
        assert_eq!(score(&place, 0, practice)["verdict"], "CORRECT");
        let server = server(&place, move |asked| (action(asked) == denied).then(|| refusal(asked)));
        asking(&place, &server, "iam-snapshot iam --overwrite").ends(3);
        let score = score(&place, 3, practice);
        assert_eq!(score["verdict"], "UNKNOWN");
        let why = score["why"].as_str().expect("a reason");
        assert!(why.starts_with(words), "{why}");
        let ended = place.trailscan("posture --iam-dir iam").ends(3);
        assert!(ended.stderr.contains("iam/111122223333/manifest.json: lacks a list of "), "{}", ended.stderr);
        // What is put beside it is no longer missing.
        let none = if denied == "ListSSHPublicKeys" { "SSHPublicKeys" } else { "ServiceSpecificCredentials" };
        place.write("iam/111122223333/by-hand.json", json!({none: []}).to_string());
        place.trailscan("posture --iam-dir iam").ends(0);
    }
}

#[test]
fn all_pages_are_read() {
    let place = Place::new();
    let server = server(&place, |asked| {
        let marker = asked.query.get("Marker").map(String::as_str);
        Some(match (action(asked), marker) {
            (name @ "ListAccessKeys", None) => {
                let keys = access_key("alice", "AKIAONE");
                let more = "<IsTruncated>true</IsTruncated><Marker>two</Marker>";
                xml(name, &format!("<AccessKeyMetadata>{keys}</AccessKeyMetadata>{more}"))
            }
            (name @ "ListAccessKeys", Some("two")) => {
                listed(name, "AccessKeyMetadata", &access_key("alice", "AKIATWO"))
            }
            (name @ "GetAccountAuthorizationDetails", None) => {
                let user = "<member><UserName>carol</UserName><Arn>arn:aws:iam::111122223333:user/carol</Arn></member>";
                let more = "<IsTruncated>true</IsTruncated><Marker>rest</Marker>";
                xml(name, &format!("<UserDetailList>{user}</UserDetailList>{more}"))
            }
            _ => return None,
        })
    });
    asking(&place, &server, "iam-snapshot iam").ends(0);
    let keys: Value = serde_json::from_str(&place.read("iam/111122223333/access-keys.json")).expect("JSON");
    let ids: Vec<&Value> =
        keys["AccessKeyMetadata"].as_array().unwrap().iter().map(|key| &key["AccessKeyId"]).collect();
    assert_eq!(ids, ["AKIAONE", "AKIATWO", "AKIAONE", "AKIATWO"], "of carol and of alice");
    let details: Value =
        serde_json::from_str(&place.read("iam/111122223333/authorization-details.json")).expect("JSON");
    assert_eq!(details["UserDetailList"].as_array().map(Vec::len), Some(2));
    assert_eq!(details["RoleDetailList"].as_array().map(Vec::len), Some(1));
}

#[test]
fn throttling_is_sat_out_and_named_when_it_goes_on() {
    let place = Place::new();
    let once = server(&place, |asked| (action(asked) == "ListMFADevices" && asked.before == 0).then(throttled));
    asking(&place, &once, "iam-snapshot iam").env("AWS_MAX_ATTEMPTS", "3").ends(0);
    let always = server(&place, |asked| (action(asked) == "ListMFADevices").then(throttled));
    let ended = asking(&place, &always, "iam-snapshot iam --overwrite").env("AWS_MAX_ATTEMPTS", "2").ends(3);
    let why = "lacks a list of MFA devices: user alice: IAM asks for fewer requests, at every attempt: lower --concurrency, or \
               try again later (Rate exceeded)";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
    assert_eq!(always.asked().iter().filter(|asked| action(asked) == "ListMFADevices").count(), 2);
}

#[test]
fn a_report_that_is_never_ready_is_given_up() {
    let place = Place::new();
    let server = server(&place, |asked| match action(asked) {
        name @ "GenerateCredentialReport" => Some(xml(name, "<State>STARTED</State>")),
        _ => None,
    });
    let ended = asking(&place, &server, "iam-snapshot iam --report-wait 1s").ends(1);
    let why = "a credential report cannot be had: the credential report is still being made after 1 s: try again later, or give \
               --report-wait more";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
    assert!(!place.path("iam/111122223333").exists());
}

#[test]
fn a_report_that_takes_its_time_is_waited_for() {
    let place = Place::new();
    let server = server(&place, |asked| match action(asked) {
        name @ "GenerateCredentialReport" if asked.before < 2 => Some(xml(name, "<State>STARTED</State>")),
        "GetCredentialReport" if asked.before == 0 => Some(refused("ReportInProgress", "It is in progress.")),
        _ => None,
    });
    asking(&place, &server, "iam-snapshot iam").ends(0);
}

#[test]
fn credentials_that_expire_on_the_way_end_the_account() {
    let place = Place::new();
    let server = server(&place, |asked| {
        let is_late = action(asked) == "ListSSHPublicKeys" && account(asked) == MEMBER;
        is_late.then(|| refused("ExpiredToken", "The security token included in the request is expired"))
    });
    let ended = asking(&place, &server, "iam-snapshot iam --org-role audit").ends(3);
    assert!(
        ended.stderr.contains("account 444455556666 (Pay, prod): user alice: the credentials have expired"),
        "{}",
        ended.stderr
    );
    assert!(!place.path(format!("iam/{MEMBER}")).exists() && place.path(format!("iam/{OWN}/manifest.json")).exists());
}

#[test]
fn a_user_that_is_gone_meanwhile_has_no_keys() {
    let place = Place::new();
    let server = server(&place, |asked| {
        (action(asked) == "ListAccessKeys")
            .then(|| refused("NoSuchEntity", "The user with name alice cannot be found."))
    });
    asking(&place, &server, "iam-snapshot iam").ends(0);
    assert!(place.read("iam/111122223333/access-keys.json").contains("\"AccessKeyMetadata\": []"));
}

#[test]
fn who_may_not_list_the_organization_is_told() {
    let place = Place::new();
    let server = server(&place, |asked| {
        (action(asked) == "ListAccounts")
            .then(|| super::cloud::refused("AccessDeniedException", "You don't have permissions"))
    });
    let ended = asking(&place, &server, "iam-snapshot iam --org-role audit").ends(1);
    let why = "trailscan: the default credentials: the accounts of the organization cannot be listed: access denied: allow \
               organizations:ListAccounts (You don't have permissions)";
    assert!(ended.stderr.contains(why), "{}", ended.stderr);
}

#[test]
fn a_manifest_tells_what_was_changed_since() {
    let place = Place::new();
    let server = server(&place, |_| None);
    asking(&place, &server, "iam-snapshot iam").ends(0);
    let path = "iam/111122223333/access-keys.json";
    place.write(path, place.read(path).replace("AKIAALICEEXAMPLE", "AKIAOTHEREXAMPLE"));
    let ended = place.trailscan("posture --iam-dir iam").ends(0);
    assert!(ended.stderr.contains(&format!("{path}: was changed after the snapshot")), "{}", ended.stderr);
    let later = place.read("iam/111122223333/manifest.json").replace("\"schema_version\": 1", "\"schema_version\": 2");
    place.write("iam/111122223333/manifest.json", later);
    let ended = place.trailscan("posture --iam-dir iam").ends(3);
    assert!(ended.stderr.contains("is a manifest of version 2"), "{}", ended.stderr);
}

#[cfg(unix)]
#[test]
fn who_is_interrupted_keeps_whole_accounts_only() {
    use std::time::Duration;

    use crate::child::{start, until};
    let place = Place::new();
    let server = server(&place, |asked| {
        let is_late = action(asked) == "ListSSHPublicKeys" && account(asked) == MEMBER;
        is_late.then_some(Fault::Late(Duration::from_secs(300)))
    });
    let run = start(asking(&place, &server, "iam-snapshot iam --org-role audit --format json"));
    until("the other account is written", || place.path(format!("iam/{OWN}/manifest.json")).exists());
    run.signal(libc::SIGINT);
    let end = run.ends();
    assert_eq!(end.status.code(), Some(3), "{}", end.stderr);
    assert!(end.stderr.contains("interrupted: the accounts that are not listed were not written"), "{}", end.stderr);
    let names: Vec<_> = std::fs::read_dir(place.path("iam")).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(names, [OWN], "no other account, and nothing under a temporary name");
}
