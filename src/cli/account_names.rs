//! `--account-names`: accounts shown by name beside their ids.

use serde_json::json;
use trailscan::posture::{AccountName, AccountNames};
use trailscan::report::{Column, Finding, Role, Table, Value};

/// The column that is added behind that of the account.
const COLUMN: Column = Column::text("account_name", "What --account-names calls the account.");

/// Adds the names to a table.
pub fn add_to(table: &mut Table, names: Option<&AccountNames>) {
    let Some(names) = names else { return };
    table.add_behind(Role::AccountId, COLUMN, |id| match id {
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
