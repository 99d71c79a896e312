//! Did the load generator do what was planned, and was the round steady?
//!
//! Two halves. *Recorders* are told what happens while a round is measured: a bounded amount of work for each event, and
//! memory that does not depend on how long the round is. *Judgements* hold their reports against the plan, each in one
//! [`Line`]: held, failed or not judged, with the numbers and one sentence.
//!
//! ```text
//! Starts   ─► StartsReport   ─► rate, mean_gap, spacing, dispersion, exponential
//! InFlight ─► InFlightReport ─► littles_law
//! Batches  ─► BatchesReport  ─► dependence; its thirds, of several rounds ─► steady
//! Lateness, Evidence         ─► slip, generator_limited, achieved
//! ```
//!
//! All times are nanoseconds on one clock, whichever it is; they are arguments. Pure arithmetic: no clock, no file, and
//! chance only from a seed. A report may come from a file that somebody has changed: no judgement panics, and none says
//! a number that is none.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod batches;
mod figure;
mod in_flight;
mod judge;
mod line;
mod plan;
mod sample;
mod spread;
mod starts;

pub use batches::{Batches, BatchesReport, MOST_BATCHES, Third};
pub use figure::{Figure, Unit};
pub use in_flight::{GRID_STEP_NS, InFlight, InFlightReport};
pub use judge::dependent::{FEWEST_LATENCIES, dependence, effective_size};
pub use judge::dispersion::{FEWEST_WINDOWS, dispersion, expected_dispersion};
pub use judge::exponential::{CRITICAL, FEWEST_STEPS, exponential, statistic};
pub use judge::gaps::{FAR_OFF, FEWEST_GAPS, mean_gap, spacing};
pub use judge::limited::{
    Achieved, Answer, BUSY, Evidence, Limit, Limited, TAKEN, achieved, generator_limited,
};
pub use judge::little::{LITTLE, littles_law};
pub use judge::rate::{RATE, rate};
pub use judge::slip::{FEWEST_LATENESSES, Lateness, SLIP, slip};
pub use judge::steady::{Change, FEWEST_ROUNDS, SMALLEST_CHANGE, steady};
pub use line::{Bound, Check, Line, Outcome};
pub use plan::{Arrivals, Plan};
pub use sample::MOST_KEPT;
pub use spread::Spread;
pub use starts::{COUNTED_GAPS, Starts, StartsReport};

/// The chance that a statistical check fails what is as planned. One in a hundred, as a round has several checks and a
/// run many rounds.
pub const LEVEL: f64 = 0.01;

/// What the README shows, compiled and run.
#[cfg(doctest)]
#[doc = include_str!("../README.md")]
struct Readme;
