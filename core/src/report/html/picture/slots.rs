//! The rounds of a cell over time, side by side: bins of all rounds in slots of equal length, few enough to be drawn.

use crate::measure::Series;
use crate::result::document::{CellResult, RoundSummary};

/// Rounds that are looked at, at most: the first.
pub(super) const MOST_ROUNDS: usize = 200;

/// What the rounds say of one stretch of time. Times are in nanoseconds.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Slot {
    /// Exchanges per second that were to start.
    pub(super) offered: OfRounds<f64>,
    /// Exchanges per second that ended as done.
    pub(super) achieved: OfRounds<f64>,
    /// Exchanges that ended in another way, of all rounds together.
    pub(super) anomalies: u64,
    pub(super) p50: OfRounds<u64>,
    pub(super) p99: OfRounds<u64>,
    /// The longest of all rounds.
    pub(super) max: Option<u64>,
}

/// A figure of several rounds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct OfRounds<T>(Vec<T>);

impl<T> Default for OfRounds<T> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<T: Copy + PartialOrd> OfRounds<T> {
    /// The middle one, the higher of two: that of a round, never a mean of rounds.
    pub(super) fn middle(&self) -> Option<T> {
        self.0.get(self.0.len() / 2).copied()
    }

    /// The lowest and the highest, where there are several.
    pub(super) fn range(&self) -> Option<[T; 2]> {
        match self.0[..] {
            [low, .., high] => Some([low, high]),
            _ => None,
        }
    }

    fn of(mut values: Vec<T>) -> Self {
        values.sort_by(|a, b| a.partial_cmp(b).unwrap_or(std::cmp::Ordering::Equal));
        Self(values)
    }
}

/// All slots of a cell.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Slots {
    /// Length of a slot, in nanoseconds.
    pub(super) slot_ns: u64,
    /// The most bins of a round that stand in one of them.
    pub(super) merged: usize,
    /// Rounds that have any.
    pub(super) rounds: usize,
    pub(super) all: Vec<Slot>,
}

/// What one round says of a slot.
#[derive(Clone, Debug, Default)]
struct Part {
    bins: usize,
    covered_ns: u64,
    offered: u64,
    achieved: u64,
    anomalies: u64,
    p50: Option<u64>,
    p99: Option<u64>,
    max: Option<u64>,
}

impl Slots {
    /// At most `most` slots; `None` where nothing can be seen over time: fewer than two bins in every round.
    pub(super) fn of(cell: &CellResult, most: usize) -> Option<Self> {
        let rounds: Vec<(&RoundSummary, &Series)> =
            cell.rounds.iter().filter_map(sound).take(MOST_ROUNDS).collect();
        let longest = rounds.iter().map(|(_, series)| length_ns(series)).max()?;
        let bin_ns = rounds.iter().map(|(_, series)| series.bin_ns).max()?;
        if !rounds.iter().any(|(_, series)| series.len() > 1) {
            return None;
        }
        // Whole bins, so that none is in two slots.
        let bins = longest.div_ceil(bin_ns).div_ceil(most.max(1) as u64).max(1);
        let slot_ns = bins.saturating_mul(bin_ns);
        let slots = (longest.div_ceil(slot_ns) as usize).min(most);
        let parts: Vec<Vec<Part>> =
            rounds.iter().map(|(round, series)| parts(round, series, slot_ns, slots)).collect();
        let all = (0..slots).map(|at| slot(&parts, at)).collect();
        let merged = parts.iter().flatten().map(|part| part.bins).max().unwrap_or(0);
        Some(Self { slot_ns, merged, rounds: rounds.len(), all })
    }
}

/// The series of a round that has one, as far as it can be believed: documents come from anywhere.
fn sound(round: &RoundSummary) -> Option<(&RoundSummary, &Series)> {
    let series = round.series.as_ref()?;
    let usable = series.is_sound() && !series.is_empty();
    // Longer than a year is no round.
    let is_short = length_ns(series) < 365 * 86_400 * 1_000_000_000;
    (usable && is_short).then_some((round, series))
}

fn length_ns(series: &Series) -> u64 {
    (series.len() as u64).saturating_mul(series.bin_ns)
}

