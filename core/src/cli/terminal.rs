//! The terminal that standard error is, and the lines that a run draws there between rounds.
//!
//! Nothing is asked of the terminal but its size, and no state of it is changed: however the run ends, it stays as
//! it was.

use super::screen::Screen;
use crate::report::{Block, Drawing, Line};
use crate::run::continuations;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use nix::sys::signalfd::SignalFd;
use nix::unistd::{Pid, getpgid, getpgrp, getppid, tcgetpgrp};
use std::ffi::OsStr;
use std::io::{self, Stderr};
use std::os::fd::AsFd as _;
use std::os::unix::fs::MetadataExt as _;

/// What a terminal that does not say so is taken to have: columns and rows.
const USUAL_SIZE: (usize, usize) = (80, 24);

/// Lines that are drawn on standard error, a terminal.
pub(super) struct Terminal {
    stderr: Stderr,
    block: Block,
    /// Readable when this process was stopped and goes on.
    continued: Option<SignalFd>,
    /// `run --watch` has started this process, in a group of its own.
    watched: bool,
}

impl Terminal {
    /// Nothing is drawn there yet. To be made before this process has a second thread.
    pub(super) fn new() -> Self {
        let variable = |name: &str| std::env::var_os(name);
        Self {
            stderr: io::stderr(),
            block: Block::new(breaks_lines(
                variable("TERM").as_deref(),
                variable("TMUX").is_some(),
                variable("XTERM_VERSION").is_some(),
            )),
            continued: continuations().ok(),
            watched: is_of_this_program(getppid()),
        }
    }

    /// Puts lines in the place of those that stand there; `make` makes them for a terminal of so many columns and
    /// rows. Does nothing while others have the terminal, or it takes nothing.
    pub(super) fn draw(
        &mut self,
        make: impl FnOnce((usize, usize)) -> Vec<Line>,
        err: &mut Screen,
    ) {
        if !self.is_ours() || !self.takes_something() {
            return;
        }
        let (columns, rows) = self.size();
        // The last column stays empty, where terminals differ, and so does the row of the cursor.
        let lines = make((columns.saturating_sub(1), rows.saturating_sub(1)));
        print(&self.block.replace(&lines, columns), err);
    }

    /// Takes the lines away, so that something can be printed.
    pub(super) fn clear(&mut self, err: &mut Screen) {
        if self.is_ours()
            && let Some(drawing) = self.block.clear(self.size().0)
        {
            print(&drawing, err);
        }
    }

    /// Whether this process has the terminal. Whoever had it meanwhile has left the cursor somewhere: what was drawn
    /// before stays where it is.
    fn is_ours(&mut self) -> bool {
        let ours = match tcgetpgrp(&self.stderr) {
            Ok(owner) => {
                let of_starter = || getpgid(Some(getppid())).ok();
                owner == getpgrp() || self.watched && of_starter() == Some(owner)
            }
            // It is not the terminal of our session, so nobody is stopped by it.
            Err(_) => true,
        };
        let mut was_stopped = false;
        if let Some(continued) = &self.continued {
            while let Ok(Some(_)) = continued.read_signal() {
                was_stopped = true;
            }
        }
        if was_stopped || !ours {
            self.block.forget();
        }
        ours
    }

    /// False while the user has halted it (Ctrl-S): a run does not wait for that.
    fn takes_something(&self) -> bool {
        let mut ready = [PollFd::new(self.stderr.as_fd(), PollFlags::POLLOUT)];
        poll(&mut ready, PollTimeout::ZERO) == Ok(1)
    }

    /// Columns and rows, as they are now.
    fn size(&self) -> (usize, usize) {
        let size = terminal_size::terminal_size_of(&self.stderr);
        size.map_or(USUAL_SIZE, |(columns, rows)| (columns.0.into(), rows.0.into()))
    }
}

fn print(drawing: &Drawing, err: &mut Screen) {
    // Who does not read it does not want it.
    let _ = err.draw(drawing);
}

/// Whether another process executes the same file.
fn is_of_this_program(process: Pid) -> bool {
    let file = |process: &str| {
        let about = std::fs::metadata(format!("/proc/{process}/exe")).ok()?;
        Some((about.dev(), about.ino()))
    };
    let own = file("self");
    own.is_some() && own == file(&process.to_string())
}

/// Whether a terminal of this kind, once it is narrower, breaks the lines that it shows. tmux does; xterm, the
/// console of Linux and screen cut them off; of the others nearly all break them.
fn breaks_lines(kind: Option<&OsStr>, in_tmux: bool, in_xterm: bool) -> bool {
    let kind = kind.and_then(OsStr::to_str).unwrap_or_default();
    let cuts = ["linux", "screen"].iter().any(|cutting| kind.starts_with(cutting));
    in_tmux || !(cuts || in_xterm)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_is_of_this_program_if_it_executes_its_file() {
        assert!(is_of_this_program(nix::unistd::getpid()));
        let other = std::process::Command::new("sleep").arg("60").spawn();
        let mut other = other.expect("it starts");
        assert!(!is_of_this_program(Pid::from_raw(other.id() as i32)));
        let _ = other.kill().and_then(|()| other.wait());
        assert!(!is_of_this_program(Pid::from_raw(i32::MAX)));
    }

    #[test]
    fn lines_are_broken_by_all_terminals_but_some() {
        let breaks = |kind: &str, tmux, xterm| breaks_lines(Some(OsStr::new(kind)), tmux, xterm);
        assert!(breaks_lines(None, false, false));
        assert!(breaks("xterm-256color", false, false), "many call themselves so");
        assert!(!breaks("xterm-256color", false, true));
        assert!(!breaks("linux", false, false) && !breaks("screen.xterm", false, false));
        assert!(breaks("screen-256color", true, true), "what tmux calls itself, started in xterm");
    }
}
