//! The form of a record in the ring: a 64-byte header and the message, padded to 64 bytes, so that
//! the header of a small message sits in one cache line and the message in the next.
//!
//! Messages that are [payloads of the round](wirebench_load::NamedPayloads) are named instead of copied:
//! their record is a header alone, and one record stands for a run of them that differ in nothing but
//! their numbers.
//!
//! Each header is [sealed](super::seal) with its position.

use super::seal::{self, SEAL};
use wirebench_judge::RecordHead;
use wirebench_link::{Fault, FaultKind, FrameRegion};
use wirebench_load::Source;

/// Words of a record's header.
pub(super) const HEADER_WORDS: usize = 8;

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
/// A run of messages that are payloads of the client's. The count stands where the exchanges of one
/// message do, because each has one.
pub(super) const KIND_REQUESTS: u32 = 5;
/// The same of the server's `reply-payload`.
pub(super) const KIND_REPLIES: u32 = 6;

/// Messages of one run at most: what a reader may have to do for a header is bounded.
pub(super) const MAX_RUN: u32 = 16;

/// Set in the kind's upper half when the exchange is measured.
pub(super) const FLAG_MEASURED: u32 = 1 << 16;

/// The bytes a message of `len` takes in the ring.
#[inline]
pub(super) fn footprint(len: usize) -> usize {
    HEADER + len.next_multiple_of(HEADER)
}

/// The kind of a run of payloads.
#[inline(always)]
pub(super) fn kind_of(source: Source) -> u32 {
    match source {
        Source::Requests => KIND_REQUESTS,
        Source::Replies => KIND_REPLIES,
    }
}

/// Whose payloads a record of this kind is a run of.
#[inline(always)]
pub(super) fn source_of(kind: u32) -> Option<Source> {
    match kind {
        KIND_REQUESTS => Some(Source::Requests),
        KIND_REPLIES => Some(Source::Replies),
        _ => None,
    }
}

/// The head of the message at `index` of a run whose first one has `first`.
#[inline(always)]
pub(super) fn nth_of_run(first: &RecordHead, index: u32) -> RecordHead {
    let n = u64::from(index);
    RecordHead {
        exchanges: 1,
        seq: first.seq.wrapping_add(n),
        exchange: first.exchange.wrapping_add(n),
        wire_offset: first.wire_offset.wrapping_add(n.wrapping_mul(first.wire_len.into())),
        ..*first
    }
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
#[inline]
pub(super) fn pack_fault(fault: &Fault) -> [u64; HEADER_WORDS] {
    let code = u64::from(fault.kind as u8) | u64::from(fault.hit as u8) << 8;
    let kind = u64::from(KIND_FAULT) | code << 32;
    [kind, u64::from(fault.session), fault.at, fault.len, 0, 0, 0, 0]
}

/// The inverse of [`pack_fault`]; `None` when the words name none.
#[inline]
pub(super) fn unpack_fault(words: &[u64; HEADER_WORDS]) -> Option<Fault> {
    let code = words[0] >> 32;
    Some(Fault {
        kind: FaultKind::from_code(code as u8)?,
        hit: FrameRegion::from_code((code >> 8) as u8)?,
        session: words[1] as u32,
        at: words[2],
        len: words[3],
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_field_of_a_fault_survives_packing() {
        for kind in FaultKind::ALL {
            let fault =
                Fault { kind, hit: FrameRegion::Both, session: u32::MAX, at: 7, len: u64::MAX };
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
