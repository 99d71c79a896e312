//! The reading end of the ledger: finds each session's records in the other side's ring, and
//! releases ring memory in order.
//!
//! Records of all sessions stand in the ring in the order they were handed over, but arrive in
//! any order across sessions. So the reader queues record positions per session as it walks the
//! ring. Ring memory is released from the tail on; a slow session's record that blocks the tail
//! is copied to the heap, up to [`HEAP_LIMIT`] in all. Beyond that the other side has to wait.
//!
//! Most rounds need none of that: the next record in the ring is the one that has arrived. As long
//! as nothing is queued, that record is looked at in place (the *front*) and released by moving
//! on.

use super::ledger::{HEADER, KIND_DAMAGE, KIND_MESSAGE, KIND_PAD, footprint, unpack};
use super::region::{AT_CONSUMED, AT_HEAD, HEADER_WORDS, Region, SESSION_SLOTS};
use crate::judge::{Record, RecordHead, SessionLedger};
use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// What records that block the ring's tail may take of the heap, in bytes.
pub const HEAP_LIMIT: usize = 64 << 20;

/// An unresolved record of one session.
#[derive(Debug)]
struct Entry {
    /// Its place in [`LedgerReader::order`], counted since the start.
    order: u64,
    /// Offset of the header in the ring.
    at: u32,
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
    at: usize,
    len: usize,
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

/// Reads the other side's ring.
#[derive(Debug)]
pub struct LedgerReader {
    own: Arc<Region>,
    peer: Arc<Region>,
    /// Position up to which the ring has been queued.
    position: u64,
    /// Position up to which the ring has been released.
    tail: u64,
    /// What the other side has been told of `tail`.
    told: u64,
    /// The other side's published position as last read.
    head: u64,
    /// The record at `position`, looked at in place and not queued.
    front: Option<Front>,
    /// Entries in all queues.
    queued: usize,
    order: VecDeque<Stretch>,
    order_base: u64,
    /// Queues by session number, minus `session_base`; trimmed from the front as sessions end.
    queues: VecDeque<Queue>,
    session_base: u32,
    /// The queue of [`LATE`].
    late: Queue,
    heap_bytes: usize,
    damage: Vec<(u64, u32)>,
    broken: Option<String>,
}

#[derive(Debug, Default)]
struct Queue {
    entries: VecDeque<Entry>,
    ended: bool,
}

impl LedgerReader {
    /// Reads `peer`'s ring; tells through `own` what has been released.
    pub fn new(own: Arc<Region>, peer: Arc<Region>) -> Self {
        Self {
            own,
            peer,
            position: 0,
            tail: 0,
            told: 0,
            head: 0,
            front: None,
            queued: 0,
            order: VecDeque::new(),
            order_base: 0,
            queues: VecDeque::new(),
            session_base: 1,
            late: Queue::default(),
            heap_bytes: 0,
            damage: Vec::new(),
            broken: None,
        }
    }

    /// One session's records.
    #[inline(always)]
    pub fn session(&mut self, session: u32) -> SessionRecords<'_> {
        SessionRecords { reader: self, session }
    }

    /// The session has ended: what is left of its records, and what still comes, is [`LATE`].
    pub fn forget(&mut self, session: u32) {
        self.front = None;
        let index = session.wrapping_sub(self.session_base) as usize;
        if index >= self.queues.len() && index < self.queues.len() + SESSION_SLOTS {
            self.queues.resize_with(index + 1, Queue::default);
        }
        if let Some(queue) = self.queues.get_mut(index) {
            queue.ended = true;
            let left = std::mem::take(&mut queue.entries);
            self.put_to_late(left);
        }
        while self.queues.front().is_some_and(|queue| queue.ended) {
            self.queues.pop_front();
            self.session_base += 1;
        }
    }

    fn put_to_late(&mut self, entries: VecDeque<Entry>) {
        if entries.is_empty() {
            return;
        }
        for entry in entries.iter().filter(|entry| entry.moved.is_none()) {
            self.order[(entry.order - self.order_base) as usize].session = LATE;
        }
        self.late.entries.extend(entries);
        // Records are found by their order.
        self.late.entries.make_contiguous().sort_by_key(|entry| entry.order);
    }

