//! A key that was inactive when the credential report was generated, and that a later call used with success.
//!
//! The report proves the status of its moment alone, so only one that says that moment is joined: of a CSV without it the
//! newest date is known, and a use after that may be older than the report. A use before that moment proves nothing
//! either: the key may have been active then.

use super::{INACTIVE_KEY_USED, Logs, key_name};
use crate::aggregate::keys::{Change, KeyStatus};
use crate::model::EventTime;
use crate::posture::AsOfBasis;
use crate::report::key_facts::KeyFacts;
use crate::report::keys::END_SLACK;
use crate::report::posture::{Look, SubjectKind, Violation};
use crate::report::state_keys::StateKey;
use crate::report::{Rule, Severity};

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let inactive = logs.keys_of(look).filter(|(key, _)| !key.key.active && key.source.basis == AsOfBasis::Generated);
    inactive.filter_map(|(key, facts)| used(look, logs, (key, facts))).collect()
}

fn used<'a>(look: Look<'a>, logs: &Logs<'a>, (key, facts): (&StateKey<'a>, &KeyFacts<'a>)) -> Option<Violation<'a>> {
    let (generated, last, used) = (key.source.as_of?, facts.last_success()?, facts.used?);
    if last <= generated.plus_seconds(END_SLACK) {
        return None;
    }
    let changes = logs.key_aggregate().changes(used.key);
    let by = woken(changes, (generated, last)).map(|change| (change.time, logs.symbols().text(change.by)));
    let (severity, why) = match by {
        Some((time, by)) => (Severity::Medium, format!("{by} made it active again at {time}")),
        None => (Severity::High, "no record that was read shows who made it active again".to_owned()),
    };
    let detail = format!(
        "{} was inactive in the credential report of {generated}, and a call with it succeeded at {last}; {why}",
        key_name(key, facts)
    );
    let rule = Rule { severity, ..INACTIVE_KEY_USED };
    let found = look.breaks(rule, (facts.id, SubjectKind::Key), detail, key.source);
    let mut found = look.since(found, key.key.created);
    found.count = used.tally.events;
    let found = found.with("user", key.owner.as_str()).with("events", used.tally.events);
    let found = found.with("last_success", last.to_string()).with("state_basis", key.seen?.1.as_str());
    let found = found.with("made_active_at", by.map(|(time, _)| time.to_string()));
    Some(found.with("made_active_by", by.map(|(_, by)| by)))
}

/// The first record between two moments that made the key active.
fn woken<'c>(changes: impl Iterator<Item = &'c Change>, (after, until): (EventTime, EventTime)) -> Option<&'c Change> {
    let between = |change: &&Change| change.time > after && change.time <= until.plus_seconds(END_SLACK);
    let active = changes.filter(|change| change.status == KeyStatus::Active).filter(between);
    active.min_by_key(|change| (change.time, change.by))
}
