//! The rounds of a paired run on their way into a comparison.

use super::decided::{
    BASELINE, NEW, control, decide_rows, geometric_mean, standing, trial, unfit, unit,
};
use super::exact::CountsOfCell;
use super::figures::{SHOWN, ServerIs, can_be_told, figure, lost, of_round};
use super::limits::SHOWN_LIMIT;
use super::{CellComparison, Comparison, Control, How, PairResult, Row, SCHEMA, Standing, Subject};
use crate::measure::Compared;
use crate::result::document::{RunInfo, ScenarioInfo};
use crate::result::{CellData, Host, Round, Tool};
use crate::scenario::{Cell, Scenario};
use std::collections::BTreeMap;
use wirebench_verdict::{Decision, Trial, Verdict, flagged};

/// Sentences on lost rounds of one cell and one build.
const MOST_LOST: usize = 4;

/// Why a pair was played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stage {
    /// Every cell has it.
    Screen,
    /// The cell's first rounds lay beyond its limit.
    Fresh,
}

/// Two rounds of one cell, one behind the other.
#[derive(Clone, Copy, Debug)]
pub struct Played<'a> {
    /// The baseline's.
    pub baseline: &'a Round,
    /// That of the new build; of a control, the baseline's second.
    pub new: &'a Round,
    /// Which was first.
    pub baseline_first: bool,
}

/// Which builds had a round without figures, because it did not end as it should.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Lost {
    /// The baseline.
    pub baseline: bool,
    /// The new build.
    pub new: bool,
}

/// What the rounds of a paired run say so far.
pub struct PairedRounds<'a> {
    scenario: &'a Scenario,
    cells: Vec<CellSoFar>,
    controls: BTreeMap<String, Vec<PairResult>>,
    lost: Lost,
}

/// A cell's metrics, on which nothing is decided yet, and counts.
struct CellSoFar {
    rows: Vec<(Compared, Row)>,
    counts: CountsOfCell,
    lost: Vec<String>,
}

impl<'a> PairedRounds<'a> {
    /// No rounds yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let cells = scenario.cells.iter().map(CellSoFar::new).collect();
        Self { scenario, cells, controls: BTreeMap::new(), lost: Lost::default() }
    }

    /// Adds a round of both builds.
    pub fn add(&mut self, stage: Stage, played: Played<'_>) {
        let index = played.new.cell;
        let (Some(cell), Some(so_far)) =
            (self.scenario.cells.get(index), self.cells.get_mut(index))
        else {
            return;
        };
        let both = [
            (BASELINE, played.baseline, &mut self.lost.baseline),
            (NEW, played.new, &mut self.lost.new),
        ];
        for (who, round, is_lost) in both {
            if let Some(why) = lost(round) {
                *is_lost = true;
                let of = format!("of {who}, ");
                // Each build has its own share, so that neither hides what became of the other.
                if so_far.lost.iter().filter(|lost| lost.starts_with(&of)).count() < MOST_LOST {
                    so_far.lost.push(of + &why);
                }
            }
        }
        if [played.baseline, played.new].into_iter().any(|round| lost(round).is_some()) {
            return;
        }
        let [baseline, new] = [played.baseline, played.new].map(|round| of_round(cell, round));
        if stage == Stage::Screen {
            so_far.counts.add(&baseline, &new);
        }
        for (metric, row) in &mut so_far.rows {
            match pair(metric, &baseline, &new, played) {
                Ok(pair) if stage == Stage::Screen => row.pairs.push(pair),
                Ok(pair) => row.fresh.push(pair),
                Err(why) => {
                    row.why.get_or_insert(why);
                }
            }
        }
    }

    /// Adds a round that the baseline has played twice.
    pub fn control(&mut self, played: Played<'_>) {
        let Some(cell) = self.scenario.cells.get(played.new.cell) else { return };
        if [played.baseline, played.new].into_iter().any(|round| lost(round).is_some()) {
            return;
        }
        let [once, again] = [played.baseline, played.new].map(|round| of_round(cell, round));
        let rows = &self.cells[played.new.cell].rows;
        for (metric, row) in rows.iter().filter(|(_, row)| row.decides) {
            if let Ok(pair) = pair(metric, &once, &again, played) {
                self.controls.entry(row.metric.clone()).or_default().push(pair);
            }
        }
    }

    /// The cells that fresh rounds have to tell: the new build lies beyond a limit, to either side.
    pub fn flagged(&self) -> Vec<usize> {
        let flagged = |cell: &CellSoFar| flagged(&cell.deciding()).contains(&true);
        (0..self.cells.len()).filter(|at| flagged(&self.cells[*at])).collect()
    }

    /// True where a cell has as many fresh rounds as it needs.
    pub fn is_told(&self, cell: usize) -> bool {
        let trials = self.cells[cell].deciding();
        let flags = flagged(&trials);
        trials.iter().zip(flags).all(|(trial, flagged)| !flagged || trial.has_enough())
    }

    /// Whose rounds did not end as they should.
    pub fn lost(&self) -> Lost {
        self.lost
    }

    /// Decides.
    pub fn finish(
        self,
        host: Host,
        tool: Tool,
        run: Option<RunInfo>,
        [baseline, new]: [Subject; 2],
        interrupted: bool,
    ) -> Comparison {
        let controls: Vec<Control> = self
            .controls
            .into_iter()
            .filter_map(|(metric, pairs)| control(metric, pairs))
            .collect();
        let rows: Vec<&Row> =
            self.cells.iter().flat_map(|cell| &cell.rows).map(|(_, row)| row).collect();
        let mut decisions = decide_rows(&rows, &controls).into_iter();
        let cells = self.scenario.cells.iter().zip(self.cells);
        let cells: Vec<CellComparison> =
            cells.map(|(cell, so_far)| so_far.finish(&cell.id, &mut decisions)).collect();
        let unfit = unfit(&controls);
        let standing = if unfit.is_some() { Standing::Inconclusive } else { standing(&cells) };
        let mut notes = Vec::new();
        if controls.is_empty() && unfit.is_none() {
            notes.push("the baseline was not held against itself: nothing shows that this machine can tell".into());
        }
        if baseline.is_debug() != new.is_debug() {
            notes.push(
                "one of the two was built without optimisation, and the other was not".into(),
            );
        }
        Comparison {
            schema: SCHEMA.into(),
            how: How::Paired,
            tool,
            host,
            run,
            scenario: ScenarioInfo::of(self.scenario),
            baseline,
            new,
            standing,
            unfit,
            interrupted,
            notes,
            controls,
            cells,
        }
    }
}

