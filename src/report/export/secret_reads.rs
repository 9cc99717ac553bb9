//! Reads of secrets: who asked for which, by which call, and how it ended.

use std::collections::BTreeSet;

use super::{ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::Symbols;
use crate::aggregate::secret_reads::{self, SecretRead, SecretReads};
use crate::report::source_list::ip_addresses;

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "secret_reads",
    about: "A row is the calls of one name by which one principal asked for one secret, with one outcome; a call that asks for \
            several is counted in the row of its first.",
    key: &["account_id", "principal", "event", "secret", "outcome"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&secret_reads::KIND], rows },
};

columns! {
    const COLUMNS;
    fn cells(row: (&SecretRead, &Symbols)) {
        let (read, symbols) = row;
        let text = |sym| symbols.text(sym);
        let key = read.key;
    }

    account_id("account_id", "Account that the call was made in.") => text(key.account_id),
    id("principal", "Who asked: a user's or role's arn, root@account and the like.") => text(key.principal),
    text("event", "eventName: GetSecretValue, GetParameters and the like, and Decrypt of AWS KMS for what such a call gave.")
        => text(key.event),
    text("secret", "secret/NAME, parameter/NAME, password/INSTANCE, or the path or filter; null where the record does not say.")
        => text(key.secret),
    text("outcome", "How it ended: succeeded, denied (no permission) or failed.") => key.outcome.as_str(),
    count("events", "Calls.").unit("events") => read.events,
    count("active_hours", "Distinct UTC clock hours with such a call.").unit("hours") => read.hours.iter().count(),
    addresses("address_list", "IP addresses of the callers.")
        => Vec::from_iter(ip_addresses(read.addresses.iter().map(text))),
    list("access_key_ids", "Access keys that signed the calls.") => BTreeSet::from_iter(read.access_keys.iter().map(text)),
    time("first_seen", "Time of the first call.") => read.span.first(),
    time("last_seen", "Time of the last call.") => read.span.last(),
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let symbols = view.state.symbols();
    let reads = view.state.get::<SecretReads>().map(SecretReads::rows).unwrap_or_default();
    reads.iter().map(|read| cells((read, symbols))).collect()
}
