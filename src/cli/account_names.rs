//! `--account-names`: accounts shown by name beside their ids.

use std::path::Path;

use serde_json::json;
use trailscan::input::explain_io;
use trailscan::posture::{AccountName, AccountNames, AccountNamesError, Places};
use trailscan::report::{Column, Finding, Role, Table, Value};

use super::exit::Problem;

/// The column that is added behind that of the account.
const COLUMN: Column = Column::text(
    "account_name",
    "What --account-names calls the account, else a snapshot of it or its alias in --iam-dir.",
)
.role(Role::AccountName);

/// The names that there are: those of a file, then those of the state. Where that is still to be asked for, there will be
/// some.
///
/// # Errors
/// [`Problem::Usage`] when the file gives none.
pub fn known(file: Option<&Path>, state: &Places, is_live: bool) -> Result<Option<AccountNames>, Problem> {
    let of_file = file.map(read).transpose()?;
    let of_state = AccountNames::of_state(state);
    let has_some = of_file.is_some() || is_live || !of_state.is_empty();
    Ok(has_some.then(|| of_file.unwrap_or_default().or(of_state)))
}

/// The names of a file.
///
/// # Errors
/// [`Problem::Usage`] when the file gives none.
pub fn read(file: &Path) -> Result<AccountNames, Problem> {
    AccountNames::read(file).map_err(|error| match error {
        AccountNamesError::Read { file, source } => {
            Problem::usage(format!("{}: {}", file.display(), explain_io(&source)))
        }
        error => Problem::usage(error),
    })
}

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
