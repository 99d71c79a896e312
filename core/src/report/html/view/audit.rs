//! The audit of a cell as a table: what did not hold comes first, and is marked by words, not by colour alone.

use crate::result::document::{AuditResult, CellResult};
use crate::text::plural;
use serde::Serialize;

/// Lines that are shown: there are ten checks, and a result file may say anything.
const MOST: usize = 30;

/// The lines of a cell.
#[derive(Serialize)]
pub(super) struct Audit {
    rows: Vec<Row>,
    /// The same as one text, where a page has very many cells.
    text: Option<String>,
    left_out: usize,
}

/// A check.
#[derive(Serialize)]
struct Row {
    check: String,
    /// `failed in 1 of 3 rounds`.
    outcome: String,
    tone: &'static str,
    expected: String,
    found: String,
    sentence: String,
}

impl Audit {
    /// `dense`: as one text.
    pub(super) fn of(cell: &CellResult, dense: bool) -> Self {
        let mut lines: Vec<&AuditResult> = cell.audit.iter().collect();
        // What failed, what was not judged, what held; each in the order of the document.
        lines.sort_by_key(|line| Standing::of(line));
        let left_out = lines.len().saturating_sub(MOST);
        lines.truncate(MOST);
        let rows: Vec<Row> = lines.into_iter().map(Row::of).collect();
        let text = (dense && !rows.is_empty())
            .then(|| rows.iter().map(Row::line).collect::<Vec<_>>().join("\n"));
        Self { rows, text, left_out }
    }
}

/// What a line comes to over all rounds.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Standing {
    Failed,
    NotJudged,
    Held,
}

impl Standing {
    fn of(line: &AuditResult) -> Self {
        match (line.failed, line.held) {
            (0, 0) => Self::NotJudged,
            (0, _) => Self::Held,
            _ => Self::Failed,
        }
    }
}

impl Row {
    fn of(line: &AuditResult) -> Self {
        let standing = Standing::of(line);
        let tone = match standing {
            Standing::Failed => "bad",
            Standing::NotJudged => "doubtful",
            Standing::Held => "good",
        };
        let told = line.round.filter(|_| standing != Standing::NotJudged);
        let of_round = told.map(|round| format!(" (round {round})")).unwrap_or_default();
        Self {
            check: line.check.clone(),
            outcome: outcome(line, standing),
            tone,
            expected: line.expected.clone(),
            found: format!("{}{of_round}", line.found),
            sentence: line.sentence.clone(),
        }
    }

    fn line(&self) -> String {
        let Self { check, outcome, expected, found, sentence, .. } = self;
        let words = [check, outcome, expected, found, sentence].map(|text| text.replace('\n', " "));
        let [check, outcome, expected, found, sentence] = words;
        format!("{check} {outcome}: expected {expected}; found {found}. {sentence}")
    }
}

/// `failed in 1 of 3 rounds`, `held in all 3 rounds`, `held over all rounds`, `not judged`.
fn outcome(line: &AuditResult, standing: Standing) -> String {
    let AuditResult { held, failed, not_judged, .. } = *line;
    let all = u64::from(held) + u64::from(failed) + u64::from(not_judged);
    let (word, count) = match standing {
        Standing::Failed => ("failed", failed),
        Standing::NotJudged => ("not judged", not_judged),
        Standing::Held => ("held", held),
    };
    let rounds = plural(all, "round");
    let mut words = match (line.round, all) {
        (None, 0 | 1) => return format!("{word} over all rounds"),
        _ if u64::from(count) == all && all > 1 => format!("{word} in all {all} {rounds}"),
        _ => format!("{word} in {count} of {all} {rounds}"),
    };
    let others = [("held", held), ("failed", failed), ("not judged", not_judged)];
    for (other, count) in others.into_iter().filter(|(other, count)| *other != word && *count > 0) {
        words.push_str(&format!(", {other} in {count}"));
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(held: u32, failed: u32, not_judged: u32, round: Option<u32>) -> String {
        let line = AuditResult {
            check: "rate".into(),
            held,
            failed,
            not_judged,
            round,
            expected: String::new(),
            found: String::new(),
            sentence: String::new(),
        };
        outcome(&line, Standing::of(&line))
    }

    #[test]
    fn an_outcome_says_of_how_many_rounds_it_is() {
        assert_eq!(line(3, 0, 0, Some(0)), "held in all 3 rounds");
        assert_eq!(line(1, 2, 1, Some(0)), "failed in 2 of 4 rounds, held in 1, not judged in 1");
        assert_eq!(line(2, 0, 1, Some(0)), "held in 2 of 3 rounds, not judged in 1");
        assert_eq!(line(0, 0, 2, Some(0)), "not judged in all 2 rounds");
        assert_eq!(line(0, 1, 0, None), "failed over all rounds");
        assert_eq!(line(1, 0, 0, Some(0)), "held in 1 of 1 round");
        let most = line(u32::MAX, u32::MAX, u32::MAX, Some(0));
        assert!(most.starts_with("failed in 4294967295 of 12884901885 rounds"), "{most}");
    }
}
