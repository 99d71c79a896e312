//! What the hidden verb for a side runs.

use std::os::fd::AsFd;
use std::os::unix::net::UnixStream;

/// Plays one side over its standard input, which is the control socket. Returns the process's
/// exit status.
pub fn side_main() -> i32 {
    let Ok(descriptor) = std::io::stdin().as_fd().try_clone_to_owned() else { return 1 };
    if crate::side::run(UnixStream::from(descriptor)) { 0 } else { 1 }
}
