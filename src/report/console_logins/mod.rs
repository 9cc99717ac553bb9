//! `console-logins`: who signed in to the console, with or without MFA, and who tried.

mod charts;
mod guessing;
mod rules;
#[cfg(test)]
mod tests;
pub(super) mod tried;

use std::cmp::Reverse;

use serde_json::{Map, json};

use super::addresses::with_places;
use super::source_list::{address_cells, address_texts};
use super::{Answer, Column, ColumnKind, Finding, Report, ReportOption, Severity, Value, View, finding};
use crate::aggregate::{principals, sign_ins};
use crate::model::{SignInMfa, quantity};
pub(super) use charts::charts;
use guessing::{Attack, Limits};
use tried::{Row, Who};

/// The report.
pub static REPORT: Report = Report {
    name: "console-logins",
    summary: "Who signed in to the console, with or without MFA, and whose password was guessed",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "principal", "mfa", "result"],
    needs: &[&sign_ins::KIND, &principals::KIND],
    options: &[SPRAY_USERS, GUESSES],
    rules: rules::RULES,
    argument: None,
    answer,
};

const SPRAY_USERS: ReportOption = ReportOption {
    name: "spray-users",
    default: 5,
    min: 2,
    about: "Users whose sign-ins fail from one address within an hour and the next from which it is a spray",
};
const GUESSES: ReportOption = ReportOption {
    name: "guesses",
    default: 10,
    min: 2,
    about: "Failed sign-ins of one principal within an hour and the next from which its password is guessed at",
};

const ABOUT: &str = "\
A row is one account, principal, what the sign-ins say of MFA, and their result. A sign-in is a ConsoleLogin event; \
CheckMfa is none. It succeeded where the response says so; a failed one has a message and no error code.

mfa:
  yes                additionalEventData.MFAUsed is yes
  no                 it is no
  identity-provider  a role session, a federated user or a SAML provider: MFA is held there and not
                     visible here, so it is never a finding
  unknown            the record does not say

Findings and their severities; a row has that of the worst that it is part of, else info:
  sign-in-without-mfa  high for root, medium for an IAM user
  brute-force-success  --guesses failures from one address, then a success: critical for root, high
                       for a user, medium where the success had MFA
  password-spray       failures of --spray-users users from one address: high where one got in, low
                       where at most one of the names exists, else medium
  sign-in-guessing     --guesses failures of one principal: medium for root, low for a user

The last three look at one UTC clock hour and the next; slower guessing is not found. Order within these hours is known \
only by the first failure and the last success. Users who got in meanwhile do not count towards a spray, since people \
mistype; behind one address may be a whole office.

principal is the user's arn where any counted event names it (a failed sign-in does not), else the principalId; \
HIDDEN_DUE_TO_SECURITY_REASONS stands for all names that the account does not have: in a spray each such failure counts \
as a user.

What it proves: AWS's sign-in page took or refused these passwords. What it does not: who typed them, or what happened at \
an identity provider. Root signs in in us-east-1, users in the region of the sign-in endpoint: a --region filter loses \
sign-ins. Rows come worst severity first, then by events and key.";

const COLUMNS: &[Column] = &[
    Column::new("account_id", ColumnKind::Id, "Account that was signed in to.").last(),
    Column::new("principal", ColumnKind::Id, "Who: a user's arn, root@account, a role."),
    Column::new("user_name", ColumnKind::Text, "userName, as typed where it exists.").asked(),
    Column::new("type", ColumnKind::Text, "userIdentity.type.").last(),
    Column::new("mfa", ColumnKind::Text, "What the sign-ins say of MFA: yes, no, identity-provider or unknown."),
    Column::new("result", ColumnKind::Text, "success or failure."),
    Column::new("severity", ColumnKind::Text, "Severity of the worst finding that the row is part of, else info."),
    Column::new("events", ColumnKind::Count, "Sign-ins with this result.").unit("events"),
    Column::new("addresses", ColumnKind::Count, "Distinct IP addresses.").unit("addresses").third(),
    Column::new("address_list", ColumnKind::List, "The IP addresses.").last(),
    Column::new("regions", ColumnKind::Count, "Distinct regions of sign-in endpoints.").unit("regions").last(),
    Column::new("region_list", ColumnKind::List, "The regions.").asked(),
    Column::new("user_agents", ColumnKind::Count, "Distinct userAgent texts.").asked(),
    Column::new("user_agent_list", ColumnKind::List, "The userAgent texts.").asked(),
    Column::new("failure_reasons", ColumnKind::NamedCounts, "Why they failed: errorMessage, with counts.").last(),
    Column::new("first_seen", ColumnKind::Time, "Time of the first.").third(),
    Column::new("last_seen", ColumnKind::Time, "Time of the last.").second(),
];

