//! What the server does: accept, and answer.

use super::connection::{Endpoint, Stage};
use super::core::{Core, FIRST_CONNECTION};
use super::peers::Peers;
use super::turn::Side;
use crate::host::HookError;
use crate::net::sessions::Directory;
use crate::net::socket::{Address, accept, listen};
use crate::scenario::SessionPolicy;
use mio::unix::SourceFd;
use mio::{Interest, Token};
use socket2::Socket;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// The listening socket's token.
pub(super) const LISTENER: Token = Token(1);
const _: () = assert!(LISTENER.0 < FIRST_CONNECTION);

/// The server's own state.
pub(super) struct Server {
    door: Door,
}

/// How peers come in.
enum Door {
    /// Each by a connection, which is accepted.
    Listener(Socket, Directory),
    /// All by the side's only socket, each with its datagrams.
    Open(Box<Peers>),
}

impl Server {
    /// Listens; returns where.
    pub(super) fn start(core: &mut Core, path: &Path) -> Result<(Self, Address), String> {
        let transport = &core.settings.transport;
        let (listener, address) = listen(transport, path).map_err(|error| {
            let hint = match error.kind() {
                io::ErrorKind::AddrInUse => {
                    "; another program listens there: choose another `transport.port`, or 0"
                }
                io::ErrorKind::PermissionDenied => "; ports below 1024 need privileges",
                io::ErrorKind::AddrNotAvailable => "; this machine has no such loopback address",
                _ => "",
            };
            format!("the server cannot listen on {:?}: {error}{hint}", transport.kind)
        })?;
        core.registry
            .register(&mut SourceFd(&listener.as_raw_fd()), LISTENER, Interest::READABLE)
            .map_err(|error| format!("the listening socket cannot be watched: {error}"))?;
        let directory = Directory::new(core.peer.clone());
        let door = match &mut core.datagrams {
            None => Door::Listener(listener, directory),
            Some(datagrams) => {
                datagrams.opens(&listener, transport)?;
                datagrams.shared = Some(listener);
                let load = &core.settings.load;
                let open = match load.session {
                    SessionPolicy::Keep => load.connections,
                    SessionPolicy::PerExchange => load.connections.saturating_mul(load.in_flight),
                };
                Door::Open(Box::new(Peers::new(directory, open as usize)))
            }
        };
        Ok((Self { door }, address))
    }

    /// Accepts everything that waits; over datagrams, hears it.
    pub(super) fn accept_all(side: &mut Side, server: &mut Self) -> Result<(), HookError> {
        let (listener, directory) = match &mut server.door {
            Door::Listener(listener, directory) => (listener, directory),
            Door::Open(peers) => return side.hear_peers(peers),
        };
        loop {
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
                    side.core.errors.add("accept", 1, || error.to_string());
                    return Ok(());
                }
            };
            // Only the client of this round has announced itself; anyone else is not our business.
            let Some(id) = key.and_then(|key| directory.take(key)) else {
                side.core.errors.add("accept", 1, || "a connection nobody announced".to_owned());
                continue;
            };
            match side.core.add(id, Endpoint::Own(socket), Stage::Open) {
                Ok(slot) => side.open(slot)?,
                Err(error) => side.core.errors.add("accept", 1, || error),
            }
        }
    }
}
