//! Whether one build is slower than another, as far as the rounds of a paired run can tell.
//!
//! A figure is the logarithm of a ratio, *new* over *baseline*, of one round: noise multiplies, and what slows a
//! whole round down cancels out in it. Logarithms are positive where the new one is worse.
//!
//! ```text
//! Pair ─► of_pairs ─► Prior::moderate ─► Limit::flags ─► fresh Pairs ─► holm ─► Decision
//!         pairs.rs    prior.rs           limit.rs                       holm.rs  decide.rs
//! ```
//!
//! [`Trial`] is one metric of one cell on this way. Of runs that were not played in turn, each is one of the
//! [`Samples`] of a figure. [`Counts`] are compared exactly. Pure arithmetic: no clock,
//! no file, no random number.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod counts;
mod decide;
mod estimate;
mod holm;
mod limit;
mod pairs;
mod prior;
mod separate;
mod trial;

pub use counts::{Counts, SMALLEST_CHANGE};
pub use decide::{Decision, Verdict};
pub use estimate::{Estimate, students_t};
pub use holm::holm;
pub use limit::Limit;
pub use pairs::{Better, Pair, of_pairs};
pub use prior::Prior;
pub use separate::{FEWEST_RESULTS, Samples, decisions_of_samples};
pub use trial::{FEWEST_FRESH, Trial, decisions, flagged};

/// The chance that noise alone makes a run call something regressed whose change is within its limit, and
/// that an interval ends on the wrong side of what it holds.
pub const LEVEL: f64 = 0.05;

/// What all flagged figures are tested at together. Few rounds, trimmed, with variances that cells share, are a little
/// surer in the far tails than they should be: at this level the chance of a mistake is [`LEVEL`], by simulation
/// (`tests/error_rates.rs`); at [`LEVEL`] itself it was 7 %.
pub(crate) const LEVEL_OF_ALL: f64 = 0.035;
