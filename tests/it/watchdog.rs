//! Ends all tests when one of them waits for what never comes, with the name of that one.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, Once, PoisonError};
use std::time::{Duration, Instant};

use crate::harness::loudly;

/// The longest that a test may take. One that waits for what never comes ends all tests with its name, instead of holding
/// them up until whoever runs them gives up.
const LONGEST: Duration = Duration::from_secs(20 * 60);

/// The tests that go on: by a number of their own, since when, their name and what they ran last.
static GOING_ON: Mutex<BTreeMap<usize, (Instant, String)>> = Mutex::new(BTreeMap::new());

/// A test that is watched until this goes out of scope.
pub struct Watched(usize);

impl Watched {
    /// From now on.
    pub fn begin() -> Self {
        static NUMBERS: AtomicUsize = AtomicUsize::new(0);
        static WATCH: Once = Once::new();
        WATCH.call_once(|| drop(std::thread::spawn(watch)));
        let number = NUMBERS.fetch_add(1, Ordering::Relaxed);
        going_on().insert(number, (Instant::now(), test_name()));
        Self(number)
    }

    /// Says what is run now.
    pub fn runs(&self, command: &Command) {
        if let Some((_, told)) = going_on().get_mut(&self.0) {
            *told = format!("{}: {command:?}", test_name());
        }
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        going_on().remove(&self.0);
    }
}

fn going_on() -> MutexGuard<'static, BTreeMap<usize, (Instant, String)>> {
    GOING_ON.lock().unwrap_or_else(PoisonError::into_inner)
}

fn test_name() -> String {
    std::thread::current().name().unwrap_or("a test").to_owned()
}

fn watch() {
    loop {
        std::thread::sleep(Duration::from_secs(5));
        let late: Vec<String> =
            going_on().values().filter(|(begun, _)| begun.elapsed() > LONGEST).map(|(_, told)| told.clone()).collect();
        if !late.is_empty() {
            loudly(&format!("never ends: {}", late.join("\n")));
            std::process::exit(101);
        }
    }
}
