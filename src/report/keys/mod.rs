//! `keys`: each long-lived key with its owner, age, use, status and rotation, as far as logs tell.

mod charts;
mod findings;
mod history;
mod in_state;
mod places;
mod rules;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;

use super::columns::columns;
use super::key_facts::{Join, KeyFacts};
use super::{Answer, Form, LOG_EXAMPLES, Report, ReportOption, StateUse, View, finding};
use crate::aggregate::keys::KeyStatus;
use crate::aggregate::{keys, principals};
pub(super) use findings::END_SLACK;
use history::Key;

/// The report.
pub static REPORT: Report = Report {
    name: "keys",
    summary: "Each long-lived access key: owner, age, last use, status, rotation",
    about: ABOUT,
    columns: COLUMNS,
    key: &["access_key_id"],
    needs: &[&keys::KIND, &principals::KIND],
    options: &[MAX_AGE, UNUSED],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::BesideLogs,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: Some(charts::charts),
    answer,
};

const MAX_AGE: ReportOption =
    ReportOption { name: "max-age", default: 90, min: 1, about: "Days after which a key that is used is too old" };
const UNUSED: ReportOption = ReportOption {
    name: "unused",
    default: 90,
    min: 1,
    about: "Days without use after which an active key is a finding",
};

const ABOUT: &str = "\
A row is one long-lived access key (AKIA…) that a counted event used, created, changed or deleted, or that IAM's state \
lists; and each key of a user for one service, such as an Amazon Bedrock API key, that a counted event used: without an id \
in the records it is called bearer:ARN, and its creation, end and rotation are not known. Calls of the S3 console for a \
signed-in person are not use of the key that they show.

created_basis:
  exact     CreateAccessKey is in the logs that were read, also before the window; or state says it
  inferred  the credential report says it of a key that is taken for this one
  at-least  neither: created is the first that is known of the key, age_days the least it can be

status, as last seen in the logs, failed changes left out:
  active    created, made active or used with success; status_time is when that was last seen
  inactive  UpdateAccessKey made it so at status_time
  deleted   DeleteAccessKey did
  unknown   no record says: all its calls failed

With --access-keys, --credential-report or --iam-dir, IAM's own state stands beside the logs: state_status as of \
state_as_of, and state_last_used. status is what the state says where that is newer than what the logs last said \
(status_basis), and then status_time is the moment of the state. Keys that the logs do not show get a row of their own, \
without filters only. The credential report has no ids: without a list of access keys its key is taken for the one of the \
logs where its owner has a single key in both and nothing speaks against it (state_basis only-key); else nothing is said, \
and stderr counts the keys without a row. never_used is what the logs show; of keys that only state has it is null.

rotated_from and rotated_to: a key whose creation is known replaced the key that its owner had before and that was made \
inactive or deleted, before or after. other_active_keys: keys of the same owner that were active at the same time, none \
of which is known to have ended.

Findings and their severities; a row has that of the worst, else info:
  root-key               critical; high where it is inactive
  key-used-after-end     high after it was deleted, medium after it was made inactive
  key-over-age           medium: used with success when older than --max-age days, with no known end
  key-created-for-other  medium: somebody else than its owner created it, and it is not deleted, or
                         was deleted within a week and used where no other key of its owner was
                         (low after a longer life); low where it took over from a key that has
                         ended, in its networks
  key-switched-on-again  medium: made active more than a day after it was made inactive, by
                         somebody else and not used since where it was used before alone, or
                         another's key and used since where it was not before; else low; info
                         where one principal did both within a day
  key-unused             low: active, and no call for --unused days
  two-active-keys        low: both active at once, none known to be ended; info while one is younger
                         than --max-age days
  key-never-used         low after --unused days, info before: created in the window, no call since

What it proves: what the logs say, up to the window's end, else the last event, and what IAM said as of state_as_of. What \
it does not: logs are not a list of keys, and a key that was neither used nor changed is here only where state lists it. unused_days runs to the last counted event of the key's \
account, so logs that end early prove nothing; but gaps in coverage, data events that the trail leaves out (S3 objects \
by default) and filters all hide use: read coverage first, and ask without filters. Failed calls are use too.

principal is the user's arn where a counted event names it, else the user's name. Rows come worst severity first, then \
by age, oldest first, then by access key id.";

