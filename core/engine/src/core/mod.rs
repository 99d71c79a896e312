//! What a plugin's hooks may change of a side: connections, ledger, judge and counters. The
//! plugin itself stands beside it, so that a hook can borrow both.

mod buffers;
mod together;
mod work;

use super::framings::Framings;
use crate::client::{ClientState, Script};
use crate::config::Config;
use crate::guests::{Account, Guests, Limits};
use crate::hook::HookContext;
use crate::link_state::SideLink;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use crate::queues::DatagramQueue;
use crate::receive::{Display, LookUp, RecentRequests};
use crate::records::{Ledgers, Records};
use crate::send::record_unsent;
use crate::session::{Connection, Lifecycle, SessionTable};
use crate::stats::Stats;
use buffers::Buffers;
use std::sync::Arc;
use together::Together;
use wirebench_framings::Role;
use wirebench_ledger::WriteLog;
use wirebench_load::Payloads;
use wirebench_load::rng::SplitMix64;
use wirebench_measure::Recorder;
use wirebench_scenario::{Settings, WritePolicy};
use work::Work;

/// Everything of a side but its plugin.
pub struct Core<P: Port> {
    pub(crate) port: P,
    pub(crate) role: Role,
    pub(crate) settings: Settings,
    /// The other side is not ours: there is no ledger.
    pub(crate) alone: bool,
    /// Its answers are looked up among this side's requests, this way.
    pub(crate) echoes: Option<LookUp>,
    pub(crate) framings: Framings,

    pub(crate) table: SessionTable,
    /// What both sides' ledgers say.
    pub(crate) records: Records,
    /// What the hook that runs is about.
    pub(crate) hook: HookContext,
    /// What it has, and sends, of several messages at a time.
    pub(crate) together: Together,
    /// Exchanges that end with the one that is being booked, and are to be booked after it.
    pub(crate) ending_besides: usize,
    pub(crate) stats: Stats,
    /// What is done to what is sent and read; `None`: nothing.
    pub(crate) link: Option<Box<SideLink>>,
    /// What there is instead of streams.
    pub(crate) datagrams: Option<Box<DatagramQueue<P::Batch>>>,

    /// Requests whose replies may come later, once the handler has shown that it answers later.
    pub(crate) recent_requests: Option<RecentRequests>,
    /// The client's exchanges.
    pub(crate) client: Option<Box<ClientState>>,
    /// Taken out while one of them is handed over.
    pub(crate) payloads: Option<Box<Payloads>>,

    /// What the client sends comes in while it plays.
    pub(crate) script: Option<Box<Script>>,
    /// What arrives is shown.
    pub(crate) display: Option<Box<Display>>,
    /// A plugin's framing has failed: the round cannot go on.
    pub(crate) broken: Option<String>,

