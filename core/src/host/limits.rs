//! How many files this process may have open, and what an error of the system is about.

use nix::libc;
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use std::io;
use std::sync::OnceLock;

/// Open files that are enough for whatever does not depend on the number of connections. A program that
/// inherits so many can still use `select`.
pub const ORDINARY: u64 = 1_024;

/// The soft limit that this process began with.
static BEGAN_WITH: OnceLock<u64> = OnceLock::new();

/// Raises the soft limit of open files to `wanted`, as far as the hard limit allows. It is never
/// lowered.
pub fn allow_open_files(wanted: u64) {
    let Ok((soft, hard)) = getrlimit(Resource::RLIMIT_NOFILE) else { return };
    BEGAN_WITH.get_or_init(|| soft);
    if soft < wanted {
        // Where it stays as it is, the error that follows names it.
        let _ = setrlimit(Resource::RLIMIT_NOFILE, wanted.min(hard), hard);
    }
}

/// The soft limit of open files that this process began with: what a program that is not ours gets.
pub fn files_at_start() -> Option<u64> {
    BEGAN_WITH.get().copied()
}

/// Sets the soft limit of open files, for the program that this process becomes.
pub fn set_open_files(soft: u64) {
    if let Ok((_, hard)) = getrlimit(Resource::RLIMIT_NOFILE) {
        let _ = setrlimit(Resource::RLIMIT_NOFILE, soft.min(hard), hard);
    }
}

/// The error with the limit that it is about, if it is about one, and what lifts that.
pub fn explained(error: &io::Error) -> String {
    match limit(error) {
        Some(limit) => format!("{error}: {limit}"),
        None => error.to_string(),
    }
}

/// The same as an error, behind what was asked for: the name of a call.
pub fn in_call(call: &str, error: impl Into<io::Error>) -> io::Error {
    let error = error.into();
    io::Error::new(error.kind(), format!("{call}: {}", explained(&error)))
}

fn limit(error: &io::Error) -> Option<String> {
    Some(match error.raw_os_error()? {
        libc::EMFILE => match getrlimit(Resource::RLIMIT_NOFILE) {
            Ok((soft, hard)) if soft < hard => {
                format!("this process may have {soft} open; raise `ulimit -n` (up to {hard})")
            }
            Ok((soft, _)) => format!(
                "this process may have {soft} open, the hard limit; raise `ulimit -n` (`nofile` in \
                 limits.conf, LimitNOFILE in systemd)"
            ),
            Err(_) => "raise `ulimit -n`".to_owned(),
        },
        libc::ENFILE => {
            "so many are open in the whole system; raise `sysctl fs.file-max`".to_owned()
        }
        libc::EAGAIN => {
            "too many processes run; raise `ulimit -u`, or `pids.max` of the control group"
                .to_owned()
        }
        libc::ENOMEM => {
            "the machine, or the control group (`memory.max`), has no memory left".to_owned()
        }
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_names_the_limit_it_is_about_and_what_lifts_it() {
        for (code, named) in [
            (libc::EMFILE, "`ulimit -n`"),
            (libc::ENFILE, "fs.file-max"),
            (libc::EAGAIN, "pids.max"),
            (libc::ENOMEM, "memory.max"),
        ] {
            let text = in_call("memfd_create", io::Error::from_raw_os_error(code)).to_string();
            assert!(text.starts_with("memfd_create: ") && text.contains(named), "{text}");
        }
        let other = io::Error::from_raw_os_error(libc::EACCES);
        assert_eq!(explained(&other), other.to_string());
    }
}
