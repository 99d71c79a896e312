//! The report of a side on its link: how often each fault happened, and which damage it explains.

use super::{Fault, FaultKind, FrameRegion, Sessions};
use serde::{Deserialize, Serialize};
use wirebench_load::rng::mix;

/// Faults that are kept one by one; all are counted.
pub const MAX_LOGGED: usize = 4_096;

/// Faults of one kind in one direction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct KindCount {
    /// What was done.
    pub kind: FaultKind,
    /// How often.
    pub injected: u64,
    /// How often bytes that a framing added were touched, alone or beside others.
    pub header: u64,
    /// How often bytes of messages were, and no others.
    pub payload: u64,
}

/// What one side's link has done, and what that did to the messages this side received.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkReport {
    /// Done to what this side sent.
    pub sent: LinkTally,
    /// Done to what this side received, when it read.
    pub read: LinkTally,
    /// Faults, by kind, that have left a trace: a message that this side received, or did not, got
    /// its verdict by them. Done by either side.
    pub traced: Vec<(FaultKind, u64)>,
    /// Sessions in which what this side's own link did has left a trace on this side: a message to it
    /// was lost, or the session was over before its time.
    pub crossed: Sessions,
    /// Sessions in which a fault done by the other side's link may have left a trace there, and has
    /// left none on this side; by the kind of that fault. One that is in the other side's `crossed`
    /// as well is traced.
    pub open: Vec<(FaultKind, Sessions)>,
    /// Messages that are not intact, and why, as far as faults explain it.
    pub explained: Explained,
    /// Pieces that were not confirmed in time.
    pub unconfirmed: u64,
    /// Faults that were forgotten before the messages that they touched had a verdict.
    pub forgotten: u64,
}

/// Messages that are not intact, by the fault that explains it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Explained {
    /// Boundaries are wrong and the bytes are right: the framing did not keep them under this fault.
    pub boundaries: u64,
    /// Bytes are wrong or missing, and the fault touched bytes that the framing added.
    pub header: u64,
    /// Bytes are wrong or missing, and the fault touched the message's own bytes alone.
    pub payload: u64,
    /// Bytes are wrong or missing, and the fault lay between frames or where a side read.
    pub between: u64,
    /// Bytes are wrong or missing because a fault before had left the framing without its place, or
    /// the connection without its end.
    pub collateral: u64,
}

impl Explained {
    /// All that is explained.
    #[inline]
    pub fn total(&self) -> u64 {
        self.boundaries.saturating_add(self.bytes())
    }

    /// Messages of which bytes are wrong or missing.
    #[inline]
    pub fn bytes(&self) -> u64 {
        let parts = [self.header, self.payload, self.between, self.collateral];
        parts.into_iter().fold(0, u64::saturating_add)
    }

    /// Adds another count to this one.
    #[inline]
    pub fn merge(&mut self, other: &Self) {
        let pairs = [
            (&mut self.boundaries, other.boundaries),
            (&mut self.header, other.header),
            (&mut self.payload, other.payload),
            (&mut self.between, other.between),
            (&mut self.collateral, other.collateral),
        ];
        for (mine, theirs) in pairs {
            *mine = mine.saturating_add(theirs);
        }
    }
}

/// Faults as they are counted and logged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct LinkTally {
    /// By kind; kinds that did not occur are left out.
    pub kinds: Vec<KindCount>,
    /// A sum over all faults, in whatever order: the same schedule has the same.
    pub schedule: u64,
    /// The first [`MAX_LOGGED`].
    pub log: Vec<Fault>,
}

impl LinkTally {
    /// Counts and logs one.
    #[inline]
    pub fn add(&mut self, fault: &Fault) {
        let known = self.kinds.iter().position(|count| count.kind == fault.kind);
        let index = known.unwrap_or_else(|| {
            self.kinds.push(KindCount { kind: fault.kind, injected: 0, header: 0, payload: 0 });
            self.kinds.len() - 1
        });
        let count = &mut self.kinds[index];
        count.injected += 1;
        count.header += u64::from(matches!(fault.hit, FrameRegion::Header | FrameRegion::Both));
        count.payload += u64::from(fault.hit == FrameRegion::Payload);
        self.schedule = self.schedule.wrapping_add(digest(fault));
        if self.log.len() < MAX_LOGGED {
            self.log.push(*fault);
        }
    }
}

fn digest(fault: &Fault) -> u64 {
    let code = u64::from(fault.kind as u8) << 40 | u64::from(fault.session);
    mix(mix(mix(code) ^ fault.at) ^ fault.len)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_order_of_faults_does_not_change_the_schedule_and_their_places_do() {
        let fault =
            |at| Fault { kind: FaultKind::Flip, hit: FrameRegion::Header, session: 1, at, len: 1 };
        let tally = |places: &[u64]| {
            let mut tally = LinkTally::default();
            places.iter().for_each(|at| tally.add(&fault(*at)));
            tally
        };
        assert_eq!(tally(&[1, 2, 3]).schedule, tally(&[3, 1, 2]).schedule);
        assert_ne!(tally(&[1, 2, 3]).schedule, tally(&[1, 2, 4]).schedule);
        assert_eq!(tally(&[1, 2, 3]).kinds[0].injected, 3);
        assert_eq!(tally(&[1, 2]).kinds[0].header, 2);
    }
}
