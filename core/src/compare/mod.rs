//! Two builds side by side: their rounds or their results in, a comparison out.
//!
//! In a paired run ([`PairedRounds`]) both builds play every round one behind the other, and
//! [`wirebench_verdict`] decides on the ratios. Stored results ([`stored`]) are whole runs, of which each
//! is one sample.

mod document;
mod exact;
mod figures;
mod paired;
mod subject;

pub use document::{
    CellComparison, Comparison, Control, How, PairResult, Row, SCHEMA, Standing, Subject,
};
pub use figures::SHOWN;
pub use paired::{PairedRounds, Played, Stage};
