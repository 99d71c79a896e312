//! What few rounds can say: how far a figure of one cell may be off, and which cells differ.
//!
//! Everything is computed on logarithms, because noise multiplies: a busy machine makes a round
//! twice as slow, not so many microseconds slower.
//!
//! - **±**: the half-width of the 95 % confidence interval of the mean over rounds, with Student's t
//!   (W. S. Gosset, *The probable error of a mean*, Biometrika 6, 1908).
//! - **Told apart**: the rounds of all cells take turns, so the ratio of two cells is taken within
//!   each round, and what slows a whole round down cancels out. Two cells differ when both hold:
//!   the paired t interval (95 %) of the two alone leaves out 1; and their ratio is beyond what noise
//!   does between any two of the group's cells in 95 % of all runs, by the noise of the whole group
//!   (residuals of cells and rounds) or of these two, whichever is larger, with a level divided by
//!   the number of pairs (O. J. Dunn, *Multiple comparisons among means*, JASA 56, 1961). The second
//!   alone would believe a noisy cell among quiet ones; the first alone finds a winner in every
//!   large group.
//!
//! One round says nothing of either.

use std::cmp::Ordering;
use wirebench_verdict::students_t;

/// The chance that noise alone sets two cells of a group apart.
pub(crate) const LEVEL: f64 = 0.05;

/// What floating point may do to a figure.
const ROUNDING: f64 = 1e-9;

/// Sweeps over cells and rounds at most; without gaps one is exact.
const SWEEPS: usize = 50;

/// How far the mean of a figure may be off, as a share of it: with 0.25, it lies between the figure
/// over 1.25 and 1.25 times the figure. `None` with fewer than two rounds that have the figure.
pub fn half_width(figures: impl IntoIterator<Item = f64>) -> Option<f64> {
    let logs: Vec<f64> = figures.into_iter().filter_map(logarithm).collect();
    let (_, error) = mean_and_error(&logs)?;
    let width = (students_t(LEVEL, (logs.len() - 1) as f64) * error).exp_m1();
    width.is_finite().then_some(width)
}

/// One figure of all cells of a group, round by round.
#[derive(Clone, Debug)]
pub struct Contest {
    /// Logarithms by cell and round.
    logs: Vec<Vec<Option<f64>>>,
    /// Variance of the ratio of two cells within a round, over the group.
    variance: f64,
    /// Student's t for a pair of the group, all pairs considered.
    t: f64,
    /// Cells closer than this are not told apart, whatever the rounds say.
    resolution: f64,
}

impl Contest {
    /// `figures`: one list for each cell, one entry for each round, in the same order for all; `None`
    /// where the round does not have the figure. `resolution`: what the figure's own rounding may
    /// do, as a share of it.
    pub fn new(figures: &[Vec<Option<f64>>], resolution: f64) -> Self {
        let log = |cell: &Vec<Option<f64>>| {
            cell.iter().map(|figure| figure.and_then(logarithm)).collect::<Vec<_>>()
        };
        let logs: Vec<Vec<Option<f64>>> = figures.iter().map(log).collect();
        let judged = logs.iter().filter(|cell| cell.iter().flatten().count() > 1);
        let (squares, freedom, cells) = residuals(judged.cloned().collect());
        let pairs = (cells * cells.saturating_sub(1) / 2).max(1);
        let variance = if freedom > 0 { 2.0 * squares / freedom as f64 } else { 0.0 };
        Self {
            logs,
            variance,
            t: students_t(LEVEL / pairs as f64, freedom.max(1) as f64),
            resolution,
        }
    }

    /// How the figure of cell `a` stands to that of cell `b`: `Less` and `Greater` only where the
    /// rounds tell them apart. `None`: fewer than two rounds have the figure of both.
    pub fn compare(&self, a: usize, b: usize) -> Option<Ordering> {
        let pairs = self.logs.get(a)?.iter().zip(self.logs.get(b)?);
        let ratios: Vec<f64> = pairs.filter_map(|(a, b)| Some((*a)? - (*b)?)).collect();
        let (mean, error) = mean_and_error(&ratios)?;
        let of_group = (self.variance / ratios.len() as f64).sqrt();
        let noise = (students_t(LEVEL, (ratios.len() - 1) as f64) * error)
            .max(self.t * error.max(of_group))
            .max(self.resolution.ln_1p())
            .max(ROUNDING);
        Some(if mean.abs() > noise { mean.total_cmp(&0.0) } else { Ordering::Equal })
    }
}

/// Figures of time, rate and size; what is not above 0 has no ratio to others.
fn logarithm(figure: f64) -> Option<f64> {
    (figure > 0.0 && figure.is_finite()).then(|| figure.ln())
}

/// The mean, and its standard error; `None` with fewer than two.
fn mean_and_error(logs: &[f64]) -> Option<(f64, f64)> {
    let count = logs.len() as f64;
    let mean = logs.iter().sum::<f64>() / count;
    let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
    (logs.len() > 1).then(|| (mean, (squares / (count - 1.0) / count).sqrt()))
}

/// What is left of the logarithms without the means of cells and of rounds: the sum of squares, the
/// degrees of freedom, and the number of cells.
fn residuals(mut left: Vec<Vec<Option<f64>>>) -> (f64, usize, usize) {
    let rounds = left.first().map_or(0, Vec::len);
    let mut rounds_used = 0;
    for _ in 0..SWEEPS {
        let mut moved = 0.0_f64;
        for cell in &mut left {
            moved = moved.max(center(cell.iter_mut().flatten()).abs());
        }
        rounds_used = 0;
        for round in 0..rounds {
            let mut of_round: Vec<&mut f64> =
                left.iter_mut().filter_map(|cell| cell.get_mut(round)?.as_mut()).collect();
            rounds_used += usize::from(!of_round.is_empty());
            moved = moved.max(center(of_round.iter_mut().map(|left| &mut **left)).abs());
        }
        if moved < 1e-12 {
            break;
        }
    }
    let figures = || left.iter().flatten().flatten();
    let freedom = (figures().count() + 1).saturating_sub(left.len() + rounds_used);
    (figures().map(|left| left * left).sum(), freedom, left.len())
}

/// Takes the mean away and returns it.
fn center<'a>(figures: impl Iterator<Item = &'a mut f64>) -> f64 {
    let mut figures: Vec<&mut f64> = figures.collect();
    let mean = figures.iter().map(|figure| **figure).sum::<f64>() / figures.len().max(1) as f64;
    figures.iter_mut().for_each(|figure| **figure -= mean);
    mean
}
