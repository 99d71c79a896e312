//! What the client's handler does with the replies of a batch.

use super::{Batch, Kind};
use crate::core::Core;
use crate::hook::MessageContext;
use crate::port::Port;

/// Exchanges, one after the other, that the handler has ended as done, each with its reply.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Finished {
    /// What the first reply belongs to.
    pub(crate) first: MessageContext,
    pub(crate) count: usize,
    /// Bytes of each reply.
    pub(crate) len: usize,
    pub(crate) slot: usize,
    pub(crate) session: u32,
}

impl Batch {
    /// The handler ends this exchange as done. True: that is to be booked with the others of the batch.
    #[inline(always)]
    pub(crate) fn finishes(&mut self, exchange: u64) -> bool {
        let goes_on = self.kind == Kind::Replies
            && !self.is_over
            && self.finished < self.begun
            && self.index_of(exchange) == self.finished as u64;
        self.finished += usize::from(goes_on);
        goes_on
    }

    /// Takes those that have been ended and not booked.
    #[inline]
    pub(crate) fn take_finished(&mut self) -> Option<Finished> {
        let count = self.finished - self.ended;
        if count == 0 {
            return None;
        }
        let exchange = self.exchange(self.ended);
        self.ended = self.finished;
        let first = MessageContext { exchange, ..self.first };
        let (len, slot, session) = (self.len, self.slot, self.session);
        Some(Finished { first, count, len, slot, session })
    }

    /// What the reply of an exchange that is ended by another way has carried, in bytes, if it is one of
    /// the batch: that is not booked yet.
    #[inline]
    pub(crate) fn carried(&self, exchange: u64) -> u64 {
        let is_reply = self.kind == Kind::Replies && !self.is_over;
        if is_reply && self.index_of(exchange) < self.begun as u64 { self.len as u64 } else { 0 }
    }
}

impl<P: Port> Core<P> {
    /// What those replies have carried whose exchanges go on. An exchange that has ended takes nothing
    /// more.
    #[inline]
    pub(super) fn note_carried(&mut self, come: usize) {
        let batch = &self.together.batch;
        let Some(client_state) = self.client.as_deref_mut() else { return };
        for index in batch.ended..come {
            client_state.carried(batch.exchange(index), batch.len);
        }
    }
}
