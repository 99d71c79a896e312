//! The process of one side, as the supervisor sees it: its control socket, what it prints, and the
//! breadcrumb in its ledger that tells which hook of a plugin is running.

use super::children::Children;
use super::hook_watch::HookWatch;
use super::output_lines::LineSink;
use super::output_pipe::OutputPipe;
use super::plan::RoundPlan;
use crate::host::Crumb;
use crate::ledger::{InBatch, Region};
use crate::measure::SideReport;
use crate::net::memfd::map_reader;
use crate::result::{Crash, How, OfSeveral};
use crate::side::control::Control;
use crate::side::spec::{Attribution, Role, SideCommand, SideEvent, SideSpec};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// A side that was started.
pub(super) struct SideProcess {
    id: u64,
    role: Role,
    control: Control,
    output: OutputPipe,
    ledger: Region,
    hook: HookWatch,
    /// When the end of its control socket was seen, in nanoseconds.
    gone_since: Option<u64>,
    /// The kinds of words received. It says each once.
    received: Vec<&'static str>,
    /// Somebody else has written to its control socket; nothing there is believed any more.
    forged: bool,
}

impl SideProcess {
    /// Has the guard start a side. `ledger` is the one that the side writes, to be read. Whether the
    /// process could be started shows in the guard's events.
    pub(super) fn start(children: &mut Children, role: Role, ledger: &OwnedFd) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let (output, their_output) = OutputPipe::new()?;
        let id = children.spawn_side(theirs.into(), their_output)?;
        Ok(Self {
            id,
            role,
            control: Control::bounded(ours)?,
            output,
            ledger: map_reader(ledger)?,
            hook: HookWatch::default(),
            gone_since: None,
            received: Vec::new(),
            forged: false,
        })
    }

    /// Tells it its part. The first order, and the only one with descriptors.
    pub(super) fn begin(
        &mut self,
        spec: SideSpec,
        descriptors: &[BorrowedFd<'_>],
    ) -> io::Result<()> {
        self.control.send_with(&SideCommand::Begin(Box::new(spec)), descriptors)
    }

    /// The supervisor's number for it.
    pub(super) fn id(&self) -> u64 {
        self.id
    }

    /// True when the guard means this process by `id`.
    pub(super) fn has_id(&self, id: u64) -> bool {
        self.id == id
    }

    /// What becomes readable when it says, prints or closes something.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let is_read = !self.control.ended() && !self.forged;
        let control = is_read.then(|| self.control.descriptor());
        control.into_iter().chain(self.output.descriptor())
    }

    /// Sends an order, and waits for some seconds at most until it is taken. A side that is gone or
    /// takes nothing is noticed elsewhere.
    pub(super) fn send(&mut self, command: &SideCommand) {
        let _ = self.control.send(command);
    }

    /// The next word that has arrived, without waiting. A plugin shares the side's descriptors and may
    /// write to its control socket: what the side cannot have said is the plugin's failure, and the last
    /// word that is received.
    pub(super) fn receive(&mut self) -> Option<SideEvent> {
        if self.forged {
            return None;
        }
        match self.next_event() {
            Ok(word) => word,
            Err(what) => {
                self.forged = true;
                let error = format!(
                    "something in its process wrote to the line between it and the supervisor: {what}"
                );
                Some(SideEvent::Failed { attribution: Attribution::Plugin, error })
            }
        }
    }

    fn next_event(&mut self) -> Result<Option<SideEvent>, String> {
        let unreadable = |error: io::Error| error.to_string();
        let mut word = self.control.next::<SideEvent>().map_err(unreadable)?;
        if word.is_none() {
            self.control.fill().map_err(unreadable)?;
            word = self.control.next().map_err(unreadable)?;
        }
        let Some(word) = word else { return Ok(None) };
        let (kind, role) = match &word {
            SideEvent::Listening(_) => ("listening", Role::Server),
            SideEvent::Connected => ("connected", Role::Client),
            // A server alone says it too.
            SideEvent::Drained => ("drained", self.role),
            SideEvent::Server(_) => ("server", Role::Server),
            SideEvent::Client(_) => ("client", Role::Client),
            SideEvent::Failed { .. } => ("failed", self.role),
        };
        if role != self.role {
            return Err(format!("`{kind}`, which only the {} says", role.word()));
        }
        if self.received.contains(&kind) {
            return Err(format!("`{kind}` for the second time"));
        }
        self.received.push(kind);
        Ok(Some(word))
    }

    /// The descriptor that came with the last word, if one did.
    pub(super) fn take_descriptor(&mut self) -> Option<OwnedFd> {
        self.control.descriptors().map(|[descriptor]| descriptor)
    }

    /// True when its last word was received: its report, or why there is none.
    pub(super) fn has_finished(&self) -> bool {
        let is_last = |kind: &&str| ["server", "client", "failed"].contains(kind);
        self.received.iter().any(is_last)
    }

    /// Takes what it has printed and logged.
    pub(super) fn read_output(&mut self, lines: LineSink<'_>) {
        self.output.read(self.role.word(), lines);
    }

    /// Puts the first lines that it has printed and logged into its report, which was written after them.
    pub(super) fn add_log(&mut self, report: &mut SideReport, lines: LineSink<'_>) {
        self.read_output(lines);
        let (log, left_out) = self.output.take_log();
        report.log = log;
        report.log_left_out = report.log_left_out.saturating_add(left_out);
    }

    /// True when one and the same hook has been running for `limit_ns` nanoseconds, as far as calls of
    /// this have seen it.
    pub(super) fn hook_hangs(&mut self, now: u64, limit_ns: u64) -> bool {
        self.hook.hangs(&Crumb::read(self.ledger.breadcrumb()), now, limit_ns)
    }

    /// True when its control socket ended at least `grace_ns` nanoseconds ago, as far as calls of this
    /// have seen it.
    pub(super) fn is_gone(&mut self, now: u64, grace_ns: u64) -> bool {
        if !self.control.ended() {
            return false;
        }
        let since = *self.gone_since.get_or_insert(now);
        now.saturating_sub(since) >= grace_ns
    }

    /// What is known of an end that was not as it should be.
    pub(super) fn crash(&mut self, plan: &RoundPlan<'_>, how: How) -> Crash {
        self.read_output(plan.lines);
        let (log, log_left_out) = self.output.take_log();
        let breadcrumb = Crumb::read(self.ledger.breadcrumb());
        let (call, at) = match how {
            // It has left the hook, and said why.
            How::Error(_) => (breadcrumb.failed, breadcrumb.failed_at),
            _ => (breadcrumb.running, breadcrumb.running_at),
        };
        Crash {
            side: self.role.word().to_owned(),
            how,
            plugin: plan.plugin_name(call.map_or(0, |call| call.plugin)).to_owned(),
            hook: call.map(|call| call.hook.name().to_owned()),
            session: call.and_then(|call| call.session),
            message: at.and_then(of_several).map(Box::new),
            hooks_called: breadcrumb.hooks_called,
            stderr: self.output.text(),
            log,
            log_left_out,
            program: None,
        }
    }
}

/// The message that a hook was at; `None` where it was given no other.
fn of_several(InBatch { index, count }: InBatch) -> Option<OfSeveral> {
    (count > 1).then(|| OfSeveral { number: index.saturating_add(1), count })
}
