//! The reading end of the ledger: finds each session's records in the other side's ring, and
//! releases ring memory in order.
//!
//! Records of all sessions stand in the ring in the order they were handed over, but arrive in
//! any order across sessions. So the reader queues record positions per session as it walks the
//! ring. Ring memory is released from the tail on; a slow session's record that blocks the tail
//! is copied to the heap, up to [`HEAP_LIMIT`] bytes in all. Beyond that the other side has to wait.
//!
//! Most rounds need none of that: the next record in the ring is the one that has arrived. As long
//! as nothing is queued, that record is looked at in place (the *front*) and released by moving
//! on.

mod session;
#[cfg(test)]
mod tests;

pub use session::SessionRecords;

use super::layout::Tables;
use super::record::{
    HEADER, HEADER_WORDS, KIND_DAMAGE, KIND_FAULT, KIND_MESSAGE, KIND_PAD, footprint, is_sealed,
    unpack, unpack_fault,
};
use super::region::Region;
use crate::judge::RecordHead;
use crate::link::Fault;
use std::cell::OnceCell;
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What records that block the ring's tail may take of the heap, in bytes.
pub const HEAP_LIMIT: usize = 64 << 20;

/// Faults that wait to be asked for, at most.
const MOST_FAULTS: usize = 1 << 17;

/// Sessions that may be announced and not yet looked at, whatever the tables of a region hold.
const SESSIONS_WAITING: usize = Tables::SHARED.announcements;

/// How far the number of a record's session may be ahead of the highest that this side has heard of:
/// more than can be under way at once. Each number up to it takes a queue.
const SESSIONS_AHEAD: usize = 4 * SESSIONS_WAITING;

/// In place of a session: the records of sessions that are forgotten.
///
/// The other side may go on sending on a connection that this side has closed already. Those
/// messages were sent and never arrive, so they need a verdict like all others.
pub const ORPHANED: u32 = 0;

/// An unresolved record of one session.
#[derive(Debug)]
struct Entry {
    /// Its place in [`LedgerReader::order`], counted since the start.
    order: u64,
    /// Position of its header.
    position: u64,
    /// The message's length as checked when it was queued.
    len: u32,
    /// Header and message, once moved out of the ring.
    moved: Option<Box<Moved>>,
}

/// A record's header and message on the heap.
type Moved = ([u64; HEADER_WORDS], Box<[u8]>);

/// The record at the reading position.
#[derive(Debug, Clone, Copy)]
struct Front {
    session: u32,
    /// Where its message stands in the ring, and how many bytes it has.
    at: usize,
    len: usize,
    /// Position behind it.
    end: u64,
}

/// A stretch of the ring between the tail and the reading position.
#[derive(Debug, Clone, Copy)]
struct Stretch {
    /// Ring position behind it.
    end: u64,
    /// Nobody needs it any more.
    done: bool,
    /// The session whose record it is.
    session: u32,
}

/// Reads the other side's ring, record by record in the order of each session.
#[derive(Debug)]
pub struct LedgerReader {
    own: Arc<Region>,
    peer: Arc<Region>,
    /// Position up to which the ring has been read: queued, or released at once.
    position: u64,
    /// Position up to which the ring has been released.
    tail: u64,
    /// What the other side has been told of `tail`.
    published_tail: u64,
    /// Position up to which the other side has published its ring, as last read.
    head: u64,
    /// The record at `position`, looked at in place and not queued.
    front: Option<Front>,
    /// Entries in all queues.
    queued: usize,
    /// What is read and not released, as it stands in the ring, and how many stretches stood before.
    order: VecDeque<Stretch>,
    order_base: u64,
    /// Queues by session number minus `session_base`; trimmed from the front as sessions end.
    queues: VecDeque<Queue>,
    session_base: u32,
    /// The highest session that this side has asked about or forgotten.
    highest_session: u32,
    /// The queue of [`ORPHANED`].
    orphaned: Queue,
    /// What the moved records take, [`HEAP_LIMIT`] at most.
    heap_bytes: usize,
    /// First exchange and count of what the other side has reported as damaged.
    damage: Vec<(u64, u32)>,
    faults: Vec<Fault>,
    /// Why nothing more is read. A cell: it is set while a look borrows the rest.
    broken: OnceCell<String>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    ended: bool,
}

