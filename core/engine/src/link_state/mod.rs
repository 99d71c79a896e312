//! What a side has when its link does something: the link's part in each connection, what is told
//! of it, and what waits for its time. Without a link there is none of it.

mod datagrams;
mod reading;
mod streams;

use crate::config::Config;
use crate::core::Core;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::queues::ReadySlots;
use crate::session::Connection;
use std::io;
use wirebench_framings::Role;
use wirebench_judge::Judged;
use wirebench_ledger::LedgerWriter;
use wirebench_link::{
    DatagramLink, DirectionProfile, Fault, FaultAttribution, FlowKey, FrameSpan, LinkReport,
    ReadBound, ReadLink, Refusal, StreamLink,
};

/// How soon a ledger that is full is looked at again, in nanoseconds.
const LOOK_AGAIN: u64 = 200_000;

/// The link of a side.
pub(crate) struct SideLink {
    outgoing: DirectionProfile,
    incoming: DirectionProfile,
    /// The other side waits until this one says what it has read.
    confirms: bool,
    seed: u64,
    /// Direction of what this side sends.
    sends_replies: bool,
    attribution: FaultAttribution,
    report: LinkReport,
    /// Faults that the ledger had no room for yet.
    untold: Vec<Fault>,
    /// Connections whose link goes on later, or when the other side has read on.
    waiting: ReadySlots,
    /// Where the frame of the message that is being delivered begins in the session's stream.
    frame_at: u64,
    /// What was done to the messages that are examples: session, sequence, faults.
    shown: Vec<(u32, u64, Vec<Fault>)>,
}

/// The link's part in one connection.
pub(crate) struct LinkState {
    writer: Option<Writer>,
    reader: Option<Box<ReadLink>>,
    /// When the writer goes on.
    due_ns: u64,
    /// Or when the other side has read on.
    awaits: bool,
}

enum Writer {
    Stream(Box<StreamLink>),
    Datagrams(Box<DatagramLink>),
}

impl SideLink {
    /// `None` where nothing is asked. `read_bound`: of which directions the framing depends on the
    /// reads.
    pub(crate) fn of(config: &Config, read_bound: impl Fn() -> ReadBound) -> Option<Box<Self>> {
        let link = &config.settings.link;
        if link.is_clean() {
            return None;
        }
        let (outgoing, incoming) = match config.role {
            Role::Client => (&link.request, &link.reply),
            Role::Server => (&link.reply, &link.request),
        };
        let datagrams = config.settings.transport.kind.has_datagrams();
        Some(Box::new(Self {
            outgoing: outgoing.clone(),
            incoming: incoming.clone(),
            confirms: incoming.is_confirmed(),
            seed: config.seed,
            sends_replies: config.role == Role::Server,
            attribution: FaultAttribution::new(datagrams, read_bound()),
            report: LinkReport::default(),
            untold: Vec::new(),
            waiting: ReadySlots::default(),
            frame_at: 0,
            shown: Vec::new(),
        }))
    }

    /// The link's part in a new connection.
    #[inline]
    pub(crate) fn connect(&self, session: u32, datagrams: bool) -> Box<LinkState> {
        let flow = |reply| FlowKey { seed: self.seed, session, reply };
        let (out, back) = (flow(self.sends_replies), flow(!self.sends_replies));
        let writer = self.outgoing.touches_writes().then(|| match datagrams {
            true => Writer::Datagrams(Box::new(DatagramLink::new(&self.outgoing, out))),
            false => Writer::Stream(Box::new(StreamLink::new(&self.outgoing, out))),
        });
        let reads = self.incoming.touches_reads() && !datagrams;
        let reader = reads.then(|| Box::new(ReadLink::new(&self.incoming, back)));
        Box::new(LinkState { writer, reader, due_ns: 0, awaits: false })
    }

    /// True when the other side waits until this one has read on.
    #[inline]
    pub(crate) fn is_confirmed(&self) -> bool {
        self.confirms
    }

    /// Where the frame of the message that is delivered next begins.
    #[inline]
    pub(crate) fn frame_at(&mut self, offset: u64) {
        self.frame_at = offset;
    }

    /// That message was intact.
    #[inline]
    pub(crate) fn intact(&mut self, session: u32) {
        self.attribution.intact(session, self.frame_at);
    }

    /// A verdict has fallen. `shown`: the message is one of the examples.
    #[inline]
    pub(crate) fn judged(&mut self, judged: &Judged, shown: bool) {
        let head = &judged.head;
        self.attribution.judged(head, judged.verdict);
        if shown {
            self.shown.push((head.session, head.seq, self.attribution.touching(head)));
        }
    }

    /// What was done to a message that is an example.
    #[inline]
    pub(crate) fn take_shown(&mut self, session: u32, seq: u64) -> Vec<Fault> {
        let known = self.shown.iter().position(|shown| (shown.0, shown.1) == (session, seq));
        known.map(|index| self.shown.swap_remove(index).2).unwrap_or_default()
    }

    /// What was done and what came of it.
    #[inline]
    pub(crate) fn finish(mut self) -> LinkReport {
        self.attribution.report(&mut self.report);
        self.report
    }

    /// Notes what this side's link does to what it sends. It is told to the other side before the
    /// bytes are written.
    fn note(&mut self, faults: &mut Vec<Fault>) {
        for fault in faults.drain(..) {
            self.report.sent.add(&fault);
            self.attribution.outgoing(&fault);
            if !active(Mutant::TellsFaultsTooLate) {
                self.untold.push(fault);
            }
        }
    }