/// What a round says of each slot: sums of counts, and of several bins the highest of their times.
fn parts(round: &RoundSummary, series: &Series, slot_ns: u64, slots: usize) -> Vec<Part> {
    let mut parts = vec![Part::default(); slots];
    let (bin_ns, bins) = (series.bin_ns, series.len());
    for bin in 0..bins {
        let from_ns = bin as u64 * bin_ns;
        let window_ns = round.window_ns.unwrap_or(u64::MAX);
        let covered_ns = window_ns.saturating_sub(from_ns).clamp(1, bin_ns);
        // A short rest at the end would be a rate of chance: it goes to the bin before.
        let at_ns = if bin + 1 == bins && bin > 0 && covered_ns < bin_ns / 2 {
            from_ns - bin_ns / 2
        } else {
            from_ns + bin_ns / 2
        };
        let Some(part) = parts.get_mut((at_ns / slot_ns) as usize) else { continue };
        part.bins += 1;
        part.covered_ns += covered_ns;
        part.offered = part.offered.saturating_add(series.offered[bin]);
        part.achieved = part.achieved.saturating_add(series.achieved[bin]);
        part.anomalies = part.anomalies.saturating_add(series.anomalies[bin]);
        part.p50 = part.p50.max(series.p50_ns[bin]);
        part.p99 = part.p99.max(series.p99_ns[bin]);
        part.max = part.max.max(series.max_ns[bin]);
    }
    parts
}

/// What all rounds say of one slot.
fn slot(parts: &[Vec<Part>], at: usize) -> Slot {
    let there = || parts.iter().filter_map(|round| round.get(at)).filter(|part| part.bins > 0);
    let rates = |count: fn(&Part) -> u64| {
        let rate = |part: &Part| count(part) as f64 * 1e9 / part.covered_ns as f64;
        OfRounds::of(there().map(rate).collect())
    };
    let times = |time: fn(&Part) -> Option<u64>| OfRounds::of(there().filter_map(time).collect());
    Slot {
        offered: rates(|part| part.offered),
        achieved: rates(|part| part.achieved),
        anomalies: there().fold(0, |sum, part| sum.saturating_add(part.anomalies)),
        p50: times(|part| part.p50),
        p99: times(|part| part.p99),
        max: there().filter_map(|part| part.max).max(),
    }
}

#[cfg(test)]
mod tests {
    use super::super::made::{Size, document, series};
    use super::*;

    fn cell(rounds: Vec<(Series, u64)>) -> CellResult {
        let mut document = document(Size { groups: 1, kinds: 1, rounds: rounds.len() as u32 });
        let mut cell = document.cells.remove(0);
        for (summary, (series, window_ns)) in cell.rounds.iter_mut().zip(rounds) {
            (summary.series, summary.window_ns) = (Some(series), Some(window_ns));
        }
        cell
    }

    #[test]
    fn few_bins_stand_by_themselves() {
        let slots = Slots::of(&cell(vec![(series(3), 300_000_000)]), 100).expect("three bins");
        assert_eq!((slots.slot_ns, slots.merged, slots.all.len()), (100_000_000, 1, 3));
        assert_eq!(slots.all[1].offered.middle(), Some(1_000.0));
        assert_eq!(slots.all[1].p99.range(), None, "one round has no range");
    }

    #[test]
    fn merged_bins_have_the_sum_of_counts_and_the_highest_of_times() {
        let mut made = series(400);
        made.max_ns[5] = Some(77_000_000);
        (made.anomalies[4], made.anomalies[6]) = (2, 3);
        let slots = Slots::of(&cell(vec![(made, 40_000_000_000)]), 100).expect("bins");
        assert_eq!((slots.merged, slots.all.len()), (4, 100));
        let slot = &slots.all[1];
        assert_eq!((slot.anomalies, slot.max), (5, Some(77_000_000)));
        assert_eq!(slot.achieved.middle(), Some(990.0), "a rate stays a rate");
    }

    #[test]
    fn of_several_rounds_one_is_the_middle_and_none_is_invented() {
        let of = |p99: u64| {
            let mut made = series(2);
            made.p99_ns = vec![Some(p99), None];
            (made, 200_000_000)
        };
        let slots = Slots::of(&cell(vec![of(30), of(10), of(20), of(90)]), 100).expect("bins");
        assert_eq!(slots.all[0].p99.middle(), Some(30), "the higher of the two in the middle");
        assert_eq!(slots.all[0].p99.range(), Some([10, 90]));
        assert_eq!(slots.all[1].p99.middle(), None, "no sample is no time");
    }

    #[test]
    fn a_short_rest_is_no_rate_of_its_own() {
        let slots = Slots::of(&cell(vec![(series(3), 200_000_001)]), 100).expect("bins");
        assert_eq!(slots.all[2].offered.middle(), None);
        let rate = slots.all[1].offered.middle().expect("a rate");
        assert!((rate - 2_000.0).abs() < 1.0, "{rate}: its exchanges went to the bin before");
    }

    #[test]
    fn what_no_round_can_have_is_nothing() {
        let mut torn = series(5);
        torn.p50_ns.pop();
        let endless = Series { bin_ns: u64::MAX, ..series(5) };
        let never = Series { bin_ns: 0, ..series(5) };
        for made in [torn, endless, never, Series::default(), series(1)] {
            assert_eq!(Slots::of(&cell(vec![(made, u64::MAX)]), 100), None);
        }
    }
}
