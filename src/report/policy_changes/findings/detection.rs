//! Services that watch an account and were switched off, or told to keep quiet.

use std::collections::{BTreeMap, BTreeSet};

use super::super::beyond_rules as rules;
use super::super::change::Change;
use super::sharing::lasts;
use super::{Draft, Found, groups, listed};
use crate::aggregate::iam_changes::{Act, OFF, ON};
use crate::model::EventTime;
use crate::report::Severity;

const DAY: i64 = 86_400;
const WEEK: i64 = 7 * DAY;

/// Calls that switch off, and the one that takes each back.
///
/// Source: API references of the services. StartConfigurationRecorder fails where the recorder or its delivery channel is
/// gone. Who left an administrator account has to be invited again, which is another account's call.
const TAKEN_BACK: &[(&str, &str)] = &[
    ("DeleteConfigurationRecorder", "StartConfigurationRecorder"),
    ("DeleteDeliveryChannel", "StartConfigurationRecorder"),
    ("DeleteDetector", "CreateDetector"),
    ("DeleteGraph", "CreateGraph"),
    ("Disable", "Enable"),
    ("DisableMacie", "EnableMacie"),
    ("DisableSecurityHub", "EnableSecurityHub"),
    ("StopConfigurationRecorder", "StartConfigurationRecorder"),
    ("StopMonitoringMembers", "StartMonitoringMembers"),
    ("UpdateDetector", "UpdateDetector"),
];

/// When a service was switched on: by account, region and call.
type Starts<'a> = BTreeMap<(&'a str, &'a str, &'static str), BTreeSet<EventTime>>;

pub(super) fn of(all: &[Change<'_>]) -> Vec<Found> {
    let starts = starts(all);
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let (severity, because) = match rows.iter().all(|&row| comes_back(&all[row], &starts)) {
            true => (Severity::Low, "it was switched on again in the same region within a day"),
            false => (Severity::Medium, "what happened since is not seen by it; who hides does this early"),
        };
        let what = listed(all, &rows, |change| format!("{} ({})", change.event.name(), change.target));
        Draft::new(&rules::DETECTION_OFF, account_id, actor)
            .summary(format!("{actor} switched off what watches the account: {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    let mut found: Vec<Found> =
        groups(all, stops, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect();
    found.extend(narrowed(all));
    found
}

/// A line for each caller. Who keeps a house does so, too, whatever it is called; what it hides is not told by the call.
fn narrowed(all: &[Change<'_>]) -> Vec<Found> {
    let starts = starts(all);
    let narrows = |change: &Change<'_>| {
        let narrows = change.did(Act::NarrowDetection) || switches_features_off(change);
        narrows && !change.is_provisioning() && !is_set_up(change, &starts)
    };
    let of_actor = |((account_id, actor), rows): ((&str, &str), Vec<usize>)| {
        let what = listed(all, &rows, |change| {
            let place = [change.policy, change.target].map(str::trim).join(" ");
            format!("{} ({})", change.event.name(), place.trim_start())
        });
        let (severity, because) = match rows.iter().all(|&row| is_setting(&all[row])) && lasts(all, &rows, WEEK) {
            true => (Severity::Info, "the caller has set services up so for more than a week"),
            false => (Severity::Low, "whoever keeps an account does so, and who hides does the same"),
        };
        Draft::new(&rules::DETECTION_NARROWED, account_id, actor)
            .summary(format!("{actor} narrowed what watches the account: {what}"))
            .severity(severity, because)
            .found(all, rows)
    };
    groups(all, narrows, |change| (change.account_id, change.actor)).into_iter().map(of_actor).collect()
}

fn stops(change: &Change<'_>) -> bool {
    let stops = change.did(Act::StopDetection) && change.policy != ON && !switches_features_off(change);
    stops && !change.is_provisioning()
}

/// Whether a detector goes on without some of its features.
fn switches_features_off(change: &Change<'_>) -> bool {
    change.did(Act::StopDetection) && change.policy != OFF && change.policy.ends_with(OFF)
}

/// Whether it says what a service looks at, which whoever sets it up says, too; what it looked at before is not in the record.
fn is_setting(change: &Change<'_>) -> bool {
    matches!(change.event.name(), "UpdateDetector" | "UpdateMemberDetectors" | "PutConfigurationRecorder")
}

/// Whether a service that is set so was switched on there within a day before or afterwards.
fn is_set_up(change: &Change<'_>, starts: &Starts<'_>) -> bool {
    let on = match change.event.name() {
        "UpdateDetector" => "CreateDetector",
        "PutConfigurationRecorder" => "StartConfigurationRecorder",
        _ => return false,
    };
    let starts = starts.get(&(change.account_id, region(change), on));
    let is_near = |time: EventTime| {
        starts.is_some_and(|all| all.range(time.plus_seconds(-DAY)..=time.plus_seconds(DAY)).next().is_some())
    };
    let mut times = change.times().peekable();
    times.peek().is_some() && times.all(is_near)
}

fn starts<'a>(all: &[Change<'a>]) -> Starts<'a> {
    let mut starts = Starts::new();
    let is_start = |change: &&Change<'a>| {
        change.did(Act::StartDetection) && change.policy != OFF || change.did(Act::StopDetection) && change.policy == ON
    };
    for change in all.iter().filter(is_start) {
        starts.entry((change.account_id, region(change), change.event.name())).or_default().extend(change.times());
    }
    starts
}

/// Whether each time it was switched on again within a day, there.
fn comes_back(change: &Change<'_>, starts: &Starts<'_>) -> bool {
    let back = TAKEN_BACK.iter().find(|(stop, _)| *stop == change.event.name());
    let starts = back.and_then(|(_, start)| starts.get(&(change.account_id, region(change), *start)));
    let is_near =
        |time: EventTime| starts.is_some_and(|starts| starts.range(time..=time.plus_seconds(DAY)).next().is_some());
    let mut times = change.times().peekable();
    times.peek().is_some() && times.all(is_near)
}

/// The region that is watched.
fn region<'a>(change: &Change<'a>) -> &'a str {
    change.target.rsplit(' ').next().unwrap_or_default()
}
