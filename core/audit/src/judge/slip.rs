//! How late starts are.

use crate::figure::{Unit, time};
use crate::line::{Bound, Check, Line, Numbers};
use crate::plan::{Arrivals, Plan};
use serde::{Deserialize, Serialize};

/// p99 of lateness stays below this share of the (mean) gap. Chosen: later than that, the order and the gaps of starts
/// are the generator's and not the plan's.
pub const SLIP: f64 = 0.1;

/// Starts that are needed before there is a p99.
pub const FEWEST_LATENESSES: u64 = 100;

/// How long after they were due exchanges were started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lateness {
    /// How many exchanges that is known of.
    pub count: u64,
    /// 99 of 100 were started at most so many nanoseconds after they were due.
    pub p99_ns: u64,
}

impl Lateness {
    /// p99, where there are enough to have one.
    pub(crate) fn p99(&self) -> Option<f64> {
        (self.count >= FEWEST_LATENESSES).then_some(self.p99_ns as f64)
    }
}

/// p99 of how late starts are, against a tenth of the gap: of the gap where it is constant, of the mean gap otherwise.
pub fn slip(lateness: &Lateness, plan: &Plan) -> Line {
    let Some(p99) = lateness.p99() else {
        let found = lateness.count;
        let reason = format!("{found} starts have no p99: {FEWEST_LATENESSES} are needed");
        return Line::not_judged(Check::Slip, reason);
    };
    let gap = match plan.arrivals() {
        Arrivals::Constant => "gap",
        Arrivals::Poisson | Arrivals::Bursts { .. } => "mean gap",
    };
    let numbers = Numbers {
        bound: Bound::AtMost,
        expected: SLIP * plan.gap_ns(),
        found: p99,
        tolerance: 0.0,
        unit: Unit::Nanoseconds,
    };
    Line::judged(Check::Slip, &numbers, |held| {
        let (late, planned) = (time(p99), time(plan.gap_ns()));
        let how = if held { "in time" } else { "late" };
        format!("starts were {how}: p99 of lateness is {late}, at a {gap} of {planned}")
    })
}
