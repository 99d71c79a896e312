//! How far a side has read each session, in its shared memory: what a sender in lock-step waits for.

use super::region::{AT_PROGRESS, Region};
use crate::link::LOCK_STEP_SESSIONS;
use std::sync::atomic::Ordering;

/// Bits of an entry that count bytes; the others tell whose they are.
const COUNT_BITS: u32 = 40;

/// Says that everything of `session` up to `offset` has been read and decoded. Owners only.
#[inline]
pub fn publish(own: &Region, session: u32, offset: u64) {
    let entry = tag(session) | (offset & mask());
    own.atomic(place(session)).store(entry, Ordering::Release);
}

/// Up to where the owner of `peer` has read `session`; 0 when it has not said so, or when a later
/// session has taken the place. A terabyte goes round.
#[inline]
pub fn read(peer: &Region, session: u32) -> u64 {
    let entry = peer.atomic(place(session)).load(Ordering::Acquire);
    if entry & !mask() == tag(session) { entry & mask() } else { 0 }
}

fn place(session: u32) -> usize {
    AT_PROGRESS + session as usize % LOCK_STEP_SESSIONS * 8
}

fn mask() -> u64 {
    (1 << COUNT_BITS) - 1
}

fn tag(session: u32) -> u64 {
    u64::from(session) << COUNT_BITS
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::region::create;

    #[test]
    fn a_session_is_known_as_far_as_it_was_read_until_another_takes_its_place() {
        let fds = create(4_096).unwrap();
        let owner = Region::map_owner(&fds.owner).unwrap();
        let peer = Region::map_reader(&fds.reader).unwrap();
        assert_eq!(read(&peer, 5), 0);
        publish(&owner, 5, 1_234);
        publish(&owner, 6, 7);
        assert_eq!((read(&peer, 5), read(&peer, 6)), (1_234, 7));
        publish(&owner, 5 + LOCK_STEP_SESSIONS as u32, 9);
        assert_eq!(read(&peer, 5), 0);
    }
}
