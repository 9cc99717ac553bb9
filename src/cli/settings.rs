//! The settings: flags that `trailscan.toml` can stand for. One table: the keys of the file, `trailscan config` and
//! docs/configuration.md follow it. How a value is written is the flag's affair, wherever the value comes from.

use std::error::Error as _;
use std::ffi::{OsStr, OsString};

use clap::error::{ContextKind, ContextValue, ErrorKind};
use clap::{Arg, ArgAction, Command};

/// A flag that something else than the command line can stand for.
#[derive(Clone, Copy, Debug)]
pub struct Setting {
    /// Its key in `trailscan.toml`, which is also the long name of the flag.
    pub key: &'static str,
    /// What holds when nobody says anything; empty where nothing does.
    pub unset: &'static str,
    /// Whether a config file may say it.
    pub in_files: bool,
    /// Whether it names files: those of a config file start at its folder.
    pub is_path: bool,
    /// Variables that other programs know, too. They come before a config file.
    pub shared: &'static [Shared],
    /// Flags beside which a config file says nothing, though both could be typed.
    pub beside: &'static [&'static str],
}

/// A variable of the environment that other programs know, too.
#[derive(Clone, Copy, Debug)]
pub struct Shared {
    /// Its name.
    pub name: &'static str,
    /// What it says of the setting.
    pub says: Says,
}

/// What a variable says of a setting.
#[derive(Clone, Copy, Debug)]
pub enum Says {
    /// Its own text.
    Text,
    /// This, whatever its text.
    Always(&'static str),
    /// That a config file is not to say anything. Its text is not shown.
    Silence,
}

/// The settings, in the order in which they are listed.
pub const SETTINGS: &[Setting] = &[
    Setting {
        is_path: true,
        ..new("input", if cfg!(feature = "s3") { "what the account's trails deliver" } else { "" })
    },
    Setting { is_path: true, ..new("cache", "") },
    Setting { in_files: false, ..new("now", "the clock") },
    new("threads", "one per core"),
    Setting { is_path: true, ..new("geoip-db", "") },
    Setting { is_path: true, ..new("aws-ip-ranges", "") },
    Setting { beside: &["until"], ..new("days", "all; of S3 the last 30") },
    new("format", "by the extension of --output, else table"),
    new("limit", "20 in the tables of an audit, 10000 on a page, else 0"),
    Setting { shared: &[Shared { name: "NO_COLOR", says: Says::Always("never") }], ..new("color", "auto") },
    new("quiet", "false"),
    new("fail-on", ""),
    Setting { is_path: true, ..new("baseline", "") },
    new("fail-on-new", ""),
    new("max-memory", ""),
    Setting { is_path: true, ..new("account-names", "") },
    Setting {
        shared: &[
            Shared { name: "AWS_PROFILE", says: Says::Text },
            Shared { name: "AWS_ACCESS_KEY_ID", says: Says::Silence },
            Shared { name: "AWS_WEB_IDENTITY_TOKEN_FILE", says: Says::Silence },
        ],
        ..new("aws-profile", "")
    },
    Setting {
        shared: &[
            Shared { name: "AWS_REGION", says: Says::Text },
            Shared { name: "AWS_DEFAULT_REGION", says: Says::Text },
        ],
        ..new("aws-region", "")
    },
];

const fn new(key: &'static str, unset: &'static str) -> Setting {
    Setting { key, unset, in_files: true, is_path: false, shared: &[], beside: &[] }
}

impl Setting {
    /// What overrides it on the command line.
    pub fn flag(&self) -> String {
        if self.key == "input" { "INPUT".to_owned() } else { format!("--{}", self.key) }
    }
}

/// The setting of this key, where a config file may say it.
pub fn of_file(key: &str) -> Option<&'static Setting> {
    SETTINGS.iter().find(|setting| setting.in_files && setting.key == key)
}

/// The variable of the environment that stands for a flag: `TRAILSCAN_FAIL_ON`.
pub fn variable(flag: &str) -> String {
    format!("TRAILSCAN_{}", flag.to_ascii_uppercase().replace('-', "_"))
}

/// The variables that stand for a flag: that of its long name, then those of its other names.
pub fn variables(arg: &Arg) -> Vec<String> {
    let others = arg.get_all_aliases().unwrap_or_default();
    arg.get_long().into_iter().chain(others).map(variable).collect()
}

