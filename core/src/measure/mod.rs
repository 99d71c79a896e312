//! Histograms, counters, and the reports that the two sides of a round send to the supervisor.

mod buckets;
mod encoding;
mod histogram;
mod metrics;
mod recorder;
mod report;
mod window;

pub use histogram::Histogram;
pub use metrics::{COUNT_PREFIX, Direction, Family, METRICS, Metric, Unit, find};
pub use recorder::Recorder;
pub use report::{
    ClientReport, ErrorCount, Example, Exchanges, LoadEnd, NO_PORT, Piece, Received, Sent,
    SideReport, Usage,
};
pub use window::{Window, WindowEnd, WindowTotals};
