//! Gates that do not hold, crashes, errors, notes, and the last line.

use super::Paint;
use super::gates::{gate_words, untold_words};
use super::layout::{Marks, mark};
use super::printed;
use crate::report::attempts::earlier;
use crate::report::columns::NOT_TOLD;
use crate::report::conduct::sentences;
use crate::report::excerpt::excerpt;
use crate::report::numbers;
use crate::report::text::wrap;
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict, CrashResult, ErrorResult, FloorResult};
use crate::text::{clean, path, plural};
use std::path::Path;

/// Lines of a crashed side's stderr that are shown: from its beginning, and from its end.
const STDERR_LINES: (usize, usize) = (6, 2);

/// Cells that are named where a finding is about several.
const CELLS_NAMED: usize = 2;

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
    section(
        "Gates that do not hold",
        of_cells(document, |cell| {
            let gates = cell.gates.iter().filter(|gate| gate.pass == Some(false));
            gates.map(|gate| vec![wrapped(&gate_words(cell, gate), width)]).collect()
        }),
    );
    section("Gates that cannot be told", untold_gates(document, width));
    section(
        "Crashes",
        of_cells(document, |cell| {
            cell.crashes.iter().map(|crash| crash_lines(cell, crash, width)).collect()
        }),
    );
    section(
        "Cells that were played again",
        of_cells(document, |cell| {
            earlier(cell).iter().map(|reason| vec![wrapped(&reason.words, width)]).collect()
        }),
    );
    section("Errors", counted(document, width, |cell| &cell.errors));
    section("What the server did", conducts(document, width));
    section(
        "What the server printed",
        document.cells.iter().map(printed::lines).filter(|lines| !lines.is_empty()).collect(),
    );
    section("Counted by the handler", counted(document, width, |cell| &cell.counts));
    section("Notes", notes(document, width));
    lines
}

/// `seed 42, 3 rounds a cell; 4 of 5 cells pass; results in …`.
pub(super) fn last_lines(
    document: &Document,
    marks: Marks,
    kept_in: Option<&Path>,
    width: usize,
    paint: Paint,
) -> Vec<String> {
    let (cells, rounds) = (document.cells.len(), document.scenario.rounds);
    let passed = document.cells.iter().filter(|cell| mark(cell.verdict) == "pass").count();
    let flaky = document.cells.iter().filter(|cell| cell.verdict == CellVerdict::Flaky).count();
    let flaky = if flaky > 0 { format!(", {flaky} flaky") } else { String::new() };
    let played = match &document.search {
        None => format!("{rounds} {} a cell", plural(rounds.into(), "round")),
        Some(search) => {
            format!("a lead of {} {} a point", search.rounds, plural(search.rounds.into(), "round"))
        }
    };
    let mut words =
        format!("{passed} of {cells} cells pass{flaky}; seed {}, {played}", document.scenario.seed);
    if document.interrupted {
        words.insert_str(0, "interrupted before its end; ");
    }
    if let Some(folder) = kept_in {
        words.push_str(&format!("; results in {}", clean(&path(folder))));
    }
    let mut lines = Vec::new();
    let best = if paint.color { "green" } else { "*" };
    let legend: Vec<String> = [
        (marks.best, format!("{best}: best of its group, or not told apart from it")),
        (marks.slower, "slower: than the fastest of its group".into()),
        (marks.not_told, format!("{NOT_TOLD}: the rounds do not tell it apart from the fastest")),
        (marks.spread, "±: 95 % confidence, from the differences between rounds".into()),
    ]
    .into_iter()
    .filter_map(|(stands, words)| stands.then_some(words))
    .collect();
    if !legend.is_empty() {
        lines.push(paint.quiet(&wrap(&legend.join("; "), width, 2)));
    }
    if let Some(floor) = &document.floor {
        lines.push(paint.quiet(&wrap(&floor_words(floor), width, 2)));
    }
    lines.push(wrap(&words, width, 2));
    lines
}

/// What the instrument itself takes.
pub(crate) fn floor_words(floor: &FloorResult) -> String {
    let p99 = floor.p99_ns.map(|ns| format!(", p99 {}", numbers::time(ns)));
    format!(
        "floor: an exchange of 64 B over tcp, one at a time, with a server that only copies: p50 {}{}",
        numbers::time(floor.p50_ns),
        p99.unwrap_or_default(),
    )
}

/// One item per side and kind that was counted, over all cells.
fn counted(
    document: &Document,
    width: usize,
    of: impl Fn(&CellResult) -> &[ErrorResult],
) -> Vec<Vec<String>> {
    let mut kinds: Vec<(&ErrorResult, u64, Vec<String>)> = Vec::new();
    for cell in &document.cells {
        for error in of(cell).iter().filter(|error| error.count > 0) {
            let id = cell.id.clone();
            let known = kinds
                .iter_mut()
                .find(|(first, ..)| first.side == error.side && first.kind == error.kind);
            match known {
                Some((_, count, cells)) => {
                    *count = count.saturating_add(error.count);
                    cells.push(id);
                }
                None => kinds.push((error, error.count, vec![id])),
            }
        }
    }
    let words = |(first, count, cells): &(&ErrorResult, u64, Vec<String>)| {
        let words = format!(
            "{}: {} x {} ({}): {}",
            first.side,
            numbers::count(*count),
            first.kind,
            named(cells),
            first.first
        );
        vec![wrapped(&words, width)]
    };
    kinds.iter().map(words).collect()
}

