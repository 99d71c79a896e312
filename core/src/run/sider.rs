//! One side as the supervisor sees it: a control socket, an output pipe and a breadcrumb.

use super::children::Children;
use super::output::Output;
use super::round::RoundPlan;
use super::said::Hearing;
use crate::measure::SideReport;
use crate::net::region::Region;
use crate::result::{Crash, How};
use crate::side::control::Control;
use crate::side::spec::{Order, Part, Word};
use std::io;
use std::os::fd::{BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// A running side.
pub(super) struct Sider {
    pub(super) id: u64,
    part: Part,
    pub(super) control: Control,
    output: Output,
    region: Region,
    /// The hook under way at the last look, and since when.
    hook: Option<(u64, u64)>,
    gone_since: Option<u64>,
}

impl Sider {
    /// Has the guard start a side. `ledger` is the side's own, to be read.
    pub(super) fn start(children: &mut Children, part: Part, ledger: &OwnedFd) -> io::Result<Self> {
        let (ours, theirs) = UnixStream::pair()?;
        let (output, their_output) = Output::new()?;
        let id = children.spawn_side(theirs.into(), their_output)?;
        Ok(Self {
            id,
            part,
            control: Control::new(ours),
            output,
            region: Region::map_reader(ledger)?,
            hook: None,
            gone_since: None,
        })
    }

    /// What to wait on.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let control = (!self.control.ended()).then(|| self.control.descriptor());
        control.into_iter().chain(self.output.descriptor())
    }

    /// Says something. A side that is gone is noticed elsewhere.
    pub(super) fn tell(&mut self, order: &Order) {
        let _ = self.control.send(order);
    }

    /// The next thing it says.
    pub(super) fn hear(&mut self) -> Option<Word> {
        if let Some(word) = self.control.next().ok().flatten() {
            return Some(word);
        }
        self.control.fill().ok()?;
        self.control.next().ok().flatten()
    }

    /// Takes what it has said.
    pub(super) fn read_output(&mut self, hearing: Hearing<'_>) {
        self.output.read(self.part.word(), hearing);
    }

    /// Puts what it has said into its report, which was written after that.
    pub(super) fn add_log(&mut self, report: &mut SideReport, hearing: Hearing<'_>) {
        self.read_output(hearing);
        let (lines, left_out) = self.output.take_log();
        report.log = lines;
        report.log_left_out = report.log_left_out.saturating_add(left_out);
    }

    /// True when one and the same hook has been running for `limit` nanoseconds.
    pub(super) fn hook_hangs(&mut self, now: u64, limit: u64) -> bool {
        let crumb = self.region.breadcrumb().read();
        if crumb.running.is_none() {
            self.hook = None;
            return false;
        }
        match self.hook {
            Some((called, since)) if called == crumb.hooks_called => {
                now.saturating_sub(since) >= limit
            }
            _ => {
                self.hook = Some((crumb.hooks_called, now));
                false
            }
        }
    }

    /// True when its control socket ended `grace` nanoseconds ago.
    pub(super) fn is_gone(&mut self, now: u64, grace: u64) -> bool {
        if !self.control.ended() {
            return false;
        }
        let since = *self.gone_since.get_or_insert(now);
        now.saturating_sub(since) >= grace
    }

    /// What is known of its end.
    pub(super) fn crash(&mut self, plan: &RoundPlan<'_>, how: How) -> Crash {
        self.read_output(plan.hearing);
        let (log, log_left_out) = self.output.take_log();
        let crumb = self.region.breadcrumb().read();
        let call = match how {
            // It has left the hook, and said why.
            How::Error(_) => crumb.failed,
            _ => crumb.running,
        };
        Crash {
            side: self.part.word().to_owned(),
            how,
            plugin: plan.plugin_name(call.map_or(0, |call| call.plugin)).to_owned(),
            hook: call.map(|call| call.hook.name().to_owned()),
            session: call.and_then(|call| call.session),
            hooks_called: crumb.hooks_called,
            stderr: self.output.text(),
            log,
            log_left_out,
            program: None,
        }
    }
}
