//! The slow judge: the same rules over plain lists, nothing indexed and nothing bounded but by the
//! horizon. It holds for sessions of fewer records than the judge looks at for one arrival.

use wirebench::judge::Verdict::{self, *};
use wirebench::judge::{Horizon, Tally};

#[derive(Clone, Copy, PartialEq)]
enum State {
    Waiting,
    Intact,
    Judged,
    Lost,
}

struct Record {
    payload: Vec<u8>,
    handed_over_ns: u64,
    state: State,
    verdict: Option<Verdict>,
    /// When it last came, as a number of arrivals.
    came: usize,
}

/// The receipt of the slow judge: intact, ambiguous, the record's number from 1.
pub(crate) type Receipt = (bool, bool, u64);

pub(crate) struct Model {
    horizon: Horizon,
    records: Vec<Record>,
    /// The oldest record remembered, the oldest that waits, the end of those looked at.
    first: usize,
    base: usize,
    end: usize,
    arrived_to: usize,
    arrivals: usize,
    pub(crate) tally: Tally,
}

impl Model {
    pub(crate) fn new(horizon: Horizon) -> Self {
        let tally = Tally::default();
        let records = Vec::new();
        Self { horizon, records, first: 0, base: 0, end: 0, arrived_to: 0, arrivals: 0, tally }
    }

    pub(crate) fn send(&mut self, payload: &[u8], handed_over_ns: u64) {
        let (payload, state) = (payload.to_vec(), State::Waiting);
        self.records.push(Record { payload, handed_over_ns, state, verdict: None, came: 0 });
    }

    pub(crate) fn receive(&mut self, message: &[u8], cut: bool, now: u64) -> Receipt {
        self.arrivals += 1;
        self.expire(now);
        self.end = self.end.max(self.records.len().min(self.base + self.horizon.records));
        if !cut {
            let equal = |k: &usize| self.waits(*k) && self.records[*k].payload == message;
            let equals: Vec<usize> = (self.base..self.end).filter(equal).collect();
            if let Some(&k) = equals.first() {
                return self.whole(k, equals.len() > 1);
            }
            if let Some(k) = self.known(message) {
                return self.again(k);
            }
            let beyond = (self.end..self.records.len()).find(equal);
            self.end = beyond.map_or(self.records.len(), |k| k + 1);
            if let Some(k) = beyond {
                return self.whole(k, false);
            }
        }
        self.damaged(message, cut)
    }

    pub(crate) fn expire(&mut self, now: u64) {
        while self.base < self.records.len() && self.is_past(self.base, now) {
            self.give_up();
        }
        for k in self.first..self.base {
            if self.records[k].state == State::Intact && self.is_past(k, now) {
                self.settle(k);
            }
        }
    }

    pub(crate) fn end(mut self) -> (Vec<Verdict>, Tally) {
        while self.base < self.records.len() {
            self.give_up();
        }
        (self.first..self.base).for_each(|k| self.settle(k));
        let verdicts = self.records.iter().map(|record| record.verdict.expect("a verdict"));
        (verdicts.collect(), self.tally)
    }

    fn damaged(&mut self, message: &[u8], cut: bool) -> Receipt {
        let waiting: Vec<usize> = (self.base..self.end).filter(|k| self.waits(*k)).collect();
        let goes_on = |k: &usize| {
            let payload = &self.records[*k].payload;
            payload.len() > message.len() && payload.starts_with(message)
        };
        let may_be_cut = cut || message.len() >= 8;
        if may_be_cut && let Some(&k) = waiting.iter().find(|k| goes_on(k)) {
            return self.arrives(k, Some(Truncated));
        }
        if !cut {
            let joined = waiting.iter().find_map(|k| Some((*k, self.join(*k, message)?)));
            if let Some((k, count)) = joined {
                for k in k..k + count {
                    self.arrives(k, Some(Merged));
                }
                return (false, false, k as u64 + 1);
            }
            let agreeing = |k: usize| {
                let pairs = self.records[k].payload.iter().zip(message);
                pairs.filter(|(a, b)| a == b).count()
            };
            let long = |k: &&usize| self.records[**k].payload.len() == message.len();
            let best = waiting.iter().filter(long).map(|k| (agreeing(*k), *k));
            let best = best.max_by_key(|(agreeing, k)| (*agreeing, usize::MAX - k));
            if let Some((agreeing, k)) = best
                && agreeing * 2 >= message.len()
            {
                return self.arrives(k, Some(Corrupted));
            }
        }
        let newest = self.arrived_to.max(self.base);
        let came = (self.first..newest).rev().find(|k| !self.waits(*k) && goes_on(k));
        if may_be_cut && let Some(k) = came {
            return self.again(k);
        }
        self.tally.unexpected_messages += 1;
        self.tally.unexpected_bytes += message.len() as u64;
        (false, false, 0)
    }

