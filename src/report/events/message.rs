//! An event in a sentence.

use crate::aggregate::Symbols;
use crate::aggregate::events::EventRow;
use crate::model::short_name;

/// Resources that a sentence names.
const NAMED: usize = 3;

/// Who did what to what, from where, and how it ended: `user/eve called DeleteTrail (cloudtrail) on main from 192.0.2.1`.
pub(super) fn of(row: &EventRow, symbols: &Symbols) -> String {
    let text = |sym| symbols.text(sym);
    let service = text(row.service);
    let service = service.strip_suffix(".amazonaws.com").unwrap_or(service);
    let who = short_name(text(row.principal));
    let mut said = format!("{who} called {} ({service})", text(row.event_name));
    if !row.resources.is_empty() {
        let named: Vec<&str> = row.resources.iter().take(NAMED).map(|resource| &**resource).collect();
        let more = row.resources.len() - named.len();
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        said.push_str(&format!(" on {}{more}", named.join(", ")));
    }
    let address = text(row.address);
    if !address.is_empty() {
        said.push_str(&format!(" from {address}"));
    }
    let error = row.error(symbols);
    match (error.is_empty(), row.is_denied) {
        (true, _) => {}
        (false, true) => said.push_str(&format!(": denied ({error})")),
        (false, false) => said.push_str(&format!(": failed ({error})")),
    }
    said
}
