//! Finding what there is to read: folders by delimiter listings, in parallel, then the days of each account and region.
//!
//! Only `AWSLogs/…/CloudTrail/` is listed to its keys, and `CloudTrail-Digest/` beside it, whose keys alone show that a day
//! without events was quiet; other services' folders are not, nor are insights. The window says where each listing begins
//! and ends; a listing ends only at a key that is past the window, and begins before the first key of its first day, so
//! nothing that was delivered late is missed.

mod conclude;

use std::ffi::OsStr;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};
use tracing::debug;

use super::bucket::{Bucket, ListRequest, Listed, Page};
use super::explain::{Next, Refusal};
use super::explore::Explored;
use super::ledger::{Ledger, Scope, Wanted, Ways};
use super::place::{Place, RegionFolder, TrailFolder, last_part};
use crate::input::caught::died;
use crate::input::key::{is_organization, is_region};
use crate::input::object::delivery_of;
use crate::input::{Deliveries, FoundObject, KeyKind, LogKey, Origin, S3Uri};
use crate::model::{Day, is_account_id, quantity};

/// The way through what one URI names.
pub struct Walk {
    bucket: Arc<Bucket>,
    uri: S3Uri,
    /// The same as text.
    place: Arc<str>,
    scope: Arc<Scope>,
    ledger: Arc<Ledger>,
    /// Listings under way, of all walks.
    listings: Arc<Semaphore>,
    found: mpsc::Sender<Wanted>,
    tally: Tally,
}

/// What a walk has met.
#[derive(Default)]
struct Tally {
    objects: AtomicU64,
    regions: AtomicU64,
    accounts_left_out: AtomicU64,
    regions_left_out: AtomicU64,
    /// Folders of digests that could not be listed, and why the first could not.
    digests_unlisted: AtomicU64,
    digests_refused: Mutex<Option<String>>,
}

/// One thing to list.
enum Step {
    Unknown(String),
    Logs(String),
    Trail(TrailFolder),
    Region(RegionFolder, String),
    /// The regions of an account's digests.
    Digests(TrailFolder),
    /// The digests of a region.
    DigestDays(RegionFolder),
    Flat(String),
}

impl Walk {
    /// The way through what `uri` names.
    pub fn new(bucket: Arc<Bucket>, uri: S3Uri, ways: Ways) -> Self {
        let Ways { scope, ledger, listings, found } = ways;
        Self { place: uri.to_string().into(), bucket, uri, scope, ledger, listings, found, tally: Tally::default() }
    }

    /// Goes all of it.
    pub async fn run(self) {
        let walk = Arc::new(self);
        let mut steps = JoinSet::new();
        let first = match walk.first().await {
            Ok(first) => first,
            Err(refusal) => {
                return walk.ledger.failed(walk.uri.to_string(), format!("cannot be listed: {}", refusal.why));
            }
        };
        for step in first {
            steps.spawn(Arc::clone(&walk).take(step));
        }
        while let Some(more) = steps.join_next().await {
            for step in more.unwrap_or_else(|error| walk.died(error)) {
                steps.spawn(Arc::clone(&walk).take(step));
            }
        }
        walk.conclude().await;
    }

    /// Passes on objects that were listed before.
    pub async fn pass_on(self, objects: &[FoundObject]) {
        let mut delivered = Deliveries::default();
        for (found, uri) in objects.iter().filter_map(|found| Some((found, found.s3()?))) {
            let etag = found.etag.as_deref().map(Into::into);
            let object = Listed { key: uri.key.into(), size: found.bytes, etag, archived: found.archived };
            let key = delivery(&object);
            if self.emit(found.origin(), object).await {
                key.into_iter().for_each(|key| delivered.see(key));
            }
        }
        self.ledger.delivered(delivered);
    }

    /// A step that died left part of the place unlisted.
    fn died(&self, error: JoinError) -> Vec<Step> {
        self.ledger.failed(self.uri.to_string(), died(error));
        Vec::new()
    }

