//! What an incident opened to others, or reached: by which call, and how the sessions that come through it are known.

use super::stays::Lasting;
use super::{Event, Scene};
use crate::aggregate::issuances::Issuance;
use crate::model::{Arn, EventTime, IssuanceApi, members, plain_event, service_of, shell_quoted, short_name, text};

/// Changes of the trust of a role.
const TRUSTS: [&str; 2] = ["CreateRole", "UpdateAssumeRolePolicy"];

/// Changes of what runs as the role of a function.
const FUNCTIONS: [&str; 3] = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"];

/// Changes of an identity provider of OpenID Connect, whose ARN records of sessions name.
const PROVIDERS: [&str; 3] =
    ["CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"];

/// Calls that reach into an instance or a task, whose role's credentials lie there.
///
/// Source: EC2 user guide, "Retrieve security credentials from instance metadata"; Amazon ECS developer guide, "Amazon ECS task
/// IAM role"; API reference, `ExecuteCommand`.
const REACHING: [&str; 6] = [
    "StartSession",
    "SendCommand",
    "SendSSHPublicKey",
    "SendSerialConsoleSSHPublicKey",
    "ModifyInstanceAttribute",
    "ExecuteCommand",
];

/// What was opened, and to whom that may lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Way {
    /// The trust of a role, by its name.
    Role(String),
    /// The code of a function that runs as a role: both names.
    Function(String, String),
    /// An identity provider, by its ARN.
    Provider(String),
    /// A machine, by the id of the instance.
    Instance(String),
    /// A container, by the id of the task.
    Task(String),
    /// A key that was switched on, by its id.
    Key(String),
}

/// Something that was opened: in an account, from when on, until it was taken back, and by which call.
pub(super) struct Opening<'a> {
    pub way: Way,
    pub account: &'a str,
    pub since: EventTime,
    pub until: Option<EventTime>,
    pub event: &'a str,
}

