//! A cache: what was read of each account and day of delivery is kept as a rollup in one file, with what its objects are
//! known by, so that a later scan reads only what is new or changed.
//!
//! ```text
//! DIR/INPUTS/111122223333/2026-09-01.rollup
//! ```
//!
//! A unit stands for its objects where their names, sizes and times of change are what they were. Whatever is in doubt is read
//! from the logs, so that a cache makes no answer another one.

mod chain;
mod known;
mod objects;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use rayon::prelude::*;
use tracing::info;

use self::chain::Chain;
use self::objects::{Days, Object};
use super::manifest::ROLLUP_VERSION;
use super::{Rollup, dataset, sha256};
use crate::aggregate::iam_changes;
use crate::input::{self, DayRange, FoundObject, Input, KeyKind, Listing, Source};
use crate::model::{Day, EventTime};
use crate::scan::{Limits, ScanError, ScanRequest};

/// What begins to read objects of S3.
pub type Open<'a> = &'a (dyn Fn(&[FoundObject]) -> Result<Box<dyn Source>, ScanError> + Sync);

/// What lies in S3, and how it is read.
pub struct Remote<'a> {
    /// What was listed.
    pub objects: Vec<FoundObject>,
    /// Whether that is all there is.
    pub is_whole: bool,
    /// Begins to read such objects.
    pub open: Open<'a>,
}

/// A folder of units.
pub struct Cache {
    folder: PathBuf,
    /// What tells the units of these inputs from those of others.
    id: String,
}

/// A unit of a cache.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnitFile {
    /// Where it lies.
    pub path: PathBuf,
    /// The day of delivery that it is of.
    pub day: Day,
    /// A name that no unit of other inputs, of another account or day has: `INPUTS-111122223333-2026-09-01.rollup`.
    pub name: String,
}

/// What a cache gave.
#[derive(Default)]
pub struct Filled {
    /// The units, which stand for objects that are no longer in the listing.
    pub rollups: Vec<Rollup>,
    /// How many of them were read from logs now.
    pub made: usize,
    /// Why some or all is read from the logs.
    pub told: Vec<String>,
}

/// How units are made.
struct How<'a> {
    scan: &'a ScanRequest<'a>,
    open: Open<'a>,
    threads: std::num::NonZeroUsize,
    dedupe: bool,
    days: DayRange,
    latest: EventTime,
    /// All that a unit rests on beside its objects.
    words: String,
}

/// Why the units of an account cannot stand for its logs.
#[derive(Debug, thiserror::Error)]
enum Failure {
    /// An object of it cannot be read, changes while it is, or may be another one unseen.
    #[error("an object of account {0} cannot be read, changes while it is read, or has no ETag")]
    Apart(String),
    /// It holds what only a look at all of the logs can judge.
    #[error("{0} holds events of another account, or updates of events of another day")]
    NeedsOthers(String),
    /// A unit cannot be written.
    #[error("{}: cannot be written: {why}", folder.display())]
    Unwritten {
        /// Where.
        folder: PathBuf,
        /// What failed.
        why: String,
    },
    /// The scan failed.
    #[error("{0}")]
    Scan(ScanError),
}

/// The objects of an account, and the units that stand for them with the number of those that were made now.
type OfAccount = (Days, Result<(Vec<Rollup>, usize), Failure>);

impl From<ScanError> for Failure {
    fn from(error: ScanError) -> Self {
        Self::Scan(error)
    }
}

impl How<'_> {
    /// What a scan of some objects gives.
    fn with_request<T>(
        &self,
        objects: &[Object],
        scan: impl FnOnce(&ScanRequest<'_>) -> Result<T, ScanError>,
    ) -> Result<T, ScanError> {
        let (mut files, mut remote) = (Vec::new(), Vec::new());
        for object in objects.iter().cloned() {
            match object {
                Object::File(file) => files.push(file),
                Object::Remote(found) => remote.push(found),
            }
        }
        let source = if remote.is_empty() { None } else { Some((self.open)(&remote)?) };
        scan(&ScanRequest {
            listing: Listing { objects: files, ..Listing::default() },
            source: source.as_deref(),
            window: None,
            threads: self.threads,
            verify: None,
            ..*self.scan
        })
    }
}