    /// How many waiting records from `k` on are `message`. Records that are not the oldest have to
    /// begin with eight bytes of it.
    fn join(&self, k: usize, message: &[u8]) -> Option<usize> {
        let begins = message.len() >= 8 && self.records[k].payload.len() >= 8;
        let (mut rest, mut next) = (message, k);
        while !rest.is_empty() {
            let payload = &self.records.get(next).filter(|_| self.waits(next))?.payload;
            rest = rest.strip_prefix(&payload[..]).filter(|_| !payload.is_empty())?;
            next += 1;
        }
        (next - k >= 2 && next <= self.end && (k == self.base || begins)).then_some(next - k)
    }

    /// The oldest equal one that was given up, or the one that came last, or the oldest.
    fn known(&self, message: &[u8]) -> Option<usize> {
        let equal = |k: &usize| !self.waits(*k) && self.records[*k].payload == message;
        let known: Vec<usize> = (self.first..self.end).filter(equal).collect();
        let lost = known.iter().find(|k| self.records[**k].state == State::Lost);
        let last = (0..self.end).filter(equal).max_by_key(|k| self.records[*k].came);
        let last = last.filter(|k| *k >= self.first && self.records[*k].came > 0);
        lost.copied().or(last).or(known.first().copied())
    }

    fn whole(&mut self, k: usize, ambiguous: bool) -> Receipt {
        let (_, _, number) = self.arrives(k, (k < self.arrived_to).then_some(Reordered));
        (true, ambiguous, number)
    }

    fn arrives(&mut self, k: usize, verdict: Option<Verdict>) -> Receipt {
        self.records[k].came = self.arrivals;
        match verdict {
            Some(verdict) => self.judge(k, verdict),
            None => self.records[k].state = State::Intact,
        }
        self.arrived_to = self.arrived_to.max(k + 1);
        self.release();
        while k >= self.base + self.horizon.records {
            self.give_up();
        }
        (false, false, k as u64 + 1)
    }

    fn again(&mut self, k: usize) -> Receipt {
        self.records[k].came = self.arrivals;
        match self.records[k].state {
            State::Lost => self.tally.late += 1,
            _ => self.tally.copies += 1,
        }
        if self.records[k].state == State::Intact {
            self.judge(k, Duplicated);
        }
        self.records[k].state = State::Judged;
        (false, false, k as u64 + 1)
    }

    fn give_up(&mut self) {
        self.end = self.end.max(self.base + 1);
        self.judge(self.base, Lost);
        self.records[self.base].state = State::Lost;
        self.release();
    }

    fn release(&mut self) {
        while self.base < self.end && !self.waits(self.base) {
            self.base += 1;
            while self.base - self.first > self.horizon.records {
                self.settle(self.first);
                self.first += 1;
            }
        }
    }

    fn settle(&mut self, k: usize) {
        if self.records[k].state == State::Intact {
            self.judge(k, Intact);
        }
    }

    fn judge(&mut self, k: usize, verdict: Verdict) {
        assert_eq!(self.records[k].verdict.replace(verdict), None);
        self.records[k].state = State::Judged;
        self.tally.add(verdict);
    }

    fn waits(&self, k: usize) -> bool {
        self.records[k].state == State::Waiting
    }

    fn is_past(&self, k: usize, now: u64) -> bool {
        self.records[k].handed_over_ns + self.horizon.ns < now
    }
}
