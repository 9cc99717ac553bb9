//! Whose permissions are looked at: IAM users and roles, by logs and by IAM's state, and the calls of each.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use crate::aggregate::Span;
use crate::aggregate::calls::{CallCounts, Calls};
use crate::aggregate::principals::Principals;
use crate::model::{Actions, Arn, Needed};
use crate::posture::Authorization;
use crate::report::View;

/// In the arn of a role that a service made for itself, whose policies nobody else can change.
///
/// Source: IAM user guide, "Create a service-linked role".
const SERVICE_LINKED: &str = ":role/aws-service-role/";

/// How calls begin that change something: `readOnly` of these is false. The beginnings are enough of them to be in any account
/// that is in use, and not all there are.
const CHANGING: &[&str] = &[
    "Add",
    "Attach",
    "Create",
    "Delete",
    "Detach",
    "Modify",
    "Put",
    "Register",
    "Remove",
    "Run",
    "Set",
    "Start",
    "Stop",
    "Terminate",
    "Update",
];

/// A user or role of an account: a name is unique within it, whatever the path and whatever its upper and lower case.
///
/// Source: IAM user guide, "IAM identifiers", friendly names and paths; IAM API reference, CreateUser and CreateRole: names are
/// not distinguished by case.
#[derive(Clone, Debug)]
pub(super) struct Who {
    pub account_id: String,
    /// `user/NAME` or `role/NAME`, without a path.
    pub name: String,
}

impl Who {
    fn key(&self) -> (&str, impl Iterator<Item = u8> + '_) {
        (&self.account_id, self.name.bytes().map(|byte| byte.to_ascii_lowercase()))
    }
}

impl Ord for Who {
    fn cmp(&self, other: &Self) -> Ordering {
        let ((account, name), (other_account, other_name)) = (self.key(), other.key());
        account.cmp(other_account).then_with(|| name.cmp(other_name))
    }
}

