//! What several fuzz targets share.

use std::cell::RefCell;
use std::io::{Cursor, Write};
use std::sync::LazyLock;

use ahash::RandomState;
use tempfile::NamedTempFile;
use trailscan::aggregate::State;
use trailscan::decode::{Aside, Decoder, Lost, Sink};
use trailscan::model::Event;
use trailscan::posture::{NamedFile, Places, Posture, StateKind};
use trailscan::report::{Options, REPORTS, Report, View};

/// Equal in every run, so that what is found once is found again.
pub const HASHED_WITH: RandomState = RandomState::with_seeds(1, 2, 3, 4);

/// The longest record that is taken; small, so that records of more are met.
pub const MOST_RECORD_BYTES: usize = 1 << 12;

/// What a decoder gave, in order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Given {
    pub events: Vec<String>,
    pub fingerprints: Vec<u64>,
    pub malformed: u64,
    pub broken: u64,
    pub asides: Vec<Aside>,
}

impl Sink for Given {
    type Note = ();

    fn coming(&mut self, _: &str, _: &str) {}

    fn event(&mut self, event: &Event<'_>, fingerprint: u64, (): ()) {
        let (id, time, name, error) = (event.event_id, event.event_time, event.event_name, event.error_code);
        self.events.push(format!("{id:?} {time:?} {name:?} {error:?} {:?} {}", *event.user_identity, event.record));
        self.fingerprints.push(fingerprint);
    }

    fn broken_part(&mut self) {
        self.broken += 1;
    }

    fn of_ocsf(&mut self, _: Lost) {}

    fn malformed(&mut self) {
        self.malformed += 1;
    }

    fn aside(&mut self, kind: Aside) {
        self.asides.push(kind);
    }
}

/// A new decoder.
pub fn decoder(carves: bool) -> Decoder {
    Decoder::new(HASHED_WITH, MOST_RECORD_BYTES).carving(carves)
}

/// Reads a file of IAM's state that is named as one of that kind, and answers all reports that read state.
pub fn answer_of_state(kind: StateKind, bytes: &[u8]) {
    let path = "state".into();
    let places = Places { files: vec![NamedFile { kind, account_id: None, path }], ..Places::default() };
    let copy = bytes.to_vec();
    let posture = Posture::load_by(&places, &move |_| Ok(Box::new(Cursor::new(copy.clone()))));
    assert_eq!(posture.files.len(), 1, "a file is read, or told");
    // `permissions` unpacks a table of its own for each answer, which is all that would be measured here.
    for report in REPORTS.iter().copied().filter(|report| report.reads_state() && report.name != "permissions") {
        answer(report, &State::new(report.needs), Some(&posture));
    }
}

/// Answers a report, with default options.
pub fn answer(report: &'static Report, state: &State, posture: Option<&Posture>) {
    static OPTIONS: LazyLock<Options> = LazyLock::new(Options::default);
    let view = View { posture, ..View::new(state, &OPTIONS) };
    let answer = (report.answer)(&view);
    for row in &answer.rows {
        assert_eq!(row.len(), answer.columns.len(), "{}: a value for every column", report.name);
    }
    report.charts_of(&view);
}

/// Calls `work` with a file that holds `bytes`; one file for all calls of a thread.
pub fn with_file<T>(bytes: &[u8], work: impl FnOnce(&std::path::Path) -> T) -> T {
    thread_local! {
        static FILE: RefCell<NamedTempFile> = RefCell::new(NamedTempFile::new().expect("a temporary file"));
    }
    FILE.with_borrow_mut(|file| {
        file.as_file().set_len(0).expect("it can be emptied");
        let mut writer = file.reopen().expect("it can be opened");
        writer.write_all(bytes).expect("it can be written");
        work(file.path())
    })
}
