//! What readers that others have written make of the outputs.

use crate::documents::{all, failing, full, heard, hostile, many, of_every_kind, one, slower};
use crate::histograms::steps;
use serde_json::Value;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use wirebench::report::Format;
use wirebench::result::Document;

/// The folder into which `outputs/install` has put the readers.
fn installed() -> PathBuf {
    let folder = std::env::var_os("WIREBENCH_TEST_OUTPUTS");
    folder
        .map(PathBuf::from)
        .expect("WIREBENCH_TEST_OUTPUTS names the folder that tests/outputs/install was given")
}

fn script(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/outputs").join(name)
}

/// What a program says of a text that it is given as a file.
#[track_caller]
fn say(program: &mut Command, text: &str) -> Value {
    let file = tempfile::NamedTempFile::new().expect("a file");
    std::fs::write(file.path(), text).expect("it can be written");
    let output = program.arg(file.path()).stderr(Stdio::piped()).output().expect("it is installed");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}\n{text}");
    serde_json::from_slice(&output.stdout).expect("JSON")
}

fn python(reader: &str) -> Command {
    let mut python = Command::new(installed().join("python/bin/python"));
    python.arg(script("read.py")).arg(reader).env("PYTHONDONTWRITEBYTECODE", "1");
    python
}

fn javascript(reader: &str) -> Command {
    let mut node = Command::new("node");
    node.arg(script("read.js")).arg(reader);
    node.env("NODE_PATH", installed().join("javascript/node_modules"));
    node
}

/// How often each verdict stands in a document, as JUnit calls them.
fn counts(document: &Document) -> [usize; 3] {
    let text = one(Format::JUnit, document.clone());
    ["<failure ", "<error ", "<skipped "].map(|end| text.matches(end).count())
}

#[test]
#[ignore = "needs PyPI's junitparser, which .ci/run installs"]
fn junitparser_counts_what_we_count() {
    for (kind, document) in of_every_kind() {
        let read = say(&mut python("junit"), &one(Format::JUnit, document.clone()));
        let [failures, errors, skipped] = counts(&document);
        assert_eq!(read["failures"], failures, "{kind}: {read}");
        assert_eq!(read["errors"], errors, "{kind}: {read}");
        assert_eq!(read["skipped"], skipped, "{kind}: {read}");
        let cases = read["cases"].as_array().expect("tests");
        assert_eq!(cases.len(), document.cells.len() + usize::from(document.interrupted), "{kind}");
    }
    let read = say(&mut python("junit"), &all(Format::JUnit, &[slower()]));
    assert_eq!(read["failures"], 1, "{read}");
}

#[test]
#[ignore = "needs PyPI's prometheus_client, which .ci/run installs"]
fn prometheus_reads_every_series() {
    for (kind, document) in of_every_kind() {
        let text = one(Format::OpenMetrics, document);
        let read = say(&mut python("openmetrics"), &text);
        let series = text.lines().filter(|line| !line.starts_with('#')).count();
        assert_eq!(read["series"], series, "{kind}");
    }
    let text = all(Format::OpenMetrics, &[(failing(), None), (full(), None), slower()]);
    let read = say(&mut python("openmetrics"), &text);
    assert_eq!(read["series"], text.lines().filter(|line| !line.starts_with('#')).count());
    let read = say(&mut python("openmetrics"), &one(Format::OpenMetrics, hostile()));
    let shown = wirebench::text::clean(crate::documents::HOSTILE);
    assert_eq!(read["scenarios"], serde_json::json!([shown]));
}

/// Percentiles that a reader took from a log, against ours.
#[track_caller]
fn same_percentiles(read: &Value, document: &Document) {
    let intervals = read.as_array().expect("intervals");
    let cells: Vec<_> = document.cells.iter().filter(|cell| cell.latency_ns.count > 0).collect();
    assert_eq!(intervals.len(), cells.len(), "{read}");
    let mut by_start = cells.clone();
    by_start.sort_by_key(|cell| cell.rounds[0].began_ns);
    for (interval, cell) in intervals.iter().zip(by_start) {
        let times = &cell.latency_ns;
        assert_eq!(interval["count"].as_u64(), Some(times.count), "{interval}");
        assert_eq!(interval["max"].as_u64(), times.max, "{interval}");
        assert_eq!(interval["p50"].as_u64(), times.p50, "{interval}");
        // Others round the rank of a percentile where it is no whole number; we round it up.
        if times.count % 100 == 0 {
            assert_eq!(
                interval["p99"].as_u64(),
                times.p99.or(interval["p99"].as_u64()),
                "{interval}"
            );
        }
        assert_eq!(
            interval["tag"].as_str().map(|tag| tag.contains("sticky")),
            Some(true),
            "{interval}"
        );
    }
}

#[test]
#[ignore = "needs PyPI's hdrhistogram, which .ci/run installs"]
fn python_reads_the_interval_log() {
    for document in [full(), many(100)] {
        same_percentiles(
            &say(&mut python("hdr-log"), &one(Format::HdrLog, document.clone())),
            &document,
        );
    }
}

#[test]
#[ignore = "needs npm's hdr-histogram-js, which .ci/run installs"]
fn javascript_reads_the_interval_log() {
    for document in [full(), many(100)] {
        let read = say(&mut javascript("hdr-log"), &one(Format::HdrLog, document.clone()));
        same_percentiles(&read, &document);
    }
}

#[test]
#[ignore = "needs npm's hdr-histogram-js, which .ci/run installs"]
fn javascript_prints_the_same_distributions() {
    let document = full();
    let output = heard(Format::Hgrm, &[(document.clone(), None)]);
    let mut files = output.files().iter();
    for cell in document.cells.iter().filter(|cell| cell.latency_ns.count > 0) {
        let histogram = cell.latency_ns.histogram.as_ref().expect("a histogram").encode();
        let theirs = say(&mut javascript("hgrm"), &histogram);
        let theirs = steps(theirs.as_str().expect("a text"));
        let ours = steps(&files.next().expect("a file").text);
        assert_eq!(ours, theirs, "{}", cell.id);
    }
}
