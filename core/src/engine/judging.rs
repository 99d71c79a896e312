//! Who judges what a connection receives, and which exchange a message belongs to where no ledger
//! tells.

use super::conduct::Talk;
use super::config::Part;
use super::core::Core;
use super::port::Port;
use crate::judge::{DatagramJudge, Findings, Heard, Horizon, SessionLedger, StreamJudge};
use crate::load::Token;
use crate::scenario::Transport;

/// For reliable datagrams: a full queue keeps the sender waiting, however long, and loses nothing; what
/// comes, comes in order, so little has to be remembered.
const PATIENT: Horizon = Horizon { records: 64, ns: u64::MAX };

/// The judge of one direction of one session.
#[derive(Debug)]
pub(super) enum Judging {
    /// The transport keeps the order.
    Stream(StreamJudge),
    /// The transport keeps boundaries, and may do anything else.
    Datagram(Box<DatagramJudge>),
    /// There is no ledger, because the other end is not ours: the handler's own check is the judge.
    Handler(Talk),
}

impl Judging {
    /// The judge of a new session.
    pub(super) fn new(transport: &Transport, alone: bool) -> Self {
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
    pub(super) fn started(&mut self, token: u64) {
        if let Self::Handler(talk) = self {
            talk.started.push_back(token);
            talk.has_asked = true;
        }
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
            // What is cut cannot be what was sent.
            Self::Handler(talk) => {
                talk.messages += 1;
                Heard { intact: !cut, ..Heard::default() }
            }
        }
    }

    /// Nothing more will come.
    pub(super) fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
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
    pub(super) fn assign(&mut self, slot: usize, heard: &mut Heard) {
        heard.exchange = match self.part {
            Part::Server => self.stats.received.messages,
            Part::Client => self.oldest_of(slot),
        };
        heard.exchanges = u32::from(heard.exchange != 0);
        heard.last_exchange = heard.exchange;
    }

    /// An exchange is started, with what a script has it send.
    #[inline]
    pub(super) fn started(&mut self, slot: usize, token: u64, line: Option<Vec<u8>>) {
        if !self.alone {
            return;
        }
        if let Some(connection) = self.table.get_mut(slot) {
            connection.ingress.judge.started(token);
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
        let Judging::Handler(talk) = &mut connection.ingress.judge else { return 0 };
        while let Some(oldest) = talk.started.front() {
            if client_state.table.is_under_way(Token(*oldest)) {
                talk.has_answered = true;
                return *oldest;
            }
            talk.started.pop_front();
        }
        self.note_surplus(slot);
        0
    }
}
