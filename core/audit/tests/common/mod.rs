//! Seeded arrivals, latencies and exchanges, right ones and wrong ones.

#![allow(dead_code, reason = "no test file needs all of it")]

use wirebench_audit::{
    Arrivals, InFlight, InFlightReport, Line, Outcome, Plan, Starts, StartsReport,
};
use wirebench_load::rng::SplitMix64;

/// 10,000 a second: a gap of 100 µs.
pub(crate) const PER_S: f64 = 10_000.0;

/// The mean gap of that, in nanoseconds.
pub(crate) const GAP_NS: f64 = 100_000.0;

/// When the measured part begins.
pub(crate) const FROM_NS: u64 = 5_000_000_000;

pub(crate) fn plan(arrivals: Arrivals) -> Plan {
    Plan::new(arrivals, PER_S).expect("a rate")
}

/// Chance from a seed.
pub(crate) struct Chance(SplitMix64);

impl Chance {
    pub(crate) fn new(seed: u64) -> Self {
        Self(SplitMix64::new(seed))
    }

    /// Above 0 and below 1.
    pub(crate) fn uniform(&mut self) -> f64 {
        ((self.0.next_u64() >> 12) as f64 + 0.5) / (1_u64 << 52) as f64
    }

    /// Mean 1.
    pub(crate) fn exponential(&mut self) -> f64 {
        -self.uniform().ln()
    }

    pub(crate) fn normal(&mut self) -> f64 {
        (2.0 * self.exponential()).sqrt() * (std::f64::consts::TAU * self.uniform()).cos()
    }

    /// Mean 1, coefficient of variation `cv` (G. Marsaglia, W. W. Tsang, *A simple method for generating gamma variables*,
    /// ACM TOMS 26, 2000).
    pub(crate) fn gamma(&mut self, cv: f64) -> f64 {
        let shape = 1.0 / (cv * cv);
        let d = shape + 1.0 - 1.0 / 3.0;
        let c = 1.0 / (9.0 * d).sqrt();
        loop {
            let x = self.normal();
            let v = (1.0 + c * x).powi(3);
            if v > 0.0 && self.uniform().ln() < 0.5 * x * x + d - d * v + d * v.ln() {
                return d * v * self.uniform().powf(1.0 / shape) / shape;
            }
        }
    }

    /// Mean 1, coefficient of variation 1, and not exponential: 49 of 50 are gamma with shape 2, the rest is far out. From
    /// 0.98·a + 0.02·b = 1 and 0.98·1.5·a² + 0.02·b² = 2.
    pub(crate) fn heavy_tailed(&mut self) -> f64 {
        let a = (98.0 - (98.0_f64 * 98.0 - 4.0 * 49.49 * 48.0).sqrt()) / (2.0 * 49.49);
        let b = (1.0 - 0.98 * a) / 0.02;
        if self.uniform() < 0.02 { b } else { a * (self.exponential() + self.exponential()) / 2.0 }
    }
}

/// Exponential gaps, mean 1, each of which is like the one before (D. P. Gaver, P. A. W. Lewis, *First-order autoregressive
/// gamma sequences and point processes*, Adv. Appl. Prob. 12, 1980): the form is right, the counts are not.
pub(crate) fn clumped_exponential(chance: &mut Chance, likeness: f64, count: usize) -> Vec<f64> {
    let mut gap = chance.exponential();
    (0..count)
        .map(|_| {
            let fresh = if chance.uniform() < likeness { 0.0 } else { chance.exponential() };
            gap = likeness * gap + fresh;
            gap
        })
        .collect()
}

/// What the recorder says of starts after these gaps, in planned gaps. The window ends one gap after the last.
pub(crate) fn recorded(plan: &Plan, gaps: impl IntoIterator<Item = f64>) -> StartsReport {
    let mut recorder = Starts::new(FROM_NS, plan, 1);
    let mut at = 0.0_f64;
    for gap in gaps {
        recorder.started(FROM_NS + at.round() as u64);
        at += gap * plan.gap_ns();
    }
    recorder.report(FROM_NS + at.round() as u64)
}

/// What the recorder says of starts at these times, in nanoseconds after the beginning of a window of `window_ns`.
pub(crate) fn recorded_at(
    plan: &Plan,
    times: impl IntoIterator<Item = f64>,
    window_ns: u64,
) -> StartsReport {
    let mut recorder = Starts::new(FROM_NS, plan, 1);
    times.into_iter().for_each(|at| recorder.started(FROM_NS + at.round() as u64));
    recorder.report(FROM_NS + window_ns)
}

/// `count` constant arrivals, each late by up to 5 µs.
pub(crate) fn constant_times(chance: &mut Chance, count: usize) -> Vec<f64> {
    (0..count).map(|at| at as f64 * GAP_NS + 5_000.0 * chance.uniform()).collect()
}

/// Exchanges as start and end, in nanoseconds: Poisson arrivals over `length_ns` that take `mean_ns` each, exponentially.
pub(crate) fn exchanges(chance: &mut Chance, length_ns: f64, mean_ns: f64) -> Vec<(u64, u64)> {
    let mut exchanges = Vec::new();
    let mut at = 0.0;
    while at < length_ns {
        let end = at + 1.0 + mean_ns * chance.exponential();
        exchanges.push((at as u64, end as u64));
        at += GAP_NS * chance.exponential();
    }
    exchanges
}

/// Plays exchanges through the recorder. Only those for which `counts` says so are in the number outstanding.
pub(crate) fn played(
    exchanges: &[(u64, u64)],
    mut recorder: InFlight,
    counts: impl Fn(usize) -> bool,
) -> InFlightReport {
    let mut events: Vec<(u64, bool, usize)> = Vec::new();
    for (at, (start, end)) in exchanges.iter().enumerate() {
        events.push((*start, true, at));
        events.push((*end, false, at));
    }
    events.sort_unstable();
    let mut outstanding = 0;
    for (now, is_start, at) in events {
        if is_start {
            recorder.started(now, outstanding);
            outstanding += u64::from(counts(at));
        } else {
            recorder.ended(exchanges[at].0, now, outstanding);
            outstanding -= u64::from(counts(at));
        }
    }
    recorder.report().expect("the last end is behind the window")
}

#[track_caller]
pub(crate) fn assert_held(line: &Line, seed: u64) {
    assert_eq!(line.outcome(), Outcome::Held, "{}, seed {seed}", shown(line));
}

#[track_caller]
pub(crate) fn assert_failed(line: &Line, seed: u64) {
    assert_eq!(line.outcome(), Outcome::Failed, "{}, seed {seed}", shown(line));
}

#[track_caller]
pub(crate) fn assert_not_judged(line: &Line, says: &str) {
    assert_eq!(line.outcome(), Outcome::NotJudged, "{}", shown(line));
    assert!(line.sentence().contains(says), "{}", shown(line));
}

pub(crate) fn shown(line: &Line) -> String {
    let (check, outcome) = (line.check().name(), line.outcome());
    let (found, expected) = (line.found_text(), line.expected_text());
    format!("{check} {outcome:?}: {found}, expected {expected}: {}", line.sentence())
}