    /// Tells them. False while the ledger has no room for all.
    fn tell(&mut self, ledger: &mut LedgerWriter) -> bool {
        let told = self.untold.iter().take_while(|fault| ledger.append_fault(fault)).count();
        self.untold.drain(..told);
        self.untold.is_empty()
    }
}

impl LinkState {
    /// Bytes that the link keeps back outside of the send buffer.
    #[inline]
    pub(crate) fn held_bytes(&self) -> usize {
        match &self.writer {
            Some(Writer::Datagrams(writer)) => writer.held_bytes(),
            _ => 0,
        }
    }
}

impl<P: Port> Core<P> {
    /// Learns what the other side's link has done.
    #[inline]
    pub(crate) fn learn_faults(&mut self) {
        let Some(link) = &mut self.link else { return };
        self.records.reader_mut().catch_up();
        for fault in self.records.reader_mut().take_faults() {
            link.attribution.incoming(fault);
        }
    }

    /// A session is over before its time: see [`FaultAttribution::cut_short`].
    #[inline]
    pub(crate) fn cut_short(&mut self, session: u32) {
        self.learn_faults();
        if let Some(link) = &mut self.link {
            link.attribution.cut_short(session);
        }
    }

    /// The link has ended the sending direction of these connections, and nothing is under way in them.
    /// The server closes the other direction, unless it waits for something that can never come (the
    /// word of a handshake): nobody waits for that longer than for an answer.
    #[cold]
    pub(crate) fn leave_half_closed(&mut self) {
        for slot in self.open_slots() {
            let is_left =
                |one: &Connection| one.lifecycle().output_has_ended() && one.outstanding() == 0;
            if self.table.get(slot).is_some_and(is_left) {
                self.remove(slot);
            }
        }
    }

    /// A session is closed, and everything of it is judged.
    #[inline]
    pub(crate) fn link_is_over(&mut self, session: u32) {
        if let Some(link) = &mut self.link {
            link.attribution.over(session);
        }
    }

    /// The incoming framing gives a session up at this offset.
    #[inline]
    pub(crate) fn given_up(&mut self, session: u32, at: u64) {
        self.learn_faults();
        if let Some(link) = &mut self.link {
            link.attribution.given_up(session, at);
        }
    }

    /// Tells the other side what is about to be done to what it receives. False while the ledger
    /// has no room: nothing may be written before.
    fn tell_faults(&mut self) -> bool {
        self.link.as_mut().is_none_or(|link| link.tell(self.records.writer_mut()))
    }

    /// The round is over: what the link still holds back never leaves, and that is told.
    pub(crate) fn withhold(&mut self) {
        let Some(link) = &mut self.link else { return };
        let mut faults = Vec::new();
        for (_, connection) in self.table.iter_mut() {
            let (link_state, egress) = connection.link_and_egress();
            match link_state.and_then(|link_state| link_state.writer.as_mut()) {
                Some(Writer::Stream(writer)) => {
                    writer.withhold(egress.written(), egress.encoded(), &mut faults);
                    egress.send_buffer_mut().clear();
                }
                Some(Writer::Datagrams(writer)) => writer.withhold(&mut faults),
                None => {}
            }
        }
        link.note(&mut faults);
        link.tell(self.records.writer_mut());
        self.records.writer_mut().publish();
    }

    /// Goes on with the connections whose link has waited for its time, or for the other side.
    pub(crate) fn run_deferred_links(&mut self) {
        self.learn_faults();
        let Some(link) = &mut self.link else { return };
        if link.waiting.is_empty() {
            return;
        }
        let now = self.port.now();
        let waiting = link.waiting.take();
        for slot in waiting.iter().copied() {
            let Some(connection) = self.table.get_mut(slot) else { continue };
            let Some(link_state) = connection.link_state_mut() else { continue };
            if now < link_state.due_ns && !link_state.awaits {
                self.park(slot);
            } else {
                self.flush(slot);
            }
        }
        if let Some(link) = &mut self.link {
            link.waiting.give_back(waiting);
        }
    }

    /// When the first of them goes on, if nothing happens before.
    #[inline]
    pub(crate) fn linked_deadline(&self) -> u64 {
        let Some(link) = &self.link else { return u64::MAX };
        let due = |slot: usize| {
            let link_state = self.table.get(slot)?.link_state()?;
            Some(link_state.due_ns)
        };
        link.waiting.iter().filter_map(due).min().unwrap_or(u64::MAX)
    }

    /// The connection goes on when it is due.
    fn park(&mut self, slot: usize) {
        if let (Some(link), Some(connection)) = (&mut self.link, self.table.get(slot))
            && connection.link_state().is_some()
        {
            link.waiting.insert(slot);
        }
    }
}

impl Connection {
    /// A frame stands at the end of what is encoded. `parts`: where its message begins and ends,
    /// and where it ends itself, relative to its start.
    #[cold]
    pub(crate) fn note_frame(&mut self, start: u64, parts: [usize; 3]) {
        if let Some(link_state) = self.link_state_mut()
            && let Some(Writer::Stream(writer)) = &mut link_state.writer
        {
            writer.framed(span(start, parts));
        }
    }
}

/// What the kernel would have said.
fn refused(refusal: Refusal) -> io::Error {
    match refusal {
        Refusal::Interrupted => io::ErrorKind::Interrupted.into(),
        Refusal::WouldBlock => io::ErrorKind::WouldBlock.into(),
    }
}

fn span(start: u64, [payload, payload_end, end]: [usize; 3]) -> FrameSpan {
    // Where the framing transforms the message, everything behind the header is the message's.
    let payload_end = if payload_end == 0 { end } else { payload_end };
    FrameSpan {
        start,
        payload: start + payload as u64,
        payload_end: start + payload_end as u64,
        end: start + end as u64,
    }
}