    /// True when records of [`LATE`] wait for their verdict.
    #[inline]
    pub fn has_late(&self) -> bool {
        !self.late.entries.is_empty()
    }

    /// Queues everything published so far, and moves what blocks more than half the ring.
    pub fn catch_up(&mut self) {
        self.front = None;
        while self.pull().is_some() {}
        let half = self.peer.ring_bytes() as u64 / 2;
        if self.position - self.tail > half {
            self.unblock(half);
        }
        self.tell();
    }

    /// Tells the other side what has been released. Done by itself now and then; the caller does
    /// it when it has nothing more to judge for now.
    #[inline]
    pub fn tell(&mut self) {
        if self.told != self.tail {
            self.told = self.tail;
            self.own.atomic(AT_CONSUMED).store(self.tail, Ordering::Release);
        }
    }

    /// [`catch_up`](Self::catch_up), but only when more than half the ring is unreleased.
    #[inline]
    pub fn relieve(&mut self) {
        let head = self.peer.atomic(AT_HEAD).load(Ordering::Relaxed);
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

    /// The sessions that still have unresolved records, for the end of a round.
    pub fn unfinished(&mut self) -> Vec<u32> {
        self.catch_up();
        let base = self.session_base;
        let sessions = (base..).zip(&self.queues);
        std::iter::once((LATE, &self.late))
            .chain(sessions)
            .filter(|(_, queue)| !queue.entries.is_empty())
            .map(|(session, _)| session)
            .collect()
    }

    /// What was wrong with the other side's ring, if something was. Nothing is read after that.
    pub fn broken(&self) -> Option<&str> {
        self.broken.as_deref()
    }

    fn queue(&self, session: u32) -> Option<&Queue> {
        if session == LATE {
            return Some(&self.late);
        }
        self.queues.get(session.checked_sub(self.session_base)? as usize)
    }

    fn queue_mut(&mut self, session: u32) -> Option<&mut Queue> {
        if session == LATE {
            return Some(&mut self.late);
        }
        self.queues.get_mut(session.checked_sub(self.session_base)? as usize)
    }

    /// Queues the next record of the ring; returns its session (0 for pads and notes).
    #[inline]
    fn pull(&mut self) -> Option<u32> {
        if self.broken.is_some() {
            return None;
        }
        if !self.has_unread() {
            return None;
        }
        match self.pull_checked(self.head) {
            Ok(session) => Some(session),
            Err(what) => {
                self.broken = Some(what);
                None
            }
        }
    }

    /// True when something stands behind the reading position.
    #[inline(always)]
    fn has_unread(&mut self) -> bool {
        if self.position == self.head {
            self.head = self.peer.atomic(AT_HEAD).load(Ordering::Acquire);
        }
        self.position != self.head
    }

    /// The record at the reading position, if it is a whole message of `session` and nothing is
    /// queued. Everything else takes the long way.
    #[inline(always)]
    fn look_at_front(&mut self, session: u32) -> Option<(Front, RecordHead)> {
        if self.queued + self.order.len() != 0 || !self.has_unread() {
            return None;
        }
        let ring = self.peer.ring_bytes();
        let available = self.head.wrapping_sub(self.position);
        let at = self.position as usize & (ring - 1);
        let (kind, head) = unpack(&self.peer.header(at));
        let len = head.len as usize;
        let bytes = footprint(len);
        let sound = available <= ring as u64 && bytes as u64 <= available && bytes <= ring - at;
        if kind != KIND_MESSAGE || head.session != session || !sound || self.broken.is_some() {
            return None;
        }
        let end = self.position + bytes as u64;
        Some((Front { session, at: at + HEADER, len, end }, head))
    }

    fn pull_checked(&mut self, head: u64) -> Result<u32, String> {
        let ring = self.peer.ring_bytes();
        let available = head.wrapping_sub(self.position);
        if available > ring as u64 {
            return Err(format!("the other side's ledger claims {available} unread bytes"));
        }
        let at = self.position as usize & (ring - 1);
        let (kind, record) = unpack(&self.peer.header(at));
        let (bytes, done) = match kind {
            KIND_PAD => (ring - at, true),
            KIND_DAMAGE => {
                self.damage.push((record.exchange, record.exchanges));
                (HEADER, true)
            }
            KIND_MESSAGE => (footprint(record.len as usize), false),
            other => return Err(format!("the other side's ledger holds a record of kind {other}")),
        };
        if bytes as u64 > available || bytes > ring - at {
            return Err(format!(
                "the other side's ledger claims a message of {} bytes where {available} are left",
                record.len
            ));
        }
        self.position += bytes as u64;
        let mut session = if done { 0 } else { record.session };
        if !done {
            session = self.receiving_session(session)?;
            let entry = Entry {
                order: self.order_base + self.order.len() as u64,
                at: at as u32,
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
            return Ok(LATE);
        }
        if index >= self.queues.len() + SESSION_SLOTS {
            return Err(format!("the other side's ledger names session {session}"));
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
        self.tell_sometimes();
    }

    /// Storing for every record would take the cache line from the other side each time.
    #[inline(always)]
    fn tell_sometimes(&mut self) {
        if self.tail - self.told > self.peer.ring_bytes() as u64 / 16 {
            self.tell();
        }
    }

    /// Moves records that block the tail to the heap until at most `keep` bytes stay unreleased.
    fn unblock(&mut self, keep: u64) {
        while self.position - self.tail > keep {
            let Some(stretch) = self.order.front().copied() else { return };
            if !stretch.done {
                let (order, peer) = (self.order_base, Arc::clone(&self.peer));
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
                let at = entry.at as usize;
                let message = peer.ring(at + HEADER, entry.len as usize).into();
                entry.moved = Some(Box::new((peer.header(at), message)));
                self.heap_bytes += bytes;
                self.order[0].done = true;
            }
            self.advance();
        }
    }
}

/// In place of a session: what was handed over for sessions that are forgotten.
///
/// The other side may go on sending on a connection that this side has closed already. Those
/// messages were sent and never arrive, so they need a verdict like all others.
pub const LATE: u32 = 0;

/// One session's unresolved records.
#[derive(Debug)]
pub struct SessionRecords<'a> {
    reader: &'a mut LedgerReader,
    session: u32,
}

impl SessionLedger for SessionRecords<'_> {
    #[inline(always)]
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        if k == 0
            && let Some((front, head)) = self.reader.look_at_front(self.session)
        {
            self.reader.front = Some(front);
            let payload = self.reader.peer.ring(front.at, front.len);
            return Some(Record { head, payload });
        }
        self.reader.peek_queued(self.session, k)
    }