/// The figures of both, or why one has none.
fn pair(
    metric: &Compared,
    baseline: &CellData,
    new: &CellData,
    played: Played<'_>,
) -> Result<PairResult, String> {
    let of =
        |who: &str, data: &CellData| figure(data, metric).map_err(|why| format!("of {who}, {why}"));
    let (baseline, new) = (of(BASELINE, baseline)?, of(NEW, new)?);
    let Played { baseline_first, .. } = played;
    Ok(PairResult { round: played.new.round, baseline, new, baseline_first })
}

impl CellSoFar {
    fn new(cell: &Cell) -> Self {
        let limits = cell.baseline.limits.iter().map(|(name, _)| name.as_str());
        let shown = SHOWN.into_iter().filter(|name| cell.baseline.limit(name).is_none());
        let server = ServerIs::of(&cell.settings);
        let row = |name: &str| {
            let metric = Compared::find(name)?;
            let (limit, floor) = (cell.baseline.limit(name), cell.baseline.floor(name));
            let row = Row {
                metric: name.to_owned(),
                unit: unit(metric.unit()).into(),
                decides: limit.is_some() && can_be_told(&metric, server, cell.settings.cpu.wait),
                limit: Some(limit.unwrap_or(SHOWN_LIMIT)),
                floor: (floor > 0.0).then_some(floor),
                ..Row::default()
            };
            Some((metric, row))
        };
        let rows = limits.chain(shown).filter_map(row).collect();
        Self { rows, counts: CountsOfCell::default(), lost: Vec::new() }
    }

    /// The metrics that decide.
    fn deciding(&self) -> Vec<Trial> {
        let rows = self.rows.iter().map(|(_, row)| row).filter(|row| row.decides);
        // Each by itself: whether it is flagged does not depend on the others.
        rows.filter_map(|row| trial(row, 0)).collect()
    }

    fn finish(
        self,
        id: &str,
        decisions: &mut impl Iterator<Item = Option<Decision>>,
    ) -> CellComparison {
        let decided = self.rows.into_iter().zip(decisions);
        let mut rows: Vec<Row> = decided.map(|((_, row), decision)| with(row, decision)).collect();
        rows.extend(self.counts.rows());
        let verdict = Verdict::Inconclusive;
        let mut cell = CellComparison { id: id.to_owned(), verdict, lost: self.lost, rows };
        cell.judge();
        cell
    }
}

/// A row with what was decided on it, and those fresh rounds alone that decided.
pub(super) fn with(row: Row, decision: Option<Decision>) -> Row {
    let by_fresh = decision.is_some_and(|decision| decision.fresh);
    let deciding = if by_fresh { &row.fresh } else { &row.pairs };
    let middle = |of: fn(&PairResult) -> f64| geometric_mean(deciding.iter().map(of));
    let (baseline, new) = (middle(|pair| pair.baseline), middle(|pair| pair.new));
    let too_few = || Some("fewer than two rounds of both have it".to_owned());
    Row {
        verdict: decision.map_or(Verdict::Inconclusive, |decision| decision.verdict),
        why: if decision.is_some() { None } else { row.why.or_else(too_few) },
        baseline,
        new,
        ratio: decision.map(|decision| decision.ratio),
        low: decision.map(|decision| decision.interval.0),
        high: decision.map(|decision| decision.interval.1),
        visible: decision.map(|decision| decision.visible),
        fresh: if by_fresh { row.fresh } else { Vec::new() },
        ..row
    }
}
