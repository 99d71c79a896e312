//! The link where a side reads: says how much to read next, and when.

use super::dice::{Dice, FlowKey};
use super::{DirectionProfile, Fault, FaultKind, FrameRegion, Refusal};

/// A slow reader takes no more in one read than it may take in this part of a second.
const READS_A_SECOND: u64 = 200;

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ReadStep {
    /// Offer this much room to the next read.
    Read(usize),
    /// The next read fails like this, and is to be made again.
    Refuse(Refusal),
    /// Read nothing before this time, in nanoseconds.
    Wait(u64),
}

/// The link of one session's incoming direction.
#[derive(Debug)]
pub struct ReadLink {
    way: DirectionProfile,
    session: u32,
    shorts: Dice,
    interrupts: Dice,
    blocks: Dice,
    interrupted: Option<u64>,
    blocked: Option<u64>,
    /// When a slow reader reads on.
    next_ns: u64,
    /// What the last read was offered less than was asked for.
    offered: Option<usize>,
}

impl ReadLink {
    /// The link at the start of a session. `flow.reply`: what is read are replies.
    #[inline]
    pub fn new(way: &DirectionProfile, flow: FlowKey) -> Self {
        Self {
            session: flow.session,
            shorts: Dice::new(flow, "short-reads"),
            interrupts: Dice::new(flow, "read-interrupts"),
            blocks: Dice::new(flow, "read-would-block"),
            interrupted: None,
            blocked: None,
            next_ns: 0,
            offered: None,
            way: way.clone(),
        }
    }

    /// What to do when everything up to `at` is read and a read would be offered `size` bytes.
    pub fn step(&mut self, now: u64, at: u64, size: usize, faults: &mut Vec<Fault>) -> ReadStep {
        if now < self.next_ns {
            return ReadStep::Wait(self.next_ns);
        }
        if self.interrupted != Some(at) && self.interrupts.hits(at, self.way.interrupts) {
            self.interrupted = Some(at);
            faults.push(self.fault(FaultKind::Interrupt, at));
            return ReadStep::Refuse(Refusal::Interrupted);
        }
        if self.blocked != Some(at) && self.blocks.hits(at, self.way.would_block) {
            self.blocked = Some(at);
            faults.push(self.fault(FaultKind::WouldBlock, at));
            return ReadStep::Refuse(Refusal::WouldBlock);
        }
        let mut room = size;
        if size > 1 && self.shorts.hits(at, self.way.short_reads) {
            // Small ones are what shows: of 64 KiB hardly any random part would be short.
            let most = (size as u64 - 1).min(64);
            room = 1 + self.shorts.below(at, most) as usize;
        }
        if self.way.read_rate > 0 {
            let most = (self.way.read_rate / READS_A_SECOND).max(1);
            room = room.min(usize::try_from(most).unwrap_or(usize::MAX));
        }
        self.offered = (room < size).then_some(room);
        ReadStep::Read(room)
    }

    /// The read at `at` got `count` bytes.
    #[inline]
    pub fn got(&mut self, now: u64, at: u64, count: usize, faults: &mut Vec<Fault>) {
        let filled = self.offered.take() == Some(count);
        if self.way.read_rate > 0 {
            let took = u128::from(count as u64) * 1_000_000_000 / u128::from(self.way.read_rate);
            let from = self.next_ns.max(now);
            self.next_ns = from.saturating_add(u64::try_from(took).unwrap_or(u64::MAX));
            faults.push(self.fault(FaultKind::Slow, at + count as u64));
        } else if filled {
            faults.push(self.fault(FaultKind::ShortRead, at + count as u64));
        }
    }

    fn fault(&self, kind: FaultKind, at: u64) -> Fault {
        Fault { kind, hit: FrameRegion::Between, session: self.session, at, len: 0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey { seed: 3, session: 2, reply: false };

    #[test]
    fn short_reads_are_offered_less_than_was_asked_for() {
        let way = DirectionProfile { short_reads: 1.0, ..DirectionProfile::default() };
        let (mut link, mut faults) = (ReadLink::new(&way, FLOW), Vec::new());
        for at in 0..100 {
            let ReadStep::Read(room) = link.step(0, at, 10, &mut faults) else { panic!("{at}") };
            assert!((1..10).contains(&room), "seed 3: {room}");
            link.got(0, at, room, &mut faults);
        }
        assert_eq!(faults.len(), 100);
        let ReadStep::Read(room) = link.step(0, 100, 1, &mut faults) else { panic!() };
        assert_eq!(room, 1);
    }

    #[test]
    fn a_call_is_interrupted_and_would_block_only_once_at_a_place() {
        let way =
            DirectionProfile { interrupts: 1.0, would_block: 1.0, ..DirectionProfile::default() };
        let (mut link, mut faults) = (ReadLink::new(&way, FLOW), Vec::new());
        let refuse = ReadStep::Refuse;
        assert_eq!(link.step(5, 0, 10, &mut faults), refuse(Refusal::Interrupted));
        assert_eq!(link.step(5, 0, 10, &mut faults), refuse(Refusal::WouldBlock));
        assert_eq!(link.step(6, 0, 10, &mut faults), ReadStep::Read(10));
        assert_eq!(faults.len(), 2);
    }

    #[test]
    fn a_slow_reader_takes_no_more_than_its_rate() {
        let way = DirectionProfile { read_rate: 1_000, ..DirectionProfile::default() };
        let (mut link, mut faults) = (ReadLink::new(&way, FLOW), Vec::new());
        let (mut now, mut at) = (0, 0);
        while at < 2_000 {
            match link.step(now, at, 4_096, &mut faults) {
                ReadStep::Read(room) => {
                    link.got(now, at, room, &mut faults);
                    at += room as u64;
                }
                ReadStep::Wait(until) => now = until,
                ReadStep::Refuse(_) => panic!("nobody asked for it"),
            }
        }
        assert!((1_990_000_000..2_000_000_001).contains(&now), "{now} ns for 2,000 bytes");
    }
}
