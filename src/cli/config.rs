//! `trailscan.toml`: what holds when neither the command line nor the environment says otherwise.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow, bail};
use serde::de::Error as _;
use serde::{Deserialize, Deserializer};
use tracing::{debug, info};
use trailscan::input::S3Uri;
use trailscan::output::Format;
use trailscan::report::{REPORTS, Severity, by_name};

use super::defaults::{Defaults, OfReport};
use super::style::When;
use super::{pager, quantity, rulebook, tell};

/// The file's name, in the working directory and in the user's config directory.
pub const FILE_NAME: &str = "trailscan.toml";

/// What config files say. Relative paths have been resolved against the folder of the file that names them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Config {
    /// Where to read from when nothing else says.
    pub input: Option<Vec<PathBuf>>,
    /// Threads of a scan.
    pub threads: Option<NonZeroUsize>,
    /// MaxMind files.
    pub geoip_db: Option<Vec<PathBuf>>,
    /// AWS's ip-ranges.json.
    pub aws_ip_ranges: Option<PathBuf>,
    /// What flags mean that were not given.
    pub defaults: Defaults,
    /// What is said of rules and findings.
    pub rules: rulebook::Written,
}

/// A config file, as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
struct Written {
    input: Option<OneOrMore>,
    threads: Option<NonZeroUsize>,
    geoip_db: Option<OneOrMore>,
    aws_ip_ranges: Option<PathBuf>,
    #[serde(default, deserialize_with = "days")]
    days: Option<u32>,
    #[serde(default, deserialize_with = "format")]
    format: Option<Format>,
    limit: Option<u64>,
    color: Option<When>,
    quiet: Option<bool>,
    pager: Option<pager::Setting>,
    #[serde(default, deserialize_with = "severity")]
    fail_on: Option<Severity>,
    #[serde(default, deserialize_with = "bytes")]
    max_memory: Option<u64>,
    account_names: Option<PathBuf>,
    aws_profile: Option<NameOrNames>,
    aws_region: Option<String>,
    #[serde(default)]
    reports: BTreeMap<String, OfReport>,
    #[serde(default)]
    rules: BTreeMap<String, toml::Table>,
    #[serde(default)]
    suppress: Vec<rulebook::Suppress>,
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a path or a list of paths")]
enum OneOrMore {
    One(PathBuf),
    More(Vec<PathBuf>),
}

#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "a name or a list of names")]
enum NameOrNames {
    One(String),
    More(Vec<String>),
}

fn days<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u32>, D::Error> {
    let days = u32::deserialize(from)?;
    let is_sound = (1..=36_525).contains(&days);
    is_sound.then_some(Some(days)).ok_or_else(|| D::Error::custom(format!("{days} days: give 1 to 36525")))
}

fn format<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Format>, D::Error> {
    String::deserialize(from)?.parse().map(Some).map_err(D::Error::custom)
}

fn severity<'de, D: Deserializer<'de>>(from: D) -> Result<Option<Severity>, D::Error> {
    let word = String::deserialize(from)?;
    let found = Severity::ALL.into_iter().find(|severity| severity.as_str() == word);
    let known = || Severity::ALL.map(Severity::as_str).join(", ");
    found.map(Some).ok_or_else(|| D::Error::custom(format!("{word:?} is none of {}", known())))
}

fn bytes<'de, D: Deserializer<'de>>(from: D) -> Result<Option<u64>, D::Error> {
    quantity::bytes(&String::deserialize(from)?).map(Some).map_err(D::Error::custom)
}

/// Where config files are looked for: the working directory, then the user's config directory.
pub fn files() -> Vec<PathBuf> {
    let mut files = vec![PathBuf::from(FILE_NAME)];
    files.extend(user_directory().map(|directory| directory.join("trailscan").join(FILE_NAME)));
    files
}

/// `$XDG_CONFIG_HOME`, else `%APPDATA%` on Windows, else `~/.config`.
fn user_directory() -> Option<PathBuf> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    let home = || variable("HOME").map(|home| home.join(".config"));
    variable("XDG_CONFIG_HOME").or_else(|| if cfg!(windows) { variable("APPDATA") } else { home() })
}