/// Whatever the events opened or reached, each with the call that did.
pub(super) fn openings<'a>(events: &[Event<'a>], changes: &[Lasting<'a>], scene: &'a Scene<'_>) -> Vec<Opening<'a>> {
    let of = |sym| scene.symbols.text(sym);
    let of_changes = changes.iter().flat_map(|lasting| {
        let (place, row) = lasting.event;
        let event = plain_event(of(row.event_name));
        let said = |name| lasting.change.said(name).map(str::to_owned).collect::<Vec<_>>();
        let ways: Vec<Way> = match event {
            _ if TRUSTS.contains(&event) => said("roleName").into_iter().map(Way::Role).collect(),
            _ if PROVIDERS.contains(&event) => {
                said("openIDConnectProviderArn").into_iter().map(Way::Provider).collect()
            }
            "UpdateAccessKey" => said("accessKeyId").into_iter().map(Way::Key).collect(),
            _ if FUNCTIONS.contains(&event) => function(&row.record).into_iter().collect(),
            _ => Vec::new(),
        };
        let until = lasting.undone.map(|undone| undone.time());
        ways.into_iter().map(move |way| Opening { way, account: &place.account_id, since: place.time, until, event })
    });
    let reached = events.iter().filter(|(_, row)| {
        REACHING.contains(&of(row.event_name))
            && row.error(scene.symbols).is_empty()
            && matches!(service_of(of(row.service)), "ssm" | "ec2-instance-connect" | "ec2" | "ecs")
    });
    let of_events = reached.flat_map(|(place, row)| {
        let event = of(row.event_name);
        // Of the attributes of an instance, what it runs when it starts.
        let is_code = event != "ModifyInstanceAttribute" || row.record.contains("\"userData\"");
        let task = (event == "ExecuteCommand").then(|| task(&row.record)).flatten().map(Way::Task);
        let ids = row.resources.iter().map(|name| short_name(name).trim_start_matches("instance/"));
        let ids = ids.filter(move |id| is_code && id.starts_with("i-")).map(|id| Way::Instance(id.to_owned()));
        ids.chain(task).map(move |way| Opening {
            way,
            account: &place.account_id,
            since: place.time,
            until: None,
            event,
        })
    });
    of_changes.chain(of_events).collect()
}

/// The role and the name of the function of a call that made or changed one.
fn function(record: &str) -> Option<Way> {
    let record: serde_json::Value = serde_json::from_str(record).ok()?;
    let said = |name: &str| {
        let of = |document: &str| record.get(document)?.get(name)?.as_str();
        of("responseElements").or_else(|| of("requestParameters"))
    };
    let name = said("functionName")?;
    let name = if name.starts_with("arn:") { name.split(':').nth(6)? } else { name };
    Some(Way::Function(Arn::parse(said("role")?)?.name().to_owned(), name.to_owned()))
}

/// The id of the task that a command was run in; it may be given as an ARN.
fn task(record: &str) -> Option<String> {
    let [parameters] = members(record, ["requestParameters"]);
    let [task] = members(parameters.json(), ["task"]).map(text);
    let id = task.rsplit('/').next().unwrap_or_default();
    (!id.is_empty()).then(|| id.to_owned())
}

impl Way {
    /// Whether credentials came through it.
    pub fn leads_to(&self, issuance: &Issuance<'_>) -> bool {
        let role = || Arn::parse(issuance.role_arn()).map_or("", |arn| arn.name());
        let session = || match issuance.assumed_role_id().split_once(':') {
            Some((_, name)) => name,
            None => issuance.session_name(),
        };
        let is_by = |service: &str| issuance.caller_invoked_by() == service || issuance.caller().contains(service);
        match self {
            Self::Role(name) => role() == name,
            Self::Function(of, name) => role() == of && session() == name,
            Self::Provider(arn) => {
                let provider = issuance.provider();
                issuance.api() == IssuanceApi::AssumeRoleWithWebIdentity
                    && !provider.is_empty()
                    && (provider == arn || arn.strip_suffix(provider).is_some_and(|rest| rest.ends_with('/')))
            }
            Self::Instance(id) => session() == id && is_by("ec2.amazonaws.com"),
            Self::Task(id) => session() == id && is_by("ecs-tasks.amazonaws.com"),
            // Nothing is issued: it is used.
            Self::Key(_) => false,
        }
    }

    /// What to ask about next.
    pub fn next(&self, issuances: &[&Issuance<'_>]) -> String {
        let first = issuances.first();
        let arn = first.and_then(|issuance| Arn::parse(issuance.role_arn()));
        let (role, account) = arn.map_or(("", ""), |arn| (arn.name(), arn.account_id));
        let asked = match self {
            Self::Role(_) => first.map_or("", |issuance| issuance.role_arn()).to_owned(),
            Self::Key(id) => id.clone(),
            Self::Function(_, session) | Self::Instance(session) | Self::Task(session) => {
                format!("arn:aws:sts::{account}:assumed-role/{role}/{session}")
            }
            // The callers whose tokens are of this provider: their names begin with it.
            Self::Provider(arn) => {
                let (_, provider) = arn.split_once(":oidc-provider/").unwrap_or(("", arn));
                let caller = first.map_or("", |issuance| issuance.caller());
                let end = caller.find(provider).map(|at| at + provider.len());
                end.map_or_else(|| caller.to_owned(), |end| format!("{}:*", &caller[..end]))
            }
        };
        format!("trailscan incident {}", shell_quoted(&asked))
    }

    /// The name of the role, where it is known, and that of the sessions of what was reached, which may have been there before.
    pub fn session(&self) -> Option<(&str, &str)> {
        match self {
            Self::Instance(id) | Self::Task(id) => Some(("", id)),
            Self::Function(role, name) => Some((role, name)),
            Self::Role(_) | Self::Provider(_) | Self::Key(_) => None,
        }
    }

    pub fn told(&self) -> String {
        match self {
            Self::Role(name) => format!("role {name}"),
            Self::Function(role, name) => format!("role {role} of function {name}"),
            Self::Provider(arn) => format!("provider {}", short_name(arn)),
            Self::Instance(id) => format!("role of instance {id}"),
            Self::Task(id) => format!("role of task {id}"),
            Self::Key(id) => format!("access key {id}"),
        }
    }
}
