//! `policies`: an inventory of the policies in IAM's state. State in, rows out; logs add who of those that hold one was seen
//! last. What is wrong with them, [`posture`](super::posture) says.

mod held;
#[cfg(test)]
mod tests;
mod trust;

use std::cmp::Reverse;
use std::collections::BTreeSet;

use super::columns::columns;
use super::{Answer, Form, Report, Role, StateUse, View};
use crate::aggregate::principals;
use crate::model::{Grant, Listed, Policy, Statement, redact_text};
use held::{Held, LastSeen};
pub use trust::TRUST;

/// The report `policies`.
pub static REPORT: Report = Report {
    name: "policies",
    summary: "Every policy in IAM's state: who holds it, what it grants and by which statement",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "policy"],
    needs: &[&principals::KIND],
    options: &[],
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::Alone,
    examples: EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT --iam-dir iam",
    "trailscan REPORT --iam-dir iam --where kind=inline --columns +document",
    "trailscan REPORT --iam-dir iam --where grant=admin --output REPORT.json",
    "trailscan REPORT --iam-dir iam --days 30 ./AWSLogs",
    "trailscan REPORT --iam-dir iam --trust --where trusted_kind=saml-provider",
];

const ABOUT: &str = "\
A row is one policy of one account: customer-managed, inline in a user, group or role, or AWS-managed and attached. The \
policies are those of `aws iam get-account-authorization-details`, as a file or in a folder of --iam-dir; trust policies \
are listed by --trust. `posture` tells what is wrong with them. --where chooses rows: --where kind=inline, --where \
grant=admin, --where attached_to=role/*.

grant is what the document allows at its widest:

  admin               most actions on what nobody has named, ways to everything among them
  escalation          what leads to everything in a call or two
  admin-on-condition  admin, for who meets a condition about the caller, such as MFA
  full-service        every action of a service, or all but some, on every resource
  not-judged          the document is not in the file, or cannot be read
  other               less
  deny-only           nothing

An AWS-managed policy whose document is not in the file is judged by its name; grant_basis says so. statements are those \
that give the grant: one that gives it alone, else several that do so only together. Statements are counted from 1.

What it proves: IAM said so at as_of. What it does not: policies are read, not evaluated. What a policy allows, another \
policy of the holder, a permissions boundary or an organisation's policy may take away.

With INPUT, holder_last_seen is the last event of one who holds the policy, a member of a group that does among them, and \
last_holder who that was. No log says which policy allowed a call, so it is not the last use of the policy: a holder \
that was seen may never have needed it. Where it is empty no holder is in what was read.

--trust asks of the same files whom each role lets in: a row per role and principal of its trust policy, identity providers \
first, with the subjects whose tokens it takes and what the role grants. --where trusted_kind=oidc-provider chooses one kind. \
Where lists of providers are given (aws iam list-open-id-connect-providers, list-saml-providers), those that no role \
trusts have the role none, and exists tells of the others whether they are there.

document is the document as JSON on one line with its members in order of names: --columns +document shows as much of it \
as a terminal is wide, JSON and the other formats have it whole. Rows come widest grant first, then by account and policy.";

