//! The evidence of an anomaly, for a person: the bytes around the place where it shows.

use super::mutant::{self, Mutant};
use super::{Anomaly, RecordHead, Verdict};

/// Bytes shown of each of the two.
const SHOWN: usize = 64;
/// How many of them may stand before the place in question.
const BEFORE: usize = 16;

/// A received message.
#[derive(Clone, Copy, Debug)]
pub(super) struct Arrival<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) received_ns: u64,
}

/// The place where a message went wrong: its own bytes and the received ones around it.
#[derive(Clone, Debug)]
pub(super) struct Evidence {
    offset: usize,
    shown_from: usize,
    expected: Vec<u8>,
    received: Vec<u8>,
    received_len: usize,
    received_ns: u64,
}

impl Evidence {
    /// `offset` in the message stands against `at` in what was received. Both are shown from the
    /// same distance before that place, so that they stand under each other.
    #[inline]
    pub(super) fn new(payload: &[u8], offset: usize, arrival: &Arrival<'_>, at: usize) -> Self {
        let before = BEFORE.min(offset).min(at);
        let around = |bytes: &[u8], place: usize| {
            let from = (place - before).min(bytes.len());
            bytes[from..bytes.len().min(from + SHOWN)].to_vec()
        };
        Self {
            offset: mutant::unless(Mutant::ShowsTheWrongPlace, offset, offset + 1),
            shown_from: offset - before,
            expected: around(payload, offset),
            received: around(arrival.bytes, at),
            received_len: arrival.bytes.len(),
            received_ns: arrival.received_ns,
        }
    }

    /// Nothing shows what came of a message.
    #[inline]
    pub(super) fn of_nothing(payload: &[u8]) -> Self {
        Self::new(payload, 0, &Arrival { bytes: &[], received_ns: 0 }, 0)
    }

    #[inline]
    pub(super) fn into_anomaly(self, verdict: Verdict, head: RecordHead) -> Anomaly {
        Anomaly {
            verdict,
            head,
            offset: self.offset as u64,
            shown_from: self.shown_from as u64,
            expected: self.expected,
            received: self.received,
            received_len: self.received_len as u64,
            received_ns: self.received_ns,
        }
    }
}
