//! What this process has cost so far, as the kernel counts it.

use crate::engine::Snapshot;
use nix::sys::resource::{UsageWho, getrusage};

/// The process as it is now; `messages` is the count of messages sent and received so far.
pub(super) fn now(messages: u64) -> Snapshot {
    let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Snapshot::default() };
    let ns = |time: nix::sys::time::TimeVal| {
        time.tv_sec() as u64 * 1_000_000_000 + time.tv_usec() as u64 * 1_000
    };
    let switches = usage.voluntary_context_switches() + usage.involuntary_context_switches();
    Snapshot {
        cpu_ns: ns(usage.user_time()) + ns(usage.system_time()),
        context_switches: switches as u64,
        messages,
    }
}

/// Peak resident memory of this program. (`ru_maxrss` would still hold what the process that
/// spawned us had.)
pub(super) fn peak_memory_bytes() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib * 1_024)
}
