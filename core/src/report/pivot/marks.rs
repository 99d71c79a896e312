//! Which figures of a pivot are the best of their row and of their column.

use super::PivotRow;
use crate::report::columns::Column;
use crate::report::contested::contested;
use crate::result::document::CellResult;
use std::collections::HashMap;

/// Marks them. `placed`: row, column and number of each cell that has a place; `axes`: of rows and of columns. Each cell is
/// held against others twice: within its row, where they differ in the column axis alone, and within its column.
pub(super) fn mark_best(
    rows: &mut [PivotRow],
    placed: &[(usize, usize, usize)],
    cells: &[CellResult],
    metric: &Column,
    [row_axis, column_axis]: [&str; 2],
) {
    let place_of: HashMap<usize, (usize, usize)> =
        placed.iter().map(|(row, column, at)| (*at, (*row, *column))).collect();
    let best = |line: fn(&(usize, usize, usize)) -> usize, axis: &str| {
        let lines = lines(placed, cells, line, axis);
        let best = lines.iter().flat_map(|line| contested(cells, line, metric).best);
        best.filter_map(|at| place_of.get(&at).copied()).collect::<Vec<_>>()
    };
    for (row, column) in best(|(row, ..)| *row, column_axis) {
        rows[row].places[column].best_of_row = true;
    }
    for (row, column) in best(|(_, column, _)| *column, row_axis) {
        rows[row].places[column].best_of_column = true;
    }
}

/// The cells of each row or column that differ in nothing but the axis and can be compared.
fn lines(
    placed: &[(usize, usize, usize)],
    cells: &[CellResult],
    line: fn(&(usize, usize, usize)) -> usize,
    axis: &str,
) -> Vec<Vec<usize>> {
    let mut lines: HashMap<(usize, String), Vec<usize>> = HashMap::new();
    for one in placed.iter().filter(|(.., at)| cells[*at].is_comparable()) {
        if let Some(place) = cells[one.2].place(axis) {
            lines.entry((line(one), place)).or_default().push(one.2);
        }
    }
    lines.into_values().filter(|line| line.len() > 1).collect()
}
