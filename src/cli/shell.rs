//! `trailscan completions SHELL` and `trailscan man DIR`: what is installed beside the binary, made from the command line
//! itself, so that it never says anything else.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::builder::PossibleValuesParser;
use clap::{Arg, ArgAction, Command, value_parser};
use clap_complete::Shell;
use clap_mangen::Man;
use trailscan::model::quantity;
use trailscan::output::{NewFile, OutputError, check_replaced};
use trailscan::report::{FINDINGS, SCORECARD, by_name, finding_columns, scorecard_columns};

use super::exit::{End, Problem};
use super::subcommand::{Invocation, Subcommand};
use super::{catalogue, tell};

/// `completions`.
pub const COMPLETIONS: Subcommand = Subcommand { name: "completions", command: completions, run: complete };

/// `man`.
pub const MAN: Subcommand = Subcommand { name: "man", command: man, run: write_pages };

/// The id of the flag that replaces what is not ours.
const OVERWRITE: &str = "overwrite";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  trailscan completions bash > ~/.local/share/bash-completion/completions/trailscan
  trailscan completions zsh > ~/.zfunc/_trailscan      with ~/.zfunc in fpath, before compinit
  trailscan completions fish > ~/.config/fish/completions/trailscan.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  trailscan man ~/.local/share/man/man1     then: man trailscan-key-spread
  trailscan man pages";

fn completions() -> Command {
    let shell = Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell));
    Command::new(COMPLETIONS.name)
        .about("What a shell needs to complete reports and options, on standard output")
        .arg(shell.help("The shell that reads it"))
        .after_help(COMPLETIONS_EXAMPLES)
}

fn man() -> Command {
    let folder = Arg::new("dir").value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    let overwrite = Arg::new(OVERWRITE).long(OVERWRITE).action(ArgAction::SetTrue);
    Command::new(MAN.name)
        .about("Man pages, one a command")
        .arg(folder.help("The folder that they are written into; it is made where there is none"))
        .arg(overwrite.help("Replace files of these names that are not man pages of trailscan"))
        .after_help(MAN_EXAMPLES)
}

/// Writes the completions of a shell to standard output.
fn complete(asked: &Invocation<'_>) -> Result<End, Problem> {
    let mut script = Vec::new();
    let mut root = asked.root.clone().mut_subcommands(with_words);
    let name = root.get_name().to_owned();
    if let Some(shell) = asked.matches.get_one::<Shell>("shell") {
        clap_complete::generate(*shell, &mut root, name.as_str(), &mut script);
    }
    std::io::stdout().write_all(&script).map_err(OutputError::Stdout)?;
    Ok(End::Complete)
}

/// A command with the words that a shell can offer: the columns of a report, and rules. They are no part of the command line
/// itself, which takes lists of columns and says what was meant by others.
fn with_words(command: Command) -> Command {
    let columns = match (by_name(command.get_name()), command.get_name()) {
        (Some(report), _) => report.columns.to_vec(),
        (None, SCORECARD) => scorecard_columns(),
        (None, FINDINGS) => finding_columns(),
        (None, _) => Vec::new(),
    };
    let columns: Vec<&str> = columns.iter().map(|column| column.name).collect();
    let rules: Vec<&str> = catalogue::all().map(|(_, rule)| rule.id).collect();
    let words = |arg: &Arg| match arg.get_id().as_str() {
        "columns" | "sort" => columns.clone(),
        "rule" => rules.clone(),
        _ => Vec::new(),
    };
    command.mut_args(|arg| match words(&arg) {
        none if none.is_empty() => arg,
        words => arg.value_parser(PossibleValuesParser::new(words)),
    })
}

/// Pages have the long help alone: where there is none, the short one is it.
fn in_full(arg: Arg) -> Arg {
    match (arg.get_long_help(), arg.get_help().cloned()) {
        (None, Some(help)) => arg.long_help(help),
        _ => arg,
    }
}

/// Writes the pages into a folder.
fn write_pages(asked: &Invocation<'_>) -> Result<End, Problem> {
    let folder: &Path = asked.matches.get_one::<PathBuf>("dir").map(PathBuf::as_path).unwrap_or(Path::new("."));
    let failed = |path: &Path, error| Problem::failed(format!("{}: cannot be written: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut root =
        asked.root.clone().disable_help_subcommand(true).mut_subcommands(|command| command.mut_args(in_full));
    root.build();
    let commands: Vec<&Command> = std::iter::once(&root).chain(root.get_subcommands()).collect();
    let mut pages = Vec::new();
    for &command in &commands {
        let man = Man::new(command.clone()).manual("trailscan");
        let path = folder.join(man.get_filename());
        if !asked.matches.get_flag(OVERWRITE) {
            check_replaced(&path, |head, _| head.contains(".TH trailscan"))?;
        }
        let mut page = NewFile::create(&path)?;
        man.render(&mut page).map_err(|error| failed(&path, error))?;
        pages.push(page);
    }
    pages.into_iter().try_for_each(NewFile::commit)?;
    tell::line(format!("{} written to {}", quantity(commands.len() as u64, "man page"), folder.display()));
    Ok(End::Complete)
}
