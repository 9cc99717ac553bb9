//! By which public keys objects are verified: of `verify` itself, and of reports that do it in the same pass.

use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use trailscan::input::explain_io;
use trailscan::integrity::{Asked, PublicKeys};
use trailscan::model::{EventTime, TimeWindow};

use super::exit::Problem;
use super::flags::Common;

/// The id of the flag.
const PUBLIC_KEYS: &str = "public_keys";

/// What objects are verified by, and of which accounts and regions it is told.
#[derive(Clone, Debug)]
pub struct Verifying {
    /// The public keys.
    pub keys: PublicKeys,
    accounts: Vec<String>,
    regions: Vec<String>,
}

/// The flag.
pub fn arg() -> Arg {
    let arg = Arg::new(PUBLIC_KEYS).long("public-keys").value_name("FILE").action(ArgAction::Append);
    arg.value_parser(value_parser!(PathBuf)).help_heading("Report")
}

/// The files and folders that were given.
pub fn typed(matches: &ArgMatches) -> Vec<PathBuf> {
    matches.get_many(PUBLIC_KEYS).into_iter().flatten().cloned().collect()
}

impl Verifying {
    /// With the public keys of these files, and of all files in these folders.
    ///
    /// # Errors
    /// When one cannot be read, or holds none.
    pub fn new(paths: &[PathBuf], common: &Common) -> Result<Self, Problem> {
        let unread =
            |path: &Path, error: &io::Error| Problem::usage(format!("{}: {}", path.display(), explain_io(error)));
        let mut keys = PublicKeys::default();
        for path in paths {
            let mut files = match path.is_dir() {
                false => vec![path.clone()],
                true => {
                    let entries = std::fs::read_dir(path).map_err(|error| unread(path, &error))?;
                    entries.flatten().map(|entry| entry.path()).filter(|path| path.is_file()).collect()
                }
            };
            files.sort();
            for file in files {
                let json = std::fs::read(&file).map_err(|error| unread(&file, &error))?;
                keys.add(&json).map_err(|why| Problem::usage(format!("{}: {why}", file.display())))?;
            }
        }
        Ok(Self { keys, accounts: common.account.clone(), regions: common.region.clone() })
    }

    /// What is judged of objects that were delivered in a window.
    pub fn asked(&self, window: Option<TimeWindow>, now: EventTime) -> Asked<'_> {
        Asked { keys: &self.keys, window, now, accounts: &self.accounts, regions: &self.regions, each: false }
    }
}
