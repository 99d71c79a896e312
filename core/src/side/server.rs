//! What the server does: accept, and answer.

use super::connection::Stage;
use super::core::{Core, FIRST_CONNECTION};
use super::turn::Side;
use crate::host::HookError;
use crate::net::sessions::Directory;
use crate::net::socket::{Address, accept, listen};
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
    listener: Socket,
    directory: Directory,
}

impl Server {
    /// Listens; returns where.
    pub(super) fn start(core: &Core, path: &Path) -> Result<(Self, Address), String> {
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
        Ok((Self { listener, directory: Directory::new(core.peer.clone()) }, address))
    }

    /// Accepts everything that waits.
    pub(super) fn accept_all(side: &mut Side, server: &mut Self) -> Result<(), HookError> {
        loop {
            let (socket, key) = match accept(&server.listener, &side.core.settings.transport) {
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
            let Some(id) = key.and_then(|key| server.directory.take(key)) else {
                side.core.errors.add("accept", 1, || "a connection nobody announced".to_owned());
                continue;
            };
            match side.core.add(id, socket, Stage::Open) {
                Ok(slot) => side.open(slot)?,
                Err(error) => side.core.errors.add("accept", 1, || error),
            }
        }
    }
}
