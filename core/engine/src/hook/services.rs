//! The side as its plugin sees it.

use crate::core::Core;
use crate::handler::{
    FinishAs, Hook, Mailbox, Place, SendResult, Services, Token, Trouble, is_word,
};
use crate::hook::MessageContext;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::records::Naming;
use std::path::Path;
use wirebench_load::{Finish, Source};
use wirebench_measure::{MISUSE, WORKER, WRONG_UNMEASURED};

impl<P: Port> Services for Core<P> {
    #[inline(always)]
    fn at(&mut self, index: usize) {
        self.go_to(index);
    }

    #[inline(always)]
    fn must_stop(&self) -> bool {
        self.must_stop_batch()
    }

    #[inline]
    fn send(&mut self, session: u32, token: Token, message: &[u8]) -> SendResult {
        if let Some(origin) = self.next_of_run(session, token) {
            let is_request = self.records.is_payload(Source::Requests, token, message);
            let source = is_request.then_some(Source::Requests);
            return self.go_on(&origin, message, source);
        }
        let Some(slot) = self.slot_of(session) else { return self.sent_in_vain(session) };
        let origin = self.origin(token);
        // An answer is often the request itself. That it is, is seen and not believed: the handler may
        // have changed it in place, or answer another request.
        let named = self.records.naming().answers()
            && origin.exchanges == 1
            && Naming::is_worth(message.len(), !self.together.batch.is_over())
            && self.records.is_payload(Source::Requests, origin.exchange, message);
        self.submit(slot, origin, message, named.then_some(Source::Requests))
    }

    fn send_parts(&mut self, session: u32, token: Token, parts: &[&[u8]]) -> SendResult {
        if let [message] = parts {
            return self.send(session, token, message);
        }
        let mut whole = std::mem::take(&mut self.buffers.scratch);
        whole.clear();
        parts.iter().for_each(|part| whole.extend_from_slice(part));
        let result = self.send(session, token, &whole);
        self.buffers.scratch = whole;
        result
    }

    #[inline]
    fn send_payload(&mut self, session: u32, token: Token) -> SendResult {
        if let Some(origin) = self.next_of_run(session, token) {
            let Some(mut payloads) = self.payloads.take() else { return SendResult::Closed };
            let result = self.go_on(&origin, payloads.get(token), self.records.naming().payloads());
            self.payloads = Some(payloads);
            return result;
        }
        let Some(slot) = self.slot_of(session) else { return self.sent_in_vain(session) };
        let origin = self.origin(token);
        // Taken out for the call, so that the payload can be borrowed beside the connections.
        let Some(mut payloads) = self.payloads.take() else { return SendResult::Closed };
        let payload = payloads.get(token);
        let is_of_exchange = token != 0 && origin.exchange == token && origin.exchanges == 1;
        let named =
            is_of_exchange && Naming::is_worth(payload.len(), !self.together.batch.is_over());
        let source = if named { self.records.naming().payloads() } else { None };
        let result = self.submit(slot, origin, payload, source);
        self.payloads = Some(payloads);
        result
    }

    fn payload(&mut self, token: Token) -> &[u8] {
        self.payloads.as_mut().map_or(&[], |payloads| payloads.get(token))
    }

    #[inline]
    fn finish(&mut self, token: Token, how: FinishAs, why: &str) {
        let how = match how {
            FinishAs::Done if self.together.batch.finishes(token) => return,
            FinishAs::Done => Finish::Done,
            FinishAs::Wrong => Finish::Wrong,
            FinishAs::Rejected => Finish::Rejected,
        };
        if !self.together.batch.is_over() && !self.may_end_in_batch(token) {
            return self.finished_in_vain(token);
        }
        let Some(client_state) = &mut self.client else {
            return self.misuse("`finish` is for the client side: nothing was ended");
        };
        let Some(mut ended) = client_state.finish_exchange(token, how) else {
            return self.finished_in_vain(token);
        };
        ended.payload_bytes += self.together.batch.carried(token);
        if how == Finish::Done {
            self.count_done(&ended);
            return;
        }
        let kind = match (how, ended.measured) {
            (Finish::Wrong, true) => Some("wrong answer"),
            (Finish::Wrong, false) => Some(WRONG_UNMEASURED),
            (_, true) => Some("rejected"),
            (_, false) => None,
        };
        if let Some(kind) = kind {
            self.stats.error(kind, 1, || format!("exchange {token}: {why}"));
        }
        self.count_ended(&ended);
    }

    fn close(&mut self, session: u32) {
        let Some(slot) = self.slot_of(session) else {
            return self.never_opened("`close`", session);
        };
        if !active(Mutant::GoesOnAfterAClose) {
            self.end_send_run();
        }
        let hook = self.port.hooks_called();
        if let Some(connection) = self.table.get_mut(slot)
            && connection.lifecycle_mut().close_by(hook)
        {
            // The end of the turn flushes it, and removes it when it is written.
            self.work.to_flush.insert(slot);
        }
    }

    fn set_timer(&mut self, session: u32, id: u64, after_ns: u64) {
        if self.slot_of(session).is_none() {
            return self.never_opened("a timer was set", session);
        }
        self.answers_later();
        if after_ns == u64::MAX {
            self.work.timers.cancel((session, id));
            return;
        }
        let due = self.port.now().saturating_add(after_ns);
        self.arm_timer((session, id), due);
    }

