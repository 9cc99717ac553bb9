//! Objects of S3, listed and fetched while the scan runs, and put where an answer goes there. The only place with async
//! code and the AWS SDK.
//!
//! [`S3Source`] runs a small tokio runtime of its own: a `Walk` for each URI finds objects, a
//! `Fetcher` fetches them, and the engine takes them through the [`Source`] trait, in whatever order they come.
//! Nothing is parsed here.

mod access;
mod bucket;
mod chain;
mod command;
mod explain;
mod explore;
mod fetch;
mod identity;
mod ini;
mod ledger;
mod place;
mod profiles;
mod public_keys;
mod reach;
mod roots;
mod settings;
mod source;
mod survey;
mod trails;
mod turns;
mod upload;
mod variables;
mod walk;

use std::collections::BTreeMap;
use std::io;
use std::num::NonZeroUsize;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::sync::{Semaphore, mpsc};
use tokio::task::JoinSet;

#[cfg(feature = "iam")]
pub(crate) use explain::{Needs, Next, refusal_of};

pub use access::{Access, AccessError, Kept, RoleToAssume};
pub use identity::{Caller, callers};
pub use ledger::Scope;
pub use profiles::{CredentialKind, Profile, ProfilesError, profiles};
pub use public_keys::{FoundKey, KeysOfRegions, public_keys};
pub use source::AskCode;
pub use survey::{survey, survey_objects};
pub use trails::{Seen, Trail, Trails, TrailsError, trails};
pub use turns::{S3Place, Shelf};
pub use upload::{Taken, UploadError, Uploader, abort_uploads, is_uploading};
pub use variables::{EnvironmentError, check_environment};

use super::caught::{caught_in, died};
use super::{Arrivals, DayRange, Fetched, FoundObject, ListingFailure, S3Uri, Source};
use fetch::Fetcher;
use ledger::{Ledger, Ways};

/// Objects fetched at once, unless the user says otherwise: at 50 ms a request, more than a thousand a second.
pub const DEFAULT_CONCURRENCY: NonZeroUsize = NonZeroUsize::new(64).unwrap();
/// Bytes of objects held at once, unless the user says otherwise.
pub const DEFAULT_MAX_IN_FLIGHT: u64 = 256 << 20;
/// Listings at once; each holds a page of up to a thousand keys.
const LISTINGS: usize = 32;
/// Found objects that wait to be fetched.
const WAITING: usize = 2_000;
/// What the name of a rollup ends with: told by content on disk, where to look at it costs nothing.
const ROLLUP_ENDING: &str = ".rollup";
/// How often the wish to stop is looked for.
const STOP_EVERY: Duration = Duration::from_millis(50);

/// What to read of S3, and how.
#[derive(Clone, Debug)]
pub struct S3Request {
    /// The places, each with who asks there.
    pub places: Vec<S3Place>,
    /// What failed while they were looked for; told with what fails of them.
    pub failures: Vec<ListingFailure>,
    /// What of them is wanted.
    pub scope: Scope,
    /// Objects fetched at once.
    pub concurrency: NonZeroUsize,
    /// Bytes of objects held at once.
    pub max_in_flight: u64,
    /// Whether digests are fetched, too.
    pub digests: bool,
}

impl S3Request {
    /// What of its places are rollups, by their names: places that are one, and folders outside of AWSLogs layout that hold
    /// some. Takes these out of the request. One listing request for each such place; ends early once `stop` is set.
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn take_rollups(&mut self, stop: &AtomicBool) -> io::Result<Vec<(S3Uri, Shelf)>> {
        let may_be = |place: &S3Place| {
            let key = &place.uri.key;
            let is_folder = key.ends_with('/') && place::Place::of(key) == place::Place::Unknown;
            place.listed.is_none() && (is_folder || key.ends_with(ROLLUP_ENDING))
        };
        let places: Vec<S3Place> = self.places.iter().filter(|place| may_be(place)).cloned().collect();
        if places.is_empty() {
            return Ok(Vec::new());
        }
        let runtime = new_runtime()?;
        let shelves = runtime.block_on(unless_stopped(turns::shelves(&places, ROLLUP_ENDING), stop));
        runtime.shutdown_background();
        let shelves = places.into_iter().map(|place| place.uri).zip(shelves.unwrap_or_default());
        let shelves: Vec<(S3Uri, Shelf)> = shelves.filter(|(_, shelf)| !shelf.objects.is_empty()).collect();
        self.places.retain(|place| shelves.iter().all(|(uri, _)| *uri != place.uri));
        Ok(shelves)
    }

    /// The same for objects that were listed, and nothing else: who reads a place reads its objects.
    #[must_use]
    pub fn of_listed(&self, objects: &[FoundObject]) -> Self {
        let mut listed: BTreeMap<usize, (S3Uri, Vec<FoundObject>)> = BTreeMap::new();
        for (uri, found) in objects.iter().filter_map(|found| Some((found.s3()?, found))) {
            let is_of = |place: &S3Place| place.uri.bucket == uri.bucket && uri.key.starts_with(&place.uri.key);
            if let Some(number) = self.places.iter().position(is_of) {
                listed.entry(number).or_insert_with(|| (uri, Vec::new())).1.push(found.clone());
            }
        }
        let place = |(number, (uri, listed)): (usize, (S3Uri, Vec<FoundObject>))| {
            let who = self.places[number].who.clone();
            S3Place { uri, who, listed: Some(listed.into()) }
        };
        let places = listed.into_iter().map(place).collect();
        let scope = Scope { days: DayRange::ALL, accounts: Vec::new(), regions: Vec::new() };
        Self { places, failures: Vec::new(), scope, ..*self }
    }
}

