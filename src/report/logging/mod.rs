//! `logging`: who stopped or changed what CloudTrail records, or took away what it delivered.

mod replaced;
mod rules;
#[cfg(test)]
mod tests;

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};
use std::net::IpAddr;

use serde_json::json;

use super::addresses::with_places;
use super::columns::columns;
use super::source_list::{address_texts, ip_addresses};
use super::{Answer, Finding, Form, LOG_EXAMPLES, Report, Rule, Severity, StateUse, View, finding, keep_first};
use crate::aggregate::Span;
use crate::aggregate::iam_changes::Outcome;
use crate::aggregate::logging::{self, LoggingChanges, LoggingRow};
use crate::model::{EventTime, LoggingCall, LoggingEffect, LoggingObject, Settled};
use replaced::Replacements;

/// The report.
pub static REPORT: Report = Report {
    name: "logging",
    summary: "Who stopped or changed what CloudTrail records, or took away what it delivered",
    about: ABOUT,
    columns: COLUMNS,
    key: &["account_id", "event", "actor", "object", "name", "home_account_id", "effect", "outcome"],
    needs: &[&logging::KIND],
    options: &[],
    texts: &[],
    rules: rules::RULES,
    argument: None,
    state: StateUse::No,
    examples: LOG_EXAMPLES,
    form: Form::Rows,
    charts: None,
    answer,
};

const ABOUT: &str = "\
A row is one kind of change: the same call by the same principal on the same trail, event data store, bucket, KMS key or \
organization, with the same outcome. `effect` says what it did to the logs:

  stopped    recording or delivery ends: StopLogging, DeleteTrail, the trail's bucket, its policy
             or its key taken away, CloudTrail's access to the organization disabled
  deleted    log or digest objects that were delivered were deleted
  narrowed   less is recorded or kept, or it goes elsewhere: selectors without all management
             events, a trail of one region, another bucket, logs that expire within 90 days,
             an account that leaves the organization
  kept       the trail was changed and records as much as before, or more
  resumed    what was stopped goes on

Severity of a row: that of its finding, else info.
  high    logging-stopped, logs-deleted; an account's trail that was stopped while the
          organization's trail, a day old or more, goes on is medium
  medium  logging-narrowed
  low     logging-change-refused
A service-linked role, which only AWS can be, makes info of each. So do the selectors that a trail gets within ten minutes \
of being made.

What it proves: these calls were made and ended so. What it does not: that logs are missing (see gaps), or that nothing \
else blinded a trail. A call on a bucket or key counts where records show it to be a trail's: CloudTrail looks at its \
bucket (GetBucketAcl) and uses its key (GenerateDataKey), CreateTrail names both, a deleted object's key is one of \
AWSLogs, a policy speaks of CloudTrail; where none of the account's is known, by a bucket name with `cloudtrail` in it. Deletion of objects is a data \
event, which few trails record; a bucket or key that no record ties to a trail is missed, and so is a policy that lets \
CloudTrail in for a trail of another name. A lifecycle rule for another folder of a trail's bucket counts.

Rows come worst severity first, then by account and time.";

columns! {
    const COLUMNS;
    fn cells(change: &Change<'_>) {
        let call = &change.call;
    }

    account_id("account_id", "Account that the call was made in.").second() => change.account_id,
    text("event", "The call: eventName.") => call.event.as_str(),
    text("actor", "Principal that called.") => change.actor,
    text("object", "What was changed: trail, event-data-store, bucket, log-objects, kms-key or organization.").third()
        => call.object.as_str(),
    text("name", "Name of that; null when the record does not say.") => call.name.as_str(),
    id("home_account_id", "Account whose logs it is about first.").asked() => call.home.as_str(),
    text("effect", "What it did to the logs: stopped, deleted, narrowed, kept or resumed.")
        => change.settled.effect.as_str(),
    yes_no("organization", "yes where the logs of all accounts are concerned, else no.").asked()
        => change.settled.is_everyones,
    text("outcome", "How it ended: succeeded, denied or failed. What was not let through did nothing.")
        => change.outcome.as_str(),
    count("events", "Calls.").unit("events").third() => change.events,
    count("addresses", "Distinct IP addresses.").unit("addresses").last() => change.addresses.len(),
    addresses("address_list", "The IP addresses.").last() => Vec::from_iter(change.addresses.iter().copied()),
    list("access_key_ids", "Access keys that signed the calls.").asked() => change.access_keys.iter().copied(),
    time("undone", "When what was stopped went on; null when that was not seen.").last() => change.settled.undone,
    time("first_seen", "Time of the first call.").last() => change.span.first(),
    time("last_seen", "Time of the last call.").second() => change.span.last(),
    severity("severity", "How much it matters: info, low, medium or high.") => change.severity,
}

