//! Wrong usage as one line in the house's form: what is wrong, what was meant, where to read on. Help and version are
//! printed as clap has them.

use std::ffi::OsString;

use clap::Command;
use clap::error::ErrorKind;

/// What begins the hint of clap's that names what was meant.
const TIP: &str = "tip: ";

/// The line for an error; `None` for what is no error of the user's, and for a bare `trailscan`, which shows its help.
/// `typed` is the first argument.
pub fn line(error: &clap::Error, root: &Command, typed: Option<&OsString>) -> Option<String> {
    let is_help = error.kind() == ErrorKind::DisplayHelpOnMissingArgumentOrSubcommand;
    (error.use_stderr() && !is_help).then(|| of_text(&error.render().to_string(), &subcommand(root, typed)))
}

/// Clap's paragraphs as one line: `error: WHAT`, values or tips below it, the usage, and where to read on.
fn of_text(text: &str, subcommand: &str) -> String {
    let said = text.split("\nUsage: ").next().unwrap_or(text);
    let is_said = |line: &&str| !line.is_empty() && !line.starts_with("For more information");
    let mut what = String::new();
    let mut tips: Vec<String> = Vec::new();
    for line in said.lines().map(str::trim).filter(is_said) {
        match line.strip_prefix(TIP) {
            // How to name a file that looks like an option is never what was meant.
            Some(tip) if tip.starts_with("to pass ") => {}
            Some(tip) => tips.push(tip.replace('\'', "`")),
            None if what.is_empty() => line.strip_prefix("error: ").unwrap_or(line).clone_into(&mut what),
            None => what.extend([" ", line]),
        }
    }
    let next = match tips.is_empty() {
        true => format!("`trailscan{subcommand} --help` shows what there is"),
        false => tips.join("; "),
    };
    format!("{what}; {next}")
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
