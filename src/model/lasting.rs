//! Changes that stay when whoever made them is gone: what they are, what takes them back, and with which command.
//!
//! A table of calls, not of good and bad: most of them are made every day.

mod kinds;
mod resources;

use std::collections::{BTreeMap, BTreeSet};

use super::shell_quoted;
use kinds::LASTING;
use resources::RESOURCES;

/// A kind of lasting change.
#[derive(Debug)]
pub struct Lasting {
    /// The host of the service, without `.amazonaws.com`.
    service: &'static str,
    /// The API, without the version that some services write behind it.
    event: &'static str,
    /// What came to be, in words.
    pub what: &'static str,
    /// The members of the record that name it, at any depth.
    names: &'static [&'static str],
    /// Calls of the same service that take it back, and the members of theirs that name the same: `name=trailName` where
    /// theirs is called `name` and ours `trailName`, `secretId=name|arn` where ours is one of both.
    undone_by: &'static [(&'static str, &'static [&'static str])],
    /// The command that contains it; `{member}` stands for what the record names. Empty where there is no single one.
    command: &'static str,
}

impl Lasting {
    /// Whether it only makes a thing, and lets nobody in: there is no command that contains it.
    pub fn is_resource(&self) -> bool {
        self.command.is_empty() && !self.what.ends_with("deleted") && !self.what.ends_with("taken away")
    }
}

/// What a record says under the names of members.
type Named = BTreeMap<String, BTreeSet<String>>;

/// A lasting change that a record tells.
#[derive(Clone, Debug)]
pub struct Change {
    /// What kind it is.
    pub kind: &'static Lasting,
    named: Named,
}

/// How calls begin that take back nothing.
const READING: &[&str] = &["Get", "List", "Describe", "Head", "Lookup", "Generate", "Decrypt", "Assume"];

/// Whether a call of that name can take back a lasting change.
pub fn takes_back(source: &str, event: &str) -> bool {
    // Nearly all events end here.
    if READING.iter().any(|begin| event.starts_with(begin)) {
        return false;
    }
    let (service, event) = (service_of(source), plain(event));
    kinds().filter(|kind| kind.service == service).any(|kind| kind.undone_by.iter().any(|(by, _)| *by == event))
}

impl Change {
    /// The lasting change of a successful call, whose record is whole JSON; `None` where it makes none.
    pub fn of(source: &str, event: &str, record: &str) -> Option<Self> {
        let (service, event) = (service_of(source), plain(event));
        let kind = kinds().find(|kind| kind.service == service && kind.event == event)?;
        let record: serde_json::Value = serde_json::from_str(record).ok()?;
        let change = Self { kind, named: named(&record, kind.names) };
        // A database that is deleted leaves a snapshot only where the call names one.
        let is_none = event == "DeleteDBInstance" && change.named.is_empty();
        (!is_none && !takes_from_attribute(event, &record)).then_some(change)
    }

    /// The same, one by one, where a call makes several that are taken back one by one.
    pub fn each(self) -> Vec<Self> {
        let first = self.kind.names.first().filter(|_| matches!(self.kind.event, "RunInstances" | "DeleteFlowLogs"));
        let several = first.and_then(|name| Some((*name, self.named.get(*name)?))).filter(|(_, all)| all.len() > 1);
        let Some((name, all)) = several else { return vec![self] };
        let one = |value: &String| {
            let mut named = self.named.clone();
            named.insert(name.to_owned(), BTreeSet::from([value.clone()]));
            Self { kind: self.kind, named }
        };
        all.iter().map(one).collect()
    }

    /// Whether a later call of the same name stands in the place of it, as that of a policy does: whether it takes it back is
    /// for what both let in to say.
    pub fn is_replaced_by(&self, event: &str) -> bool {
        event == self.kind.event && is_policy(event)
    }

    /// The host of its service, and the calls of that service that take it back.
    pub fn undone_by(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        self.kind.undone_by.iter().map(|(event, _)| (self.kind.service, *event))
    }

    /// Whether a call of that name, without its version, takes it back, whose record this is.
    pub fn is_undone_by(&self, event: &str, record: &serde_json::Value) -> bool {
        let Some((_, members)) = self.kind.undone_by.iter().find(|(by, _)| *by == event) else { return false };
        let is_back = match event {
            "UpdateAccessKey" => status(record) == "Inactive",
            _ => event != self.kind.event || is_policy(event) || takes_from_attribute(event, record),
        };
        is_back && self.is_of_same(members, record)
    }

