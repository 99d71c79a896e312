//! How late the kernel wakes who sleeps until a time, and how late who asks again and again is.

use super::finding::Finding;
use crate::machine::Root;
use crate::measure::Histogram;
use crate::net::clock::Clock;
use crate::scenario::grouped;
use nix::sys::time::TimeSpec;
use nix::sys::timerfd::{ClockId, Expiration, TimerFd, TimerFlags, TimerSetTimeFlags};
use serde_json::json;
use std::io;
use std::time::Duration;

/// The sleeps that are tried, in nanoseconds, and how often each.
const SLEEPS: [(u64, u32); 3] = [(1_000_000, 200), (100_000, 500), (50_000, 500)];

/// How often it waits without sleeping, and for how long, in nanoseconds.
const SPINS: (u64, u32) = (50_000, 500);

/// How late the kernel may wake, in nanoseconds, in 99 of 100 cases, before paces and delays are more the
/// kernel's than the scenario's.
const LATE_NS: u64 = 200_000;

/// How late it may wake at all.
const VERY_LATE_NS: u64 = 2_000_000;

/// How late who never sleeps may be, in 99 of 100 cases.
const LATE_SPIN_NS: u64 = 20_000;

/// How late it was.
#[derive(Debug)]
pub(super) struct Measured {
    /// After sleeps of so many nanoseconds.
    sleeps: Vec<(u64, Histogram)>,
    spin: Histogram,
}

/// Sleeps as sides do: by a timer with an absolute time, which the timer slack does not apply to.
pub(super) fn measure(clock: Clock) -> io::Result<Measured> {
    let timer = TimerFd::new(ClockId::CLOCK_MONOTONIC, TimerFlags::TFD_CLOEXEC)?;
    let mut sleeps = Vec::new();
    for (length_ns, times) in SLEEPS {
        let mut late = Histogram::new();
        for _ in 0..times {
            let until = clock.now() + length_ns;
            let time = TimeSpec::from_duration(Duration::from_nanos(until));
            timer.set(Expiration::OneShot(time), TimerSetTimeFlags::TFD_TIMER_ABSTIME)?;
            timer.wait()?;
            late.record(clock.now().saturating_sub(until));
        }
        sleeps.push((length_ns, late));
    }
    let (length_ns, times) = SPINS;
    let mut spin = Histogram::new();
    for _ in 0..times {
        let until = clock.now() + length_ns;
        let now = loop {
            let now = clock.now();
            if now >= until {
                break now;
            }
        };
        spin.record(now - until);
    }
    Ok(Measured { sleeps, spin })
}

/// What that means, a line for sleeping and one for spinning.
pub(super) fn look(root: &Root, measured: &io::Result<Measured>) -> Vec<Finding> {
    match measured {
        Ok(measured) => vec![sleep(root, measured), spin(measured)],
        Err(_) => vec![
            Finding::unknown("timers.sleep", "there is no timer to sleep by"),
            Finding::unknown("timers.spin", "there is no timer to hold it against"),
        ],
    }
}

fn sleep(root: &Root, measured: &Measured) -> Finding {
    const KEY: &str = "timers.sleep";
    let told = |(length_ns, late): &(u64, Histogram)| {
        format!("after {} us by {}", grouped(length_ns / 1_000), percentiles(late))
    };
    let found = measured.sleeps.iter().map(told).collect::<Vec<_>>().join("; ");
    let worst = |percentile: f64| {
        measured.sleeps.iter().filter_map(|(_, late)| late.percentile(percentile)).max()
    };
    let Some((p99, max)) = worst(99.0).zip(worst(100.0)) else {
        return Finding::unknown(KEY, "nothing was timed");
    };
    let finding = if p99 > LATE_NS || max > 10 * VERY_LATE_NS {
        let advice = "paces, delays and time-outs are late by as much: end what else runs; in a virtual machine \
                      ask its host; on a machine of your own see `cpupower idle-info` for deep idle states";
        Finding::change(KEY, found, advice)
    } else if max > VERY_LATE_NS {
        Finding::worth(
            KEY,
            found,
            "now and then a side wakes late: look at the highest percentiles with care",
        )
    } else {
        Finding::fine(KEY, found)
    };
    let sleeps: Vec<_> = measured
        .sleeps
        .iter()
        .map(|(length_ns, late)| {
            let mut figures = figures(late);
            figures["sleep_ns"] = (*length_ns).into();
            figures
        })
        .collect();
    finding.with("sleeps", sleeps).with("slack_ns", root.number("/proc/self/timerslack_ns"))
}

