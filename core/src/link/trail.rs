//! What joins faults with verdicts, where messages are received: which message was damaged by what
//! the link did to it, which by what it did before, and which by neither.
//!
//! A fault explains a verdict **directly** when it lies in the bytes of that message's frame and is
//! of a kind that can have led to this verdict. It explains one **collaterally** when it lies before
//! the message, has harmed the stream, and nothing has arrived intact in between: the framing had
//! lost its place, or the connection its end. Everything else is unexplained.

use super::{Explained, Fault, FaultKind, Hit, LinkReport};
use crate::judge::{RecordHead, Verdict};
use std::collections::{BTreeMap, VecDeque};

/// Faults that are remembered at a time. Older ones are forgotten, and counted.
const MOST_REMEMBERED: usize = 1 << 17;

/// Sessions that are remembered at a time; the oldest are forgotten first.
const MOST_SESSIONS: usize = 1 << 16;

/// Faults shown of one message at most.
const MOST_SHOWN: usize = 8;

/// The faults of the sessions that a side receives, as far as they may still explain something.
#[derive(Debug)]
pub struct Trail {
    /// Faults name datagrams, not bytes.
    datagrams: bool,
    /// The framing depends on the reads.
    read_bound: bool,
    /// By number: later sessions have higher ones.
    sessions: BTreeMap<u32, Session>,
    remembered: usize,
    traced: [u64; FaultKind::ALL.len()],
    explained: Explained,
    forgotten: u64,
}

#[derive(Debug, Default)]
struct Session {
    /// Those that lie at or behind the message whose verdict falls next.
    faults: VecDeque<Entry>,
    /// The last one before that message which has harmed the stream, while nothing has arrived
    /// intact since.
    open: Option<Entry>,
    /// This side's own link has harmed what it sent in this session.
    harmed: bool,
    /// A fault has ended the session, in either direction.
    ended: bool,
}

#[derive(Debug)]
struct Entry {
    fault: Fault,
    traced: bool,
}

impl Entry {
    fn trace(&mut self, traced: &mut [u64; FaultKind::ALL.len()]) {
        if !std::mem::replace(&mut self.traced, true) {
            traced[self.fault.kind as usize] += 1;
        }
    }
}

impl Session {
    /// Verdicts fall in order on a stream, so what lies before `from` touches no message any more;
    /// returns how many faults that are. What has harmed the stream stays open: a framing that lost
    /// its place there may not have found it again.
    fn settle(&mut self, from: u64, read_bound: bool) -> usize {
        let before = self.faults.len();
        while self.faults.front().is_some_and(|entry| entry.fault.end() <= from) {
            let Some(entry) = self.faults.pop_front() else { break };
            if read_bound || entry.fault.kind.harms_stream() {
                self.open = Some(entry);
            }
        }
        before - self.faults.len()
    }
}

impl Trail {
    /// Nothing has happened yet. `datagrams`: faults are told by the number of the datagram.
    /// `read_bound`: what the incoming framing delivers depends on the reads.
    pub fn new(datagrams: bool, read_bound: bool) -> Self {
        Self {
            datagrams,
            read_bound,
            sessions: BTreeMap::new(),
            remembered: 0,
            traced: [0; FaultKind::ALL.len()],
            explained: Explained::default(),
            forgotten: 0,
        }
    }

    /// Something was done to what is received.
    pub fn heard(&mut self, fault: Fault) {
        let session = self.session(fault.session);
        session.ended |= fault.kind.ends();
        session.faults.push_back(Entry { fault, traced: false });
        self.remembered += 1;
        if self.remembered > MOST_REMEMBERED {
            self.session(fault.session).faults.pop_front();
            self.remembered -= 1;
            self.forgotten += 1;
        }
    }

    /// What is known of a session. Room is made for it where there are too many.
    fn session(&mut self, number: u32) -> &mut Session {
        if self.sessions.len() >= MOST_SESSIONS
            && !self.sessions.contains_key(&number)
            && let Some((_, oldest)) = self.sessions.pop_first()
        {
            self.remembered -= oldest.faults.len();
            self.forgotten += oldest.faults.iter().filter(|entry| !entry.traced).count() as u64;
        }
        self.sessions.entry(number).or_default()
    }

