//! What the link did to one direction of a cell, pooled over its rounds.

use crate::link::{Explained, Fault, FaultKind, KindCount, LinkReport, LinkTally};
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
        for (kind, count) in traced(sender.link.as_ref(), link) {
            add_to(&mut self.traced, kind, count);
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

/// Faults of one direction of a round that left a trace, by kind: those the receiver knows of, and
/// those that left it where they were done and none where they were received.
fn traced(sender: Option<&LinkReport>, receiver: &LinkReport) -> Vec<(FaultKind, u64)> {
    let mut traced = receiver.traced.clone();
    let Some(sender) = sender else { return traced };
    for (kind, sessions) in &receiver.open {
        add_to(&mut traced, *kind, sessions.shared(&sender.crossed));
    }
    // A receiver that was stopped first has not heard of the last ones. That one of them left a trace
    // is known all the same.
    if traced.iter().all(|(_, count)| *count == 0) && !sender.crossed.is_empty() {
        let last = sender.sent.kinds.iter().find(|count| count.kind.ends());
        if let Some(count) = last.or(sender.sent.kinds.first()) {
            add_to(&mut traced, count.kind, 1);
        }
    }
    traced
}

fn add_to(traced: &mut Vec<(FaultKind, u64)>, kind: FaultKind, count: u64) {
    match traced.iter_mut().find(|(known, _)| *known == kind) {
        Some((_, mine)) => *mine = mine.saturating_add(count),
        None if count > 0 => traced.push((kind, count)),
        None => {}
    }
}

/// The law of the link, for one round: where the damage of messages is explained, some fault is
/// traced (or was forgotten). `Err` says how many messages are explained by nothing.
pub(super) fn is_traced(client: &SideReport, server: &SideReport) -> Result<(), String> {
    let (mut explained, mut faults) = (0_u64, 0_u64);
    for (sender, receiver) in [(client, server), (server, client)] {
        let Some(link) = &receiver.link else { continue };
        explained = explained.saturating_add(link.explained.total());
        let traced = traced(sender.link.as_ref(), link).into_iter().map(|(_, count)| count);
        faults = traced.chain([link.forgotten]).fold(faults, u64::saturating_add);
    }
    if explained > 0 && faults == 0 {
        return Err(format!(
            "{explained} messages are explained by the link, but by no fault of it"
        ));
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_explained_by_no_fault_is_a_contradiction() {
        let side = |explained: Explained, traced: &[(FaultKind, u64)]| SideReport {
            link: Some(LinkReport { explained, traced: traced.to_vec(), ..LinkReport::default() }),
            ..SideReport::default()
        };
        let lost = Explained { collateral: 2, ..Explained::default() };
        let none = side(Explained::default(), &[]);
        assert_eq!(is_traced(&none, &none), Ok(()));
        assert_eq!(
            is_traced(&side(lost, &[]), &side(Explained::default(), &[(FaultKind::Fin, 1)])),
            Ok(())
        );
        let told = "2 messages are explained by the link, but by no fault of it";
        assert_eq!(is_traced(&none, &side(lost, &[])), Err(told.into()));
    }

    #[test]
    fn a_fault_that_the_receiver_never_heard_of_is_traced_where_it_was_done() {
        let fault = Fault {
            kind: FaultKind::Fin,
            hit: crate::link::FrameRegion::Between,
            session: 3,
            at: 9,
            len: u64::MAX - 9,
        };
        let mut attribution =
            crate::link::FaultAttribution::new(false, crate::link::ReadBound::default());
        attribution.outgoing(&fault);
        attribution.cut_short(3);
        let mut done = LinkReport::default();
        done.sent.add(&fault);
        attribution.report(&mut done);
        assert_eq!(traced(Some(&done), &LinkReport::default()), [(FaultKind::Fin, 1)]);
    }
}
