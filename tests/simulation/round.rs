//! One round of two engines, turn by turn, as a seed says.

use super::handlers::{Manner, Simulated};
use super::network::{CLIENT, Network, SERVER, Weather};
use super::port::SimulatedPort;
use std::cell::RefCell;
use std::rc::Rc;
use std::sync::Arc;
use wirebench::engine::{
    Bounds, Config, Core, Engine, Event, Failure, Framings, Ledgers, Lone, Readiness, Report,
};
use wirebench::framing::Role;
use wirebench::handler::Handler;
use wirebench::ledger::{Layout, Region, Tables};
use wirebench::load::{NamedPayloads, Payloads};
use wirebench::measure::{ClientReport, SideReport};
use wirebench::scenario::Settings;

/// Turns after which a round that goes on has no end.
const MAX_TURNS: u64 = 200_000;

/// How long a side that waits for one socket looks at nothing else, in nanoseconds, and how far away
/// its deadlines are then.
const LONGEST_WAIT: u64 = 10_000_000;
const NO_DEADLINE_WITHIN: u64 = 20_000_000;

/// How long the supervisor's words take, in nanoseconds.
const WORD_NS: u64 = 3_000;

/// What is played.
#[derive(Clone, Debug)]
pub(crate) struct Play {
    pub(crate) settings: Settings,
    pub(crate) client: Manner,
    pub(crate) server: Manner,
    pub(crate) weather: Weather,
    pub(crate) ring_bytes: usize,
    /// The seed of what is sent and of what the link does; `None`: that of the network.
    pub(crate) load_seed: Option<u64>,
    /// How many examples of each anomaly are kept.
    pub(crate) examples: usize,
    /// Neither side knows the other: there is no ledger, and what the server holds is bounded.
    pub(crate) apart: Option<Bounds>,
    /// What has come when the round ends is read before it is judged.
    pub(crate) reads_all: bool,
    /// Every message is copied into the ledger. Otherwise those of every second seed are, and those of
    /// the others are named.
    pub(crate) copies: bool,
    /// Handlers are given each message by itself.
    pub(crate) one_by_one: bool,
    /// A side that has one socket to wait for reads it and looks at nothing else, as a real one does.
    pub(crate) waits_in_reads: bool,
    /// The user interrupts the load this long after its start, in nanoseconds.
    pub(crate) interrupted_after: Option<u64>,
    /// The server does nothing from this long after the start of the load on, for so long, in nanoseconds.
    pub(crate) server_stops: Option<(u64, u64)>,
}

/// What a round asks of its handlers besides their hooks.
pub(crate) trait Watched: Handler<Core<SimulatedPort>> {
    /// Sessions opened and not closed.
    fn open(&self) -> u64;

    /// Messages that were taken; `None`: it does not count them.
    fn sent(&self) -> Option<u64>;
}

impl Watched for Simulated {
    fn open(&self) -> u64 {
        self.open
    }

    fn sent(&self) -> Option<u64> {
        Some(self.sent)
    }
}

/// What has come of it.
#[derive(Debug, PartialEq)]
pub(crate) struct Played {
    pub(crate) client: ClientReport,
    pub(crate) server: SideReport,
    /// From the start of the load to the last word, in nanoseconds.
    pub(crate) took_ns: u64,
    /// How often each side has waited for one socket alone.
    pub(crate) waits: [u64; 2],
}

struct Round<H: Watched> {
    network: Rc<RefCell<Network>>,
    sides: [Engine<SimulatedPort, H>; 2],
    /// What was announced to the side whose turn it is.
    events: Vec<(usize, Readiness)>,
    /// When each wants to be called, as it said at the end of its last turn; `None`: only by an event.
    wakes_at: [Option<u64>; 2],
    /// The start is due then, the end of the load, the stop of the server.
    go_at: Option<u64>,
    end_load_at: Option<u64>,
    stop_at: Option<u64>,
    interrupted_after: Option<u64>,
    /// While the server does nothing, in nanoseconds of the network's clock.
    stopped: Option<(u64, u64)>,
    server_stops: Option<(u64, u64)>,
    waits_in_reads: bool,
    /// The socket that each side waits for alone, and until when.
    waits: [Option<(Lone, u64)>; 2],
    waited: [u64; 2],
    turns: u64,
    is_over: [bool; 2],
    began_at: u64,
}

