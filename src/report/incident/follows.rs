//! What may follow from the incident: credentials that were issued through what it had opened, to others or to machines. A
//! person or a machine that was let in is not the one who opened.
//!
//! Issuing calls of all that was read are known, counted or not: sessions here need not be among the counted events.

use std::collections::BTreeMap;

use ahash::AHashSet;

use super::line::{Line, Part, Shown, at, phrases, span};
use super::stays::Lasting;
use super::{Event, Scene, deeds};
use crate::aggregate::State;
use crate::aggregate::issuances::{Issuance, Issuances};
use crate::model::{Arn, EventTime, IssuanceApi, grouped, plain_event, service_of, shell_quoted, short_name};
use crate::report::trace::Link;

/// Callers that a line names.
const NAMED: usize = 3;

/// Lines that the page has.
const SHOWN: usize = 12;

/// Changes of the trust of a role.
const TRUSTS: [&str; 2] = ["CreateRole", "UpdateAssumeRolePolicy"];

/// Changes of what runs as the role of a function.
const FUNCTIONS: [&str; 3] = ["CreateFunction", "UpdateFunctionCode", "UpdateFunctionConfiguration"];

/// Changes of an identity provider of OpenID Connect, whose ARN records of sessions name.
const PROVIDERS: [&str; 3] =
    ["CreateOpenIDConnectProvider", "AddClientIDToOpenIDConnectProvider", "UpdateOpenIDConnectProviderThumbprint"];

/// Calls that reach into an instance, whose role's credentials lie there.
///
/// Source: EC2 user guide, "Retrieve security credentials from instance metadata".
const REACHING: [&str; 5] =
    ["StartSession", "SendCommand", "SendSSHPublicKey", "SendSerialConsoleSSHPublicKey", "ModifyInstanceAttribute"];

/// Changes after which sessions come that records do not tell from those through another provider or anchor: the call that
/// issues them.
const UNTOLD: [(&str, &str, &str); 5] = [
    ("CreateSAMLProvider", "sts", "AssumeRoleWithSAML"),
    ("UpdateSAMLProvider", "sts", "AssumeRoleWithSAML"),
    ("CreateTrustAnchor", "rolesanywhere", "CreateSession"),
    ("EnableTrustAnchor", "rolesanywhere", "CreateSession"),
    ("UpdateTrustAnchor", "rolesanywhere", "CreateSession"),
];

/// What was opened, and to whom that may lead.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Way {
    /// The trust of a role, by its name.
    Role(String),
    /// The code of a function that runs as a role: both names.
    Function(String, String),
    /// An identity provider, by its ARN.
    Provider(String),
    /// A machine, by the id of the instance.
    Instance(String),
}

/// Something that was opened: in an account, from when on, until it was taken back, and by which call.
struct Opening<'a> {
    way: Way,
    account: &'a str,
    since: EventTime,
    until: Option<EventTime>,
    event: &'a str,
}

/// The lines: a line a way, by the first that came through it.
pub(super) fn lines(
    state: &State,
    (events, changes): (&[Event<'_>], &[Lasting<'_>]),
    held: &[&Link],
    scene: &Scene<'_>,
) -> Vec<Line> {
    let issued = state.get::<Issuances>().map(|issuances| issuances.all(scene.symbols)).unwrap_or_default();
    let own: AHashSet<&str> = held.iter().flat_map(|link| &link.access_keys).map(|key| &**key).collect();
    // Of several changes of one thing the first opened it.
    let mut ways: BTreeMap<(Way, &str), Vec<Opening<'_>>> = BTreeMap::new();
    for opening in openings(events, changes, scene) {
        ways.entry((opening.way.clone(), opening.account)).or_default().push(opening);
    }
    let of_ways = ways.into_values().filter_map(|openings| line(&openings, &issued, &own, scene));
    let mut lines: Vec<Line> = of_ways.chain(untold(changes, scene)).collect();
    lines.sort_by(|a, b| (a.first, &a.what).cmp(&(b.first, &b.what)));
    let shown = if scene.is_whole { usize::MAX } else { SHOWN };
    let more = lines.len().saturating_sub(shown);
    // A page takes a line with a command for one to copy that contains: here it stands among what else is known.
    let on_page = |line: &Line| Line { shown: Shown::OnPage, command: String::new(), ..line.clone() };
    let mut page: Vec<Line> = lines.iter().take(shown).map(on_page).collect();
    if more > 0 {
        let what = format!("and {} more: --limit 0 shows all", grouped(more as u64));
        page.push(Line { part: Some(Part::Follows), shown: Shown::OnPage, what, ..Line::default() });
    }
    lines.iter_mut().for_each(|line| line.shown = Shown::InRows);
    page.extend(lines);
    page
}

