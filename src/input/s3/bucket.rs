//! One bucket: the few requests that reading logs needs, each repeated until it goes well or cannot.

mod body;
mod list;
mod put;

use std::pin::pin;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::task::Poll;
use std::time::Duration;

use aws_config::SdkConfig;
use aws_sdk_s3::Client;
use aws_sdk_s3::error::SdkError;
use aws_sdk_s3::types::RequestPayer;
use tokio::time::Instant;
use tracing::{debug, info};

use super::access::Access;
use super::explain::{Needs, Next, Refusal, refusal_of};
use super::reach::{GONE_AFTER, Reach, STALLED_AFTER, Waits};

pub use list::{ListRequest, Page};
pub use put::PutPart;

/// How often a request is sent at most, unless AWS_MAX_ATTEMPTS or `max_attempts` says otherwise.
const ATTEMPTS: u32 = 6;
/// How often a request is sent at most to a bucket that asks for fewer: with the pauses about a minute.
const SLOW_ATTEMPTS: u32 = 13;
/// How long the first pause is; each is twice the one before…
const FIRST_PAUSE: Duration = Duration::from_millis(100);
/// …up to this.
const LONGEST_PAUSE: Duration = Duration::from_secs(10);
/// The pause between attempts to reach a server that fell silent.
const SILENT_PAUSE: Duration = Duration::from_secs(2);

/// A bucket and how it is asked.
#[derive(Debug)]
pub struct Bucket {
    /// The bucket's URI, without a slash at its end.
    pub uri: Arc<str>,
    name: String,
    access: Access,
    config: SdkConfig,
    client: Mutex<Client>,
    /// AWS_MAX_ATTEMPTS.
    attempts: Option<u32>,
    pace: Pace,
    reach: Reach,
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

impl Bucket {
    /// A bucket that is asked so.
    pub fn new(name: &str, access: &Access, config: SdkConfig) -> Self {
        Self {
            uri: format!("s3://{name}").into(),
            name: name.to_owned(),
            client: Mutex::new(access.client(&config, name, None)),
            access: access.clone(),
            config,
            attempts: access.attempts(),
            pace: Pace::default(),
            reach: Reach::default(),
            lists: AtomicU64::new(0),
            ended: OnceLock::new(),
        }
    }

    /// Listing requests that were sent, repeats included.
    pub fn lists(&self) -> u64 {
        self.lists.load(Ordering::Relaxed)
    }

    /// What a listing would show of one object.
    ///
    /// # Errors
    /// When no attempt goes well.
    pub async fn head(&self, key: &str) -> Result<Listed, Refusal> {
        self.repeated(Waits::Object, |client| async move {
            let call = client.head_object().bucket(&self.name).key(key).set_request_payer(self.payer());
            let head = call.send().await.map_err(|error| refusal_of(&error, Needs::GetObject))?;
            let size = u64::try_from(head.content_length().unwrap_or(0)).unwrap_or(0);
            Ok(Listed { key: key.into(), size, etag: head.e_tag().map(Into::into), archived: false })
        })
        .await
    }

    fn payer(&self) -> Option<RequestPayer> {
        self.access.requester_pays.then_some(RequestPayer::Requester)
    }

    /// Sends a request until it goes well, or cannot.
    async fn repeated<'a, T, F, A>(&'a self, waits: Waits, send: F) -> Result<T, Refusal>
    where
        F: Fn(Client) -> A,
        A: Future<Output = Result<T, Refusal>> + 'a,
    {
        let _under_way = self.reach.begin();
        let (begun, mut attempt) = (Instant::now(), 1);
        loop {
            if let Some(refusal) = self.ended.get() {
                return Err(refusal.clone());
            }
            if self.pace.wait().await {
                self.reach.asks_again();
            }
            let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let refusal = match self.in_time((waits, begun), send(client)).await {
                Ok(answer) => {
                    self.reach.heard();
                    return Ok(answer);
                }
                Err(refusal) => refusal,
            };
            debug!(bucket = &*self.uri, attempt, next = ?refusal.next, why = refusal.why, "s3 request failed");
            if refusal.next != Next::Unanswered {
                self.reach.heard();
            } else if self.reach.is_gone(waits, begun) {
                return Err(self.gone(refusal));
            } else if waits != Waits::Receipt && self.attempts.is_none() && self.reach.fell_silent() {
                // A server that answered before is waited for until it counts as gone: a restart costs no object.
                tokio::time::sleep(SILENT_PAUSE).await;
                continue;
            }
            self.wait_after(refusal, attempt).await?;
            attempt += 1;
        }
    }

