//! What a sample of logarithms says of their mean.

use statrs::distribution::{ContinuousCDF as _, Normal, StudentsT};

/// From here on, Student's t is the normal distribution as far as anybody can see.
const AS_GOOD_AS_NORMAL: f64 = 1e5;

/// The mean of logarithms of ratios, and how far it may be off (Student, *The probable error of a mean*,
/// Biometrika 6, 1908).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    mean: f64,
    /// Variance of one logarithm.
    variance: f64,
    /// Variance of the mean, as a share of that of one logarithm.
    share: f64,
    freedom: f64,
}

impl Estimate {
    /// Of a plain sample; `None` with fewer than two, or where one is not a number.
    pub fn of(logs: &[f64]) -> Option<Self> {
        if logs.len() < 2 || !logs.iter().all(|log| log.is_finite()) {
            return None;
        }
        let count = logs.len() as f64;
        let mean = logs.iter().sum::<f64>() / count;
        let squares: f64 = logs.iter().map(|log| (log - mean).powi(2)).sum();
        Some(Self::new(mean, squares / (count - 1.0), 1.0 / count, count - 1.0))
    }

    /// The difference of the means of two samples that have nothing in common but what they measure, each
    /// with a variance of its own (B. L. Welch, *The generalization of "Student's" problem when several
    /// different population variances are involved*, Biometrika 34, 1947); `None` with fewer than two in
    /// either.
    pub fn of_difference(new: &[f64], baseline: &[f64]) -> Option<Self> {
        let (new, baseline) = (Self::of(new)?, Self::of(baseline)?);
        let (a, b) = (new.variance * new.share, baseline.variance * baseline.share);
        let freedom = (a + b).powi(2) / (a * a / new.freedom + b * b / baseline.freedom);
        let freedom = if freedom.is_finite() { freedom } else { new.freedom + baseline.freedom };
        Some(Self::new(new.mean - baseline.mean, a + b, 1.0, freedom))
    }

    pub(crate) fn new(mean: f64, variance: f64, share: f64, freedom: f64) -> Self {
        Self { mean, variance, share, freedom }
    }

    pub(crate) fn with_variance(self, variance: f64, freedom: f64) -> Self {
        Self { variance, freedom, ..self }
    }

    /// The same mean, with the scatter of both samples, which are of the same thing.
    pub(crate) fn scattering_like(self, other: Self) -> Self {
        let freedom = self.freedom + other.freedom;
        let squares = self.variance * self.freedom + other.variance * other.freedom;
        self.with_variance(squares / freedom, freedom)
    }

    /// The same with baseline and new exchanged.
    pub(crate) fn mirrored(self) -> Self {
        Self { mean: -self.mean, ..self }
    }

    pub(crate) fn variance(&self) -> f64 {
        self.variance
    }

    pub(crate) fn freedom(&self) -> f64 {
        self.freedom
    }

    /// The mean, a logarithm.
    pub fn mean(&self) -> f64 {
        self.mean
    }

    /// Its standard error, a logarithm.
    pub fn error(&self) -> f64 {
        (self.variance * self.share).sqrt()
    }

    /// The mean as a ratio.
    pub fn ratio(&self) -> f64 {
        self.mean.exp()
    }

    /// The ratio is at least this, but for a chance of `level`.
    pub fn lower(&self, level: f64) -> f64 {
        (self.mean - self.reach(level)).exp()
    }

    /// The ratio is at most this, but for a chance of `level`.
    pub fn upper(&self, level: f64) -> f64 {
        (self.mean + self.reach(level)).exp()
    }

    /// The ratio is between these, but for a chance of `level`, half of it on each side.
    pub fn interval(&self, level: f64) -> (f64, f64) {
        (self.lower(level / 2.0), self.upper(level / 2.0))
    }

    /// How far the mean may be off to one side, but for a chance of `level`; a logarithm.
    pub fn reach(&self, level: f64) -> f64 {
        match self.error() {
            0.0 => 0.0,
            error => error * quantile(1.0 - level, self.freedom),
        }
    }

    /// The chance that noise alone puts the mean this far above `limit`, a logarithm, or farther.
    pub fn chance_above(&self, limit: f64) -> f64 {
        let over = self.mean - limit;
        match self.error() {
            0.0 if over > 0.0 => 0.0,
            0.0 => 1.0,
            error => tail(over / error, self.freedom),
        }
    }
}

/// What the amount of Student's t stays below, but for a chance of `level`: half of it on each side.
pub fn students_t(level: f64, freedom: f64) -> f64 {
    // From below: close to 1, a chance has no digits left to be small with.
    -quantile(level / 2.0, freedom)
}

/// The chance that Student's t is over `t`.
fn tail(t: f64, freedom: f64) -> f64 {
    if freedom < AS_GOOD_AS_NORMAL
        && let Ok(student) = StudentsT::new(0.0, 1.0, freedom)
    {
        return student.sf(t);
    }
    Normal::standard().sf(t)
}

/// What Student's t stays below with this chance.
fn quantile(chance: f64, freedom: f64) -> f64 {
    if freedom < AS_GOOD_AS_NORMAL
        && let Ok(student) = StudentsT::new(0.0, 1.0, freedom)
    {
        return student.inverse_cdf(chance);
    }
    Normal::standard().inverse_cdf(chance)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quantiles_are_those_of_the_printed_tables() {
        for (level, freedom, t) in [
            (0.05, 1, 12.706),
            (0.05, 2, 4.303),
            (0.05, 3, 3.182),
            (0.05, 4, 2.776),
            (0.05, 9, 2.262),
            (0.05, 30, 2.042),
            (0.05, 120, 1.980),
            (0.01, 1, 63.657),
            (0.01, 2, 9.925),
            (0.01, 5, 4.032),
            (0.01, 16, 2.921),
            (0.001, 2, 31.599),
            (0.001, 10, 4.587),
        ] {
            let got = students_t(level, f64::from(freedom));
            assert!((got - t).abs() < 0.0006 * t, "{level} {freedom}: {got}, not {t}");
        }
    }

    #[test]
    fn a_tiny_level_and_many_degrees_of_freedom_have_a_quantile_too() {
        // Of 50 million pairs: a normal deviate of 6.1 to 6.2, a little more with Student's t.
        let got = students_t(0.05 / 5e7, 1e6);
        assert!((6.0..6.5).contains(&got), "{got}");
        let got = students_t(1e-9, 2.0);
        assert!((got - 31_622.777).abs() < 0.01, "{got}");
    }
}
