//! What the two sides of a round share: the ledgers of both directions, and the doorbells.

use crate::net::memfd::{self, RegionFds};
use crate::side::spec::Role;
use nix::sys::eventfd::{EfdFlags, EventFd};
use std::io;
use std::os::fd::{AsFd, BorrowedFd};

/// One ledger a direction, and one doorbell a side. The sides get the descriptors; nothing of it is
/// left when they and this are gone.
pub(super) struct SharedLedgers {
    /// Written by the client.
    requests: RegionFds,
    /// Written by the server.
    replies: RegionFds,
    /// What wakes the client, and what wakes the server.
    doorbells: [EventFd; 2],
}

impl SharedLedgers {
    /// Ledgers with rings of `ring_bytes`; 0 for a side alone, which writes nothing to them.
    pub(super) fn new(ring_bytes: usize) -> io::Result<Self> {
        let doorbell = || EventFd::from_flags(EfdFlags::EFD_NONBLOCK | EfdFlags::EFD_CLOEXEC);
        Ok(Self {
            requests: memfd::create(ring_bytes)?,
            replies: memfd::create(ring_bytes)?,
            doorbells: [doorbell()?, doorbell()?],
        })
    }

    /// The ledger that `part` writes.
    pub(super) fn ledger_of(&self, role: Role) -> &RegionFds {
        match role {
            Role::Server => &self.replies,
            Role::Client => &self.requests,
        }
    }

    /// What `part` gets with its first order, in the order that it expects.
    pub(super) fn descriptors_for(&self, role: Role) -> [BorrowedFd<'_>; 4] {
        let (own, other) = (self.ledger_of(role), self.ledger_of(role.other()));
        let [to_client, to_server] = &self.doorbells;
        [own.owner.as_fd(), other.reader.as_fd(), to_client.as_fd(), to_server.as_fd()]
    }
}
