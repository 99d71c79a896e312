//! Server and client of a handler, and between them a link in memory that does what it is told.

use super::chance::Chance;
use super::host::Sent;
use super::{Answer, Failure, Kit, Places};
use crate::table::handler_table;
use crate::{Handler, Message, Token};
use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::time::{Duration, Instant};
use wirebench_abi::status;

/// How long an answer from a thread of the handler's may take, in real time.
const PATIENCE: Duration = Duration::from_secs(10);

/// The same for one look.
const LOOK: Duration = Duration::from_millis(5);

/// How far the clock of the two goes on in one step while nothing else happens, and how far in all.
const STEP: Duration = Duration::from_millis(50);
const MOST_STEPS: u32 = 2_400;

/// Messages that a case takes at most: two sides that answer each other for ever talk no longer.
const MOST_CARRIED: u64 = 100_000;

/// What the link does.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    /// Sends find no room, now and then.
    pub(super) full: bool,
    /// Messages arrive together.
    pub(super) together: bool,
    /// Messages overtake each other.
    pub(super) overtakes: bool,
    /// Messages arrive twice.
    pub(super) repeats: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    Server,
    Client,
}

/// A session of both sides, and what is under way on it.
struct Line {
    server: u32,
    client: u32,
    to_server: VecDeque<Sent>,
    to_client: VecDeque<Sent>,
}

/// Both sides of a handler.
pub(super) struct Pair {
    server: Kit,
    client: Kit,
    lines: Vec<Line>,
    chance: Chance,
    weather: Weather,
    started: BTreeMap<Token, u32>,
    finished: BTreeSet<Token>,
    /// How many ends of exchanges have been looked at.
    ends_seen: usize,
    next: Token,
    /// Messages that have been carried.
    carried: u64,
    /// Exchanges that were under way on a session that a handler has ended, or that an error of a hook has.
    cut_off: BTreeSet<Token>,
    /// What broke a rule, in words.
    pub(super) faults: Vec<String>,
    /// Hooks that answered an error: allowed where the peer or the host misbehaves.
    pub(super) errors: Vec<String>,
}

