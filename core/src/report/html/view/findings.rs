//! What went wrong, what cannot be told and what has to be known, each sentence once, with links to its cells.

use crate::report::attempts::earlier;
use crate::report::conduct::sentences;
use crate::report::numbers;
use crate::report::table::{crash_words, failed_gate_words, link_words, untold_words};
use crate::result::Document;
use crate::result::document::{CellResult, ErrorResult};
use serde::Serialize;
use std::collections::HashMap;

/// Sentences of one kind that are shown.
const SHOWN: usize = 100;

/// Cells that are named for one sentence.
const CELLS: usize = 6;

/// Findings of one kind.
#[derive(Serialize)]
pub(super) struct Finding {
    title: &'static str,
    tone: &'static str,
    items: Vec<Item>,
    /// How many more there are.
    more: usize,
}

#[derive(Serialize)]
struct Item {
    words: String,
    /// Numbers of the cells in the table, from 0.
    cells: Vec<usize>,
    more: usize,
}

/// A kind of findings, how it is shown, and what is said of it of a cell.
type Kind = (&'static str, &'static str, fn(&CellResult) -> Vec<String>);

const KINDS: &[Kind] = &[
    ("Crashes", "bad", |cell| cell.crashes.iter().map(crash_words).collect()),
    ("Rounds that could not be run", "bad", |cell| {
        cell.rounds.iter().filter_map(|round| round.error.clone()).collect()
    }),
    ("Gates that do not hold", "bad", |cell| {
        let failed = cell.gates.iter().filter(|gate| gate.pass == Some(false));
        failed.map(failed_gate_words).collect()
    }),
    ("Gates that cannot be told", "doubtful", |cell| {
        cell.gates.iter().filter(|gate| gate.pass.is_none()).map(untold_words).collect()
    }),
    ("Cells that were played again", "doubtful", |cell| {
        earlier(cell).into_iter().map(|reason| reason.words).collect()
    }),
    ("Errors", "doubtful", |cell| counted(&cell.errors)),
    ("What the server did", "plain", |cell| {
        cell.conduct.as_ref().map(sentences).unwrap_or_default()
    }),
    ("What the link did", "plain", |cell| link_words(cell).into_iter().collect()),
    ("Counted by the handler", "plain", |cell| counted(&cell.counts)),
    ("Notes", "plain", |cell| cell.notes.clone()),
];

/// Each kind of which there is anything.
pub(super) fn findings(document: &Document) -> Vec<Finding> {
    let of_kind = |(title, tone, said): &Kind| {
        let items = once(document, *said);
        let more = items.len().saturating_sub(SHOWN);
        (!items.is_empty()).then(|| Finding {
            title,
            tone,
            items: items.into_iter().take(SHOWN).collect(),
            more,
        })
    };
    KINDS.iter().filter_map(of_kind).collect()
}

/// What was counted, by side and kind.
pub(super) fn counted(errors: &[ErrorResult]) -> Vec<String> {
    let errors = errors.iter().filter(|error| error.count > 0);
    errors
        .map(|error| {
            let count = numbers::count(error.count);
            format!("{}: {count} x {}: {}", error.side, error.kind, error.first)
        })
        .collect()
}

fn once(document: &Document, said: fn(&CellResult) -> Vec<String>) -> Vec<Item> {
    let mut items: Vec<Item> = Vec::new();
    let mut known: HashMap<String, usize> = HashMap::new();
    for (number, cell) in document.cells.iter().enumerate() {
        for words in said(cell) {
            let at = *known.entry(words.clone()).or_insert(items.len());
            if at == items.len() {
                items.push(Item { words, cells: Vec::new(), more: 0 });
            }
            let item = &mut items[at];
            match item.cells.len() {
                CELLS.. => item.more += 1,
                _ => item.cells.push(number),
            }
        }
    }
    items
}
