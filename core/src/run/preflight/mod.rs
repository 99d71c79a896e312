//! Whether this machine has enough of what the connections of a cell take, told before the first is opened: open
//! files, ports, room in the listener's queue, memory.
//!
//! What a cell needs follows from its settings ([`Need`]), what there is from `/proc` and `/sys` ([`Machine`]), and
//! the [budgets](budgets) from both. What cannot be read is absent, and then nothing is said of it.

mod budget;
mod groups;
mod machine;
mod need;

pub use budget::{Budget, budgets};
pub use machine::Machine;
pub use need::Need;
