//! How the client gets its connections, and when it gives up on them.

use crate::client::open::OpenLoop;
use crate::client::{Client, ClientState, Phase};
use crate::config::Attribution;
use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Event, Failure, Side};
use crate::port::{Connected, Connecting, Port};
use crate::session::Lifecycle;
use wirebench_measure::{NO_PORT, Unconnected, is_of_hook};
use wirebench_scenario::{SessionPolicy, Unreachable, Until};

/// Connections that may fail or be closed by the server in one round before it is given up.
const MAX_RECONNECTS: u32 = 10_000;

/// Connections that may be lost again before the round has started: a handler that fails in `open`
/// would fail for ever.
const MAX_LOST_EARLY: u32 = 100;

/// How soon a failed attempt to connect is repeated, in nanoseconds.
const TRY_AGAIN: u64 = 1_000_000;

/// The same where no port is free: looking for one takes long then.
const LOOK_FOR_PORTS_AGAIN: u64 = 10_000_000;

/// Connections begun in one turn: what has come for the others must not wait for all of them.
const MAX_A_TURN: u32 = 64;

/// A connection that stands sooner has not been asked for twice, in nanoseconds.
const SENT_AGAIN_FROM: u64 = 500_000_000;

/// What came of an attempt to connect.
enum Attempt {
    /// The connection stands, or is under way.
    Begun,
    /// It is to be repeated after so many nanoseconds.
    Later(u64),
}