    /// Whether a call of that name gives back what another had taken: a key that was made inactive is active again.
    pub fn is_redone_by(&self, event: &str, record: &serde_json::Value) -> bool {
        let found = self.kind.undone_by.iter().find(|(by, _)| *by == event && event == "UpdateAccessKey");
        found.is_some_and(|(_, members)| status(record) == "Active" && self.is_of_same(members, record))
    }

    /// Whether these members of another record name what this one names.
    fn is_of_same(&self, members: &'static [&'static str], record: &serde_json::Value) -> bool {
        members.iter().all(|member| {
            let pairs = pairs(member);
            let theirs = named(record, &pairs.iter().map(|(their, _)| *their).collect::<Vec<_>>());
            let are_same = |their: &str, our: &String| {
                theirs.get(their).is_some_and(|theirs| theirs.iter().any(|their| is_same(our, their)))
            };
            let mut ours = pairs
                .iter()
                .flat_map(|(their, our)| self.named.get(*our).into_iter().flatten().map(move |our| (*their, our)));
            match pairs.iter().any(|(_, our)| WHOM.contains(our)) {
                // Whom all it was shared with.
                true => ours.all(|(their, our)| are_same(their, our)),
                false => ours.any(|(their, our)| are_same(their, our)),
            }
        })
    }

    /// Whether names of its service mean one thing in all regions.
    pub fn is_global(&self) -> bool {
        const GLOBAL: [&str; 6] = ["cloudfront", "iam", "organizations", "route53", "s3", "sts"];
        GLOBAL.contains(&self.kind.service)
    }

    /// Whether it is about the access key of this id.
    pub fn names(&self, access_key: &str) -> bool {
        self.named.get("accessKeyId").is_some_and(|keys| keys.contains(access_key))
    }

    /// What it is called: `malicious-iam-user`, `malicious-iam-user, arn:…`.
    pub fn name(&self) -> String {
        let all: BTreeSet<String> = self.named.values().flatten().cloned().collect();
        let mut names: Vec<&str> = each_once(&all).collect();
        // In the order of the members: whose it is, then what.
        let place = |name: &str| {
            self.kind.names.iter().position(|of| self.named.get(*of).is_some_and(|all| all.contains(name)))
        };
        names.sort_by_key(|name| place(name));
        names.join(", ")
    }

    /// The command that contains it, quoted for a shell; `None` where there is no single one, or a name is not told.
    pub fn command(&self) -> Option<String> {
        let mut command = self.kind.command.to_owned();
        for name in self.kind.names {
            let mark = format!("{{{name}}}");
            if command.contains(&mark) {
                let values = self.named.get(*name)?;
                let values: Vec<String> = each_once(values).map(shell_quoted).collect();
                command = command.replace(&mark, &values.join(" "));
            }
        }
        (!command.is_empty()).then_some(command)
    }
}

/// Members that name those with whom something is shared.
const WHOM: &[&str] = &["userId", "group", "valuesToAdd"];

/// All kinds.
fn kinds() -> impl Iterator<Item = &'static Lasting> {
    LASTING.iter().chain(RESOURCES)
}

/// What theirs and ours may be called.
fn pairs(member: &'static str) -> Vec<(&'static str, &'static str)> {
    match member.split_once('=') {
        Some((their, ours)) => ours.split('|').map(|our| (their, our)).collect(),
        None => member.split('|').map(|name| (name, name)).collect(),
    }
}

/// Whether a call writes a policy in the place of the one before.
fn is_policy(event: &str) -> bool {
    matches!(event, "UpdateAssumeRolePolicy" | "PutBucketPolicy" | "PutResourcePolicy")
}

/// Whether two texts name the same: one may be the ARN of the other.
fn is_same(one: &str, other: &str) -> bool {
    let is_arn_of = |arn: &str, name: &str| {
        let rest = arn.strip_suffix(name).filter(|_| arn.starts_with("arn:"));
        rest.is_some_and(|rest| rest.ends_with([':', '/']))
    };
    one == other || is_arn_of(one, other) || is_arn_of(other, one) || is_secret(one, other) || is_secret(other, one)
}

