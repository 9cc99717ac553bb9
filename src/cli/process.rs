//! The process: what was typed is looked up among the subcommands, run, and ends with a code.

use std::ffi::OsString;
use std::process::ExitCode;
use std::sync::atomic::Ordering;

use clap::{ArgMatches, Command};
use tracing::debug;
use trailscan::input;

use super::environment::Environment;
use super::exit::{End, Problem};
use super::stop::LEAVING;
use super::subcommand::Invocation;
use super::{args, help, log, tell, usage};

/// Runs the command that the process was started with.
pub fn main() -> ExitCode {
    // Whatever dies is a failure with a name, told where it is caught; where it died stands in the log.
    std::panic::set_hook(Box::new(|panic| {
        let at = panic.location().map(ToString::to_string).unwrap_or_default();
        debug!(at, "died");
    }));
    let words: Vec<OsString> = std::env::args_os().collect();
    #[cfg(feature = "s3")]
    let words = super::s3::bind_requester(words);
    let root = args::root();
    let matches = match root.clone().try_get_matches_from(&words) {
        Ok(matches) => matches,
        Err(error) => {
            match usage::line(&error, &root, words.get(1)) {
                Some(line) => tell::line(line),
                // A reader of the help that went away is no failure.
                None => drop(error.print()),
            }
            return ExitCode::from(u8::try_from(error.exit_code()).unwrap_or(2));
        }
    };
    let variable = std::env::var_os(log::VARIABLE).map(|text| text.to_string_lossy().into_owned());
    let ended = log::start(args::verbosity(&matches), variable.as_deref()).map_err(Problem::Usage);
    let ended = ended.and_then(|()| or_died(|| run(&root, &words, &matches)));
    while LEAVING.swap(true, Ordering::Relaxed) {
        // Whoever set it first ends the process; what failed meanwhile failed for that.
        std::thread::park();
    }
    match ended {
        Ok(end) => end.into(),
        Err(problem) => {
            if !matches!(problem, Problem::ReaderGone) {
                tell::line(problem.to_string());
            }
            ExitCode::from(&problem)
        }
    }
}

/// Runs the subcommand that was typed: one is required, so there is one.
fn run(root: &Command, words: &[OsString], matches: &ArgMatches) -> Result<End, Problem> {
    for name in Environment::of_process().unknown(root) {
        tell::line(format!("warning: {name}: no flag has that name, so it says nothing"));
    }
    let (name, matches) = matches.subcommand().unwrap_or((help::AUDIT, matches));
    args::runner(name)(&Invocation { name, words, matches, root })
}

/// How a run ends; should it die, that is a problem like others.
fn or_died(run: impl FnOnce() -> Result<End, Problem>) -> Result<End, Problem> {
    input::caught(run).unwrap_or_else(|why| Err(Problem::failed(why)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_run_that_dies_has_failed_and_says_so() {
        let died = or_died(|| panic!("index out of bounds"));
        let Err(Problem::Failed(why)) = died else { panic!("{died:?}") };
        assert!(why.starts_with("died of a fault in trailscan") && why.ends_with("(index out of bounds)"), "{why}");
        assert!(matches!(or_died(|| Ok(End::Partial)), Ok(End::Partial)));
    }
}
