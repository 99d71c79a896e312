//! What is sent, and when: payloads, sizes and the window of unanswered exchanges. Time is an
//! argument.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod exchanges;
mod order;
mod patience;
mod payloads;
pub mod rng;

pub use exchanges::{Counts, End, Ended, ExchangeTable, Finish, Token};
pub use order::order;
pub use patience::Patience;
pub use payloads::Payloads;

use serde::{Deserialize, Serialize};

/// Sizes of payloads, in bytes.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Sizes {
    /// `"64 B"`.
    Constant(u64),
    /// `["64 B", "1 KiB"]` or `{ from, to, times }` written out: each in turn.
    Cycle(Vec<u64>),
    /// `{ uniform = ["16 B", "1 KiB"] }`: seeded, both ends included.
    Uniform(u64, u64),
    /// `{ file = "…" }`: the content of a file (absolute path).
    File(String),
    /// `{ lines = "…" }`: the lines of a file (absolute path), one after the other.
    Lines(String),
}

/// `load.alphabet`, after `auto` has been resolved for the whole matrix.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum PayloadAlphabet {
    /// Any byte.
    Bytes,
    /// Printable ASCII without line feed.
    Text,
}