/// Each note once, with the cells it is about.
fn notes(document: &Document, width: usize) -> Vec<Vec<String>> {
    once(document, width, |cell| cell.notes.clone())
}

/// What servers that are not ours did besides answering: each sentence once, with its cells.
fn conducts(document: &Document, width: usize) -> Vec<Vec<String>> {
    once(document, width, |cell| cell.conduct.as_ref().map(sentences).unwrap_or_default())
}

/// Each gate and why it cannot be told once, with the cells it is about.
fn untold_gates(document: &Document, width: usize) -> Vec<Vec<String>> {
    once(document, width, |cell| {
        let untold = cell.gates.iter().filter(|gate| gate.pass.is_none());
        untold.map(untold_words).collect()
    })
}

/// What is said of cells, each sentence once, with the cells it is about.
fn once(
    document: &Document,
    width: usize,
    said: impl Fn(&CellResult) -> Vec<String>,
) -> Vec<Vec<String>> {
    let mut all: Vec<(String, Vec<String>)> = Vec::new();
    for cell in &document.cells {
        for words in said(cell) {
            match all.iter_mut().find(|(known, _)| *known == words) {
                Some((_, cells)) => cells.push(cell.id.clone()),
                None => all.push((words, vec![cell.id.clone()])),
            }
        }
    }
    let item = |(words, cells): &(String, Vec<String>)| {
        vec![wrapped(&format!("{words} ({})", named(cells)), width)]
    };
    all.iter().map(item).collect()
}

/// `framing=raw; framing=sleep and 7 more`.
fn named(cells: &[String]) -> String {
    let named = cells[..cells.len().min(CELLS_NAMED)].join("; ");
    match cells.len().saturating_sub(CELLS_NAMED) {
        0 => named,
        more => format!("{named} and {more} more"),
    }
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

fn crash_lines(cell: &CellResult, crash: &CrashResult, width: usize) -> Vec<String> {
    let words = format!("{}, round {}: {}", cell.id, crash.round, crash_words(crash));
    let mut lines = vec![wrapped(&words, width)];
    let stderr = excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1);
    lines.extend(stderr.iter().map(|line| format!("    | {line}")));
    lines
}

/// Which side ended how, and in which hook.
pub(crate) fn crash_words(crash: &CrashResult) -> String {
    let (side, how, plugin) = (&crash.side, &crash.how, &crash.plugin);
    if let Some(command) = &crash.program {
        return format!("{side} `{command}` {how}");
    }
    let mut words = format!("{side} {how}; plugin {plugin}");
    match (&crash.hook, crash.session) {
        (Some(hook), Some(session)) => {
            words.push_str(&format!(", in hook `{hook}` of session {session}"));
        }
        (Some(hook), None) => words.push_str(&format!(", in hook `{hook}`")),
        // One that stopped by itself has said what it was about.
        (None, _) if crash.how.starts_with("stopped") => {}
        (None, _) => words.push_str(", in no hook"),
    }
    if let (Some(number), Some(count)) = (crash.message, crash.messages) {
        let (number, count) = (numbers::count(number), numbers::count(count));
        words.push_str(&match crash.hook.as_deref() {
            Some("start") => format!(", exchange {number} of {count} that were begun together"),
            _ => format!(", message {number} of {count} that were handed over together"),
        });
    }
    words.push_str(&format!(", after {} hooks", numbers::count(crash.hooks_called)));
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn crash(hook: &str, message: Option<u64>, messages: Option<u64>) -> String {
        crash_words(&CrashResult {
            round: 0,
            side: "server".into(),
            how: "killed by SIGSEGV (signal 11)".into(),
            plugin: "echo".into(),
            hook: Some(hook.into()),
            session: Some(3),
            message,
            messages,
            hooks_called: 5,
            stderr: String::new(),
            program: None,
        })
    }

    #[test]
    fn of_several_messages_the_one_that_a_crash_was_at_is_named() {
        let server = "server killed by SIGSEGV (signal 11); plugin echo, in hook";
        let session = "of session 3";
        assert_eq!(
            crash("message", Some(17), Some(64)),
            format!(
                "{server} `message` {session}, message 17 of 64 that were handed over together, after \
                 5 hooks"
            )
        );
        assert_eq!(
            crash("start", Some(2), Some(1_000)),
            format!(
                "{server} `start` {session}, exchange 2 of 1,000 that were begun together, after 5 hooks"
            )
        );
        assert_eq!(
            crash("message", None, None),
            format!("{server} `message` {session}, after 5 hooks")
        );
    }
}
