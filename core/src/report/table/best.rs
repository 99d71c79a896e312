//! Which figures of a table are marked as the best of their column and group.

use crate::report::columns::Column;
use crate::result::document::RoundSummary;
use crate::result::{Document, contest, groups};
use std::collections::HashSet;

/// Columns and rows of the best figures: that of the best cell of each group, and those that the
/// rounds do not tell apart from it. A group of which the rounds tell no cell apart has none.
pub(in crate::report) fn best_of_groups(
    document: &Document,
    shown: &[&Column],
) -> HashSet<(usize, usize)> {
    let cells = &document.cells;
    let mut marked = HashSet::new();
    for rows in groups(cells).iter().filter(|rows| rows.len() > 1) {
        for (at_column, column) in shown.iter().enumerate() {
            let Some(best) = &column.best else { continue };
            let ranked = rows.iter().enumerate();
            let ranked = ranked.filter_map(|(at, row)| {
                Some((at, (best.cost)(column.shows.figure(&cells[*row])?)))
            });
            let Some((first, _)) = ranked.min_by(|(_, a), (_, b)| a.total_cmp(b)) else {
                continue;
            };
            let of_round = |round: &RoundSummary| (best.of_round)(round).map(best.cost);
            let contest = contest(cells, rows, of_round, best.resolution);
            let told: Vec<_> = (0..rows.len()).map(|at| contest.compare(at, first)).collect();
            if told.iter().flatten().any(|order| order.is_gt()) {
                let equal =
                    told.iter().zip(rows).filter(|(told, _)| told.is_some_and(|o| o.is_le()));
                marked.extend(equal.map(|(_, row)| (at_column, *row)));
            }
        }
    }
    marked
}