    /// This side's own link did something to what it sent: what that breaks may take the other
    /// direction with it.
    pub fn done(&mut self, fault: &Fault) {
        if self.read_bound || fault.kind.harms_stream() {
            let session = self.session(fault.session);
            session.harmed = true;
            session.ended |= fault.kind.ends();
        }
    }

    /// A message arrived intact, and its frame began at `from`. Everything that was done before is
    /// done with.
    pub fn intact(&mut self, session: u32, from: u64) {
        if self.datagrams {
            return;
        }
        let Some(session) = self.sessions.get_mut(&session) else { return };
        self.remembered -= session.settle(from, false);
        session.open = None;
    }

    /// A message's verdict has fallen, and it is not intact. True when a fault explains it.
    pub fn judged(&mut self, head: &RecordHead, verdict: Verdict) -> bool {
        let (from, to) = self.range(head);
        let Some(session) = self.sessions.get_mut(&head.session) else { return false };
        if !self.datagrams {
            self.remembered -= session.settle(from, self.read_bound);
        }
        let boundaries = matches!(verdict, Verdict::Merged | Verdict::Split | Verdict::Straddled);
        let mut direct = None;
        for entry in &mut session.faults {
            let fault = &entry.fault;
            if fault.touches(from, to) && fault.kind.may_cause(verdict, self.read_bound) {
                // What touched the framing's own bytes decides, whatever else was touched.
                direct = match (direct, fault.hit) {
                    (Some(Hit::Header), _) | (_, Hit::Header | Hit::Both) => Some(Hit::Header),
                    (Some(Hit::Payload), _) | (_, Hit::Payload) => Some(Hit::Payload),
                    _ => Some(Hit::Between),
                };
                entry.trace(&mut self.traced);
            }
        }
        if let Some(hit) = direct {
            *match hit {
                _ if boundaries => &mut self.explained.boundaries,
                Hit::Header | Hit::Both => &mut self.explained.header,
                Hit::Payload => &mut self.explained.payload,
                Hit::Between => &mut self.explained.between,
            } += 1;
            return true;
        }
        if self.datagrams {
            return false;
        }
        if let Some(entry) = &mut session.open {
            entry.trace(&mut self.traced);
            match boundaries {
                true => self.explained.boundaries += 1,
                false => self.explained.collateral += 1,
            }
            return true;
        }
        // What was under way when the connection ended is gone, wherever the end lay.
        let gone = matches!(verdict, Verdict::Lost | Verdict::Truncated);
        if gone && (session.ended || session.harmed) {
            let ending = session.faults.iter_mut().find(|entry| entry.fault.kind.ends());
            if let Some(entry) = ending {
                entry.trace(&mut self.traced);
            }
            self.explained.collateral += 1;
            return true;
        }
        false
    }

    /// The first few faults that lie in the bytes of a message's frame, when its verdict has just
    /// fallen.
    pub fn touching(&self, head: &RecordHead) -> Vec<Fault> {
        let (from, to) = self.range(head);
        let Some(session) = self.sessions.get(&head.session) else { return Vec::new() };
        let faults = session.faults.iter().map(|entry| entry.fault);
        faults.filter(|fault| fault.touches(from, to)).take(MOST_SHOWN).collect()
    }

    /// What the faults of a message are told by.
    fn range(&self, head: &RecordHead) -> (u64, u64) {
        let (from, len) = match self.datagrams {
            true => (head.seq, 1),
            false => (head.wire_offset, u64::from(head.wire_len)),
        };
        // Both are the other side's word.
        (from, from.saturating_add(len))
    }

    /// Writes down what was found.
    pub fn report(&self, report: &mut LinkReport) {
        let counted = FaultKind::ALL.into_iter().zip(self.traced);
        report.traced = counted.filter(|(_, count)| *count > 0).collect();
        report.explained = self.explained;
        report.forgotten = self.forgotten;
    }
}

#[cfg(test)]
mod tests {
    use super::super::Hit;
    use super::*;

    fn fault(kind: FaultKind, at: u64, len: u64) -> Fault {
        Fault { kind, hit: Hit::Payload, session: 1, at, len }
    }

    /// The n-th of frames of ten bytes.
    fn head(seq: u64) -> RecordHead {
        RecordHead { session: 1, seq, wire_offset: seq * 10, wire_len: 10, ..RecordHead::default() }
    }

