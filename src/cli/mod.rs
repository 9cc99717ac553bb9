//! The command line: arguments to a [`plan::Plan`], one scan, reports out, an exit code. The only part that prints.

mod addresses;
mod args;
mod catalogue;
mod config;
mod defaults;
mod deliver;
mod destination;
mod dry_run;
mod effective;
mod exit;
mod explain;
mod export;
mod flags;
mod help;
mod inputs;
mod installed;
mod interrupt;
mod listing;
mod log;
#[cfg(feature = "s3")]
mod mfa;
mod names;
mod notes;
mod pager;
mod plan;
mod process;
#[cfg(feature = "s3")]
mod profiles;
mod progress;
mod proof;
mod quantity;
mod repeat;
mod reports;
mod rulebook;
mod run;
#[cfg(feature = "s3")]
mod s3;
mod scan;
mod state;
mod stop;
mod style;
mod subcommand;
mod surroundings;
mod tell;
#[cfg(feature = "s3")]
mod trails;
mod usage;
mod version;
mod window;

pub use process::main;