impl Client {
    pub(crate) fn await_connections<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        until: u64,
    ) -> Result<Option<Event>, Failure> {
        let keep = side.core.settings.load.session == SessionPolicy::Keep;
        let wanted = if keep { self.target_connections as usize } else { 0 };
        // As long as some are still to be begun they are not counted: a turn of thousands must not cost what
        // all of them together do.
        let all = side.core.open_count() >= wanted && side.core.standing() >= wanted;
        if all || self.has_been_met(side, wanted) {
            self.end_opening(&mut side.core);
            self.phase = Phase::Connected;
            return Ok(Some(Event::Connected));
        }
        let now = side.core.port.now();
        let when = if self.lost_early > MAX_LOST_EARLY && now >= self.patient_until {
            match side.core.alone {
                true => format!("after {} attempts", self.lost_early),
                false => format!("when {} had been lost again", self.lost_early),
            }
        } else if now >= until {
            "when time was up".to_owned()
        } else {
            return Ok(None);
        };
        let address = side.core.port.target();
        let open = side.core.standing();
        let mut error =
            format!("only {open} of {wanted} connections to {address} were open {when}");
        let first = side.core.stats.first_error();
        if let Some(first) = first {
            error = format!("{error}: {}", first.first);
        }
        let plugin = first.is_some_and(|first| is_of_hook(&first.kind));
        let attribution = if plugin { Attribution::Plugin } else { Attribution::Machine };
        Err(Failure { attribution, error })
    }

    /// A server that is not ours has taken as many connections as there are to be, and ended some of
    /// them again: that is what is to be measured. A handler of ours that fails is not.
    fn has_been_met<P: Port, H: Handler<Core<P>>>(&self, side: &Side<P, H>, wanted: usize) -> bool {
        let by_hook = side.core.stats.first_error().is_some_and(|first| is_of_hook(&first.kind));
        side.core.alone
            && !by_hook
            && self.stood as usize >= wanted
            && side.core.port.now() >= self.patient_until
    }

    /// No connection is opened before this time.
    #[inline]
    pub(crate) fn opens_at<P: Port>(&self, core: &Core<P>) -> u64 {
        let patience =
            core.client.as_ref().map_or(0, |client_state| client_state.patience.opens_at_ns());
        self.open_from.max(patience)
    }

    /// A connection to a server that is not ours has been refused while the load is on.
    fn was_refused<P: Port>(&self, core: &mut Core<P>) {
        let now = core.port.now();
        if core.alone
            && self.phase == Phase::Running
            && let Some(client_state) = &mut core.client
        {
            client_state.patience.in_vain(now);
        }
    }

    pub(crate) fn open_connections<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        if side.core.port.now() < self.opens_at(&side.core) {
            return Ok(());
        }
        for _ in 0..self.room_to_open(&side.core, self.to_open.min(MAX_A_TURN)) {
            if self.has_started_enough(side) {
                self.to_open = 0;
                return Ok(());
            }
            if self.opens_when_due(&side.core) && self.has_no_backlog() {
                return Ok(());
            }
            let fruitful = side
                .core
                .client
                .as_ref()
                .map_or(0, |client_state| client_state.patience.fruitful());
            let in_vain = self.reconnects.saturating_sub(fruitful) > MAX_RECONNECTS;
            if in_vain && side.core.settings.unreachable == Unreachable::No {
                return Err(format!(
                    "more than {MAX_RECONNECTS} connections failed or were closed by the server"
                )
                .into());
            }
            if let Attempt::Later(wait) = self.open_one(side)? {
                self.open_from = side.core.port.now() + wait;
                return Ok(());
            }
            self.to_open -= 1;
        }
        Ok(())
    }

    /// True when a connection of its own for one more exchange would be one too many.
    fn has_started_enough<P: Port, H: Handler<Core<P>>>(&self, side: &Side<P, H>) -> bool {
        let load = &side.core.settings.load;
        let counted = matches!(load.until, Until::Messages(count) if self.measured_starts >= count);
        self.open.is_none() && counted && load.session == SessionPolicy::PerExchange
    }

    /// Starts one connection.
    fn open_one<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<Attempt, Failure> {
        let core = &mut side.core;
        let begun_ns = core.port.now();
        let session = self.next_session;
        self.next_session += 1;
        let (endpoint, stands) = match core.port.connect(session) {
            Connecting::Begun { endpoint, stands } => (endpoint, stands),
            Connecting::Busy => {
                // A queue that is full for a moment is waited for, as long as an answer would be.
                let since = *self.busy_since.get_or_insert(begun_ns);
                let waits = begun_ns.saturating_sub(since) < core.settings.load.timeout_ns;
                if waits && core.settings.unreachable == Unreachable::No {
                    note_attempt(core, Some(Unconnected::BacklogFull));
                    return Ok(Attempt::Later(TRY_AGAIN));
                }
                self.busy_since = None;
                self.was_refused(core);
                let why = || "the listener's queue is full".to_owned();
                core.stats.error("connect", 1, why);
                self.ended_in_vain(core, session, begun_ns, Unconnected::BacklogFull);
                return Ok(Attempt::Later(TRY_AGAIN));
            }
            Connecting::Refused(how, why) => {
                self.reconnects += 1;
                self.was_refused(core);
                // Nobody may be there at all, and then waiting longer helps nothing.
                self.lost_early += u32::from(core.alone);
                core.stats.error("connect", 1, || why);
                self.ended_in_vain(core, session, begun_ns, how);
                return Ok(Attempt::Later(TRY_AGAIN));
            }
            Connecting::NoPort => {
                let port = &core.port;
                core.stats.error(NO_PORT, 1, || port.no_free_port());
                return Ok(Attempt::Later(LOOK_FOR_PORTS_AGAIN));
            }
            Connecting::Impossible(why) => return Err(why.into()),
        };
        self.busy_since = None;
        note_attempt(core, None);
        if let Some(datagrams) = &mut core.datagrams {
            datagrams.set_longest(core.port.longest_datagram());
        }
        let slot = core.add(session, endpoint, Lifecycle::connecting())?;
        let per_exchange = core.settings.load.session == SessionPolicy::PerExchange;
        if let (Some(connection), Some(client_state)) = (core.table.get_mut(slot), &mut core.client)
        {
            connection.begin(begun_ns);
            if per_exchange {
                let (token, measured) =
                    start_connection(client_state, self.open.as_deref_mut(), session, begun_ns);
                self.measured_starts += u64::from(measured);
                connection.open_for(token);
            }
        }
        if stands {
            self.connected(side, slot)?;
        }
        Ok(Attempt::Begun)
    }

    /// An attempt has failed at once. In per-exchange sessions it was that of an exchange, which ends with it,
    /// as it does where the failure is told later.
    fn ended_in_vain<P: Port>(
        &mut self,
        core: &mut Core<P>,
        session: u32,
        begun_ns: u64,
        how: Unconnected,
    ) {
        note_attempt(core, Some(how));
        if core.settings.load.session != SessionPolicy::PerExchange {
            return;
        }
        let Some(client_state) = &mut core.client else { return };
        let (_, measured) =
            start_connection(client_state, self.open.as_deref_mut(), session, begun_ns);
        self.measured_starts += u64::from(measured);
        let ended = client_state.abandon(session);
        core.count_all_ended(&ended);
    }

    /// A connect call has come to its end.
    pub(crate) fn connected<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        slot: usize,
    ) -> Result<(), Failure> {
        let core = &mut side.core;
        if matches!(self.phase, Phase::Closing { .. } | Phase::Drained) {
            // The round is over: nothing is said any more.
            core.remove(slot);
            return Ok(());
        }
        match core.port.connected(slot) {
            Connected::Stands => {}
            Connected::Refused(how, why) => {
                self.reconnects += 1;
                self.was_refused(core);
                self.open_from = core.port.now() + TRY_AGAIN;
                note_failure(core, slot, how);
                core.fail(slot, "connect", &why);
                return Ok(());
            }
            Connected::ToItself => {
                self.reconnects += 1;
                self.lost_early += 1;
                self.open_from = core.port.now() + TRY_AGAIN;
                note_failure(core, slot, Unconnected::Refused);
                core.fail(slot, "connect", "nobody listens there");
                return Ok(());
            }
        }
        let Some(connection) = core.table.get_mut(slot) else { return Ok(()) };
        connection.lifecycle_mut().stands();
        self.stood = self.stood.saturating_add(1);
        let (id, opened_for) = (connection.id(), connection.opened_for());
        if let Some(client_state) = &mut core.client {
            client_state.connects.stood += 1;
            let took_ns = core.port.now().saturating_sub(connection.begun_ns());
            client_state.times.connect.record(took_ns);
            // Asked only where it can be: the kernel waits a second before it sends anything again.
            if took_ns >= SENT_AGAIN_FROM && core.port.was_sent_again(slot) {
                client_state.connects.sent_again += 1;
            }
        }
        core.flush(slot);
        side.open(slot)?;
        match opened_for {
            Some(token) => side.start(slot, id, token)?,
            None => {
                let core = &mut side.core;
                if core.table.get(slot).is_some()
                    && let Some(client_state) = &mut core.client
                {
                    client_state.freed.insert(slot);
                }
            }
        }
        Ok(())
    }
}

/// An exchange starts with the connection that is its own; true: in the measured part.
fn start_connection(
    client_state: &mut ClientState,
    open: Option<&mut OpenLoop>,
    session: u32,
    begun_ns: u64,
) -> (u64, bool) {
    match open {
        Some(open) => {
            let intended_ns = open.take_connection().unwrap_or(begun_ns);
            client_state.start_connection(session, intended_ns, begun_ns)
        }
        None => {
            let measured = client_state.window.start(begun_ns);
            (client_state.table.start(session, begun_ns, measured).0, measured)
        }
    }
}

/// One more attempt; one that has failed at once has ended like this.
fn note_attempt<P: Port>(core: &mut Core<P>, failed: Option<Unconnected>) {
    let Some(client_state) = &mut core.client else { return };
    client_state.connects.begun += 1;
    if let Some(how) = failed {
        client_state.connects.end(how);
    }
}

/// The connect call of a slot, which is about to be given up, has failed like this.
fn note_failure<P: Port>(core: &mut Core<P>, slot: usize, how: Unconnected) {
    if let Some(connection) = core.table.get_mut(slot) {
        connection.is_unconnected(how);
    }
}
