//! Coverage as one line for people and as JSON for programs. What was counted is decided elsewhere.

use std::collections::BTreeSet;

use crate::coverage::{Coverage, StateFileStatus};
use crate::model::{EventTime, TimeWindow, grouped, quantity};

/// The coverage as one JSON object: what lies beside CSV, JSON Lines and Parquet files, and in a Parquet file's footer.
pub fn coverage_json(coverage: &Coverage) -> String {
    // Serialising fails only for maps whose keys are no text and for values that refuse; coverage has neither.
    serde_json::to_string(coverage).expect("numbers, texts and maps keyed by text always have a JSON form")
}

/// One line that says over what the answer speaks, what was left out, and whether anything could not be read:
/// `2,900 events counted in 55 objects (1 skipped: licence), 2023-07-10 11:42 – 12:37 UTC, 1 account, 1 region; nothing
/// failed`.
pub fn coverage_line(coverage: &Coverage, window: Option<TimeWindow>) -> String {
    if coverage.objects_found == 0 && !coverage.state_files.is_empty() {
        let failures = failures(coverage);
        let failed = if failures.is_empty() { "; nothing failed".to_owned() } else { format!("; PARTIAL: {failures}") };
        return format!("no logs; {}{failed}", state(coverage));
    }
    if coverage.objects_found == 0 {
        let failures = failures(coverage);
        let failed = if failures.is_empty() { String::new() } else { format!("; PARTIAL: {failures}") };
        return format!("no log object was found, so nothing was counted{failed}");
    }
    let mut parts = vec![counted(coverage)];
    if let (Some(first), Some(last)) = (coverage.first_event, coverage.last_event) {
        parts.push(format!("{} UTC", span(first, last)));
    }
    if let Some(window) = window {
        parts.push(format!("window {} to {}", moment(window.since()), moment(window.until())));
    }
    for (set, word) in [(&coverage.accounts, "account"), (&coverage.regions, "region")] {
        if !set.is_empty() {
            parts.push(quantity(set.len() as u64, word));
        }
    }
    if !coverage.state_files.is_empty() {
        parts.push(state(coverage));
    }
    let mut line = parts.join(", ");
    let failures = failures(coverage);
    line += &if failures.is_empty() { "; nothing failed".to_owned() } else { format!("; PARTIAL: {failures}") };
    for (title, what) in [("left out", left_out(coverage)), ("note", notes(coverage))] {
        if !what.is_empty() {
            line += &format!("; {title}: {what}");
        }
    }
    line
}

/// `2,900 events counted in 55 objects (1 skipped: licence)`.
fn counted(coverage: &Coverage) -> String {
    let objects = quantity(coverage.objects_read + coverage.objects_damaged, "object");
    let mut aside = Vec::new();
    if coverage.skipped() > 0 {
        let kinds = &coverage.objects_skipped;
        let named = match kinds.len() {
            1 => kinds.keys().cloned().collect(),
            _ => join(kinds.iter().map(|(kind, &n)| Some(format!("{} {kind}", grouped(n))))),
        };
        aside.push(format!("{} skipped: {named}", grouped(coverage.skipped())));
    }
    if coverage.objects_pruned > 0 {
        aside.push(format!("{} not opened, being outside the window", grouped(coverage.objects_pruned)));
    }
    let aside = if aside.is_empty() { String::new() } else { format!(" ({})", aside.join("; ")) };
    format!("{} counted in {objects}{aside}", quantity(coverage.events_counted, "event"))
}

/// `10 files of IAM's state of 2 accounts`.
fn state(coverage: &Coverage) -> String {
    let read = coverage.state_files.iter().filter(|file| file.status != StateFileStatus::Failed);
    let accounts: BTreeSet<&String> = read.clone().filter_map(|file| file.account_id.as_ref()).collect();
    let files = match read.count() {
        1 => "1 file".to_owned(),
        n => format!("{} files", grouped(n)),
    };
    format!("{files} of IAM's state of {}", quantity(accounts.len() as u64, "account"))
}

