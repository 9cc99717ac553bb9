//! Calls that change what CloudTrail records or what is left of it, and what records say about trails.
//!
//! One record is read without any other: where a call matters only if a bucket or key is a trail's, it says so
//! ([`Condition`]), and [`TrailFacts::settle`] decides when all records were read. Who called and how it ended is for the
//! caller of [`LoggingRecord::of`].

mod buckets;
mod facts;
mod keys;
mod organization;
mod policy;
mod selectors;
mod stores;
#[cfg(test)]
mod tests;
mod trails;

use serde_json::Value;

pub use facts::{FactKind, Settled, TrailFact, TrailFacts};

use super::{Arn, Event, IdentityType};

/// What a call does to the logs. Not an AWS term. Ordered by how much is lost.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum LoggingEffect {
    /// The same or more is recorded than before.
    #[default]
    Kept,
    /// What was stopped goes on.
    Resumed,
    /// Less is recorded or kept, or it goes elsewhere.
    Narrowed,
    /// Delivered logs were deleted.
    Deleted,
    /// Recording or delivery ends.
    Stopped,
}

/// What a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoggingObject {
    /// A trail.
    Trail,
    /// An event data store of CloudTrail Lake.
    EventDataStore,
    /// A bucket that a trail delivers to.
    Bucket,
    /// Log or digest objects that were delivered.
    LogObjects,
    /// The KMS key of a trail.
    KmsKey,
    /// Membership in an organization, or its use of CloudTrail.
    Organization,
}

/// Whose logs a call is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LoggingReach {
    /// Those of the home account alone.
    Home,
    /// Those of the trail: of all accounts where it is an organization's, else of its home account.
    Trail,
    /// Those of every account.
    Organization,
}

/// When the effect of a call holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Condition {
    /// Whatever else is known.
    Always,
    /// If its bucket or key is known to be a trail's.
    IfOfTrail,
    /// If its bucket is known to be a trail's, or no bucket of its account's trails is known.
    IfNoOther,
    /// Unless [`LoggingCall::bucket`] is known to be a trail's: a trail that is updated names its bucket again.
    UnlessOfTrail,
}

/// A call that changes what is recorded or kept.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LoggingCall {
    /// eventName.
    pub event: String,
    /// What it does to the logs.
    pub effect: LoggingEffect,
    /// What it is about.
    pub object: LoggingObject,
    /// The name of that: a trail, bucket, key id; empty when the record does not say.
    pub name: String,
    /// The account whose logs it is about first.
    pub home: String,
    /// Whose logs it is about.
    pub reach: LoggingReach,
    /// When that holds.
    pub condition: Condition,
    /// For [`Condition::UnlessOfTrail`]: the bucket that is named.
    pub bucket: String,
}

/// What one record says of logging.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LoggingRecord {
    /// The call that it is of, if that changes logging. It may have failed.
    pub call: Option<LoggingCall>,
    /// What it tells of trails.
    pub facts: Vec<TrailFact>,
}

impl LoggingRecord {
    /// What `event` says of logging; `None` for nearly every event, after a look at its eventSource and eventName.
    ///
    /// Source: API references of CloudTrail, Amazon S3, AWS KMS, Organizations and Account Management.
    #[inline]
    pub fn of(event: &Event<'_>) -> Option<Self> {
        match event.event_source {
            "cloudtrail.amazonaws.com" => trails::read(event),
            "s3.amazonaws.com" => buckets::read(event),
            "kms.amazonaws.com" => keys::read(event),
            "organizations.amazonaws.com" | "account.amazonaws.com" => organization::read(event),
            _ => None,
        }
    }

    fn call(call: LoggingCall) -> Self {
        Self { call: Some(call), facts: Vec::new() }
    }

    fn with(mut self, fact: Option<TrailFact>) -> Self {
        self.facts.extend(fact);
        self
    }
}

