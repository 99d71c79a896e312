//! One side of a round: what it does when something has happened, and when it wants to be called again.
//! It reads no clock and touches no socket but through its [`Port`].

mod behaviour;
mod deadlines;
mod events;
mod handler_sessions;
mod hooks;
mod last_reads;
mod lone;
mod next_call;
mod round;
mod side;

use crate::config::{Attribution, Config};
use crate::core::Core;
use crate::handler::Handler;
use crate::port::Port;
use behaviour::Behaviour;
pub use events::{Event, Failure, Readiness, Report};
pub use lone::Lone;
pub(crate) use side::Side;
use wirebench_measure::of_hook;

/// A side and its behaviour as server or client.
pub struct Engine<P: Port, H: Handler<Core<P>>> {
    side: Side<P, H>,
    behaviour: Behaviour,
    /// When measuring starts and ends, known to the server from the start order.
    measured_part: Option<(u64, u64)>,
    /// Requests and answers take turns over one connection that is kept.
    takes_turns: bool,
}

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// Ready for its first turn. A server listens already.
    #[inline]
    pub fn new(config: &Config, mut core: Core<P>, handler: H) -> Self {
        let behaviour = Behaviour::new(config, &mut core);
        let takes_turns = core.takes_turns();
        Self { side: Side::new(core, handler), behaviour, measured_part: None, takes_turns }
    }

    /// What this side asks of the world.
    #[inline]
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.side.core.port
    }

    /// The plugin's side.
    #[inline]
    pub fn handler(&self) -> &H {
        &self.side.handler
    }

    /// When the client last looked at its load, on the clock that both sides share, in nanoseconds; 0: it has none.
    #[inline]
    pub fn acted_ns(&self) -> u64 {
        match &self.behaviour {
            Behaviour::Client(client) => client.acted_ns(),
            Behaviour::Server(_) | Behaviour::Over => 0,
        }
    }

    /// Sessions that are open, or being opened or closed.
    #[inline]
    pub fn open_sessions(&self) -> usize {
        self.side.core.open_count()
    }

    /// What is booked for the sessions of a side whose peers are not ours, in bytes.
    #[inline]
    pub fn held_bytes(&self) -> usize {
        self.side.core.guests.held()
    }

    /// The other side has woken this one.
    #[inline]
    pub fn woken(&mut self) {
        self.side.core.port.woken();
        self.side.core.records.reader_mut().catch_up();
        self.side.core.learn_damage();
    }

    /// Somebody waits to be accepted; over datagrams, something has come to the server's socket.
    #[inline]
    pub fn acceptable(&mut self) -> Result<(), Failure> {
        if self.side.core.reads_later() {
            return Ok(());
        }
        self.accept()
    }

    /// Something has been announced of the endpoint in a slot.
    pub fn ready(&mut self, slot: usize, readiness: Readiness) -> Result<(), Failure> {
        if readiness.writable && self.writable(slot)? {
            return Ok(());
        }
        if !readiness.readable {
            return Ok(());
        }
        let is_late = self.side.core.settings.transport.read_delay_ns > 0;
        let now = if is_late { self.side.core.port.now() } else { 0 };
        if readiness.read_closed {
            self.side.core.end_announced(slot);
        }
        if readiness.write_closed && self.side.core.outlasts_input() {
            self.side.core.peer_gone(slot);
        }
        Ok(self.side.readable(slot, now)?)
    }

    /// The plugin's threads have said something.
    #[inline]
    pub fn mail(&mut self) -> Result<(), Failure> {
        self.side.mail()
    }

    /// What no event announces: put-off reads, held messages, timers, a ledger that was full. To be
    /// called after the events of a turn.
    pub fn run_deferred(&mut self) -> Result<(), Failure> {
        if !self.side.core.work.to_read.is_empty() {
            let ready = self.side.core.work.to_read.take();
            for slot in ready.iter().copied() {
                self.side.read(slot)?;
            }
            self.side.core.work.to_read.give_back(ready);
        }
        if !self.side.delayed.is_empty() {
            self.side.delayed_reads()?;
        }
        if self.side.core.datagrams.is_some() {
            self.run_deferred_datagrams()?;
        }
        if self.side.core.link.is_some() {
            self.side.core.run_deferred_links();
        }
        if !self.side.core.work.waiting.is_empty() {
            self.side.waiting_connections()?;
        }
        if self.side.core.work.timers.next().is_some() {
            self.side.timers()?;
        }
        if !self.side.core.work.refused.is_empty() {
            self.side.tell_of_room()?;
        }
        if self.side.core.records.is_stalled() && self.side.core.work.waiting.is_empty() {
            self.side.core.end_stall();
        }
        if self.side.core.records.has_untold_damage() {
            for (first, count) in self.side.core.records.take_untold_damage() {
                self.side.core.note_damage(first, count);
            }
        }
        // The other side's ring must not fill up because one session is slow.
        self.side.core.records.reader_mut().free_tail();
        self.side.core.judge_orphaned();
        Ok(())
    }

    /// The part's own doing, then everything that was gathered goes out. To be called at the end of a
    /// turn.
    #[inline]
    pub fn act(&mut self) -> Result<Option<Event>, Failure> {
        let event = self.behaviour.act(&mut self.side)?;
        self.check_peers_ledger()?;
        self.side.core.flush_dirty();
        if let Some(error) = self.side.core.broken.take() {
            return Err(Failure { attribution: Attribution::Plugin, error });
        }
        self.close_hooks()?;
        Ok(event)
    }

    fn accept(&mut self) -> Result<(), Failure> {
        self.behaviour.accept(&mut self.side)
    }

    /// True: only now does the connection stand. It counts as open, and is used, before what has come
    /// meanwhile is read: where the server is quicker than this side, it may have ended it already.
    fn writable(&mut self, slot: usize) -> Result<bool, Failure> {
        let Some(connection) = self.side.core.table.get_mut(slot) else {
            return Ok(false);
        };
        if connection.lifecycle().is_connecting() {
            self.behaviour.connected(&mut self.side, slot)?;
            self.side.core.announce_anew(slot);
            return Ok(true);
        }
        self.side.core.flush(slot);
        // A server may have stopped reading because it could not write.
        if self.side.core.table.get(slot).is_some_and(|one| one.ingress().has_unread()) {
            self.side.core.work.to_read.insert(slot);
        }
        Ok(false)
    }

    /// Datagrams that the kernel did not take before, and reads that were put off.
    fn run_deferred_datagrams(&mut self) -> Result<(), Failure> {
        let Some(datagrams) = &mut self.side.core.datagrams else { return Ok(()) };
        let blocked = datagrams.blocked().take();
        for slot in blocked.iter().copied() {
            self.writable(slot)?;
        }
        if let Some(datagrams) = &mut self.side.core.datagrams {
            datagrams.blocked().give_back(blocked);
        }
        let now = self.side.core.port.now();
        if let Some(datagrams) = &mut self.side.core.datagrams
            && datagrams.take_due(now)
        {
            self.accept()?;
        }
        self.side.core.judge_by_time(now);
        Ok(())
    }

    /// Tells the plugin which sessions are gone.
    #[inline]
    fn close_hooks(&mut self) -> Result<(), Failure> {
        if self.side.core.work.closed.is_empty() {
            return Ok(());
        }
        self.close_hooks_of_gone()
    }

    #[cold]
    fn close_hooks_of_gone(&mut self) -> Result<(), Failure> {
        while let Some((slot, id)) = self.side.core.work.closed.pop() {
            let state = self.side.sessions.take(slot);
            if let Some(state) = state
                && let Err(error) = self.side.handler.close(&mut self.side.core, id, state)
            {
                if error.kind.is_fatal() {
                    return Err(error.into());
                }
                let kind = of_hook(error.hook.name());
                self.side.core.stats.error(&kind, 1, || format!("session {id}: {error}"));
            }
            self.side.core.records.reader_mut().forget(id);
            self.side.core.judge_orphaned();
            self.side.core.release_slot(slot);
            self.behaviour.connection_gone(&mut self.side.core, id);
        }
        Ok(())
    }

    /// What this side has read of the other side's memory can be what the other side has written.
    #[inline]
    fn check_peers_ledger(&self) -> Result<(), Failure> {
        let core = &self.side.core;
        if core.peers_ledger_is_sound() {
            return Ok(());
        }
        Err(core.peers_ledger_is_broken(self.behaviour.announcements_corruption()))
    }
}
