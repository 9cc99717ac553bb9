//! `permissions`: what users and roles use beside what their policies grant.

mod accessed;
mod closest;
mod granted;
mod judge;
mod last_use;
mod policy;
mod proof;
mod subject;
mod summary;
#[cfg(test)]
mod tests;
mod used;

use std::collections::{BTreeMap, BTreeSet};

use super::columns::columns;
use super::scorecard::{LogSpan, WHOLE_DAYS, by_whole_logs};
use super::{Answer, Argument, Form, Report, ReportOption, StateUse, TextOption, View};
use crate::aggregate::{AggregateKind, calls, principals};
use crate::model::{Arn, Day, EventTime, pattern_matches};
use crate::posture::Account;
use accessed::Accessed;
pub use closest::CLOSEST;
use granted::Granted;
use judge::{Judged, Known, Look};
pub use policy::POLICY;
pub use proof::PROOF;
use subject::{Done, Subjects, Who};
pub use summary::SUMMARY;

/// The report.
pub static REPORT: Report = Report {
    name: "permissions",
    summary: "What users and roles use beside what their policies grant: proven unused, wanted",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "principal", "action"],
    needs: NEEDS,
    options: &[EXPAND],
    texts: &[SERVICE_REFERENCE],
    rules: &[],
    argument: Some(Argument::optional("PRINCIPAL")),
    state: StateUse::BesideLogs,
    examples: EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

/// AWS's own word on actions.
pub const SERVICE_REFERENCE: TextOption = TextOption {
    name: "service-reference",
    value: "FILE|DIR",
    is_many: true,
    about: "AWS's service reference (JSON) for the services that it names",
};

/// What tells which calls were made, and whether that are all.
const NEEDS: &[&AggregateKind] = &[&calls::KIND, &principals::KIND];

/// Which patterns are shown action by action.
const EXPAND: ReportOption = ReportOption {
    name: "expand",
    default: 0,
    min: 0,
    about: "Show a pattern, as s3:Get*, of up to N actions by action",
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT --iam-dir iam --days 90 ./AWSLogs",
    "trailscan REPORT role/deploy-role --iam-dir iam --expand 50 ./AWSLogs",
    "trailscan REPORT role/deploy-role --policy --output policy.json --days 90 ./AWSLogs",
];

const ABOUT: &str = "\
A row is one action of one IAM user or role: an action that it asked for, or an action or pattern that its policies allow. \
A role's sessions belong to the role. PRINCIPAL is an arn, user/NAME, role/NAME or a NAME, * and ? are wildcards; that of a session means its role; without \
it, all users and roles. What stands in its place and is an INPUT is taken as one. Needs --authorization-details or \
--iam-dir to tell what is granted. verdict is:

  UNGRANTED   used, and no policy in the state grants it: the policy of a resource does, or a
              policy was changed since. Not an accusation
  WANTED      every call was denied, and no policy in the state grants it
  DENIED      every call was denied although a policy grants it, or without state; of a pattern,
              all that was asked for of it was denied
  PROVEN      granted, and proven unused: not asked for in 30 whole days or more
  UNSEEN      granted, not in what was read, and that is not enough to prove anything
  UNKNOWABLE  granted, and logs cannot tell whether it is used: data events (S3 objects, DynamoDB
              items, Lambda invocations), what is asked for within other calls (iam:PassRole),
              tags, and services of which not everything is known to be recorded
  UNMAPPED    a call of which the table of actions does not tell the action
  USED        used; of a pattern, at least one of its actions

A pattern is one row: actions says how many actions it stands for, and used_actions, proven_unused, unseen and unknowable \
how these stand. It is PROVEN only where all of its actions are. --expand N shows small patterns action by action.

What it proves: PROVEN asks what the scorecard asks of logs: every enabled region delivered on each of 30 whole days, with \
read-only events, nothing blinded them, no filter but --account, no call of the service is unmapped, and IAM's state \
tells of no use on these days that the logs do not have. It says nothing of \
the days before and after, and a task of once a year is not in 30 days. What it does not: policies are read, not \
evaluated. Resources and conditions are not judged; a Deny on everything without a condition and a permissions boundary \
are. Policies of resources, of sessions and of the organization are not known. calls counts events that were not denied, \
those that failed otherwise included. Root, services and roles that services made for themselves have no rows.

