//! Cells that were played again, in a sentence for everything that failed.

use super::reasons::{Kind, Reason};
use super::table::{crash_words, gate_words_of, untold_words};
use crate::result::Document;
use crate::result::document::{AttemptResult, CellResult, CellVerdict};
use crate::text::plural;

/// Why the attempts at a cell did not pass that were not the last; empty: it was played once. The texts are as
/// clean as the cell's.
pub fn earlier(cell: &CellResult) -> Vec<Reason> {
    let played = cell.attempts.len() + 1;
    let attempts = cell.attempts.iter().zip(1..);
    let of_one = |(attempt, number): (&AttemptResult, usize)| {
        of_attempt(&format!("{}, attempt {number} of {played}", cell.id), attempt)
    };
    attempts.flat_map(of_one).collect()
}

/// Why an attempt at a cell did not pass, the worst first; `name` is what it is called.
fn of_attempt(name: &str, attempt: &AttemptResult) -> Vec<Reason> {
    let reason = |kind, words, line| Reason { kind, words, line };
    let crashes = attempt.crashes.iter().map(|crash| {
        let words = format!("{name}, round {}: {}", crash.round, crash_words(crash));
        reason(Kind::Crash, words, None)
    });
    let errors =
        attempt.errors.iter().map(|error| reason(Kind::Round, format!("{name}, {error}"), None));
    let failed = attempt.gates.iter().filter(|gate| gate.pass == Some(false));
    let failed = failed.map(|gate| reason(Kind::Gate, gate_words_of(name, gate), gate.line));
    let mut all: Vec<Reason> = crashes.chain(errors).chain(failed).collect();
    if all.is_empty() {
        let untold = attempt.gates.iter().find(|gate| gate.pass.is_none());
        let why = untold.map_or_else(|| "it did not pass".to_owned(), untold_words);
        let line = untold.and_then(|gate| gate.line);
        all.push(reason(Kind::Unsampled, format!("{name}: {why}"), line));
    }
    all
}

/// Why no later round could mend a cell, by what its last one held.
pub fn no_more_hope(cell: &str, round: u32, found: &AttemptResult) -> String {
    // What a gate says is of no round by itself.
    let of_gate = found.crashes.is_empty() && found.errors.is_empty();
    let name = if of_gate { format!("{cell}, round {round}") } else { cell.to_owned() };
    let why = of_attempt(&name, found).into_iter().next();
    let why = why.map_or(name, |reason| reason.words);
    format!("{why}; no later round can mend that")
}

/// Which cells are flaky, and why they failed first, for standard error: empty where none is.
pub fn flaky(document: &Document, most: usize) -> Vec<String> {
    let cells = document.cells.iter().filter(|cell| cell.verdict == CellVerdict::Flaky);
    let reasons: Vec<Reason> =
        cells.clone().filter_map(|cell| earlier(cell).into_iter().next()).collect();
    if reasons.is_empty() {
        return Vec::new();
    }
    let (count, of) = (reasons.len(), document.cells.len());
    let verb = if count == 1 { "is" } else { "are" };
    let noun = plural(of as u64, "cell");
    let name = &document.scenario.name;
    let mut lines = vec![format!("{name}: {count} of {of} {noun} {verb} flaky:")];
    lines.extend(reasons.iter().take(most).map(|reason| format!("  {}", reason.words)));
    let more = count.saturating_sub(most);
    lines.extend((more > 0).then(|| format!("  and {more} more")));
    lines
}
