//! Changes that stay when whoever made them is gone: what they are, what takes them back, and with which command.
//!
//! One table of calls, by what they open or close, not of good and bad: most of them are made every day.

mod access;
mod blinded;
mod credentials;
mod opened;
mod organization;
mod policies;
mod redone;
mod resources;
mod running;
#[cfg(test)]
pub(crate) mod samples;
mod says;
mod unwatched;

use std::collections::BTreeSet;

use serde_json::Value;

use super::shell_quoted;
use says::{Named, each_once, is_of_root, is_said, is_same, is_saying, named};

/// Calls of the same service that take a change back, each with marks that all have to hold: a member that names the same in
/// both records, `name=trailName` where theirs is called `name` and ours `trailName`, `secretId=name|arn` where ours is one of
/// both. With `*` before it theirs names all that ours does, with `!` another. What else theirs has to say is as
/// [`is_said`] reads it: `status:Inactive`, `?Policy`.
type Undone = &'static [(&'static str, &'static [&'static str])];

/// A kind of lasting change.
#[derive(Debug)]
pub struct Lasting {
    /// The host of the service, without `.amazonaws.com`.
    service: &'static str,
    /// The API, without the version that some services write behind it.
    event: &'static str,
    /// What came to be, in words.
    pub what: &'static str,
    /// The members of the record that name it, at any depth; with `+` before it what its command needs alone.
    names: &'static [&'static str],
    undone_by: Undone,
    /// The command that contains it; `{member}` stands for what the record names. Where that cannot be undone, or what was
    /// there before is not in the log, it looks, and says behind `#` what comes then; where there is none it says so behind `#` alone.
    /// Empty for a thing that is made.
    command: &'static str,
    /// What the call has to say, as [`is_said`] reads it; empty where it makes the change always.
    only: &'static str,
    of_outsiders: bool,
    of_root: bool,
    /// What else of it is told, in phrases: `{member}` as in `command`. A phrase whose member is not there is left out.
    more: &'static [&'static str],
}

/// A kind by service and API, what came to be, what names it, what takes it back, and the command.
const fn lasting(
    (service, event): (&'static str, &'static str),
    what: &'static str,
    names: &'static [&'static str],
    undone_by: Undone,
    command: &'static str,
) -> Lasting {
    Lasting {
        service,
        event,
        what,
        names,
        undone_by,
        command,
        only: "",
        of_outsiders: false,
        of_root: false,
        more: &[],
    }
}

impl Lasting {
    /// The same, where the call says this alone.
    const fn only(self, said: &'static str) -> Self {
        Self { only: said, ..self }
    }

    /// The same, where the call lets in somebody from outside alone.
    const fn of_outsiders(self) -> Self {
        Self { of_outsiders: true, ..self }
    }

    /// The same, where root makes the change of itself alone. Stands before the kind of the same call for users.
    const fn of_root(self) -> Self {
        Self { of_root: true, ..self }
    }

    /// The same, with phrases that tell more of it.
    const fn more(self, more: &'static [&'static str]) -> Self {
        Self { more, ..self }
    }

    /// Whether it only makes a thing, and lets nobody in: there is no command that contains it.
    pub fn is_resource(&self) -> bool {
        self.command.is_empty()
    }

    /// Whether it is a change only where the call lets in somebody from outside of the account.
    pub fn is_of_outsiders(&self) -> bool {
        self.of_outsiders
    }

    fn members(&self) -> impl Iterator<Item = &'static str> {
        self.names.iter().map(|name| name.trim_start_matches('+'))
    }
}

/// A lasting change that a record tells.
#[derive(Clone, Debug)]
pub struct Change {
    /// What kind it is.
    pub kind: &'static Lasting,
    named: Named,
}

/// How calls begin that take back nothing.
const READING: &[&str] = &["Get", "List", "Describe", "Head", "Lookup", "Generate", "Decrypt", "Assume"];

/// Whether a call of that name can take back a lasting change, or give back what was taken.
pub fn takes_back(source: &str, event: &str) -> bool {
    // Nearly all events end here.
    if READING.iter().any(|begin| event.starts_with(begin)) {
        return false;
    }
    let (service, event) = (service_of(source), plain(event));
    let is_undoing = |kind: &Lasting| kind.undone_by.iter().any(|(by, _)| *by == event);
    kinds().filter(|kind| kind.service == service).any(is_undoing) || redone::is_redoing(service, event)
}

