//! `root-usage`: how each account's root was used.

mod central;
mod central_findings;
mod charts;
mod evidence;
mod findings;
mod rules;
mod takeover;
mod usage;

use super::addresses::with_places;
use super::columns::columns;
use super::source_list::ip_addresses;
use super::{Answer, Form, LOG_EXAMPLES, Report, StateUse, View};
use crate::aggregate::issuances::{self, Issuances};
use crate::aggregate::root_use::{self, Count, RootUse};
use central::Central;
use usage::Issued;
pub(super) use usage::Usage;

/// The report.
pub static REPORT: Report = Report {
    name: "root-usage",
    summary: "How each account's root was used: access keys, console, AssumeRoot, federation",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "class"],
    needs: &[&root_use::KIND, &issuances::KIND],
    options: &[],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: Some(charts::charts),
    answer,
};

const ABOUT: &str = "\
A row is one account and one class, the way in which its root was used. The first class that holds counts an event:

  federation   a federated user whose credentials root issued; counted for that root's account
  assume-root  a central root session: the record says so, or AssumeRoot issued the key
  service      an AWS service acted for root, recorded an event of its own, or the call came from a
               service's host; the AWS MCP server acts for a person and is none
  access-key   a long-lived access key of root, or a token that such a key got (GetSessionToken)
  console      everything else: people at the console, and tokens of which the log that was read
               does not say where they come from

All classes but federation add up to the events of type Root.

Severity of a class:
  access-key   critical
  federation   high
  console      low when nobody got in; high with everyday events or without MFA; else medium
  assume-root  by its task policy: info for IAMAuditRootUserCredentials and
               IAMDeleteRootUserCredentials, high for IAMCreateRootUserPassword, medium for the
               others; where that call was not read, by what was done: high for a password or key
               that was made, info for reading and deleting credentials, else medium; high where a
               bucket or queue policy let everybody in
  service      info

Nobody got in when every event failed, asked for a reset of the password (anybody can who knows the address) or was asked \
for MFA. What breaks restrict-root-use: everyday events, access keys, federation, use without MFA, and a password that was \
made centrally. Tasks that need root, done with MFA, do not, nor do attempts, resets that were asked for, and central \
reviews and clean-ups.

Findings of their own: a root key that was made; a root password that was changed or recovered (high; medium where it was changed and all sessions had MFA), or whose reset was \
requested (low, with the address); a primary e-mail address that was changed, by root or by another account for a member \
(high); AssumeRoot that was refused (low, medium from three on), or whose credentials no event used. Central reviews and \
clean-ups are one finding a caller.

What it proves: these calls were made with these credentials, in the accounts and regions that were read. What it \
does not: a missing row says nothing about accounts and regions that were not read. everyday_events counts what is \
neither a sign-in event nor on AWS's list of tasks that need root, nor what the console reads in a session with MFA: its \
pages ask for regions, costs and the like by themselves. Calls of the AWS CLI count, and so do secrets, parameters, objects \
and items that are read. A bucket or queue policy call counts as a task that needs root even if nothing was locked, unless \
the policy lets everybody in; a change of an IAM policy never does. mfa is unknown for access keys, federation and \
assume-root: no record says it.

Rows come worst severity first, then by events, account and class.";

columns! {
    const COLUMNS;
    fn cells(usage: &Usage<'_>) {
        let addresses = ip_addresses(usage.addresses.iter().copied());
    }

    account_id("account_id", "Account whose root was used.") => usage.account_id,
    text("class", "How: federation, assume-root, service, access-key or console.") => usage.class.as_str(),
    severity("severity", "How much it matters: info, low, medium, high or critical.") => usage.severity(),
    count("events", "Events.").unit("events") => usage.tally.events,
    count("everyday_events", "Events that are neither a sign-in nor a task that needs root.").unit("events").second()
        => usage.count(Count::Everyday),
    count("errors", "Events that failed.").unit("events").last() => usage.tally.errors,
    count("read_only", "Events that changed nothing (readOnly).").unit("events").last() => usage.count(Count::ReadOnly),
    count("sign_ins", "Console sign-ins that worked.").unit("events").second() => usage.count(Count::SignIns),
    count("sign_in_failures", "Console sign-ins that failed.").unit("events").third()
        => usage.count(Count::SignInFailures),
    text("mfa", "Whether MFA was used at sign-ins and in sessions: yes, no, mixed or unknown.") => usage.mfa(),
    list("access_key_ids", "Access keys that were used.").third() => usage.access_keys.iter().copied(),
    count("addresses", "Distinct IP addresses.").unit("addresses").second() => addresses.len(),
    addresses("address_list", "The IP addresses.").third() => Vec::from_iter(addresses),
    named_counts("top_events", "The ten most frequent event names.").last() => usage.top_events(),
    time("first_seen", "Time of the first event.").third() => usage.span.first(),
    time("last_seen", "Time of the last event.") => usage.span.last(),
    named_counts("events_by_day", "Events of each UTC day with one, earliest first.").by_day().asked()
        => usage.days.iter().map(|(day, &events)| (day.to_string(), events)),
}

/// How root was used, by account and class.
pub(super) fn usages<'a>(view: &View<'a>) -> Vec<Usage<'a>> {
    let (issued, central) = joined(view);
    of_joined(view, &issued, &central)
}

fn of_joined<'a>(view: &View<'a>, issued: &Issued<'a>, central: &Central<'a>) -> Vec<Usage<'a>> {
    let root_use = view.state.get::<RootUse>();
    let all = root_use.map(|all| usage::by_account_and_class(all, view.state.symbols(), issued, central));
    all.unwrap_or_default()
}

fn answer(view: &View<'_>) -> Answer {
    let (issued, central) = joined(view);
    let usages = sorted(of_joined(view, &issued, &central));
    let (findings, rows) = (findings::of(&usages, &issued, &central), usages.iter().map(cells).collect());
    with_places(view, Answer { columns: COLUMNS.to_vec(), findings, rows, ..Answer::default() })
}

/// What root use is joined with: who issued keys of root, and who reached for it.
fn joined<'a>(view: &View<'a>) -> (Issued<'a>, Central<'a>) {
    let symbols = view.state.symbols();
    let issued = view.state.get::<Issuances>().map(|all| Issued::of(all, symbols)).unwrap_or_default();
    let central = view.state.get::<RootUse>().map(|all| Central::of(all, symbols)).unwrap_or_default();
    (issued, central)
}

/// In the report's order: worst first.
fn sorted(mut usages: Vec<Usage<'_>>) -> Vec<Usage<'_>> {
    usages.sort_by(|a, b| {
        let worst_first = b.severity().cmp(&a.severity()).then(b.tally.events.cmp(&a.tally.events));
        worst_first.then((a.account_id, a.class).cmp(&(b.account_id, b.class)))
    });
    usages
}

#[cfg(test)]
mod tests;
