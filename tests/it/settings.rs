//! `trailscan.toml`: what stands for flags that were not given, and what comes before it.

use serde_json::json;

use crate::harness::{Place, count};
use crate::records::{calls, delivered, id, with};

/// `logs/a.json`: three events of the 10th and one of July.
fn with_logs(settings: &str) -> Place {
    let place = Place::new();
    let mut records = calls(3);
    let old = json!({"eventID": id(500), "eventTime": "2026-07-01T12:00:00Z", "userIdentity": {"type": "Root"}});
    records.push(with(calls(1)[0].clone(), old));
    place.write("logs/a.json", delivered(&records));
    place.write("trailscan.toml", settings);
    place
}

#[test]
fn days_of_the_file_hold_unless_the_command_line_says_which() {
    let place = with_logs("days = 7\n");
    let events = |arguments: &str| {
        let answer = place.trailscan(&format!("principals logs {arguments}")).json(0);
        count(&answer["coverage"]["events_counted"])
    };
    assert_eq!(events(""), 3);
    assert_eq!(events("--all"), 4);
    assert_eq!(events("--since 2026-06-01"), 4);
    assert_eq!(events("--days 100"), 4);
    let told = place.trailscan("principals logs").ends(0).stderr;
    let says = "counting the last 7 days, from 2026-09-07T00:00:00Z, as trailscan.toml says: --all counts all";
    assert!(told.contains(says), "{told}");
    let told = place.trailscan("principals logs --days 100").ends(0).stderr;
    assert!(!told.contains("counting"), "{told}");
}

#[test]
fn what_programs_read_has_all_rows_and_columns() {
    let place = with_logs("limit = 1\n[reports.principals]\ncolumns = ['events', 'principal']\nsort = '-events'\n");
    let table = place.trailscan("principals logs").ends(0);
    let lines: Vec<&str> = table.text().lines().collect();
    assert_eq!(lines[0].split_whitespace().collect::<Vec<_>>(), ["events", "principal"]);
    assert!(lines[2].trim_start().starts_with("1 "), "the fewest first: {}", lines[2]);
    assert_eq!(lines[3], "1 more row (--limit 0 shows all)");
    let json = place.trailscan("principals logs").json(0);
    assert_eq!(json["rows"].as_array().map(Vec::len), Some(2));
    assert!(json["columns"].as_array().expect("columns").len() > 10);
    let typed = place.trailscan("principals logs --columns principal --limit 0").ends(0);
    assert_eq!(typed.text().lines().count(), 4, "header, rule, two rows: {}", typed.text());
    assert!(place.trailscan("root-usage logs --limit 0").ends(0).text().contains("class"), "another report");
}

#[test]
fn format_colour_quiet_and_fail_on() {
    let place = with_logs("format = 'json'\nfail-on = 'info'\nquiet = true\ncolor = 'always'\n");
    let answer = place.trailscan("root-usage logs").ends(4);
    assert_eq!(answer.json()["report"], "root-usage");
    place.trailscan("root-usage logs -o a.jsonl").ends(4);
    assert!(place.read("a.jsonl").starts_with("{\"account_id\""), "the file's name says more");
    let table = || place.trailscan("principals logs --format table");
    assert!(!table().ends(0).text().contains('\x1b'), "NO_COLOR of the environment comes before the file");
    assert!(table().env("NO_COLOR", "").ends(0).text().contains('\x1b'));
    assert!(!table().env("NO_COLOR", "").args(["--color", "never"]).ends(0).text().contains('\x1b'));
}

#[test]
fn account_names_and_columns_that_cannot_be() {
    let place = with_logs("account-names = 'names.csv'\n");
    place.write("names.csv", "id,name,contact\n111122223333,Payments,payments@example.com\n");
    assert!(place.trailscan("principals logs").ends(0).text().contains("Payments"));
    place.write("trailscan.toml", "[reports.principals]\ncolumns = ['evnts']\n");
    let refused = place.trailscan("principals logs").ends(2);
    assert!(refused.stderr.contains("has no column \"evnts\"; did you mean events?"), "{}", refused.stderr);
    place.trailscan("principals logs --format json").ends(0);
}