--summary sums all that up, a row per user and role: who is administrator and through what, who was not used, and how \
many granted actions were used, are proven unused, unseen or unknowable. An audit with IAM's state has it.

--policy prints the least policy document of what PRINCIPAL used, a statement a service, with * for resources. It has what \
was not denied; what was denied each time, what the table of actions does not tell, and what calls may need beside their \
own action is told on stderr and not in it.

--closest-managed lists the AWS-managed policies that cover what PRINCIPAL used with the fewest actions to spare, and what \
they add; PERHAPS where some are allowed on some resources or on a condition alone. A Deny in them counts. Administrators' \
policies are left out.

--prove holds what PRINCIPAL used against a policy document, FILE or that of --policy, and the permissions boundary, as if \
that were all that is granted. Exit code 0: none would have been denied; 3: some would, or resources or conditions decide, \
which are not judged.

--service-reference reads AWS's service reference, a JSON file a service or a folder of them, in place of the program's \
table of actions for the services that it names; may be repeated.

Rows come by account, principal, verdict in the order above, and action.";

columns! {
    const COLUMNS;
    fn cells(who: &Who, done: &Done, beside: (Option<&Granted<'_>>, &Accessed<'_>), judged: &Judged<'_>) {
        let (granted, accessed) = beside;
        let (asked, counts) = (judged.asked, judged.counts);
        let boundary = granted.and_then(|granted| granted.boundary);
    }

    account_id("account_id", "The account.") => who.account_id.as_str(),
    id("principal", "The user's or role's arn.") => done.arn.as_str(),
    id("action", "The action, or a pattern as a policy has it; of an UNMAPPED row the call.") => judged.action.as_str(),
    verdict("verdict", "How it stands; --help lists the words.") => judged.verdict.as_str(),
    count("calls", "Calls that were not denied.") => asked.map(|asked| asked.calls),
    count("denied", "Calls that were denied.") => asked.map(|asked| asked.denied),
    count("actions", "How many actions it stands for.").second() => counts.actions,
    count("used_actions", "How many of them were asked for, be it in vain.").second() => counts.used,
    count("proven_unused", "How many of them are proven unused.").second() => counts.proven,
    count("unseen", "How many of them were not seen, which proves nothing.").third() => counts.unseen,
    count("unknowable", "How many of them logs cannot tell of.").third() => counts.unknowable,
    list("granted_by", "The statements that allow it: policy, group before it, statement counted from 1, Sid.").last()
        => &judged.granted_by,
    text("boundary", "The permissions boundary; in brackets where its document is not known.").asked()
        => boundary.map(boundary_text).unwrap_or_default(),
    text("why", "What the verdict rests on.").third() => judged.why.as_str(),
    list("events", "The calls that asked for it, as service:eventName.").asked()
        => asked.map(|asked| asked.by.iter().cloned().collect::<Vec<_>>()).unwrap_or_default(),
    time("first_seen", "The first call.").asked() => asked.and_then(|asked| asked.span.first()),
    time("last_seen", "The last call.").second() => asked.and_then(|asked| asked.span.last()),
    text("service_accessed", "When IAM saw the service accessed last, denied or not, or never: not in its tracking period.").asked()
        => accessed.of_action(&judged.action).unwrap_or_default(),
}

fn boundary_text((arn, document): (&str, Option<&crate::model::Policy>)) -> String {
    if document.is_some() { arn.to_owned() } else { format!("({arn})") }
}

fn answer(view: &View<'_>) -> Answer {
    let asked_about = view.argument.map(str::trim).filter(|text| !text.is_empty());
    let subjects = Subjects::of(view);
    let (mut rows, mut spared) = (Vec::new(), 0);
    let met = each(view, &subjects, asked_about, |who, look| {
        for judged in look.rows() {
            match rows.len() < view.rows_wanted {
                true => rows.push(cells(who, look.done, (look.granted, look.accessed), &judged)),
                false => spared += 1,
            }
        }
    });
    let hidden = match (rows.is_empty(), asked_about) {
        (true, Some(text)) => Some(nothing_of(text, &met, &subjects)),
        _ => without_state(&met),
    };
    let notes = of_session(asked_about).into_iter().collect();
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared: spared, hidden, notes, ..Answer::default() }
}

