//! The event loop of a side: one thread, one poll, one turn after the other.

use super::control::Control;
use super::error::SideError;
use super::sockets::{FIRST_CONNECTION, LONGEST_WAIT, Sockets};
use super::spec::{SideCommand, SideEvent, SideSpec};
use crate::engine::{Core, Engine, Event, Failure, Lone, Readiness, Report};
use crate::host::Instance;
use mio::{Events, Poll, Token};
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{Expiration, TimerFd, TimerSetTimeFlags};
use std::os::unix::net::UnixStream;
use std::time::Duration;

pub(super) const CONTROL: Token = Token(0);
/// The listening socket.
pub(super) const LISTENER: Token = Token(1);
pub(super) const DOORBELL: Token = Token(2);
pub(super) const TIMER: Token = Token(3);
pub(super) const MAIL: Token = Token(4);
pub(super) const SCRIPT: Token = Token(5);

/// Deadlines nearer than this use the timer descriptor; poll itself counts milliseconds.
const FINE: u64 = 20_000_000;

/// Plays one side of a round, told by the supervisor at the other end of `stream`. Returns false
/// when the round could not be played; the supervisor has been told why, if it still listens.
pub fn run(stream: UnixStream) -> bool {
    let mut control = Control::new(stream);
    let Ok(Some(SideCommand::Begin(spec))) = control.receive() else { return false };
    match play(&mut control, &spec) {
        Ok(()) => true,
        Err(Failure { attribution, error }) => {
            let _ = control.send(&SideEvent::Failed { attribution, error });
            false
        }
    }
}

fn play(control: &mut Control, spec: &SideSpec) -> Result<(), Failure> {
    let mut side = Side::new(control, spec)?;
    let mut events = Events::with_capacity(1_024);
    loop {
        side.turn(&mut events)?;
        if side.run_commands(control)? {
            break;
        }
        let acted = side.engine.act()?;
        side.note_wake();
        if let Some(event) = acted {
            let word = match event {
                Event::Connected => SideEvent::Connected,
                Event::Drained => SideEvent::Drained,
            };
            control.send(&word).map_err(SideError::Unsent)?;
        }
    }
    let word = match side.engine.finish()? {
        Report::Server(mut report) => {
            report.held_up_ns = side.held_up_ns;
            SideEvent::Server(report)
        }
        Report::Client(mut report) => {
            report.side.held_up_ns = side.held_up_ns;
            SideEvent::Client(report)
        }
    };
    Ok(control.send(&word).map_err(SideError::ReportLost)?)
}

/// A side of a round in a process of its own: its engine under an event queue.
pub(super) struct Side {
    pub(super) engine: Engine<Sockets, Instance<Core<Sockets>>>,
    pub(super) poll: Poll,
    pub(super) timer: TimerFd,
    pub(super) timer_set: Option<u64>,
    pub(super) spin: bool,
    pub(super) control_ready: bool,
    /// When all events were last asked for, where a turn may wait without asking, in nanoseconds.
    pub(super) polled_ns: u64,
    /// There is no need to ask before this time, in nanoseconds; 0: that is not known.
    pub(super) quiet_until: u64,
    /// When the wait under way is to end at the latest, in nanoseconds.
    pub(super) wakes_at: u64,
    /// By how much one has ended later than that, at most, in nanoseconds.
    pub(super) held_up_ns: u64,
}

impl Side {
    /// Waits for something to happen, and handles it.
    fn turn(&mut self, events: &mut Events) -> Result<(), Failure> {
        match self.lone_socket() {
            Some(lone) => self.read(lone)?,
            None => self.poll(events)?,
        }
        self.engine.run_deferred()
    }

    /// The socket that is to be read without asking for events, because nothing else will be announced.
    fn lone_socket(&mut self) -> Option<Lone> {
        let lone = self.engine.lone_socket()?;
        if self.control_ready || self.engine.port_mut().expects_mail() {
            return None;
        }
        let now = self.engine.now();
        if now >= self.quiet_until && !self.is_quiet(now) {
            return None;
        }
        (self.spin || self.engine.port_mut().wait_in_next_read(lone)).then_some(lone)
    }

