//! What a plugin's hooks may change of a side: connections, ledger, judge and counters. The
//! plugin itself stands beside it, so that a hook can borrow both.

use super::account::{Account, Limits};
use super::client_state::{ClientState, Times};
use super::config::{Config, Part};
use super::connection::{Connection, Stage};
use super::deferred::Deferred;
use super::framings::Framings;
use super::guests::Guests;
use super::hook::HookContext;
use super::judging::Judging;
use super::link_state::SideLink;
use super::mutant::{Mutant, active};
use super::port::Port;
use super::ready::ReadySlots;
use super::recent_requests::RecentRequests;
use super::records::{Ledgers, Records};
use super::script::Script;
use super::send_datagrams::Datagrams;
use super::spare::Buffers;
use super::stats::Stats;
use super::submit::record_unsent;
use super::table::SessionTable;
use crate::ledger::WriteLog;
use crate::load::{ExchangeTable, Patience, Payloads};
use crate::measure::{Conduct, Recorder, Window};
use crate::scenario::{Settings, WritePolicy};
use std::sync::Arc;

/// Everything of a side but its plugin.
pub struct Core<P: Port> {
    pub(super) port: P,
    pub(super) part: Part,
    pub(super) settings: Settings,
    /// The other side is not ours: there is no ledger.
    pub(super) alone: bool,
    pub(super) framings: Framings,

    pub(super) table: SessionTable,
    /// What both sides' ledgers say.
    pub(super) records: Records,
    /// What the hook that runs is about.
    pub(super) hook: HookContext,
    pub(super) stats: Stats,
    /// What is done to what is sent and read; `None`: nothing.
    pub(super) link: Option<Box<SideLink>>,
    /// What there is instead of streams.
    pub(super) datagrams: Option<Box<Datagrams<P::Batch>>>,

    /// Requests whose replies may come later, once the handler has shown that it answers later.
    pub(super) recent_requests: Option<RecentRequests>,
    /// The client's exchanges.
    pub(super) client: Option<Box<ClientState>>,
    /// Taken out while one of them is handed over.
    pub(super) payloads: Option<Box<Payloads>>,
    /// The measured part of the round is under way.
    pub(super) measuring: bool,

    /// What the client sends comes in while it plays.
    pub(super) script: Option<Box<Script>>,
    /// A plugin's framing has failed: the round cannot go on.
    pub(super) broken: Option<String>,

