//! Recorders take the memory that they say, once, however long a round is.

use allocation_counter::measure;
use wirebench_audit::{Arrivals, Batches, GRID_STEP_NS, InFlight, MOST_KEPT, Plan, Starts};

struct Recorders {
    starts: Starts,
    in_flight: InFlight,
    batches: Batches,
}

fn made() -> Recorders {
    let plan = Plan::new(Arrivals::Poisson, 1e6).expect("a rate");
    Recorders {
        starts: Starts::new(0, &plan, 1),
        in_flight: InFlight::new(0, u64::MAX, GRID_STEP_NS),
        batches: Batches::new(0, 1_000_000_000),
    }
}

#[test]
fn all_of_them_take_less_than_64_kib() {
    let inline = size_of::<Recorders>() as u64;
    let mut kept = None;
    let heap = measure(|| kept = Some(made())).bytes_total;
    assert!(inline + heap < 64 * 1024, "{inline} and {heap} bytes");
}

#[test]
fn a_million_exchanges_allocate_nothing() {
    let mut recorders = made();
    let info = measure(|| {
        for at in 0..1_000_000 {
            recorders.starts.started(at * 1_000);
            recorders.in_flight.started(at * 1_000, 0);
            recorders.in_flight.ended(at * 1_000, at * 1_000 + 700, 1);
            recorders.batches.ended(at * 1_000 + 700, 700);
        }
    });
    assert_eq!(info.count_total, 0, "{info:?}");
}

#[test]
fn an_hour_without_a_start_is_as_quick_as_a_gap() {
    // 360 million empty windows, and 3.6 billion points of the grid: counted, not walked.
    let mut recorders = made();
    recorders.starts.started(0);
    recorders.starts.started(3_600_000_000_000);
    recorders.in_flight.started(0, 0);
    recorders.in_flight.ended(0, 3_600_000_000_000, 1);
    assert_eq!(recorders.starts.report(0).windows.count, 360_000_000);
    recorders.in_flight.close(3_600_000_000_000, 0);
    let report = recorders.in_flight.report().expect("it is closed");
    assert_eq!(report.samples, 3_600_000_000_000_u64.div_ceil(GRID_STEP_NS));
    assert_eq!(report.sum, report.samples);
}

#[test]
fn kept_gaps_are_of_the_whole_round() {
    let mut recorders = made();
    let mut at = 0;
    for gap in 0..1_000_000 {
        at += gap;
        recorders.starts.started(at);
    }
    // Gap n is n + 1 ns long, so each says where it was.
    let report = recorders.starts.report(at);
    assert!((MOST_KEPT / 2..=MOST_KEPT).contains(&report.kept_gaps.len()));
    for (block, gap) in report.kept_gaps.iter().enumerate() {
        assert_eq!((gap - 1) / report.kept_of, block as u64);
    }
}
