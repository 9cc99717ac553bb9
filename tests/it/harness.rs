//! How every test here runs trailscan: a folder of its own, a pinned clock, an empty environment, and a transcript that is
//! printed when the test fails. What a test expects does not stand here.

use std::cell::{Cell, RefCell};
use std::ffi::OsStr;
use std::fmt::Write as _;
use std::io::{Read, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use serde_json::Value;
use tempfile::TempDir;
use trailscan::output::Format;
use trailscan::report::{Form, Report};

use crate::watchdog::Watched;

/// The clock of every run: noon of the day after the last of `sample-logs/`.
pub const NOW: &str = "2026-09-14T12:00:00Z";

/// The most that a transcript shows of a stream or a file.
const SHOWN: usize = 6_000;

/// The runs that a transcript shows, the latest.
const RUNS_SHOWN: usize = 3;

/// A folder of its own for one test: runs start in it. A test that fails prints its latest runs, each with its command,
/// input, stdout and stderr, and the files that were written.
pub struct Place {
    folder: TempDir,
    written: RefCell<Vec<String>>,
    runs: RefCell<Vec<String>>,
    numbers: Cell<usize>,
    watched: Watched,
}

impl Place {
    /// An empty folder.
    pub fn new() -> Self {
        let folder = TempDir::with_prefix("trailscan-it-").expect("a temporary folder");
        Self {
            folder,
            written: RefCell::default(),
            runs: RefCell::default(),
            numbers: Cell::default(),
            watched: Watched::begin(),
        }
    }

    /// Where `name` lies in the folder.
    pub fn path(&self, name: impl AsRef<Path>) -> PathBuf {
        self.folder.path().join(name)
    }

    /// Writes a file, and the folders that it needs.
    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let (path, bytes) = (self.path(name), bytes.as_ref());
        std::fs::create_dir_all(path.parent().expect("a file has a folder")).expect("folders");
        std::fs::write(&path, bytes).expect("a file");
        self.written.borrow_mut().push(format!("{name} ({} bytes): {}", bytes.len(), shown(bytes, 300)));
        path
    }

    /// Writes a program. A process of its own does: this one starts others all the time, and one that is started while a
    /// file is open for writing holds it open, so that nobody can run it ("Text file busy").
    #[cfg(unix)]
    pub fn write_program(&self, name: &str, bytes: impl AsRef<[u8]>) -> PathBuf {
        let source = self.write(&format!("{name}.source"), bytes);
        let program = self.path(name);
        copy_program(&source, &program);
        std::fs::remove_file(source).expect("our file");
        program
    }

    /// What a file in the folder holds.
    pub fn read(&self, name: &str) -> String {
        String::from_utf8(self.read_bytes(name)).expect("UTF-8")
    }

    /// The bytes of a file in the folder.
    pub fn read_bytes(&self, name: &str) -> Vec<u8> {
        std::fs::read(self.path(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// A number that was not given before.
    pub fn number(&self) -> usize {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    /// A run with these arguments, split at white space; [`Run::arg`] adds what cannot be split.
    pub fn trailscan(&self, arguments: &str) -> Run<'_> {
        let mut command = Command::new(other_build().unwrap_or_else(|| env!("CARGO_BIN_EXE_trailscan").into()));
        for (name, _) in std::env::vars_os() {
            let name = name.to_string_lossy();
            if ["TRAILSCAN_", "AWS_", "XDG_", "CLICOLOR"].iter().any(|prefix| name.starts_with(prefix)) {
                command.env_remove(&*name);
            }
        }
        // No config file of whoever runs the tests: the folder is the home.
        command.env("HOME", self.folder.path()).env("APPDATA", self.folder.path());
        // No network but loopback, also where something answers as the metadata service.
        command.env("AWS_EC2_METADATA_DISABLED", "true");
        command.env_remove("COLUMNS").env("NO_COLOR", "1").env("TRAILSCAN_NOW", NOW);
        // A pager would wait for somebody.
        command.env("TRAILSCAN_PAGER", "").env_remove("PAGER");
        command.current_dir(self.folder.path()).args(arguments.split_whitespace());
        Run { place: self, command, input: Vec::new() }
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            return;
        }
        let (runs, written) = (self.runs.borrow(), self.written.borrow());
        let mut text = String::new();
        for run in runs.iter().skip(runs.len().saturating_sub(RUNS_SHOWN)) {
            text.push_str(run);
        }
        if !written.is_empty() {
            let _ = writeln!(text, "==== files written\n{}", written[..written.len().min(40)].join("\n"));
        }
        eprintln!("{text}");
    }
}

/// The command of a report; one that is asked about something is asked about all there is.
pub fn command(report: &Report) -> String {
    report.argument.map_or_else(|| report.name.to_owned(), |_| format!("{} *", report.name))
}

/// A run that is being put together.
pub struct Run<'a> {
    place: &'a Place,
    command: Command,
    input: Vec<u8>,
}

impl Run<'_> {
    /// Adds one argument.
    pub fn arg(mut self, argument: impl AsRef<OsStr>) -> Self {
        self.command.arg(argument);
        self
    }

    /// Adds arguments.
    pub fn args<A: AsRef<OsStr>>(mut self, arguments: impl IntoIterator<Item = A>) -> Self {
        self.command.args(arguments);
        self
    }

    /// Sets a variable of the environment.
    pub fn env(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Takes a variable out of the environment.
    pub fn without(mut self, name: &str) -> Self {
        self.command.env_remove(name);
        self
    }

    /// Gives these bytes on standard input.
    pub fn stdin(mut self, bytes: impl Into<Vec<u8>>) -> Self {
        self.input = bytes.into();
        self
    }

    /// The command as it stands, for tests that hold its streams themselves.
    pub fn into_command(self) -> Command {
        self.command
    }

    /// Runs it to its end.
    pub fn run(mut self) -> Ended {
        self.place.watched.runs(&self.command);
        self.command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = self.command.spawn().expect("trailscan starts");
        let mut to_child = child.stdin.take().expect("piped");
        let mut from_child = child.stderr.take().expect("piped");
        let input = self.input.clone();
        // A run that does not read its input closes it: no failure here.
        let feeding = std::thread::spawn(move || drop(to_child.write_all(&input)));
        let listening = std::thread::spawn(move || {
            let mut stderr = Vec::new();
            from_child.read_to_end(&mut stderr).map(|_| stderr)
        });
        let output = child.wait_with_output().expect("trailscan ends");
        feeding.join().expect("input was given");
        let stderr = listening.join().expect("stderr was read").expect("stderr can be read");
        let ended = Ended {
            code: output.status.code(),
            stdout: output.stdout,
            stderr: String::from_utf8_lossy(&stderr).into_owned(),
        };
        self.place.runs.borrow_mut().push(ended.transcript(&self.command, &self.input));
        ended
    }

    /// Runs it; it must end with `code`.
    pub fn ends(self, code: i32) -> Ended {
        let ended = self.run();
        assert_eq!(ended.code, Some(code), "exit code");
        ended
    }

    /// Runs it with `--format json`; it must end with `code`. Holds the identities of coverage.
    pub fn json(self, code: i32) -> Value {
        let answer = self.args(["--format", "json"]).ends(code).json();
        assert_identities(&answer["coverage"]);
        assert_rules(&answer);
        answer
    }
}

/// How a run ended.
pub struct Ended {
    /// The exit code; `None` when a signal ended it.
    pub code: Option<i32>,
    /// What was written to stdout.
    pub stdout: Vec<u8>,
    /// What was written to stderr.
    pub stderr: String,
}

impl Ended {
    /// stdout as text.
    pub fn text(&self) -> &str {
        std::str::from_utf8(&self.stdout).expect("stdout is UTF-8")
    }

    /// stdout as a JSON document.
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.stdout).expect("stdout is one JSON document")
    }

    fn transcript(&self, command: &Command, input: &[u8]) -> String {
        format!(
            "==== command: {command:?}\n==== input ({} bytes)\n{}\n==== exit code {:?}\n==== stdout\n{}\n==== stderr\n{}\n",
            input.len(),
            shown(input, SHOWN),
            self.code,
            shown(&self.stdout, SHOWN),
            self.stderr
        )
    }
}

