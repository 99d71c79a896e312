//! What is known of a cell while it is measured.

use crate::result::document::{RoundOutcome, RoundSummary};
use std::collections::VecDeque;

/// The figures of a cell are medians over so many of its latest rounds at most: what is kept of a cell is small,
/// however many rounds it has.
pub(super) const LATEST: usize = 31;

/// One cell.
#[derive(Debug)]
pub(super) struct Row {
    /// `framing=len32be,load.payload=64 B`, cleaned.
    pub(super) name: String,
    /// `len32be, 64 B`, cleaned: for terminals that have no room for the name.
    pub(super) short: String,
    /// Rounds that are over.
    pub(super) over: u32,
    /// Rounds that are planned; `None`: nobody knows.
    pub(super) planned: Option<u32>,
    /// Which attempt at the cell this is, from 0.
    pub(super) attempt: u32,
    /// Rounds in which a side was lost.
    pub(super) crashed: u32,
    /// Rounds that could not be run.
    pub(super) unrun: u32,
    /// Messages that are not intact; `None`: no judge of ours has looked at any.
    pub(super) damaged: Option<u64>,
    latest: VecDeque<Figures>,
}

/// The figures of one round.
#[derive(Clone, Copy, Debug)]
struct Figures {
    rate: Option<f64>,
    p50_ns: Option<u64>,
    p99_ns: Option<u64>,
}

impl Row {
    pub(super) fn new(name: String, short: String, planned: u32) -> Self {
        Self {
            name,
            short,
            over: 0,
            planned: Some(planned),
            attempt: 0,
            crashed: 0,
            unrun: 0,
            damaged: None,
            latest: VecDeque::new(),
        }
    }

    /// Forgets its rounds: it is played again, for this attempt at it.
    pub(super) fn play_again(&mut self, attempt: u32) {
        let planned = self.planned.unwrap_or(self.over);
        let names = (std::mem::take(&mut self.name), std::mem::take(&mut self.short));
        *self = Self { attempt, ..Self::new(names.0, names.1, planned) };
    }

    /// A round is over.
    pub(super) fn add(&mut self, round: &RoundSummary) {
        self.over = self.over.saturating_add(1);
        self.crashed += u32::from(round.outcome == RoundOutcome::Crashed);
        self.unrun += u32::from(round.outcome == RoundOutcome::Failed);
        if let Some((sent, intact)) = round.sent.zip(round.intact) {
            let damaged = self.damaged.unwrap_or(0);
            self.damaged = Some(damaged.saturating_add(sent.saturating_sub(intact)));
        }
    }

    /// Takes the figures of a round among those that are shown.
    pub(super) fn add_figures(&mut self, round: &RoundSummary) {
        if self.latest.len() == LATEST {
            self.latest.pop_front();
        }
        let RoundSummary { rate, p50_ns, p99_ns, .. } = *round;
        self.latest.push_back(Figures { rate, p50_ns, p99_ns });
    }

    pub(super) fn is_done(&self) -> bool {
        self.planned.is_some_and(|planned| self.over >= planned)
    }

    /// Something went wrong in it that is not a matter of messages.
    pub(super) fn is_lost(&self) -> bool {
        self.crashed > 0 || self.unrun > 0
    }

    pub(super) fn is_damaged(&self) -> bool {
        self.damaged.is_some_and(|damaged| damaged > 0)
    }

    /// The median over rounds of done exchanges per second.
    pub(super) fn rate(&self) -> Option<f64> {
        self.median(|round| round.rate.filter(|rate| *rate > 0.0))
    }

    /// The median over rounds of their median latency, in nanoseconds.
    pub(super) fn p50_ns(&self) -> Option<u64> {
        self.median(|round| round.p50_ns.map(|ns| ns as f64)).map(|ns| ns as u64)
    }

    /// The median over rounds of the 99th percentile of their latency, in nanoseconds.
    pub(super) fn p99_ns(&self) -> Option<u64> {
        self.median(|round| round.p99_ns.map(|ns| ns as f64)).map(|ns| ns as u64)
    }

    /// Over the rounds that have the figure.
    fn median(&self, of: impl Fn(&Figures) -> Option<f64>) -> Option<f64> {
        let mut figures: Vec<f64> = self.latest.iter().filter_map(of).collect();
        figures.sort_by(f64::total_cmp);
        let upper = figures.get(figures.len() / 2)?;
        let lower = figures[(figures.len() - 1) / 2];
        Some(f64::midpoint(lower, *upper))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::live::tests::round;

    fn row(rounds: &[RoundSummary]) -> Row {
        let mut row = Row::new("all".into(), "all".into(), 8);
        for round in rounds {
            row.add(round);
            row.add_figures(round);
        }
        row
    }

    #[test]
    fn figures_are_medians_over_rounds_and_none_without_samples() {
        assert_eq!((row(&[]).rate(), row(&[]).p50_ns(), row(&[]).p99_ns()), (None, None, None));
        let three = row(&[round(100.0, 0), round(900.0, 0), round(200.0, 0)]);
        assert_eq!((three.rate(), three.p50_ns()), (Some(200.0), Some(200_000)));
        let four = row(&[round(100.0, 0), round(900.0, 0), round(200.0, 0), round(300.0, 0)]);
        assert_eq!(four.rate(), Some(250.0));
        let without = RoundSummary { rate: None, p50_ns: None, ..round(1.0, 0) };
        let some = row(&[without.clone(), round(100.0, 0), without]);
        assert_eq!((some.rate(), some.p50_ns()), (Some(100.0), Some(100_000)));
    }

    #[test]
    fn only_the_latest_rounds_are_kept() {
        let rounds: Vec<RoundSummary> = (1..=1_000).map(|at| round(f64::from(at), 0)).collect();
        let row = row(&rounds);
        assert_eq!((row.latest.len(), row.rate()), (LATEST, Some(985.0)));
    }

    #[test]
    fn what_nobody_judged_is_not_called_undamaged() {
        let unjudged = RoundSummary { sent: None, intact: None, ..round(1.0, 0) };
        assert_eq!(row(&[unjudged]).damaged, None);
        assert_eq!(row(&[round(1.0, 0)]).damaged, Some(0));
        assert_eq!(row(&[round(1.0, 2), round(1.0, 3)]).damaged, Some(5));
    }

    #[test]
    fn another_attempt_begins_with_nothing() {
        let mut row =
            row(&[round(1.0, 2), RoundSummary { outcome: RoundOutcome::Crashed, ..round(1.0, 0) }]);
        assert!(row.is_lost() && row.is_damaged());
        row.play_again(1);
        assert!(!row.is_lost() && !row.is_damaged() && row.rate().is_none());
        assert_eq!((row.over, row.planned, row.attempt, &*row.name), (0, Some(8), 1, "all"));
    }
}