impl Pair {
    pub(super) fn new<H: Handler>(
        config: &str,
        [of_server, of_client]: [Places<'_>; 2],
        seed: u64,
    ) -> Result<Self, Failure> {
        let table = handler_table::<H>();
        let mut server = Kit::new(table.server, config, of_server)?;
        let mut client = Kit::new(table.client, config, of_client)?;
        server.host.random = Chance::new(seed ^ 1);
        client.host.random = Chance::new(seed ^ 2);
        server.host.room = Chance::new(seed ^ 3);
        client.host.room = Chance::new(seed ^ 4);
        Ok(Self {
            server,
            client,
            lines: Vec::new(),
            chance: Chance::new(seed),
            weather: Weather::default(),
            started: BTreeMap::new(),
            finished: BTreeSet::new(),
            ends_seen: 0,
            next: 1,
            carried: 0,
            cut_off: BTreeSet::new(),
            faults: Vec::new(),
            errors: Vec::new(),
        })
    }

    pub(super) fn set_weather(&mut self, weather: Weather) {
        self.weather = weather;
        for kit in [&mut self.server, &mut self.client] {
            kit.host.full_in_half = weather.full;
        }
    }

    pub(super) fn set_payload(&mut self, bytes: &[u8]) {
        self.server.set_payload(bytes);
        self.client.set_payload(bytes);
    }

    /// What sends of a side are answered from now on.
    pub(super) fn answer(&mut self, side: Side, answer: Answer) {
        self.kit(side).answer(answer);
    }

    pub(super) fn set_longest(&mut self, bytes: usize) {
        self.server.set_longest(bytes);
        self.client.set_longest(bytes);
    }

    fn kit(&mut self, side: Side) -> &mut Kit {
        match side {
            Side::Server => &mut self.server,
            Side::Client => &mut self.client,
        }
    }

    /// Opens a session on both sides; false: a side refuses. It may be over at once.
    pub(super) fn connect(&mut self) -> bool {
        let server = self.server.open();
        let Some(server) = self.heed(Side::Server, "open", server) else { return false };
        let client = self.client.open();
        let Some(client) = self.heed(Side::Client, "open", client) else {
            let outcome = self.server.close(server);
            self.heed(Side::Server, "close", outcome);
            return false;
        };
        self.lines.push(Line {
            server,
            client,
            to_server: VecDeque::new(),
            to_client: VecDeque::new(),
        });
        self.collect();
        true
    }

    /// Begins an exchange on a session.
    pub(super) fn start(&mut self, line: usize) -> Token {
        let (token, session) = (self.next, self.lines[line].client);
        self.next += 1;
        self.started.insert(token, session);
        let outcome = self.client.start(session, token);
        self.heed_on(Side::Client, "start", line, outcome);
        self.collect();
        token
    }

    /// Exchanges that the client has not ended: of open sessions, and of those that a handler has closed.
    pub(super) fn unfinished(&self) -> Vec<Token> {
        let open = |session: &u32| self.lines.iter().any(|line| line.client == *session);
        let under_way = self.started.iter().filter(|(token, session)| {
            !self.finished.contains(token) && (open(session) || self.cut_off.contains(token))
        });
        under_way.map(|(token, _)| *token).collect()
    }

    /// How the exchanges ended that did, in words, but for the done ones.
    pub(super) fn not_done(&self) -> Vec<String> {
        let ended = self.client.finished().iter().filter(|one| one.how != 0);
        ended.map(|one| format!("exchange {}: {}", one.token, one.why)).collect()
    }

    /// How many sessions are open.
    pub(super) fn open_lines(&self) -> usize {
        self.lines.len()
    }

    /// Carries everything to where it goes, until nothing is under way any more.
    pub(super) fn drift(&mut self) {
        loop {
            while self.carry_something() {}
            self.make_room();
            if !self.is_moving() || self.carried >= MOST_CARRIED {
                return;
            }
        }
    }

    /// The same until every exchange has ended, or none does any more.
    pub(super) fn settle(&mut self) {
        let (begun, mut steps) = (Instant::now(), 0);
        loop {
            self.drift();
            if self.unfinished().is_empty() || !self.faults.is_empty() {
                return;
            }
            // Threads and timers may have something yet.
            if self.hear_threads() {
                continue;
            }
            steps += 1;
            let late = steps > MOST_STEPS || begun.elapsed() > PATIENCE;
            if late || !self.has_something_to_come() {
                return;
            }
            self.pass_time();
        }
    }

    /// Something is under way between the two, or waits for room.
    fn is_moving(&self) -> bool {
        let waits = |kit: &Kit| !kit.host.lacked_room.is_empty();
        waits(&self.server)
            || waits(&self.client)
            || self
                .lines
                .iter()
                .any(|line| !line.to_server.is_empty() || !line.to_client.is_empty())
    }

    fn carry_something(&mut self) -> bool {
        let mut carried = false;
        let mut at = 0;
        while at < self.lines.len() {
            carried |= self.carry(at, Side::Server) | self.carry(at, Side::Client);
            at += 1;
        }
        carried
    }

    /// Brings messages of a session to a side.
    fn carry(&mut self, at: usize, to: Side) -> bool {
        if self.carried >= MOST_CARRIED {
            let told = format!("the two sides still talk after {MOST_CARRIED} messages");
            if !self.faults.contains(&told) {
                self.faults.push(told);
            }
            return false;
        }
        let Some(line) = self.lines.get_mut(at) else { return false };
        let (session, waiting) = match to {
            Side::Server => (line.server, &mut line.to_server),
            Side::Client => (line.client, &mut line.to_client),
        };
        if waiting.is_empty() {
            return false;
        }
        let take = if self.weather.together { waiting.len() } else { 1 };
        let mut messages = Vec::new();
        for _ in 0..take {
            let place = if self.weather.overtakes { self.chance.below(waiting.len()) } else { 0 };
            let Some(message) = waiting.remove(place) else { break };
            // A copy has no exchange, and is not copied again.
            if self.weather.repeats && message.token != 0 && self.chance.one_in(2) {
                waiting.push_back(Sent { token: 0, ..message.clone() });
            }
            messages.push(message);
        }
        self.carried += messages.len() as u64;
        let lent: Vec<Message<'_>> =
            messages.iter().map(|sent| Message { bytes: &sent.bytes, token: sent.token }).collect();
        let outcome = self.kit(to).messages(session, &lent).map(drop);
        self.heed_on(to, "message", at, outcome);
        self.collect();
        true
    }

    /// There is room again where a send has found none.
    fn make_room(&mut self) {
        for side in [Side::Server, Side::Client] {
            for session in std::mem::take(&mut self.kit(side).host.lacked_room) {
                let Some(at) = self.line_of(side, session) else { continue };
                let outcome = self.kit(side).writable(session);
                self.heed_on(side, "writable", at, outcome);
                self.collect();
            }
        }
    }

    /// Something that is not under way may come: of a timer, or of a thread.
    fn has_something_to_come(&self) -> bool {
        [&self.server, &self.client].iter().any(|kit| kit.host.has_timers() || kit.host.has_mailbox)
    }

    fn hear_threads(&mut self) -> bool {
        let mut heard = false;
        for side in [Side::Server, Side::Client] {
            if !self.kit(side).host.has_mailbox {
                continue;
            }
            let outcome = self.kit(side).deliver_mail(LOOK);
            heard |= self.heed(side, "mail", outcome).unwrap_or(false);
            self.collect();
        }
        heard
    }

    fn pass_time(&mut self) {
        for side in [Side::Server, Side::Client] {
            let outcome = self.kit(side).advance(STEP);
            self.heed(side, "timer", outcome);
            self.collect();
        }
    }

    /// The load is over: the client may say goodbye on each session.
    pub(super) fn end(&mut self) {
        for at in (0..self.lines.len()).rev() {
            let Some(line) = self.lines.get(at) else { continue };
            let outcome = self.client.ending(line.client);
            self.heed_on(Side::Client, "ending", at, outcome);
            self.collect();
        }
        self.settle();
        while !self.lines.is_empty() {
            self.disconnect(0);
        }
    }

    /// Ends a session because a handler wants it, or has failed: what is under way is not done.
    fn cut_off(&mut self, at: usize) {
        if let Some(line) = self.lines.get(at) {
            let of_it = self.started.iter().filter(|(_, session)| **session == line.client);
            self.cut_off.extend(of_it.map(|(token, _)| *token));
        }
        self.disconnect(at);
    }

    /// Ends a session for both, whatever is under way.
    pub(super) fn disconnect(&mut self, at: usize) {
        if at >= self.lines.len() {
            return;
        }
        let line = self.lines.remove(at);
        let outcome = self.server.close(line.server);
        self.heed(Side::Server, "close", outcome);
        let outcome = self.client.close(line.client);
        self.heed(Side::Client, "close", outcome);
        self.collect();
    }

    fn line_of(&self, side: Side, session: u32) -> Option<usize> {
        self.lines.iter().position(|line| match side {
            Side::Server => line.server == session,
            Side::Client => line.client == session,
        })
    }

    /// Takes what the handlers have asked for: messages, sessions to close, exchanges that ended.
    fn collect(&mut self) {
        for side in [Side::Server, Side::Client] {
            for message in std::mem::take(&mut self.kit(side).host.sent) {
                let Some(at) = self.line_of(side, message.session) else { continue };
                let line = &mut self.lines[at];
                match side {
                    Side::Server => line.to_client.push_back(message),
                    Side::Client => line.to_server.push_back(message),
                }
            }
        }
        for one in &self.client.finished()[self.ends_seen..] {
            self.ends_seen += 1;
            if one.token == 0 {
                continue;
            }
            if !self.started.contains_key(&one.token) {
                self.faults.push(format!("exchange {} was ended and never started", one.token));
            } else if !self.finished.insert(one.token) && !self.weather.repeats {
                self.faults.push(format!("exchange {} was ended twice", one.token));
            }
        }
        self.close_what_is_asked();
    }

    /// A session that a side closes ends once what was sent on it has arrived.
    fn close_what_is_asked(&mut self) {
        for side in [Side::Server, Side::Client] {
            for session in std::mem::take(&mut self.kit(side).host.closed) {
                let Some(at) = self.line_of(side, session) else { continue };
                let other = match side {
                    Side::Server => Side::Client,
                    Side::Client => Side::Server,
                };
                while self.line_of(side, session) == Some(at) && self.carry(at, other) {}
                if let Some(at) = self.line_of(side, session) {
                    self.cut_off(at);
                }
            }
        }
    }

    /// What a hook answered; an error of a session ends that.
    fn heed_on(&mut self, side: Side, hook: &str, at: usize, outcome: Result<(), Failure>) {
        if self.heed(side, hook, outcome).is_none() {
            self.cut_off(at);
        }
    }

    fn heed<T>(&mut self, side: Side, hook: &str, outcome: Result<T, Failure>) -> Option<T> {
        match outcome {
            Ok(value) => Some(value),
            Err(failure) => {
                let text = format!("{side:?}, hook `{hook}`: {}", failure.text);
                if failure.status == status::ERROR {
                    self.errors.push(text);
                } else {
                    self.faults.push(format!("{text} (status {})", failure.status));
                }
                None
            }
        }
    }
}
