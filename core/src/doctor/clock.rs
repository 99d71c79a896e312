//! The clock that times are taken with: which one, what a reading costs, and whether it can be trusted.

use super::finding::Finding;
use crate::machine::{Root, run_on};
use crate::net::clock::Clock;
use crate::scenario::{ProcessorList, grouped};
use std::sync::Barrier;
use std::sync::atomic::{AtomicU64, Ordering};

/// Readings in a row, on each processor.
const READINGS: u64 = 20_000;

/// Readings that two processors take in turn, each.
const TURNS: u64 = 20_000;

/// Processors that are looked at, at most: looking must not take long.
const MOST: usize = 64;

/// What a reading may cost, in nanoseconds, before it weighs on what it measures: a message costs about a
/// microsecond, and has some four readings.
const DEAR_NS: f64 = 100.0;

/// By how much processors may differ, in nanoseconds, before one-way times of microseconds are wrong.
const MUCH_APART_NS: u64 = 500;

/// What was measured of it; times in nanoseconds.
#[derive(Clone, Copy, Debug)]
pub(super) struct Measured {
    /// It reads the processor's counter.
    counter: bool,
    /// What one reading takes, on average.
    cost_ns: f64,
    /// The least time between two readings that differ; `None`: none did.
    resolution_ns: Option<u64>,
    /// Processors on which it was read many times in a row.
    processors: usize,
    /// Readings that were before the one before them.
    backwards: u64,
    /// Processors whose readings were held against those of the first.
    compared: usize,
    /// By how much a reading was before one that another processor had taken sooner, at most.
    apart_ns: u64,
}

/// Reads it, on each of these processors.
pub(super) fn measure(clock: Clock, usable: &[usize]) -> Measured {
    let began = clock.now();
    let (mut last, mut resolution) = (began, None);
    for _ in 0..READINGS {
        let now = clock.now();
        let step = now.saturating_sub(last);
        if step > 0 {
            resolution = Some(resolution.map_or(step, |least: u64| least.min(step)));
        }
        last = now;
    }
    let cost_ns = last.saturating_sub(began) as f64 / READINGS as f64;
    let looked = &usable[..usable.len().min(MOST)];
    let each = looked.iter().filter_map(|one| on(*one, || backwards(clock)));
    let (processors, backwards) = each.fold((0, 0), |(count, sum), one| (count + 1, sum + one));
    let [first, others @ ..] = looked else { return Measured::of(clock, cost_ns, resolution) };
    let apart = others.iter().filter_map(|other| apart(clock, *first, *other));
    let (compared, apart_ns) = apart.fold((0, 0), |(count, most), one| (count + 1, one.max(most)));
    let counter = clock.reads_counter();
    let resolution_ns = resolution;
    Measured { counter, cost_ns, resolution_ns, processors, backwards, compared, apart_ns }
}

impl Measured {
    fn of(clock: Clock, cost_ns: f64, resolution_ns: Option<u64>) -> Self {
        let counter = clock.reads_counter();
        let (processors, backwards, compared, apart_ns) = (0, 0, 0, 0);
        Self { counter, cost_ns, resolution_ns, processors, backwards, compared, apart_ns }
    }
}

/// What `read` finds on this processor; `None`: it may not be used.
fn on<T: Send>(processor: usize, read: impl FnOnce() -> T + Send) -> Option<T> {
    let list = ProcessorList::of([processor])?;
    std::thread::scope(|scope| {
        scope.spawn(|| run_on(&list).ok().map(|()| read())).join().ok().flatten()
    })
}

/// How often it went backwards.
fn backwards(clock: Clock) -> u64 {
    let mut last = clock.now();
    let mut count = 0;
    for _ in 0..READINGS {
        let now = clock.now();
        count += u64::from(now < last);
        last = now;
    }
    count
}

/// By how much a reading on one of two processors was before one that the other had shown it, at most.
fn apart(clock: Clock, one: usize, other: usize) -> Option<u64> {
    let (latest, together) = (AtomicU64::new(0), Barrier::new(2));
    let take_turns = |processor: usize| {
        let pinned = ProcessorList::of([processor]).and_then(|list| run_on(&list).ok());
        // Both have to come here, whatever became of it.
        together.wait();
        pinned?;
        let mut most = 0;
        for _ in 0..TURNS {
            let shown = latest.load(Ordering::SeqCst);
            let now = clock.now_in_order();
            most = most.max(shown.saturating_sub(now));
            latest.fetch_max(now, Ordering::SeqCst);
        }
        Some(most)
    };
    std::thread::scope(|scope| {
        let there = scope.spawn(|| take_turns(other));
        let here = scope.spawn(|| take_turns(one)).join().ok().flatten();
        here.zip(there.join().ok().flatten()).map(|(here, there)| here.max(there))
    })
}

