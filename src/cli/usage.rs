//! Wrong usage as one line in the house's form: what is wrong, what was meant, where to read on. Help and version are
//! printed as clap has them.

use std::error::Error as _;
use std::ffi::OsString;

use clap::Command;
use clap::error::{ContextKind, ContextValue, ErrorKind};

/// What clap says was meant: a kind of suggestion, and what it suggests.
const MEANT: [(ContextKind, &str); 3] = [
    (ContextKind::SuggestedSubcommand, "subcommand"),
    (ContextKind::SuggestedArg, "argument"),
    (ContextKind::SuggestedValue, "value"),
];

/// The line for an error; `None` for what is no error of the user's, and for a bare `trailscan`, which shows its help.
/// `typed` is the first argument.
pub fn line(error: &clap::Error, root: &Command, typed: Option<&OsString>) -> Option<String> {
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    if !error.use_stderr() || is_help {
        return None;
    }
    if let Some(path) = no_report(error) {
        return Some(format!("{path} is not a report: name one first, as in trailscan audit {path}"));
    }
    if let Some(flag) = of_other_reports(error, root, typed) {
        return Some(flag);
    }
    let meant = meant(error);
    let next = match meant.is_empty() {
        true => format!("`trailscan{} --help` shows what there is", subcommand(root, typed)),
        false => meant.join("; "),
    };
    Some(format!("{}; {next}", what(error)))
}

/// What was to be read, where no report was named before it.
fn no_report(error: &clap::Error) -> Option<String> {
    let word = error.get(ContextKind::InvalidSubcommand).map(words)?;
    let is_input = word.contains(std::path::is_separator) || std::path::Path::new(&word).exists();
    is_input.then_some(word)
}

/// What is said of a flag that other subcommands have, where it was meant more likely than what clap guesses.
fn of_other_reports(error: &clap::Error, root: &Command, typed: Option<&OsString>) -> Option<String> {
    let typed = root.find_subcommand(typed?)?;
    let argument =
        error.get(ContextKind::InvalidArg).map(words).filter(|_| error.kind() == ErrorKind::UnknownArgument)?;
    let name = argument.strip_prefix("--")?.split('=').next().unwrap_or_default();
    let far = |long: &str| strsim::osa_distance(long, name);
    let longs = |command: &Command| -> Vec<String> {
        command.get_arguments().filter_map(|arg| Some(arg.get_long()?.to_owned())).collect()
    };
    let own = longs(typed).iter().map(|long| far(long)).min().unwrap_or(usize::MAX);
    let others = root.get_subcommands().filter(|command| command.get_name() != typed.get_name());
    let others =
        others.flat_map(|command| longs(command).into_iter().map(move |long| (long, command.get_name().to_owned())));
    let (distance, long, command) = others.map(|(long, command)| (far(&long), long, command)).min()?;
    let is_meant = distance <= name.len() / 4 && distance < own;
    let (name, argument) = (typed.get_name(), argument.split('=').next().unwrap_or_default().to_owned());
    is_meant.then(|| {
        format!("{name} has no {argument}; --{long} is a flag of others, such as trailscan {command} --{long}")
    })
}

/// What is wrong.
fn what(error: &clap::Error) -> String {
    let said = |kind| error.get(kind).map(words).unwrap_or_default();
    let (argument, value) = (said(ContextKind::InvalidArg), said(ContextKind::InvalidValue));
    match error.kind() {
        ErrorKind::UnknownArgument => format!("unexpected argument '{argument}' found"),
        ErrorKind::InvalidSubcommand => {
            format!("unrecognized subcommand '{}'", said(ContextKind::InvalidSubcommand))
        }
        ErrorKind::MissingRequiredArgument => format!("the following required arguments were not provided: {argument}"),
        ErrorKind::ArgumentConflict => conflict(error, &argument),
        ErrorKind::InvalidValue if value.is_empty() => {
            format!("a value is required for '{argument}' but none was supplied{}", possible(error))
        }
        ErrorKind::InvalidValue => format!("invalid value '{value}' for '{argument}'{}", possible(error)),
        ErrorKind::ValueValidation => {
            let why = error.source().map(|why| format!(": {why}")).unwrap_or_default();
            let why: Vec<&str> = why.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
            // What Rust says of a number means nothing to others.
            let why = why.join(" ").replace("invalid digit found in string", "give a whole number, in digits");
            format!("invalid value '{value}' for '{argument}'{why}")
        }
        ErrorKind::TooManyValues => {
            format!("unexpected value '{value}' for '{argument}' found; no more were expected")
        }
        other => match argument.is_empty() {
            true => other.to_string(),
            false => format!("{other}: '{argument}'"),
        },
    }
}

