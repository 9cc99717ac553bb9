//! Records for tests, written as JSON and read into states without the decoder.

use std::collections::HashMap;

use proptest::prelude::*;
use serde_json::{Value, json};

use crate::aggregate::{AggregateKind, Cells, State, iam_changes, issuances, keys, root_use};
use crate::model::{
    Event, EventTime, IdentityRef, IdentityType, InScopeOf, OnBehalfOf, SessionContext, SessionIssuer, UserIdentity,
};

/// The creation date of most sessions here.
pub(crate) const DATE: &str = "2026-01-02T03:00:00Z";

/// A record that events can be borrowed from.
#[derive(Debug)]
pub(crate) struct Sample {
    record: Value,
    raw: [String; 4],
    identity: UserIdentity<'static>,
}

impl Sample {
    pub(crate) fn new(record: Value) -> Self {
        let raw = ["requestParameters", "responseElements", "additionalEventData", "serviceEventDetails"];
        let raw = raw.map(|name| match &record[name] {
            Value::Null => String::new(),
            given => given.to_string(),
        });
        let identity = identity_of(&record["userIdentity"]);
        Self { record, raw, identity }
    }

    fn event(&self, slot: u32) -> Event<'_> {
        let text = |name: &str| self.record[name].as_str().unwrap_or_default();
        Event {
            event_id: text("eventID"),
            event_time: EventTime::parse(text("eventTime")),
            event_name: text("eventName"),
            event_source: text("eventSource"),
            event_type: text("eventType"),
            event_category: text("eventCategory"),
            aws_region: text("awsRegion"),
            source_ip_address: text("sourceIPAddress"),
            user_agent: text("userAgent"),
            error_code: text("errorCode"),
            error_message: text("errorMessage"),
            recipient_account_id: text("recipientAccountId"),
            shared_event_id: text("sharedEventID"),
            vpc_endpoint_id: text("vpcEndpointId"),
            vpc_endpoint_account_id: text("vpcEndpointAccountId"),
            read_only: flag(&self.record["readOnly"]),
            session_credential_from_console: flag(&self.record["sessionCredentialFromConsole"]),
            request_parameters: &self.raw[0],
            response_elements: &self.raw[1],
            additional_event_data: &self.raw[2],
            service_event_details: &self.raw[3],
            resources: "",
            addendum: "",
            record: "",
            user_identity: crate::model::LazyIdentity::known(&self.identity),
            identity: IdentityRef { generation: 1, slot },
        }
    }
}

/// The aggregates that the tests here are about.
pub(crate) static KINDS: &[&AggregateKind] =
    &[&issuances::KIND, &super::KIND, &root_use::KIND, &iam_changes::KIND, &keys::KIND];

/// A state after these records, each counted and remembered; equal identities share a reference, as from the decoder.
pub(crate) fn scan<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> State {
    scan_for(KINDS, samples)
}

/// As [`scan`], for these aggregates.
pub(crate) fn scan_for<'a>(kinds: &[&'static AggregateKind], samples: impl IntoIterator<Item = &'a Sample>) -> State {
    let mut state = State::new(kinds);
    let mut slots: HashMap<&UserIdentity<'_>, u32> = HashMap::new();
    for sample in samples {
        let next = slots.len() as u32;
        let event = sample.event(*slots.entry(&sample.identity).or_insert(next));
        state.remember(&event);
        state.observe(&event);
    }
    state
}

/// As [`scan`], but no identity is ever recognised.
pub(crate) fn scan_without_memory<'a>(samples: impl IntoIterator<Item = &'a Sample>) -> State {
    let mut state = State::new(KINDS);
    for (slot, sample) in samples.into_iter().enumerate() {
        let event = sample.event(slot as u32);
        state.remember(&event);
        state.observe(&event);
    }
    state
}

/// Samples of JSON records.
pub(crate) fn samples(records: impl IntoIterator<Item = Value>) -> Vec<Sample> {
    records.into_iter().map(Sample::new).collect()
}

