//! Framings: strategies that turn messages into bytes on a stream and back.
//!
//! Everything here is sans-IO: bytes and time are arguments, nothing is read, written or waited
//! for. One [`Framing`] value holds the state of one connection on one side. The caller's order is
//! always the same, that of [`driver`]:
//!
//! 1. [`Framing::gate`] says whether the next message may be encoded now.
//! 2. [`Framing::encode`] turns that message into wire bytes.
//! 3. After each read, [`Framing::feed`] gets *all* bytes not yet consumed and appends the
//!    messages it finds to a [`Decoded`]; the caller writes the control bytes (acknowledgements and
//!    the like), then handles the messages, then drops what was consumed. Where [`Decoded::again`]
//!    says so, it calls again at once: what comes next asks for control bytes that belong behind
//!    the answers to these messages.
//! 4. At the peer's end of input, [`Framing::end_of_input`] says what the rest means.
//! 5. When [`Framing::deadline`] passes, [`Framing::timeout`] is called.
//!
//! Bytes that break a rule end the decoding with a [`DecodeError`], unless the framing resynchronises
//! ([`Capabilities::resynchronises`]): then they are dropped, told in [`Decoded::dropped`], and decoding
//! goes on at the next boundary.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod capabilities;
mod decoded;
pub mod driver;
mod dropped;
mod error;
mod frame_writer;
mod framing;
pub mod misfit;
mod role;

pub use capabilities::{Alphabet, Capabilities};
pub use decoded::{Decoded, Frame};
pub use driver::all;
pub use dropped::{Dropped, MAX_DROPPED};
pub use error::{DecodeError, EncodeError};
pub use frame_writer::FrameWriter;
pub use framing::{Framing, Gate};
pub use role::Role;

/// Nanoseconds on the clock that both sides share.
pub type Nanos = u64;

/// The examples of the README.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
