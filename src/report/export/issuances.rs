//! Calls that issued temporary credentials, and sign-ins that worked.

use super::{Column, ColumnKind, DAY, ExportContent, ExportTable, Value, View, day_column};
use crate::aggregate::issuances::{self, Issuance, Issuances};
use crate::model::{IssuanceApi, SourceAddress};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "issuances",
    about: "A row is one call that issued temporary credentials, or a console sign-in that worked. Of every object that \
            was read, also before the window and whatever the filters: they explain sessions and are no count.",
    key: &[DAY, "time", "access_key_id"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&issuances::KIND], rows },
};

const COLUMNS: &[Column] = &[
    day_column(),
    Column::new("time", ColumnKind::Time, "When it was issued."),
    Column::new("event", ColumnKind::Text, "The API: AssumeRole, GetSessionToken and so on, or ConsoleLogin."),
    Column::new("access_key_id", ColumnKind::Id, "The issued key; null for a sign-in."),
    Column::new("account_id", ColumnKind::Id, "Account that the credentials act in."),
    Column::new("role_arn", ColumnKind::Text, "Arn of the role."),
    Column::new("assumed_role_id", ColumnKind::Id, "The principalId of the session's events."),
    Column::new("expires", ColumnKind::Time, "When the credentials end, as the response says."),
    Column::new("life_seconds", ColumnKind::Count, "The life that was asked for, else the API's default.")
        .unit("seconds"),
    Column::new("mfa_serial", ColumnKind::Text, "Whether the call named an MFA device: yes or no."),
    Column::new("source_identity", ColumnKind::Text, "sourceIdentity that was set or passed on."),
    Column::new("provider", ColumnKind::Text, "The identity provider that vouched for the caller."),
    Column::new("target_principal", ColumnKind::Text, "targetPrincipal of AssumeRoot."),
    Column::new("caller", ColumnKind::Id, "Principal that called, or signed in."),
    Column::new("caller_type", ColumnKind::Text, "userIdentity.type of the caller."),
    Column::new("caller_arn", ColumnKind::Text, "userIdentity.arn of the caller."),
    Column::new("caller_access_key_id", ColumnKind::Id, "Access key that signed the call."),
    Column::new("caller_service", ColumnKind::Text, "Service that called for the caller (invokedBy)."),
    Column::new("caller_created", ColumnKind::Time, "creationDate of the caller's own session."),
    Column::new("source", ColumnKind::Text, "sourceIPAddress: an address in its usual form, else the text."),
    Column::new("recipient_account_id", ColumnKind::Id, "Account whose trail holds the record."),
];

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let issuances = view.state.get::<Issuances>().map(|all| all.all(view.state.symbols())).unwrap_or_default();
    let worked =
        |issuance: &&Issuance<'_>| issuance.api() != IssuanceApi::ConsoleLogin || issuance.is_successful_sign_in();
    issuances.iter().filter(worked).map(cells).collect()
}

fn cells(issuance: &Issuance<'_>) -> Vec<Value> {
    let is_sign_in = issuance.api() == IssuanceApi::ConsoleLogin;
    let mfa_serial = if issuance.has_mfa_serial() { "yes" } else { "no" };
    let source = issuance.source_address();
    let source = SourceAddress::parse(source).ip().map_or_else(|| source.to_owned(), |ip| ip.to_string());
    vec![
        Value::text(issuance.time().map(|time| time.day().to_string()).unwrap_or_default()),
        Value::time(issuance.time()),
        Value::text(issuance.api().as_str()),
        Value::text(issuance.access_key_id()),
        Value::text(issuance.account_id()),
        Value::text(issuance.role_arn()),
        Value::text(issuance.assumed_role_id()),
        Value::time(issuance.expiration()),
        issuance.life().map_or(Value::Null, Value::Count),
        Value::text(if is_sign_in { "" } else { mfa_serial }),
        Value::text(issuance.source_identity()),
        Value::text(issuance.provider()),
        Value::text(issuance.target_principal()),
        Value::text(issuance.caller()),
        Value::text(issuance.caller_type()),
        Value::text(issuance.caller_arn()),
        Value::text(issuance.caller_access_key_id()),
        Value::text(issuance.caller_invoked_by()),
        Value::time(issuance.caller_creation_date()),
        Value::text(source),
        Value::text(issuance.recipient_account_id()),
    ]
}
