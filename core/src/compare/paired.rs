//! The rounds of a paired run on their way into a comparison.

use super::decided::{
    BASELINE, control, decide_trials, estimate, geometric_mean, standing, unfit, unit,
};
use super::exact::CountsOfCell;
use super::figures::{SHOWN, figure, lost, of_round};
use super::limits::SHOWN_LIMIT;
use super::{CellComparison, Comparison, Control, How, PairResult, Row, SCHEMA, Standing, Subject};
use crate::measure::Compared;
use crate::result::document::{RunInfo, ScenarioInfo};
use crate::result::{CellData, Host, Round, Tool};
use crate::scenario::{Cell, Scenario};
use std::collections::BTreeMap;
use wirebench_verdict::{Better, Decision, Estimate, Limit, Pair, Trial, Verdict, flagged};

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
    /// Metrics by their names.
    numbers: BTreeMap<String, usize>,
    lost: Lost,
}

/// A cell's metrics and counts.
struct CellSoFar {
    metrics: Vec<MetricSoFar>,
    counts: CountsOfCell,
    lost: Vec<String>,
}

struct MetricSoFar {
    metric: Compared,
    decides: bool,
    limit: f64,
    floor: f64,
    trial: Trial,
    pairs: Vec<PairResult>,
    fresh: Vec<PairResult>,
    /// Why a round had no figure.
    why: Option<String>,
}

impl<'a> PairedRounds<'a> {
    /// No rounds yet.
    pub fn new(scenario: &'a Scenario) -> Self {
        let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
        let mut number = |name: &str| {
            let next = numbers.len();
            *numbers.entry(name.to_owned()).or_insert(next)
        };
        let cells = scenario.cells.iter().map(|cell| CellSoFar::new(cell, &mut number)).collect();
        Self { scenario, cells, controls: BTreeMap::new(), numbers, lost: Lost::default() }
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
            ("the new build", played.new, &mut self.lost.new),
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
        for metric in &mut so_far.metrics {
            match pair(&metric.metric, &baseline, &new, played) {
                Ok((result, pair)) => {
                    let (told, add): (_, fn(&mut Trial, Pair)) = match stage {
                        Stage::Screen => (&mut metric.pairs, Trial::screened),
                        Stage::Fresh => (&mut metric.fresh, Trial::confirmed),
                    };
                    told.push(result);
                    add(&mut metric.trial, pair);
                }
                Err(why) => {
                    metric.why.get_or_insert(why);
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
        let deciding = self.cells[played.new.cell].metrics.iter().filter(|metric| metric.decides);
        for metric in deciding {
            if let Ok((result, _)) = pair(&metric.metric, &once, &again, played) {
                self.controls.entry(metric.metric.name().into_owned()).or_default().push(result);
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
        let of_controls: Vec<(usize, Estimate)> = self
            .controls
            .iter()
            .filter_map(|(metric, pairs)| Some((self.numbers[metric], estimate(pairs)?)))
            .collect();
        let controls: Vec<Control> = self
            .controls
            .into_iter()
            .filter_map(|(metric, pairs)| control(metric, pairs))
            .collect();
        let mut decided = decide(&self.cells, &of_controls).into_iter();
        let cells: Vec<CellComparison> = self
            .scenario
            .cells
            .iter()
            .zip(self.cells)
            .map(|(cell, so_far)| so_far.finish(&cell.id, &mut decided))
            .collect();
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

/// All cells together: one mistake in so many runs is to be one of the run, not of a cell.
fn decide(cells: &[CellSoFar], controls: &[(usize, Estimate)]) -> Vec<Option<Decision>> {
    let metrics = cells.iter().flat_map(|cell| &cell.metrics);
    decide_trials(metrics.map(|metric| (metric.decides, metric.trial.clone())).collect(), controls)
}

fn pair(
    metric: &Compared,
    baseline: &CellData,
    new: &CellData,
    played: Played<'_>,
) -> Result<(PairResult, Pair), String> {
    let (baseline, new) = (figure(baseline, metric)?, figure(new, metric)?);
    let baseline_first = played.baseline_first;
    let pair = Pair { baseline, new, baseline_first };
    Ok((PairResult { round: played.new.round, baseline, new, baseline_first }, pair))
}

impl CellSoFar {
    fn new(cell: &Cell, number: &mut impl FnMut(&str) -> usize) -> Self {
        let limits = cell.baseline.limits.iter().map(|(name, _)| name.as_str());
        let shown = SHOWN.into_iter().filter(|name| cell.baseline.limit(name).is_none());
        let metric = |name: &str| {
            let metric = Compared::find(name)?;
            let limit = cell.baseline.limit(name);
            let share = limit.unwrap_or(SHOWN_LIMIT);
            let floor = cell.baseline.floor(name);
            let better = if metric.is_welcome() { Better::Higher } else { Better::Lower };
            Some(MetricSoFar {
                decides: limit.is_some(),
                limit: share,
                floor,
                trial: Trial::new(number(name), better, Limit::of_share(share)?, floor),
                pairs: Vec::new(),
                fresh: Vec::new(),
                why: None,
                metric,
            })
        };
        let metrics = limits.chain(shown).filter_map(metric).collect();
        Self { metrics, counts: CountsOfCell::default(), lost: Vec::new() }
    }

    fn deciding(&self) -> Vec<Trial> {
        let deciding = self.metrics.iter().filter(|metric| metric.decides);
        deciding.map(|metric| metric.trial.clone()).collect()
    }

    fn finish(
        self,
        id: &str,
        decided: &mut impl Iterator<Item = Option<Decision>>,
    ) -> CellComparison {
        let mut rows: Vec<Row> = self
            .metrics
            .into_iter()
            .map(|metric| metric.finish(decided.next().flatten()))
            .collect();
        rows.extend(self.counts.rows());
        let verdict = Verdict::Inconclusive;
        let mut cell = CellComparison { id: id.to_owned(), verdict, lost: self.lost, rows };
        cell.judge();
        cell
    }
}

impl MetricSoFar {
    fn finish(self, decision: Option<Decision>) -> Row {
        let why = match (&decision, self.why) {
            (None, Some(why)) => Some(why),
            (None, None) => Some("fewer than two rounds of both have it".to_owned()),
            _ => None,
        };
        let by_fresh = decision.is_some_and(|decision| decision.fresh);
        let fresh = if by_fresh { self.fresh } else { Vec::new() };
        let deciding = if by_fresh { &fresh } else { &self.pairs };
        let middle = |of: fn(&PairResult) -> f64| geometric_mean(deciding.iter().map(of));
        Row {
            metric: self.metric.name().into_owned(),
            unit: unit(self.metric.unit()).into(),
            decides: self.decides,
            verdict: decision.map_or(Verdict::Inconclusive, |decision| decision.verdict),
            why,
            exact: false,
            baseline: middle(|pair| pair.baseline),
            new: middle(|pair| pair.new),
            ratio: decision.map(|decision| decision.ratio),
            low: decision.map(|decision| decision.interval.0),
            high: decision.map(|decision| decision.interval.1),
            visible: decision.map(|decision| decision.visible),
            limit: Some(self.limit),
            floor: (self.floor > 0.0).then_some(self.floor),
            pairs: self.pairs,
            fresh,
        }
    }
}
