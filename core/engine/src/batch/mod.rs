//! Several messages of one session, or several exchanges that begin on it, given to the handler in one
//! call.
//!
//! Whatever is seen of the side meanwhile is as if the hook were called for each by itself. The handler
//! says [which one it is at](crate::handler::Services::at) before it asks for anything, and from that
//! follows what its messages answer and which exchanges have begun. What all of them cost in books is
//! booked when the call returns, or before that where somebody would miss it: an exchange ends by
//! another way, or the connection goes, which no message outlives that was not given to the handler.

mod messages;
mod replies;
mod starts;

pub(crate) use replies::Finished;

use crate::core::Core;
use crate::hook::{MessageContext, SHARED_STAMPS};
use crate::port::Port;
use crate::session::HIGH_WATER;

/// Messages of a batch at most: as many as one record names, and as share a time of being handed over.
pub(crate) const MAX_BATCH: usize = SHARED_STAMPS as usize;

/// What a batch is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// What the server has received.
    Requests,
    /// What the client has.
    Replies,
    /// Exchanges that begin.
    Starts,
}

/// The batch that the handler has, or had last.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Batch {
    kind: Kind,
    /// Nothing more is to be done for it: it has ended, or its connection is gone.
    is_over: bool,
    slot: usize,
    session: u32,
    /// What the first message belongs to. That of the others follows by their number.
    first: MessageContext,
    /// Bytes of each message.
    len: usize,
    /// How many there are.
    count: usize,
    /// Those that the handler has come to.
    begun: usize,
    /// Of replies, those from the first on whose exchanges the handler has ended with them; and how many
    /// of these are booked.
    finished: usize,
    ended: usize,
    /// Of starts, those that the audit of an open loop has heard of.
    audited: usize,
}

impl Batch {
    /// The handler has none.
    const NONE: Self = Self {
        kind: Kind::Requests,
        is_over: true,
        slot: 0,
        session: 0,
        first: MessageContext::NONE,
        len: 0,
        count: 0,
        begun: 0,
        finished: 0,
        ended: 0,
        audited: 0,
    };

    /// The handler has none.
    #[inline(always)]
    pub(crate) fn is_over(&self) -> bool {
        self.is_over
    }

    /// The handler is at the request, or the start, of this exchange.
    #[inline(always)]
    pub(crate) fn is_at(&self, exchange: u64) -> bool {
        self.kind != Kind::Replies
            && !self.is_over
            && self.index_of(exchange).wrapping_add(1) == self.begun as u64
    }

    /// Exchanges that are counted as under way, and that the handler has not come to.
    #[inline]
    pub(crate) fn not_begun(&self) -> usize {
        let starts = self.kind == Kind::Starts && !self.is_over;
        if starts { self.count.saturating_sub(self.begun) } else { 0 }
    }

    /// The exchange that the message of this number belongs to. The first stands in the other side's memory,
    /// and may be any.
    #[inline(always)]
    fn exchange(&self, index: usize) -> u64 {
        self.first.exchange.wrapping_add(index as u64)
    }

    /// The number of the message, from 0, that belongs to this exchange. Exchanges of other messages have
    /// no number below [`count`](Self::count).
    #[inline(always)]
    fn index_of(&self, exchange: u64) -> u64 {
        exchange.wrapping_sub(self.first.exchange)
    }
}

impl Default for Batch {
    fn default() -> Self {
        Self::NONE
    }
}

impl<P: Port> Core<P> {
    /// The handler is at this one of its batch.
    #[inline(always)]
    pub(crate) fn go_to(&mut self, index: usize) {
        if index < self.together.batch.begun
            || index >= self.together.batch.count
            || self.together.batch.is_over
        {
            return;
        }
        match self.together.batch.kind {
            Kind::Requests | Kind::Replies => self.go_to_message(index),
            Kind::Starts => self.go_to_start(index),
        }
    }

    /// The next one of the batch is not to be begun.
    #[inline(always)]
    pub(crate) fn must_stop_batch(&self) -> bool {
        self.together.batch.is_over
            || self.together.batch.kind == Kind::Starts && !self.may_begin_more()
    }

    /// The window may be filled further.
    #[inline]
    fn may_begin_more(&self) -> bool {
        self.table.get(self.together.batch.slot).is_some_and(|connection| {
            connection.lifecycle().is_open()
                && !connection.lifecycle().output_has_ended()
                && connection.unsent() <= HIGH_WATER
        })
    }

    /// The handler has returned: nothing more is to be done for the batch.
    #[inline]
    fn end_batch(&mut self) {
        self.end_send_run();
        self.together.batch.is_over = true;
    }

    /// The connection in `slot` is about to go.
    #[inline]
    pub(crate) fn break_batch(&mut self, slot: usize) {
        if self.together.batch.is_over || self.together.batch.slot != slot {
            return;
        }
        match self.together.batch.kind {
            Kind::Requests | Kind::Replies => self.book_messages(self.together.batch.begun),
            Kind::Starts => self.take_starts_back(),
        }
        self.together.batch.is_over = true;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_numbers_of_messages_hold_whatever_exchange_the_other_side_names_first() {
        for exchange in [0, 7, u64::MAX - 1, u64::MAX] {
            let first = MessageContext { exchange, ..MessageContext::NONE };
            let mut batch = Batch { is_over: false, first, count: MAX_BATCH, ..Batch::NONE };
            for index in 0..MAX_BATCH {
                batch.begun = index + 1;
                let of_message = batch.exchange(index);
                assert_eq!(batch.index_of(of_message), index as u64, "from {exchange}");
                assert!(batch.is_at(of_message) && !batch.is_at(batch.exchange(index + 1)));
            }
        }
    }

    #[test]
    fn exchanges_are_ended_together_as_long_as_each_ends_with_its_reply() {
        let first = MessageContext { exchange: 7, ..MessageContext::NONE };
        let mut batch =
            Batch { is_over: false, kind: Kind::Replies, first, count: 4, ..Batch::NONE };
        assert!(!batch.finishes(7), "the handler has not come to its reply");
        batch.begun = 2;
        assert!(batch.finishes(7) && batch.finishes(8));
        assert!(!batch.finishes(9) && !batch.finishes(7) && !batch.finishes(6));
        assert_eq!(batch.take_finished().map(|one| (one.first.exchange, one.count)), Some((7, 2)));
        assert!(batch.take_finished().is_none());
        batch.begun = 3;
        assert!(batch.finishes(9));
        assert_eq!(batch.take_finished().map(|one| (one.first.exchange, one.count)), Some((9, 1)));
        batch.is_over = true;
        assert!(!batch.finishes(10));
    }
}
