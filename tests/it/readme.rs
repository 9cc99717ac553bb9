//! The examples of the README are run and must print what it shows. A block looks like
//!
//! ````text
//! ```console
//! $ trailscan root-usage sample-logs/AWSLogs
//! what stdout gives; stderr is not shown
//! ```
//! ````
//!
//! A line `…` stands for any lines. Of the commands, those run that begin with `trailscan`, in the README's order and in
//! one folder, so that one may read what another wrote.

use std::path::Path;

use crate::harness::Place;

/// What stands for lines that are not shown.
const ELIDED: &str = "…";

/// A command and the lines that it shows.
#[derive(Debug, PartialEq)]
struct Example {
    /// The line of the README, for messages.
    line: usize,
    command: String,
    shown: Vec<String>,
}

/// The commands in the `console` blocks of a Markdown text.
fn examples(markdown: &str) -> Vec<Example> {
    let mut found: Vec<Example> = Vec::new();
    let (mut inside, mut began) = (false, 0);
    for (number, line) in markdown.lines().enumerate() {
        match line {
            "```console" => (inside, began) = (true, found.len()),
            "```" => inside = false,
            _ if !inside => {}
            _ => match line.strip_prefix("$ ") {
                Some(command) => {
                    found.push(Example { line: number + 1, command: command.to_owned(), shown: Vec::new() });
                }
                None if found.len() > began => found.last_mut().expect("one").shown.push(line.to_owned()),
                None => panic!("line {}: output without a command", number + 1),
            },
        }
    }
    found
}

/// Whether `actual` is what is shown, where [`ELIDED`] stands for any lines, also none.
fn is_shown(shown: &[String], actual: &[&str]) -> bool {
    match shown.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == ELIDED => (0..=actual.len()).any(|skip| is_shown(rest, &actual[skip..])),
        Some((first, rest)) => actual.split_first().is_some_and(|(line, after)| line == first && is_shown(rest, after)),
    }
}

/// A folder in which the README's paths lead where they lead in the repository.
#[cfg(unix)]
fn folder() -> Place {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(root.join("sample-logs"), place.path("sample-logs")).expect("a link");
    place
}

#[cfg(unix)]
#[test]
fn the_readme_shows_what_is_printed() {
    let readme = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join("README.md")).expect("README.md");
    let place = folder();
    let (mut run, mut wrong) = (0, Vec::new());
    for example in examples(&readme).iter().filter(|example| example.command.starts_with("trailscan ")) {
        if !cfg!(feature = "columnar") && ["csv", "parquet"].iter().any(|format| example.command.contains(format)) {
            continue;
        }
        run += 1;
        let output = in_shell(&place, &example.command);
        let stdout = String::from_utf8(output.stdout).expect("UTF-8");
        if !is_shown(&example.shown, &stdout.lines().collect::<Vec<_>>()) {
            let stderr = String::from_utf8_lossy(&output.stderr);
            let (line, command, shown) = (example.line, &example.command, example.shown.join("\n"));
            wrong.push(format!(
                "README.md:{line}: $ {command}\n---- shown\n{shown}\n---- printed\n{stdout}\n---- stderr\n{stderr}"
            ));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(run >= 5, "only {run} examples");
}

/// Runs a command line with this build's trailscan, and with what lies in `bin` of the folder.
#[cfg(unix)]
pub fn in_shell(place: &Place, line: &str) -> std::process::Output {
    let trailscan = place.trailscan("").into_command();
    let build = Path::new(trailscan.get_program()).parent().expect("a folder").display().to_string();
    let path = [place.path("bin").display().to_string(), build, std::env::var("PATH").unwrap_or_default()].join(":");
    let mut shell = std::process::Command::new("sh");
    for (name, value) in trailscan.get_envs() {
        match value {
            Some(value) => shell.env(name, value),
            None => shell.env_remove(name),
        };
    }
    shell.args(["-c", line]).env("PATH", path).current_dir(place.path("."));
    shell.output().expect("sh starts")
}

#[test]
fn the_reader_of_examples() {
    let text = "x\n```console\n$ trailscan a\none\n…\n$ ls\n```\n```sh\n$ trailscan no\n```\n";
    let example = |line, command: &str, shown: &[&str]| Example {
        line,
        command: command.to_owned(),
        shown: shown.iter().map(|&line| line.to_owned()).collect(),
    };
    assert_eq!(examples(text), [example(3, "trailscan a", &["one", "…"]), example(6, "ls", &[])]);
    for (shown, actual, same) in [
        (&["a", "b"][..], &["a", "b"][..], true),
        (&["a"], &["a", "b"], false),
        (&["a", "…"], &["a", "b", "c"], true),
        (&["…", "c"], &["a", "b", "c"], true),
        (&["a", "…", "c"], &["a", "c"], true),
        (&["a", "…", "c"], &["a", "b"], false),
        (&["…"], &[], true),
        (&[], &["a"], false),
    ] {
        let shown: Vec<String> = shown.iter().map(|&line| line.to_owned()).collect();
        assert_eq!(is_shown(&shown, actual), same, "{shown:?} {actual:?}");
    }
}
