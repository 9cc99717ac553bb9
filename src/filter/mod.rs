//! Which events are counted, beside the window: the user's criteria, and each event once.

mod below;
mod criteria;
mod dedupe;
mod near;

pub use below::Below;
pub use criteria::{Access, Criteria, FilterError, Filters};
pub use dedupe::{Announced, Dedupe, Sighting};
pub use near::{Values, nearest};