/// What could not be read; empty when all could.
fn failures(coverage: &Coverage) -> String {
    let some = |n: u64, word, what| (n > 0).then(|| format!("{} {what}", quantity(n, word)));
    let state = |status| coverage.state_files.iter().filter(|file| file.status == status).count() as u64;
    join([
        some(coverage.places_failed, "place", "not listed"),
        some(coverage.objects_failed, "object", "failed"),
        some(coverage.objects_damaged, "object", "damaged"),
        some(coverage.malformed_records, "record", "malformed"),
        some(coverage.broken_records, "record", "not understood whole"),
        some(state(StateFileStatus::Failed), "state file", "failed"),
        some(state(StateFileStatus::Damaged), "state file", "damaged"),
        some(coverage.events_without_time, "event", "without a readable time"),
        some(coverage.archived(), "object", "archived"),
        coverage.window_is_empty.then(|| "nothing in the window".to_owned()),
        (!coverage.not_found.is_empty()).then(|| {
            format!("{} not found", coverage.not_found.iter().map(String::as_str).collect::<Vec<_>>().join(", "))
        }),
        coverage.interrupted.then(|| "interrupted".to_owned()),
    ])
}

/// What must be said before an answer that rests on nothing.
pub(super) fn nothing_read(coverage: &Coverage) -> Option<&'static str> {
    let said = "no event lies in the window: that nothing is found here does not mean that nothing happened";
    coverage.window_is_empty.then_some(said)
}

/// Events that were read and not counted.
fn left_out(coverage: &Coverage) -> String {
    let some = |n: u64, what| (n > 0).then(|| format!("{} {what}", grouped(n)));
    join([
        (coverage.duplicate_events > 0).then(|| quantity(coverage.duplicate_events, "duplicate")),
        some(coverage.events_out_of_window, "outside the window"),
        some(coverage.events_filtered, "filtered"),
    ])
}

/// What the reader should look up in the coverage.
fn notes(coverage: &Coverage) -> String {
    let some = |n: u64, word, what| (n > 0).then(|| format!("{} {what}", quantity(n, word)));
    join([
        some(coverage.logging_changes.len() as u64, "change", "of logging"),
        some(coverage.gaps.len() as u64, "gap", "without logs"),
        some(coverage.conflicting_ids, "event id", "with conflicting content"),
        coverage.verification.as_ref().map(|all| {
            let logs = all.logs;
            format!(
                "{} of {} verified by digests",
                grouped(logs.verified),
                quantity(logs.verified + logs.open(), "log")
            )
        }),
    ])
}

