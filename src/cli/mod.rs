//! The command line: arguments to a [`plan::Plan`], one scan, reports out, an exit code. The only part that prints.

mod addresses;
mod args;
mod config;
mod defaults;
mod deliver;
mod destination;
mod dry_run;
mod effective;
mod exit;
mod explain;
mod export;
mod help;
mod inputs;
mod installed;
mod listing;
mod log;
#[cfg(feature = "s3")]
mod mfa;
mod names;
mod pager;
mod plan;
#[cfg(feature = "s3")]
mod profiles;
mod progress;
mod proof;
mod quantity;
mod repeat;
mod rulebook;
mod run;
#[cfg(feature = "s3")]
mod s3;
mod state;
mod tell;
#[cfg(feature = "s3")]
mod trails;
mod usage;
mod version;
mod window;

pub use run::main;
