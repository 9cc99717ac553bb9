//! What proves that a practice is kept, where nothing shows a violation.
//!
//! Logs prove what was not done where every enabled region delivered on every whole day of at least thirty, with events
//! that only read, and nothing blinded them. State proves what it shows, at its own moment.

use std::collections::BTreeSet;

use super::logs::LogSpan;
use super::{Evidence, regions, unexplained};
use crate::model::{Day, quantity};
use crate::posture::{Account, Dated, Posture, Source, StateKind};
use crate::report::Practice;

/// Whole days of logs that prove that something was not done.
pub(in crate::report) const WHOLE_DAYS: i32 = 30;

/// Regions that a sentence names before it counts the rest.
const NAMED: usize = 3;

/// Why a practice is not proven.
pub(super) struct Lack {
    /// In one sentence.
    pub why: String,
    /// What would settle it, where that is not what settles the practice as a rule.
    pub next: Option<String>,
}

impl Lack {
    /// All of what is missing as one; `None` when nothing is.
    fn all(lacks: Vec<Self>) -> Option<Self> {
        let next: Vec<&str> = lacks.iter().filter_map(|lack| lack.next.as_deref()).collect();
        let next = (!next.is_empty()).then(|| next.join("; "));
        let why: Vec<&str> = lacks.iter().map(|lack| lack.why.as_str()).collect();
        (!why.is_empty()).then(|| Self { why: why.join("; "), next })
    }
}

impl From<String> for Lack {
    fn from(why: String) -> Self {
        Self { why, next: None }
    }
}

impl From<&str> for Lack {
    fn from(why: &str) -> Self {
        why.to_owned().into()
    }
}

/// What proves it, in one sentence.
///
/// # Errors
/// What is missing.
pub(super) fn of(account: &str, practice: Practice, evidence: &Evidence<'_>) -> Result<String, Lack> {
    let state = |parts: fn(&Account) -> Vec<&Source>| by_state((account, practice), evidence, parts);
    match practice {
        Practice::RestrictRootUse | Practice::RolesNotKeys => by_logs(account, practice, evidence),
        Practice::NoRootKeys => state(|state| [source(&state.summary), of_root(state)].into_iter().flatten().collect()),
        Practice::MfaForConsole => state(|state| of_root(state).into_iter().collect()),
        Practice::RotateKeys => {
            let shown = state(|state| {
                [source(&state.credentials), source(&state.access_keys)].into_iter().flatten().collect()
            })?;
            match not_had(account, evidence, &[StateKind::ServiceCredentials, StateKind::SshKeys]) {
                Some(lack) => Err(lack),
                None => Ok(shown),
            }
        }
        Practice::PoliciesOnGroups | Practice::AwsManagedPolicies => {
            state(|state| source(&state.authorization).into_iter().collect())
        }
    }
}

fn source<T>(part: &Option<Dated<T>>) -> Option<&Source> {
    part.as_ref().map(|part| &part.source)
}

/// Parts that a snapshot was to have and could not: whether they break the practice is not known.
fn not_had(account: &str, evidence: &Evidence<'_>, kinds: &[StateKind]) -> Option<Lack> {
    let missing = &evidence.posture?.accounts.get(account)?.missing;
    let lacks = kinds.iter().filter_map(|kind| {
        let lost = missing.get(kind)?;
        let next =
            format!("put right what {} says of {}, then trailscan iam-snapshot again", lost.manifest, kind.as_str());
        Some(Lack { why: format!("{kind} could not be had: {}", lost.why), next: Some(next) })
    });
    Lack::all(lacks.collect())
}

fn by_logs(account: &str, practice: Practice, evidence: &Evidence<'_>) -> Result<String, Lack> {
    let logs = evidence.logs.as_ref().ok_or("no logs were read")?;
    if !evidence.accounts.contains(account) {
        return Err(logs.not_read(account).unwrap_or_else(|| "no event of this account was read".to_owned()).into());
    }
    let (days, mut lacks) = delivered(account, logs, evidence.posture);
    let shows = match practice {
        Practice::RestrictRootUse => "show no everyday use of root, no key of root and no sign-in of root without MFA",
        _ => "show no long-lived key on machines and no sign of one that leaked",
    };
    let shown = days.map(|days| (format!("{} {shows}", days.proven), days.assumed));
    if let Some(count) = Some(evidence.in_logs.unjudged(practice, account)).filter(|count| *count > 0) {
        let unjudged = format!("{} of services acting for root were not judged", quantity(count, "event"));
        let shown =
            shown.iter().filter(|_| lacks.is_empty()).map(|(shown, _)| format!("{shown}; ")).collect::<String>();
        let next = "trailscan root-usage: top_events of class service; find who set up what acts for root";
        lacks.push(Lack { why: format!("{shown}{unjudged}"), next: Some(next.to_owned()) });
    }
    let open = match practice {
        Practice::RestrictRootUse => vec![unexplained::of_root(account, evidence)],
        _ => vec![unexplained::keys(account, evidence), unexplained::credentials(account, evidence)],
    };
    lacks.extend(open.into_iter().flatten().map(|open| Lack { why: open.why, next: Some(open.next.to_owned()) }));
    match (shown, Lack::all(lacks)) {
        (Some((shown, assumed)), None) => Ok(format!("{shown}{assumed}{}", logs.verified(account))),
        (_, Some(lack)) => Err(lack),
        (None, None) => Err("no whole day of logs was read".into()),
    }
}