/// Reads the files that exist; a setting of an earlier file wins over a later one's.
///
/// # Errors
/// When a file that is there cannot be read, is no TOML, or has a key that nothing reads: it would be ignored silently.
pub fn read(files: &[PathBuf]) -> Result<Config> {
    let mut config = Config::default();
    for file in files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                debug!(file = %file.display(), "config file is not there");
                continue;
            }
            // Nobody named it, and nothing says that it is there.
            Err(error) if std::fs::symlink_metadata(file).is_err() => {
                let why = trailscan::input::explain_io(&error);
                tell::line(format!("warning: {}: cannot be looked for, so none is taken: {why}", file.display()));
                continue;
            }
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", file.display())),
        };
        let found = parse(&text, file.parent().unwrap_or(Path::new("")))
            .with_context(|| format!("{}: is no config file", file.display()))?;
        info!(file = %file.display(), "config file read");
        for (setting, value) in found.defaults.said() {
            if let Some(value) = value {
                info!(setting, value, "config sets");
            }
        }
        config.input = config.input.or(found.input);
        config.threads = config.threads.or(found.threads);
        config.geoip_db = config.geoip_db.or(found.geoip_db);
        config.aws_ip_ranges = config.aws_ip_ranges.or(found.aws_ip_ranges);
        config.defaults = config.defaults.or(found.defaults);
        for (rule, table) in found.rules.rules {
            config.rules.rules.entry(rule).or_insert(table);
        }
        config.rules.suppress.extend(found.rules.suppress);
    }
    Ok(config)
}

