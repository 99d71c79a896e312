//! How the client gets its connections, and when it gives up on them.

use super::client::{Client, Phase, tell};
use super::connection::{Endpoint, Stage};
use super::control::Control;
use super::core::Core;
use super::spec::{Blame, Word};
use super::turn::{Failure, Side};
use crate::host::limits;
use crate::measure::{NO_PORT, is_of_hook};
use crate::net::socket::{
    Address, connect, is_connected_to_itself, lacks_port, prepare, prepare_alone,
};
use crate::net::sources::no_free_port;
use crate::scenario::{SessionPolicy, Until};
use socket2::Socket;
use std::io;

/// Connections that may fail or be closed by the server in one round before it is given up.
const MOST_RECONNECTS: u32 = 10_000;

/// Connections that may be lost again before the round has started: a handler that fails in `open`
/// would fail for ever.
const MOST_LOST_EARLY: u32 = 100;

/// How soon a failed attempt to connect is repeated, in nanoseconds.
const TRY_AGAIN: u64 = 1_000_000;

/// The same where no port is free: looking for one takes long then.
const LOOK_FOR_PORTS_AGAIN: u64 = 10_000_000;

/// Ports that wait after a connection and cannot be taken, tried for one connection.
const MOST_WAITING_PORTS: u32 = 64;

/// Connections begun in one turn: what has come for the others must not wait for all of them.
const MOST_A_TURN: u32 = 64;

/// What came of an attempt to connect.
enum Attempt {
    /// The connection stands, or is under way.
    Begun,
    /// It is to be repeated after so many nanoseconds.
    Later(u64),
}

impl Client {
    pub(super) fn await_connections(
        &mut self,
        side: &mut Side,
        control: &mut Control,
        until: u64,
    ) -> Result<(), Failure> {
        let keep = side.core.settings.load.session == SessionPolicy::Keep;
        let wanted = if keep { self.lanes as usize } else { 0 };
        let open = side.core.connections.iter().flatten();
        let open = open.filter(|connection| connection.stage == Stage::Open).count();
        if open >= wanted || self.has_been_met(side, wanted) {
            self.phase = Phase::Connected;
            return tell(control, &Word::Connected);
        }
        let now = side.core.clock.now();
        let when = if self.lost_early > MOST_LOST_EARLY && now >= self.patient_until {
            match side.core.alone {
                true => format!("after {} attempts", self.lost_early),
                false => format!("when {} had been lost again", self.lost_early),
            }
        } else if now >= until {
            "when time was up".to_owned()
        } else {
            return Ok(());
        };
        let address = self.address.as_ref().map(ToString::to_string).unwrap_or_default();
        let mut error =
            format!("only {open} of {wanted} connections to {address} were open {when}");
        let first = side.core.errors.first();
        if let Some(first) = first {
            error = format!("{error}: {}", first.first);
        }
        let plugin = first.is_some_and(|first| is_of_hook(&first.kind));
        let blame = if plugin { Blame::Plugin } else { Blame::Machine };
        Err(Failure { blame, error })
    }

    /// A server that is not ours has taken as many connections as there are to be, and ended some of
    /// them again: that is what is to be measured. A handler of ours that fails is not.
    fn has_been_met(&self, side: &Side, wanted: usize) -> bool {
        let by_hook = side.core.errors.first().is_some_and(|first| is_of_hook(&first.kind));
        side.core.alone
            && !by_hook
            && self.stood as usize >= wanted
            && side.core.clock.now() >= self.patient_until
    }

    /// No connection is opened before this time.
    pub(super) fn opens_at(&self, core: &Core) -> u64 {
        let patience = core.book.as_ref().map_or(0, |book| book.patience.opens_at_ns());
        self.open_from.max(patience)
    }

    /// A connection to a server that is not ours has been refused while the load is on.
    fn was_refused(&self, core: &mut Core) {
        let now = core.clock.now();
        if core.alone
            && self.phase == Phase::Running
            && let Some(book) = &mut core.book
        {
            book.patience.in_vain(now);
        }
    }

    pub(super) fn open_connections(&mut self, side: &mut Side) -> Result<(), Failure> {
        if side.core.clock.now() < self.opens_at(&side.core) {
            return Ok(());
        }
        for _ in 0..self.to_open.min(MOST_A_TURN) {
            if self.has_started_enough(side) {
                self.to_open = 0;
                return Ok(());
            }
            let fruitful = side.core.book.as_ref().map_or(0, |book| book.patience.fruitful());
            if self.reconnects.saturating_sub(fruitful) > MOST_RECONNECTS {
                return Err(format!(
                    "more than {MOST_RECONNECTS} connections failed or were closed by the server"
                )
                .into());
            }
            if let Attempt::Later(wait) = self.open_one(side)? {
                self.open_from = side.core.clock.now() + wait;
                return Ok(());
            }
            self.to_open -= 1;
        }
        Ok(())
    }

    /// True when a connection of its own for one more exchange would be one too many.
    fn has_started_enough(&self, side: &Side) -> bool {
        let load = &side.core.settings.load;
        let counted = matches!(load.until, Until::Messages(count) if self.measured_starts >= count);
        counted && load.session == SessionPolicy::PerExchange
    }

