//! One account, asked: the clients of its credentials, how calls are counted, and what one that failed means.

use std::error::Error;
use std::sync::atomic::{AtomicU64, Ordering};

use aws_config::SdkConfig;
use aws_config::retry::RetryConfig;
use aws_sdk_iam::error::{ProvideErrorMetadata, SdkError};
use aws_smithy_async::future::pagination_stream::PaginationStream;
use tracing::debug;

use crate::input::s3::{Needs, Next, refusal_of};

/// How often a call is sent at most where neither environment nor profile says it: with the SDK's waits, which double up to
/// 20 s, about two minutes of throttling are sat out.
const ATTEMPTS: u32 = 10;

/// The clients of one account.
pub(super) struct Asker {
    /// IAM.
    pub iam: aws_sdk_iam::Client,
    /// Account Management.
    pub account: aws_sdk_account::Client,
    /// STS.
    pub sts: aws_sdk_sts::Client,
    /// What was asked so far.
    pub calls: Calls,
}

/// The calls that were made.
#[derive(Default)]
pub(super) struct Calls(AtomicU64);

/// A call that failed.
#[derive(Debug)]
pub(super) struct Lost {
    /// Why, and the next step when known.
    pub why: String,
    /// What the service calls it; empty when it did not answer.
    pub code: String,
    /// Whether no other call with these credentials can go well.
    pub is_end: bool,
}

impl Asker {
    /// Asks with `config`, and as often as that says where the user said it.
    pub fn new(config: SdkConfig, is_retrying_said: bool) -> Self {
        let retrying = RetryConfig::standard().with_max_attempts(ATTEMPTS);
        let config = match is_retrying_said {
            true => config,
            false => config.into_builder().retry_config(retrying).build(),
        };
        Self {
            iam: aws_sdk_iam::Client::new(&config),
            account: aws_sdk_account::Client::new(&config),
            sts: aws_sdk_sts::Client::new(&config),
            calls: Calls::default(),
        }
    }
}

impl Calls {
    /// How many.
    pub fn count(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }

    /// The answer of one call; `action` is the permission that it needs.
    ///
    /// # Errors
    /// What the service says.
    pub async fn once<O, E>(
        &self,
        action: &'static str,
        sent: impl Future<Output = Result<O, SdkError<E>>>,
    ) -> Result<O, Lost>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let answer = sent.await;
        self.0.fetch_add(1, Ordering::Relaxed);
        debug!(action, ok = answer.is_ok(), "asked");
        answer.map_err(|error| Lost::of(action, &error))
    }

    /// The answers of all pages.
    ///
    /// # Errors
    /// As [`Calls::once`]; then no page counts.
    pub async fn pages<O, E>(
        &self,
        action: &'static str,
        mut stream: PaginationStream<Result<O, SdkError<E>>>,
    ) -> Result<Vec<O>, Lost>
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let mut pages = Vec::new();
        while let Some(page) = stream.next().await {
            pages.push(self.once(action, std::future::ready(page)).await?);
        }
        Ok(pages)
    }
}

impl Lost {
    fn of<E>(action: &'static str, error: &SdkError<E>) -> Self
    where
        E: ProvideErrorMetadata + Error + 'static,
    {
        let refusal = refusal_of(error, Needs::Call(action));
        let code = error.code().unwrap_or_default().to_owned();
        Self { why: refusal.why, code, is_end: refusal.next == Next::End }
    }

    /// An answer that is none.
    pub fn because(why: impl Into<String>) -> Self {
        Self { why: why.into(), code: String::new(), is_end: false }
    }

    /// Whether what was asked about is not there.
    pub fn is_absence(&self) -> bool {
        ["NoSuchEntity", "NoSuchEntityException"].contains(&self.code.as_str())
    }
}