/// Plays rounds of a kind. What they have in common is made once, and none of them changes it.
pub(crate) struct Player<'a> {
    play: &'a Play,
    /// Of the client and of the server, whatever their seed.
    configs: [Config; 2],
    framings: [Framings; 2],
}

impl<'a> Player<'a> {
    pub(crate) fn new(play: &'a Play) -> Self {
        let configs = [Role::Client, Role::Server].map(|role| Config {
            role,
            settings: play.settings.clone(),
            seed: 0,
            examples: play.examples,
            is_simulated: true,
            one_by_one: play.one_by_one,
            alone: play.apart.clone(),
        });
        let framings = [CLIENT, SERVER].map(|side| {
            Framings::new(&configs[side], Rc::new(|_, _, _, _| Err("no plugins".to_owned())))
        });
        Self { play, configs, framings }
    }

    /// Plays the round of a seed with handlers of the wanted manners. `Err` says what has gone wrong.
    pub(crate) fn round(&mut self, seed: u64) -> Result<Played, String> {
        let (client, server) = (self.play.client, self.play.server);
        self.round_with(seed, |role, core| {
            let manner = if role == Role::Client { client } else { server };
            Ok(Simulated::new(manner, core))
        })
    }

    /// The same with the handlers that `cast` makes.
    pub(crate) fn round_with<H: Watched>(
        &mut self,
        seed: u64,
        cast: impl Fn(Role, &mut Core<SimulatedPort>) -> Result<H, String>,
    ) -> Result<Played, String> {
        let play = self.play;
        let kind = play.settings.transport.kind;
        let network = Network::new(seed, play.weather, kind.has_packets());
        let network = Rc::new(RefCell::new(network));
        let load_seed = play.load_seed.unwrap_or(seed);
        let region = || Region::in_memory_with(Layout::new(Tables::SMALL, play.ring_bytes));
        let (requests, replies) = (region(), region());
        // Who does not know the other side reads nothing of it.
        let nothing = region();
        let seen_by = |other| if play.apart.is_some() { &nothing } else { other };
        let load = &play.settings.load;
        let payloads = Payloads::new(load_seed, &load.payload, load.alphabet, None);
        let replies_payloads = match &load.reply_payload {
            Some(sizes) => Payloads::new(load_seed, sizes, load.alphabet, None),
            None => payloads.clone(),
        };
        let named = match play.copies || seed % 2 == 1 {
            true => NamedPayloads::default(),
            false => {
                NamedPayloads::of(&payloads, load.reply_payload.as_ref().map(|_| &replies_payloads))
            }
        };
        let mut side = |index: usize, payloads, own: &Arc<Region>, peer: &Arc<Region>| {
            let config = &mut self.configs[index];
            config.seed = load_seed;
            let framings = self.framings[index].clone();
            let named = named.clone();
            let ledgers = Ledgers { own: Arc::clone(own), peer: Arc::clone(peer), named };
            let port = SimulatedPort::new(index, &network, own, kind.has_datagrams());
            let mut core = Core::new(config, framings, ledgers, payloads, port)?;
            let handler = cast(config.role, &mut core)?;
            Ok::<_, String>(Engine::new(config, core, handler))
        };
        let sides = [
            side(CLIENT, payloads, &requests, seen_by(&replies))?,
            side(SERVER, replies_payloads, &replies, seen_by(&requests))?,
        ];
        let mut round = Round {
            network,
            sides,
            events: Vec::new(),
            wakes_at: [Some(0); 2],
            go_at: None,
            end_load_at: None,
            stop_at: None,
            interrupted_after: play.interrupted_after,
            stopped: None,
            server_stops: play.server_stops,
            waits_in_reads: play.waits_in_reads,
            waits: [None; 2],
            waited: [0; 2],
            turns: 0,
            is_over: [false; 2],
            began_at: 0,
        };
        round
            .run(play)
            .map_err(|Failure { attribution, error }| format!("{attribution:?}: {error}"))
    }
}

