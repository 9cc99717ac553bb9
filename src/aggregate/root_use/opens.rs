//! Whether a resource policy that root writes lets everybody in: no task that needs root does that.
//!
//! Known misses: access control lists and public access blocks, which are no task that needs root anyway.

use crate::model::{Event, Policy, members};

/// Whether `event` is a call that writes a policy of a bucket or queue, and the policy allows everybody something.
pub(super) fn opens_to_everybody(event: &Event<'_>) -> bool {
    let document = match (event.event_source, event.event_name) {
        ("s3.amazonaws.com", "PutBucketPolicy") => members(event.request_parameters, ["bucketPolicy"])[0],
        ("sqs.amazonaws.com", "SetQueueAttributes") => {
            let [attributes] = members(event.request_parameters, ["attributes"]);
            members(attributes.json(), ["Policy"])[0]
        }
        _ => return false,
    };
    Policy::read(document.json()).is_ok_and(|policy| policy.outsiders(event.account_id()).anyone)
}
