//! `trailscan.toml`: what holds when neither the command line nor the environment says otherwise.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::io::ErrorKind;
use std::path::{Path, PathBuf};

use clap::Command;
use serde::Deserialize;
use toml::Spanned;
use tracing::{debug, info};
use trailscan::input::S3Uri;
use trailscan::report::{REPORTS, by_name};

use super::settings::{self, SETTINGS, Setting};
use super::{flags, pager, rulebook, tell};

/// The environment variable that names the config file in place of those that are looked for.
pub const VARIABLE: &str = "TRAILSCAN_CONFIG";

/// The file's name, in the working directory and in the user's config directory.
pub const FILE_NAME: &str = "trailscan.toml";

/// Why a config file is not taken, in one line that names it.
#[derive(Debug, thiserror::Error)]
#[error("{}: {why}", file.display())]
pub struct ConfigError {
    file: PathBuf,
    why: String,
}

/// What config files say, the nearest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config(Vec<File>);

/// What a config file says. Relative paths have been resolved against its folder.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct File {
    /// Where it lies.
    pub path: PathBuf,
    /// The settings by their keys, as the flags take them.
    settings: BTreeMap<&'static str, Vec<OsString>>,
    /// The pager, or none.
    pub pager: Option<pager::Setting>,
    /// How reports are shown to people, by their names.
    pub reports: BTreeMap<String, OfReport>,
    /// What is said of rules and findings.
    pub rules: rulebook::Written,
}

/// How one report is shown to people.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct OfReport {
    /// `--columns`.
    pub columns: Option<Vec<String>>,
    /// `--sort`.
    pub sort: Option<String>,
    /// `--limit`.
    pub limit: Option<u64>,
}

/// The keys of a config file that stand for no flag.
const TABLES: [&str; 4] = ["pager", "reports", "rules", "suppress"];

/// Their values, as they are written.
#[derive(Debug, Deserialize)]
struct Tables {
    pager: Option<pager::Setting>,
    #[serde(default)]
    reports: BTreeMap<String, OfReport>,
    #[serde(default)]
    rules: BTreeMap<String, toml::Table>,
    #[serde(default)]
    suppress: Vec<rulebook::Suppress>,
}

impl Config {
    /// The files that were read, the nearest first.
    pub fn files(&self) -> &[File] {
        &self.0
    }

    /// What the nearest file says that says anything of a setting.
    pub fn said(&self, key: &str) -> Option<(&[OsString], &Path)> {
        self.0.iter().find_map(|file| Some((file.settings.get(key)?.as_slice(), file.path.as_path())))
    }

    /// The pager, and the file that names it.
    pub fn pager(&self) -> Option<(&pager::Setting, &Path)> {
        self.0.iter().find_map(|file| Some((file.pager.as_ref()?, file.path.as_path())))
    }

    /// How a report is shown, as the nearest file says that speaks of it.
    pub fn of_report(&self, name: &str) -> Option<&OfReport> {
        self.0.iter().find_map(|file| file.reports.get(name))
    }

    /// What is said of rules: of each what the nearest file says, and all suppressions.
    pub fn rules(&self) -> rulebook::Written {
        let mut all = rulebook::Written::default();
        for file in &self.0 {
            for (rule, table) in &file.rules.rules {
                all.rules.entry(rule.clone()).or_insert_with(|| table.clone());
            }
            all.suppress.extend(file.rules.suppress.iter().cloned());
        }
        all
    }
}

impl OfReport {
    /// Each setting by its name, with what it says.
    pub fn said(&self) -> [(&'static str, Option<String>); 3] {
        [
            ("columns", self.columns.as_ref().map(|columns| columns.join(", "))),
            ("sort", self.sort.clone()),
            ("limit", self.limit.map(|limit| limit.to_string())),
        ]
    }
}

/// Values of a setting, for eyes.
pub fn shown(values: &[OsString]) -> String {
    values.iter().map(|value| value.to_string_lossy()).collect::<Vec<_>>().join(", ")
}

/// Where config files are looked for: the working directory, then the user's config directory.
pub fn files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from(FILE_NAME)];
    files.extend(user_directory().map(|directory| directory.join("trailscan").join(FILE_NAME)));
    files
}