    /// Where the URI leads: a folder, an object, or all that begin as it does.
    async fn first(&self) -> Result<Vec<Step>, Refusal> {
        let key = &self.uri.key;
        if key.is_empty() || key.ends_with('/') {
            return Ok(steps_of(key));
        }
        let folder = format!("{key}/");
        if !matches!(Place::of(&folder), Place::Unknown | Place::Other) {
            return Ok(steps_of(&folder));
        }
        let _turn = self.listings.acquire().await;
        let request = ListRequest { prefix: key.clone(), by_folder: true, ..ListRequest::default() };
        let mut pages = self.bucket.pages(request);
        let page = match pages.next().await {
            Err(refusal) if refusal.next == Next::No => return self.alone(key, refusal).await,
            page => page?.unwrap_or_default(),
        };
        // An object of this very key comes first; between it and the folder of this name there may be many others.
        let is_exact = page.objects.first().is_some_and(|object| *object.key == **key);
        let is_folder = page.folders.contains(&folder) || page.more && self.bucket.is_any(&folder).await?;
        if is_exact || is_folder {
            for object in page.objects.into_iter().take(usize::from(is_exact)) {
                self.emit(Origin::Named, object).await;
            }
            return Ok(if is_folder { steps_of(&folder) } else { Vec::new() });
        }
        let (mut steps, mut page) = (Vec::new(), Some(page));
        while let Some(Page { objects, folders, .. }) = page {
            for object in objects {
                self.emit(Origin::Named, object).await;
            }
            steps.extend(folders.iter().flat_map(|folder| steps_of(folder)));
            page = pages.next().await?;
        }
        Ok(steps)
    }

    /// An object in a bucket that must not be listed.
    async fn alone(&self, key: &str, refusal: Refusal) -> Result<Vec<Step>, Refusal> {
        let object = self.bucket.head(key).await.map_err(|_| refusal)?;
        self.emit(Origin::Named, object).await;
        Ok(Vec::new())
    }

    async fn take(self: Arc<Self>, step: Step) -> Vec<Step> {
        let is_of_digests = matches!(step, Step::Digests(_) | Step::DigestDays(_));
        let (name, done) = match step {
            Step::Unknown(folder) => (folder.clone(), self.explore(folder).await),
            Step::Logs(folder) => (folder.clone(), self.accounts(&folder).await),
            Step::Trail(trail) => (trail.folder.clone(), self.regions(&trail).await),
            Step::Region(region, prefix) => (prefix.clone(), self.days(&region, &prefix).await),
            Step::Digests(trail) => (trail.folder.clone(), self.digest_regions(&trail).await),
            Step::DigestDays(region) => (region.folder.clone(), self.digest_days(&region).await),
            Step::Flat(prefix) => (prefix.clone(), self.flat(&prefix).await),
        };
        done.unwrap_or_else(|refusal| {
            if is_of_digests {
                // No event is missing: days that only digests prove to be quiet stay gaps.
                self.tally.digests_unlisted.fetch_add(1, Ordering::Relaxed);
                let mut first = self.tally.digests_refused.lock().unwrap_or_else(PoisonError::into_inner);
                *first = Some(first.take().map_or(refusal.why.clone(), |why| why.min(refusal.why)));
                return Vec::new();
            }
            let why = format!("cannot be listed to its end: {}", refusal.why);
            self.ledger.failed(format!("{}/{name}", self.bucket.uri), why);
            Vec::new()
        })
    }

    async fn explore(&self, folder: String) -> Result<Vec<Step>, Refusal> {
        let explored = Explored::below(&self.bucket, &folder).await?;
        self.ledger.arrivals().warnings.extend(explored.warnings(&self.bucket.uri, &folder));
        if explored.logs.is_empty() {
            return Ok(vec![Step::Flat(folder)]);
        }
        Ok(explored.logs.into_iter().map(Step::Logs).collect())
    }

