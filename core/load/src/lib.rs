//! What is sent, and when: payloads, sizes, intended times and the window of unanswered exchanges. Time is
//! an argument.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod arrivals;
mod exchanges;
mod lanes;
mod named;
mod order;
mod patience;
mod payloads;
pub mod rng;

pub use arrivals::{ArrivalRate, Arrivals, Schedule, Stage};
pub use exchanges::{Counts, End, Ended, ExchangeTable, Finish, Token};
pub use lanes::Lanes;
pub use named::{NamedPayloads, Source};
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

impl Sizes {
    /// The longest, in bytes, of payloads that are made of a seed; `None`: they are made of a file.
    #[inline]
    pub fn longest_seeded(&self) -> Option<u64> {
        match self {
            Self::Constant(size) => Some(*size),
            Self::Cycle(sizes) => Some(sizes.iter().copied().max().unwrap_or(0)),
            Self::Uniform(one, other) => Some(*one.max(other)),
            Self::File(_) | Self::Lines(_) => None,
        }
    }

    /// True when payloads are made of a seed.
    #[inline(always)]
    pub fn are_seeded(&self) -> bool {
        !matches!(self, Self::File(_) | Self::Lines(_))
    }
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