impl PartialOrd for Who {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl PartialEq for Who {
    fn eq(&self, other: &Self) -> bool {
        self.cmp(other) == Ordering::Equal
    }
}

impl Eq for Who {}

/// What one of them did.
#[derive(Default)]
pub(super) struct Done {
    /// Its arn, as state has it, else the longest that logs have: a session does not tell the path of its role.
    pub arn: String,
    /// Its first and last call, denied or not.
    pub span: Span,
    /// By action, `s3:GetObject`.
    pub asked: BTreeMap<String, Asked>,
    /// Actions that a call of it may have asked for beside its own, with that call.
    pub beside: BTreeMap<&'static str, String>,
    /// Services with calls of which the action is not known.
    pub unmapped: BTreeSet<&'static str>,
    /// Whether there are calls of which the service cannot be told: any action may have been asked for.
    pub is_unmapped_anywhere: bool,
}

/// How often an action was asked for.
#[derive(Default)]
pub(super) struct Asked {
    pub calls: i64,
    pub denied: i64,
    pub span: Span,
    /// The calls: `s3:HeadObject`.
    pub by: BTreeSet<String>,
    /// Whether it is a call of which the action is not known.
    pub is_unmapped: bool,
}

/// All of them.
#[derive(Default)]
pub(super) struct Subjects {
    pub done: BTreeMap<Who, Done>,
    /// Accounts with calls of users or roles that are named by an id that state does not have.
    pub nameless: BTreeSet<String>,
    /// Accounts of which a call was read that changes something.
    pub changing: BTreeSet<String>,
    /// The services of which each account has events, by the first part of their host.
    pub heard: BTreeSet<(String, String)>,
    /// Events of each account, as this aggregate and as that of principals counts them.
    pub events: BTreeMap<String, [i64; 2]>,
}

impl Subjects {
    /// Those of the logs and of IAM's state.
    pub(super) fn of(view: &View<'_>) -> Self {
        let (state, posture, known) = (view.state, view.posture, view.known_actions());
        let mut subjects = Self::default();
        let parts = posture.into_iter().flat_map(|posture| &posture.accounts);
        let parts = || parts.clone().filter_map(|(id, account)| Some((id, &account.authorization.as_ref()?.value)));
        let ids: BTreeMap<&str, &str> = parts().flat_map(|(_, part)| ids(part)).collect();
        for (account_id, arn) in parts().flat_map(|(id, part)| arns(part).map(move |arn| (id, arn))) {
            if let Some(who) = Who::of(arn, account_id) {
                subjects.done.entry(who).or_default().arn = arn.to_owned();
            }
        }
        // Where no details of them were read, credential reports name the users.
        let reports = posture.into_iter().flat_map(|posture| &posture.accounts);
        let reports = reports.filter_map(|(id, account)| Some((id, &account.credentials.as_ref()?.value)));
        for (account_id, user) in reports.flat_map(|(id, report)| report.users.values().map(move |user| (id, user))) {
            if let Some(who) = Who::of(&user.arn, account_id) {
                let done = subjects.done.entry(who).or_default();
                if done.arn.is_empty() {
                    done.arn.clone_from(&user.arn);
                }
            }
        }
        let symbols = state.symbols();
        for (key, counts) in state.get::<Calls>().into_iter().flat_map(Calls::rows) {
            let (principal, account) = (symbols.text(key.principal), symbols.text(key.account));
            subjects.count(account, 0, counts.tally.events);
            subjects.hear(account, (symbols.text(key.service), symbols.text(key.event_name)));
            let call = (symbols.text(key.service), symbols.text(key.event_name));
            let Some(who) = Who::of(ids.get(principal).unwrap_or(&principal), account) else {
                let is_nameless = !is_of_others(principal, account)
                    && !OF_STRANGERS.contains(&call.1)
                    && known.needed(call.0, call.1) != Needed::Nothing;
                subjects.nameless.extend(is_nameless.then(|| account.to_owned()));
                continue;
            };
            if principal.contains(SERVICE_LINKED) {
                continue;
            }
            let done = subjects.done.entry(who).or_default();
            let is_longer = (principal.len(), principal) > (done.arn.len(), &*done.arn);
            if done.arn.is_empty() || is_longer && ids.values().all(|arn| *arn != done.arn) {
                done.arn = principal.to_owned();
            }
            done.span.merge(counts.span);
            done.add(known, call, counts);
        }
        for row in state.get::<Principals>().map(Principals::rows).unwrap_or_default() {
            subjects.count(symbols.text(row.account), 1, row.tally.events);
        }
        // Of several spellings that of the arn, which does not depend on the order of rows.
        let spelt = |(who, done): (Who, Done)| (Who::of(&done.arn, &who.account_id).unwrap_or(who), done);
        subjects.done = std::mem::take(&mut subjects.done).into_iter().map(spelt).collect();
        subjects
    }

    /// Notes which services an account has events of, and whether one of them changes something.
    fn hear(&mut self, account: &str, (source, name): (&str, &str)) {
        if CHANGING.iter().any(|begin| name.starts_with(begin)) && !self.changing.contains(account) {
            self.changing.insert(account.to_owned());
        }
        let service = source.split('.').next().unwrap_or_default();
        self.heard.insert((account.to_owned(), service.to_owned()));
    }

    fn count(&mut self, account: &str, by: usize, events: i64) {
        self.events.entry(account.to_owned()).or_default()[by] += events;
    }

    /// Why the calls of an account are not all known; `None` where they are.
    pub(super) fn lacks(&self, account_id: &str) -> Option<&'static str> {
        match self.events.get(account_id) {
            None => Some("no event of this account was counted"),
            Some([calls, all]) if calls != all => Some("a rollup that was read was made before calls were kept"),
            Some(_) if self.nameless.contains(account_id) => {
                Some("some calls of this account name a user or role by an id that the state does not have")
            }
            Some(_) if !self.changing.contains(account_id) => {
                Some("no call of this account was read that changes something: its trail may record read events only")
            }
            Some(_) => None,
        }
    }
}

/// Calls by whom an identity provider vouches for, who is neither user nor role yet.
///
/// Source: AWS STS API reference, AssumeRoleWithSAML and AssumeRoleWithWebIdentity: callable without AWS credentials.
const OF_STRANGERS: [&str; 2] = ["AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"];

/// Whether an `eventSource` is written as CloudTrail writes it, so that one of an unknown service is of none that is known.
fn is_host(source: &str) -> bool {
    let name = source.strip_suffix(".amazonaws.com").unwrap_or_default();
    let is_plain = name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-');
    !name.is_empty() && is_plain && !name.ends_with("-fips")
}

