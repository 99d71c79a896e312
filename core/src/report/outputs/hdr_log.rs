//! `hdr-log`: an HdrHistogram interval log. An interval is a cell, with all its rounds.

use super::Output;
use super::dense::dense;
use super::names::{Names, safe};
use crate::compare::Comparison;
use crate::measure::Histogram;
use crate::result::document::CellResult;
use crate::result::{Document, Stored, StoredError};
use hdrhistogram::serialization::V2DeflateSerializer;
use hdrhistogram::serialization::interval_log::{IntervalLogWriterBuilder, Tag};
use jiff::Timestamp;
use std::io::{self, Write};
use std::time::{Duration, UNIX_EPOCH};

/// The version of the format, as HdrHistogram's own logs say it.
const VERSION: &str = "[Histogram log format version 1.3]";

/// The longest latency of a line is in milliseconds, as HdrHistogram's own logs have it; histograms are in
/// nanoseconds.
const NS_PER_MS: f64 = 1e6;

/// A log of all results.
#[derive(Default)]
pub(super) struct HdrLog {
    /// When the first run began, since 1970; `None`: not known.
    started: Option<Duration>,
    intervals: Vec<Interval>,
    tags: Names,
}

struct Interval {
    /// Since the first run began.
    begins: Duration,
    lasts: Duration,
    tag: String,
    /// As it stands in the document: what is read of it takes 100 times the memory.
    histogram: String,
}

impl Output for HdrLog {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        _compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        let began = started(result.document());
        self.started = self.started.or(began);
        let offset = began.zip(self.started).map(|(run, first)| run.saturating_sub(first));
        let Self { intervals, tags, .. } = self;
        result.each(&mut |document, cell| {
            let Some(histogram) = &cell.latency_ns.histogram else { return Ok(()) };
            if histogram.count() > 0 {
                let of = format!("{}/{}", document.scenario.name, cell.id);
                intervals.push(Interval {
                    begins: offset.unwrap_or_default().saturating_add(begins(&cell)),
                    lasts: Duration::from_nanos(cell.rate.window_ns),
                    tag: tags.give(safe(&of, |c| c.is_ascii_alphanumeric() || "/=._-".contains(c))),
                    histogram: histogram.encode(),
                });
            }
            Ok(())
        })
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        // Readers expect intervals in the order in which they began.
        self.intervals.sort_by_key(|interval| interval.begins);
        let mut builder = IntervalLogWriterBuilder::new();
        builder.add_comment(VERSION).with_max_value_divisor(NS_PER_MS);
        if let Some(started) = self.started {
            builder.with_start_time(UNIX_EPOCH + started).with_base_time(UNIX_EPOCH + started);
        }
        let (mut text, mut serializer) = (Vec::new(), V2DeflateSerializer::new());
        let mut log = builder.begin_log_with(&mut text, &mut serializer)?;
        for Interval { begins, lasts, tag, histogram } in &self.intervals {
            let histogram = Histogram::decode(histogram).map_err(io::Error::other)?;
            log.write_histogram(&dense(&histogram)?, *begins, *lasts, Tag::new(tag))
                .map_err(io::Error::other)?;
        }
        to.write_all(&text)
    }
}

/// When the run began, since 1970.
fn started(document: &Document) -> Option<Duration> {
    let started: Timestamp = document.run.as_ref()?.started.parse().ok()?;
    u64::try_from(started.as_second()).ok().map(Duration::from_secs)
}

/// When the first round of a cell that has figures began, since its run did.
fn begins(cell: &CellResult) -> Duration {
    let finished = cell.rounds.iter().filter(|round| round.window_ns.is_some());
    Duration::from_nanos(finished.map(|round| round.began_ns).min().unwrap_or(0))
}