    #[inline(always)]
    fn release_if(&mut self, message: &[u8]) -> Option<RecordHead> {
        if let Some(head) = self.reader.release_front_if(self.session, message) {
            return Some(head);
        }
        self.reader.release_queued_if(self.session, message)
    }

    #[inline(always)]
    fn release(&mut self) {
        let reader = &mut *self.reader;
        match reader.front.take() {
            Some(front) if front.session == self.session => {
                reader.position = front.end;
                reader.tail = front.end;
                reader.tell_sometimes();
            }
            _ => reader.release_queued(self.session),
        }
    }
}

impl LedgerReader {
    /// [`SessionLedger::release_if`] for a record that stands at the reading position.
    #[inline(always)]
    fn release_front_if(&mut self, session: u32, message: &[u8]) -> Option<RecordHead> {
        let (front, head) = self.look_at_front(session)?;
        if self.peer.ring(front.at, front.len) != message {
            return None;
        }
        self.front = None;
        self.position = front.end;
        self.tail = front.end;
        self.tell_sometimes();
        Some(head)
    }

    #[inline(never)]
    fn release_queued_if(&mut self, session: u32, message: &[u8]) -> Option<RecordHead> {
        let record = self.peek_queued(session, 0)?;
        if record.payload != message {
            return None;
        }
        let head = record.head;
        self.release_queued(session);
        Some(head)
    }

