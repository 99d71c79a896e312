//! One side of a round: what it does when something has happened, and when it wants to be called again.
//! It reads no clock and touches no socket but through its [`Port`].

use super::client::Client;
use super::config::{Blame, Config, Part};
use super::core::Core;
use super::mutant::{Mutant, active};
use super::port::Port;
use super::ready::ReadySlots;
use super::server::Server;
use crate::handler::{Handler, HookError};
use crate::measure::{ClientReport, LoadEnd, SideReport};
use crate::scenario::Until;

/// Why a side stops before its round is over.
pub struct Failure {
    /// Who is to blame.
    pub blame: Blame,
    /// What happened, and what to do.
    pub error: String,
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self { blame: Blame::Machine, error }
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        Self { blame: Blame::Plugin, error: error.to_string() }
    }
}

/// What a side tells whoever directs the round.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The client's connections are open.
    Connected,
    /// The client expects no more answers; a server alone has no session left to serve.
    Drained,
}

/// What has been announced of an endpoint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// There may be something to read, or an end or an error to be found by reading.
    pub readable: bool,
    /// There may be room to write, or a connect call has come to its end.
    pub writable: bool,
    /// The peer sends no more.
    pub read_closed: bool,
    /// The peer reads no more either.
    pub write_closed: bool,
}

/// A side's last word.
pub enum Report {
    /// The server's.
    Server(Box<SideReport>),
    /// The client's.
    Client(Box<ClientReport>),
}

/// What the two parts do differently.
pub(super) enum Role {
    Server(Server),
    Client(Client),
}

