//! The result document: rounds in, cells with verdicts and gates out.

mod round;
pub use round::{Crash, How, Outcome, Round};