impl Cache {
    /// That of these inputs in a folder, which need not be there yet.
    pub fn new<'a>(folder: &Path, inputs: impl Iterator<Item = &'a Input>) -> Self {
        let place = |input: &Input| match input {
            Input::Path(path) => std::fs::canonicalize(path).ok(),
            Input::S3(_) | Input::Stdin => None,
        };
        let mut named: Vec<String> = inputs.map(|input| format!("{input:?} {:?}\n", place(input))).collect();
        named.sort_unstable();
        let id = sha256(named.concat().as_bytes())[..16].to_owned();
        Self { folder: folder.join(&id), id }
    }

    /// The unit of that name, whether it is there or not; `None` where it is of other inputs, or not a name of a unit.
    pub fn unit_of(&self, name: &str) -> Option<UnitFile> {
        let (account, file) = name.strip_prefix(&*self.id)?.strip_prefix('-')?.split_once('-')?;
        let is_account = !account.is_empty() && account.bytes().all(|byte| byte.is_ascii_alphanumeric());
        let unit = self.unit(account, file).filter(|_| is_account)?;
        (unit.name == name).then_some(unit)
    }

    /// The units that are there.
    pub fn units(&self) -> impl Iterator<Item = UnitFile> + '_ {
        let accounts = std::fs::read_dir(&self.folder).into_iter().flatten().flatten();
        accounts.flat_map(move |account| {
            let units = std::fs::read_dir(account.path()).into_iter().flatten().flatten();
            let account = account.file_name();
            units.filter_map(move |unit| self.unit(account.to_str()?, unit.file_name().to_str()?))
        })
    }

    fn unit(&self, account: &str, file: &str) -> Option<UnitFile> {
        let path = self.folder.join(account).join(file);
        let day = day_of(&path)?;
        let is_unit = file == format!("{day}.rollup");
        is_unit.then(|| UnitFile { path, day, name: format!("{}-{account}-{file}", self.id) })
    }

    /// Takes what the cache holds, or can hold, out of a listing of the delivery days `days` and of what lies in S3; `scan`
    /// says how logs are read, and its listing is not looked at.
    ///
    /// # Errors
    /// [`ScanError`] when a scan fails.
    pub fn fill(
        &self,
        (listing, remote): (&mut Listing, &mut Remote<'_>),
        days: DayRange,
        (scan, latest): (&ScanRequest<'_>, EventTime),
    ) -> Result<Filled, ScanError> {
        let mut told = Vec::new();
        if let Some(place) = listing.rollups.first() {
            told.push(format!("the cache is not used beside a rollup ({})", place.display()));
            return Ok(Filled { told, ..Filled::default() });
        }
        let files = std::mem::take(&mut listing.objects).into_iter().map(Object::File);
        let mut objects: Vec<Object> =
            files.chain(std::mem::take(&mut remote.objects).into_iter().map(Object::Remote)).collect();
        let by_account = objects::by_account(&mut objects);
        give_back(objects, (listing, remote));
        let accounts = match by_account {
            Ok(accounts) => accounts,
            Err(object) => {
                let why = "is not a log file in AWSLogs layout, and may hold copies of any event";
                told.push(format!("the cache is not used: {object} {why}"));
                return Ok(Filled { told, ..Filled::default() });
            }
        };
        // What was not listed is not gone.
        if !listing.interrupted && listing.failures.is_empty() && remote.is_whole {
            self.forget(&accounts, days);
        }
        let filled = self.fill_accounts(accounts, (days, remote), (scan, latest))?;
        settle(filled, (listing, remote))
    }

    fn fill_accounts(
        &self,
        accounts: BTreeMap<String, Days>,
        (days, remote): (DayRange, &Remote<'_>),
        (scan, latest): (&ScanRequest<'_>, EventTime),
    ) -> Result<Vec<OfAccount>, ScanError> {
        // Accounts are read beside each other where there are enough of them, else the objects of each.
        let (outer, inner) = match accounts.len() >= scan.threads.get() {
            true => (scan.threads.get(), std::num::NonZeroUsize::MIN),
            false => (1, scan.threads),
        };
        let how =
            How { scan, open: remote.open, threads: inner, dedupe: scan.dedupe, days, latest, words: words(scan) };
        let pool = rayon::ThreadPoolBuilder::new().num_threads(outer).build();
        let pool = pool.map_err(|error| ScanError::Threads(error.to_string()))?;
        let fill = |(account, days): (String, Days)| {
            let mut chain = Chain::new(&how, self.folder.join(account));
            let filled = chain.fill(&days);
            let made = chain.made;
            (days, filled.map(|()| (chain.into_rollups().collect(), made)))
        };
        Ok(pool.install(|| accounts.into_par_iter().map(fill).collect()))
    }

    /// Removes units of the days that are read whose objects are gone.
    fn forget(&self, accounts: &BTreeMap<String, Days>, days: DayRange) {
        for account in std::fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let known = accounts.get(&*account.file_name().to_string_lossy());
            for unit in std::fs::read_dir(account.path()).into_iter().flatten().flatten() {
                let day = day_of(&unit.path());
                let is_gone = |day: &Day| days.contains(*day) && known.is_none_or(|known| !known.contains_key(day));
                if day.is_some_and(|day| is_gone(&day)) && input::is_rollup(&unit.path()) {
                    // One that stays is not looked at.
                    let _ = std::fs::remove_file(unit.path());
                }
            }
        }
    }
}

/// All that a unit rests on beside its objects: what is read of them, and how it is written.
fn words(scan: &ScanRequest<'_>) -> String {
    let version = env!("CARGO_PKG_VERSION");
    let Limits { max_object_bytes, max_record_bytes, carve, .. } = scan.limits;
    let (schema, dedupe) = (&*dataset::SCHEMA, scan.dedupe);
    let calls = sha256(format!("{:?}", iam_changes::kept_calls()).as_bytes());
    format!("{version} {ROLLUP_VERSION} {schema} {calls} {dedupe} {max_object_bytes} {max_record_bytes} {carve}\n")
}

/// Puts objects back where they are from.
fn give_back(objects: impl IntoIterator<Item = Object>, (listing, remote): (&mut Listing, &mut Remote<'_>)) {
    for object in objects {
        match object {
            Object::File(file) => listing.objects.push(file),
            Object::Remote(found) => remote.objects.push(found),
        }
    }
}

/// All of it, or none: what is read from logs of one account may hold copies of another's events.
fn settle(filled: Vec<OfAccount>, (listing, remote): (&mut Listing, &mut Remote<'_>)) -> Result<Filled, ScanError> {
    let mut all = Filled::default();
    let mut apart = Vec::new();
    for (days, filled) in filled {
        match filled {
            Ok((rollups, made)) => {
                all.rollups.extend(rollups);
                all.made += made;
            }
            Err(Failure::Scan(error)) => return Err(error),
            Err(failure) => apart.push(failure.to_string()),
        }
        give_back(days.into_values().flatten(), (listing, remote));
    }
    info!(units = all.rollups.len(), made = all.made, apart = apart.len(), "cache filled");
    let Some(why) = apart.into_iter().next() else {
        let is_log = |kind: Option<KeyKind>| kind.is_some_and(|kind| kind.skipped_as().is_none());
        listing.objects.retain(|object| !is_log(object.kind()));
        remote.objects.retain(|found| !is_log(found.key().map(|key| key.kind)));
        return Ok(all);
    };
    Ok(Filled { told: vec![format!("the cache is not used: {why}")], ..Filled::default() })
}

/// The day that a unit is named after.
fn day_of(path: &Path) -> Option<Day> {
    let mut parts = path.file_stem()?.to_str()?.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}