/// The beginning of bytes, as text.
fn shown(bytes: &[u8], most: usize) -> String {
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(most)]);
    let text = text.replace(|c: char| c.is_control() && c != '\n', "\u{fffd}");
    if bytes.len() > most { format!("{text} … {} bytes in all", bytes.len()) } else { text }
}

/// The identities that coverage promises.
pub fn assert_identities(coverage: &Value) {
    let skipped: i64 =
        coverage["objects_skipped"].as_object().expect("kinds").values().map(|n| n.as_i64().unwrap()).sum();
    let sum = |names: &[&str]| names.iter().map(|name| count(&coverage[name])).sum::<i64>();
    let objects = sum(&["objects_read", "objects_damaged", "objects_failed", "objects_pruned"]) + skipped;
    assert_eq!(
        count(&coverage["objects_found"]),
        objects,
        "objects found are read, damaged, failed, skipped or pruned"
    );
    let times = sum(&["events_in_window", "events_out_of_window", "events_without_time"]);
    assert_eq!(count(&coverage["events"]), times, "events are in the window, out of it or without time");
    let inside = sum(&["events_counted", "events_filtered", "duplicate_events"]);
    assert_eq!(
        count(&coverage["events_in_window"]),
        inside,
        "events in the window are counted, filtered or duplicates"
    );
    let categories: i64 = coverage["categories"].as_object().expect("categories").values().map(count).sum();
    assert_eq!(count(&coverage["events_counted"]), categories, "counted events are of some category");
}

