//! The command line: arguments to a [`plan::Plan`], one scan, reports out, an exit code. The only part that prints.

mod addresses;
mod args;
mod catalogue;
mod complete;
mod config;
mod deliver;
mod delivery;
mod destination;
mod dry_run;
mod effective;
mod environment;
mod exit;
mod explain;
mod export;
mod flags;
mod help;
mod inputs;
mod installed;
mod interrupt;
mod kept;
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
mod question;
mod reading;
mod repeat;
mod reports;
mod rollup;
mod rulebook;
mod run;
#[cfg(feature = "s3")]
mod s3;
mod scan;
mod settings;
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
