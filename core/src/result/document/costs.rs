//! What it cost: times, rates, bytes, calls, processors.

use crate::measure::Histogram;
use crate::measure::{P50, P90, P99, P99_9, P99_99, Percentile};
use serde::{Deserialize, Serialize};

/// A histogram and what is read from it. A percentile needs 1 / (1 - p) samples, otherwise it is
/// `None`.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Times {
    /// Samples.
    pub count: u64,
    /// Of an open loop: exchanges without an answer, and those that were dropped. Each is taken for one that took longer
    /// than any that was done, so a percentile among them is `None`, and so are the mean and the longest.
    #[serde(default)]
    pub slower: u64,
    /// Shortest.
    pub min: Option<u64>,
    /// Mean, rounded.
    pub mean: Option<u64>,
    /// Median.
    pub p50: Option<u64>,
    /// 90th percentile.
    pub p90: Option<u64>,
    /// 99th percentile.
    pub p99: Option<u64>,
    /// 99.9th percentile.
    pub p99_9: Option<u64>,
    /// 99.99th percentile.
    pub p99_99: Option<u64>,
    /// Longest.
    pub max: Option<u64>,
    /// HdrHistogram V2 in base64; `None` without samples.
    pub histogram: Option<Histogram>,
}

impl Times {
    /// Reads everything from a histogram.
    pub fn of(histogram: &Histogram) -> Self {
        Self::of_some(histogram, 0)
    }

    /// The same where `slower` samples more are longer than any that the histogram has.
    pub fn of_some(histogram: &Histogram, slower: u64) -> Self {
        let percentile = |percentile: Percentile| percentile.of_some(histogram, slower);
        let known = |value: Option<u64>| value.filter(|_| slower == 0);
        Self {
            count: histogram.count(),
            slower,
            min: histogram.min(),
            mean: known(histogram.mean().map(|mean| mean.round() as u64)),
            p50: percentile(P50),
            p90: percentile(P90),
            p99: percentile(P99),
            p99_9: percentile(P99_9),
            p99_99: percentile(P99_99),
            max: known(histogram.max()),
            histogram: (histogram.count() > 0).then(|| histogram.clone()),
        }
    }
}

/// Exchanges and payload per second of measured time.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rate {
    /// Exchanges per second that the scenario asked for; `None` in a closed loop.
    pub offered: Option<f64>,
    /// Exchanges that ended done inside the measured windows, per second of these; `None` without any.
    pub achieved: Option<f64>,
    /// Payload bytes that those exchanges moved, both directions, per second.
    pub throughput_bytes: Option<f64>,
    /// Messages that the client sent or received inside the windows, whole or not, per second; `None`
    /// where the rounds count messages instead of time.
    #[serde(default)]
    pub messages: Option<f64>,
    /// The measured windows of all rounds together.
    #[serde(alias = "measured_ns")]
    pub window_ns: u64,
    /// Sum of end minus start over the exchanges that started and ended inside the windows: over
    /// `window_ns`, how many were under way on average.
    #[serde(default)]
    pub busy_ns: u64,
}

/// How far the mean of a figure over the rounds may be off, as a share of the figure: the half-width
/// of its 95 % confidence interval (see [`crate::result::spread`]); `None` with fewer than two rounds
/// that have the figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    /// Of the median latency.
    pub p50: Option<f64>,
    /// Of the done exchanges per second.
    pub rate: Option<f64>,
}

/// Bytes and calls of both directions and all rounds, warm-up included; `None` where one of the sides
/// is not ours.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct WireCounts {
    /// Bytes of the messages sent.
    pub payload_bytes: Option<u64>,
    /// Bytes written, control bytes of the framing included.
    pub wire_bytes: Option<u64>,
    /// TCP segments with data; `None` where the transport has none.
    pub segments: Option<u64>,
    /// Write calls.
    pub writes: Option<u64>,
    /// Read calls.
    pub reads: Option<u64>,
    /// Wire over payload bytes, minus one.
    pub overhead: Option<f64>,
    /// Segments per message sent.
    pub segments_per_message: Option<f64>,
    /// Write calls per message sent.
    pub writes_per_message: Option<f64>,
    /// Read calls per message sent.
    pub reads_per_message: Option<f64>,
    /// Times the ledger's ring was full.
    pub stalls: Option<u64>,
    /// How long it was full.
    pub stalled_ns: Option<u64>,
}

/// What the sides cost.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct CpuCosts {
    /// CPU time of the client side per message; `None` when it spins.
    pub client_ns_per_message: Option<u64>,
    /// CPU time of the server side per message; `None` when it spins. Of a program that is not ours, that of
    /// its processes per message of the client; `None`: it could not be read.
    pub server_ns_per_message: Option<u64>,
    /// Context switches of both sides per message.
    pub context_switches_per_message: Option<f64>,
    /// Peak resident memory of the client side.
    pub client_peak_memory_bytes: Option<u64>,
    /// Peak resident memory of the server side; of a program that is not ours, the sum of the peaks of its
    /// processes.
    pub server_peak_memory_bytes: Option<u64>,
    /// Of such a program: how much more it had at the end of the measured part than at its beginning, in the
    /// round in which that was most.
    #[serde(default)]
    pub server_memory_growth_bytes: Option<u64>,
}

/// A cell beside the fastest one of its [group](super::CellResult::group), of those that can be
/// [compared](super::CellResult::is_comparable).
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Relative {
    /// That cell's id.
    pub against: String,
    /// Its rate over this cell's: how many times slower this one is.
    pub slower: Option<f64>,
    /// Whether the rounds tell the two rates apart (see [`crate::result::spread`]); of the fastest cell
    /// itself, whether they tell it from any other. `None`: fewer than two rounds have both rates, so
    /// nobody can say.
    #[serde(default)]
    pub told_apart: Option<bool>,
    /// CPU time per message of both sides, over that cell's.
    pub cpu: Option<f64>,
}
