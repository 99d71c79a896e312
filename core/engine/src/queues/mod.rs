//! What is to be done later: slots that are ready, timers, and memory that is used again.

mod datagram_queue;
mod ready;
mod spare;
mod timers;

pub(crate) use datagram_queue::DatagramQueue;
pub(crate) use ready::ReadySlots;
pub(crate) use spare::Spare;
pub(crate) use timers::Timers;
