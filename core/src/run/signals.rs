//! Ctrl-C and SIGTERM as something to poll for, and the end of Ctrl-Z.

use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};
use std::io;

/// Takes SIGINT and SIGTERM away from their default action; the descriptor becomes readable when
/// one comes. Children started afterwards through the standard library get the default back.
pub fn interrupts() -> io::Result<SignalFd> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGINT);
    signals.add(Signal::SIGTERM);
    signals.thread_block()?;
    Ok(SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?)
}

/// Becomes readable when this process was stopped and goes on, as it does anyway. To be asked for before there
/// is a second thread, which would take the signal. Children started afterwards begin without that.
pub fn continuations() -> io::Result<SignalFd> {
    let mut signals = SigSet::empty();
    signals.add(Signal::SIGCONT);
    // What is ignored, as this one is, is kept only while it is blocked.
    signals.thread_block()?;
    Ok(SignalFd::with_flags(&signals, SfdFlags::SFD_NONBLOCK | SfdFlags::SFD_CLOEXEC)?)
}