/// A row as it is shown.
struct Change<'a> {
    account_id: &'a str,
    actor: &'a str,
    call: LoggingCall,
    settled: Settled,
    outcome: Outcome,
    severity: Severity,
    /// What goes on recording, in words, where a trail made way for it.
    goes_on: Option<String>,
    events: i64,
    span: Span,
    addresses: BTreeSet<IpAddr>,
    access_keys: BTreeSet<&'a str>,
}

fn answer(view: &View<'_>) -> Answer {
    let mut changes = view.state.get::<LoggingChanges>().map(|all| of_trails(all, view)).unwrap_or_default();
    changes.sort_by(|a, b| a.order().cmp(&b.order()));
    let changes = together(changes);
    let mut findings = findings(&changes);
    finding::sort(&mut findings);
    let mut shown: Vec<(Reverse<Severity>, usize)> =
        changes.iter().map(|change| Reverse(change.severity)).zip(0..).collect();
    let rows_spared = keep_first(&mut shown, view.rows_wanted);
    let rows = shown.into_iter().map(|(_, row)| cells(&changes[row])).collect();
    with_places(view, Answer { columns: COLUMNS.to_vec(), findings, rows, rows_spared, ..Answer::default() })
}

/// The changes that are known to be about trails.
fn of_trails<'a>(all: &'a LoggingChanges, view: &View<'a>) -> Vec<Change<'a>> {
    let of_row = |row: &LoggingRow| {
        let call = row.call(view.state.symbols());
        let settled = all.facts().settle(&call, row.span.first())?;
        Some(Change::of(row, call, settled, view))
    };
    let mut changes: Vec<Change<'a>> = all.rows().filter_map(of_row).collect();
    let replacements = Replacements::of(all, &changes, view);
    let milder: Vec<_> = changes.iter().map(|change| replacements.of_change(change)).collect();
    for (change, milder) in changes.iter_mut().zip(milder) {
        if let Some((severity, goes_on)) = milder {
            (change.severity, change.goes_on) = (change.severity.min(severity), Some(goes_on));
        }
    }
    changes
}

impl<'a> Change<'a> {
    fn of(row: &LoggingRow, call: LoggingCall, settled: Settled, view: &View<'a>) -> Self {
        let symbols = view.state.symbols();
        let addresses = ip_addresses(row.addresses.iter().map(|sym| symbols.text(sym)));
        let rule = rule_of(settled.effect, row.outcome());
        let severity = match rule {
            Some(rule) if !row.is_service_linked() => rule.severity,
            _ => Severity::Info,
        };
        Self {
            account_id: symbols.text(row.account_id()),
            actor: symbols.text(row.actor()),
            call,
            settled,
            outcome: row.outcome(),
            severity,
            goes_on: None,
            events: row.events,
            span: row.span,
            addresses,
            access_keys: row.access_keys.iter().map(|sym| symbols.text(sym)).collect(),
        }
    }

    /// What tells rows apart, and their order among those of one severity.
    fn order(&self) -> impl Ord + use<'_> {
        (self.account_id, self.span.first(), self.key())
    }

    fn key(&self) -> [&str; 7] {
        let call = &self.call;
        let effect = self.settled.effect.as_str();
        [&call.event, self.actor, call.object.as_str(), &call.name, &call.home, effect, self.outcome.as_str()]
    }
}

/// Rows that differ only in what settled them, such as buckets that an update named, are one.
fn together(changes: Vec<Change<'_>>) -> Vec<Change<'_>> {
    let mut places: BTreeMap<String, usize> = BTreeMap::new();
    let mut rows: Vec<Change<'_>> = Vec::new();
    for change in changes {
        let key = format!("{}\n{}", change.account_id, change.key().join("\n"));
        match places.get(&key) {
            None => {
                places.insert(key, rows.len());
                rows.push(change);
            }
            Some(&place) => {
                let row = &mut rows[place];
                row.events += change.events;
                row.span.merge(change.span);
                row.addresses.extend(change.addresses);
                row.access_keys.extend(change.access_keys);
                row.severity = row.severity.max(change.severity);
                row.goes_on = row.goes_on.take().and(change.goes_on);
                row.settled.is_everyones |= change.settled.is_everyones;
                row.settled.undone = row.settled.undone.max(change.settled.undone);
            }
        }
    }
    rows
}

/// The rule that a change comes under.
fn rule_of(effect: LoggingEffect, outcome: Outcome) -> Option<&'static Rule> {
    match effect {
        LoggingEffect::Kept | LoggingEffect::Resumed => None,
        _ if outcome != Outcome::Succeeded => Some(&rules::REFUSED),
        LoggingEffect::Narrowed => Some(&rules::NARROWED),
        LoggingEffect::Deleted => Some(&rules::DELETED),
        LoggingEffect::Stopped => Some(&rules::STOPPED),
    }
}

