//! One side alone: `serve`, `drive`, and servers that are not ours.

#[path = "harness/mod.rs"]
mod harness;

#[path = "alone/support.rs"]
mod support;

#[path = "alone/closed.rs"]
mod closed;
#[path = "alone/conduct.rs"]
mod conduct;
#[path = "alone/control.rs"]
mod control;
#[path = "alone/costs.rs"]
mod costs;
#[path = "alone/crashes.rs"]
mod crashes;
#[path = "alone/deserted.rs"]
mod deserted;
#[path = "alone/drive.rs"]
mod drive;
#[path = "alone/driven.rs"]
mod driven;
#[path = "alone/faults.rs"]
mod faults;
#[path = "alone/foreign.rs"]
mod foreign;
#[path = "alone/half_closed.rs"]
mod half_closed;
#[path = "alone/idle.rs"]
mod idle;
#[path = "alone/input.rs"]
mod input;
#[path = "alone/last_answers.rs"]
mod last_answers;
#[path = "alone/link.rs"]
mod link;
#[path = "alone/memory.rs"]
mod memory;
#[path = "alone/removed.rs"]
mod removed;
#[path = "alone/requests.rs"]
mod requests;
#[path = "alone/resident.rs"]
mod resident;
#[path = "alone/said.rs"]
mod said;
#[path = "alone/serve.rs"]
mod serve;
#[path = "alone/shown.rs"]
mod shown;
#[path = "alone/unsendable.rs"]
mod unsendable;
