//! What the client does: connect, keep the window full, drain, and say when it is done.

mod audit;
mod by_hand;
mod conduct;
mod connect;
mod drain;
mod ends;
mod exchanges;
mod expiry;
mod open;
mod opening;
mod script;
mod state;
mod window;

pub(crate) use conduct::Talk;
pub use script::Script;
pub(crate) use state::ClientState;

use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Event, Failure, Side};
use crate::port::Port;
use open::OpenLoop;
pub use opening::MOST_AHEAD;
use opening::Opening;
use wirebench_load::Patience;
use wirebench_measure::{LoadEnd, bin_ns};
use wirebench_scenario::{SessionPolicy, Until};

/// How long all connections together may take before the round starts, in nanoseconds.
const CONNECT_LIMIT: u64 = 10_000_000_000;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Waiting for the word to connect.
    Idle,
    /// Opening the connections of the round.
    Connecting { until: u64 },
    /// Waiting for the start.
    Connected,
    /// The start is known and there is no warm-up: nothing may begin before it.
    Awaiting,
    /// Exchanges are started.
    Running,
    /// No more exchanges are started; answers are awaited.
    Draining { until: u64 },
    /// Our direction is shut down; the server closes the other.
    Closing { until: u64 },
    /// Waiting for the order to stop.
    Drained,
}

/// The client's own state.
pub(crate) struct Client {
    phase: Phase,
    next_session: u32,
    /// Connections that should be open.
    target_connections: u32,
    /// Connections to open at the next occasion.
    to_open: u32,
    /// Not before this time: the last attempt failed, and the next one would at once.
    open_from: u64,
    reconnects: u32,
    opening: Opening,
    /// Since when the listener's queue has been full.
    busy_since: Option<u64>,
    /// Connections that stood, ever.
    stood: u32,
    lost_early: u32,
    measure_from: u64,
    measure_to: u64,
    /// The load and its drain end here at the latest.
    limit: u64,
    /// How long the window was when the processor time was last read.
    usage_at: u64,
    measured_starts: u64,
    next_expiry: u64,
    /// When a few lost connections are no longer forgiven before the round has started.
    patient_until: u64,
    patience_ns: u64,
    /// The slot of the connection that the end of the drain last had to wait for.
    held_up_by: usize,
    /// A window could not be filled for want of room in its socket.
    lacks_room: bool,
    /// The handler was told that the load is over.
    has_told_of_end: bool,
    /// When it last looked at its load, in nanoseconds.
    acted_ns: u64,
    /// What is due, in an open loop.
    open: Option<Box<OpenLoop>>,
}

impl Client {
    pub(crate) fn new<P: Port>(core: &Core<P>, seed: u64, patience_ns: u64) -> Self {
        let target_connections = core.settings.load.target_connections();
        Self {
            phase: Phase::Idle,
            next_session: 1,
            target_connections,
            to_open: 0,
            open_from: 0,
            reconnects: 0,
            opening: Opening::default(),
            busy_since: None,
            stood: 0,
            lost_early: 0,
            measure_from: u64::MAX,
            measure_to: u64::MAX,
            limit: u64::MAX,
            usage_at: 0,
            measured_starts: 0,
            patient_until: 0,
            patience_ns,
            held_up_by: 0,
            lacks_room: false,
            has_told_of_end: false,
            acted_ns: 0,
            next_expiry: 0,
            open: OpenLoop::new(core, seed).map(Box::new),
        }
    }

    /// When it last looked at its load, in nanoseconds; 0: never.
    #[inline]
    pub(crate) fn acted_ns(&self) -> u64 {
        self.acted_ns
    }

    /// Opens the connections of the round (in per-exchange sessions: nothing yet).
    #[inline]
    pub(crate) fn connect_all<P: Port>(&mut self, core: &mut Core<P>) {
        let now = core.port.now();
        self.opening.begin(now);
        self.patient_until = now.saturating_add(self.patience_ns);
        self.phase = Phase::Connecting { until: self.patient_until.max(now + CONNECT_LIMIT) };
        if core.settings.load.session == SessionPolicy::Keep {
            self.to_open = self.target_connections;
        }
    }

