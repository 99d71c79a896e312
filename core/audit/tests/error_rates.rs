//! How often each statistical line is wrong about right data, and how often it finds what is wrong, by simulation.

mod common;

use common::*;
use wirebench_audit::{
    Arrivals, Batches, BatchesReport, Change, GRID_STEP_NS, InFlight, Line, Outcome,
    SMALLEST_CHANGE, dependence, dispersion, effective_size, exponential, littles_law, mean_gap,
    rate, spacing, steady,
};

const SEED: u64 = 77;

/// Gaps of one round.
const GAPS: usize = 2_000;

/// How many of `runs` fail. Not judged is a mistake of the test.
fn failures(runs: usize, mut line: impl FnMut(&mut Chance) -> Line) -> usize {
    let mut chance = Chance::new(SEED);
    let failed = |line: Line| {
        assert_ne!(line.outcome(), Outcome::NotJudged, "{}", shown(&line));
        line.outcome() == Outcome::Failed
    };
    (0..runs).filter(|_| failed(line(&mut chance))).count()
}

/// Fails at most as often as `level` says, with three standard deviations for the simulation's own chance.
#[track_caller]
fn assert_level(name: &str, failed: usize, runs: usize, level: f64) {
    let expected = runs as f64 * level;
    let most = expected + 3.0 * (expected * (1.0 - level)).sqrt();
    eprintln!("{name}: {failed} of {runs} right ones fail, seed {SEED}");
    assert!(failed as f64 <= most, "{name}: {failed} of {runs}, seed {SEED}");
}

#[track_caller]
fn assert_power(name: &str, failed: usize, runs: usize, least: f64) {
    eprintln!("{name}: {failed} of {runs} wrong ones fail, seed {SEED}");
    assert!(failed as f64 >= least * runs as f64, "{name}: {failed} of {runs}, seed {SEED}");
}

fn on_gaps(chance: &mut Chance, line: &str, mut gap: impl FnMut(&mut Chance) -> f64) -> Line {
    let plan = plan(Arrivals::Poisson);
    let report = recorded(&plan, (0..=GAPS).map(|_| gap(chance)));
    match line {
        "rate" => rate(&report, &plan),
        "mean gap" => mean_gap(&report, &plan),
        "spacing" => spacing(&report, &plan),
        "dispersion" => dispersion(&report, &plan),
        _ => exponential(&report, &plan, 1),
    }
}

#[test]
fn poisson_arrivals_fail_no_line_more_often_than_its_level() {
    for line in ["rate", "mean gap", "spacing", "dispersion", "exponential"] {
        let failed = failures(1_000, |chance| on_gaps(chance, line, Chance::exponential));
        assert_level(line, failed, 1_000, 0.01);
    }
}

#[test]
fn gaps_kept_of_a_long_round_fail_no_more_often_than_those_of_a_short_one() {
    let plan = plan(Arrivals::Poisson);
    let failed = failures(400, |chance| {
        let report = recorded(&plan, (0..30_000).map(|_| chance.exponential()));
        assert!(report.kept_of > 8, "{}", report.kept_of);
        exponential(&report, &plan, 1)
    });
    assert_level("exponential, long rounds", failed, 400, 0.01);
}

#[test]
fn the_critical_value_of_anderson_and_darling_is_passed_by_one_sample_in_a_hundred() {
    // Not only at most: a test that never fails would keep its level too.
    let failed = failures(2_000, |chance| on_gaps(chance, "exponential", Chance::exponential));
    assert!((8..=34).contains(&failed), "{failed} of 2,000, seed {SEED}");
}

#[test]
fn steps_of_the_clock_of_an_eleventh_of_the_gap_leave_the_level_what_it_is() {
    let plan = plan(Arrivals::Poisson);
    let tick = GAP_NS / 11.0;
    let failed = failures(1_000, |chance| {
        // Both ends of a gap are read off such a clock.
        let mut at = 0.0;
        let times: Vec<f64> = (0..=GAPS)
            .map(|_| {
                at += GAP_NS * chance.exponential();
                (at / tick).floor() * tick
            })
            .collect();
        exponential(&recorded_at(&plan, times, 1), &plan, tick as u64)
    });
    assert_level("exponential, coarse clock", failed, 1_000, 0.01);
}

