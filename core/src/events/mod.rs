//! What happens in a run, a line of JSON each, as it happens: schema `wirebench.events/1`.
//!
//! The lines of a scenario hold its whole result, so that everything that is made of a result can be made of them
//! as well: [`replay`] reads them.

mod replay;
mod write;

pub use replay::{Replay, Replayed, replay};
pub use write::{Event, Of, Planned, write, write_result};

/// The schema of the lines.
pub const SCHEMA: &str = "wirebench.events/1";
