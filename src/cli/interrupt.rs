//! Ctrl-C, SIGTERM and a full memory: what ends a run before its time.

use std::fmt::Display;
use std::sync::atomic::Ordering;

use trailscan::scan;

use super::exit::{INTERRUPTED_TWICE, Problem};
use super::stop::{LEAVING, STOP};
use super::{destination, pager, tell};

/// Ends the process where it holds more than it may, whatever it is at.
///
/// # Errors
/// When memory cannot be watched.
pub fn keep_to_memory(most: Option<u64>) -> Result<(), Problem> {
    let Some(most) = most else { return Ok(()) };
    let exceeded = |error: scan::ScanError| {
        if !LEAVING.swap(true, Ordering::Relaxed) {
            let problem = Problem::failed(error);
            tell::line(problem.to_string());
            destination::give_up();
            std::process::exit(problem.code().into());
        }
    };
    scan::watch_memory(most, exceeded).map_err(|error| Problem::failed(format!("cannot watch memory: {error}")))
}

/// The first Ctrl-C ends the reading, and what was read is answered; a second leaves at once. SIGTERM, as supervisors send
/// it, is the same.
///
/// # Errors
/// When signals cannot be listened for.
pub fn listen() -> Result<(), Problem> {
    let failed = |error: &dyn Display| Problem::failed(format!("cannot listen for Ctrl-C: {error}"));
    // Once the answer is there and being read, Ctrl-C is the pager's.
    let pressed = || {
        if !pager::is_paging() {
            interrupted()
        }
    };
    #[cfg(unix)]
    {
        use signal_hook::consts::{SIGINT, SIGTERM};
        let signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM]);
        let mut signals = signals.map_err(|error| failed(&error))?;
        let listen = move || {
            for signal in signals.forever() {
                if signal == SIGTERM { interrupted() } else { pressed() }
            }
        };
        std::thread::Builder::new().name("signals".to_owned()).spawn(listen).map_err(|error| failed(&error))?;
    }
    #[cfg(not(unix))]
    ctrlc::set_handler(pressed).map_err(|error| failed(&error))?;
    Ok(())
}

fn interrupted() {
    // An upload is what comes last: who interrupts that wants no answer.
    if STOP.swap(true, Ordering::Relaxed) || destination::is_being_sent() {
        LEAVING.store(true, Ordering::Relaxed);
        destination::give_up();
        std::process::exit(INTERRUPTED_TWICE);
    }
    tell::line("stopping: answering from what was read so far; Ctrl-C again leaves at once");
}
