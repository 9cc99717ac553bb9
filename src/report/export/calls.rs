//! Who made which call.

use super::{ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::Symbols;
use crate::aggregate::calls::{self, CallCounts, CallKey, Calls};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "calls",
    about: "A row is one call, by eventSource and eventName, of one principal of one account; every counted event is in \
            exactly one row.",
    key: &["principal", "account_id", "service", "event_name"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&calls::KIND], rows },
};

columns! {
    const COLUMNS;
    fn cells(key: &CallKey, counts: &CallCounts, symbols: &Symbols) {
        let CallKey { principal, account, service, event_name } = *key;
    }

    id("principal", "A user's or role's arn, root@account, service:host and the like.") => symbols.text(principal),
    account_id("account_id", "The account that owns the credential, else the one that received the records.")
        => symbols.text(account),
    text("service", "eventSource.") => symbols.text(service),
    text("event_name", "eventName.") => symbols.text(event_name),
    count("events", "Events.").unit("events") => counts.tally.events,
    count("errors", "Events that failed.").unit("events") => counts.tally.errors,
    count("denied", "Events refused for lack of permission.").unit("events") => counts.tally.denied,
    time("first_seen", "Time of the first event.") => counts.span.first(),
    time("last_seen", "Time of the last event.") => counts.span.last(),
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let symbols = view.state.symbols();
    let counted = view.state.get::<Calls>().into_iter().flat_map(Calls::rows);
    counted.map(|(key, counts)| cells(key, counts, symbols)).collect()
}
