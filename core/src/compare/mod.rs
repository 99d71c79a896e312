//! Two builds side by side: their rounds or their results in, a comparison out.
//!
//! In a paired run ([`PairedRounds`]) both builds play every round one behind the other, and
//! [`wirebench_verdict`] decides on the ratios. Stored results ([`stored`]) are whole runs, of which each
//! is one sample.

mod decided;
mod document;
mod exact;
mod figures;
mod kept;
mod limits;
mod matching;
mod merge;
mod paired;
mod read;
mod sides;
mod stored;
mod subject;
mod together;

pub use document::{
    CellComparison, Comparison, Control, How, PairResult, Row, SCHEMA, Standing, Subject,
};
pub use figures::SHOWN;
pub use kept::{KeptResult, Reading};
pub use limits::Limits;
pub use matching::Rename;
pub use merge::merged;
pub use paired::{Lost, PairedRounds, Played, Stage};
pub use read::{LONGEST, read};
pub use stored::{Refusal, StoredOptions, TOO_FEW_RESULTS, stored};
pub use together::MOVED_TOGETHER;
pub use wirebench_verdict::Verdict;
