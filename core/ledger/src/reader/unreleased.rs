//! What has been read of the ring and not been released, as it stands there.

use std::collections::VecDeque;

/// A stretch of the ring: a record, a note or a pad.
#[derive(Debug, Clone, Copy)]
pub(super) struct Stretch {
    /// Ring position behind it.
    pub(super) end: u64,
    /// Nobody needs it any more.
    pub(super) done: bool,
    /// The session whose record it is.
    pub(super) session: u32,
}

/// The stretches between the tail and the reading position. Each is known by its order: how many
/// stood before it since the start.
#[derive(Debug, Default)]
pub(super) struct Unreleased {
    stretches: VecDeque<Stretch>,
    /// The order of the first.
    first: u64,
}

impl Unreleased {
    /// How many there are.
    #[inline(always)]
    pub(super) fn len(&self) -> usize {
        self.stretches.len()
    }

    /// The order of the next stretch.
    #[inline]
    pub(super) fn next_order(&self) -> u64 {
        self.first + self.stretches.len() as u64
    }

    /// The stretch at the tail, and its order.
    #[inline]
    pub(super) fn front(&self) -> Option<(u64, Stretch)> {
        Some((self.first, *self.stretches.front()?))
    }

    /// One more has been read.
    #[inline]
    pub(super) fn push(&mut self, stretch: Stretch) {
        self.stretches.push_back(stretch);
    }

    /// The stretch is the record of another session now.
    #[inline]
    pub(super) fn assign(&mut self, order: u64, session: u32) {
        self.stretches[(order - self.first) as usize].session = session;
    }

    /// Nobody needs the stretch any more; true when it stands at the tail.
    #[inline]
    pub(super) fn done(&mut self, order: u64) -> bool {
        let place = (order - self.first) as usize;
        self.stretches[place].done = true;
        place == 0
    }

    /// Drops what is done at the tail; returns the position behind it.
    #[inline]
    pub(super) fn release(&mut self) -> Option<u64> {
        let mut end = None;
        while let Some(stretch) = self.stretches.front().filter(|stretch| stretch.done) {
            end = Some(stretch.end);
            self.stretches.pop_front();
            self.first += 1;
        }
        end
    }
}
