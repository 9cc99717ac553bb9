//! What is made for the machine it runs on: completions, man pages, the settings that hold, the build's facts, and the
//! line that wrong usage gets.

use std::process::Command;

use trailscan::report::REPORTS;

use crate::harness::{Place, loudly};

#[test]
fn bash_completes_a_report_and_an_option() {
    let place = Place::new();
    let script = place.trailscan("completions bash").ends(0);
    place.write("completions.bash", script.text());
    let complete = |words: &str| {
        let asked = format!(
            "source completions.bash; COMP_WORDS=({words}); COMP_CWORD=$((${{#COMP_WORDS[@]}} - 1)); \
             _trailscan trailscan \"${{COMP_WORDS[-1]}}\" \"${{COMP_WORDS[-2]}}\"; printf '%s\\n' \"${{COMPREPLY[@]}}\""
        );
        let output = Command::new("bash").args(["-c", &asked]).current_dir(place.path("")).output();
        output.map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
    };
    let Ok(reports) = complete("trailscan key-s") else { return loudly("SKIPPED completion: there is no bash") };
    assert_eq!(reports, "key-spread\n");
    let options = complete("trailscan key-spread --min-a").expect("there is bash");
    assert_eq!(options, "--min-addresses\n");
}

#[test]
fn every_shell_has_a_script_that_knows_every_report() {
    let place = Place::new();
    for shell in ["bash", "zsh", "fish", "powershell", "elvish"] {
        let script = place.trailscan(&format!("completions {shell}")).ends(0);
        for report in REPORTS {
            assert!(script.text().contains(report.name), "{shell}: {}", report.name);
        }
    }
}

#[test]
fn man_pages_one_a_command() {
    let place = Place::new();
    let ended = place.trailscan("man new/man1").ends(0);
    assert!(ended.stdout.is_empty() && ended.stderr.contains("man pages written to new/man1"), "{}", ended.stderr);
    let root = place.read("new/man1/trailscan.1");
    for report in REPORTS {
        let page = place.read(&format!("new/man1/trailscan-{}.1", report.name));
        assert!(
            page.contains(&format!(".TH trailscan-{} 1", report.name)),
            "{}",
            page.lines().take(5).collect::<String>()
        );
        let hidden = page.contains("Skip records larger than this") || !page.contains("max\\-record");
        assert!(hidden, "{}: what the short help leaves out stands in the page", report.name);
        assert!(page.contains("Exit codes:"), "{}", report.name);
        assert!(root.contains(&report.name.replace('-', "\\-")), "{}", report.name);
    }
    let mut groff = Command::new("groff");
    groff.args(["-k", "-man", "-Tutf8", "-ww", "trailscan-key-spread.1"]).current_dir(place.path("new/man1"));
    match groff.output() {
        Ok(shown) => {
            assert!(shown.status.success() && shown.stderr.is_empty(), "{}", String::from_utf8_lossy(&shown.stderr));
            assert!(String::from_utf8_lossy(&shown.stdout).contains("key-spread"));
        }
        Err(_) => loudly("SKIPPED rendering of man pages: there is no groff"),
    }
    place.write("file", "");
    let refused = place.trailscan("man file").ends(1);
    assert!(refused.stderr.starts_with("trailscan: file: cannot be written: "), "{}", refused.stderr);
}

#[test]
fn the_settings_that_hold_and_who_set_them() {
    let place = Place::new();
    place.write("trailscan.toml", "threads = 3\n[rules.key-too-old]\nseverity = 'low'\n");
    place.write(
        ".config/trailscan/trailscan.toml",
        "threads = 5\ngeoip-db = 'asn.mmdb'\naws-ip-ranges = 'ip-ranges.json'\n",
    );
    let run = place.trailscan("config --format json").env("TRAILSCAN_INPUT", "logs");
    let json = run.ends(0).json();
    let said = |setting: &str| {
        let row = json["rows"].as_array().expect("rows").iter().find(|row| row["setting"] == setting);
        let row = row.unwrap_or_else(|| panic!("no {setting}: {json}"));
        let text = |name: &str| row[name].as_str().unwrap_or("null").to_owned();
        (text("value"), text("source"))
    };
    let are = |value: &str, source: &str| (value.to_owned(), source.to_owned());
    assert_eq!(said("threads"), are("3", "trailscan.toml"));
    assert_eq!(said("input"), are("logs", "environment variable TRAILSCAN_INPUT"));
    assert_eq!(said("rules.key-too-old.severity"), are("low", "trailscan.toml"));
    assert!(said("geoip-db").0.ends_with("/.config/trailscan/asn.mmdb"), "{json}");
    assert!(said("geoip-db").1.ends_with("/.config/trailscan/trailscan.toml"), "{json}");
    assert!(said("aws-ip-ranges").0.ends_with("/.config/trailscan/ip-ranges.json"), "{json}");
    assert!(place.trailscan("config").ends(0).text().contains("threads"));
    place.write("trailscan.toml", "thread = 3");
    let refused = place.trailscan("config").ends(2);
    assert!(refused.stderr.contains("unknown field `thread`"), "{}", refused.stderr);
}

#[test]
fn the_build_tells_its_facts() {
    let place = Place::new();
    let version = env!("CARGO_PKG_VERSION");
    assert_eq!(place.trailscan("-V").ends(0).text(), format!("trailscan {version}\n"));
    let long = place.trailscan("--version").ends(0);
    let lines: Vec<&str> = long.text().lines().collect();
    assert_eq!(lines[0], format!("trailscan {version}"));
    assert!(lines[1].starts_with("features  ") && lines[1].contains("columnar"), "{lines:?}");
    assert!(lines[2].contains(std::env::consts::ARCH) && lines[4].contains("rustc"), "{lines:?}");
}

#[test]
fn wrong_usage_is_one_line_with_what_was_meant() {
    let place = Place::new();
    for (arguments, says) in [
        ("key-sprad", "`key-spread`"),
        ("audit --formt json", "`--format`"),
        ("audit --format jsn", "`json`"),
        ("audit --no-such-option", "`trailscan audit --help` shows what there is"),
        ("principals logs --sort event", "did you mean events?"),
        ("explain key-to-old", "did you mean key-too-old?"),
    ] {
        let ended = place.trailscan(arguments).env("TRAILSCAN_INPUT", "logs").ends(2);
        assert!(
            ended.stderr.starts_with("trailscan: ") && ended.stderr.contains(says),
            "{arguments}: {}",
            ended.stderr
        );
        assert_eq!(ended.stderr.lines().count(), 1, "{arguments}: {}", ended.stderr);
    }
}
