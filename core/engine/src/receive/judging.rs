//! Who judges what a connection receives, and which exchange a message belongs to where no ledger
//! tells.

use crate::client::Talk;
use crate::core::Core;
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_judge::{DatagramJudge, Findings, Horizon, Receipt, SessionLedger, StreamJudge};
use wirebench_scenario::Transport;

/// For reliable datagrams: a full queue keeps the sender waiting, however long, and loses nothing; what
/// comes, comes in order, so little has to be remembered.
const PATIENT: Horizon = Horizon { records: 64, ns: u64::MAX };

/// The judge of one direction of one session.
#[derive(Debug)]
pub(crate) enum Judging {
    /// The transport keeps the order.
    Stream(StreamJudge),
    /// The transport keeps boundaries, and may do anything else.
    Datagram(Box<DatagramJudge>),
    /// There is no ledger, because the other end is not ours: the handler's own check is the judge.
    Handler(Talk),
}

impl Judging {
    /// The judge of a new session.
    #[inline]
    pub(crate) fn new(transport: &Transport, alone: bool) -> Self {
        if alone {
            return Self::Handler(Talk::default());
        }
        if !transport.kind.has_datagrams() {
            return Self::Stream(StreamJudge::new());
        }
        let horizon = match transport.kind.is_reliable() {
            true => PATIENT,
            false => Horizon { ns: transport.horizon_ns, ..Horizon::default() },
        };
        Self::Datagram(Box::new(DatagramJudge::new(horizon)))
    }

    /// An exchange is started on the session.
    #[inline]
    pub(crate) fn started(&mut self, token: u64) {
        if let Self::Handler(talk) = self {
            talk.started(token);
        }
    }

    /// Judges a received message. `cut`: its datagram was longer than the read.
    #[inline(always)]
    pub(crate) fn receive(
        &mut self,
        ledger: &mut impl SessionLedger,
        message: &[u8],
        cut: bool,
        received_ns: u64,
        findings: &mut Findings,
    ) -> Receipt {
        match self {
            Self::Stream(judge) => judge.receive(ledger, message, received_ns, findings),
            Self::Datagram(judge) => judge.receive(ledger, message, cut, received_ns, findings),
            // What is cut cannot be what was sent.
            Self::Handler(talk) => {
                talk.received();
                Receipt { intact: !cut, ..Receipt::default() }
            }
        }
    }

    /// Nothing more will come.
    #[inline]
    pub(crate) fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        match self {
            Self::Stream(judge) => judge.end(ledger, findings),
            Self::Datagram(judge) => judge.end(ledger, findings),
            Self::Handler(_) => {}
        }
    }
}

impl<P: Port> Core<P> {
    /// Gives a message that was received without a ledger its exchange: on the server the next
    /// number, on the client the oldest exchange of the session that is still under way (0: none).
    /// Takes constant time over all messages: each exchange is passed over once.
    #[inline]
    pub(crate) fn assign(&mut self, slot: usize, receipt: &mut Receipt) {
        receipt.exchange = match self.role {
            Role::Server => self.stats.received_messages(),
            Role::Client => self.oldest_of(slot),
        };
        receipt.exchanges = u32::from(receipt.exchange != 0);
        receipt.last_exchange = receipt.exchange;
    }

    /// An exchange is started, with what a script has it send.
    #[inline]
    pub(crate) fn started(&mut self, slot: usize, token: u64, line: Option<Vec<u8>>) {
        if !self.alone {
            return;
        }
        if let Some(connection) = self.table.get_mut(slot) {
            connection.ingress_mut().judge_mut().started(token);
        }
        if let (Some(line), Some(payloads)) = (line, &mut self.payloads) {
            payloads.give(token, line);
        }
    }

    fn oldest_of(&mut self, slot: usize) -> u64 {
        let (Some(client_state), Some(connection)) = (&self.client, self.table.get_mut(slot))
        else {
            return 0;
        };
        let Judging::Handler(talk) = connection.ingress_mut().judge_mut() else { return 0 };
        match talk.oldest_under_way(client_state.exchanges()) {
            Some(oldest) => oldest,
            None => {
                self.note_surplus(slot);
                0
            }
        }
    }
}
