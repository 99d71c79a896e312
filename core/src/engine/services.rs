//! The side as its plugin sees it.

use super::config::Part;
use super::connection::{MessageContext, Stage};
use super::core::Core;
use super::mutant::{Mutant, active};
use super::port::Port;
use crate::handler::{
    FinishAs, Hook, Mailbox, Place, SendResult, Services, Token, Trouble, is_word,
};
use crate::load::{End, Ended, Finish};
use crate::measure::{MISUSE, WORKER, WindowEnd};
use std::path::Path;

impl<P: Port> Services for Core<P> {
    #[inline]
    fn send(&mut self, session: u32, token: Token, message: &[u8]) -> SendResult {
        let Some(slot) = self.slot_of(session) else { return self.sent_in_vain(session) };
        let origin = self.origin(token);
        self.submit(slot, origin, message)
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
        let Some(slot) = self.slot_of(session) else { return self.sent_in_vain(session) };
        let origin = self.origin(token);
        // Taken out for the call, so that the payload can be borrowed beside the connections.
        let Some(mut payloads) = self.payloads.take() else { return SendResult::Closed };
        let result = self.submit(slot, origin, payloads.get(token));
        self.payloads = Some(payloads);
        result
    }

    fn payload(&mut self, token: Token) -> &[u8] {
        self.payloads.as_mut().map_or(&[], |payloads| payloads.get(token))
    }

    #[inline]
    fn finish(&mut self, token: Token, how: FinishAs, why: &str) {
        let how = match how {
            FinishAs::Done => Finish::Done,
            FinishAs::Wrong => Finish::Wrong,
            FinishAs::Rejected => Finish::Rejected,
        };
        let Some(client_state) = &mut self.client else {
            return self.misuse("`finish` is for the client side: nothing was ended");
        };
        let Some(ended) = client_state.table.finish(crate::load::Token(token), how) else {
            return self.finished_in_vain(token);
        };
        if how == Finish::Done {
            self.count_done(&ended);
            return;
        }
        if ended.measured {
            let kind = if how == Finish::Wrong { "wrong answer" } else { "rejected" };
            self.stats.errors.add(kind, 1, || format!("exchange {token}: {why}"));
        }
        self.count_ended(&ended);
    }