/// Poisson arrivals, each started up to `late` gaps after it was due, and never before the one in front of it.
fn late_times(chance: &mut Chance, late: f64) -> Vec<f64> {
    let (mut due, mut last) = (0.0, 0.0_f64);
    (0..=GAPS)
        .map(|_| {
            due += GAP_NS * chance.exponential();
            last = last.max(due + late * GAP_NS * chance.uniform());
            last
        })
        .collect()
}

#[test]
fn lateness_that_is_told_leaves_the_level_what_it_is_and_is_found_where_it_is_not() {
    let plan = plan(Arrivals::Poisson);
    for late in [0.02, 0.05, 0.09] {
        let exact_to_ns = (0.99 * late * GAP_NS) as u64;
        let failed = failures(400, |chance| {
            exponential(&recorded_at(&plan, late_times(chance, late), 1), &plan, exact_to_ns)
        });
        assert_level(&format!("exponential, late by up to {late} gaps"), failed, 400, 0.01);
    }
    let failed = failures(200, |chance| {
        exponential(&recorded_at(&plan, late_times(chance, 0.09), 1), &plan, 1)
    });
    assert_power("exponential, late by up to 0.09 gaps and not told", failed, 200, 0.9);
}

#[test]
fn wrong_gaps_are_found_though_starts_are_late_by_a_twentieth_of_the_gap() {
    let plan = plan(Arrivals::Poisson);
    let exact_to_ns = (GAP_NS / 20.0) as u64;
    for (name, least, gap) in [
        ("gamma 0.9", 0.5, (|chance| chance.gamma(0.9)) as fn(&mut Chance) -> f64),
        ("heavy tail", 0.95, Chance::heavy_tailed),
    ] {
        let failed = failures(200, |chance| {
            let report = recorded(&plan, (0..=GAPS).map(|_| gap(chance)));
            exponential(&report, &plan, exact_to_ns)
        });
        assert_power(&format!("exponential, a twentieth, {name}"), failed, 200, least);
    }
}

#[test]
fn without_spreading_ties_the_steps_of_the_clock_would_be_found_instead() {
    let plan = plan(Arrivals::Poisson);
    let failed = failures(100, |chance| {
        let gaps: Vec<f64> =
            (0..=GAPS).map(|_| (chance.exponential() * 10.0).round() / 10.0).collect();
        // The clock is said to be fine.
        exponential(&recorded(&plan, gaps), &plan, 1)
    });
    assert_power("exponential, steps that are not told", failed, 100, 0.9);
}

#[test]
fn wrong_gaps_are_found() {
    for (cv, by_spacing, by_form) in [(0.9, 0.5, 0.9), (1.1, 0.5, 0.8), (0.8, 0.99, 0.99)] {
        let gamma = |chance: &mut Chance| chance.gamma(cv);
        let failed = failures(300, |chance| on_gaps(chance, "spacing", gamma));
        assert_power(&format!("spacing, gamma {cv}"), failed, 300, by_spacing);
        let failed = failures(300, |chance| on_gaps(chance, "exponential", gamma));
        assert_power(&format!("exponential, gamma {cv}"), failed, 300, by_form);
    }
    let failed = failures(300, |chance| on_gaps(chance, "exponential", Chance::heavy_tailed));
    assert_power("exponential, heavy tail", failed, 300, 0.99);
    let failed = failures(300, |chance| on_gaps(chance, "spacing", Chance::heavy_tailed));
    eprintln!("spacing, heavy tail: {failed} of 300 fail, which it is not made to see");
}

#[test]
fn clumps_are_found_by_the_counts() {
    let plan = plan(Arrivals::Poisson);
    for (likeness, least) in [(0.3, 0.95), (0.5, 0.99)] {
        let failed = failures(300, |chance| {
            dispersion(&recorded(&plan, clumped_exponential(chance, likeness, GAPS)), &plan)
        });
        assert_power(&format!("dispersion, likeness {likeness}"), failed, 300, least);
    }
}

