//! Percentile distributions and interval logs: their lines, and what is read back from them.

use crate::documents::{
    all, broken, full, heard, hostile, interrupted, many, one, passing, without_samples,
};
use hdrhistogram::serialization::Deserializer;
use hdrhistogram::serialization::interval_log::{IntervalLogIterator, LogEntry};
use std::time::Duration;
use wirebench::report::Format;
use wirebench::result::Document;

/// The steps of a distribution: value in microseconds, share of the samples, samples so far.
pub(crate) fn steps(text: &str) -> Vec<(f64, f64, u64)> {
    let mut lines = text.lines();
    let head = "       Value     Percentile TotalCount 1/(1-Percentile)";
    assert_eq!(lines.next(), Some(head), "{text}");
    assert_eq!(lines.next(), Some(""), "{text}");
    let steps = lines.take_while(|line| !line.starts_with('#')).map(|line| {
        let fields: Vec<&str> = line.split_whitespace().collect();
        assert!(fields.len() == 4 || fields[1] == "1.000000000000", "{line}");
        let number = |at: usize| fields[at].parse::<f64>().expect("a number");
        (number(0), number(1), number(2) as u64)
    });
    steps.collect()
}

#[test]
fn a_distribution_says_the_percentiles_of_the_document() {
    let document = passing();
    let output = heard(Format::Hgrm, &[(document.clone(), None)]);
    assert_eq!(output.files().len(), 2);
    for (file, cell) in output.files().iter().zip(&document.cells) {
        let steps = steps(&file.text);
        let times = &cell.latency_ns;
        let at = |share: f64| {
            let step = steps.iter().find(|(_, own, _)| *own >= share).expect("a step");
            Some((step.0 * 1_000.0).round() as u64)
        };
        assert_eq!(at(0.5), times.p50);
        assert_eq!(at(0.9), times.p90);
        assert_eq!(at(1.0), times.max);
        assert_eq!(steps.last().expect("steps").2, times.count);
        let ns = times.max.expect("samples") as f64;
        let footer = format!("#[Max     = {:12.3}, Total count    = {:12}]", ns / 1e3, times.count);
        assert!(file.text.contains(&footer), "{}", file.text);
        let (_, mean) = file.text.split_once("#[Mean    = ").expect("a footer");
        let mean: f64 = mean[..12].trim().parse().expect("a number");
        assert!((mean * 1e3 - times.mean.expect("samples") as f64).abs() <= 1.0, "{mean}");
        assert!(
            file.text.ends_with("#[Buckets =           32, SubBuckets     =         2048]\n"),
            "{}",
            file.text
        );
    }
}

#[test]
fn files_have_names_that_every_file_system_takes() {
    let names = |document: Document| -> Vec<String> {
        heard(Format::Hgrm, &[(document, None)])
            .files()
            .iter()
            .map(|file| file.name.clone())
            .collect()
    };
    let expected = [
        "0001-sticky.framing=line_load.payload=64_B.hgrm",
        "0002-sticky.framing=len32be_load.payload=64_B.hgrm",
    ];
    assert_eq!(names(passing()), expected);
    let mut long = passing();
    long.scenario.name = "../".repeat(500);
    for name in [names(hostile()), names(long), names(many(1_000))].concat() {
        let plain = |c: char| c.is_ascii_alphanumeric() || "=._-".contains(c);
        assert!(name.len() <= 220 && name.chars().all(plain), "{name}");
    }
    let mut once = names(many(1_000));
    once.sort();
    once.dedup();
    assert_eq!(once.len(), 1_000);
}

#[test]
fn a_cell_without_samples_has_no_distribution_and_no_line() {
    for document in [broken(), without_samples()] {
        assert!(heard(Format::Hgrm, &[(document.clone(), None)]).files().is_empty());
        let text = one(Format::HdrLog, document);
        assert!(text.lines().all(|line| line.starts_with('#')), "{text}");
    }
    let output = heard(Format::Hgrm, &[(interrupted(), None)]);
    assert_eq!(output.files().len(), 1);
}

