//! The tables of a cell: what became of its messages, its times and its rounds.

use crate::judge::Verdict;
use crate::measure::Direction;
use crate::report::numbers;
use crate::result::document::{CellResult, RoundOutcome, Times};
use crate::text::width;
use serde::Serialize;

/// A table of figures, the first column of which names the rows.
#[derive(Serialize)]
pub(super) struct Figures {
    head: Vec<&'static str>,
    rows: Vec<Vec<String>>,
    /// The same as one text: a page of many cells would have more elements than a browser shows at once.
    text: Option<String>,
}

/// What each kind of time is called in words.
const NAMES: [(&str, &str); 9] = [
    ("latency_ns", "latency"),
    ("slip_ns", "slip: start after it was due"),
    ("lateness_ns", "lateness of the generator"),
    ("uncorrected_ns", "uncorrected latency, from the start"),
    ("oneway_request_ns", "request, one way"),
    ("service_ns", "service"),
    ("oneway_reply_ns", "reply, one way"),
    ("connect_ns", "connect"),
    ("damaged_latency_ns", "latency of damaged exchanges"),
];

impl Figures {
    /// `dense`: as one text.
    fn new(head: Vec<&'static str>, rows: Vec<Vec<String>>, dense: bool) -> Self {
        let text = (dense && !rows.is_empty()).then(|| aligned(&head, &rows));
        Self { head, rows, text }
    }

    /// Sent, and each verdict that some message has.
    pub(super) fn of_messages(cell: &CellResult, dense: bool) -> Self {
        let judged = cell.integrity.judged();
        let directions = judged.iter().map(|(direction, _)| match direction {
            Direction::Request => "requests",
            Direction::Reply => "replies",
        });
        let head = ["messages"].into_iter().chain(directions).collect();
        let row = |name: &str, counts: Vec<u64>| -> Vec<String> {
            [name.to_owned()].into_iter().chain(counts.into_iter().map(numbers::count)).collect()
        };
        if judged.is_empty() {
            return Self::new(head, Vec::new(), dense);
        }
        let mut rows = vec![row("sent", judged.iter().map(|(_, one)| one.sent).collect())];
        for verdict in Verdict::ALL {
            let counts: Vec<u64> = judged.iter().map(|(_, one)| one.get(verdict)).collect();
            if verdict == Verdict::Intact || counts.iter().any(|count| *count > 0) {
                rows.push(row(verdict.word(), counts));
            }
        }
        Self::new(head, rows, dense)
    }

    /// Each kind of time of which there are samples.
    pub(super) fn of_times(cell: &CellResult, dense: bool) -> Self {
        let head =
            vec!["time", "samples", "min", "mean", "p50", "p90", "p99", "p99.9", "p99.99", "max"];
        let row = |(field, times): (&str, &Times)| {
            let (_, name) = NAMES.iter().find(|(own, _)| *own == field)?;
            let figures = [
                times.min,
                times.mean,
                times.p50,
                times.p90,
                times.p99,
                times.p99_9,
                times.p99_99,
                times.max,
            ];
            let slower = match times.slower {
                0 => String::new(),
                slower => format!(" + {} slower", numbers::count(slower)),
            };
            let samples = format!("{}{slower}", numbers::count(times.count));
            let first = [(*name).to_owned(), samples];
            let row = first.into_iter().chain(figures.map(time)).collect();
            (times.count > 0 || times.slower > 0).then_some(row)
        };
        Self::new(head, cell.times().into_iter().filter_map(row).collect(), dense)
    }

    /// The first rounds, as many as this.
    pub(super) fn of_rounds(cell: &CellResult, most: usize, dense: bool) -> Self {
        let head = vec!["round", "began after", "outcome", "done", "rate", "p50", "p99"];
        let rows = cell.rounds.iter().take(most).map(|round| {
            let outcome = match round.outcome {
                RoundOutcome::Finished => "finished",
                RoundOutcome::Crashed => "crashed",
                RoundOutcome::Failed => "could not be run",
            };
            vec![
                round.round.to_string(),
                numbers::time(round.began_ns),
                outcome.into(),
                round.done.map_or_else(|| numbers::NOTHING.into(), numbers::count),
                round.rate.map_or_else(|| numbers::NOTHING.into(), numbers::rate),
                time(round.p50_ns),
                time(round.p99_ns),
            ]
        });
        Self::new(head, rows.collect(), dense)
    }
}

fn time(ns: Option<u64>) -> String {
    ns.map_or_else(|| numbers::NOTHING.into(), numbers::time)
}

/// Columns beside each other; all but the first stand at their right edge.
fn aligned(head: &[&str], rows: &[Vec<String>]) -> String {
    let wide = |column: usize| {
        let of_rows = rows.iter().filter_map(|row| row.get(column)).map(|text| width(text));
        of_rows.chain(head.get(column).map(|text| width(text))).max().unwrap_or(0)
    };
    let widths: Vec<usize> = (0..head.len()).map(wide).collect();
    let line = |texts: &mut dyn Iterator<Item = &str>| {
        let mut line = String::new();
        for (column, (text, wide)) in texts.zip(&widths).enumerate() {
            let blanks = " ".repeat(wide.saturating_sub(width(text)));
            match column {
                0 => line.push_str(&format!("{text}{blanks}")),
                _ => line.push_str(&format!("  {blanks}{text}")),
            }
        }
        line.trim_end().to_owned()
    };
    let mut lines = vec![line(&mut head.iter().copied())];
    lines.extend(rows.iter().map(|row| line(&mut row.iter().map(String::as_str))));
    lines.join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_has_the_figures_of_the_table_below_each_other() {
        let rows = [["a", "1"], ["longer", "1,000"]].map(|row| row.map(String::from).to_vec());
        assert_eq!(
            aligned(&["name", "count"], &rows),
            "name    count\na           1\nlonger  1,000"
        );
    }
}
