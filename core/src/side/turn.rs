//! The event loop of a side: one thread, one poll, one turn after the other.

use super::client::Client;
use super::control::Control;
use super::core::{Core, FIRST_CONNECTION};
use super::server::{LISTENER, Server};
use super::spec::{Blame, Order, Part, SideSpec, Word};
use super::usage::Snapshot;
use crate::host::{HookError, Instance, SessionState};
use crate::measure::LoadEnd;
use crate::scenario::Until;
use mio::{Events, Poll, Token};
use nix::sys::timerfd::TimerFd;
use std::io::Read;
use std::os::unix::net::UnixStream;

pub(super) const CONTROL: Token = Token(0);
pub(super) const DOORBELL: Token = Token(2);
pub(super) const TIMER: Token = Token(3);
pub(super) const MAIL: Token = Token(4);
pub(super) const SCRIPT: Token = Token(5);

/// Why a side stops before its round is over.
pub(super) struct Failure {
    pub(super) blame: Blame,
    pub(super) error: String,
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

/// Plays one side of a round, told by the supervisor at the other end of `stream`. Returns false
/// when the round could not be played; the supervisor has been told why, if it still listens.
pub fn run(stream: UnixStream) -> bool {
    let mut control = Control::new(stream);
    let Ok(Some(Order::Begin(spec))) = control.receive() else { return false };
    match play(&mut control, &spec) {
        Ok(()) => true,
        Err(Failure { blame, error }) => {
            let _ = control.send(&Word::Failed { blame, error });
            false
        }
    }
}

fn play(control: &mut Control, spec: &SideSpec) -> Result<(), Failure> {
    let mut side = Side::new(control, spec)?;
    let mut events = Events::with_capacity(1_024);
    loop {
        side.turn(&mut events)?;
        if side.hear_orders(control)? {
            break;
        }
        side.act(control)?;
    }
    side.last_reads()?;
    let slots = side.core.slots_of_load();
    if let Some(book) = &mut side.core.book
        && book.load_end.is_none()
    {
        book.load_end = Some(LoadEnd::Interrupted);
        book.window.cut(side.core.clock.now());
    }
    side.core.end();
    side.check_peers_ledger()?;
    side.check_own_ledger()?;
    // Connections that close from now on are not missed.
    side.role = None;
    // The last hooks may still count, log and fail.
    side.close_hooks()?;
    let report = side.core.report();
    let word = match side.core.book.take() {
        None => Word::Server(Box::new(report)),
        Some(book) => Word::Client(Box::new(book.finish(report, slots))),
    };
    control.send(&word).map_err(|error| Failure::from(format!("the report is lost: {error}")))
}

/// What the two parts do differently.
pub(super) enum Role {
    Server(Server),
    Client(Client),
}

/// A side: its core, its plugin, its part.
pub(super) struct Side {
    pub(super) core: Core,
    pub(super) handler: Instance<Core>,
    /// The plugin's state of the session in each slot.
    pub(super) states: Vec<Option<SessionState>>,
    /// The session in each slot; outlives its connection until the close hook has run.
    pub(super) ids: Vec<u32>,
    /// Slots whose read is put off.
    pub(super) delayed: Vec<usize>,
    pub(super) role: Option<Role>,
    pub(super) poll: Poll,
    pub(super) timer: TimerFd,
    pub(super) timer_set: Option<u64>,
    pub(super) spin: bool,
    pub(super) control_ready: bool,
    /// When measuring starts and ends, known to the server from the start order.
    pub(super) measured_part: Option<(u64, u64)>,
}
impl Side {
    /// Waits for something to happen, and handles it.
    fn turn(&mut self, events: &mut Events) -> Result<(), Failure> {
        let timeout = self.timeout();
        match self.poll.poll(events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(format!("the event queue failed: {error}").into()),
        }
        // Before anything that has just come is handled: it belongs to what begins now.
        self.measure_by_time();
        for event in events.iter() {
            match event.token() {
                CONTROL => self.control_ready = true,
                DOORBELL => {
                    let _ = self.core.doorbell.read(&mut [0; 8]);
                    self.core.reader.catch_up();
                    self.core.hear_damage();
                }
                TIMER => {
                    let _ = self.timer.wait();
                    self.timer_set = None;
                }
                MAIL => self.mail()?,
                LISTENER if self.core.hears_later() => {}
                LISTENER => self.accept()?,
                // The window is filled at the end of every turn.
                SCRIPT => {}
                Token(token) => {
                    let slot = token - FIRST_CONNECTION;
                    if event.is_writable() {
                        self.writable(slot)?;
                    }
                    if event.is_readable() || event.is_read_closed() || event.is_error() {
                        let now = if self.core.settings.transport.read_delay_ns > 0 {
                            self.core.clock.now()
                        } else {
                            0
                        };
                        if event.is_read_closed() {
                            self.core.end_announced(slot);
                        }
                        if event.is_write_closed() && self.core.outlasts_input() {
                            self.core.peer_gone(slot);
                        }
                        self.readable(slot, now)?;
                    }
                }
            }
        }
        self.go_on()
    }

