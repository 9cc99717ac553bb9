//! Listings, page by page, and what makes one that cannot be believed: S3 lists in the order of the keys' bytes, and what
//! is read relies on that.
//!
//! Source: S3 API reference, "ListObjectsV2"; user guide, "Listing object keys programmatically".

use aws_sdk_s3::operation::list_objects_v2::ListObjectsV2Output;
use aws_sdk_s3::types::{ObjectStorageClass, OptionalObjectAttributes};
use tokio::time::Instant;
use tracing::debug;

use super::super::explain::{Needs, Refusal, refusal_of};
use super::super::reach::Waits;
use super::{Bucket, Listed};

/// Pages without anything that are followed one after the other.
const EMPTY_PAGES: u32 = 1_000;

/// A page of a listing.
#[derive(Debug, Default)]
pub struct Page {
    /// Objects.
    pub objects: Vec<Listed>,
    /// Folders, each with a slash at its end, where a delimiter was asked for.
    pub folders: Vec<String>,
    /// Whether another page follows.
    pub more: bool,
    /// Whether the page is in order: of one that is not, no key says that the rest lies behind it.
    pub in_order: bool,
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
    /// The most keys of a page.
    pub most: Option<i32>,
}

/// A listing under way. What contradicts itself is given as far as it goes, and is an error after that.
#[derive(Debug)]
pub struct Pages<'a> {
    bucket: &'a Bucket,
    request: ListRequest,
    then: Then,
    /// The last key or folder so far.
    last: String,
    empty: u32,
}

/// What the next page is.
#[derive(Debug)]
enum Then {
    Ask(Option<String>),
    Fail(Refusal),
    End,
}

/// A page as it was answered.
struct Answer {
    objects: Vec<Listed>,
    folders: Vec<String>,
    is_truncated: bool,
    token: Option<String>,
}

impl ListRequest {
    /// What is directly in a folder.
    pub fn folders_of(folder: &str) -> Self {
        Self { prefix: folder.to_owned(), by_folder: true, ..Self::default() }
    }
}

impl Bucket {
    /// A listing, to be taken page by page.
    pub fn pages(&self, request: ListRequest) -> Pages<'_> {
        Pages { bucket: self, request, then: Then::Ask(None), last: String::new(), empty: 0 }
    }

    /// Whether any key begins so.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn is_any(&self, prefix: &str) -> Result<bool, Refusal> {
        let any = ListRequest { prefix: prefix.to_owned(), most: Some(1), ..ListRequest::default() };
        let page = self.pages(any).next().await?;
        Ok(page.is_some_and(|page| !page.objects.is_empty()))
    }

    async fn page(&self, request: &ListRequest, token: Option<&str>) -> Result<Answer, Refusal> {
        let begun = Instant::now();
        let listed = self.repeated(Waits::Page, |client| async move {
            self.lists.fetch_add(1, std::sync::atomic::Ordering::Relaxed);
            let call = client.list_objects_v2().bucket(&self.name).prefix(&request.prefix);
            let call = call.set_start_after(request.start_after.clone());
            let call = call.set_continuation_token(token.map(str::to_owned));
            let call = call.set_delimiter(request.by_folder.then(|| "/".to_owned())).set_max_keys(request.most);
            let call = call.optional_object_attributes(OptionalObjectAttributes::RestoreStatus);
            let sent = call.set_request_payer(self.payer()).send().await;
            sent.map(Answer::of).map_err(|error| refusal_of(&error, Needs::ListBucket))
        });
        let listed = listed.await?;
        debug!(
            prefix = format!("{}/{}", self.uri, request.prefix),
            objects = listed.objects.len(),
            folders = listed.folders.len(),
            more = listed.token.is_some(),
            took = ?begun.elapsed(),
            "s3 listed a page"
        );
        Ok(listed)
    }
}

impl Pages<'_> {
    /// The next page; `None` after the last.
    ///
    /// # Errors
    /// When no attempt goes well, or the listing contradicts itself.
    pub async fn next(&mut self) -> Result<Option<Page>, Refusal> {
        let token = match std::mem::replace(&mut self.then, Then::End) {
            Then::End => return Ok(None),
            Then::Fail(refusal) => return Err(refusal),
            Then::Ask(token) => token,
        };
        let answer = self.bucket.page(&self.request, token.as_deref()).await?;
        let (page, then) = self.judged(answer, token.as_deref());
        self.then = then;
        Ok(Some(page))
    }

    /// What an answer to `token` is as a page, and what comes after it.
    fn judged(&mut self, answer: Answer, token: Option<&str>) -> (Page, Then) {
        let Answer { mut objects, mut folders, is_truncated, token: next } = answer;
        // Some stores begin a page with what the one before ended with.
        objects.retain(|object| *object.key != *self.last);
        folders.retain(|folder| *folder != self.last);
        self.empty = if objects.is_empty() && folders.is_empty() { self.empty + 1 } else { 0 };
        let in_objects = self.disorder(objects.iter().map(|object| &*object.key));
        let disorder = in_objects.or(self.disorder(folders.iter().map(String::as_str)));
        let ends = [objects.last().map(|object| &*object.key), folders.last().map(String::as_str)];
        if let Some(last) = ends.into_iter().flatten().max() {
            self.last = last.to_owned();
        }
        let fail = |why: &str| Then::Fail(Refusal::passing(format!("{why}: {ELSEWHERE}")));
        let in_order = disorder.is_none();
        let then = match (disorder, next) {
            (Some(why), _) => fail(&why),
            // A token is followed whatever else is said: what comes of it is seen.
            (None, Some(next)) if token == Some(&*next) || self.empty > EMPTY_PAGES => {
                fail("the listing does not go on")
            }
            (None, Some(next)) => Then::Ask(Some(next)),
            (None, None) if is_truncated => fail("the listing says that more follows, and not how to ask for it"),
            (None, None) => Then::End,
        };
        (Page { more: !matches!(then, Then::End), objects, folders, in_order }, then)
    }

    /// Why keys or folders cannot be those that were asked for, if so.
    fn disorder<'k>(&self, keys: impl Iterator<Item = &'k str>) -> Option<String> {
        let mut before = self.last.as_str();
        for key in keys {
            if !key.starts_with(&self.request.prefix) {
                return Some(format!("the listing names keys that were not asked for, as {key:?}"));
            }
            if key < before {
                return Some(format!("the listing goes back, from {before:?} to {key:?}"));
            }
            before = key;
        }
        None
    }
}

/// The next step where a store cannot be believed.
const ELSEWHERE: &str = "this store may leave out objects: scan again, or copy the logs and name the folder";

impl Answer {
    fn of(answer: ListObjectsV2Output) -> Self {
        let is_truncated = answer.is_truncated().unwrap_or(false);
        let token = answer.next_continuation_token.filter(|token| !token.is_empty());
        let folders = answer.common_prefixes.unwrap_or_default().into_iter();
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
        let folders = folders.filter_map(|folder| folder.prefix).collect();
        Self { objects: objects.collect(), folders, is_truncated, token }
    }
}
