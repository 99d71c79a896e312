//! Which cells of a group are the best and the worst by a column, as far as the rounds tell them apart.

use super::columns::Column;
use crate::result::contest;
use crate::result::document::{CellResult, RoundSummary};

/// What the rounds say of the cells of a group.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Contested {
    /// Cells that have the figure, by their rows.
    pub(super) contenders: Vec<usize>,
    /// Those that are the best, or not told apart from it: several, where the rounds do not choose. Empty where they
    /// tell no cell apart from the best.
    pub(super) best: Vec<usize>,
    /// Those told apart from the best that are the worst, or not told apart from that.
    pub(super) worst: Vec<usize>,
    /// True when there is one best cell, and all other contenders are told apart from it.
    pub(super) alone: bool,
}

impl Contested {
    /// True where the rounds tell any cell apart from the best.
    pub(super) fn is_told(&self) -> bool {
        !self.best.is_empty()
    }
}

/// Holds the cells in `rows`, which can be compared with each other, against the best and the worst of them: work in
/// proportion to their number. Without a contender where figures of the column are not compared; what is saturated is
/// none.
pub(super) fn contested(cells: &[CellResult], rows: &[usize], column: &Column) -> Contested {
    let Some(best) = &column.best else { return Contested::default() };
    // In an open loop the rate is what was asked for: it says nothing of who is faster. And what does not keep up has
    // the latencies of its queue, and costs less only because it does less.
    if column.key == "rate" && rows.iter().any(|row| cells[*row].open.is_some()) {
        return Contested::default();
    }
    let rows: Vec<usize> = rows.iter().copied().filter(|row| !cells[*row].is_saturated()).collect();
    let rows = &rows[..];
    let cost = |row: usize| Some((best.cost)(column.shows.figure(&cells[row])?));
    let ranked: Vec<(usize, usize, f64)> =
        rows.iter().enumerate().filter_map(|(at, row)| Some((at, *row, cost(*row)?))).collect();
    let contenders: Vec<usize> = ranked.iter().map(|(_, row, _)| *row).collect();
    let by_cost = |a: &&(usize, usize, f64), b: &&(usize, usize, f64)| a.2.total_cmp(&b.2);
    let ends = (ranked.iter().min_by(by_cost), ranked.iter().max_by(by_cost));
    let (Some((first, ..)), Some((last, ..))) = ends else {
        return Contested { contenders, ..Contested::default() };
    };
    let of_round = |round: &RoundSummary| (best.of_round)(round).map(best.cost);
    let contest = contest(cells, rows, of_round, best.resolution);
    let told: Vec<_> = (0..rows.len()).map(|at| contest.compare(at, *first)).collect();
    if !told.iter().flatten().any(|order| order.is_gt()) {
        return Contested { contenders, ..Contested::default() };
    }
    let behind = |at: usize| told[at].is_some_and(|order| order.is_gt());
    let as_bad = |at: usize| contest.compare(at, *last).is_some_and(|order| order.is_ge());
    let of = |wanted: &dyn Fn(usize) -> bool| {
        rows.iter().enumerate().filter(|(at, _)| wanted(*at)).map(|(_, row)| *row).collect()
    };
    let others = ranked.iter().filter(|(at, ..)| at != first);
    Contested {
        alone: others.into_iter().all(|(at, ..)| behind(*at)),
        contenders,
        best: of(&|at| told[at].is_some_and(|order| order.is_le())),
        worst: of(&|at| behind(at) && as_bad(at)),
    }
}
