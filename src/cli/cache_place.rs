//! Where a cache lies: a folder, or a folder in S3, of which a copy is used and what is new is put back.

use std::collections::BTreeMap;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use tempfile::TempDir;
use trailscan::input::{DayRange, Input, S3Uri, explain_io};
use trailscan::model::quantity;
use trailscan::output::{Destination, Remote as Store};
use trailscan::rollup::{Cache, UnitFile};

use super::exit::Problem;
use super::fetched::{Fetched, Folder};
use super::flags::Common;
use super::{destination, repeat};

/// How many units are sent at once: each is small, and waits for its answer.
const AT_ONCE: usize = 8;

/// The place that was named.
pub enum CachePlace {
    /// A folder, which need not be there yet.
    Folder(PathBuf),
    /// A folder in S3.
    InS3(Box<InS3>),
}

/// A folder in S3, who reads it, and who writes it.
pub struct InS3 {
    uri: S3Uri,
    /// What it is called, with a slash behind it.
    name: String,
    there: Folder,
    store: Store,
}

/// A folder whose units are used. A copy is gone when this is.
pub struct Opened<'a> {
    /// The units of the inputs that are read.
    pub cache: Cache,
    /// What is to be told of those that are there and cannot be used.
    pub told: Option<String>,
    copy: Option<Copy<'a>>,
}

/// A copy of what lies in S3.
struct Copy<'a> {
    of: &'a InS3,
    folder: TempDir,
    /// What of it was fetched, by its place on disk.
    fetched: BTreeMap<PathBuf, Stamp>,
}

/// The length and time of change of a file.
type Stamp = (u64, Option<SystemTime>);

impl CachePlace {
    /// What was typed.
    ///
    /// # Errors
    /// [`Problem::Usage`] for a place that a cache cannot have.
    pub fn of(typed: &Path, common: &Common) -> Result<Self, Problem> {
        let Some(text) = typed.to_str().filter(|text| S3Uri::is_meant(text)) else {
            return Ok(Self::Folder(typed.to_owned()));
        };
        let name = format!("{}/", text.trim_end_matches('/'));
        let uri = S3Uri::parse(&name).filter(|uri| !uri.key.is_empty());
        let (Some(uri), Destination::Prefix(store)) = (uri, destination::of(Path::new(&name), common)?) else {
            let why = "a cache has a folder of its own: give s3://bucket/prefix/";
            return Err(Problem::usage(format!("--cache {text}: {why}")));
        };
        let there = Folder::of(&uri, common)?;
        Ok(Self::InS3(Box::new(InS3 { uri, name, there, store })))
    }

    /// What it is called.
    pub fn name(&self) -> String {
        match self {
            Self::Folder(folder) => folder.display().to_string(),
            Self::InS3(place) => place.name.clone(),
        }
    }

    /// Makes sure that it lies in none of the inputs, where it would be read as a rollup.
    ///
    /// # Errors
    /// [`Problem::Usage`] when it does.
    pub fn check_apart<'i>(&self, mut inputs: impl Iterator<Item = &'i Input>) -> Result<(), Problem> {
        let Some(input) = inputs.find(|input| self.lies_in(input)) else { return Ok(()) };
        let (input, name) = (repeat::input(input), self.name());
        Err(Problem::usage(format!(
            "--cache {name}: lies in {input}, where it would be read as a rollup: name a folder elsewhere"
        )))
    }

    /// Whether it lies in an input, or would once it is there.
    fn lies_in(&self, input: &Input) -> bool {
        match (self, input) {
            (Self::InS3(place), Input::S3(input)) => {
                input.bucket == place.uri.bucket && place.uri.key.starts_with(&input.key)
            }
            (Self::Folder(folder), Input::Path(input)) => {
                let Ok(input) = std::fs::canonicalize(input) else { return false };
                let folder = std::path::absolute(folder).unwrap_or_else(|_| folder.clone());
                folder
                    .ancestors()
                    .find_map(|around| std::fs::canonicalize(around).ok())
                    .is_some_and(|folder| folder.starts_with(&input))
            }
            _ => false,
        }
    }

    /// The units of these inputs and days; of S3 a copy of them.
    ///
    /// # Errors
    /// When they cannot be fetched.
    pub fn open<'i>(&self, inputs: impl Iterator<Item = &'i Input>, days: DayRange) -> Result<Opened<'_>, Problem> {
        match self {
            Self::Folder(folder) => Ok(Opened { cache: Cache::new(folder, inputs), told: None, copy: None }),
            Self::InS3(place) => {
                let folder = tempfile::Builder::new().prefix("trailscan-").tempdir();
                let folder = folder
                    .map_err(|error| Problem::failed(format!("no folder for a copy of it: {}", explain_io(&error))))?;
                let cache = Cache::new(folder.path(), inputs);
                let is_wanted = |name: &str| cache.unit_of(last_of(name)).is_some_and(|unit| days.contains(unit.day));
                let (fetched, failures) = place.there.fetch(is_wanted)?;
                let told = failures.first().map(|why| {
                    let days = quantity(failures.len() as u64, "day");
                    format!(
                        "cache {}: {days} of accounts could not be fetched, and are read from logs: {why}",
                        place.name
                    )
                });
                let fetched = placed(&cache, &fetched)?;
                Ok(Opened { cache, told, copy: Some(Copy { of: place, folder, fetched }) })
            }
        }
    }
}

