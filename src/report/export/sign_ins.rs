//! Console sign-ins, by clock hour.

use std::collections::BTreeMap;

use super::{Column, ColumnKind, DAY, ExportContent, ExportTable, Value, View, day_column};
use crate::aggregate::{Span, issuances, principals, sessions, sign_ins};
use crate::model::{EventTime, Hour};
use crate::report::console_logins::tried::{self, Tried};

/// The table.
pub static TABLE: ExportTable = ExportTable {
    name: "sign_ins",
    about: "A row is the equal sign-ins, to the console or to Identity Center, of one UTC clock hour.",
    key: &[
        DAY,
        "hour",
        "account_id",
        "principal",
        "user_name",
        "type",
        "result",
        "mfa",
        "failure_reason",
        "address",
        "region",
        "user_agent",
    ],
    content: ExportContent::Own {
        columns: COLUMNS,
        needs: &[&sign_ins::KIND, &principals::KIND, &sessions::KIND, &issuances::KIND],
        rows,
    },
};

const COLUMNS: &[Column] = &[
    day_column(),
    Column::new("hour", ColumnKind::Time, "Begin of the UTC clock hour."),
    Column::new("account_id", ColumnKind::Id, "Account that was signed in to."),
    Column::new("principal", ColumnKind::Id, "Who: a user's arn, root@account, a role, a person of Identity Center."),
    Column::new("user_name", ColumnKind::Text, "userName, as typed where it exists."),
    Column::new("type", ColumnKind::Text, "userIdentity.type."),
    Column::new("result", ColumnKind::Text, "success or failure."),
    Column::new("mfa", ColumnKind::Text, "What the sign-ins say of MFA: yes, no, identity-provider or unknown."),
    Column::new(
        "failure_reason",
        ColumnKind::Text,
        "Why they failed: errorMessage, or the CredentialType that Identity Center refused.",
    ),
    Column::new("address", ColumnKind::Text, "The source, where it is an IP address."),
    Column::new("region", ColumnKind::Text, "Region of the sign-in endpoint."),
    Column::new("user_agent", ColumnKind::Text, "userAgent."),
    Column::new("events", ColumnKind::Count, "Sign-ins.").unit("events"),
    Column::new("first_seen", ColumnKind::Time, "Time of the first."),
    Column::new("last_seen", ColumnKind::Time, "Time of the last."),
];

fn rows(view: &View<'_>) -> Vec<Vec<Value>> {
    // Several texts of one address are one address.
    let mut sums: BTreeMap<Vec<Value>, (i64, Span)> = BTreeMap::new();
    for one in tried::all(view.state) {
        let (events, span) = sums.entry(what(&one)).or_default();
        *events += one.events;
        span.merge(one.span);
    }
    let rows = sums.into_iter().map(|(mut cells, (events, span))| {
        cells.extend([Value::Count(events), Value::time(span.first()), Value::time(span.last())]);
        cells
    });
    rows.collect()
}

fn what(one: &Tried<'_>) -> Vec<Value> {
    let hour = one.hour.map(Hour::start);
    vec![
        Value::text(hour.map(|hour: EventTime| hour.day().to_string()).unwrap_or_default()),
        Value::time(hour),
        Value::text(one.who.account),
        Value::text(one.who.principal),
        Value::text(one.user_name),
        Value::text(one.kind),
        Value::text(if one.succeeded { "success" } else { "failure" }),
        Value::text(one.mfa.as_str()),
        Value::text(one.reason),
        Value::text(one.ip.map(|ip| ip.to_string()).unwrap_or_default()),
        Value::text(one.region),
        Value::text(one.user_agent),
    ]
}
