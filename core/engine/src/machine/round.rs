//! The commands of a round: connect, go, end the load, drain, and the last word.

use super::behaviour::Behaviour;
use super::{Engine, Failure, Report};
use crate::core::Core;
use crate::handler::Handler;
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_scenario::Until;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// The server's part of the round is measured by the clock alone. To be called before the events
    /// of a turn: what they bring belongs to what begins now.
    #[inline]
    pub fn measure_by_time(&mut self) {
        let Some((from, to)) = self.measured_part else { return };
        if self.side.core.role != Role::Server
            || !self.side.core.stats.is_measuring() && self.side.core.stats.has_measured()
        {
            return;
        }
        let now = self.side.core.port.now();
        if !self.side.core.stats.has_measured() && now >= from {
            self.side.core.begin_measuring();
        }
        if now >= to {
            self.side.core.end_measuring();
        }
    }

    /// Opens the connections of the round.
    #[inline]
    pub fn connect(&mut self) {
        if let Some(client) = self.behaviour.client() {
            client.connect_all(&mut self.side.core);
        }
    }

    /// The round starts at this time, in nanoseconds.
    #[inline]
    pub fn go(&mut self, start: u64) {
        let load = &self.side.core.settings.load;
        let from = start + load.warmup_ns;
        let to = match load.until {
            Until::Duration(duration) => from + duration,
            Until::Messages(_) => u64::MAX,
        };
        self.measured_part = Some((from, to));
        if let Some(client) = self.behaviour.client() {
            client.go(&mut self.side.core, start, from, to);
        }
    }

    /// Starts nothing more, and drains.
    #[inline]
    pub fn end_load(&mut self) {
        if let Some(client) = self.behaviour.client() {
            client.interrupt(&mut self.side.core);
        }
    }

    /// What arrives may be shown from now on.
    #[inline]
    pub fn begin_display(&mut self) {
        self.side.core.begin_display();
    }

    /// Takes no more sessions.
    #[inline]
    pub fn drain(&mut self) {
        if let Some(server) = self.behaviour.server() {
            server.drain(&mut self.side.core);
        }
    }

    /// The round is over: judges what is left, and sums up.
    pub fn finish(&mut self) -> Result<Report, Failure> {
        self.last_reads()?;
        let slots = self.side.core.slots_of_load();
        if let Some(client_state) = &mut self.side.core.client {
            client_state.end_load(self.side.core.port.now());
        }
        self.side.core.end();
        self.check_peers_ledger()?;
        self.side.core.check_own_ledger()?;
        // Connections that close from now on are not missed.
        self.behaviour = Behaviour::Over;
        // The last hooks may still count, log and fail.
        self.close_hooks()?;
        let report = self.side.core.report();
        Ok(match self.side.core.client.take() {
            None => Report::Server(Box::new(report)),
            Some(client_state) => Report::Client(Box::new(client_state.finish(report, slots))),
        })
    }
}
