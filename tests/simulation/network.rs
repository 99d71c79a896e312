//! A network in memory: connections whose bytes, ends and resets arrive when a seeded schedule says so,
//! and are announced as an edge-triggered event queue would.

use super::datagrams::Flying;
use std::collections::VecDeque;
use std::io::{Error, ErrorKind, Result};
use wirebench::engine::{Lone, Readiness};
use wirebench::load::rng::SplitMix64;
use wirebench::measure::Unconnected;

/// Which side of the round.
pub(crate) const CLIENT: usize = 0;
pub(crate) const SERVER: usize = 1;

/// What may go wrong, and how the bytes travel. Shares are of 256.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Weather {
    /// Bytes arrive together, this many at most.
    pub(crate) largest_piece: usize,
    /// They take this long at most, in nanoseconds.
    pub(crate) longest_delay: u64,
    /// Bytes that one direction of a connection holds, on their way or unread.
    pub(crate) capacity: usize,
    /// Calls that are interrupted.
    pub(crate) interrupted: u8,
    /// Writes that find no room although there is some.
    pub(crate) refused: u8,
    /// Writes after which the connection is reset, by nobody's wish.
    pub(crate) reset: u8,
    /// Attempts to connect that are refused.
    pub(crate) unreachable: u8,
    /// Turns that are taken although nothing was announced.
    pub(crate) spurious: u8,
    /// The client has its turns when the server has nothing to do, as on one processor that a server
    /// takes whenever something comes for it. No connection stands at once.
    pub(crate) client_last: bool,
    /// Datagrams that never arrive, arrive twice, and are overtaken by later ones.
    pub(crate) lost: u8,
    pub(crate) doubled: u8,
    pub(crate) overtakes: u8,
}

impl Weather {
    /// Nothing is lost and nobody is refused.
    pub(crate) const CALM: Self = Self {
        largest_piece: usize::MAX,
        longest_delay: 1_000,
        capacity: 64 << 10,
        interrupted: 0,
        refused: 0,
        reset: 0,
        unreachable: 0,
        spurious: 0,
        client_last: false,
        lost: 0,
        doubled: 0,
        overtakes: 0,
    };

    /// True where every message can arrive.
    pub(crate) fn loses_nothing(&self) -> bool {
        self.reset == 0 && self.lost == 0
    }
}

/// The bytes of one direction.
#[derive(Debug, Default)]
struct Pipe {
    /// Those that have arrived, and those on their way behind them.
    bytes: VecDeque<u8>,
    arrived: usize,
    /// How long the packets are that have arrived, where there are packets.
    packets: VecDeque<usize>,
    /// How many arrive together and when, and they do in this order. `None` is the end.
    flying: VecDeque<(u64, Option<usize>)>,
    end_sent: bool,
    end_arrived: bool,
    /// Its writer has found no room and is told when there is.
    writer_waits: bool,
    /// There is room again at this time, whatever was read.
    relieved_at: Option<u64>,
}

impl Pipe {
    fn held(&self) -> usize {
        self.bytes.len()
    }

    /// Takes what has arrived, as much as there is room for; of a packet, what there is no room for is
    /// gone. Returns how much it was.
    fn take(&mut self, room: &mut [u8]) -> usize {
        let whole = self.packets.pop_front().unwrap_or_else(|| room.len().min(self.arrived));
        let count = room.len().min(whole);
        let (front, back) = self.bytes.as_slices();
        let cut = count.min(front.len());
        room[..cut].copy_from_slice(&front[..cut]);
        room[cut..count].copy_from_slice(&back[..count - cut]);
        self.bytes.drain(..whole);
        self.arrived -= whole;
        whole
    }

    /// What is on its way never arrives.
    fn lose_flying(&mut self) {
        self.flying.clear();
        self.bytes.truncate(self.arrived);
    }
}

/// How far a connection is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum State {
    /// It stands, or is refused, at this time.
    Connecting(u64, bool),
    Refused,
    Open,
    /// Nothing goes over it any more.
    Reset,
}

#[derive(Debug)]
struct Connection {
    state: State,
    /// By who writes to it.
    pipes: [Pipe; 2],
    /// A reset on its way to this side arrives then.
    reset_at: [Option<u64>; 2],
    /// The slot in which a side has it.
    slots: [Option<usize>; 2],
    closed: [bool; 2],
    wants_write: [bool; 2],
    /// Something has changed since the side was told.
    edge: [bool; 2],
    resets_on_close: [bool; 2],
    /// Nothing arrives before this time.
    quiet_until: u64,
}

