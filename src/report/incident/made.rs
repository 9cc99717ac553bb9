//! Which events were made with credentials that a deed made, and not with what was asked about or what that issued.

use ahash::AHashSet;

use super::Event;
use crate::aggregate::Symbols;
use crate::model::{EventTime, quantity};
use crate::report::trace::{Descent, Link};

/// How a line says it.
pub(super) const BY_WHAT_IT_MADE: &str = "by credentials that it made, whoever holds them";

/// Credentials that deeds made, with what was issued to them.
#[derive(Default)]
pub(super) struct Made {
    keys: AHashSet<String>,
    sessions: AHashSet<String>,
    sign_ins: AHashSet<(String, EventTime)>,
}

impl Made {
    /// As events tell them.
    pub fn of(descent: Descent) -> Self {
        let session = |(principal_id, date): (String, EventTime)| format!("{principal_id}@{date}");
        Self {
            keys: descent.access_keys.into_iter().collect(),
            sessions: descent.sessions.into_iter().map(session).collect(),
            sign_ins: descent.sign_ins.into_iter().collect(),
        }
    }

    /// Whether an event was made with one.
    pub fn holds(&self, (place, row): Event<'_>, symbols: &Symbols) -> bool {
        if self.keys.is_empty() && self.sessions.is_empty() && self.sign_ins.is_empty() {
            return false;
        }
        let key = symbols.text(row.access_key_id);
        let is_sign_in = || {
            symbols.text(row.event_name) == "ConsoleLogin"
                && self.sign_ins.contains(&(symbols.text(row.principal).to_owned(), place.time))
        };
        self.keys.contains(key) || key.is_empty() && (self.sessions.contains(&*row.session) || is_sign_in())
    }
}

/// How many credentials deeds made, and how many of the events were made with them; `None` where there are none.
pub(super) fn told(events: usize, links: &[Link]) -> Option<String> {
    let made = links.iter().filter(|link| link.made.as_ref().is_some_and(|made| !made.is_empty())).count();
    let with = if events > 0 { format!("{} with them, ", quantity(events as u64, "event")) } else { String::new() };
    (made > 0).then(|| format!("{} that it made, {with}whoever holds them", quantity(made as u64, "credential")))
}
