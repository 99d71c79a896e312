//! Latency histograms: HdrHistogram with three significant digits, in nanoseconds.

use base64::Engine as _;
use hdrhistogram::serialization::{Deserializer, Serializer, V2Serializer};
use serde::{Deserialize, Serialize};

/// The longest time that is told apart: one hour. Longer ones are recorded as this.
pub(super) const LONGEST_NS: u64 = 3_600_000_000_000;

/// Significant digits.
const DIGITS: u8 = 3;

/// Bytes of HdrHistogram's V2 header.
const HEADER: usize = 40;

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
        let inner = hdrhistogram::Histogram::new_with_bounds(1, LONGEST_NS, DIGITS)
            .expect("the bounds are constants that HdrHistogram accepts");
        Self { inner }
    }

    /// Counts one time; 0 counts as 1 ns, more than an hour as an hour.
    #[inline]
    pub fn record(&mut self, ns: u64) {
        self.inner.saturating_record(ns.clamp(1, LONGEST_NS));
    }

    /// Counts `count` times of the same length.
    pub(super) fn record_many(&mut self, ns: u64, count: u64) {
        self.inner.saturating_record_n(ns.clamp(1, LONGEST_NS), count);
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

    /// Reads what [`encode`](Self::encode) wrote. The text may be from anywhere: other bounds, and
    /// a length that the text does not have, are errors before anything is allocated for them.
    pub fn decode(text: &str) -> Result<Self, String> {
        let bytes = base64::engine::general_purpose::STANDARD
            .decode(text)
            .map_err(|error| format!("histogram is not base64: {error}"))?;
        check_header(&bytes)?;
        let inner = Deserializer::new()
            .deserialize(&mut bytes.as_slice())
            .map_err(|error| format!("histogram is not HdrHistogram V2: {error}"))?;
        Ok(Self { inner })
    }
}

/// Compares the header with the one that an empty histogram of this type has. They differ in the
/// length of what follows only.
fn check_header(bytes: &[u8]) -> Result<(), String> {
    let mut own = Vec::new();
    let _ = V2Serializer::new().serialize(&Histogram::new().inner, &mut own);
    let (Some(header), Some(own)) = (bytes.get(..HEADER), own.get(..HEADER)) else {
        return Err("histogram is shorter than its header".into());
    };
    let length = u32::from_be_bytes([header[4], header[5], header[6], header[7]]);
    if header[..4] != own[..4] {
        Err("histogram is not an uncompressed HdrHistogram V2".into())
    } else if header[8..] != own[8..] {
        Err("histogram has other bounds or another precision".into())
    } else if length as usize != bytes.len() - HEADER {
        Err("histogram is cut, or something follows it".into())
    } else {
        Ok(())
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

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Histogram {
        let mut histogram = Histogram::new();
        for ns in [0, 1, 999, 12_345, 12_345, 1_000_000, u64::MAX] {
            histogram.record(ns);
        }
        histogram
    }

    fn base64(bytes: &[u8]) -> String {
        base64::engine::general_purpose::STANDARD.encode(bytes)
    }

    fn encoded() -> Vec<u8> {
        base64::engine::general_purpose::STANDARD.decode(sample().encode()).expect("it is base64")
    }

    #[test]
    fn a_histogram_is_read_back_whole() {
        for histogram in [sample(), Histogram::new()] {
            let again = Histogram::decode(&histogram.encode()).expect("it is read");
            assert_eq!(again, histogram);
            assert_eq!(again.count(), histogram.count());
            assert_eq!(again.max(), histogram.max());
        }
    }

    #[test]
    fn a_read_histogram_can_be_added_to() {
        let mut again = Histogram::decode(&sample().encode()).expect("it is read");
        again.merge(&sample());
        again.record(u64::MAX);
        assert_eq!(again.count(), 15);
    }

    #[test]
    fn no_memory_is_reserved_on_the_word_of_a_header() {
        // A length of 4 GiB, five digits, and the compressed form.
        for (at, byte) in [(4, 0xff), (15, 5), (3, 0x14), (24, 0x7f)] {
            let mut bytes = encoded();
            bytes[at] = byte;
            assert!(Histogram::decode(&base64(&bytes)).is_err(), "byte {at}");
        }
    }

    #[test]
    fn no_damaged_histogram_panics() {
        let whole = encoded();
        for cut in 0..whole.len() {
            assert!(Histogram::decode(&base64(&whole[..cut])).is_err(), "cut at {cut}");
        }
        for at in 0..whole.len() {
            for byte in [0x00, 0x01, 0x7f, 0x80, 0xff] {
                let mut damaged = whole.clone();
                damaged[at] = byte;
                if let Ok(mut read) = Histogram::decode(&base64(&damaged)) {
                    read.merge(&sample());
                    let _ = (read.mean(), read.percentile(99.0), read.encode());
                }
            }
        }
    }
}
