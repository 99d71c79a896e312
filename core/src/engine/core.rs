//! What a plugin's hooks may change of a side: connections, ledger, judge and counters. The
//! plugin itself stands beside it, so that a hook can borrow both.

use super::account::{Account, Limits};
use super::book::{Book, Times};
use super::causes::Causes;
use super::config::{Config, Part};
use super::connection::{Connection, Origin, Stage};
use super::counts::Counts;
use super::datagrams::Datagrams;
use super::framings::Framings;
use super::half_closed::HalfClosed;
use super::idle::Idle;
use super::judging::Judging;
use super::linked::SideLink;
use super::port::Port;
use super::script::Script;
use super::spare::Spare;
use super::timers::Timers;
use super::usage::Snapshot;
use crate::framing::Decoded;
use crate::judge::Findings;
use crate::ledger::{LedgerReader, LedgerWriter, ReadLog, Region, WriteLog};
use crate::load::{ExchangeTable, Patience, Payloads};
use crate::measure::{Conduct, Example, Received, Recorder, Sent, Window};
use crate::scenario::{Settings, WritePolicy};
use std::collections::HashMap;
use std::sync::Arc;

/// Hand-overs of a batch that share one reading of the clock.
const SHARED_STAMPS: u32 = 16;

/// The ledgers of a round, as one of its sides has them.
pub struct Ledgers {
    /// Of what this side sends.
    pub own: Arc<Region>,
    /// Of what the other one sends, to be read only.
    pub peer: Arc<Region>,
}

/// Everything of a side but its plugin.
pub struct Core<P: Port> {
    pub(super) port: P,
    pub(super) part: Part,
    pub(super) settings: Settings,
    /// The other side is not ours: there is no ledger.
    pub(super) alone: bool,
    pub(super) framings: Framings,

    /// By slot.
    pub(super) connections: Vec<Option<Connection>>,
    free: Vec<usize>,
    slots: HashMap<u32, usize>,
    /// The slot whose hook runs, or ran last: most sends go to it.
    pub(super) current: usize,

    pub(super) own: Arc<Region>,
    pub(super) peer: Arc<Region>,
    pub(super) ledger: LedgerWriter,
    pub(super) reader: LedgerReader,
    /// What the other side announces is what it can have announced.
    pub(super) comes_announced: bool,
    pub(super) findings: Findings,
    /// What is done to what is sent and read; `None`: nothing.
    pub(super) link: Option<Box<SideLink>>,
    /// What there is instead of streams.
    pub(super) datagrams: Option<Box<Datagrams<P::Batch>>>,
    pub(super) write_log: WriteLog,
    pub(super) read_log: ReadLog,
    pub(super) examples: Vec<Example>,

    stamp_ns: u64,
    stamps_left: u32,

    /// What the message now being handled belongs to.
    pub(super) cause: Origin,
    /// Requests whose replies may come later, once the handler has shown that it answers later.
    pub(super) causes: Option<Causes>,
    /// The message now being handled is what a read took of a longer packet.
    pub(super) cut: bool,
    /// When the message now being handled was read; 0 outside of message hooks.
    pub(super) received_ns: u64,
    /// No time may be taken of the message now being handled.
    pub(super) ambiguous: bool,
    /// The exchange whose start hook runs (0: none).
    pub(super) in_start: u64,
    /// One-way times of messages that belong to no exchange.
    pub(super) unsolicited: Recorder,
    /// The client's exchanges.
    pub(super) book: Option<Box<Book>>,
    /// Taken out while one of them is handed over.
    pub(super) payloads: Option<Box<Payloads>>,
    /// The measured part of the round is under way.
    pub(super) measuring: bool,

    /// Sessions so far.
    pub(super) sessions: u64,
    /// The highest number that one of them had.
    pub(super) latest_session: u32,
    /// What the client sends comes in while it plays.
    pub(super) script: Option<Box<Script>>,
    /// Messages that a server alone has received: their tokens.
    pub(super) tokens: u64,
    pub(super) sent: Sent,
    pub(super) segments_of_closed: u64,
    pub(super) received: Received,
    pub(super) before: Option<Snapshot>,
    pub(super) after: Option<Snapshot>,
    pub(super) errors: Counts,
    /// What the handler counts.
    pub(super) counts: Counts,
    /// A plugin's framing has failed: the round cannot go on.
    pub(super) broken: Option<String>,