    /// The accounts below `AWSLogs/` or an organisation.
    async fn accounts(&self, folder: &str) -> Result<Vec<Step>, Refusal> {
        let page = self.folder(folder).await?;
        let mut steps = Vec::new();
        let mut others = Vec::new();
        for child in page {
            let name = last_part(&child);
            if is_account_id(name) {
                if is_wanted(&self.scope.accounts, name) {
                    steps.push(Step::Trail(TrailFolder::of_account(&child, name)));
                    steps.push(Step::Digests(TrailFolder::digests_of(&child, name)));
                } else {
                    self.tally.accounts_left_out.fetch_add(1, Ordering::Relaxed);
                }
            } else if is_organization(name) || name == "AWSLogs" {
                steps.push(Step::Logs(child));
            } else {
                others.push(child);
            }
        }
        if let Some(first) = others.first() {
            let text = format!("{}/{first}", self.bucket.uri);
            let warning =
                format!("{} in AWSLogs/ left unread, of no account: {text}", quantity(others.len() as u64, "folder"));
            self.ledger.arrivals().warnings.push(warning);
        }
        Ok(steps)
    }

    async fn regions(&self, trail: &TrailFolder) -> Result<Vec<Step>, Refusal> {
        let children = self.folder(&trail.folder).await?;
        let mut steps = Vec::new();
        for child in children {
            let region = last_part(&child).to_owned();
            if !is_region(&region) {
                steps.push(Step::Flat(child));
            } else if is_wanted(&self.scope.regions, &region) {
                let folder = RegionFolder { folder: child.clone(), account: trail.account.clone(), region };
                steps.push(Step::Region(folder, child));
            } else {
                self.tally.regions_left_out.fetch_add(1, Ordering::Relaxed);
            }
        }
        Ok(steps)
    }

    /// The keys of the wanted days of an account and region, below `prefix`.
    async fn days(&self, region: &RegionFolder, prefix: &str) -> Result<Vec<Step>, Refusal> {
        self.tally.regions.fetch_add(1, Ordering::Relaxed);
        let mut delivered = self.keys_of_days(region, prefix).await?;
        delivered.begin(region.of());
        self.ledger.delivered(delivered);
        self.ledger.arrivals().regions_listed += 1;
        Ok(Vec::new())
    }

    /// The regions of an account's digests. Most trails have none.
    async fn digest_regions(&self, trail: &TrailFolder) -> Result<Vec<Step>, Refusal> {
        let _turn = self.listings.acquire().await;
        let mut pages = self.bucket.pages(ListRequest::folders_of(&trail.folder));
        let mut steps = Vec::new();
        while let Some(page) = pages.next().await? {
            for folder in page.folders {
                let region = last_part(&folder).to_owned();
                if is_region(&region) && is_wanted(&self.scope.regions, &region) {
                    let account = trail.account.clone();
                    steps.push(Step::DigestDays(RegionFolder { folder, account, region }));
                }
            }
        }
        Ok(steps)
    }

    /// The digests of a region: what their keys say, none is fetched.
    async fn digest_days(&self, region: &RegionFolder) -> Result<Vec<Step>, Refusal> {
        let delivered = self.keys_of_days(region, &region.folder).await?;
        self.ledger.delivered(delivered);
        Ok(Vec::new())
    }

    async fn keys_of_days(&self, region: &RegionFolder, prefix: &str) -> Result<Deliveries, Refusal> {
        let _turn = self.listings.acquire().await;
        let start_after = self.scope.days.first.map(|day| region.day(day)).filter(|marker| **marker > *prefix);
        let end = self.scope.days.last.map(|day| region.day(Day(day.0.saturating_add(1))));
        let mut pages =
            self.bucket.pages(ListRequest { prefix: prefix.to_owned(), start_after, ..ListRequest::default() });
        let mut delivered = Deliveries::default();
        while let Some(page) = pages.next().await? {
            for object in page.objects {
                // What lies behind a key is known only where keys are in order.
                if page.in_order && end.as_ref().is_some_and(|end| *object.key >= **end) {
                    self.past(&object);
                    return Ok(delivered);
                }
                let key = delivery(&object);
                if self.emit(Origin::Walked, object).await {
                    key.into_iter().for_each(|key| delivered.see(key));
                }
            }
        }
        Ok(delivered)
    }