impl Change {
    /// The lasting change of a successful call, whose record is whole JSON; `None` where it makes none.
    pub fn of(source: &str, event: &str, record: &str) -> Option<Self> {
        let (service, event) = (service_of(source), plain(event));
        let is_of_call = |kind: &&Lasting| kind.service == service && kind.event == event;
        kinds().find(is_of_call)?;
        let record: Value = serde_json::from_str(record).ok()?;
        let is_one = |kind: &&Lasting| {
            (kind.only.is_empty() || is_said(&record, kind.only)) && (!kind.of_root || is_of_root(&record))
        };
        let kind = kinds().filter(is_of_call).find(is_one)?;
        let change = Self { kind, named: named(&record, &kind.members().collect::<Vec<_>>()) };
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

    /// Whether a call makes anew what was taken away: another trail or device of the same name, and not the one that was there.
    pub fn is_made_anew_by(&self, event: &str) -> bool {
        let is_put =
            || event.starts_with("Put") && (event != self.kind.event || event.ends_with("PermissionsBoundary"));
        let says = || self.marks(event).any(|marks| marks.iter().any(|mark| is_saying(mark)));
        event.starts_with("Create") || event == "EnableMFADevice" || is_put() && !says()
    }

    /// The host of its service, and the calls of that service that take it back, each once.
    pub fn undone_by(&self) -> impl Iterator<Item = (&'static str, &'static str)> {
        let names: BTreeSet<&str> = self.kind.undone_by.iter().map(|(event, _)| *event).collect();
        names.into_iter().map(|event| (self.kind.service, event))
    }

    /// Whether a call of that name, without its version, takes it back, whose record this is.
    pub fn is_undone_by(&self, event: &str, record: &Value) -> bool {
        (!is_of_attribute(event) || takes_from_attribute(event, record))
            && self.marks(event).any(|marks| self.holds(marks, record))
    }

    /// The calls that give back what such a call had taken: a key that was made inactive is active again.
    pub fn redone_by(&self, undo: &str) -> impl Iterator<Item = (&'static str, &'static str)> {
        redone::redone_by(self.kind.service, undo).map(|(event, _)| (self.kind.service, event))
    }

    /// Whether a call gives back what `undo` had taken, whose record this is.
    pub fn is_redone_by(&self, undo: &str, event: &str, record: &Value) -> bool {
        let names_same = |marks: &[&'static str]| {
            let names = marks.iter().filter(|mark| !is_saying(mark)).map(|mark| mark.trim_start_matches('!'));
            names.into_iter().all(|mark| self.is_of_same(mark, record))
        };
        let mut giving = redone::redone_by(self.kind.service, undo).filter(|(giving, _)| *giving == event);
        giving.any(|(_, said)| said.iter().all(|said| is_said(record, said))) && self.marks(undo).any(names_same)
    }

    /// What has to hold of calls of that name that take it back.
    fn marks(&self, event: &str) -> impl Iterator<Item = &'static [&'static str]> {
        self.kind.undone_by.iter().filter(move |(by, _)| *by == event).map(|(_, marks)| *marks)
    }

