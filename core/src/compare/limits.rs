//! Which figures of stored results decide, and by how much each may be worse.

use super::decided::better;
use super::figures::SHOWN;
use crate::measure::{Compared, find};
use crate::scenario::Baseline;
use wirebench_values::{Share, Written, similar};
use wirebench_verdict::{Better, Limit};

/// What a metric that is only shown is held against.
pub(super) const SHOWN_LIMIT: f64 = 0.05;

/// The figures of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Limits(pub(super) Vec<Held>);

/// A figure that is compared.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Held {
    pub(super) metric: Compared,
    pub(super) decides: bool,
    /// By which share it may be worse.
    pub(super) share: f64,
    pub(super) limit: Limit,
}

impl Held {
    fn new(metric: Compared, decides: bool, share: f64) -> Option<Self> {
        Some(Self { metric, decides, share, limit: Limit::of_share(share)? })
    }

    pub(super) fn better(&self) -> Better {
        better(&self.metric)
    }

    /// The logarithm of a ratio, positive where the new one is worse.
    pub(super) fn cost(&self, ratio: f64) -> f64 {
        if self.metric.is_welcome() { -ratio.ln() } else { ratio.ln() }
    }
}

impl Limits {
    /// Reads each `METRIC=SHARE`; without any, what usually decides. The error says what is wrong with
    /// one of them.
    pub fn read(given: &[String]) -> Result<Self, String> {
        let mut held: Vec<Held> = Vec::new();
        for text in given {
            let one = held_of(text).map_err(|why| format!("--limit {text}: {why}"))?;
            if held.iter().any(|other| other.metric == one.metric) {
                return Err(format!("--limit {text}: `{}` has a limit already", one.metric.name()));
            }
            held.push(one);
        }
        if held.is_empty() {
            return Ok(Self::usual());
        }
        Ok(Self::with_shown(held))
    }

    /// What usually decides.
    pub fn usual() -> Self {
        let usual = |(name, share): (String, f64)| Held::new(Compared::find(&name)?, true, share);
        Self::with_shown(Baseline::default().limits.into_iter().filter_map(usual).collect())
    }

    /// With these that decide, and those that are shown besides.
    fn with_shown(mut held: Vec<Held>) -> Self {
        let shown = SHOWN.into_iter().filter_map(Compared::find);
        let shown: Vec<Compared> =
            shown.filter(|metric| held.iter().all(|one| one.metric != *metric)).collect();
        held.extend(shown.into_iter().filter_map(|metric| Held::new(metric, false, SHOWN_LIMIT)));
        Self(held)
    }

    /// The metrics of all of them.
    pub fn metrics(&self) -> Vec<Compared> {
        self.0.iter().map(|held| held.metric.clone()).collect()
    }
}

fn held_of(text: &str) -> Result<Held, String> {
    let (name, share) = text.split_once('=').ok_or("it is to be METRIC=SHARE, such as p50=5%")?;
    let metric =
        Compared::find(name).ok_or_else(|| match (find(name), similar(name, Compared::USUAL)) {
            (Some(_), _) => format!(
                "`{name}` is counted, not measured: counts are compared exactly without being named"
            ),
            (None, Some(meant)) => format!("there is no metric `{name}`; did you mean `{meant}`?"),
            (None, None) => format!("there is no metric `{name}`; there are {}", Compared::NAMES),
        })?;
    let share = Share::read(&Written::Text(share)).map_err(|wrong| wrong.to_string())?.fraction();
    Held::new(metric, true, share)
        .ok_or_else(|| "a limit is over 0%: no two runs are the same".into())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn named(given: &[&str]) -> Result<Vec<(String, bool, f64)>, String> {
        let given: Vec<String> = given.iter().map(|one| (*one).to_owned()).collect();
        let told = |held: &Held| (held.metric.name().into_owned(), held.decides, held.share);
        Limits::read(&given).map(|limits| limits.0.iter().map(told).collect())
    }

    #[test]
    fn without_a_word_cpu_and_p50_decide_and_the_others_are_shown() {
        let usual = [("cpu", true), ("p50", true), ("p99", false), ("rate", false)];
        let usual = usual.map(|(name, decides)| (name.to_owned(), decides, 0.05));
        assert_eq!(named(&[]).expect("nothing is wrong"), usual);
    }

    #[test]
    fn limits_take_the_place_of_the_usual_ones_and_every_percentile_has_one() {
        let read = named(&["p99.95=20%", "rate=10%"]).expect("both are right");
        let deciding: Vec<_> = read.iter().filter(|(_, decides, _)| *decides).cloned().collect();
        assert_eq!(deciding, [("p99.95".into(), true, 0.2), ("rate".into(), true, 0.1)]);
        let shown: Vec<&str> = read
            .iter()
            .filter(|(_, decides, _)| !decides)
            .map(|(name, ..)| name.as_str())
            .collect();
        assert_eq!(shown, ["cpu", "p50", "p99"]);
    }

    #[test]
    fn what_is_no_limit_is_told_with_the_cause() {
        for (given, told) in [
            (&["p50"][..], "METRIC=SHARE"),
            (&["p5O=5%"], "did you mean `p50`"),
            (&["overhead=5%"], "counted, not measured"),
            (&["swiftness=5%"], "there is no metric"),
            (&["p50=0%"], "over 0%"),
            (&["p50=fast"], "--limit p50=fast"),
            (&["p50=5%", "p50=6%"], "a limit already"),
        ] {
            let said = named(given).expect_err("it is no limit");
            assert!(said.contains(told), "{given:?}: {said}");
        }
    }
}