#[test]
fn the_config_shows_every_setting_with_its_source() {
    let settings = "days = 30\nformat = 'markdown'\nlimit = 5\ncolor = 'never'\nquiet = true\npager = 'less -S'\n\
                    fail-on = 'high'\nmax-memory = '1GiB'\naccount-names = 'names.csv'\naws-profile = 'audit'\n\
                    aws-region = 'eu-west-1'\nthreads = 2\ninput = 'logs'\ngeoip-db = 'asn.mmdb'\n\
                    aws-ip-ranges = 'ip-ranges.json'\n\
                    [reports.keys]\ncolumns = ['account_id']\nsort = '-age_days'\nlimit = 3\n";
    let place = with_logs(settings);
    let run = place.trailscan("config --format json").without("TRAILSCAN_PAGER").env("NO_COLOR", "");
    let json = run.ends(0).json();
    let rows = json["rows"].as_array().expect("rows");
    let own: Vec<&str> = rows
        .iter()
        .filter(|row| row["source"] == "trailscan.toml")
        .map(|row| row["setting"].as_str().unwrap())
        .collect();
    let of_reports = ["reports.keys.columns", "reports.keys.sort", "reports.keys.limit"];
    for setting in settings.lines().filter(|line| !line.starts_with('[')).map(|line| line.split(' ').next().unwrap()) {
        let is_said = own.contains(&setting) || of_reports.iter().any(|name| name.ends_with(setting));
        assert!(is_said, "{setting}: {own:?}");
    }
    assert!(of_reports.iter().all(|name| own.contains(name)), "{own:?}");
    let run = place.trailscan("config --format json").env("TRAILSCAN_PAGER", "more").env("AWS_REGION", "us-west-2");
    let json = run.env("TRAILSCAN_LOG", "warn").ends(0).json();
    let said = |setting: &str| {
        let row = json["rows"].as_array().unwrap().iter().find(|row| row["setting"] == setting).expect("the setting");
        format!("{} {}", row["value"].as_str().unwrap(), row["source"].as_str().unwrap())
    };
    assert_eq!(said("pager"), "more environment variable TRAILSCAN_PAGER");
    assert_eq!(said("aws-region"), "us-west-2 environment variable AWS_REGION");
    assert_eq!(said("log"), "warn environment variable TRAILSCAN_LOG");
    assert_eq!(said("color"), "never environment variable NO_COLOR");
}

#[cfg(feature = "s3")]
#[test]
fn the_profile_of_the_file_asks_unless_the_environment_names_another() {
    let place = with_logs("aws-profile = 'from-file'\n");
    let asked = || place.trailscan("principals s3://amzn-s3-demo-bucket/AWSLogs/").env("AWS_REGION", "us-east-1");
    let told = asked().ends(1).stderr;
    assert!(told.contains("profile from-file"), "{told}");
    let told = asked().args(["--aws-profile", "typed"]).ends(1).stderr;
    assert!(told.contains("profile typed") && !told.contains("from-file"), "{told}");
    let told = asked().env("AWS_PROFILE", "of-environment").ends(1).stderr;
    assert!(!told.contains("from-file"), "{told}");
}

/// Nobody named a file there, so a folder that cannot be looked into is told and takes nothing away.
#[cfg(unix)]
#[test]
fn a_folder_that_cannot_be_looked_into_is_a_warning() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let place = with_logs("limit = 2\n");
    let run = || place.trailscan("principals logs").env("XDG_CONFIG_HOME", place.path("config"));
    let plain = run().ends(0);
    std::fs::create_dir(place.path("config")).expect("a folder");
    symlink("trailscan", place.path("config/trailscan")).expect("a link to itself");
    let told = run().ends(0);
    assert_eq!(told.text(), plain.text());
    let line = told.stderr.lines().find(|line| line.contains("cannot be looked for")).expect("a warning");
    assert!(line.starts_with("trailscan: warning: ") && line.contains("config/trailscan/trailscan.toml"), "{line}");
    assert_eq!(told.stderr.lines().count(), plain.stderr.lines().count() + 1, "{}", told.stderr);
    place.trailscan("config").env("XDG_CONFIG_HOME", place.path("config")).ends(0);
    std::fs::remove_file(place.path("config/trailscan")).expect("the link");
    place.write("config/trailscan/trailscan.toml", "threads = 1\n");
    let closed = std::fs::Permissions::from_mode(0o0);
    std::fs::set_permissions(place.path("config/trailscan"), closed).expect("closed");
    let told = run().ends(0);
    std::fs::set_permissions(place.path("config/trailscan"), PermissionsExt::from_mode(0o755)).expect("opened");
    // Whoever may look into every folder is told nothing.
    assert!(!told.stderr.contains("cannot be") || told.stderr.contains("permission denied"), "{}", told.stderr);
    // What is there has to be read: it may say what counts.
    std::fs::remove_file(place.path("config/trailscan/trailscan.toml")).expect("the file");
    std::fs::create_dir(place.path("config/trailscan/trailscan.toml")).expect("a folder in its place");
    let told = run().ends(2).stderr;
    assert!(told.contains("trailscan.toml: cannot be read"), "{told}");
}