columns! {
    const COLUMNS;
    fn cells(key: &Key<'_>) {
        let facts = &key.facts;
        let tally = facts.used.map(|used| used.tally).unwrap_or_default();
    }

    id("access_key_id", "The key.") => facts.id,
    account_id("account_id", "The account that owns the key.").last() => facts.account,
    id("principal", "Whose key it is: a user's arn or name, or root@account.") => facts.owner,
    severity("severity", "Severity of the worst finding about it, else info.") => key.severity,
    text("status", "As last told by logs or state: active, inactive, deleted or unknown.").second() => facts.status.map_or("unknown", KeyStatus::as_str),
    time("status_time", "Since when it is inactive or deleted; when it was last told to be active.").last()
        => facts.status_time,
    text("status_by", "Who changed it to that; null where its creation or use says it.").asked() => facts.status_by,
    time("created", "When it was created, or the first that is known of it.").third() => facts.known_since,
    text("created_basis", "exact; inferred, of the only key in state; or at-least.").third() => created_basis(facts),
    count("age_days", "Age at the end of the window, else at the last event.").unit("days") => key.age_days,
    text("created_by", "Who created it; null where that is not in the logs.").last()
        => facts.created.map_or("", |(_, by)| by),
    yes_no("created_for_other", "Whether that is somebody else than its owner: yes or no.").asked()
        => facts.is_created_for_other,
    yes_no("is_root", "Whether it is a key of root: yes or no.").asked() => facts.is_root(),
    count("events", "Calls signed with the key.").unit("events").third() => tally.events,
    count("errors", "Calls with an errorCode or errorMessage.").unit("events").asked() => tally.errors,
    time("first_used", "The first counted call.").asked() => facts.used.and_then(|used| used.span.first()),
    time("last_used", "The last counted call, failed ones included.").second() => facts.last_used(),
    time("last_success", "The last counted call that succeeded.").asked() => facts.last_success(),
    count("unused_days", "From the last use, else the creation, to its account's last event.").unit("days").third()
        => key.unused_days,
    yes_no("never_used", "Whether it was created in the window and not used: yes or no.").asked()
        => key.is_never_used(),
    id("rotated_from", "The key that it replaced.").third() => key.rotated_from.unwrap_or_default(),
    id("rotated_to", "The key that replaced it.").last() => key.rotated_to.unwrap_or_default(),
    count("other_active_keys", "Keys of the same owner that were active at the same time.").last() => key.others_active,
    list("other_active_key_ids", "Their ids, at most the first 10 to be active.").asked()
        => key.other_active.iter().copied(),
    text("status_basis", "Who says what status is: logs or state, whichever is newer.").asked() => status_basis(facts),
    text("state_status", "active or inactive, as IAM's state says; null where it was not given.").asked()
        => facts.in_state.map_or("", |state| state.status.as_str()),
    time("state_as_of", "The moment that the state speaks of, or the least that it can be.").asked()
        => facts.in_state.and_then(|state| state.as_of),
    time("state_last_used", "The last use that IAM knows of; null where unknown, or never.").asked()
        => facts.in_state.and_then(|state| state.last_used),
    text("state_basis", "How it is known to be this key: access-key-id or only-key.").asked()
        => facts.in_state.map_or("", |state| state.join.as_str()),
}

/// The numbers that the user may set, in days.
#[derive(Clone, Copy, Debug)]
struct Limits {
    max_age: i64,
    unused: i64,
}

fn answer(view: &View<'_>) -> Answer {
    let limits = Limits { max_age: view.options.get(&MAX_AGE), unused: view.options.get(&UNUSED) };
    let (logged, state_keys) = in_state::read(view);
    let (facts, hidden) = in_state::facts(logged, &state_keys, view);
    let mut keys = history::of(view.state, &facts, view.as_of);
    let mut findings = findings::of(&mut keys, limits);
    keys.sort_by_key(|key| (Reverse(key.severity), Reverse(key.age_days), key.facts.id));
    finding::sort(&mut findings);
    Answer { columns: COLUMNS.to_vec(), rows: keys.iter().map(cells).collect(), findings, hidden, ..Answer::default() }
}

fn created_basis(facts: &KeyFacts<'_>) -> &'static str {
    match facts.in_state.filter(|state| facts.created.is_none() && state.created.is_some()) {
        Some(state) if state.join == Join::OnlyKey => "inferred",
        Some(_) => "exact",
        None if facts.created.is_some() => "exact",
        None => "at-least",
    }
}

/// Who says what `status` is.
fn status_basis(facts: &KeyFacts<'_>) -> &'static str {
    match facts.status {
        None => "",
        Some(_) if facts.in_state.is_some_and(|state| state.is_newer) => "state",
        Some(_) => "logs",
    }
}