/// A side: its core, its plugin, its part.
pub struct Engine<P: Port, H: Handler<Core<P>>> {
    pub(super) core: Core<P>,
    pub(super) handler: H,
    /// The plugin's state of the session in each slot.
    pub(super) states: Vec<Option<H::Session>>,
    /// The session in each slot; outlives its connection until the close hook has run.
    pub(super) ids: Vec<u32>,
    /// Slots whose read is put off.
    pub(super) delayed: ReadySlots,
    pub(super) role: Option<Role>,
    /// When measuring starts and ends, known to the server from the start order.
    pub(super) measured_part: Option<(u64, u64)>,
}

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// Ready for its first turn. A server listens already.
    pub fn new(config: &Config, mut core: Core<P>, handler: H) -> Self {
        let role = match config.part {
            Part::Server => Role::Server(Server::new(&mut core, config.alone.clone())),
            Part::Client => {
                let patience_ns = config.alone.as_ref().map_or(0, |alone| alone.patience_ns);
                Role::Client(Client::new(&core, patience_ns))
            }
        };
        let (states, ids, delayed) = (Vec::new(), Vec::new(), ReadySlots::default());
        Self { core, handler, states, ids, delayed, role: Some(role), measured_part: None }
    }

    /// What this side asks of the world.
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.core.port
    }

    /// The plugin's side.
    pub fn handler(&self) -> &H {
        &self.handler
    }

    /// Sessions that are open, or being opened or closed.
    pub fn open_sessions(&self) -> usize {
        self.core.open_count()
    }

    /// What is booked for the sessions of a side whose peers are not ours, in bytes.
    pub fn held_bytes(&self) -> usize {
        self.core.guests.account.as_ref().map_or(0, |account| account.held())
    }

    /// The other side has woken this one.
    pub fn woken(&mut self) {
        self.core.port.woken();
        self.core.records.reader.catch_up();
        self.core.learn_damage();
    }

    /// Somebody waits to be accepted; over datagrams, something has come to the server's socket.
    pub fn acceptable(&mut self) -> Result<(), Failure> {
        if self.core.reads_later() {
            return Ok(());
        }
        self.accept()
    }

    /// Something has been announced of the endpoint in a slot.
    pub fn ready(&mut self, slot: usize, readiness: Readiness) -> Result<(), Failure> {
        if readiness.writable {
            self.writable(slot)?;
        }
        if !readiness.readable {
            return Ok(());
        }
        let is_late = self.core.settings.transport.read_delay_ns > 0;
        let now = if is_late { self.core.port.now() } else { 0 };
        if readiness.read_closed {
            self.core.end_announced(slot);
        }
        if readiness.write_closed && self.core.outlasts_input() {
            self.core.peer_gone(slot);
        }
        Ok(self.readable(slot, now)?)
    }

    /// What no event announces: put-off reads, held messages, timers, a ledger that was full. To be
    /// called after the events of a turn.
    pub fn run_deferred(&mut self) -> Result<(), Failure> {
        if !self.core.work.to_read.is_empty() {
            let ready = self.core.work.to_read.take();
            for slot in ready.iter().copied() {
                self.read(slot)?;
            }
            self.core.work.to_read.give_back(ready);
        }
        if !self.delayed.is_empty() {
            self.delayed_reads()?;
        }
        if self.core.datagrams.is_some() {
            self.run_deferred_datagrams()?;
        }
        if self.core.link.is_some() {
            self.core.run_deferred_links();
        }
        if !self.core.work.waiting.is_empty() {
            self.waiting_connections()?;
        }
        if self.core.work.timers.next().is_some() {
            self.timers()?;
        }
        if !self.core.work.refused.is_empty() {
            self.relieved()?;
        }
        if self.core.records.stalled_since.is_some() && self.core.work.waiting.is_empty() {
            self.core.end_stall();
        }
        if !self.core.records.untold_damage.is_empty() {
            for (first, count) in std::mem::take(&mut self.core.records.untold_damage) {
                self.core.note_damage(first, count);
            }
        }
        // The other side's ring must not fill up because one session is slow.
        self.core.records.reader.relieve();
        self.core.judge_late();
        Ok(())
    }

    /// The part's own doing, then everything that was gathered goes out. To be called at the end of a
    /// turn.
    pub fn act(&mut self) -> Result<Option<Event>, Failure> {
        let mut role = self.role.take();
        let acted = match &mut role {
            Some(Role::Client(client)) => client.act(self),
            Some(Role::Server(server)) => server.act(self),
            None => Ok(None),
        };
        self.role = role;
        let event = acted?;
        self.check_peers_ledger()?;
        self.core.flush_dirty();
        if let Some(error) = self.core.broken.take() {
            return Err(Failure { blame: Blame::Plugin, error });
        }
        self.close_hooks()?;
        Ok(event)
    }

    pub(super) fn accept(&mut self) -> Result<(), Failure> {
        let mut role = self.role.take();
        let accepted = match &mut role {
            Some(Role::Server(server)) => Server::accept_all(self, server),
            _ => Ok(()),
        };
        self.role = role;
        Ok(accepted?)
    }

    /// The server's part of the round is measured by the clock alone. To be called before the events
    /// of a turn: what they bring belongs to what begins now.
    pub fn measure_by_time(&mut self) {
        let Some((from, to)) = self.measured_part else { return };
        if self.core.part != Part::Server
            || !self.core.measuring && self.core.stats.before.is_some()
        {
            return;
        }
        let now = self.core.port.now();
        if self.core.stats.before.is_none() && now >= from {
            self.core.stats.before = Some(self.core.port.usage(self.core.messages()));
            self.core.measuring = true;
        }
        if now >= to {
            self.core.measuring = false;
            self.core.stats.after = Some(self.core.port.usage(self.core.messages()));
        }
    }

    /// Opens the connections of the round.
    pub fn connect(&mut self) {
        if let Some(Role::Client(client)) = &mut self.role {
            client.connect_all(&mut self.core);
        }
    }

    /// The round starts at this time, in nanoseconds.
    pub fn go(&mut self, start: u64) {
        let load = &self.core.settings.load;
        let from = start + load.warmup_ns;
        let to = match load.until {
            Until::Duration(duration) => from + duration,
            Until::Messages(_) => u64::MAX,
        };
        self.measured_part = Some((from, to));
        if let Some(Role::Client(client)) = &mut self.role {
            client.go(&mut self.core, start, from, to);
        }
    }

    /// Starts nothing more, and drains.
    pub fn end_load(&mut self) {
        if let Some(Role::Client(client)) = &mut self.role {
            client.interrupt(&mut self.core);
        }
    }

    /// Takes no more sessions.
    pub fn drain(&mut self) {
        if let Some(Role::Server(server)) = &mut self.role {
            server.drain(&mut self.core);
        }
    }

    /// The round is over: judges what is left, and sums up.
    pub fn finish(&mut self) -> Result<Report, Failure> {
        self.last_reads()?;
        let slots = self.core.slots_of_load();
        if let Some(client_state) = &mut self.core.client
            && client_state.load_end.is_none()
        {
            client_state.load_end = Some(LoadEnd::Interrupted);
            client_state.window.cut(self.core.port.now());
        }
        self.core.end();
        self.check_peers_ledger()?;
        self.check_own_ledger()?;
        // Connections that close from now on are not missed.
        self.role = None;
        // The last hooks may still count, log and fail.
        self.close_hooks()?;
        let report = self.core.report();
        Ok(match self.core.client.take() {
            None => Report::Server(Box::new(report)),
            Some(client_state) => Report::Client(Box::new(client_state.finish(report, slots))),
        })
    }

    /// Takes what lies in the sockets before the rest is judged to be lost.
    fn last_reads(&mut self) -> Result<(), Failure> {
        if active(Mutant::LeavesOutTheLastReads) {
            return Ok(());
        }
        for slot in self.core.open_slots() {
            self.read(slot)?;
        }
        if self.core.datagrams.is_some() {
            self.last_datagrams()?;
        }
        self.core.work.to_read.clear();
        self.core.flush_dirty();
        self.core.records.reader.catch_up();
        if self.core.part == Part::Client {
            self.core.learn_damage();
        }
        Ok(())
    }
}