/// All that a state holds, in an order that rests on nothing but its content.
pub(crate) fn content(state: &State) -> Vec<String> {
    let mut rows = Vec::new();
    for batch in state.save() {
        for row in 0..batch.rows() {
            let cell = |cells: &Cells| match cells {
                Cells::Int(cells) => format!("{:?}", cells[row]),
                Cells::Text(cells) => format!("{:?}", cells[row]),
            };
            let cells: Vec<String> =
                batch.columns.iter().map(|(name, cells)| format!("{name}={}", cell(cells))).collect();
            rows.push(format!("{}: {}", batch.table, cells.join(" ")));
        }
    }
    rows.sort();
    rows
}

/// A call with a creation date or without.
pub(crate) fn record(kind: &str, principal: &str, key: &str, created: Option<&str>) -> Value {
    json!({
        "eventTime": "2026-01-02T03:04:05Z", "eventName": "ListBuckets", "eventSource": "s3.amazonaws.com",
        "sourceIPAddress": "192.0.2.1", "userAgent": "aws-cli/2", "recipientAccountId": "111122223333",
        "userIdentity": {
            "type": kind, "principalId": principal, "accountId": "111122223333", "accessKeyId": key,
            "arn": "arn:aws:iam::111122223333:user/example",
            "sessionContext": { "attributes": { "creationDate": created, "mfaAuthenticated": "false" } },
        },
    })
}

/// `record` with other values at these JSON pointers.
pub(crate) fn with<'a>(mut record: Value, changes: impl IntoIterator<Item = (&'a str, Value)>) -> Value {
    for (pointer, value) in changes {
        let (parent, name) = pointer.rsplit_once('/').unwrap();
        record.pointer_mut(parent).unwrap()[name] = value;
    }
    record
}

/// Small streams in which everything collides: sessions, root use, and issuances with copies.
pub(crate) fn stream() -> impl Strategy<Value = Vec<Sample>> {
    let pick = |texts: &'static [&'static str]| prop::sample::select(texts);
    let who = (
        pick(&["AssumedRole", "IAMUser", "Root", "FederatedUser", "AWSService", "AWSAccount"]),
        pick(&["AROA:i-0123456789abcdef0", "111122223333", ""]),
        pick(&["ASIA1", "ASIA2", "AKIA1", ""]),
        prop::option::of(pick(&[DATE, "2026-01-02T03:00:01Z", "2026-01-02T03:00:09Z"])),
        pick(&["", "ec2.amazonaws.com", "signin.amazonaws.com"]),
        pick(&["111122223333", "444455556666", ""]),
    );
    let what = (
        pick(&["ListBuckets", "AssumeRole", "AssumeRoot", "GetSessionToken", "ConsoleLogin", "CreateAccessKey"]),
        pick(&["2026-01-02T03:00:00Z", "2026-01-02T03:00:02Z", "2026-01-02T09:00:00Z"]),
        pick(&["192.0.2.1", "198.51.100.7", "10.0.0.1", "ec2.amazonaws.com"]),
        pick(&["", "", "AccessDenied"]),
        pick(&["", "shared-1"]),
        pick(&["true", "false"]),
        pick(&["aws-cli/2", "Boto3/1", "stratus-red-team_1"]),
        pick(&["", "", "111122223333", "999988887777"]),
    );
    let one = (who, what).prop_map(
        |((kind, principal, key, created, by, account), (name, time, from, error, shared, mfa, agent, owner))| {
            let source = match name {
                "ConsoleLogin" => "signin.amazonaws.com",
                "ListBuckets" => "s3.amazonaws.com",
                "CreateAccessKey" => "iam.amazonaws.com",
                _ => "sts.amazonaws.com",
            };
            Sample::new(with(
                record(kind, principal, key, created),
                [
                    ("/eventName", json!(name)),
                    ("/eventSource", json!(source)),
                    ("/eventTime", json!(time)),
                    ("/sourceIPAddress", json!(from)),
                    ("/errorCode", json!(error)),
                    ("/sharedEventID", json!(shared)),
                    ("/userAgent", json!(agent)),
                    ("/vpcEndpointId", json!(if owner.is_empty() { "" } else { "vpce-1" })),
                    ("/vpcEndpointAccountId", json!(owner)),
                    ("/userIdentity/invokedBy", json!(by)),
                    ("/userIdentity/accountId", json!(account)),
                    ("/userIdentity/arn", json!(if account.is_empty() { "" } else { "arn:aws:iam::1:x" })),
                    ("/userIdentity/sessionContext/attributes/mfaAuthenticated", json!(mfa)),
                    (
                        "/responseElements",
                        json!({
                            "ConsoleLogin": "Success",
                            "credentials": { "accessKeyId": "ASIA1" },
                            "assumedRoleUser": { "assumedRoleId": principal },
                        }),
                    ),
                ],
            ))
        },
    );
    prop::collection::vec(one, 0..24)
}

