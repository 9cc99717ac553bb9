//! Whether a resource policy still lets CloudTrail in.

use std::collections::BTreeSet;

use serde_json::Value;

use super::account_of;
use crate::model::{Event, EventTime, is_account_id, pattern_matches};

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

/// CloudTrail's own call, as conditions are asked about it.
#[derive(Clone, Copy)]
pub(super) struct Delivery<'a> {
    /// The account whose bucket or key it is.
    account: &'a str,
    /// When the policy was written.
    time: Option<EventTime>,
}

impl<'a> Delivery<'a> {
    /// To what `event` writes a policy of.
    pub(super) fn after(event: &'a Event<'_>) -> Self {
        Self { account: event.account_id(), time: event.event_time }
    }
}

impl CloudTrailMay {
    /// What `document` says of `actions`: the policy as JSON, or the text of it. One that Allows CloudTrail one of them
    /// lets it go on, unless it also Denies it to CloudTrail.
    ///
    /// Known misses: an Allow for a trail of another name, or for another account's trail alone, which may be the one that
    /// delivers here.
    pub fn of(document: &Value, actions: &[&str], delivery: Delivery<'_>) -> Self {
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
        let allowed = statements.iter().any(|one| is_effect(one, "Allow") && lets_in(one, delivery));
        let denied = statements.iter().any(|one| is_effect(one, "Deny") && shuts(one, delivery));
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

/// Whether an Allow lets CloudTrail in: by name, under no condition that its call cannot meet, and on the folder of an account
/// whose trail the condition names, where it names any.
///
/// Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail": `AWSLogs/ACCOUNT/*` for the trail's account, or
/// `AWSLogs/ORGANIZATION/*`.
fn lets_in(statement: &Value, delivery: Delivery<'_>) -> bool {
    let condition = statement.get("Condition").unwrap_or(&Value::Null);
    let positive = tests(condition).filter(|(operator, key, _)| !operator.contains("not") && key == SOURCE_ARN);
    let trails: BTreeSet<&str> = positive.flat_map(|(_, _, values)| texts(values)).filter_map(account_of).collect();
    let folders = texts(statement.get("Resource").unwrap_or(&Value::Null));
    let is_elsewhere = |arn: &&str| {
        let folder = arn.split_once("AWSLogs/").and_then(|(_, below)| below.split('/').next());
        folder.is_some_and(|folder| is_account_id(folder) && !trails.contains(folder))
    };
    let is_for_others = !folders.is_empty() && folders.iter().all(is_elsewhere);
    let names_accounts = !trails.is_empty() && trails.iter().all(|account| is_account_id(account));
    names(statement) && !conditions(condition, delivery).contains(&Holds::No) && !(names_accounts && is_for_others)
}

/// Whether a Deny meets CloudTrail. One of everybody does where it has no condition, or only such that are of CloudTrail;
/// what denies calls without TLS, or all that come from no service, does not.
fn shuts(statement: &Value, delivery: Delivery<'_>) -> bool {
    let of = |name: &str| statement.get(name);
    let is_named = names(statement);
    let is_everybody = match (of("Principal"), of("NotPrincipal")) {
        (Some(who), _) => any_text(who, &|who| who == "*"),
        (None, Some(spared)) => !any_text(spared, &|who| who == CLOUDTRAIL || who == "*"),
        (None, None) => false,
    };
    let conditions = conditions(of("Condition").unwrap_or(&Value::Null), delivery);
    match is_named {
        true => !conditions.contains(&Holds::No),
        false => is_everybody && conditions.iter().all(|&holds| holds == Holds::Yes),
    }
}

/// What each condition of a statement comes to where CloudTrail calls.
fn conditions(condition: &Value, delivery: Delivery<'_>) -> Vec<Holds> {
    tests(condition).map(|(operator, key, values)| holds((&operator, &key), values, delivery)).collect()
}

/// The tests of a condition: operator without quantifier and `IfExists`, and key, in lower case, and what it is compared with.
fn tests(condition: &Value) -> impl Iterator<Item = (String, String, &Value)> {
    let operators = condition.as_object().into_iter().flatten();
    operators.flat_map(|(operator, keys)| {
        let operator = operator.rsplit(':').next().unwrap_or(operator).to_ascii_lowercase();
        let operator = operator.strip_suffix("ifexists").map_or_else(|| operator.clone(), str::to_owned);
        let keys = keys.as_object().into_iter().flatten();
        keys.map(move |(key, values)| (operator.clone(), key.to_ascii_lowercase(), values))
    })
}

const SOURCE_ARN: &str = "aws:sourcearn";

/// What CloudTrail asks for each object that it writes. Source: CloudTrail user guide, "Amazon S3 bucket policy for CloudTrail".
const ACL: &str = "bucket-owner-full-control";

/// Keys that are there when CloudTrail calls for a trail.
const PRESENT: [&str; 3] = ["aws:sourceaccount", SOURCE_ARN, "s3:x-amz-acl"];

/// Keys that a service has none of: it is no principal of an account, and comes through nobody's network.
///
/// Source: IAM user guide, "AWS global condition context keys": "included only if" of each.
const MISSING: [&str; 4] = ["aws:principalorgid", "aws:principalorgpaths", "aws:sourcevpc", "aws:sourcevpce"];

/// What one condition comes to where CloudTrail calls, as a service and over TLS.
///
/// Source: IAM user guide, "AWS global condition context keys": aws:PrincipalServiceName, aws:PrincipalIsAWSService,
/// aws:SecureTransport, aws:ViaAWSService, aws:SourceArn, aws:SourceAccount, aws:CurrentTime; "IAM JSON policy elements:
/// Condition operators": a negated operator is true where the key is missing.
fn holds((operator, key): (&str, &str), values: &Value, delivery: Delivery<'_>) -> Holds {
    let is_true = || match values {
        Value::Bool(flag) => *flag,
        other => any_text(other, &|text| text.eq_ignore_ascii_case("true")),
    };
    let is_matched = |text: &str| any_text(values, &|pattern| pattern_matches(pattern, text));
    let is_so = match (key, operator) {
        ("aws:principalisawsservice" | "aws:securetransport", "bool" | "stringequals") => is_true(),
        ("aws:viaawsservice", "bool" | "stringequals") => !is_true(),
        (key, "null") if PRESENT.contains(&key) => !is_true(),
        (key, "null") if MISSING.contains(&key) => is_true(),
        (key, operator) if MISSING.contains(&key) => operator.contains("not"),
        ("aws:principalservicename" | "aws:principalservicenameslist", operator) => {
            return compared(operator, is_matched(CLOUDTRAIL));
        }
        ("s3:x-amz-acl", operator) => return compared(operator, is_matched(ACL)),
        // A trail of another account may deliver here as well.
        ("aws:sourceaccount", operator) if is_matched(delivery.account) => return compared(operator, true),
        (SOURCE_ARN, operator) if any_text(values, &is_of_trails) => return compared(operator, true),
        ("aws:currenttime", operator) => return at(operator, values, delivery.time),
        _ => return Holds::Unknown,
    };
    if is_so { Holds::Yes } else { Holds::No }
}

/// What a comparison comes to, by whether a value is the one that is there.
fn compared(operator: &str, is_matched: bool) -> Holds {
    const COMPARE: [&str; 5] = ["stringequals", "stringlike", "stringequalsignorecase", "arnequals", "arnlike"];
    let is_negated = operator.contains("not");
    match COMPARE.contains(&operator.replacen("not", "", 1).as_str()) {
        true if is_matched != is_negated => Holds::Yes,
        true => Holds::No,
        false => Holds::Unknown,
    }
}

/// Whether a pattern of ARNs stands for a trail, by name or for any.
fn is_of_trails(pattern: &str) -> bool {
    let Some((start, trail)) = pattern.split_once(":trail/") else { return pattern == "*" };
    start.contains(":cloudtrail:") && !trail.is_empty()
}

/// What a comparison of the time comes to from the moment on at which the policy was written. What ends later holds until
/// then.
fn at(operator: &str, values: &Value, now: Option<EventTime>) -> Holds {
    let then = match texts(values).as_slice() {
        [text] => EventTime::parse(text).or_else(|| EventTime::parse(&format!("{text}T00:00:00Z"))),
        _ => None,
    };
    let (Some(now), Some(then)) = (now, then) else { return Holds::Unknown };
    match operator {
        "datelessthan" | "datelessthanequals" if then < now => Holds::No,
        "dategreaterthan" | "dategreaterthanequals" if then < now => Holds::Yes,
        _ => Holds::Unknown,
    }
}

/// The texts of a value, or of a list.
fn texts(value: &Value) -> Vec<&str> {
    match value {
        Value::String(text) => vec![text],
        Value::Array(list) => list.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    }
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
