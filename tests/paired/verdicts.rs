//! What is said of builds, and with which code a run ends.

use crate::builds::{HANGS, MUCH_SLOWER, SCENARIO, arguments, build, comparison, row};
use crate::harness::{Bench, Document, Ran};
use serde_json::Value;

/// Plays a build against another, and returns how it ended and the comparison.
fn compared(new: u32, baseline: u32, more: &[&str]) -> (Bench, Ran, Value) {
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let (new, baseline) = (build(&bench, "new", new), build(&bench, "baseline", baseline));
    let ran = bench.start(&arguments(&new, &baseline, more)).wait();
    assert!(bench.out().exists(), "{ran}");
    let comparison = comparison(&bench);
    (bench, ran, comparison)
}

#[test]
fn a_build_that_is_slower_fails_with_103_and_says_where() {
    let (_, ran, comparison) = compared(MUCH_SLOWER, 0, &[]);
    assert_eq!(ran.code, Some(103), "{ran}");
    for cell in ["framing=len32be", "framing=line"] {
        let p50 = row(&comparison, cell, "p50");
        assert_eq!(p50["verdict"], "regressed", "{p50}");
        assert!(p50["low"].as_f64() > Some(1.05), "{p50}");
        assert!(!p50["fresh"].as_array().expect("a list").is_empty(), "{p50}");
    }
    assert!(ran.stderr.contains("regressed against plugins in"), "{ran}");
    assert!(ran.stderr.contains("framing="), "{ran}");
    assert!(ran.stdout.contains("finds from"), "{ran}");
}

#[test]
fn a_build_that_is_the_same_is_not_called_worse() {
    // So wide that the other tests of a busy machine cannot be taken for a change.
    let limits = ["--set", "baseline.limits={ cpu = \"100%\", p50 = \"100%\" }"];
    let (_, ran, comparison) = compared(0, 0, &limits);
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    assert_ne!(comparison["standing"], "regressed", "{comparison}");
    // Bytes do not depend on time, and are the same whatever the noise.
    assert_eq!(row(&comparison, "framing=line", "bytes")["verdict"], "same");
}

#[test]
fn a_build_that_is_faster_is_called_improved() {
    let (_, ran, comparison) = compared(0, MUCH_SLOWER, &[]);
    assert!(matches!(ran.code, Some(0 | 106)), "{ran}");
    assert_eq!(row(&comparison, "framing=len32be", "p50")["verdict"], "improved", "{comparison}");
}

#[test]
fn a_count_that_may_depend_on_time_is_not_decided_on_by_a_few_rounds() {
    let (_, _, comparison) = compared(0, 0, &[]);
    for metric in ["segments", "writes"] {
        let row = row(&comparison, "framing=line", metric);
        assert_eq!(row["decides"], false, "{row}");
        assert!(row["why"].as_str().is_some_and(|why| why.contains("so few rounds")), "{row}");
    }
}

#[test]
fn a_metric_that_does_not_decide_is_shown_and_fails_nothing() {
    let limits = "baseline.limits={ overhead-of-nothing = \"5%\" }";
    let bench = Bench::new();
    bench.write("scenario.toml", SCENARIO);
    let ran = bench.start(&["check", "scenario.toml", "--set", limits]).wait();
    assert_eq!(ran.code, Some(104), "{ran}");
    let rate_only = ["--set", "baseline.limits={ context-switches = \"100%\" }"];
    let (_, ran, comparison) = compared(MUCH_SLOWER, 0, &rate_only);
    let p50 = row(&comparison, "framing=line", "p50");
    assert_eq!(p50["decides"], false, "{p50}");
    assert_ne!(ran.code, Some(103), "{ran}");
}

#[test]
fn both_results_are_kept_and_stand_for_themselves() {
    let (bench, _, comparison) = compared(MUCH_SLOWER, 0, &["--json", "result.json"]);
    let new = bench.document();
    let p50 = |document: &Document| {
        document.cells().next().expect("a cell").0["latency_ns"]["p50"].clone()
    };
    let kept =
        |subject: &str| comparison[subject]["results"][0].as_str().expect("a file").to_owned();
    let baseline = Document::read(&bench.folder().join(kept("baseline")));
    assert_eq!(p50(&Document::read(&bench.folder().join(kept("new")))), p50(&new));
    assert!(
        p50(&baseline).as_u64() < p50(&new).as_u64(),
        "{baseline:?}",
        baseline = p50(&baseline)
    );
    assert_ne!(baseline.0["plugins"][0]["sha256"], new.0["plugins"][0]["sha256"]);
}

#[test]
fn each_build_is_first_equally_often_and_every_ratio_follows_from_its_rounds() {
    let (_, _, comparison) = compared(0, 0, &[]);
    for cell in comparison["cells"].as_array().expect("cells") {
        for row in cell["rows"]
            .as_array()
            .expect("rows")
            .iter()
            .filter(|row| row["decides"] == true && row["exact"] == false)
        {
            let pairs = row["pairs"].as_array().expect("pairs");
            let first = pairs.iter().filter(|pair| pair["baseline_first"] == true).count();
            assert_eq!((pairs.len(), first), (4, 2), "{row}");
            let fresh = row["fresh"].as_array().expect("pairs");
            let deciding = if fresh.is_empty() { pairs } else { fresh };
            let log = |pair: &Value| {
                let figure = |name: &str| pair[name].as_f64().expect("a figure");
                (figure("new") / figure("baseline")).ln()
            };
            let mean_of = |order: bool| {
                let logs: Vec<f64> = deciding
                    .iter()
                    .filter(|pair| pair["baseline_first"] == order)
                    .map(log)
                    .collect();
                logs.iter().sum::<f64>() / logs.len() as f64
            };
            let ratio = f64::midpoint(mean_of(true), mean_of(false)).exp();
            let told = row["ratio"].as_f64().expect("a ratio");
            assert!((ratio / told - 1.0).abs() < 1e-9, "{ratio}, not {told}: {row}");
        }
    }
    let controls = comparison["controls"].as_array().expect("controls");
    assert!(
        controls
            .iter()
            .all(|control| control["pairs"].as_array().is_some_and(|pairs| pairs.len() >= 6))
    );
}

#[test]
fn a_baseline_that_hangs_is_told_as_the_baselines_and_is_107() {
    let hook = ["--set", "load.hook-timeout=\"200ms\"", "--rounds", "1"];
    let (_, ran, comparison) = compared(0, HANGS, &hook);
    assert_eq!(ran.code, Some(107), "{ran}");
    assert!(ran.stderr.contains("the baseline did not get through"), "{ran}");
    let lost = comparison["cells"][0]["lost"].to_string();
    assert!(lost.contains("of the baseline") && !lost.contains("of the new build"), "{lost}");
}

#[test]
fn a_new_build_that_hangs_is_100_as_ever() {
    let hook = ["--set", "load.hook-timeout=\"200ms\"", "--rounds", "1"];
    let (_, ran, comparison) = compared(HANGS, 0, &hook);
    assert_eq!(ran.code, Some(100), "{ran}");
    assert!(
        comparison["cells"][0]["lost"].to_string().contains("of the new build"),
        "{comparison}"
    );
}

#[test]
fn markdown_has_the_comparison_too() {
    let (_, ran, _) = compared(MUCH_SLOWER, 0, &["--format", "markdown"]);
    assert!(ran.stdout.contains("| verdict | cell | metric |"), "{ran}");
    assert!(ran.stdout.contains("| regressed | framing="), "{ran}");
}
