//! Clearing away what is left of processes that were started.

use super::children::Children;
use super::guard::Event;
use nix::errno::Errno;
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use std::io;
use std::time::{Duration, Instant};

/// How long one wait for the guard takes at most, in milliseconds.
const POLL_MS: u16 = 500;

/// Kills whatever is left, and waits until nothing is, for `limit` at most. An error says that the
/// guard is gone or does not answer: nothing more can be started then.
pub(super) fn sweep(children: &mut Children, limit: Duration) -> io::Result<()> {
    children.sweep()?;
    let until = Instant::now() + limit;
    while Instant::now() < until {
        if let Some(descriptor) = children.descriptor() {
            let mut waiting = [PollFd::new(descriptor, PollFlags::POLLIN)];
            match poll(&mut waiting, PollTimeout::from(POLL_MS)) {
                Ok(_) | Err(Errno::EINTR) => {}
                Err(error) => return Err(error.into()),
            }
        }
        let swept = |event: &Event| matches!(event, Event::Swept { .. });
        if children.events()?.iter().any(swept) {
            return Ok(());
        }
    }
    // Stopped, or with something below it that hangs in the kernel.
    Err(children.kill_guard())
}
