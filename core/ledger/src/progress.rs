//! How far a side has read each session, in its region: what a sender in lock-step waits for.

use super::region::Region;
use std::sync::atomic::Ordering;

/// Bits of an entry that count bytes; the others tell whose they are.
const COUNT_BITS: u32 = 40;

/// Says that everything of `session` up to `offset`, in bytes, has been read and decoded. Owners only.
#[inline]
pub fn publish(own: &Region, session: u32, offset: u64) {
    let entry = tag(session) | (offset & mask());
    own.progress(session).store(entry, Ordering::Release);
}

/// Up to which byte the owner of `peer` has read `session`; 0 when it has not said so, or when a later
/// session has taken the place. A terabyte goes round.
#[inline]
pub fn read(peer: &Region, session: u32) -> u64 {
    let entry = peer.progress(session).load(Ordering::Acquire);
    if entry & !mask() == tag(session) { entry & mask() } else { 0 }
}

fn mask() -> u64 {
    (1 << COUNT_BITS) - 1
}

fn tag(session: u32) -> u64 {
    u64::from(session) << COUNT_BITS
}

#[cfg(test)]
mod tests {
    use super::super::{Layout, Tables};
    use super::*;
    use wirebench_link::LOCK_STEP_SESSIONS;

    #[test]
    fn a_session_is_known_as_far_as_it_was_read_until_another_takes_its_place() {
        for tables in [Tables::SMALL, Tables::SHARED] {
            let region = Region::in_memory_with(Layout::new(tables, 4_096));
            assert_eq!(read(&region, 5), 0);
            publish(&region, 5, 1_234);
            publish(&region, 6, 7);
            assert_eq!((read(&region, 5), read(&region, 6)), (1_234, 7));
            publish(&region, 5 + LOCK_STEP_SESSIONS as u32, 9);
            assert_eq!(read(&region, 5), 0);
        }
    }
}
