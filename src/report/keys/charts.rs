//! The picture of keys: how old each is.

use std::cmp::Reverse;

use super::history::{self, Key};
use super::{MAX_AGE, in_state};
use crate::aggregate::keys::KeyStatus;
use crate::model::quantity;
use crate::report::View;
use crate::report::charts::{Bar, Bars, Chart, Picture, short_name};

/// The most keys that are drawn.
const KEYS: usize = 40;

/// Keys by age, oldest first; nothing where no key is known. Deleted ones are left out: they age no more.
pub(in crate::report) fn charts(view: &View<'_>) -> Vec<Chart> {
    let (logged, state_keys) = in_state::read(view);
    let keys = history::of(view.state, &in_state::facts(logged, &state_keys, view).0, view.as_of);
    let mut aged: Vec<(i64, &Key<'_>)> = keys
        .iter()
        .filter(|key| key.facts.status != Some(KeyStatus::Deleted))
        .filter_map(|key| Some((key.age_days?, key)))
        .collect();
    aged.sort_by_key(|&(days, key)| (Reverse(days), key.facts.id));
    if aged.is_empty() {
        return Vec::new();
    }
    let more = aged.len().saturating_sub(KEYS);
    let limit = view.options.get(&MAX_AGE);
    vec![Chart {
        name: "keys-by-age",
        title: "How old each key is",
        about: "Days since the key was created, where the logs or IAM's state tell (exact); else since the first \
                that is known of it, drawn with an open end: it is at least that old. Deleted keys are left out; a key \
                that was neither used nor changed in these logs is not known.",
        command: "keys --sort age_days --columns access_key_id,principal,status,age_days,created_basis,unused_days"
            .to_owned(),
        picture: Picture::Bars(Bars {
            bars: aged.iter().take(KEYS).map(|&(days, key)| bar(days, key)).collect(),
            unit: "days",
            limit: Some((limit, quantity(limit.unsigned_abs(), "day"))),
            open: "at least: no record of its creation",
        }),
        left_out: (more > 0).then(|| format!("{} not drawn: the table has them", quantity(more as u64, "more key"))),
    }]
}

fn bar(days: i64, key: &Key<'_>) -> Bar {
    let facts = &key.facts;
    let is_open = facts.known_creation().is_none();
    let status = facts.status.map_or("unknown", KeyStatus::as_str);
    let unused = key.unused_days.filter(|&days| days > 0).map(|days| format!(", unused for {}", told(days)));
    let unused = unused.unwrap_or_default();
    let least = if is_open { "at least " } else { "" };
    Bar {
        label: facts.id.to_owned(),
        note: format!("{} · {status}{unused}", short_name(facts.owner)),
        length: days,
        is_open,
        told: format!("{} of {}: {least}{} old, {status}{unused}", facts.id, facts.owner, told(days)),
    }
}

fn told(days: i64) -> String {
    quantity(days.unsigned_abs(), "day")
}
