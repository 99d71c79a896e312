//! `hgrm`: percentile distributions, as HdrHistogram's `outputPercentileDistribution` prints them. A file for each
//! cell.

use super::dense::dense;
use super::{Output, TextFile, file_name};
use crate::compare::Comparison;
use crate::result::{Stored, StoredError};
use std::fmt::Write as _;
use std::io::{self, Write};

/// Lines between two halvings of the distance to 100 %: what HdrHistogram prints unless told otherwise.
const TICKS: f64 = 5.0;

/// Latencies are printed in microseconds.
const NS_PER_US: f64 = 1_000.0;

/// What HdrHistogram calls its sub-buckets: as many as three significant digits need.
const SUB_BUCKETS: u32 = 2_048;

/// The texts of cells that have samples.
#[derive(Default)]
pub(super) struct Distributions {
    /// Cells so far, those without samples too.
    cells: usize,
    files: Vec<TextFile>,
}

impl Output for Distributions {
    fn add(
        &mut self,
        result: &mut Stored<'_>,
        _compared: Option<&Comparison>,
    ) -> Result<(), StoredError> {
        result.each(&mut |document, cell| {
            self.cells += 1;
            let Some(histogram) = &cell.latency_ns.histogram else { return Ok(()) };
            if histogram.count() > 0 {
                let of = format!("{}.{}", document.scenario.name, cell.id);
                let text = distribution(&dense(histogram)?);
                self.files.push(TextFile { name: numbered(self.cells, &of), text });
            }
            Ok(())
        })
    }

    fn write(&mut self, to: &mut dyn Write) -> io::Result<()> {
        self.files.iter().try_for_each(|file| to.write_all(file.text.as_bytes()))
    }

    fn files(&self) -> &[TextFile] {
        &self.files
    }
}

/// `0001-sticky.framing=line_load.payload=64_B.hgrm`: the number makes it one of a kind.
fn numbered(number: usize, of: &str) -> String {
    format!("{number:04}-{}.hgrm", file_name(of))
}

fn distribution(histogram: &hdrhistogram::Histogram<u64>) -> String {
    let us = |ns: f64| ns / NS_PER_US;
    let mut text = format!(
        "{:>12} {:>14} {:>10} {:>14}\n\n",
        "Value", "Percentile", "TotalCount", "1/(1-Percentile)"
    );
    // Writing into a string cannot fail.
    let mut line = |value: u64, percentile: f64, so_far: u64| {
        let (value, share) = (us(value as f64), percentile / 100.0);
        let _ = write!(text, "{value:12.3} {share:2.12} {so_far:10}");
        if percentile < 100.0 {
            let _ = write!(text, " {:14.2}", 1.0 / (1.0 - share));
        }
        text.push('\n');
    };
    let (mut level, mut so_far, mut value) = (0.0, 0, 0);
    for bucket in histogram.iter_recorded() {
        so_far += bucket.count_since_last_iteration();
        value = histogram.highest_equivalent(bucket.value_iterated_to());
        let reached = 100.0 * so_far as f64 / histogram.len() as f64;
        while reached >= level && level < 100.0 {
            line(value, level, so_far);
            // Of the last bucket one level is shown, and then 100 %.
            if so_far >= histogram.len() {
                break;
            }
            level = next(level);
        }
    }
    line(value, 100.0, so_far);
    let _ = write!(
        text,
        "#[Mean    = {:12.3}, StdDeviation   = {:12.3}]\n\
         #[Max     = {:12.3}, Total count    = {:12}]\n\
         #[Buckets = {:12}, SubBuckets     = {SUB_BUCKETS:12}]\n",
        us(histogram.mean()),
        us(histogram.stdev()),
        us(histogram.max() as f64),
        histogram.len(),
        histogram.buckets(),
    );
    text
}

/// The percentile to be shown after one: half as far away with every halving of the distance to 100 %. In percent, as
/// HdrHistogram has it, because most of what people ask for is a whole number there.
fn next(percentile: f64) -> f64 {
    let halvings = (100.0 / (100.0 - percentile)).log2().floor() + 1.0;
    let next = percentile + 100.0 / (TICKS * halvings.exp2());
    if next > percentile { next } else { 100.0 }
}
