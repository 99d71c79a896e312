//! The event loop of a side: one thread, one poll, one turn after the other.

use super::client::Client;
use super::control::Control;
use super::core::{Core, FIRST_CONNECTION};
use super::server::{LISTENER, Server};
use super::services::Mail;
use super::spec::{Order, Part, SideSpec, Word};
use super::usage::Snapshot;
use crate::framing::Gate;
use crate::host::{HookError, HookErrorKind, Instance, Library, SessionState};
use crate::load::{Payloads, Sizes};
use crate::net::region::Region;
use crate::scenario::{Until, Wait};
use mio::unix::SourceFd;
use mio::{Events, Interest, Poll, Token};
use nix::sched::{CpuSet, sched_setaffinity};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use nix::unistd::Pid;
use std::cmp::Reverse;
use std::fs::File;
use std::io::Read;
use std::os::fd::{AsFd, AsRawFd};
use std::os::unix::net::UnixStream;
use std::sync::Arc;
use std::time::Duration;

const CONTROL: Token = Token(0);
const DOORBELL: Token = Token(2);
const TIMER: Token = Token(3);
const MAIL: Token = Token(4);

/// Deadlines nearer than this use the timer descriptor; poll itself counts milliseconds.
const FINE: u64 = 20_000_000;

/// How often a side looks again whether a full ledger has room.
const LOOK_AGAIN: u64 = 200_000;

/// Why a side stops before its round is over.
pub(super) struct Failure {
    pub(super) plugin: bool,
    pub(super) error: String,
}

impl From<String> for Failure {
    fn from(error: String) -> Self {
        Self { plugin: false, error }
    }
}

impl From<HookError> for Failure {
    fn from(error: HookError) -> Self {
        Self { plugin: true, error: error.to_string() }
    }
}