/// One finding for what a principal did to one trail, bucket, key or organization.
fn findings(changes: &[Change<'_>]) -> Vec<Finding> {
    let mut groups: BTreeMap<(&str, &str, &str, &str), Vec<&Change<'_>>> = BTreeMap::new();
    for change in changes {
        if let Some(rule) = rule_of(change.settled.effect, change.outcome) {
            let key = (rule.id, change.account_id, change.actor, change.call.name.as_str());
            groups.entry(key).or_default().push(change);
        }
    }
    groups.into_values().filter_map(|changes| found(&changes)).collect()
}

fn found(changes: &[&Change<'_>]) -> Option<Finding> {
    let first = changes.first()?;
    let rule = rule_of(first.settled.effect, first.outcome)?;
    let mut span = Span::default();
    changes.iter().for_each(|change| span.merge(change.span));
    let events: BTreeSet<&str> = changes.iter().map(|change| change.call.event.as_str()).collect();
    let addresses: BTreeSet<IpAddr> = changes.iter().flat_map(|change| &change.addresses).copied().collect();
    let addresses: BTreeSet<String> = address_texts(&addresses).into_iter().collect();
    let access_keys: BTreeSet<&str> = changes.iter().flat_map(|change| &change.access_keys).copied().collect();
    let undone = changes.iter().map(|change| change.settled.undone).collect::<Option<Vec<_>>>();
    let undone = undone.and_then(|times| times.into_iter().max());
    let is_everyones = changes.iter().any(|change| change.settled.is_everyones);
    let goes_on = changes.iter().map(|change| change.goes_on.as_deref()).collect::<Option<Vec<_>>>();
    let goes_on = goes_on.and_then(|texts| texts.into_iter().max());
    let evidence = [
        ("actor", json!(first.actor)),
        ("events", json!(events)),
        ("object", json!(first.call.object.as_str())),
        ("name", json!(first.call.name)),
        ("home_account_id", json!(first.call.home)),
        ("organization", json!(is_everyones)),
        ("outcomes", json!(changes.iter().map(|change| change.outcome.as_str()).collect::<BTreeSet<_>>())),
        ("undone", json!(undone)),
        ("goes_on", json!(goes_on)),
        ("address_list", json!(addresses)),
        ("access_key_ids", json!(access_keys)),
        ("first_seen", json!(span.first())),
        ("last_seen", json!(span.last())),
    ];
    Some(Finding {
        severity: changes.iter().map(|change| change.severity).max()?,
        rule: rule.id,
        account_id: first.account_id.to_owned(),
        subject: if first.call.name.is_empty() { first.actor.to_owned() } else { first.call.name.clone() },
        summary: match goes_on {
            Some(goes_on) => format!("{}; {goes_on}", summary(first, &events, undone, is_everyones)),
            None => summary(first, &events, undone, is_everyones),
        },
        count: changes.iter().map(|change| change.events).sum(),
        evidence: evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    })
}

/// `StopLogging of trail main by …; it went on at …`.
fn summary(first: &Change<'_>, events: &BTreeSet<&str>, undone: Option<EventTime>, is_everyones: bool) -> String {
    let (call, events) = (&first.call, Vec::from_iter(events.iter().copied()).join(", "));
    let of = match (call.object, call.name.as_str()) {
        (LoggingObject::LogObjects, "") => " of logs".to_owned(),
        (LoggingObject::LogObjects, bucket) => format!(" of logs in bucket {bucket}"),
        (_, "") => String::new(),
        (LoggingObject::Organization, name) if name.ends_with(".com") => format!(" of {name}"),
        (LoggingObject::Organization, account) => format!(" of account {account}"),
        (LoggingObject::KmsKey, name) => format!(" of KMS key {name}"),
        (object, name) => format!(" of {} {name}", object.as_str().replace('-', " ")),
    };
    let home = match call.home == first.account_id || call.home.is_empty() || call.home == call.name {
        true => String::new(),
        false => format!(" (account {})", call.home),
    };
    let outcome = if first.outcome == Outcome::Succeeded { "" } else { ", which was refused or failed" };
    let of_all = if is_everyones { ", for all accounts" } else { "" };
    let undone = undone.map(|time| format!("; it went on at {time}")).unwrap_or_default();
    format!("{events}{of}{home} by {}{outcome}{of_all}{undone}", first.actor)
}
