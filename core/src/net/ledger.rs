//! The writing end of the ledger: a ring of records in the owner's shared memory.
//!
//! A record is a 64-byte header and the message, padded to 64 bytes, so that the header of a
//! small message sits in one cache line and the message in the next. A record never wraps: what
//! is left at the ring's end is filled by a pad. Positions count bytes since the ring was made
//! and never wrap in practice (2^64 bytes).
//!
//! Each header is [sealed](super::seal) with its position.

use super::region::{AT_CONSUMED, AT_HEAD, HEADER_WORDS, Region};
use super::seal::{self, SEAL};
use crate::judge::RecordHead;
use crate::link::{Fault, FaultKind, Hit};
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// Bytes of a record's header, and the alignment of records.
pub(super) const HEADER: usize = 8 * HEADER_WORDS;

/// A record of a message.
pub(super) const KIND_MESSAGE: u32 = 1;
/// Nothing up to the ring's end.
pub(super) const KIND_PAD: u32 = 2;
/// The exchanges named in the header have a damaged request.
pub(super) const KIND_DAMAGE: u32 = 3;
/// The link has done something to what this side sends.
pub(super) const KIND_FAULT: u32 = 4;

/// Set in the kind's upper half when the exchange is measured.
pub(super) const FLAG_MEASURED: u32 = 1 << 16;

/// The largest message a ring of `ring_bytes` takes: a quarter of it, so that the pad at the end
/// and the messages in flight always leave room to go on.
pub fn largest_message(ring_bytes: usize) -> usize {
    ring_bytes / 4
}

/// The bytes a message of `len` takes in the ring.
#[inline]
pub(super) fn footprint(len: usize) -> usize {
    HEADER + len.next_multiple_of(HEADER)
}

/// The words of a header. The machine's own byte order: both sides run on it.
#[inline(always)]
pub(super) fn pack(kind: u32, head: &RecordHead) -> [u64; HEADER_WORDS] {
    let kind = kind | if head.measured { FLAG_MEASURED } else { 0 };
    [
        u64::from(kind) | u64::from(head.len) << 32,
        u64::from(head.session) | u64::from(head.exchanges) << 32,
        head.seq,
        head.exchange,
        head.handed_over_ns,
        head.cause_received_ns,
        head.wire_offset,
        u64::from(head.wire_len),
    ]
}

/// The inverse of [`pack`]: kind and head. Any words give some head.
#[inline(always)]
pub(super) fn unpack(words: &[u64; HEADER_WORDS]) -> (u32, RecordHead) {
    let kind = words[0] as u32;
    let head = RecordHead {
        len: (words[0] >> 32) as u32,
        session: words[1] as u32,
        exchanges: (words[1] >> 32) as u32,
        seq: words[2],
        exchange: words[3],
        measured: kind & FLAG_MEASURED != 0,
        handed_over_ns: words[4],
        cause_received_ns: words[5],
        wire_offset: words[6],
        wire_len: words[7] as u32,
    };
    (kind & 0xFFFF, head)
}

/// Seals a header that stands at `position`: the words that the walk through the ring depends on,
/// which are the kind, lengths, the session and counts. The seal stands above the length on the wire.
#[inline(always)]
pub(super) fn sealed(mut words: [u64; HEADER_WORDS], position: u64) -> [u64; HEADER_WORDS] {
    words[7] |= seal::of(words[0], words[1], position);
    words
}

/// Whether a header is what was sealed for `position`.
#[inline(always)]
pub(super) fn is_sealed(words: &[u64; HEADER_WORDS], position: u64) -> bool {
    words[7] & SEAL == seal::of(words[0], words[1], position)
}

/// The words of a fault's header.
fn pack_fault(fault: &Fault) -> [u64; HEADER_WORDS] {
    let code = u64::from(fault.kind as u8) | u64::from(fault.hit as u8) << 8;
    let kind = u64::from(KIND_FAULT) | code << 32;
    [kind, u64::from(fault.session), fault.at, fault.len, 0, 0, 0, 0]
}

/// The inverse of [`pack_fault`]; `None` when the words name none.
pub(super) fn unpack_fault(words: &[u64; HEADER_WORDS]) -> Option<Fault> {
    let code = words[0] >> 32;
    Some(Fault {
        kind: FaultKind::from_code(code as u8)?,
        hit: Hit::from_code((code >> 8) as u8)?,
        session: words[1] as u32,
        at: words[2],
        len: words[3],
    })
}

/// Appends records to this side's ring. Nothing is visible to the other side before
/// [`publish`](Self::publish).
#[derive(Debug)]
pub struct LedgerWriter {
    own: Arc<Region>,
    peer: Arc<Region>,
    head: u64,
    published: u64,
    /// The other side's released position as last read: it only grows, so an old value is safe.
    released: u64,
    /// Nobody reads it, so nothing is written.
    silent: bool,
    /// The other side says to have released what was never written.
    overdrawn: Option<u64>,
}

impl LedgerWriter {
    /// Writes to `own`; learns from `peer` what the other side has released.
    pub fn new(own: Arc<Region>, peer: Arc<Region>) -> Self {
        Self { own, peer, head: 0, published: 0, released: 0, silent: false, overdrawn: None }
    }

    /// A ledger that keeps nothing, for a side whose other side is not ours. It has room for
    /// everything: what a message may take is the framing's to say.
    pub fn silent(own: Arc<Region>, peer: Arc<Region>) -> Self {
        Self { silent: true, ..Self::new(own, peer) }
    }

