//! Every line about arrivals holds on the arrivals that were planned, and fails on those that are wrong in its way.

mod common;

use common::*;
use wirebench_audit::{
    Arrivals, Lateness, Plan, Starts, StartsReport, dispersion, exponential, mean_gap, rate, slip,
    spacing,
};

const SEED: u64 = 21;
const COUNT: usize = 10_000;
const WINDOW_NS: u64 = 1_000_000_000;

fn constant() -> (Plan, StartsReport) {
    let plan = plan(Arrivals::Constant);
    let times = constant_times(&mut Chance::new(SEED), COUNT);
    let report = recorded_at(&plan, times, WINDOW_NS);
    (plan, report)
}

fn poisson(gaps: impl IntoIterator<Item = f64>) -> (Plan, StartsReport) {
    let plan = plan(Arrivals::Poisson);
    let report = recorded(&plan, gaps);
    (plan, report)
}

fn exponential_gaps(count: usize) -> Vec<f64> {
    let mut chance = Chance::new(SEED);
    (0..count).map(|_| chance.exponential()).collect()
}

/// `size` at one instant, 200 ns apart, once in `size` gaps.
fn burst_times(size: usize) -> impl Iterator<Item = f64> {
    (0..COUNT).map(move |at| (at - at % size) as f64 * GAP_NS + 200.0 * (at % size) as f64)
}

#[test]
fn constant_arrivals_hold_every_line_of_theirs() {
    let (plan, report) = constant();
    for line in [rate, mean_gap, spacing, dispersion] {
        assert_held(&line(&report, &plan), SEED);
    }
}

#[test]
fn poisson_arrivals_hold_every_line_of_theirs() {
    let (plan, report) = poisson(exponential_gaps(COUNT));
    for line in [rate, mean_gap, spacing, dispersion] {
        assert_held(&line(&report, &plan), SEED);
    }
    assert_held(&exponential(&report, &plan, 1), SEED);
}

#[test]
fn bursts_hold_every_line_of_theirs_whatever_their_size() {
    for size in [2, 3, 4, 7, 10, 16, 20, 100] {
        let plan = plan(Arrivals::Bursts { size: size as u64 });
        let report = recorded_at(&plan, burst_times(size), WINDOW_NS);
        for line in [rate, mean_gap, spacing, dispersion] {
            assert_held(&line(&report, &plan), SEED);
        }
    }
}

#[test]
fn a_rate_that_was_lost_fails() {
    let plan = plan(Arrivals::Constant);
    // Two of a hundred arrivals were never started.
    let times = constant_times(&mut Chance::new(SEED), COUNT).into_iter().enumerate();
    let times = times.filter(|(at, _)| at % 50 != 7).map(|(_, time)| time);
    let line = rate(&recorded_at(&plan, times, WINDOW_NS), &plan);
    assert_failed(&line, SEED);
    assert_eq!(line.found_text(), "9,800/s");
    assert_eq!(line.expected_text(), "10,000/s ± 102/s");
    assert_eq!(line.sentence(), "98.0 % of the planned exchanges were started");
}

#[test]
fn a_generator_that_stops_before_the_end_fails_the_rate_and_not_the_pace() {
    let plan = plan(Arrivals::Constant);
    let times = constant_times(&mut Chance::new(SEED), COUNT - 300);
    let report = recorded_at(&plan, times, WINDOW_NS);
    assert_failed(&rate(&report, &plan), SEED);
    assert_held(&mean_gap(&report, &plan), SEED);
}

#[test]
fn the_number_of_a_poisson_schedule_takes_chance_out_of_its_rate() {
    let (plan, report) = poisson(exponential_gaps(COUNT).into_iter().map(|gap| gap * 1.02));
    assert_held(&rate(&report, &plan), SEED);
    assert_failed(&rate(&report, &plan.with_due(10_300)), SEED);
    assert_held(&rate(&report, &plan.with_due(10_050)), SEED);
}

#[test]
fn a_pace_that_is_slower_or_faster_fails_the_mean_gap() {
    let (plan, _) = constant();
    for pace in [0.97, 1.03] {
        assert_failed(&mean_gap(&recorded(&plan, vec![pace; COUNT]), &plan), SEED);
    }
    for pace in [0.92, 1.08] {
        let gaps = exponential_gaps(COUNT).into_iter().map(|gap| gap * pace);
        let (plan, report) = poisson(gaps);
        assert_failed(&mean_gap(&report, &plan), SEED);
    }
}

#[test]
fn exponential_gaps_are_no_constant_arrivals() {
    let (plan, _) = constant();
    let report = recorded(&plan, exponential_gaps(COUNT));
    assert_failed(&spacing(&report, &plan), SEED);
    assert_failed(&dispersion(&report, &plan), SEED);
}

#[test]
fn constant_gaps_are_no_poisson_arrivals() {
    let (plan, report) = poisson(vec![1.0; COUNT]);
    assert_failed(&spacing(&report, &plan), SEED);
    assert_failed(&dispersion(&report, &plan), SEED);
    assert_failed(&exponential(&report, &plan, 1), SEED);
    assert_held(&rate(&report, &plan), SEED);
}

#[test]
fn constant_arrivals_that_are_started_sixteen_at_a_time_fail() {
    let (plan, _) = constant();
    let report = recorded_at(&plan, burst_times(16), WINDOW_NS);
    assert_failed(&spacing(&report, &plan), SEED);
    assert_failed(&dispersion(&report, &plan), SEED);
    assert_held(&rate(&report, &plan), SEED);
}

