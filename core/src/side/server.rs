//! What the server does: accept, and answer.

use super::connection::{Endpoint, Stage};
use super::control::Control;
use super::core::{Core, FIRST_CONNECTION};
use super::idle::Idle;
use super::peers::Peers;
use super::spec::{Alone, SideSpec, Word};
use super::turn::{Failure, Side};
use crate::host::{HookError, limits};
use crate::ledger::Directory;
use crate::net::socket::{Address, SHORTER_TMPDIR, accept, lacks_room, listen, wanted};
use crate::scenario::SessionPolicy;
use crate::text::{path as shown, plural};
use mio::unix::SourceFd;
use mio::{Interest, Token};
use socket2::Socket;
use std::io;
use std::os::fd::AsRawFd;

/// The listening socket's token.
pub(super) const LISTENER: Token = Token(1);
const _: () = assert!(LISTENER.0 < FIRST_CONNECTION);

/// How soon a server that could not accept tries again, in nanoseconds.
const TRY_AGAIN: u64 = 50_000_000;

/// The server's own state.
pub(super) struct Server {
    door: Door,
    /// Sessions that are taken although nobody announced them, in rounds without a ledger.
    limits: Option<Alone>,
    came: u64,
    /// Accepting failed for want of something that others may give back.
    lacking: bool,
    /// The supervisor knows that there is nothing left to do.
    told: bool,
}

/// How peers come in.
enum Door {
    /// Each by a connection, which is accepted.
    Listener(Socket, Directory),
    /// All by the side's only socket, each with its datagrams.
    Open(Box<Peers>),
    /// No longer.
    Closed,
}

/// Why a server cannot listen, and what helps. The address is `given` by the user, or our own choice.
fn why_not(error: &io::Error, place: &Address, alone: bool, given: bool) -> String {
    let too_long = match place {
        Address::Path(path) => lacks_room(path),
        Address::Ip(_) => None,
    };
    if let Some(why) = too_long {
        let shorter = if given { "choose a shorter one" } else { SHORTER_TMPDIR };
        return format!("{why}: {shorter}");
    }
    let hint = match (error.kind(), place) {
        (io::ErrorKind::AddrInUse, Address::Path(_)) => {
            "; another program listens there, or its file is left: choose another path, or remove it"
        }
        (io::ErrorKind::AddrInUse, _) if alone => {
            "; another program listens there: choose another address, or port 0 for any that is free"
        }
        (io::ErrorKind::AddrInUse, _) => {
            "; another program listens there: choose another `transport.port`, or 0"
        }
        (io::ErrorKind::PermissionDenied, Address::Ip(_)) => "; ports below 1024 need privileges",
        (io::ErrorKind::PermissionDenied, _) => "; choose a folder that may be written to",
        (io::ErrorKind::NotFound, Address::Path(_)) => "; there is no such folder",
        (io::ErrorKind::AddrNotAvailable, _) => "; this machine has no such address",
        _ => "",
    };
    format!("{}{hint}", limits::explained(error))
}

impl Server {
    /// Listens; returns where.
    pub(super) fn start(core: &mut Core, spec: &SideSpec) -> Result<(Self, Address), String> {
        let transport = &core.settings.transport;
        let listen_at = spec.alone.as_ref().and_then(|alone| alone.listen.clone());
        let is_given = listen_at.is_some();
        let (at, path) = match listen_at {
            Some(Address::Ip(address)) => (Some(address), spec.socket_path.clone()),
            Some(Address::Path(path)) => (None, path),
            None => (None, spec.socket_path.clone()),
        };
        let (listener, address) = listen(transport, &path, at).map_err(|error| {
            let place = wanted(transport, &path, at);
            let why = why_not(&error, &place, spec.alone.is_some(), is_given);
            let place = match &place {
                Address::Ip(address) => address.to_string(),
                Address::Path(path) => shown(path),
            };
            format!("the server cannot listen on {place}: {why}")
        })?;
        core.registry
            .register(&mut SourceFd(&listener.as_raw_fd()), LISTENER, Interest::READABLE)
            .map_err(|error| format!("the listening socket cannot be watched: {error}"))?;
        let limits = spec.alone.clone();
        let directory = match limits {
            Some(_) => Directory::open(core.peer.clone()),
            None => Directory::new(core.peer.clone()),
        };
        let door = match &mut core.datagrams {
            None => Door::Listener(listener, directory),
            Some(datagrams) => {
                datagrams.opens(&listener, transport)?;
                datagrams.shared = Some(listener);
                let load = &core.settings.load;
                let open = match (&limits, load.session) {
                    (Some(limits), _) => limits.most_sessions / 2,
                    (None, SessionPolicy::Keep) => load.connections,
                    (None, SessionPolicy::PerExchange) => {
                        load.connections.saturating_mul(load.in_flight)
                    }
                };
                Door::Open(Box::new(Peers::new(directory, open as usize)))
            }
        };
        Ok((Self { door, limits, came: 0, lacking: false, told: false }, address))
    }

