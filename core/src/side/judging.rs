//! Who judges what a connection receives.

use crate::judge::{DatagramJudge, Findings, Heard, Horizon, SessionLedger, StreamJudge};
use crate::scenario::{Transport, TransportKind};

/// For Unix datagrams: a full queue keeps the sender waiting, however long, and loses nothing; what
/// comes, comes in order, so little has to be remembered.
const PATIENT: Horizon = Horizon { records: 64, ns: u64::MAX };

/// The judge of one direction of one session.
#[derive(Debug)]
pub(super) enum Judging {
    /// The transport keeps the order.
    Stream(StreamJudge),
    /// The transport keeps boundaries, and may do anything else.
    Datagram(Box<DatagramJudge>),
    #[expect(dead_code, reason = "serving alone needs it")]
    /// There is no ledger, because the other end is not ours: the handler's own check is the judge.
    /// Counts the messages, which are told apart by nothing else.
    Handler {
        /// Messages heard so far.
        heard: u64,
    },
}

impl Judging {
    /// The judge for a transport.
    pub(super) fn new(transport: &Transport) -> Self {
        if !transport.kind.is_datagram() {
            return Self::Stream(StreamJudge::new());
        }
        let horizon = match transport.kind {
            TransportKind::Unixgram => PATIENT,
            _ => Horizon { ns: transport.horizon_ns, ..Horizon::default() },
        };
        Self::Datagram(Box::new(DatagramJudge::new(horizon)))
    }

    /// Judges a received message. `cut`: its datagram was longer than the read.
    #[inline(always)]
    pub(super) fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        cut: bool,
        received_ns: u64,
        findings: &mut Findings,
    ) -> Heard {
        match self {
            Self::Stream(judge) => judge.receive(ledger, message, received_ns, findings),
            Self::Datagram(judge) => judge.receive(ledger, message, cut, received_ns, findings),
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
            Self::Datagram(judge) => judge.end(ledger, findings),
            Self::Handler { .. } => {}
        }
    }
}
