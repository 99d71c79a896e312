//! A server that is not ours and sends every message back: each answer is looked up among the requests,
//! which this side has recorded itself.

use super::judging::horizon;
use crate::client::Talk;
use crate::config::Config;
use crate::framings::Framings;
use crate::mutant::{Mutant, active};
use wirebench_judge::{DatagramJudge, Findings, Horizon, Receipt, SessionLedger, StreamJudge};

/// Requests that all connections together remember, to know their answers again when they come late or
/// twice.
const REMEMBERED: usize = 1 << 16;

/// Of these, what one connection does: so many at most and at least, and what is under way twice over.
const MOST_OF_ONE: usize = 4_096;
const LEAST_OF_ONE: usize = 64;

/// Bytes of answers that all connections together remember, for the same; and one of them.
const REMEMBERED_BYTES: usize = 64 << 20;
const MOST_BYTES_OF_ONE: usize = 1 << 20;

/// How answers are looked up.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LookUp {
    /// The framing keeps no boundaries: answers are one string of bytes, in order.
    Bytes,
    /// Datagrams may be lost, repeated and reordered on their way, too.
    Datagrams(Horizon),
    /// A framing tells answers apart, and the server may have done anything to them. So many bytes of them are
    /// remembered.
    Messages(Horizon, usize),
}

impl LookUp {
    /// What suits this side; `None`: its peer is ours, or no echo.
    pub(crate) fn of(config: &Config, framings: &Framings) -> Option<Self> {
        if !config.judges_echoes() {
            return None;
        }
        let (transport, load) = (&config.settings.transport, &config.settings.load);
        if transport.kind.has_datagrams() {
            return Some(Self::Datagrams(horizon(transport)));
        }
        if framings.read_bound().incoming && !transport.kind.has_packets() {
            return Some(Self::Bytes);
        }
        let connections = load.target_connections().max(1) as usize;
        let bytes = (REMEMBERED_BYTES / connections).min(MOST_BYTES_OF_ONE);
        let share = REMEMBERED / connections;
        let records = share.clamp(LEAST_OF_ONE, MOST_OF_ONE).max(2 * load.in_flight as usize);
        Some(Self::Messages(Horizon { records, ns: load.timeout_ns }, bytes))
    }

    /// Messages are found by their bytes, so that the verdict on one may fall long after it has come.
    pub(crate) fn is_by_message(&self) -> bool {
        !matches!(self, Self::Bytes)
    }
}

#[derive(Debug)]
enum Judge {
    Bytes(StreamJudge),
    Messages(Box<DatagramJudge>),
}

/// The judge of one session, and what else is known of it.
#[derive(Debug)]
pub(crate) struct Echoes {
    talk: Talk,
    judge: Judge,
    /// Something was sent, ever.
    asked: bool,
    /// Answers too many that nobody has asked about yet.
    surplus: u64,
    /// The last one came after its request was given up.
    late: bool,
}

impl Echoes {
    pub(super) fn new(how: &LookUp) -> Self {
        let judge = match how {
            LookUp::Bytes => Judge::Bytes(StreamJudge::new()),
            LookUp::Datagrams(horizon) => Judge::Messages(Box::new(DatagramJudge::new(*horizon))),
            LookUp::Messages(horizon, bytes) => {
                Judge::Messages(Box::new(DatagramJudge::of_answers(*horizon, *bytes)))
            }
        };
        Self { talk: Talk::default(), judge, asked: false, surplus: 0, late: false }
    }

    pub(super) fn talk(&self) -> &Talk {
        &self.talk
    }

    pub(super) fn talk_mut(&mut self) -> &mut Talk {
        &mut self.talk
    }

    /// How many answers were too many since this was last asked.
    pub(super) fn take_surplus(&mut self) -> u64 {
        std::mem::take(&mut self.surplus)
    }

    /// The last one came after its request was given up.
    pub(super) fn is_late(&self) -> bool {
        self.late
    }

    /// Judges an answer. What comes before anything was sent is a greeting, and the handler's to check.
    /// Answers too many belong to no exchange.
    pub(super) fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        cut: bool,
        received_ns: u64,
        findings: &mut Findings,
    ) -> Receipt {
        self.talk.received();
        if !self.asked && ledger.peek(0).is_none() {
            return Receipt { intact: !cut, ..Receipt::default() };
        }
        self.asked = true;
        let tally = &findings.tally;
        let (surplus, late) = (tally.copies + tally.unexpected_messages, tally.late);
        let receipt = match &mut self.judge {
            Judge::Bytes(judge) => judge.receive(ledger, message, received_ns, findings),
            Judge::Messages(judge) => judge.receive(ledger, message, cut, received_ns, findings),
        };
        let tally = &findings.tally;
        let more = tally.copies + tally.unexpected_messages - surplus;
        self.surplus += more;
        self.late = tally.late > late;
        if receipt.intact {
            self.talk.has_answered();
        } else if more > 0 || self.late {
            return Receipt { intact: false, ..Receipt::default() };
        }
        // When the server handed it over is not known.
        let measured = receipt.measured && receipt.exchange != 0;
        Receipt { measured, handed_over_ns: 0, cause_received_ns: 0, ..receipt }
    }

    pub(super) fn expire(
        &mut self,
        ledger: &mut impl SessionLedger,
        now_ns: u64,
        findings: &mut Findings,
    ) {
        if let Judge::Messages(judge) = &mut self.judge {
            judge.expire(ledger, now_ns, findings);
        }
    }

    pub(super) fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        if active(Mutant::ForgetsRequestsWithoutAnAnswer) {
            return;
        }
        match &mut self.judge {
            Judge::Bytes(judge) => judge.end(ledger, findings),
            Judge::Messages(judge) => judge.end(ledger, findings),
        }
    }
}
