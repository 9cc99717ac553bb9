//! What this build was made without: it says so, and what to do.

use clap::{Arg, Command};

use super::exit::{End, Problem};
use super::subcommand::{Invocation, Subcommand};

/// `iam-snapshot`, in a build that does not ask IAM.
pub const IAM_SNAPSHOT: Subcommand = Subcommand { name: NAME, command, run };

const NAME: &str = "iam-snapshot";

/// Takes whatever is typed behind it.
fn command() -> Command {
    let any = Arg::new("any").num_args(0..).trailing_var_arg(true).allow_hyphen_values(true).hide(true);
    Command::new(NAME).about("Asks IAM for its state: not in this build").hide(true).arg(any)
}

fn run(_: &Invocation<'_>) -> Result<End, Problem> {
    Err(Problem::usage(
        "iam-snapshot: this build does not ask IAM: install with the feature `iam`, or fetch the files with the AWS CLI \
         (docs/posture.md)",
    ))
}
