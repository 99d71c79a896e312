//! What the attribution keeps of one session: the faults that may still explain a verdict, and what
//! both sides' reports need so that each fault that left a trace is counted once.

use super::{Fault, FaultKind, Sessions};
use std::collections::VecDeque;

/// A fault that was done to what is received.
#[derive(Debug)]
pub(super) struct Entry {
    pub(super) fault: Fault,
    pub(super) traced: bool,
}

impl Entry {
    #[inline]
    pub(super) fn trace(&mut self, traced: &mut [u64; FaultKind::ALL.len()]) {
        if !std::mem::replace(&mut self.traced, true) {
            traced[self.fault.kind as usize] += 1;
        }
    }
}

/// One session, as its receiver knows it.
#[derive(Debug, Default)]
pub(super) struct Session {
    /// Those that lie at or behind the message whose verdict falls next. What ends a connection
    /// stays: it reaches to the end of the stream.
    pub(super) faults: VecDeque<Entry>,
    /// The last one before that message which has harmed the stream, while nothing has arrived
    /// intact since.
    pub(super) open: Option<Entry>,
    /// The last one of these behind which something has arrived intact. Messages of this direction
    /// have passed it; what it did to the other one may still show.
    pub(super) passed: Option<Entry>,
    /// A fault has ended the session's incoming direction.
    pub(super) ended: bool,
    /// This side's own link has harmed what it sent in this session.
    pub(super) harmed: bool,
    /// And has ended it.
    pub(super) cut_off: bool,
    /// That has left a trace on this side.
    pub(super) crossed: bool,
    /// It is closed, and everything that came is judged.
    pub(super) over: bool,
}

impl Session {
    /// Verdicts fall in order on a stream, so what lies before `from` touches no message any more;
    /// returns how many faults that are. What has harmed the stream stays open: a framing that lost
    /// its place there may not have found it again.
    #[inline]
    pub(super) fn settle(&mut self, from: u64, read_bound: bool) -> usize {
        let before = self.faults.len();
        while self.faults.front().is_some_and(|entry| entry.fault.end() <= from) {
            let Some(entry) = self.faults.pop_front() else { break };
            if entry.fault.kind.may_break(read_bound) {
                self.open = Some(entry);
            }
        }
        before - self.faults.len()
    }

    /// What has ended the incoming direction.
    #[inline]
    pub(super) fn ending(&mut self) -> Option<&mut Entry> {
        self.faults.iter_mut().find(|entry| entry.fault.kind.ends())
    }

    /// The fault that is the likeliest to have broken the conversation: what ended it, else the last
    /// that can have.
    #[inline]
    pub(super) fn breaker(&self, read_bound: bool) -> Option<&Entry> {
        let may = |entry: &&Entry| entry.fault.kind.may_break(read_bound);
        let ending = self.faults.iter().find(|entry| entry.fault.kind.ends());
        let last = || self.faults.iter().rev().find(may);
        ending.or_else(last).or(self.open.as_ref()).or(self.passed.as_ref())
    }
}

/// What the two sides have to join.
#[derive(Clone, Debug, Default)]
pub(super) struct Unjoined {
    pub(super) crossed: Sessions,
    pub(super) open: [Sessions; FaultKind::ALL.len()],
}

impl Unjoined {
    #[inline]
    pub(super) fn add(&mut self, number: u32, session: &Session, read_bound: bool) {
        if session.crossed {
            self.crossed.push(number);
        }
        if let Some(breaker) = session.breaker(read_bound).filter(|breaker| !breaker.traced) {
            self.open[breaker.fault.kind as usize].push(number);
        }
    }
}
