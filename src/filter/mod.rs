//! Which events are counted, beside the window: the user's criteria, and each event once.

mod criteria;
mod dedupe;
mod near;

pub use criteria::{Criteria, FilterError, Filters};
pub use dedupe::{Announced, Dedupe, Sighting};
pub use near::Values;
