//! By which public keys objects are verified: of `verify` itself, and of reports that do it in the same pass.

use std::collections::BTreeSet;
use std::io;
use std::path::{Path, PathBuf};

use clap::{Arg, ArgAction, ArgMatches, value_parser};
use trailscan::input::explain_io;
use trailscan::integrity::{Asked, KeySource, PublicKeys};
use trailscan::model::{EventTime, TimeWindow};

use super::exit::Problem;
use super::flags::Common;

/// The id of the flag.
const PUBLIC_KEYS: &str = "public_keys";

/// What stands for files, where CloudTrail is asked.
const AWS: &str = "aws";

/// Who asks CloudTrail for public keys.
#[derive(Clone, Debug)]
struct Asking {
    #[cfg(feature = "s3")]
    who: Vec<std::sync::Arc<trailscan::input::s3::Access>>,
}

#[cfg(feature = "s3")]
impl Asking {
    fn of(common: &Common) -> Result<Self, Problem> {
        if common.s3.no_sign_request {
            return Err(Problem::usage(
                "--public-keys aws asks CloudTrail, which --no-sign-request cannot: give a file",
            ));
        }
        Ok(Self { who: common.s3.who().map_err(Problem::usage)? })
    }
}

#[cfg(not(feature = "s3"))]
impl Asking {
    fn of(_: &Common) -> Result<Self, Problem> {
        Err(Problem::usage(
            "--public-keys aws: this build does not ask CloudTrail: install with the feature `s3`, or give what aws cloudtrail \
             list-public-keys prints",
        ))
    }
}

#[cfg(feature = "s3")]
impl KeySource for Asking {
    fn keys(&self, regions: &BTreeSet<String>, span: (EventTime, EventTime)) -> (PublicKeys, Vec<String>) {
        let (mut keys, mut lacking) = (PublicKeys::default(), Vec::new());
        let asked = trailscan::input::s3::public_keys(&self.who, regions, span, &super::stop::STOP);
        let found = match asked {
            Ok(found) => found.unwrap_or_default(),
            Err(error) => return (keys, vec![format!("public keys cannot be asked for: {error}")]),
        };
        for (region, found) in found {
            match found {
                Ok(found) if found.is_empty() => {
                    lacking.push(format!("CloudTrail has no public keys of {region} for this time"))
                }
                Ok(found) => {
                    found.into_iter().for_each(|key| keys.insert(key.fingerprint, key.der, (key.from, key.until)))
                }
                Err(why) => lacking.push(format!("the public keys of {region} could not be had: {why}")),
            }
        }
        (keys, lacking)
    }
}

#[cfg(not(feature = "s3"))]
impl KeySource for Asking {
    fn keys(&self, _: &BTreeSet<String>, _: (EventTime, EventTime)) -> (PublicKeys, Vec<String>) {
        Default::default()
    }
}

/// What objects are verified by, and of which accounts and regions it is told.
#[derive(Clone, Debug)]
pub struct Verifying {
    /// The public keys.
    keys: PublicKeys,
    accounts: Vec<String>,
    regions: Vec<String>,
    /// Who asks CloudTrail for more.
    who: Option<Asking>,
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
        let (asked, paths): (Vec<&PathBuf>, Vec<&PathBuf>) = paths.iter().partition(|path| path.as_os_str() == AWS);
        let who = (!asked.is_empty()).then(|| Asking::of(common)).transpose()?;
        let unread =
            |path: &Path, error: &io::Error| Problem::usage(format!("{}: {}", path.display(), explain_io(error)));
        let mut keys = PublicKeys::default();
        for path in paths {
            let mut files = match path.is_dir() {
                false => vec![path.to_owned()],
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
        Ok(Self { keys, accounts: common.account.clone(), regions: common.region.clone(), who })
    }

    /// Whether there are public keys, or somebody to ask for them.
    pub fn has_keys(&self) -> bool {
        !self.keys.is_empty() || self.who.is_some()
    }

    /// What is judged of objects that were delivered in a window.
    pub fn asked(&self, window: Option<TimeWindow>, now: EventTime) -> Asked<'_> {
        let more_keys = self.who.as_ref().map(|who| who as &dyn KeySource);
        let Self { keys, accounts, regions, .. } = self;
        Asked { keys, more_keys, window, now, accounts, regions, each: false }
    }
}
