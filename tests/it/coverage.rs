//! `coverage`: which days each account and region delivered, by the names of what is there.

use serde_json::{Value, json};

use crate::harness::{Ended, Place};
use crate::verify::{ACCOUNT, BUCKET, REGION, Trail, keys};

const OTHER: &str = "444455556666";

fn deliver(place: &Place, account: &str, region: &str, day: u32) {
    let name = format!("{account}_CloudTrail_{region}_202608{day:02}T1205Z_0a1b2c3d4e5f6071.json.gz");
    place.write(&format!("logs/AWSLogs/{account}/CloudTrail/{region}/2026/08/{day:02}/{name}"), "never opened");
}

/// Digests of a day that end in these hours.
fn digests(place: &Place, (account, region): (&str, &str), day: u32, hours: std::ops::Range<u32>) {
    for hour in hours {
        let name = format!("{account}_CloudTrail-Digest_{region}_main_{region}_202608{day:02}T{hour:02}4203Z.json.gz");
        place.write(&format!("logs/AWSLogs/{account}/CloudTrail-Digest/{region}/2026/08/{day:02}/{name}"), "");
    }
}

/// Ten days: one region whole with a quiet day, one with two gaps, one account with nothing in the window.
fn ten_days() -> Place {
    let place = Place::new();
    for day in 1..=10 {
        match day {
            4 => digests(&place, (ACCOUNT, "eu-west-1"), day, 0..24),
            _ => deliver(&place, ACCOUNT, "eu-west-1", day),
        }
        match day {
            3 | 6 | 7 => {}
            9 => digests(&place, (ACCOUNT, "us-east-1"), day, 0..23),
            _ => deliver(&place, ACCOUNT, "us-east-1", day),
        }
    }
    deliver(&place, OTHER, "us-east-1", 20);
    place
}

const WINDOW: &str = "--since 2026-08-01 --until 2026-08-11";

fn answer(ended: &Ended) -> Value {
    serde_json::from_str(ended.text()).expect("JSON")
}

/// A row in brief: account, region, state, calendar.
fn rows(ended: &Ended) -> Vec<String> {
    let text = |row: &Value, name: &str| row[name].as_str().unwrap_or_default().to_owned();
    let brief = |row: &Value| ["account_id", "region", "state", "calendar"].map(|name| text(row, name)).join(" ");
    answer(ended)["rows"].as_array().expect("rows").iter().map(brief).collect()
}

#[test]
fn days_are_delivered_quiet_or_missing() {
    let place = ten_days();
    let ended = place.trailscan(&format!("coverage logs --format json {WINDOW}")).ends(3);
    assert_eq!(
        rows(&ended),
        [
            "444455556666 us-east-1 silent ..........",
            "111122223333 us-east-1 missing ##.##..#.#",
            "111122223333 eu-west-1 whole ###-######",
        ]
    );
    let of = |row: usize, name: &str| answer(&ended)["rows"][row][name].clone();
    assert_eq!(of(1, "missing_days"), json!(["2026-08-03", "2026-08-06..2026-08-07", "2026-08-09"]));
    assert_eq!(["delivered", "quiet", "missing"].map(|name| of(1, name)), [json!(6), json!(0), json!(4)]);
    assert_eq!(of(2, "quiet_days"), json!(["2026-08-04"]));
    assert_eq!([of(2, "unverified"), of(2, "late")], [Value::Null, Value::Null], "nobody asked");
    let hidden = &ended.stderr;
    let sum = "coverage: 3 regions of 2 accounts, 10 whole days (2026-08-01 to 2026-08-10): 15 delivered, 1 quiet, 14 missing";
    assert!(hidden.is_empty() || hidden.contains(sum), "{hidden}");
    let table = place.trailscan(&format!("coverage logs {WINDOW}")).ends(3);
    assert!(table.stderr.contains(sum), "{}", table.stderr);
    assert!(
        table.stderr.contains("31 regions of these accounts that are on by default delivered nothing"),
        "{}",
        table.stderr
    );
}

#[test]
fn what_is_whole_ends_in_zero_and_what_was_not_asked_for_is_left_out() {
    let place = ten_days();
    let region = place.trailscan(&format!("coverage logs --format json --region eu-west-1 {WINDOW}")).ends(0);
    assert_eq!(rows(&region), ["111122223333 eu-west-1 whole ###-######"]);
    let account = place.trailscan(&format!("coverage logs --format json --account {OTHER} {WINDOW}")).ends(3);
    assert_eq!(rows(&account), ["444455556666 us-east-1 silent .........."]);
    // Today is not over, and a day of which the window cuts a part is not judged.
    let days = "--since 2026-08-01T12:00:00Z --until 2026-08-03T12:00:00Z";
    let cut =
        place.trailscan(&format!("coverage logs --format json --region us-east-1 --account {ACCOUNT} {days}")).ends(0);
    assert_eq!(rows(&cut), ["111122223333 us-east-1 whole #"]);
    let today = "--since 2026-08-01 --now 2026-08-03T12:00:00Z --region us-east-1";
    let today = place.trailscan(&format!("coverage logs --format json --account {ACCOUNT} {today}")).ends(0);
    assert_eq!(rows(&today), ["111122223333 us-east-1 whole ##"]);
}