    /// Whether all events need not be asked for now, and until when: they are every [`LONGEST_WAIT`], and
    /// where a read waits, before a deadline is nearer than [`FINE`]. While there is a lone socket, no
    /// deadline comes up that is nearer than those there are.
    #[cold]
    fn is_quiet(&mut self, now: u64) -> bool {
        if now.saturating_sub(self.polled_ns) > LONGEST_WAIT {
            self.polled_ns = now;
            return false;
        }
        let next = self.engine.next_deadline().unwrap_or(u64::MAX);
        let quiet_until = if self.spin { next } else { next.saturating_sub(FINE) };
        self.quiet_until = quiet_until.min(self.polled_ns + LONGEST_WAIT);
        now < self.quiet_until
    }

    /// Reads a socket, whether something has come or not.
    fn read(&mut self, lone: Lone) -> Result<(), Failure> {
        if self.spin {
            self.engine.measure_by_time();
        }
        match lone {
            Lone::Connection(slot) => {
                let readable = Readiness { readable: true, ..Readiness::default() };
                self.engine.ready(slot, readable)
            }
            Lone::Datagrams => self.engine.acceptable(),
        }
    }

    /// Waits for events, and handles them.
    fn poll(&mut self, events: &mut Events) -> Result<(), Failure> {
        self.quiet_until = 0;
        let timeout = self.timeout();
        match self.poll.poll(events, timeout) {
            Ok(()) => {}
            Err(error) if error.kind() == std::io::ErrorKind::Interrupted => return Ok(()),
            Err(error) => return Err(SideError::Poll(error).into()),
        }
        self.engine.measure_by_time();
        for event in events.iter() {
            match event.token() {
                CONTROL => self.control_ready = true,
                DOORBELL => self.engine.woken(),
                // It is told of each time that it expires, whether it was read or not.
                TIMER => self.timer_set = None,
                MAIL => self.engine.mail()?,
                LISTENER => self.engine.acceptable()?,
                // The window is filled at the end of every turn.
                SCRIPT => {}
                Token(token) => {
                    let read_closed = event.is_read_closed();
                    let readiness = Readiness {
                        readable: event.is_readable() || read_closed || event.is_error(),
                        writable: event.is_writable(),
                        read_closed,
                        write_closed: event.is_write_closed(),
                    };
                    self.engine.ready(token - FIRST_CONNECTION, readiness)?;
                }
            }
        }
        Ok(())
    }

    /// A turn is over: by how much the wait before it has ended too late.
    #[inline]
    fn note_wake(&mut self) {
        let wakes_at = std::mem::replace(&mut self.wakes_at, u64::MAX);
        let late = self.engine.acted_ns().saturating_sub(wakes_at);
        self.held_up_ns = self.held_up_ns.max(late);
    }

    /// How long the next poll may sleep.
    fn timeout(&mut self) -> Option<Duration> {
        if self.spin || self.control_ready || self.engine.is_due() {
            return Some(Duration::ZERO);
        }
        let next = self.engine.next_deadline()?;
        let left = next.saturating_sub(self.engine.now());
        if left == 0 {
            return Some(Duration::ZERO);
        }
        self.wakes_at = next;
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

    /// Does what the supervisor says; true: stop.
    fn run_commands(&mut self, control: &mut Control) -> Result<bool, Failure> {
        if !self.control_ready {
            return Ok(false);
        }
        self.control_ready = false;
        control.fill().map_err(SideError::Unintelligible)?;
        while let Some(command) =
            control.next::<SideCommand>().map_err(SideError::Unintelligible)?
        {
            match command {
                SideCommand::Begin(_) => {}
                SideCommand::Stop => return Ok(true),
                SideCommand::EndLoad => self.engine.end_load(),
                SideCommand::Drain => self.engine.drain(),
                SideCommand::Show => self.engine.begin_display(),
                SideCommand::Connect(address) => {
                    self.engine.port_mut().aim(address);
                    self.engine.connect();
                }
                SideCommand::Go(start) => self.engine.go(start),
            }
        }
        if control.ended() {
            return Err(SideError::SupervisorGone.into());
        }
        Ok(false)
    }
}
