//! Reads that wait for something to come: one call where waiting for an event and reading would be two.

use super::{Endpoint, Sockets};
use crate::engine::Lone;
use socket2::Socket;
use std::io;
use std::time::Duration;

/// How long a read waits at most, in nanoseconds. Whoever is late for something else is so by this, and
/// what the kernel rounds it up by: some 8 ms where it counts time in 4 ms.
pub(in crate::side) const LONGEST_WAIT: u64 = 10_000_000;

/// Which socket may wait, and whether its next read does.
#[derive(Default)]
pub(super) struct Waiting {
    /// The socket that waits where a call does not ask it not to.
    prepared: Option<Lone>,
    next: bool,
}

impl Waiting {
    /// Flags for a read: it waits if that was asked for since the last one.
    #[inline]
    pub(super) fn flags(&mut self) -> libc::c_int {
        if std::mem::take(&mut self.next) { 0 } else { libc::MSG_DONTWAIT }
    }

    /// The socket in this slot is closed.
    #[inline]
    pub(super) fn closed(&mut self, slot: usize) {
        if self.prepared == Some(Lone::Connection(slot)) {
            *self = Self::default();
        }
    }
}

impl Sockets {
    /// The next read from this socket, which is the next call, waits for [`LONGEST_WAIT`]. False: it
    /// cannot.
    #[inline]
    pub(in crate::side) fn wait_in_next_read(&mut self, of: Lone) -> bool {
        if self.waiting.prepared != Some(of) && !self.prepare_waiting(of) {
            return false;
        }
        self.waiting.next = true;
        true
    }

    #[cold]
    fn prepare_waiting(&mut self, of: Lone) -> bool {
        let socket = match of {
            Lone::Connection(slot) => match self.endpoints.get(slot) {
                Some(Some(Endpoint::Own(socket))) => Some(socket),
                _ => None,
            },
            Lone::Datagrams => self.listener.as_ref(),
        };
        let prepared = socket.is_some_and(|socket| waits(socket).is_ok());
        self.waiting.prepared = prepared.then_some(of);
        prepared
    }
}

/// A socket whose calls wait, but those that ask it not to.
fn waits(socket: &Socket) -> io::Result<()> {
    socket.set_read_timeout(Some(Duration::from_nanos(LONGEST_WAIT)))?;
    socket.set_nonblocking(false)
}