/// What a build script tells is in the environment of `cargo run` and `cargo test`, too: the name of a flag's variable there
/// sets the flag.
#[test]
fn the_build_sets_no_flag() {
    let build = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/build.rs")).expect("build.rs");
    assert!(build.contains("cargo:rustc-env=") && !build.contains("cargo:rustc-env=TRAILSCAN_"), "{build}");
}

#[test]
fn any_flag_has_a_variable() {
    let place = with_logs("days = 7\n");
    let run = |arguments: &str, variables: &[(&str, &str)]| {
        let run = place.trailscan(arguments);
        variables.iter().fold(run, |run, (name, value)| run.env(name, value))
    };
    let events = |arguments: &str, variables: &[(&str, &str)]| {
        count(&run(arguments, variables).json(0)["coverage"]["events_counted"])
    };
    assert_eq!(events("principals logs", &[("TRAILSCAN_DAYS", "100")]), 4, "before the file");
    assert_eq!(events("principals logs", &[("TRAILSCAN_SINCE", "2026-06-01")]), 4, "the file's days give way");
    assert_eq!(events("principals logs --all", &[("TRAILSCAN_DAYS", "7")]), 4, "the command line comes first");
    assert_eq!(events("principals logs --since 2026-06-01", &[("TRAILSCAN_DAYS", "7")]), 4);
    assert_eq!(events("principals logs", &[("TRAILSCAN_DAYS", "")]), 3, "an empty one says nothing");
    assert_eq!(events("principals logs", &[("TRAILSCAN_ALL", "1")]), 4, "a switch");
    assert_eq!(events("principals logs", &[("TRAILSCAN_ALL", "false")]), 3);
    let behind = run("principals --all --format json -- logs", &[("TRAILSCAN_THREADS", "1")]).ends(0).json();
    assert_eq!(count(&behind["coverage"]["events_counted"]), 4, "nothing is put behind --");
    let filtered = run("principals logs --all", &[("TRAILSCAN_ACCOUNT", "000000000000")]).json(3);
    assert_eq!(count(&filtered["coverage"]["events_counted"]), 0);
    let json = &[("TRAILSCAN_FORMAT", "json"), ("TRAILSCAN_COLUMNS", "principal,events")];
    assert_eq!(run("principals logs", json).ends(0).json()["columns"].as_array().map(Vec::len), Some(2));
    run("principals logs -o a.jsonl", json).ends(0);
    assert!(place.read("a.jsonl").starts_with("{\"principal\""), "the file's name was typed");
    run("audit logs --min-addresses 0", &[("TRAILSCAN_MIN_ADDRESSES", "many")]).ends(0);
    for (name, value, says) in [
        ("TRAILSCAN_DAYS", "0", "TRAILSCAN_DAYS = \"0\": 0 is not in 1..=36525"),
        ("TRAILSCAN_FORMAT", "xml", "TRAILSCAN_FORMAT = \"xml\" is none of table, json, "),
        ("TRAILSCAN_QUIET", "maybe", "TRAILSCAN_QUIET = \"maybe\" is neither true nor false"),
        ("TRAILSCAN_NOW", "36h", "TRAILSCAN_NOW = \"36h\": not a time: give RFC 3339"),
        ("TRAILSCAN_MIN_ADDRESSES", "many", "TRAILSCAN_MIN_ADDRESSES = \"many\": "),
    ] {
        let ended = run("key-spread logs", &[(name, value)]).ends(2);
        assert!(ended.stderr.starts_with(&format!("trailscan: {says}")), "{}", ended.stderr);
        assert_eq!(ended.stderr.lines().count(), 1, "{}", ended.stderr);
    }
    // Another name of a flag is one of its variable, and the flag's own comes first.
    assert_eq!(events("principals logs", &[("TRAILSCAN_FROM", "2026-06-01")]), 4);
    assert_eq!(events("principals logs", &[("TRAILSCAN_FROM", "2026-09-14"), ("TRAILSCAN_SINCE", "2026-06-01")]), 4);
    let ended = run("principals logs", &[("TRAILSCAN_FROM", "some day")]).ends(2);
    assert!(ended.stderr.contains("some day"), "{}", ended.stderr);
    for (name, is_told) in [("TRAILSCAN_MIN_ADRESSES", true), ("TRAILSCAN_MIN_ADDRESSES", false), ("TRAILSCANS", false)]
    {
        for arguments in ["principals logs", "rules", "config"] {
            let ended = run(arguments, &[(name, "3")]).ends(0);
            let line = format!("warning: {name}: no flag has that name");
            assert_eq!(ended.stderr.contains(&line), is_told, "{name} {arguments}: {}", ended.stderr);
        }
    }
    let said = run("config --format json", &[("TRAILSCAN_SINCE", "7d"), ("TRAILSCAN_LIMIT", "3")]).ends(0).json();
    for (setting, value) in [("since", "7d"), ("limit", "3")] {
        let row = said["rows"].as_array().expect("rows").iter().find(|row| row["setting"] == setting).expect("a row");
        let source = format!("environment variable TRAILSCAN_{}", setting.to_uppercase());
        assert_eq!((row["value"].as_str(), row["source"].as_str()), (Some(value), Some(source.as_str())));
    }
}