    /// What is to be done at the end of a turn, or in a later one.
    pub(super) work: Deferred,
    /// What there is besides where peers are not ours.
    pub(super) guests: Guests,
    pub(super) buffers: Buffers,
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
        let recorder = if config.is_simulated { Recorder::growing } else { Recorder::new };
        let client = (config.part == Part::Client).then(|| {
            Box::new(ClientState {
                table: ExchangeTable::new(),
                window: Window::new(),
                timed_out_in_a_row: 0,
                patience: Patience::new(config.settings.load.lanes()),
                load_end: None,
                conduct: Conduct::default(),
                undrained: 0,
                negative_samples: 0,
                times: Times::new(recorder),
                freed: ReadySlots::default(),
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
        Ok(Self {
            port,
            part: config.part,
            settings: config.settings.clone(),
            alone: config.alone.is_some(),
            framings,
            link,
            table: SessionTable::default(),
            hook: HookContext::default(),
            stats: Stats::new(WriteLog::new(Arc::clone(&ledgers.own)), recorder()),
            records: Records::new(ledgers, config.alone.is_some(), config.examples),
            datagrams: Datagrams::of(&config.settings.transport, P::batch),
            recent_requests: None,
            client,
            payloads: Some(Box::new(payloads)),
            measuring: false,
            script: None,
            broken: None,
            work: Deferred::default(),
            guests: Guests::new(account, config.alone.as_ref().and_then(|alone| alone.idle_ns)),
            buffers: Buffers::default(),
        })
    }

    /// What this side asks of the world.
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// What the client sends comes in line by line while it plays: `script` makes what reads them, of
    /// so many bytes at most.
    pub fn set_script(&mut self, script: impl FnOnce(usize) -> Script) -> Result<(), String> {
        let longest = self.framings.longest_outgoing()?.min(self.records.writer.largest_message());
        self.script = Some(Box::new(script(longest)));
        Ok(())
    }

    /// The time at which a message is handed over, in nanoseconds.
    #[inline(always)]
    pub(super) fn stamp(&mut self) -> u64 {
        let batch = self.settings.transport.write == WritePolicy::Batch;
        self.hook.stamp(&self.port, batch)
    }

    /// The handler may answer later than in the hook of the request: from now on requests are
    /// remembered, the one being handled included.
    pub(super) fn answers_later(&mut self) {
        if self.part == Part::Server && self.recent_requests.is_none() {
            let mut causes = RecentRequests::new();
            causes.remember(&self.hook.cause);
            self.recent_requests = Some(causes);
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
        let slot = self.table.reserve();
        if let Err(error) = self.port.attach(slot, endpoint, stage == Stage::Connecting) {
            self.table.release(slot);
            return Err(error);
        }
        let judge = Judging::new(&self.settings.transport, self.alone);
        let link_state = self.link.as_ref().map(|link| link.connect(id, self.datagrams.is_some()));
        let connection = Connection::new(id, stage, (encoder, decoder), judge, link_state);
        self.table.insert(slot, connection);
        self.account_for(slot);
        Ok(slot)
    }

    /// The slot of an open session.
    #[inline(always)]
    pub(super) fn slot_of(&self, session: u32) -> Option<usize> {
        self.table.slot_of(session, self.hook.current)
    }

    /// Closes the socket, judges what is left of its incoming direction, and frees the slot. The
    /// plugin hears of it at the end of the turn.
    pub(super) fn remove(&mut self, slot: usize) {
        let Some(mut connection) = self.table.remove(slot) else { return };
        self.work.refused.remove(slot);
        if let Some(account) = &mut self.guests.account {
            account.close(connection.booked);
        }
        let id = connection.id;
        connection
            .ingress
            .judge
            .end(&mut self.records.reader.session(id), &mut self.records.findings);
        // What was handed over and never encoded was sent as far as the handler knows: it gets a
        // record, so that it is counted, and is lost.
        let mut held = connection.egress.held.take();
        if active(Mutant::ForgetsWhatIsHeldAtAClose) {
            held.clear();
        }
        for held in held {
            record_unsent(&mut self.records, &mut self.stats, &mut connection, &held);
        }
        self.settle_damage();
        self.link_is_over(id);
        if let Some(client_state) = &mut self.client {
            let mut ended = Vec::new();
            if !active(Mutant::ForgetsTheExchangesOfALostSession) {
                client_state.table.abandon_session(id, |one| ended.push(one));
            }
            if !ended.is_empty() {
                self.cut_short(id);
            }
            self.note_over(&connection, ended.len() as u64);
            for one in ended {
                self.count_ended(&one);
            }
        }
        self.stats.segments_of_closed += self.port.close(slot);
        if active(Mutant::ReusesASlotTooEarly) {
            self.table.release(slot);
        }
        self.work.closed.push((slot, id));
    }

    /// The slot may be used again: its close hook has run.
    pub(super) fn release_slot(&mut self, slot: usize) {
        self.table.release(slot);
    }

    /// Sets a plugin's timer of an open session.
    pub(super) fn arm_timer(&mut self, id: (u32, u64), due_ns: u64) {
        if active(Mutant::NeverCallsTimers) {
            return;
        }
        let table = &self.table;
        self.work.timers.set(id, due_ns, |session| table.is_open(session));
    }

    /// Connections that are open, or being opened or closed.
    pub(super) fn open_count(&self) -> usize {
        self.table.len()
    }

    /// Some window has room that was not filled.
    pub(super) fn has_freed(&self) -> bool {
        self.client.as_ref().is_some_and(|client_state| !client_state.freed.is_empty())
    }

    /// There is something to fill a window with now: of a script, only an event may tell.
    pub(super) fn has_more_to_say(&self) -> bool {
        self.script.as_ref().is_none_or(|script| script.may_go_on())
    }

    /// All slots with a connection.
    pub(super) fn open_slots(&self) -> Vec<usize> {
        self.table.iter().map(|(slot, _)| slot).collect()
    }

    /// Exchanges that may be under way at the same time.
    pub(super) fn slots_of_load(&self) -> u64 {
        self.settings.load.slots()
    }

    /// Messages sent and received so far.
    pub(super) fn messages(&self) -> u64 {
        self.stats.messages()
    }
}