impl Connection {
    /// When the next thing arrives; `u64::MAX`: nothing is on its way.
    fn next_arrival(&self) -> u64 {
        let mut next = match self.state {
            State::Connecting(at, _) => at,
            _ => u64::MAX,
        };
        for (pipe, reset_at) in self.pipes.iter().zip(self.reset_at) {
            next = next.min(pipe.flying.front().map_or(u64::MAX, |next| next.0));
            next = next.min(pipe.relieved_at.unwrap_or(u64::MAX));
            next = next.min(reset_at.unwrap_or(u64::MAX));
        }
        next
    }

    /// Nothing happens to it any more, and nobody has it.
    fn is_over(&self) -> bool {
        self.closed == [true; 2] && self.quiet_until == u64::MAX
    }
}

/// The connections of a round.
#[derive(Debug)]
pub(crate) struct Network {
    rng: SplitMix64,
    weather: Weather,
    now: u64,
    connections: Vec<Connection>,
    /// Those that are not over.
    live: Vec<usize>,
    /// Nothing arrives before this time.
    quiet_until: u64,
    /// Some connection of the side may have an edge.
    edges: [bool; 2],
    /// Connections that stand and were not accepted.
    backlog: VecDeque<usize>,
    backlog_edge: bool,
    listening: bool,
    pub(super) datagrams: Flying,
    /// Nothing of a connection is told to its other side.
    of_datagrams: bool,
    /// What one call writes, one call reads.
    of_packets: bool,
    /// When the last datagram arrives that was not held up.
    last_datagram: u64,
    /// Bytes that had come to a side when it closed their connection, and were not read.
    pub(crate) left_unread: [usize; 2],
    /// Somebody has rung for the side.
    pub(crate) bells: [bool; 2],
}

impl Network {
    /// A network of streams; with `of_packets`, of connections that keep the boundaries of writes.
    pub(crate) fn new(seed: u64, weather: Weather, of_packets: bool) -> Self {
        Self {
            rng: SplitMix64::new(seed),
            weather,
            now: 1_000_000,
            connections: Vec::new(),
            live: Vec::new(),
            quiet_until: 0,
            edges: [false; 2],
            backlog: VecDeque::new(),
            backlog_edge: false,
            listening: true,
            datagrams: Flying::default(),
            of_datagrams: false,
            of_packets,
            last_datagram: 0,
            left_unread: [0; 2],
            bells: [false; 2],
        }
    }

    /// The time; reading it takes some.
    pub(crate) fn now(&mut self) -> u64 {
        self.now += 7;
        self.now
    }

    pub(crate) fn advance_to(&mut self, time: u64) {
        self.now = self.now.max(time);
    }

    /// True in `share` of 256 cases.
    pub(crate) fn chance(&mut self, share: u8) -> bool {
        share != 0 && (self.rng.next_u64() & 0xFF) < u64::from(share)
    }

    pub(crate) fn below(&mut self, bound: u64) -> u64 {
        self.rng.below(bound.max(1))
    }

    fn delay(&mut self) -> u64 {
        1 + self.below(self.weather.longest_delay)
    }

    /// Something arrives then over a connection.
    fn await_arrival(&mut self, index: usize, at: u64) {
        self.quiet_until = self.quiet_until.min(at);
        let connection = &mut self.connections[index];
        connection.quiet_until = connection.quiet_until.min(at);
    }

    /// Something of a connection has changed for a side.
    fn mark(&mut self, side: usize, index: usize) {
        self.connections[index].edge[side] = true;
        self.edges[side] = true;
    }

    /// How an attempt to connect fails at once, where it does.
    pub(crate) fn turns_away(&mut self) -> Option<Unconnected> {
        let turned_away = self.chance(self.weather.unreachable / 2);
        turned_away.then(|| Unconnected::ALL[self.below(Unconnected::ALL.len() as u64) as usize])
    }

    /// Begins a connection; true: it stands.
    pub(crate) fn connect(&mut self) -> (usize, bool) {
        let refused = self.chance(self.weather.unreachable) || !self.listening;
        let at = self.now + self.delay();
        let index = self.add(State::Connecting(at, refused));
        self.await_arrival(index, at);
        // A Unix socket stands at once.
        let stands = !refused && !self.weather.client_last && self.chance(64);
        if stands {
            self.settle(index, false);
        }
        (index, stands)
    }

