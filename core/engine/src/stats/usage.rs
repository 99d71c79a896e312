//! What a side has cost so far.

use wirebench_measure::Usage;

/// CPU time, switches and messages at one moment; the difference of two is a [`Usage`].
#[derive(Clone, Copy, Debug, Default)]
pub struct Snapshot {
    /// Processor time, in nanoseconds.
    pub cpu_ns: u64,
    /// Context switches, voluntary or not.
    pub context_switches: u64,
    /// Messages sent and received.
    pub messages: u64,
}

impl Snapshot {
    /// What was used from this moment until `later`. `peak_memory_bytes`: the most that was resident,
    /// ever.
    #[inline]
    pub fn until(&self, later: &Self, peak_memory_bytes: u64) -> Usage {
        Usage {
            cpu_ns: later.cpu_ns.saturating_sub(self.cpu_ns),
            messages: later.messages.saturating_sub(self.messages),
            context_switches: later.context_switches.saturating_sub(self.context_switches),
            peak_memory_bytes,
            memory_growth_bytes: None,
        }
    }
}
