//! The command line: arguments to a [`plan::Plan`], one scan, reports out, an exit code. The only part that prints.

mod args;
mod config;
mod deliver;
mod exit;
mod explain;
mod help;
mod inputs;
mod plan;
mod progress;
mod quantity;
mod repeat;
mod run;
#[cfg(feature = "s3")]
mod s3;
mod tell;
mod window;

pub use run::main;
