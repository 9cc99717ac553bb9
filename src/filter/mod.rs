//! Which events are counted, beside the window: the user's criteria.

mod criteria;

pub use criteria::{Criteria, FilterError, Filters};
