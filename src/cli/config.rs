//! `trailscan.toml`: what holds when neither the command line nor the environment says otherwise.

use std::collections::BTreeMap;
use std::io::ErrorKind;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, anyhow};
use serde::Deserialize;
use tracing::{debug, info};
use trailscan::input::S3Uri;

use super::rulebook;

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
/// When a file cannot be read, is no TOML, or has a key that nothing reads: it would be ignored silently.
pub fn read(files: &[PathBuf]) -> Result<Config> {
    let mut config = Config::default();
    for file in files {
        let text = match std::fs::read_to_string(file) {
            Ok(text) => text,
            Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::NotADirectory) => {
                debug!(file = %file.display(), "config file is not there");
                continue;
            }
            Err(error) => return Err(error).with_context(|| format!("{}: cannot be read", file.display())),
        };
        let found = parse(&text, file.parent().unwrap_or(Path::new("")))
            .with_context(|| format!("{}: is no config file", file.display()))?;
        info!(file = %file.display(), "config file read");
        config.input = config.input.or(found.input);
        config.threads = config.threads.or(found.threads);
        config.geoip_db = config.geoip_db.or(found.geoip_db);
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
        anyhow!("{place}{}", error.message())
    })?;
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
        rules: rulebook::Written { rules: written.rules, suppress: written.suppress },
    })
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
        assert_eq!(parsed("input = ['/a', '-']").unwrap().input, Some(vec!["/a".into(), "-".into()]));
        assert_eq!(parsed("input = 's3://bucket/a'").unwrap().input, Some(vec!["s3://bucket/a".into()]));
    }

    #[test]
    fn what_is_wrong_is_named() {
        let error = |text: &str| parsed(text).unwrap_err();
        assert!(error("threads = 2\ninputs = 'x'").starts_with("line 2: unknown field `inputs`"));
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
