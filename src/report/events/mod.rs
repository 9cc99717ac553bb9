//! `events`: the counted events themselves, in the order of time.

mod message;
#[cfg(test)]
mod tests;

use super::columns::columns;
use super::{Answer, Form, Report, StateUse, View};
use crate::aggregate::events::{self, EventRow, Events, Place};
use crate::aggregate::{Symbols, Wanted};
use crate::model::{REDACTED, agent_family, quantity, short_name};

/// The report.
pub static REPORT: Report = Report {
    name: "events",
    summary: "The events themselves, in the order of time",
    about: ABOUT,
    columns: COLUMNS,
    key: &["time", "event_id", "account_id"],
    needs: &[&events::KIND],
    options: &[],
    texts: &[],
    rules: &[],
    argument: None,
    state: StateUse::No,
    examples: EXAMPLES,
    form: Form::Records,
    charts: None,
    answer,
};

const EXAMPLES: &[&str] = &[
    "trailscan REPORT --address 203.0.113.66 ./AWSLogs",
    "trailscan REPORT --below AKIAIOSFODNN7EXAMPLE --write ./AWSLogs",
    "trailscan REPORT --resource prod/reporting/database --limit 50 ./AWSLogs",
    "trailscan REPORT --sort time --limit 20 ./AWSLogs",
    "trailscan REPORT --event 'Delete*' --format jsonl ./AWSLogs",
];

const ABOUT: &str = "\
A row is one counted event, each once however often it was delivered, by time, then by eventID. With --limit N the first N \
are kept in memory and no more, with --sort time --limit N the last N; without a limit all that pass the filters are, some \
5 KB each.

--format jsonl writes the records themselves, one a line in their own bytes, to be read by trailscan or any other tool; \
with --columns it writes rows, as for every report. CSV, JSON and Parquet have the record as a text beside the columns.

Secrets are replaced by [redacted] in the record and in the columns: session tokens, passwords, private keys and the like, \
known by the name of their member, by the name beside them ({\"name\": \"DB_PASSWORD\", \"value\": …}), or by their form, \
in any text: NAME=VALUE with the name of a secret, private keys in PEM, session tokens, JSON Web Tokens, passwords in URLs, \
and secret access keys beside an access key id. `secrets` says how many. Another that a caller wrote into a text stays.

resources are those that the record lists, and those that requestParameters and responseElements name. error is the \
errorCode, of a failed sign-in its message.

--below KEY|SESSION|PRINCIPAL counts what was done with a credential and with all that it issued, directly or further down: \
sessions; and what was made with it, whoever holds it: access keys that it created, sign-ins with a password that it set, the \
role's sessions of instances that it launched. It is resolved over everything that is read, whatever the window and the other \
filters leave, so the logs are read twice.

What it proves: CloudTrail recorded these calls. What it does not: calls that no trail records leave no event, such as \
reads of objects where data events are off, and a filter leaves out what it cannot see: a call of a service on behalf of \
somebody bears another address and program.";

columns! {
    const COLUMNS;
    fn cells(event: (&Place, &EventRow), symbols: &Symbols) {
        let (place, row) = event;
        let text = |sym| symbols.text(sym);
    }

    time("time", "eventTime.") => Some(place.time),
    text("who", "The principal without what begins its arn: user/alice.") => short_name(text(row.principal)),
    text("event", "eventName.") => text(row.event_name),
    text("resource", "The first of the resources, without what begins its arn, and how many more there are.").second()
        => first_resource(row),
    address("address", "sourceIPAddress: an address, or the host of a service.").second() => text(row.address),
    id("access_key_id", "The access key that signed it.").second() => text(row.access_key_id),
    text("agent", "The program that userAgent names, without its version.").last() => agent_family(text(row.user_agent)),
    text("error", "errorCode, else errorMessage; null where the call worked.") => row.error(symbols),
    id("principal", "Who made the call: a user's or role's arn, root@account, service:host and the like.").last()
        => text(row.principal),
    list("resources", "What the record names: resources, buckets, instances, users, roles and the like.").asked()
        => row.resources.iter().map(|resource| &**resource),
    text("service", "eventSource.").last() => text(row.service),
    text("region", "awsRegion.").last() => text(row.region),
    account_id("account_id", "The account that the event is counted for.").last() => &*place.account_id,
    id("session_id", "The session that the call belongs to, as in the report sessions.").asked() => &*row.session,
    yes_no("read_only", "readOnly: whether the call changes nothing.").asked() => row.read_only,
    text("error_message", "errorMessage.").asked() => &*row.error_message,
    text("user_agent", "userAgent.").asked() => text(row.user_agent),
    id("event_id", "eventID.").asked() => &*place.event_id,
    text("event_type", "eventType.").asked() => text(row.event_type),
    text("category", "eventCategory.").asked() => text(row.category),
    id("vpc_endpoint_id", "vpcEndpointId.").asked() => text(row.vpc_endpoint_id),
    day("day", "The UTC day of eventTime.").asked() => place.time.day(),
    message("message", "The event in a sentence.").asked() => message::of(row, symbols),
    count("secrets", "Secrets that were replaced in the record.").asked() => row.secrets,
    record("record", "The record as JSON on one line, secrets replaced.").asked() => &*row.record,
}

fn first_resource(row: &EventRow) -> String {
    let named = row.resources.first().map_or("", |resource| short_name(resource));
    match row.resources.len() {
        0 | 1 => named.to_owned(),
        many => format!("{named} +{}", many - 1),
    }
}

/// Which events an answer needs that has `limit` rows in the order `sort`.
pub fn wanted(sort: Option<&str>, limit: Option<usize>) -> Wanted {
    match (sort, limit) {
        (None | Some("-time"), Some(rows)) => Wanted::First(rows),
        (Some("time"), Some(rows)) => Wanted::Last(rows),
        _ => Wanted::All,
    }
}

fn answer(view: &View<'_>) -> Answer {
    let Some(events) = view.state.get::<Events>() else { return Answer::default() };
    let symbols = view.state.symbols();
    let shown = || events.rows().take(view.rows_wanted);
    let rows: Vec<_> = shown().map(|event| cells(event, symbols)).collect();
    let counted = usize::try_from(events.counted()).unwrap_or(usize::MAX);
    let rows_spared = counted.saturating_sub(rows.len());
    let secrets: usize = shown().map(|(_, row)| row.secrets).sum();
    let hidden = (secrets > 0).then(|| format!("{} replaced by {REDACTED}", quantity(secrets as u64, "secret")));
    Answer { columns: COLUMNS.to_vec(), rows, rows_spared, hidden, ..Answer::default() }
}