    #[inline(never)]
    fn peek_queued(&mut self, session: u32, k: usize) -> Option<Record<'_>> {
        // Not queued yet, so it will be found again.
        self.front = None;
        while self.queue(session).is_none_or(|queue| queue.entries.len() <= k) {
            self.pull()?;
        }
        let entry = self.queue(session)?.entries.get(k)?;
        let len = entry.len as usize;
        let (words, payload) = match &entry.moved {
            Some(moved) => (moved.0, &moved.1[..]),
            None => {
                let at = entry.at as usize;
                (self.peer.header(at), self.peer.ring(at + HEADER, len))
            }
        };
        let (_, mut head) = unpack(&words);
        // The length was checked when the record was queued; a header that changed since is the
        // other side's fault and must not matter.
        head.len = entry.len;
        Some(Record { head, payload })
    }

    #[inline(never)]
    fn release_queued(&mut self, session: u32) {
        let Some(queue) = self.queue_mut(session) else { return };
        let Some(entry) = queue.entries.pop_front() else { return };
        self.queued -= 1;
        if let Some(moved) = entry.moved {
            self.heap_bytes -= HEADER + moved.1.len();
            return;
        }
        let place = (entry.order - self.order_base) as usize;
        self.order[place].done = true;
        if place == 0 {
            self.advance();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::ledger::LedgerWriter;
    use super::super::region;
    use super::*;

    fn pair(ring: usize) -> (LedgerWriter, LedgerReader) {
        let (ours, theirs) = (region::create(ring).unwrap(), region::create(ring).unwrap());
        let writer = LedgerWriter::new(
            Arc::new(Region::map_owner(&ours.owner).unwrap()),
            Arc::new(Region::map_reader(&theirs.reader).unwrap()),
        );
        let reader = LedgerReader::new(
            Arc::new(Region::map_owner(&theirs.owner).unwrap()),
            Arc::new(Region::map_reader(&ours.reader).unwrap()),
        );
        (writer, reader)
    }

    fn head(session: u32, seq: u64, len: usize) -> RecordHead {
        RecordHead { session, seq, len: len as u32, ..RecordHead::default() }
    }

    #[test]
    fn nothing_is_seen_before_it_is_published() {
        let (mut writer, mut reader) = pair(4_096);
        writer.append(&head(1, 0, 3), b"abc");
        assert!(reader.session(1).peek(0).is_none());
        writer.publish();
        assert_eq!(reader.session(1).peek(0).unwrap().payload, b"abc");
    }

    #[test]
    fn records_are_found_per_session_in_order() {
        let (mut writer, mut reader) = pair(4_096);
        for seq in 0..3 {
            writer.append(&head(1, seq, 1), &[seq as u8]);
            writer.append(&head(2, seq, 1), &[10 + seq as u8]);
        }
        writer.publish();
        assert_eq!(reader.session(2).peek(2).unwrap().payload, [12]);
        for seq in 0..3 {
            assert_eq!(reader.session(1).peek(0).unwrap().payload, [seq as u8]);
            reader.session(1).release();
        }
        assert!(reader.session(1).peek(0).is_none());
        assert_eq!(reader.unfinished(), [2]);
    }

    #[test]
    fn the_ring_goes_round_and_round_without_losing_a_record() {
        let (mut writer, mut reader) = pair(4_096);
        for seq in 0..10_000_u64 {
            let message = vec![seq as u8; (seq * 37 % 500) as usize];
            assert!(writer.has_room(message.len()));
            writer.append(&head(1, seq, message.len()), &message);
            writer.publish();
            let mut records = reader.session(1);
            let record = records.peek(0).unwrap();
            assert_eq!((record.head.seq, record.payload), (seq, &message[..]));
            records.release();
        }
    }

    #[test]
    fn a_full_ring_makes_the_writer_wait_until_something_is_released() {
        let (mut writer, mut reader) = pair(4_096);
        let mut appended = 0;
        while writer.has_room(64) {
            writer.append(&head(1, appended, 64), &[0; 64]);
            appended += 1;
        }
        assert!(appended >= 20, "{appended}");
        writer.publish();
        for _ in 0..4 {
            assert!(reader.session(1).peek(0).is_some());
            reader.session(1).release();
        }
        reader.tell();
        assert!(writer.has_room(64));
    }

    #[test]
    fn a_slow_session_does_not_block_the_ring() {
        let (mut writer, mut reader) = pair(4_096);
        writer.append(&head(1, 0, 100), &[7; 100]);
        for seq in 0..1_000 {
            assert!(writer.has_room(64), "stuck after {seq} messages");
            writer.append(&head(2, seq, 64), &[9; 64]);
            writer.publish();
            assert!(reader.session(2).peek(0).is_some());
            reader.session(2).release();
            reader.catch_up();
        }
        assert_eq!(reader.session(1).peek(0).unwrap().payload, [7; 100]);
        reader.session(1).release();
        assert_eq!(reader.heap_bytes, 0);
    }

    #[test]
    fn damage_is_told_between_records() {
        let (mut writer, mut reader) = pair(4_096);
        assert!(writer.append_damage(5, 3));
        writer.append(&head(1, 0, 1), b"x");
        writer.publish();
        assert!(reader.session(1).peek(0).is_some());
        assert_eq!(reader.take_damage(), [(5, 3)]);
        assert!(!reader.has_damage());
    }

    #[test]
    fn a_ring_full_of_garbage_is_refused_and_not_followed() {
        let (ours, theirs) = (region::create(4_096).unwrap(), region::create(4_096).unwrap());
        let hostile = Region::map_owner(&ours.owner).unwrap();
        for garbage in [0xFF_u8, 0x01, 0x03, 0x02] {
            hostile.write_ring(0, &[garbage; 4_096]);
            for head in [64, 4_096, 5_000, u64::MAX] {
                hostile.atomic(AT_HEAD).store(head, Ordering::Release);
                let mut reader = LedgerReader::new(
                    Arc::new(Region::map_owner(&theirs.owner).unwrap()),
                    Arc::new(Region::map_reader(&ours.reader).unwrap()),
                );
                assert!(reader.session(1).peek(0).is_none());
                reader.catch_up();
                assert!(reader.broken().is_some(), "{garbage} {head}");
            }
        }
    }

    #[test]
    fn what_is_handed_over_for_a_forgotten_session_still_gets_its_verdict() {
        let (mut writer, mut reader) = pair(4_096);
        for (session, seq) in [(1, 0), (2, 0), (1, 1)] {
            writer.append(&head(session, seq, 1), &[seq as u8]);
        }
        writer.publish();
        reader.catch_up();
        reader.forget(2);
        reader.forget(1);
        assert_eq!(reader.session_base, 3);
        writer.append(&head(1, 2, 1), &[2]);
        writer.publish();
        assert_eq!(reader.unfinished(), [LATE]);
        let mut found = Vec::new();
        while let Some(record) = reader.session(LATE).peek(0) {
            found.push((record.head.session, record.head.seq));
            reader.session(LATE).release();
        }
        assert_eq!(found, [(1, 0), (2, 0), (1, 1), (1, 2)]);
        assert!(reader.all_resolved());
        assert!(writer.all_released());
    }

    #[test]
    fn late_records_do_not_block_the_ring() {
        let (mut writer, mut reader) = pair(4_096);
        writer.append(&head(1, 0, 100), &[7; 100]);
        writer.publish();
        reader.catch_up();
        reader.forget(1);
        for seq in 0..100 {
            assert!(writer.has_room(64), "stuck after {seq} messages");
            writer.append(&head(2, seq, 64), &[9; 64]);
            writer.publish();
            assert!(reader.session(2).peek(0).is_some());
            reader.session(2).release();
            reader.catch_up();
        }
        assert_eq!(reader.session(LATE).peek(0).unwrap().payload, [7; 100]);
    }

    #[test]
    fn a_forgotten_session_needs_no_queue() {
        let (mut writer, mut reader) = pair(4_096);
        writer.append(&head(1, 0, 1), b"x");
        writer.publish();
        assert!(reader.session(1).peek(0).is_some());
        reader.session(1).release();
        reader.forget(1);
        assert!(reader.unfinished().is_empty());
        assert_eq!(reader.session_base, 2);
    }
}
