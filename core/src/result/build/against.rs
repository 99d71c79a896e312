//! Gates that hold a cell against another: they are judged when all cells are known.

use crate::measure::Family;
use crate::result::document::{CellResult, CellVerdict, GateResult, JudgedBy};
use crate::result::figures::{Figure, Figures};
use crate::result::gates::GateOutcome;
use crate::result::metrics::Value;
use crate::result::ratio::{self, Ratio};
use crate::scenario::{Gate, Limit, Reference, Scenario};
use std::collections::HashMap;

/// Puts the gates of each cell on others among its own, in the order of the scenario, and brings its
/// verdict to what they say. `figures`: of each cell what is compared.
pub(super) fn hold(scenario: &Scenario, cells: &mut [CellResult], figures: &[Figures<'_>]) {
    let compares = |gate: &Gate| gate.reference.is_some();
    if !scenario.cells.iter().flat_map(|cell| &cell.expect).any(compares) {
        return;
    }
    let rows: HashMap<&str, usize> =
        scenario.cells.iter().enumerate().map(|(row, cell)| (cell.id.as_str(), row)).collect();
    let unfit: Vec<Option<String>> = cells.iter().map(unfit).collect();
    let side = |row: usize| Side { figures: &figures[row], unfit: unfit[row].as_deref() };
    for (row, plan) in scenario.cells.iter().enumerate() {
        let cell = &mut cells[row];
        let mut own = std::mem::take(&mut cell.gates).into_iter();
        for gate in &plan.expect {
            let Some(reference) = &gate.reference else {
                cell.gates.extend(own.next());
                continue;
            };
            let other = rows.get(reference.cell.as_str()).map(|row| side(*row));
            let held = judge(gate, reference, &figures[row], other);
            cell.verdict = cell.verdict.max(match held.pass {
                Some(true) => CellVerdict::Pass,
                Some(false) => CellVerdict::Fail,
                None => CellVerdict::Inconclusive,
            });
            cell.gates.push(held);
        }
    }
}

/// The cell that a gate is held against.
struct Side<'a> {
    figures: &'a Figures<'a>,
    /// Why nothing is held against it.
    unfit: Option<&'a str>,
}

/// Why no other cell is held against this one, if so: who does not do what was asked for is quick.
fn unfit(cell: &CellResult) -> Option<String> {
    let ends = &cell.exchanges;
    if let Some(crash) = cell.crashes.first() {
        return Some(format!("it crashed in round {}", crash.round));
    }
    if cell.is_damaged() {
        return Some("not all of its messages are intact".into());
    }
    let wrong = ends.wrong > 0 || ends.damaged > 0;
    (cell.integrity.judge != JudgedBy::Ledger && wrong)
        .then(|| "not all of its answers are right".into())
}

/// Why a gate cannot be told.
struct Untold {
    why: String,
    /// There was nothing at all to judge.
    unsampled: bool,
}

impl Untold {
    fn new(why: String) -> Self {
        Self { why, unsampled: false }
    }
}

fn judge(
    gate: &Gate,
    reference: &Reference,
    own: &Figures<'_>,
    other: Option<Side<'_>>,
) -> GateResult {
    let mut result = GateResult {
        gate: gate.metric.clone(),
        limit: gate.text.clone(),
        value: None,
        unit: None,
        family: Family::Cost,
        pass: None,
        why: None,
        unsampled: false,
        against: Some(reference.cell.clone()),
        interval: None,
        rounds: None,
        line: gate.line,
    };
    match compare(gate, reference, own, other) {
        Ok(Ratio { ratio, interval, rounds, outcome, why }) => {
            result.value = Some(ratio);
            result.unit = Some("ratio".into());
            result.pass = match outcome {
                GateOutcome::Pass => Some(true),
                GateOutcome::Fail => Some(false),
                GateOutcome::Inconclusive => None,
            };
            (result.interval, result.rounds, result.why) = (interval, rounds, why);
        }
        Err(Untold { why, unsampled }) => {
            result.why = Some(why);
            result.unsampled = unsampled;
        }
    }
    result
}

fn compare(
    gate: &Gate,
    reference: &Reference,
    own: &Figures<'_>,
    other: Option<Side<'_>>,
) -> Result<Ratio, Untold> {
    let Reference { metric, cell } = reference;
    let (Some(mine), Limit::Ratio(limit)) = (own.get(metric), gate.limit) else {
        // Scenarios are checked before they run: only a foreign file can have such a gate.
        return Err(Untold::new(format!("there is no ratio of `{metric}`")));
    };
    told(mine).map_err(|(why, unsampled)| Untold { why, unsampled })?;
    let of_other = |why: &str| format!("`{cell}`, which it is held against: {why}");
    let Some(other) = other else {
        return Err(Untold::new(of_other("it is not among the cells of this run")));
    };
    if let Some(why) = other.unfit {
        return Err(Untold::new(of_other(why)));
    }
    let Some(theirs) = other.figures.get(metric) else {
        return Err(Untold::new(of_other("it does not have that metric")));
    };
    told(theirs).map_err(|(why, unsampled)| Untold { why: of_other(&why), unsampled })?;
    let judged = match (mine.metric.is_exact(), mine.pooled.number(), theirs.pooled.number()) {
        (true, Some(mine), Some(theirs)) => ratio::exact(mine, theirs, gate.op, limit),
        _ => ratio::of_rounds(&pairs(mine, theirs), gate.op, limit),
    };
    judged.map_err(Untold::new)
}

/// Whether a figure may decide anything; the error says why not, and whether there is none at all.
fn told(figure: &Figure) -> Result<(), (String, bool)> {
    if let Some(why) = &figure.doubt {
        return Err((why.clone(), figure.is_missing()));
    }
    match figure.unclear() {
        Some((round, why)) => Err((format!("in round {round}, {why}"), false)),
        None => Ok(()),
    }
}

/// The values of the rounds that both have.
fn pairs(mine: &Figure, theirs: &Figure) -> Vec<(f64, f64)> {
    let number = |(round, value): &(u32, Value)| Some((*round, value.number()?));
    let theirs: HashMap<u32, f64> = theirs.rounds.iter().filter_map(number).collect();
    let mine = mine.rounds.iter().filter_map(number);
    mine.filter_map(|(round, value)| Some((value, *theirs.get(&round)?))).collect()
}