    fn add(&mut self, state: State) -> usize {
        self.connections.push(Connection {
            state,
            pipes: Default::default(),
            reset_at: [None; 2],
            slots: [None; 2],
            closed: [false; 2],
            wants_write: [false; 2],
            edge: [false; 2],
            resets_on_close: [false; 2],
            quiet_until: u64::MAX,
        });
        let index = self.connections.len() - 1;
        self.live.push(index);
        index
    }

    /// One that stands from the start, for datagrams.
    pub(super) fn add_open(&mut self) -> usize {
        self.of_datagrams = true;
        self.add(State::Open)
    }

    pub(super) fn weather(&self) -> Weather {
        self.weather
    }

    pub(super) fn is_open_at(&self, side: usize, index: usize) -> bool {
        !self.connections[index].closed[side]
    }

    /// When a datagram arrives that leaves now; `overtakes` is the share of those that are held up.
    pub(super) fn arrival(&mut self, overtakes: u8) -> u64 {
        let held_up = self.chance(overtakes);
        let at = self.now + self.delay();
        self.quiet_until = self.quiet_until.min(at);
        if held_up {
            return at + 3 * self.delay();
        }
        self.last_datagram = self.last_datagram.max(at);
        self.last_datagram
    }

    /// A datagram has come over a connection.
    pub(super) fn announce(&mut self, side: usize, index: usize) {
        if side == SERVER {
            self.backlog_edge = true;
        } else {
            self.mark(side, index);
        }
    }

    /// A socket that found no room is told when there is some.
    pub(super) fn relieve_later(&mut self, side: usize, index: usize) {
        let at = self.now + self.delay();
        self.await_arrival(index, at);
        let pipe = &mut self.connections[index].pipes[side];
        (pipe.writer_waits, pipe.relieved_at) = (true, Some(at));
    }

    fn settle(&mut self, index: usize, refused: bool) {
        self.mark(CLIENT, index);
        let connection = &mut self.connections[index];
        if refused {
            connection.state = State::Refused;
            return;
        }
        connection.state = State::Open;
        self.backlog.push_back(index);
        self.backlog_edge = true;
    }

    /// True when the connection was refused.
    pub(crate) fn is_refused(&self, index: usize) -> bool {
        self.connections[index].state == State::Refused
    }

    pub(crate) fn accept(&mut self) -> Option<usize> {
        self.backlog.pop_front()
    }

    pub(crate) fn stop_listening(&mut self) {
        self.listening = false;
    }

    pub(crate) fn attach(&mut self, side: usize, index: usize, slot: usize, wants_write: bool) {
        self.connections[index].slots[side] = Some(slot);
        self.watch(side, index, wants_write);
    }

    /// What holds is announced once more.
    pub(crate) fn watch(&mut self, side: usize, index: usize, wants_write: bool) {
        self.connections[index].wants_write[side] = wants_write;
        self.mark(side, index);
    }

