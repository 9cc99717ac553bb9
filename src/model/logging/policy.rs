//! Whether a resource policy still lets CloudTrail in.

use serde_json::Value;

use crate::model::pattern_matches;

/// What a bucket's or key's policy says of CloudTrail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct CloudTrailMay {
    /// Whether it lets CloudTrail deliver, or forbids it by name: then the bucket or key is a trail's.
    pub is_named: bool,
    /// Whether CloudTrail may go on.
    pub go_on: bool,
}

/// What a statement says of one condition where CloudTrail calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Holds {
    Yes,
    No,
    Unknown,
}

/// CloudTrail's service principal. Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
const CLOUDTRAIL: &str = "cloudtrail.amazonaws.com";

/// What CloudTrail does to deliver to a bucket. Source: as above.
pub(super) const PUT_OBJECT: &[&str] = &["s3:PutObject"];

/// What CloudTrail does to encrypt, `kms:GenerateDataKey*` in AWS's own policy.
///
/// Source: CloudTrail user guide, "Configure AWS KMS key policies for CloudTrail".
pub(super) const DATA_KEY: &[&str] = &["kms:GenerateDataKey", "kms:GenerateDataKeyWithoutPlaintext"];

impl CloudTrailMay {
    /// What `document` says of `actions`: the policy as JSON, or the text of it. One that Allows CloudTrail one of them
    /// lets it go on, unless it also Denies it to CloudTrail.
    pub fn of(document: &Value, actions: &[&str]) -> Self {
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
        let statements: Vec<&Value> = statements.iter().filter(|one| covers(one, actions)).collect();
        let is_effect = |statement: &Value, effect: &str| statement.get("Effect").is_some_and(|is| is == effect);
        let allowed = statements.iter().any(|one| is_effect(one, "Allow") && names(one));
        let denied = statements.iter().any(|one| is_effect(one, "Deny") && shuts(one));
        Self { is_named: statements.iter().any(|one| names(one)), go_on: allowed && !denied }
    }
}

/// Whether a statement is about one of `actions`, on objects where those are what they act on.
///
/// Source: IAM user guide, "IAM JSON policy elements: Action", "NotAction"; Amazon S3 user guide, "Amazon S3 bucket
/// policies": an object's ARN is the bucket's, a slash and its key.
fn covers(statement: &Value, actions: &[&str]) -> bool {
    let is_any =
        |patterns: &Value| any_text(patterns, &|pattern| actions.iter().any(|one| pattern_matches(pattern, one)));
    let is_action = match (statement.get("Action"), statement.get("NotAction")) {
        (Some(patterns), _) => is_any(patterns),
        (None, Some(patterns)) => !is_any(patterns),
        (None, None) => false,
    };
    let is_object = |arn: &str| !arn.starts_with("arn:") || !arn.contains(":s3:::") || arn.contains(['/', '*', '?']);
    is_action && statement.get("Resource").is_none_or(|resources| any_text(resources, &is_object))
}

/// Whether the principal of a statement is CloudTrail by name.
fn names(statement: &Value) -> bool {
    statement.get("Principal").is_some_and(|who| any_text(who, &|who| who == CLOUDTRAIL))
}

/// Whether a Deny meets CloudTrail. One of everybody does where it has no condition, or only such that are of CloudTrail;
/// what denies calls without TLS, or all that come from no service, does not.
fn shuts(statement: &Value) -> bool {
    let of = |name: &str| statement.get(name);
    let is_named = names(statement);
    let is_everybody = match (of("Principal"), of("NotPrincipal")) {
        (Some(who), _) => any_text(who, &|who| who == "*"),
        (None, Some(spared)) => !any_text(spared, &|who| who == CLOUDTRAIL || who == "*"),
        (None, None) => false,
    };
    let conditions = conditions(of("Condition").unwrap_or(&Value::Null));
    match is_named {
        true => !conditions.contains(&Holds::No),
        false => is_everybody && conditions.iter().all(|&holds| holds == Holds::Yes),
    }
}

/// What each condition of a statement comes to where CloudTrail calls.
fn conditions(condition: &Value) -> Vec<Holds> {
    let operators = condition.as_object().into_iter().flatten();
    let of_operator = |(operator, keys): (&String, &Value)| -> Vec<Holds> {
        let keys = keys.as_object().into_iter().flatten();
        keys.map(|(key, values)| holds(operator, key, values)).collect()
    };
    operators.flat_map(of_operator).collect()
}

/// What one condition comes to where CloudTrail calls, as a service and over TLS.
///
/// Source: IAM user guide, "AWS global condition context keys": aws:PrincipalServiceName, aws:PrincipalIsAWSService,
/// aws:SecureTransport; "IAM JSON policy elements: Condition operators".
fn holds(operator: &str, key: &str, values: &Value) -> Holds {
    let operator = operator.rsplit(':').next().unwrap_or(operator).to_ascii_lowercase();
    let operator = operator.strip_suffix("ifexists").unwrap_or(&operator);
    let is_true = || match values {
        Value::Bool(flag) => *flag,
        other => any_text(other, &|text| text.eq_ignore_ascii_case("true")),
    };
    let is_so = match (key.to_ascii_lowercase().as_str(), operator) {
        ("aws:principalisawsservice" | "aws:securetransport", "bool" | "stringequals") => is_true(),
        ("aws:principalservicename" | "aws:principalservicenameslist", operator) => {
            let is_matched = any_text(values, &|pattern| pattern_matches(pattern, CLOUDTRAIL));
            match operator {
                "stringequals" | "stringlike" | "stringequalsignorecase" => is_matched,
                "stringnotequals" | "stringnotlike" | "stringnotequalsignorecase" => !is_matched,
                _ => return Holds::Unknown,
            }
        }
        _ => return Holds::Unknown,
    };
    if is_so { Holds::Yes } else { Holds::No }
}

/// Whether any text of a value is so.
pub(super) fn any_text(value: &Value, is_so: &dyn Fn(&str) -> bool) -> bool {
    match value {
        Value::String(text) => is_so(text),
        Value::Array(list) => list.iter().any(|one| any_text(one, is_so)),
        Value::Object(members) => members.values().any(|one| any_text(one, is_so)),
        _ => false,
    }
}