/// Who was looked at, and what was not known of them.
#[derive(Default)]
struct Met<'v> {
    who: Vec<&'v Who>,
    /// Their accounts of which it is not known what is granted.
    without: Vec<&'v str>,
    /// The policies that they hold and of which no document was read.
    unread: BTreeSet<String>,
}

/// Looks at each user and role that is asked about, in order of accounts and names.
fn each<'v>(
    view: &'v View<'_>,
    subjects: &'v Subjects,
    asked_about: Option<&str>,
    mut see: impl FnMut(&'v Who, &Look<'_>),
) -> Met<'v> {
    let known = Known::new(view.known_actions());
    let expand = usize::try_from(view.options.get(&EXPAND)).unwrap_or(0);
    let mut proofs: BTreeMap<&str, Result<String, String>> = BTreeMap::new();
    let mut met = Met::default();
    for (who, done) in
        subjects.done.iter().filter(|(who, done)| asked_about.is_none_or(|text| is_meant(text, who, done)))
    {
        let account = view.posture.and_then(|posture| posture.accounts.get(&who.account_id));
        let granted = account.and_then(|account| Granted::of(who, &account.authorization.as_ref()?.value));
        if !account.is_some_and(has_policies) && met.without.last() != Some(&who.account_id.as_str()) {
            met.without.push(&who.account_id);
        }
        met.who.push(who);
        met.unread.extend(granted.iter().flat_map(|granted| granted.unread.iter().cloned()));
        let proof = proofs.entry(&who.account_id).or_insert_with(|| proof_of(view, &who.account_id, subjects));
        let since = granted.as_ref().and_then(|granted| granted.created);
        let days = view.logs.and_then(|logs| logs.whole_days);
        let accessed = Accessed::of(done, account, days);
        let by_iam = account.and_then(|account| last_use::of(who, account));
        let mut proof = proof_since(proof, since, view.logs);
        if let Some(why) = unseen_use(done, by_iam, days).filter(|_| proof.is_ok() && !accessed.tells()) {
            proof = Err(why);
        }
        let look = Look {
            alternatives: &done.alternatives(),
            accessed: &accessed,
            by_iam,
            done,
            granted: granted.as_ref(),
            proof: &proof,
            known: &known,
            heard: &subjects.heard,
            account_id: &who.account_id,
            expand,
        };
        see(who, &look);
    }
    met
}

/// Why nothing is proven of one whom IAM saw within these days, and of whom the logs of that day and later have no call: they
/// lack something, or it was a data event. Where IAM tells it by service, that is looked at service by service.
fn unseen_use(done: &Done, by_iam: Option<Option<EventTime>>, days: Option<(Day, Day)>) -> Option<String> {
    let seen =
        by_iam.flatten().filter(|seen| days.is_some_and(|(first, last)| (first..=last).contains(&seen.day())))?;
    let is_explained = done.span.last().is_some_and(|last| last.day() >= seen.day());
    (!is_explained).then(|| format!("IAM saw it used at {seen}, and the logs have no call of it since that day"))
}

/// What proves that what is not in the logs of an account was not done.
fn proof_of(view: &View<'_>, account_id: &str, subjects: &Subjects) -> Result<String, String> {
    let logs = view.logs.ok_or("no logs were read")?;
    if let Some(why) = subjects.lacks(account_id) {
        return Err(why.to_owned());
    }
    by_whole_logs(account_id, logs, view.posture)
}

/// The same of whoever was made at that moment: what nobody could do is not proven unused.
fn proof_since(
    proof: &Result<String, String>,
    made: Option<EventTime>,
    logs: Option<&LogSpan>,
) -> Result<String, String> {
    let last = logs.and_then(|logs| logs.whole_days).map(|(_, last)| last);
    match made.zip(last).filter(|(made, last)| last.0 - made.day().0 < WHOLE_DAYS) {
        Some((made, _)) if proof.is_ok() => {
            Err(format!("it was made on {}, and not {WHOLE_DAYS} whole days of logs were read after that", made.day()))
        }
        _ => proof.clone(),
    }
}

