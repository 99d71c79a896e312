//! Which exchanges a damaged received message belongs to.

use super::mutant::{self, Mutant};
use super::{Heard, RecordHead};

/// Gathers the records that one received message touches.
#[derive(Debug, Default)]
pub(super) struct Touched {
    any: bool,
    heard: Heard,
}

impl Touched {
    /// The message holds bytes of this record.
    pub(super) fn add(&mut self, head: &RecordHead) {
        if !self.any {
            self.any = true;
            self.heard.measured = head.measured;
            self.heard.handed_over_ns = head.handed_over_ns;
            self.heard.cause_received_ns = head.cause_received_ns;
        } else if mutant::active(Mutant::HearsOnlyTheFirstExchange) {
            return;
        }
        if head.exchange == 0 || head.exchanges == 0 {
            return;
        }
        let last = beyond(head.exchange, head.exchanges) - 1;
        self.heard.last_exchange = self.heard.last_exchange.max(last);
        if self.heard.exchanges == 0 {
            self.heard.exchange = head.exchange;
            self.heard.exchanges = head.exchanges;
            return;
        }
        // The range grows while the exchanges are consecutive, in either direction. Exchanges
        // apart from it are left out: a range would take in some that have nothing to do with it.
        let (first, end) = (self.heard.exchange, beyond(self.heard.exchange, self.heard.exchanges));
        let (new_first, new_end) = (head.exchange, beyond(head.exchange, head.exchanges));
        if new_first <= end && first <= new_end {
            let (first, end) = (first.min(new_first), end.max(new_end));
            self.heard.exchange = first;
            self.heard.exchanges = u32::try_from(end - first).unwrap_or(u32::MAX);
        }
    }

    pub(super) fn any(&self) -> bool {
        self.any
    }

    pub(super) fn heard(&self, intact: bool) -> Heard {
        Heard { intact, ..self.heard }
    }
}

/// The exchange after the last of a range; as high as numbers go for a range beyond them.
pub(super) fn beyond(first: u64, count: u32) -> u64 {
    first.saturating_add(u64::from(count))
}
