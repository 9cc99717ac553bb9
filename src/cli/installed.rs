//! `trailscan completions SHELL` and `trailscan man DIR`: what is installed beside the binary, made from the command line
//! itself, so that it never says anything else.

use std::io::Write;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgMatches, Command, value_parser};
use clap_complete::Shell;
use clap_mangen::Man;
use trailscan::model::quantity;
use trailscan::output::OutputError;

use super::exit::Problem;
use super::{args, tell};

const COMPLETIONS: &str = "completions";
const MAN: &str = "man";

const COMPLETIONS_EXAMPLES: &str = "\
Examples:
  trailscan completions bash > ~/.local/share/bash-completion/completions/trailscan
  trailscan completions zsh > ~/.zfunc/_trailscan      with ~/.zfunc in fpath, before compinit
  trailscan completions fish > ~/.config/fish/completions/trailscan.fish";

const MAN_EXAMPLES: &str = "\
Examples:
  trailscan man ~/.local/share/man/man1     then: man trailscan-key-spread
  trailscan man pages";

/// Both commands.
pub fn commands() -> [Command; 2] {
    let shell = Arg::new("shell").value_name("SHELL").required(true).value_parser(value_parser!(Shell));
    let folder = Arg::new("dir").value_name("DIR").required(true).value_parser(value_parser!(PathBuf));
    [
        Command::new(COMPLETIONS)
            .about("What a shell needs to complete reports and options, on standard output")
            .arg(shell.help("The shell that reads it"))
            .after_help(COMPLETIONS_EXAMPLES),
        Command::new(MAN)
            .about("Man pages, one a command")
            .arg(folder.help("The folder that they are written into; it is made where there is none"))
            .after_help(MAN_EXAMPLES),
    ]
}

/// What was typed.
pub enum Typed {
    /// The completions of a shell.
    Completions(Shell),
    /// Pages in a folder.
    Man(PathBuf),
}

/// What was typed, when the command is one of these.
pub fn typed(name: &str, matches: &ArgMatches) -> Option<Typed> {
    match name {
        COMPLETIONS => matches.get_one("shell").copied().map(Typed::Completions),
        MAN => matches.get_one("dir").cloned().map(Typed::Man),
        _ => None,
    }
}

/// Runs the command.
///
/// # Errors
/// When something cannot be written.
pub fn run(typed: Typed) -> Result<(), Problem> {
    match typed {
        Typed::Completions(shell) => {
            let mut script = Vec::new();
            let mut root = args::command();
            let name = root.get_name().to_owned();
            clap_complete::generate(shell, &mut root, name, &mut script);
            std::io::stdout().write_all(&script).map_err(|error| Problem::from(OutputError::Stdout(error)))
        }
        Typed::Man(folder) => write_pages(&folder),
    }
}

/// Pages have the long help alone: where there is none, the short one is it.
fn in_full(arg: Arg) -> Arg {
    match (arg.get_long_help(), arg.get_help().cloned()) {
        (None, Some(help)) => arg.long_help(help),
        _ => arg,
    }
}

fn write_pages(folder: &Path) -> Result<(), Problem> {
    let failed = |path: &Path, error| Problem::failed(format!("{}: cannot be written: {error}", path.display()));
    std::fs::create_dir_all(folder).map_err(|error| failed(folder, error))?;
    let mut root = args::command().disable_help_subcommand(true).mut_subcommands(|command| command.mut_args(in_full));
    root.build();
    let commands: Vec<&Command> = std::iter::once(&root).chain(root.get_subcommands()).collect();
    for &command in &commands {
        let man = Man::new(command.clone()).manual("trailscan");
        let path = folder.join(man.get_filename());
        let mut page = Vec::new();
        man.render(&mut page).and_then(|()| std::fs::write(&path, page)).map_err(|error| failed(&path, error))?;
    }
    tell::line(format!("{} written to {}", quantity(commands.len() as u64, "man page"), folder.display()));
    Ok(())
}