fn has_policies(account: &Account) -> bool {
    account.authorization.is_some()
}

/// Whether a text means a user or role: its arn, `user/NAME`, or NAME; the arn of a session means its role.
fn is_meant(text: &str, who: &Who, done: &Done) -> bool {
    if let Some((account_id, role)) = role_of_session(text) {
        return pattern_matches(&account_id, &who.account_id)
            && who.name.strip_prefix("role/").is_some_and(|name| pattern_matches(&role, name));
    }
    // A path is no part of the name, and may be left out.
    if Who::of(&lower_arn(text), "").is_some_and(|meant| meant == *who) {
        return true;
    }
    let name = who.name.split_once('/').map_or("", |(_, name)| name);
    [done.arn.as_str(), who.name.as_str(), name].into_iter().any(|known| pattern_matches(text, known))
}

/// The account and the role of `arn:aws:sts::ACCOUNT:assumed-role/ROLE/SESSION`, which does not tell the path of the role.
fn role_of_session(text: &str) -> Option<(String, String)> {
    let text = lower_arn(text);
    let arn = Arn::parse(&text).filter(|arn| arn.service == "sts")?;
    let role = arn.resource.strip_prefix("assumed-role/")?.split('/').next()?;
    Some((arn.account_id.to_owned(), role.to_owned()))
}

/// An ARN with what stands before a name in lower case, as AWS writes it; any other text as it is.
fn lower_arn(text: &str) -> String {
    let end = text.find('/').filter(|_| text.get(..4).is_some_and(|begin| begin.eq_ignore_ascii_case("arn:")));
    end.map_or_else(|| text.to_owned(), |end| text[..end].to_ascii_lowercase() + &text[end..])
}

/// Says whom a text means that names a session.
fn of_session(asked: Option<&str>) -> Option<String> {
    let (account_id, role) = role_of_session(asked?)?;
    Some(format!(
        "a session has what its role has: this is of role/{role} of account {account_id}, all sessions together"
    ))
}

/// Why the answer is empty, and what may have been meant.
fn nobody(asked: &str, subjects: &Subjects) -> String {
    let core = asked.trim_matches('*').to_ascii_lowercase();
    let far = |name: &str| {
        let (name, last) = (name.to_ascii_lowercase(), name.rsplit('/').next().unwrap_or(name).to_ascii_lowercase());
        let is_within = core.len() > 2 && name.contains(&core);
        let edits = strsim::osa_distance(&name, &core).min(strsim::osa_distance(&last, &core));
        // Of four letters one may be wrong.
        if is_within { Some(0) } else { Some(edits).filter(|edits| *edits <= core.len().div_ceil(4)) }
    };
    let names = subjects.done.keys().map(|who| who.name.as_str());
    let nearest = names.filter_map(|name| Some((far(name)?, name))).min();
    let nearest = nearest.map(|(_, name)| format!("; the nearest is {name}")).unwrap_or_default();
    format!("no user or role of the logs or the state is called {asked}{nearest}")
}

/// Why there is no row of whoever is asked about.
fn nothing_of(asked: &str, met: &Met<'_>, subjects: &Subjects) -> String {
    if met.who.is_empty() {
        return nobody(asked, subjects);
    }
    let names: Vec<&str> = met.who.iter().map(|who| who.name.as_str()).collect();
    let unread: Vec<&str> = met.unread.iter().map(String::as_str).collect();
    let granted = match (without_state(met), unread.is_empty()) {
        (Some(without), _) => without,
        (None, false) => format!("what is granted is not known: no document was read of {}", unread.join(", ")),
        (None, true) => "the state grants no action".to_owned(),
    };
    format!("{} made no call in these logs that needs an action, and {granted}", names.join(", "))
}

fn without_state(met: &Met<'_>) -> Option<String> {
    let names = met.without.join(", ");
    (!met.without.is_empty())
        .then(|| format!("what is granted in {names} is not known: no authorization details were read"))
}
