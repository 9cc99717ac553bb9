//! Whether a resource policy still lets CloudTrail in.

use serde_json::Value;

/// What a bucket's or key's policy says of CloudTrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CloudTrailMay {
    /// Whether it speaks of CloudTrail at all: then the bucket or key is a trail's.
    pub is_named: bool,
    /// Whether CloudTrail may go on.
    pub go_on: bool,
}

/// CloudTrail's service principal. Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

impl CloudTrailMay {
    /// What `document` says: the policy as JSON, or the text of it. One that Allows CloudTrail something lets it go on,
    /// unless it also Denies everybody without a condition.
    pub fn of(document: &Value) -> Self {
        let parsed;
        let document = match document {
            Value::String(text) => {
                parsed = serde_json::from_str(text).unwrap_or(Value::Null);
                &parsed
            }
            other => other,
        };
        let statements = match document.get("Statement") {
            Some(Value::Array(list)) => list.as_slice(),
            Some(one) => std::slice::from_ref(one),
            None => &[],
        };
        let is_effect =
            |statement: &&Value, effect: &str| statement.get("Effect").and_then(Value::as_str) == Some(effect);
        let names = |statement: &&Value| statement.get("Principal").is_some_and(|who| mentions(who, CLOUDTRAIL));
        let shuts = |statement: &&Value| {
            statement.get("Principal").is_some_and(|who| mentions(who, "*")) && statement.get("Condition").is_none()
        };
        let allowed = statements.iter().filter(|one| is_effect(one, "Allow")).any(|one| names(&one));
        let denied = statements.iter().filter(|one| is_effect(one, "Deny")).any(|one| names(&one) || shuts(&one));
        Self { is_named: statements.iter().any(|one| names(&one)), go_on: allowed && !denied }
    }
}

/// Whether a text stands anywhere in a value.
fn mentions(value: &Value, wanted: &str) -> bool {
    match value {
        Value::String(text) => text == wanted,
        Value::Array(list) => list.iter().any(|one| mentions(one, wanted)),
        Value::Object(members) => members.values().any(|one| mentions(one, wanted)),
        _ => false,
    }
}