impl<H: Watched> Round<H> {
    fn run(&mut self, play: &Play) -> Result<Played, Failure> {
        self.sides[CLIENT].connect();
        self.run_to_the_stop(play)?;
        let (client, server);
        if play.apart.is_some() {
            client = self.finish(play, CLIENT)?;
            self.sides[SERVER].drain();
            self.wakes_at = [None, Some(0)];
            if play.settings.transport.kind.has_connections() {
                // Its last sessions end with the client's connections.
                self.run_to_the_stop(play)?;
            }
            server = self.finish(play, SERVER)?;
        } else {
            // The client looks at the server's ledger last.
            server = self.finish(play, SERVER)?;
            self.network.borrow_mut().deliver();
            client = self.finish(play, CLIENT)?;
        }
        match (client, server) {
            (Report::Client(client), Report::Server(server)) => {
                let took_ns = self.network.borrow_mut().now().saturating_sub(self.began_at);
                Ok(Played { client: *client, server: *server, took_ns, waits: self.waited })
            }
            _ => Err("a side reports as the other".to_owned().into()),
        }
    }

    fn run_to_the_stop(&mut self, play: &Play) -> Result<(), Failure> {
        loop {
            let now = self.step(play)?;
            if self.stop_at.is_some_and(|at| at <= now) {
                self.stop_at = None;
                return Ok(());
            }
        }
    }

    /// A side's last word, after which it has nothing any more.
    fn finish(&mut self, play: &Play, side: usize) -> Result<Report, Failure> {
        let engine = &mut self.sides[side];
        let before = self.network.borrow().left_unread[side];
        let report = engine.finish()?;
        let unread = self.network.borrow().left_unread[side] - before;
        if unread > 0 && play.reads_all {
            return Err(format!("{unread} bytes that had come were not read at the end").into());
        }
        self.is_over[side] = true;
        let (open, hooks, held) =
            (engine.open_sessions(), engine.handler().open(), engine.held_bytes());
        let sent = match &report {
            Report::Server(report) => &report.sent,
            Report::Client(report) => &report.side.sent,
        };
        let countable = sent.messages - sent.unsendable..=sent.messages;
        if let Some(taken) = engine.handler().sent()
            && !countable.contains(&taken)
        {
            let what = format!("{taken} messages were taken, but {} count", sent.messages);
            return Err(what.into());
        }
        let endpoints = self.network.borrow().open_endpoints(side);
        if (open, hooks, endpoints, held) != (0, 0, 0, 0) {
            let left = format!(
                "{open} sessions, {hooks} hooks, {endpoints} endpoints and {held} bytes are left"
            );
            return Err(left.into());
        }
        Ok(report)
    }

    /// Something happens; returns the time.
    fn step(&mut self, play: &Play) -> Result<u64, Failure> {
        self.turns += 1;
        if self.turns > MAX_TURNS {
            return Err("the round does not end".to_owned().into());
        }
        let now = self.network.borrow_mut().now();
        self.network.borrow_mut().deliver();
        self.say(now);
        let (mut runnable, mut count) = ([CLIENT; 2], 0);
        for side in [CLIENT, SERVER] {
            if self.may_run(side, now) {
                runnable[count] = side;
                count += 1;
            }
        }
        let spurious = if self.is_over[CLIENT] { 0 } else { play.weather.spurious };
        let chosen = {
            let mut network = self.network.borrow_mut();
            match count {
                0 if network.chance(spurious) => Some(network.below(2) as usize),
                0 => None,
                _ if play.weather.client_last => Some(runnable[count - 1]),
                count => Some(runnable[network.below(count as u64) as usize]),
            }
        };
        match chosen {
            Some(side) => self.turn(side)?,
            None => self.sleep()?,
        }
        Ok(now)
    }

