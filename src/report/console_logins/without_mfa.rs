//! Sign-ins that had no MFA: root's and IAM users', people of Identity Center who came with a password alone, and sessions
//! that a key or a workload issued.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::rules;
use super::tried::{Row, Who, is_person_of_identity_center};
use crate::model::{SignInMfa, quantity};
use crate::report::enrolment::{Enrolment, Enrolments};
use crate::report::source_list::address_texts;
use crate::report::user_arns::user_of;
use crate::report::{Finding, Rule, Severity};

/// Members of a list in the evidence; the report's rows have all.
const SHOWN: usize = 20;

/// How much it matters that these sign-ins had no MFA; `None` where they had, failed, or nothing tells.
pub(super) fn severity(row: &Row<'_>, enrolments: &Enrolments<'_>) -> Option<Severity> {
    if !row.succeeded || row.mfa != SignInMfa::No {
        return None;
    }
    match row.kind {
        "Root" => Some(Severity::High),
        "IAMUser" => Some(match enrolment(row, enrolments) {
            Some(_) => Severity::Info,
            None => Severity::Medium,
        }),
        "AssumedRole" | "FederatedUser" => Some(of_issuers(row)),
        kind if is_person_of_identity_center(kind) => Some(Severity::Medium),
        _ => None,
    }
}

/// The first sign-in that the row is about, where it is about nothing else.
fn enrolment(row: &Row<'_>, enrolments: &Enrolments<'_>) -> Option<Enrolment> {
    let (account, name) = user_of(row.who.principal).unwrap_or((row.who.account, row.user_name));
    enrolments.get(account, name)
}

/// A workload has no business at the console, and root's key should not be.
fn of_issuers(row: &Row<'_>) -> Severity {
    let is_worse = row.who.is_root() || row.issuers.iter().any(|by| matches!(by.caller_type, "AWSService" | "Root"));
    if is_worse { Severity::High } else { Severity::Medium }
}

/// A finding for each row of root, a user, a role or an issuer of federated users, and one for all the people of an
/// account's Identity Center: what they lack is one setting.
pub(super) fn findings(rows: &[Row<'_>], enrolments: &Enrolments<'_>) -> Vec<Finding> {
    let is_with = |row: &&Row<'_>| row.succeeded && row.mfa == SignInMfa::Yes;
    let mut with: BTreeMap<Who<'_>, &Row<'_>> = BTreeMap::new();
    for row in rows.iter().filter(is_with) {
        with.entry(row.who).or_insert(row);
    }
    let mut people: BTreeMap<&str, Vec<&Row<'_>>> = BTreeMap::new();
    let mut found = Vec::new();
    for row in rows {
        let Some(severity) = severity(row, enrolments) else { continue };
        match row.kind {
            "Root" | "IAMUser" => {
                let first = enrolment(row, enrolments).filter(|_| row.kind == "IAMUser");
                found.push(of_person(row, (severity, first), with.get(&row.who).copied()));
            }
            "AssumedRole" | "FederatedUser" => found.push(of_session(row, severity)),
            _ => people.entry(row.who.account).or_default().push(row),
        }
    }
    found.extend(people.into_iter().map(|(account, rows)| of_identity_center(account, &rows)));
    found
}

fn of_person(row: &Row<'_>, (severity, first): (Severity, Option<Enrolment>), with: Option<&Row<'_>>) -> Finding {
    let mut summary = format!("signed in without MFA, {}", times(row.events));
    if let Some(Enrolment { since, until }) = first {
        let minutes = (until.seconds() - since.seconds()).unsigned_abs().div_ceil(60);
        summary +=
            &format!(", a new user's first sign-in: a device was registered {} later", quantity(minutes, "minute"));
    }
    if let Some(with) = with {
        let when = if with.span.first() > row.span.last() { "since then" } else { "at other times" };
        summary += &format!("; with MFA {when}, {}", times(with.events));
    }
    let mut found = finding(row, (rules::SIGN_IN_WITHOUT_MFA, severity), summary);
    found.evidence.insert("sign_ins_with_mfa".to_owned(), json!(with.map_or(0, |with| with.events)));
    found.evidence.insert("last_with_mfa".to_owned(), json!(with.and_then(|with| with.span.last())));
    found.evidence.extend(first.map(|first| ("device_registered".to_owned(), json!(first.until))));
    found
}

fn of_session(row: &Row<'_>, severity: Severity) -> Finding {
    let of = |text: fn(&super::issuers::IssuedBy<'_>) -> String| -> Vec<String> {
        let mut texts: Vec<String> = row.issuers.iter().map(text).filter(|text| !text.is_empty()).collect();
        texts.dedup();
        texts
    };
    let (callers, keys) = (of(|by| by.caller.to_owned()), of(|by| by.access_key_id.to_owned()));
    let with = match (keys.first(), callers.first()) {
        (Some(key), Some(caller)) => format!("key {key} of {caller}"),
        (None, Some(caller)) => caller.clone(),
        _ => "a long-lived key".to_owned(),
    };
    let what = if row.kind == "FederatedUser" { "a federated user" } else { "a role session" };
    let summary = format!("{with} became {what} at the console, {}: nobody was asked for MFA", times(row.events));
    let mut found = finding(row, (rules::CONSOLE_BY_KEY, severity), summary);
    found.evidence.insert("issued_by".to_owned(), json!(callers));
    found.evidence.insert("issued_by_key".to_owned(), json!(keys));
    found.evidence.insert("issued_from".to_owned(), json!(of(|by| by.source_address.to_owned())));
    found
}

fn of_identity_center(account: &str, rows: &[&Row<'_>]) -> Finding {
    let mut all = rows[0].clone();
    for row in &rows[1..] {
        all.events += row.events;
        all.span.merge(row.span);
        all.addresses.extend(&row.addresses);
        all.regions.extend(&row.regions);
    }
    let names: Vec<&str> = rows.iter().map(|row| row.who.principal).collect();
    let who = match names[..] {
        [only] => only.to_owned(),
        _ => quantity(names.len() as u64, "person").replace("persons", "people"),
    };
    let summary = format!("{who} of Identity Center signed in with a password alone, {}", times(all.events));
    let mut found = finding(&all, (rules::SIGN_IN_WITHOUT_MFA, Severity::Medium), summary);
    if names.len() > 1 {
        found.subject = format!("identity-center@{account}");
    }
    found.evidence.insert("people".to_owned(), json!(names.len()));
    found.evidence.insert("principal_list".to_owned(), json!(names.iter().take(SHOWN).collect::<Vec<_>>()));
    found
}

fn finding(row: &Row<'_>, (rule, severity): (Rule, Severity), summary: String) -> Finding {
    let Who { account, principal } = row.who;
    let values: [(&str, Value); 6] = [
        ("type", json!(row.kind)),
        ("sign_ins", json!(row.events)),
        ("address_list", json!(address_texts(&row.addresses))),
        ("region_list", json!(row.regions)),
        ("first_seen", json!(row.span.first())),
        ("last_seen", json!(row.span.last())),
    ];
    Finding {
        severity,
        rule: rule.id,
        account_id: account.to_owned(),
        subject: principal.to_owned(),
        summary,
        count: row.events,
        evidence: Map::from_iter(values.map(|(name, value)| (name.to_owned(), value))),
    }
}

/// `once`, `1,200 times`.
fn times(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { quantity(count.unsigned_abs(), "time") }
}