    fn close(&mut self, session: u32) {
        let Some(slot) = self.slot_of(session) else {
            return self.never_opened("`close`", session);
        };
        let hook = self.port.hooks_called();
        if let Some(connection) = self.table.get_mut(slot)
            && connection.stage == Stage::Open
        {
            connection.stage = Stage::Closing;
            connection.closed_by_hook = Some(hook);
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
            .filter(|(_, connection)| connection.stage == Stage::Open)
            .map(|(_, connection)| connection.id)
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
            self.stats.counts.add(kind, n, || example.to_owned());
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
        connection.pending = pending;
        if !pending && connection.ingress.input_ended {
            self.may_be_over(slot);
        }
    }

    fn longest_message(&mut self) -> u64 {
        let room = self.longest_datagram();
        if self.settings.transport.kind.has_datagrams() && room.is_none() {
            return 0;
        }
        let longest = self.framings.longest_in(room).unwrap_or(0);
        longest.min(self.records.writer.largest_message()) as u64
    }

    #[cold]
    fn set_kept(&mut self, session: u32, bytes: u64) {
        let Some(slot) = self.slot_of(session) else {
            return self.never_opened("memory was said to be kept", session);
        };
        if let Some(connection) = self.table.get_mut(slot) {
            connection.handler_keeps = usize::try_from(bytes).unwrap_or(usize::MAX);
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
        self.stats.errors.add(MISUSE, 1, || match running {
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
    pub(super) fn sent_after_end(&mut self, slot: usize) -> SendResult {
        let hook = self.port.hooks_called();
        let connection = self.table.get(slot);
        if connection.is_some_and(|connection| connection.closed_by_hook == Some(hook)) {
            self.misuse("a message was sent after the same hook had closed the session");
        }
        SendResult::Closed
    }

    /// An exchange was ended that is not under way. It may have ended for want of an answer or by
    /// damage, of which the handler knows nothing.
    #[cold]
    fn finished_in_vain(&mut self, token: Token) {
        let Some(client_state) = &self.client else { return };
        if token == 0 {
            return;
        }
        if !client_state.table.was_started(crate::load::Token(token)) {
            self.misuse(&format!("`finish` of exchange {token}, which was never started"));
        } else if client_state.table.was_finished(crate::load::Token(token)) {
            self.misuse(&format!("`finish` of exchange {token}, which it had finished before"));
        }
    }

    /// A thread of the plugin's has gone wrong.
    #[cold]
    pub(super) fn note_trouble(&mut self, text: String) {
        self.stats.errors.add(WORKER, 1, || text);
    }

    /// What a message sent with `token` belongs to.
    #[inline(always)]
    fn origin(&mut self, token: Token) -> MessageContext {
        if let Some(client_state) = &mut self.client {
            let starting = client_state.starting.take();
            let handed_over_ns = match starting {
                Some((starting, intended)) if starting == token => intended,
                _ => self.stamp(),
            };
            return MessageContext {
                exchange: token,
                exchanges: u32::from(token != 0),
                measured: self.measuring,
                handed_over_ns,
                cause_received_ns: 0,
            };
        }
        let handed_over_ns = self.stamp();
        if token != 0 && token == self.hook.cause.exchange {
            return MessageContext { handed_over_ns, ..self.hook.cause };
        }
        if let Some(cause) = self.recent_requests.as_ref().and_then(|causes| causes.find(token)) {
            return MessageContext { handed_over_ns, ..cause };
        }
        MessageContext {
            exchange: token,
            exchanges: u32::from(token != 0),
            // What answers nothing is measured by the clock alone.
            measured: token == 0 && self.measuring,
            handed_over_ns,
            ..MessageContext::default()
        }
    }

    /// Books an exchange that has ended, and frees its slot of the window.
    pub(super) fn count_ended(&mut self, ended: &Ended) {
        if ended.how == End::Done {
            self.count_done(ended);
            return;
        }
        self.free_slot(ended);
        let now = if self.hook.received_ns != 0 { self.hook.received_ns } else { self.port.now() };
        let Some(client_state) = &mut self.client else { return };
        client_state.window.end(&window_end(ended, now));
        if ended.how != End::Unanswered {
            client_state.timed_out_in_a_row = 0;
        }
        if ended.measured && ended.how == End::Damaged {
            client_state.times.damaged_latency.record(now.saturating_sub(ended.intended_ns));
        }
    }

    /// The same for an exchange that is done: its times count.
    #[inline(always)]
    fn count_done(&mut self, ended: &Ended) {
        self.free_slot(ended);
        let received = self.hook.received_ns;
        let end = if received != 0 { received } else { self.port.now() };
        // The reply now being handled: who sent it, when, and in answer to what. A reply to
        // several requests would give the same sample to each.
        let cause = self.hook.cause;
        let Some(client_state) = self.client.as_deref_mut() else { return };
        client_state.timed_out_in_a_row = 0;
        client_state.window.end(&window_end(ended, end));
        if !ended.measured {
            return;
        }
        let times = &mut client_state.times;
        if self.hook.in_start == ended.token.0 {
            // It ended in its own start: nothing was awaited, so there is no latency.
            return;
        }
        if self.hook.ambiguous && received != 0 {
            return;
        }
        times.latency.record(end.saturating_sub(ended.intended_ns));
        if cause.cause_received_ns == 0 || cause.exchange != ended.token.0 || received == 0 {
            return;
        }
        let request = cause.cause_received_ns.wrapping_sub(ended.handed_over_ns);
        let service = cause.handed_over_ns.wrapping_sub(cause.cause_received_ns);
        let reply = received.wrapping_sub(cause.handed_over_ns);
        // A time below zero has its highest bit set: the two clocks disagree, and none of the
        // three can be believed.
        if (request | service | reply) >> 63 != 0 {
            let samples = [request, service, reply];
            client_state.negative_samples +=
                samples.iter().filter(|time| **time >> 63 != 0).count() as u64;
            return;
        }
        times.oneway_request.record(request);
        times.service.record(service);
        times.oneway_reply.record(reply);
    }

    /// The window of the exchange's connection has room again.
    #[inline(always)]
    fn free_slot(&mut self, ended: &Ended) {
        debug_assert_eq!(self.part, Part::Client);
        if self.script.is_some()
            && let Some(payloads) = &mut self.payloads
        {
            payloads.forget(ended.token.0);
        }
        if let Some(slot) = self.slot_of(ended.session)
            && let Some(connection) = self.table.get_mut(slot)
            && let Some(client_state) = &mut self.client
        {
            connection.outstanding = connection.outstanding.saturating_sub(1);
            client_state.freed.insert(slot);
        }
    }

    /// In per-exchange sessions, a connection whose exchange has ended is closed.
    pub(super) fn close_finished(&mut self) {
        let Some(client_state) = &mut self.client else { return };
        let freed = client_state.freed.take();
        for slot in freed.iter().copied() {
            let Some(connection) = self.table.get(slot) else { continue };
            if connection.outstanding == 0 && connection.opened_for.is_some() {
                let id = connection.id;
                self.close(id);
            }
        }
        if let Some(client_state) = &mut self.client {
            client_state.freed.give_back(freed);
        }
    }

    /// The client hears that these exchanges have a damaged message.
    pub(super) fn damage_exchanges(&mut self, first: u64, count: u32) {
        if active(Mutant::KeepsTheSlotOfADamagedExchange) {
            return;
        }
        let mut ended = Vec::new();
        if let Some(client_state) = &mut self.client {
            client_state
                .table
                .damage(crate::load::Token(first), u64::from(count), |one| ended.push(one));
        }
        for one in ended {
            self.count_ended(&one);
        }
    }
}

/// An exchange that has ended, as the measured window counts it.
#[inline(always)]
fn window_end(ended: &Ended, now_ns: u64) -> WindowEnd {
    WindowEnd {
        measured: ended.measured,
        done: ended.how == End::Done,
        started_ns: ended.intended_ns,
        ended_ns: now_ns,
        payload_bytes: ended.payload_bytes,
    }
}