/// What logs prove of what they do not show an account to have done.
///
/// # Errors
/// What is missing, in one sentence.
pub(in crate::report) fn by_whole_logs(
    account: &str,
    logs: &LogSpan,
    posture: Option<&Posture>,
) -> Result<String, String> {
    let (days, lacks) = delivered(account, logs, posture);
    match (days, Lack::all(lacks)) {
        (Some(days), None) => Ok(format!("{}{}{}", days.proven, days.assumed, logs.verified(account))),
        (_, Some(lack)) => Err(lack.why),
        (None, None) => Err("no whole day of logs was read".to_owned()),
    }
}

/// The days that every enabled region delivered, and all that keeps them from proving anything.
fn delivered(account: &str, logs: &LogSpan, posture: Option<&Posture>) -> (Option<Delivered>, Vec<Lack>) {
    let mut lacks: Vec<Lack> = logs.not_read(account).into_iter().map(Lack::from).collect();
    lacks.extend(logs.lacks_reads(account).map(Lack::from));
    let days = days(account, logs, posture).map_err(|missing| lacks.extend(missing)).ok();
    if let Some(why) = logs.blinded(account) {
        lacks.push(Lack { why, next: Some("trailscan logging, then logs of 30 whole days after it".to_owned()) });
    }
    if let Some(why) = logs.tampered(account) {
        lacks.push(Lack { why, next: Some("trailscan verify, and the versions of these objects".to_owned()) });
    }
    (days, lacks)
}

/// What whole days and regions prove.
struct Delivered {
    /// `31 whole days in 17 regions (2026-05-01 to 2026-05-31)`.
    proven: String,
    /// What was taken for granted; empty where nothing was.
    assumed: &'static str,
}

/// The days that every enabled region delivered.
///
/// # Errors
/// All that is missing.
fn days(account: &str, logs: &LogSpan, posture: Option<&Posture>) -> Result<Delivered, Vec<Lack>> {
    if let Some(why) = logs.no_days(account) {
        return Err(vec![why.into()]);
    }
    let (first, last) = logs.whole_days.ok_or_else(|| vec!["no whole day of logs was read".into()])?;
    let enabled = regions::of(account, logs, posture);
    if enabled.regions.is_empty() {
        let why = "which regions are enabled is not known".to_owned();
        return Err(vec![Lack { why, next: Some(list_regions(account)) }]);
    }
    let none = BTreeSet::new();
    let days_of = |region: &String| logs.days.get(&(account.to_owned(), region.clone())).unwrap_or(&none);
    let is_silent = |region: &&String| days_of(region).range(first..=last).next().is_none();
    let (silent, heard): (Vec<&String>, Vec<&String>) = enabled.regions.iter().partition(is_silent);
    let mut lacks = Vec::new();
    if !silent.is_empty() {
        lacks.push(not_delivered(account, &silent, enabled.is_listed));
    }
    let days = || (first.0..=last.0).map(Day);
    let missing = heard
        .iter()
        .flat_map(|region| days().filter(|day| !days_of(region).contains(day)).map(move |day| (region, day)));
    let missing: Vec<_> = missing.collect();
    if let Some((region, day)) = missing.first() {
        let more = if missing.len() > 1 { format!(" and {} more", missing.len() - 1) } else { String::new() };
        let why = format!("the logs of this account have days without an object: {region} on {day}{more}, see gaps");
        lacks.push(why.into());
    }
    let count = last.0 - first.0 + 1;
    let regions = match lacks.is_empty() {
        true => format!(" in {}", quantity(enabled.regions.len() as u64, "region")),
        false => String::new(),
    };
    let days = quantity(u64::from(count.unsigned_abs()), "whole day");
    let proven = format!("{days}{regions} ({first} to {last})");
    if count < WHOLE_DAYS {
        lacks.push(format!("{proven} of logs were read, not {WHOLE_DAYS}").into());
    }
    if !lacks.is_empty() {
        return Err(lacks);
    }
    let assumed = "; regions that have to be opted in to are taken to be off where nothing was delivered";
    Ok(Delivered { proven, assumed: if enabled.is_listed { "" } else { assumed } })
}