    /// Accepts everything that waits; over datagrams, hears it.
    pub(super) fn accept_all(side: &mut Side, server: &mut Self) -> Result<(), HookError> {
        server.lacking = false;
        loop {
            let (listener, directory) = match &mut server.door {
                Door::Listener(listener, directory) => (listener, directory),
                Door::Open(peers) => return side.hear_peers(peers),
                Door::Closed => return Ok(()),
            };
            let (socket, key) = match accept(listener, &side.core.settings.transport) {
                Ok(accepted) => accepted,
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
                Err(error)
                    if matches!(
                        error.kind(),
                        io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted
                    ) =>
                {
                    continue;
                }
                Err(error) => {
                    side.core.errors.add("accept", 1, || limits::explained(&error));
                    server.lacking = server.limits.is_some();
                    return Ok(());
                }
            };
            // A server alone takes whoever comes, with or without a name.
            let most = server.limits.as_ref().map(|limits| limits.most_sessions as usize);
            if let Some(most) = most.filter(|most| side.core.open_count() >= *most) {
                let noun = plural(most as u64, "session");
                let why = || format!("at most {most} {noun} at a time: no more are taken");
                side.core.errors.add("accept", 1, why);
                continue;
            }
            let key = if most.is_some() { Some(key.unwrap_or(0)) } else { key };
            // Only the client of this round has announced itself; anyone else is not our business.
            let Some(id) = key.and_then(|key| directory.take(key)) else {
                side.core.comes_announced = directory.broken().is_none();
                side.core.errors.add("accept", 1, || "a connection nobody announced".to_owned());
                continue;
            };
            server.came += 1;
            if server.limits.as_ref().and_then(|limits| limits.sessions) == Some(server.came) {
                server.drain(&side.core);
            }
            match side.core.add(id, Endpoint::Own(socket), Stage::Open) {
                Ok(slot) => side.open(slot)?,
                Err(error) => side.core.errors.add("accept", 1, || error),
            }
        }
    }

    /// What was wrong with the announcements of the other side, if something was.
    pub(super) fn broken(&self) -> Option<&str> {
        match &self.door {
            Door::Listener(_, directory) => directory.broken(),
            Door::Open(peers) => peers.broken(),
            Door::Closed => None,
        }
    }

    /// Takes no more sessions. (Datagrams of those that are open go on coming in by the same door.)
    pub(super) fn drain(&mut self, core: &Core) {
        if let Door::Listener(listener, _) = &self.door {
            let _ = core.registry.deregister(&mut SourceFd(&listener.as_raw_fd()));
            self.door = Door::Closed;
        }
    }

    /// What a turn of the loop asks of a server alone.
    pub(super) fn act(&mut self, side: &mut Side, control: &mut Control) -> Result<(), Failure> {
        if !side.core.alone {
            return Ok(());
        }
        if self.lacking {
            Self::accept_all(side, self)?;
        }
        side.core.settle_half_closed();
        side.core.end_idle();
        // A session that ends with this turn's flush must not be waited for.
        side.core.flush_dirty();
        if matches!(self.door, Door::Closed) && !self.told && side.core.open_count() == 0 {
            self.told = true;
            super::client::tell(control, &Word::Drained)?;
        }
        Ok(())
    }

    /// When `act` wants to be called at the latest.
    pub(super) fn next_deadline(&self, core: &Core) -> u64 {
        let again = if self.lacking { core.clock.now() + TRY_AGAIN } else { u64::MAX };
        let idle = core.idle.as_ref().filter(|_| core.open_count() > 0);
        again.min(core.half_closed.next_look()).min(idle.map_or(u64::MAX, Idle::next_look))
    }
}
