//! Where a scan reads from, when several places could say.

use std::ffi::{OsStr, OsString};

use trailscan::input::Input;

use super::config;

/// The environment variable that names one INPUT: one, since a path may hold any separator.
pub const VARIABLE: &str = "TRAILSCAN_INPUT";

/// The first of: the arguments, the environment variable, the config's `input`. Empty when none says anything.
///
/// # Errors
/// When one names what cannot be read.
pub fn resolve(
    arguments: Vec<OsString>,
    variable: Option<&OsStr>,
    config: Option<&[OsString]>,
) -> Result<Vec<Input>, String> {
    let texts = if !arguments.is_empty() {
        arguments
    } else if let Some(text) = variable {
        vec![text.to_owned()]
    } else {
        config.unwrap_or_default().to_vec()
    };
    let inputs: Vec<Input> =
        texts.into_iter().map(Input::parse).collect::<Result<_, _>>().map_err(|error| error.to_string())?;
    match inputs.iter().filter(|input| **input == Input::Stdin).count() {
        0 | 1 => Ok(inputs),
        _ => Err("- is named twice: standard input can be read once".to_owned()),
    }
}

/// That there is no INPUT, and the three ways to give one.
pub fn nothing_to_read() -> String {
    let files: Vec<_> = config::files().iter().map(|file| file.display().to_string()).collect();
    format!(
        "nothing to read: name files, directories, s3://bucket/prefix or -, or set {VARIABLE}, or set input in a config file ({})",
        files.join(" or ")
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn resolved(arguments: &[&str], variable: Option<&str>, config: Option<&[&str]>) -> Result<Vec<Input>, String> {
        resolve(
            arguments.iter().map(OsString::from).collect(),
            variable.map(OsStr::new),
            config.map(|paths| paths.iter().map(OsString::from).collect::<Vec<_>>()).as_deref(),
        )
    }

    #[test]
    fn arguments_then_environment_then_config() {
        let path = |s: &str| Input::Path(s.into());
        assert_eq!(resolved(&["a", "-"], Some("b"), Some(&["c"])), Ok(vec![path("a"), Input::Stdin]));
        assert_eq!(resolved(&[], Some("b:b"), Some(&["c"])), Ok(vec![path("b:b")]));
        assert_eq!(resolved(&[], None, Some(&["c", "d"])), Ok(vec![path("c"), path("d")]));
        assert_eq!(resolved(&[], Some("-"), None), Ok(vec![Input::Stdin]));
    }

    #[test]
    fn nothing_lists_the_three_ways() {
        for config in [None, Some(&[][..])] {
            assert_eq!(resolved(&[], None, config), Ok(Vec::new()));
        }
        for way in ["name files", "TRAILSCAN_INPUT", "trailscan.toml"] {
            assert!(nothing_to_read().contains(way), "{}", nothing_to_read());
        }
        assert!(resolved(&["-", "-"], None, None).unwrap_err().starts_with("- is named twice"));
        assert!(resolved(&["s3://"], None, None).is_err());
        assert!(resolved(&["a", ""], None, None).is_err());
    }
}