/// What that means, a line for each thing.
pub(super) fn look(root: &Root, measured: &Measured) -> Vec<Finding> {
    vec![source(root, measured), cost(measured), monotonic(measured), agreement(measured)]
}

fn source(root: &Root, measured: &Measured) -> Finding {
    const KEY: &str = "clock.source";
    const FOLDER: &str = "/sys/devices/system/clocksource/clocksource0";
    let word = |file: &str| {
        let line = root.line(format!("{FOLDER}/{file}"))?;
        Some(
            line.chars().filter(|c| c.is_ascii_graphic() || *c == ' ').take(80).collect::<String>(),
        )
    };
    let current = word("current_clocksource");
    let finding = match (&current, measured.counter) {
        (_, true) => {
            Finding::fine(KEY, "the processor's cycle counter, which the kernel trusts (tsc)")
        }
        (None, false) => Finding::unknown(KEY, "CLOCK_MONOTONIC; what it is made of is not known"),
        (Some(kernel), false) => {
            let found = format!("CLOCK_MONOTONIC, which the kernel makes of {kernel}");
            let has_counter = word("available_clocksource")
                .is_some_and(|all| all.split(' ').any(|one| one == "tsc"));
            // A counter that the kernel has found wrong is no better for us.
            let is_slow =
                ["hpet", "acpi_pm", "jiffies", "refined-jiffies"].contains(&kernel.as_str());
            match (is_slow, has_counter) {
                (true, true) => {
                    let advice = "the kernel has given up the processor's counter: `dmesg | grep -i tsc` says why; \
                                  `tsc=reliable` at boot only where that was wrong";
                    Finding::change(KEY, found, advice)
                }
                (true, false) => {
                    let advice = "have the machine, or its host, offer a constant counter (`constant_tsc` and \
                                  `nonstop_tsc` in /proc/cpuinfo)";
                    Finding::change(KEY, found, advice)
                }
                (false, _) => Finding::worth(
                    KEY,
                    found,
                    "each reading asks the kernel, in the process itself where it can",
                ),
            }
        }
    };
    finding.with("kernel", current).with("counter", measured.counter)
}

fn cost(measured: &Measured) -> Finding {
    const KEY: &str = "clock.cost";
    let Measured { cost_ns, resolution_ns, .. } = *measured;
    let step = resolution_ns.map_or("it never moved".to_owned(), |step| {
        format!("its smallest step is {} ns", grouped(step))
    });
    let found = format!("{cost_ns:.0} ns a reading; {step}");
    let finding = if resolution_ns.is_none() || resolution_ns.is_some_and(|step| step > 1_000) {
        let advice = "times of microseconds cannot be told apart with it: see clock.source";
        Finding::change(KEY, found, advice)
    } else if cost_ns > DEAR_NS {
        let advice = "several readings are taken of each message, and cost more than what they measure: see \
                      clock.source";
        Finding::change(KEY, found, advice)
    } else {
        Finding::fine(KEY, found)
    };
    finding.with("cost_ns", (cost_ns * 10.0).round() / 10.0).with("resolution_ns", resolution_ns)
}

fn monotonic(measured: &Measured) -> Finding {
    const KEY: &str = "clock.monotonic";
    let Measured { processors, backwards, .. } = *measured;
    if processors == 0 {
        return Finding::unknown(KEY, "it could not be read on a processor that is named")
            .with("processors", 0)
            .with("backwards", None::<u64>);
    }
    let readings = grouped(READINGS * processors as u64);
    let finding = if backwards > 0 {
        let found =
            format!("{} of {readings} readings were before the one before", grouped(backwards));
        Finding::change(KEY, found, "measure on another machine: no time here can be relied on")
    } else {
        Finding::fine(
            KEY,
            format!("{readings} readings on {processors} processors, none backwards"),
        )
    };
    finding.with("processors", processors).with("backwards", backwards)
}

fn agreement(measured: &Measured) -> Finding {
    const KEY: &str = "clock.agreement";
    let Measured { compared, apart_ns, .. } = *measured;
    if compared == 0 {
        return Finding::unknown(KEY, "there are no two processors to hold against each other")
            .with("compared", 0)
            .with("apart_ns", None::<u64>);
    }
    let found =
        format!("{} processors hold the same time but for {apart_ns} ns at most", compared + 1);
    let finding = if apart_ns > MUCH_APART_NS {
        let advice = "one-way times are wrong by as much: measure with both sides on one processor, or on \
                      another machine";
        Finding::change(KEY, found, advice)
    } else if apart_ns > 0 {
        Finding::worth(KEY, found, "one-way times may be wrong by as much; latencies are not")
    } else {
        let found = format!(
            "{} processors: no reading was before one that another had taken sooner",
            compared + 1
        );
        Finding::fine(KEY, found)
    };
    finding.with("compared", compared).with("apart_ns", apart_ns)
}

#[cfg(test)]
#[path = "clock_tests.rs"]
mod tests;
