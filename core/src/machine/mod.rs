//! What the kernel says of this machine, as far as it decides what can be measured on it. Reads `/proc` and
//! `/sys` below a root that tests may choose; what cannot be read or is nonsense is not known, never guessed.

mod affinity;
mod cgroups;
mod root;
mod topology;

pub use affinity::{affinity, run_on};
pub use cgroups::control_groups;
pub use root::Root;
pub use topology::{share_core, siblings};
