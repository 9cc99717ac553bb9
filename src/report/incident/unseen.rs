//! What the logs that were read cannot show of the incident, and why.

use super::Event;
use super::line::{Line, Part, at, span};
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::model::{Arn, EventTime, quantity};
use crate::report::View;

/// Services whose calls on data are recorded only where a trail is told to, and what these calls are.
const DATA: &[(&str, &str)] = &[
    ("s3", "reads, writes and deletions of objects (GetObject, PutObject, DeleteObject)"),
    ("lambda", "invocations of functions (Invoke)"),
    ("dynamodb", "reads and writes of items (GetItem, Query, PutItem)"),
];

/// The lines.
pub(super) fn lines(view: &View<'_>, events: &[Event<'_>], logging: &[Line]) -> Vec<Line> {
    let symbols = view.state.symbols();
    let mut said: Vec<String> = data(view.state.get::<Around>(), events, symbols);
    if let Some((first, last)) = first_and_last(logging) {
        let calls = quantity(logging.len() as u64, "call");
        said.push(format!("logging was touched by {calls}, {}: later calls may be missing", span(first, last)));
    }
    said.extend(places(view, events));
    said.extend(other_accounts(events, symbols));
    said.into_iter().map(|what| Line { part: Some(Part::Unseen), what, ..Line::default() }).collect()
}

fn first_and_last(lines: &[Line]) -> Option<(EventTime, EventTime)> {
    let times = || lines.iter().filter_map(|line| line.first);
    times().min().zip(times().max())
}

fn data(around: Option<&Around>, events: &[Event<'_>], symbols: &Symbols) -> Vec<String> {
    let first = events.iter().map(|(place, _)| place.time).min();
    let kinds = DATA.iter().filter_map(|(service, calls)| {
        let host = format!("{service}.amazonaws.com");
        let is_touched = *service == "s3" || events.iter().any(|(_, row)| symbols.text(row.service) == host);
        let since = around.and_then(|around| around.data_since(&host, symbols));
        match since {
            _ if !is_touched => None,
            None => Some(format!("{service}: {calls} leave no event, as no data event of it was read")),
            Some(since) if first.is_some_and(|first| first < since) => {
                Some(format!("{service}: {calls} leave no event before {}, when data events begin", at(since)))
            }
            Some(_) => None,
        }
    });
    kinds.collect()
}

/// Regions and days without logs, of the accounts of the events.
fn places(view: &View<'_>, events: &[Event<'_>]) -> Vec<String> {
    let Some(logs) = view.logs else { return Vec::new() };
    let accounts = super::deeds::distinct(events.iter().map(|(place, _)| &*place.account_id));
    let mut said = Vec::new();
    for account in accounts {
        match logs.regions.get(&account).filter(|regions| !regions.is_empty()) {
            None => said.push(format!(
                "account {account}: file names carry no days and regions, so missing ones are not known"
            )),
            Some(regions) => {
                let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
                said.push(format!(
                    "account {account}: logs of {} were read; calls in any other region do not show",
                    regions.join(", ")
                ));
            }
        }
        if logs.accounts_with_gaps.contains(&account) {
            said.push(format!("account {account}: some days have no log object (gaps in the coverage)"));
        }
    }
    said
}

/// Accounts whose roles were assumed, and of which nothing was read.
fn other_accounts(events: &[Event<'_>], symbols: &Symbols) -> Vec<String> {
    let read = super::deeds::distinct(events.iter().map(|(place, _)| &*place.account_id));
    let assumed =
        events.iter().filter(|(_, row)| symbols.text(row.event_name) == "AssumeRole" && row.error(symbols).is_empty());
    let roles = super::deeds::distinct(assumed.flat_map(|(_, row)| row.resources.iter().map(|name| &**name)));
    let mut others: Vec<String> = roles
        .iter()
        .filter_map(|role| Arn::parse(role))
        .map(|arn| arn.account_id.to_owned())
        .filter(|account| !account.is_empty() && !read.contains(account))
        .collect();
    others.sort_unstable();
    others.dedup();
    let said =
        |account| format!("account {account}: a role of it was assumed, and no call of the incident there was read");
    others.into_iter().map(said).collect()
}
