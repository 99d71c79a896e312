//! What a side asks of the world, call by call. It is called while a hook runs, so that bytes leave
//! when the handler hands them over and not later: that moment is part of what is measured.
//!
//! A *slot* is the place of a connection in the side. Every call about a slot is about an endpoint that
//! was attached to it and not closed yet.

mod connections;
mod datagrams;
mod streams;
mod surroundings;

pub use connections::{Accepted, Connected, Connecting, Connections};
pub use datagrams::{Batch, Datagram, Datagrams, NotTaken};
pub use streams::Streams;
pub use surroundings::{Letter, Surroundings};

use super::stats::Snapshot;
use wirebench_measure::Usage;

/// The world as one side of a round needs it.
pub trait Port: Streams + Connections + Datagrams + Surroundings {
    /// The time on the clock that both sides share, in nanoseconds.
    fn now(&self) -> u64;

    /// What the side has cost so far; `messages` is how many it has sent and received.
    fn usage(&self, messages: u64) -> Snapshot;

    /// What it has cost between two such moments.
    fn used(&self, before: &Snapshot, after: &Snapshot) -> Usage;

    /// Wakes the other side, so that it looks at what stands in shared memory.
    fn wake_peer(&mut self);

    /// The other side has woken this one: what follows wakes it anew.
    fn woken(&mut self);
}
