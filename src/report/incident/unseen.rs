//! What the logs that were read cannot show of the incident, and why.

use super::line::{Line, Part, at, some, span};
use super::{Event, Scene};
use crate::aggregate::Symbols;
use crate::aggregate::around::Around;
use crate::model::{Arn, EventTime, quantity};
use crate::report::{LogSpan, View};

/// Services whose calls on data are recorded only where a trail is told to, and what these calls are.
const DATA: &[(&str, &str)] = &[
    ("s3", "reads, writes and deletions of objects (GetObject, PutObject, DeleteObject)"),
    ("lambda", "invocations of functions (Invoke)"),
    ("dynamodb", "reads and writes of items (GetItem, Query, PutItem)"),
];

/// Accounts that a line names.
const NAMED: usize = 3;

/// The lines.
pub(super) fn lines(view: &View<'_>, events: &[Event<'_>], logging: &[&Line], scene: &Scene<'_>) -> Vec<Line> {
    let symbols = scene.symbols;
    let worked: Vec<&Line> = logging.iter().copied().filter(|line| line.errors == 0).collect();
    let mut said: Vec<String> = data(view.state.get::<Around>(), events, symbols);
    if let Some((first, last)) = first_and_last(&worked) {
        let calls = quantity(worked.iter().map(|line| line.events as u64).sum(), "call");
        said.push(format!("logging was touched by {calls}, {}: later calls may be missing", span(first, last)));
    }
    said.extend(places(view, events, scene));
    said.extend(other_accounts(events, symbols));
    said.into_iter().map(|what| Line { part: Some(Part::Unseen), what, ..Line::default() }).collect()
}

fn first_and_last(lines: &[&Line]) -> Option<(EventTime, EventTime)> {
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
fn places(view: &View<'_>, events: &[Event<'_>], scene: &Scene<'_>) -> Vec<String> {
    let Some(logs) = view.logs else { return Vec::new() };
    let accounts = super::deeds::distinct(events.iter().map(|(place, _)| &*place.account_id));
    let (mut said, mut nameless) = (Vec::new(), Vec::new());
    for account in &accounts {
        match logs.regions.get(account).filter(|regions| !regions.is_empty()) {
            None => nameless.push(account.clone()),
            Some(regions) => {
                let regions: Vec<&str> = regions.iter().map(String::as_str).collect();
                said.push(format!(
                    "account {account}: logs of {} were read; calls in any other region do not show",
                    regions.join(", ")
                ));
            }
        }
        if logs.accounts_with_gaps.contains(account) {
            said.push(format!("account {account}: some days have no log object (gaps in the coverage)"));
        }
    }
    said.extend(unread(logs, &accounts));
    let of = match nameless.len() {
        0 => return said,
        1 => format!("account {}", nameless[0]),
        many => format!("{} ({})", quantity(many as u64, "account"), some(&nameless, scene.most(NAMED))),
    };
    said.push(format!("{of}: file names carry no days and regions, so missing ones are not known"));
    said
}

/// What could not be read, or not whole, of the accounts of the events or of any.
fn unread(logs: &LogSpan, accounts: &[String]) -> Vec<String> {
    let of = |account: &str| logs.unread.get(account).copied().filter(|unread| *unread > 0);
    let mut said = Vec::new();
    for account in accounts {
        said.extend(of(account).map(|unread| {
            let objects = quantity(unread, "object");
            format!(
                "account {account}: {objects} could not be read, or not whole (exit code 3); the warnings name them"
            )
        }));
    }
    said.extend(of("").map(|unread| {
        let objects = quantity(unread, "object");
        format!("{objects} of which the account is not known could not be read, or not whole (exit code 3)")
    }));
    if !logs.lost_by_ocsf.is_empty() {
        let lost = logs.lost_by_ocsf.iter().copied().collect::<Vec<_>>().join(", ");
        said.push(format!("events that came as OCSF do not carry {lost}: what is not there proves nothing"));
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
