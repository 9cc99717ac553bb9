//! Whether the run ends before its time.

use std::sync::atomic::AtomicBool;

/// Set by the first Ctrl-C.
pub static STOP: AtomicBool = AtomicBool::new(false);

/// Set when the process is about to leave without an answer.
pub static LEAVING: AtomicBool = AtomicBool::new(false);
