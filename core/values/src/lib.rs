//! Sizes, times, shares and rates as people write them: `"4 KiB"`, `"200ms"`, `"25%"`, `"1 MiB/s"`, `"20k/s"`.
//!
//! Scenarios, framings, handlers and the command line all read them here, so that each takes the
//! same forms, and refuses the same mistakes in the same words. What a value may be where it stands
//! is the reader's to say: see `within`. A name that does not exist is answered by the nearest that
//! does: see [`similar`].
//!
//! The arithmetic is exact. What is not a whole number of bytes or nanoseconds is refused instead of
//! rounded.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod exact;
mod grammar;
mod reader;
mod similar;
mod text;
mod wrong;

pub use grammar::Written;
pub use similar::similar;
pub use wrong::Wrong;

use reader::Reader;
use std::time::Duration;

/// A number that is written with a unit: how it is read, bounded and deserialised.
macro_rules! value {
    ($(#[$about:meta])* $name:ident: $grammar:ident) => {
        $(#[$about])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub struct $name(u64);

        impl $name {
            /// Reads what somebody wrote.
            pub fn read(written: &Written<'_>) -> Result<Self, Wrong> {
                grammar::$grammar.read(written).map(Self)
            }

            /// A regular expression for its text, to stand within others: what is read matches it,
            /// and little else does.
            pub fn pattern() -> String {
                grammar::$grammar.pattern()
            }

            /// The value itself, if it is neither below `least` nor above `most`.
            pub fn within(self, least: Self, most: Self) -> Result<Self, Wrong> {
                if (least..=most).contains(&self) {
                    Ok(self)
                } else {
                    Err(Wrong::out_of_range(self, least, most, self.clamp(least, most)))
                }
            }
        }

        /// As on a command line, where no quotes tell a number from text.
        impl std::str::FromStr for $name {
            type Err = Wrong;

            fn from_str(word: &str) -> Result<Self, Wrong> {
                grammar::$grammar.read_word(word).map(Self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
                from.deserialize_any(Reader(Self::read))
            }
        }
    };
}

value! {
    /// A number of bytes: `"64 B"`, `"1.5 KiB"`, `"4 kB"`, or `4096`.
    Size: SIZE
}

value! {
    /// A time: `"200ms"`, `"1.5 s"`. A bare number is none: it could be seconds, or milliseconds.
    Span: SPAN
}

value! {
    /// A part of all: `"25%"`, or `0.25`.
    Share: SHARE
}

value! {
    /// Bytes a second: `"64 KiB/s"`.
    Rate: RATE
}

value! {
    /// How often something happens: `"20k/s"`, `"0.5/s"`.
    Frequency: FREQUENCY
}

impl Frequency {
    /// A number of thousandths a second.
    pub const fn from_thousandths(thousandths: u64) -> Self {
        Self(thousandths)
    }

    /// In thousandths a second.
    pub const fn thousandths(self) -> u64 {
        self.0
    }
}

impl Size {
    /// A number of bytes.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// In bytes.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

impl Span {
    /// A number of nanoseconds.
    pub const fn from_ns(ns: u64) -> Self {
        Self(ns)
    }

    /// In nanoseconds.
    pub const fn ns(self) -> u64 {
        self.0
    }

    /// As the standard library has it.
    pub const fn duration(self) -> Duration {
        Duration::from_nanos(self.0)
    }
}

impl Share {
    /// None of it.
    pub const NONE: Self = Self(0);
    /// All of it.
    pub const ALL: Self = Self(Self::PARTS);

    /// The parts that are all: shares are counted in 10^-18, so that each way to write one is exact.
    pub const PARTS: u64 = 1_000_000_000_000_000_000;

    /// In [parts](Self::PARTS).
    pub const fn parts(self) -> u64 {
        self.0
    }

    /// From 0 to 1.
    pub const fn fraction(self) -> f64 {
        self.0 as f64 / Self::PARTS as f64
    }
}

impl Rate {
    /// A number of bytes a second.
    pub const fn from_bytes(bytes: u64) -> Self {
        Self(bytes)
    }

    /// In bytes a second.
    pub const fn bytes(self) -> u64 {
        self.0
    }
}

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;

#[cfg(test)]
mod tests;
