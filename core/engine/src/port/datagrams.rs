//! Datagrams: a client's sessions have a socket each, a server's share one.

use super::Streams;
use std::io;

/// Why a datagram was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NotTaken {
    /// The call was interrupted.
    Interrupted,
    /// No more is taken now; it is announced when a socket of its own does.
    Full,
    /// No more is taken now, and nothing announces when it is.
    Busy,
    /// Nobody was there. That may have been said of an earlier datagram.
    Refused,
    /// This one never leaves.
    Never,
}

/// One datagram as it was received.
#[derive(Clone, Copy, Debug)]
pub struct Datagram<'a> {
    /// As much of it as the read took.
    pub bytes: &'a [u8],
    /// How long it was, in bytes: what the read did not take is gone.
    pub whole: usize,
}

impl Datagram<'_> {
    /// True when the read did not take all of it.
    #[inline]
    pub fn is_cut(&self) -> bool {
        self.bytes.len() < self.whole
    }
}

/// Datagrams that were received together.
pub trait Batch {
    /// Where a datagram comes from.
    type Address;

    /// The datagram at `index` of those that came last.
    fn datagram(&self, index: usize) -> Datagram<'_>;

    /// Who has sent it. To be asked once at most.
    fn sender(&mut self, index: usize) -> Self::Address;
}

/// Receiving and sending datagrams.
pub trait Datagrams: Streams {
    /// Where a datagram comes from.
    type Address;
    /// Datagrams that were received together.
    type Batch: Batch<Address = Self::Address>;

    /// Room for datagrams of which `size` bytes are taken each.
    fn batch(size: usize) -> Self::Batch;

    /// Receives datagrams of a slot, or (`None`) those that come to a server; returns how many, and
    /// whether there may be more.
    fn receive(
        &mut self,
        slot: Option<usize>,
        batch: &mut Self::Batch,
    ) -> io::Result<(usize, bool)>;

    /// Sends datagrams of these lengths that stand one after the other in `bytes`, as many as one call
    /// takes; with `alone` only the first. Returns how many were taken; an error is about the first.
    fn send_datagrams(
        &mut self,
        slot: usize,
        bytes: &[u8],
        lengths: impl Iterator<Item = usize>,
        alone: bool,
    ) -> Result<usize, (NotTaken, io::Error)>;

    /// What is to be said of the address of a slot's peer if nothing can be sent there.
    fn about_peer(&self, slot: usize) -> String;

    /// The longest datagram that can be sent, in bytes; known once there is a socket.
    fn longest_datagram(&self) -> usize;

    /// Datagrams that were dropped on arrival; to be asked once all endpoints are closed.
    fn dropped_on_arrival(&self) -> u64;

    /// What went wrong with a datagram, as the kinds of errors are told apart.
    fn kind_of(error: &io::Error) -> String;

    /// The number that stands for an address; `None`: nobody is to be heard, or could be answered,
    /// there.
    fn key(&mut self, address: &Self::Address) -> Option<u64>;

    /// True for the address of a socket that has none.
    fn is_nameless(address: &Self::Address) -> bool;

    /// The number stands for this address from now on.
    fn remember(&mut self, key: u64, address: &Self::Address);

    /// The number stands for nobody any more.
    fn forget(&mut self, key: u64);

    /// What goes to this address.
    fn endpoint_of(address: Self::Address) -> Self::Endpoint;
}