    /// The supervisor's words that are due.
    fn say(&mut self, now: u64) {
        if self.go_at.is_some_and(|at| at <= now) {
            self.go_at = None;
            let start = now + WORD_NS;
            self.began_at = start;
            self.sides[SERVER].go(start);
            self.sides[CLIENT].go(start);
            self.wakes_at = [Some(0); 2];
            self.end_load_at = self.interrupted_after.map(|after| start + after);
            self.stopped =
                self.server_stops.map(|(after, long)| (start + after, start + after + long));
        }
        if self.end_load_at.is_some_and(|at| at <= now) {
            self.end_load_at = None;
            self.sides[CLIENT].end_load();
            self.wakes_at[CLIENT] = Some(0);
        }
    }

    fn may_run(&mut self, side: usize, now: u64) -> bool {
        if self.is_over[side] || self.is_stopped(side, now) {
            return false;
        }
        if let Some((lone, until)) = self.waits[side] {
            return until <= now || self.network.borrow().has_come(side, lone);
        }
        self.wakes_at[side].is_some_and(|at| at <= now)
            || self.sides[side].port_mut().has_letters()
            || self.network.borrow_mut().has_events(side)
    }

    fn is_stopped(&self, side: usize, now: u64) -> bool {
        side == SERVER && self.stopped.is_some_and(|(from, to)| (from..to).contains(&now))
    }

    /// Nobody has anything to do before the next arrival or deadline.
    fn sleep(&mut self) -> Result<(), Failure> {
        let mut network = self.network.borrow_mut();
        let [client, server] = [CLIENT, SERVER].map(|side| match self.waits[side] {
            Some((_, until)) => Some(until),
            None => self.wakes_at[side],
        });
        let goes_on = self.stopped.map(|(_, to)| to).filter(|to| *to > network.now());
        let server = match self.is_stopped(SERVER, network.now()) {
            true => goes_on,
            false => server,
        };
        let times =
            [self.go_at, self.end_load_at, self.stop_at, network.next_arrival(), client, server];
        let next = times.into_iter().flatten().min();
        network.advance_to(next.ok_or_else(|| "nobody will ever do anything again".to_owned())?);
        Ok(())
    }

    /// One turn of a side.
    fn turn(&mut self, side: usize) -> Result<(), Failure> {
        match self.waits[side].take() {
            Some((lone, _)) => {
                self.waited[side] += 1;
                self.read(side, lone)?;
            }
            None => self.hear(side)?,
        }
        let engine = &mut self.sides[side];
        engine.run_deferred()?;
        let event = engine.act()?;
        self.wakes_at[side] = if engine.is_due() { Some(0) } else { engine.next_deadline() };
        let now = self.network.borrow_mut().now();
        match event {
            Some(Event::Connected) => self.go_at = Some(now + WORD_NS),
            Some(Event::Drained) => self.stop_at = Some(now + WORD_NS),
            _ => {}
        }
        let is_near = self.wakes_at[side].is_some_and(|at| at < now + NO_DEADLINE_WITHIN);
        if self.waits_in_reads && !is_near && !self.sides[side].port_mut().has_mailbox() {
            let lone = self.sides[side].lone_socket();
            self.waits[side] = lone.map(|lone| (lone, now + LONGEST_WAIT));
        }
        Ok(())
    }

    /// All that was announced to a side.
    fn hear(&mut self, side: usize) -> Result<(), Failure> {
        let engine = &mut self.sides[side];
        engine.measure_by_time();
        let backlog = self.network.borrow_mut().take_events(side, &mut self.events);
        if self.network.borrow().bells[side] {
            engine.woken();
        }
        if backlog {
            engine.acceptable()?;
        }
        for (slot, readiness) in &self.events {
            engine.ready(*slot, *readiness)?;
        }
        if engine.port_mut().has_letters() {
            engine.mail()?;
        }
        Ok(())
    }

    /// A side has waited for one socket: something has come, or it did so for as long as it may.
    fn read(&mut self, side: usize, lone: Lone) -> Result<(), Failure> {
        match lone {
            Lone::Connection(slot) => {
                let readable = Readiness { readable: true, ..Readiness::default() };
                self.sides[side].ready(slot, readable)
            }
            Lone::Datagrams => self.sides[side].acceptable(),
        }
    }
}
