//! What the hidden verb for a side runs.

use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::sys::signal::{SigSet, Signal};
use std::fs::File;
use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// Plays one side over its standard input, which is the control socket. Returns the process's
/// exit status.
pub fn side_main() -> i32 {
    leave_no_core();
    // A file that would grow beyond `ulimit -f` is an error of the write. What is started gets the
    // signal all the same.
    let _ = SigSet::from(Signal::SIGXFSZ).thread_block();
    let Ok(descriptor) = std::io::stdin().as_fd().try_clone_to_owned() else { return 1 };
    // What a plugin starts inherits the standard streams: the line to the supervisor is not for it.
    let nothing = File::open("/dev/null").map_err(drop);
    if nothing.and_then(|file| nix::unistd::dup2_stdin(file).map_err(drop)).is_err() {
        return 1;
    }
    if crate::side::run(UnixStream::from(descriptor)) { 0 } else { 1 }
}

/// A side holds what the scenario says, secrets too, and what it is sent: a crash must not write that
/// to a file. Whoever has to see a core can raise the limit again; failing is no reason not to play.
fn leave_no_core() {
    if let Ok((_, most)) = getrlimit(Resource::RLIMIT_CORE) {
        let _ = setrlimit(Resource::RLIMIT_CORE, 0, most);
    }
}