    fn reported(trail: &Trail) -> LinkReport {
        let mut report = LinkReport::default();
        trail.report(&mut report);
        report
    }

    #[test]
    fn a_fault_explains_what_it_touches_and_is_counted_once() {
        let mut trail = Trail::new(false, false);
        trail.heard(fault(FaultKind::Flip, 9, 2));
        assert!(trail.judged(&head(0), Verdict::Corrupted));
        assert!(trail.judged(&head(1), Verdict::Lost));
        let report = reported(&trail);
        assert_eq!(report.explained, Explained { payload: 2, ..Explained::default() });
        assert_eq!(report.traced, [(FaultKind::Flip, 1)]);
    }

    #[test]
    fn without_a_fault_before_it_nothing_is_explained() {
        let mut trail = Trail::new(false, false);
        assert!(!trail.judged(&head(0), Verdict::Lost));
        trail.heard(fault(FaultKind::Flip, 55, 1));
        assert!(!trail.judged(&head(3), Verdict::Lost));
        assert!(!trail.judged(&RecordHead { session: 2, ..head(5) }, Verdict::Lost));
    }

    #[test]
    fn a_lost_place_explains_what_follows_until_something_arrives_intact() {
        let mut trail = Trail::new(false, false);
        trail.heard(fault(FaultKind::Flip, 12, 1));
        assert!(trail.judged(&head(1), Verdict::Lost));
        assert!(trail.judged(&head(2), Verdict::Lost));
        trail.intact(1, 30);
        assert!(!trail.judged(&head(4), Verdict::Corrupted));
        let report = reported(&trail);
        assert_eq!(
            report.explained,
            Explained { payload: 1, collateral: 1, ..Explained::default() }
        );
    }

    #[test]
    fn a_cut_explains_boundaries_and_no_bytes_unless_the_framing_depends_on_reads() {
        for (read_bound, explained) in [(false, false), (true, true)] {
            let mut trail = Trail::new(false, read_bound);
            trail.heard(fault(FaultKind::Cut, 5, 0));
            assert!(trail.judged(&head(0), Verdict::Split));
            assert_eq!(trail.judged(&head(0), Verdict::Lost), explained);
        }
    }

    #[test]
    fn an_end_explains_what_was_under_way_in_both_directions() {
        let mut receiver = Trail::new(false, false);
        receiver.heard(fault(FaultKind::Reset, 25, u64::MAX - 25));
        // Written, and destroyed by the reset before it was read.
        assert!(receiver.judged(&head(1), Verdict::Lost));
        assert!(receiver.judged(&head(2), Verdict::Truncated));
        assert!(receiver.judged(&head(7), Verdict::Lost));
        let mut sender = Trail::new(false, false);
        sender.done(&fault(FaultKind::Reset, 25, u64::MAX - 25));
        assert!(sender.judged(&head(0), Verdict::Lost));
        assert!(!sender.judged(&head(0), Verdict::Corrupted));
    }

    #[test]
    fn memory_is_bounded_whatever_is_heard_and_what_was_forgotten_is_told() {
        let mut trail = Trail::new(false, false);
        for at in 0..MOST_REMEMBERED as u64 + 10 {
            trail.heard(fault(FaultKind::Flip, at, 1));
        }
        assert_eq!(reported(&trail).forgotten, 10);
        let mut trail = Trail::new(false, false);
        for session in 0..MOST_SESSIONS as u32 + 7 {
            trail.heard(Fault { session, ..fault(FaultKind::Fin, 0, u64::MAX) });
        }
        assert_eq!(reported(&trail).forgotten, 7);
        assert_eq!(trail.sessions.len(), MOST_SESSIONS);
    }

    #[test]
    fn datagrams_are_joined_by_their_number() {
        let mut trail = Trail::new(true, false);
        trail.heard(fault(FaultKind::Drop, 3, 1));
        trail.heard(fault(FaultKind::Reorder, 4, 1));
        trail.intact(1, 1_000);
        assert!(trail.judged(&head(3), Verdict::Lost));
        assert!(trail.judged(&head(4), Verdict::Reordered));
        assert!(!trail.judged(&head(5), Verdict::Lost));
        assert!(!trail.judged(&head(4), Verdict::Lost), "a reordered one still arrives");
    }
}
