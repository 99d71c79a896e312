//! Histograms of results, read by the HdrHistogram implementations of other languages.

use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wirebench::load::rng::SplitMix64;
use wirebench::measure::Histogram;

const PERCENTILES: [f64; 5] = [50.0, 90.0, 99.0, 99.9, 99.99];

/// Edges of buckets and of the range, and seeded ones of every width.
fn histograms() -> Vec<Histogram> {
    let of = |times: &[u64]| {
        let mut histogram = Histogram::new();
        times.iter().for_each(|ns| histogram.record(*ns));
        histogram
    };
    let mut all = vec![
        of(&[0]),
        of(&[u64::MAX]),
        of(&[1, 2_047, 2_048, 2_049, 4_095, 4_096, 1 << 40, u64::MAX]),
        of(&[54_321; 70_000]),
    ];
    let mut dice = SplitMix64::stream(7, 0);
    for most in [10, 10_000, 50_000] {
        for shift in [24, 40, 60] {
            let times: Vec<u64> = (0..most).map(|_| dice.next_u64() >> shift).collect();
            all.push(of(&times));
        }
    }
    all
}

/// The folder into which `histograms/install` has put the other implementations.
fn installed() -> PathBuf {
    let folder = std::env::var_os("WIREBENCH_TEST_HISTOGRAMS");
    folder.map(PathBuf::from).expect(
        "WIREBENCH_TEST_HISTOGRAMS names the folder that tests/histograms/install was given",
    )
}

/// Has a program read the histograms, and compares what it says of each with what we say.
fn compare(mut program: Command) {
    let all = histograms();
    let lines: String = all.iter().map(|histogram| histogram.encode() + "\n").collect();
    let mut child =
        program.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().expect("it is installed");
    child.stdin.take().expect("a pipe").write_all(lines.as_bytes()).expect("it reads");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let said = String::from_utf8(output.stdout).expect("UTF-8");
    assert_eq!(said.lines().count(), all.len(), "{said}");
    for (line, ours) in said.lines().zip(&all) {
        let theirs: serde_json::Value = serde_json::from_str(line).expect("JSON");
        let number = |name: &str| theirs[name].as_f64().expect("a number");
        assert_eq!(theirs["count"], ours.count(), "{line}");
        assert_eq!(Some(number("min") as u64), ours.min(), "{line}");
        assert_eq!(Some(number("max") as u64), ours.max(), "{line}");
        // Others round the rank of a percentile where it is no whole number; we round it up.
        let whole = if ours.count() % 10_000 == 0 { 5 } else { usize::from(ours.count() % 2 == 0) };
        for (at, percentile) in PERCENTILES.iter().enumerate().take(whole) {
            assert_eq!(theirs["percentiles"][at].as_u64(), ours.percentile(*percentile), "{line}");
        }
        let mean = ours.mean().expect("samples");
        assert!((number("mean") - mean).abs() <= mean * 1e-3, "{line}: {mean}");
    }
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/histograms").join(name)
}

#[test]
#[ignore = "needs PyPI's hdrhistogram, which .ci/run installs"]
fn python_reads_the_same() {
    let mut python = Command::new(installed().join("python/bin/python"));
    python.arg(script("read.py"));
    compare(python);
}

#[test]
#[ignore = "needs npm's hdr-histogram-js, which .ci/run installs"]
fn javascript_reads_the_same() {
    let mut node = Command::new("node");
    node.arg(script("read.js")).env("NODE_PATH", installed().join("javascript/node_modules"));
    compare(node);
}
