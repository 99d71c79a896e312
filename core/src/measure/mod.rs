//! Histograms, counters, and the reports that the two sides of a round send to the supervisor.

mod histogram;
mod report;

pub use histogram::Histogram;
pub use report::{
    ClientReport, ErrorCount, Example, Exchanges, Piece, Received, Sent, SideReport, Usage,
};