/// Plays one side of a round, told by the supervisor at the other end of `stream`. Returns false
/// when the round could not be played; the supervisor has been told why, if it still listens.
pub fn run(stream: UnixStream) -> bool {
    let mut control = Control::new(stream);
    let Ok(Some(Order::Begin(spec))) = control.receive() else { return false };
    match play(&mut control, &spec) {
        Ok(()) => true,
        Err(Failure { plugin, error }) => {
            let _ = control.send(&Word::Failed { plugin, error });
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
    let report = side.core.report();
    side.close_hooks()?;
    let word = match side.core.book.take() {
        None => Word::Server(Box::new(report)),
        Some(book) => Word::Client(Box::new(book.finish(report))),
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
    role: Option<Role>,
    poll: Poll,
    timer: TimerFd,
    timer_set: Option<u64>,
    spin: bool,
    control_ready: bool,
    /// When measuring starts and ends, known to the server from the start order.
    measured_part: Option<(u64, u64)>,
}

impl Side {
    fn new(control: &mut Control, spec: &SideSpec) -> Result<Self, Failure> {
        pin(spec.processor)?;
        let [own, peer, bell] = control
            .descriptors()
            .ok_or_else(|| "the supervisor did not send the ledgers".to_owned())?;
        let explain = |what: &'static str| move |error| format!("{what}: {error}");
        let own = Region::map_owner(&own).map_err(explain("the ledger cannot be mapped"))?;
        let peer = Region::map_reader(&peer).map_err(explain("the ledger cannot be mapped"))?;
        // The plugin's breadcrumb lives as long as the process; so does the mapping.
        let own: &'static Arc<Region> = Box::leak(Box::new(Arc::new(own)));
        let doorbell = File::from(bell);

        let poll = Poll::new().map_err(explain("no event queue"))?;
        let registry = poll.registry();
        let watch = |descriptor: std::os::fd::RawFd, token| {
            registry
                .register(&mut SourceFd(&descriptor), token, Interest::READABLE)
                .map_err(explain("a descriptor cannot be watched"))
        };
        watch(control.descriptor().as_raw_fd(), CONTROL)?;
        if spec.part == Part::Client {
            watch(doorbell.as_fd().as_raw_fd(), DOORBELL)?;
        }
        let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_NONBLOCK)
            .map_err(|error| format!("no timer: {error}"))?;
        watch(timer.as_fd().as_raw_fd(), TIMER)?;
        let waker = mio::Waker::new(registry, MAIL).map_err(explain("no way to wake the loop"))?;

        let mut core = Core::new(
            spec,
            own,
            Arc::new(peer),
            doorbell,
            registry.try_clone().map_err(explain("no event queue"))?,
            payloads(spec)?,
            Mail::new(waker),
        )?;
        let library = Library::load(&spec.plugin)
            .map_err(|e| Failure { plugin: true, error: e.to_string() })?;
        let handler = &spec.settings.handler;
        let config = handler.config.to_string();
        let name = handler.handler.as_deref();
        let crumb = own.breadcrumb();
        let handler = match spec.part {
            Part::Server => library.server(name, &config, &mut core, crumb),
            Part::Client => library.client(name, &config, &mut core, crumb),
        }
        .map_err(|error| Failure { plugin: true, error: error.to_string() })?;

        let mut side = Self {
            core,
            handler,
            states: Vec::new(),
            ids: Vec::new(),
            delayed: Vec::new(),
            role: None,
            poll,
            timer,
            timer_set: None,
            spin: spec.settings.cpu.wait == Wait::Spin,
            control_ready: true,
            measured_part: None,
        };
        side.role = Some(match spec.part {
            Part::Server => {
                let (server, address) = Server::start(&side.core, &spec.socket_path)?;
                control
                    .send(&Word::Listening(address))
                    .map_err(|error| format!("the supervisor is gone: {error}"))?;
                Role::Server(server)
            }
            Part::Client => Role::Client(Client::new(&side.core)),
        });
        Ok(side)
    }

    /// Waits for something to happen, and handles it.
    fn turn(&mut self, events: &mut Events) -> Result<(), Failure> {
        let timeout = self.timeout();
        match self.poll.poll(events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(format!("the event queue failed: {error}").into()),
        }
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
                LISTENER => self.accept()?,
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
        if !self.core.waiting.is_empty() {
            self.waiting_connections()?;
        }
        if !self.core.timers.is_empty() {
            self.timers()?;
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
            Some(Role::Server(_)) => {
                self.measure_by_time();
                Ok(())
            }
            None => Ok(()),
        };
        self.role = role;
        acted?;
        self.core.flush_dirty();
        if let Some(error) = self.core.broken.take() {
            return Err(Failure { plugin: true, error });
        }
        self.close_hooks()
    }

    fn accept(&mut self) -> Result<(), Failure> {
        let mut role = self.role.take();
        let accepted = match &mut role {
            Some(Role::Server(server)) => Server::accept_all(self, server),
            _ => Ok(()),
        };
        self.role = role;
        Ok(accepted?)
    }

    /// The connection in `slot` stands: the plugin opens its session.
    pub(super) fn open(&mut self, slot: usize) -> Result<(), HookError> {
        let Some(connection) = &self.core.connections[slot] else { return Ok(()) };
        let id = connection.id;
        if self.states.len() <= slot {
            self.states.resize_with(slot + 1, || None);
            self.ids.resize(slot + 1, 0);
        }
        self.ids[slot] = id;
        self.core.current = slot;
        self.core.received_ns = 0;
        match self.handler.open(&mut self.core, id) {
            Ok(state) => {
                self.states[slot] = Some(state);
                Ok(())
            }
            Err(error) => self.hook_failed(slot, error),
        }
    }

    /// A hook that says no costs its session; a hook that breaks the plugin costs the round.
    pub(super) fn hook_failed(&mut self, slot: usize, error: HookError) -> Result<(), HookError> {
        if is_fatal(&error) {
            return Err(error);
        }
        self.core.fail(slot, "handler", &error.to_string());
        Ok(())
    }

    /// Tells the plugin which sessions are gone.
    fn close_hooks(&mut self) -> Result<(), Failure> {
        while let Some((slot, id)) = self.core.closed.pop() {
            let state = self.states.get_mut(slot).and_then(Option::take);
            if let Some(state) = state
                && let Err(error) = self.handler.close(&mut self.core, id, state)
                && is_fatal(&error)
            {
                return Err(error.into());
            }
            self.core.reader.forget(id);
            self.core.judge_late();
            self.core.release_slot(slot);
            if let Some(Role::Client(client)) = &mut self.role {
                client.connection_gone(self.core.settings.load.session);
            }
        }
        Ok(())
    }

    fn writable(&mut self, slot: usize) -> Result<(), Failure> {
        let Some(connection) = self.core.connections.get_mut(slot).and_then(Option::as_mut) else {
            return Ok(());
        };
        if connection.stage == super::connection::Stage::Connecting {
            let mut role = self.role.take();
            let connected = match &mut role {
                Some(Role::Client(client)) => client.connected(self, slot),
                _ => Ok(()),
            };
            self.role = role;
            return connected;
        }
        let id = connection.id;
        let was_full = !connection.outbox.is_empty();
        self.core.flush(slot);
        if was_full && self.core.connections[slot].as_ref().is_some_and(|one| one.outbox.is_empty())
        {
            let state = self.states.get_mut(slot).and_then(Option::as_mut);
            if let Some(state) = state
                && let Err(error) = self.handler.writable(&mut self.core, id, state)
            {
                self.hook_failed(slot, error)?;
            }
        }
        // A server may have stopped reading because it could not write.
        if self.core.connections[slot].as_ref().is_some_and(|one| one.readable) {
            self.core.ready.push(slot);
        }
        Ok(())
    }

    fn mail(&mut self) -> Result<(), Failure> {
        while let Ok((session, letter)) = self.core.mail.receiver.try_recv() {
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.current = slot;
            if let Some(Some(state)) = self.states.get_mut(slot)
                && let Err(error) = self.handler.mail(&mut self.core, session, state, &letter)
            {
                self.hook_failed(slot, error)?;
            }
        }
        Ok(())
    }

    fn timers(&mut self) -> Result<(), Failure> {
        let now = self.core.clock.now();
        while let Some(Reverse((due, session, id))) = self.core.timers.peek().copied() {
            if due > now {
                break;
            }
            self.core.timers.pop();
            // A timer that was set again or cancelled since has another due time.
            if self.core.timer_due.get(&(session, id)) != Some(&due) {
                continue;
            }
            self.core.timer_due.remove(&(session, id));
            let Some(slot) = self.core.slot_of(session) else { continue };
            self.core.current = slot;
            if let Some(Some(state)) = self.states.get_mut(slot)
                && let Err(error) = self.handler.timer(&mut self.core, session, state, id)
            {
                self.hook_failed(slot, error)?;
            }
        }
        Ok(())
    }

    fn delayed_reads(&mut self) -> Result<(), Failure> {
        let now = self.core.clock.now();
        for slot in std::mem::take(&mut self.delayed) {
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            match connection.read_due_ns {
                Some(due) if due > now => self.delayed.push(slot),
                _ => {
                    connection.read_due_ns = None;
                    self.read(slot)?;
                }
            }
        }
        Ok(())
    }

    /// Lets connections encode that had to wait, and calls framings whose deadline has passed.
    fn waiting_connections(&mut self) -> Result<(), Failure> {
        let now = self.core.clock.now();
        for slot in std::mem::take(&mut self.core.waiting) {
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            connection.waiting = false;
            if connection.incoming().deadline().is_some_and(|deadline| deadline <= now) {
                self.framing_timeout(slot, now)?;
            }
            self.core.pump(slot, now);
            let Some(connection) = &mut self.core.connections[slot] else { continue };
            if connection.waiting {
                continue;
            }
            if !connection.held.is_empty() || connection.incoming().deadline().is_some() {
                connection.waiting = true;
                self.core.waiting.push(slot);
            } else if connection.readable {
                self.core.ready.push(slot);
            }
        }
        Ok(())
    }

    /// How long the next poll may sleep.
    fn timeout(&mut self) -> Option<Duration> {
        if self.spin || self.control_ready || !self.core.ready.is_empty() {
            return Some(Duration::ZERO);
        }
        let next = self.next_deadline()?;
        let now = self.core.clock.now();
        let left = next.saturating_sub(now);
        if left == 0 {
            return Some(Duration::ZERO);
        }
        if left < FINE {
            if self.timer_set != Some(next) {
                self.timer_set = Some(next);
                let after =
                    Expiration::OneShot(TimeSpec::from_duration(Duration::from_nanos(left)));
                let _ = self.timer.set(after, TimerSetTimeFlags::empty());
            }
            return None;
        }
        Some(Duration::from_nanos(left))
    }

    fn next_deadline(&mut self) -> Option<u64> {
        let core = &mut self.core;
        let mut next = u64::MAX;
        if core.stalled_since.is_some() || !core.untold_damage.is_empty() {
            next = core.clock.now() + LOOK_AGAIN;
        }
        for slot in &core.waiting {
            let Some(connection) = &mut core.connections[*slot] else { continue };
            if let Some(deadline) = connection.incoming().deadline() {
                next = next.min(deadline);
            }
            if connection.held.is_empty() {
                continue;
            }
            if let Gate::Until(time) = connection.encoder.gate(0) {
                next = next.min(time);
            }
        }
        for slot in &self.delayed {
            let due = core.connections[*slot].as_ref().and_then(|one| one.read_due_ns);
            next = next.min(due.unwrap_or(0));
        }
        if let Some(Reverse((due, ..))) = core.timers.peek() {
            next = next.min(*due);
        }
        match &self.role {
            Some(Role::Client(client)) => next = next.min(client.next_deadline(core)),
            _ => {
                if let Some((from, to)) = self.measured_part {
                    next = next.min(if core.before.is_none() {
                        from
                    } else if core.after.is_none() {
                        to
                    } else {
                        u64::MAX
                    });
                }
            }
        }
        (next != u64::MAX).then_some(next)
    }

    /// The server's part of the round is measured by the clock alone.
    fn measure_by_time(&mut self) {
        let Some((from, to)) = self.measured_part else { return };
        if self.core.after.is_some() {
            return;
        }
        let now = self.core.clock.now();
        if self.core.before.is_none() && now >= from {
            self.core.before = Some(Snapshot::take(self.core.messages()));
        }
        if now >= to {
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
                        client.go(&mut self.core, from, to);
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
        self.core.ready.clear();
        self.core.flush_dirty();
        self.core.reader.catch_up();
        if self.core.part == Part::Client {
            self.core.hear_damage();
        }
        Ok(())
    }
}

/// True when the plugin itself is broken, not only one of its sessions.
fn is_fatal(error: &HookError) -> bool {
    !matches!(error.kind, HookErrorKind::Error | HookErrorKind::InvalidText)
}

fn pin(processor: Option<usize>) -> Result<(), String> {
    let Some(processor) = processor else { return Ok(()) };
    let mut set = CpuSet::new();
    set.set(processor)
        .and_then(|()| sched_setaffinity(Pid::from_raw(0), &set))
        .map_err(|error| format!("cannot run on processor {processor}: {error}"))
}

/// The client's requests, or the server's `reply-payload`.
fn payloads(spec: &SideSpec) -> Result<Payloads, String> {
    let load = &spec.settings.load;
    let sizes = match spec.part {
        Part::Client => &load.payload,
        Part::Server => load.reply_payload.as_ref().unwrap_or(&load.payload),
    };
    let file = match sizes {
        Sizes::File(path) => {
            Some(std::fs::read(path).map_err(|error| format!("`{path}` cannot be read: {error}"))?)
        }
        _ => None,
    };
    Ok(Payloads::new(spec.seed, sizes, load.alphabet, file))
}
