//! Scales of axes: where a value stands, and at which values lines are drawn.

/// Beyond this ratio of the largest to the smallest, an axis is logarithmic.
pub(super) const WIDE: f64 = 20.0;

/// Where values stand on an axis.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Scale {
    form: Form,
    low: f64,
    high: f64,
    from: f64,
    to: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Linear,
    Log,
    /// Shares of samples from 0 to below 1, by the logarithm of how rare what lies beyond is.
    Tail,
}

/// A value at which a line is drawn, and where it stands.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Tick {
    pub(super) value: f64,
    pub(super) at: f64,
}

impl Scale {
    /// From 0, with equal steps, to the next round value at or above `high`.
    pub(super) fn linear(high: f64, from: f64, to: f64) -> Self {
        let high = if high > 0.0 && high.is_finite() { high } else { 1.0 };
        let step = nice_step(high / 5.0);
        Self { form: Form::Linear, low: 0.0, high: (high / step).ceil() * step, from, to }
    }

    /// From a round value at or below the smallest to one at or above the largest, both above 0.
    pub(super) fn log(low: f64, high: f64, from: f64, to: f64) -> Self {
        let usable = |value: f64| value > 0.0 && value.is_finite();
        let (low, high) = match (usable(low), usable(high)) {
            (true, true) => (low.min(high), low.max(high)),
            (true, false) => (low, low),
            (false, true) => (high, high),
            (false, false) => (1.0, 1.0),
        };
        let (low, mut high) = (below(low), above(high));
        if high <= low {
            high = above(low * 1.5);
        }
        Self { form: Form::Log, low, high, from, to }
    }

    /// Logarithmic where the values are far apart, and from 0 where they are not. Values that are not above 0 have no
    /// say.
    pub(super) fn of(values: impl Iterator<Item = f64>, from: f64, to: f64) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|value| *value > 0.0 && value.is_finite()) {
            (low, high) = (low.min(value), high.max(value));
        }
        if high > low * WIDE {
            Self::log(low, high, from, to)
        } else {
            Self::linear(high, from, to)
        }
    }

    /// Exactly these ends, logarithmic, for ratios around 1.
    pub(super) fn around_one(reach: f64, from: f64, to: f64) -> Self {
        let reach = if reach.is_finite() { reach.max(1.01) } else { 100.0 };
        Self { form: Form::Log, low: reach.recip(), high: reach, from, to }
    }

    /// Shares of samples up to the last one of which a sample lies beyond: `samples` in all.
    pub(super) fn tail(samples: u64, from: f64, to: f64) -> Self {
        // A decade at least, so that there is something to draw.
        Self { form: Form::Tail, low: 0.0, high: (samples.max(10) as f64).log10(), from, to }
    }

    pub(super) fn is_log(&self) -> bool {
        self.form == Form::Log
    }

    /// `" (log scale)"` where it is one: what an axis says of itself.
    pub(super) fn words(&self) -> &'static str {
        if self.is_log() { " (log scale)" } else { "" }
    }

    /// False where a value lies beyond an end.
    pub(super) fn holds(&self, value: f64) -> bool {
        value >= self.low * (1.0 - 1e-9) && value <= self.high * (1.0 + 1e-9)
    }

    /// Where a value stands; what lies beyond an end stands there. `None`: it has no place.
    pub(super) fn at(&self, value: f64) -> Option<f64> {
        let share = match self.form {
            Form::Linear => (value - self.low) / (self.high - self.low),
            Form::Log if value > 0.0 => (value / self.low).ln() / (self.high / self.low).ln(),
            Form::Tail if value < 1.0 => -(1.0 - value).log10() / self.high,
            _ => return None,
        };
        share.is_finite().then(|| self.from + share.clamp(0.0, 1.0) * (self.to - self.from))
    }

    /// The values at which lines are drawn, some three to ten.
    pub(super) fn ticks(&self) -> Vec<Tick> {
        let values = match self.form {
            Form::Linear => {
                let step = nice_step(self.high / 5.0);
                (0..=10).map(|at| f64::from(at) * step).collect()
            }
            Form::Log => log_ticks(self.low, self.high),
            Form::Tail => tail_ticks(self.high),
        };
        let beyond = if self.form == Form::Tail { 1.0 } else { self.high * (1.0 + 1e-9) };
        values
            .into_iter()
            .filter(|value| *value <= beyond)
            .filter_map(|value| Some(Tick { value, at: self.at(value)? }))
            .collect()
    }
}

/// 1, 2 or 5 times a power of ten, at or above `raw`.
fn nice_step(raw: f64) -> f64 {
    let decade = 10f64.powf(raw.log10().floor());
    let nice = [1.0, 2.0, 5.0].into_iter().find(|step| raw <= step * decade * (1.0 + 1e-9));
    nice.unwrap_or(10.0) * decade
}

/// The value of the row 1, 2, 5, 10 at or above this one.
fn above(value: f64) -> f64 {
    nice_step(value)
}

/// The value of the row 1, 2, 5, 10 at or below this one.
fn below(value: f64) -> f64 {
    let decade = 10f64.powf(value.log10().floor());
    let nice = [5.0, 2.0, 1.0].into_iter().find(|step| step * decade <= value * (1.0 + 1e-9));
    nice.unwrap_or(1.0) * decade
}