    /// Asks a server that owes a page, and is silent, whether it is there. Any answer says so: a refusal, too.
    async fn keep_asking(&self, waits: Waits) {
        if waits != Waits::Page {
            return std::future::pending().await;
        }
        loop {
            self.reach.silent().await;
            let client = self.client.lock().unwrap_or_else(PoisonError::into_inner).clone();
            let asked = client.head_bucket().bucket(&self.name).send();
            let answer = tokio::time::timeout(STALLED_AFTER, asked).await;
            debug!(bucket = &*self.uri, answered = answer.is_ok(), "s3 was asked whether it is there");
            if let Ok(Ok(_) | Err(SdkError::ServiceError(_) | SdkError::ResponseError(_))) = answer {
                self.reach.is_there();
            }
        }
    }

    /// The answer, unless the server is silent for too long.
    async fn in_time<T>(
        &self,
        (waits, begun): (Waits, Instant),
        answer: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        let (mut answer, mut late) = (pin!(answer), pin!(self.reach.waited_for(waits, begun)));
        let mut asking = pin!(self.keep_asking(waits));
        let first = std::future::poll_fn(|context| match answer.as_mut().poll(context) {
            Poll::Ready(answer) => Poll::Ready(answer),
            Poll::Pending => {
                let _: Poll<()> = asking.as_mut().poll(context);
                late.as_mut().poll(context).map(|()| Err(Refusal::unanswered("no answer in time: check the network")))
            }
        });
        first.await
    }

    /// Waits until a request that was refused may be sent again; an error when it may not.
    async fn wait_after(&self, refusal: Refusal, attempt: u32) -> Result<(), Refusal> {
        let most = self.attempts.unwrap_or(ATTEMPTS);
        match &refusal.next {
            Next::Again | Next::Unanswered if attempt < most => tokio::time::sleep(pause(attempt)).await,
            Next::Slower if attempt < self.attempts.unwrap_or(SLOW_ATTEMPTS) => self.pace.slow_down(pause(attempt)),
            // The first request of a bucket elsewhere always fails: it has a second even where others have not.
            Next::Region(region) if attempt < most.max(2) => self.move_to(region),
            Next::End => return Err(self.ended.get_or_init(|| refusal).clone()),
            _ => return Err(refusal),
        }
        Ok(())
    }

    /// No request goes well any more: told once with its reason, and nothing else is asked for.
    fn gone(&self, refusal: Refusal) -> Refusal {
        let silent = GONE_AFTER.as_secs();
        let why = format!("{} (no request went well for {silent} s, so nothing more was asked for)", refusal.why);
        self.ended.get_or_init(|| Refusal { why, next: Next::End }).clone()
    }

    fn move_to(&self, region: &str) {
        info!(bucket = &*self.uri, region, "s3 bucket is in another region");
        let client = self.access.client(&self.config, &self.name, Some(region));
        *self.client.lock().unwrap_or_else(PoisonError::into_inner) = client;
    }
}

/// Requests of a bucket that was asked for too much wait together.
#[derive(Debug, Default)]
struct Pace {
    not_before: Mutex<Option<Instant>>,
}

impl Pace {
    /// Waits for the turn; says whether that took time.
    async fn wait(&self) -> bool {
        let until = *self.not_before.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(until) = until.filter(|until| *until > Instant::now()) else { return false };
        tokio::time::sleep_until(until).await;
        true
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