    /// The round starts.
    pub(crate) fn go<P: Port>(
        &mut self,
        core: &mut Core<P>,
        start: u64,
        measure_from: u64,
        measure_to: u64,
    ) {
        self.measure_from = measure_from;
        self.measure_to = measure_to;
        // A conversation by hand takes as long as its input.
        if core.script.is_none() {
            self.limit = start.saturating_add(core.settings.load.round_limit_ns);
        }
        if let Some(client_state) = &mut core.client {
            client_state.window.set_bin(bin_ns(core.settings.load.longest_ns()));
            // Intended times are those of the plan, whenever it is looked at.
            if let Some(open) = &mut self.open {
                open.begin(start, measure_from, measure_to);
                let counted = measure_to == u64::MAX;
                client_state.window.open(measure_from, (!counted).then_some(measure_to));
                client_state.begin_audit(open.audit(measure_from, measure_to));
            }
        }
        if core.settings.load.warmup_ns == 0 {
            self.phase = Phase::Awaiting;
        } else {
            self.begin(core);
        }
    }

    /// Exchanges may start.
    fn begin<P: Port>(&mut self, core: &mut Core<P>) {
        self.phase = Phase::Running;
        if core.settings.load.session == SessionPolicy::PerExchange {
            self.to_open = self.target_connections;
        }
        if let Some(client_state) = &mut core.client {
            // Until now the server may still have been starting.
            client_state.patience = Patience::new(self.target_connections);
            core.table.iter().for_each(|(slot, _)| client_state.freed.insert(slot));
        }
    }

    /// A connection has been closed, by whichever side.
    #[inline]
    pub(crate) fn connection_gone<P: Port>(&mut self, core: &mut Core<P>, session: u32) {
        if let Some(open) = &mut self.open {
            open.gone(session);
        }
        let before =
            matches!(self.phase, Phase::Connecting { .. } | Phase::Connected | Phase::Awaiting);
        if before || self.phase == Phase::Running {
            self.to_open += 1;
            self.lost_early += u32::from(before);
            // One that carried its exchange is meant to go.
            let kept = core.settings.load.session == SessionPolicy::Keep;
            self.reconnects += u32::from(kept);
            let now = core.port.now();
            if kept && (before || !self.has_enough(core, now)) {
                core.cut_short(session);
            }
        }
    }

    /// What this turn of the loop asks for.
    pub(crate) fn act<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<Option<Event>, Failure> {
        if self.phase == Phase::Awaiting && side.core.port.now() >= self.measure_from {
            self.begin(&mut side.core);
            self.measure(&mut side.core);
        }
        let by_hand = self.phase == Phase::Running && side.core.script.is_some();
        if self.to_open > 0 && !by_hand && !self.opens_when_due(&side.core) {
            self.open_connections(side)?;
        }
        match self.phase {
            Phase::Idle | Phase::Connected | Phase::Awaiting | Phase::Drained => Ok(None),
            Phase::Connecting { until } => self.await_connections(side, until),
            Phase::Running => {
                self.run(side)?;
                if by_hand {
                    self.open_for_a_line(side)?;
                }
                Ok(None)
            }
            Phase::Draining { until } => {
                self.drain(side, until)?;
                Ok(None)
            }
            Phase::Closing { until } => {
                // A connection whose end has been read goes with the flush that follows, and
                // nothing wakes us after that.
                side.core.flush_dirty();
                if side.core.open_count() == 0 || side.core.port.now() >= until {
                    self.phase = Phase::Drained;
                    return Ok(Some(Event::Drained));
                }
                Ok(None)
            }
        }
    }

    /// The load is on, and nothing of it but answers is awaited. Of damage that the server sees, only
    /// the bell tells: once there was some, there may be more.
    #[inline]
    pub(crate) fn only_awaits_answers<P: Port>(&self, core: &Core<P>) -> bool {
        let damaged = core.client.as_ref().is_none_or(|one| one.exchanges().counts().damaged > 0);
        self.phase == Phase::Running && self.to_open == 0 && core.script.is_none() && !damaged
    }