fn spin(measured: &Measured) -> Finding {
    const KEY: &str = "timers.spin";
    let late = &measured.spin;
    let Some(p99) = late.percentile(99.0) else {
        return Finding::unknown(KEY, "nothing was timed");
    };
    let found = format!("who asks again and again is late by {}", percentiles(late));
    let finding = if p99 > LATE_SPIN_NS {
        let advice = "something takes the processor away from who never sleeps: end what else runs, or use \
                      processors that are kept free (`isolcpus`, and `cpu.server` and `cpu.client`)";
        Finding::change(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    let figures = figures(late);
    finding
        .with("p50_ns", figures["p50_ns"].clone())
        .with("p99_ns", figures["p99_ns"].clone())
        .with("max_ns", figures["max_ns"].clone())
        .with("samples", figures["samples"].clone())
}

/// `5.10 us (p50), 9.90 us (p99), 31.00 us at most`.
fn percentiles(late: &Histogram) -> String {
    let us =
        |ns: Option<u64>| ns.map_or("–".to_owned(), |ns| format!("{:.2} us", ns as f64 / 1e3));
    format!(
        "{} (p50), {} (p99), {} at most",
        us(late.percentile(50.0)),
        us(late.percentile(99.0)),
        us(late.max())
    )
}

fn figures(late: &Histogram) -> serde_json::Value {
    json!({
        "p50_ns": late.percentile(50.0), "p99_ns": late.percentile(99.0), "max_ns": late.max(),
        "samples": late.count(),
    })
}

#[cfg(test)]
mod tests {
    use super::super::finding::State::{self, ChangeThis, Fine, NotKnown, WorthKnowing};
    use super::super::fixture::machine;
    use super::*;

    fn late(usual_ns: u64, once_ns: u64) -> Histogram {
        let mut late = Histogram::new();
        late.record_n(usual_ns, 199);
        late.record(once_ns);
        late
    }

    #[track_caller]
    fn is(sleeping: Histogram, spinning: Histogram, states: [State; 2], word: &str) {
        let (_folder, root) = machine(&[("proc/self/timerslack_ns", "50000\n")]);
        let measured = Measured { sleeps: vec![(100_000, sleeping)], spin: spinning };
        let findings = look(&root, &Ok(measured));
        assert_eq!([findings[0].state, findings[1].state], states, "{findings:?}");
        assert!(findings[0].found.contains(word), "{findings:?}");
        if findings[0].state != NotKnown {
            assert_eq!(findings[0].figures["slack_ns"], 50_000);
        }
    }

    #[test]
    fn who_wakes_late_is_told_to_change_that() {
        let good = || late(5_000, 30_000);
        is(good(), good(), [Fine, Fine], "after 100 us by 5.00 us (p50)");
        is(late(300_000, 300_000), good(), [ChangeThis, Fine], "300.");
        is(late(5_000, 3_000_000), good(), [WorthKnowing, Fine], "at most");
        is(late(5_000, 90_000_000), good(), [ChangeThis, Fine], "at most");
        is(good(), late(50_000, 50_000), [Fine, ChangeThis], "");
        is(Histogram::new(), Histogram::new(), [NotKnown, NotKnown], "");
    }

    #[test]
    fn without_a_timer_it_is_not_known() {
        let (_folder, root) = machine(&[]);
        let findings = look(&root, &Err(io::ErrorKind::Unsupported.into()));
        assert!(findings.iter().all(|finding| finding.state == NotKnown), "{findings:?}");
    }

    #[test]
    fn sleeps_of_this_machine_are_timed() {
        let measured = measure(Clock::calibrate()).unwrap();
        let counts: Vec<u64> = measured.sleeps.iter().map(|(_, late)| late.count()).collect();
        assert_eq!((counts, measured.spin.count()), (vec![200, 500, 500], 500));
    }
}
