//! Histograms, counters, and the reports that the two sides of a round send to the supervisor.

mod histogram;
mod metrics;
mod recorder;
mod report;

pub use histogram::Histogram;
pub use metrics::{COUNT_PREFIX, Direction, Family, METRICS, Metric, Unit, find};
pub use recorder::Recorder;
pub use report::{
    ClientReport, ErrorCount, Example, Exchanges, NO_PORT, Piece, Received, Sent, SideReport, Usage,
};