    fn holds(&self, marks: &[&'static str], record: &Value) -> bool {
        marks.iter().all(|mark| match mark.strip_prefix('!') {
            _ if is_saying(mark) => is_said(record, mark),
            Some(name) => {
                let theirs = named(record, &[name]);
                theirs.contains_key(name) && !self.is_of_same(name, record)
            }
            None => self.is_of_same(mark, record),
        })
    }

    /// Whether a member of another record names what this one names.
    fn is_of_same(&self, mark: &'static str, record: &Value) -> bool {
        let pairs = pairs(mark.trim_start_matches('*'));
        let theirs = named(record, &pairs.iter().map(|(their, _)| *their).collect::<Vec<_>>());
        let are_same = |their: &str, our: &String| {
            theirs.get(their).is_some_and(|theirs| theirs.iter().any(|their| is_same(our, their)))
        };
        let mut ours = pairs
            .iter()
            .flat_map(|(their, our)| self.named.get(*our).into_iter().flatten().map(move |our| (*their, our)))
            .peekable();
        match mark.starts_with('*') {
            true => ours.peek().is_some() && ours.all(|(their, our)| are_same(their, our)),
            false => ours.any(|(their, our)| are_same(their, our)),
        }
    }

    /// Whether names of its service mean one thing in all regions.
    pub fn is_global(&self) -> bool {
        const GLOBAL: [&str; 10] = [
            "account",
            "cloudfront",
            "iam",
            "organizations",
            "route53",
            "route53domains",
            "s3",
            "signin",
            "sso-directory",
            "sts",
        ];
        GLOBAL.contains(&self.kind.service)
    }

    /// Whether it is about the access key of this id.
    pub fn names(&self, access_key: &str) -> bool {
        self.named.get("accessKeyId").is_some_and(|keys| keys.contains(access_key))
    }

    /// What the record says under a member of its kind.
    pub fn said(&self, member: &str) -> impl Iterator<Item = &str> {
        self.named.get(member).into_iter().flatten().map(String::as_str)
    }

    /// What it is called: `malicious-iam-user`, `malicious-iam-user, arn:…`.
    pub fn name(&self) -> String {
        let told = || self.kind.names.iter().filter(|name| !name.starts_with('+'));
        let all: BTreeSet<String> = told().filter_map(|name| self.named.get(*name)).flatten().cloned().collect();
        let mut names: Vec<&str> = each_once(&all).collect();
        // In the order of the members: whose it is, then what.
        let place = |name: &str| told().position(|of| self.named.get(*of).is_some_and(|all| all.contains(name)));
        names.sort_by_key(|name| place(name));
        names.join(", ")
    }

    /// What else decides of it: `tcp, port 22, for 0.0.0.0/0`; empty where nothing does. A phrase that names what the one before
    /// does, as the last port of one, is left out.
    pub fn more(&self) -> String {
        let (mut phrases, mut last) = (Vec::new(), String::new());
        for phrase in self.kind.more {
            let (before, names) = phrase.trim_end_matches('}').split_once('{').unwrap_or((phrase, ""));
            let values = names.split('|').filter_map(|name| self.named.get(name)).flatten();
            let told = values.map(String::as_str).collect::<Vec<_>>().join(" and ");
            if !told.is_empty() && told != last {
                phrases.push(format!("{before}{told}"));
                last = told;
            }
        }
        phrases.join(", ")
    }

    /// The command that contains it, quoted for a shell; `None` where there is none, or a name is not told.
    pub fn command(&self) -> Option<String> {
        let mut command = String::new();
        let mut rest = self.kind.command;
        while let Some((before, marked)) = rest.split_once('{') {
            let (names, after) = marked.split_once('}')?;
            let values = names.split('|').find_map(|name| self.named.get(name))?;
            let values: Vec<String> = each_once(values).map(shell_quoted).collect();
            command.push_str(before);
            command.push_str(&values.join(" "));
            rest = after;
        }
        command.push_str(rest);
        (!command.is_empty()).then_some(command)
    }
}

/// All kinds.
fn kinds() -> impl Iterator<Item = &'static Lasting> {
    let all = [
        credentials::CREDENTIALS,
        access::ACCESS,
        organization::ORGANIZATION,
        opened::OPENED,
        policies::POLICIES,
        running::RUNNING,
        blinded::BLINDED,
        unwatched::UNWATCHED,
        resources::RESOURCES,
    ];
    all.into_iter().flatten()
}

/// What theirs and ours may be called.
fn pairs(mark: &'static str) -> Vec<(&'static str, &'static str)> {
    match mark.split_once('=') {
        Some((their, ours)) => ours.split('|').map(|our| (their, our)).collect(),
        None => mark.split('|').map(|name| (name, name)).collect(),
    }
}

/// Whether a call writes a policy in the place of the one before.
fn is_policy(event: &str) -> bool {
    let is_written = event.starts_with("Put") || event.starts_with("Set") || event == "UpdateAssumeRolePolicy";
    is_written && event.ends_with("Policy")
        || matches!(
            event,
            "PutBucketAcl"
                | "SetTopicAttributes"
                | "SetQueueAttributes"
                | "UpdateDomainConfig"
                | "UpdateElasticsearchDomainConfig"
        )
}

/// Whether a call changes an attribute by which something is shared.
fn is_of_attribute(event: &str) -> bool {
    matches!(
        event,
        "ModifyImageAttribute"
            | "ModifySnapshotAttribute"
            | "ModifyDBSnapshotAttribute"
            | "ModifyDBClusterSnapshotAttribute"
            | "ModifyDocumentPermission"
    )
}