    /// Connections with bytes to flush at the end of the turn.
    pub(super) dirty: Vec<usize>,
    /// Connections that may not encode yet.
    pub(super) waiting: Vec<usize>,
    /// Connections with bytes to read that no event announces again.
    pub(super) ready: Vec<usize>,
    /// Connections that had no room for a message.
    pub(super) refused: Vec<usize>,
    /// What is held for peers that are not ours; `None`: they are.
    pub(super) account: Option<Box<Account>>,
    /// When sessions end in which nothing happens.
    pub(super) idle: Option<Idle>,
    /// Sessions whose peer says nothing more.
    pub(super) half_closed: HalfClosed,
    /// Sessions whose close hook is due, with their slots.
    pub(super) closed: Vec<(usize, u32)>,
    /// Damage the ledger had no room to tell.
    pub(super) untold_damage: Vec<(u64, u32)>,
    pub(super) damage_told: bool,
    pub(super) stalled_since: Option<u64>,
    /// The plugin's.
    pub(super) timers: Timers,

    /// What a framing found last, taken out while that is acted on.
    pub(super) decoded: Option<Box<Decoded>>,
    pub(super) spare: Spare,
    pub(super) scratch: Vec<u8>,
}

impl<P: Port> Core<P> {
    /// A side without connections. `payloads` are the client's requests, or what the server's handler
    /// may send in answer.
    pub fn new(
        config: &Config,
        framings: Framings,
        ledgers: Ledgers,
        payloads: Payloads,
        port: P,
    ) -> Result<Self, String> {
        let book = (config.part == Part::Client).then(|| {
            Box::new(Book {
                table: ExchangeTable::new(),
                window: Window::new(),
                timed_out_in_a_row: 0,
                patience: Patience::new(config.settings.load.lanes()),
                load_end: None,
                conduct: Conduct::default(),
                undrained: 0,
                negative_samples: 0,
                times: Times::default(),
                freed: Vec::new(),
                starting: None,
            })
        });
        let account = match &config.alone {
            Some(alone) => {
                let longest = framings.longest()?;
                let limits = Limits::new(alone.most_memory, alone.most_of_session, longest);
                Some(Box::new(Account::new(limits)))
            }
            None => None,
        };
        let link = SideLink::of(config, || framings.read_bound());
        let Ledgers { own, peer } = ledgers;
        Ok(Self {
            port,
            part: config.part,
            settings: config.settings.clone(),
            alone: config.alone.is_some(),
            framings,
            link,
            connections: Vec::new(),
            free: Vec::new(),
            slots: HashMap::new(),
            current: 0,
            ledger: match config.alone {
                None => LedgerWriter::new(Arc::clone(&own), Arc::clone(&peer)),
                Some(_) => LedgerWriter::silent(Arc::clone(&own), Arc::clone(&peer)),
            },
            reader: LedgerReader::new(Arc::clone(&own), Arc::clone(&peer)),
            comes_announced: true,
            write_log: WriteLog::new(Arc::clone(&own)),
            own,
            peer,
            findings: Findings::new(config.examples),
            datagrams: Datagrams::of(&config.settings.transport, P::batch),
            read_log: ReadLog::default(),
            examples: Vec::new(),
            stamp_ns: 0,
            stamps_left: 0,
            cause: Origin::default(),
            causes: None,
            cut: false,
            received_ns: 0,
            ambiguous: false,
            in_start: 0,
            unsolicited: Recorder::default(),
            book,
            payloads: Some(Box::new(payloads)),
            measuring: false,
            sessions: 0,
            latest_session: 0,
            script: None,
            tokens: 0,
            sent: Sent::default(),
            segments_of_closed: 0,
            received: Received::default(),
            before: None,
            after: None,
            errors: Counts::default(),
            counts: Counts::default(),
            broken: None,
            dirty: Vec::new(),
            waiting: Vec::new(),
            ready: Vec::new(),
            refused: Vec::new(),
            account,
            idle: Idle::new(config.alone.as_ref().and_then(|alone| alone.idle_ns)),
            half_closed: HalfClosed::default(),
            closed: Vec::new(),
            untold_damage: Vec::new(),
            damage_told: false,
            stalled_since: None,
            timers: Timers::new(),
            decoded: None,
            spare: Spare::default(),
            scratch: Vec::new(),
        })
    }

    /// What this side asks of the world.
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// What the client sends comes in line by line while it plays: `script` makes what reads them, of
    /// so many bytes at most.
    pub fn set_script(&mut self, script: impl FnOnce(usize) -> Script) -> Result<(), String> {
        let longest = self.framings.longest_outgoing()?.min(self.ledger.largest_message());
        self.script = Some(Box::new(script(longest)));
        Ok(())
    }

