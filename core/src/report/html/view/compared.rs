//! A comparison, as a picture of each metric and a table.

use super::result::numbered;
use crate::compare::{CellComparison, Comparison, How, Row, Standing, Verdict};
use crate::report::comparison::row_words;
use crate::report::html::beside::Compare;
use crate::report::html::picture::{Figure, comparison};
use crate::report::reason;
use serde::Serialize;

/// Rows of the table, of those that are the worst.
const ROWS: usize = 500;

/// What the template shows of a comparison.
#[derive(Serialize)]
pub(in crate::report::html) struct ComparedView {
    title: String,
    baseline: String,
    new: String,
    how: &'static str,
    standing: &'static str,
    tone: &'static str,
    why: Option<String>,
    notes: Vec<String>,
    figures: Vec<Figure>,
    rows: Vec<RowView>,
    rows_left_out: usize,
}

#[derive(Serialize)]
struct RowView {
    cell: String,
    metric: String,
    verdict: &'static str,
    tone: &'static str,
    words: String,
    decides: bool,
}

impl ComparedView {
    /// `number`: the result that is compared; `numbers`: where these are two of the page.
    pub(in crate::report::html) fn of(
        compared: &Comparison,
        number: usize,
        numbers: Option<[usize; 2]>,
    ) -> Self {
        let place = match numbers {
            Some([first, second]) => format!("{second}-beside-{first}"),
            None => number.to_string(),
        };
        let (standing, tone) = match compared.standing {
            Standing::Improved => ("improved", "good"),
            Standing::Same => ("the same", "good"),
            Standing::PartlyTold => ("the same as far as it can be told", "doubtful"),
            Standing::Inconclusive => ("inconclusive", "doubtful"),
            Standing::Regressed => ("regressed", "bad"),
        };
        let mut rows: Vec<(&CellComparison, &Row)> = compared
            .cells
            .iter()
            .flat_map(|cell| cell.rows.iter().map(move |row| (cell, row)))
            .collect();
        // Stable: the order of the scenario within what is as bad.
        rows.sort_by_key(|(_, row)| (!row.decides, std::cmp::Reverse(row.verdict)));
        let lost = compared.cells.iter().flat_map(|cell| &cell.lost).cloned();
        Self {
            title: match numbers {
                Some([first, second]) => format!("Result {second} beside result {first}"),
                None => "Beside the baseline".into(),
            },
            baseline: compared.baseline.what.clone(),
            new: compared.new.what.clone(),
            how: match compared.how {
                How::Paired => "Both played every round, one behind the other.",
                How::Stored => "Results that were kept: each is one sample of every figure.",
            },
            standing,
            tone,
            why: compared.unfit.clone().or_else(|| reason(compared)),
            notes: compared.notes.iter().cloned().chain(lost).collect(),
            figures: numbered(comparison(compared), &place),
            rows_left_out: rows.len().saturating_sub(ROWS),
            rows: rows.into_iter().take(ROWS).map(|(cell, row)| row_view(cell, row)).collect(),
        }
    }

    /// Of two results of the page; where they cannot be compared, why.
    pub(in crate::report::html) fn of_results(compare: &Compare) -> Self {
        let [first, second] = compare.numbers;
        match &compare.said {
            Ok(compared) => Self::of(compared, second, Some(compare.numbers)),
            Err(why) => Self {
                title: format!("Result {second} beside result {first}"),
                baseline: format!("result {first}"),
                new: format!("result {second}"),
                how: "",
                standing: "cannot be compared",
                tone: "doubtful",
                why: Some(why.clone()),
                notes: Vec::new(),
                figures: Vec::new(),
                rows: Vec::new(),
                rows_left_out: 0,
            },
        }
    }
}

fn row_view(cell: &CellComparison, row: &Row) -> RowView {
    let (verdict, tone) = match row.verdict {
        Verdict::Improved => ("improved", "good"),
        Verdict::Same => ("same", "good"),
        Verdict::Inconclusive => ("inconclusive", "doubtful"),
        Verdict::Regressed => ("regressed", "bad"),
    };
    let words = match &row.why {
        Some(why) => why.clone(),
        None => row_words(row),
    };
    RowView {
        cell: cell.id.clone(),
        metric: row.metric.clone(),
        verdict,
        tone: if row.decides { tone } else { "plain" },
        words,
        decides: row.decides,
    }
}