/// The intervals of a log: tag, start, length and histogram in base64.
fn intervals(text: &str) -> Vec<(String, Duration, Duration, String)> {
    let entries = IntervalLogIterator::new(text.as_bytes());
    let entries = entries.map(|entry| entry.expect("each line is one of a log"));
    let interval = |entry| match entry {
        LogEntry::Interval(one) => Some((
            one.tag().expect("a tag").as_str().to_owned(),
            one.start_timestamp(),
            one.duration(),
            one.encoded_histogram().to_owned(),
        )),
        _ => None,
    };
    entries.filter_map(interval).collect()
}

#[test]
fn a_log_has_a_line_for_each_cell_with_its_histogram() {
    let document = passing();
    let text = one(Format::HdrLog, document.clone());
    assert!(text.starts_with("#[Histogram log format version 1.3]\n"), "{text}");
    assert!(text.contains("#[StartTime: 1795211100.000 (seconds since epoch)]\n"), "{text}");
    assert!(text.contains("#[BaseTime: 1795211100.000 (seconds since epoch)]\n"), "{text}");
    let intervals = intervals(&text);
    let tags: Vec<&str> = intervals.iter().map(|(tag, ..)| tag.as_str()).collect();
    let expected =
        ["sticky/framing=line_load.payload=64_B", "sticky/framing=len32be_load.payload=64_B"];
    assert_eq!(tags, expected);
    for ((_, start, length, histogram), cell) in intervals.iter().zip(&document.cells) {
        assert_eq!(*start, Duration::from_nanos(cell.rounds[0].began_ns));
        assert_eq!(*length, Duration::from_millis(600), "two rounds of 300 ms");
        let own = cell.latency_ns.histogram.as_ref().expect("a histogram");
        assert_eq!(*histogram, rewritten(&own.encode()));
    }
}

/// The same histogram as another writer compresses it.
fn rewritten(text: &str) -> String {
    use base64::Engine as _;
    use base64::engine::general_purpose::STANDARD;
    use hdrhistogram::serialization::{Serializer as _, V2DeflateSerializer};
    let bytes = STANDARD.decode(text).expect("base64");
    let read: hdrhistogram::Histogram<u64> =
        Deserializer::new().deserialize(&mut bytes.as_slice()).expect("a histogram");
    let mut written = Vec::new();
    V2DeflateSerializer::new().serialize(&read, &mut written).expect("it fits");
    STANDARD.encode(written)
}

#[test]
fn intervals_stand_in_the_order_in_which_they_began() {
    let mut document = full();
    document.cells.reverse();
    let starts: Vec<Duration> =
        intervals(&one(Format::HdrLog, document)).iter().map(|interval| interval.1).collect();
    assert!(starts.len() == 7 && starts.is_sorted(), "{starts:?}");
}

#[test]
fn a_second_scenario_begins_later_in_the_same_log() {
    let mut later = passing();
    later.run.as_mut().expect("it was kept").started = "2026-11-20T21:46:40Z".into();
    let text = all(Format::HdrLog, &[(passing(), None), (later, None)]);
    assert_eq!(text.matches("StartTime").count(), 1, "{text}");
    let intervals = intervals(&text);
    assert_eq!(intervals.len(), 4);
    assert_eq!(intervals[2].1 - intervals[0].1, Duration::from_secs(100));
    assert_ne!(intervals[0].0, intervals[2].0, "each has its own tag");
}

#[test]
fn tags_are_what_the_format_has_room_for() {
    for document in [hostile(), many(1_000)] {
        let intervals = intervals(&one(Format::HdrLog, document));
        let mut tags: Vec<_> = intervals.into_iter().map(|(tag, ..)| tag).collect();
        let plain = |c: char| c.is_ascii_alphanumeric() || "/=._-".contains(c);
        assert!(tags.iter().all(|tag| tag.chars().all(plain)), "{tags:?}");
        let before = tags.len();
        tags.sort();
        tags.dedup();
        assert_eq!(tags.len(), before);
    }
}
