//! The examples of README.md and of docs/ are run and must print what is shown, and links lead somewhere. A block looks
//! like
//!
//! ````text
//! ```console
//! $ trailscan root-usage sample-logs/AWSLogs
//! what stdout gives; stderr is not shown
//! ```
//! ````
//!
//! A line `…` stands for any lines. Of the commands, those run that begin with `trailscan`, in the order of the file and in
//! one folder a file, so that one may read what another wrote.

use std::path::{Path, PathBuf};

use crate::harness::Place;

/// The most that a newcomer is asked to read at once.
const README_BYTES: usize = 25_000;

/// What stands for lines that are not shown.
const ELIDED: &str = "…";

/// A command and the lines that it shows.
#[derive(Debug, PartialEq)]
struct Example {
    /// The line of the file, for messages.
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
pub fn is_shown(shown: &[String], actual: &[&str]) -> bool {
    match shown.split_first() {
        None => actual.is_empty(),
        Some((first, rest)) if first == ELIDED => (0..=actual.len()).any(|skip| is_shown(rest, &actual[skip..])),
        Some((first, rest)) => actual.split_first().is_some_and(|(line, after)| line == first && is_shown(rest, after)),
    }
}

/// A folder in which the paths of the documentation lead where they lead in the repository.
#[cfg(unix)]
fn folder() -> Place {
    let place = Place::new();
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    std::os::unix::fs::symlink(root.join("sample-logs"), place.path("sample-logs")).expect("a link");
    place
}

/// README.md and the files of docs/, as paths from the root of the repository.
fn files() -> Vec<PathBuf> {
    let docs = std::fs::read_dir(root().join("docs")).expect("docs");
    let docs = docs.map(|entry| Path::new("docs").join(entry.expect("an entry").file_name()));
    let mut files: Vec<PathBuf> = docs.filter(|path| path.extension().is_some_and(|end| end == "md")).collect();
    files.push("README.md".into());
    files.sort();
    files
}

/// The text of a file of the documentation.
pub fn text_of(file: impl AsRef<Path>) -> String {
    let file = file.as_ref();
    std::fs::read_to_string(root().join(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[cfg(unix)]
#[test]
fn the_documentation_shows_what_is_printed() {
    let (mut run, mut wrong) = (0, Vec::new());
    for file in files() {
        let place = folder();
        let examples = examples(&text_of(&file));
        for example in examples.iter().filter(|example| example.command.starts_with("trailscan ")) {
            if !cfg!(feature = "columnar")
                && ["csv", "parquet", "kept"].iter().any(|word| example.command.contains(word))
            {
                continue;
            }
            run += 1;
            wrong.extend(mistake(&place, example).map(|mistake| format!("{}:{mistake}", file.display())));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n\n"));
    assert!(run >= 25, "only {run} examples");
}

/// What an example prints beside what it shows; `None` where they agree.
#[cfg(unix)]
fn mistake(place: &Place, example: &Example) -> Option<String> {
    let output = in_shell(place, &example.command);
    let stdout = String::from_utf8(output.stdout).expect("UTF-8");
    if is_shown(&example.shown, &stdout.lines().collect::<Vec<_>>()) {
        return None;
    }
    let stderr = String::from_utf8_lossy(&output.stderr);
    let (line, command, shown) = (example.line, &example.command, example.shown.join("\n"));
    Some(format!("{line}: $ {command}\n---- shown\n{shown}\n---- printed\n{stdout}\n---- stderr\n{stderr}"))
}

#[test]
fn the_readme_is_short() {
    let bytes = text_of("README.md").len();
    assert!(bytes <= README_BYTES, "README.md has {bytes} bytes: what is for some readers only belongs in docs/");
}

#[test]
fn the_readme_lists_every_report() {
    let readme = text_of("README.md");
    for report in trailscan::report::REPORTS {
        let line = format!("| {} | ", report.name);
        let line = readme.lines().find(|text| text.starts_with(&line));
        assert!(line.is_some_and(|line| line.ends_with(&format!("| {} |", report.summary))), "{}", report.name);
    }
}

#[test]
fn the_documentation_lists_every_exported_table() {
    let docs = text_of("docs/export.md");
    let first_cells = docs.lines().filter_map(|line| line.strip_prefix("| ")?.split_once(" |"));
    let listed: Vec<&str> = first_cells.flat_map(|(names, _)| names.split(", ")).collect();
    for table in trailscan::report::export::EXPORT_TABLES {
        assert!(listed.contains(&table.name), "{}", table.name);
    }
}

/// The anchors of a file's headings, as code hosts make them.
fn anchors(markdown: &str) -> Vec<String> {
    let prose = markdown.split("\n```").step_by(2).collect::<Vec<_>>().join("\n");
    let headings = prose.lines().filter(|line| line.starts_with('#')).map(|line| line.trim_start_matches('#').trim());
    let keep = |c: char| c.is_alphanumeric() || c == '-' || c == ' ' || c == '_';
    headings
        .map(|text| text.to_lowercase().chars().filter(|&c| keep(c)).collect::<String>().replace(' ', "-"))
        .collect()
}

#[test]
fn links_lead_somewhere() {
    let mut broken = Vec::new();
    for file in files() {
        let text = text_of(&file);
        let targets = text.split("](").skip(1).filter_map(|rest| rest.split_once(')')).map(|(target, _)| target);
        for target in targets.filter(|target| !target.starts_with("https://")) {
            let (path, anchor) = target.split_once('#').unwrap_or((target, ""));
            let path = if path.is_empty() { file.clone() } else { file.parent().unwrap_or(Path::new("")).join(path) };
            let leads = root().join(&path).exists()
                && (anchor.is_empty() || anchors(&text_of(&path)).contains(&anchor.to_owned()));
            broken.extend((!leads).then(|| format!("{}: {target}", file.display())));
        }
    }
    assert!(broken.is_empty(), "{}", broken.join("\n"));
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