#[test]
fn gaps_that_are_a_tenth_more_alike_or_more_different_than_poisson_fail() {
    for cv in [0.9, 1.1] {
        let mut chance = Chance::new(SEED);
        let gaps: Vec<f64> = (0..COUNT).map(|_| chance.gamma(cv)).collect();
        let (plan, report) = poisson(gaps);
        assert_failed(&spacing(&report, &plan), SEED);
        assert_failed(&exponential(&report, &plan, 1), SEED);
        assert_held(&mean_gap(&report, &plan), SEED);
    }
}

#[test]
fn a_heavy_tail_with_the_right_variation_is_seen_by_anderson_and_darling_alone() {
    let mut chance = Chance::new(SEED);
    let gaps: Vec<f64> = (0..COUNT).map(|_| chance.heavy_tailed()).collect();
    let (plan, report) = poisson(gaps);
    for line in [rate, mean_gap, spacing, dispersion] {
        assert_held(&line(&report, &plan), SEED);
    }
    assert_failed(&exponential(&report, &plan, 1), SEED);
}

#[test]
fn counts_that_differ_too_much_though_every_gap_is_right_fail_the_dispersion_alone() {
    // The same gaps, each like the one before: of 20,000 every eighth is kept, and those are hardly alike.
    let mut chance = Chance::new(SEED);
    let (plan, report) = poisson(clumped_exponential(&mut chance, 0.5, 20_000));
    assert_failed(&dispersion(&report, &plan), SEED);
    for line in [mean_gap, spacing] {
        assert_held(&line(&report, &plan), SEED);
    }
    assert_held(&exponential(&report, &plan, 1), SEED);
}

#[test]
fn counts_that_are_more_even_than_poisson_fail_the_dispersion() {
    // Long and short gaps in turn, exponential all together: what is above the median is followed by what mirrors it.
    let mut chance = Chance::new(SEED);
    let gaps = (0..COUNT / 2).flat_map(|_| {
        let chance = chance.uniform();
        [-chance.ln(), -(1.0 - chance).ln()]
    });
    let (plan, report) = poisson(gaps.collect::<Vec<_>>());
    assert_failed(&dispersion(&report, &plan), SEED);
    assert_held(&exponential(&report, &plan, 1), SEED);
}

#[test]
fn bursts_of_another_size_fail() {
    let plan = plan(Arrivals::Bursts { size: 16 });
    for size in [1, 8, 32] {
        let report = recorded_at(&plan, burst_times(size), WINDOW_NS);
        assert_failed(&spacing(&report, &plan), SEED);
        assert_failed(&dispersion(&report, &plan), SEED);
    }
}

#[test]
fn late_starts_fail_the_slip_at_a_tenth_of_the_gap() {
    for arrivals in [Arrivals::Constant, Arrivals::Poisson, Arrivals::Bursts { size: 8 }] {
        let plan = plan(arrivals);
        let late = |p99_ns| slip(&Lateness { count: 5_000, p99_ns }, &plan);
        assert_held(&late(10_000), SEED);
        assert_failed(&late(10_001), SEED);
        assert_eq!(late(25_000).expected_text(), "at most 10 µs");
    }
    let line = slip(&Lateness { count: 5_000, p99_ns: 25_000 }, &plan(Arrivals::Constant));
    assert_eq!(line.sentence(), "starts were late: p99 of lateness is 25 µs, at a gap of 100 µs");
}

#[test]
fn starts_that_are_late_more_and_more_often_fail_the_slip() {
    let plan = plan(Arrivals::Constant);
    let of_mean = |mean_ns: f64| {
        let mut chance = Chance::new(SEED);
        let mut late: Vec<u64> =
            (0..COUNT).map(|_| (mean_ns * chance.exponential()) as u64).collect();
        late.sort_unstable();
        slip(&Lateness { count: COUNT as u64, p99_ns: late[COUNT * 99 / 100] }, &plan)
    };
    // p99 of an exponential lateness is 4.6 times its mean.
    assert_held(&of_mean(1_500.0), SEED);
    assert_failed(&of_mean(3_000.0), SEED);
}

#[test]
fn too_little_is_not_judged_and_says_so() {
    let (plan, report) = poisson(exponential_gaps(100));
    assert_not_judged(&mean_gap(&report, &plan), "99 gaps");
    assert_not_judged(&spacing(&report, &plan), "99 gaps");
    assert_not_judged(&exponential(&report, &plan, 1), "99 gaps");
    assert_not_judged(&dispersion(&report, &plan), "windows of ten gaps");
    assert_not_judged(&slip(&Lateness { count: 99, p99_ns: 0 }, &plan), "99 starts");
    let nothing = Starts::new(7, &plan, 1).report(7);
    assert_not_judged(&rate(&nothing, &plan), "no length");
    let (plan, report) = constant();
    assert_not_judged(&exponential(&report, &plan, 1), "only Poisson");
}

#[test]
fn a_server_that_is_asked_nothing_fails_the_rate() {
    let (plan, _) = constant();
    let report = recorded_at(&plan, [], WINDOW_NS);
    assert_failed(&rate(&report, &plan), SEED);
    assert_not_judged(&dispersion(&report, &plan), "no starts");
}

#[test]
fn a_clock_whose_steps_are_nearly_as_long_as_gaps_is_told() {
    let (plan, report) = poisson(exponential_gaps(COUNT));
    assert_held(&exponential(&report, &plan, 5_000), SEED);
    assert_not_judged(&exponential(&report, &plan, 11_000), "times what starts are exact to");
}

#[test]
fn a_timer_that_is_coarser_than_the_clock_is_not_mistaken_for_poisson() {
    // Each gap ends when the timer says so, every half gap; the clock itself is fine.
    let gaps = exponential_gaps(COUNT).into_iter().map(|gap| (2.0 * gap).ceil() / 2.0 - 0.25);
    let (plan, report) = poisson(gaps);
    assert_failed(&exponential(&report, &plan, 1), SEED);
}