#[test]
fn an_account_of_which_there_is_nothing_is_told() {
    let place = ten_days();
    let told = |asked: &str, code: i32| {
        let ended = place.trailscan(&format!("coverage logs --format json {asked} {WINDOW}")).ends(code);
        (answer(&ended)["coverage"]["warnings"].to_string(), ended.stderr)
    };
    let whole = format!("--region eu-west-1 --account {ACCOUNT}");
    let warning = "nothing is of account 999988887777: check --account (found: 111122223333, 444455556666)";
    let (warnings, line) = told(&format!("{whole} --account 999988887777"), 3);
    assert!(warnings.contains(warning) && line.contains(warning), "{warnings} {line}");
    let (warnings, line) = told("--region us-east1", 3);
    assert!([&warnings, &line].iter().all(|text| text.contains("nothing is of region us-east1")), "{warnings} {line}");
    let (warnings, _) = told(&whole, 0);
    assert!(!warnings.contains("nothing is of"), "one of which all is there: {warnings}");
}

/// A note, an index page or what a file manager leaves beside the logs is no delivery.
#[test]
fn what_is_named_as_no_log_delivers_nothing() {
    let place = ten_days();
    for (day, name) in [(3, "README.txt"), (6, ".DS_Store"), (7, "index.html")] {
        place.write(&format!("logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/08/{day:02}/{name}"), "a note");
    }
    let asked = format!("coverage logs --format json --region us-east-1 --account {ACCOUNT} {WINDOW}");
    assert_eq!(rows(&place.trailscan(&asked).ends(3)), ["111122223333 us-east-1 missing ##.##..#.#"]);
    place.write(&format!("logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/08/03/renamed.json.gz"), "a log");
    place.write(&format!("logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/08/07/of-the-day.jsonl"), "logs");
    place.write(&format!("logs/AWSLogs/{ACCOUNT}/CloudTrail/us-east-1/2026/08/06/empty.json.gz"), "");
    assert_eq!(rows(&place.trailscan(&asked).ends(3)), ["111122223333 us-east-1 missing #####.##.#"]);
}

#[test]
fn a_list_of_enabled_regions_tells_of_silent_ones() {
    let place = ten_days();
    let regions = ["eu-west-1", "us-east-1", "us-west-2"];
    let list: Vec<Value> =
        regions.iter().map(|name| json!({ "RegionName": name, "RegionOptStatus": "ENABLED_BY_DEFAULT" })).collect();
    place.write("regions.json", json!({ "Regions": list }).to_string());
    let asked = format!("coverage logs --format json --enabled-regions {ACCOUNT}=regions.json --account {ACCOUNT}");
    let ended = place.trailscan(&format!("{asked} {WINDOW}")).ends(3);
    assert_eq!(
        rows(&ended),
        [
            "111122223333 us-west-2 silent ..........",
            "111122223333 us-east-1 missing ##.##..#.#",
            "111122223333 eu-west-1 whole ###-######",
        ]
    );
    let one = place.trailscan(&format!("{asked} {WINDOW} --region eu-west-1")).ends(0);
    assert_eq!(rows(&one).len(), 1);
}

#[test]
fn nothing_to_judge_is_no_clean_answer() {
    let place = Place::new();
    std::fs::create_dir_all(place.path("empty")).expect("a folder");
    let nothing = place.trailscan("coverage empty").ends(1);
    assert_eq!(nothing.stderr, "trailscan: nothing was found in empty, so there is no answer\n");
    place.write("flat/events.json", json!({ "Records": [] }).to_string());
    let flat = place.trailscan("coverage flat").ends(3);
    assert!(flat.stderr.contains("no name of an object tells its account, region and day"), "{}", flat.stderr);
    let missing = place.trailscan("coverage nowhere").ends(1);
    assert!(missing.stderr.contains("nowhere"), "{}", missing.stderr);
    let wrong = place.trailscan("coverage empty --no-dedupe").ends(2);
    assert!(wrong.stderr.contains("--no-dedupe"), "{}", wrong.stderr);
}

#[test]
fn with_public_keys_days_are_verified_and_late_ones_told() {
    let (place, mut trail) = (Place::new(), Trail::new("main"));
    trail.hours(&place);
    place.write("keys.json", keys());
    let days = "--since 2026-09-01 --until 2026-09-02";
    let asked = format!("coverage {BUCKET} --public-keys keys.json --format json {days}");
    let ended = place.trailscan(&asked).ends(3);
    // On a disk the end of the chain is not proven; and the digests name an event of midnight in logs of all hours.
    assert_eq!(rows(&ended), [format!("{ACCOUNT} {REGION} unverified !")]);
    let row = answer(&ended)["rows"][0].clone();
    assert_eq!(row["unverified_days"], json!(["2026-09-01"]));
    assert_eq!(row["late_days"], json!(["2026-09-01"]));
    let unasked = place.trailscan(&format!("coverage {BUCKET} --format json {days}")).ends(0);
    assert_eq!(rows(&unasked), [format!("{ACCOUNT} {REGION} whole #")]);
}
