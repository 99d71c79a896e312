//! One side as the supervisor sees it: a control socket, an output pipe and a breadcrumb.

use super::children::Children;
use super::output::Output;
use super::plan::RoundPlan;
use super::said::Hearing;
use crate::host::Crumb;
use crate::ledger::Region;
use crate::measure::SideReport;
use crate::net::memfd::map_reader;
use crate::result::{Crash, How};
use crate::side::control::Control;
use crate::side::spec::{Blame, Order, Part, Word};
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
    /// What it has said, each word once.
    said: Vec<&'static str>,
    /// Somebody else speaks on its line; nothing there is believed any more.
    forged: bool,
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
            control: Control::bounded(ours)?,
            output,
            region: map_reader(ledger)?,
            hook: None,
            gone_since: None,
            said: Vec::new(),
            forged: false,
        })
    }

    /// What to wait on.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let listens = !self.control.ended() && !self.forged;
        let control = listens.then(|| self.control.descriptor());
        control.into_iter().chain(self.output.descriptor())
    }

    /// Says something. A side that is gone is noticed elsewhere.
    pub(super) fn tell(&mut self, order: &Order) {
        let _ = self.control.send(order);
    }

    /// The next thing it says. A plugin shares the side's descriptors and may write to its line: what
    /// the side cannot have said is the plugin's failure, and the last that is heard.
    pub(super) fn hear(&mut self) -> Option<Word> {
        if self.forged {
            return None;
        }
        match self.next_word() {
            Ok(word) => word,
            Err(what) => {
                self.forged = true;
                let error = format!(
                    "something in its process wrote to the line between it and the supervisor: {what}"
                );
                Some(Word::Failed { blame: Blame::Plugin, error })
            }
        }
    }

    fn next_word(&mut self) -> Result<Option<Word>, String> {
        let unreadable = |error: io::Error| error.to_string();
        let mut word = self.control.next::<Word>().map_err(unreadable)?;
        if word.is_none() {
            self.control.fill().map_err(unreadable)?;
            word = self.control.next().map_err(unreadable)?;
        }
        let Some(word) = word else { return Ok(None) };
        let (name, part) = match &word {
            Word::Listening(_) => ("listening", Part::Server),
            Word::Connected => ("connected", Part::Client),
            // A server alone says it too.
            Word::Drained => ("drained", self.part),
            Word::Server(_) => ("server", Part::Server),
            Word::Client(_) => ("client", Part::Client),
            Word::Failed { .. } => ("failed", self.part),
        };
        if part != self.part {
            return Err(format!("`{name}`, which only the {} says", part.word()));
        }
        if self.said.contains(&name) {
            return Err(format!("`{name}` for the second time"));
        }
        self.said.push(name);
        Ok(Some(word))
    }

    /// True when it has said its last word: its report, or why there is none.
    pub(super) fn has_finished(&self) -> bool {
        let last = |name: &&str| ["server", "client", "failed"].contains(name);
        self.said.iter().any(last)
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
        let crumb = Crumb::read(self.region.breadcrumb());
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
        let crumb = Crumb::read(self.region.breadcrumb());
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
