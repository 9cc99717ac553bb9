//! An earlier answer as it was written: the members of its JSON that a comparison needs.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Map, Value};

use super::reach::{Asked, Reach};
use crate::model::{EventTime, TimeWindow};

/// A row, by the names of its columns.
pub(super) type Row = Map<String, Value>;

/// The answer of one report, or those of an audit.
#[derive(Debug, Deserialize)]
pub(super) struct Written {
    pub report: Option<String>,
    pub trailscan: String,
    window: Option<Window>,
    #[serde(default)]
    asked: Asked,
    coverage: Coverage,
    #[serde(default)]
    rows: Vec<Row>,
    #[serde(default)]
    rows_total: usize,
    #[serde(default)]
    rows_shown: usize,
    pub reports: Option<BTreeMap<String, Part>>,
    pub findings: Vec<Found>,
    #[serde(default)]
    pub suppressed: usize,
}

/// One report of an audit.
#[derive(Debug, Deserialize)]
pub(super) struct Part {
    pub rows: Vec<Row>,
    pub rows_total: usize,
    pub rows_shown: usize,
}

/// A finding, before its rule is known.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct Found {
    pub severity: String,
    pub rule: String,
    pub account_id: String,
    pub subject: String,
    pub summary: String,
    pub count: i64,
    pub evidence: Map<String, Value>,
}

#[derive(Debug, Deserialize)]
struct Window {
    since: String,
    until: String,
}

#[derive(Debug, Deserialize)]
struct Coverage {
    accounts: BTreeSet<String>,
    regions: BTreeSet<String>,
    first_event: Option<String>,
    last_event: Option<String>,
    events_in_window: u64,
    events_filtered: u64,
    #[serde(default)]
    state_files: Vec<StateFile>,
    #[serde(default)]
    objects_skipped: BTreeMap<String, u64>,
    interrupted: bool,
    /// The counters, among others.
    #[serde(flatten)]
    rest: BTreeMap<String, Value>,
}

#[derive(Debug, Deserialize)]
struct StateFile {
    account_id: Option<String>,
    status: String,
}

/// Counters of which each makes an answer partial.
const UNREAD: [&str; 6] = [
    "objects_damaged",
    "objects_failed",
    "places_failed",
    "malformed_records",
    "broken_records",
    "events_without_time",
];

impl Written {
    /// What it rests on.
    pub fn reach(&self) -> Reach {
        let coverage = &self.coverage;
        let time = |text: &Option<String>| text.as_deref().and_then(EventTime::parse);
        let of_state = coverage.state_files.iter().filter(|file| file.status != "failed");
        Reach {
            accounts: coverage.accounts.clone(),
            regions: coverage.regions.clone(),
            state_accounts: of_state.filter_map(|file| file.account_id.clone()).collect(),
            window: self.window.as_ref().and_then(Window::read),
            first_event: time(&coverage.first_event),
            last_event: time(&coverage.last_event),
            is_partial: coverage.is_partial(self.window.is_some()),
            events_filtered: coverage.events_filtered,
            asked: self.asked.clone(),
        }
    }

    /// Its reports by name, however many it holds.
    pub fn take_parts(&mut self) -> BTreeMap<String, Part> {
        if let Some(parts) = self.reports.take() {
            return parts;
        }
        let rows = std::mem::take(&mut self.rows);
        let part = Part { rows, rows_total: self.rows_total, rows_shown: self.rows_shown };
        self.report.iter().cloned().zip([part]).collect()
    }
}

impl Window {
    fn read(&self) -> Option<TimeWindow> {
        TimeWindow::new(EventTime::parse(&self.since)?, EventTime::parse(&self.until)?).ok()
    }
}

impl Coverage {
    /// As [`Coverage::is_partial`](crate::coverage::Coverage::is_partial) has it, of what is written.
    fn is_partial(&self, has_window: bool) -> bool {
        let unread = UNREAD.iter().any(|counter| self.rest.get(*counter).and_then(Value::as_u64).unwrap_or(0) > 0);
        unread
            || self.objects_skipped.get("archived").is_some_and(|archived| *archived > 0)
            || has_window && self.events_in_window == 0
            || self.interrupted
            || self.state_files.iter().any(|file| file.status != "read")
    }
}
