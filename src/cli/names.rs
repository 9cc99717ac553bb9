//! `--account-names`: accounts shown by name beside their ids.

use serde_json::json;
use trailscan::posture::{AccountName, AccountNames};
use trailscan::report::{Column, ColumnKind, Finding, Table, Value};

/// The column that is added behind `account_id`.
const COLUMN: Column = Column::new("account_name", ColumnKind::Text, "What --account-names calls the account.");

/// Adds the names to a table.
pub fn add_to(table: &mut Table, names: Option<&AccountNames>) {
    let Some(names) = names else { return };
    table.add_behind("account_id", COLUMN, |id| match id {
        Value::Text(id) => Value::text(names.get(id).map_or("", |known| known.name.as_str())),
        _ => Value::Null,
    });
}

/// Adds name and contact to the evidence of findings.
pub fn add_to_findings(findings: &mut [Finding], names: Option<&AccountNames>) {
    let Some(names) = names else { return };
    for finding in findings {
        let Some(AccountName { name, contact }) = names.get(&finding.account_id) else { continue };
        finding.evidence.insert("account_name".to_owned(), json!(name));
        if !contact.is_empty() {
            finding.evidence.insert("account_contact".to_owned(), json!(contact));
        }
    }
}
