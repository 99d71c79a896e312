//! Along the ring, record by record: looked at in place, or queued for their sessions.

use super::super::record::{
    HEADER, KIND_DAMAGE, KIND_FAULT, KIND_MESSAGE, KIND_PAD, MAX_RUN, footprint, is_sealed,
    nth_of_run, source_of, unpack, unpack_fault,
};
use super::LedgerReader;
use super::queues::Entry;
use super::unreleased::Stretch;
use std::sync::atomic::Ordering;
use wirebench_judge::RecordHead;
use wirebench_load::Source;

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

/// The run at the reading position, of which some messages may be resolved.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrontRun {
    pub(super) source: Source,
    /// The head of the first message, which has the run's session.
    first: RecordHead,
    /// Messages that are resolved, and that are not.
    resolved: u32,
    pub(super) left: u32,
    /// Position behind it.
    pub(super) end: u64,
}

impl FrontRun {
    /// There is none.
    pub(super) const NONE: Self =
        Self { source: Source::Requests, first: RecordHead::NONE, resolved: 0, left: 0, end: 0 };

    /// Its session; 0: there is no run.
    #[inline(always)]
    pub(super) fn session(&self) -> u32 {
        if self.left == 0 { 0 } else { self.first.session }
    }

    /// The head of its next message.
    #[inline(always)]
    pub(super) fn next(&self) -> RecordHead {
        nth_of_run(&self.first, self.resolved)
    }

    /// So many messages are resolved, of those that are left.
    #[inline(always)]
    pub(super) fn resolve(&mut self, count: u32) {
        self.resolved += count;
        self.left -= count;
    }
}

impl LedgerReader {
    /// Queues the next record of the ring, or what is left of it; returns its session (0 for pads and
    /// notes).
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

    /// Kind and head of the record at the reading position, if it is one of `session`, its header holds and
    /// nothing is queued. Everything else, broken rings too, is [queued](Self::queue_next) first.
    #[inline(always)]
    pub(super) fn front_header(&mut self, session: u32) -> Option<(u32, RecordHead)> {
        if self.queues.entries() + self.unreleased.len() != 0 || !self.has_unread() {
            return None;
        }
        let ring = self.peer.ring_bytes();
        let words = self.peer.header(self.position as usize & (ring - 1));
        let (kind, head) = unpack(&words);
        let available = self.head.wrapping_sub(self.position);
        let sound = (HEADER as u64..=ring as u64).contains(&available)
            && is_sealed(&words, self.position)
            && head.session == session
            && self.broken.get().is_none();
        sound.then_some((kind, head))
    }

    /// The message at the reading position, whose header is this. `None`: it is not there as a whole.
    #[inline(always)]
    pub(super) fn front(&self, head: &RecordHead) -> Option<Front> {
        let ring = self.peer.ring_bytes();
        let at = self.position as usize & (ring - 1);
        let (session, len) = (head.session, head.len as usize);
        let bytes = footprint(len);
        let available = self.head.wrapping_sub(self.position);
        if bytes as u64 > available || bytes > ring - at {
            return None;
        }
        Some(Front { session, at: at + HEADER, len, end: self.position + bytes as u64 })
    }

    /// The run at the reading position is looked at from now on, if there is one of `session` and nothing
    /// is queued.
    #[inline]
    pub(super) fn look_at_run(&mut self, session: u32) -> bool {
        if self.run.left > 0 {
            return false;
        }
        let Some((kind, first)) = self.front_header(session) else { return false };
        match source_of(kind) {
            Some(source) => self.begin_run(source, first),
            None => false,
        }
    }

    /// The run at the reading position, whose header is this, is looked at from now on. False: it makes no
    /// sense.
    #[inline]
    pub(super) fn begin_run(&mut self, source: Source, first: RecordHead) -> bool {
        let sound = self.named.has(source) && (1..=MAX_RUN).contains(&first.exchanges);
        if sound {
            let end = self.position + HEADER as u64;
            self.run = FrontRun { source, first, resolved: 0, left: first.exchanges, end };
        }
        sound
    }

    /// How many messages a run stands for.
    fn messages_of_run(&self, kind: u32, first: &RecordHead) -> Result<u32, String> {
        if source_of(kind).is_none_or(|source| !self.named.has(source)) {
            return Err("it names a payload of which there are none".into());
        }
        if !(1..=MAX_RUN).contains(&first.exchanges) {
            let count = first.exchanges;
            return Err(format!("it holds a run of {count} messages instead of 1 to {MAX_RUN}"));
        }
        Ok(first.exchanges)
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
        // Of the run that was looked at in place, the rest is queued.
        let run = std::mem::replace(&mut self.run, FrontRun::NONE);
        let mut messages = 1;
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
            kind if source_of(kind).is_some() => {
                messages = self.messages_of_run(kind, &record)?;
                (HEADER, false)
            }
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
            let (resolved, len) = (run.resolved, record.len);
            let left = messages.checked_sub(resolved).filter(|left| *left > 0);
            let left = left.ok_or_else(|| overwritten(position))?;
            self.queues.push(session, Entry { order, position, len, resolved, left, moved: None });
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
