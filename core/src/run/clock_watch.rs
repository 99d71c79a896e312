//! Whether the clock went on as clocks do while a round was played: a machine that slept, or a clock that
//! was set, makes every time of the round mean nothing.

use crate::net::clock::Clock;
use crate::result::Disturbed;
use nix::time::{ClockId, clock_gettime};

/// The clocks at one moment, in nanoseconds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Clocks {
    /// What both sides read.
    ours: u64,
    /// CLOCK_MONOTONIC, which stands while the machine sleeps.
    monotonic: u64,
    /// CLOCK_BOOTTIME, which does not; `None`: there is none.
    boot: Option<u64>,
}

impl Clocks {
    /// Now.
    pub(super) fn read(clock: &Clock) -> Self {
        Self {
            ours: clock.now(),
            monotonic: read(ClockId::CLOCK_MONOTONIC).unwrap_or(0),
            boot: read(ClockId::CLOCK_BOOTTIME),
        }
    }

    /// What was strange until `later`: how long the machine slept, and how far the clock of the sides and the
    /// kernel's went apart.
    pub(super) fn until(&self, later: &Self, disturbed: &mut Disturbed) {
        let passed = later.monotonic.saturating_sub(self.monotonic);
        let awake = self.boot.zip(later.boot).map(|(before, now)| now.saturating_sub(before));
        disturbed.suspended_ns = awake.map(|awake| awake.saturating_sub(passed));
        let ours = later.ours.saturating_sub(self.ours);
        disturbed.clock_step_ns = Some(ours.abs_diff(passed));
    }
}

fn read(clock: ClockId) -> Option<u64> {
    let time = clock_gettime(clock).ok()?;
    let seconds = u64::try_from(time.tv_sec()).ok()?;
    Some(seconds.saturating_mul(1_000_000_000).saturating_add(u64::try_from(time.tv_nsec()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    const AT: Clocks = Clocks { ours: 500, monotonic: 1_000, boot: Some(9_000) };

    fn disturbed(later: Clocks) -> (Option<u64>, Option<u64>) {
        let mut disturbed = Disturbed::default();
        AT.until(&later, &mut disturbed);
        (disturbed.suspended_ns, disturbed.clock_step_ns)
    }

    #[test]
    fn clocks_that_go_on_together_say_nothing() {
        let later = Clocks { ours: 600, monotonic: 1_100, boot: Some(9_100) };
        assert_eq!(disturbed(later), (Some(0), Some(0)));
    }

    #[test]
    fn a_machine_that_slept_is_seen_by_the_clock_that_goes_on() {
        let later = Clocks { ours: 600, monotonic: 1_100, boot: Some(12_100) };
        assert_eq!(disturbed(later), (Some(3_000), Some(0)));
        let unknown = Clocks { boot: None, ..later };
        assert_eq!(disturbed(unknown), (None, Some(0)));
    }

    #[test]
    fn a_clock_that_jumps_either_way_is_seen() {
        let ahead = Clocks { ours: 5_600, monotonic: 1_100, boot: Some(9_100) };
        assert_eq!(disturbed(ahead), (Some(0), Some(5_000)));
        let back = Clocks { ours: 0, monotonic: 1_100, boot: Some(9_100) };
        assert_eq!(disturbed(back), (Some(0), Some(100)));
    }

    #[test]
    fn this_machine_is_awake() {
        let clock = Clock::calibrate();
        let mut disturbed = Disturbed::default();
        Clocks::read(&clock).until(&Clocks::read(&clock), &mut disturbed);
        assert!(disturbed.suspended_ns.is_none_or(|ns| ns < 1_000_000_000), "{disturbed:?}");
    }
}
