//! The `trailscan` command; all of it is in `cli`.

#![deny(missing_docs, unsafe_code)]

use std::process::ExitCode;

mod cli;

fn main() -> ExitCode {
    cli::main()
}
