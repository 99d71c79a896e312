//! Who judges what a connection receives, and which exchange a message belongs to where no ledger
//! tells.

use super::echoes::Echoes;
use crate::client::{ClientState, Talk};
use crate::core::Core;
use crate::port::Port;
use wirebench_framings::Role;
use wirebench_judge::{DatagramJudge, Findings, Horizon, Receipt, SessionLedger, StreamJudge};
use wirebench_load::Token;
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
    /// The other end is not ours and sends every message back: each answer is looked up among the requests.
    Echoes(Box<Echoes>),
}

impl Judging {
    /// The judge of a new session of two sides that are ours.
    #[inline]
    pub(crate) fn new(transport: &Transport) -> Self {
        if !transport.kind.has_datagrams() {
            return Self::Stream(StreamJudge::new());
        }
        Self::Datagram(Box::new(DatagramJudge::new(horizon(transport))))
    }

    /// What is known of the session where the peer is not ours.
    #[inline]
    pub(crate) fn talk(&self) -> Option<&Talk> {
        match self {
            Self::Handler(talk) => Some(talk),
            Self::Echoes(echoes) => Some(echoes.talk()),
            Self::Stream(_) | Self::Datagram(_) => None,
        }
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn talk_mut(&mut self) -> Option<&mut Talk> {
        match self {
            Self::Handler(talk) => Some(talk),
            Self::Echoes(echoes) => Some(echoes.talk_mut()),
            Self::Stream(_) | Self::Datagram(_) => None,
        }
    }

    /// An exchange is started on the session.
    #[inline]
    pub(crate) fn started(&mut self, token: u64) {
        if let Some(talk) = self.talk_mut() {
            talk.started(token);
        }
    }

    /// Time passes: what has not come within its horizon gets its verdict.
    pub(crate) fn expire(
        &mut self,
        ledger: &mut impl SessionLedger,
        now_ns: u64,
        findings: &mut Findings,
    ) {
        match self {
            Self::Datagram(judge) => judge.expire(ledger, now_ns, findings),
            Self::Echoes(echoes) => echoes.expire(ledger, now_ns, findings),
            Self::Stream(_) | Self::Handler(_) => {}
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
            Self::Echoes(echoes) => echoes.receive(ledger, message, cut, received_ns, findings),
        }
    }

    /// Nothing more will come.
    #[inline]
    pub(crate) fn end(&mut self, ledger: &mut impl SessionLedger, findings: &mut Findings) {
        match self {
            Self::Stream(judge) => judge.end(ledger, findings),
            Self::Datagram(judge) => judge.end(ledger, findings),
            Self::Echoes(echoes) => echoes.end(ledger, findings),
            Self::Handler(_) => {}
        }
    }
}

/// How far back a datagram may match.
pub(super) fn horizon(transport: &Transport) -> Horizon {
    match transport.kind.is_reliable() {
        true => PATIENT,
        false => Horizon { ns: transport.horizon_ns, ..Horizon::default() },
    }
}

impl<P: Port> Core<P> {
    /// The judge of a new session.
    pub(crate) fn new_judge(&self) -> Judging {
        match (self.alone, &self.echoes) {
            (_, Some(how)) => Judging::Echoes(Box::new(Echoes::new(how))),
            (true, None) => Judging::Handler(Talk::default()),
            (false, None) => Judging::new(&self.settings.transport),
        }
    }

    /// Gives a message that was received without a ledger its exchange: on the server the next
    /// number, on the client the oldest exchange of the session that is still under way (0: none).
    /// Takes constant time over all messages: each exchange is passed over once.
    #[inline]
    pub(crate) fn assign(&mut self, slot: usize, receipt: &mut Receipt) {
        if self.echoes.is_some() {
            return self.note_echo(slot, receipt);
        }
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

    /// What an answer says of the exchanges that it belongs to. The verdicts on some fall later, but nobody
    /// waits for them any longer.
    #[inline(never)]
    pub(crate) fn settle_echo(&mut self, receipt: &Receipt) {
        if !receipt.intact {
            self.note_damage(receipt.exchange, receipt.exchanges);
            self.note_damage(receipt.last_exchange, u32::from(receipt.last_exchange != 0));
        }
        self.settle_damage();
        self.collect_examples();
    }

    /// Answers of this session that have not come in time are lost.
    #[cold]
    pub(crate) fn give_up_late_answers(&mut self, session: u32) {
        let now = self.port.now();
        let Some(slot) = self.slot_of(session) else { return };
        let Some(connection) = self.table.get_mut(slot) else { return };
        let (mut ledger, findings) = self.records.judging(session);
        connection.ingress_mut().judge_mut().expire(&mut ledger, now, findings);
        self.settle_damage();
        self.records.reader_mut().publish_released();
        self.collect_examples();
    }

    /// An answer was looked up among the requests; those too many are counted, and those whose exchanges were
    /// over, unless a message that nobody asked for had ended it.
    fn note_echo(&mut self, slot: usize, receipt: &Receipt) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        let Judging::Echoes(echoes) = connection.ingress_mut().judge_mut() else { return };
        let (surplus, is_late) = (echoes.take_surplus(), echoes.is_late());
        if surplus > 0 {
            return self.note_surplus(slot, surplus);
        }
        let token = Token(receipt.exchange);
        let is_over = |client: &ClientState| !client.exchanges().is_under_way(token);
        let is_behind = receipt.intact && token.0 != 0;
        if is_late || is_behind && self.client.as_deref().is_some_and(is_over) {
            self.note_behind(slot);
        }
    }

    fn oldest_of(&mut self, slot: usize) -> u64 {
        let (Some(client_state), Some(connection)) = (&self.client, self.table.get_mut(slot))
        else {
            return 0;
        };
        let Some(talk) = connection.ingress_mut().judge_mut().talk_mut() else { return 0 };
        match talk.oldest_under_way(client_state.exchanges()) {
            Some(oldest) => oldest,
            None => {
                self.note_surplus(slot, 1);
                0
            }
        }
    }
}
