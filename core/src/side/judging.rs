//! Who judges what a connection receives.

use crate::judge::{Findings, Heard, SessionLedger, StreamJudge};

/// The judge of one direction of one session.
#[derive(Debug)]
pub(super) enum Judging {
    /// The transport keeps the order.
    Stream(StreamJudge),
    #[expect(dead_code, reason = "serving alone needs it")]
    /// There is no ledger, because the other end is not ours: the handler's own check is the judge.
    /// Counts the messages, which are told apart by nothing else.
    Handler {
        /// Messages heard so far.
        heard: u64,
    },
}

impl Judging {
    /// Judges a received message.
    #[inline(always)]
    pub(super) fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        received_ns: u64,
        findings: &mut Findings,
    ) -> Heard {
        match self {
            Self::Stream(judge) => judge.receive(ledger, message, received_ns, findings),
            Self::Handler { heard } => {
                *heard += 1;
                Heard { intact: true, ..Heard::default() }
            }
        }
    }

    /// Nothing more will come.
    pub(super) fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        match self {
            Self::Stream(judge) => judge.end(ledger, findings),
            Self::Handler { .. } => {}
        }
    }
}
