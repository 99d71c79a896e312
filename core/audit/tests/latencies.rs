//! Drift and dependence of latencies: both lines hold where there is none, and fail where there is.

mod common;

use common::*;
use wirebench_audit::{
    Batches, BatchesReport, Change, FEWEST_LATENCIES, SMALLEST_CHANGE, dependence, effective_size,
    steady,
};

const SEED: u64 = 55;
const WINDOW_NS: u64 = 1_000_000_000;

/// A round of `count` latencies of 200 µs, each like the one before by `likeness`, that grow by `drift` over the window.
fn round(chance: &mut Chance, count: u64, likeness: f64, drift: f64) -> BatchesReport {
    let mut recorder = Batches::new(FROM_NS, FROM_NS + WINDOW_NS);
    let mood = 200_000.0 * (0.05 * chance.normal()).exp();
    let mut noise = chance.normal();
    for at in 0..count {
        let passed = at as f64 / count as f64;
        noise = likeness * noise + (1.0 - likeness * likeness).sqrt() * chance.normal();
        let latency = mood * (1.0 + drift * passed) * (0.2 * noise).exp();
        recorder.ended(FROM_NS + (passed * WINDOW_NS as f64) as u64, latency as u64);
    }
    recorder.report()
}

fn rounds(count: usize, drift: f64) -> Vec<Change> {
    let mut chance = Chance::new(SEED);
    let round = |_| Change::of(&round(&mut chance, 3_000, 0.0, drift)).expect("three thirds");
    (0..count).map(round).collect()
}

#[test]
fn rounds_without_a_drift_are_steady() {
    let line = steady(&rounds(5, 0.0), SMALLEST_CHANGE);
    assert_held(&line, SEED);
    assert_eq!(line.sentence(), "over 5 rounds no drift is seen; one of 5 % would be");
}

#[test]
fn latencies_that_grow_or_shrink_are_not_steady() {
    for (drift, how) in [(0.15, "grow"), (-0.15, "shrink")] {
        let line = steady(&rounds(3, drift), SMALLEST_CHANGE);
        assert_failed(&line, SEED);
        assert!(line.sentence().contains(how), "{}", shown(&line));
    }
}

#[test]
fn a_drift_too_small_to_matter_is_steady_unless_somebody_says_that_it_matters() {
    let small = rounds(8, 0.04);
    assert_held(&steady(&small, SMALLEST_CHANGE), SEED);
    assert_failed(&steady(&small, 0.01), SEED);
}

#[test]
fn a_change_within_what_rounds_differ_by_is_no_drift() {
    // By 10 % on average, and in every round by something else.
    let changes = [0.7, 1.0, 1.6, 1.3, 0.9].map(|last| Change::new(1.0, last).expect("a ratio"));
    let line = steady(&changes, SMALLEST_CHANGE);
    assert_held(&line, SEED);
    assert!(line.tolerance().expect("it was judged").value() > 0.3, "{}", shown(&line));
}

#[test]
fn the_interval_is_that_of_a_calculation_by_hand() {
    // Logarithms 0.06, 0.08, 0.10: mean 0.08, standard error 0.02/√3, t(0.975, 2) = 4.303: 0.08 ± 0.0497.
    let of = |logs: [f64; 3]| {
        let changes = logs.map(|log| Change::new(1.0, log.exp()).expect("a ratio"));
        steady(&changes, SMALLEST_CHANGE)
    };
    let line = of([0.06, 0.08, 0.10]);
    assert_failed(&line, 0);
    let reach = line.tolerance().expect("it was judged").value().ln_1p();
    assert!((reach - 0.049_687).abs() < 1e-4, "{reach}");
    // Twice as far apart it reaches 0.0994, which holds no change.
    assert_held(&of([0.04, 0.08, 0.12]), 0);
}

#[test]
fn two_rounds_and_what_has_no_ratio_are_not_judged() {
    assert_not_judged(&steady(&rounds(2, 0.5), SMALLEST_CHANGE), "2 rounds");
    assert_not_judged(&steady(&[], SMALLEST_CHANGE), "0 rounds");
    for (first, last) in
        [(0.0, 1.0), (1.0, 0.0), (-1.0, -1.0), (f64::NAN, 1.0), (1.0, f64::INFINITY)]
    {
        assert_eq!(Change::new(first, last), None);
    }
}

#[test]
fn independent_latencies_are_as_many_as_they_are() {
    let report = round(&mut Chance::new(SEED), 50_000, 0.0, 0.0);
    let line = dependence(&report, 0.99);
    assert_held(&line, SEED);
    let found = effective_size(&report).expect("enough");
    assert!(found > 30_000.0, "{found}, seed {SEED}");
    assert!(
        line.sentence().contains("p99 lies between what they show as p98.9"),
        "{}",
        shown(&line)
    );
}

#[test]
fn latencies_that_follow_each_other_are_few() {
    // n(1 − r)/(1 + r) of an autoregressive sequence: 10,000 are as many as 50 (r = 0.99).
    let report = round(&mut Chance::new(SEED), 10_000, 0.99, 0.0);
    let line = dependence(&report, 0.99);
    assert_failed(&line, SEED);
    assert!(line.sentence().starts_with("10,000 latencies say "), "{}", shown(&line));
    assert!(line.sentence().ends_with("too few for p99"), "{}", shown(&line));
    // 10,000 are as many as 256 (r = 0.95): enough for p90, and for p99.9 not.
    let report = round(&mut Chance::new(SEED), 10_000, 0.95, 0.0);
    assert_held(&dependence(&report, 0.9), SEED);
    assert_failed(&dependence(&report, 0.999), SEED);
}

#[test]
fn dependence_that_reaches_beyond_a_batch_is_told() {
    let report = round(&mut Chance::new(SEED), 10_000, 0.998, 0.0);
    assert_not_judged(&dependence(&report, 0.5), "at most as much as");
}

#[test]
fn a_latency_that_alternates_says_no_more_than_its_number() {
    let mut recorder = Batches::new(0, 10);
    (0..5_000_u64).for_each(|at| recorder.ended(1, 100 + at % 2 + at % 7));
    assert!(effective_size(&recorder.report()).expect("enough") <= 5_000.0);
}

#[test]
fn few_latencies_and_equal_ones_are_not_judged() {
    let of = |count, latency: fn(u64) -> u64| {
        let mut recorder = Batches::new(0, 10);
        (0..count).for_each(|at| recorder.ended(1, latency(at)));
        recorder.report()
    };
    let few = of(FEWEST_LATENCIES - 1, |at| at % 10);
    assert_not_judged(&dependence(&few, 0.99), "1,023 latencies say too little");
    assert_not_judged(&dependence(&of(5_000, |_| 7), 0.99), "alike");
    for wrong in [0.0, 1.0, f64::NAN, -3.0] {
        assert_not_judged(&dependence(&of(5_000, |at| at % 10), wrong), "no percentile");
    }
}
