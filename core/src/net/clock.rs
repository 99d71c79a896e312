//! The clock that both sides share.
//!
//! Where the processor has a constant cycle counter and the kernel itself trusts it, a reading
//! costs one instruction; it is turned into CLOCK_MONOTONIC nanoseconds with *one* calibration,
//! made by the supervisor and handed to both sides, so that their times can be subtracted from
//! each other. Elsewhere it is CLOCK_MONOTONIC itself.

#![allow(unsafe_code)] // Reading the cycle counter.

use nix::time::{ClockId, clock_gettime};
use serde::{Deserialize, Serialize};
use std::time::{Duration, Instant};

/// How long a calibration lasts: two readings of about 50 ns uncertainty, this far apart, leave
/// some 5 parts per million, the same for both sides.
const CALIBRATION: Duration = Duration::from_millis(20);

/// Turns counter readings into nanoseconds of CLOCK_MONOTONIC. Copies agree with each other.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Clock {
    /// Counter reading at `base_ns`; `None`: use CLOCK_MONOTONIC.
    base_ticks: Option<u64>,
    base_ns: u64,
    /// Nanoseconds per tick, in units of 2^-32.
    scale: u64,
}

impl Clock {
    /// Measures the cycle counter against CLOCK_MONOTONIC (20 ms), or settles for the latter.
    pub fn calibrate() -> Self {
        let monotonic = Self { base_ticks: None, base_ns: 0, scale: 0 };
        if !counter_is_trusted() {
            return monotonic;
        }
        let (ticks_a, ns_a) = paired_reading();
        let begun = Instant::now();
        while begun.elapsed() < CALIBRATION {
            std::thread::sleep(CALIBRATION / 4);
        }
        let (ticks_b, ns_b) = paired_reading();
        let (ticks, ns) = (ticks_b.saturating_sub(ticks_a), ns_b.saturating_sub(ns_a));
        let scale = (u128::from(ns) << 32).checked_div(u128::from(ticks)).unwrap_or(0);
        match u64::try_from(scale) {
            Ok(scale) if scale > 0 => Self { base_ticks: Some(ticks_b), base_ns: ns_b, scale },
            _ => monotonic,
        }
    }

    /// Whether it reads the processor's cycle counter; otherwise it asks the kernel.
    pub fn reads_counter(&self) -> bool {
        self.base_ticks.is_some()
    }

    /// Like [`now`](Self::now), and not before all that was read before is there: a processor takes readings of its
    /// counter early where nothing keeps it from that. For who holds times of two processors against each other.
    pub fn now_in_order(&self) -> u64 {
        wait_for_reads();
        self.now()
    }

    /// Now, in nanoseconds of CLOCK_MONOTONIC.
    #[inline]
    pub fn now(&self) -> u64 {
        match self.base_ticks {
            Some(base) => {
                let ticks = counter().saturating_sub(base);
                self.base_ns + ((u128::from(ticks) * u128::from(self.scale)) >> 32) as u64
            }
            None => monotonic_ns(),
        }
    }
}

fn monotonic_ns() -> u64 {
    clock_gettime(ClockId::CLOCK_MONOTONIC)
        .map_or(0, |time| time.tv_sec() as u64 * 1_000_000_000 + time.tv_nsec() as u64)
}

/// The kernel watches the counter against other clocks and drops it when it is not constant; its
/// verdict is better than any test of ours.
fn counter_is_trusted() -> bool {
    cfg!(target_arch = "x86_64")
        && std::fs::read_to_string(
            "/sys/devices/system/clocksource/clocksource0/current_clocksource",
        )
        .is_ok_and(|source| source.trim() == "tsc")
}

/// A counter reading and the time it was taken at: the tightest of several tries.
fn paired_reading() -> (u64, u64) {
    (0..32)
        .map(|_| {
            let before = counter();
            let ns = monotonic_ns();
            let after = counter();
            (after.saturating_sub(before), before + after.saturating_sub(before) / 2, ns)
        })
        .min()
        .map_or((0, 0), |(_, ticks, ns)| (ticks, ns))
}

#[cfg(target_arch = "x86_64")]
#[inline]
fn counter() -> u64 {
    // SAFETY: every x86-64 processor has the instruction; it touches no memory.
    unsafe { core::arch::x86_64::_rdtsc() }
}

#[cfg(target_arch = "x86_64")]
fn wait_for_reads() {
    // SAFETY: every x86-64 processor has the instruction; it touches no memory.
    unsafe { core::arch::x86_64::_mm_lfence() }
}

#[cfg(not(target_arch = "x86_64"))]
fn wait_for_reads() {}

#[cfg(not(target_arch = "x86_64"))]
#[inline]
fn counter() -> u64 {
    0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_calibrated_clock_never_runs_backwards() {
        let clock = Clock::calibrate();
        let mut last = clock.now();
        for _ in 0..100_000 {
            let now = clock.now();
            assert!(now >= last, "{now} after {last}");
            last = now;
        }
    }

    #[test]
    fn copies_of_a_clock_agree_across_serialisation() {
        let clock = Clock::calibrate();
        let text = serde_json::to_string(&clock).unwrap();
        assert_eq!(serde_json::from_str::<Clock>(&text).unwrap(), clock);
    }

    #[test]
    fn a_calibrated_clock_stays_near_the_kernels() {
        let clock = Clock::calibrate();
        let (ours, kernels) = (clock.now(), monotonic_ns());
        assert!(kernels.abs_diff(ours) < 1_000_000_000, "{ours} against {kernels}");
    }
}
