//! Latency histograms: HdrHistogram with three significant digits, in nanoseconds.

use base64::Engine as _;
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};
use serde::{Deserialize, Serialize};

/// The longest time that is told apart: one hour. Longer ones are recorded as this.
const LONGEST_NS: u64 = 3_600_000_000_000;

/// Times in nanoseconds, three significant digits. Crosses processes whole (HdrHistogram V2 in
/// base64), so histograms can be merged and every percentile recomputed.
#[derive(Clone, Debug, PartialEq)]
pub struct Histogram {
    inner: hdrhistogram::Histogram<u64>,
}

impl Default for Histogram {
    fn default() -> Self {
        Self::new()
    }
}

impl Histogram {
    /// An empty histogram.
    pub fn new() -> Self {
        let inner = hdrhistogram::Histogram::new_with_bounds(1, LONGEST_NS, 3)
            .expect("the bounds are constants that HdrHistogram accepts");
        Self { inner }
    }

    /// Counts one time; 0 counts as 1 ns, more than an hour as an hour.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        self.inner.saturating_record(ns.max(1));
    }

    /// Samples recorded.
    pub fn count(&self) -> u64 {
        self.inner.len()
    }

    /// The time at `percentile` (0 to 100), never interpolated; `None` without samples.
    pub fn percentile(&self, percentile: f64) -> Option<u64> {
        (self.count() > 0).then(|| self.inner.value_at_percentile(percentile))
    }

    /// The shortest time; `None` without samples.
    pub fn min(&self) -> Option<u64> {
        (self.count() > 0).then(|| self.inner.min())
    }

    /// The longest time; `None` without samples.
    pub fn max(&self) -> Option<u64> {
        (self.count() > 0).then(|| self.inner.max())
    }

    /// The mean; `None` without samples.
    pub fn mean(&self) -> Option<f64> {
        (self.count() > 0).then(|| self.inner.mean())
    }

    /// Adds all samples of `other`.
    pub fn merge(&mut self, other: &Self) {
        // Cannot fail: all histograms of this type have the same bounds.
        let _ = self.inner.add(&other.inner);
    }

    /// HdrHistogram V2, base64.
    pub fn encode(&self) -> String {
        let mut bytes = Vec::new();
        // Writing into a vector cannot fail, and three digits always fit.
        let _ = V2Serializer::new().serialize(&self.inner, &mut bytes);
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    /// Reads what [`encode`](Self::encode) wrote. Bounds that differ are an error.
    pub fn decode(text: &str) -> Result<Self, String> {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|error| format!("histogram is not base64: {error}"))?;
        let inner: hdrhistogram::Histogram<u64> = Deserializer::new()
            .deserialize(&mut bytes.as_slice())
            .map_err(|error| format!("histogram is not HdrHistogram V2: {error}"))?;
        let mut histogram = Self::new();
        histogram
            .inner
            .add(&inner)
            .map_err(|error| format!("histogram has other bounds: {error}"))?;
        Ok(histogram)
    }
}

impl Serialize for Histogram {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.encode())
    }
}

impl<'de> Deserialize<'de> for Histogram {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::decode(&text).map_err(serde::de::Error::custom)
    }
}