    pub(crate) fn read(&mut self, side: usize, index: usize, room: &mut [u8]) -> Result<usize> {
        if self.chance(self.weather.interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        let capacity = self.weather.capacity;
        let connection = &mut self.connections[index];
        let pipe = &mut connection.pipes[1 - side];
        if pipe.arrived > 0 {
            let count = pipe.take(room);
            if pipe.writer_waits && pipe.held() <= capacity - capacity / 3 {
                pipe.writer_waits = false;
                self.mark(1 - side, index);
            }
            return Ok(count);
        }
        match connection.state {
            State::Reset => Err(ErrorKind::ConnectionReset.into()),
            State::Connecting(..) | State::Refused => Err(ErrorKind::NotConnected.into()),
            State::Open if pipe.end_arrived => Ok(0),
            State::Open => Err(ErrorKind::WouldBlock.into()),
        }
    }

    pub(crate) fn write(&mut self, side: usize, index: usize, parts: &[&[u8]]) -> Result<usize> {
        if self.chance(self.weather.interrupted) {
            return Err(ErrorKind::Interrupted.into());
        }
        let (refused, reset) = (self.chance(self.weather.refused), self.chance(self.weather.reset));
        let (delay, relief) = (self.delay(), self.delay());
        let now = self.now;
        let connection = &mut self.connections[index];
        let pipe = &mut connection.pipes[side];
        match connection.state {
            State::Reset => return Err(ErrorKind::ConnectionReset.into()),
            State::Connecting(..) | State::Refused => return Err(ErrorKind::NotConnected.into()),
            State::Open if pipe.end_sent => return Err(ErrorKind::BrokenPipe.into()),
            State::Open => {}
        }
        let room = self.weather.capacity.saturating_sub(pipe.held());
        let wanted: usize = parts.iter().map(|part| part.len()).sum();
        if wanted == 0 {
            return Ok(0);
        }
        let no_room = if self.of_packets { room < wanted } else { room == 0 };
        if no_room || refused {
            pipe.writer_waits = true;
            pipe.relieved_at = refused.then_some(now + relief);
            if refused {
                self.await_arrival(index, now + relief);
            }
            return Err(ErrorKind::WouldBlock.into());
        }
        let count = wanted.min(room);
        let mut left = count;
        for part in parts {
            let taken = &part[..left.min(part.len())];
            pipe.bytes.extend(taken);
            left -= taken.len();
        }
        // As in the kernel: who got less than it wanted is told when there is room.
        pipe.writer_waits |= count < wanted;
        self.fly(side, index, delay, count);
        if reset {
            self.reset(index);
        }
        Ok(count)
    }

    /// Sends the last `count` bytes on their way, in pieces.
    fn fly(&mut self, side: usize, index: usize, delay: u64, count: usize) {
        let mut at = self.now + delay;
        self.await_arrival(index, at);
        let mut rest = count;
        while rest > 0 {
            let is_cut = self.weather.largest_piece != usize::MAX && !self.of_packets;
            let most = if is_cut { rest.min(self.weather.largest_piece) } else { rest };
            let len = if is_cut { 1 + self.below(most as u64) as usize } else { most };
            let pipe = &mut self.connections[index].pipes[side];
            at = at.max(pipe.flying.back().map_or(0, |last| last.0));
            pipe.flying.push_back((at, Some(len)));
            rest -= len;
            at += self.below(self.weather.longest_delay);
        }
    }

    pub(crate) fn shutdown_write(&mut self, side: usize, index: usize) {
        let at = self.now + self.delay();
        self.await_arrival(index, at);
        let connection = &mut self.connections[index];
        let pipe = &mut connection.pipes[side];
        if !pipe.end_sent && connection.state == State::Open {
            pipe.end_sent = true;
            let at = at.max(pipe.flying.back().map_or(0, |last| last.0));
            pipe.flying.push_back((at, None));
        }
    }

    pub(crate) fn reset_on_close(&mut self, side: usize, index: usize) {
        self.connections[index].resets_on_close[side] = true;
    }

    pub(crate) fn close(&mut self, side: usize, index: usize) {
        let at = self.now + self.delay();
        self.await_arrival(index, at);
        let connection = &mut self.connections[index];
        connection.closed[side] = true;
        connection.slots[side] = None;
        if self.of_datagrams {
            return;
        }
        // Who leaves bytes unread tells its peer so.
        let left = connection.pipes[1 - side].arrived;
        self.left_unread[side] += left;
        let unread = left > 0;
        if connection.state == State::Open && (unread || connection.resets_on_close[side]) {
            connection.reset_at[1 - side] = Some(at);
            if connection.resets_on_close[side] {
                connection.pipes[side].lose_flying();
            }
            return;
        }
        self.shutdown_write(side, index);
    }

    /// Nobody wished it: what is on its way is gone, and both sides hear of it.
    fn reset(&mut self, index: usize) {
        let connection = &mut self.connections[index];
        connection.state = State::Reset;
        connection.edge = [true; 2];
        connection.pipes.iter_mut().for_each(Pipe::lose_flying);
        self.edges = [true; 2];
        self.backlog.retain(|waiting| *waiting != index);
    }

    /// Lets everything arrive that is due.
    pub(crate) fn deliver(&mut self) {
        if self.now < self.quiet_until {
            return;
        }
        self.deliver_datagrams(self.now);
        let mut next = self.next_datagram().unwrap_or(u64::MAX);
        let mut place = 0;
        while let Some(index) = self.live.get(place).copied() {
            if self.connections[index].quiet_until <= self.now {
                self.deliver_over(index);
                let connection = &mut self.connections[index];
                connection.quiet_until = connection.next_arrival();
            }
            let connection = &self.connections[index];
            next = next.min(connection.quiet_until);
            if connection.is_over() {
                self.live.remove(place);
            } else {
                place += 1;
            }
        }
        self.quiet_until = next;
    }

    /// Lets everything arrive that is due over a connection.
    fn deliver_over(&mut self, index: usize) {
        if let State::Connecting(at, refused) = self.connections[index].state
            && at <= self.now
        {
            self.settle(index, refused);
        }
        let connection = &mut self.connections[index];
        if connection.reset_at.iter().flatten().any(|at| *at <= self.now) {
            connection.reset_at = [None; 2];
            self.reset(index);
            return;
        }
        let mut answered_by_reset = false;
        for writer in [CLIENT, SERVER] {
            let pipe = &mut connection.pipes[writer];
            while pipe.flying.front().is_some_and(|next| next.0 <= self.now) {
                let Some((_, count)) = pipe.flying.pop_front() else { break };
                match count {
                    None => pipe.end_arrived = true,
                    Some(_) if connection.closed[1 - writer] => answered_by_reset = true,
                    Some(count) => {
                        pipe.arrived += count;
                        if self.of_packets {
                            pipe.packets.push_back(count);
                        }
                    }
                }
                connection.edge[1 - writer] = true;
                self.edges[1 - writer] = true;
            }
            if pipe.relieved_at.is_some_and(|at| at <= self.now) {
                pipe.relieved_at = None;
                // Where there is no room besides, the reader makes some.
                if pipe.held() < self.weather.capacity {
                    pipe.writer_waits = false;
                    connection.edge[writer] = true;
                    self.edges[writer] = true;
                }
            }
        }
        if answered_by_reset {
            self.reset(index);
        }
    }

    /// Nothing arrives before this time; `None`: nothing is on its way.
    pub(crate) fn next_arrival(&self) -> Option<u64> {
        (self.quiet_until != u64::MAX).then_some(self.quiet_until)
    }

    /// Takes what is to be announced to a side, slot by slot; true: somebody waits to be accepted.
    pub(crate) fn take_events(
        &mut self,
        side: usize,
        events: &mut Vec<(usize, Readiness)>,
    ) -> bool {
        events.clear();
        let backlog = side == SERVER && std::mem::take(&mut self.backlog_edge);
        if !std::mem::take(&mut self.edges[side]) {
            return backlog;
        }
        let has_datagrams = |index: usize| side == CLIENT && self.datagrams.is_at_client(index);
        for index in self.live.iter().copied() {
            let connection = &mut self.connections[index];
            let Some(slot) = connection.slots[side] else { continue };
            if !std::mem::take(&mut connection.edge[side]) {
                continue;
            }
            let (incoming, outgoing) = (&connection.pipes[1 - side], &connection.pipes[side]);
            let over = matches!(connection.state, State::Reset | State::Refused);
            let stands = connection.state == State::Open;
            let has_room = stands && outgoing.held() < self.weather.capacity;
            let readiness = Readiness {
                readable: incoming.arrived > 0
                    || incoming.end_arrived
                    || over
                    || has_datagrams(index),
                writable: connection.wants_write[side] && (has_room || over),
                read_closed: incoming.end_arrived || over,
                write_closed: over || incoming.end_arrived && outgoing.end_sent,
            };
            if readiness.readable || readiness.writable {
                events.push((slot, readiness));
            }
        }
        backlog
    }

    /// A read of the only socket that a side waits for would find something.
    pub(crate) fn has_come(&self, side: usize, lone: Lone) -> bool {
        let Lone::Connection(slot) = lone else { return self.datagrams.is_at_server() };
        self.live.iter().any(|index| {
            let connection = &self.connections[*index];
            let incoming = &connection.pipes[1 - side];
            let over = matches!(connection.state, State::Reset | State::Refused);
            connection.slots[side] == Some(slot)
                && (incoming.arrived > 0
                    || incoming.end_arrived
                    || over
                    || side == CLIENT && self.datagrams.is_at_client(*index))
        })
    }

    /// True when a side has something to be told.
    pub(crate) fn has_events(&mut self, side: usize) -> bool {
        if self.bells[side] || side == SERVER && self.backlog_edge {
            return true;
        }
        // Of connections that the side does not have, nothing is told.
        let is_told = |index: &usize| {
            let connection = &self.connections[*index];
            connection.slots[side].is_some() && connection.edge[side]
        };
        self.edges[side] = self.edges[side] && self.live.iter().any(is_told);
        self.edges[side]
    }

    /// Endpoints that a side has and did not close.
    pub(crate) fn open_endpoints(&self, side: usize) -> usize {
        self.connections.iter().filter(|one| one.slots[side].is_some()).count()
    }
}

/// What nobody can do here.
pub(crate) fn unsupported() -> Error {
    ErrorKind::Unsupported.into()
}
