//! What logs and state prove: the scorecard of an audit over archives in AWSLogs layout.

use serde_json::{Value, json};

use crate::harness::Place;

const ACCOUNT: &str = "111122223333";
const OTHER: &str = "444455556666";

/// Regions that an account of AWS in China has.
const REGIONS: [&str; 2] = ["cn-north-1", "cn-northwest-1"];

/// A call that only reads.
fn read(account: &str, region: &str, day: u32) -> Value {
    json!({
        "eventVersion": "1.08", "eventID": format!("{account}-{region}-{day}"), "eventName": "DescribeInstances",
        "eventSource": "ec2.amazonaws.com", "eventTime": format!("2026-08-{day:02}T12:00:00Z"), "awsRegion": region,
        "sourceIPAddress": "192.0.2.1", "readOnly": true, "recipientAccountId": account,
        "userIdentity": { "type": "AssumedRole", "principalId": "AROAX:x", "accountId": account,
            "arn": format!("arn:aws-cn:sts::{account}:assumed-role/app/x") },
    })
}

fn folder(account: &str, stream: &str, region: &str, day: u32) -> String {
    format!("logs/AWSLogs/{account}/{stream}/{region}/2026/08/{day:02}")
}

fn deliver(place: &Place, account: &str, region: &str, (day, records): (u32, &[Value])) {
    let name = format!("{account}_CloudTrail_{region}_202608{day:02}T1205Z_0a1b2c3d{}.json", records.len());
    let path = format!("{}/{name}", folder(account, "CloudTrail", region, day));
    place.write(&path, json!({ "Records": records }).to_string());
}

/// A month of both accounts in both regions.
fn month() -> Place {
    let place = Place::new();
    for account in [ACCOUNT, OTHER] {
        for region in REGIONS {
            for day in 1..=31 {
                deliver(&place, account, region, (day, &[read(account, region, day)]));
            }
        }
    }
    place
}

/// Verdict and reason of roles-not-keys.
fn score(answer: &Value, account: &str) -> (String, String) {
    let scores = answer["scorecard"].as_array().expect("scores").iter();
    let is_it = |score: &&Value| score["account_id"] == account && score["practice"] == "roles-not-keys";
    let score = scores.into_iter().find(is_it).expect("a score");
    let text = |name: &str| score[name].as_str().expect("text").to_owned();
    (text("verdict"), text("why"))
}

#[test]
fn a_quiet_region_is_proven_by_digests_and_silence_is_not() {
    let place = month();
    for day in 1..=31 {
        std::fs::remove_dir_all(place.path(folder(ACCOUNT, "CloudTrail", REGIONS[1], day))).unwrap();
    }
    let answer = place.trailscan("audit logs").json(0);
    assert_eq!(score(&answer, ACCOUNT).0, "UNKNOWN", "{:?}", score(&answer, ACCOUNT));
    assert_eq!(score(&answer, OTHER).0, "CORRECT", "it has nothing to do with it");
    let region = REGIONS[1];
    for day in 1..=31 {
        for hour in 0..24 {
            let stamp = format!("202608{day:02}T{hour:02}4203Z");
            let name = format!("{ACCOUNT}_CloudTrail-Digest_{region}_main_{region}_{stamp}.json.gz");
            place.write(&format!("{}/{name}", folder(ACCOUNT, "CloudTrail-Digest", region, day)), "");
        }
    }
    let answer = place.trailscan("audit logs").json(0);
    let (verdict, why) = score(&answer, ACCOUNT);
    assert_eq!(verdict, "CORRECT", "{why}");
    assert!(why.starts_with("31 whole days in 2 regions (2026-08-01 to 2026-08-31) show "), "{why}");
    assert_eq!(answer["coverage"]["gaps"], json!([]));
}

#[test]
fn a_list_of_regions_replaces_those_that_are_on_by_default() {
    let place = month();
    let list = |status: &str| {
        let of = |name: &str, status: &str| json!({ "RegionName": name, "RegionOptStatus": status });
        let regions =
            [of(REGIONS[0], "ENABLED_BY_DEFAULT"), of(REGIONS[1], "ENABLED_BY_DEFAULT"), of("cn-far-1", status)];
        place.write("regions.json", json!({ "Regions": regions }).to_string());
        let flag = format!("audit logs --enabled-regions {ACCOUNT}=regions.json");
        score(&place.trailscan(&flag).json(0), ACCOUNT)
    };
    let (verdict, why) = list("DISABLED");
    assert!(verdict == "CORRECT" && !why.contains("opted in"), "{verdict}: {why}");
    let (verdict, why) = list("ENABLED");
    assert!(verdict == "UNKNOWN" && why.starts_with("cn-far-1 is enabled"), "{verdict}: {why}");
}

#[test]
fn what_fails_or_is_stopped_counts_for_its_account() {
    let place = month();
    let broken =
        format!("{}/{OTHER}_CloudTrail_cn-north-1_20260805T1300Z_x.json", folder(OTHER, "CloudTrail", REGIONS[0], 5));
    place.write(&broken, "no log");
    let answer = place.trailscan("audit logs").json(3);
    assert_eq!(score(&answer, ACCOUNT).0, "CORRECT");
    let (verdict, why) = score(&answer, OTHER);
    assert_eq!(
        (verdict.as_str(), why.as_str()),
        ("UNKNOWN", "1 object of this account could not be read, or not whole")
    );
    std::fs::remove_file(place.path(&broken)).unwrap();
    let mut stop = read(OTHER, REGIONS[0], 9);
    for (name, value) in
        [("eventName", "StopLogging"), ("eventSource", "cloudtrail.amazonaws.com"), ("eventID", "stop")]
    {
        stop[name] = json!(value);
    }
    (stop["requestParameters"], stop["readOnly"]) = (json!({ "name": "main" }), json!(false));
    deliver(&place, OTHER, REGIONS[0], (9, &[stop, read(OTHER, REGIONS[0], 9)]));
    let answer = place.trailscan("audit logs --fail-on high").json(4);
    assert_eq!((score(&answer, ACCOUNT).0, score(&answer, OTHER).0), ("CORRECT".to_owned(), "UNKNOWN".to_owned()));
    let finding = &answer["findings"][0];
    assert_eq!((&finding["rule"], &finding["severity"]), (&json!("logging-stopped"), &json!("high")));
    let change = &answer["coverage"]["logging_changes"][0];
    assert_eq!((&change["effect"], &change["account_id"]), (&json!("stopped"), &json!(OTHER)));
}

#[test]
fn days_at_the_end_of_the_window_count() {
    let place = month();
    let of = |options: &str| score(&place.trailscan(&format!("audit logs {options}")).json(0), ACCOUNT);
    assert_eq!(of("--since 2026-08-01 --until 2026-09-01").0, "CORRECT");
    assert_eq!(of("--since 2026-08-01 --until 2026-09-02").0, "UNKNOWN", "a day is missing at its end");
    let (verdict, why) = of("--since 2026-08-10 --until 2026-09-01");
    assert!(verdict == "UNKNOWN" && why.starts_with("22 whole days in 2 regions"), "{verdict}: {why}");
}