fn answer(view: &View<'_>) -> Answer {
    let tried = tried::all(view.state);
    let limits = Limits { spray_users: view.options.get(&SPRAY_USERS), failures: view.options.get(&GUESSES) };
    let attacks = guessing::attacks(&tried, limits);
    let mut rows = tried::rows(&tried);
    let mut findings: Vec<Finding> = rows.iter().filter_map(|row| without_mfa(row, &rows)).collect();
    for row in &mut rows {
        row.severity = severity_of(row, &attacks);
    }
    rows.sort_by_key(|row| (Reverse(row.severity), Reverse(row.events), row.who, row.mfa, Reverse(row.succeeded)));
    findings.extend(attacks.into_iter().map(|attack| attack.finding));
    finding::sort(&mut findings);
    let rows = rows.iter().map(cells).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), rows, findings, ..Answer::default() })
}

/// That of the worst finding that the row is part of.
fn severity_of(row: &Row<'_>, attacks: &[Attack<'_>]) -> Severity {
    let attacked = attacks.iter().filter(|attack| attack.concerns(row)).map(|attack| attack.finding.severity);
    attacked.chain(lacks_mfa(row)).max().unwrap_or(Severity::Info)
}

/// How much it matters that these sign-ins had no MFA; `None` where they had, failed, or are no business of AWS's.
fn lacks_mfa(row: &Row<'_>) -> Option<Severity> {
    let is_without = row.succeeded && row.mfa == SignInMfa::No;
    match row.kind {
        "Root" if is_without => Some(Severity::High),
        "IAMUser" if is_without => Some(Severity::Medium),
        _ => None,
    }
}

fn without_mfa(row: &Row<'_>, rows: &[Row<'_>]) -> Option<Finding> {
    let severity = lacks_mfa(row)?;
    let Who { account, principal } = row.who;
    let with = rows.iter().find(|other| other.who == row.who && other.succeeded && other.mfa == SignInMfa::Yes);
    let mut summary = format!("signed in without MFA, {}", times(row.events));
    if let Some(with) = with {
        let when = if with.span.first() > row.span.last() { "since then" } else { "at other times" };
        summary += &format!("; with MFA {when}, {}", times(with.events));
    }
    let addresses = address_texts(&row.addresses);
    Some(Finding {
        severity,
        rule: rules::SIGN_IN_WITHOUT_MFA.id,
        account_id: account.to_owned(),
        subject: principal.to_owned(),
        summary,
        count: row.events,
        evidence: Map::from_iter([
            ("type".to_owned(), json!(row.kind)),
            ("sign_ins".to_owned(), json!(row.events)),
            ("sign_ins_with_mfa".to_owned(), json!(with.map_or(0, |with| with.events))),
            ("last_with_mfa".to_owned(), json!(with.and_then(|with| with.span.last()))),
            ("address_list".to_owned(), json!(addresses)),
            ("region_list".to_owned(), json!(row.regions)),
            ("first_seen".to_owned(), json!(row.span.first())),
            ("last_seen".to_owned(), json!(row.span.last())),
        ]),
    })
}

/// `once`, `1,200 times`.
fn times(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { quantity(count.unsigned_abs(), "time") }
}

fn cells(row: &Row<'_>) -> Vec<Value> {
    let list = |texts: &std::collections::BTreeSet<&str>| Value::List(texts.iter().map(|&t| t.to_owned()).collect());
    let [addresses, address_list] = address_cells(&row.addresses);
    vec![
        Value::text(row.who.account),
        Value::text(row.who.principal),
        Value::text(row.user_name),
        Value::text(row.kind),
        Value::text(row.mfa.as_str()),
        Value::text(if row.succeeded { "success" } else { "failure" }),
        Value::text(row.severity.as_str()),
        Value::Count(row.events),
        addresses,
        address_list,
        Value::count(row.regions.len()),
        list(&row.regions),
        Value::count(row.user_agents.len()),
        list(&row.user_agents),
        Value::NamedCounts(row.failure_reasons()),
        Value::time(row.span.first()),
        Value::time(row.span.last()),
    ]
}
