//! This very program, whatever becomes of its file.
//!
//! A run starts processes until its end, and all of them have to be the same program. So its file is
//! opened once, at the start, and every process is started as `/proc/self/fd/N`: a file that is
//! replaced, deleted or built again meanwhile changes nothing. (`/proc/self/exe` would not do: under
//! valgrind that is valgrind.)

use super::digest::Digest;
use nix::fcntl::{OFlag, open};
use nix::sys::stat::Mode;
use std::ffi::{CStr, OsStr};
use std::fs::File;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::OnceLock;

/// How every process of a run calls itself: its first argument, and its name in `ps`.
pub const NAME: &str = "wirebench";
const COMMAND_NAME: &CStr = c"wirebench";

/// What `/proc` puts behind the name of a file that is gone.
const GONE: &str = " (deleted)";

/// The program that this process runs, held open.
#[derive(Debug)]
pub struct Program {
    path: PathBuf,
    executable: PathBuf,
    _held: OwnedFd,
}

impl Program {
    /// This program. The first call opens it: make it as early as possible, and before any thread.
    pub fn this() -> io::Result<&'static Self> {
        static THIS: OnceLock<Program> = OnceLock::new();
        if let Some(program) = THIS.get() {
            return Ok(program);
        }
        let program = Self::of_this_process().map_err(|error| {
            let help = "wirebench needs /proc and its own file";
            io::Error::new(
                error.kind(),
                format!("this program cannot find itself: {error}; {help}"),
            )
        })?;
        Ok(THIS.get_or_init(|| program))
    }

    fn of_this_process() -> io::Result<Self> {
        let named = std::env::current_exe()?;
        // Whether the name still means the file is asked after it was opened. A file that is gone
        // from its name can be had from the kernel; under valgrind only the name leads to it.
        let held = match hold(&named) {
            Ok(held) if std::env::current_exe()? == named => held,
            _ => hold(Path::new("/proc/self/exe"))?,
        };
        let bytes = named.as_os_str().as_bytes().strip_suffix(GONE.as_bytes());
        let path = bytes.map_or_else(|| named.clone(), |bytes| OsStr::from_bytes(bytes).into());
        // The descriptor is inherited: valgrind opens what it is to run only in the new process.
        let executable = PathBuf::from(format!("/proc/self/fd/{}", held.as_raw_fd()));
        Ok(Self { path, executable, _held: held })
    }

    /// Where its file was when it was opened; for people.
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// What to execute: a name that means this program in this process and in all that inherit its
    /// descriptors.
    pub fn executable(&self) -> &Path {
        &self.executable
    }

    /// Size and hash of the file that runs.
    pub fn digest(&self) -> io::Result<Digest> {
        Digest::of(&mut File::open(&self.executable)?)
    }
}

/// Opens a file to be executed; it need not be readable. The descriptor is inherited.
fn hold(path: &Path) -> io::Result<OwnedFd> {
    Ok(open(path, OFlag::O_PATH, Mode::empty())?)
}

/// For a process that was started as this program: gives it its name back, which is the
/// descriptor's number otherwise.
pub fn name_this_process() {
    // Only for people: failing is no reason not to work.
    let _ = nix::sys::prctl::set_name(COMMAND_NAME);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_executed_is_the_file_of_this_process() {
        let program = Program::this().expect("it can be opened");
        let this = std::fs::read(std::env::current_exe().expect("a test has a file"));
        let held = std::fs::read(program.executable()).expect("it is readable");
        assert!(this.expect("it is readable") == held);
        assert_eq!(program.digest().expect("it is readable").bytes, held.len() as u64);
    }
}
