//! What formats without a table say of a cell.

use crate::compare::{CellComparison, Verdict};
use crate::report::comparison::row_words;
use crate::report::table::untold_words;
use crate::result::document::CellResult;

/// Why a cell that does not fail has not passed either: the gates that cannot be told, else its notes.
pub(super) fn inconclusive(cell: &CellResult) -> Vec<String> {
    let untold = cell.gates.iter().filter(|gate| gate.pass.is_none());
    let gates: Vec<String> =
        untold.map(|gate| format!("{}: {}", cell.id, untold_words(gate))).collect();
    if !gates.is_empty() {
        return gates;
    }
    if cell.notes.is_empty() {
        return vec![format!("{}: {}", cell.id, "the rounds do not decide")];
    }
    cell.notes.iter().map(|note| format!("{}: {note}", cell.id)).collect()
}

/// What of a cell has become worse, with ratio and interval.
pub(super) fn regressed(cell: &CellComparison) -> Vec<String> {
    let worse = cell.rows.iter().filter(|row| row.decides && row.verdict == Verdict::Regressed);
    worse.map(|row| format!("{}: {} {}", cell.id, row.metric, row_words(row))).collect()
}

/// Why it cannot be told whether a cell has become worse.
pub(super) fn untold(cell: &CellComparison) -> Vec<String> {
    let mut lines: Vec<String> =
        cell.lost.iter().map(|why| format!("{}: {why}", cell.id)).collect();
    let rows = cell.rows.iter().filter(|row| row.decides && row.verdict == Verdict::Inconclusive);
    lines.extend(rows.map(|row| match &row.why {
        Some(why) => format!("{}: {}: {why}", cell.id, row.metric),
        None => format!("{}: {} {}", cell.id, row.metric, row_words(row)),
    }));
    if lines.is_empty() {
        lines.push(format!("{}: no figure decides", cell.id));
    }
    lines
}
