//! How far a scan is, on a terminal only.

use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use trailscan::model::grouped;
use trailscan::scan::Meter;

/// How often the bar is drawn anew.
const TICK: Duration = Duration::from_millis(125);
const LISTING: &str = "{spinner} listing the inputs, {elapsed}";
const SCANNING: &str = "{bar:24} {human_pos}/{human_len} objects  {msg}  {elapsed}, {eta} left";

/// Runs `list` under a sign that something is going on.
pub fn listing<T>(shown: bool, list: impl FnOnce() -> T) -> T {
    let bar = bar(shown, None, LISTING);
    bar.enable_steady_tick(TICK);
    let listed = list();
    bar.finish_and_clear();
    listed
}

/// Runs `scan` under a bar that follows its meter to `objects`.
pub fn scanning<T>(shown: bool, objects: usize, meter: &Meter, scan: impl FnOnce() -> T) -> T {
    let bar = bar(shown, Some(objects as u64), SCANNING);
    if bar.is_hidden() {
        return scan();
    }
    let done = AtomicBool::new(false);
    let scanned = std::thread::scope(|scope| {
        let _ending = Ending(&done);
        scope.spawn(|| follow(&bar, meter, &done));
        scan()
    });
    bar.finish_and_clear();
    scanned
}

/// Ends the following, also when the scan panics: a scope waits for its threads.
struct Ending<'a>(&'a AtomicBool);

impl Drop for Ending<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

fn follow(bar: &ProgressBar, meter: &Meter, done: &AtomicBool) {
    let start = Instant::now();
    while !done.load(Ordering::Relaxed) {
        let bytes = meter.bytes_json.load(Ordering::Relaxed);
        let events = meter.events.load(Ordering::Relaxed);
        bar.set_length(meter.objects.load(Ordering::Relaxed));
        bar.set_position(meter.objects_done.load(Ordering::Relaxed));
        bar.set_message(rate(bytes, events, start.elapsed()));
        std::thread::sleep(TICK);
    }
}

/// `812 MB/s of JSON, 1,200,345 events`.
fn rate(bytes: u64, events: u64, elapsed: Duration) -> String {
    let megabytes = bytes as f64 / 1e6 / elapsed.as_secs_f64().max(0.001);
    format!("{megabytes:.0} MB/s of JSON, {} events", grouped(events))
}

/// A bar on stderr; hidden where that is no terminal.
fn bar(shown: bool, length: Option<u64>, template: &'static str) -> ProgressBar {
    let target = if shown { ProgressDrawTarget::stderr() } else { ProgressDrawTarget::hidden() };
    let bar = ProgressBar::with_draw_target(length, target);
    match ProgressStyle::with_template(template) {
        Ok(style) => bar.with_style(style.progress_chars("=> ")),
        Err(_) => bar,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_are_understood() {
        for template in [LISTING, SCANNING] {
            assert!(ProgressStyle::with_template(template).is_ok(), "{template}");
        }
    }

    #[test]
    fn rates() {
        assert_eq!(rate(500_000_000, 7000, Duration::from_secs(2)), "250 MB/s of JSON, 7,000 events");
        assert_eq!(rate(0, 0, Duration::ZERO), "0 MB/s of JSON, 0 events");
    }

    #[test]
    fn the_scan_gives_what_it_gives() {
        assert_eq!(scanning(false, 1, &Meter::default(), || 7), 7);
        assert_eq!(listing(false, || 8), 8);
    }
}