#[test]
fn a_rate_that_lost_more_than_its_tolerance_is_found_and_one_that_lost_less_is_not() {
    let plan = plan(Arrivals::Constant);
    let lost = |share: f64| {
        failures(200, |chance| {
            let mut times = constant_times(chance, 10_000);
            times.retain(|_| chance.uniform() > share);
            rate(&recorded_at(&plan, times, 1_000_000_000), &plan)
        })
    };
    assert_level("rate, 0.5 % lost", lost(0.005), 200, 0.01);
    assert_power("rate, 1.5 % lost", lost(0.015), 200, 0.99);
}

#[test]
fn littles_law_fails_rarely_where_all_is_counted_and_always_where_a_twentieth_is_missed() {
    let from = 20_000_000;
    let until = from + 300_000_000;
    let run = |chance: &mut Chance, counts: fn(usize) -> bool| {
        let load = exchanges(chance, until as f64 + 2e7, 1e6);
        littles_law(&played(&load, InFlight::new(from, until, GRID_STEP_NS), counts))
    };
    let failed = failures(300, |chance| run(chance, |_| true));
    assert_level("Little's law", failed, 300, 0.01);
    let failed = failures(100, |chance| run(chance, |at| at % 20 != 0));
    assert_power("Little's law, a twentieth missed", failed, 100, 0.99);
}

fn drifting(chance: &mut Chance, rounds: usize, noise: f64, drift: f64) -> Line {
    let changes: Vec<Change> = (0..rounds)
        .map(|_| {
            let last = (1.0 + drift) * (noise * chance.normal()).exp();
            Change::new(1.0, last).expect("a ratio")
        })
        .collect();
    steady(&changes, SMALLEST_CHANGE)
}

#[test]
fn steady_rounds_are_called_so_in_nineteen_of_twenty_and_a_drift_is_found() {
    for (rounds, noise) in [(3, 0.1), (5, 0.05), (10, 0.3)] {
        let failed = failures(1_000, |chance| drifting(chance, rounds, noise, 0.0));
        assert_level(&format!("steady, {rounds} rounds, noise {noise}"), failed, 1_000, 0.05);
    }
    for (rounds, noise, least) in [(3, 0.01, 0.95), (5, 0.03, 0.9), (10, 0.05, 0.9)] {
        let failed = failures(500, |chance| drifting(chance, rounds, noise, 0.1));
        assert_power(&format!("steady, {rounds} rounds, noise {noise}"), failed, 500, least);
    }
}

/// Latencies each of which is like the one before.
fn following(chance: &mut Chance, count: usize, likeness: f64) -> BatchesReport {
    let mut recorder = Batches::new(0, 10);
    let mut noise = chance.normal();
    for _ in 0..count {
        noise = likeness * noise + (1.0 - likeness * likeness).sqrt() * chance.normal();
        recorder.ended(1, (1e6 + 1e5 * noise) as u64);
    }
    recorder.report()
}

#[test]
fn enough_independent_latencies_are_never_called_too_few_and_few_are_found() {
    let failed = failures(300, |chance| dependence(&following(chance, 5_000, 0.0), 0.99));
    assert_level("dependence", failed, 300, 0.01);
    let failed = failures(200, |chance| dependence(&following(chance, 5_000, 0.99), 0.99));
    assert_power("dependence, likeness 0.99", failed, 200, 0.98);
}

#[test]
fn the_effective_size_is_that_of_an_autoregressive_sequence() {
    // n(1 − r)/(1 + r): C. J. Geyer, *Practical Markov chain Monte Carlo*, Statistical Science 7, 1992.
    for likeness in [0.0, 0.5, 0.9, 0.99] {
        let mut chance = Chance::new(SEED);
        let count = 20_000;
        let truth = count as f64 * (1.0 - likeness) / (1.0 + likeness);
        let mut ratios: Vec<f64> = (0..100)
            .map(|_| {
                effective_size(&following(&mut chance, count, likeness)).expect("enough") / truth
            })
            .collect();
        ratios.sort_by(f64::total_cmp);
        let (low, middle, high) = (ratios[5], ratios[50], ratios[94]);
        eprintln!(
            "likeness {likeness}: {low:.2} to {high:.2} of the truth, median {middle:.2}, seed {SEED}"
        );
        assert!(
            (0.85..1.3).contains(&middle) && low > 0.5,
            "{likeness}: {low} {middle}, seed {SEED}"
        );
    }
}
