//! Most cells moved to the same side: that may be the machine's doing.

use super::CellComparison;
use super::decided::median;
use super::limits::Held;
use wirebench_verdict::Verdict;

/// With fewer cells nothing is said of most of them.
const FEWEST_CELLS: usize = 4;

/// Most: three quarters.
const MOST: (usize, usize) = (3, 4);

/// Why a figure of a cell that moved with most others is inconclusive.
pub const MOVED_TOGETHER: &str = "most cells moved together";

/// A sentence where most of the cells whose times were compared lie beyond their limits on the same side. Their
/// timed figures are made inconclusive then: runs that were not played in turn cannot tell such a shift from
/// a slower or a faster machine.
pub(super) fn moved_together(cells: &mut [CellComparison], held: &[Held]) -> Option<String> {
    let timed: Vec<Vec<f64>> = cells.iter().filter_map(|cell| beyond(cell, held)).collect();
    if timed.len() < FEWEST_CELLS {
        return None;
    }
    let (most, sign) = [1.0, -1.0]
        .into_iter()
        .map(|sign| {
            let farthest = |moves: &Vec<f64>| {
                moves
                    .iter()
                    .map(|cost| sign * cost)
                    .filter(|cost| *cost > 0.0)
                    .max_by(f64::total_cmp)
            };
            (timed.iter().filter_map(farthest).collect::<Vec<f64>>(), sign)
        })
        .find(|(moved, _)| moved.len() * MOST.1 >= timed.len() * MOST.0)?;
    let (count, of) = (most.len(), timed.len());
    let by = (sign * median(most)?).exp();
    for cell in cells {
        for row in cell.rows.iter_mut().filter(|row| !row.exact) {
            if matches!(row.verdict, Verdict::Regressed | Verdict::Improved) {
                row.verdict = Verdict::Inconclusive;
                row.why = Some(MOVED_TOGETHER.into());
            }
        }
        cell.judge();
    }
    let side = if sign > 0.0 { "slower or dearer" } else { "faster or cheaper" };
    Some(format!(
        "most cells moved together by about {by:.2} ({count} of {of} are {side}), which this comparison cannot \
         tell from a change of the machine; a paired run can: `wirebench run … --baseline-plugins DIR`, or \
         `--baseline-server`"
    ))
}

/// How far the deciding times of a cell lie beyond their limits, as logarithms that are positive where they are worse;
/// none of them does where it is empty. `None`: it has none that could be compared.
fn beyond(cell: &CellComparison, held: &[Held]) -> Option<Vec<f64>> {
    let mut compared = cell
        .rows
        .iter()
        .filter(|row| row.decides && !row.exact && row.low.is_some())
        .filter_map(|row| {
            let held = held.iter().find(|held| held.metric.name() == row.metric)?;
            Some((held.cost(row.ratio?), held.limit.log()))
        })
        .peekable();
    compared.peek()?;
    Some(compared.filter(|(cost, limit)| cost.abs() > *limit).map(|(cost, _)| cost).collect())
}
