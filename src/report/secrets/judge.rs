//! What so many secrets mean: who reads them, and what these logs know of it.

use std::collections::{BTreeMap, BTreeSet};

use super::bulk::{BULKS, Peak, days_with};
use super::reader::Reader;
use crate::aggregate::principals::Principals;
use crate::model::{Arn, EventTime};
use crate::report::{Severity, View};

/// Seconds that have to be known before it shows what is new.
const WEEK: i64 = 7 * 86_400;

/// Calls that list secrets.
const LISTING: [&str; 2] = ["ListSecrets", "DescribeParameters"];

/// How much it matters, and why; no finding without a reason.
#[derive(Clone, Copy)]
pub(super) struct Judged {
    pub severity: Severity,
    pub because: Option<&'static str>,
}

/// What these logs know of principals.
#[derive(Default)]
pub(super) struct Known<'a> {
    /// When each was first seen, in whatever account.
    since: BTreeMap<&'a str, EventTime>,
    /// Those that listed secrets.
    listing: BTreeSet<&'a str>,
}

impl<'a> Known<'a> {
    pub fn of(view: &View<'a>) -> Self {
        let (mut known, symbols) = (Self::default(), view.state.symbols());
        for row in view.state.get::<Principals>().into_iter().flat_map(Principals::rows) {
            let principal = symbols.text(row.principal);
            if row.event_names.iter().any(|(name, _)| LISTING.contains(&symbols.text(name))) {
                known.listing.insert(principal);
            }
            if let Some(first) = row.span.first() {
                let since = known.since.entry(principal).or_insert(first);
                *since = first.min(*since);
            }
        }
        known
    }

    /// Whether the principal was seen a week before that hour, or, of `None`, anybody.
    fn is_week_before(&self, principal: Option<&str>, hour: i32) -> bool {
        let first = match principal {
            Some(principal) => self.since.get(principal),
            None => self.since.values().min(),
        };
        first.is_some_and(|first| first.plus_seconds(WEEK).hour().0 <= hour)
    }
}

/// Of all secrets within 24 hours, and of those among them that are not read all the time.
pub(super) fn judge(
    reader: &Reader<'_>,
    (all, new): (&Peak<'_>, &Peak<'_>),
    least: usize,
    known: &Known<'_>,
) -> Judged {
    if all.secrets.len() < least {
        return Judged { severity: Severity::Info, because: None };
    }
    let (severity, because) = if new.secrets.len() < least {
        (Severity::Info, "it reads these all the time")
    } else if days_with(&reader.secrets, least) >= BULKS {
        (Severity::Info, "it reads as many on five days or more")
    } else if new.secrets.iter().filter(|name| reader.secrets[**name].is_refused()).count() >= least {
        (Severity::Medium, "as many were refused: somebody tried what it may not")
    } else {
        match Arn::parse(reader.principal) {
            Some(arn) if arn.is_role_of_identity_center() => (Severity::Medium, "people seldom need so many"),
            Some(arn) if arn.resource.starts_with("role/") => of_role(reader.principal, new.begin, known),
            _ => (Severity::Medium, "users and root seldom need so many"),
        }
    };
    Judged { severity, because: Some(because) }
}

/// A role that a job has reads as many each night, and logs of a day show one night.
fn of_role(role: &str, begin: i32, known: &Known<'_>) -> (Severity, &'static str) {
    if known.is_week_before(Some(role), begin) {
        (Severity::Medium, "these reads are new to the role")
    } else if known.listing.contains(role) {
        (Severity::Low, "the role listed secrets, too; what keeps them in step or backs them up does so")
    } else if known.is_week_before(None, begin) {
        (Severity::Low, "the role is new in these logs")
    } else {
        (Severity::Info, "these logs do not go back a week before, and a job each night looks the same")
    }
}