/// The same, but for the file of a working directory that lies in what is read: that is data as all there, and whoever
/// wrote it is not to say what is found.
pub fn files_outside(inputs: &[&OsStr]) -> Vec<PathBuf> {
    let mut files = files();
    let here = std::env::current_dir().and_then(std::fs::canonicalize).ok();
    let holds_here = |input: &&&OsStr| {
        let input = std::fs::canonicalize(input).ok();
        here.as_ref().zip(input).is_some_and(|(here, input)| here.starts_with(input))
    };
    if let Some(input) = inputs.iter().find(holds_here) {
        let (here, input) = (files.remove(0), input.display());
        if here.exists() {
            let here = here.display();
            tell::line(format!("{here}: lies in the INPUT {input}, so it is not read: --config {here} reads it"));
        }
    }
    files
}

/// `$XDG_CONFIG_HOME`, else `%APPDATA%` on Windows, else `~/.config`.
fn user_directory() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || variable("HOME").map(|home| home.join(".config"));
    variable("XDG_CONFIG_HOME").or_else(|| if cfg!(windows) { variable("APPDATA") } else { home() })
}

/// Reads the files that exist, the nearest first.
///
/// # Errors
/// When a file that is there cannot be read, is no TOML, or has a key that nothing reads: it would be ignored silently.
pub fn read(files: &[PathBuf]) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    for file in files {
        match std::fs::read_to_string(file) {
            Ok(text) => config.0.push(read_text(&text, file)?),
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                debug!(file = %file.display(), "config file is not there");
            }
            // Nobody named it, and nothing says that it is there.
            Err(error) if std::fs::symlink_metadata(file).is_err() => {
                let why = trailscan::input::explain_io(&error);
                tell::line(format!("warning: {}: cannot be looked for, so none is taken: {why}", file.display()));
            }
            Err(error) => return Err(ConfigError { file: file.clone(), why: format!("cannot be read: {error}") }),
        }
    }
    Ok(config)
}

/// Reads a file that was named, and no other.
///
/// # Errors
/// As [`read`], and when it is not there.
pub fn read_named(file: &Path) -> Result<Config, ConfigError> {
    let wrong = |error| ConfigError { file: file.to_owned(), why: trailscan::input::explain_io(&error) };
    let text = std::fs::read_to_string(file).map_err(wrong)?;
    Ok(Config(vec![read_text(&text, file)?]))
}

fn read_text(text: &str, file: &Path) -> Result<File, ConfigError> {
    let wrong = |why| ConfigError { file: file.to_owned(), why };
    let found = parse(text, file).map_err(wrong)?;
    info!(file = %file.display(), "config file read");
    for (setting, values) in &found.settings {
        info!(setting, value = shown(values), "config sets");
    }
    Ok(found)
}

/// # Errors
/// What is wrong, and in which line.
fn parse(text: &str, file: &Path) -> Result<File, String> {
    let at = |start: usize| format!("line {}: ", text[..start].matches('\n').count() + 1);
    let wrong = |error: toml::de::Error| {
        let place = error.span().map(|span| at(span.start)).unwrap_or_default();
        format!("{place}{}", with_hint(error.message()))
    };
    let written: BTreeMap<Spanned<String>, Spanned<toml::Value>> = toml::from_str(text).map_err(wrong)?;
    let folder = file.parent().unwrap_or(Path::new(""));
    let command = flags::command();
    let mut settings = BTreeMap::new();
    for (key, value) in written.into_iter().filter(|(key, _)| !TABLES.contains(&key.get_ref().as_str())) {
        let name = key.get_ref().as_str();
        let Some(setting) = settings::of_file(name) else {
            let known: Vec<&str> = SETTINGS.iter().filter(|s| s.in_files).map(|s| s.key).chain(TABLES).collect();
            return Err(format!("{}unknown field `{name}`; {}", at(key.span().start), meant(name, &known)));
        };
        let values = values(setting, value.get_ref(), &command);
        let values = values
            .map_err(|why| format!("{}{name} = {}{why}", at(value.span().start), rulebook::shown(value.get_ref())))?;
        let values =
            if setting.is_path { values.into_iter().map(|path| resolved(path, folder)).collect() } else { values };
        settings.insert(setting.key, values);
    }
    let Tables { pager, reports, rules, suppress } = toml::from_str(text).map_err(wrong)?;
    if let Some(name) = reports.keys().find(|name| by_name(name).is_none()) {
        let names: Vec<&str> = REPORTS.iter().map(|report| report.name).collect();
        return Err(format!("[reports.{name}]: there is no such report; {}", meant(name, &names)));
    }
    Ok(File { path: file.to_owned(), settings, pager, reports, rules: rulebook::Written { rules, suppress } })
}