    /// The largest message this ledger takes.
    pub fn largest_message(&self) -> usize {
        // A record counts its bytes in 32 bits.
        if self.silent { u32::MAX as usize } else { largest_message(self.own.ring_bytes()) }
    }

    /// Whether a message of `len` bytes can be appended now.
    #[inline(always)]
    pub fn has_room(&mut self, len: usize) -> bool {
        // Twice the footprint covers the pad that a wrap may need.
        let needed = 2 * footprint(len) as u64;
        let ring = self.own.ring_bytes() as u64;
        if self.head + needed - self.released <= ring {
            return true;
        }
        self.look_again(needed)
    }

    #[cold]
    fn look_again(&mut self, needed: u64) -> bool {
        if self.silent {
            return true;
        }
        let told = self.peer.atomic(AT_CONSUMED).load(Ordering::Acquire);
        if told > self.head {
            self.overdrawn = Some(told);
        }
        self.released = told.clamp(self.released, self.head);
        self.head + needed - self.released <= self.own.ring_bytes() as u64
    }

    /// Appends a message, `head.len` bytes long. The caller has asked
    /// [`has_room`](Self::has_room).
    #[inline(always)]
    pub fn append(&mut self, head: &RecordHead, message: &[u8]) {
        debug_assert_eq!(message.len(), head.len as usize);
        if self.silent {
            return;
        }
        let at = self.put(footprint(message.len()), pack(KIND_MESSAGE, head));
        self.own.write_ring(at + HEADER, message);
    }

    /// Tells the other side that the requests of `count` exchanges from `first` on are damaged.
    /// False when the ring is full: say it again later.
    pub fn append_damage(&mut self, first: u64, count: u32) -> bool {
        if self.silent {
            return true;
        }
        if !self.has_room(0) {
            return false;
        }
        let head = RecordHead { exchange: first, exchanges: count, ..RecordHead::default() };
        self.put(HEADER, pack(KIND_DAMAGE, &head));
        true
    }

    /// Tells the other side what the link is about to do to what this side sends. False when the
    /// ring is full: say it again later, and write nothing before.
    pub fn append_fault(&mut self, fault: &Fault) -> bool {
        if self.silent {
            return true;
        }
        if !self.has_room(0) {
            return false;
        }
        self.put(HEADER, pack_fault(fault));
        true
    }

    /// True when the other side has a verdict on everything appended.
    pub fn all_released(&self) -> bool {
        self.peer.atomic(AT_CONSUMED).load(Ordering::Acquire) == self.head
    }

    /// Makes everything appended visible. Must come before the bytes are written to the socket.
    #[inline]
    pub fn publish(&mut self) {
        if self.published != self.head {
            self.published = self.head;
            self.own.atomic(AT_HEAD).store(self.head, Ordering::Release);
        }
    }

    #[cfg(test)]
    pub(super) fn own(&self) -> &Region {
        &self.own
    }

    /// What is wrong with what this side has published, if something is: somebody else has written
    /// to its memory.
    pub fn own_trouble(&self) -> Option<String> {
        let head = self.own.atomic(AT_HEAD).load(Ordering::Acquire);
        (head != self.published)
            .then(|| format!("it says that {head} bytes were written, but {} were", self.published))
    }

    /// True when the other side says to have read what was never written.
    #[inline]
    pub fn is_overdrawn(&self) -> bool {
        self.overdrawn.is_some()
    }

    /// What is wrong with what the other side says to have read, if something is.
    pub fn peer_trouble(&self) -> Option<String> {
        let told = self.overdrawn?;
        Some(format!("it says that {told} bytes were read, but {} were written", self.head))
    }

    /// Puts a header at the start of `bytes` that do not wrap; returns their place in the ring.
    #[inline(always)]
    fn put(&mut self, bytes: usize, header: [u64; HEADER_WORDS]) -> usize {
        let ring = self.own.ring_bytes();
        let mut at = self.head as usize & (ring - 1);
        if at + bytes > ring {
            let pad = pack(KIND_PAD, &RecordHead::default());
            self.own.write_header(at, sealed(pad, self.head));
            self.head += (ring - at) as u64;
            at = 0;
        }
        self.own.write_header(at, sealed(header, self.head));
        self.head += bytes as u64;
        at
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_fault_survives_packing() {
        for kind in FaultKind::ALL {
            let fault = Fault { kind, hit: Hit::Both, session: u32::MAX, at: 7, len: u64::MAX };
            assert_eq!(unpack_fault(&pack_fault(&fault)), Some(fault));
        }
        assert_eq!(unpack_fault(&[u64::MAX; HEADER_WORDS]), None);
    }

    #[test]
    fn a_header_survives_its_seal() {
        let fields = RecordHead { session: 7, len: 9, exchanges: 1, ..RecordHead::default() };
        let head = RecordHead { wire_len: u32::MAX, ..fields };
        let words = sealed(pack(KIND_MESSAGE, &head), 640);
        assert!(is_sealed(&words, 640) && !is_sealed(&words, 704));
        assert_eq!(unpack(&words), (KIND_MESSAGE, head));
    }

    #[test]
    fn every_header_field_survives_packing() {
        let head = RecordHead {
            session: 0x0102_0304,
            len: 0x1122_3344,
            seq: u64::MAX - 1,
            exchange: 7,
            exchanges: u32::MAX,
            measured: true,
            handed_over_ns: 8,
            cause_received_ns: 9,
            wire_offset: 10,
            wire_len: 11,
        };
        assert_eq!(unpack(&pack(KIND_MESSAGE, &head)), (KIND_MESSAGE, head));
    }
}
