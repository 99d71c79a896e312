//! What is to be done later: slots that are ready, timers, and memory that is used again.

mod datagram_queue;
mod ready;
mod spare;
mod timers;

pub(in crate::engine) use datagram_queue::DatagramQueue;
pub(in crate::engine) use ready::ReadySlots;
pub(in crate::engine) use spare::Spare;
pub(in crate::engine) use timers::Timers;
