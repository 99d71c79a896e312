//! What the machine took from a round: processor time that a quota withheld (control groups,
//! version 1 and 2), and time that the hypervisor gave to others. Read by the supervisor before and
//! after a round, so it costs the sides nothing.

use crate::machine::{Root, control_groups};
use crate::result::Disturbed;
use std::path::PathBuf;

/// Nanoseconds of a tick in `/proc/stat`: `USER_HZ` is 100 wherever this builds.
pub(super) const TICK_NS: u64 = 10_000_000;

/// Where it is read.
#[derive(Debug)]
pub(super) struct Meters {
    /// `cpu.stat` of our control group and of those above it: each may have a quota.
    groups: Vec<PathBuf>,
    root: Root,
}

/// The meters at one moment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Reading {
    throttled_ns: Option<u64>,
    /// Processor, in ascending order, and what was stolen of it.
    stolen_ns: Vec<(usize, u64)>,
}

impl Meters {
    /// Finds the meters of this process, which are those of all it starts.
    pub(super) fn find() -> Self {
        let root = Root::this();
        let groups = control_groups(&root, "cpu");
        Self { groups: groups.iter().map(|folder| folder.join("cpu.stat")).collect(), root }
    }

    /// Reads them.
    pub(super) fn read(&self) -> Reading {
        let throttled = self.groups.iter().filter_map(|path| throttled_ns(&self.root.text(path)?));
        Reading {
            // Where no group has a quota, none has the counter.
            throttled_ns: throttled.reduce(u64::saturating_add),
            stolen_ns: self.root.text("/proc/stat").map_or_else(Vec::new, |stat| stolen_ns(&stat)),
        }
    }
}

impl Reading {
    /// What was taken until `later`, of the processors that `counts` names: of the one that most was
    /// stolen of.
    pub(super) fn until(&self, later: &Self, counts: impl Fn(usize) -> bool) -> Disturbed {
        let stolen = later.stolen_ns.iter().filter(|(processor, _)| counts(*processor));
        let stolen = stolen.filter_map(|(processor, now)| {
            let before = self.stolen_ns.binary_search_by_key(processor, |(number, _)| *number);
            Some(now.saturating_sub(self.stolen_ns[before.ok()?].1))
        });
        let throttled = later.throttled_ns.zip(self.throttled_ns);
        Disturbed {
            throttled_ns: throttled.map(|(now, before)| now.saturating_sub(before)),
            stolen_ns: stolen.max(),
            ..Disturbed::default()
        }
    }
}

/// The time that a `cpu.stat` says was withheld: `throttled_usec` (version 2) or `throttled_time`
/// (version 1, in nanoseconds).
fn throttled_ns(stat: &str) -> Option<u64> {
    stat.lines().find_map(|line| {
        let (name, value) = line.split_once(' ')?;
        let value: u64 = value.trim().parse().ok()?;
        match name {
            "throttled_usec" => Some(value.saturating_mul(1_000)),
            "throttled_time" => Some(value),
            _ => None,
        }
    })
}

/// What `/proc/stat` says was stolen of each processor: the eighth of its times.
fn stolen_ns(stat: &str) -> Vec<(usize, u64)> {
    let of = |line: &str| {
        let mut words = line.strip_prefix("cpu")?.split_ascii_whitespace();
        let processor = words.next()?.parse().ok()?;
        let ticks: u64 = words.nth(7)?.parse().ok()?;
        Some((processor, ticks.saturating_mul(TICK_NS)))
    };
    let per_processor = |line: &&str| line.starts_with("cpu") && !line.starts_with("cpu ");
    let mut stolen: Vec<(usize, u64)> = stat.lines().filter(per_processor).filter_map(of).collect();
    stolen.sort_unstable();
    stolen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_withheld_has_the_unit_of_its_version() {
        let two = "usage_usec 9\nnr_periods 10\nnr_throttled 4\nthrottled_usec 250\n";
        assert_eq!(throttled_ns(two), Some(250_000));
        let one = "nr_periods 10\nnr_throttled 4\nthrottled_time 250\n";
        assert_eq!(throttled_ns(one), Some(250));
        for none in ["", "usage_usec 9\n", "throttled_usec\n", "throttled_usec -1\n"] {
            assert_eq!(throttled_ns(none), None, "{none:?}");
        }
    }

    #[test]
    fn stolen_time_is_told_by_processor() {
        let stat = "cpu  9 0 9 9 9 0 9 30 0 0\ncpu0 1 0 1 1 1 0 1 10 0 0\n\
                    cpu11 1 0 1 1 1 0 1 20 0 0\ncpux 1\ncpu2 1 2\nintr 5 6 7 8 9 10 11 12 13\n";
        assert_eq!(stolen_ns(stat), [(0, 100_000_000), (11, 200_000_000)]);
    }

    #[test]
    fn what_was_taken_is_the_difference_and_of_the_processors_in_use() {
        let reading = |throttled, stolen: &[(usize, u64)]| Reading {
            throttled_ns: throttled,
            stolen_ns: stolen.to_vec(),
        };
        let before = reading(Some(5), &[(0, 10), (1, 10), (2, 10)]);
        let after = reading(Some(8), &[(0, 11), (1, 14), (2, 90), (3, 50)]);
        let taken = before.until(&after, |processor| processor != 2);
        assert_eq!((taken.throttled_ns, taken.stolen_ns), (Some(3), Some(4)));
        let nothing = reading(None, &[]).until(&after, |_| true);
        assert_eq!(nothing, Disturbed::default());
    }

    #[test]
    fn this_machine_can_be_read() {
        let reading = Meters::find().read();
        assert!(!reading.stolen_ns.is_empty());
    }
}
