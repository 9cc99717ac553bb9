//! An active key that is too old by state, and used in the logs.

use super::{Logs, OLD_KEY_IN_USE, key_name, named};
use crate::model::{NO_AGENT, quantity};
use crate::report::key_age::days_between;
use crate::report::key_facts::KeyFacts;
use crate::report::key_spread::spread::Spread;
use crate::report::posture::{Look, MAX_AGE, SubjectKind, Violation};
use crate::report::state_keys::StateKey;
use crate::report::{Rule, Severity};

pub(super) fn judge<'a>(look: Look<'a>, logs: &Logs<'a>) -> Vec<Violation<'a>> {
    let active = logs.keys_of(look).filter(|(key, facts)| key.key.active && !key.is_root() && !has_ended(key, facts));
    active.filter_map(|(key, facts)| in_use(look, logs, (key, facts))).collect()
}

/// Whether the logs show that the key was made inactive or deleted, and state is not known to be newer.
fn has_ended(key: &StateKey<'_>, facts: &KeyFacts<'_>) -> bool {
    facts.is_ended() && key.source.as_of < facts.status_time
}

fn in_use<'a>(look: Look<'a>, logs: &Logs<'a>, (key, facts): (&StateKey<'a>, &KeyFacts<'a>)) -> Option<Violation<'a>> {
    let (created, used, last) = (key.key.created?, facts.used?, facts.last_used()?);
    let limit = look.number(&MAX_AGE);
    let days = look.age(Some(created), key.source).filter(|days| *days > limit)?;
    if days_between(created, last) <= limit {
        return None;
    }
    let spread = Spread::of(used, logs.symbols());
    let (networks, programs) = (spread.networks.len(), spread.families.keys().filter(|f| *f != NO_AGENT).count());
    let has_success = facts.last_success().is_some();
    let severity = if has_success && networks > 1 { Severity::High } else { Severity::Medium };
    let mut detail =
        format!("{}, {} old by the {}, was used", key_name(key, facts), day_count(days), named(key.source));
    if networks > 0 {
        detail += &format!(" from {}", quantity(networks as u64, "network"));
    }
    if programs > 0 {
        detail += &format!(" by {}", quantity(programs as u64, "program"));
    }
    detail += &format!(", last on {}", last.day());
    if !has_success {
        detail += "; every call failed";
    }
    let rule = Rule { severity, ..OLD_KEY_IN_USE };
    let found = look.breaks(rule, (facts.id, SubjectKind::Key), detail, key.source);
    let mut found = look.since(found, Some(created));
    found.count = used.tally.events;
    let text = |time: Option<crate::model::EventTime>| time.map(|time| time.to_string());
    let found = found.with("user", key.owner.as_str()).with("events", used.tally.events);
    let found = found.with("address_list", spread.address_list()).with("networks", networks);
    let found = found.with("agent_families", spread.families.keys().cloned().collect::<Vec<_>>());
    let found = found.with("first_used", text(used.span.first())).with("last_used", text(Some(last)));
    Some(found.with("last_success", text(facts.last_success())).with("state_basis", key.seen?.1.as_str()))
}

fn day_count(days: i64) -> String {
    quantity(days.unsigned_abs(), "day")
}
