//! The whole answer of every report over `sample-logs/`, as it was once checked against the story that they tell (their
//! README). `UPDATE_EXPECT=1 cargo test` writes the files anew: read the difference before it is taken.

use expect_test::expect_file;
use trailscan::report::Report;

use crate::harness::{Place, audited_logs, sample_logs};

const CLOCK: &[&str] = &["--now", "2026-09-14T00:00:00Z"];

/// What `trailscan` with these arguments prints, its version left out.
fn printed(arguments: &str) -> String {
    let place = Place::new();
    let ended = place.trailscan(arguments).args(CLOCK).arg(sample_logs()).ends(0);
    let version = format!("\"trailscan\": \"{}\"", env!("CARGO_PKG_VERSION"));
    ended.text().replace(&version, "\"trailscan\": \"VERSION\"")
}

/// Its name, and the flags with which it leaves out no row.
fn whole(report: &Report) -> String {
    let least = report.options.iter().filter(|option| option.name.starts_with("min-"));
    let least: Vec<String> = least.map(|option| format!(" --{} {}", option.name, option.min)).collect();
    format!("{}{}", report.name, least.concat())
}

/// Table, JSON and, where the build has it, CSV. The columns of a report are a promise, which these files hold it to.
#[test]
fn every_report() {
    for report in audited_logs() {
        let (name, arguments) = (report.name, whole(report));
        expect_file![format!("expected/{name}.txt")].assert_eq(&printed(&format!("{arguments} --width 120")));
        expect_file![format!("expected/{name}.json")].assert_eq(&printed(&format!("{arguments} --format json")));
        if cfg!(feature = "columnar") {
            expect_file![format!("expected/{name}.csv")].assert_eq(&printed(&format!("{arguments} --format csv")));
        }
    }
}

/// Of one user and one role, beside what is granted to them.
#[test]
fn permissions() {
    let state = sample_logs().with_file_name("iam").display().to_string();
    let of = |who: &str, format: &str| {
        printed(&format!("permissions {who} --iam-dir {state} {format}")).replace(&format!("{state}/"), "iam/")
    };
    expect_file!["expected/permissions.txt"].assert_eq(&of("*/ops*", "--width 140"));
    expect_file!["expected/permissions.json"].assert_eq(&of("user/bob", "--format json"));
    if cfg!(feature = "columnar") {
        expect_file!["expected/permissions.csv"].assert_eq(&of("user/bob", "--format csv"));
    }
    expect_file!["expected/permissions-summary.txt"].assert_eq(&of("--summary", "--width 120"));
    expect_file!["expected/permissions-summary.json"]
        .assert_eq(&of("--summary --account 444455556666", "--format json"));
}

#[test]
fn audit() {
    // Its JSON is the documents above; here is what only an audit shows.
    expect_file!["expected/audit.txt"].assert_eq(&printed("audit --width 120"));
    expect_file!["expected/audit-of-a-week.txt"]
        .assert_eq(&printed("audit --width 100 --days 7 --account 123456789012"));
}

/// Of the events themselves those of one address: with all columns, and as the records that they are.
#[test]
fn events() {
    let one = "events --address 203.0.113.66 --service iam.amazonaws.com --service secretsmanager.amazonaws.com";
    expect_file!["expected/events.txt"].assert_eq(&printed(&format!("{one} --width 120")));
    expect_file!["expected/events.json"].assert_eq(&printed(&format!("{one} --limit 3 --format json")));
    expect_file!["expected/events.jsonl"].assert_eq(&printed(&format!("{one} --limit 3 --format jsonl")));
    if cfg!(feature = "columnar") {
        expect_file!["expected/events.csv"].assert_eq(&printed(&format!("{one} --limit 3 --format csv")));
    }
}
