//! Finding what there is to read: folders by delimiter listings, in parallel, then the days of each account and region.
//!
//! Only `AWSLogs/…/CloudTrail/` is listed to its keys; other services' folders beside it are not, nor are digests and
//! insights. The window says where each listing begins and ends; a listing ends only at a key that is past the window,
//! and begins before the first key of its first day, so nothing that was delivered late is missed.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use tokio::sync::{Semaphore, mpsc};
use tokio::task::{JoinError, JoinSet};
use tracing::debug;

use super::bucket::{Bucket, ListRequest, Listed};
use super::explain::{Next, Refusal};
use super::explore::Explored;
use super::ledger::{Delivered, Ledger, Scope, Wanted, Ways};
use super::place::{Place, RegionFolder, TrailFolder, last_part};
use crate::input::caught::died;
use crate::input::key::{is_account, is_organization, is_region};
use crate::input::{LogKey, Origin, S3Uri};
use crate::model::{Day, quantity};

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
}

/// One thing to list.
enum Step {
    Unknown(String),
    Logs(String),
    /// The objects directly in a folder.
    Beside(String),
    Trail(TrailFolder),
    Region(RegionFolder, String),
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

    /// A step that died left part of the place unlisted.
    fn died(&self, error: JoinError) -> Vec<Step> {
        self.ledger.failed(self.uri.to_string(), died(error));
        Vec::new()
    }

    /// Where the URI leads: a folder, an object, or all that begin as it does.
    async fn first(&self) -> Result<Vec<Step>, Refusal> {
        let key = &self.uri.key;
        if key.is_empty() || key.ends_with('/') {
            return Ok(vec![step_of(key)]);
        }
        let folder = format!("{key}/");
        if !matches!(Place::of(&folder), Place::Unknown | Place::Other) {
            return Ok(vec![step_of(&folder)]);
        }
        let _turn = self.listings.acquire().await;
        let mut request = ListRequest { prefix: key.clone(), by_folder: true, ..ListRequest::default() };
        let mut page = match self.bucket.list(&request).await {
            Err(refusal) if refusal.next == Next::No => return self.alone(key, refusal).await,
            page => page?,
        };
        // An object of this very key comes first; between it and the folder of this name there may be many others.
        let is_exact = page.objects.first().is_some_and(|object| *object.key == **key);
        let is_folder = page.folders.contains(&folder) || page.next.is_some() && self.is_any(&folder).await?;
        if is_exact || is_folder {
            for object in page.objects.into_iter().take(usize::from(is_exact)) {
                self.emit(Origin::Named, object).await;
            }
            return Ok(is_folder.then(|| step_of(&folder)).into_iter().collect());
        }
        let mut steps = Vec::new();
        loop {
            for object in page.objects {
                self.emit(Origin::Named, object).await;
            }
            steps.extend(page.folders.iter().map(|folder| step_of(folder)));
            request.page = page.next;
            if request.page.is_none() {
                return Ok(steps);
            }
            page = self.bucket.list(&request).await?;
        }
    }

    /// Whether any key begins so.
    async fn is_any(&self, prefix: &str) -> Result<bool, Refusal> {
        let any = ListRequest { prefix: prefix.to_owned(), most: Some(1), ..ListRequest::default() };
        self.bucket.list(&any).await.map(|page| !page.objects.is_empty())
    }

    /// An object in a bucket that must not be listed.
    async fn alone(&self, key: &str, refusal: Refusal) -> Result<Vec<Step>, Refusal> {
        let object = self.bucket.head(key).await.map_err(|_| refusal)?;
        self.emit(Origin::Named, object).await;
        Ok(Vec::new())
    }

    async fn take(self: Arc<Self>, step: Step) -> Vec<Step> {
        let (name, done) = match step {
            Step::Unknown(folder) => (folder.clone(), self.explore(folder).await),
            Step::Logs(folder) => (folder.clone(), self.accounts(&folder).await),
            Step::Beside(folder) => (folder.clone(), self.folder(&folder).await.map(|_| Vec::new())),
            Step::Trail(trail) => (trail.folder.clone(), self.regions(&trail).await),
            Step::Region(region, prefix) => (prefix.clone(), self.days(&region, &prefix).await),
            Step::Flat(prefix) => (prefix.clone(), self.flat(&prefix).await),
        };
        done.unwrap_or_else(|refusal| {
            let why = format!("cannot be listed to its end: {}", refusal.why);
            self.ledger.failed(format!("{}/{name}", self.bucket.uri), why);
            Vec::new()
        })
    }

    async fn explore(&self, folder: String) -> Result<Vec<Step>, Refusal> {
        let explored = Explored::below(&self.bucket, &folder).await?;
        if explored.logs.is_empty() {
            return Ok(vec![Step::Flat(folder)]);
        }
        self.ledger.arrivals().warnings.extend(explored.warning(&self.bucket.uri));
        let logs = explored.logs.into_iter().map(Step::Logs);
        Ok(logs.chain(explored.with_objects.into_iter().map(Step::Beside)).collect())
    }