/// A value of a config file as the flag takes it, or why it cannot be, to be read behind it.
fn values(setting: &Setting, value: &toml::Value, command: &Command) -> Result<Vec<OsString>, String> {
    let (values, is_list) = match value {
        toml::Value::Array(values) => (values.as_slice(), true),
        value => (std::slice::from_ref(value), false),
    };
    let flag = settings::flag(command, setting.key);
    let may_repeat = flag.is_none_or(settings::is_repeated);
    let text = |value: &toml::Value| match value {
        toml::Value::String(text) => Some(OsString::from(text)),
        toml::Value::Integer(number) if !setting.is_path => Some(OsString::from(number.to_string())),
        toml::Value::Boolean(is) if !setting.is_path => Some(OsString::from(is.to_string())),
        _ => None,
    };
    let texts = values.iter().map(text).collect::<Option<Vec<_>>>().filter(|_| may_repeat || !is_list);
    let one = if setting.is_path { "a path" } else { "one value" };
    let wanted = if may_repeat { format!(" is not {one} or a list of them") } else { format!(" is not {one}") };
    let texts = texts.ok_or(wanted)?;
    flag.map_or(Ok(()), |flag| settings::words(command, flag, &texts).map(drop))?;
    Ok(texts)
}

/// A path of a config file, which starts at its folder; not so what lies in S3, and standard input.
fn resolved(path: OsString, folder: &Path) -> OsString {
    let is_elsewhere = path == "-" || path.to_str().is_some_and(S3Uri::is_meant);
    if is_elsewhere { path } else { folder.join(path).into_os_string() }
}

/// A message of the parser; for a key that there is not, with the one that was meant in place of all that there are.
fn with_hint(message: &str) -> String {
    let parts = message.split_once(", expected ").filter(|(what, _)| what.starts_with("unknown field `"));
    let Some((what, expected)) = parts else { return message.to_owned() };
    let known: Vec<&str> = expected.split('`').skip(1).step_by(2).collect();
    format!("{what}; {}", meant(what.split('`').nth(1).unwrap_or_default(), &known))
}

