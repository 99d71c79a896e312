//! Histograms, counters, and the reports that the two sides of a round send to the supervisor.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod buckets;
mod compared;
mod conduct;
mod connects;
mod definition;
mod definitions;
mod encoding;
mod histogram;
mod histogram_error;
mod metrics;
mod percentile;
mod recorder;
mod report;
mod series;
mod window;

pub use compared::Compared;
pub use conduct::{Conduct, Deed, Seen};
pub use connects::{Connects, Unconnected};
pub use definition::{Definition, Direction, Family, Source, Unit};
pub use histogram::Histogram;
pub use histogram_error::HistogramError;
pub use metrics::{COUNT_PREFIX, METRICS, Metric, find};
pub use percentile::{P50, P90, P99, P99_9, P99_99, Percentile};
pub use recorder::Recorder;
pub use report::{
    CUT, ClientReport, ErrorCount, Example, Exchanges, FRAMING, Held, LoadEnd, MISUSE, NO_PORT,
    OpenAudit, OpenReport, Piece, Received, Sent, SideReport, Usage, WORKER, WRONG_UNMEASURED,
    is_of_hook, is_of_plugin, is_unsendable, of_hook, of_unsendable,
};
pub use series::{BIN_NS, MOST_BINS, Series, bin_ns};
pub use window::{Window, WindowEnd, WindowTotals};