    /// What is to be done at the end of a turn, or in a later one.
    pub(crate) work: Work,
    /// What there is besides where peers are not ours.
    pub(crate) guests: Guests,
    pub(crate) buffers: Buffers,
    /// What the handler asks for.
    pub(crate) random: SplitMix64,
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
        let client = (config.role == Role::Client).then(|| {
            let load = &config.settings.load;
            Box::new(ClientState::new(load.target_connections(), load.open.is_some(), recorder))
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
        let is_on = config.alone.is_none()
            && !config.one_by_one
            && link.is_none()
            && !config.settings.transport.kind.has_datagrams();
        let records = Records::new(ledgers, config);
        Ok(Self {
            port,
            role: config.role,
            settings: config.settings.clone(),
            alone: config.alone.is_some(),
            echoes: LookUp::of(config, &framings),
            framings,
            link,
            table: SessionTable::default(),
            hook: HookContext::default(),
            together: Together { is_on, ..Together::default() },
            ending_besides: 0,
            stats: Stats::new(WriteLog::new(Arc::clone(records.own())), recorder()),
            records,
            datagrams: DatagramQueue::of(&config.settings.transport, P::batch),
            recent_requests: None,
            client,
            payloads: Some(Box::new(payloads)),
            script: None,
            display: None,
            broken: None,
            work: Work::default(),
            guests: Guests::new(account, config.alone.as_ref().and_then(|alone| alone.idle_ns)),
            buffers: Buffers::default(),
            random: random_of_handler(config),
        })
    }

    /// What this side asks of the world.
    #[inline]
    pub fn port_mut(&mut self) -> &mut P {
        &mut self.port
    }

    /// What the client sends comes in line by line while it plays: `script` makes what reads them, of
    /// so many bytes at most.
    #[inline]
    pub fn set_script(&mut self, script: impl FnOnce(usize) -> Script) -> Result<(), String> {
        let longest =
            self.framings.longest_outgoing()?.min(self.records.writer().largest_message());
        self.script = Some(Box::new(script(longest)));
        Ok(())
    }

    /// What arrives is shown there. For a side alone.
    #[inline]
    pub fn set_display(&mut self, display: Display) {
        self.display = Some(Box::new(display));
    }

    /// What arrives may be shown from now on.
    #[inline]
    pub fn begin_display(&mut self) {
        if let Some(display) = &mut self.display {
            display.begin();
        }
    }

    /// The time at which a message is handed over, in nanoseconds.
    #[inline(always)]
    pub(crate) fn stamp(&mut self) -> u64 {
        let batch = self.settings.transport.write == WritePolicy::Batch;
        self.hook.stamp(&self.port, batch)
    }

    /// The handler may answer later than in the hook of the request: from now on requests are
    /// remembered, the one being handled included.
    #[inline]
    pub(crate) fn answers_later(&mut self) {
        if self.role == Role::Server && self.recent_requests.is_none() {
            let mut causes = RecentRequests::new();
            causes.remember(self.hook.message());
            self.recent_requests = Some(causes);
        }
    }

    /// Takes a connection in as session `id`; returns its slot.
    pub(crate) fn add(
        &mut self,
        id: u32,
        endpoint: P::Endpoint,
        lifecycle: Lifecycle,
    ) -> Result<usize, String> {
        let (encoder, decoder) = self.framings.make(id)?;
        let slot = self.table.reserve();
        if let Err(error) = self.port.attach(slot, endpoint, lifecycle.is_connecting()) {
            self.table.release(slot);
            return Err(error);
        }
        let judge = self.new_judge();
        let link_state = self.link.as_ref().map(|link| link.connect(id, self.datagrams.is_some()));
        let connection = Connection::new(id, lifecycle, (encoder, decoder), judge, link_state);
        self.table.insert(slot, connection);
        self.account_for(slot);
        Ok(slot)
    }

    /// The slot of an open session.
    #[inline(always)]
    pub(crate) fn slot_of(&self, session: u32) -> Option<usize> {
        self.table.slot_of(session, self.hook.slot())
    }

    /// A connection cannot go on: counted, judged and removed.
    #[inline]
    pub(crate) fn fail(&mut self, slot: usize, phase: &str, what: &str) {
        let id = self.table.get(slot).map_or(0, |connection| connection.id());
        self.stats.error(phase, 1, || format!("session {id}: {what}"));
        if matches!(phase, "read" | "write") {
            self.cut_short(id);
        }
        self.note_failed(slot, phase);
        self.remove(slot);
    }

    /// Closes the socket, judges what is left of its incoming direction, and frees the slot. The
    /// plugin hears of it at the end of the turn.
    pub(crate) fn remove(&mut self, slot: usize) {
        self.end_send_run();
        self.break_batch(slot);
        let Some(mut connection) = self.table.remove(slot) else { return };
        self.work.refused.remove(slot);
        self.guests.close(connection.booked());
        let id = connection.id();
        let (mut ledger, findings) = self.records.judging(id);
        connection.ingress_mut().judge_mut().end(&mut ledger, findings);
        // Nothing else may come that would tell the other side, whose drain waits for that.
        self.records.reader_mut().publish_released();
        // What was handed over and never encoded was sent as far as the handler knows: it gets a
        // record, so that it is counted, and is lost.
        let mut held = connection.egress_mut().held_mut().take();
        if active(Mutant::ForgetsWhatIsHeldAtAClose) {
            held.clear();
        }
        for held in held {
            record_unsent(&mut self.records, &mut self.stats, &mut connection, &held);
        }
        self.settle_damage();
        self.link_is_over(id);
        if let Some(client_state) = &mut self.client {
            if connection.lifecycle().is_connecting() {
                client_state.connects.end(connection.why_unconnected());
            }
            let ended = client_state.abandon(id);
            if !ended.is_empty() {
                self.cut_short(id);
            }
            self.note_over(&connection, ended.len() as u64);
            self.count_all_ended(&ended);
        }
        let segments = self.port.close(slot);
        self.stats.closed(segments);
        if active(Mutant::ReusesASlotTooEarly) {
            self.table.release(slot);
        }
        self.work.closed.push((slot, id));
    }

    /// The slot may be used again: its close hook has run.
    #[inline]
    pub(crate) fn release_slot(&mut self, slot: usize) {
        self.table.release(slot);
    }

    /// Sets a plugin's timer of an open session.
    #[inline]
    pub(crate) fn arm_timer(&mut self, id: (u32, u64), due_ns: u64) {
        if active(Mutant::NeverCallsTimers) {
            return;
        }
        let table = &self.table;
        self.work.timers.set(id, due_ns, |session| table.is_open(session));
    }

    /// Connections that are open, or being opened or closed.
    #[inline]
    pub(crate) fn open_count(&self) -> usize {
        self.table.len()
    }

    /// Connections that stand and over which messages may go, in time that grows with their number.
    pub(crate) fn standing(&self) -> usize {
        self.table.iter().filter(|(_, connection)| connection.lifecycle().is_open()).count()
    }

    /// Some window has room that was not filled.
    #[inline]
    pub(crate) fn has_freed(&self) -> bool {
        self.client.as_ref().is_some_and(|client_state| client_state.has_freed())
    }

    /// There is something to fill a window with now: of a script, only an event may tell.
    #[inline]
    pub(crate) fn has_more_to_say(&self) -> bool {
        self.script.as_ref().is_none_or(|script| script.may_go_on())
    }

    /// All slots with a connection.
    #[inline]
    pub(crate) fn open_slots(&self) -> Vec<usize> {
        self.table.iter().map(|(slot, _)| slot).collect()
    }

    /// Exchanges that may be under way at the same time.
    #[inline]
    pub(crate) fn slots_of_load(&self) -> u64 {
        self.settings.load.slots()
    }

    /// The measured part of the round begins now.
    #[inline]
    pub(crate) fn begin_measuring(&mut self) {
        let cost = self.port.usage(self.messages());
        self.stats.begin_measuring(cost);
    }

    /// It ends now.
    #[inline]
    pub(crate) fn end_measuring(&mut self) {
        let cost = self.port.usage(self.messages());
        self.stats.end_measuring(cost);
    }

    /// What this side costs belongs to it until now.
    #[inline]
    pub(crate) fn extend_measuring(&mut self) {
        let cost = self.port.usage(self.messages());
        self.stats.extend_measuring(cost);
    }

    /// Messages sent and received so far.
    #[inline]
    pub(crate) fn messages(&self) -> u64 {
        self.stats.messages()
    }
}

/// Where the handler's chance begins: each side has a sequence of its own.
fn random_of_handler(config: &Config) -> SplitMix64 {
    /// `handler` in ASCII, so that no other purpose has the same sequence.
    const PURPOSE: u64 = 0x6861_6E64_6C65_7200;
    let side = match config.role {
        Role::Client => 1,
        Role::Server => 2,
    };
    SplitMix64::stream(config.seed, PURPOSE | side)
}
