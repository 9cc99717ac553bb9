//! Any bytes as a log file: read, or named in the coverage, and answered by every report of an audit.
#![no_main]

use std::sync::LazyLock;

use libfuzzer_sys::fuzz_target;
use trailscan::aggregate::AggregateKind;
use trailscan::input::Input;
use trailscan::report::audited;
use trailscan::scan::scan_inputs;

static KINDS: LazyLock<Vec<&AggregateKind>> = LazyLock::new(|| {
    let mut kinds: Vec<&AggregateKind> = audited().flat_map(|report| report.needs).copied().collect();
    kinds.sort_by_key(|kind| kind.name);
    kinds.dedup_by_key(|kind| kind.name);
    kinds
});

fuzz_target!(|bytes: &[u8]| {
    let input = |path: &std::path::Path| Input::Path(path.to_owned());
    let outcome = trailscan_fuzz::with_file(bytes, |path| scan_inputs(&[input(path)], &KINDS)).expect("it is read");
    for report in audited() {
        trailscan_fuzz::answer(report, &outcome.state, None);
    }
});
