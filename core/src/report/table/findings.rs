//! Gates that do not hold, crashes, errors, notes, and the last line.

use super::Paint;
use crate::report::numbers;
use crate::report::text::{clean, last_lines as tail, wrap};
use crate::result::Document;
use crate::result::document::{CellResult, CrashResult, GateResult};
use std::path::Path;

/// Lines of a crashed side's stderr that are shown.
const STDERR_LINES: usize = 5;

/// Findings of one kind that are shown before the rest is only counted.
const SHOWN: usize = 20;

pub(super) fn sections(document: &Document, width: usize, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    let mut section = |title: &str, items: Vec<Vec<String>>| {
        if items.is_empty() {
            return;
        }
        lines.push(String::new());
        lines.push(paint.title(title));
        let more = items.len().saturating_sub(SHOWN);
        lines.extend(items.into_iter().take(SHOWN).flatten());
        if more > 0 {
            lines.push(format!("  and {more} more (all are in result.json)"));
        }
    };
    let gates = |wanted: Option<bool>| {
        of_cells(document, |cell| {
            let gates = cell.gates.iter().filter(|gate| gate.pass == wanted);
            gates.map(|gate| vec![wrapped(&gate_words(cell, gate), width)]).collect()
        })
    };
    section("Gates that do not hold", gates(Some(false)));
    section("Gates that cannot be told", gates(None));
    section(
        "Crashes",
        of_cells(document, |cell| {
            cell.crashes.iter().map(|crash| crash_lines(cell, crash, width)).collect()
        }),
    );
    section(
        "Errors",
        of_cells(document, |cell| {
            let words = |error: &crate::result::document::ErrorResult| {
                format!(
                    "{}: {}, {} x {}: {}",
                    clean(&cell.id),
                    error.side,
                    numbers::count(error.count),
                    clean(&error.kind),
                    clean(&error.first)
                )
            };
            cell.errors.iter().map(|error| vec![wrapped(&words(error), width)]).collect()
        }),
    );
    section(
        "Notes",
        of_cells(document, |cell| {
            let words = |note: &String| format!("{}: {}", clean(&cell.id), clean(note));
            cell.notes.iter().map(|note| vec![wrapped(&words(note), width)]).collect()
        }),
    );
    lines
}

/// `seed 42, 3 rounds a cell; 4 of 5 cells pass; results in …`.
pub(super) fn last_lines(
    document: &Document,
    kept_in: Option<&Path>,
    width: usize,
    paint: Paint,
) -> Vec<String> {
    let (cells, rounds) = (document.cells.len(), document.scenario.rounds);
    let passed =
        document.cells.iter().filter(|cell| super::columns::mark(cell.verdict) == "pass").count();
    let mut words = format!(
        "{passed} of {cells} cells pass; seed {}, {rounds} round{} a cell",
        document.scenario.seed,
        if rounds == 1 { "" } else { "s" }
    );
    if let Some(folder) = kept_in {
        words.push_str(&format!("; results in {}", clean(&folder.to_string_lossy())));
    }
    let mut lines = Vec::new();
    if document.cells.iter().any(|cell| cell.relative.is_some()) {
        let star = if paint.color { "" } else { "* best of the intact cells; " };
        let legend = format!(
            "{star}slower: against the fastest intact cell with the same values on the other axes"
        );
        lines.push(paint.quiet(&wrap(&legend, width, 2)));
    }
    lines.push(wrap(&words, width, 2));
    lines
}

fn of_cells(
    document: &Document,
    items: impl Fn(&CellResult) -> Vec<Vec<String>>,
) -> Vec<Vec<String>> {
    document.cells.iter().flat_map(items).collect()
}

fn wrapped(words: &str, width: usize) -> String {
    format!("  {}", wrap(words, width.saturating_sub(2), 4))
}

fn gate_words(cell: &CellResult, gate: &GateResult) -> String {
    let (id, metric, limit) = (clean(&cell.id), clean(&gate.gate), clean(&gate.limit));
    match &gate.why {
        Some(why) => format!("{id}: {metric} {limit}: {}", clean(why)),
        None => {
            let value = numbers::figure(gate.value, gate.unit.as_deref());
            format!("{id}: {metric} is {value}, the limit is {limit}")
        }
    }
}

fn crash_lines(cell: &CellResult, crash: &CrashResult, width: usize) -> Vec<String> {
    let mut words = format!(
        "{}, round {}: {} {}; plugin {}",
        clean(&cell.id),
        crash.round,
        clean(&crash.side),
        clean(&crash.how),
        clean(&crash.plugin)
    );
    match (&crash.hook, crash.session) {
        (Some(hook), Some(session)) => {
            words.push_str(&format!(", in hook `{}` of session {session}", clean(hook)));
        }
        (Some(hook), None) => words.push_str(&format!(", in hook `{}`", clean(hook))),
        (None, _) => words.push_str(", in no hook"),
    }
    words.push_str(&format!(", after {} hooks", numbers::count(crash.hooks_called)));
    let mut lines = vec![wrapped(&words, width)];
    lines.extend(tail(&crash.stderr, STDERR_LINES).iter().map(|line| format!("    | {line}")));
    lines
}
