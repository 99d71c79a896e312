//! The result document: rounds in, cells with verdicts and gates out.
//!
//! The pipeline of one cell: its [`Round`]s are pooled ([`Pool`]) into [`CellData`], every metric is a
//! [`metrics::value`] of that, [`gates`] compares values with limits, and [`Pool`] puts
//! it all into the shape that is kept on disk. Only [`host`], [`journal`] and [`runs`] touch files.

mod attribution;
mod audit;
mod build;
mod cell;
mod check;
mod conserve;
mod disturbed;
pub mod document;
mod figures;
pub mod gates;
pub mod host;
pub mod journal;
mod kept;
mod link;
mod merge;
pub mod metrics;
mod old;
pub mod ratio;
mod read;
mod round;
pub mod runs;
mod schema;
pub mod search;
pub mod spread;
mod stored;
mod utc;

pub use build::Pool;
pub use build::certain_failure;
pub(crate) use build::{complete, contest, groups};
pub use cell::{CellData, CrashedRound, DirectionData, PooledExample};
pub use conserve::conserve;
pub use disturbed::Disturbances;
pub use document::{Document, Ending, Tool};
pub use host::Host;
pub use kept::KeptFigures;
pub use merge::{Bulk, Merge, Unmergeable};
pub(crate) use round::is_first;
pub use round::{
    Crash, Disturbed, EndedProgram, How, MOST_RETRIES, OfSeveral, Outcome, Placed, Round,
};
pub(crate) use schema::{COMPARISON, MAX_CELLS};
pub use stored::{CellSource, Stored, StoredError};