    /// Starts one connection.
    fn open_one(&mut self, side: &mut Side) -> Result<Attempt, Failure> {
        let Some(address) = self.address.clone() else { return Ok(Attempt::Later(TRY_AGAIN)) };
        let core = &mut side.core;
        let begun_ns = core.clock.now();
        let session = self.next_session;
        self.next_session += 1;
        let (socket, stands) = match self.reach(core, &address, session)? {
            Ok(reached) => reached,
            Err(wait) => return Ok(Attempt::Later(wait)),
        };
        let slot = core.add(session, Endpoint::Own(socket), Stage::Connecting)?;
        let per_exchange = core.settings.load.session == SessionPolicy::PerExchange;
        if let (Some(connection), Some(book)) = (&mut core.connections[slot], &mut core.book) {
            connection.begun_ns = begun_ns;
            if per_exchange {
                let measured = book.window.start(begun_ns);
                let token = book.table.start(session, begun_ns, measured).0;
                self.measured_starts += u64::from(measured);
                connection.opened_for = Some(token);
                connection.outstanding = 1;
                connection.judge.started(token);
            }
        }
        if stands {
            self.connected(side, slot)?;
        }
        Ok(Attempt::Begun)
    }

    /// A socket that connects, and whether it is connected already; or how long to wait until the
    /// next attempt, in nanoseconds.
    fn reach(
        &mut self,
        core: &mut Core,
        address: &Address,
        session: u32,
    ) -> Result<Result<(Socket, bool), u64>, Failure> {
        let transport = &core.settings.transport;
        for _ in 0..MOST_WAITING_PORTS {
            let prepared = if core.alone {
                prepare_alone(transport, address).map(|socket| (socket, None))
            } else {
                prepare(transport, &mut self.sources)
            };
            let (socket, key) = match prepared {
                Ok(prepared) => prepared,
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => break,
                Err(error) => {
                    let why = limits::explained(&error);
                    return Err(format!("a connection cannot be prepared: {why}").into());
                }
            };
            if let Some(datagrams) = &mut core.datagrams {
                datagrams.opens(&socket, transport)?;
            }
            if !core.alone {
                let unknown = "the client's own address has an unknown form";
                self.announcer.announce(key.ok_or_else(|| unknown.to_owned())?, session);
            }
            let error = match connect(&socket, address) {
                Ok(stands) => return Ok(Ok((socket, stands))),
                Err(error) => error,
            };
            if let Some(key) = key {
                self.announcer.withdraw(key);
            }
            if lacks_port(&error, address) {
                if core.alone {
                    break;
                }
                // The last connection from there waits, and the kernel does not let go of it.
                self.sources.leave_address();
                continue;
            }
            // A Unix listener's queue is full: it will be served.
            if error.kind() != io::ErrorKind::WouldBlock {
                self.reconnects += 1;
                self.was_refused(core);
                // Nobody may be there at all, and then waiting longer helps nothing.
                self.lost_early += u32::from(core.alone);
                let why = || format!("{address}: {}", limits::explained(&error));
                core.errors.add("connect", 1, why);
            }
            return Ok(Err(TRY_AGAIN));
        }
        core.errors.add(NO_PORT, 1, no_free_port);
        Ok(Err(LOOK_FOR_PORTS_AGAIN))
    }

    /// A connect call has come to its end.
    pub(super) fn connected(&mut self, side: &mut Side, slot: usize) -> Result<(), Failure> {
        let core = &mut side.core;
        if matches!(self.phase, Phase::Closing { .. } | Phase::Drained) {
            // The round is over: nothing is said any more.
            core.remove(slot);
            return Ok(());
        }
        let Some(connection) = &mut core.connections[slot] else { return Ok(()) };
        if let Some(Ok(Some(error))) = connection.socket().map(Socket::take_error) {
            self.reconnects += 1;
            self.was_refused(core);
            self.open_from = core.clock.now() + TRY_AGAIN;
            core.fail(slot, "connect", &error.to_string());
            return Ok(());
        }
        if connection.socket().is_some_and(is_connected_to_itself) {
            self.reconnects += 1;
            self.lost_early += 1;
            self.open_from = core.clock.now() + TRY_AGAIN;
            core.fail(slot, "connect", "nobody listens there");
            return Ok(());
        }
        connection.stage = Stage::Open;
        self.stood = self.stood.saturating_add(1);
        let (id, opened_for) = (connection.id, connection.opened_for);
        if let Some(book) = &mut core.book {
            book.times.connect.record(core.clock.now().saturating_sub(connection.begun_ns));
        }
        core.flush(slot);
        side.open(slot)?;
        match opened_for {
            Some(token) => side.start(slot, id, token)?,
            None => {
                let core = &mut side.core;
                if let (Some(book), Some(connection)) =
                    (&mut core.book, &mut core.connections[slot])
                {
                    book.free(slot, connection);
                }
            }
        }
        Ok(())
    }
}
