//! How many connections the server has accepted, so that its client does not fill the listener's queue:
//! where that is full, the kernel drops what comes, and the next attempt is a second away.

use super::region::Region;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// The server's end: what it has accepted.
#[derive(Debug)]
pub struct Admissions {
    own: Arc<Region>,
    count: u64,
}

impl Admissions {
    /// Tells in `own`. Nobody was accepted yet.
    #[inline]
    pub fn new(own: Arc<Region>) -> Self {
        Self { own, count: 0 }
    }

    /// One more connection was taken from the listener's queue.
    #[inline]
    pub fn admit(&mut self) {
        self.count += 1;
        self.own.admitted().store(self.count, Ordering::Release);
    }
}

/// How many connections the owner of `peer` has taken from its listener's queue, as it says: good for when to
/// go on and for nothing else, because anything may stand there.
#[inline]
pub fn admitted(peer: &Region) -> u64 {
    peer.admitted().load(Ordering::Acquire)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_other_side_sees_how_many_were_accepted() {
        let region = Region::in_memory(4_096);
        let mut admissions = Admissions::new(Arc::clone(&region));
        assert_eq!(admitted(&region), 0);
        admissions.admit();
        admissions.admit();
        assert_eq!(admitted(&region), 2);
    }
}
