//! Files into buckets: whole or not at all, small ones in one request, large ones in parts.
//!
//! Stands here because the SDK does; what is uploaded and when is the caller's. A file is first taken ([`Uploader::take`]),
//! which for a large one means that its parts are sent, and then put in its place ([`Taken::complete`]). What was taken and
//! is dropped is removed from the bucket, and [`abort_uploads`] removes all of it for a process that leaves at once.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::sync::atomic::AtomicBool;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::Duration;

use aws_config::SdkConfig;
use tokio::runtime::{Handle, Runtime};
use tokio::sync::OnceCell;
use tokio::task::{AbortHandle, JoinSet};

use super::access::Access;
use super::bucket::{Bucket, PutPart};
use super::{new_runtime, unless_stopped};
use crate::input::S3Uri;

/// Bytes of a part, and the most that go in one request.
const PART: u64 = 8 << 20;
/// Parts that S3 takes at most: of a larger file they are larger.
const PARTS: u64 = 10_000;
/// Parts on their way at once, so that no more of a file is in memory.
const AT_ONCE: usize = 6;

/// The uploads that have left parts in a bucket.
static UNDER_WAY: Mutex<Vec<Arc<Begun>>> = Mutex::new(Vec::new());

/// Puts files into buckets, with the credentials of one [`Access`]. Nothing is asked for before the first file.
#[derive(Debug)]
pub struct Uploader {
    access: Arc<Access>,
    stop: &'static AtomicBool,
    connected: Mutex<Option<Arc<Connected>>>,
}

#[derive(Debug)]
struct Connected {
    access: Arc<Access>,
    config: SdkConfig,
    buckets: Mutex<BTreeMap<String, Arc<Bucket>>>,
    /// Uploads that were begun to see whether that is allowed, and that nobody may give up: the answer goes there.
    kept: Mutex<Vec<Arc<Begun>>>,
    runtime: Runtime,
}

/// A file cannot be put into a bucket: why, and what is left of it where that cannot be removed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct UploadError(String);

/// A file that was taken. Dropped, it is removed.
#[derive(Debug)]
pub struct Taken {
    connected: Arc<Connected>,
    bucket: Arc<Bucket>,
    key: String,
    /// `None` when it is in its place, or removed.
    how: Option<How>,
}

#[derive(Debug)]
enum How {
    Whole(Vec<u8>),
    Parts(Arc<Begun>, Vec<PutPart>),
}

/// An upload in parts.
#[derive(Debug)]
struct Begun {
    bucket: Arc<Bucket>,
    key: String,
    id: String,
    runtime: Handle,
    sending: Mutex<Option<AbortHandle>>,
    /// Set once its parts are removed. Whoever comes while that is being asked for waits for it.
    removed: OnceCell<()>,
}

impl Uploader {
    /// Uploads as `access` says. Credentials are waited for until `stop` is set.
    pub fn new(access: Arc<Access>, stop: &'static AtomicBool) -> Self {
        Self { access, stop, connected: Mutex::default() }
    }

    /// Makes sure that an object can be put there: an upload is begun and given up, which shows nothing, costs two
    /// requests, and is refused as the real one would be. Where it must not be given up it is kept for the answer, so that
    /// nothing is left of it. Of a store that takes no parts nothing is known before the answer is put.
    ///
    /// # Errors
    /// When none can.
    pub fn check(&self, uri: &S3Uri) -> Result<(), UploadError> {
        self.checked(uri).map_err(UploadError)
    }

    fn checked(&self, uri: &S3Uri) -> Result<(), String> {
        let connected = self.connected()?;
        if let Some(begun) = connected.runtime.block_on(connected.begin(uri))?
            && connected.runtime.block_on(begun.abort()).is_err()
        {
            connected.kept().push(begun);
        }
        Ok(())
    }

    /// The first and the last bytes, up to `most` each, of an object that is there; `None` where there is none, or it may
    /// not be read.
    pub fn ends(&self, uri: &S3Uri, most: usize) -> Option<[Vec<u8>; 2]> {
        let connected = self.connected().ok()?;
        let bucket = connected.bucket(&uri.bucket);
        connected.runtime.block_on(async {
            let object = bucket.head(&uri.key).await.ok()?;
            if object.size == 0 {
                return None;
            }
            let most = u64::try_from(most).unwrap_or(u64::MAX).min(object.size);
            let first = bucket.get(&object, Some((0, most))).await.ok()?;
            let last = bucket.get(&object, Some((object.size - most, object.size))).await.ok()?;
            Some([first.bytes, last.bytes])
        })
    }

    /// Takes the bytes of a file.
    ///
    /// # Errors
    /// When it cannot be taken; nothing is left of it then.
    pub fn take(&self, uri: &S3Uri, file: File) -> Result<Taken, UploadError> {
        self.taken(uri, file).map_err(UploadError)
    }