/// Whether a call changes an attribute by which something is shared, and shares it with nobody more.
pub fn takes_from_attribute(event: &str, record: &Value) -> bool {
    let text = record.get("requestParameters").map(Value::to_string).unwrap_or_default();
    is_of_attribute(event)
        && !["\"add\":", "\"valuesToAdd\":", "\"accountIdsToAdd\":"].iter().any(|add| text.contains(add))
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
            change.is_undone_by("UpdateAccessKey", &inactive)
                && !change.is_redone_by("UpdateAccessKey", "UpdateAccessKey", &inactive)
        );
        assert!(
            change.is_redone_by("UpdateAccessKey", "UpdateAccessKey", &active)
                && !change.is_undone_by("UpdateAccessKey", &active)
        );
        assert!(
            !change.is_undone_by("UpdateAccessKey", &other)
                && !change.is_redone_by("DeleteAccessKey", "UpdateAccessKey", &active)
        );
        assert!(change.is_undone_by("DeleteUser", &said(r#"{"userName":"eve"}"#)));
    }

    #[test]
    fn root_changes_itself() {
        let of = |source: &str, event: &str, by: &str, said: &str| {
            let record = format!("{{\"eventName\":\"{event}\",\"userIdentity\":{{\"type\":\"{by}\"}},{said}}}");
            Change::of(source, event, &record).map(|change| (change.kind.what, change.command()))
        };
        const SIGN_IN: &str = "signin.amazonaws.com";
        let plain = "\"requestParameters\":null,\"responseElements\":null";
        for event in ["PasswordUpdated", "PasswordRecoveryCompleted", "EmailUpdated"] {
            let (what, command) = of(SIGN_IN, event, "Root", plain).expect("a change");
            assert!(
                what.contains("root") && command.is_some_and(|command| command.starts_with("# as root")),
                "{event}"
            );
            assert_eq!(of(SIGN_IN, event, "IAMUser", plain), None);
            let failed = format!("\"requestParameters\":null,\"responseElements\":{{\"{event}\":\"Failure\"}}");
            assert_eq!(of(SIGN_IN, event, "Root", &failed), None);
        }
        assert_eq!(of(SIGN_IN, "PasswordRecoveryRequested", "Root", plain), None);
        let device = |user: &str| {
            let said = format!("\"requestParameters\":{{\"userName\":\"{user}\",\"serialNumber\":\"arn:x\"}}");
            of(IAM, "EnableMFADevice", "Root", &said).map(|(what, _)| what)
        };
        assert_eq!([device(""), device("AWS ROOT USER")], [Some("MFA device of root"); 2]);
        assert_eq!(device("eve"), Some("MFA device of a user"));
        assert_eq!(of(IAM, "EnableMFADevice", "IAMUser", plain).map(|(what, _)| what), Some("MFA device of a user"));
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
                let is_known = name.split('|').all(|name| kind.members().any(|known| known == name));
                assert!(is_known, "{}: {name}", kind.event);
            }
            for (by, marks) in kind.undone_by {
                let names =
                    marks.iter().filter(|mark| !is_saying(mark)).map(|mark| mark.trim_start_matches(['*', '!']));
                let ours: Vec<&str> = names.flat_map(pairs).map(|(_, our)| our).collect();
                let is_known = ours.iter().all(|our| kind.members().any(|known| known == *our));
                assert!(is_known, "{} {by}: {ours:?}", kind.event);
                assert!(takes_back(&format!("{}.amazonaws.com", kind.service), by));
            }
        }
    }

    #[test]
    fn what_decides_is_told() {
        let of = |service: &str, event: &str, parameters: &str| {
            let change = Change::of(&format!("{service}.amazonaws.com"), event, &record(parameters)).expect("a change");
            (change.name(), change.more())
        };
        let rule = |range: &str| {
            format!(
                "{{\"groupId\":\"sg-1\",\"ipPermissions\":{{\"items\":[{{\"ipProtocol\":\"tcp\",\"fromPort\":22,\"toPort\":23,{range}}}]}}}}"
            )
        };
        let open = rule("\"ipRanges\":{\"items\":[{\"cidrIp\":\"0.0.0.0/0\"}]}");
        let told = of("ec2", "AuthorizeSecurityGroupIngress", &open);
        assert_eq!(told, ("sg-1".to_owned(), "tcp, port 22, to 23, for 0.0.0.0/0".to_owned()));
        let one = of("ec2", "AuthorizeSecurityGroupIngress", &open.replace("23", "22"));
        assert_eq!(one.1, "tcp, port 22, for 0.0.0.0/0");
        let six = rule("\"ipv6Ranges\":{\"items\":[{\"cidrIpv6\":\"::/0\"}]}");
        assert!(of("ec2", "AuthorizeSecurityGroupIngress", &six).1.ends_with("for ::/0"));
        let all = r#"{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"-1"}]}}"#;
        assert_eq!(of("ec2", "AuthorizeSecurityGroupIngress", all).1, "-1");
        let domain = r#"{"domainName":"example.com","accountId":"999988887777"}"#;
        assert_eq!(of("route53domains", "TransferDomainToAnotherAwsAccount", domain).1, "to account 999988887777");
        let peering = r#"{"vpcId":"vpc-1","peerVpcId":"vpc-2","peerOwnerId":"999988887777"}"#;
        assert_eq!(of("ec2", "CreateVpcPeeringConnection", peering).1, "with account 999988887777");
        let export =
            r#"{"exportTaskIdentifier":"x","s3BucketName":"theirs","sourceArn":"arn:aws:rds:us-east-1:1:snapshot:s"}"#;
        assert_eq!(of("rds", "StartExportTask", export), ("x".to_owned(), "to bucket theirs".to_owned()));
        assert_eq!(
            of("logs", "CreateExportTask", r#"{"logGroupName":"/a","destination":"theirs"}"#).1,
            "to bucket theirs"
        );
        assert_eq!(
            of("ec2", "RunInstances", r#"{"instanceType":"p4d.24xlarge","instanceId":"i-1"}"#).1,
            "p4d.24xlarge"
        );
        assert_eq!(of("iam", "CreateUser", r#"{"userName":"eve"}"#).1, "");
    }

    /// Every kind is found by its record; what takes it back does, and does not where it is about another; what gives it
    /// back does.
    #[test]
    fn every_line_of_the_table_holds() {
        for samples::Sample { kind, made: (service, event, record), undone } in samples::all() {
            let change = Change::of(&format!("{service}.amazonaws.com"), event, &record.to_string());
            let change = change.unwrap_or_else(|| panic!("{service} {event} makes a change: {record}"));
            assert_eq!(change.kind.event, kind.event);
            assert!(!kind.what.is_empty() && kind.what.chars().next().is_some_and(|c| c != ' '));
            let empty = serde_json::json!({"requestParameters": {}});
            for undo in undone {
                let (_, by, theirs) = &undo.call;
                assert!(change.is_undone_by(by, theirs), "{service} {event} by {by}: {theirs}");
                assert!(takes_back(service, by), "{by} of {service} is remembered");
                let names_it =
                    kind.undone_by.iter().filter(|(event, _)| event == by).all(|(_, marks)| !marks.is_empty());
                assert!(!names_it || !change.is_undone_by(by, &empty), "{service} {event} by {by} of nothing");
                for (_, again, theirs) in undo.redone {
                    assert!(change.is_redone_by(by, again, &theirs), "{service} {event}, {by}, {again}: {theirs}");
                    assert!(takes_back(service, again), "{again} of {service} is remembered");
                    assert!(
                        again != *by || !change.is_undone_by(by, &theirs),
                        "{service} {again} gives and takes: {theirs}"
                    );
                }
            }
        }
    }

    /// A line without a command is a thing that is made; every other one has one whose names the record tells, and that
    /// either looks or ends what it names.
    #[test]
    fn every_line_of_the_table_has_a_command() {
        for samples::Sample { kind, made: (service, event, record), .. } in samples::all() {
            let is_making = [
                "Create",
                "Copy",
                "Restore",
                "Register",
                "Allocate",
                "Put",
                "DeleteDBInstance",
                "StartExport",
                "Export",
            ];
            match kind.is_resource() {
                true => {
                    assert!(is_making.iter().any(|begin| event.starts_with(begin)), "{service} {event}: no command")
                }
                false => {
                    let change = Change::of(&format!("{service}.amazonaws.com"), event, &record.to_string());
                    let command = change.and_then(|change| change.command());
                    let command = command.unwrap_or_else(|| panic!("{service} {event} has a command"));
                    // What root alone can do of itself has none: it is said in a comment.
                    let begin = if kind.of_root { "# as root" } else { "aws " };
                    assert!(command.starts_with(begin) && !command.contains(['{', '}', '\n']), "{command}");
                    assert!(!command.contains("   ") && !command.ends_with(' '), "{command}");
                }
            }
        }
    }

    /// The calls of the tables are calls of the services, but for those of the console alone.
    #[test]
    fn the_table_names_calls_that_exist() {
        use super::super::actions::{Actions, Needed};
        let of_table = kinds().flat_map(|kind| {
            let undone_by = kind.undone_by.iter().map(|(event, _)| (kind.service, *event));
            std::iter::once((kind.service, kind.event)).chain(undone_by)
        });
        let unknown: BTreeSet<(&str, &str)> = of_table
            .chain(redone::all_named())
            .filter(|(service, event)| {
                let source = format!("{service}.amazonaws.com");
                matches!(Actions::known().needed(&source, event), Needed::Unknown(_))
            })
            .filter(|(service, _)| *service != "sso-directory")
            .collect();
        assert_eq!(unknown.into_iter().collect::<Vec<_>>(), []);
    }

    /// What is made every day, and what opens, blinds or gives back.
    #[test]
    fn calls_that_make_no_change() {
        let of = |service: &str, event: &str, parameters: serde_json::Value| {
            let record = serde_json::json!({"requestParameters": parameters, "responseElements": null});
            Change::of(&format!("{service}.amazonaws.com"), event, &record.to_string()).map(|change| change.kind.what)
        };
        let json = |text: &str| serde_json::from_str::<Value>(text).expect("JSON");
        for (service, event, makes, makes_none) in [
            ("iam", "UpdateAccessKey", r#"{"status":"Active"}"#, r#"{"status":"Inactive"}"#),
            ("iam", "UpdateSSHPublicKey", r#"{"status":"Active"}"#, r#"{"status":"Inactive"}"#),
            ("iam", "UpdateUser", r#"{"newUserName":"a"}"#, r#"{"newPath":"/a/"}"#),
            ("iam", "DeleteRolePolicy", r#"{"policyName":"AWSRevokeOlderSessions"}"#, r#"{"policyName":"own"}"#),
            (
                "iam",
                "DetachUserPolicy",
                r#"{"policyArn":"arn:aws:iam::aws:policy/AWSCompromisedKeyQuarantineV3"}"#,
                r#"{"policyArn":"arn:aws:iam::aws:policy/ReadOnlyAccess"}"#,
            ),
            ("guardduty", "UpdateDetector", r#"{"enable":false}"#, r#"{"findingPublishingFrequency":"ONE_HOUR"}"#),
            ("guardduty", "UpdateDetector", r#"{"features":[{"status":"DISABLED"}]}"#, r#"{"enable":true}"#),
            ("guardduty", "CreateFilter", r#"{"action":"ARCHIVE"}"#, r#"{"action":"NOOP"}"#),
            ("guardduty", "CreateIPSet", r#"{"activate":true}"#, r#"{"activate":false}"#),
            ("rds", "ModifyDBInstance", r#"{"publiclyAccessible":true}"#, r#"{"publiclyAccessible":false}"#),
            ("rds", "ModifyDBInstance", r#"{"masterUserPassword":"****"}"#, r#"{"allocatedStorage":10}"#),
            ("lambda", "UpdateFunctionUrlConfig20211031", r#"{"authType":"NONE"}"#, r#"{"authType":"AWS_IAM"}"#),
            (
                "s3",
                "PutBucketPublicAccessBlock",
                r#"{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"BlockPublicPolicy":false}}"#,
                r#"{"PublicAccessBlockConfiguration":{"BlockPublicAcls":true,"BlockPublicPolicy":true}}"#,
            ),
            ("s3", "PutObjectAcl", r#"{"x-amz-acl":["public-read"]}"#, r#"{"x-amz-acl":["private"]}"#),
            ("s3", "PutBucketVersioning", r#"{"Status":"Suspended"}"#, r#"{"Status":"Enabled"}"#),
            ("ec2", "ModifyInstanceMetadataOptions", r#"{"HttpTokens":"optional"}"#, r#"{"HttpTokens":"required"}"#),
            ("ssm", "ModifyDocumentPermission", r#"{"accountIdsToAdd":["1"]}"#, r#"{"accountIdsToRemove":["1"]}"#),
            ("scheduler", "UpdateSchedule", r#"{"state":"ENABLED"}"#, r#"{"state":"DISABLED"}"#),
            ("config", "PutConfigurationRecorder", r#"{"allSupported":false}"#, r#"{"allSupported":true}"#),
        ] {
            assert!(of(service, event, json(makes)).is_some(), "{event} {makes}");
            assert_eq!(of(service, event, json(makes_none)), None, "{event} {makes_none}");
        }
        assert_eq!(of("s3", "PutObject", json("{}")), None);
        assert_eq!(of("iam", "ListGroupPolicies", json("{}")), None);
    }

    /// A permission that is given for two addresses, two members or two alarms is there until all are taken away.
    #[test]
    fn what_is_taken_back_in_part_stays() {
        let of = |service: &str, event: &str, parameters: &str| {
            Change::of(&format!("{service}.amazonaws.com"), event, &record(parameters)).expect("a change")
        };
        let undone = |change: &Change, event: &str, parameters: &str| {
            change.is_undone_by(event, &serde_json::from_str(&record(parameters)).expect("JSON"))
        };
        let opened = r#"{"groupId":"sg-1","ipPermissions":{"items":[{"ipProtocol":"tcp","fromPort":22,"toPort":22,
            "ipRanges":{"items":[{"cidrIp":"203.0.113.0/24"},{"cidrIp":"198.51.100.0/24"}]}}]}}"#;
        let change = of("ec2", "AuthorizeSecurityGroupIngress", opened);
        assert!(undone(&change, "RevokeSecurityGroupIngress", opened));
        let one = opened.replace(",{\"cidrIp\":\"198.51.100.0/24\"}", "");
        assert!(!undone(&change, "RevokeSecurityGroupIngress", &one), "{one}");
        assert!(!undone(&change, "RevokeSecurityGroupIngress", &opened.replace("22", "23")), "another port");
        assert!(!undone(&change, "RevokeSecurityGroupIngress", &opened.replace("sg-1", "sg-2")), "another group");
        assert_eq!(change.name(), "sg-1");
        let change = of("monitoring", "DisableAlarmActions", r#"{"alarmNames":["a","b"]}"#);
        assert!(undone(&change, "EnableAlarmActions", r#"{"alarmNames":["b","a","c"]}"#));
        assert!(!undone(&change, "EnableAlarmActions", r#"{"alarmNames":["a"]}"#));
        // Another version of a policy takes this one out of force, the same one does not.
        let change = of("iam", "SetDefaultPolicyVersion", r#"{"policyArn":"arn:a","versionId":"v1"}"#);
        assert!(undone(&change, "SetDefaultPolicyVersion", r#"{"policyArn":"arn:a","versionId":"v2"}"#));
        assert!(!undone(&change, "SetDefaultPolicyVersion", r#"{"policyArn":"arn:a","versionId":"v1"}"#));
        assert!(!undone(&change, "SetDefaultPolicyVersion", r#"{"policyArn":"arn:b","versionId":"v2"}"#));
        // A later call about something else of the topic says nothing of its policy.
        let policy = r#"{"topicArn":"arn:t","attributeName":"Policy","attributeValue":"{}"}"#;
        let change = of("sns", "SetTopicAttributes", policy);
        assert!(undone(&change, "SetTopicAttributes", policy));
        assert!(!undone(&change, "SetTopicAttributes", &policy.replace("\"Policy\"", "\"DisplayName\"")));
    }

    /// A call of IAM that names no user is about the one that calls.
    #[test]
    fn whoever_calls_is_meant_where_nobody_is_named() {
        let call = |identity: &str, source: &str| {
            format!(
                r#"{{"eventSource":"{source}","userIdentity":{identity},"requestParameters":{{"serialNumber":"arn:m"}}}}"#
            )
        };
        let bob = r#"{"type":"IAMUser","userName":"bob"}"#;
        let of = |record: &str| Change::of(IAM, "DeactivateMFADevice", record).expect("a change").name();
        assert_eq!(of(&call(bob, IAM)), "bob");
        assert_eq!(of(&call(r#"{"type":"AssumedRole","userName":"bob"}"#, IAM)), "");
        assert_eq!(of(&call(bob, "example.com")), "");
    }
}
