//! What the link did to one direction of a cell, pooled over its rounds.

use crate::link::{Explained, Fault, FaultKind, KindCount, LinkTally};
use crate::measure::SideReport;

/// Faults kept one by one of a cell's direction.
const LOGGED: usize = 16;

/// The faults of one direction.
#[derive(Clone, Debug, Default)]
pub struct LinkData {
    /// Faults by kind.
    pub kinds: Vec<KindCount>,
    /// How many of them left a trace, by kind.
    traced: Vec<(FaultKind, u64)>,
    /// Messages that are not intact, by the fault that explains it.
    pub explained: Explained,
    /// Pieces that were not confirmed in time.
    pub unconfirmed: u64,
    /// Faults that were forgotten before they could be joined with a verdict.
    pub forgotten: u64,
    /// A sum over all faults of all rounds: the same schedules have the same.
    pub schedule: u64,
    /// The first faults, with their round.
    pub log: Vec<(u32, Fault)>,
}

impl LinkData {
    /// All faults.
    pub fn injected(&self) -> u64 {
        self.kinds.iter().fold(0, |sum, count| sum.saturating_add(count.injected))
    }

    /// Faults that left no trace: no message of either direction is damaged by them, and no session
    /// was over before its time.
    pub fn untraced(&self) -> u64 {
        let traced = self.traced.iter().fold(0, |sum: u64, (_, count)| sum.saturating_add(*count));
        self.injected().saturating_sub(traced)
    }

    /// How many faults of a kind left a trace.
    pub fn traced(&self, kind: FaultKind) -> u64 {
        self.traced.iter().find(|(known, _)| *known == kind).map_or(0, |(_, count)| *count)
    }

    pub(super) fn add(&mut self, round: u32, sender: &SideReport, receiver: &SideReport) {
        if let Some(link) = &sender.link {
            self.add_tally(round, &link.sent);
            self.unconfirmed = self.unconfirmed.saturating_add(link.unconfirmed);
        }
        let Some(link) = &receiver.link else { return };
        self.add_tally(round, &link.read);
        self.explained.merge(&link.explained);
        self.forgotten = self.forgotten.saturating_add(link.forgotten);
        for (kind, count) in &link.traced {
            self.add_traced(*kind, *count);
        }
        // What left its trace where it was done, and none where it was received.
        if let Some(theirs) = &sender.link {
            for (kind, sessions) in &link.open {
                self.add_traced(*kind, sessions.shared(&theirs.crossed));
            }
        }
    }

    fn add_traced(&mut self, kind: FaultKind, count: u64) {
        match self.traced.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, mine)) => *mine = mine.saturating_add(count),
            None => self.traced.push((kind, count)),
        }
    }

    fn add_tally(&mut self, round: u32, tally: &LinkTally) {
        self.schedule = self.schedule.wrapping_add(tally.schedule);
        for theirs in &tally.kinds {
            match self.kinds.iter_mut().find(|mine| mine.kind == theirs.kind) {
                Some(mine) => {
                    mine.injected = mine.injected.saturating_add(theirs.injected);
                    mine.header = mine.header.saturating_add(theirs.header);
                    mine.payload = mine.payload.saturating_add(theirs.payload);
                }
                None => self.kinds.push(*theirs),
            }
        }
        let room = LOGGED.saturating_sub(self.log.len());
        self.log.extend(tally.log.iter().take(room).map(|fault| (round, *fault)));
    }
}
