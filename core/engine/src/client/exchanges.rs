//! Exchanges that end: their times, and the slot of the window that each gives back.

use crate::core::Core;
use crate::handler::Services;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_load::{End, Ended};
use wirebench_measure::WindowEnd;

impl<P: Port> Core<P> {
    /// Books exchanges that have ended together.
    pub(crate) fn count_all_ended(&mut self, ended: &[Ended]) {
        for (index, one) in ended.iter().enumerate() {
            self.ending_besides = ended.len() - 1 - index;
            self.count_ended(one);
        }
    }

    /// Books an exchange that has ended, and frees its slot of the window.
    pub(crate) fn count_ended(&mut self, ended: &Ended) {
        if ended.how == End::Done {
            self.count_done(ended);
            return;
        }
        self.free_slot(ended);
        let now =
            if self.hook.received_ns() != 0 { self.hook.received_ns() } else { self.port.now() };
        self.audit_end(ended, now);
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
    pub(crate) fn count_done(&mut self, ended: &Ended) {
        self.free_slot(ended);
        let received = self.hook.received_ns();
        let end = if received != 0 { received } else { self.port.now() };
        // The reply now being handled: who sent it, when, and in answer to what. A reply to
        // several requests would give the same sample to each.
        let cause = *self.hook.message();
        let not_begun = self.together.batch.not_begun();
        let Some(client_state) = self.client.as_deref_mut() else { return };
        if client_state.is_open() {
            client_state.audit_end(ended, end, self.ending_besides, not_begun);
        }
        client_state.timed_out_in_a_row = 0;
        client_state.window.end(&window_end(ended, end));
        if !ended.measured {
            return;
        }
        let times = &mut client_state.times;
        if self.hook.is_starting(ended.token.0) {
            // It ended in its own start: nothing was awaited, so there is no latency.
            return;
        }
        if self.hook.is_ambiguous() && received != 0 {
            return;
        }
        let latency = end.saturating_sub(ended.intended_ns);
        times.latency.record(latency);
        client_state.window.time(end, latency, 1);
        if let Some(open) = &mut client_state.open {
            open.time(ended, end);
        }
        if cause.cause_received_ns == 0 || cause.exchange != ended.token.0 || received == 0 {
            return;
        }
        let request = cause.cause_received_ns.wrapping_sub(ended.handed_over_ns);
        let service = cause.handed_over_ns.wrapping_sub(cause.cause_received_ns);
        let reply = received.wrapping_sub(cause.handed_over_ns);
        // A time below zero has its highest bit set.
        if (request | service | reply) >> 63 != 0 {
            client_state.note_negative([request, service, reply]);
            return;
        }
        times.oneway_request.record(request);
        times.service.record(service);
        times.oneway_reply.record(reply);
    }

    /// The window of the exchange's connection has room again.
    #[inline(always)]
    pub(crate) fn free_slot(&mut self, ended: &Ended) {
        debug_assert_eq!(self.role, Role::Client);
        if self.script.is_some()
            && let Some(payloads) = &mut self.payloads
        {
            payloads.forget(ended.token.0);
        }
        if let Some(slot) = self.slot_of(ended.session)
            && let Some(connection) = self.table.get_mut(slot)
            && let Some(client_state) = &mut self.client
        {
            connection.free_window_slot();
            client_state.freed.insert(slot);
        }
    }

    /// In per-exchange sessions, a connection whose exchange has ended is closed.
    #[inline]
    pub(crate) fn close_finished(&mut self) {
        let Some(client_state) = &mut self.client else { return };
        let freed = client_state.freed.take();
        for slot in freed.iter().copied() {
            let Some(connection) = self.table.get(slot) else { continue };
            if connection.outstanding() == 0 && connection.opened_for().is_some() {
                let id = connection.id();
                self.close(id);
            }
        }
        if let Some(client_state) = &mut self.client {
            client_state.freed.give_back(freed);
        }
    }

    /// The client hears that these exchanges have a damaged message.
    #[inline]
    pub(crate) fn damage_exchanges(&mut self, first: u64, count: u32) {
        if active(Mutant::KeepsTheSlotOfADamagedExchange) {
            return;
        }
        let mut ended = Vec::new();
        if let Some(client_state) = &mut self.client {
            client_state
                .table
                .damage(wirebench_load::Token(first), u64::from(count), |one| ended.push(one));
        }
        self.count_all_ended(&ended);
    }

    /// The audit of an open loop hears of an end.
    #[inline(always)]
    pub(crate) fn audit_end(&mut self, ended: &Ended, now_ns: u64) {
        let Some(client_state) = self.client.as_deref_mut() else { return };
        if client_state.open.is_some() {
            let not_begun = self.together.batch.not_begun();
            client_state.audit_end(ended, now_ns, self.ending_besides, not_begun);
        }
    }
}

/// An exchange that has ended, as the measured window counts it.
#[inline(always)]
fn window_end(ended: &Ended, now_ns: u64) -> WindowEnd {
    WindowEnd {
        measured: ended.measured,
        done: ended.how == End::Done,
        unanswered: ended.how == End::Unanswered,
        started_ns: ended.started_ns,
        ended_ns: now_ns,
        payload_bytes: ended.payload_bytes,
    }
}
