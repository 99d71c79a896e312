//! Little's law holds where everything is counted, and fails where exchanges are missed.

mod common;

use common::*;
use wirebench_audit::{GRID_STEP_NS, InFlight, InFlightReport, littles_law};

const SEED: u64 = 33;
const UNTIL_NS: u64 = FROM_NS + 1_000_000_000;

/// Of some 6 s, the last of which is the window: 10,000 a second, a millisecond each, ten under way.
fn report(mean_ns: f64, counts: impl Fn(usize) -> bool) -> InFlightReport {
    let mut chance = Chance::new(SEED);
    let exchanges = exchanges(&mut chance, UNTIL_NS as f64 + 1e8, mean_ns);
    played(&exchanges, InFlight::new(FROM_NS, UNTIL_NS, GRID_STEP_NS), counts)
}

#[test]
fn the_law_holds_for_short_exchanges_and_for_long_ones() {
    for mean_ns in [20_000.0, 1e6, 5e7] {
        assert_held(&littles_law(&report(mean_ns, |_| true)), SEED);
    }
}

#[test]
fn it_holds_though_more_is_under_way_at_the_end_than_at_the_beginning() {
    // The load begins with the window, and each exchange takes a tenth of it: what is under way at the end is missing in
    // rate times residence, and nothing was under way before.
    let mut chance = Chance::new(SEED);
    let load: Vec<(u64, u64)> = exchanges(&mut chance, 1.1e9, 1e8)
        .into_iter()
        .map(|(start, end)| (FROM_NS + start, FROM_NS + end))
        .collect();
    let report = played(&load, InFlight::new(FROM_NS, UNTIL_NS, GRID_STEP_NS), |_| true);
    let line = littles_law(&report);
    assert_held(&line, SEED);
    let without_edges = report.residence_ns as f64 / 1e9;
    let found = line.found().expect("a number").value();
    assert!((without_edges / found - 1.0).abs() > 0.05, "{without_edges}, {found}, seed {SEED}");
    // And it is the edges that are recorded, not a wide tolerance, that make it hold.
    assert_failed(&littles_law(&InFlightReport { after_ns: 0, ..report }), SEED);
}

#[test]
fn a_count_that_misses_one_exchange_in_twenty_fails() {
    let line = littles_law(&report(1e6, |at| at % 20 != 3));
    assert_failed(&line, SEED);
    assert!(line.sentence().contains("exchanges are missed"), "{}", shown(&line));
}

#[test]
fn times_that_leave_out_one_exchange_in_twenty_fail() {
    let all = report(1e6, |_| true);
    let missed = InFlightReport { residence_ns: all.residence_ns / 20 * 19, ..all };
    assert_failed(&littles_law(&missed), SEED);
}

#[test]
fn residence_that_ends_with_the_write_instead_of_the_answer_fails() {
    let all = report(1e6, |_| true);
    let cut = InFlightReport { residence_ns: all.residence_ns - all.ended * 30_000, ..all };
    assert_failed(&littles_law(&cut), SEED);
}

#[test]
fn exchanges_that_never_end_are_allowed_for_and_many_of_them_not_judged() {
    let all = report(2e6, |_| true);
    let seen = InFlightReport { sum: all.sum + all.samples / 5 * 4, ..all };
    assert_failed(&littles_law(&seen), SEED);
    assert_held(&littles_law(&InFlightReport { at_end: all.ended_after + 1, ..seen }), SEED);
    let many = InFlightReport { at_end: all.ended_after + 5, ..all };
    assert_not_judged(&littles_law(&many), "never ended");
}

#[test]
fn a_grid_that_is_coarser_than_exchanges_is_not_judged() {
    let mut chance = Chance::new(SEED);
    let exchanges = exchanges(&mut chance, UNTIL_NS as f64 + 1e8, 20_000.0);
    let coarse = InFlight::new(FROM_NS, UNTIL_NS, 10_000_000);
    assert_not_judged(&littles_law(&played(&exchanges, coarse, |_| true)), "too coarse");
}

#[test]
fn few_ends_and_an_empty_window_are_not_judged() {
    let exchanges: Vec<(u64, u64)> = (0..99).map(|at| (at * 1_000, at * 1_000 + 500)).collect();
    let report = |from, until| {
        let mut recorder = InFlight::new(from, until, 7);
        for (start, end) in &exchanges {
            recorder.started(*start, 0);
            recorder.ended(*start, *end, 1);
        }
        recorder.close(until, 0);
        recorder.report().expect("it is closed")
    };
    assert_not_judged(&littles_law(&report(0, 1_000_000)), "99 ends");
    assert_not_judged(&littles_law(&report(5, 5)), "no length");
}

#[test]
fn a_grid_in_step_with_the_arrivals_would_lie_and_the_one_that_is_advised_does_not() {
    // One exchange every millisecond, for 0.1 ms: 0.1 under way. A grid of a millisecond sees all of them or none.
    let exchanges: Vec<(u64, u64)> =
        (0..3_000_u64).map(|at| (at * 1_000_000, at * 1_000_000 + 100_000)).collect();
    let of = |step| played(&exchanges, InFlight::new(0, 2_000_000_000, step), |_| true);
    assert_eq!(of(1_000_000).sum, of(1_000_000).samples);
    assert_held(&littles_law(&of(GRID_STEP_NS)), SEED);
}
