//! The whole answer of every report over `sample-logs/`, as it was once checked against the story that they tell (their
//! README). `UPDATE_EXPECT=1 cargo test` writes the files anew: read the difference before it is taken.

use expect_test::{ExpectFile, expect_file};

use crate::harness::{Place, sample_logs};

const CLOCK: &[&str] = &["--now", "2026-09-14T00:00:00Z"];

/// What `trailscan` with these arguments prints, its version left out.
fn printed(arguments: &str) -> String {
    let place = Place::new();
    let ended = place.trailscan(arguments).args(CLOCK).arg(sample_logs()).ends(0);
    let version = format!("\"trailscan\": \"{}\"", env!("CARGO_PKG_VERSION"));
    ended.text().replace(&version, "\"trailscan\": \"VERSION\"")
}

/// Holds table, JSON and, where the build has it, CSV to the files.
fn check(report: &str, table: ExpectFile, json: ExpectFile, csv: Option<ExpectFile>) {
    table.assert_eq(&printed(&format!("{report} --width 120")));
    json.assert_eq(&printed(&format!("{report} --format json")));
    if let Some(csv) = csv.filter(|_| cfg!(feature = "columnar")) {
        csv.assert_eq(&printed(&format!("{report} --format csv")));
    }
}

#[test]
fn root_usage() {
    check(
        "root-usage",
        expect_file!["expected/root-usage.txt"],
        expect_file!["expected/root-usage.json"],
        Some(expect_file!["expected/root-usage.csv"]),
    );
}

#[test]
fn console_logins() {
    check(
        "console-logins",
        expect_file!["expected/console-logins.txt"],
        expect_file!["expected/console-logins.json"],
        Some(expect_file!["expected/console-logins.csv"]),
    );
}

#[test]
fn keys() {
    check(
        "keys",
        expect_file!["expected/keys.txt"],
        expect_file!["expected/keys.json"],
        Some(expect_file!["expected/keys.csv"]),
    );
}

#[test]
fn key_spread() {
    check(
        "key-spread --min-addresses 0",
        expect_file!["expected/key-spread.txt"],
        expect_file!["expected/key-spread.json"],
        Some(expect_file!["expected/key-spread.csv"]),
    );
}

#[test]
fn sessions() {
    check(
        "sessions",
        expect_file!["expected/sessions.txt"],
        expect_file!["expected/sessions.json"],
        Some(expect_file!["expected/sessions.csv"]),
    );
}

#[test]
fn principals() {
    check(
        "principals",
        expect_file!["expected/principals.txt"],
        expect_file!["expected/principals.json"],
        Some(expect_file!["expected/principals.csv"]),
    );
}

#[test]
fn policy_changes() {
    check(
        "policy-changes",
        expect_file!["expected/policy-changes.txt"],
        expect_file!["expected/policy-changes.json"],
        Some(expect_file!["expected/policy-changes.csv"]),
    );
}

#[test]
fn activity() {
    check(
        "activity",
        expect_file!["expected/activity.txt"],
        expect_file!["expected/activity.json"],
        Some(expect_file!["expected/activity.csv"]),
    );
}

#[test]
fn audit() {
    // Its JSON is the documents above; here is what only an audit shows.
    expect_file!["expected/audit.txt"].assert_eq(&printed("audit --width 120"));
    expect_file!["expected/audit-of-a-week.txt"]
        .assert_eq(&printed("audit --width 100 --days 7 --account 123456789012"));
}