    /// When `act` wants to be called at the latest.
    pub(crate) fn next_deadline<P: Port>(&self, core: &Core<P>) -> u64 {
        match self.phase {
            Phase::Connecting { .. } | Phase::Connected | Phase::Awaiting if self.to_open > 0 => {
                self.opens_at(core)
            }
            Phase::Awaiting => self.measure_from,
            Phase::Idle | Phase::Connected | Phase::Drained => u64::MAX,
            // No event announces that none was left to close.
            Phase::Closing { .. } if core.open_count() == 0 => 0,
            Phase::Connecting { until } | Phase::Closing { until } => until,
            Phase::Draining { until } => until.min(core.port.now() + 1_000_000),
            // Connections to open, or windows that could not be filled: look again soon.
            Phase::Running if self.lacks_room => {
                (core.port.now() + 1_000_000).min(self.next_arrival())
            }
            Phase::Running if self.is_about_to_open(core) => {
                self.opens_at(core).min(self.next_arrival())
            }
            // Exchanges that ended in their own start: the window has room at once.
            Phase::Running if core.has_freed() && core.has_more_to_say() => core.port.now(),
            Phase::Running => {
                let edge =
                    if core.stats.is_measuring() { self.measure_to } else { self.measure_from };
                edge.min(self.next_expiry).min(self.limit).min(self.next_arrival())
            }
        }
    }

    fn run<P: Port, H: Handler<Core<P>>>(&mut self, side: &mut Side<P, H>) -> Result<(), Failure> {
        let now = side.core.port.now();
        self.acted_ns = now;
        if now >= self.measure_from && !side.core.stats.has_measured() {
            self.measure(&mut side.core);
        }
        if self.open.is_some() {
            self.play_open(side)?;
        }
        if self.has_enough(&mut side.core, now) {
            self.end_load(&mut side.core, now, LoadEnd::Planned);
            return Ok(());
        }
        if now >= self.limit {
            self.end_load(&mut side.core, now, LoadEnd::RoundLimit);
            return Ok(());
        }
        if now >= self.next_expiry {
            let timeout = side.core.settings.load.timeout_ns;
            self.expire(&mut side.core, now, timeout);
        }
        if self.is_given_up(&side.core) {
            self.end_load(&mut side.core, now, LoadEnd::GaveUp);
            return Ok(());
        }
        if self.is_deserted(&side.core) {
            self.end_load(&mut side.core, now, LoadEnd::ServerGone);
            return Ok(());
        }
        match side.core.settings.load.session {
            _ if self.open.is_some() => {}
            SessionPolicy::Keep => self.fill_windows(side)?,
            SessionPolicy::PerExchange => side.core.close_finished(),
        }
        // The drain is counted from the last request: whatever comes next may come late.
        let load = &side.core.settings.load;
        let counted = matches!(load.until, Until::Messages(count) if self.measured_starts >= count);
        if counted && self.open.is_none() {
            let now = side.core.port.now();
            self.end_load(&mut side.core, now, LoadEnd::Planned);
        }
        Ok(())
    }

    /// Starts what is due in an open loop.
    fn play_open<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        if side.core.settings.load.session == SessionPolicy::Keep {
            return self.start_due(side);
        }
        side.core.close_finished();
        self.take_due_connections(&mut side.core);
        if self.to_open > 0 {
            self.open_connections(side)?;
        }
        self.settle_connections(&mut side.core);
        Ok(())
    }

    /// Connections are opened when an exchange is due for each, and not before.
    fn opens_when_due<P: Port>(&self, core: &Core<P>) -> bool {
        self.open.is_some()
            && self.phase == Phase::Running
            && core.settings.load.session == SessionPolicy::PerExchange
    }

    /// No more exchanges are to be started.
    fn has_enough<P: Port>(&self, core: &mut Core<P>, now: u64) -> bool {
        if let Some(open) = &self.open {
            // Everything that was due until the end is taken before the end.
            let counted = self.measure_to == u64::MAX;
            return open.is_over() && (counted || now >= self.measure_to);
        }
        match (&mut core.script, core.settings.load.until) {
            (Some(script), _) => script.is_over(),
            (None, Until::Messages(count)) => self.measured_starts >= count,
            (None, Until::Duration(_)) => now >= self.measure_to,
        }
    }

    /// Warm-up is over.
    fn measure<P: Port>(&mut self, core: &mut Core<P>) {
        core.begin_measuring();
        if self.open.is_some() {
            return;
        }
        self.measure_from = core.port.now();
        let counted = core.script.is_some() || self.measure_to == u64::MAX;
        let to = (!counted).then_some(self.measure_to);
        if let Some(client_state) = &mut core.client {
            client_state.window.open(self.measure_from, to);
        }
    }
}
