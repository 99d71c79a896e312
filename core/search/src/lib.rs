//! Up to which load a limit is kept, as far as noisy rounds can tell.
//!
//! A [`Search`] has a grid of points, from the least load to the most. A round at a point alone keeps the limit, or does
//! not ([`Heard`]); a [`Rule`] says of several whether the point holds, fails or is undecided; which point is to be
//! played [next](Search::next), and what the [`Answer`] is, follows from what was heard so far and from nothing else. So
//! whoever reads the rounds of a run again, in any order, comes to the same answer.
//!
//! ```text
//! Heard ─► Tally ─► Rule::standing ─► Search::next, Search::answer ─► Answer
//!          tally.rs                   search.rs                       answer.rs
//! ```
//!
//! Pure arithmetic: no clock, no file, no random number.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod answer;
mod grid;
mod search;
mod tally;

pub use answer::Answer;
pub use grid::{NotAGrid, STEP, geometric, probe_above};
pub use search::{Next, Search, most_points, usual_points};
pub use tally::{Heard, MOST_PER_LEAD, Rule, Standing, Tally};