    /// All keys below `prefix`.
    async fn flat(&self, prefix: &str) -> Result<Vec<Step>, Refusal> {
        let _turn = self.listings.acquire().await;
        let mut pages = self.bucket.pages(ListRequest { prefix: prefix.to_owned(), ..ListRequest::default() });
        let mut delivered = Deliveries::default();
        while let Some(page) = pages.next().await? {
            for object in page.objects {
                let key = delivery(&object);
                if self.emit(Origin::Walked, object).await {
                    key.into_iter().for_each(|key| delivered.see(key));
                }
            }
        }
        self.ledger.delivered(delivered);
        Ok(Vec::new())
    }

    /// The folders in `folder`; objects in it are found on the way.
    async fn folder(&self, folder: &str) -> Result<Vec<String>, Refusal> {
        let _turn = self.listings.acquire().await;
        let mut pages = self.bucket.pages(ListRequest::folders_of(folder));
        let mut folders = Vec::new();
        while let Some(page) = pages.next().await? {
            for object in page.objects {
                self.emit(Origin::Walked, object).await;
            }
            folders.extend(page.folders);
        }
        Ok(folders)
    }

    /// Passes an object on, unless the window leaves it shut; says whether it did.
    async fn emit(&self, origin: Origin, object: Listed) -> bool {
        self.tally.objects.fetch_add(1, Ordering::Relaxed);
        if object.size == 0 && object.key.ends_with('/') {
            *self.ledger.arrivals().skipped.entry("folder-marker").or_default() += 1;
            return false;
        }
        match LogKey::parse(&object.key) {
            Some(key) if origin == Origin::Walked && key.in_layout && !self.scope.days.contains(key.day) => {
                debug!(object = format!("{}/{}", self.bucket.uri, object.key), day = %key.day, "object left shut: outside the window");
                self.ledger.arrivals().pruned.add(key);
                false
            }
            _ => {
                self.ledger.listed.fetch_add(1, Ordering::Relaxed);
                let (bucket, place) = (Arc::clone(&self.bucket), Arc::clone(&self.place));
                self.found.send(Wanted { bucket, place, origin, object }).await.is_ok()
            }
        }
    }

    /// A key past the window is not counted, how many there are is not known; its day tells how far the logs come.
    fn past(&self, object: &Listed) {
        let day = LogKey::parse(&object.key).filter(|key| key.in_layout).map(|key| key.day);
        let pruned = &mut self.ledger.arrivals().pruned;
        pruned.newest_day = pruned.newest_day.max(day);
    }
}

fn steps_of(folder: &str) -> Vec<Step> {
    match Place::of(folder) {
        Place::Unknown => vec![Step::Unknown(folder.to_owned())],
        Place::Logs => vec![Step::Logs(folder.to_owned())],
        // The account's folder holds its digests, too; `CloudTrail/` in it does not.
        Place::Trail(trail) if trail.folder != folder => {
            let digests = TrailFolder::digests_of(folder, &trail.account);
            vec![Step::Trail(trail), Step::Digests(digests)]
        }
        Place::Trail(trail) => vec![Step::Trail(trail)],
        Place::Region(region) => vec![Step::Region(region, folder.to_owned())],
        Place::Other => vec![Step::Flat(folder.to_owned())],
    }
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|text| text == name)
}

/// What the key of an object says of a delivery; a log has bytes.
fn delivery(object: &Listed) -> Option<LogKey> {
    let key = delivery_of(LogKey::parse(&object.key), OsStr::new(&*object.key))?;
    (object.size > 0 || key.kind != KeyKind::CloudTrail).then_some(key)
}
