//! Exchanges that fill a window.

use super::{Batch, Kind, MAX_BATCH};
use crate::core::Core;
use crate::handler::{Handler, HookError};
use crate::hook::MessageContext;
use crate::machine::Side;
use crate::port::Port;

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Begins up to `most` exchanges on a session, as long as it may go on. Returns how many have begun,
    /// one at least, and how many of those are of the measured part.
    pub(crate) fn start_together(
        &mut self,
        slot: usize,
        session: u32,
        most: usize,
    ) -> Result<(usize, u64), HookError> {
        if self.sessions.get_mut(slot).is_none() {
            return Ok((most, 0));
        }
        let (count, measured) = self.core.begin_starts(slot, session, most.min(MAX_BATCH));
        if count == 0 {
            return Ok((most, 0));
        }
        let begun = self.run_starts(slot, session, count)?;
        // They are of the measured part together, because they share their time.
        Ok((begun.max(1), if measured { begun as u64 } else { 0 }))
    }

    /// The same for exchanges of an open loop that are due, which were meant to start at these times, in
    /// nanoseconds, and are all measured or none of them. Returns how many of them have begun, from the first on.
    pub(crate) fn start_together_planned(
        &mut self,
        slot: usize,
        session: u32,
        intended_ns: &[u64],
    ) -> Result<usize, HookError> {
        if self.sessions.get_mut(slot).is_none() {
            return Ok(0);
        }
        let count = self.core.begin_planned_starts(slot, session, intended_ns);
        if count == 0 {
            return Ok(0);
        }
        self.run_starts(slot, session, count)
    }

    /// The handler is given the exchanges of the batch. Returns how many have begun.
    fn run_starts(&mut self, slot: usize, session: u32, count: usize) -> Result<usize, HookError> {
        let core = &mut self.core;
        let Some(state) = self.sessions.get_mut(slot) else { return Ok(0) };
        let first = core.together.batch.first.exchange;
        let (handled, outcome) = self.handler.starts(core, session, state, first, count);
        // One that failed has begun all the same.
        let begun = (handled + usize::from(outcome.is_err())).min(count);
        if !core.together.batch.is_over {
            core.together.batch.begun = begun;
            core.take_starts_back();
            if core.client.as_ref().is_some_and(|client_state| client_state.is_open()) {
                core.audit_begun();
            }
        }
        core.hook.end_start();
        core.end_batch();
        if let Err(error) = outcome {
            self.hook_failed(slot, error)?;
        }
        Ok(begun)
    }
}

impl<P: Port> Core<P> {
    /// Begins exchanges that share a time of being handed over. Returns how many, and whether they are of
    /// the measured part.
    #[inline]
    fn begin_starts(&mut self, slot: usize, session: u32, most: usize) -> (usize, bool) {
        let (now, count) = self.hook.shared_stamp(&self.port, most);
        let (Some(connection), Some(client_state)) =
            (self.table.get_mut(slot), self.client.as_deref_mut())
        else {
            return (0, false);
        };
        connection.take_window_slots(count as u32);
        let (exchange, measured) = client_state.start_all(session, now, count);
        self.set_starts(slot, session, count, now, exchange, measured);
        (count, measured)
    }

    /// The same at intended times of their own.
    fn begin_planned_starts(&mut self, slot: usize, session: u32, intended_ns: &[u64]) -> usize {
        let (now, count) = self.hook.shared_stamp(&self.port, intended_ns.len());
        let (Some(connection), Some(client_state)) =
            (self.table.get_mut(slot), self.client.as_deref_mut())
        else {
            return 0;
        };
        connection.take_window_slots(count as u32);
        let (exchange, measured) =
            client_state.start_all_planned(session, &intended_ns[..count], now);
        self.set_starts(slot, session, count, now, exchange, measured);
        count
    }

    /// When the exchanges of the last batch were started, in nanoseconds.
    #[inline]
    pub(crate) fn started_together_ns(&self) -> u64 {
        self.together.batch.first.handed_over_ns
    }

    #[inline(always)]
    fn set_starts(
        &mut self,
        slot: usize,
        session: u32,
        count: usize,
        now: u64,
        exchange: u64,
        measured: bool,
    ) {
        let first = MessageContext {
            exchange,
            exchanges: 1,
            measured,
            handed_over_ns: now,
            cause_received_ns: 0,
        };
        self.together.batch = Batch {
            is_over: false,
            kind: Kind::Starts,
            slot,
            session,
            first,
            count,
            ..Batch::NONE
        };
    }

    /// The handler has come to a further exchange.
    #[inline(always)]
    pub(super) fn go_to_start(&mut self, index: usize) {
        self.together.batch.begun = index + 1;
        let token = self.together.batch.exchange(index);
        self.hook.begin_start(self.together.batch.slot, token);
        if let Some(client_state) = self.client.as_deref_mut() {
            client_state.is_starting(token, self.together.batch.first.handed_over_ns);
            if client_state.is_open() {
                self.audit_begun();
            }
        }
    }

    /// The audit of an open loop hears of those that have begun since it heard last.
    fn audit_begun(&mut self) {
        let batch = &mut self.together.batch;
        let (count, not_begun) = (batch.begun.saturating_sub(batch.audited), batch.not_begun());
        batch.audited = batch.begun;
        let first = batch.first;
        if let Some(client_state) = self.client.as_deref_mut() {
            client_state.audit_starts(first.handed_over_ns, count, not_begun, first.measured);
        }
    }

    /// Exchanges that the handler has not come to have not begun.
    #[inline]
    pub(super) fn take_starts_back(&mut self) {
        let batch = &self.together.batch;
        let left = batch.count - batch.begun;
        if left == 0 {
            return;
        }
        self.hook.give_stamps_back(left);
        if let Some(client_state) = self.client.as_deref_mut() {
            let first = &batch.first;
            client_state.take_starts_back(left, first.measured, first.handed_over_ns);
        }
        if let Some(connection) = self.table.get_mut(batch.slot) {
            connection.free_window_slots(left as u32);
        }
        self.together.batch.count = self.together.batch.begun;
    }

    /// The handler ends an exchange of its own accord while it has a batch. False: it has not begun.
    #[inline(never)]
    pub(crate) fn may_end_in_batch(&mut self, exchange: u64) -> bool {
        self.end_finished();
        !self.has_not_begun(exchange)
    }

    /// The exchange is one of the batch that the handler has not come to.
    #[inline]
    pub(crate) fn has_not_begun(&self, exchange: u64) -> bool {
        let batch = &self.together.batch;
        batch.kind == Kind::Starts
            && !batch.is_over
            && (batch.begun as u64..batch.count as u64).contains(&batch.index_of(exchange))
    }
}
