//! Giving the ring's memory back, in order: the other side has to wait for what stands at the tail.

use super::super::record::{HEADER, source_of, unpack};
use super::LedgerReader;
use std::sync::atomic::Ordering;

/// What records that block the ring's tail may take of the heap, in bytes.
pub const HEAP_LIMIT: usize = 64 << 20;

impl LedgerReader {
    /// Publishes what has been released, for the other side to use again. Done by itself now and
    /// then; the caller does it when it has nothing more to judge for now.
    #[inline]
    pub fn publish_released(&mut self) {
        if self.published_tail != self.tail {
            self.published_tail = self.tail;
            self.own.released().store(self.tail, Ordering::Release);
        }
    }

    /// Releases everything done at the tail.
    #[inline]
    pub(super) fn advance(&mut self) {
        if let Some(end) = self.unreleased.release() {
            self.tail = end;
        }
        self.publish_released_in_bulk();
    }

    /// Publishes what has been released once it is a sixteenth of the ring: storing for every record
    /// would take the cache line from the other side each time.
    #[inline(always)]
    pub(super) fn publish_released_in_bulk(&mut self) {
        if self.tail - self.published_tail > self.peer.ring_bytes() as u64 / 16 {
            self.publish_released();
        }
    }

    /// Moves records that block the tail to the heap until at most `keep` bytes stay unreleased.
    pub(super) fn move_to_heap(&mut self, keep: u64) {
        while self.position - self.tail > keep {
            let Some((order, stretch)) = self.unreleased.front() else { return };
            if !stretch.done {
                let peer = &self.peer;
                let ring = peer.ring_bytes();
                let room = HEAP_LIMIT - self.heap_bytes;
                let Some(entry) = self.queues.at_order(stretch.session, order) else { return };
                let at = entry.position as usize & (ring - 1);
                let words = peer.header(at);
                // What is named has no bytes of its own.
                let len =
                    if source_of(unpack(&words).0).is_some() { 0 } else { entry.len as usize };
                if HEADER + len > room {
                    return;
                }
                entry.moved = Some(Box::new((words, peer.ring(at + HEADER, len).into())));
                self.heap_bytes += HEADER + len;
                self.unreleased.done(order);
            }
            self.advance();
        }
    }
}
