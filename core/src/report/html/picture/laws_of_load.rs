//! What holds of pictures of open loops, and of rounds over time.

use super::drawing::Mark;
use super::laws::{assert_inside, assert_well_formed};
use super::made::{Size, as_open, document, figures, series, shown};
use super::samples::Samples;
use super::{Figure, Timed, over_time};
use crate::measure::{Histogram, P50, P90, P99, Series};
use crate::result::Document;
use crate::result::document::{CellResult, Times};

const SMALL: Size = Size { groups: 3, kinds: 2, rounds: 3 };

/// The most bytes of a picture over time: forty of them stand on a page.
const MOST_BYTES: usize = 60 << 10;

fn open_document() -> Document {
    let mut document = document(SMALL);
    document.cells.iter_mut().for_each(|cell| as_open(cell, 0.999));
    document
}

/// A cell with these bins in each round.
fn over(rounds: u32, series: &Series) -> CellResult {
    let mut document = document(Size { groups: 1, kinds: 1, rounds });
    let mut cell = document.cells.remove(0);
    for round in &mut cell.rounds {
        round.window_ns = Some(series.bin_ns.saturating_mul(series.len() as u64));
        round.series = Some(series.clone());
    }
    cell
}

fn starting<'a>(figures: &'a [Figure], id: &str) -> Vec<&'a Figure> {
    figures.iter().filter(|figure| figure.id.starts_with(id)).collect()
}

#[test]
fn a_line_ends_at_the_share_that_was_done() {
    for (done, slower) in [(90_u64, 10_u64), (999, 1), (1_000, 1), (1, 99), (60_000, 40_000)] {
        let mut histogram = Histogram::new();
        (0..done).for_each(|at| histogram.record(1_000 + at * 10));
        let known = done as f64 / (done + slower) as f64;
        let kept = Samples::of(&histogram, slower).expect("there are samples");
        let tail = kept.tail().last().expect("a point").0;
        assert!(tail <= known + 1e-9, "{done} and {slower}: {tail} of {known}");
        assert!(tail >= known - 1e-9 || known < 0.5, "{done} and {slower}: {tail} of {known}");
        let last = kept.distribution().last().expect("a point");
        assert!((last.1 - known).abs() < 1e-9, "{done} and {slower}: {last:?} of {known}");
        assert_eq!(Some(last.0 as u64), histogram.max());
    }
}

#[test]
fn percentiles_with_slower_ones_are_drawn_where_the_table_has_them() {
    for (done, slower) in [(1_000_u64, 1_u64), (9_000, 900), (990, 9), (12_345, 678)] {
        let mut histogram = Histogram::new();
        (0..done).for_each(|at| histogram.record(1_000 + at * 10));
        let times = Times::of_some(&histogram, slower);
        let kept = Samples::of(&histogram, slower).expect("there are samples");
        for (share, name, ns) in
            [(0.5, P50, times.p50), (0.9, P90, times.p90), (0.99, P99, times.p99)]
        {
            let drawn = kept.tail().iter().find(|(at, _)| (at - share).abs() < 1e-9);
            let drawn = drawn.map(|(_, ns)| *ns as u64);
            assert_eq!(drawn, ns, "{name} of {done} and {slower}");
        }
    }
}

#[test]
fn the_legend_says_where_a_line_ends_and_why() {
    let figures = figures(&open_document());
    for id in ["latency", "cdf"] {
        for figure in starting(&figures, id) {
            let text = shown(figure);
            assert!(text.contains("slower than all that were done"), "{text}");
            assert!(text.contains("a line ends at the share that was done"), "{text}");
        }
    }
    let closed = super::made::figures(&document(SMALL));
    assert!(closed.iter().all(|figure| !shown(figure).contains("slower than all that were done")));
}

#[test]
fn a_saturated_point_has_a_shape_and_a_word() {
    let mut document = open_document();
    as_open(&mut document.cells[2], 0.6);
    let with = figures(&document);
    let curve = starting(&with, "curve")[0];
    let fences =
        curve.drawing.marks.iter().filter(|mark| matches!(mark, Mark::Dot { shape: "fence", .. }));
    assert!(fences.count() >= 1);
    let text = shown(curve);
    assert!(text.contains("saturated</text>"), "{text}");
    assert!(text.contains("no: saturated"), "the table says it too: {text}");
    let without = figures(&open_document());
    assert!(!shown(starting(&without, "curve")[0]).contains("saturated"));
}

