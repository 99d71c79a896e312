//! A result document, and what is shown of it.
//!
//! The input is the file. A document that is read adds up, is the same when it is written and read
//! again, and can be shown in every format.

use wirebench::judge::Verdict;
use wirebench::report::{Choice, json, jsonl, markdown, markdown_of, table, trace};
use wirebench::result::document::{CellVerdict, Times};
use wirebench::result::{Document, Stored};

/// Runs the target.
pub fn run(data: &[u8]) {
    let Ok(text) = std::str::from_utf8(data) else { return };
    let document = match Document::read(text) {
        Ok(document) => document,
        Err(why) => return assert!(!why.is_empty()),
    };
    for cell in &document.cells {
        for verdicts in
            [Some(&cell.integrity.request), cell.integrity.reply.as_ref()].into_iter().flatten()
        {
            let sum: u64 = Verdict::ALL.iter().map(|verdict| verdicts.get(*verdict)).sum();
            assert_eq!(sum, verdicts.sent);
        }
        let ends = &cell.exchanges;
        let ended = ends.done + ends.wrong + ends.rejected + ends.damaged + ends.unanswered;
        assert_eq!(ended, ends.started);
        for (name, times) in cell.times() {
            let again = times.histogram.as_ref().map(Times::of).unwrap_or_default();
            assert_eq!(*times, again, "{name}");
        }
        let failed = cell.gates.iter().any(|gate| gate.pass != Some(true));
        let passed = matches!(cell.verdict, CellVerdict::Pass | CellVerdict::Flaky);
        assert!(!passed || (!failed && cell.crashes.is_empty()));
        assert!(document.verdict >= cell.verdict);
    }
    let written = json(&document);
    let again = Document::read(&written).expect("what was read can be written and read again");
    assert_eq!(json(&again), written);
    let mut streamed = Vec::new();
    Stored::from(again).write(&mut streamed).expect("memory can be written to");
    assert_eq!(streamed, written.as_bytes(), "cell by cell it is the same");
    show(&document);
}

/// Shows a document in every format.
pub(super) fn show(document: &Document) {
    let text = table::render(document, &table::Options::default());
    assert!(!text.contains('\u{1b}'), "an escape sequence in a table without colors");
    markdown(document);
    chosen(document);
    jsonl(document);
    trace::render(document, 2);
}

/// Shows rows in an order of their own, and a pivot of the first two axes.
fn chosen(document: &Document) {
    let pivot = match &document.scenario.axes[..] {
        [row, column, ..] => Some(format!("{row},{column}:p99")),
        _ => None,
    };
    let columns = ["p50".to_owned(), "wire".to_owned()];
    let order = Choice::read(Some("-rate"), 2, &columns, None);
    // Names of axes may hold commas and colons, and then are no names of a pivot.
    let pivot = Choice::read(None, 0, &[], pivot.as_deref());
    for choice in [order, pivot].into_iter().flatten() {
        markdown_of(document, &choice);
        let text = table::render(document, &table::Options { choice, ..Default::default() });
        assert!(!text.contains('\u{1b}'), "an escape sequence in a table without colors");
    }
}
