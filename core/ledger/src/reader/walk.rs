//! Along the ring, record by record: looked at in place, or queued for their sessions.

use super::super::record::{
    HEADER, KIND_DAMAGE, KIND_FAULT, KIND_MESSAGE, KIND_PAD, footprint, is_sealed, unpack,
    unpack_fault,
};
use super::LedgerReader;
use super::queues::Entry;
use super::unreleased::Stretch;
use std::sync::atomic::Ordering;
use wirebench_judge::RecordHead;

/// Faults that wait to be asked for, at most.
const MAX_FAULTS: usize = 1 << 17;

/// The record at the reading position.
#[derive(Debug, Clone, Copy)]
pub(super) struct Front {
    pub(super) session: u32,
    /// Where its message stands in the ring, and how many bytes it has.
    pub(super) at: usize,
    pub(super) len: usize,
    /// Position behind it.
    pub(super) end: u64,
}

impl LedgerReader {
    /// Queues the next record of the ring; returns its session (0 for pads and notes).
    #[inline]
    pub(super) fn queue_next(&mut self) -> Option<u32> {
        if self.broken.get().is_some() {
            return None;
        }
        if !self.has_unread() {
            return None;
        }
        match self.queue_next_checked(self.head) {
            Ok(session) => Some(session),
            Err(what) => {
                let _ = self.broken.set(what);
                None
            }
        }
    }

    /// True when something stands behind the reading position.
    #[inline(always)]
    fn has_unread(&mut self) -> bool {
        self.position != self.head || self.position != self.published()
    }

    /// What the other side has published by now.
    #[inline(always)]
    pub(super) fn published(&mut self) -> u64 {
        self.head = self.peer.published().load(Ordering::Acquire);
        self.head
    }

    /// The record at the reading position, if it is a whole message of `session` and nothing is
    /// queued. Everything else, broken rings too, is [queued](Self::queue_next) first.
    #[inline(always)]
    pub(super) fn look_at_front(&mut self, session: u32) -> Option<(Front, RecordHead)> {
        if self.queues.entries() + self.unreleased.len() != 0 || !self.has_unread() {
            return None;
        }
        let ring = self.peer.ring_bytes();
        let available = self.head.wrapping_sub(self.position);
        let at = self.position as usize & (ring - 1);
        let words = self.peer.header(at);
        let (kind, head) = unpack(&words);
        let len = head.len as usize;
        let bytes = footprint(len);
        let sound = available <= ring as u64 && bytes as u64 <= available && bytes <= ring - at;
        let sound = sound && is_sealed(&words, self.position);
        if kind != KIND_MESSAGE || head.session != session || !sound || self.broken.get().is_some()
        {
            return None;
        }
        let end = self.position + bytes as u64;
        Some((Front { session, at: at + HEADER, len, end }, head))
    }

    fn queue_next_checked(&mut self, head: u64) -> Result<u32, String> {
        let ring = self.peer.ring_bytes();
        let available = head.wrapping_sub(self.position);
        // What is read but not released stands in the ring too. Without that, a writer that does not
        // wait for its release could have us queue records without end.
        let taken = head.wrapping_sub(self.tail);
        if available.max(taken) > ring as u64 {
            return Err(format!("it claims {available} unread bytes and {taken} in all"));
        }
        let at = self.position as usize & (ring - 1);
        let words = self.peer.header(at);
        let (kind, record) = unpack(&words);
        if !is_sealed(&words, self.position) {
            return Err(overwritten(self.position));
        }
        let position = self.position;
        let (bytes, done) = match kind {
            KIND_PAD => (ring - at, true),
            KIND_DAMAGE => {
                self.damage.push((record.exchange, record.exchanges));
                (HEADER, true)
            }
            KIND_FAULT => {
                let fault = unpack_fault(&words).ok_or("it holds a fault of no kind")?;
                // Nobody asks where no link was asked for, so that only a broken side tells of any.
                if self.faults.len() < MAX_FAULTS {
                    self.faults.push(fault);
                }
                (HEADER, true)
            }
            KIND_MESSAGE => (footprint(record.len as usize), false),
            other => return Err(format!("it holds a record of kind {other}")),
        };
        if bytes as u64 > available || bytes > ring - at {
            return Err(format!(
                "it claims a message of {} bytes where {available} are left",
                record.len
            ));
        }
        self.position += bytes as u64;
        let mut session = if done { 0 } else { record.session };
        if !done {
            session = self.queues.receiving(session)?;
            let order = self.unreleased.next_order();
            self.queues.push(session, Entry { order, position, len: record.len, moved: None });
        }
        self.unreleased.push(Stretch { end: self.position, done, session });
        if done && self.unreleased.len() == 1 {
            self.advance();
        }
        Ok(session)
    }
}

/// What is wrong with a record at `position` whose seal does not hold.
#[inline]
pub(super) fn overwritten(position: u64) -> String {
    format!("its record at byte {position} was overwritten")
}
