//! Which figures of a table are marked as the best of their column and group.

use crate::report::columns::Column;
use crate::report::contested::contested;
use crate::result::{Document, groups};
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
        for (at, column) in shown.iter().enumerate() {
            marked.extend(contested(cells, rows, column).best.into_iter().map(|row| (at, row)));
        }
    }
    marked
}