/// What was meant by a name that there is not, else what there is.
fn meant(name: &str, known: &[&str]) -> String {
    let far = |known: &str| strsim::osa_distance(name, known);
    match known.iter().min_by_key(|known| far(known)) {
        Some(near) if far(near) <= name.len().max(3) / 3 => format!("did you mean {near}?"),
        _ => format!("there are {}", known.join(", ")),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<File, String> {
        parse(text, Path::new("/etc/x/trailscan.toml"))
    }

    fn said(file: &File, key: &str) -> String {
        file.settings.get(key).map(|values| shown(values)).unwrap_or_default()
    }

    #[test]
    fn paths_start_at_the_file() {
        assert_eq!(parsed("").unwrap().settings, BTreeMap::new());
        let file = parsed("input = 'logs'\nthreads = 4\ngeoip-db = ['/a.mmdb', 'b.mmdb']").unwrap();
        assert_eq!(said(&file, "input"), "/etc/x/logs");
        assert_eq!(said(&file, "threads"), "4");
        assert_eq!(said(&file, "geoip-db"), "/a.mmdb, /etc/x/b.mmdb");
        assert_eq!(said(&parsed("aws-ip-ranges = 'ranges.json'").unwrap(), "aws-ip-ranges"), "/etc/x/ranges.json");
        assert_eq!(said(&parsed("input = ['/a', '-']").unwrap(), "input"), "/a, -");
        assert_eq!(said(&parsed("input = 's3://bucket/a'").unwrap(), "input"), "s3://bucket/a");
    }

    #[test]
    fn every_key() {
        let text = "days = 30\nformat = 'markdown'\nlimit = 5\ncolor = 'never'\nquiet = true\npager = 'less -S'\n\
                    fail-on = 'high'\nmax-memory = '1GiB'\naccount-names = 'names.csv'\naws-profile = 'audit'\n\
                    aws-region = 'eu-west-1'\n[reports.keys]\ncolumns = ['access_key_id']\nsort = '-age_days'\nlimit = 3";
        let far = parsed(text).unwrap();
        let keys = [
            "days",
            "format",
            "limit",
            "color",
            "quiet",
            "fail-on",
            "max-memory",
            "account-names",
            "aws-profile",
            "aws-region",
        ];
        let all: Vec<String> = keys.iter().map(|key| said(&far, key)).collect();
        assert_eq!(all.join(" "), "30 markdown 5 never true high 1GiB /etc/x/names.csv audit eu-west-1");
        assert_eq!(far.pager, Some(pager::Setting::Command("less -S".into())));
        assert_eq!(far.reports["keys"].said().map(|(_, text)| text.unwrap()), ["access_key_id", "-age_days", "3"]);
        let near = parsed("days = 7\naws-profile = ['a', 'b']\npager = false").unwrap();
        let both = Config(vec![near, far]);
        let said = |key: &str| both.said(key).map(|(values, _)| shown(values)).unwrap();
        assert_eq!([said("days"), said("limit"), said("aws-profile")], ["7", "5", "a, b"]);
        assert_eq!(both.pager().unwrap().0, &pager::Setting::Wanted(false));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| parsed(text).unwrap_err();
        assert_eq!(error("threads = 2\ninputs = 'x'"), "line 2: unknown field `inputs`; did you mean input?");
        assert!(error("colour = 'auto'").ends_with("did you mean color?"));
        assert!(error("nothing-like-it = 1").contains("; there are input, cache, threads, geoip-db, "));
        assert!(error("[reports.key-spred]").contains("did you mean key-spread?"));
        assert!(error("[reports.keys]\ncolumn = ['a']").ends_with("unknown field `column`; did you mean columns?"));
        assert_eq!(error("days = 0"), "line 1: days = 0: 0 is not in 1..=36525");
        assert!(error("\nformat = 'xml'").starts_with("line 2: format = \"xml\" is none of table, "));
        assert!(error("fail-on = 'worst'").contains("\"worst\" is none of info, low"));
        assert!(error("max-memory = '8x'").starts_with("line 1: max-memory = \"8x\": "));
        assert!(error("pager = 3").contains("true, false or a command"));
        assert!(error("color = 'blue'").ends_with("\"blue\" is none of auto, always, never"));
        assert_eq!(error("input = 3"), "line 1: input = 3 is not a path or a list of them");
        assert!(error("days = [1, 2]").ends_with(" is not one value"));
        assert!(error("quiet = 'x'").ends_with("\"x\" is neither true nor false"));
        assert!(error("threads = 0").starts_with("line 1: "));
        assert!(error("input = ").starts_with("line 1: "));
        assert!(error("now = '2026-01-01'").contains("unknown field `now`"));
    }

    #[test]
    fn the_nearer_file_wins_setting_by_setting() {
        let root = tempfile::tempdir().unwrap();
        let (near, far) = (root.path().join("near.toml"), root.path().join("far.toml"));
        std::fs::write(&near, "threads = 1").unwrap();
        std::fs::write(&far, "threads = 2\ninput = '/logs'").unwrap();
        let missing = root.path().join("no/such.toml");
        let config = read(&[missing.clone(), near.clone(), far.clone()]).unwrap();
        assert_eq!(config.said("threads"), Some((&["1".into()][..], near.as_path())));
        assert_eq!(config.said("input"), Some((&["/logs".into()][..], far.as_path())));
        assert_eq!(read(&[missing]).unwrap(), Config::default());
        std::fs::write(&near, "nope = 1").unwrap();
        let error = read(&[near]).unwrap_err().to_string();
        assert!(error.contains("near.toml: line 1: unknown field `nope`"), "{error}");
    }
}
