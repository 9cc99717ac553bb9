//! A scan that keeps its state: by account and day, with a ledger of what was read, so that any days of it answer later
//! as if their logs were read again.
//!
//! Two ways to part what is remembered. Counted events lie in the partition of their account and UTC day. The records
//! that explain others lie in that of the account and day of delivery of their object: a window reads the objects of
//! some days of delivery, whatever days their records are of, and remembers all that these hold. So does a window over a
//! rollup, which then answers as the logs would.

mod cover;
mod ids;
mod keeper;
mod kept_calls;
mod ledger;
mod numbers;
mod planned;
mod roll_up;
mod row;
mod rows;

pub use cover::{Asked, CutDay, Kept};
pub use ids::Ids;
pub use kept_calls::UnkeptCalls;
pub use ledger::Ledger;
pub use planned::PlannedShard;
pub use roll_up::{Rolled, Unit, roll_up, roll_up_unit, see};
pub use row::{ColumnAbout, TableAbout};
pub use rows::{BesideRow, ObjectRow};
pub(in crate::scan) use rows::{DAMAGED, FAILED, READ, SKIPPED};
