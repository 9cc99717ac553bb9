//! Generated streams of events and the laws that every aggregate keeps, for the unit tests of aggregates and reports.

use proptest::prelude::*;

use super::{AggregateKind, Batch, Cells, Partitions, State};
use crate::model::testing::{ACCOUNT, OTHER_ACCOUNT, at, event, role_session, service, user};
use crate::model::{Event, IdentityRef, IdentityType, SessionContext, UserIdentity};

const ADDRESSES: [&str; 7] = [
    "192.0.2.1",
    "::ffff:192.0.2.1",
    "192.0.2.77",
    "198.51.100.7",
    "2001:db8::1",
    "10.0.0.9",
    "cloudformation.amazonaws.com",
];
const AGENTS: [&str; 4] = ["aws-cli/2.17.3 Python/3.11", "aws-cli/2.18.0", "Boto3/1.34.1", ""];
const NAMES: [&str; 10] = [
    "GetObject",
    "CreateAccessKey",
    "RunInstances",
    "UpdateAccessKey",
    "DeleteAccessKey",
    "ConsoleLogin",
    "GetCallerIdentity",
    "CheckMfa",
    "PasswordRecoveryRequested",
    "AssumeRoot",
];
const ERRORS: [&str; 3] = ["", "AccessDenied", "ThrottlingException"];
const CREATED: &str =
    r#"{"accessKey":{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"ana","createDate":"Dec 1, 2023, 1:00:00 AM"}}"#;