#[test]
fn a_config_file_that_is_named_is_read_alone() {
    let place = with_logs("days = 7\nlimit = 1\n");
    place.write("elsewhere/other.toml", "input = '../logs'\n");
    let events = |run: crate::harness::Run<'_>| count(&run.json(0)["coverage"]["events_counted"]);
    assert_eq!(events(place.trailscan("principals --config elsewhere/other.toml")), 4);
    assert_eq!(events(place.trailscan("--config elsewhere/other.toml principals")), 4);
    assert_eq!(events(place.trailscan("principals").env("TRAILSCAN_CONFIG", "elsewhere/other.toml")), 4);
    let both =
        place.trailscan("principals logs --config trailscan.toml").env("TRAILSCAN_CONFIG", "elsewhere/other.toml");
    assert_eq!(events(both), 3, "the flag comes before the variable");
    let told = place.trailscan("config --config elsewhere/other.toml").ends(0);
    assert_eq!(told.stderr, "trailscan: elsewhere/other.toml: read\n");
    for run in [
        place.trailscan("principals logs --config no.toml"),
        place.trailscan("rules").env("TRAILSCAN_CONFIG", "no.toml"),
    ] {
        let told = run.ends(2).stderr;
        assert!(told.contains("no.toml: no such file"), "{told}");
    }
}

#[test]
fn what_is_made_of_rules_is_told_and_never_comes_with_the_logs() {
    let rules = "[rules.key-too-old]\nseverity = 'low'\n[[suppress]]\nrule = 'root-access-key'\nreason = 'known'\n\
                 expires = 2030-01-01\n";
    let place = with_logs(rules);
    let told = "trailscan.toml of the working directory holds: it has 1 rule and 1 suppression\n";
    assert!(place.trailscan("audit logs").ends(0).stderr.contains(told));
    place.write("trailscan.toml", "threads = 1\n");
    assert!(!place.trailscan("audit logs").ends(0).stderr.contains("working directory"));

    // It may have come with the logs: whoever wrote it does not say what is found, nor stops the run.
    place.write("trailscan.toml", "fail-on = 'nothing like it'\n");
    let says = "trailscan.toml: lies in the INPUT ., so it is not read: --config trailscan.toml reads it";
    let left = place.trailscan("principals .").ends(0);
    assert!(left.stderr.contains(says), "{}", left.stderr);
    assert!(place.trailscan("principals").env("TRAILSCAN_INPUT", ".").ends(0).stderr.contains("so it is not read"));
    place.write("trailscan.toml", "days = 7\n");
    let read = place.trailscan("principals . --config trailscan.toml").ends(0);
    assert!(read.stderr.contains("counting the last 7 days") && !read.stderr.contains("not read:"), "{}", read.stderr);
}
