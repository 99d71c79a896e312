//! What a cell came to when it was played before.

use super::{CellVerdict, CrashResult, GateResult};
use crate::measure::Family;
use serde::{Deserialize, Serialize};

/// An attempt at a cell that was played again after it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct AttemptResult {
    /// What was said of the cell then.
    pub verdict: CellVerdict,
    /// Which family of exit codes it would have led to; `None`: it did not fail itself, but did not pass
    /// after one that had.
    pub family: Option<Family>,
    /// The gates that did not hold, or could not be told.
    pub gates: Vec<GateResult>,
    /// The first sides that did not survive their round.
    pub crashes: Vec<CrashResult>,
    /// The first rounds that could not be run, and why.
    pub errors: Vec<String>,
}
