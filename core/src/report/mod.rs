//! The result document for people and for programs. Pure: documents in, text out, except for the
//! [`Progress`] bar, which draws on stderr.

mod axes;
mod columns;
mod conduct;
mod excerpt;
mod hexdump;
mod json;
mod literal;
mod markdown;
mod numbers;
mod progress;
pub mod standalone;
pub mod table;
mod text;
pub mod torture;
pub mod trace;

pub use hexdump::side_by_side;
pub use json::{json, jsonl, jsonl_line};
pub use markdown::markdown;
pub use progress::Progress;
pub(crate) use table::link_setup;
