//! What is wrong with the text of a histogram.

/// Why a text is no histogram that can be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum HistogramError {
    /// It is not base64.
    #[error("histogram is not base64: {0}")]
    Base64(#[from] base64::DecodeError),
    /// The bytes begin as no HdrHistogram does.
    #[error("histogram is not an HdrHistogram V2")]
    Cookie,
    /// It ends inside its header.
    #[error("histogram is shorter than its header")]
    Header,
    /// Its length is not the one that its header gives.
    #[error("histogram is cut, or something follows it")]
    Length,
    /// The zlib stream is damaged, in this way.
    #[error("histogram cannot be decompressed: {0}")]
    Zlib(String),
    /// It inflates to more bytes than any histogram has.
    #[error("histogram is longer, decompressed, than one can be")]
    TooLong,
    /// Bytes follow the zlib stream.
    #[error("something follows the compressed histogram")]
    Trailing,
    /// It was recorded with other bounds or another precision.
    #[error("histogram has other bounds or another precision")]
    Bounds,
    /// It ends inside a count.
    #[error("histogram ends inside a count")]
    CutCount,
    /// It counts in a bucket that there is not.
    #[error("histogram counts times beyond its bounds")]
    Bucket,
    /// The sum of its counts is beyond what is counted.
    #[error("histogram counts more samples than can be")]
    Samples,
}