    /// What no event announces: put-off reads, held messages, timers, a ledger that was full.
    fn go_on(&mut self) -> Result<(), Failure> {
        for slot in std::mem::take(&mut self.core.ready) {
            self.read(slot)?;
        }
        if !self.delayed.is_empty() {
            self.delayed_reads()?;
        }
        if self.core.datagrams.is_some() {
            self.go_on_with_datagrams()?;
        }
        if self.core.link.is_some() {
            self.core.go_on_linked();
        }
        if !self.core.waiting.is_empty() {
            self.waiting_connections()?;
        }
        if self.core.timers.next().is_some() {
            self.timers()?;
        }
        if !self.core.refused.is_empty() {
            self.relieved()?;
        }
        if self.core.stalled_since.is_some() && self.core.waiting.is_empty() {
            self.core.end_stall();
        }
        if !self.core.untold_damage.is_empty() {
            for (first, count) in std::mem::take(&mut self.core.untold_damage) {
                self.core.note_damage(first, count);
            }
        }
        // The other side's ring must not fill up because one session is slow.
        self.core.reader.relieve();
        self.core.judge_late();
        Ok(())
    }

    /// The part's own doing, then everything that was gathered goes out.
    fn act(&mut self, control: &mut Control) -> Result<(), Failure> {
        let mut role = self.role.take();
        let acted = match &mut role {
            Some(Role::Client(client)) => client.act(self, control),
            Some(Role::Server(server)) => server.act(self, control),
            None => Ok(()),
        };
        self.role = role;
        acted?;
        self.check_peers_ledger()?;
        self.core.flush_dirty();
        if let Some(error) = self.core.broken.take() {
            return Err(Failure { blame: Blame::Plugin, error });
        }
        self.close_hooks()
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

    /// The server's part of the round is measured by the clock alone.
    fn measure_by_time(&mut self) {
        let Some((from, to)) = self.measured_part else { return };
        if self.core.part != Part::Server || !self.core.measuring && self.core.before.is_some() {
            return;
        }
        let now = self.core.clock.now();
        if self.core.before.is_none() && now >= from {
            self.core.before = Some(Snapshot::take(self.core.messages()));
            self.core.measuring = true;
        }
        if now >= to {
            self.core.measuring = false;
            self.core.after = Some(Snapshot::take(self.core.messages()));
        }
    }

    /// Does what the supervisor says; true: stop.
    fn hear_orders(&mut self, control: &mut Control) -> Result<bool, Failure> {
        if !self.control_ready {
            return Ok(false);
        }
        self.control_ready = false;
        let lost = |error: std::io::Error| format!("the supervisor cannot be understood: {error}");
        control.fill().map_err(lost)?;
        while let Some(order) = control.next::<Order>().map_err(lost)? {
            match order {
                Order::Begin(_) => {}
                Order::Stop => return Ok(true),
                Order::EndLoad => {
                    if let Some(Role::Client(client)) = &mut self.role {
                        client.interrupt(&mut self.core);
                    }
                }
                Order::Drain => {
                    if let Some(Role::Server(server)) = &mut self.role {
                        server.drain(&self.core);
                    }
                }
                Order::Connect(address) => {
                    let mut role = self.role.take();
                    let connecting = match &mut role {
                        Some(Role::Client(client)) => client.connect_all(self, address),
                        _ => Ok(()),
                    };
                    self.role = role;
                    connecting?;
                }
                Order::Go(start) => {
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
            }
        }
        if control.ended() {
            return Err("the supervisor is gone".to_owned().into());
        }
        Ok(false)
    }

    /// Takes what lies in the sockets before the rest is judged to be lost.
    fn last_reads(&mut self) -> Result<(), Failure> {
        for slot in self.core.open_slots() {
            self.read(slot)?;
        }
        if self.core.datagrams.is_some() {
            self.last_datagrams()?;
        }
        self.core.ready.clear();
        self.core.flush_dirty();
        self.core.reader.catch_up();
        if self.core.part == Part::Client {
            self.core.hear_damage();
        }
        Ok(())
    }
}
