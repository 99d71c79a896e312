//! The order in which a framing is called, written once: a side drives its connections with it, and so
//! do torture, fuzzing and the tests, which therefore try the order that is measured.
//!
//! Incoming bytes stand in an [`ReceiveBuffer`]. [`drive`] tells the framing of an [`Event`] as often as it
//! asks for, and hands what each call has found to a [`Receiver`]. For the outgoing direction,
//! [`encode`] appends one frame, and [`HeldBack`] keeps the messages that the framing's gate does not
//! let through yet. A datagram is decoded by itself: [`all`].

mod datagram;
mod held;
mod receive;
mod receive_buffer;
mod send;

pub use datagram::all;
pub use held::{Held, HeldBack};
pub use receive::{Event, Receiver, drive};
pub use receive_buffer::ReceiveBuffer;
pub use send::{Encoded, encode};
