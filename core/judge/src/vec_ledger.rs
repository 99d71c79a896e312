//! A ledger in ordinary memory, for tests and benches.

use super::{Record, RecordHead, SessionLedger};
use std::collections::VecDeque;

/// One session's records in a queue.
#[derive(Clone, Debug, Default)]
pub struct VecLedger {
    records: VecDeque<(RecordHead, Vec<u8>)>,
    handed_over: u64,
}

impl VecLedger {
    /// An empty ledger.
    #[inline]
    pub fn new() -> Self {
        Self::default()
    }

    /// Hands a message over. It is exchange number 1, 2, 3, … of its session, and measured.
    #[inline]
    pub fn hand_over(&mut self, payload: &[u8]) -> RecordHead {
        let head = RecordHead {
            session: 1,
            len: payload.len() as u32,
            seq: self.handed_over,
            exchange: self.handed_over + 1,
            exchanges: 1,
            measured: true,
            handed_over_ns: self.handed_over + 1,
            ..RecordHead::default()
        };
        self.push(head, payload);
        head
    }

    /// Appends a record as it is.
    #[inline]
    pub fn push(&mut self, head: RecordHead, payload: &[u8]) {
        self.records.push_back((head, payload.to_vec()));
        self.handed_over += 1;
    }

    /// Records that have no verdict yet.
    #[inline]
    pub fn unresolved(&self) -> usize {
        self.records.len()
    }
}

impl SessionLedger for VecLedger {
    #[inline]
    fn peek(&mut self, k: usize) -> Option<Record<'_>> {
        let (head, payload) = self.records.get(k)?;
        Some(Record { head: *head, payload })
    }

    #[inline]
    fn release(&mut self) {
        self.records.pop_front();
    }
}
