//! Little's law: how many are under way is the rate times how long each is.

use crate::figure::{Unit, number};
use crate::in_flight::InFlightReport;
use crate::line::{Bound, Check, Line, Numbers};

/// How far the mean number under way may be off, as a share, besides what edges and grid explain. Chosen: what is counted
/// and what is timed differ by the instants between the two.
pub const LITTLE: f64 = 0.01;

/// Ends that are needed: with fewer, one exchange is more than the tolerance.
const FEWEST: u64 = 100;

/// Standard deviations that are left to the phase of the grid.
const DEVIATIONS: f64 = 3.0;

/// With more than this share of what is expected in doubt, nothing is said.
const MOST_IN_DOUBT: f64 = 0.1;

/// The mean of the grid's samples, L, against rate times mean residence, λW (J. D. C. Little, *A proof for the queuing
/// formula L = λW*, Operations Research 9, 1961).
///
/// **Edges.** λW over a window of length T is the residence of all that ended in it, over T. That counts, of what was
/// under way at the beginning, the time *before* the window too, and of what is under way at the end nothing. Both are
/// recorded, so the law is held to the last exchange: L·T = residence − before + after. What is left in doubt is what is
/// under way at the end and never ends: each of these was there for anything between nothing and T, so each adds 1 to
/// the tolerance.
///
/// **Grid.** The points inside a stay of length s are ⌊s/step⌋ or one more, with a standard deviation of at most half a
/// step. Of n stays whose phases have nothing to do with each other that is √n/2 steps; three of these, over T, are
/// added.
pub fn littles_law(report: &InFlightReport) -> Line {
    let not_judged = |reason: &str| Line::not_judged(Check::LittlesLaw, reason);
    let window_ns = report.until_ns.saturating_sub(report.from_ns) as f64;
    if window_ns == 0.0 || report.samples == 0 {
        return not_judged("the measured part has no length");
    }
    if report.ended < FEWEST {
        let ended = report.ended;
        return not_judged(&format!("{ended} ends say too little: {FEWEST} are needed"));
    }
    let inside = report.residence_ns as f64 - report.before_ns as f64 + report.after_ns as f64;
    let stays = report.ended.saturating_add(report.ended_after) as f64;
    let unfinished = report.at_end.saturating_sub(report.ended_after) as f64;
    let found = report.sum as f64 / report.samples as f64;
    let expected = inside / window_ns;
    let grid = (DEVIATIONS / 2.0 * stays.sqrt() + 1.0) * report.step_ns as f64 / window_ns;
    let numbers = Numbers {
        bound: Bound::Within,
        expected,
        found,
        tolerance: LITTLE * expected + grid + unfinished,
        unit: Unit::Count,
    };
    let line = Line::judged(Check::LittlesLaw, &numbers, |held| {
        let per_s = number(report.ended as f64 * 1e9 / window_ns);
        let residence = crate::figure::time(report.residence_ns as f64 / report.ended as f64);
        match held {
            true => format!("as many were under way as {per_s} a second for {residence} each make"),
            false => format!(
                "{} were under way, but {per_s} a second for {residence} each make {}: exchanges are missed in one of the two",
                number(found),
                number(expected)
            ),
        }
    });
    if expected <= 0.0 {
        return not_judged("exchanges took no time");
    }
    if unfinished > MOST_IN_DOUBT * expected {
        let unfinished = number(unfinished);
        return line
            .but_not_judged(format!("{unfinished} were under way at the end and never ended"));
    }
    if grid > MOST_IN_DOUBT * expected {
        return line.but_not_judged("the grid is too coarse for how short exchanges are");
    }
    line
}
