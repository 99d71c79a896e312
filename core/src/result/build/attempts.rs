//! Cells that were played again: what each attempt came to.
//!
//! Gates between cells need both, so all cells are judged once for each time that some were played
//! again: of each its latest attempt until then.

use super::{Pool, against};
use crate::measure::Family;
use crate::result::document::{AttemptResult, CellResult, CellVerdict, Ending, RoundOutcome};
use crate::result::journal::JournalError;
use crate::result::stored::strip;
use crate::text::plural;

/// Crashes, and rounds that could not be run, that are kept of an attempt.
const KEPT: usize = 10;

impl Pool<'_> {
    /// The cells that fail, after all that was played so far: by their gates or by a crash, or because they
    /// did before and have not passed since. An error when a round cannot be read back from the journal.
    pub fn failing(&self) -> Result<Vec<usize>, JournalError> {
        self.failing_at(self.last_attempt())
    }

    /// True where nothing more is to be played of a run that plays cells which fail again so many times.
    pub(in crate::result) fn is_over(&self, retries: u32) -> Result<bool, JournalError> {
        let last = self.last_attempt();
        let was_played = |cell: &usize| self.has_attempt(*cell, last);
        if last > 0 && !self.failing_at(last - 1)?.iter().all(was_played) {
            return Ok(false);
        }
        Ok(last >= retries || self.failing()?.is_empty())
    }

    fn failing_at(&self, attempt: u32) -> Result<Vec<usize>, JournalError> {
        let mut cells = self.held_at(attempt)?;
        for (cell, earlier) in cells.iter_mut().zip(self.earlier(attempt)?) {
            put(cell, earlier);
        }
        let fails = |(index, cell): (usize, &CellResult)| cell.fails().then_some(index);
        Ok(cells.iter().enumerate().filter_map(fails).collect())
    }

    /// Of each cell what it came to in the attempts before its latest one until `attempt`.
    pub(super) fn earlier(&self, attempt: u32) -> Result<Vec<Vec<AttemptResult>>, JournalError> {
        let mut earlier = vec![Vec::new(); self.cells()];
        for before in 0..attempt {
            let again: Vec<usize> =
                (0..self.cells()).filter(|cell| self.has_attempt(*cell, before + 1)).collect();
            if again.is_empty() {
                continue;
            }
            let cells = self.held_at(before)?;
            for cell in again {
                earlier[cell].push(AttemptResult::of(&cells[cell]));
            }
        }
        Ok(earlier)
    }

    /// Every cell by its latest attempt until `attempt`, without its bulk.
    fn held_at(&self, attempt: u32) -> Result<Vec<CellResult>, JournalError> {
        let (mut cells, figures) = self.cells_at(attempt, &mut strip)?;
        against::hold(self.scenario(), &mut cells, &figures);
        Ok(cells)
    }
}

/// Says in a cell what it came to before.
pub(super) fn put(cell: &mut CellResult, earlier: Vec<AttemptResult>) {
    if earlier.is_empty() {
        return;
    }
    if cell.verdict == CellVerdict::Pass {
        cell.verdict = CellVerdict::Flaky;
    }
    cell.attempts = earlier;
    cell.notes.push(note(cell));
}

fn note(cell: &CellResult) -> String {
    let played = cell.attempts.len() + 1;
    if cell.verdict != CellVerdict::Flaky {
        return format!(
            "it was played {played} times and never passed; its figures are those of the last time"
        );
    }
    let attempts = cell.attempts.iter().zip(1..);
    let failed = attempts.filter(|(attempt, _)| attempt.family.is_some());
    let failed: Vec<String> = failed.map(|(_, number): (_, u32)| number.to_string()).collect();
    format!(
        "flaky: {} {} of {played} failed, and the last one passed; its figures are those of the last",
        plural(failed.len() as u64, "attempt"),
        failed.join(", "),
    )
}

impl AttemptResult {
    /// What a cell comes to that was not played before.
    fn of(cell: &CellResult) -> Self {
        let unrun = cell.rounds.iter().filter(|round| round.outcome == RoundOutcome::Failed);
        let error = |round: Option<&str>| round.unwrap_or("it could not be run").to_owned();
        let errors = unrun
            .take(KEPT)
            .map(|round| format!("round {}: {}", round.round, error(round.error.as_deref())));
        Self {
            verdict: cell.verdict,
            family: cell.ending().family(),
            gates: cell.gates.iter().filter(|gate| gate.pass != Some(true)).cloned().collect(),
            crashes: cell.crashes.iter().take(KEPT).cloned().collect(),
            errors: errors.collect(),
        }
    }

    /// The family of exit codes that follows from what it holds.
    pub fn family_of_its_parts(&self) -> Option<Family> {
        let failed = |family| {
            self.gates.iter().any(|gate| gate.family == family && gate.pass == Some(false))
        };
        if !self.crashes.is_empty() || !self.errors.is_empty() || failed(Family::Integrity) {
            Some(Family::Integrity)
        } else {
            failed(Family::Cost).then_some(Family::Cost)
        }
    }
}

impl CellResult {
    /// True where it makes the run fail.
    pub fn fails(&self) -> bool {
        self.ending().family().is_some()
    }

    /// What the worst of its earlier attempts means for the exit code; `None`: none has failed.
    pub fn failed_before(&self) -> Option<Ending> {
        let families = self.attempts.iter().filter_map(|attempt| attempt.family);
        families.map(Ending::of).max()
    }
}

impl Ending {
    /// That of a gate of this family which failed.
    pub fn of(family: Family) -> Self {
        match family {
            Family::Integrity => Self::Integrity,
            Family::Cost => Self::Cost,
        }
    }

    /// Which family of exit codes it leads to; `None`: it is no failure of a gate, a side or a round.
    pub fn family(self) -> Option<Family> {
        match self {
            Self::Integrity => Some(Family::Integrity),
            Self::Cost => Some(Family::Cost),
            Self::Clean | Self::Inconclusive | Self::Unsampled => None,
        }
    }
}