impl LedgerReader {
    /// Reads `peer`'s ring; publishes in `own` what has been released.
    pub fn new(own: Arc<Region>, peer: Arc<Region>) -> Self {
        Self {
            own,
            peer,
            position: 0,
            tail: 0,
            published_tail: 0,
            head: 0,
            front: None,
            queued: 0,
            order: VecDeque::new(),
            order_base: 0,
            queues: VecDeque::new(),
            session_base: 1,
            highest_session: 0,
            orphaned: Queue::default(),
            heap_bytes: 0,
            damage: Vec::new(),
            faults: Vec::new(),
            broken: OnceCell::new(),
        }
    }

    /// One session's records.
    #[inline(always)]
    pub fn session(&mut self, session: u32) -> SessionRecords<'_> {
        self.highest_session = self.highest_session.max(session);
        SessionRecords { reader: self, session }
    }

    /// The session has ended: what is left of its records, and what still comes, is
    /// [`ORPHANED`].
    pub fn forget(&mut self, session: u32) {
        self.front = None;
        self.highest_session = self.highest_session.max(session);
        let index = session.wrapping_sub(self.session_base) as usize;
        if index >= self.queues.len() && index < self.queues.len() + SESSIONS_WAITING {
            self.queues.resize_with(index + 1, Queue::default);
        }
        if let Some(queue) = self.queues.get_mut(index) {
            queue.ended = true;
            let left = std::mem::take(&mut queue.entries);
            self.orphan(left);
        }
        while self.queues.front().is_some_and(|queue| queue.ended) {
            self.queues.pop_front();
            self.session_base += 1;
        }
    }

    fn orphan(&mut self, entries: VecDeque<Entry>) {
        if entries.is_empty() {
            return;
        }
        for entry in entries.iter().filter(|entry| entry.moved.is_none()) {
            self.order[(entry.order - self.order_base) as usize].session = ORPHANED;
        }
        self.orphaned.entries.extend(entries);
        // Records are found by their order.
        self.orphaned.entries.make_contiguous().sort_by_key(|entry| entry.order);
    }

    /// True when records of [`ORPHANED`] wait for their verdict.
    #[inline]
    pub fn has_orphaned(&self) -> bool {
        !self.orphaned.entries.is_empty()
    }

    /// Queues everything published so far, and moves what blocks more than half the ring to the heap.
    pub fn catch_up(&mut self) {
        self.front = None;
        // Who publishes without end must not keep us here.
        let until = self.published();
        while self.position != until && self.queue_next().is_some() {}
        let half = self.peer.ring_bytes() as u64 / 2;
        if self.position - self.tail > half {
            self.move_to_heap(half);
        }
        self.publish_released();
    }

    /// Publishes what has been released, for the other side to use again. Done by itself now and
    /// then; the caller does it when it has nothing more to judge for now.
    #[inline]
    pub fn publish_released(&mut self) {
        if self.published_tail != self.tail {
            self.published_tail = self.tail;
            self.own.released().store(self.tail, Ordering::Release);
        }
    }

    /// [`catch_up`](Self::catch_up), but only when more than half the ring is unreleased.
    #[inline]
    pub fn relieve(&mut self) {
        let head = self.peer.published().load(Ordering::Relaxed);
        if head.wrapping_sub(self.tail) > self.peer.ring_bytes() as u64 / 2 {
            self.catch_up();
        }
    }

    /// True when every record published so far has its verdict.
    pub fn all_resolved(&mut self) -> bool {
        self.catch_up();
        self.queued == 0
    }

    /// Exchanges that the other side reported as damaged since the last call: first and count.
    pub fn take_damage(&mut self) -> Vec<(u64, u32)> {
        std::mem::take(&mut self.damage)
    }

    /// True when [`take_damage`](Self::take_damage) would return something.
    #[inline]
    pub fn has_damage(&self) -> bool {
        !self.damage.is_empty()
    }

    /// What the other side's link has done since the last call.
    pub fn take_faults(&mut self) -> Vec<Fault> {
        std::mem::take(&mut self.faults)
    }

    /// The sessions that still have unresolved records, for the end of a round.
    pub fn unfinished(&mut self) -> Vec<u32> {
        self.catch_up();
        let base = self.session_base;
        let sessions = (base..).zip(&self.queues);
        std::iter::once((ORPHANED, &self.orphaned))
            .chain(sessions)
            .filter(|(_, queue)| !queue.entries.is_empty())
            .map(|(session, _)| session)
            .collect()
    }

    /// What was wrong with the other side's ring, if something was: a sentence for a person. Nothing is
    /// read after that.
    #[inline]
    pub fn broken(&self) -> Option<&str> {
        self.broken.get().map(String::as_str)
    }

    /// What is wrong with what this side says to have read, if something is: somebody else has
    /// written to its memory.
    pub fn own_trouble(&self) -> Option<String> {
        let (published, known) = (self.own.released().load(Ordering::Acquire), self.published_tail);
        (published != known)
            .then(|| format!("it says that {published} bytes were read, but {known} were"))
    }

    fn queue(&self, session: u32) -> Option<&Queue> {
        if session == ORPHANED {
            return Some(&self.orphaned);
        }
        self.queues.get(session.checked_sub(self.session_base)? as usize)
    }

    fn queue_mut(&mut self, session: u32) -> Option<&mut Queue> {
        if session == ORPHANED {
            return Some(&mut self.orphaned);
        }
        self.queues.get_mut(session.checked_sub(self.session_base)? as usize)
    }

    /// Queues the next record of the ring; returns its session (0 for pads and notes).
    #[inline]
    fn queue_next(&mut self) -> Option<u32> {
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
    fn published(&mut self) -> u64 {
        self.head = self.peer.published().load(Ordering::Acquire);
        self.head
    }

    /// The record at the reading position, if it is a whole message of `session` and nothing is
    /// queued. Everything else, broken rings too, is [queued](Self::queue_next) first.
    #[inline(always)]
    fn look_at_front(&mut self, session: u32) -> Option<(Front, RecordHead)> {
        if self.queued + self.order.len() != 0 || !self.has_unread() {
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
                if self.faults.len() < MOST_FAULTS {
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
            session = self.receiving_session(session)?;
            let entry = Entry {
                order: self.order_base + self.order.len() as u64,
                position,
                len: record.len,
                moved: None,
            };
            if let Some(queue) = self.queue_mut(session) {
                queue.entries.push_back(entry);
                self.queued += 1;
            }
        }
        self.order.push_back(Stretch { end: self.position, done, session });
        if done && self.order.len() == 1 {
            self.advance();
        }
        Ok(session)
    }

    /// The session whose queue takes a record of `session`; makes that queue.
    fn receiving_session(&mut self, session: u32) -> Result<u32, String> {
        // Queues are contiguous from the base; a hostile number must not make us allocate.
        let index = session.wrapping_sub(self.session_base) as usize;
        let past = session != 0 && session < self.session_base;
        if past || self.queues.get(index).is_some_and(|queue| queue.ended) {
            return Ok(ORPHANED);
        }
        let most = self.highest_session.saturating_sub(self.session_base) as usize + SESSIONS_AHEAD;
        if index >= most {
            return Err(format!("it names session {session}, which cannot be"));
        }
        if index >= self.queues.len() {
            self.queues.resize_with(index + 1, Queue::default);
        }
        Ok(session)
    }

    /// Releases everything done at the tail.
    #[inline]
    fn advance(&mut self) {
        while let Some(stretch) = self.order.front() {
            if !stretch.done {
                break;
            }
            self.tail = stretch.end;
            self.order.pop_front();
            self.order_base += 1;
        }
        self.publish_released_in_bulk();
    }

    /// Publishes what has been released once it is a sixteenth of the ring: storing for every record
    /// would take the cache line from the other side each time.
    #[inline(always)]
    fn publish_released_in_bulk(&mut self) {
        if self.tail - self.published_tail > self.peer.ring_bytes() as u64 / 16 {
            self.publish_released();
        }
    }

    /// Moves records that block the tail to the heap until at most `keep` bytes stay unreleased.
    fn move_to_heap(&mut self, keep: u64) {
        while self.position - self.tail > keep {
            let Some(stretch) = self.order.front().copied() else { return };
            if !stretch.done {
                let (order, peer) = (self.order_base, Arc::clone(&self.peer));
                let ring = peer.ring_bytes();
                let room = HEAP_LIMIT - self.heap_bytes;
                let Some(queue) = self.queue_mut(stretch.session) else { return };
                let Ok(index) = queue.entries.binary_search_by_key(&order, |entry| entry.order)
                else {
                    return;
                };
                let entry = &mut queue.entries[index];
                let bytes = HEADER + entry.len as usize;
                if bytes > room {
                    return;
                }
                let at = entry.position as usize & (ring - 1);
                let message = peer.ring(at + HEADER, entry.len as usize).into();
                entry.moved = Some(Box::new((peer.header(at), message)));
                self.heap_bytes += bytes;
                self.order[0].done = true;
            }
            self.advance();
        }
    }
}

/// What is wrong with a record at `position` whose seal does not hold.
fn overwritten(position: u64) -> String {
    format!("its record at byte {position} was overwritten")
}
