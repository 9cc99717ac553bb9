//! IAM's own state, asked of AWS and written as files: those that [`posture`](crate::posture) reads, in the shapes that the
//! AWS CLI prints. With the S3 source the only place with async code and the AWS SDK.
//!
//! [`take`] finds the accounts, asks each of them for all parts, and writes a folder an account, which appears whole or not
//! at all. What a part could not be had for stands in the folder's manifest; nothing is judged here.

mod account;
mod asker;
mod details;
mod find;
mod last_accessed;
mod lists;
mod manifest;
mod parts;
mod place;
mod report;
mod shapes;

use std::io;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use tokio::sync::Semaphore;
use tokio::task::JoinSet;

use crate::input::caught_in;
use crate::input::s3::{Access, new_runtime, unless_stopped};
use crate::model::EventTime;
use crate::posture::StateKind;
pub use place::{PlaceError, check_place};

/// Accounts asked at once, unless the user says otherwise.
pub const DEFAULT_ACCOUNTS_AT_ONCE: NonZeroUsize = NonZeroUsize::new(8).unwrap();
/// How long a credential report may take, unless the user says otherwise: AWS makes most within seconds.
pub const DEFAULT_REPORT_WAIT: Duration = Duration::from_secs(180);

/// How long a folder that is being written may take once everything else has ended.
const WRITTEN_WITHIN: Duration = Duration::from_secs(5);

/// What to ask, and where to write it.
#[derive(Clone, Debug)]
pub struct SnapshotRequest {
    /// The folder that gets a folder per account.
    pub folder: PathBuf,
    /// Who asks: each for its own account, or for those of its organization.
    pub who: Vec<Arc<Access>>,
    /// The name of the role that is assumed in each account of the organization.
    pub organization_role: Option<String>,
    /// Whether each user, role and group is asked for the services that it used last.
    pub last_accessed: bool,
    /// Accounts asked at once.
    pub at_once: NonZeroUsize,
    /// How long a credential report may take.
    pub report_wait: Duration,
    /// Whether an earlier snapshot of an account is replaced.
    pub overwrite: bool,
    /// The moment that is now, which the manifests say.
    pub now: EventTime,
}

/// What became of every account.
#[derive(Clone, Debug, Default)]
pub struct Snapshot {
    /// By account id; those whose id nobody knows come first.
    pub accounts: Vec<AccountSnapshot>,
    /// Whether it was stopped before its end: accounts are missing that are not named.
    pub interrupted: bool,
}

/// What became of an account.
#[derive(Clone, Debug, Default)]
pub struct AccountSnapshot {
    /// Its id; `None` when not even that could be asked.
    pub account_id: Option<String>,
    /// Who asked: `profile audit`.
    pub asked_by: String,
    /// What the organization calls it, else its alias.
    pub name: Option<String>,
    /// Its users.
    pub users: usize,
    /// Its roles.
    pub roles: usize,
    /// Calls that were answered, whatever the answer.
    pub calls: u64,
    /// How long it took.
    pub took: Duration,
    /// The parts that could not be had.
    pub missing: Vec<MissingPart>,
    /// Why it was not written; `None` when it was.
    pub why_not: Option<String>,
}

/// A part of an account's state that could not be had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MissingPart {
    /// What it would hold.
    pub kind: StateKind,
    /// Why it could not be had, and the next step when known.
    pub why: String,
}

impl Snapshot {
    /// Whether an account or a part of one is missing.
    pub fn is_partial(&self) -> bool {
        self.interrupted || self.accounts.iter().any(|account| !account.is_whole())
    }
}

impl AccountSnapshot {
    /// One that was not written.
    fn unread(account_id: Option<String>, asked_by: String, why: String) -> Self {
        Self { account_id, asked_by, why_not: Some(why), ..Self::default() }
    }

    /// Whether all of it was written.
    pub fn is_whole(&self) -> bool {
        self.why_not.is_none() && self.missing.is_empty()
    }

    /// What to call it in a line: its id, else who asked.
    pub fn label(&self) -> &str {
        self.account_id.as_deref().unwrap_or(&self.asked_by)
    }
}

/// Asks all accounts, and writes each as it is whole. Ends early once `stop` is set: what is written then is whole.
///
/// # Errors
/// When no threads can be started.
pub fn take(request: SnapshotRequest, stop: &AtomicBool) -> io::Result<Snapshot> {
    let runtime = new_runtime()?;
    let done = Arc::new(Mutex::new(Vec::new()));
    let ended = runtime.block_on(unless_stopped(take_all(request, Arc::clone(&done)), stop));
    // A folder that is being written still comes to its end, or goes; a name lookup that hangs does not hold it up.
    runtime.shutdown_timeout(WRITTEN_WITHIN);
    let mut accounts = std::mem::take(&mut *done.lock().unwrap_or_else(PoisonError::into_inner));
    accounts.sort_by(|a: &AccountSnapshot, b: &AccountSnapshot| {
        (&a.account_id, &a.asked_by).cmp(&(&b.account_id, &b.asked_by))
    });
    Ok(Snapshot { accounts, interrupted: ended.is_none() })
}

/// A clock that is read once and then counts seconds.
#[derive(Clone, Copy)]
struct Clock {
    now: EventTime,
    since: Instant,
}

impl Clock {
    fn now(self) -> EventTime {
        self.now.plus_seconds(i64::try_from(self.since.elapsed().as_secs()).unwrap_or(0))
    }
}

async fn take_all(request: SnapshotRequest, done: Arc<Mutex<Vec<AccountSnapshot>>>) {
    let clock = Clock { now: request.now, since: Instant::now() };
    let found = find::accounts(&request).await;
    done.lock().unwrap_or_else(PoisonError::into_inner).extend(found.unread);
    let slots = Arc::new(Semaphore::new(request.at_once.get()));
    let request = Arc::new(request);
    let mut taking = JoinSet::new();
    for target in found.targets {
        let (request, slots, done) = (Arc::clone(&request), Arc::clone(&slots), Arc::clone(&done));
        taking.spawn(async move {
            // Nobody closes them.
            let _slot = slots.acquire().await;
            let begun = Instant::now();
            let taken = caught_in(account::take(&target, &request, clock)).await;
            let mut taken = taken.unwrap_or_else(|why| target.unread(why));
            taken.took = begun.elapsed();
            done.lock().unwrap_or_else(PoisonError::into_inner).push(taken);
        });
    }
    while taking.join_next().await.is_some() {}
}
