//! One CloudTrail record, borrowed from the buffer that it was decoded from.

use std::cell::OnceCell;
use std::fmt::Debug;
use std::ops::Deref;

use super::{EventTime, UserIdentity};

/// A name for one distinct `userIdentity` text, valid for the life of the process.
///
/// Not an AWS field. Two events with equal references carry equal identities, so an aggregate may remember what it
/// worked out for one and reuse it for the next; unequal references may still carry equal identities. `slot` is small
/// and dense within a `generation`, fit to index a vector. Generations are never reused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct IdentityRef {
    /// Which table of identities.
    pub generation: u32,
    /// Which place in it.
    pub slot: u32,
}

/// The `userIdentity` of an event, read when first looked at: a known [`IdentityRef`] mostly spares that.
///
/// Dereferences to [`UserIdentity`].
#[derive(Clone, Copy, Debug)]
pub struct LazyIdentity<'a>(&'a dyn Identify);

/// A `userIdentity` in raw JSON, and once somebody has looked at it, what it says.
#[derive(Debug)]
pub struct UnreadIdentity<'r> {
    raw: &'r str,
    parse: fn(&str) -> UserIdentity<'_>,
    read: OnceCell<UserIdentity<'r>>,
}

/// What reads the raw JSON of a `userIdentity`.
pub(crate) type ParseIdentity = fn(&str) -> UserIdentity<'_>;

/// What an identity can be asked of, read or not.
trait Identify: Debug {
    fn identity(&self) -> &UserIdentity<'_>;

    /// The raw JSON and what reads it, where there is any.
    fn unread(&self) -> Option<(&str, ParseIdentity)> {
        None
    }
}

impl<'r> UnreadIdentity<'r> {
    /// An identity in raw JSON that `parse` reads when it is asked for.
    pub fn new(raw: &'r str, parse: fn(&str) -> UserIdentity<'_>) -> Self {
        Self { raw, parse, read: OnceCell::new() }
    }

    /// Takes in what `parse` would read, from whoever has read it already.
    pub(crate) fn know(&self, identity: UserIdentity<'r>) {
        self.read.get_or_init(|| identity);
    }
}

impl<'a> LazyIdentity<'a> {
    /// An identity that is read when it is asked for.
    pub fn new(identity: &'a UnreadIdentity<'_>) -> Self {
        Self(identity)
    }

    /// The raw JSON of one that a decoder gave, and what reads it.
    pub(crate) fn unread(&self) -> Option<(&str, ParseIdentity)> {
        self.0.unread()
    }

    /// An identity that was read before.
    pub fn known(identity: &'a UserIdentity<'_>) -> Self {
        Self(identity)
    }
}

impl Identify for UnreadIdentity<'_> {
    fn identity(&self) -> &UserIdentity<'_> {
        self.read.get_or_init(|| (self.parse)(self.raw))
    }

    fn unread(&self) -> Option<(&str, ParseIdentity)> {
        Some((self.raw, self.parse))
    }
}

impl Identify for UserIdentity<'_> {
    fn identity(&self) -> &UserIdentity<'_> {
        self
    }
}

impl<'a> Deref for LazyIdentity<'a> {
    type Target = UserIdentity<'a>;

    fn deref(&self) -> &UserIdentity<'a> {
        self.0.identity()
    }
}

/// One record: the fields that reports rest on, with absent text as `""` (CloudTrail treats an empty string as absent).
///
/// `request_parameters`, `response_elements`, `additional_event_data`, `service_event_details`, `resources` and `addendum`
/// are the raw JSON text, unparsed and unchecked; `""` when absent or null.
///
/// Source: CloudTrail user guide, "CloudTrail record contents for management, data, and network activity events".
#[derive(Clone, Copy, Debug)]
pub struct Event<'a> {
    /// `eventID`, unique for an event and account.
    pub event_id: &'a str,
    /// `eventTime`; `None` when absent or unreadable.
    pub event_time: Option<EventTime>,
    /// `eventName`: the action.
    pub event_name: &'a str,
    /// `eventSource`: the service host, such as `iam.amazonaws.com`.
    pub event_source: &'a str,
    /// `eventType`: AwsApiCall, AwsServiceEvent, AwsConsoleAction, AwsConsoleSignIn, AwsVpceEvent.
    pub event_type: &'a str,
    /// `eventCategory`: Management, Data, NetworkActivity, Insight.
    pub event_category: &'a str,
    /// `awsRegion`.
    pub aws_region: &'a str,
    /// `sourceIPAddress`, as written.
    pub source_ip_address: &'a str,
    /// `userAgent`.
    pub user_agent: &'a str,
    /// `errorCode`.
    pub error_code: &'a str,
    /// `errorMessage`.
    pub error_message: &'a str,
    /// `recipientAccountId`: the account that received the record.
    pub recipient_account_id: &'a str,
    /// `sharedEventID`.
    pub shared_event_id: &'a str,
    /// `vpcEndpointId`.
    pub vpc_endpoint_id: &'a str,
    /// `vpcEndpointAccountId`: the account that owns the VPC endpoint that the call came through.
    pub vpc_endpoint_account_id: &'a str,
    /// `readOnly`.
    pub read_only: Option<bool>,
    /// `sessionCredentialFromConsole`.
    pub session_credential_from_console: Option<bool>,
    /// `requestParameters`, raw JSON.
    pub request_parameters: &'a str,
    /// `responseElements`, raw JSON.
    pub response_elements: &'a str,
    /// `additionalEventData`, raw JSON.
    pub additional_event_data: &'a str,
    /// `serviceEventDetails`, raw JSON.
    pub service_event_details: &'a str,
    /// `resources`, raw JSON.
    pub resources: &'a str,
    /// `addendum`, raw JSON.
    pub addendum: &'a str,
    /// The whole record as it was read, secrets included: see [`redact`](super::redact()). `""` where there is no text of it.
    pub record: &'a str,
    /// `userIdentity`; reading it costs the first time.
    pub user_identity: LazyIdentity<'a>,
    /// Which distinct `userIdentity` it is.
    pub identity: IdentityRef,
}

impl Event<'_> {
    /// Whether the call failed: it has an errorCode or an errorMessage. (A failed sign-in has only the message.)
    pub fn is_error(&self) -> bool {
        !self.error_code.is_empty() || !self.error_message.is_empty()
    }

    /// Whether the call was refused for lack of permission: errorCode contains AccessDenied or Unauthorized, any case.
    pub fn is_denied(&self) -> bool {
        contains_ignoring_case(self.error_code, b"accessdenied")
            || contains_ignoring_case(self.error_code, b"unauthorized")
    }

    /// Whether the record is a console sign-in: `ConsoleLogin` from the sign-in service. `CheckMfa` is none.
    pub fn is_console_login(&self) -> bool {
        self.event_name == "ConsoleLogin" && self.event_source == "signin.amazonaws.com"
    }

    /// The account that the event is counted for: `recipientAccountId`, else (before eventVersion 1.02)
    /// `userIdentity.accountId`. Empty when neither is known.
    pub fn account_id(&self) -> &str {
        match self.recipient_account_id {
            "" => &self.user_identity.account_id,
            known => known,
        }
    }
}

/// `needle` is in small letters.
fn contains_ignoring_case(text: &str, needle: &[u8]) -> bool {
    let begins = |window: &[u8]| window.first().map(u8::to_ascii_lowercase) == needle.first().copied();
    text.as_bytes().windows(needle.len()).any(|window| begins(window) && window.eq_ignore_ascii_case(needle))
}
