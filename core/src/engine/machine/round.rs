//! The commands of a round: connect, go, end the load, drain, and the last word.

use super::behaviour::Behaviour;
use super::{Engine, Failure, Report};
use crate::engine::config::Part;
use crate::engine::core::Core;
use crate::engine::mutant::{Mutant, active};
use crate::engine::port::Port;
use crate::handler::Handler;
use crate::scenario::Until;

/// How often a socket is looked at at the end of a round. A peer that never stops sending must not
/// keep us.
const LAST_READS: usize = 1_000;

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// The server's part of the round is measured by the clock alone. To be called before the events
    /// of a turn: what they bring belongs to what begins now.
    pub fn measure_by_time(&mut self) {
        let Some((from, to)) = self.measured_part else { return };
        if self.side.core.part != Part::Server
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
    pub fn connect(&mut self) {
        if let Some(client) = self.behaviour.client() {
            client.connect_all(&mut self.side.core);
        }
    }

    /// The round starts at this time, in nanoseconds.
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
    pub fn end_load(&mut self) {
        if let Some(client) = self.behaviour.client() {
            client.interrupt(&mut self.side.core);
        }
    }

    /// Takes no more sessions.
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

    /// Takes what lies in the sockets before the rest is judged to be lost.
    fn last_reads(&mut self) -> Result<(), Failure> {
        if active(Mutant::LeavesOutTheLastReads) {
            return Ok(());
        }
        for slot in self.side.core.open_slots() {
            self.side.read(slot)?;
        }
        if self.side.core.datagrams.is_some() {
            self.last_datagrams()?;
        }
        self.side.core.work.to_read.clear();
        self.side.core.flush_dirty();
        self.side.core.records.reader_mut().catch_up();
        if self.side.core.part == Part::Client {
            self.side.core.learn_damage();
        }
        Ok(())
    }

    /// Reads all sockets until they are empty: whatever is in them now was sent in the round.
    pub(in crate::engine) fn last_datagrams(&mut self) -> Result<(), Failure> {
        for _ in 0..LAST_READS {
            self.side.core.work.to_read.clear();
            for slot in self.side.core.open_slots() {
                self.side.receive_datagrams(slot)?;
            }
            if let Some(datagrams) = &mut self.side.core.datagrams {
                datagrams.read_now();
            }
            self.accept()?;
            let more = self.side.core.datagrams.as_ref().is_some_and(|one| one.waits_to_be_read());
            if !more && self.side.core.work.to_read.is_empty() {
                break;
            }
        }
        Ok(())
    }
}