/// The samples in another order.
pub(crate) fn shuffled(samples: &[Sample], seed: u64) -> Vec<&Sample> {
    let mut order: Vec<usize> = (0..samples.len()).collect();
    order.sort_by_key(|&i| (i as u64 + 1).wrapping_mul(seed | 1).rotate_left(29));
    order.into_iter().map(|i| &samples[i]).collect()
}

fn identity_of(identity: &Value) -> UserIdentity<'static> {
    let owned = |value: &Value| value.as_str().unwrap_or_default().to_owned().into();
    let (session, scope) = (&identity["sessionContext"], &identity["inScopeOf"]);
    let (issuer, behalf) = (&session["sessionIssuer"], &identity["onBehalfOf"]);
    UserIdentity {
        kind: IdentityType::parse(identity["type"].as_str().unwrap_or_default()),
        principal_id: owned(&identity["principalId"]),
        arn: owned(&identity["arn"]),
        account_id: owned(&identity["accountId"]),
        access_key_id: owned(&identity["accessKeyId"]),
        user_name: owned(&identity["userName"]),
        invoked_by: owned(&identity["invokedBy"]),
        identity_provider: owned(&identity["identityProvider"]),
        credential_id: owned(&identity["credentialId"]),
        on_behalf_of: behalf.is_object().then(|| OnBehalfOf {
            user_id: owned(&behalf["userId"]),
            identity_store_arn: owned(&behalf["identityStoreArn"]),
        }),
        delegate_account_id: owned(&identity["invokedByDelegate"]["accountId"]),
        in_scope_of: scope.is_object().then(|| InScopeOf {
            issuer_type: owned(&scope["issuerType"]),
            credentials_issued_to: owned(&scope["credentialsIssuedTo"]),
            source_arn: owned(&scope["sourceArn"]),
            source_account: owned(&scope["sourceAccount"]),
        }),
        session: session.is_object().then(|| SessionContext {
            creation_date: EventTime::parse_creation_date(
                session["attributes"]["creationDate"].as_str().unwrap_or_default(),
            ),
            mfa_authenticated: flag(&session["attributes"]["mfaAuthenticated"]),
            issuer: SessionIssuer {
                kind: owned(&issuer["type"]),
                principal_id: owned(&issuer["principalId"]),
                arn: owned(&issuer["arn"]),
                account_id: owned(&issuer["accountId"]),
                user_name: owned(&issuer["userName"]),
            },
            source_identity: owned(&session["sourceIdentity"]),
            ec2_role_delivery: owned(&session["ec2RoleDelivery"]),
            assumed_root: flag(&session["assumedRoot"]),
            federated_provider: owned(&session["webIdFederationData"]["federatedProvider"]),
            sign_in_session_arn: owned(&session["signInSessionArn"]),
        }),
    }
}

fn flag(value: &Value) -> Option<bool> {
    value.as_bool().or_else(|| value.as_str().and_then(|text| text.to_ascii_lowercase().parse().ok()))
}
