//! The link of datagrams, where a side sends them: takes each, and gives back what leaves, when.

use super::dice::Dice;
use super::pace::Pace;
use super::{DirectionProfile, Fault, FaultKind, FlowKey, FrameRegion, FrameSpan};
use std::collections::BTreeMap;

/// So many datagrams overtake one that is held back, at most.
const MAX_OVERTAKING: u64 = 3;

/// One that nothing overtakes leaves after this long all the same, in nanoseconds.
const HELD_BACK_NS: u64 = 5_000_000;

/// A datagram that leaves when its time has come.
#[derive(Debug)]
struct Leaving {
    bytes: Vec<u8>,
    number: u64,
}

/// A datagram that others are to overtake.
#[derive(Debug)]
struct Held {
    bytes: Vec<u8>,
    /// How many still have to.
    overtaking: u64,
    latest_ns: u64,
    number: u64,
}

/// The link of one direction of one session.
#[derive(Debug)]
pub struct DatagramLink {
    way: DirectionProfile,
    session: u32,
    drops: Dice,
    duplicates: Dice,
    reorders: Dice,
    truncates: Dice,
    corrupts: Dice,
    pace: Option<Pace>,
    /// Datagrams so far.
    number: u64,
    /// What leaves, by time and by order.
    leaving: BTreeMap<(u64, u64), Leaving>,
    order: u64,
    held: Vec<Held>,
    bytes: usize,
}

impl DatagramLink {
    /// The link at the start of a session.
    pub fn new(way: &DirectionProfile, flow: FlowKey) -> Self {
        Self {
            session: flow.session,
            drops: Dice::new(flow, "drop"),
            duplicates: Dice::new(flow, "duplicate"),
            reorders: Dice::new(flow, "reorder"),
            truncates: Dice::new(flow, "truncate"),
            corrupts: Dice::new(flow, "corrupt"),
            pace: Pace::new(way, flow),
            number: 0,
            leaving: BTreeMap::new(),
            order: 0,
            held: Vec::new(),
            bytes: 0,
            way: way.clone(),
        }
    }

    /// The sender sends this datagram now. `frame`: where the message stands in it.
    pub fn take(&mut self, now: u64, datagram: &[u8], frame: &FrameSpan, faults: &mut Vec<Fault>) {
        let number = self.number;
        self.number += 1;
        if self.drops.hits(number, self.way.drop) {
            faults.push(self.fault(FaultKind::Drop, FrameRegion::Both, number));
            self.overtake(now);
            return;
        }
        let mut bytes = datagram.to_vec();
        if !bytes.is_empty() && self.truncates.hits(number, self.way.truncate) {
            let len = self.truncates.below(number, bytes.len() as u64) as usize;
            bytes.truncate(len);
            let hit = if frame.payload_end as usize <= len {
                FrameRegion::Header
            } else {
                FrameRegion::Payload
            };
            faults.push(self.fault(FaultKind::Truncate, hit, number));
        }
        if !bytes.is_empty() && self.corrupts.hits(number, self.way.corrupt) {
            let bit = self.corrupts.below(number, 8 * bytes.len() as u64);
            bytes[bit as usize / 8] ^= 1 << (bit % 8);
            let in_payload = (frame.payload..frame.payload_end).contains(&(bit / 8));
            let hit = if in_payload { FrameRegion::Payload } else { FrameRegion::Header };
            faults.push(self.fault(FaultKind::Corrupt, hit, number));
        }
        let mut due_ns = now;
        if let Some(pace) = &mut self.pace {
            due_ns = pace.arrival(now, number, bytes.len() as u64);
            faults.push(self.fault(FaultKind::Delay, FrameRegion::Both, number));
        }
        if self.duplicates.hits(number, self.way.duplicate) {
            self.leave(due_ns, bytes.clone(), number);
            faults.push(self.fault(FaultKind::Duplicate, FrameRegion::Both, number));
        }
        if self.reorders.hits(number, self.way.reorder) {
            let overtaking = 1 + self.reorders.below(number, MAX_OVERTAKING);
            faults.push(self.fault(FaultKind::Reorder, FrameRegion::Both, number));
            self.bytes += bytes.len();
            let latest_ns = due_ns.saturating_add(HELD_BACK_NS);
            self.held.push(Held { bytes, overtaking, latest_ns, number });
        } else {
            self.leave(due_ns, bytes, number);
        }
        self.overtake(due_ns);
    }

    /// A datagram that leaves now, if one does.
    #[inline]
    pub fn due(&mut self, now: u64) -> Option<Vec<u8>> {
        if let Some(late) = self.held.iter().position(|held| held.latest_ns <= now) {
            let held = self.held.remove(late);
            self.bytes -= held.bytes.len();
            return Some(held.bytes);
        }
        let first = self.leaving.first_entry().filter(|entry| entry.key().0 <= now)?;
        let bytes = first.remove().bytes;
        self.bytes -= bytes.len();
        Some(bytes)
    }

    /// When [`due`](Self::due) has something, if nothing else is sent before.
    #[inline]
    pub fn next_due(&self) -> Option<u64> {
        let held = self.held.iter().map(|held| held.latest_ns).min();
        let leaving = self.leaving.first_key_value().map(|((due, _), _)| *due);
        [held, leaving].into_iter().flatten().min()
    }

    /// Nothing more leaves: the round is over.
    #[inline]
    pub fn withhold(&mut self, faults: &mut Vec<Fault>) {
        let leaving = std::mem::take(&mut self.leaving).into_values().map(|one| one.number);
        let held = std::mem::take(&mut self.held).into_iter().map(|one| one.number);
        let numbers: Vec<u64> = leaving.chain(held).collect();
        faults.extend(
            numbers
                .iter()
                .map(|number| self.fault(FaultKind::Withheld, FrameRegion::Both, *number)),
        );
        self.bytes = 0;
    }

