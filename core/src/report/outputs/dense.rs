//! Histograms as other implementations of HdrHistogram hold them.

use crate::measure::Histogram;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use hdrhistogram::serialization::Deserializer;
use std::io;

/// The histogram with all its empty buckets: some 300 KB, for as long as it is needed.
pub(super) fn dense(histogram: &Histogram) -> io::Result<hdrhistogram::Histogram<u64>> {
    let bytes = STANDARD.decode(histogram.encode()).map_err(io::Error::other)?;
    Deserializer::new().deserialize(&mut bytes.as_slice()).map_err(io::Error::other)
}
