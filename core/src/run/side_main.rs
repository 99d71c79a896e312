//! What the hidden verb for a side runs.

use nix::sys::prctl::set_pdeathsig;
use nix::sys::signal::Signal;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// Plays one side over its standard input, which is the control socket. Returns the process's
/// exit status.
pub fn side_main() -> i32 {
    // The guard kills us when the supervisor ends; this is for the case that the guard itself is
    // killed. Its only thread is the parent of the sides.
    let _ = set_pdeathsig(Signal::SIGKILL);
    let Ok(descriptor) = std::io::stdin().as_fd().try_clone_to_owned() else { return 1 };
    if crate::side::run(UnixStream::from(descriptor)) { 0 } else { 1 }
}