/// The flag of a command with this long name.
pub fn flag<'a>(command: &'a Command, long: &str) -> Option<&'a Arg> {
    command.get_arguments().find(|arg| arg.get_long() == Some(long))
}

/// The words that give a flag these values.
///
/// # Errors
/// What is wrong with one, to be read behind it: `: 0 is not in 1..=36525`, ` is none of info, low`.
pub fn words(command: &Command, arg: &Arg, values: &[OsString]) -> Result<Vec<OsString>, String> {
    let flag = format!("--{}", arg.get_long().unwrap_or_default());
    let mut words = Vec::new();
    for value in values {
        if takes_no_value(arg) {
            words.extend(is_on(value)?.then(|| OsString::from(&flag)));
            continue;
        }
        let mut word = OsString::from(format!("{flag}="));
        word.push(value);
        check(command, &word)?;
        words.push(word);
    }
    Ok(words)
}

/// Whether a flag may be given more than once.
pub fn is_repeated(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

fn takes_no_value(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::SetTrue)
}

fn is_on(value: &OsStr) -> Result<bool, String> {
    match value.to_str() {
        Some("true" | "1") => Ok(true),
        Some("false" | "0") => Ok(false),
        _ => Err(" is neither true nor false".to_owned()),
    }
}

/// What clap says of a value. What else the command line lacks is another question.
fn check(command: &Command, word: &OsStr) -> Result<(), String> {
    let Err(error) = command.clone().try_get_matches_from([OsStr::new("trailscan"), word]) else { return Ok(()) };
    match error.kind() {
        ErrorKind::InvalidValue => match error.get(ContextKind::ValidValue) {
            Some(ContextValue::Strings(valid)) if !valid.is_empty() => Err(format!(" is none of {}", valid.join(", "))),
            _ => Err(" says nothing".to_owned()),
        },
        ErrorKind::InvalidUtf8 => Err(" is not UTF-8".to_owned()),
        ErrorKind::ValueValidation => {
            Err(error.source().map_or_else(|| " cannot be".to_owned(), |why| format!(": {why}")))
        }
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::flags;

    #[test]
    fn every_setting_is_a_flag() {
        let command = flags::command();
        for setting in SETTINGS.iter().filter(|setting| setting.key != "input") {
            let is_of_s3 = setting.key.starts_with("aws-p") || setting.key.starts_with("aws-reg");
            let known = flag(&command, setting.key).is_some();
            assert!(known || is_of_s3 && !cfg!(feature = "s3"), "{}", setting.key);
            let beside = setting.beside.iter().all(|other| flag(&command, other).is_some());
            assert!(beside, "{:?}", setting.beside);
        }
    }

    #[test]
    fn values_are_those_of_the_flags() {
        let command = flags::command();
        let said = |long: &str, value: &str| {
            let words = words(&command, flag(&command, long).expect("a flag"), &[value.into()])?;
            Ok::<_, String>(
                words.into_iter().map(|word| word.into_string().expect("text")).collect::<Vec<_>>().join(" "),
            )
        };
        assert_eq!(said("days", "7").as_deref(), Ok("--days=7"));
        assert_eq!(said("quiet", "true").as_deref(), Ok("--quiet"));
        assert_eq!(said("quiet", "0").as_deref(), Ok(""));
        assert_eq!(said("days", "0").unwrap_err(), ": 0 is not in 1..=36525");
        assert_eq!(said("quiet", "yes").unwrap_err(), " is neither true nor false");
        assert!(said("fail-on", "worst").unwrap_err().starts_with(" is none of info, low, "));
        assert!(said("max-memory", "8x").unwrap_err().starts_with(": "));
    }

    /// The table of the documentation is this one.
    #[test]
    fn the_documentation_lists_them() {
        let code = |text: &str| format!("`{text}`");
        let rows = SETTINGS.iter().map(|setting| {
            let shared = setting.shared.iter().map(|shared| code(shared.name));
            let variables: Vec<String> = [code(&variable(setting.key))].into_iter().chain(shared).collect();
            let key = if setting.in_files { code(setting.key) } else { String::new() };
            let unset = if setting.key == "input" { "what the account's trails deliver" } else { setting.unset };
            format!("| {key} | {} | {} | {unset} |\n", code(&setting.flag()), variables.join(", "))
        });
        let table: String = rows.collect();
        let text = include_str!("../../docs/configuration.md");
        assert!(text.contains(&table), "docs/configuration.md lacks\n{table}");
    }
}