/// Whether a principal that is neither user nor role of an account is known to be none of them: root, a service, a person of
/// Identity Center, another account. Any other may be one of which the record does not tell the name.
fn is_of_others(principal: &str, account: &str) -> bool {
    let is_other_account = principal.strip_prefix("account:").is_some_and(|id| id != account);
    let is_other = ["root@", "service:", "idc:"].iter().any(|begin| principal.starts_with(begin));
    is_other || is_other_account || principal.contains('#')
}

impl Who {
    /// That of an arn; of one that tells no account, in this one. `None` where it is neither a user nor a role.
    pub(super) fn of(arn: &str, account_id: &str) -> Option<Self> {
        let arn = Arn::parse(arn).filter(|arn| arn.service == "iam")?;
        let kind = ["user", "role"].into_iter().find(|kind| arn.resource.starts_with(&format!("{kind}/")))?;
        let account_id = if arn.account_id.is_empty() { account_id } else { arn.account_id };
        Some(Self { account_id: account_id.to_owned(), name: format!("{kind}/{}", arn.name()) })
    }
}

impl Done {
    fn add(&mut self, known: &Actions, (source, name): (&str, &str), counts: &CallCounts) {
        let call = format!("{}:{name}", source.split('.').next().unwrap_or_default());
        let (actions, is_unmapped) = match known.needed(source, name) {
            Needed::Nothing => return self.add_beside(known, &call, &call),
            Needed::Actions(actions) => (actions, false),
            Needed::Unknown(service) => {
                self.is_unmapped_anywhere |= service.is_none() && !is_host(source);
                self.unmapped.extend(service);
                (vec![call.clone()], true)
            }
        };
        for action in actions {
            self.add_beside(known, &action, &call);
            let asked = self.asked.entry(action).or_default();
            asked.calls += counts.tally.events - counts.tally.denied;
            asked.denied += counts.tally.denied;
            asked.span.merge(counts.span);
            asked.by.insert(call.clone());
            asked.is_unmapped |= is_unmapped;
        }
        // What an operation of another name asks for beside its own, the reference lists under the operation.
        self.add_beside(known, &call, &call);
    }

    /// Calls of which one of several actions may be enough, each with these.
    pub(super) fn alternatives(&self) -> BTreeMap<&str, Vec<&str>> {
        let mut by_call: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for (action, asked) in &self.asked {
            asked.by.iter().for_each(|call| by_call.entry(call).or_default().push(action));
        }
        by_call.retain(|call, actions| actions.len() > 1 && !Actions::known().needs_all(call));
        by_call
    }

    /// Whether for each call that asked for an action another one may be enough, of which `holds` is true.
    pub(super) fn has_other(
        &self,
        alternatives: &BTreeMap<&str, Vec<&str>>,
        action: &str,
        holds: impl Fn(&str) -> bool,
    ) -> bool {
        let other = |call: &String| {
            let all = alternatives.get(call.as_str());
            all.is_some_and(|all| all.iter().any(|other| *other != action && holds(other)))
        };
        self.asked.get(action).is_some_and(|asked| !asked.by.is_empty() && asked.by.iter().all(other))
    }

    /// Of several calls that may ask for an action the first by name is kept: they come in no lasting order.
    fn add_beside(&mut self, known: &Actions, operation: &str, call: &str) {
        for other in known.others(operation) {
            let known = self.beside.entry(other).or_insert_with(|| call.to_owned());
            if call < known.as_str() {
                call.clone_into(known);
            }
        }
    }
}

/// The arns of users and roles by their unique ids.
fn ids(part: &Authorization) -> impl Iterator<Item = (&str, &str)> {
    let users = part.users.iter().flatten().map(|(_, user)| (user.id.as_str(), user.arn.as_str()));
    let roles = part.roles.iter().flatten().map(|(_, role)| (role.id.as_str(), role.arn.as_str()));
    users.chain(roles).filter(|(id, _)| !id.is_empty())
}

/// The arns of users and roles.
fn arns(part: &Authorization) -> impl Iterator<Item = &str> {
    let users = part.users.iter().flatten().map(|(_, user)| user.arn.as_str());
    let roles = part.roles.iter().flatten().filter(|(_, role)| !role.arn.contains(SERVICE_LINKED));
    users.chain(roles.map(|(_, role)| role.arn.as_str()))
}
