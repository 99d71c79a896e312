//! The supervisor's loop: it waits for whatever can happen, hears what sides say, sees who has ended
//! and what is overdue, until it knows what has become of the round.
//!
//! It is the same for a round of two sides, for a client against a server that is not ours, and for
//! a server alone; what differs is a [`Policy`]. It blocks on nobody: what it reads is there, what
//! it writes is bounded, and it sleeps in one poll call whose timeout is bounded too.

mod drive;
mod policy;
mod round;
mod serve;

pub use drive::Conversation;
pub(super) use drive::drive;
pub(super) use round::run_round;
pub use serve::OnListening;
pub(super) use serve::serve;

use super::children::Children;
use super::feed::Feed;
use super::guard::Event;
use super::outcome::Failure;
use super::plan::RoundPlan;
use super::shared::Shared;
use super::sider::Sider;
use super::sweep::sweep;
use crate::measure::SideReport;
use crate::result::How;
use crate::side::spec::{Alone, Blame, Order, Part, Word};
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use policy::Policy;
use std::io;
use std::os::fd::{AsFd, BorrowedFd};
use std::time::Duration;

/// How often the supervisor looks whether a hook hangs, in milliseconds. In between it sleeps.
const POLL_MS: u16 = 500;

/// How long a side may take to start, to connect and to report, beyond the round itself.
const SLACK_NS: u64 = 15_000_000_000;

/// How long the end of a process may take to be told after its control socket has ended.
const ENDING_NS: u64 = 2_000_000_000;

/// The processes of one round, and what is awaited of them.
struct Supervisor<'a> {
    children: &'a mut Children,
    interrupts: &'a SignalFd,
    plan: &'a RoundPlan<'a>,
    server: Option<Sider>,
    client: Option<Sider>,
    /// Lines for the client that come in while it plays.
    feed: Option<Feed>,
    /// Until when what is awaited must have come, in nanoseconds on the shared clock.
    deadline: u64,
}

