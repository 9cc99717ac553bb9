//! In JSON, how an answer differs from an earlier one: a member of the document, and members of each finding.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::Told;
use crate::model::EventTime;
use crate::report::{Finding, FirstSeen, Gone, News, Seen, Severity};

/// `since_baseline` of a document.
pub(super) struct Since<'a>(pub(super) &'a News);

/// The logs of the earlier answer.
#[derive(serde::Serialize)]
struct Logs<'a> {
    since: Option<EventTime>,
    until: Option<EventTime>,
    first_event: Option<EventTime>,
    last_event: Option<EventTime>,
    accounts: Vec<&'a str>,
    regions: Vec<&'a str>,
    partial: bool,
}

#[derive(serde::Serialize)]
struct GoneFinding<'a> {
    #[serde(flatten)]
    finding: &'a Finding,
    cause: &'static str,
    why: &'a str,
}

/// The things of one kind.
#[derive(serde::Serialize)]
struct Things<'a> {
    kind: &'static str,
    report: &'static str,
    seen: Vec<Thing<'a>>,
    not_covered: usize,
    not_covered_because: Option<&'a str>,
}

/// A thing by the columns that name it.
struct Thing<'a>(&'a FirstSeen, &'a Seen);

impl Serialize for Since<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let (news, counts) = (self.0, self.0.counts);
        let mut since = serializer.serialize_map(None)?;
        since.serialize_entry("baseline", &news.source)?;
        since.serialize_entry("trailscan", &news.version)?;
        since.serialize_entry("logs", &Logs::of(news))?;
        for (name, count) in [
            ("new", counts.new),
            ("worse", counts.worse),
            ("better", counts.better),
            ("same", counts.same),
            ("not_covered", counts.not_covered),
        ] {
            since.serialize_entry(name, &count)?;
        }
        since.serialize_entry("caveats", &news.caveats)?;
        since.serialize_entry("gone", &news.gone.iter().map(GoneFinding::of).collect::<Vec<_>>())?;
        since.serialize_entry("first_seen", &news.first_seen.iter().map(Things::of).collect::<Vec<_>>())?;
        since.end()
    }
}

impl<'a> Logs<'a> {
    fn of(news: &'a News) -> Self {
        let reach = &news.reach;
        Self {
            since: reach.window.map(|window| window.since()),
            until: reach.window.map(|window| window.until()),
            first_event: reach.first_event,
            last_event: reach.last_event,
            accounts: reach.accounts.iter().map(String::as_str).collect(),
            regions: reach.regions.iter().map(String::as_str).collect(),
            partial: reach.is_partial,
        }
    }
}

impl<'a> GoneFinding<'a> {
    fn of(gone: &'a Gone) -> Self {
        Self { finding: &gone.finding, cause: gone.cause.as_str(), why: &gone.why }
    }
}

impl<'a> Things<'a> {
    fn of(first: &'a FirstSeen) -> Self {
        Self {
            kind: first.kind,
            report: first.report,
            seen: first.seen.iter().map(|seen| Thing(first, seen)).collect(),
            not_covered: first.not_covered,
            not_covered_because: first.because.as_deref(),
        }
    }
}

impl Serialize for Thing<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let Self(first, seen) = self;
        let mut thing = serializer.serialize_map(None)?;
        for (column, value) in first.columns.iter().zip(&seen.name) {
            thing.serialize_entry(column, value)?;
        }
        if let Some(of) = &seen.of {
            thing.serialize_entry("of", of)?;
        }
        thing.serialize_entry("first_seen", &seen.first_seen)?;
        thing.end()
    }
}

/// A finding as it is; with `since_baseline` where there is a baseline, then `severity_before`, `better_because` and
/// `not_covered_because` where they say something.
impl Serialize for Told<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(serde::Serialize)]
        struct Standing<'a> {
            #[serde(flatten)]
            finding: &'a Finding,
            since_baseline: &'static str,
            #[serde(skip_serializing_if = "Option::is_none")]
            severity_before: Option<Severity>,
            #[serde(skip_serializing_if = "Option::is_none")]
            better_because: Option<&'a str>,
            #[serde(skip_serializing_if = "Option::is_none")]
            not_covered_because: Option<&'a str>,
        }
        let Self { finding, standing } = *self;
        match standing {
            None => finding.serialize(serializer),
            Some(standing) => Standing {
                finding,
                since_baseline: standing.as_str(),
                severity_before: standing.was(),
                better_because: standing.better_because(),
                not_covered_because: standing.not_covered_because(),
            }
            .serialize(serializer),
        }
    }
}