/// Whether CloudTrail itself called: from its own host, or as a service that calls from an address.
///
/// Source: CloudTrail user guide, "CloudTrail record contents", sourceIPAddress, and "CloudTrail userIdentity element",
/// `invokedBy` and type `AWSService`, none of which a caller can set.
fn is_by_cloudtrail(event: &Event<'_>) -> bool {
    const HOST: &str = "cloudtrail.amazonaws.com";
    let identity = &*event.user_identity;
    event.source_ip_address == HOST || (identity.kind == IdentityType::AwsService && identity.invoked_by == HOST)
}

impl LoggingCall {
    /// A call about the logs of the account of `event`.
    fn new(event: &Event<'_>, object: LoggingObject, effect: LoggingEffect) -> Self {
        Self {
            event: event.event_name.to_owned(),
            effect,
            object,
            name: String::new(),
            home: event.account_id().to_owned(),
            reach: LoggingReach::Home,
            condition: Condition::Always,
            bucket: String::new(),
        }
    }

    fn named(self, name: impl Into<String>) -> Self {
        Self { name: name.into(), ..self }
    }

    fn reach(self, reach: LoggingReach) -> Self {
        Self { reach, ..self }
    }

    fn on(self, condition: Condition) -> Self {
        Self { condition, ..self }
    }
}

impl LoggingEffect {
    /// All of them, mildest first.
    pub const ALL: [Self; 5] = [Self::Kept, Self::Resumed, Self::Narrowed, Self::Deleted, Self::Stopped];

    /// The word that is printed: `stopped`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Kept => "kept",
            Self::Resumed => "resumed",
            Self::Narrowed => "narrowed",
            Self::Deleted => "deleted",
            Self::Stopped => "stopped",
        }
    }

    /// The effect of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|effect| effect.as_str() == word)
    }

    /// Whether what is there afterwards is less than all.
    pub fn blinds(self) -> bool {
        self >= Self::Narrowed
    }
}

impl LoggingObject {
    /// All of them.
    pub const ALL: [Self; 6] =
        [Self::Trail, Self::EventDataStore, Self::Bucket, Self::LogObjects, Self::KmsKey, Self::Organization];

    /// The word that is printed: `event-data-store`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Trail => "trail",
            Self::EventDataStore => "event-data-store",
            Self::Bucket => "bucket",
            Self::LogObjects => "log-objects",
            Self::KmsKey => "kms-key",
            Self::Organization => "organization",
        }
    }

    /// The object of that word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|object| object.as_str() == word)
    }
}

impl LoggingReach {
    /// The word that is saved: `trail`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Home => "home",
            Self::Trail => "trail",
            Self::Organization => "organization",
        }
    }

    /// The reach of that word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::Home, Self::Trail, Self::Organization].into_iter().find(|reach| reach.as_str() == word)
    }
}

impl Condition {
    /// The word that is saved: `if-of-trail`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Always => "always",
            Self::IfOfTrail => "if-of-trail",
            Self::IfNoOther => "if-no-other",
            Self::UnlessOfTrail => "unless-of-trail",
        }
    }

    /// The condition of that word.
    pub fn parse(word: &str) -> Option<Self> {
        let all = [Self::Always, Self::IfOfTrail, Self::IfNoOther, Self::UnlessOfTrail];
        all.into_iter().find(|condition| condition.as_str() == word)
    }
}

/// The request of `event`; null where it has none or it is not JSON.
fn request(event: &Event<'_>) -> Value {
    serde_json::from_str(event.request_parameters).unwrap_or(Value::Null)
}

/// The text of a member of a JSON object; empty where there is none.
fn text_of<'a>(object: &'a Value, name: &str) -> &'a str {
    object.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// Whether a member is true or false; some records write either as text.
fn flag_of(object: &Value, name: &str) -> Option<bool> {
    match object.get(name)? {
        Value::Bool(flag) => Some(*flag),
        Value::String(text) => text.to_ascii_lowercase().parse().ok(),
        _ => None,
    }
}

/// The last part of an ARN's resource, or the name itself: `arn:aws:cloudtrail:…:trail/main` is `main`.
fn short_name(name: &str) -> &str {
    name.rsplit('/').next().unwrap_or(name)
}

/// The account of an ARN; `None` of anything else.
fn account_of(arn: &str) -> Option<&str> {
    Arn::parse(arn).map(|arn| arn.account_id).filter(|account| !account.is_empty())
}
