//! What stands above the table in Markdown: what the result says, and what is wrong, the worst first.

use super::attempts::earlier;
use super::excerpt::excerpt;
use super::literal::{literal, literal_line};
use super::reasons::worst_first;
use super::table::{crash_words, gate_words, untold_words};
use crate::result::Document;
use crate::result::document::{CellResult, CellVerdict, CrashResult, RoundOutcome};

/// Findings of one kind that are shown before the rest is only counted.
const SHOWN: usize = 20;

/// Lines of a crashed side's stderr that are shown: from its beginning, and from its end.
const STDERR_LINES: (usize, usize) = (12, 6);

/// The most characters of one text: what others wrote may be of any length.
const LONGEST: usize = 2_000;

/// Findings of one kind, each as Markdown that ends with a line feed.
pub(super) struct Section {
    pub(super) title: String,
    pub(super) items: Vec<String>,
}

/// The heading: how many cells pass, and whether the run came to its end.
pub(super) fn verdict(document: &Document) -> String {
    let count = |verdict| document.cells.iter().filter(|cell| cell.verdict == verdict).count();
    let pass = count(CellVerdict::Pass);
    let flaky = match count(CellVerdict::Flaky) {
        0 => String::new(),
        count => format!(", {count} flaky"),
    };
    let name = literal_line(&cut(&document.scenario.name));
    let mut text = format!("### {name}: {pass} of {} cells pass{flaky}\n", document.cells.len());
    if let Some(why) = &document.stopped {
        text.push_str(&format!("\n**stopped early: {}**\n", literal(cut(why).trim())));
    } else if document.interrupted {
        text.push_str("\n**interrupted before its end: figures are those of the rounds so far**\n");
    }
    text
}

/// What is wrong; kinds that nothing is of are left out.
pub(super) fn sections(document: &Document) -> Vec<Section> {
    let cells = worst_first(document);
    let each = |of: fn(&CellResult) -> Vec<String>| -> Vec<String> {
        cells.iter().flat_map(|cell| of(cell)).collect()
    };
    let sections = [
        ("Gates that do not hold", each(failed_gates)),
        ("Crashes", each(|cell| cell.crashes.iter().map(|crash| of_crash(cell, crash)).collect())),
        ("Rounds that were not run", each(unrun)),
        ("Played again", each(played_again)),
        ("Gates that cannot be told", each(untold_gates)),
        ("Errors", each(errors)),
        ("Notes", notes(&cells)),
    ];
    let full = sections.into_iter().filter(|(_, items)| !items.is_empty());
    full.map(|(title, items)| section(title, items)).collect()
}

fn section(title: &str, mut items: Vec<String>) -> Section {
    let all = items.len();
    items.truncate(SHOWN);
    if all > SHOWN {
        items.push(format!("- and {} more (all are in result.json)\n", all - SHOWN));
    }
    Section { title: format!("\n#### {title} ({all})\n\n"), items }
}

fn failed_gates(cell: &CellResult) -> Vec<String> {
    let failed = cell.gates.iter().filter(|gate| gate.pass == Some(false));
    failed.map(|gate| item(&gate_words(cell, gate))).collect()
}

/// Why earlier attempts at the cell did not pass.
fn played_again(cell: &CellResult) -> Vec<String> {
    earlier(cell).iter().map(|reason| item(&reason.words)).collect()
}

fn untold_gates(cell: &CellResult) -> Vec<String> {
    let untold = cell.gates.iter().filter(|gate| gate.pass.is_none());
    untold.map(|gate| item(&format!("{}: {}", cell.id, untold_words(gate)))).collect()
}

fn unrun(cell: &CellResult) -> Vec<String> {
    let unrun = cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Failed);
    let words = unrun.map(|round| {
        let why = round.error.as_deref().unwrap_or("it could not be run");
        format!("{}, round {}: {why}", cell.id, round.round)
    });
    words.map(|words| item(&words)).collect()
}

fn errors(cell: &CellResult) -> Vec<String> {
    let errors = cell.errors.iter().filter(|error| error.count > 0);
    let words = errors.map(|error| {
        let (side, count, kind, first) = (&error.side, error.count, &error.kind, &error.first);
        format!("{}: {side}: {count} x {kind}: {first}", cell.id)
    });
    words.map(|words| item(&words)).collect()
}

/// Each note once, with the number of cells that it is about.
fn notes(cells: &[&CellResult]) -> Vec<String> {
    let mut all: Vec<(&str, &str, usize)> = Vec::new();
    let mut known = std::collections::HashMap::new();
    for cell in cells {
        for note in &cell.notes {
            let next = all.len();
            let at = *known.entry(note.as_str()).or_insert(next);
            if at == next {
                all.push((note, &cell.id, 0));
            } else {
                all[at].2 += 1;
            }
        }
    }
    let words = |(note, id, more): (&str, &str, usize)| match more {
        0 => format!("{note} ({id})"),
        more => format!("{note} ({id} and {more} more)"),
    };
    all.into_iter().map(|note| item(&words(note))).collect()
}

/// What ended a side, and below it what that printed.
fn of_crash(cell: &CellResult, crash: &CrashResult) -> String {
    let words = format!("{}, round {}: {}", cell.id, crash.round, crash_words(crash));
    let lines = excerpt(&crash.stderr, STDERR_LINES.0, STDERR_LINES.1);
    if lines.is_empty() {
        return item(&words);
    }
    let printed: String = lines.iter().map(|line| format!("  {}\n", cut(line))).collect();
    // A fence ends with one that is as long.
    let longest = printed.split(|c| c != '`').map(str::len).max().unwrap_or(0);
    let fence = "`".repeat(longest.max(2) + 1);
    format!("{}\n  {fence}text\n{printed}  {fence}\n\n", item(&words))
}

fn item(words: &str) -> String {
    format!("- {}\n", literal_line(&cut(words)))
}

/// The text, or as much of its beginning as there is room for.
pub(super) fn cut(text: &str) -> String {
    match text.char_indices().nth(LONGEST) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
