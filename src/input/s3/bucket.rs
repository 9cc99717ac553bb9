//! One bucket: the few requests that reading logs needs, each repeated until it goes well or cannot.

mod put;

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::operation::get_object::GetObjectOutput;
use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{ObjectStorageClass, OptionalObjectAttributes, RequestPayer};
use tokio::time::Instant;
use tracing::{debug, info};

use super::access::Access;
use super::explain::{Needs, Next, Refusal, refusal_of};

pub use put::PutPart;

/// How often a request is sent at most, unless AWS_MAX_ATTEMPTS or `max_attempts` says otherwise.
const ATTEMPTS: u32 = 6;
/// How long the first pause is; each is twice the one before…
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// …up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);

/// The most memory that is asked for because an answer says how long it is.
const MOST_AHEAD: u64 = 64 << 20;

/// A bucket and how it is asked.
#[derive(Debug)]
pub struct Bucket {
    /// The bucket's URI, without a slash at its end.
    pub uri: Arc<str>,
    name: String,
    access: Access,
    config: SdkConfig,
    client: Mutex<Client>,
    attempts: u32,
    pace: Pace,
    lists: AtomicU64,
    /// Why no request can go well any more.
    ended: OnceLock<Refusal>,
}

/// An object, as a listing shows it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed {
    /// Its key.
    pub key: Box<str>,
    /// Its bytes.
    pub size: u64,
    /// Its entity tag: another object of the same key has another.
    pub etag: Option<Box<str>>,
    /// Whether it lies in an archive and has not been restored.
    pub archived: bool,
}

/// What an object, or a range of it, holds.
#[derive(Debug)]
pub struct Got {
    /// The bytes.
    pub bytes: Vec<u8>,
    /// The object's entity tag.
    pub etag: Option<Box<str>>,
}

/// A page of a listing.
#[derive(Debug, Default)]
pub struct Page {
    /// Objects.
    pub objects: Vec<Listed>,
    /// Folders, each with a slash at its end, where a delimiter was asked for.
    pub folders: Vec<String>,
    /// Where the next page begins.
    pub next: Option<String>,
}

/// What to list.
#[derive(Clone, Debug, Default)]
pub struct ListRequest {
    /// Keys that begin with this.
    pub prefix: String,
    /// Keys after this.
    pub start_after: Option<String>,
    /// Whether folders are folded.
    pub by_folder: bool,
    /// The page.
    pub page: Option<String>,
    /// The most keys of a page.
    pub most: Option<i32>,
}

impl Bucket {
    /// A bucket that is asked so.
    pub fn new(name: &str, access: &Access, config: SdkConfig) -> Self {
        Self {
            uri: format!("s3://{name}").into(),
            name: name.to_owned(),
            client: Mutex::new(access.client(&config, None)),
            access: access.clone(),
            config,
            attempts: access.attempts().unwrap_or(ATTEMPTS),
            pace: Pace::default(),
            lists: AtomicU64::new(0),
            ended: OnceLock::new(),
        }
    }

    /// Listing requests that were sent, repeats included.
    pub fn lists(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }

    /// A page of a listing.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn list(&self, request: &ListRequest) -> Result<Page, Refusal> {
        let begun = Instant::now();
        let listed = self.repeated(|client| async move {
            self.lists.fetch_add(1, Ordering::Relaxed);
            let call = client.list_objects_v2().bucket(&self.name).prefix(&request.prefix);
            let call = call.set_start_after(request.start_after.clone()).set_continuation_token(request.page.clone());
            let call = call.set_delimiter(request.by_folder.then(|| "/".to_owned())).set_max_keys(request.most);
            let call = call.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
            let sent = call.set_request_payer(self.payer()).send().await;
            sent.map(page_of).map_err(|error| refusal_of(&error, Needs::ListBucket))
        });
        let listed = listed.await;
        if let Ok(page) = &listed {
            debug!(
                prefix = format!("{}/{}", self.uri, request.prefix),
                objects = page.objects.len(),
                folders = page.folders.len(),
                more = page.next.is_some(),
                took = ?begun.elapsed(),
                "s3 listed a page"
            );
        }
        listed
    }

    /// What a listing would show of one object.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn head(&self, key: &str) -> Result<Listed, Refusal> {
        self.repeated(|client| async move {
            let call = client.head_object().bucket(&self.name).key(key).set_request_payer(self.payer());
            let head = call.send().await.map_err(|error| refusal_of(&error, Needs::GetObject))?;
            let size = u64::try_from(head.content_length().unwrap_or(0)).unwrap_or(0);
            Ok(Listed { key: key.into(), size, etag: head.e_tag().map(Into::into), archived: false })
        })
        .await
    }

    /// All bytes of an object, or those of a range, which must be of the object that has the entity tag. A body that
    /// breaks off is asked for again from its first byte.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn get(&self, object: &Listed, range: Option<(u64, u64)>) -> Result<Got, Refusal> {
        let begun = Instant::now();
        let got = self.repeated(|client| async move {
            let call = client.get_object().bucket(&self.name).key(&*object.key).set_request_payer(self.payer());
            let call = match range {
                None => call,
                Some((from, to)) => call
                    .range(format!("bytes={from}-{}", to.saturating_sub(1)))
                    .set_if_match(object.etag.as_deref().map(str::to_owned)),
            };
            let got = call.send().await.map_err(|error| refusal_of(&error, Needs::GetObject))?;
            let etag = got.e_tag().map(Into::into);
            Ok(Got { bytes: whole_body(got, range.map(|(from, to)| to - from)).await?, etag })
        });
        let got = got.await;
        if let Ok(got) = &got {
            debug!(
                object = format!("{}/{}", self.uri, object.key),
                from = range.map_or(0, |(from, _)| from),
                bytes = got.bytes.len(),
                took = ?begun.elapsed(),
                "s3 fetched"
            );
        }
        got
    }

    fn payer(&self) -> Option<RequestPayer> {
        self.access.requester_pays.then_some(RequestPayer::Requester)
    }

    /// Sends a request until it goes well, or cannot.
    async fn repeated<'a, T, F, A>(&'a self, send: F) -> Result<T, Refusal>
    where
        F: Fn(Client) -> A,
        A: Future<Output = Result<T, Refusal>> + 'a,
    {
        let mut attempt = 1;
        loop {
            if let Some(refusal) = self.ended.get() {
                return Err(refusal.clone());
            }
            self.pace.wait().await;
            let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let refusal = match send(client).await {
                Ok(answer) => return Ok(answer),
                Err(refusal) => refusal,
            };
            debug!(bucket = &*self.uri, attempt, next = ?refusal.next, why = refusal.why, "s3 request failed");
            match &refusal.next {
                Next::Again | Next::Slower if attempt >= self.attempts => return Err(refusal),
                // The first request of a bucket elsewhere always fails: it has a second even where others have not.
                Next::Region(_) if attempt >= self.attempts.max(2) => return Err(refusal),
                Next::Again => tokio::time::sleep(pause(attempt)).await,
                Next::Slower => self.pace.slow_down(pause(attempt)),
                Next::Region(region) => self.move_to(region),
                Next::End => return Err(self.ended.get_or_init(|| refusal).clone()),
                Next::Archived | Next::No => return Err(refusal),
            }
            attempt += 1;
        }
    }

    fn move_to(&self, region: &str) {
        info!(bucket = &*self.uri, region, "s3 bucket is in another region");
        let client = self.access.client(&self.config, Some(region));
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }
}

/// Requests of a bucket that was asked for too much wait together.
#[derive(Debug, Default)]
struct Pace {
    not_before: Mutex<Option<Instant>>,
}

impl Pace {
    async fn wait(&self) {
        let until = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(until) = until {
            tokio::time::sleep_until(until).await;
        }
    }

    fn slow_down(&self, pause: Duration) {
        let until = Instant::now() + pause;
        let mut not_before = self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        *not_before = (*not_before).max(Some(until));
    }
}

/// How long to wait after an attempt that failed; half of it at random, so that requests do not come back together.
fn pause(attempt: u32) -> Duration {
    let whole = FIRST_PAUSE.saturating_mul(1 << (attempt - 1).min(10)).min(LONGEST_PAUSE);
    let random = std::hash::BuildHasher::hash_one(&std::hash::RandomState::new(), attempt);
    whole / 2 + (whole / 2).mul_f64(random as f64 / u64::MAX as f64)
}

fn page_of(answer: ListObjectsV2Output) -> Page {
    let more = answer.is_truncated().unwrap_or(false);
    let next = answer.next_continuation_token().filter(|_| more).map(str::to_owned);
    let folders = answer.common_prefixes.unwrap_or_default().into_iter().filter_map(|folder| folder.prefix).collect();
    let objects = answer.contents.unwrap_or_default().into_iter().filter_map(|object| {
        let archived =
            matches!(object.storage_class, Some(ObjectStorageClass::Glacier | ObjectStorageClass::DeepArchive));
        let restored = object.restore_status().is_some_and(|status| status.restore_expiry_date().is_some());
        Some(Listed {
            size: u64::try_from(object.size().unwrap_or(0)).unwrap_or(0),
            etag: object.e_tag().map(Into::into),
            archived: archived && !restored,
            key: object.key?.into(),
        })
    });
    Page { objects: objects.collect(), folders, next }
}

/// The bytes of an answer; as many as it said there would be, and as many as were asked for.
async fn whole_body(mut got: GetObjectOutput, asked: Option<u64>) -> Result<Vec<u8>, Refusal> {
    let said = got.content_length().and_then(|length| u64::try_from(length).ok());
    let mut bytes = Vec::with_capacity(usize::try_from(said.unwrap_or(0).min(MOST_AHEAD)).unwrap_or(0));
    while let Some(chunk) = got.body.next().await {
        match chunk {
            Ok(chunk) => bytes.extend_from_slice(&chunk),
            Err(_) => return Err(broke_off(bytes.len())),
        }
    }
    let length = bytes.len() as u64;
    if [said, asked].into_iter().flatten().any(|expected| expected != length) {
        return Err(broke_off(bytes.len()));
    }
    Ok(bytes)
}

fn broke_off(after: usize) -> Refusal {
    Refusal::passing(format!("the connection broke off after {after} bytes, at every attempt: check the network"))
}
