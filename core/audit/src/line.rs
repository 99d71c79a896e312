//! One line of an audit.

use crate::figure::{Figure, Unit};
use serde::{Deserialize, Serialize};

/// What is checked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Check {
    /// Starts a second against the planned rate.
    Rate,
    /// The mean gap between two starts against the planned one.
    MeanGap,
    /// How the gaps differ: as those of the planned arrivals do.
    Spacing,
    /// How the counts of starts in windows of ten gaps differ.
    Dispersion,
    /// Whether gaps are exponential (Anderson–Darling).
    Exponential,
    /// How late starts are.
    Slip,
    /// Exchanges under way against rate times mean residence.
    LittlesLaw,
    /// How many of the arrivals that were due were started.
    Achieved,
    /// Whether latencies stay what they are from the first to the last third.
    Steady,
    /// How many independent latencies there are.
    Dependence,
}

impl Check {
    /// All of them, in the order in which they are shown.
    pub const ALL: [Self; 10] = [
        Self::Rate,
        Self::MeanGap,
        Self::Spacing,
        Self::Dispersion,
        Self::Exponential,
        Self::Slip,
        Self::LittlesLaw,
        Self::Achieved,
        Self::Steady,
        Self::Dependence,
    ];

    /// Its name, as documents have it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Rate => "rate",
            Self::MeanGap => "mean-gap",
            Self::Spacing => "spacing",
            Self::Dispersion => "dispersion",
            Self::Exponential => "exponential",
            Self::Slip => "slip",
            Self::LittlesLaw => "littles-law",
            Self::Achieved => "achieved",
            Self::Steady => "steady",
            Self::Dependence => "dependence",
        }
    }
}

/// What came of a check.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Outcome {
    /// What was found is what was expected, as far as can be told.
    Held,
    /// It is not.
    Failed,
    /// It cannot be told; the sentence says why.
    NotJudged,
}

/// How what was found may lie to what was expected.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Bound {
    /// Off by no more than the tolerance.
    Within,
    /// No more than it.
    AtMost,
    /// No less than it.
    AtLeast,
}

/// One check: what was expected, what was found, and what that means. Every number in it is finite.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Line {
    check: Check,
    outcome: Outcome,
    bound: Bound,
    expected: Option<Figure>,
    found: Option<Figure>,
    tolerance: Option<Figure>,
    sentence: String,
}

/// The numbers of a line.
pub(crate) struct Numbers {
    pub(crate) bound: Bound,
    pub(crate) expected: f64,
    pub(crate) found: f64,
    pub(crate) tolerance: f64,
    pub(crate) unit: Unit,
}

impl Numbers {
    fn hold(&self) -> bool {
        match self.bound {
            Bound::Within => (self.found - self.expected).abs() <= self.tolerance,
            Bound::AtMost => self.found <= self.expected,
            Bound::AtLeast => self.found >= self.expected,
        }
    }
}

impl Line {
    /// Held or failed, as the numbers say; `sentence` is told whether they hold. Not judged where one of them is no number.
    pub(crate) fn judged(
        check: Check,
        numbers: &Numbers,
        sentence: impl FnOnce(bool) -> String,
    ) -> Self {
        let figure = |value| Figure::new(value, numbers.unit);
        let figures = (figure(numbers.expected), figure(numbers.found), figure(numbers.tolerance));
        let (Some(expected), Some(found), Some(tolerance)) = figures else {
            return Self::not_judged(check, "what was recorded makes no number");
        };
        let held = numbers.hold();
        Self {
            check,
            outcome: if held { Outcome::Held } else { Outcome::Failed },
            bound: numbers.bound,
            expected: Some(expected),
            found: Some(found),
            tolerance: (numbers.bound == Bound::Within).then_some(tolerance),
            sentence: sentence(held),
        }
    }

    pub(crate) fn not_judged(check: Check, reason: impl Into<String>) -> Self {
        Self {
            check,
            outcome: Outcome::NotJudged,
            bound: Bound::Within,
            expected: None,
            found: None,
            tolerance: None,
            sentence: reason.into(),
        }
    }

    /// The same numbers, of which it cannot be told what they mean.
    pub(crate) fn but_not_judged(self, reason: impl Into<String>) -> Self {
        Self { outcome: Outcome::NotJudged, sentence: reason.into(), ..self }
    }

    /// What was checked.
    pub fn check(&self) -> Check {
        self.check
    }

    /// What came of it.
    pub fn outcome(&self) -> Outcome {
        self.outcome
    }

    /// How `found` may lie to `expected`.
    pub fn bound(&self) -> Bound {
        self.bound
    }

    /// What was expected, or the limit; `None` where that was not worked out.
    pub fn expected(&self) -> Option<Figure> {
        self.expected
    }

    /// What was found; `None` where that was not worked out.
    pub fn found(&self) -> Option<Figure> {
        self.found
    }

    /// How far `found` may be off; `None` where `expected` is a limit.
    pub fn tolerance(&self) -> Option<Figure> {
        self.tolerance
    }

    /// `1,000/s ± 12.0/s`, `at most 10 µs`, or a dash.
    pub fn expected_text(&self) -> String {
        match (self.expected, self.tolerance, self.bound) {
            (None, ..) => "–".to_owned(),
            (Some(expected), Some(tolerance), Bound::Within) => format!("{expected} ± {tolerance}"),
            (Some(expected), _, Bound::AtMost) => format!("at most {expected}"),
            (Some(expected), _, Bound::AtLeast) => format!("at least {expected}"),
            (Some(expected), None, Bound::Within) => expected.to_string(),
        }
    }

    /// What was found, or a dash.
    pub fn found_text(&self) -> String {
        self.found.map_or_else(|| "–".to_owned(), |found| found.to_string())
    }

    /// What that means, or why it cannot be told: one plain sentence without a full stop.
    pub fn sentence(&self) -> &str {
        &self.sentence
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_that_is_none_is_not_judged() {
        for wrong in [f64::NAN, f64::INFINITY] {
            let numbers = Numbers {
                bound: Bound::AtMost,
                expected: 1.0,
                found: wrong,
                tolerance: 0.0,
                unit: Unit::Plain,
            };
            let line = Line::judged(Check::Rate, &numbers, |_| String::new());
            assert_eq!((line.outcome(), line.found()), (Outcome::NotJudged, None));
            assert_eq!((line.expected_text(), line.found_text()), ("–".into(), "–".into()));
        }
    }

    #[test]
    fn names_are_those_of_documents() {
        for check in Check::ALL {
            let written = serde_json::to_string(&check).expect("a name");
            assert_eq!(written, format!("{:?}", check.name()));
        }
    }
}