fn parse(text: &str, folder: &Path) -> Result<Config> {
    let written: Written = toml::from_str(text).map_err(|error| {
        let line = error.span().map(|span| text[..span.start].matches('\n').count() + 1);
        let place = line.map(|line| format!("line {line}: ")).unwrap_or_default();
        anyhow!("{place}{}", with_hint(error.message()))
    })?;
    if let Some(name) = written.reports.keys().find(|name| by_name(name).is_none()) {
        let names: Vec<&str> = REPORTS.iter().map(|report| report.name).collect();
        bail!("[reports.{name}]: there is no such report; {}", meant(name, &names));
    }
    let resolved = |paths: OneOrMore| {
        let paths = match paths {
            OneOrMore::One(path) => vec![path],
            OneOrMore::More(paths) => paths,
        };
        let is_elsewhere = |path: &Path| path == Path::new("-") || path.to_str().is_some_and(S3Uri::is_meant);
        paths.into_iter().map(|path| if is_elsewhere(&path) { path } else { folder.join(path) }).collect()
    };
    Ok(Config {
        input: written.input.map(resolved),
        threads: written.threads,
        geoip_db: written.geoip_db.map(resolved),
        aws_ip_ranges: written.aws_ip_ranges.map(|path| folder.join(path)),
        defaults: Defaults {
            days: written.days,
            format: written.format,
            limit: written.limit,
            color: written.color,
            quiet: written.quiet,
            pager: written.pager,
            fail_on: written.fail_on,
            max_memory: written.max_memory,
            account_names: written.account_names.map(|path| folder.join(path)),
            aws_profile: written.aws_profile.map(|names| match names {
                NameOrNames::One(name) => vec![name],
                NameOrNames::More(names) => names,
            }),
            aws_region: written.aws_region,
            reports: written.reports,
        },
        rules: rulebook::Written { rules: written.rules, suppress: written.suppress },
    })
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

    fn parsed(text: &str) -> Result<Config, String> {
        parse(text, Path::new("/etc/x")).map_err(|error| error.to_string())
    }

    #[test]
    fn settings() {
        assert_eq!(parsed(""), Ok(Config::default()));
        let one = parsed("input = 'logs'\nthreads = 4\ngeoip-db = ['/a.mmdb', 'b.mmdb']").unwrap();
        assert_eq!(one.input, Some(vec!["/etc/x/logs".into()]));
        assert_eq!(one.threads, NonZeroUsize::new(4));
        assert_eq!(one.geoip_db, Some(vec!["/a.mmdb".into(), "/etc/x/b.mmdb".into()]));
        assert_eq!(parsed("aws-ip-ranges = 'ranges.json'").unwrap().aws_ip_ranges, Some("/etc/x/ranges.json".into()));
        assert_eq!(parsed("input = ['/a', '-']").unwrap().input, Some(vec!["/a".into(), "-".into()]));
        assert_eq!(parsed("input = 's3://bucket/a'").unwrap().input, Some(vec!["s3://bucket/a".into()]));
    }

    #[test]
    fn settings_that_stand_for_flags() {
        let text = "days = 30\nformat = 'markdown'\nlimit = 5\ncolor = 'never'\nquiet = true\npager = 'less -S'\n\
                    fail-on = 'high'\nmax-memory = '1GiB'\naccount-names = 'names.csv'\naws-profile = 'audit'\n\
                    aws-region = 'eu-west-1'\n[reports.keys]\ncolumns = ['access_key_id']\nsort = '-age_days'\nlimit = 3";
        let defaults = parsed(text).unwrap().defaults;
        let said: Vec<String> = defaults.said().into_iter().filter_map(|(_, text)| text).collect();
        let expected = "30 markdown 5 never true high 1073741824 /etc/x/names.csv audit eu-west-1";
        assert_eq!(said.join(" "), expected);
        assert_eq!(defaults.pager, Some(pager::Setting::Command("less -S".into())));
        let said = defaults.reports["keys"].said().map(|(_, text)| text.unwrap());
        assert_eq!(said, ["access_key_id", "-age_days", "3"]);
        let far = parsed("days = 7\naws-profile = ['a', 'b']\npager = false").unwrap().defaults;
        let both = far.or(defaults);
        assert_eq!((both.days, both.limit), (Some(7), Some(5)));
        assert_eq!(both.aws_profile, Some(vec!["a".into(), "b".into()]));
        assert_eq!(both.pager, Some(pager::Setting::Wanted(false)));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| parsed(text).unwrap_err();
        assert_eq!(error("threads = 2\ninputs = 'x'"), "line 2: unknown field `inputs`; did you mean input?");
        assert!(error("colour = 'auto'").ends_with("did you mean color?"));
        assert!(error("nothing-like-it = 1").contains("; there are input, threads, geoip-db, "));
        assert!(error("[reports.key-spred]").contains("did you mean key-spread?"));
        assert!(error("[reports.keys]\ncolumn = ['a']").ends_with("unknown field `column`; did you mean columns?"));
        assert!(error("days = 0").starts_with("line 1: 0 days: give 1 to 36525"), "{}", error("days = 0"));
        assert!(error("format = 'xml'").contains("no format is called \"xml\""));
        assert!(error("fail-on = 'worst'").contains("\"worst\" is none of info, low"));
        assert!(error("max-memory = '8x'").starts_with("line 1: "));
        assert!(error("pager = 3").contains("true, false or a command"));
        assert!(error("color = 'blue'").contains("unknown variant `blue`"));
        assert!(error("input = 3").contains("a path or a list of paths"), "{}", error("input = 3"));
        assert!(error("threads = 0").starts_with("line 1: "));
        assert!(error("input = ").starts_with("line 1: "));
    }

    #[test]
    fn the_nearer_file_wins_setting_by_setting() {
        let root = tempfile::tempdir().unwrap();
        let (near, far) = (root.path().join("near.toml"), root.path().join("far.toml"));
        std::fs::write(&near, "threads = 1").unwrap();
        std::fs::write(&far, "threads = 2\ninput = '/logs'").unwrap();
        let missing = root.path().join("no/such.toml");
        let config = read(&[missing.clone(), near.clone(), far]).unwrap();
        assert_eq!((config.threads, config.input), (NonZeroUsize::new(1), Some(vec!["/logs".into()])));
        assert_eq!(read(&[missing]).unwrap(), Config::default());
        std::fs::write(&near, "nope = 1").unwrap();
        let error = format!("{:#}", read(&[near]).unwrap_err());
        assert!(error.contains("near.toml: is no config file: line 1: unknown field `nope`"), "{error}");
    }
}
