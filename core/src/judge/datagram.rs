//! A stand-in.

use super::{Findings, Heard, Judged, SessionLedger, Verdict};
use std::collections::VecDeque;

/// How far back an arrival may match.
#[derive(Clone, Copy, Debug)]
pub struct Horizon {
    /// Records.
    pub records: usize,
    /// Nanoseconds.
    pub ns: u64,
}

/// Judges datagrams.
#[derive(Debug)]
pub struct DatagramJudge {
    horizon: Horizon,
    matched: VecDeque<bool>,
}

impl Default for Horizon {
    fn default() -> Self {
        Self { records: 4_096, ns: 1_000_000_000 }
    }
}

impl DatagramJudge {
    /// A judge.
    pub fn new(horizon: Horizon) -> Self {
        Self { horizon, matched: VecDeque::new() }
    }

    /// One message.
    pub fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        cut: bool,
        _: u64,
        findings: &mut Findings,
    ) -> Heard {
        for k in 0..self.horizon.records {
            let Some(record) = ledger.peek(k) else { break };
            if self.matched.get(k) == Some(&true) {
                continue;
            }
            let head = record.head;
            let verdict = if record.payload == message {
                Verdict::Intact
            } else if cut && record.payload.starts_with(message) {
                Verdict::Truncated
            } else {
                continue;
            };
            while self.matched.len() <= k {
                self.matched.push_back(false);
            }
            self.matched[k] = true;
            while self.matched.front() == Some(&true) {
                self.matched.pop_front();
                ledger.release();
            }
            findings.tally.add(verdict);
            if verdict != Verdict::Intact {
                findings.judged.push(Judged { head, verdict });
            }
            return Heard {
                intact: verdict == Verdict::Intact,
                exchange: head.exchange,
                exchanges: head.exchanges,
                last_exchange: head.exchange,
                measured: head.measured,
                handed_over_ns: head.handed_over_ns,
                cause_received_ns: head.cause_received_ns,
                ambiguous: false,
            };
        }
        findings.tally.unexpected_bytes += message.len() as u64;
        Heard::default()
    }

    /// Time passes.
    pub fn expire(&mut self, ledger: &mut impl SessionLedger, now: u64, findings: &mut Findings) {
        while let Some(record) = ledger.peek(0) {
            if record.head.handed_over_ns + self.horizon.ns > now {
                return;
            }
            ledger.release();
            if self.matched.pop_front() != Some(true) {
                findings.tally.add(Verdict::Lost);
            }
        }
    }

    /// The end.
    pub fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        self.expire(ledger, u64::MAX, findings);
    }
}
