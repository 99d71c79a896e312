//! What a server that is not ours printed, where its cell does not pass: the cause often stands there.

use crate::report::excerpt::excerpt;
use crate::result::document::{CellResult, CellVerdict};

/// Lines that are shown: from the beginning, and from the end of what was kept.
const LINES: (usize, usize) = (6, 2);

/// The lines of one cell, with its name above them; none where it passes, or printed nothing. What a program
/// that crashed has printed stands beside its crash.
pub(super) fn lines(cell: &CellResult) -> Vec<String> {
    let passes = matches!(cell.verdict, CellVerdict::Pass | CellVerdict::Flaky);
    if passes || cell.conduct.is_none() || !cell.crashes.is_empty() {
        return Vec::new();
    }
    let of_server = cell.log.iter().filter(|log| log.side == "server");
    let printed: Vec<&str> =
        of_server.map(|log| log.line.strip_prefix("output: ").unwrap_or(&log.line)).collect();
    if printed.is_empty() {
        return Vec::new();
    }
    let mut lines = vec![format!("  {}", cell.id)];
    let shown = excerpt(&printed.join("\n"), LINES.0, LINES.1);
    lines.extend(shown.iter().map(|line| format!("    | {line}")));
    if cell.log_left_out > 0 {
        lines.push(format!("    … and {} more lines that were not kept", cell.log_left_out));
    }
    lines
}