    fn taken(&self, uri: &S3Uri, mut file: File) -> Result<Taken, String> {
        let connected = self.connected()?;
        let size = file.metadata().map_err(unreadable)?.len();
        let how = match connected.runtime.block_on(connected.upload_for(uri, size))? {
            None => {
                let mut bytes = Vec::new();
                file.read_to_end(&mut bytes).map_err(unreadable)?;
                How::Whole(bytes)
            }
            Some(begun) => match connected.runtime.block_on(send(Arc::clone(&begun), file, size)) {
                Ok(parts) => How::Parts(begun, parts),
                Err(why) => return Err(connected.give_up(&begun, why)),
            },
        };
        let bucket = connected.bucket(&uri.bucket);
        Ok(Taken { bucket, key: uri.key.clone(), how: Some(how), connected })
    }

    fn connected(&self) -> Result<Arc<Connected>, String> {
        let mut connected = self.connected.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(connected) = &*connected {
            return Ok(Arc::clone(connected));
        }
        let runtime = new_runtime().map_err(|error| format!("no threads to upload with: {error}"))?;
        let Some(config) = runtime.block_on(unless_stopped(self.access.connect(), self.stop)) else {
            // A terminal that nobody types on must not hold up the end.
            runtime.shutdown_background();
            return Err("stopped before it had credentials".to_owned());
        };
        let config = config.map_err(|error| error.to_string())?;
        let (access, buckets, kept) = (Arc::clone(&self.access), Mutex::default(), Mutex::default());
        let new = Connected { access, config, buckets, kept, runtime };
        Ok(Arc::clone(connected.insert(Arc::new(new))))
    }
}

impl Connected {
    fn bucket(&self, name: &str) -> Arc<Bucket> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let bucket = buckets.entry(name.to_owned());
        Arc::clone(bucket.or_insert_with(|| Arc::new(Bucket::new(name, &self.access, self.config.clone()))))
    }

    fn kept(&self) -> MutexGuard<'_, Vec<Arc<Begun>>> {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The upload for the parts of a file; `None` for one that is put whole: a small one, and any in a store that takes
    /// no parts.
    async fn upload_for(&self, uri: &S3Uri, size: u64) -> Result<Option<Arc<Begun>>, String> {
        let kept = |begun: &Arc<Begun>| *begun.bucket.uri == *format!("s3://{}", uri.bucket) && begun.key == uri.key;
        let kept = self.kept().extract_if(.., |begun| kept(begun)).next();
        match kept {
            Some(begun) => {
                under_way().push(Arc::clone(&begun));
                Ok(Some(begun))
            }
            None if size <= PART => Ok(None),
            None => self.begin(uri).await,
        }
    }

    /// Begins an upload in parts; `None` where the store takes none.
    async fn begin(&self, uri: &S3Uri) -> Result<Option<Arc<Begun>>, String> {
        let bucket = self.bucket(&uri.bucket);
        let Some(id) = bucket.begin_parts(&uri.key).await.map_err(|refusal| refusal.why)? else { return Ok(None) };
        let (key, runtime) = (uri.key.clone(), self.runtime.handle().clone());
        let begun = Arc::new(Begun { bucket, key, id, runtime, sending: Mutex::default(), removed: OnceCell::new() });
        under_way().push(Arc::clone(&begun));
        Ok(Some(begun))
    }

    /// Ends an upload that failed; says why, and what is left of it when it cannot be ended.
    fn give_up(&self, begun: &Begun, why: String) -> String {
        match self.runtime.block_on(begun.abort()) {
            Ok(()) => why,
            Err(left) => format!("{why}; its parts stay until a lifecycle rule removes them: {left}"),
        }
    }
}

impl Taken {
    /// Puts the file in its place.
    ///
    /// # Errors
    /// When that failed; nothing is left of it then.
    pub fn complete(self) -> Result<(), UploadError> {
        self.completed().map_err(UploadError)
    }

    fn completed(mut self) -> Result<(), String> {
        let Some(how) = self.how.take() else { return Ok(()) };
        let runtime = &self.connected.runtime;
        match how {
            How::Whole(bytes) => runtime.block_on(self.bucket.put(&self.key, bytes)).map_err(|refusal| refusal.why),
            How::Parts(begun, parts) => {
                let done = runtime.block_on(self.bucket.complete_parts(&self.key, &begun.id, parts));
                match done {
                    Ok(()) => {
                        begun.forget();
                        Ok(())
                    }
                    Err(refusal) => Err(self.connected.give_up(&begun, refusal.why)),
                }
            }
        }
    }
}

impl Drop for Taken {
    fn drop(&mut self) {
        if let Some(How::Parts(begun, _)) = self.how.take() {
            // The failure that led here is the one to tell.
            let _ = self.connected.runtime.block_on(begun.abort());
        }
    }
}

