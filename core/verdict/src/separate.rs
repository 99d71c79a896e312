//! Results of whole runs, which have nothing in common but what they measure.

use super::{Better, Decision, Estimate, LEVEL, Limit, holm};

/// With fewer results of either build nothing is decided: the noise between runs is not known.
pub const FEWEST_RESULTS: usize = 3;

/// How often noise alone puts a figure beyond its limit that lies exactly on it.
const CHANCE_BEYOND: f64 = 0.5;

/// One figure of both builds in several runs each.
#[derive(Clone, Debug, PartialEq)]
pub struct Samples {
    better: Better,
    limit: Limit,
    baseline: Vec<f64>,
    new: Vec<f64>,
}

impl Samples {
    /// A figure for each run that has one.
    pub fn new(better: Better, limit: Limit, baseline: Vec<f64>, new: Vec<f64>) -> Self {
        Self { better, limit, baseline, new }
    }

    /// The new figures over those of the baseline, each by the mean of their logarithms: also of a single
    /// run of each, which says nothing of chance. `None` where one has no ratio to anything.
    pub fn ratio(&self) -> Option<f64> {
        let mean = |figures: &[f64]| {
            let logs = figures.iter().map(|figure| figure.ln());
            logs.sum::<f64>() / figures.len() as f64
        };
        let log = mean(&self.new) - mean(&self.baseline);
        log.is_finite().then(|| log.exp())
    }

    /// How much worse the new one is: logarithms are positive where it is.
    fn estimate(&self) -> Option<Estimate> {
        if self.baseline.len().min(self.new.len()) < FEWEST_RESULTS {
            return None;
        }
        let sign = if self.better == Better::Lower { 1.0 } else { -1.0 };
        let logs = |figures: &[f64]| -> Vec<f64> {
            figures.iter().map(|figure| sign * figure.ln()).collect()
        };
        Estimate::of_difference(&logs(&self.new), &logs(&self.baseline))
    }
}

/// The decision on each; `None` with fewer than [`FEWEST_RESULTS`] of either build, or where a figure has no
/// ratio to anything. All of them together call something changed by more than its limit that is not with a
/// chance of [`LEVEL`] at most.
///
/// Only those beyond their limits are tested, and there are no fresh rounds for them. They were chosen by the
/// figures that they are tested by, so what counts is the chance of such figures among those that are chosen
/// (J. L. Ellis, J. Pecanka, J. J. Goeman, *Gaining power in multiple testing of interval hypotheses via
/// conditionalization*, Biostatistics 21, 2020).
pub fn decisions_of_samples(figures: &[Samples]) -> Vec<Option<Decision>> {
    let estimates: Vec<Option<Estimate>> = figures.iter().map(Samples::estimate).collect();
    let beyond: Vec<(usize, f64)> = figures
        .iter()
        .zip(&estimates)
        .enumerate()
        .filter_map(|(at, (figure, estimate))| {
            let estimate = estimate.as_ref().filter(|one| figure.limit.flags(one))?;
            Some((at, (figure.limit.chance(estimate) / CHANCE_BEYOND).min(1.0)))
        })
        .collect();
    let chances: Vec<f64> = beyond.iter().map(|(_, chance)| *chance).collect();
    let mut holds = vec![false; figures.len()];
    for ((at, _), held) in beyond.iter().zip(holm(&chances, LEVEL)) {
        holds[*at] = held;
    }
    figures
        .iter()
        .zip(estimates)
        .zip(holds)
        .map(|((figure, estimate), holds)| {
            Some(Decision::of(&estimate?, figure.limit, holds, figure.better))
        })
        .collect()
}
