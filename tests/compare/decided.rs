//! What is decided of times and costs, and by how many results.

use crate::harness::Bench;
use crate::made::{
    FRAMINGS, cell, compare, options, result, row, run, try_compare, usual, with_slow,
};
use wirebench::compare::{Standing, TOO_FEW_RESULTS};
use wirebench::result::Document;
use wirebench_verdict::Verdict;

#[test]
fn three_results_of_each_side_find_what_is_slower_and_nothing_else() {
    let compared = compare(&usual(0..3), &with_slow("varint", 1.4, 3..6));
    assert_eq!(compared.standing, Standing::Regressed);
    for framing in FRAMINGS {
        let slow = framing == "varint";
        let expected = if slow { Verdict::Regressed } else { Verdict::Same };
        assert_eq!(cell(&compared, framing).verdict, expected, "{framing}");
        for metric in ["cpu", "p50"] {
            let row = row(&compared, framing, metric);
            assert!(row.decides && row.verdict == expected, "{framing} {row:?}");
            let ratio = row.ratio.expect("a ratio");
            assert!((ratio / if slow { 1.4 } else { 1.0 } - 1.0).abs() < 0.01, "{row:?}");
            assert!(row.low <= row.ratio && row.ratio <= row.high, "{row:?}");
            assert!(row.visible.is_some_and(|visible| visible > 1.05), "{row:?}");
        }
    }
}

#[test]
fn what_is_faster_is_improved() {
    let compared = compare(&with_slow("varint", 1.4, 0..3), &usual(3..6));
    assert_eq!(compared.standing, Standing::Improved);
    assert_eq!(row(&compared, "varint", "p50").verdict, Verdict::Improved);
}

#[test]
fn with_fewer_than_three_results_of_a_side_nothing_timed_is_decided_and_the_ratio_is_shown() {
    for (baseline, new) in [(1, 1), (2, 5), (5, 2)] {
        let compared = compare(&usual(0..baseline), &with_slow("line", 3.0, 10..10 + new));
        assert_eq!(compared.standing, Standing::Inconclusive);
        let row = row(&compared, "line", "p50");
        assert_eq!(row.verdict, Verdict::Inconclusive);
        assert_eq!(row.why.as_deref(), Some(TOO_FEW_RESULTS));
        assert!(row.ratio.is_some_and(|ratio| (2.9..3.1).contains(&ratio)), "{row:?}");
        assert_eq!((row.low, row.high, row.visible), (None, None, None));
    }
}

#[test]
fn what_would_decide_is_said_once_below_the_table_and_on_standard_error() {
    let bench = Bench::new();
    let ran = run(&bench, &usual(0..1), &usual(1..2), &[]);
    assert_eq!(ran.code, Some(106), "{ran}");
    for said in [&ran.stdout, &ran.stderr] {
        let said = said.replace("\n  ", " ");
        assert_eq!(said.matches("three results or more of each side").count(), 1, "{said}");
        assert!(said.contains("--baseline-plugins DIR") && said.contains("--baseline-server"));
    }
    assert!(!ran.stdout.contains(TOO_FEW_RESULTS), "{ran}");
}

#[test]
fn the_limits_that_are_given_decide_and_the_others_are_shown() {
    let options = options(&["p50=50%", "p99.9=10%"], &[]);
    let new = with_slow("line", 1.3, 3..6);
    let compared = try_compare(&usual(0..3), &new, &options).expect("they can be compared");
    assert_eq!(row(&compared, "line", "p50").verdict, Verdict::Same);
    let percentile = row(&compared, "line", "p99.9");
    assert_eq!((percentile.verdict, percentile.limit), (Verdict::Regressed, Some(0.1)));
    let shown = row(&compared, "line", "cpu");
    assert_eq!((shown.decides, shown.verdict), (false, Verdict::Regressed));
    assert_eq!(compared.standing, Standing::Regressed);
}

#[test]
fn every_percentile_is_that_of_the_histogram() {
    let options = options(&["p95=5%"], &[]);
    let (baseline, new) = (usual(0..3), usual(3..6));
    let compared = try_compare(&baseline, &new, &options).expect("they can be compared");
    let logs: Vec<f64> = baseline
        .iter()
        .map(|document| {
            let histogram = document.cells[0].latency_ns.histogram.as_ref().expect("samples");
            (histogram.percentile(95.0).expect("enough of them") as f64).ln()
        })
        .collect();
    let right = (logs.iter().sum::<f64>() / 3.0).exp();
    assert_eq!(row(&compared, "line", "p95").baseline.map(f64::round), Some(right.round()));
}

#[test]
fn a_rate_that_falls_is_worse() {
    let fewer = |document: &Document| {
        let mut document = document.clone();
        let cell = &mut document.cells[0];
        cell.rate.achieved = cell.rate.achieved.map(|rate| rate / 1.5);
        document
    };
    // Rates of made results are exact: without noise in them, one is no more than a copy of another.
    let options = options(&["rate=10%"], &[]);
    let new: Vec<Document> = usual(3..6).iter().map(fewer).collect();
    let compared = try_compare(&usual(0..3), &new, &options).expect("they can be compared");
    let row = row(&compared, "line", "rate");
    assert_eq!(row.verdict, Verdict::Regressed);
    assert!(row.ratio.is_some_and(|ratio| (0.66..0.67).contains(&ratio)), "{row:?}");
}

#[test]
fn a_metric_that_results_do_not_have_is_inconclusive_and_says_why() {
    let mut silent = usual(3..6);
    for document in &mut silent {
        document.cells[1].latency_ns = Default::default();
        document.cells[2].cpu.client_ns_per_message = None;
    }
    let compared = compare(&usual(0..3), &silent);
    let of = |framing, metric| row(&compared, framing, metric).clone();
    let empty = of("len16be", "p50");
    assert_eq!(empty.verdict, Verdict::Inconclusive);
    assert_eq!(empty.why.as_deref(), Some("in new/0: there are no samples"));
    let missing = of("len32be", "cpu");
    assert!(missing.why.is_some_and(|why| why.starts_with("in new/0: ")), "a reason");
    assert_eq!(of("line", "p50").verdict, Verdict::Same);
    assert_eq!(compared.standing, Standing::PartlyTold);
}

#[test]
fn what_cannot_all_be_told_fails_only_when_strict() {
    let bench = Bench::new();
    let scattered = |seed: u64| {
        let times = [1.0, 1.5, 0.7][seed as usize % 3];
        result(seed, |framing| if framing == "cobs" { times } else { 1.0 })
    };
    let (baseline, new) = ([0, 1, 2].map(scattered), [3, 4, 5].map(scattered));
    let ran = run(&bench, &baseline, &new, &[]);
    assert_eq!(ran.code, Some(0), "{ran}");
    let ran = run(&bench, &baseline, &new, &["--strict"]);
    assert_eq!(ran.code, Some(106), "{ran}");
    let ran = run(&bench, &usual(0..3), &usual(3..6), &["--strict"]);
    assert_eq!(ran.code, Some(0), "{ran}");
}