const UPDATED: [&str; 2] = [
    r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","status":"Inactive"}"#,
    r#"{"accessKeyId":"AKIAI44QH8DHBEXAMPLE","status":"Active","userName":"bo"}"#,
];
const SIGNED_IN: [&str; 2] = [r#"{"ConsoleLogin":"Success"}"#, r#"{"ConsoleLogin":"Failure"}"#];

/// One event of a generated stream: places in the lists above.
#[derive(Clone, Debug)]
pub struct Step {
    identity: usize,
    minute: i64,
    address: usize,
    agent: usize,
    name: usize,
    error: usize,
    in_other_account: bool,
    via_vpc_endpoint: bool,
}

/// Streams of up to 40 events over a month.
pub fn steps() -> impl Strategy<Value = Vec<Step>> {
    let place = (0..identities().len(), 0..ADDRESSES.len(), 0..AGENTS.len(), 0..NAMES.len(), 0..ERRORS.len());
    let step = (place, 0i64..43_200, any::<bool>(), any::<bool>()).prop_map(
        |((identity, address, agent, name, error), minute, in_other_account, via_vpc_endpoint)| Step {
            identity,
            minute,
            address,
            agent,
            name,
            error,
            in_other_account,
            via_vpc_endpoint,
        },
    );
    prop::collection::vec(step, 0..40)
}

/// The state of `kinds` after all of `steps`, each observed and remembered as a scan does.
pub fn fold(kinds: &[&'static AggregateKind], steps: &[Step]) -> State {
    let mut state = State::new(kinds);
    each(steps, |event| {
        state.observe(event);
        state.remember(event);
    });
    state
}

/// Shows the event of each step to `look`.
pub fn each(steps: &[Step], mut look: impl FnMut(&Event<'_>)) {
    let identities = identities();
    for step in steps {
        let mut event = event(&identities[step.identity]);
        event.identity = IdentityRef { generation: 1, slot: step.identity as u32 };
        event.event_time = Some(at("2024-01-01T00:00:00Z").plus_seconds(step.minute * 60));
        event.source_ip_address = ADDRESSES[step.address];
        event.user_agent = AGENTS[step.agent];
        event.event_name = NAMES[step.name];
        event.error_code = ERRORS[step.error];
        dress(&mut event);
        event.recipient_account_id = if step.in_other_account { OTHER_ACCOUNT } else { ACCOUNT };
        event.vpc_endpoint_id = if step.via_vpc_endpoint { "vpce-1a2b3c4d" } else { "" };
        event.vpc_endpoint_account_id = if step.via_vpc_endpoint { OTHER_ACCOUNT } else { "" };
        look(&event);
    }
}

/// Gives an event the service and the sub-documents that go with its name.
fn dress(event: &mut Event<'_>) {
    match event.event_name {
        "CreateAccessKey" => event.response_elements = CREATED,
        "UpdateAccessKey" => event.request_parameters = UPDATED[event.user_agent.len() % UPDATED.len()],
        "DeleteAccessKey" => event.request_parameters = r#"{"accessKeyId":"AKIAIOSFODNN7EXAMPLE","userName":"ana"}"#,
        "ConsoleLogin" => {
            event.event_source = "signin.amazonaws.com";
            // A failed sign-in has a message and no code.
            (event.error_message, event.error_code) = (event.error_code, "");
            let failed = !event.error_message.is_empty();
            event.response_elements = SIGNED_IN[usize::from(failed)];
            event.additional_event_data = r#"{"MFAUsed":"No"}"#;
            return;
        }
        "GetCallerIdentity" => {
            event.additional_event_data = r#"{"callWithBearerToken":true}"#;
            return;
        }
        "CheckMfa" => {
            event.event_source = "signin.amazonaws.com";
            event.response_elements = r#"{"CheckMfa":"Success"}"#;
            return;
        }
        "PasswordRecoveryRequested" => {
            event.event_source = "signin.amazonaws.com";
            return;
        }
        "AssumeRoot" => {
            event.event_source = "sts.amazonaws.com";
            event.request_parameters = r#"{"targetPrincipal":"444455556666","taskPolicyArn":{"arn":"a/b"}}"#;
            event.response_elements = r#"{"credentials":{"accessKeyId":"ASIAIOSFODNN7EXAMPLE"}}"#;
            return;
        }
        _ => return,
    }
    event.event_source = "iam.amazonaws.com";
}

/// All that `state` would save, with every table's lines sorted: equal for equal states.
pub fn contents(state: &State) -> Vec<(String, Vec<Vec<String>>)> {
    let lines = |batch: &Batch| {
        let cell = |cells: &Cells, i: usize| match cells {
            Cells::Int(cells) => format!("{:?}", cells[i]),
            Cells::Text(cells) => format!("{:?}", cells[i]),
        };
        let line = |i| batch.columns.iter().map(|(name, cells)| format!("{name}={}", cell(cells, i))).collect();
        let mut lines: Vec<Vec<String>> = (0..batch.rows()).map(line).collect();
        lines.sort();
        lines
    };
    state.save().iter().map(|batch| (batch.table.clone(), lines(batch))).collect()
}

/// Holds the laws of an aggregate over one stream: split at `cut` and merged in either order, read backwards, saved
/// and loaded, and merged with nothing, it remembers the same.
pub fn hold_laws(kind: &'static AggregateKind, steps: &[Step], cut: usize) -> Result<(), TestCaseError> {
    let kinds = [kind];
    let whole = fold(&kinds, steps);
    let expected = contents(&whole);
    let (left, right) = steps.split_at(cut.min(steps.len()));
    let halves = || (fold(&kinds, left), fold(&kinds, right));
    let ((a, b), (c, d)) = (halves(), halves());
    prop_assert_eq!(&contents(&a.merge(b)), &expected, "in order");
    prop_assert_eq!(&contents(&d.merge(c)), &expected, "the other way round");
    let backwards: Vec<Step> = steps.iter().rev().cloned().collect();
    prop_assert_eq!(&contents(&fold(&kinds, &backwards)), &expected, "backwards");
    let loaded = State::load(&kinds, &whole.save()).map_err(|e| TestCaseError::fail(e.to_string()))?;
    prop_assert_eq!(&contents(&loaded), &expected, "saved and loaded");
    prop_assert_eq!(&contents(&State::new(&kinds).merge(whole)), &expected, "merged into nothing");
    hold_apart(kind, steps, &expected)
}

/// Holds that what counts and what explains can be kept apart, and each by account and day: merged, they remember the same.
fn hold_apart(
    kind: &'static AggregateKind,
    steps: &[Step],
    expected: &[(String, Vec<Vec<String>>)],
) -> Result<(), TestCaseError> {
    let kinds = [kind];
    let [mut counted, mut remembered] = [0; 2].map(|_| Partitions::new(&kinds));
    each(steps, |event| {
        let day = event.event_time.map(|time| time.day());
        counted.observe(event, event.account_id(), day);
        remembered.remember(event, "", day);
    });
    let mut state = State::new(&kinds);
    for (_, batches) in counted.saved().chain(remembered.saved()) {
        let part = State::load(&kinds, &batches).map_err(|e| TestCaseError::fail(e.to_string()))?;
        state = state.merge(part);
    }
    prop_assert_eq!(&contents(&state), expected, "kept apart by account and day");
    Ok(())
}

/// Users, roles, root, a service; one key that two users show, and users without an accountId.
fn identities() -> Vec<UserIdentity<'static>> {
    let ana = user("ana", "AKIAIOSFODNN7EXAMPLE");
    let nameless = UserIdentity { account_id: "".into(), ..user("ana", "AKIAIOSFODNN7EXAMPLE") };
    let recreated = UserIdentity { principal_id: "AIDAANA2".into(), ..user("ana", "AKIAI44QH8DHBEXAMPLE") };
    let in_console = UserIdentity {
        session: Some(SessionContext { creation_date: Some(at("2024-01-01T00:00:00Z")), ..SessionContext::default() }),
        ..user("ana", "ASIAIOSFODNN7EXAMPLE")
    };
    let root = UserIdentity { kind: IdentityType::Root, ..user("root", "AKIAROOTEXAMPLE") };
    vec![
        ana,
        user("bo", "AKIAIOSFODNN7EXAMPLE"),
        nameless,
        recreated,
        in_console,
        root,
        role_session("deploy", "run-1", "ASIAI44QH8DHBEXAMPLE", Some(at("2024-01-02T00:00:00Z"))),
        role_session("deploy", "run-2", "ASIAI44QH8DHBEXAMPLE", None),
        service("ec2.amazonaws.com"),
        user("bedrock", ""),
    ]
}
