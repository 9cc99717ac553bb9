//! The findings about keys, each with the facts that decided it.

use std::collections::BTreeMap;

use serde_json::{Map, Value, json};

use super::Limits;
use super::history::Key;
use super::rules;
use crate::aggregate::keys::KeyStatus;
use crate::model::{EventTime, quantity};
use crate::report::key_age::days_between;
use crate::report::{Finding, Rule, Severity};

/// For how long, in seconds, a call may still succeed after the key was made inactive or deleted. Changes of IAM take
/// moments to be known everywhere (IAM user guide, "Troubleshoot IAM", eventual consistency), and clocks differ.
pub(in crate::report) const END_SLACK: i64 = 900;

const DAY: i64 = 86_400;

/// How many days a key lives at most that was made to be used once.
const WEEK: i64 = 7;

/// A rule that holds for a key: how much it matters and what it says.
type Held = (&'static Rule, Severity, String);

/// When a rule holds.
type Check = fn(&Key<'_>, Limits) -> Option<Held>;

const CHECKS: [Check; 7] =
    [root_key, used_after_end, over_age, created_for_other, switched_on_again, unused, never_used];

/// All findings; the severity of each key becomes that of its worst.
pub(super) fn of(keys: &mut [Key<'_>], limits: Limits) -> Vec<Finding> {
    let mut findings = Vec::new();
    for key in &mut *keys {
        let held: Vec<Held> = CHECKS.iter().filter_map(|check| check(key, limits)).collect();
        for (rule, severity, summary) in held {
            key.severity = key.severity.max(severity);
            findings.push(finding(key, rule, severity, summary));
        }
    }
    let severities = two_active_severities(keys, limits);
    for key in keys.iter_mut() {
        let severity = severities.get(&(key.facts.account, key.facts.owner)).filter(|_| !key.other_active.is_empty());
        key.severity = key.severity.max(severity.copied().unwrap_or(Severity::Info));
    }
    findings.extend(two_active(keys, limits));
    findings
}

fn root_key(key: &Key<'_>, _: Limits) -> Option<Held> {
    if !key.facts.is_root() {
        return None;
    }
    let (severity, is) = match key.facts.status {
        Some(KeyStatus::Deleted) => return None,
        Some(KeyStatus::Inactive) => (Severity::High, "an inactive"),
        _ => (Severity::Critical, "an"),
    };
    let used = match key.facts.last_used() {
        Some(last) => format!("last used at {last}"),
        None => "not used in these logs".to_owned(),
    };
    Some((&rules::ROOT_KEY, severity, format!("root of {} has {is} access key, {used}", key.facts.account)))
}

fn used_after_end(key: &Key<'_>, _: Limits) -> Option<Held> {
    let (ended, used) = (key.facts.status_time.filter(|_| key.facts.is_ended())?, key.facts.last_success()?);
    let is_deleted = key.facts.status == Some(KeyStatus::Deleted);
    let (severity, was) = if is_deleted { (Severity::High, "deleted") } else { (Severity::Medium, "made inactive") };
    let holds = used > ended.plus_seconds(END_SLACK);
    holds.then(|| {
        (&rules::USED_AFTER_END, severity, format!("a call at {used} succeeded; the key was {was} at {ended}"))
    })
}

/// What counts is the age at its last success: of a key that was not seen since, nobody knows whether it still exists.
fn over_age(key: &Key<'_>, limits: Limits) -> Option<Held> {
    let (since, used) = (key.facts.known_since?, key.facts.last_success().filter(|_| !key.facts.is_ended())?);
    let age = days_between(since, used);
    let least = if key.facts.known_creation().is_some() { "" } else { "at least " };
    let summary = format!("{least}{} old when it was last used with success, at {used}", days(age));
    (age > limits.max_age).then_some((&rules::OVER_AGE, rules::OVER_AGE.severity, summary))
}

fn created_for_other(key: &Key<'_>, _: Limits) -> Option<Held> {
    let (time, by) = key.facts.created.filter(|_| key.facts.is_created_for_other == Some(true))?;
    let summary = format!("created by {by} at {time} for {}", key.facts.owner);
    if key.facts.status != Some(KeyStatus::Deleted) {
        return Some(match key.rotated_from.filter(|_| key.takes_over) {
            Some(old) => {
                let summary = format!("{summary}; it took over from {old}, in the same network");
                (&rules::CREATED_FOR_OTHER, Severity::Low, summary)
            }
            None => (&rules::CREATED_FOR_OTHER, rules::CREATED_FOR_OTHER.severity, summary),
        });
    }
    // What was made by mistake was not used, and what replaced a key was used where the key was.
    let ended = key.facts.status_time.filter(|_| key.places.is_apart && !key.places.is_of_habit)?;
    let is_short = days_between(time, ended) <= WEEK;
    let severity = if is_short { rules::CREATED_FOR_OTHER.severity } else { Severity::Low };
    let used = quantity(events(key).unsigned_abs(), "time");
    let summary = format!("{summary}, used {used} where no other key of its owner was, and deleted at {ended}");
    Some((&rules::CREATED_FOR_OTHER, severity, summary))
}

fn switched_on_again(key: &Key<'_>, _: Limits) -> Option<Held> {
    let on = key.facts.switched_on?;
    let Some((off, off_by)) = on.off else {
        let is_own = on.by == key.facts.owner || key.facts.created.is_some_and(|(_, by)| by == on.by);
        let summary = format!("made active by {} at {}; who made it inactive is not in these logs", on.by, on.time);
        return (!is_own).then_some((&rules::SWITCHED_ON, Severity::Low, summary));
    };
    let is_long = on.time > off.plus_seconds(DAY);
    // A role is many people: by whom it was both times its name does not tell.
    let is_doubtful = match on.is_by_other() {
        true => key.places.is_new_since_on || !key.places.is_used_since_on,
        false => key.places.is_new_since_on && on.by != key.facts.owner,
    };
    let severity = match (on.is_by_other(), is_long) {
        (_, true) if is_doubtful => rules::SWITCHED_ON.severity,
        (false, false) => Severity::Info,
        _ => Severity::Low,
    };
    let used = match (key.places.is_used_since_on, key.places.is_new_since_on) {
        (false, _) => "not used since",
        (true, true) => "used since where it was not before",
        (true, false) => "used since where it was before",
    };
    let summary = format!("made inactive by {off_by} at {off}, and active again by {} at {}; {used}", on.by, on.time);
    Some((&rules::SWITCHED_ON, severity, summary))
}

fn unused(key: &Key<'_>, limits: Limits) -> Option<Held> {
    let (last, idle) = (key.last_use.filter(|_| key.facts.used.is_some())?, key.unused_days?);
    let holds = key.facts.status == Some(KeyStatus::Active) && idle >= limits.unused;
    holds.then(|| (&rules::UNUSED, rules::UNUSED.severity, format!("not used for {}, since {last}", days(idle))))
}

fn never_used(key: &Key<'_>, limits: Limits) -> Option<Held> {
    let (created, _) = key.facts.created.filter(|_| key.is_never_used() == Some(true) && !key.facts.is_ended())?;
    let idle = key.unused_days?;
    let severity = if idle >= limits.unused { rules::NEVER_USED.severity } else { Severity::Info };
    let summary = format!("created at {created} and not used in the {} since", days(idle));
    Some((&rules::NEVER_USED, severity, summary))
}

/// One finding for each owner of keys that were active at once.
/// How much two active keys matter, by account and owner: while one of them is known to be younger than the limit, a
/// rotation may be under way.
fn two_active_severities<'a>(keys: &[Key<'a>], limits: Limits) -> BTreeMap<(&'a str, &'a str), Severity> {
    let mut severities = BTreeMap::new();
    for key in keys.iter().filter(|key| !key.other_active.is_empty()) {
        let is_young = key.facts.known_creation().is_some() && key.age_days.is_some_and(|days| days <= limits.max_age);
        let severity = if is_young { Severity::Info } else { rules::TWO_ACTIVE.severity };
        let known = severities.entry((key.facts.account, key.facts.owner)).or_insert(severity);
        *known = severity.min(*known);
    }
    severities
}

fn two_active(keys: &[Key<'_>], limits: Limits) -> Vec<Finding> {
    let severities = two_active_severities(keys, limits);
    let mut by_owner: BTreeMap<(&str, &str), Vec<&Key<'_>>> = BTreeMap::new();
    for key in keys.iter().filter(|key| !key.other_active.is_empty()) {
        by_owner.entry((key.facts.account, key.facts.owner)).or_default().push(key);
    }
    let of_owner = |((account, owner), keys): ((&str, &str), Vec<&Key<'_>>)| {
        let ids: Vec<&str> = keys.iter().map(|key| key.facts.id).collect();
        let last_used: Map<String, Value> =
            keys.iter().map(|key| (key.facts.id.to_owned(), json!(key.facts.last_used()))).collect();
        let severity = severities.get(&(account, owner)).copied().unwrap_or(rules::TWO_ACTIVE.severity);
        let under_way = if severity == Severity::Info { "; a rotation may be under way" } else { "" };
        Finding {
            severity,
            rule: rules::TWO_ACTIVE.id,
            account_id: account.to_owned(),
            subject: owner.to_owned(),
            summary: format!("{} keys were active at once: {}{under_way}", ids.len(), ids.join(", ")),
            count: keys.iter().map(|key| events(key)).sum(),
            evidence: Map::from_iter([
                ("access_key_ids".to_owned(), json!(ids)),
                ("last_used".to_owned(), Value::Object(last_used)),
            ]),
        }
    };
    by_owner.into_iter().map(of_owner).collect()
}

fn finding(key: &Key<'_>, rule: &'static Rule, severity: Severity, summary: String) -> Finding {
    let facts = &key.facts;
    let evidence = [
        ("principal", json!(facts.owner)),
        ("status", json!(facts.status.map(KeyStatus::as_str))),
        ("status_time", json!(facts.status_time)),
        ("created", json!(facts.known_since)),
        ("created_basis", json!(super::created_basis(facts))),
        ("created_by", json!(facts.created.map(|(_, by)| by))),
        ("age_days", json!(key.age_days)),
        ("first_used", json!(facts.used.and_then(|used| used.span.first()))),
        ("last_used", json!(facts.last_used())),
        ("last_success", json!(facts.last_success())),
        ("unused_days", json!(key.unused_days)),
        ("logs_until", json!(key.logs_until.map(|time: EventTime| time.to_string()))),
        ("events", json!(events(key))),
        ("state_status", json!(facts.in_state.map(|state| state.status.as_str()))),
        ("state_as_of", json!(facts.in_state.and_then(|state| state.as_of))),
        ("state_last_used", json!(facts.in_state.and_then(|state| state.last_used))),
    ];
    Finding {
        severity,
        rule: rule.id,
        account_id: facts.account.to_owned(),
        subject: facts.id.to_owned(),
        summary,
        count: events(key),
        evidence: evidence.into_iter().map(|(name, value)| (name.to_owned(), value)).collect(),
    }
}

fn events(key: &Key<'_>) -> i64 {
    key.facts.used.map_or(0, |used| used.tally.events)
}

fn days(number: i64) -> String {
    quantity(number.unsigned_abs(), "day")
}