fn join(parts: impl IntoIterator<Item = Option<String>>) -> String {
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// `2023-07-10 11:42 – 12:37`, with the second date only where it differs.
fn span(first: EventTime, last: EventTime) -> String {
    let (first, last) = (minute(first), minute(last));
    match (first.split_once(' '), last.split_once(' ')) {
        _ if first == last => first,
        (Some((day, _)), Some((same, time))) if day == same => format!("{first} – {time}"),
        _ => format!("{first} – {last}"),
    }
}

/// `2023-07-10 11:42`.
fn minute(time: EventTime) -> String {
    let text = time.to_string().replace('T', " ");
    text.get(..16).map_or(text.clone(), str::to_owned)
}

/// An end of a window, no longer than it needs: `2023-07-10`, `2023-07-10 11:42`, `2023-07-10 11:42:18`.
fn moment(time: EventTime) -> String {
    let text = time.to_string().replace('T', " ");
    let text = text.strip_suffix('Z').unwrap_or(&text);
    let text = text.strip_suffix(" 00:00:00").or_else(|| text.strip_suffix(":00")).unwrap_or(text);
    text.to_owned()
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;
    use crate::coverage::{Beside, CoverageFacts, Gap, LoggingChange, StateFile};

    fn at(text: &str) -> EventTime {
        EventTime::parse(text).unwrap()
    }

    #[test]
    fn a_clean_scan() {
        assert_eq!(
            coverage_line(&sample::coverage(), None),
            "2,900 events counted in 55 objects (1 skipped: licence), 2023-07-10 11:42 – 12:37 UTC, 1 account, \
             1 region; nothing failed"
        );
    }

    #[test]
    fn a_scan_where_all_went_wrong() {
        let gap = Gap {
            account: "111122223333".into(),
            region: "eu-west-1".into(),
            from: at("2023-07-10T00:00:00Z").day(),
            to: at("2023-07-11T00:00:00Z").day(),
        };
        let change = LoggingChange { event: "StopLogging".into(), ..LoggingChange::default() };
        let coverage = CoverageFacts {
            objects_found: 1070,
            objects_damaged: 1,
            objects_failed: 2,
            objects_skipped: [("digest".to_owned(), 1000), ("insight".to_owned(), 4)].into(),
            objects_pruned: 8,
            events_out_of_window: 1200,
            events_without_time: 12,
            events_filtered: 5,
            duplicate_events: 1,
            conflicting_ids: 3,
            malformed_records: 1,
            last_event: Some(at("2023-07-12T00:00:09Z")),
            gaps: vec![gap],
            logging_changes: vec![change.clone(), change],
            interrupted: true,
            ..sample::facts()
        };
        let window = TimeWindow::new(at("2023-07-01T00:00:00Z"), at("2023-07-31T10:30:00Z")).unwrap();
        assert_eq!(
            coverage_line(&coverage.into(), Some(window)),
            "2,900 events counted in 56 objects (1,004 skipped: 1,000 digest, 4 insight; 8 not opened, being outside \
             the window), 2023-07-10 11:42 – 2023-07-12 00:00 UTC, window 2023-07-01 to 2023-07-31 10:30, 1 account, \
             1 region; PARTIAL: 2 objects failed, 1 object damaged, 1 record malformed, 12 events \
             without a readable time, interrupted; left out: 1 duplicate, 1,200 outside the window, 5 filtered; note: 2 changes of logging, \
             1 gap without logs, 3 event ids with conflicting content"
        );
    }

    #[test]
    fn nothing_at_all() {
        assert_eq!(coverage_line(&Coverage::default(), None), "no log object was found, so nothing was counted");
        let pruned = CoverageFacts { objects_found: 3, objects_pruned: 3, ..CoverageFacts::default() };
        assert_eq!(
            coverage_line(&pruned.into(), None),
            "0 events counted in 0 objects (3 not opened, being outside the window); nothing failed"
        );
    }

    #[test]
    fn state_with_logs_and_without() {
        let file = |status| StateFile {
            file: "report.csv".to_owned(),
            kind: Some("credential-report"),
            account_id: Some("111122223333".to_owned()),
            as_of: None,
            as_of_basis: "none",
            status,
        };
        let [read, damaged, failed] =
            [StateFileStatus::Read, StateFileStatus::Damaged, StateFileStatus::Failed].map(file);
        let beside = |state_files| Beside { state_files, ..Beside::default() };
        let alone = Coverage::default().with(beside(vec![read.clone(), damaged, failed]));
        assert_eq!(
            coverage_line(&alone, None),
            "no logs; 2 files of IAM's state of 1 account; PARTIAL: 1 state file failed, 1 state file damaged"
        );
        assert!(alone.is_partial());
        let with_logs = sample::coverage().with(beside(vec![read]));
        let line = coverage_line(&with_logs, None);
        assert!(line.contains("1 region, 1 file of IAM's state of 1 account; nothing failed"), "{line}");
    }

    #[test]
    fn each_thing_that_makes_an_answer_partial_is_loud() {
        let set: [fn(&mut CoverageFacts); 6] = [
            |c| c.places_failed = 1,
            |c| c.objects_failed = 1,
            |c| c.objects_damaged = 1,
            |c| c.malformed_records = 1,
            |c| c.broken_records = 1,
            |c| c.interrupted = true,
        ];
        for set in set {
            let mut facts = sample::facts();
            set(&mut facts);
            let coverage = Coverage::from(facts);
            assert!(coverage.is_partial());
            let line = coverage_line(&coverage, None);
            assert!(line.contains("; PARTIAL: ") && !line.contains("nothing failed"), "{line}");
        }
    }

    #[test]
    fn json_has_every_field_of_the_contract() {
        let value: serde_json::Value = serde_json::from_str(&coverage_json(&sample::coverage())).unwrap();
        for field in "objects_found objects_read objects_damaged objects_failed objects_skipped objects_pruned places_failed events \
            events_in_window events_out_of_window events_without_time events_filtered events_counted duplicate_events \
            conflicting_ids malformed_records broken_records bytes_compressed bytes_json accounts regions categories first_event \
            last_event gaps warnings failures logging_changes interrupted"
            .split_whitespace()
        {
            assert!(value.get(field).is_some(), "{field}");
        }
        assert_eq!(value["objects_skipped"]["licence"], 1);
        assert_eq!(value["first_event"], "2023-07-10T11:42:18Z");
    }
}
