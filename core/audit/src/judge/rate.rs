//! Starts a second against the planned rate.

use crate::figure::Unit;
use crate::line::{Bound, Check, Line, Numbers};
use crate::plan::{Arrivals, Plan};
use crate::starts::StartsReport;

/// How far a rate may be off, as a share of the planned one, besides what the edges of the window and chance explain.
/// Chosen: what is measured at a load that is 1 % off still is measured at that load.
pub const RATE: f64 = 0.01;

/// Poisson arrivals of which nobody has said how many are due: their number has its own square root as standard
/// deviation, and three of these are left to chance (1 in 370 rounds).
const DEVIATIONS: f64 = 3.0;

/// Starts of the measured part over its length, against the plan. Tolerance: [`RATE`], one arrival (of bursts: one
/// burst) at each end of the window, and with Poisson arrivals whose number is not [known](Plan::with_due) three standard
/// deviations of it.
pub fn rate(starts: &StartsReport, plan: &Plan) -> Line {
    let window_ns = starts.until_ns.saturating_sub(starts.from_ns);
    if window_ns == 0 {
        return Line::not_judged(Check::Rate, "the measured part has no length");
    }
    let seconds = window_ns as f64 / 1e9;
    let due = plan.due().map_or(plan.per_s() * seconds, |due| due as f64);
    if due < 1.0 {
        return Line::not_judged(Check::Rate, "not one start was due in the measured part");
    }
    let edges = 2.0 * plan.arrivals().at_once() as f64;
    let by_chance = match (plan.arrivals(), plan.due()) {
        (Arrivals::Poisson, None) => DEVIATIONS * due.sqrt(),
        _ => 0.0,
    };
    let numbers = Numbers {
        bound: Bound::Within,
        expected: due / seconds,
        found: starts.count as f64 / seconds,
        tolerance: (RATE * due + edges + by_chance) / seconds,
        unit: Unit::PerSecond,
    };
    Line::judged(Check::Rate, &numbers, |held| {
        let share = 100.0 * starts.count as f64 / due;
        match held {
            true => format!("as many exchanges were started as planned ({share:.1} %)"),
            false => format!("{share:.1} % of the planned exchanges were started"),
        }
    })
}
