//! One metric of one cell, from its first rounds to the verdict.

use super::{
    Better, Decision, Estimate, LEVEL, LEVEL_OF_ALL, Limit, Pair, Prior, Verdict, holm, of_pairs,
};
use std::collections::BTreeMap;

/// Fresh rounds of a flagged cell, if there is time for them: three in each order at least.
pub const FEWEST_FRESH: usize = 6;

/// One metric of one cell.
#[derive(Clone, Debug)]
pub struct Trial {
    metric: usize,
    better: Better,
    limit: Limit,
    floor: f64,
    screen: Vec<Pair>,
    fresh: Vec<Pair>,
}

impl Trial {
    /// `metric`: a number that all cells have in common for the same metric. `floor`: a change by less than
    /// this, in the metric's unit, does not matter.
    pub fn new(metric: usize, better: Better, limit: Limit, floor: f64) -> Self {
        Self { metric, better, limit, floor, screen: Vec::new(), fresh: Vec::new() }
    }

    /// A round that every cell has.
    pub fn screened(&mut self, pair: Pair) {
        self.screen.push(pair);
    }

    /// A round that was played because something of the cell was flagged.
    pub fn confirmed(&mut self, pair: Pair) {
        self.fresh.push(pair);
    }

    /// True where the fresh rounds are enough: as many as make the interval no wider than a quarter of the limit to
    /// each side, by how much the rounds before scattered. What the fresh ones show is not looked at: who plays on
    /// until it looks significant finds something in noise, and who stops when they happen to agree takes noise for
    /// less than it is.
    pub fn has_enough(&self) -> bool {
        let wanted = self.limit.log() / 4.0;
        let needed = self.estimate().map_or(f64::INFINITY, |screen| {
            let reach = screen.reach(LEVEL);
            self.screen.len() as f64 * (reach / wanted).powi(2)
        });
        self.fresh.len() as f64 >= needed.max(FEWEST_FRESH as f64)
    }

    fn estimate(&self) -> Option<Estimate> {
        of_pairs(&self.screen, self.better)
    }

    /// The mean of the fresh rounds, with the scatter of all; `None` where nothing was flagged.
    fn fresh_estimate(&self) -> Option<Estimate> {
        let fresh = of_pairs(&self.fresh, self.better).filter(|_| self.is_flagged())?;
        Some(self.estimate().map_or(fresh, |screen| fresh.scattering_like(screen)))
    }

    /// Half of the fresh rounds lie beyond the limit to the side of their mean: a few that something else has
    /// disturbed do not make a verdict.
    fn middle_is_beyond(&self) -> bool {
        let mut logs: Vec<f64> =
            self.fresh.iter().filter_map(|pair| pair.log(self.better)).collect();
        let sum: f64 = logs.iter().sum();
        logs.iter_mut().for_each(|log| *log *= sum.signum());
        logs.sort_by(f64::total_cmp);
        let middle = logs.len().checked_sub(1).map_or(0, |last| last / 2);
        logs.get(middle).is_some_and(|middle| *middle > self.limit.log())
    }

    /// True where the rounds that every cell has lie beyond limit and floor.
    fn is_flagged(&self) -> bool {
        let mean = |of: fn(&Pair) -> f64| {
            self.screen.iter().map(of).sum::<f64>() / self.screen.len() as f64
        };
        let moved = (mean(|pair| pair.new) - mean(|pair| pair.baseline)).abs();
        self.estimate().is_some_and(|screen| self.limit.flags(&screen)) && moved >= self.floor
    }

    fn is_below_floor(&self) -> bool {
        self.estimate().is_some_and(|screen| self.limit.flags(&screen)) && !self.is_flagged()
    }
}

/// Which of them fresh rounds have to tell.
pub fn flagged(trials: &[Trial]) -> Vec<bool> {
    trials.iter().map(Trial::is_flagged).collect()
}

/// The decision on each; `None` with fewer than two rounds. Flagged ones are judged by their fresh rounds
/// alone, which were not chosen by what they show, and all of them together make a mistake with a chance of
/// [`LEVEL`] at most; the others by the rounds that every cell has. How much a cell scatters is told by all of
/// its rounds, and by those of the others. `controls`: a metric of the baseline against itself, which scatters
/// as the cells do.
pub fn decisions(trials: &[Trial], controls: &[(usize, Estimate)]) -> Vec<Option<Decision>> {
    let mut metrics: BTreeMap<usize, Vec<Estimate>> = BTreeMap::new();
    for trial in trials {
        metrics.entry(trial.metric).or_default().extend(trial.estimate());
    }
    for (metric, control) in controls {
        metrics.entry(*metric).or_default().push(*control);
    }
    let priors: BTreeMap<usize, Option<Prior>> =
        metrics.into_iter().map(|(metric, cells)| (metric, Prior::of(&cells))).collect();
    let moderated = |trial: &Trial, estimate: Estimate| {
        let prior = priors.get(&trial.metric).copied().flatten();
        prior.map_or(estimate, |prior| prior.moderate(estimate))
    };
    let fresh: Vec<Option<Estimate>> =
        trials.iter().map(|trial| Some(moderated(trial, trial.fresh_estimate()?))).collect();
    let tested: Vec<usize> = (0..trials.len()).filter(|at| fresh[*at].is_some()).collect();
    let chances: Vec<f64> = tested
        .iter()
        .filter_map(|at| Some(trials[*at].limit.chance(fresh[*at].as_ref()?)))
        .collect();
    let mut holds = vec![false; trials.len()];
    for (at, held) in tested.iter().zip(holm(&chances, LEVEL_OF_ALL)) {
        holds[*at] = held && trials[*at].middle_is_beyond();
    }
    let decide = |(at, trial): (usize, &Trial)| {
        let estimate = match fresh[at] {
            Some(fresh) => fresh,
            None => moderated(trial, trial.estimate()?),
        };
        let decision = Decision::of(&estimate, trial.limit, holds[at], trial.better);
        let mut decision = Decision { fresh: fresh[at].is_some(), ..decision };
        if trial.is_below_floor() {
            decision.verdict = Verdict::Same;
        }
        Some(decision)
    };
    trials.iter().enumerate().map(decide).collect()
}
