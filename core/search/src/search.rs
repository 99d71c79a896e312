//! Which point of a grid is to be played next.
//!
//! First probes, each four times as much as the one before, until one fails; then the gap below it is halved,
//! point by point of the grid, which is geometric. Where a point stays undecided, both of its sides are halved: for the
//! highest point below it that holds, and for the lowest above it that fails. When nothing is left between the two, one more
//! probe looks above: a point that holds there shows that the limit is not kept in one piece, and the search
//! goes on from it.

use crate::answer::Answer;
use crate::grid::probe_above;
use crate::tally::{Heard, Rule, Standing, Tally};
use std::collections::BTreeMap;

/// A round to be played.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Next {
    /// At which point of the grid.
    pub point: usize,
    /// The how manieth round at this point it is, from 0.
    pub round: u32,
}

/// The search along one grid.
#[derive(Clone, Debug)]
pub struct Search {
    /// What each point is, in any unit; they grow.
    values: Vec<f64>,
    rule: Rule,
    /// Points that were played.
    heard: BTreeMap<usize, Tally>,
}

/// Where it stands: between the highest point that holds and the lowest above that which fails. A place is the number of a
/// point plus one, so that 0 lies below the grid and its length plus one above.
struct Bracket {
    holds: usize,
    fails: usize,
}

impl Search {
    /// Of these points, which grow, nothing is known.
    pub fn new(values: Vec<f64>, rule: Rule) -> Self {
        Self { values, rule, heard: BTreeMap::new() }
    }

    /// A round at this point is over. A point that the grid does not have is left out.
    pub fn tell(&mut self, point: usize, heard: Heard) {
        if point < self.values.len() {
            self.heard.entry(point).or_default().add(heard);
        }
    }

    /// The round that is to be played now; `None`: the search is over.
    pub fn next(&self) -> Option<Next> {
        let open = |(_, tally): &(&usize, &Tally)| self.rule.standing(tally) == Standing::Open;
        if let Some((point, tally)) = self.heard.iter().find(open) {
            return Some(Next { point: *point, round: tally.played() });
        }
        let point = self.fresh()?;
        Some(Next { point, round: 0 })
    }

    /// A point that was not played yet, where all that were are decided.
    fn fresh(&self) -> Option<usize> {
        if self.values.is_empty() {
            return None;
        }
        let bracket = self.bracket();
        let above = self.values.len() + 1;
        if bracket.fails == above {
            // Nothing above fails yet: further up, from the last point that was played.
            let last = match self.heard.keys().next_back() {
                None => return Some(0),
                Some(last) => *last,
            };
            if let Some(probe) = probe_above(&self.values, last) {
                return Some(probe);
            }
        }
        self.halved(&bracket).or_else(|| self.beyond(&bracket))
    }

    /// The middle of the gap below the undecided points between both ends, or of that above them.
    fn halved(&self, bracket: &Bracket) -> Option<usize> {
        let inside = || self.undecided(bracket).map(|point| point + 1);
        let (first, last) = (inside().next(), inside().next_back());
        let gaps = [
            (bracket.holds, first.unwrap_or(bracket.fails)),
            (last.unwrap_or(bracket.fails), bracket.fails),
        ];
        let (low, high) = gaps.into_iter().find(|(low, high)| high.saturating_sub(*low) > 1)?;
        // Places are points plus one.
        Some(low.midpoint(high) - 1)
    }

    /// The probe above the point that fails, which says whether something above it holds again.
    fn beyond(&self, bracket: &Bracket) -> Option<usize> {
        let probe = probe_above(&self.values, bracket.fails.checked_sub(1)?)?;
        let known = self.heard.range(probe..).next().is_some();
        (!known).then_some(probe)
    }

    fn bracket(&self) -> Bracket {
        let places = |wanted: Standing| {
            let those =
                self.heard.iter().filter(move |(_, tally)| self.rule.standing(tally) == wanted);
            those.map(|(point, _)| point + 1)
        };
        let holds = places(Standing::Holds).next_back().unwrap_or(0);
        let fails = places(Standing::Fails).find(|place| *place > holds);
        Bracket { holds, fails: fails.unwrap_or(self.values.len() + 1) }
    }

    /// Undecided points within a bracket.
    fn undecided(&self, bracket: &Bracket) -> impl DoubleEndedIterator<Item = usize> + '_ {
        let inside = self.heard.range(bracket.holds..bracket.fails.saturating_sub(1));
        let rule = self.rule;
        let those = inside.filter(move |(_, tally)| rule.standing(tally) == Standing::Undecided);
        those.map(|(point, _)| *point)
    }

    /// What the rounds so far say.
    pub fn answer(&self) -> Answer {
        let bracket = self.bracket();
        let fails = |(_, tally): &(&usize, &Tally)| self.rule.standing(tally) == Standing::Fails;
        let below = self.heard.range(..bracket.holds.saturating_sub(1)).filter(fails);
        Answer {
            holds: bracket.holds.checked_sub(1),
            fails: (bracket.fails <= self.values.len()).then(|| bracket.fails - 1),
            undecided: self.undecided(&bracket).collect(),
            fails_below: below.map(|(point, _)| *point).collect(),
            points: self.heard.len(),
            rounds: self.heard.values().map(|tally| u64::from(tally.played())).sum(),
            over: self.next().is_none(),
        }
    }

    /// About how many more rounds there are, if those at each point agree.
    pub fn left(&self) -> u64 {
        let Some(next) = self.next() else { return 0 };
        let tally = self.heard.get(&next.point).copied().unwrap_or_default();
        let lead = u64::from(self.rule.lead());
        let bracket = self.bracket();
        let points = if bracket.fails <= self.values.len() {
            let beyond = u64::from(self.beyond(&bracket).is_some());
            halvings(bracket.fails - bracket.holds) + beyond
        } else {
            let mut last = self.heard.keys().next_back().copied().unwrap_or(0);
            let mut probes = 0;
            while let Some(probe) = probe_above(&self.values, last) {
                (last, probes) = (probe, probes + 1);
            }
            probes
        };
        u64::from(self.rule.left(&tally)) + points.saturating_sub(1) * lead
    }
}

/// Halvings until nothing lies in between.
fn halvings(gap: usize) -> u64 {
    u64::from(gap.max(1).next_power_of_two().trailing_zeros())
}

/// Probes from the first point of a grid to its last.
fn probes(values: &[f64]) -> usize {
    let mut count = usize::from(!values.is_empty());
    let mut at = 0;
    while let Some(next) = probe_above(values, at) {
        (at, count) = (next, count + 1);
    }
    count
}

/// The widest gap between two probes, in points.
fn widest(values: &[f64]) -> usize {
    let (mut at, mut widest) = (0, 1);
    while let Some(next) = probe_above(values, at) {
        widest = widest.max(next - at);
        at = next;
    }
    widest
}

/// Points that a search along these plays at most where the limit is kept in one piece and rounds agree: every probe,
/// the halvings of a gap, and the look above.
pub fn usual_points(values: &[f64]) -> usize {
    let all = probes(values) + halvings(widest(values)) as usize + 1;
    all.min(values.len())
}

/// Points that a search along these plays at most, whatever its rounds say.
pub fn most_points(values: &[f64]) -> usize {
    // Each time the look above holds, or a probe stays undecided, a gap of up to the whole grid is halved from both sides.
    let gap = halvings(values.len() + 1) as usize + 1;
    probes(values).saturating_mul(3 * gap + 2).min(values.len())
}
