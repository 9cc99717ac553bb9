//! Calls of Amazon S3 on the bucket that a trail delivers to, and on what it delivered.

use serde_json::Value;

use super::policy::{CloudTrailMay, Delivery, PUT_OBJECT, any_text};
use super::{
    Condition, FactKind, LoggingCall, LoggingEffect, LoggingObject, LoggingRecord, TrailFact, account_of,
    is_by_cloudtrail, request, text_of,
};
use crate::model::{Event, is_account_id, members, text};

/// Days after which logs may expire without a word: the three months that many rules ask to keep at hand.
pub(super) const KEPT_DAYS: i64 = 90;

/// What a call of S3 does to logs. Source: Amazon S3 user guide, "Amazon S3 CloudTrail events".
pub(super) fn read(event: &Event<'_>) -> Option<LoggingRecord> {
    match event.event_name {
        "GetBucketAcl" => checked_by_cloudtrail(event),
        "DeleteObject" | "DeleteObjects" => deleted(event),
        "DeleteBucket" | "DeleteBucketPolicy" => Some(on_bucket(event, |_| (LoggingEffect::Stopped, false))),
        "PutBucketPolicy" => Some(on_bucket(event, |request| {
            let document = request.get("bucketPolicy").unwrap_or(&Value::Null);
            let may = CloudTrailMay::of(document, PUT_OBJECT, Delivery::after(event));
            (if may.go_on { LoggingEffect::Kept } else { LoggingEffect::Narrowed }, may.is_named)
        })),
        "PutBucketLifecycle" | "PutBucketLifecycleConfiguration" => Some(on_bucket(event, |request| {
            let expiry = Expiry::of(request);
            (if expiry.is_early { LoggingEffect::Narrowed } else { LoggingEffect::Kept }, expiry.names_logs)
        })),
        "PutBucketEncryption" => Some(on_bucket(event, |request| {
            let foreign = |arn: &str| account_of(arn).is_some_and(|account| account != event.account_id());
            (if any_text(request, &foreign) { LoggingEffect::Narrowed } else { LoggingEffect::Kept }, false)
        })),
        _ => None,
    }
}

/// CloudTrail itself looks at the bucket before it delivers: that bucket is a trail's.
fn checked_by_cloudtrail(event: &Event<'_>) -> Option<LoggingRecord> {
    if !is_by_cloudtrail(event) {
        return None;
    }
    let [bucket] = members(event.request_parameters, ["bucketName"]).map(text);
    let fact = TrailFact::new(FactKind::Bucket, &bucket, event.account_id()).at(event.event_time);
    (!bucket.is_empty()).then(|| LoggingRecord { call: None, facts: vec![fact] })
}

/// A call on a bucket; `judge` tells its effect, and whether the request itself says that the bucket is a trail's.
fn on_bucket(event: &Event<'_>, judge: impl Fn(&Value) -> (LoggingEffect, bool)) -> LoggingRecord {
    let request = request(event);
    let bucket = text_of(&request, "bucketName");
    let (effect, is_told) = judge(&request);
    let condition = match is_told {
        true => Condition::Always,
        false if is_named_for_logs(bucket) => Condition::IfNoOther,
        false => Condition::IfOfTrail,
    };
    LoggingRecord::call(LoggingCall::new(event, LoggingObject::Bucket, effect).named(bucket).on(condition))
}

/// Whether a bucket is called as trails' buckets are: the names that the CloudTrail console and Control Tower give, and
/// people's own that say so. A guess, for where no trail's bucket of the account is known: a bucket of query results may be
/// called so, too.
///
/// Source: CloudTrail user guide, "Creating a trail with the console"; Control Tower user guide, "Shared accounts".
fn is_named_for_logs(bucket: &str) -> bool {
    bucket.contains("cloudtrail") || bucket.starts_with("aws-controltower-logs-")
}

/// Objects that were deleted, where their key is one of CloudTrail's; their bucket is a trail's, then. A call for many
/// objects names them among its resources, as far as it names any; else it counts on a trail's bucket.
fn deleted(event: &Event<'_>) -> Option<LoggingRecord> {
    let is_one = event.event_name == "DeleteObject";
    if is_one && !event.request_parameters.contains("AWSLogs") {
        return None;
    }
    let [bucket, key] = members(event.request_parameters, ["bucketName", "key"]).map(text);
    let call = LoggingCall::new(event, LoggingObject::LogObjects, LoggingEffect::Deleted).named(&*bucket);
    let home = home_of_key(if is_one { &key } else { event.request_parameters }).map(str::to_owned);
    match home.or_else(|| home_of_resources(event)) {
        Some(home) => {
            let fact = TrailFact::new(FactKind::Bucket, &bucket, &home).at(event.event_time);
            Some(LoggingRecord::call(LoggingCall { home, ..call }).with(Some(fact)))
        }
        None if is_one => None,
        None => Some(LoggingRecord::call(call.on(Condition::IfOfTrail))),
    }
}