    /// The time at which a message is handed over.
    ///
    /// Messages that leave in one write anyway (`write = "batch"`) share a reading, up to
    /// [`SHARED_STAMPS`] of them within one read's worth of work: a reading costs as much as
    /// judging a message, and they are handed over less than a microsecond apart.
    #[inline(always)]
    pub(super) fn stamp(&mut self) -> u64 {
        if self.stamps_left == 0 {
            self.stamp_ns = self.port.now();
            let batch = self.settings.transport.write == WritePolicy::Batch;
            self.stamps_left = if batch { SHARED_STAMPS } else { 1 };
        }
        self.stamps_left -= 1;
        self.stamp_ns
    }

    /// The next hand-over is told its own time.
    #[inline(always)]
    pub(super) fn forget_stamp(&mut self) {
        self.stamps_left = 0;
    }

    /// The handler may answer later than in the hook of the request: from now on requests are
    /// remembered, the one being handled included.
    pub(super) fn answers_later(&mut self) {
        if self.part == Part::Server && self.causes.is_none() {
            let mut causes = Causes::new();
            causes.remember(&self.cause);
            self.causes = Some(causes);
        }
    }

    /// Takes a connection in as session `id`; returns its slot.
    pub(super) fn add(
        &mut self,
        id: u32,
        endpoint: P::Endpoint,
        stage: Stage,
    ) -> Result<usize, String> {
        let (encoder, decoder) = self.framings.make(id)?;
        let slot = self.free.pop().unwrap_or_else(|| {
            self.connections.push(None);
            self.connections.len() - 1
        });
        self.port.attach(slot, endpoint, stage == Stage::Connecting)?;
        let judge = Judging::new(&self.settings.transport, self.alone);
        let linked = self.link.as_ref().map(|link| link.connect(id, self.datagrams.is_some()));
        self.connections[slot] =
            Some(Connection::new(id, stage, (encoder, decoder), judge, linked));
        self.slots.insert(id, slot);
        self.sessions += 1;
        self.latest_session = self.latest_session.max(id);
        self.book(slot);
        Ok(slot)
    }

    /// The slot of an open session.
    #[inline(always)]
    pub(super) fn slot_of(&self, session: u32) -> Option<usize> {
        if let Some(Some(connection)) = self.connections.get(self.current)
            && connection.id == session
        {
            return Some(self.current);
        }
        self.slots.get(&session).copied()
    }

    /// Closes the socket, judges what is left of its incoming direction, and frees the slot. The
    /// plugin hears of it at the end of the turn.
    pub(super) fn remove(&mut self, slot: usize) {
        let Some(mut connection) = self.connections[slot].take() else { return };
        self.slots.remove(&connection.id);
        self.refused.retain(|refused| *refused != slot);
        if let Some(account) = &mut self.account {
            account.close(connection.booked);
        }
        let id = connection.id;
        connection.judge.end(&mut self.reader.session(id), &mut self.findings);
        // What was handed over and never encoded was sent as far as the handler knows: it gets a
        // record, so that it is counted, and is lost.
        let held = std::mem::take(&mut connection.held);
        for held in held {
            self.record_unsent(&mut connection, &held);
        }
        self.settle_damage();
        self.link_is_over(id);
        if let Some(book) = &mut self.book {
            let mut ended = Vec::new();
            book.table.abandon_session(id, |one| ended.push(one));
            if !ended.is_empty() {
                self.cut_short(id);
            }
            self.note_over(&connection, ended.len() as u64);
            for one in ended {
                self.count_ended(&one);
            }
        }
        self.segments_of_closed += self.port.close(slot);
        self.closed.push((slot, id));
    }

    /// The slot may be used again: its close hook has run.
    pub(super) fn release_slot(&mut self, slot: usize) {
        self.free.push(slot);
    }

    /// Sets a plugin's timer of an open session.
    pub(super) fn arm_timer(&mut self, id: (u32, u64), due_ns: u64) {
        let slots = &self.slots;
        self.timers.set(id, due_ns, |session| slots.contains_key(&session));
    }

    /// Connections that are open, or being opened or closed.
    pub(super) fn open_count(&self) -> usize {
        self.slots.len()
    }

    /// Some window has room that was not filled.
    pub(super) fn has_freed(&self) -> bool {
        self.book.as_ref().is_some_and(|book| !book.freed.is_empty())
    }

    /// There is something to fill a window with now: of a script, only an event may tell.
    pub(super) fn has_more_to_say(&self) -> bool {
        self.script.as_ref().is_none_or(|script| script.may_go_on())
    }

    /// All slots with a connection.
    pub(super) fn open_slots(&self) -> Vec<usize> {
        (0..self.connections.len()).filter(|slot| self.connections[*slot].is_some()).collect()
    }

    /// Exchanges that may be under way at the same time.
    pub(super) fn slots_of_load(&self) -> u64 {
        self.settings.load.slots()
    }

    /// Messages sent and received so far.
    pub(super) fn messages(&self) -> u64 {
        self.sent.messages + self.received.messages
    }
}
