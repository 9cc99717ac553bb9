//! Events and identities made by hand, for the unit tests of every layer.

use std::sync::atomic::{AtomicU32, Ordering};

use super::{
    Event, EventTime, IdentityRef, IdentityType, LazyIdentity, SessionContext, SessionIssuer, UnreadIdentity,
    UserIdentity,
};

/// AWS's documentation account.
pub const ACCOUNT: &str = "111122223333";

/// A second documentation account.
pub const OTHER_ACCOUNT: &str = "444455556666";

/// A successful call at the start of 2024 with nothing else said; change what matters. Its [`IdentityRef`] is its own.
pub fn event<'a>(identity: &'a UserIdentity<'_>) -> Event<'a> {
    static GENERATION: AtomicU32 = AtomicU32::new(1_000_000);
    Event {
        event_id: "",
        event_time: Some(at("2024-01-01T00:00:00Z")),
        event_name: "DescribeInstances",
        event_source: "ec2.amazonaws.com",
        event_type: "AwsApiCall",
        event_category: "Management",
        aws_region: "us-east-1",
        source_ip_address: "192.0.2.1",
        user_agent: "aws-cli/2.17.3 Python/3.11.8",
        error_code: "",
        error_message: "",
        recipient_account_id: ACCOUNT,
        shared_event_id: "",
        vpc_endpoint_id: "",
        vpc_endpoint_account_id: "",
        read_only: None,
        session_credential_from_console: None,
        request_parameters: "",
        response_elements: "",
        additional_event_data: "",
        service_event_details: "",
        resources: "",
        addendum: "",
        record: "",
        user_identity: LazyIdentity::known(identity),
        identity: IdentityRef { generation: GENERATION.fetch_add(1, Ordering::Relaxed), slot: 0 },
    }
}

/// An identity that fails the test when it is read: for events whose [`IdentityRef`] is known.
pub fn not_to_be_read() -> UnreadIdentity<'static> {
    UnreadIdentity::new("", |_| panic!("a known identity is read again"))
}

/// The moment of an RFC 3339 text.
pub fn at(text: &str) -> EventTime {
    EventTime::parse(text).expect("an RFC 3339 time")
}

/// An IAM user of [`ACCOUNT`] with an access key.
pub fn user(name: &str, access_key_id: &str) -> UserIdentity<'static> {
    UserIdentity {
        kind: IdentityType::IamUser,
        principal_id: format!("AIDA{}", name.to_uppercase()).into(),
        arn: format!("arn:aws:iam::{ACCOUNT}:user/{name}").into(),
        account_id: ACCOUNT.into(),
        access_key_id: access_key_id.to_owned().into(),
        user_name: name.to_owned().into(),
        ..UserIdentity::default()
    }
}

/// A session of a role of [`ACCOUNT`], created at `created`.
pub fn role_session(
    role: &str,
    session: &str,
    access_key_id: &str,
    created: Option<EventTime>,
) -> UserIdentity<'static> {
    let role_id = format!("AROA{}", role.to_uppercase());
    let issuer = SessionIssuer {
        kind: "Role".into(),
        principal_id: role_id.clone().into(),
        arn: format!("arn:aws:iam::{ACCOUNT}:role/{role}").into(),
        account_id: ACCOUNT.into(),
        user_name: role.to_owned().into(),
    };
    UserIdentity {
        kind: IdentityType::AssumedRole,
        principal_id: format!("{role_id}:{session}").into(),
        arn: format!("arn:aws:sts::{ACCOUNT}:assumed-role/{role}/{session}").into(),
        account_id: ACCOUNT.into(),
        access_key_id: access_key_id.to_owned().into(),
        session: Some(SessionContext { creation_date: created, issuer, ..SessionContext::default() }),
        ..UserIdentity::default()
    }
}

/// An AWS service that calls by itself: no arn, no account.
pub fn service(host: &str) -> UserIdentity<'static> {
    UserIdentity { kind: IdentityType::AwsService, invoked_by: host.to_owned().into(), ..UserIdentity::default() }
}
