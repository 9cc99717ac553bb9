//! A table that is longer than the screen goes through a pager, and nothing else does.

use std::process::ExitStatus;

use serde_json::json;

use crate::child::on_terminal;
use crate::harness::{Place, Run};
use crate::records::{calls, delivered, id, with};

/// A folder with `a.json`, two hundred principals of which one is root, and a pager that tells what it was given.
fn with_many() -> Place {
    let place = Place::new();
    let mut records: Vec<_> = (0..200)
        .map(|i| {
            let arn = format!("arn:aws:iam::111122223333:user/u{i}");
            with(calls(1)[0].clone(), json!({"eventID": id(i), "userIdentity": {"arn": arn}}))
        })
        .collect();
    records.push(with(calls(1)[0].clone(), json!({"eventID": id(900), "userIdentity": {"type": "Root"}})));
    place.write("a.json", delivered(&records));
    place.write("pager.sh", "cat > paged.txt\necho \"LESS=$LESS paged $(wc -l < paged.txt)\"\n");
    place
}

/// What a terminal of fifty lines shows.
fn shown(run: Run<'_>) -> (ExitStatus, String) {
    on_terminal(run.env("TERM", "xterm"), 100)
}

#[test]
fn a_long_table_goes_through_the_pager() {
    let place = with_many();
    let paged = |arguments: &str, variables: &[(&str, &str)]| {
        let _ = std::fs::remove_file(place.path("paged.txt"));
        let run = place.trailscan(arguments).env("TERM", "xterm").env("NO_COLOR", "");
        let (status, text) = on_terminal(variables.iter().fold(run, |run, (name, value)| run.env(name, value)), 100);
        assert!(status.success(), "{arguments}: {text}");
        (text.contains(" paged "), text)
    };
    let pager = ("TRAILSCAN_PAGER", "sh pager.sh");
    let (went, text) = paged("principals a.json", &[pager, ("LESS", "")]);
    assert!(went && !text.contains("user/u7"), "the terminal has what the pager prints: {text}");
    assert!(text.starts_with("LESS= paged "), "what less is told by the user stays: {text}");
    let (_, text) = paged("principals a.json", &[pager]);
    assert!(text.starts_with("LESS=FRX paged ") || std::env::var_os("LESS").is_some(), "{text}");
    assert!(place.read("paged.txt").contains("user/u199") && place.read("paged.txt").contains("\x1b["), "colours too");

    assert!(!paged("principals a.json --limit 5", &[pager]).0, "a short table");
    let (went, plain) = paged("principals a.json --no-pager", &[pager]);
    assert!(!went && plain.contains("user/u199"), "{plain}");
    assert!(!paged("principals a.json --format json", &[pager]).0, "no table");
    assert!(!paged("principals a.json", &[("TRAILSCAN_PAGER", ""), ("PAGER", "sh pager.sh")]).0, "an empty name");
    assert!(!paged("principals a.json", &[pager, ("TERM", "dumb")]).0, "a dumb terminal");
    let (went, text) = paged("principals a.json", &[("TRAILSCAN_PAGER", "no-such-pager --here")]);
    assert!(!went && text == plain, "without its pager the table is whole: {text}");
    paged("principals a.json -o a.txt", &[pager]);
    assert!(!place.path("paged.txt").exists() && place.read("a.txt").contains("user/u199"), "a file");
}

#[test]
fn the_tools_variable_then_the_file_then_everyones() {
    let place = with_many();
    let shows = |own: Option<&str>, file: &str, everyones: &str| {
        place.write("trailscan.toml", file);
        let mut run = place.trailscan("principals a.json").env("PAGER", everyones);
        run = match own {
            Some(command) => run.env("TRAILSCAN_PAGER", command),
            None => run.without("TRAILSCAN_PAGER"),
        };
        let (_, text) = shown(run);
        ["own", "file", "everyones"].into_iter().find(|name| text.contains(&format!("by {name}"))).unwrap_or("none")
    };
    for name in ["own", "file", "everyones"] {
        place.write(&format!("{name}.sh"), format!("cat > /dev/null; echo by {name}\n"));
    }
    assert_eq!(shows(None, "", "sh everyones.sh"), "everyones");
    assert_eq!(shows(None, "pager = true", "sh everyones.sh"), "everyones");
    assert_eq!(shows(None, "pager = 'sh file.sh'", "sh everyones.sh"), "file");
    assert_eq!(shows(None, "pager = false", "sh everyones.sh"), "none");
    assert_eq!(shows(Some("sh own.sh"), "pager = false", "sh everyones.sh"), "own");
}

#[test]
fn a_pager_that_is_left_early_changes_no_exit_code() {
    let place = with_many();
    place.write("early.sh", "head -n 1; exit 1\n");
    let run = || place.trailscan("principals a.json --limit 0").env("TRAILSCAN_PAGER", "sh early.sh");
    let (status, text) = shown(run());
    assert_eq!((status.code(), text.lines().count()), (Some(0), 1), "{text}");
    let (status, _) =
        shown(place.trailscan("audit a.json --limit 0 --fail-on info").env("TRAILSCAN_PAGER", "sh early.sh"));
    assert_eq!(status.code(), Some(4), "the findings' code");
}
