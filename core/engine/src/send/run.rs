//! Messages that differ in nothing but their numbers, handed over one after the other in one call of the
//! handler: the first is sent like any other, and those that go on where it ended are encoded at once and
//! booked together.

use super::submit::FULL;
use crate::core::Core;
use crate::handler::SendResult;
use crate::hook::MessageContext;
use crate::port::Port;
use wirebench_framings::EncodeError;
use wirebench_framings::driver::Encoded;
use wirebench_load::Source;

/// What the next message has to be to go on with the run, and what is not booked of it yet.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SendRun {
    /// Messages that the run may still grow by; 0: there is none.
    left: u32,
    slot: usize,
    session: u32,
    next: MessageContext,
    source: Source,
    /// Bytes of each message, and of each frame.
    len: usize,
    wire_len: usize,
    /// Messages that are encoded and not booked.
    unbooked: u32,
}

impl Default for SendRun {
    fn default() -> Self {
        Self {
            left: 0,
            slot: 0,
            session: 0,
            next: MessageContext::default(),
            source: Source::Requests,
            len: 0,
            wire_len: 0,
            unbooked: 0,
        }
    }
}

impl<P: Port> Core<P> {
    /// What a message belongs to that the handler sends with `token`, if it goes on with the run: as far as
    /// that can be told before its bytes are looked at, and with what [`origin`](Self::origin) would say.
    #[inline(always)]
    pub(crate) fn next_of_run(&mut self, session: u32, token: u64) -> Option<MessageContext> {
        let run = &self.together.sends;
        let goes_on = run.left > 0 && run.next.exchange == token && run.session == session;
        if goes_on && self.together.batch.is_at(token) && self.takes_time_of_run(token) {
            return Some(self.together.sends.next);
        }
        None
    }

    /// The message is handed over at the time of the run: of an exchange that starts that is settled, and
    /// holds for the first message that its hook sends.
    #[inline(always)]
    fn takes_time_of_run(&mut self, token: u64) -> bool {
        let time = self.together.sends.next.handed_over_ns;
        match &mut self.client {
            Some(client_state) => client_state.take_started(token) == Some(time),
            None => self.hook.takes_stamp_of(time),
        }
    }

    /// A message goes on with the run as far as its numbers say.
    #[inline(always)]
    pub(crate) fn go_on(
        &mut self,
        origin: &MessageContext,
        message: &[u8],
        source: Option<Source>,
    ) -> SendResult {
        if source == Some(self.together.sends.source) && message.len() == self.together.sends.len {
            return self.send_on(origin, message);
        }
        self.submit_anew(self.together.sends.slot, origin, message, source)
    }

    /// Sends the next message of the run.
    #[inline(always)]
    pub(crate) fn send_on(&mut self, origin: &MessageContext, message: &[u8]) -> SendResult {
        let run = &mut self.together.sends;
        let (slot, source, now) = (run.slot, run.source, origin.handed_over_ns);
        let Some(connection) = self.table.get_mut(slot) else { return SendResult::Closed };
        let egress = connection.egress_mut();
        if egress.must_wait(now) || egress.send_buffer().len() > FULL {
            return self.submit_anew(slot, origin, message, Some(source));
        }
        let encoded = egress.encode(now, message, usize::MAX);
        if let Ok(Encoded { own_bytes, later: 0, closes: false, .. }) = encoded
            && own_bytes == run.wire_len
        {
            run.left -= 1;
            run.unbooked += 1;
            run.next.exchange = run.next.exchange.wrapping_add(1);
            if let Some(client_state) = &mut self.client {
                client_state.handed_over(origin.exchange, now, message.len());
            }
            return SendResult::Sent;
        }
        self.sent_otherwise(origin, message, encoded)
    }

    /// A message that was to go on with the run is not like the others once it is encoded.
    #[cold]
    fn sent_otherwise(
        &mut self,
        origin: &MessageContext,
        message: &[u8],
        encoded: Result<Encoded, EncodeError>,
    ) -> SendResult {
        let (slot, source) = (self.together.sends.slot, self.together.sends.source);
        self.end_send_run();
        self.stats.sent_message();
        let Some(connection) = self.table.get_mut(slot) else { return SendResult::Closed };
        let id = connection.id();
        match encoded {
            Err(why) => self.cannot_send(id, origin, message.len(), why),
            Ok(Encoded { own_bytes, later, closes, .. }) => {
                if closes {
                    connection.lifecycle_mut().end_output_with_message();
                }
                let mut head = connection.egress_mut().record(id, origin, message.len(), own_bytes);
                head.wire_len += later as u32;
                self.records.append(&head, message, Some(source), true);
                self.stats.recorded(message.len());
                if let Some(client_state) = &mut self.client {
                    let now = origin.handed_over_ns;
                    client_state.handed_over(origin.exchange, now, message.len());
                }
            }
        }
        SendResult::Sent
    }

    /// A message was sent that others may go on from, if the handler has several at a time.
    #[inline(always)]
    pub(super) fn begin_send_run(
        &mut self,
        (slot, session): (usize, u32),
        origin: &MessageContext,
        (len, wire_len): (usize, usize),
        source: Source,
    ) {
        let left = if self.together.batch.is_over() { 0 } else { self.records.writer().run_room() };
        let next = MessageContext { exchange: origin.exchange.wrapping_add(1), ..*origin };
        self.together.sends =
            SendRun { left, slot, session, next, source, len, wire_len, unbooked: 0 };
    }

    /// Nothing goes on from what was sent: all of it is booked.
    #[inline]
    pub(crate) fn end_send_run(&mut self) {
        if self.together.sends.left | self.together.sends.unbooked > 0 {
            self.book_sends();
        }
    }

    #[inline(never)]
    fn book_sends(&mut self) {
        let SendRun { slot, unbooked: count, len, wire_len, .. } = self.together.sends;
        (self.together.sends.left, self.together.sends.unbooked) = (0, 0);
        self.stats.sent_messages(count.into(), len);
        self.records.writer_mut().grow_run(count);
        if let Some(connection) = self.table.get_mut(slot) {
            connection.egress_mut().recorded(count.into(), wire_len);
        }
    }
}
