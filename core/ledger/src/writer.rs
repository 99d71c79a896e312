//! The writing end of the ledger: a ring of [records](super::record) in the owner's memory.
//!
//! A record never wraps: what is left at the ring's end is filled by a pad. Positions count bytes
//! since the ring was made and never wrap in practice (2^64 bytes).

use super::record::{
    HEADER, HEADER_WORDS, KIND_DAMAGE, KIND_MESSAGE, KIND_PAD, MAX_RUN, footprint, kind_of,
    nth_of_run, pack, pack_fault, sealed,
};
use super::region::Region;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use wirebench_judge::RecordHead;
use wirebench_link::Fault;
use wirebench_load::Source;

/// A run of named messages that may still grow: its header is written when something else follows, or
/// when it is published.
#[derive(Debug)]
struct Run {
    /// Its place in the ring and its position.
    at: usize,
    position: u64,
    source: Source,
    first: RecordHead,
    /// What the head of the message that continues it is to be.
    next: RecordHead,
    count: u32,
}

/// Appends records to this side's ring. Nothing is visible to the other side before
/// [`publish`](Self::publish).
#[derive(Debug)]
pub struct LedgerWriter {
    own: Arc<Region>,
    peer: Arc<Region>,
    /// Position behind the last record appended.
    head: u64,
    /// The run at the end, if it may still grow.
    run: Option<Run>,
    /// What the other side has been told of `head`.
    published: u64,
    /// Position up to which the other side has released the ring, as last read: it only grows, so an
    /// old value is safe.
    released: u64,
    /// Position up to which the ring has room, as far as that is known.
    room_to: u64,
    /// The largest message that is taken, in bytes.
    largest: usize,
    /// Nobody reads it, so nothing is written.
    is_unread: bool,
    /// Its owner alone reads it, so that there is nobody to tell of damage or faults.
    is_read_by_owner: bool,
    /// The other side says to have released up to here, which was never written.
    overdrawn: Option<u64>,
}

impl LedgerWriter {
    /// Writes to `own`; learns from `peer` what the other side has released.
    #[inline]
    pub fn new(own: Arc<Region>, peer: Arc<Region>) -> Self {
        let ring = own.ring_bytes();
        Self {
            own,
            peer,
            head: 0,
            run: None,
            published: 0,
            released: 0,
            room_to: ring as u64,
            // The pad at its end and the messages in flight always leave room to go on.
            largest: ring / 4,
            is_unread: false,
            is_read_by_owner: false,
            overdrawn: None,
        }
    }

    /// A ledger that keeps nothing, for a side whose other side is not ours. It has room for
    /// everything: what a message may take is the framing's to say.
    #[inline]
    pub fn without_reader(own: Arc<Region>, peer: Arc<Region>) -> Self {
        // A record counts its bytes in 32 bits.
        let largest = u32::MAX as usize;
        Self { is_unread: true, room_to: u64::MAX, largest, ..Self::new(own, peer) }
    }

    /// A ledger that its owner reads itself: what it sends comes back to it.
    #[inline]
    pub fn read_by_owner(own: Arc<Region>) -> Self {
        Self { is_read_by_owner: true, ..Self::new(Arc::clone(&own), own) }
    }

    /// The largest message this ledger takes, in bytes: a quarter of the ring.
    #[inline(always)]
    pub fn largest_message(&self) -> usize {
        self.largest
    }

    /// Whether a message of `len` bytes can be appended now.
    #[inline(always)]
    pub fn has_room(&mut self, len: usize) -> bool {
        // Twice the footprint covers the pad that a wrap may need.
        let needed = 2 * footprint(len) as u64;
        self.head + needed <= self.room_to || self.has_room_by_now(needed)
    }

    /// [`has_room`](Self::has_room) for `needed` bytes, after a look at what has been released.
    #[cold]
    fn has_room_by_now(&mut self, needed: u64) -> bool {
        if self.is_unread {
            return true;
        }
        let claimed = self.peer.released().load(Ordering::Acquire);
        if claimed > self.head {
            self.overdrawn = Some(claimed);
        }
        self.released = claimed.clamp(self.released, self.head);
        self.room_to = self.released + self.own.ring_bytes() as u64;
        self.head + needed <= self.room_to
    }

    /// Appends a message, `head.len` bytes long. The caller has asked
    /// [`has_room`](Self::has_room).
    #[inline(always)]
    pub fn append(&mut self, head: &RecordHead, message: &[u8]) {
        debug_assert_eq!(message.len(), head.len as usize);
        if self.is_unread {
            return;
        }
        let at = self.put_header(footprint(message.len()), pack(KIND_MESSAGE, head));
        self.own.write_ring(at + HEADER, message);
    }

