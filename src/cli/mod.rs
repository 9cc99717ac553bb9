//! The command line: arguments to a [`plan::Plan`], one scan, reports out, an exit code. The only part that prints.

mod account_ids;
mod account_names;
mod addresses;
mod args;
mod baseline;
mod below;
mod cache_place;
mod cached;
mod catalogue;
mod complete;
mod config;
mod config_command;
mod coverage;
mod deliver;
mod delivery;
mod destination;
mod dry_run;
mod empty_answer;
mod environment;
mod exit;
mod export;
mod export_events;
mod fetched;
mod filters;
mod flags;
mod help;
#[cfg(feature = "iam")]
mod iam_snapshot;
mod iam_state;
mod inputs;
mod interrupt;
mod kept;
#[cfg(feature = "iam")]
mod live;
mod log;
#[cfg(feature = "s3")]
mod mfa;
mod narrow;
mod news;
#[cfg(not(feature = "iam"))]
mod not_built;
mod notes;
mod of_objects;
mod pager;
mod plan;
mod plan_command;
mod process;
#[cfg(feature = "s3")]
mod profiles;
mod progress;
mod quantity;
mod question;
mod reading;
mod reference;
mod remote;
mod repeat;
mod reports;
mod request;
mod rollup;
mod rulebook;
mod rules;
mod run;
#[cfg(feature = "s3")]
mod s3;
mod scan;
mod sent;
mod settings;
mod shard;
mod shell;
mod stop;
mod style;
mod subcommand;
mod surroundings;
mod tell;
#[cfg(feature = "s3")]
mod trails;
mod usage;
mod variant;
mod verify;
mod verifying;
mod version;
mod window;

pub use process::main;
