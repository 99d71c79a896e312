//! What a side has cost so far, as the kernel counts it.

use crate::measure::Usage;
use nix::sys::resource::{UsageWho, getrusage};

/// CPU time, switches and messages at one moment; the difference of two is a [`Usage`].
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Snapshot {
    cpu_ns: u64,
    context_switches: u64,
    messages: u64,
}

impl Snapshot {
    /// Now; `messages` is the count of messages sent and received so far.
    pub(super) fn take(messages: u64) -> Self {
        let Ok(usage) = getrusage(UsageWho::RUSAGE_SELF) else { return Self::default() };
        let ns = |time: nix::sys::time::TimeVal| {
            time.tv_sec() as u64 * 1_000_000_000 + time.tv_usec() as u64 * 1_000
        };
        let switches = usage.voluntary_context_switches() + usage.involuntary_context_switches();
        Self {
            cpu_ns: ns(usage.user_time()) + ns(usage.system_time()),
            context_switches: switches as u64,
            messages,
        }
    }

    /// The messages up to this moment.
    pub(super) fn messages(&self) -> u64 {
        self.messages
    }

    /// What was used from this moment until `later`.
    pub(super) fn until(&self, later: &Self) -> Usage {
        Usage {
            cpu_ns: later.cpu_ns.saturating_sub(self.cpu_ns),
            messages: later.messages.saturating_sub(self.messages),
            context_switches: later.context_switches.saturating_sub(self.context_switches),
            peak_memory_bytes: peak_memory_bytes(),
        }
    }
}

/// Peak resident memory of this program. (`ru_maxrss` would still hold what the process that
/// spawned us had.)
fn peak_memory_bytes() -> u64 {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let line = status.lines().find(|line| line.starts_with("VmHWM:"))?;
            line.split_whitespace().nth(1)?.parse::<u64>().ok()
        })
        .map_or(0, |kib| kib * 1_024)
}
