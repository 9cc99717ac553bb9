//! Which events are counted: de-duplication (window and filters join here).

mod dedupe;

pub use dedupe::{Dedupe, Sighting};
