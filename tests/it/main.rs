//! What trailscan does, seen from outside: every test here runs the binary. One binary, so that heavy dependencies are
//! linked once.

mod addresses;
mod archives;
mod baseline;
mod browser;
mod cache;
#[cfg(unix)]
mod child;
mod coverage;
mod credentials;
mod docs;
mod duplicates;
mod events;
mod export;
mod faults;
mod filters;
mod findings;
mod harness;
mod hostile;
mod hostile_text;
mod incident;
mod installed;
#[cfg(unix)]
mod interrupt;
#[cfg(unix)]
mod killed;
mod laws;
mod layers;
mod limits;
mod log;
mod manners;
mod markdown;
mod mistakes;
mod noise;
mod ocsf;
mod oracle;
mod order;
mod output;
mod page;
#[cfg(unix)]
mod pager;
mod permissions;
mod plan;
mod posture;
mod proof;
mod real;
mod records;
mod reports;
mod rollup;
mod rollup_file;
#[cfg(feature = "s3")]
mod s3;
mod secrets;
mod settings;
mod shapes;
mod trace;
mod truth;
mod verify;
mod watchdog;
mod window;
