//! One side as the supervisor sees it: a control socket, an output pipe and a breadcrumb.

use super::children::Children;
use crate::host::hook_name;
use crate::net::region::Region;
use crate::side::control::Control;
use crate::side::spec::{Order, Part, Word};
use nix::fcntl::OFlag;
use nix::unistd::{pipe2, read};
use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};
use std::os::unix::net::UnixStream;

/// How much of a side's last output is kept, in bytes.
const KEPT_OUTPUT: usize = 4 << 10;

/// A running side.
pub(super) struct Sider {
    pub(super) id: u64,
    pub(super) control: Control,
    output_pipe: Option<OwnedFd>,
    output: Vec<u8>,
    region: Region,
    /// The hook under way at the last look, and since when.
    hook: Option<(u64, u64)>,
    gone_since: Option<u64>,
}

impl Sider {
    /// Has the guard start a side. `ledger` is the side's own, to be read.
    pub(super) fn start(children: &mut Children, part: Part, ledger: &OwnedFd) -> io::Result<Self> {
        let _ = part;
        let (ours, theirs) = UnixStream::pair()?;
        let (output_pipe, their_output) = pipe2(OFlag::O_CLOEXEC | OFlag::O_NONBLOCK)?;
        // Only our end must not block; the side's writes may.
        nix::fcntl::fcntl(&their_output, nix::fcntl::FcntlArg::F_SETFL(OFlag::empty()))?;
        let id = children.spawn_side(theirs.into(), their_output)?;
        Ok(Self {
            id,
            control: Control::new(ours),
            output_pipe: Some(output_pipe),
            output: Vec::new(),
            region: Region::map_reader(ledger)?,
            hook: None,
            gone_since: None,
        })
    }

    /// What to wait on.
    pub(super) fn descriptors(&self) -> impl Iterator<Item = BorrowedFd<'_>> {
        let control = (!self.control.ended()).then(|| self.control.descriptor());
        control.into_iter().chain(self.output_pipe.as_ref().map(AsFd::as_fd))
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

    /// Takes what it has printed.
    pub(super) fn read_output(&mut self) {
        let Some(pipe) = &self.output_pipe else { return };
        let mut chunk = [0; KEPT_OUTPUT];
        // A side that prints without end must not keep the supervisor here.
        for _ in 0..64 {
            match read(pipe, &mut chunk) {
                Ok(0) => {
                    self.output_pipe = None;
                    return;
                }
                Ok(count) => {
                    self.output.extend_from_slice(&chunk[..count]);
                    let excess = self.output.len().saturating_sub(KEPT_OUTPUT);
                    self.output.drain(..excess);
                }
                Err(_) => return,
            }
        }
    }

    /// The last of what it has printed.
    pub(super) fn output(&self) -> String {
        String::from_utf8_lossy(&self.output).trim().to_owned()
    }

    /// True when one and the same hook has been running for `limit` nanoseconds.
    pub(super) fn hook_hangs(&mut self, now: u64, limit: u64) -> bool {
        let crumb = self.region.breadcrumb().read();
        if crumb.hook == 0 {
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

    /// The hook it was in, the session that was called for, and how many hooks came before.
    pub(super) fn last_hook(&self) -> (Option<String>, Option<u32>, u64) {
        let crumb = self.region.breadcrumb().read();
        let hook = hook_name(crumb.hook).map(str::to_owned);
        let session = (hook.is_some() && crumb.session != u32::MAX).then_some(crumb.session);
        (hook, session, crumb.hooks_called)
    }
}