fn openings<'a>(events: &[Event<'a>], changes: &[Lasting<'a>], scene: &'a Scene<'_>) -> Vec<Opening<'a>> {
    let text = |sym| scene.symbols.text(sym);
    let of_changes = changes.iter().flat_map(|lasting| {
        let (place, row) = lasting.event;
        let event = plain_event(text(row.event_name));
        let said = |name| lasting.change.said(name).map(str::to_owned).collect::<Vec<_>>();
        let ways: Vec<Way> = match event {
            _ if TRUSTS.contains(&event) => said("roleName").into_iter().map(Way::Role).collect(),
            _ if PROVIDERS.contains(&event) => {
                said("openIDConnectProviderArn").into_iter().map(Way::Provider).collect()
            }
            _ if FUNCTIONS.contains(&event) => function(&row.record).into_iter().collect(),
            _ => Vec::new(),
        };
        let until = lasting.undone.map(|undone| undone.time());
        ways.into_iter().map(move |way| Opening { way, account: &place.account_id, since: place.time, until, event })
    });
    let reached = events.iter().filter(|(_, row)| {
        REACHING.contains(&text(row.event_name))
            && row.error(scene.symbols).is_empty()
            && matches!(service_of(text(row.service)), "ssm" | "ec2-instance-connect" | "ec2")
    });
    let of_events = reached.flat_map(|(place, row)| {
        let event = text(row.event_name);
        // Of the attributes of an instance, what it runs when it starts.
        let is_code = event != "ModifyInstanceAttribute" || row.record.contains("\"userData\"");
        let ids = row.resources.iter().map(|name| short_name(name).trim_start_matches("instance/"));
        let ids = ids.filter(move |id| is_code && id.starts_with("i-"));
        ids.map(move |id| Opening {
            way: Way::Instance(id.to_owned()),
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

impl Way {
    /// Whether credentials came through it.
    fn leads_to(&self, issuance: &Issuance<'_>) -> bool {
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
        }
    }

    /// What to ask about next.
    fn next(&self, issuances: &[&Issuance<'_>]) -> String {
        let first = issuances.first();
        let arn = first.and_then(|issuance| Arn::parse(issuance.role_arn()));
        let (role, account) = arn.map_or(("", ""), |arn| (arn.name(), arn.account_id));
        let asked = match self {
            Self::Role(_) => first.map_or("", |issuance| issuance.role_arn()).to_owned(),
            Self::Function(_, session) | Self::Instance(session) => {
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

    fn told(&self) -> String {
        match self {
            Self::Role(name) => format!("role {name}"),
            Self::Function(role, name) => format!("role {role} of function {name}"),
            Self::Provider(arn) => format!("provider {}", short_name(arn)),
            Self::Instance(id) => format!("role of instance {id}"),
        }
    }
}

/// What came through one way; `None` where nothing did.
fn line(openings: &[Opening<'_>], issued: &[Issuance<'_>], own: &AHashSet<&str>, scene: &Scene<'_>) -> Option<Line> {
    let opening = openings.iter().min_by_key(|opening| opening.since)?;
    let is_open = |time: EventTime| {
        openings.iter().any(|opening| opening.since <= time && opening.until.is_none_or(|until| time <= until))
    };
    let of_way = || {
        let of_account = issued.iter().filter(|issuance| issuance.account_id() == opening.account);
        of_account.filter(|issuance| opening.way.leads_to(issuance))
    };
    // Who took the role before could do so without what was opened.
    let is_role = matches!(opening.way, Way::Role(_));
    let before: AHashSet<&str> = of_way()
        .filter(|issuance| is_role && issuance.time().is_some_and(|time| time < opening.since))
        .map(|issuance| issuance.caller())
        .collect();
    let is_of_others = |issuance: &&Issuance<'_>| {
        !own.contains(issuance.access_key_id()) && !own.contains(issuance.caller_access_key_id())
    };
    let mut came: Vec<&Issuance<'_>> = of_way()
        .filter(|issuance| issuance.time().is_some_and(is_open))
        .filter(|issuance| !before.contains(issuance.caller()))
        .filter(is_of_others)
        .collect();
    came.sort_by_key(|issuance| issuance.time());
    let times = || came.iter().filter_map(|issuance| issuance.time());
    let (first, last) = (times().min()?, times().max()?);
    let callers = deeds::distinct(came.iter().map(|issuance| short_name(issuance.caller())));
    let addresses = deeds::distinct(came.iter().map(|issuance| issuance.source_address()));
    let (told, next) = (opening.way.told(), opening.way.next(&came));
    let count =
        if came.len() == 1 { "1 session".to_owned() } else { format!("{} sessions", grouped(came.len() as u64)) };
    let account = scene.is_of_many.then(|| format!("account {}", opening.account));
    let since = format!("after {} {}", opening.event, at(opening.since));
    Some(Line {
        part: Some(Part::Follows),
        what: format!("{told}: {count} of others, {}", span(first, last)),
        more: vec![
            account
                .into_iter()
                .chain([since])
                .chain(phrases("to ", &callers, scene.most(NAMED)))
                .chain(phrases("from ", &addresses, scene.most(NAMED)))
                .collect(),
            vec![next.clone()],
        ],
        first: Some(first),
        last: Some(last),
        events: came.len(),
        addresses,
        access_keys: deeds::distinct(came.iter().map(|issuance| issuance.access_key_id())),
        command: next,
        ..Line::default()
    })
}

/// What records do not tell: how to look for it.
fn untold(changes: &[Lasting<'_>], scene: &Scene<'_>) -> Vec<Line> {
    let mut lines: Vec<Line> = Vec::new();
    for lasting in changes {
        let (place, row) = lasting.event;
        let event = plain_event(scene.symbols.text(row.event_name));
        let Some((_, service, issuing)) = UNTOLD.iter().find(|(of, ..)| *of == event) else { continue };
        let until = lasting.undone.map_or_else(String::new, |undone| format!(" until {}", at(undone.time())));
        let end = lasting.undone.map_or_else(String::new, |undone| format!(" --until {}", undone.time()));
        let command = format!(
            "trailscan events --event {issuing} --service {service}.amazonaws.com --account {} --since {}{end}",
            shell_quoted(&place.account_id),
            place.time
        );
        let what = format!("{}: whose sessions came through it is not told here", lasting.change.kind.what);
        lines.push(Line {
            part: Some(Part::Follows),
            what,
            more: vec![vec![lasting.change.name(), format!("from {}{until}", at(place.time))], vec![command.clone()]],
            first: Some(place.time),
            last: Some(place.time),
            events: 0,
            command,
            ..Line::default()
        });
    }
    lines
}
