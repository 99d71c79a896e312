//! Attribution of damage to faults, on the side that receives: which message was damaged by what the
//! link did to it, which by what it did before, and which by neither.
//!
//! A fault explains a verdict **directly** when it lies in the bytes of that message's frame and is
//! of a kind that can have led to this verdict. It explains one **collaterally** when it lies before
//! the message, has harmed the stream, and nothing has arrived intact in between: the framing had
//! lost its place, or the connection its end. Everything else is unexplained.
//!
//! A fault is **traced** when it explains a verdict, has ended a session before its time, or has made
//! the framing give one up. The first two may happen on the side that did it: it closes a connection,
//! and what was under way to itself is lost. It knows then that what it did in this session left a
//! trace, and the receiver knows which fault that can have been; joined they say it once (`crossed`
//! and `open` of [`LinkReport`]).

use super::remembered::{Entry, Session, Unjoined};
use super::{Explained, Fault, FaultKind, FrameRegion, LinkReport};
use std::collections::BTreeMap;
use wirebench_judge::{RecordHead, Verdict};

/// Faults that are remembered at a time. Older ones are forgotten, and counted.
const MAX_REMEMBERED: usize = 1 << 17;

/// Datagrams of a session behind the newest whose faults are remembered: the judge has decided on
/// those before long ago.
const MAX_DATAGRAMS: u64 = 1 << 16;

/// Sessions that are remembered at a time; the oldest are forgotten first.
const MAX_SESSIONS: usize = 1 << 16;

/// Faults shown of one message at most.
const MAX_SHOWN: usize = 8;

/// Of which directions the framing depends on the reads, so that a cut may lead to anything.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ReadBound {
    /// Of what this side receives.
    pub incoming: bool,
    /// Of what it sends.
    pub outgoing: bool,
}

/// The faults of the sessions that a side receives, as far as they may still explain something.
#[derive(Debug)]
pub struct FaultAttribution {
    /// Faults name datagrams, not bytes.
    datagrams: bool,
    read_bound: ReadBound,
    /// By number: later sessions have higher ones.
    sessions: BTreeMap<u32, Session>,
    remembered: usize,
    traced: [u64; FaultKind::ALL.len()],
    explained: Explained,
    forgotten: u64,
    /// Of sessions that are not remembered any more.
    unjoined: Unjoined,
}

impl FaultAttribution {
    /// Nothing has happened yet. `datagrams`: faults are told by the number of the datagram.
    #[inline]
    pub fn new(datagrams: bool, read_bound: ReadBound) -> Self {
        Self {
            datagrams,
            read_bound,
            sessions: BTreeMap::new(),
            remembered: 0,
            traced: [0; FaultKind::ALL.len()],
            explained: Explained::default(),
            forgotten: 0,
            unjoined: Unjoined::default(),
        }
    }

    /// The other side's link did `fault` to what this side receives.
    pub fn incoming(&mut self, fault: Fault) {
        let datagrams = self.datagrams;
        let session = self.session(fault.session);
        session.ended |= fault.kind.ends();
        // Datagrams are told in order, but for those that were withheld.
        let place = match session.faults.back() {
            Some(last) if datagrams && last.fault.at > fault.at => {
                session.faults.partition_point(|entry| entry.fault.at <= fault.at)
            }
            _ => session.faults.len(),
        };
        session.faults.insert(place, Entry { fault, traced: false });
        let mut settled = 0;
        while datagrams
            && session
                .faults
                .front()
                .is_some_and(|first| fault.at.saturating_sub(first.fault.at) > MAX_DATAGRAMS)
        {
            session.faults.pop_front();
            settled += 1;
        }
        self.remembered = self.remembered + 1 - settled;
        if self.remembered > MAX_REMEMBERED {
            self.session(fault.session).faults.pop_front();
            self.remembered -= 1;
            self.forgotten += 1;
        }
    }

    /// What is known of a session. Room is made for it where there are too many.
    fn session(&mut self, number: u32) -> &mut Session {
        if self.sessions.len() >= MAX_SESSIONS
            && !self.sessions.contains_key(&number)
            && let Some((first, oldest)) = self.sessions.pop_first()
        {
            self.remembered -= oldest.faults.len();
            if !oldest.over {
                self.forgotten += oldest.faults.iter().filter(|entry| !entry.traced).count() as u64;
            }
            self.unjoined.add(first, &oldest, self.read_bound.incoming);
        }
        self.sessions.entry(number).or_default()
    }

    /// This side's own link did something to what it sent: what that breaks may take the other
    /// direction with it.
    #[inline]
    pub fn outgoing(&mut self, fault: &Fault) {
        if !self.datagrams && fault.kind.may_break(self.read_bound.outgoing) {
            let session = self.session(fault.session);
            session.harmed = true;
            session.cut_off |= fault.kind.ends();
        }
    }