/// Puts what was fetched where a cache looks for it.
fn placed(cache: &Cache, fetched: &Fetched) -> Result<BTreeMap<PathBuf, Stamp>, Problem> {
    let mut all = BTreeMap::new();
    for (path, name) in &fetched.files {
        let Some(unit) = cache.unit_of(last_of(name)) else { continue };
        let failed = |error: &std::io::Error| Problem::failed(format!("{name}: {}", explain_io(error)));
        if let Some(folder) = unit.path.parent() {
            std::fs::create_dir_all(folder).map_err(|error| failed(&error))?;
        }
        std::fs::rename(path, &unit.path).map_err(|error| failed(&error))?;
        all.extend(stamp(&unit.path).map(|stamp| (unit.path.clone(), stamp)));
    }
    Ok(all)
}

fn last_of(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or_default()
}

fn stamp(path: &Path) -> Option<Stamp> {
    let there = std::fs::metadata(path).ok()?;
    Some((there.len(), there.modified().ok()))
}

impl Opened<'_> {
    /// Puts the units that were made where the cache lies; gives what is to be told when that fails.
    pub fn keep(&self) -> Option<String> {
        let copy = self.copy.as_ref()?;
        let made: Vec<UnitFile> =
            self.cache.units().filter(|unit| stamp(&unit.path) != copy.fetched.get(&unit.path).copied()).collect();
        let (next, failed) = (AtomicUsize::new(0), Mutex::new(Vec::new()));
        std::thread::scope(|scope| {
            for _ in 0..made.len().min(AT_ONCE) {
                scope.spawn(|| {
                    while let Some(unit) = made.get(next.fetch_add(1, Ordering::Relaxed)) {
                        if let Err(why) = copy.send(unit) {
                            failed.lock().unwrap_or_else(PoisonError::into_inner).push(why);
                        }
                    }
                });
            }
        });
        let failed = failed.into_inner().unwrap_or_else(PoisonError::into_inner);
        let (count, why) = (failed.len(), failed.into_iter().min()?);
        let (name, all) = (&copy.of.name, made.len());
        Some(format!("cache {name}: {count} of {all} new days of accounts could not be put there: {why}"))
    }

    /// What was said of a file of a copy, with its name in S3.
    pub fn named(&self, text: &str) -> String {
        match &self.copy {
            Some(copy) => text.replace(&format!("{}/", copy.folder.path().display()), &copy.of.name),
            None => text.to_owned(),
        }
    }
}

impl Copy<'_> {
    fn send(&self, unit: &UnitFile) -> Result<(), String> {
        let file = File::open(&unit.path).map_err(|error| explain_io(&error))?;
        let uri = format!("{}{}", self.of.name, unit.name);
        let staged = self.of.store.store.stage(&uri, file).map_err(|why| why.to_string())?;
        staged.complete().map_err(|why| why.to_string())
    }
}
