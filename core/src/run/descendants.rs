//! The processes below this one, and their end.
//!
//! A process that loses its parent goes to the next subreaper above it: the guard, or the supervisor
//! when the guard has been killed. So killing children again and again reaches everyone, however often
//! forked. Who is out of reach: what a process has started whose guard *and* supervisor are killed at
//! the same moment, but for the sides and servers themselves, which the kernel kills with the guard.

use nix::errno::Errno;
use nix::sys::prctl::set_child_subreaper;
use nix::sys::signal::{Signal, kill};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;
use std::collections::BTreeSet;
use std::sync::{Mutex, OnceLock, PoisonError};
use std::time::{Duration, Instant};

/// How long the last of them may take to die. SIGKILL acts at once unless a process hangs in the
/// kernel.
const KILL_LIMIT: Duration = Duration::from_secs(2);

/// Children that whoever started us has left us: they are nothing of ours.
static INHERITED: OnceLock<BTreeSet<Pid>> = OnceLock::new();

/// Guards that live: they end by themselves.
static GUARDS: Mutex<BTreeSet<Pid>> = Mutex::new(BTreeSet::new());

/// Makes this process the one that orphans of a killed guard come to. For the program alone: whoever
/// uses this library has children of its own.
pub fn adopt_orphans() {
    // Without it only those are out of reach whose guard was killed.
    let _ = set_child_subreaper(true);
    let _ = INHERITED.set(children());
}

/// A guard has been started: it is no orphan.
pub(super) fn register_guard(guard: Pid) {
    GUARDS.lock().unwrap_or_else(PoisonError::into_inner).insert(guard);
}

/// A guard has ended.
pub(super) fn unregister_guard(guard: Pid) {
    GUARDS.lock().unwrap_or_else(PoisonError::into_inner).remove(&guard);
}

/// Kills whoever has come to this process because its guard is gone.
pub(super) fn kill_orphans() {
    let Some(inherited) = INHERITED.get() else { return };
    let guards = GUARDS.lock().unwrap_or_else(PoisonError::into_inner).clone();
    kill_descendants(&|pid| inherited.contains(&pid) || guards.contains(&pid));
}

/// Kills and reaps all descendants but those below children that are `spared`.
pub(super) fn kill_descendants(spared: &dyn Fn(Pid) -> bool) {
    let started = Instant::now();
    while started.elapsed() < KILL_LIMIT {
        let left: Vec<Pid> = children().into_iter().filter(|pid| !spared(*pid)).collect();
        if left.is_empty() {
            return;
        }
        for pid in &left {
            let _ = kill(*pid, Signal::SIGKILL);
        }
        std::thread::sleep(Duration::from_millis(1));
        for pid in left {
            while let Err(Errno::EINTR) | Ok(WaitStatus::Stopped(..)) =
                waitpid(pid, Some(WaitPidFlag::WNOHANG))
            {}
        }
    }
}

/// Direct children, adopted ones included, dead ones too.
pub(super) fn children() -> BTreeSet<Pid> {
    let own = std::process::id();
    let list = std::fs::read_to_string(format!("/proc/self/task/{own}/children"));
    if let Ok(list) = list {
        return list
            .split_whitespace()
            .filter_map(|pid| pid.parse().ok().map(Pid::from_raw))
            .collect();
    }
    // Kernels without that file: look at everyone's parent.
    let Ok(entries) = std::fs::read_dir("/proc") else { return BTreeSet::new() };
    entries
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse::<i32>().ok())
        .filter(|pid| parent_of(*pid) == Some(own))
        .map(Pid::from_raw)
        .collect()
}

fn parent_of(pid: i32) -> Option<u32> {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses may hold anything; the parent is the second word behind it.
    stat.rsplit_once(')')?.1.split_whitespace().nth(1)?.parse().ok()
}
