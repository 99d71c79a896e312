//! Why cells fail, in a sentence each: for whoever shows no table.

use super::attempts::earlier;
use super::search;
use super::table::{crash_words, gate_words, untold_words};
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict, Ending, RoundOutcome};
use crate::text::plural;

/// What a reason is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A side did not survive its round.
    Crash,
    /// A round could not be run.
    Round,
    /// A gate does not hold.
    Gate,
    /// There was nothing to hold a gate against, or nothing else to judge.
    Unsampled,
}

impl Kind {
    /// A word for it.
    pub fn word(self) -> &'static str {
        match self {
            Self::Crash => "crash",
            Self::Round => "round",
            Self::Gate => "gate",
            Self::Unsampled => "nothing to judge",
        }
    }
}

/// Why a cell fails.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reason {
    /// What it is about.
    pub kind: Kind,
    /// A sentence that names the cell.
    pub words: String,
    /// The line of the scenario's file that it is about.
    pub line: Option<u32>,
}

/// Why this cell fails, the worst first; empty: it does not. The texts are as clean as the cell's.
pub fn reasons(cell: &CellResult) -> Vec<Reason> {
    let without_line = |kind, words| Reason { kind, words, line: None };
    let mut all: Vec<Reason> = Vec::new();
    all.extend(cell.crashes.iter().map(|crash| {
        let words = format!("{}, round {}: {}", cell.id, crash.round, crash_words(crash));
        without_line(Kind::Crash, words)
    }));
    let unrun = cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Failed);
    all.extend(unrun.map(|round| {
        let why = round.error.as_deref().unwrap_or("it could not be run");
        without_line(Kind::Round, format!("{}, round {}: {why}", cell.id, round.round))
    }));
    let failed = cell.gates.iter().filter(|gate| gate.pass == Some(false));
    all.extend(failed.map(|gate| Reason {
        kind: Kind::Gate,
        words: gate_words(cell, gate),
        line: gate.line,
    }));
    let unsampled = cell.gates.iter().filter(|gate| gate.unsampled);
    all.extend(unsampled.map(|gate| Reason {
        kind: Kind::Unsampled,
        words: format!("{}: {}", cell.id, untold_words(gate)),
        line: gate.line,
    }));
    if all.is_empty() && cell.ending() == Ending::Unsampled {
        let words = format!("{}: nothing could be judged, and no gate expects that", cell.id);
        all.push(without_line(Kind::Unsampled, words));
    }
    if cell.fails() {
        all.extend(earlier(cell));
    }
    all
}

/// The cells of a document, the worst verdicts first, else in order.
pub fn worst_first(document: &Document) -> Vec<&CellResult> {
    let mut cells: Vec<&CellResult> = document.cells.iter().collect();
    cells.sort_by_key(|cell| std::cmp::Reverse((cell.ending(), cell.verdict)));
    cells
}

/// Why a run fails, for standard error: how many cells do, and the first of their reasons. Empty: it does not
/// fail.
pub fn failure(document: &Document, most: usize) -> Vec<String> {
    let mut cells = worst_first(document);
    // What was not played says nothing.
    cells.retain(|cell| !(document.interrupted && cell.rounds.is_empty()));
    let reasons: Vec<Vec<Reason>> = cells.iter().map(|cell| reasons(cell)).collect();
    let failing = reasons.iter().filter(|reasons| !reasons.is_empty()).count();
    let name = &document.scenario.name;
    let searched: Vec<String> = search::failed(document)
        .into_iter()
        .take(most)
        .map(|found| format!("{name}: {}", found.words))
        .collect();
    if failing == 0 {
        return searched;
    }
    let crashed = cells.iter().filter(|cell| cell.verdict == CellVerdict::Crashed).count();
    let crashes =
        if crashed > 0 { format!(", {crashed} of them by a crash") } else { String::new() };
    let of = document.cells.len();
    let verb = if failing == 1 { "fails" } else { "fail" };
    let noun = plural(of as u64, "cell");
    let mut lines = vec![format!("{name}: {failing} of {of} {noun} {verb}{crashes}:")];
    let more = reasons.iter().map(Vec::len).sum::<usize>().saturating_sub(most);
    let shown = reasons.iter().flatten().take(most);
    lines.extend(shown.map(|reason| format!("  {}", reason.words)));
    lines.extend((more > 0).then(|| format!("  and {more} more")));
    lines.extend(searched);
    lines
}