/// The account whose logs are among the objects that a call names as its resources.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", `resources`. `ARNPrefix` stands in data events that name no
/// single object, as records show.
fn home_of_resources(event: &Event<'_>) -> Option<String> {
    if !event.resources.contains("AWSLogs") {
        return None;
    }
    let resources: Value = serde_json::from_str(event.resources).ok()?;
    let of_one = |resource: &Value| {
        ["ARN", "ARNPrefix"].iter().find_map(|name| home_of_key(text_of(resource, name)).map(str::to_owned))
    };
    resources.as_array()?.iter().find_map(of_one)
}

/// The account whose logs lie under a key: `…/AWSLogs/[o-id/]ACCOUNT/CloudTrail…/…`.
fn home_of_key(key: &str) -> Option<&str> {
    let parts: Vec<&str> = key.split('/').collect();
    let stream = parts.iter().position(|part| matches!(*part, "CloudTrail" | "CloudTrail-Digest"))?;
    let home = *parts.get(stream.checked_sub(1)?)?;
    (parts[..stream].contains(&"AWSLogs") && is_account_id(home)).then_some(home)
}

/// What a lifecycle configuration lets expire.
#[derive(Clone, Copy, Debug, Default)]
struct Expiry {
    /// Whether logs expire within [`KEPT_DAYS`], or on a date.
    is_early: bool,
    /// Whether a rule names the folder of logs.
    names_logs: bool,
}

impl Expiry {
    /// Reads the rules, however deep they stand. One that is disabled, or only moves objects to another storage class,
    /// says nothing; nor does one for the folder of another service's logs. Any other prefix may be the trail's own.
    fn of(value: &Value) -> Self {
        match value {
            Value::Array(list) => list.iter().map(Self::of).fold(Self::default(), Self::or),
            Value::Object(rule) if rule.contains_key("Expiration") => Self::of_rule(value),
            Value::Object(members) => members.values().map(Self::of).fold(Self::default(), Self::or),
            _ => Self::default(),
        }
    }

    fn of_rule(rule: &Value) -> Self {
        let filter = rule.get("Filter").unwrap_or(&Value::Null);
        let of_and = filter.get("And").map_or("", |and| text_of(and, "Prefix"));
        let prefixes = [text_of(rule, "Prefix"), text_of(filter, "Prefix"), of_and];
        let prefix = prefixes.into_iter().find(|prefix| !prefix.is_empty()).unwrap_or_default();
        let id = [text_of(rule, "ID"), text_of(rule, "Id"), text_of(rule, "id")].concat().to_ascii_lowercase();
        let is_of_others = is_of_other_service(prefix);
        let names_logs = !is_of_others && (prefix.contains("AWSLogs") || id.contains("cloudtrail"));
        let expiration = rule.get("Expiration").unwrap_or(&Value::Null);
        let days = expiration.get("Days").and_then(|days| days.as_i64().or_else(|| days.as_str()?.parse().ok()));
        let expires = days.is_some_and(|days| days < KEPT_DAYS) || expiration.get("Date").is_some();
        let holds = text_of(rule, "Status") != "Disabled" && !is_of_others;
        Self { is_early: expires && holds, names_logs }
    }

    fn or(self, other: Self) -> Self {
        Self { is_early: self.is_early || other.is_early, names_logs: self.names_logs || other.names_logs }
    }
}

/// Whether a prefix is the folder of another service's logs, which lie beside those of CloudTrail. A prefix may end in
/// the middle of a name: `AWSLogs/ACCOUNT/C` is of CloudTrail's logs and of others.
///
/// Source: Amazon S3 user guide, "Filtering objects for lifecycle": a prefix is of keys, not of folders.
fn is_of_other_service(prefix: &str) -> bool {
    let below = prefix.split_once("AWSLogs/").map_or("", |(_, below)| below);
    let is_stream = |part: &&str| !part.starts_with("o-") && !part.bytes().all(|byte| byte.is_ascii_digit());
    let is_cut = |part: &str| below.ends_with(part) && ("CloudTrail".starts_with(part) || part == "o");
    below.split('/').find(is_stream).is_some_and(|stream| !stream.starts_with("CloudTrail") && !is_cut(stream))
}