/// Objects of S3 as they arrive.
pub struct S3Source {
    ready: Mutex<mpsc::UnboundedReceiver<Fetched>>,
    ledger: Arc<Ledger>,
    runtime: Option<Runtime>,
}

impl S3Source {
    /// Begins to list and to fetch; ends early once `stop` is set. What fails is reported by [`Source::arrivals`].
    ///
    /// # Errors
    /// When no threads can be started.
    pub fn open(request: S3Request, stop: &'static AtomicBool) -> io::Result<Self> {
        let runtime = new_runtime()?;
        let ledger = Arc::new(Ledger::default());
        let (sender, ready) = mpsc::unbounded_channel();
        let reading = read_all(request, Arc::clone(&ledger), sender);
        // A stop drops all that is under way, and with it the sender: nobody waits for more.
        runtime.spawn(async move { unless_stopped(reading, stop).await });
        Ok(Self { ready: Mutex::new(ready), ledger, runtime: Some(runtime) })
    }
}

impl Source for S3Source {
    fn next(&self) -> Option<Fetched> {
        self.ready.lock().unwrap_or_else(PoisonError::into_inner).blocking_recv()
    }

    fn listed(&self) -> u64 {
        self.ledger.listed.load(Ordering::Relaxed)
    }

    fn arrivals(&self) -> Arrivals {
        let mut arrivals = std::mem::take(&mut *self.ledger.arrivals());
        arrivals.warnings.sort();
        arrivals
    }
}

impl Drop for S3Source {
    fn drop(&mut self) {
        // A name lookup that hangs must not hold up the end.
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

/// The threads that asking runs on.
///
/// # Errors
/// When no threads can be started.
pub(crate) fn new_runtime() -> io::Result<Runtime> {
    let threads = std::thread::available_parallelism().map_or(2, NonZeroUsize::get).clamp(2, 8);
    tokio::runtime::Builder::new_multi_thread().worker_threads(threads).enable_all().build()
}

/// Has the credentials of everyone before anything is read, so that a person who is asked for a code is asked once and
/// alone; who has none is told when the places are read. Ends early once `stop` is set.
///
/// # Errors
/// When no threads can be started.
pub fn sign_in(who: &[Arc<Access>], stop: &AtomicBool) -> io::Result<()> {
    let runtime = new_runtime()?;
    let mut asking = JoinSet::new();
    for access in who {
        let access = Arc::clone(access);
        asking.spawn_on(async move { access.connect().await.is_ok() }, runtime.handle());
    }
    runtime.block_on(unless_stopped(async { while asking.join_next().await.is_some() {} }, stop));
    // A terminal that nobody types on must not hold up the end.
    runtime.shutdown_background();
    Ok(())
}

/// What comes of `work`; `None` once `stop` is set.
pub(crate) async fn unless_stopped<T>(work: impl Future<Output = T>, stop: &AtomicBool) -> Option<T> {
    let mut work = Box::pin(work);
    while !stop.load(Ordering::Relaxed) {
        if let Ok(done) = tokio::time::timeout(STOP_EVERY, work.as_mut()).await {
            return Some(done);
        }
    }
    None
}

/// The name of the place that failed where no other is known.
const ALL: &str = "S3";

/// Lists and fetches all places; should that die, it is told.
async fn read_all(request: S3Request, ledger: Arc<Ledger>, ready: mpsc::UnboundedSender<Fetched>) {
    // Whoever sees that no more objects come finds all that failed written down.
    let _until_all_is_told = ready.clone();
    if let Err(why) = caught_in(read(request, Arc::clone(&ledger), ready)).await {
        ledger.failed(ALL.to_owned(), why);
    }
}

/// Lists and fetches all places.
async fn read(request: S3Request, ledger: Arc<Ledger>, ready: mpsc::UnboundedSender<Fetched>) {
    let S3Request { places, failures, scope, concurrency, max_in_flight, digests } = request;
    ledger.arrivals().failures.extend(failures);
    let (found, wanted) = mpsc::channel(WAITING);
    let fetching = tokio::spawn(Fetcher::new((concurrency.get(), max_in_flight), digests, ready).run(wanted));
    let _end = AbortOnDrop(fetching.abort_handle());
    find(places, scope, Arc::clone(&ledger), found).await;
    if let Err(error) = fetching.await {
        ledger.failed(ALL.to_owned(), died(error));
    }
}

/// Ends a task with the one that waits for it.
struct AbortOnDrop(tokio::task::AbortHandle);

impl Drop for AbortOnDrop {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Lists all places; what is wanted of them goes to `found`.
async fn find(places: Vec<S3Place>, scope: Scope, ledger: Arc<Ledger>, found: mpsc::Sender<ledger::Wanted>) {
    let ways = Ways { scope: Arc::new(scope), ledger, listings: Arc::new(Semaphore::new(LISTINGS)), found };
    turns::walk_all(places, ways).await;
}