#[test]
fn the_rate_of_an_open_loop_is_called_what_it_is_and_nothing_is_marked_as_best_by_it() {
    let figures = figures(&open_document());
    let rate = starting(&figures, "rate")[0];
    let text = shown(rate);
    assert!(text.contains("What rate each cell achieved"), "{text}");
    assert!(!text.contains("more is better"), "{text}");
    assert!(rate.table.rows.iter().all(|row| !row[1].text.contains('*')), "{text}");
}

#[test]
fn everything_over_time_stands_inside_of_its_drawing_whatever_the_rounds_say() {
    let mut odd = series(300);
    for at in 0..300 {
        odd.offered[at] = [0, u64::MAX, 7][at % 3];
        odd.achieved[at] = [u64::MAX, 0][at % 2];
        odd.anomalies[at] = u64::MAX / 2;
        odd.p50_ns[at] = [None, Some(0), Some(u64::MAX)][at % 3];
        odd.p99_ns[at] = (at % 7 == 0).then_some(1);
        odd.max_ns[at] = None;
    }
    for rounds in [1, 2, 5] {
        for made in [series(2), series(161), series(3_000), odd.clone()] {
            let cell = over(rounds, &made);
            let figure = over_time(&cell, 1).expect("there are bins");
            assert_inside(&figure.id, &figure.drawing);
            let text = shown(&figure);
            assert_well_formed(&figure.id, &text);
            assert!(text.len() <= MOST_BYTES, "{} bytes", text.len());
            let fields = figure.table.head.len();
            assert!(!figure.table.rows.is_empty());
            assert!(figure.table.rows.iter().all(|row| row.len() == fields));
        }
    }
}

#[test]
fn bins_that_are_merged_for_drawing_are_said_and_lose_no_anomaly() {
    let mut made = series(3_000);
    (made.anomalies[17], made.anomalies[2_999]) = (3, 1);
    let figure = over_time(&over(2, &made), 1).expect("there are bins");
    assert!(figure.left_out.as_deref().is_some_and(|words| words.contains("bins of the result")));
    let crosses =
        figure.drawing.marks.iter().filter(|mark| matches!(mark, Mark::Dot { shape: "cross", .. }));
    assert_eq!(crosses.count(), 2);
    let told: u64 =
        figure.table.rows.iter().map(|row| row[4].text.parse::<u64>().expect("a count")).sum();
    assert_eq!(told, 8, "of both rounds");
    let points = figure.drawing.marks.iter().filter_map(|mark| match mark {
        Mark::Poly { points, .. } => Some(points.len()),
        _ => None,
    });
    assert!(points.max() <= Some(160));
    assert_eq!(over_time(&over(1, &series(9)), 1).and_then(|figure| figure.left_out), None);
}

#[test]
fn a_line_of_times_has_a_gap_where_nothing_was_done() {
    let mut made = series(9);
    for column in [&mut made.p50_ns, &mut made.p99_ns, &mut made.max_ns] {
        (column[3], column[4]) = (None, None);
    }
    let figure = over_time(&over(1, &made), 1).expect("there are bins");
    let of_p50 = figure
        .drawing
        .marks
        .iter()
        .filter(|mark| matches!(mark, Mark::Poly { class, .. } if class.starts_with("hue-3")));
    assert_eq!(of_p50.count(), 2, "before and after the gap");
    assert_eq!(figure.table.rows[3][5].text, crate::report::numbers::NOTHING);
}

#[test]
fn of_a_thousand_cells_those_that_decide_are_drawn_over_time_and_the_rest_is_said() {
    let mut document = document(Size { groups: 40, kinds: 25, rounds: 1 });
    for cell in &mut document.cells {
        cell.rounds.iter_mut().for_each(|round| round.series = Some(series(20)));
    }
    let timed = Timed::of(&document);
    let drawn = (0..1_000).filter(|cell| timed.draws(*cell)).count();
    assert_eq!(drawn, 40);
    assert!(timed.left_out().is_some_and(|words| words.starts_with("1000 cells; 40 are drawn")));
}

#[test]
fn rounds_of_before_there_were_series_have_no_picture_over_time() {
    let cell = document(SMALL).cells.remove(0);
    assert!(cell.rounds.iter().all(|round| round.series.is_none()));
    assert!(over_time(&cell, 1).is_none());
}
