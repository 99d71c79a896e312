//! Messages that were read together, are payloads that one record names, and have come unchanged.

use super::{Batch, Kind, MAX_BATCH};
use crate::core::Core;
use crate::handler::{BatchMessage, Handler, HookError};
use crate::hook::MessageContext;
use crate::machine::Side;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::receive::Judging;
use wirebench_framings::{Decoded, Role};

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Gives the handler as many of the messages from `from` on as can be given in one call. Returns how
    /// many are seen to; 0: the next one is to be delivered by itself.
    #[inline]
    pub(crate) fn deliver_together(
        &mut self,
        slot: usize,
        decoded: &Decoded,
        input: &[u8],
        from: usize,
    ) -> Result<usize, HookError> {
        let core = &mut self.core;
        let frames = &decoded.frames[from..];
        let Some(connection) = core.table.get(slot) else { return Ok(frames.len()) };
        let session = connection.id();
        let Judging::Stream(judge) = connection.ingress().judge() else { return Ok(0) };
        let is_client = core.role == Role::Client;
        if !judge.awaits_whole_record() || is_client && core.records.reader().has_damage() {
            return Ok(0);
        }
        let Some((source, head, due)) = core.records.due_run(session) else { return Ok(0) };
        let mut batch = [BatchMessage::NONE; MAX_BATCH];
        let most = MAX_BATCH.min(due as usize).min(frames.len());
        let mut count = 0;
        while count < most {
            let bytes = decoded.message(&frames[count], input);
            let token = head.exchange.wrapping_add(count as u64);
            if bytes.len() != head.len as usize || !core.records.is_payload(source, token, bytes) {
                break;
            }
            batch[count] = BatchMessage { token, bytes };
            count += 1;
        }
        let Some(state) = self.sessions.get_mut(slot).filter(|_| count > 0) else { return Ok(0) };
        let cause_received_ns =
            if is_client { head.cause_received_ns } else { core.hook.received_ns() };
        let first = MessageContext {
            exchange: head.exchange,
            exchanges: 1,
            measured: head.measured,
            handed_over_ns: head.handed_over_ns,
            cause_received_ns,
        };
        core.hook.handle(slot, first, false);
        let kind = if is_client { Kind::Replies } else { Kind::Requests };
        let len = head.len as usize;
        core.together.batch =
            Batch { is_over: false, kind, slot, session, first, len, count, ..Batch::NONE };
        let (handled, outcome) = self.handler.messages(core, session, state, &batch[..count]);
        // One that failed has come all the same.
        let come = (handled + usize::from(outcome.is_err())).min(count);
        let is_gone = core.together.batch.is_over;
        if !is_gone {
            core.go_to_last(come);
            core.book_messages(come);
        }
        core.end_batch();
        match outcome {
            Err(error) => self.hook_failed(slot, error)?,
            Ok(()) if !is_gone => return Ok(come),
            Ok(()) => {}
        }
        // What stands behind it is nobody's any more.
        Ok(if self.core.table.get(slot).is_some() { come } else { frames.len() })
    }
}

impl<P: Port> Core<P> {
    /// The handler has come to a further message.
    #[inline(always)]
    pub(super) fn go_to_message(&mut self, index: usize) {
        if self.recent_requests.is_some() {
            self.remember_messages(index);
        }
        self.together.batch.begun = index + 1;
        self.hook.go_on_to(self.together.batch.exchange(index));
    }

    /// It has handled so many, perhaps without asking for anything.
    #[inline]
    fn go_to_last(&mut self, come: usize) {
        if come > self.together.batch.begun {
            self.go_to_message(come - 1);
        }
    }

    /// All requests up to this one may be answered later.
    #[cold]
    fn remember_messages(&mut self, index: usize) {
        let batch = &self.together.batch;
        let Some(requests) = &mut self.recent_requests else { return };
        for index in batch.begun..=index {
            let exchange = batch.exchange(index);
            requests.remember(&MessageContext { exchange, ..batch.first });
        }
    }

    /// So many messages have come: alone and unchanged, which is all that is to be said of them.
    #[inline]
    pub(super) fn book_messages(&mut self, come: usize) {
        self.stats.received_messages_n(come as u64);
        let booked = if active(Mutant::BooksTheFirstOfABatch) { come.min(1) } else { come };
        self.records.came_intact(self.together.batch.session, booked as u32);
        if self.together.batch.kind == Kind::Replies {
            self.end_finished();
            self.note_carried(come);
        }
    }
}