/// Every finding names a rule that its report registers.
fn assert_rules(answer: &Value) {
    let check = |report: &str, findings: &Value| {
        // The list of findings has those of every report; a dry run is no report, and finds nothing.
        let all = || trailscan::report::REPORTS.iter().flat_map(|report| report.rules).copied().collect();
        let known: Vec<trailscan::report::Rule> = match trailscan::report::by_name(report) {
            Some(report) => report.rules.to_vec(),
            None if report == trailscan::report::FINDINGS => all(),
            None if report == trailscan::report::VERIFY.name => trailscan::report::VERIFY.rules.to_vec(),
            None => Vec::new(),
        };
        for finding in findings.as_array().expect("findings") {
            let rule = finding["rule"].as_str().expect("a rule");
            assert!(known.iter().any(|known| known.id == rule), "{report} has no rule {rule}");
        }
    };
    match answer["report"].as_str() {
        Some(report) => check(report, &answer["findings"]),
        None => {
            for (report, part) in answer["reports"].as_object().expect("reports") {
                check(report, &part["findings"]);
            }
        }
    }
}

/// A count.
pub fn count(value: &Value) -> i64 {
    value.as_i64().unwrap_or_else(|| panic!("a count, not {value}"))
}

/// The rows of a report in the answer of an audit, or of that report alone.
pub fn rows<'a>(answer: &'a Value, report: &str) -> &'a [Value] {
    let rows = if answer["report"] == report { &answer["rows"] } else { &answer["reports"][report]["rows"] };
    rows.as_array().unwrap_or_else(|| panic!("rows of {report}"))
}

/// The reports that logs answer: all but those about IAM's state alone.
pub fn of_logs() -> impl Iterator<Item = &'static trailscan::report::Report> {
    trailscan::report::REPORTS.iter().copied().filter(|report| !report.needs_no_logs())
}

/// Those that rollups answer: all but those that look at single events.
pub fn of_rollups() -> impl Iterator<Item = &'static trailscan::report::Report> {
    of_logs().filter(|report| report.needs.iter().all(|kind| trailscan::aggregate::AGGREGATES.contains(kind)))
}

/// The reports that an audit of logs alone runs.
pub fn audited_logs() -> impl Iterator<Item = &'static trailscan::report::Report> {
    of_rollups().filter(|report| report.argument.is_none())
}

/// The formats of this build that every report has: all but the drawing of a tree and timelines of events.
pub fn formats() -> impl Iterator<Item = Format> {
    built().filter(|format| !OF_TREES.contains(format) && !OF_RECORDS.contains(format))
}

/// The formats that a report has in this build.
pub fn formats_of(report: &Report) -> impl Iterator<Item = Format> {
    let form = report.form;
    built().filter(move |format| match (OF_TREES.contains(format), OF_RECORDS.contains(format)) {
        (true, _) => form == Form::Tree,
        (_, true) => form == Form::Records,
        _ => true,
    })
}

const OF_TREES: [Format; 1] = [Format::Dot];
const OF_RECORDS: [Format; 2] = [Format::Timesketch, Format::TimesketchCsv];

fn built() -> impl Iterator<Item = Format> {
    Format::ALL.into_iter().filter(|format| format.as_str().parse::<Format>().is_ok())
}

/// The state of IAM that the project ships.
pub fn sample_state() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/iam")
}

/// The logs that the project ships.
pub fn sample_logs() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sample-logs/AWSLogs")
}

/// The folder of real logs; `None`, said so even though the test passes, where there is none.
pub fn real_logs() -> Option<PathBuf> {
    let folder = std::env::var_os("TRAILSCAN_REAL_LOGS").filter(|folder| !folder.is_empty()).map(PathBuf::from);
    if folder.is_none() {
        loudly("SKIPPED real logs: set TRAILSCAN_REAL_LOGS");
    }
    folder
}

/// Writes a line past what the test runner captures of a test that passes, at once, so that tests do not mix.
pub fn loudly(line: &str) {
    let line = format!("\n{}: {line}\n", std::thread::current().name().unwrap_or_default());
    let _ = std::io::stderr().write_all(line.as_bytes());
}

/// Another build of trailscan than the one beside the tests: the optimised one, for what is measured.
pub fn other_build() -> Option<PathBuf> {
    std::env::var_os("TRAILSCAN_TEST_BIN").filter(|path| !path.is_empty()).map(PathBuf::from)
}

/// As a member of gzip.
pub fn gzip(bytes: impl AsRef<[u8]>) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes.as_ref()).expect("memory");
    encoder.finish().expect("memory")
}

/// Copies a file and lets everybody run it, as [`Place::write_program`] does.
#[cfg(unix)]
pub fn copy_program(from: &Path, to: &Path) {
    let install = Command::new("install").args(["-m", "755"]).args([from, to]).status().expect("install (coreutils)");
    assert!(install.success());
}