/// Has `play` start and supervise something, then kills whatever is left of it. An `Err` means that
/// the supervisor itself cannot go on: the guard is gone, say.
fn supervise<T>(
    children: &mut Children,
    interrupts: &SignalFd,
    plan: &RoundPlan<'_>,
    play: impl FnOnce(&mut Supervisor<'_>) -> io::Result<T>,
) -> io::Result<T> {
    // The sides see the end of their control sockets before they are killed.
    let played = play(&mut Supervisor::new(children, interrupts, plan));
    let swept = sweep(children, Duration::from_nanos(ENDING_NS));
    let played = played?;
    swept?;
    Ok(played)
}

impl<'a> Supervisor<'a> {
    fn new(
        children: &'a mut Children,
        interrupts: &'a SignalFd,
        plan: &'a RoundPlan<'a>,
    ) -> Supervisor<'a> {
        let (server, client, feed) = (None, None, None);
        Self { children, interrupts, plan, server, client, feed, deadline: u64::MAX }
    }

    /// Starts a side and tells it its part. `streams` follow the descriptors that every side gets.
    fn start_side(
        &mut self,
        part: Part,
        shared: &Shared,
        alone: Option<Alone>,
        streams: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        let mut side = Sider::start(self.children, part, &shared.ledger_of(part).reader)?;
        let order = Order::Begin(Box::new(self.plan.spec(part, alone)));
        let descriptors = [&shared.descriptors_for(part), streams].concat();
        side.control.send_with(&order, &descriptors)?;
        *self.place(part) = Some(side);
        Ok(())
    }

    /// Until it is known what has become of it.
    fn run<P: Policy>(&mut self, policy: &mut P) -> io::Result<P::Outcome> {
        loop {
            if let Some(outcome) = self.turn(policy)? {
                return Ok(outcome);
            }
        }
    }

    fn turn<P: Policy>(&mut self, policy: &mut P) -> io::Result<Option<P::Outcome>> {
        if let Some(outcome) = policy.advance(self) {
            return Ok(Some(outcome));
        }
        if self.wait(policy)?
            && let Some(outcome) = policy.interrupted(self)
        {
            return Ok(Some(outcome));
        }
        let steps = if P::ENDS_FIRST {
            [Self::see_ends, Self::hear_all]
        } else {
            [Self::hear_all, Self::see_ends]
        };
        for step in steps {
            if let Some(outcome) = step(self, policy)? {
                return Ok(Some(outcome));
            }
        }
        if let Some(outcome) = policy.complete(self) {
            return Ok(Some(outcome));
        }
        Ok(self.overdue(policy))
    }

    /// Sleeps until something happens; true: the user wants to stop.
    fn wait<P: Policy>(&mut self, policy: &P) -> io::Result<bool> {
        let to_read = |fd| PollFd::new(fd, PollFlags::POLLIN);
        let mut waiting = vec![to_read(self.interrupts.as_fd())];
        waiting.extend(self.children.descriptor().map(to_read));
        let sides = self.server.iter().chain(&self.client);
        waiting.extend(sides.flat_map(Sider::descriptors).map(to_read));
        waiting.extend(policy.program_output().map(to_read));
        let feed = self.feed.as_ref().and_then(Feed::waits_for);
        let feeds = feed.is_some();
        waiting.extend(feed);
        match poll(&mut waiting, PollTimeout::from(policy.poll_ms(self))) {
            Ok(_) | Err(Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
        let can_feed = feeds && waiting.last().and_then(PollFd::any).unwrap_or(false);
        if can_feed && let Some(feed) = &mut self.feed {
            feed.step();
        }
        Ok(self.interrupts.read_signal()?.is_some())
    }

    /// Takes what everyone has said.
    fn hear_all<P: Policy>(&mut self, policy: &mut P) -> io::Result<Option<P::Outcome>> {
        policy.read_program_output();
        for part in [Part::Server, Part::Client] {
            if let Some(outcome) = self.hear(policy, part)? {
                return Ok(Some(outcome));
            }
        }
        Ok(None)
    }

    /// Takes what one side has said.
    fn hear<P: Policy>(&mut self, policy: &mut P, part: Part) -> io::Result<Option<P::Outcome>> {
        let hearing = self.plan.hearing;
        if let Some(side) = self.side(part) {
            side.read_output(hearing);
        }
        while let Some(word) = self.side(part).and_then(Sider::hear) {
            let outcome = match word {
                Word::Listening(address) => policy.listening(self, address)?,
                Word::Connected => {
                    policy.connected(self);
                    None
                }
                Word::Drained => {
                    policy.drained(self);
                    None
                }
                Word::Server(mut report) => {
                    self.add_log(part, &mut report);
                    policy.server_reported(self, report)
                }
                Word::Client(mut report) => {
                    self.add_log(part, &mut report.side);
                    policy.client_reported(report);
                    None
                }
                Word::Failed { blame, error } => self.side_failed(policy, part, blame, error),
            };
            if outcome.is_some() {
                return Ok(outcome);
            }
        }
        Ok(None)
    }

    /// A side cannot go on, and has said why.
    fn side_failed<P: Policy>(
        &mut self,
        policy: &mut P,
        part: Part,
        blame: Blame,
        error: String,
    ) -> Option<P::Outcome> {
        let failure = match blame {
            Blame::Machine => return policy.gave_up(self, part, error),
            Blame::Plugin => self.crash(part, How::Error(error)),
            Blame::OwnLedger => self.crash(part, How::Ledger(error)),
            Blame::PeersLedger => {
                // A side alone has no peer of ours: it is its own memory.
                let there_are_two = self.side(part.other()).is_some();
                let whose = if there_are_two { part.other() } else { part };
                self.crash(whose, How::Ledger(error))
            }
        };
        Some(policy.fail(failure))
    }

    /// Takes what the guard tells: who has ended, or could not be started.
    fn see_ends<P: Policy>(&mut self, policy: &mut P) -> io::Result<Option<P::Outcome>> {
        for event in self.children.events()? {
            let (id, how) = match event {
                Event::NotStarted { error, .. } => {
                    let error = policy.not_started(error);
                    return Ok(Some(policy.fail(Failure::NotPlayed(error))));
                }
                Event::Ended { id, signal: Some(signal), .. } => (id, How::Signal(signal)),
                Event::Ended { id, status, .. } => (id, How::Exit(status.unwrap_or(-1))),
                Event::Swept { .. } => continue,
            };
            let outcome = match self.part_of(id) {
                Some(part) => self.side_ended(policy, part, how)?,
                None => policy.program_ended(self, id, how),
            };
            if outcome.is_some() {
                return Ok(outcome);
            }
        }
        Ok(None)
    }

    fn side_ended<P: Policy>(
        &mut self,
        policy: &mut P,
        part: Part,
        how: How,
    ) -> io::Result<Option<P::Outcome>> {
        // Its last words may still lie in the socket.
        if let Some(outcome) = self.hear(policy, part)? {
            return Ok(Some(outcome));
        }
        let finished = self.side(part).is_some_and(|side| side.has_finished());
        Ok((!finished).then(|| policy.fail(self.crash(part, how))))
    }

    /// A hook that hangs, a side that is gone without a report, something that does not come in time.
    fn overdue<P: Policy>(&mut self, policy: &mut P) -> Option<P::Outcome> {
        let now = self.now();
        let limit = self.plan.settings.load.hook_timeout_ns;
        for part in [Part::Server, Part::Client] {
            let Some(side) = self.side(part) else { continue };
            if side.hook_hangs(now, limit) {
                return Some(policy.fail(self.crash(part, How::Hung)));
            }
            if side.is_gone(now, ENDING_NS) && !side.has_finished() {
                return Some(policy.fail(self.crash(part, How::Silent)));
            }
        }
        if now < self.deadline { None } else { policy.late(self) }
    }

    /// What is known of the end of a side that has not ended as it should.
    fn crash(&mut self, part: Part, how: How) -> Failure {
        let plan = self.plan;
        match self.side(part) {
            Some(side) => Failure::Crashed(side.crash(plan, how)),
            None => Failure::NotPlayed(format!("the {} is not there", part.word())),
        }
    }

    /// Says something to a side, if it is there.
    fn tell(&mut self, part: Part, order: &Order) {
        if let Some(side) = self.side(part) {
            side.tell(order);
        }
    }

    fn add_log(&mut self, part: Part, report: &mut SideReport) {
        let hearing = self.plan.hearing;
        if let Some(side) = self.side(part) {
            side.add_log(report, hearing);
        }
    }

    /// Nanoseconds on the shared clock.
    fn now(&self) -> u64 {
        self.plan.clock.now()
    }

    /// What is awaited must come within `limit_ns` from now.
    fn expect_within(&mut self, limit_ns: u64) {
        self.deadline = self.now().saturating_add(limit_ns);
    }

    fn part_of(&self, id: u64) -> Option<Part> {
        let is = |side: &Option<Sider>| side.as_ref().is_some_and(|side| side.id == id);
        match () {
            () if is(&self.server) => Some(Part::Server),
            () if is(&self.client) => Some(Part::Client),
            () => None,
        }
    }

    fn side(&mut self, part: Part) -> Option<&mut Sider> {
        self.place(part).as_mut()
    }

    fn place(&mut self, part: Part) -> &mut Option<Sider> {
        match part {
            Part::Server => &mut self.server,
            Part::Client => &mut self.client,
        }
    }
}