/// Regions that delivered nothing.
fn not_delivered(account: &str, silent: &[&String], is_listed: bool) -> Lack {
    let are = if silent.len() == 1 { "is" } else { "are" };
    let (known, next) = match is_listed {
        true => ("enabled, and no logs of these days were read", "read the logs of every enabled region".to_owned()),
        false => ("not known to be off, and no logs of these days were read", list_regions(account)),
    };
    Lack { why: format!("{} {are} {known}", named(silent)), next: Some(next) }
}

fn list_regions(account: &str) -> String {
    format!(
        "read the logs of these regions too, or show that they are off: aws account list-regions > FILE, then \
         --enabled-regions {account}=FILE"
    )
}

/// `eu-west-1, eu-west-2, eu-west-3 and 13 more regions`.
fn named(regions: &[&String]) -> String {
    let shown: Vec<&str> = regions.iter().take(NAMED).map(|region| region.as_str()).collect();
    match regions.len().saturating_sub(NAMED) {
        0 => shown.join(", "),
        more => format!("{} and {}", shown.join(", "), quantity(more as u64, "more region")),
    }
}

/// A credential report, if root is in it: whoever leaves its row out leaves out what is asked.
fn of_root(state: &Account) -> Option<&Source> {
    state.credentials.as_ref().filter(|dated| dated.value.root.is_some()).map(|dated| &dated.source)
}

/// Proven by the first source that is whole and of the last day of the logs, a day before it at most.
fn by_state<'a>(
    (account, practice): (&str, Practice),
    evidence: &Evidence<'a>,
    parts: fn(&'a Account) -> Vec<&'a Source>,
) -> Result<String, Lack> {
    let state = evidence.posture.and_then(|posture| posture.accounts.get(account));
    let sources = state.map(parts).unwrap_or_default();
    let without_root = state.and_then(|state| state.credentials.as_ref()).filter(|report| report.value.root.is_none());
    let mut why_not: Lack = match without_root {
        Some(report) => format!("{} has no row of root, so it is not the whole report", report.source.name()).into(),
        None => "logs alone cannot prove this: give files of IAM's state with --iam-dir".into(),
    };
    for source in sources {
        match holds(source, (account, practice), evidence) {
            Ok(why) => return Ok(why),
            Err(why) => why_not = why,
        }
    }
    Err(why_not)
}

/// What a source proves of a practice.
fn holds(source: &Source, (account, practice): (&str, Practice), evidence: &Evidence<'_>) -> Result<String, Lack> {
    let file = source.name();
    if !source.whole {
        return Err(format!("{file} could not be read whole").into());
    }
    let of = source.as_of.map(|time| format!(" of {}", time.day())).unwrap_or_default();
    let proven = format!("{file}{of} shows {}", shown_by_state(practice));
    let Some(last) = evidence.logs.as_ref().and_then(|logs| logs.last_day(account)) else { return Ok(proven) };
    let Some(as_of) = source.as_of.filter(|as_of| *as_of >= Day(last.0 - 1).start()) else {
        let when = source.as_of.map_or("has no date".to_owned(), |time| format!("is of {}", time.day()));
        return Err(format!("{file} {when} and the logs go on to {last}: what changed between is not in it").into());
    };
    if let Some((time, event)) = evidence.in_logs.changed_since((practice, account), as_of) {
        return Err(format!("{file} is of {as_of}, and the logs show {event} after it, at {time}").into());
    }
    match evidence.in_logs.of_unknown_mfa(account).filter(|_| practice == Practice::MfaForConsole) {
        None => Ok(proven),
        Some(count) => Err(Lack {
            why: format!(
                "{proven}; {count} were not judged, their MFA is not in these logs"
            ),
            next: Some(
                "ask for MFA where these people sign in: the identity provider, IAM Identity Center, or the account that \
                 they switch from"
                    .to_owned(),
            ),
        }),
    }
}

/// What a state without a violation shows, in words that end its sentence.
const fn shown_by_state(practice: Practice) -> &'static str {
    match practice {
        Practice::NoRootKeys => "no access key and no signing certificate of root",
        Practice::MfaForConsole => "no password without an MFA device, of IAM users and root",
        Practice::RotateKeys => "no active credential that is too old",
        Practice::PoliciesOnGroups => "no user with policies of its own that give rights",
        Practice::AwsManagedPolicies => "no broad policy of one's own",
        Practice::RestrictRootUse | Practice::RolesNotKeys => "none",
    }
}