    /// Appends a message that is the payload of exchange `head.exchange`, its only one, so that its bytes
    /// need not be kept. The caller has asked [`has_room`](Self::has_room). `goes_on`: others may follow
    /// that share its record.
    #[inline(always)]
    pub fn append_named(&mut self, head: &RecordHead, source: Source, goes_on: bool) {
        debug_assert_eq!(head.exchanges, 1);
        if self.is_unread {
            return;
        }
        if !goes_on {
            self.put_header(HEADER, pack(kind_of(source), head));
            return;
        }
        if let Some(run) = &mut self.run
            && run.next == *head
            && run.source == source
            && run.count < MAX_RUN
        {
            run.advance(1);
            return;
        }
        self.begin_run(head, source);
    }

    /// How many messages may still go on from the one that was named last.
    #[inline]
    pub fn run_room(&self) -> u32 {
        self.run.as_ref().map_or(0, |run| MAX_RUN.saturating_sub(run.count))
    }

    /// So many messages, for which there was [room](Self::run_room), go on from the one that was named
    /// last.
    #[inline]
    pub fn grow_run(&mut self, count: u32) {
        if let Some(run) = &mut self.run {
            run.advance(count);
        }
    }

    /// A run begins with this message.
    #[inline(never)]
    fn begin_run(&mut self, head: &RecordHead, source: Source) {
        self.seal_run();
        let at = self.reserve(HEADER);
        let position = self.head - HEADER as u64;
        let mut run = Run { at, position, source, first: *head, next: *head, count: 0 };
        run.advance(1);
        self.run = Some(run);
    }

    /// The run at the end grows no more: its header is written.
    #[inline(never)]
    fn seal_run(&mut self) {
        let Some(run) = self.run.take() else { return };
        let head = RecordHead { exchanges: run.count, ..run.first };
        let words = sealed(pack(kind_of(run.source), &head), run.position);
        self.own.write_header(run.at, words);
    }

    /// Tells the other side that the requests of `count` exchanges from `first` on are damaged.
    /// False when the ring is full: say it again later.
    #[inline]
    pub fn append_damage(&mut self, first: u64, count: u32) -> bool {
        if self.is_unread || self.is_read_by_owner {
            return true;
        }
        if !self.has_room(0) {
            return false;
        }
        let head = RecordHead { exchange: first, exchanges: count, ..RecordHead::default() };
        self.put_header(HEADER, pack(KIND_DAMAGE, &head));
        true
    }

    /// Tells the other side what the link is about to do to what this side sends. False when the
    /// ring is full: say it again later, and write nothing before.
    #[inline]
    pub fn append_fault(&mut self, fault: &Fault) -> bool {
        if self.is_unread || self.is_read_by_owner {
            return true;
        }
        if !self.has_room(0) {
            return false;
        }
        self.put_header(HEADER, pack_fault(fault));
        true
    }

    /// True when the other side has a verdict on everything appended.
    #[inline]
    pub fn all_released(&self) -> bool {
        self.peer.released().load(Ordering::Acquire) == self.head
    }

    /// Makes everything appended visible. Must come before the bytes are written to the socket.
    #[inline]
    pub fn publish(&mut self) {
        if self.published != self.head {
            if self.run.is_some() {
                self.seal_run();
            }
            self.published = self.head;
            self.own.published().store(self.head, Ordering::Release);
        }
    }

    #[cfg(test)]
    #[inline]
    pub(super) fn own(&self) -> &Region {
        &self.own
    }

    /// What is wrong with what this side has published, if something is: somebody else has written
    /// to its memory.
    #[inline]
    pub fn own_corruption(&self) -> Option<String> {
        let head = self.own.published().load(Ordering::Acquire);
        (head != self.published)
            .then(|| format!("it says that {head} bytes were written, but {} were", self.published))
    }

    /// True when the other side says to have read what was never written.
    #[inline]
    pub fn is_overdrawn(&self) -> bool {
        self.overdrawn.is_some()
    }

    /// What is wrong with what the other side says to have read, if something is.
    #[inline]
    pub fn peer_corruption(&self) -> Option<String> {
        let claimed = self.overdrawn?;
        Some(format!("it says that {claimed} bytes were read, but {} were written", self.head))
    }

    /// Takes the next `bytes` of the ring that do not wrap and puts a header at their start; returns
    /// their place in the ring.
    #[inline(always)]
    fn put_header(&mut self, bytes: usize, header: [u64; HEADER_WORDS]) -> usize {
        if self.run.is_some() {
            self.seal_run();
        }
        let at = self.reserve(bytes);
        self.own.write_header(at, sealed(header, self.head - bytes as u64));
        at
    }

    /// Takes the next `bytes` of the ring that do not wrap; returns their place in it.
    #[inline(always)]
    fn reserve(&mut self, bytes: usize) -> usize {
        let ring = self.own.ring_bytes();
        let mut at = self.head as usize & (ring - 1);
        if at + bytes > ring {
            let pad = pack(KIND_PAD, &RecordHead::default());
            self.own.write_header(at, sealed(pad, self.head));
            self.head += (ring - at) as u64;
            at = 0;
        }
        self.head += bytes as u64;
        at
    }
}

impl Run {
    #[inline(always)]
    fn advance(&mut self, count: u32) {
        self.count += count;
        self.next = nth_of_run(&self.next, count);
    }
}