fn conflict(error: &clap::Error, argument: &str) -> String {
    match error.get(ContextKind::PriorArg) {
        Some(ContextValue::String(prior)) if prior == argument => {
            format!("the argument '{argument}' cannot be used multiple times")
        }
        Some(ContextValue::String(prior)) => format!("the argument '{argument}' cannot be used with '{prior}'"),
        Some(several) => format!("the argument '{argument}' cannot be used with: {}", words(several)),
        None => format!("the argument '{argument}' cannot be used with one or more of the other specified arguments"),
    }
}

/// ` [possible values: table, json]`; nothing where any value would do.
fn possible(error: &clap::Error) -> String {
    match error.get(ContextKind::ValidValue) {
        Some(ContextValue::Strings(values)) if !values.is_empty() => {
            format!(" [possible values: {}]", values.join(", "))
        }
        _ => String::new(),
    }
}

/// What was meant, as far as clap can guess.
fn meant(error: &clap::Error) -> Vec<String> {
    let alike = MEANT.iter().filter_map(|&(kind, what)| match error.get(kind)? {
        ContextValue::String(one) => Some(format!("a similar {what} exists: `{one}`")),
        ContextValue::Strings(all) if all.len() == 1 => Some(format!("a similar {what} exists: `{}`", all[0])),
        ContextValue::Strings(all) => {
            let all: Vec<String> = all.iter().map(|one| format!("`{one}`")).collect();
            Some(format!("some similar {what}s exist: {}", all.join(", ")))
        }
        _ => None,
    });
    let more = match error.get(ContextKind::Suggested) {
        Some(ContextValue::StyledStrs(tips)) => tips.iter().map(|tip| tip.to_string().replace('\'', "`")).collect(),
        _ => Vec::new(),
    };
    // How to name a file that looks like an option is never what was meant.
    alike.chain(more.into_iter().filter(|tip| !tip.starts_with("to pass "))).collect()
}

/// What clap has to say of something, in one line.
fn words(value: &ContextValue) -> String {
    match value {
        ContextValue::Strings(several) => several.join(" "),
        one => one.to_string(),
    }
}

/// The subcommand that was typed, after a blank; nothing when there is no such.
fn subcommand(root: &Command, typed: Option<&OsString>) -> String {
    let known = typed.and_then(|word| root.find_subcommand(word));
    known.map(|command| format!(" {}", command.get_name())).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::args;

    fn told(line: &str) -> Option<String> {
        let words = std::iter::once("trailscan").chain(line.split_whitespace()).map(OsString::from);
        let (root, words) = (args::root(), words.collect::<Vec<_>>());
        super::line(&root.clone().try_get_matches_from(&words).err()?, &root, words.get(1))
    }

    #[test]
    fn what_is_wrong_and_what_was_meant_in_one_line() {
        for (typed, what, next) in [
            ("root-usag", "unrecognized subcommand 'root-usag'; ", "`root-usage`"),
            ("key-spread --min-addreses 2", "unexpected argument '--min-addreses' found; ", "`--min-addresses`"),
            (
                "key-spread --format jsn",
                "invalid value 'jsn' for '--format <FORMAT>' [possible values: table, ",
                "`json`",
            ),
            (
                "key-spread --days thirty",
                "invalid value 'thirty' for '--days <N>': give a whole number, in digits",
                "--help",
            ),
            ("key-spread --days -5", "invalid value '-5' for '--days <N>': ", "`trailscan key-spread --help`"),
            (
                "key-spread --limit all",
                "invalid value 'all' for '--limit <N>': give a whole number, in digits",
                "--help",
            ),
            ("audit --colums x", "audit has no --colums; --columns is a flag of others", "trailscan "),
            ("audit --columns x", "audit has no --columns; --columns is a flag of others", "trailscan "),
            ("audit --dyas 3", "unexpected argument '--dyas' found; ", "`--days`"),
            ("no/such/AWSLogs", "no/such/AWSLogs is not a report: name one first", "trailscan audit no/such/AWSLogs"),
            ("key-spread --days 0", "invalid value '0' for '--days <N>': ", "`trailscan key-spread --help`"),
            ("audit --days 1 --since 7d", "the argument '--days <N>' cannot be used with", "`trailscan audit --help`"),
            ("explain", "the following required arguments were not provided: <RULE>", "`trailscan explain --help`"),
        ] {
            let told = told(typed).expect("an error");
            assert!(told.starts_with(what) && told.contains(next) && !told.contains('\n'), "{typed}: {told}");
        }
    }

    #[test]
    fn help_and_version_are_no_errors() {
        for typed in ["", "--help", "-h", "--version", "-V", "audit --help"] {
            assert_eq!(told(typed), None, "{typed}");
        }
    }
}