    fn sessions(&mut self, each: &mut dyn FnMut(u32)) {
        let open: Vec<u32> = self
            .table
            .iter()
            .filter(|(_, connection)| connection.lifecycle().is_open())
            .map(|(_, connection)| connection.id())
            .collect();
        open.into_iter().for_each(each);
    }

    fn now(&mut self) -> u64 {
        self.port.now()
    }

    fn log(&mut self, level: u32, text: &str) {
        self.port.log(level, text);
    }

    fn count(&mut self, kind: &str, n: u64, example: &str) {
        if !is_word(kind) {
            self.stats.count(kind, n, example);
        }
    }

    fn place(&mut self, which: Place) -> Option<&Path> {
        self.port.place(which)
    }

    fn set_pending(&mut self, session: u32, pending: bool) {
        let Some(slot) = self.slot_of(session) else {
            return self.never_opened("work was said to be pending", session);
        };
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.set_pending(pending);
        if !pending && connection.lifecycle().input_has_ended() {
            self.may_be_over(slot);
        }
    }

    fn longest_message(&mut self) -> u64 {
        let room = self.longest_datagram();
        if self.settings.transport.kind.has_datagrams() && room.is_none() {
            return 0;
        }
        let longest = self.framings.longest_in(room).unwrap_or(0);
        longest.min(self.records.writer().largest_message()) as u64
    }

    fn random(&mut self) -> u64 {
        self.random.next_u64()
    }

    #[cold]
    fn set_kept(&mut self, session: u32, bytes: u64) {
        let Some(slot) = self.slot_of(session) else {
            return self.never_opened("memory was said to be kept", session);
        };
        if let Some(connection) = self.table.get_mut(slot) {
            connection.set_handler_keeps(usize::try_from(bytes).unwrap_or(usize::MAX));
            self.account_for(slot);
        }
    }

    fn mailbox(&mut self) -> Mailbox {
        self.answers_later();
        self.port.mailbox()
    }

    fn trouble(&mut self) -> Trouble {
        self.port.trouble()
    }

    #[cold]
    fn misuse(&mut self, what: &str) {
        let running = self.port.running();
        self.stats.error(MISUSE, 1, || match running {
            Some((hook, Some(session))) => {
                format!("session {session}, hook `{}`: {what}", hook.name())
            }
            Some((hook, None)) => format!("hook `{}`: {what}", hook.name()),
            None => what.to_owned(),
        });
    }
}

impl<P: Port> Core<P> {
    /// A session that is over is nobody's fault: the other side may have ended it. One that never was
    /// is the plugin's.
    #[cold]
    fn never_opened(&mut self, what: &str, session: u32) {
        if session == 0 || session > self.table.latest() {
            self.misuse(&format!("{what} for session {session}, which was never opened"));
        }
    }

    /// A message was handed over for a session that is gone.
    #[cold]
    fn sent_in_vain(&mut self, session: u32) -> SendResult {
        let running = self.port.running();
        if running == Some((Hook::Close, Some(session))) {
            self.misuse("a message was sent: in `close` the session is over");
        } else {
            self.never_opened("a message was sent", session);
        }
        SendResult::Closed
    }

    /// A message was handed over for a session that takes none any more.
    #[cold]
    pub(crate) fn sent_after_end(&mut self, slot: usize) -> SendResult {
        let hook = self.port.hooks_called();
        let connection = self.table.get(slot);
        if connection.is_some_and(|connection| connection.lifecycle().was_closed_by(hook)) {
            self.misuse("a message was sent after the same hook had closed the session");
        }
        SendResult::Closed
    }

    /// An exchange was ended that is not under way. It may have ended for want of an answer or by
    /// damage, of which the handler knows nothing.
    #[cold]
    pub(crate) fn finished_in_vain(&mut self, token: Token) {
        let Some(client_state) = &self.client else { return };
        if token == 0 {
            return;
        }
        if self.has_not_begun(token)
            || !client_state.exchanges().was_started(wirebench_load::Token(token))
        {
            self.misuse(&format!("`finish` of exchange {token}, which was never started"));
        } else if client_state.exchanges().was_finished(wirebench_load::Token(token)) {
            self.misuse(&format!("`finish` of exchange {token}, which it had finished before"));
        }
    }

    /// A thread of the plugin's has gone wrong.
    #[cold]
    pub(crate) fn note_trouble(&mut self, text: String) {
        self.stats.error(WORKER, 1, || text);
    }

    /// What a message sent with `token` belongs to.
    #[inline(always)]
    fn origin(&mut self, token: Token) -> MessageContext {
        if let Some(client_state) = &mut self.client {
            let intended = client_state.take_started(token);
            let handed_over_ns = intended.unwrap_or_else(|| self.stamp());
            return MessageContext {
                exchange: token,
                exchanges: u32::from(token != 0),
                measured: self.stats.is_measuring(),
                handed_over_ns,
                cause_received_ns: 0,
            };
        }
        let handed_over_ns = self.stamp();
        if token != 0 && token == self.hook.message().exchange {
            return MessageContext { handed_over_ns, ..*self.hook.message() };
        }
        if let Some(cause) = self.recent_requests.as_ref().and_then(|causes| causes.find(token)) {
            return MessageContext { handed_over_ns, ..cause };
        }
        MessageContext {
            exchange: token,
            exchanges: u32::from(token != 0),
            // What answers nothing is measured by the clock alone.
            measured: token == 0 && self.stats.is_measuring(),
            handed_over_ns,
            ..MessageContext::default()
        }
    }
}
