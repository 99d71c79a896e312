//! What the program of a server that is not ours costs: looked at when the measured part begins and when it
//! ends, and at no other time.

use super::Supervisor;
use crate::measure::Usage;
use crate::run::process_tree::{TreeReading, read};
use crate::scenario::{Load, Until};

/// The edges of the measured part, and what was seen there.
pub(super) struct Costs {
    /// In nanoseconds on the shared clock.
    begins: u64,
    /// Likewise; `None`: when the client expects no more answers, because it counts messages.
    ends: Option<u64>,
    first: Option<Look>,
    last: Option<Look>,
}

/// What was seen at one edge.
#[derive(Clone, Copy)]
pub(super) struct Look {
    tree: TreeReading,
    /// The program itself ran, and not only what it has started.
    runs: bool,
    /// When it was seen, in nanoseconds on the shared clock.
    at: u64,
}

/// A look that comes later than one part in so many of the measured part is none of its beginning.
const LATE: u64 = 10;

impl Look {
    /// Before the client is told to start, where there is no warm-up in which to look.
    pub(super) fn before_start(supervisor: &Supervisor<'_>, runs: bool) -> Option<Self> {
        let warms_up = supervisor.plan.settings.load.warmup_ns > 0;
        if warms_up { None } else { Self::now(supervisor, runs) }
    }

    /// `None`: it is not known which process the client is, and its costs would be among them.
    fn now(supervisor: &Supervisor<'_>, runs: bool) -> Option<Self> {
        let children = &*supervisor.children;
        let client = children.process(supervisor.client.as_ref()?.id())?;
        Some(Self { tree: read(children.guard(), client), runs, at: supervisor.now() })
    }
}

impl Costs {
    /// For a client that starts at `start`, in nanoseconds on the shared clock. `first`: what was seen
    /// before.
    pub(super) fn new(start: u64, load: &Load, first: Option<Look>) -> Self {
        let begins = start.saturating_add(load.warmup_ns);
        let ends = match load.until {
            Until::Duration(ns) => Some(begins.saturating_add(ns)),
            Until::Messages(_) => None,
        };
        Self { begins, ends, first, last: None }
    }

    /// When to look next, if that is known, in nanoseconds on the shared clock.
    pub(super) fn due(&self) -> Option<u64> {
        match (&self.first, &self.last) {
            (None, _) => Some(self.begins),
            (Some(_), None) => self.ends,
            _ => None,
        }
    }

    /// Looks, if it is time. `runs`: the program itself does.
    pub(super) fn look_if_due(&mut self, supervisor: &Supervisor<'_>, runs: bool) {
        if self.due().is_some_and(|due| due <= supervisor.now()) {
            self.look(supervisor, runs);
        }
    }

    /// The load is over, whenever it should have been.
    pub(super) fn end(&mut self, supervisor: &Supervisor<'_>, runs: bool) {
        if self.first.is_some() && self.last.is_none() {
            self.look(supervisor, runs);
        }
    }

    fn look(&mut self, supervisor: &Supervisor<'_>, runs: bool) {
        let unknown = Look { tree: TreeReading::default(), runs, at: supervisor.now() };
        let look = Look::now(supervisor, runs).unwrap_or(unknown);
        let slot = if self.first.is_none() { &mut self.first } else { &mut self.last };
        *slot = Some(look);
    }

    /// What it comes to, where the client has sent and received so many messages in the same time.
    pub(super) fn usage(&self, messages: u64) -> Usage {
        let looks = self.first.iter().chain(&self.last);
        let peak = looks.filter_map(|look| look.tree.memory).map(|memory| memory.peak).max();
        // Where a busy machine let the beginning pass, what was spent before the first look is not known.
        let late = |(first, last): &(Look, Look)| {
            let [first, last] = [first.at, last.at].map(|at| at.saturating_sub(self.begins));
            first.saturating_mul(LATE) > last
        };
        let both = self.first.zip(self.last).filter(|both| !late(both));
        let cpu_ns =
            both.and_then(|(first, last)| last.tree.cpu_ns?.checked_sub(first.tree.cpu_ns?));
        // What is left of a program that has ended has not shrunk.
        let memory_growth_bytes =
            both.filter(|(first, last)| first.runs == last.runs).and_then(|(first, last)| {
                Some(last.tree.memory?.resident.saturating_sub(first.tree.memory?.resident))
            });
        Usage {
            cpu_ns: cpu_ns.unwrap_or(0),
            messages: if cpu_ns.is_some() { messages } else { 0 },
            context_switches: 0,
            peak_memory_bytes: peak.unwrap_or(0),
            memory_growth_bytes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::run::process_tree::TreeMemory;

    fn look(cpu_ns: Option<u64>, memory: Option<(u64, u64)>, runs: bool) -> Option<Look> {
        let memory = memory.map(|(resident, peak)| TreeMemory { resident, peak });
        Some(Look { tree: TreeReading { cpu_ns, memory }, runs, at: 0 })
    }

    fn usage(first: Option<Look>, last: Option<Look>) -> Usage {
        Costs { begins: 0, ends: None, first, last }.usage(4)
    }

    #[test]
    fn time_and_growth_are_differences_and_the_peak_is_the_highest() {
        let used = usage(look(Some(5), Some((10, 50)), true), look(Some(9), Some((30, 40)), true));
        let Usage { cpu_ns, messages, peak_memory_bytes, memory_growth_bytes, .. } = used;
        assert_eq!((cpu_ns, messages), (4, 4));
        assert_eq!((peak_memory_bytes, memory_growth_bytes), (50, Some(20)));
        let shrunk = usage(look(None, Some((30, 50)), true), look(None, Some((10, 50)), true));
        assert_eq!((shrunk.messages, shrunk.memory_growth_bytes), (0, Some(0)));
    }

    #[test]
    fn of_a_beginning_that_was_seen_too_late_nothing_follows() {
        let seen = |first: u64, last: u64| {
            let [mut one, mut other] = [(5, 10), (9, 30)]
                .map(|(cpu, resident)| look(Some(cpu), Some((resident, 50)), true));
            one.iter_mut().for_each(|look| look.at = first);
            other.iter_mut().for_each(|look| look.at = last);
            Costs { begins: 1_000, ends: None, first: one, last: other }.usage(4)
        };
        assert_eq!(seen(1_010, 1_100).memory_growth_bytes, Some(20));
        let late = seen(1_011, 1_100);
        assert_eq!((late.messages, late.memory_growth_bytes), (0, None));
        assert_eq!(late.peak_memory_bytes, 50);
    }

    #[test]
    fn of_a_program_that_ended_is_known_what_was_known() {
        let gone = usage(look(Some(5), Some((10, 50)), true), look(Some(9), None, false));
        assert_eq!((gone.cpu_ns, gone.messages), (4, 4));
        assert_eq!((gone.peak_memory_bytes, gone.memory_growth_bytes), (50, None));
        let left = usage(look(Some(5), Some((30, 50)), true), look(Some(9), Some((1, 2)), false));
        assert_eq!(left.memory_growth_bytes, None);
        let early = usage(look(Some(5), Some((10, 50)), true), None);
        assert_eq!((early.messages, early.peak_memory_bytes), (0, 50));
        assert_eq!(usage(None, None), Usage::default());
    }
}
