//! The public keys that verify digests, asked of CloudTrail region by region.
//!
//! Source: CloudTrail API reference, "ListPublicKeys": each region has its own, and times without which only the current
//! one is given.

use std::collections::BTreeSet;
use std::io;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::time::Duration;

use aws_config::timeout::TimeoutConfig;
use aws_sdk_cloudtrail::primitives::DateTime;
use tokio::task::JoinSet;

use super::access::Access;
use super::explain::{Needs, refusal_of};
use super::{new_runtime, unless_stopped};
use crate::input::caught::caught_in;
use crate::model::EventTime;

/// How long CloudTrail may take for a page, repeats included.
const ANSWERS_WITHIN: Duration = Duration::from_secs(10);

/// A public key, as CloudTrail gives it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FoundKey {
    /// Which key it is.
    pub fingerprint: String,
    /// The key, in PKCS #1, DER.
    pub der: Vec<u8>,
    /// The first moment at which it signs.
    pub from: Option<EventTime>,
    /// The last.
    pub until: Option<EventTime>,
}

/// The keys of each region, or why they cannot be had.
pub type KeysOfRegions = Vec<(String, Result<Vec<FoundKey>, String>)>;

/// Asks for the public keys of these regions that were valid in this time, all regions at once: of each the first of those who
/// ask that may. `None` once `stop` is set.
///
/// # Errors
/// When no threads can be started.
pub fn public_keys(
    who: &[Arc<Access>],
    regions: &BTreeSet<String>,
    span: (EventTime, EventTime),
    stop: &AtomicBool,
) -> io::Result<Option<KeysOfRegions>> {
    let runtime = new_runtime()?;
    let asking = async {
        let mut asking = JoinSet::new();
        for region in regions.iter().cloned() {
            let who = who.to_vec();
            asking.spawn(async move {
                let keys = caught_in(of_region(&who, &region, span)).await;
                (region, keys.unwrap_or_else(Err))
            });
        }
        asking.join_all().await
    };
    let found = runtime.block_on(unless_stopped(asking, stop));
    runtime.shutdown_background();
    Ok(found.map(|mut found| {
        found.sort_by(|(one, _), (other, _)| one.cmp(other));
        found
    }))
}

async fn of_region(who: &[Arc<Access>], region: &str, span: (EventTime, EventTime)) -> Result<Vec<FoundKey>, String> {
    let mut why = "nobody can ask".to_owned();
    for access in who {
        match asked(access, region, span).await {
            Ok(keys) => return Ok(keys),
            Err(refused) => why = refused,
        }
    }
    Err(why)
}

async fn asked(access: &Access, region: &str, (from, until): (EventTime, EventTime)) -> Result<Vec<FoundKey>, String> {
    let config = access.connect().await.map_err(|error| error.to_string())?;
    let timeouts = TimeoutConfig::builder().operation_timeout(ANSWERS_WITHIN).build();
    let client = aws_sdk_cloudtrail::config::Builder::from(&config).timeout_config(timeouts);
    let client =
        aws_sdk_cloudtrail::Client::from_conf(client.region(aws_types::region::Region::new(region.to_owned())).build());
    let mut keys = Vec::new();
    let mut next = None;
    loop {
        let request =
            client.list_public_keys().start_time(DateTime::from_secs(from.0)).end_time(DateTime::from_secs(until.0));
        let page = request.set_next_token(next.take()).send().await;
        let page = page.map_err(|error| refusal_of(&error, Needs::ListPublicKeys).why)?;
        for key in page.public_key_list.unwrap_or_default() {
            let (Some(value), Some(fingerprint)) = (key.value, key.fingerprint) else { continue };
            let moment = |time: Option<DateTime>| time.map(|time| EventTime::from_seconds(time.secs()));
            let (from, until) = (moment(key.validity_start_time), moment(key.validity_end_time));
            keys.push(FoundKey { fingerprint, der: value.into_inner(), from, until });
        }
        match page.next_token.filter(|token| !token.is_empty()) {
            Some(token) => next = Some(token),
            None => return Ok(keys),
        }
    }
}
