//! What the server does: accept, and answer.

mod peers;

pub(crate) use peers::{Peers, Sender};

use crate::config::Bounds;
use crate::core::Core;
use crate::handler::{Handler, HookError};
use crate::machine::{Event, Failure, Side};
use crate::port::{Accepted, Port};
use crate::session::Lifecycle;
use wirebench_ledger::{Admissions, Directory};
use wirebench_scenario::SessionPolicy;
use wirebench_text::plural;

/// How soon a server that could not accept tries again, in nanoseconds.
const TRY_AGAIN: u64 = 50_000_000;

/// The server's own state.
pub(crate) struct Server {
    listener: ListenerState,
    /// Sessions that are taken although nobody announced them, in rounds without a ledger.
    limits: Option<Bounds>,
    came: u64,
    /// What the client hears of them.
    admissions: Admissions,
    /// Accepting failed for want of something that others may give back.
    lacking: bool,
    /// The supervisor knows that there is nothing left to do.
    told: bool,
}

/// How peers come in.
enum ListenerState {
    /// Each by a connection, which is accepted.
    Listener(Directory),
    /// All by the side's only socket, each with its datagrams.
    Open(Box<Peers>),
    /// No longer.
    Closed,
}

impl Server {
    /// One that listens already.
    pub(crate) fn new<P: Port>(core: &mut Core<P>, limits: Option<Bounds>) -> Self {
        let directory = match limits {
            Some(_) => Directory::open(core.records.peer().clone()),
            None => Directory::new(core.records.peer().clone()),
        };
        let listener = match &mut core.datagrams {
            None => ListenerState::Listener(directory),
            Some(datagrams) => {
                datagrams.set_longest(core.port.longest_datagram());
                let load = &core.settings.load;
                let open = match (&limits, load.session) {
                    (Some(limits), _) => limits.most_sessions / 2,
                    (None, SessionPolicy::Keep) => load.connections,
                    (None, SessionPolicy::PerExchange) => {
                        load.connections.saturating_mul(load.in_flight)
                    }
                };
                ListenerState::Open(Box::new(Peers::new(directory, open as usize)))
            }
        };
        let admissions = Admissions::new(core.records.own().clone());
        Self { listener, limits, came: 0, admissions, lacking: false, told: false }
    }

    /// Accepts everything that waits; over datagrams, hears it.
    pub(crate) fn accept_all<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), HookError> {
        self.lacking = false;
        loop {
            let directory = match &mut self.listener {
                ListenerState::Listener(directory) => directory,
                ListenerState::Open(peers) => return side.receive_from_peers(peers),
                ListenerState::Closed => return Ok(()),
            };
            let (endpoint, key) = match side.core.port.accept() {
                Accepted::Peer(endpoint, key) => (endpoint, key),
                Accepted::Nobody => return Ok(()),
                Accepted::Again => continue,
                Accepted::Failed(why) => {
                    side.core.stats.error("accept", 1, || why);
                    self.lacking = self.limits.is_some();
                    return Ok(());
                }
            };
            // A server alone takes whoever comes, with or without a name.
            let most = self.limits.as_ref().map(|limits| limits.most_sessions as usize);
            if let Some(most) = most.filter(|most| side.core.open_count() >= *most) {
                let noun = plural(most as u64, "session");
                let why = || format!("at most {most} {noun} at a time: no more are taken");
                side.core.stats.error("accept", 1, why);
                continue;
            }
            let key = if most.is_some() { Some(key.unwrap_or(0)) } else { key };
            // Only the client of this round has announced itself; anyone else is not our business.
            let Some(id) = key.and_then(|key| directory.take(key)) else {
                side.core.records.announcements_are(directory.broken().is_some());
                side.core.stats.error("accept", 1, || "a connection nobody announced".to_owned());
                continue;
            };
            self.came += 1;
            self.admissions.admit();
            if self.limits.as_ref().and_then(|limits| limits.sessions) == Some(self.came) {
                self.drain(&mut side.core);
            }
            match side.core.add(id, endpoint, Lifecycle::open()) {
                Ok(slot) => side.open(slot)?,
                Err(error) => side.core.stats.error("accept", 1, || error),
            }
        }
    }

    /// What was wrong with the announcements of the other side, if something was.
    #[inline]
    pub(crate) fn broken(&self) -> Option<&str> {
        match &self.listener {
            ListenerState::Listener(directory) => directory.broken(),
            ListenerState::Open(peers) => peers.broken(),
            ListenerState::Closed => None,
        }
    }

    /// Takes no more sessions. (Datagrams of those that are open go on coming in by the same door.)
    #[inline]
    pub(crate) fn drain<P: Port>(&mut self, core: &mut Core<P>) {
        if let ListenerState::Listener(_) = &self.listener {
            core.port.stop_accepting();
            self.listener = ListenerState::Closed;
        }
    }

    /// What a turn of the loop asks of a server alone.
    pub(crate) fn act<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<Option<Event>, Failure> {
        if !side.core.alone {
            return Ok(None);
        }
        if self.lacking {
            self.accept_all(side)?;
        }
        side.core.settle_half_closed();
        side.core.end_idle();
        // A session that ends with this turn's flush must not be waited for.
        side.core.flush_dirty();
        if matches!(self.listener, ListenerState::Closed)
            && !self.told
            && side.core.open_count() == 0
        {
            self.told = true;
            return Ok(Some(Event::Drained));
        }
        Ok(None)
    }

    /// When `act` wants to be called at the latest.
    #[inline]
    pub(crate) fn next_deadline<P: Port>(&self, core: &Core<P>) -> u64 {
        let again = if self.lacking { core.port.now() + TRY_AGAIN } else { u64::MAX };
        again.min(core.guests.next_look(core.open_count() > 0))
    }
}
