//! The `trailscan` command; all of it is in `cli`.

use std::process::ExitCode;

use mimalloc::MiMalloc;

mod cli;

/// Reports and their output are millions of small values; the C library's allocator takes a tenth of an `audit`.
#[global_allocator]
static ALLOCATOR: MiMalloc = MiMalloc;

fn main() -> ExitCode {
    cli::main()
}
