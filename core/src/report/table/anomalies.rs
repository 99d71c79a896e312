//! What went wrong with the messages, in words, and one example of each kind.

use super::Paint;
use crate::judge::Verdict;
use crate::measure::{Direction, Unconnected};
use crate::report::hexdump::{from_hex, side_by_side};
use crate::report::numbers;
use crate::report::text::wrap;
use crate::result::Document;
use crate::result::document::{CellResult, ExampleResult, PieceResult, Verdicts};

/// Lines of a hexdump that are shown: one before the first that differs, and some after it.
const DUMP_LINES: usize = 3;

/// Pieces named in an example.
const PIECES_NAMED: usize = 4;

/// `requests merged 71 %, straddled 3 %; replies lost 2 %`; `None` when nothing went wrong.
pub(crate) fn damage(cell: &CellResult) -> Option<String> {
    let mut parts = Vec::new();
    for (of, verdicts) in cell.integrity.judged() {
        let name = match of {
            Direction::Request => "requests",
            Direction::Reply => "replies",
        };
        let words = direction(verdicts);
        if !words.is_empty() {
            parts.push(format!("{name} {}", words.join(", ")));
        }
    }
    let started = cell.exchanges.started;
    let ends: Vec<String> = [
        ("wrong", cell.exchanges.wrong),
        ("rejected", cell.exchanges.rejected),
        ("unanswered", cell.exchanges.unanswered),
    ]
    .iter()
    .filter(|(_, count)| *count > 0)
    .map(|(word, count)| format!("{word} {}", numbers::share(*count, started)))
    .collect();
    if !ends.is_empty() {
        parts.push(format!("exchanges {}", ends.join(", ")));
    }
    parts.extend(unconnected(cell));
    parts.extend(moved(cell));
    (!parts.is_empty()).then(|| parts.join("; "))
}

/// `attempts to connect: refused 95 %, timed out 5 %`, where some did not stand.
fn unconnected(cell: &CellResult) -> Option<String> {
    let connects = cell.connects.as_ref()?;
    let ends: Vec<String> = Unconnected::ALL
        .iter()
        .filter(|why| connects.of(**why) > 0)
        .map(|why| format!("{} {}", why.words(), numbers::share(connects.of(*why), connects.begun)))
        .collect();
    (!ends.is_empty()).then(|| format!("attempts to connect: {}", ends.join(", ")))
}

/// `client moved 148k messages/s`: where exchanges were not done because messages were damaged, their
/// rate says little of what went over the wire.
fn moved(cell: &CellResult) -> Option<String> {
    let messages = cell.rate.messages.filter(|_| cell.is_damaged())?;
    let rate = numbers::rate(messages);
    let ends = &cell.exchanges;
    let number = rate.trim_end_matches("/s");
    (ends.done < ends.started).then(|| format!("the client moved {number} messages/s"))
}

/// The verdicts of one direction but intact, the most frequent first.
fn direction(verdicts: &Verdicts) -> Vec<String> {
    let mut found: Vec<(u64, &str)> = Verdict::ALL
        .iter()
        .filter(|verdict| **verdict != Verdict::Intact)
        .map(|verdict| (verdicts.get(*verdict), verdict.word()))
        .filter(|(count, _)| *count > 0)
        .collect();
    found.sort_by_key(|(count, _)| std::cmp::Reverse(*count));
    let mut words: Vec<String> = found
        .iter()
        .map(|(count, word)| format!("{word} {}", numbers::share(*count, verdicts.sent)))
        .collect();
    for (count, one, many) in [
        (verdicts.copies, "extra copy", "extra copies"),
        (verdicts.late, "came too late", "came too late"),
        (verdicts.kernel_drops, "dropped by the kernel", "dropped by the kernel"),
        (verdicts.unexpected_bytes, "byte that was never sent", "bytes that were never sent"),
        (
            verdicts.unexpected_messages,
            "received message that nobody sent",
            "received messages that nobody sent",
        ),
    ] {
        if let Some(count) = count.filter(|count| *count > 0) {
            let what = if count == 1 { one } else { many };
            words.push(format!("{} {what}", numbers::count(count)));
        }
    }
    words
}

