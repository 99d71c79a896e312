//! What follows from figures and rounds: the same for rounds as they come and for a comparison that is read back.

use super::limits::SHOWN_LIMIT;
use super::{CellComparison, Comparison, Control, How, PairResult, Row, Standing};
use crate::measure::{Compared, Unit};
use std::collections::BTreeMap;
use wirebench_verdict::{
    Better, Decision, Estimate, LEVEL, Limit, Pair, Trial, Verdict, decisions, of_pairs,
};

/// How a lost round of the baseline is told.
pub(super) const BASELINE: &str = "the baseline";

/// The same of the new build.
pub(super) const NEW: &str = "the new build";

impl Comparison {
    /// True where a round of the baseline of a paired run had no figures because it did not end as it should.
    pub fn lost_the_baseline(&self) -> bool {
        let of_baseline = |lost: &String| lost.starts_with(&format!("of {BASELINE}, "));
        self.how == How::Paired && self.cells.iter().flat_map(|cell| &cell.lost).any(of_baseline)
    }
}

/// What is better of a metric.
pub(super) fn better(metric: &Compared) -> Better {
    if metric.is_welcome() { Better::Higher } else { Better::Lower }
}

/// The rounds of a row on their way to a decision; `metric`: a number that rows of the same metric share. `None`: it has
/// no metric or no limit, so nothing follows.
pub(super) fn trial(row: &Row, metric: usize) -> Option<Trial> {
    let limit = Limit::of_share(row.limit?)?;
    let better = better(&Compared::find(&row.metric)?);
    let mut trial = Trial::new(metric, better, limit, row.floor.unwrap_or(0.0));
    row.pairs.iter().for_each(|pair| trial.screened(played_pair(pair)));
    row.fresh.iter().for_each(|pair| trial.confirmed(played_pair(pair)));
    Some(trial)
}

/// Decides on each, which decides itself or is only shown: that takes nothing from what decides.
fn decide_trials(
    trials: Vec<(bool, Trial)>,
    controls: &[(usize, Estimate)],
) -> Vec<Option<Decision>> {
    let [mut deciding, mut shown] = [true, false].map(|decides| {
        let those = trials.iter().filter(|(own, _)| *own == decides);
        decisions(&those.map(|(_, trial)| trial.clone()).collect::<Vec<_>>(), controls).into_iter()
    });
    trials
        .iter()
        .map(|(decides, _)| if *decides { deciding.next() } else { shown.next() }.flatten())
        .collect()
}

/// The decisions on rows, by their rounds and those of the controls alone.
pub(super) fn decide_rows(rows: &[&Row], controls: &[Control]) -> Vec<Option<Decision>> {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let trial = |row: &&Row| {
        let next = numbers.len();
        let number = *numbers.entry(row.metric.clone()).or_insert(next);
        Some((row.decides, trial(row, number)?))
    };
    let trials: Option<Vec<(bool, Trial)>> = rows.iter().map(trial).collect();
    // Where one has no metric or no limit, nothing follows.
    let Some(trials) = trials else { return vec![None; rows.len()] };
    let controls: Vec<(usize, Estimate)> = controls
        .iter()
        .filter_map(|control| Some((*numbers.get(&control.metric)?, estimate(&control.pairs)?)))
        .collect();
    decide_trials(trials, &controls)
}

fn played_pair(pair: &PairResult) -> Pair {
    let PairResult { baseline, new, baseline_first, .. } = *pair;
    Pair { baseline, new, baseline_first }
}

/// The baseline against itself. It differs where it is off by more than half of what is usually allowed,
/// and that is not by chance.
pub(super) fn control(metric: String, pairs: Vec<PairResult>) -> Option<Control> {
    let estimate = estimate(&pairs)?;
    let (low, high) = estimate.interval(2.0 * LEVEL);
    let half = SHOWN_LIMIT.ln_1p() / 2.0;
    let (sure_low, sure_high) = estimate.interval(LEVEL / 5.0);
    let differs = estimate.mean().abs() > half && (sure_low > 1.0 || sure_high < 1.0);
    Some(Control { metric, ratio: estimate.ratio(), low, high, differs, pairs })
}

/// What pairs of one metric of the baseline say of the second of each.
fn estimate(pairs: &[PairResult]) -> Option<Estimate> {
    of_pairs(&pairs.iter().map(played_pair).collect::<Vec<_>>(), Better::Lower)
}

pub(super) fn unfit(controls: &[Control]) -> Option<String> {
    let told: Vec<String> = controls
        .iter()
        .filter(|control| control.differs)
        .map(|control| {
            format!(
                "{} of the baseline against itself is {:.3} [{:.3}–{:.3}] over {} pairs",
                control.metric,
                control.ratio,
                control.low,
                control.high,
                control.pairs.len()
            )
        })
        .collect();
    (!told.is_empty()).then(|| format!("machine unfit: {}", told.join("; ")))
}

/// What the cells come to.
pub(super) fn standing(cells: &[CellComparison]) -> Standing {
    let deciding = || cells.iter().flat_map(|cell| &cell.rows).filter(|row| row.decides);
    let any = |verdict| deciding().any(|row| row.verdict == verdict);
    let timed = || deciding().filter(|row| !row.exact);
    let untold = timed().filter(|row| row.verdict == Verdict::Inconclusive).count();
    if any(Verdict::Regressed) {
        Standing::Regressed
    } else if untold == timed().count() {
        Standing::Inconclusive
    } else if untold > 0 {
        Standing::PartlyTold
    } else if any(Verdict::Improved) {
        Standing::Improved
    } else {
        Standing::Same
    }
}

/// As documents call a unit.
pub(super) fn unit(unit: Unit) -> &'static str {
    match unit {
        Unit::Nanos => "ns",
        Unit::PerSecond => "per-second",
        Unit::Bytes => "bytes",
        Unit::BytesPerSecond => "bytes-per-second",
        Unit::CountOrShare | Unit::Count | Unit::Ratio => "ratio",
    }
}

/// The mean by which ratios are meant: that of both builds stand to each other as their ratios do.
pub(super) fn geometric_mean(figures: impl Iterator<Item = f64>) -> Option<f64> {
    let logs: Vec<f64> = figures.filter(|figure| *figure > 0.0).map(f64::ln).collect();
    (!logs.is_empty()).then(|| (logs.iter().sum::<f64>() / logs.len() as f64).exp())
}

/// The middle one.
pub(super) fn median(mut figures: Vec<f64>) -> Option<f64> {
    figures.sort_by(f64::total_cmp);
    let middle = figures.len().checked_sub(1)? / 2;
    Some(f64::midpoint(figures[middle], figures[figures.len() / 2]))
}