/// 1, 2 and 5 in every decade; powers of ten alone where there are many; and where there is little more than a factor
/// of two between the ends, finer ones.
fn log_ticks(low: f64, high: f64) -> Vec<f64> {
    let decades = (high / low).log10();
    if decades < 0.5 {
        let step = nice_step((high - low) / 5.0);
        let first = (low / step).ceil();
        return (0..=10).map(|at| (first + f64::from(at)) * step).filter(|v| *v <= high).collect();
    }
    let steps: &[f64] = if decades <= 3.0 { &[1.0, 2.0, 5.0] } else { &[1.0] };
    let every = (decades / 8.0).ceil().max(1.0) as usize;
    let first = low.log10().floor() as i32;
    let last = high.log10().ceil() as i32;
    let powers = (first..=last).step_by(every).map(|power| 10f64.powi(power));
    powers
        .flat_map(|power| steps.iter().map(move |step| step * power))
        .filter(|value| *value >= low * (1.0 - 1e-9) && *value <= high * (1.0 + 1e-9))
        .collect()
}

/// 0, 50 %, 90 %, 99 %, 99.9 %, …
fn tail_ticks(high: f64) -> Vec<f64> {
    let nines = (1..=18).take_while(|nines| f64::from(*nines) <= high + 1e-9);
    [0.0, 0.5].into_iter().chain(nines.map(|nines| 1.0 - 10f64.powi(-nines))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn values(scale: Scale) -> Vec<f64> {
        scale.ticks().iter().map(|tick| (tick.value * 1e6).round() / 1e6).collect()
    }

    #[test]
    fn linear_ticks_are_round_and_reach_beyond_the_largest() {
        assert_eq!(values(Scale::linear(9.3, 0.0, 100.0)), [0.0, 2.0, 4.0, 6.0, 8.0, 10.0]);
        assert_eq!(values(Scale::linear(0.7, 0.0, 100.0)), [0.0, 0.2, 0.4, 0.6, 0.8]);
        assert_eq!(values(Scale::linear(100.0, 0.0, 1.0)), [0.0, 20.0, 40.0, 60.0, 80.0, 100.0]);
        for nothing in [0.0, -1.0, f64::NAN, f64::INFINITY] {
            assert!(!values(Scale::linear(nothing, 0.0, 100.0)).is_empty(), "{nothing}");
        }
    }

    #[test]
    fn logarithmic_ticks_are_one_two_and_five() {
        assert_eq!(
            values(Scale::log(1.3, 80.0, 0.0, 100.0)),
            [1.0, 2.0, 5.0, 10.0, 20.0, 50.0, 100.0]
        );
        assert_eq!(values(Scale::log(1.0, 1e6, 0.0, 1.0)).len(), 7);
        assert!(values(Scale::log(1e-9, 1e15, 0.0, 1.0)).len() <= 10);
        assert!(values(Scale::around_one(1.1, 0.0, 1.0)).contains(&1.0));
        for (low, high) in [(0.0, 0.0), (f64::NAN, 1.0), (5.0, 5.0), (-1.0, f64::INFINITY)] {
            assert!(values(Scale::log(low, high, 0.0, 1.0)).len() > 1, "{low} {high}");
        }
    }

    #[test]
    fn the_tail_shows_each_nine_that_the_samples_have() {
        assert_eq!(values(Scale::tail(1_000, 0.0, 1.0)), [0.0, 0.5, 0.9, 0.99, 0.999]);
        let scale = Scale::tail(1_000, 0.0, 300.0);
        assert_eq!(scale.at(0.9).map(f64::round), Some(100.0));
        assert_eq!(scale.at(0.999).map(f64::round), Some(300.0));
        assert_eq!(scale.at(1.0), None);
    }

    #[test]
    fn values_stand_in_order_and_inside_of_the_axis() {
        let scales = [
            Scale::linear(9.3, 10.0, 200.0),
            Scale::log(0.001, 4e9, 10.0, 200.0),
            Scale::around_one(3.0, 10.0, 200.0),
            Scale::tail(1 << 40, 10.0, 200.0),
        ];
        for scale in scales {
            let mut last = f64::NEG_INFINITY;
            for step in 0..1_000 {
                let value = 10f64.powf(f64::from(step) / 60.0 - 6.0);
                let Some(at) = scale.at(value) else { continue };
                assert!((10.0..=200.0).contains(&at) && at >= last, "{scale:?} {value}: {at}");
                last = at;
            }
            assert!(scale.ticks().iter().all(|tick| (10.0..=200.0).contains(&tick.at)));
            assert!(scale.at(f64::NAN).is_none());
        }
    }

    #[test]
    fn an_axis_is_logarithmic_only_where_values_are_far_apart() {
        assert!(!Scale::of([1.0, 19.0].into_iter(), 0.0, 1.0).is_log());
        assert!(Scale::of([1.0, 21.0].into_iter(), 0.0, 1.0).is_log());
        assert!(!Scale::of([0.0, 21.0].into_iter(), 0.0, 1.0).is_log(), "0 is no rate");
    }
}