/// Whether an ARN is that of the secret of this name: six letters and digits follow the name.
///
/// Source: AWS Secrets Manager user guide, "What's in a Secrets Manager secret?"
fn is_secret(arn: &str, name: &str) -> bool {
    let rest = arn.split_once(":secret:").and_then(|(_, rest)| rest.strip_prefix(name)?.strip_prefix('-'));
    rest.is_some_and(|rest| rest.len() == 6 && !name.is_empty())
}

/// Names, without the ARN of one that is there by its name, too.
fn each_once(names: &BTreeSet<String>) -> impl Iterator<Item = &str> {
    names
        .iter()
        .map(String::as_str)
        .filter(|arn| !names.iter().any(|name| arn.len() > name.len() && is_same(arn, name)))
}

/// Whether a call changes an attribute by which something is shared, and shares it with nobody more.
pub fn takes_from_attribute(event: &str, record: &serde_json::Value) -> bool {
    let is_of_sharing = matches!(
        event,
        "ModifyImageAttribute"
            | "ModifySnapshotAttribute"
            | "ModifyDBSnapshotAttribute"
            | "ModifyDBClusterSnapshotAttribute"
    );
    let text = record.get("requestParameters").map(serde_json::Value::to_string).unwrap_or_default();
    is_of_sharing && !text.contains("\"add\":") && !text.contains("\"valuesToAdd\":")
}

/// The status that a call gives to a key.
fn status(record: &serde_json::Value) -> &str {
    record.pointer("/requestParameters/status").and_then(serde_json::Value::as_str).unwrap_or_default()
}

/// The name of a service as its table of changes has it: without `.amazonaws.com`.
pub fn service_of(source: &str) -> &str {
    source.strip_suffix(".amazonaws.com").unwrap_or(source)
}

/// An API without its version: `AddPermission20150331v2` is AddPermission.
pub fn plain(event: &str) -> &str {
    let name = event.trim_end_matches(|letter: char| letter.is_ascii_digit() || letter == 'v');
    let version = &event[name.len()..];
    if version.len() >= 8 && version.bytes().take(8).all(|byte| byte.is_ascii_digit()) { name } else { event }
}

/// What a record says under these names, in its parameters and its response.
fn named(record: &serde_json::Value, names: &[&str]) -> Named {
    let mut found = Named::new();
    for document in ["requestParameters", "responseElements"] {
        if let Some(document) = record.get(document) {
            within(document, names, &mut found);
        }
    }
    found
}

fn within(value: &serde_json::Value, names: &[&str], found: &mut Named) {
    match value {
        serde_json::Value::Object(members) => {
            for (name, member) in members {
                if names.contains(&name.as_str()) {
                    leaves(member, found.entry(name.clone()).or_default());
                }
                within(member, names, found);
            }
        }
        serde_json::Value::Array(members) => members.iter().for_each(|member| within(member, names, found)),
        _ => {}
    }
}