impl Begun {
    /// Removes the parts, or waits until somebody else has: to return before would let the runtime end that asks for it.
    async fn abort(&self) -> Result<(), String> {
        self.forget();
        let remove = || async { self.bucket.abort_parts(&self.key, &self.id).await.map_err(|refusal| refusal.why) };
        self.removed.get_or_try_init(remove).await.copied()
    }

    /// Takes it off the list; says whether it was there.
    fn forget(&self) -> bool {
        let mut all = under_way();
        let before = all.len();
        all.retain(|other| other.id != self.id);
        all.len() < before
    }

    fn stop_sending(&self) {
        if let Some(sending) = self.sending.lock().unwrap_or_else(PoisonError::into_inner).take() {
            sending.abort();
        }
    }
}

/// Whether parts lie in a bucket that make no object yet.
pub fn is_uploading() -> bool {
    !under_way().is_empty()
}

/// Removes the parts of all uploads, for a process that leaves without dropping what it has taken. Waits `patience` at most.
pub fn abort_uploads(patience: Duration) {
    let all = under_way().clone();
    let (done, ended) = mpsc::channel::<()>();
    // Taken off the list first: whoever fails because of the stop leaves the rest to this.
    for begun in all.into_iter().filter(|begun| begun.forget()) {
        // A part that arrives after its upload was ended would stay.
        begun.stop_sending();
        let (runtime, done) = (begun.runtime.clone(), done.clone());
        runtime.spawn(async move {
            let _ = begun.abort().await;
            drop(done);
        });
    }
    drop(done);
    // Nothing is ever sent: it ends when all senders are gone.
    let _ = ended.recv_timeout(patience);
}

fn under_way() -> MutexGuard<'static, Vec<Arc<Begun>>> {
    UNDER_WAY.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Sends all parts, as a task that [`Begun::stop_sending`] can end.
async fn send(begun: Arc<Begun>, file: File, size: u64) -> Result<Vec<PutPart>, String> {
    let sending = tokio::spawn(send_parts(Arc::clone(&begun), file, size));
    *begun.sending.lock().unwrap_or_else(PoisonError::into_inner) = Some(sending.abort_handle());
    sending.await.unwrap_or_else(|_| Err("stopped before its end".to_owned()))
}

async fn send_parts(begun: Arc<Begun>, file: File, size: u64) -> Result<Vec<PutPart>, String> {
    let mut sending = JoinSet::new();
    let sent = send_into(&mut sending, begun, file, size).await;
    // A part that arrives after its upload was given up stays, so whatever is on its way ends first.
    while sending.join_next().await.is_some() {}
    sent
}

type Sending = JoinSet<Result<PutPart, super::explain::Refusal>>;

async fn send_into(sending: &mut Sending, begun: Arc<Begun>, file: File, size: u64) -> Result<Vec<PutPart>, String> {
    let length = part_length(size);
    let file = Arc::new(file);
    let mut sent = Vec::new();
    for number in 1..=size.div_ceil(length).max(1) {
        if sending.len() == AT_ONCE {
            sent.extend(joined(sending).await?);
        }
        let file = Arc::clone(&file);
        let bytes = tokio::task::spawn_blocking(move || read_part(&file, length)).await;
        let bytes = bytes.unwrap_or_else(|error| Err(std::io::Error::other(error))).map_err(unreadable)?;
        let (begun, number) = (Arc::clone(&begun), i32::try_from(number).unwrap_or(i32::MAX));
        sending.spawn(async move { begun.bucket.put_part(&begun.key, &begun.id, number, bytes).await });
    }
    while !sending.is_empty() {
        sent.extend(joined(sending).await?);
    }
    Ok(sent)
}

async fn joined(sending: &mut Sending) -> Result<Option<PutPart>, String> {
    match sending.join_next().await {
        None => Ok(None),
        Some(Ok(part)) => part.map(Some).map_err(|refusal| refusal.why),
        Some(Err(error)) => Err(error.to_string()),
    }
}

fn read_part(file: &File, length: u64) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::with_capacity(usize::try_from(length).unwrap_or(0));
    file.take(length).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// The bytes of each part but the last.
fn part_length(size: u64) -> u64 {
    PART.max(size.div_ceil(PARTS))
}

fn unreadable(error: std::io::Error) -> String {
    format!("its temporary file cannot be read: {error}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn never_more_parts_than_s3_takes() {
        assert_eq!(part_length(PART + 1), PART);
        assert_eq!(part_length(PART * PARTS), PART);
        for size in [PART * PARTS + 1, 5 << 40] {
            assert!(size.div_ceil(part_length(size)) <= PARTS, "{size}");
        }
    }
}