columns! {
    const COLUMNS;
    fn cells(held: &Held<'_>, seen: &LastSeen<'_>) {
        let policy = held.document.and_then(|document| document.as_ref().ok());
        let last = seen.of(held);
    }

    account_id("account_id", "The account.") => held.account_id,
    id("policy", "Its arn; of an inline policy its owner's arn and its name.") => held.policy.as_str(),
    text("kind", "customer-managed, inline or aws-managed.") => held.class.as_str(),
    text("grant", "What it allows at its widest; --help lists the words.") => held.grant.as_str(),
    text("grant_basis", "How that is known: document, name (of an AWS-managed policy) or none.").asked()
        => held.basis(),
    text("statements", "The statements that give the grant, counted from 1, each with its Sid.").second()
        => policy.map(statements).unwrap_or_default(),
    list("attached_to", "Who holds it: user/NAME, group/NAME and role/NAME.") => &held.attached_to,
    count("attachments", "How many users, groups and roles hold it, as IAM counts them.").third() => held.attachments,
    list("boundary_of", "Whose permissions boundary it is: user/NAME and role/NAME.").asked() => &held.boundary_of,
    list("actions", "What it allows, as written: actions, or NotAction and those that it leaves out.").last()
        => policy.map(|policy| listed(policy, true, |it| ("NotAction", &it.actions))).unwrap_or_default(),
    list("resources", "What it allows that on, as written: resources, or NotResource and those that it leaves out.").last()
        => policy.map(|policy| listed(policy, true, |it| ("NotResource", &it.resources))).unwrap_or_default(),
    list("denied_actions", "What it denies, as written, whatever the condition.").asked()
        => policy.map(|policy| listed(policy, false, |it| ("NotAction", &it.actions))).unwrap_or_default(),
    list("condition_keys", "The keys of all its conditions, in lower case.").asked()
        => policy.map(condition_keys).unwrap_or_default(),
    time("holder_last_seen", "The last event of one who holds it, in the logs; not the last use of the policy.").second()
        => last.map(|(time, _)| time),
    text("last_holder", "Who that was: user/NAME or role/NAME.").third() => last.map_or("", |(_, name)| name),
    time("changed", "When it was changed last, of a managed policy.").last() => held.changed,
    time("as_of", "The moment that the file speaks of.").last() => held.source.as_of,
    text("document", "The document, as JSON on one line.").asked() => redact_text(held.text),
    text("file", "The file.").asked().role(Role::File) => held.source.file.as_str(),
}

fn answer(view: &View<'_>) -> Answer {
    let accounts = view.posture.iter().flat_map(|posture| &posture.accounts);
    let parts = accounts.clone().filter_map(|(id, account)| Some((id.as_str(), account.authorization.as_ref()?)));
    let mut held: Vec<Held<'_>> = parts.flat_map(|(account_id, part)| held::all(account_id, part)).collect();
    held.sort_by(|a, b| (Reverse(a.grant), a.account_id, &a.policy).cmp(&(Reverse(b.grant), b.account_id, &b.policy)));
    let seen = LastSeen::of_logs(view);
    let rows_spared = held.len().saturating_sub(view.rows_wanted);
    let rows = held.iter().take(view.rows_wanted).map(|held| cells(held, &seen)).collect();
    let without: Vec<&str> =
        accounts.filter(|(_, account)| account.authorization.is_none()).map(|(id, _)| id.as_str()).collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, hidden: unknown(&without), ..Answer::default() }
}

/// Which accounts have state and no policies in it, in a sentence.
fn unknown(accounts: &[&str]) -> Option<String> {
    let names = accounts.join(", ");
    (!accounts.is_empty())
        .then(|| format!("the policies of {names} are not known: no authorization details were given"))
}

/// The statements that give the grant: `2 (AllowAll)`, `1 + 3`.
fn statements(policy: &Policy) -> String {
    let name = |place: usize| match policy.statements()[place].sid.as_str() {
        "" => (place + 1).to_string(),
        sid => format!("{} ({sid})", place + 1),
    };
    policy.widest_statements().into_iter().map(name).collect::<Vec<_>>().join(" + ")
}

/// What an element lists in all statements that allow, or in all that deny: sorted, each once.
fn listed<'a>(
    policy: &'a Policy,
    allowing: bool,
    element: impl Fn(&'a Statement) -> (&'static str, &'a Listed),
) -> Vec<String> {
    let mut found = BTreeSet::new();
    for statement in policy.statements().iter().filter(|statement| statement.is_allow() == allowing) {
        match element(statement) {
            (_, Listed::Only(values)) => found.extend(values.iter().cloned()),
            (negated, Listed::AllBut(values)) => drop(found.insert(format!("{negated}: {}", values.join(", ")))),
            (_, Listed::Absent) => {}
        }
    }
    found.into_iter().collect()
}

fn condition_keys(policy: &Policy) -> Vec<String> {
    let keys =
        policy.statements().iter().flat_map(|statement| statement.condition.values()).flat_map(|keys| keys.keys());
    keys.cloned().collect::<BTreeSet<_>>().into_iter().collect()
}

impl Held<'_> {
    /// How its grant is known.
    fn basis(&self) -> &'static str {
        match self.grant {
            Grant::NotJudged => "none",
            _ if self.document.is_some_and(Result::is_ok) => "document",
            _ => "name",
        }
    }
}
