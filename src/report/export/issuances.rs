//! Calls that issued temporary credentials, and sign-ins that worked.

use super::{ABOUT_DAY, DAY, ExportContent, ExportTable, Value, View, columns};
use crate::aggregate::issuances::{self, Issuance, Issuances};
use crate::model::{EventTime, IssuanceApi, SourceAddress};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "issuances",
    about: "A row is one call that issued temporary credentials, or a console sign-in that worked. Of every object that \
            was read, also before the window and whatever the filters: they explain sessions and are not a count.",
    key: &[DAY, "time", "access_key_id"],
    content: ExportContent::Own { columns: COLUMNS, needs: &[&issuances::KIND], rows },
};

columns! {
    const COLUMNS;
    fn cells(issuance: &Issuance<'_>) {
        let is_sign_in = issuance.api() == IssuanceApi::ConsoleLogin;
        let source = issuance.source_address();
        let source = SourceAddress::parse(source).ip().map_or_else(|| source.to_owned(), |ip| ip.to_string());
    }

    day(DAY, ABOUT_DAY) => issuance.time().map(EventTime::day),
    time("time", "When it was issued.") => issuance.time(),
    text("event", "The API: AssumeRole, GetSessionToken and so on, or ConsoleLogin.") => issuance.api().as_str(),
    id("access_key_id", "The issued key; null for a sign-in.") => issuance.access_key_id(),
    account_id("account_id", "Account that the credentials act in.") => issuance.account_id(),
    text("role_arn", "Arn of the role.") => issuance.role_arn(),
    id("assumed_role_id", "The principalId of the session's events.") => issuance.assumed_role_id(),
    time("expires", "When the credentials end, as the response says.") => issuance.expiration(),
    count("life_seconds", "The life that was asked for, else the API's default.").unit("seconds") => issuance.life(),
    yes_no("mfa_serial", "Whether the call named an MFA device: yes or no.")
        => (!is_sign_in).then(|| issuance.has_mfa_serial()),
    text("source_identity", "sourceIdentity that was set or passed on.") => issuance.source_identity(),
    text("provider", "The identity provider that vouched for the caller.") => issuance.provider(),
    text("target_principal", "targetPrincipal of AssumeRoot.") => issuance.target_principal(),
    id("caller", "Principal that called, or signed in.") => issuance.caller(),
    text("caller_type", "userIdentity.type of the caller.") => issuance.caller_type(),
    text("caller_arn", "userIdentity.arn of the caller.") => issuance.caller_arn(),
    id("caller_access_key_id", "Access key that signed the call.") => issuance.caller_access_key_id(),
    text("caller_service", "Service that called for the caller (invokedBy).") => issuance.caller_invoked_by(),
    time("caller_created", "creationDate of the caller's own session.") => issuance.caller_creation_date(),
    text("source", "sourceIPAddress: an address in its usual form, else the text.") => source,
    id("recipient_account_id", "Account whose trail holds the record.") => issuance.recipient_account_id(),
}

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    let issuances = view.state.get::<Issuances>().map(|all| all.all(view.state.symbols())).unwrap_or_default();
    let worked =
        |issuance: &&Issuance<'_>| issuance.api() != IssuanceApi::ConsoleLogin || issuance.is_successful_sign_in();
    issuances.iter().filter(worked).map(cells).collect()
}