    /// The accounts below `AWSLogs/` or an organisation.
    async fn accounts(&self, folder: &str) -> Result<Vec<Step>, Refusal> {
        let page = self.folder(folder).await?;
        let mut steps = Vec::new();
        let mut others = Vec::new();
        for child in page {
            let name = last_part(&child);
            if is_account(name) {
                if is_wanted(&self.scope.accounts, name) {
                    steps.push(Step::Trail(TrailFolder::of_account(&child, name)));
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
        let _turn = self.listings.acquire().await;
        self.tally.regions.fetch_add(1, Ordering::Relaxed);
        let begin = self.scope.days.first.map(|day| region.day(day)).filter(|marker| **marker > *prefix);
        let end = self.scope.days.last.map(|day| region.day(Day(day.0.saturating_add(1))));
        let mut request = ListRequest { prefix: prefix.to_owned(), start_after: begin, ..ListRequest::default() };
        let mut delivered = Delivered::default();
        delivered.begin(region);
        'pages: loop {
            let page = self.bucket.list(&request).await?;
            for object in page.objects {
                if end.as_ref().is_some_and(|end| *object.key >= **end) {
                    self.past(&object);
                    break 'pages;
                }
                delivered.note(&object);
                self.emit(Origin::Walked, object).await;
            }
            request.page = page.next;
            if request.page.is_none() {
                break;
            }
        }
        delivered.write(&self.ledger);
        Ok(Vec::new())
    }

    /// All keys below `prefix`.
    async fn flat(&self, prefix: &str) -> Result<Vec<Step>, Refusal> {
        let _turn = self.listings.acquire().await;
        let mut request = ListRequest { prefix: prefix.to_owned(), ..ListRequest::default() };
        let mut delivered = Delivered::default();
        loop {
            let page = self.bucket.list(&request).await?;
            for object in page.objects {
                if self.emit(Origin::Walked, object.clone()).await {
                    delivered.note(&object);
                }
            }
            request.page = page.next;
            if request.page.is_none() {
                break;
            }
        }
        delivered.write(&self.ledger);
        Ok(Vec::new())
    }

    /// The folders in `folder`; objects in it are found on the way.
    async fn folder(&self, folder: &str) -> Result<Vec<String>, Refusal> {
        let _turn = self.listings.acquire().await;
        let mut request = ListRequest { prefix: folder.to_owned(), by_folder: true, ..ListRequest::default() };
        let mut folders = Vec::new();
        loop {
            let page = self.bucket.list(&request).await?;
            for object in page.objects {
                self.emit(Origin::Walked, object).await;
            }
            folders.extend(page.folders);
            request.page = page.next;
            if request.page.is_none() {
                return Ok(folders);
            }
        }
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

    /// Says what a walk without objects means, and what was left out on the way.
    async fn conclude(&self) {
        let count = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let (accounts, regions) = (count(&self.tally.accounts_left_out), count(&self.tally.regions_left_out));
        if accounts + regions > 0 {
            self.ledger.arrivals().warnings.push(format!(
                "{}: --account and --region left {accounts} accounts and {regions} regions unlisted: who issued a \
                 session from there is not known here",
                self.uri
            ));
        }
        let failed =
            self.ledger.arrivals().failures.iter().any(|failure| failure.object.starts_with(&*self.bucket.uri));
        if count(&self.tally.objects) > 0 || failed {
            return;
        }
        if let Some(why) = self.why_nothing(count(&self.tally.regions), accounts + regions).await {
            self.ledger.failed(self.uri.to_string(), why);
        }
    }

    async fn why_nothing(&self, regions: u64, left_out: u64) -> Option<String> {
        if self.is_any(&self.uri.key).await.is_ok_and(|is_any| !is_any) {
            return Some("no object has a key like this: check the bucket and the prefix".to_owned());
        }
        if left_out > 0 {
            return None;
        }
        if regions > 0 {
            let warning = format!("{}: no object was delivered in the days that the window reads", self.uri);
            self.ledger.arrivals().warnings.push(warning);
            return None;
        }
        Some("holds no CloudTrail/ folder: name the prefix that the trail delivers to".to_owned())
    }
}

fn step_of(folder: &str) -> Step {
    match Place::of(folder) {
        Place::Unknown => Step::Unknown(folder.to_owned()),
        Place::Logs => Step::Logs(folder.to_owned()),
        Place::Trail(trail) => Step::Trail(trail),
        Place::Region(region) => Step::Region(region, folder.to_owned()),
        Place::Other => Step::Flat(folder.to_owned()),
    }
}

fn is_wanted(wanted: &[String], name: &str) -> bool {
    wanted.is_empty() || wanted.iter().any(|text| text == name)
}