/// The texts that a member is, or lists.
fn leaves(value: &serde_json::Value, into: &mut BTreeSet<String>) {
    match value {
        serde_json::Value::String(text) if !text.is_empty() => drop(into.insert(text.clone())),
        serde_json::Value::Array(members) => members.iter().for_each(|member| leaves(member, into)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IAM: &str = "iam.amazonaws.com";

    fn record(parameters: &str) -> String {
        format!("{{\"requestParameters\":{parameters},\"responseElements\":null}}")
    }

    #[test]
    fn a_change_what_takes_it_back_and_what_does_not() {
        let change = Change::of(IAM, "CreateUser", &record(r#"{"userName":"eve"}"#)).expect("a change");
        assert_eq!((change.kind.what, &*change.name()), ("new user", "eve"));
        let undone = |change: &Change, event: &str, parameters: &str| {
            change.is_undone_by(event, &serde_json::from_str(&record(parameters)).expect("JSON"))
        };
        assert!(undone(&change, "DeleteUser", r#"{"userName":"eve"}"#));
        assert!(!undone(&change, "DeleteUser", r#"{"userName":"eva"}"#));
        assert!(!undone(&change, "DeleteLoginProfile", r#"{"userName":"eve"}"#));
        assert_eq!(change.undone_by().collect::<Vec<_>>(), [("iam", "DeleteUser")]);
        let attached = r#"{"userName":"eve","policyArn":"arn:a"}"#;
        let change = Change::of(IAM, "AttachUserPolicy", &record(attached)).expect("a change");
        assert!(undone(&change, "DetachUserPolicy", attached));
        assert!(!undone(&change, "DetachUserPolicy", r#"{"userName":"eve","policyArn":"arn:b"}"#));
        assert!(Change::of(IAM, "ListUsers", &record("{}")).is_none());
    }

    #[test]
    fn a_key_is_taken_back_by_its_status() {
        let made = record(r#"{"userName":"eve"}"#)
            .replace("null", r#"{"accessKey":{"accessKeyId":"AKIANEW","userName":"eve"}}"#);
        let change = Change::of(IAM, "CreateAccessKey", &made).expect("a change");
        let said = |parameters: &str| serde_json::from_str(&record(parameters)).expect("JSON");
        let inactive = said(r#"{"accessKeyId":"AKIANEW","status":"Inactive","userName":"eve"}"#);
        let active = said(r#"{"accessKeyId":"AKIANEW","status":"Active","userName":"eve"}"#);
        let other = said(r#"{"accessKeyId":"AKIAOLD","status":"Inactive","userName":"eve"}"#);
        assert!(
            change.is_undone_by("UpdateAccessKey", &inactive) && !change.is_redone_by("UpdateAccessKey", &inactive)
        );
        assert!(change.is_redone_by("UpdateAccessKey", &active) && !change.is_undone_by("UpdateAccessKey", &active));
        assert!(!change.is_undone_by("UpdateAccessKey", &other) && !change.is_redone_by("DeleteAccessKey", &active));
        assert!(change.is_undone_by("DeleteUser", &said(r#"{"userName":"eve"}"#)));
    }

    #[test]
    fn an_attribute_is_changed_to_share_or_not_to() {
        let of = |parameters: &str| Change::of("ec2.amazonaws.com", "ModifyImageAttribute", &record(parameters));
        let add = r#"{"imageId":"ami-1","launchPermission":{"add":{"items":[{"userId":"193672423079"}]}}}"#;
        assert_eq!(of(add).map(|change| change.name()).as_deref(), Some("ami-1, 193672423079"));
        assert!(of(&add.replace("add", "remove")).is_none());
    }

    #[test]
    fn a_share_is_taken_back_from_all_or_stays() {
        const RDS: &str = "rds.amazonaws.com";
        let to = |values: &str| record(&format!("{{\"dBSnapshotIdentifier\":\"x\",{values}}}"));
        let change = Change::of(RDS, "ModifyDBSnapshotAttribute", &to(r#""valuesToAdd":["1","2"]"#)).expect("a change");
        let undone = |values: &str| {
            change.is_undone_by("ModifyDBSnapshotAttribute", &serde_json::from_str(&to(values)).expect("JSON"))
        };
        assert!(undone(r#""valuesToRemove":["2","1","3"]"#));
        assert!(!undone(r#""valuesToRemove":["1"]"#) && !undone(r#""valuesToAdd":["1","2"]"#));
    }

    #[test]
    fn resources_and_what_takes_them_back() {
        let of = |source: &str, event: &str, parameters: &str, response: &str| {
            let record = format!("{{\"requestParameters\":{parameters},\"responseElements\":{response}}}");
            Change::of(source, event, &record)
        };
        let undone = |change: &Change, event: &str, parameters: &str| {
            change.is_undone_by(event, &serde_json::from_str(&record(parameters)).expect("JSON"))
        };
        let arn = "arn:aws:secretsmanager:us-east-1:111122223333:secret:db-AbCdEf";
        let secret =
            of("secretsmanager.amazonaws.com", "CreateSecret", r#"{"name":"db"}"#, &format!("{{\"arn\":\"{arn}\"}}"));
        let secret = secret.expect("a change");
        assert!(undone(&secret, "DeleteSecret", r#"{"secretId":"db"}"#));
        assert!(undone(&secret, "DeleteSecret", &format!("{{\"secretId\":\"{arn}\"}}")));
        assert!(!undone(&secret, "DeleteSecret", r#"{"secretId":"db2"}"#));
        let deleted = |parameters| of("rds.amazonaws.com", "DeleteDBInstance", parameters, "null");
        let last = deleted(r#"{"dBInstanceIdentifier":"x","finalDBSnapshotIdentifier":"x-last"}"#).expect("a change");
        assert_eq!(last.name(), "x-last");
        assert!(undone(&last, "DeleteDBSnapshot", r#"{"dBSnapshotIdentifier":"x-last"}"#));
        assert!(deleted(r#"{"dBInstanceIdentifier":"x","skipFinalSnapshot":true}"#).is_none());
        let launched = r#"{"instancesSet":{"items":[{"instanceId":"i-1"},{"instanceId":"i-2"}]}}"#;
        let instances = of("ec2.amazonaws.com", "RunInstances", "{}", launched).expect("a change").each();
        assert_eq!(instances.iter().map(Change::name).collect::<Vec<_>>(), ["i-1", "i-2"]);
        let ended = r#"{"instancesSet":{"items":[{"instanceId":"i-1"}]}}"#;
        assert!(
            undone(&instances[0], "TerminateInstances", ended) && !undone(&instances[1], "TerminateInstances", ended)
        );
        let flow = of(
            "ec2.amazonaws.com",
            "DeleteFlowLogs",
            r#"{"DeleteFlowLogsRequest":{"FlowLogId":{"tag":1,"content":"fl-1"}}}"#,
            "null",
        );
        let made = r#"{"responseElements":{"CreateFlowLogsResponse":{"flowLogIdSet":{"item":"fl-1"}}}}"#;
        let flow = flow.expect("a change");
        assert!(flow.is_undone_by("CreateFlowLogs", &serde_json::from_str(made).expect("JSON")));
        assert!(
            !flow.is_undone_by("CreateFlowLogs", &serde_json::from_str(&made.replace("fl-1", "fl-2")).expect("JSON"))
        );
    }

    #[test]
    fn commands_are_quoted() {
        let change =
            Change::of(IAM, "CreateLoginProfile", &record(r#"{"userName":"e'; rm -rf ~"}"#)).expect("a change");
        assert_eq!(change.command().as_deref(), Some(r"aws iam delete-login-profile --user-name 'e'\''; rm -rf ~'"));
        let nameless = Change::of(IAM, "CreateLoginProfile", &record("{}")).expect("a change");
        assert_eq!(nameless.command(), None);
    }

    #[test]
    fn an_arn_and_the_name_in_it_are_one() {
        let both =
            r#"{"functionName":"arn:aws:lambda:us-east-1:111122223333:function:job","memo":{"functionName":"job"}}"#;
        let change =
            Change::of("lambda.amazonaws.com", "UpdateFunctionCode20150331v2", &record(both)).expect("a change");
        assert_eq!(change.name(), "job");
        let command = "aws lambda put-function-concurrency --function-name job --reserved-concurrent-executions 0";
        assert_eq!(change.command().as_deref(), Some(command));
        let undone = |change: &Change, event: &str, parameters: &str| {
            change.is_undone_by(event, &serde_json::from_str(&record(parameters)).expect("JSON"))
        };
        assert!(undone(&change, "DeleteFunction", r#"{"functionName":"job"}"#));
        assert!(!undone(&change, "DeleteFunction", r#"{"functionName":"ob"}"#), "not the end of a name");
        let selectors = record(r#"{"trailName":"main","eventSelectors":[]}"#);
        let change = Change::of("cloudtrail.amazonaws.com", "PutEventSelectors", &selectors).expect("a change");
        let trail = r#"{"name":"arn:aws:cloudtrail:us-east-1:111122223333:trail/main"}"#;
        assert!(undone(&change, "DeleteTrail", trail), "with the trail its selectors are gone");
        assert!(!undone(&change, "DeleteTrail", r#"{"name":"other"}"#));
    }

    #[test]
    fn versions_are_no_part_of_a_name() {
        assert_eq!(plain("AddPermission20150331v2"), "AddPermission");
        assert_eq!(plain("CreateFunction20150331"), "CreateFunction");
        assert_eq!(
            (plain("ListObjectsV2"), plain("GetFunctionv2"), plain("PutObject")),
            ("ListObjectsV2", "GetFunctionv2", "PutObject")
        );
    }

    #[test]
    fn every_kind_names_what_its_command_needs() {
        for kind in kinds() {
            for mark in kind.command.split('{').skip(1) {
                let name = mark.split('}').next().expect("a name");
                assert!(kind.names.contains(&name), "{}: {name}", kind.event);
            }
            for (by, members) in kind.undone_by {
                let ours = members.iter().flat_map(|member| pairs(member)).map(|(_, our)| our);
                assert!(ours.into_iter().all(|our| kind.names.contains(&our)), "{} {by}", kind.event);
                assert!(takes_back(&format!("{}.amazonaws.com", kind.service), by));
            }
        }
    }
}
