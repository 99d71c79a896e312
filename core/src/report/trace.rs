//! `--trace N`: the first examples of each anomaly as timelines.

use super::numbers;
use super::table::{example_title, fault_in_words};
use crate::judge::Verdict;
use crate::result::Document;
use crate::result::document::{CellResult, ExampleResult, FaultResult, PieceResult};
use crate::text::{Page, cleaned};

/// The first `n` examples of each anomaly of each cell. Times count from handing the message over.
/// Empty when there are none.
pub fn render(document: &Document, n: usize) -> Page {
    let mut page = Page::new();
    document.cells.iter().for_each(|cell| page.page(&of_cell(cell, n)));
    page
}

/// [`render`], of one cell.
pub fn of_cell(cell: &CellResult, n: usize) -> Page {
    let cell = &*cleaned(cell);
    let mut text = String::new();
    for verdict in Verdict::ALL {
        let examples = cell.integrity.examples.iter();
        for example in examples.filter(|example| example.verdict == verdict).take(n) {
            timeline(cell, example, &mut text);
        }
    }
    Page::of_clean(text)
}

fn timeline(cell: &CellResult, example: &ExampleResult, text: &mut String) {
    text.push_str(&example_title(cell, example));
    text.push('\n');
    let zero = example.handed_over_ns;
    let frame_end = example.wire_offset.saturating_add(example.wire_len);
    let mut events = vec![(
        zero,
        format!("handed over; its frame is bytes {} to {frame_end}", example.wire_offset),
    )];
    let pieces = |pieces: &[PieceResult], verb: &str| -> Vec<(u64, String)> {
        let words = |piece: &PieceResult| {
            format!("{verb} {} at offset {}", numbers::bytes(piece.len as f64), piece.at)
        };
        pieces.iter().map(|piece| (piece.time_ns, words(piece))).collect()
    };
    events.extend(pieces(&example.written, "wrote"));
    events.extend(pieces(&example.read, "read"));
    // Where the link did something is known, not when: before its bytes were written.
    let before = example.written.first().map_or(zero, |piece| piece.time_ns.max(zero));
    let done = |fault: &FaultResult| (before, format!("the link: {}", fault_in_words(fault)));
    events.splice(1..1, example.faults.iter().map(done));
    // Stable: at one time, written stands before read.
    events.sort_by_key(|(time, _)| *time);
    let told = match example.received_len {
        0 => format!("verdict: {}", example.verdict.word()),
        len => format!(
            "verdict: {}, in a received message of {}",
            example.verdict.word(),
            numbers::bytes(len as f64)
        ),
    };
    // The verdict comes last, whatever the clocks say.
    let last = events.last().map_or(zero, |(time, _)| *time);
    events.push((example.received_ns.max(last), told));
    for (time, words) in events {
        text.push_str(&format!("  {:>11}  {words}\n", since(time, zero)));
    }
}

fn since(time: u64, zero: u64) -> String {
    if time >= zero {
        format!("+{}", numbers::time(time - zero))
    } else {
        format!("-{}", numbers::time(zero - time))
    }
}