/// One example of each verdict, from the first cell that has it.
pub(super) fn section(document: &Document, width: usize, paint: Paint) -> Vec<String> {
    let mut lines = Vec::new();
    for verdict in Verdict::ALL {
        let found = document.cells.iter().find_map(|cell| {
            let examples = &cell.integrity.examples;
            examples.iter().find(|example| example.verdict == verdict).map(|found| (cell, found))
        });
        let Some((cell, example)) = found else { continue };
        if lines.is_empty() {
            lines.push(String::new());
            lines.push(paint.title("One example of each anomaly"));
        }
        lines.extend(one(cell, example, width, paint));
    }
    lines
}

fn one(cell: &CellResult, example: &ExampleResult, width: usize, paint: Paint) -> Vec<String> {
    let title = example_title(cell, example);
    let word = example.verdict.word();
    let rest = title.strip_prefix(word).unwrap_or(&title);
    let mut lines =
        vec![format!("  {}{}", paint.doubtful(word), wrap(rest, width.saturating_sub(12), 4))];
    lines.push(format!("    {}", wrap(&place(example), width.saturating_sub(4), 6)));
    lines.extend(dump(example).into_iter().map(|line| format!("    {line}")));
    let mut pieces: Vec<String> = [("written as", &example.written), ("read as", &example.read)]
        .iter()
        .filter(|(_, pieces)| !pieces.is_empty())
        .map(|(name, pieces)| format!("{name} {}", pieces_in_words(pieces)))
        .collect();
    pieces.extend(super::link::faults_in_words(&example.faults));
    if !pieces.is_empty() {
        lines.push(format!("    {}", wrap(&pieces.join("; "), width.saturating_sub(4), 6)));
    }
    lines
}

/// The lines around the first difference; `--trace` and the document have the rest.
fn dump(example: &ExampleResult) -> Vec<String> {
    let (expected, received) = (from_hex(&example.expected), from_hex(&example.received));
    if expected.is_empty() && received.is_empty() {
        return Vec::new();
    }
    let mut dump = side_by_side(example.shown_from, &expected, &received);
    let first = dump.iter().position(|line| line.ends_with('<')).unwrap_or(1);
    let from = first.saturating_sub(1).max(1);
    dump.truncate(from + DUMP_LINES);
    dump.drain(1..from);
    dump
}

fn place(example: &ExampleResult) -> String {
    let received = numbers::bytes(example.received_len as f64);
    let lost = example.verdict == Verdict::Lost;
    if lost || (example.received_len == 0 && example.len > 0) {
        "nothing was received".into()
    } else if example.offset >= example.len
        || example.verdict == Verdict::Merged && example.expected == example.received
    {
        format!("all of it stands in a received message of {received}")
    } else {
        format!("differs from offset {}; the received message has {received}", example.offset)
    }
}

/// `merged: request 17 of session 1 (64 B, framing=raw, round 0)`.
pub(crate) fn example_title(cell: &CellResult, example: &ExampleResult) -> String {
    let direction = match example.direction {
        Direction::Request => "request",
        Direction::Reply => "reply",
    };
    format!(
        "{}: {direction} {} of session {} ({}, {}, round {})",
        example.verdict.word(),
        example.seq,
        example.session,
        numbers::bytes(example.len as f64),
        cell.id,
        example.round,
    )
}

fn pieces_in_words(pieces: &[PieceResult]) -> String {
    let mut words: Vec<String> = pieces
        .iter()
        .take(PIECES_NAMED)
        .map(|piece| format!("{} at {}", numbers::bytes(piece.len as f64), piece.at))
        .collect();
    if pieces.len() > PIECES_NAMED {
        words.push(format!("{} more", pieces.len() - PIECES_NAMED));
    }
    words.join(", ")
}
