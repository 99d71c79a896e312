//! How the client's part of a round ends: no more starts, then the answers that still come, then the
//! connections.

use crate::client::{Client, Phase};
use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Failure, Side};
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::session::Connection;
use wirebench_measure::LoadEnd;
use wirebench_scenario::SessionPolicy;

/// How long a server that is not ours may take to close a connection when all is answered, in
/// nanoseconds: many never do.
const CLOSE_FOREIGN: u64 = 100_000_000;

impl Client {
    /// The user stops the round: what is under way may still be answered.
    #[inline]
    pub(crate) fn interrupt<P: Port>(&mut self, core: &mut Core<P>) {
        if matches!(self.phase, Phase::Awaiting | Phase::Running) {
            let now = core.port.now();
            self.end_load(core, now, LoadEnd::Interrupted);
        }
    }

    /// No more exchanges are started.
    #[inline]
    pub(crate) fn end_load<P: Port>(&mut self, core: &mut Core<P>, now: u64, why: LoadEnd) {
        core.end_measuring();
        if let Some(client_state) = &mut core.client {
            client_state.window.cut(now);
            let under_way = client_state.table.outstanding() as u64;
            if let Some(audit) = client_state.audit() {
                audit.close(now, under_way);
            }
            client_state.load_end = Some(why);
            self.usage_at = client_state.window.grown_to_ns();
        }
        self.to_open = 0;
        // Where the round goes on, what waits may still be started: it is measured to its end.
        if why != LoadEnd::Planned || core.settings.load.session == SessionPolicy::PerExchange {
            self.drop_backlog(core);
        }
        let load = &core.settings.load;
        // A conversation by hand is slow: its last answer has as long as all others.
        let by_hand = core.script.is_some() && why == LoadEnd::Planned;
        let wait = if by_hand { load.timeout_ns } else { 0 };
        let until = now.saturating_add(load.drain_ns.max(wait));
        self.phase = Phase::Draining { until: until.min(self.limit) };
    }

    /// A window that ends with the last done exchange has grown: what it costs is read at its end.
    fn read_usage<P: Port>(&mut self, core: &mut Core<P>) {
        let grown =
            core.client.as_ref().map_or(0, |client_state| client_state.window.grown_to_ns());
        if grown > self.usage_at {
            self.usage_at = grown;
            core.extend_measuring();
        }
    }

    /// Nothing that was handed over waits to be written.
    fn is_flushed<P: Port>(&mut self, core: &Core<P>) -> bool {
        self.none(core, |connection| !connection.is_flushed())
            || active(Mutant::EndsTheDrainTooEarly)
    }

    /// Some handler has yet to answer something that its peer has asked for.
    fn is_pending<P: Port>(&mut self, core: &Core<P>) -> bool {
        !self.none(core, Connection::is_pending)
    }

    /// No connection is like that. The one that was so last is looked at first: while it is, the others need
    /// not be.
    fn none<P: Port>(&mut self, core: &Core<P>, is: impl Fn(&Connection) -> bool) -> bool {
        if core.table.get(self.held_up_by).is_some_and(&is) {
            return false;
        }
        let found = core.table.iter().find(|(_, connection)| is(connection));
        self.held_up_by = found.map_or(self.held_up_by, |(slot, _)| slot);
        found.is_none()
    }

    pub(crate) fn drain<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        until: u64,
    ) -> Result<(), Failure> {
        self.start_backlog(side)?;
        let core = &mut side.core;
        self.read_usage(core);
        if core.settings.load.session == SessionPolicy::PerExchange {
            core.close_finished();
        }
        let now = core.port.now();
        if now >= self.next_expiry {
            self.expire(core, now, core.settings.load.timeout_ns);
        }
        let outstanding =
            core.client.as_ref().map_or(0, |client_state| client_state.table.outstanding());
        core.flush_dirty();
        let now = core.port.now();
        let judged =
            core.records.writer().all_released() && core.records.reader_mut().all_resolved();
        // Connections are looked at when nothing else is awaited: there may be thousands, and this comes
        // every millisecond.
        let is_quiet = outstanding == 0 && judged && self.has_no_backlog() && self.is_flushed(core);
        if now < until && is_quiet && !self.has_told_of_end {
            self.has_told_of_end = true;
            side.tell_of_end()?;
            // What was said just now has to leave, and may have to be answered.
            return self.drain(side, until);
        }
        if now < until && (!is_quiet || self.is_pending(core)) {
            return Ok(());
        }
        if outstanding > 0
            && now >= self.limit
            && let Some(client_state) = &mut core.client
        {
            client_state.load_end = Some(LoadEnd::RoundLimit);
        }
        self.drop_backlog(core);
        core.withhold();
        core.shut();
        // An answer that still comes while the connections are closed comes too late.
        self.expire(core, now, 0);
        // Datagrams have no end that could be told: what is under way is heard until the stop.
        if core.datagrams.is_some() {
            self.phase = Phase::Closing { until: now };
            return Ok(());
        }
        for (slot, connection) in core.table.iter_mut() {
            if connection.lifecycle().is_shut() && connection.lifecycle_mut().end_output() {
                core.port.shutdown_write(slot);
            }
        }
        let drain = core.settings.load.drain_ns;
        let wait = if core.alone { drain.min(CLOSE_FOREIGN) } else { drain };
        self.phase = Phase::Closing { until: now + wait };
        Ok(())
    }
}

impl<P: Port> Core<P> {
    /// The client says nothing more. The server judges when it is told to stop, before the client's
    /// last look: a message that was handed over after that, or first got its record then, would have
    /// no verdict. What a late answer makes a handler say is refused, as on a closed session, and what
    /// is still held back gets its record now.
    fn shut(&mut self) {
        for (_, connection) in self.table.iter_mut() {
            connection.lifecycle_mut().shut();
        }
        if !active(Mutant::ForgetsWhatIsHeldAtTheEnd) {
            self.record_held();
        }
    }
}