    /// A session was over before its time: an exchange was under way in it, another one had to take
    /// its place, or a call on it failed. If a fault has ended it, in whichever direction, this is its
    /// trace.
    #[inline]
    pub fn cut_short(&mut self, session: u32) {
        let Some(session) = self.sessions.get_mut(&session) else { return };
        session.crossed |= session.cut_off;
        if let Some(ending) = session.ending() {
            ending.trace(&mut self.traced);
        }
    }

    /// A session is closed, and what it received is judged.
    #[inline]
    pub fn over(&mut self, session: u32) {
        if let Some(session) = self.sessions.get_mut(&session) {
            session.over = true;
        }
    }

    /// The incoming framing gave the session up at this offset. That is the trace of the last fault
    /// before it, if nothing has arrived intact since.
    #[inline]
    pub fn given_up(&mut self, session: u32, at: u64) {
        let Some(session) = self.sessions.get_mut(&session) else { return };
        let read_bound = self.read_bound.incoming;
        let may =
            |entry: &&mut Entry| entry.fault.kind.may_break(read_bound) && entry.fault.at <= at;
        let last = session.faults.iter_mut().rev().find(may);
        if let Some(entry) = last.or(session.open.as_mut()) {
            entry.trace(&mut self.traced);
        }
    }

    /// A message arrived intact, and its frame began at `from`. Everything that was done before is
    /// done with.
    #[inline]
    pub fn intact(&mut self, session: u32, from: u64) {
        if self.datagrams {
            return;
        }
        let Some(session) = self.sessions.get_mut(&session) else { return };
        self.remembered -= session.settle(from, self.read_bound.incoming);
        if let Some(entry) = session.open.take() {
            session.passed = Some(entry);
        }
    }

    /// A message's verdict has fallen, and it is not intact. True when a fault explains it.
    pub fn judged(&mut self, head: &RecordHead, verdict: Verdict) -> bool {
        let (from, to) = self.range(head);
        let Some(session) = self.sessions.get_mut(&head.session) else { return false };
        if !self.datagrams {
            self.remembered -= session.settle(from, self.read_bound.incoming);
        }
        let boundaries = matches!(verdict, Verdict::Merged | Verdict::Split | Verdict::Straddled);
        let mut direct = None;
        let mut withheld = false;
        let first = match self.datagrams {
            true => session.faults.partition_point(|entry| entry.fault.at < from),
            false => 0,
        };
        for entry in session.faults.range_mut(first..) {
            let fault = &entry.fault;
            if self.datagrams && fault.at >= to {
                break;
            }
            if fault.touches(from, to) && fault.kind.may_cause(verdict, self.read_bound.incoming) {
                withheld |= fault.kind == FaultKind::Withheld;
                // What touched the framing's own bytes decides, whatever else was touched.
                direct = match (direct, fault.hit) {
                    (Some(FrameRegion::Header), _)
                    | (_, FrameRegion::Header | FrameRegion::Both) => Some(FrameRegion::Header),
                    (Some(FrameRegion::Payload), _) | (_, FrameRegion::Payload) => {
                        Some(FrameRegion::Payload)
                    }
                    _ => Some(FrameRegion::Between),
                };
                entry.trace(&mut self.traced);
            }
        }
        if withheld {
            let held =
                |entry: &&mut Entry| entry.fault.kind.holds_back() && entry.fault.touches(from, to);
            session
                .faults
                .range_mut(first..)
                .filter(held)
                .for_each(|entry| entry.trace(&mut self.traced));
        }
        if let Some(hit) = direct {
            *match hit {
                _ if boundaries => &mut self.explained.boundaries,
                FrameRegion::Header | FrameRegion::Both => &mut self.explained.header,
                FrameRegion::Payload => &mut self.explained.payload,
                FrameRegion::Between => &mut self.explained.between,
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
        // What was under way when the connection ended is gone, wherever the end lay and whoever
        // made it.
        let gone = matches!(verdict, Verdict::Lost | Verdict::Truncated);
        if gone && (session.ended || session.harmed) {
            session.crossed |= session.harmed;
            if let Some(ending) = session.ending() {
                ending.trace(&mut self.traced);
            }
            self.explained.collateral += 1;
            return true;
        }
        false
    }

    /// The first few faults that lie in the bytes of a message's frame, when its verdict has just
    /// fallen.
    #[inline]
    pub fn touching(&self, head: &RecordHead) -> Vec<Fault> {
        let (from, to) = self.range(head);
        let Some(session) = self.sessions.get(&head.session) else { return Vec::new() };
        let faults = session.faults.iter().map(|entry| entry.fault);
        faults.filter(|fault| fault.touches(from, to)).take(MAX_SHOWN).collect()
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
        // Datagrams are joined one by one: none takes another along.
        if self.datagrams {
            return;
        }
        let mut unjoined = self.unjoined.clone();
        for (number, session) in &self.sessions {
            unjoined.add(*number, session, self.read_bound.incoming);
        }
        report.crossed = unjoined.crossed;
        let by_kind = FaultKind::ALL.into_iter().zip(unjoined.open);
        report.open = by_kind.filter(|(_, sessions)| !sessions.is_empty()).collect();
    }
}

#[cfg(test)]
#[path = "attribution_tests.rs"]
mod tests;