    /// What it holds back, in bytes; each datagram counts as a little more than its own.
    #[inline]
    pub fn held_bytes(&self) -> usize {
        self.bytes + 64 * (self.leaving.len() + self.held.len())
    }

    fn leave(&mut self, due_ns: u64, bytes: Vec<u8>, number: u64) {
        self.bytes += bytes.len();
        self.leaving.insert((due_ns, self.order), Leaving { bytes, number });
        self.order += 1;
    }

    /// One more datagram has passed those that are held back.
    fn overtake(&mut self, due_ns: u64) {
        let newest = self.number - 1;
        for held in self.held.iter_mut().filter(|held| held.number != newest) {
            held.overtaking -= 1;
        }
        while let Some(free) = self.held.iter().position(|held| held.overtaking == 0) {
            let held = self.held.remove(free);
            self.bytes -= held.bytes.len();
            self.leave(due_ns, held.bytes, held.number);
        }
    }

    fn fault(&self, kind: FaultKind, hit: FrameRegion, number: u64) -> Fault {
        Fault { kind, hit, session: self.session, at: number, len: 1 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey { seed: 11, session: 1, reply: true };

    fn drive(way: DirectionProfile, count: u8) -> (Vec<Vec<u8>>, Vec<Fault>) {
        let mut link = DatagramLink::new(&way, FLOW);
        let (mut faults, mut left) = (Vec::new(), Vec::new());
        let frame = FrameSpan { start: 0, payload: 0, payload_end: 4, end: 4 };
        for number in 0..count {
            link.take(u64::from(number), &[number; 4], &frame, &mut faults);
            left.extend(std::iter::from_fn(|| link.due(u64::from(number))));
        }
        left.extend(std::iter::from_fn(|| link.due(u64::MAX)));
        assert_eq!((link.held_bytes(), link.next_due()), (0, None));
        (left, faults)
    }

    #[test]
    fn a_clean_link_passes_every_datagram_on() {
        let (left, faults) = drive(DirectionProfile::default(), 5);
        assert_eq!(left, (0..5).map(|number| vec![number; 4]).collect::<Vec<_>>());
        assert_eq!(faults, []);
    }

    #[test]
    fn each_fault_does_what_it_is_called_and_names_its_datagram() {
        let of = |way: DirectionProfile| drive(way, 100);
        let (left, faults) = of(DirectionProfile { drop: 0.2, ..DirectionProfile::default() });
        assert_eq!(left.len() + faults.len(), 100, "seed 11");
        assert!(faults.iter().all(|fault| !left.contains(&vec![fault.at as u8; 4])));
        let (left, faults) = of(DirectionProfile { duplicate: 0.2, ..DirectionProfile::default() });
        assert_eq!(left.len(), 100 + faults.len(), "seed 11");
        let (left, faults) = of(DirectionProfile { truncate: 0.2, ..DirectionProfile::default() });
        assert_eq!(left.iter().filter(|one| one.len() < 4).count(), faults.len(), "seed 11");
        let (left, faults) = of(DirectionProfile { corrupt: 0.2, ..DirectionProfile::default() });
        let changed = (0..100).filter(|number| !left.contains(&vec![*number; 4])).count();
        assert_eq!(changed, faults.len(), "seed 11");
    }

    #[test]
    fn what_is_held_back_is_overtaken_and_nothing_is_lost() {
        let (left, faults) =
            drive(DirectionProfile { reorder: 0.1, ..DirectionProfile::default() }, 100);
        assert_eq!(left.len(), 100);
        for fault in &faults {
            let place = left.iter().position(|one| u64::from(one[0]) == fault.at).unwrap();
            let before = left[..place].iter().filter(|one| u64::from(one[0]) > fault.at).count();
            assert!(before > 0 || fault.at > 95, "seed 11: {fault:?}");
        }
        assert!((3..25).contains(&faults.len()), "seed 11: {}", faults.len());
    }

    #[test]
    fn what_is_still_held_back_at_the_end_is_told() {
        let mut link = DatagramLink::new(
            &DirectionProfile { delay_ns: 50, ..DirectionProfile::default() },
            FLOW,
        );
        let frame = FrameSpan { start: 0, payload: 0, payload_end: 1, end: 1 };
        let mut faults = Vec::new();
        link.take(0, b"x", &frame, &mut faults);
        link.take(9, b"y", &frame, &mut faults);
        assert_eq!(link.due(50), Some(b"x".to_vec()));
        link.withhold(&mut faults);
        let last = faults.last().unwrap();
        assert_eq!((last.kind, last.at), (FaultKind::Withheld, 1));
        assert_eq!((link.held_bytes(), link.next_due(), link.due(1_000)), (0, None, None));
    }

    #[test]
    fn what_nothing_overtakes_leaves_when_its_time_is_up() {
        let mut link = DatagramLink::new(
            &DirectionProfile { reorder: 1.0, ..DirectionProfile::default() },
            FLOW,
        );
        let frame = FrameSpan { start: 0, payload: 0, payload_end: 1, end: 1 };
        link.take(0, b"x", &frame, &mut Vec::new());
        assert_eq!(link.due(0), None);
        assert_eq!(link.next_due(), Some(HELD_BACK_NS));
        assert_eq!(link.due(HELD_BACK_NS), Some(b"x".to_vec()));
    }
}
