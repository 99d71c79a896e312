//! The receipt of a damaged message: which exchanges it belongs to, gathered from the records that it
//! holds bytes of.

use super::mutant::{self, Mutant};
use super::{Receipt, RecordHead};

/// Gathers the records that one received message touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    any: bool,
    receipt: Receipt,
}

impl Touched {
    /// The message holds bytes of this record.
    pub(super) fn add(&mut self, head: &RecordHead) {
        if !self.any {
            self.any = true;
            self.receipt.measured = head.measured;
            self.receipt.handed_over_ns = head.handed_over_ns;
            self.receipt.cause_received_ns = head.cause_received_ns;
        } else if mutant::active(Mutant::ReportsOnlyTheFirstExchange) {
            return;
        }
        if head.exchange == 0 || head.exchanges == 0 {
            return;
        }
        let last = beyond(head.exchange, head.exchanges) - 1;
        self.receipt.last_exchange = self.receipt.last_exchange.max(last);
        if self.receipt.exchanges == 0 {
            self.receipt.exchange = head.exchange;
            self.receipt.exchanges = head.exchanges;
            return;
        }
        // The range grows while the exchanges are consecutive, in either direction. Exchanges
        // apart from it are left out: a range would take in some that have nothing to do with it.
        let (first, end) =
            (self.receipt.exchange, beyond(self.receipt.exchange, self.receipt.exchanges));
        let (new_first, new_end) = (head.exchange, beyond(head.exchange, head.exchanges));
        if new_first <= end && first <= new_end {
            let (first, end) = (first.min(new_first), end.max(new_end));
            self.receipt.exchange = first;
            self.receipt.exchanges = u32::try_from(end - first).unwrap_or(u32::MAX);
        }
    }

    /// The same for a record that may not be known.
    pub(super) fn extend(&mut self, head: Option<RecordHead>) {
        if let Some(head) = head {
            self.add(&head);
        }
    }

    #[inline]
    pub(super) fn any(&self) -> bool {
        self.any
    }

    #[inline]
    pub(super) fn receipt(&self, intact: bool) -> Receipt {
        Receipt { intact, ..self.receipt }
    }
}

/// The exchange after the last of a range; as high as numbers go for a range beyond them.
#[inline]
pub(super) fn beyond(first: u64, count: u32) -> u64 {
    first.saturating_add(u64::from(count))
}
