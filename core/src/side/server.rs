//! What the server does: accept, and answer.

use super::connection::Stage;
use super::control::Control;
use super::core::{Core, FIRST_CONNECTION};
use super::spec::{Alone, SideSpec, Word};
use super::turn::{Failure, Side};
use crate::host::HookError;
use crate::net::sessions::Directory;
use crate::net::socket::{Address, accept, listen};
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
    /// `None` once no more sessions are taken.
    listener: Option<Socket>,
    guests: Guests,
    /// Accepting failed for want of something that others may give back.
    lacking: bool,
    /// The supervisor knows that there is nothing left to do.
    told: bool,
}

/// Who may connect.
enum Guests {
    /// The client of the round, which announces its connections.
    Announced(Directory),
    /// Anyone, and this many have come.
    Anyone { limits: Alone, came: u32 },
}

impl Server {
    /// Listens; returns where.
    pub(super) fn start(core: &Core, spec: &SideSpec) -> Result<(Self, Address), String> {
        let transport = &core.settings.transport;
        let wanted = spec.alone.as_ref().and_then(|alone| alone.listen.clone());
        let (at, path) = match wanted {
            Some(Address::Ip(address)) => (Some(address), spec.socket_path.clone()),
            Some(Address::Path(path)) => (None, path),
            None => (None, spec.socket_path.clone()),
        };
        let (listener, address) = listen(transport, &path, at).map_err(|error| {
            let place = match at {
                Some(address) => address.to_string(),
                None if spec.alone.is_some() => path.display().to_string(),
                None => format!("{:?}", transport.kind),
            };
            let hint = match error.kind() {
                io::ErrorKind::AddrInUse if spec.alone.is_some() => {
                    "; another program listens there, or a file is left of one: choose another \
                     address, or port 0"
                }
                io::ErrorKind::AddrInUse => {
                    "; another program listens there: choose another `transport.port`, or 0"
                }
                io::ErrorKind::PermissionDenied => "; ports below 1024 need privileges",
                io::ErrorKind::AddrNotAvailable => "; this machine has no such address",
                _ => "",
            };
            format!("the server cannot listen on {place}: {error}{hint}")
        })?;
        core.registry
            .register(&mut SourceFd(&listener.as_raw_fd()), LISTENER, Interest::READABLE)
            .map_err(|error| format!("the listening socket cannot be watched: {error}"))?;
        let guests = match &spec.alone {
            Some(limits) => Guests::Anyone { limits: limits.clone(), came: 0 },
            None => Guests::Announced(Directory::new(core.peer.clone())),
        };
        Ok((Self { listener: Some(listener), guests, lacking: false, told: false }, address))
    }

    /// Accepts everything that waits.
    pub(super) fn accept_all(side: &mut Side, server: &mut Self) -> Result<(), HookError> {
        server.lacking = false;
        while let Some(listener) = &server.listener {
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
                    server.lacking = true;
                    return Ok(());
                }
            };
            let Some(id) = server.admit(&mut side.core, key) else { continue };
            match side.core.add(id, socket, Stage::Open) {
                Ok(slot) => side.open(slot)?,
                Err(error) => side.core.errors.add("accept", 1, || error),
            }
        }
        Ok(())
    }

    /// The number of the session that has come; `None`: its socket is to be closed.
    fn admit(&mut self, core: &mut Core, key: Option<u64>) -> Option<u32> {
        match &mut self.guests {
            Guests::Announced(directory) => {
                // Only the client of this round has announced itself; anyone else is not our
                // business.
                let id = key.and_then(|key| directory.take(key));
                if id.is_none() {
                    core.errors.add("accept", 1, || "a connection nobody announced".to_owned());
                }
                id
            }
            Guests::Anyone { limits, came } => {
                if core.open_count() >= limits.most_sessions as usize {
                    let most = limits.most_sessions;
                    let why = format!("{most} sessions are open: no more are taken");
                    core.errors.add("accept", 1, || why);
                    return None;
                }
                *came += 1;
                let id = *came;
                let last = limits.sessions.is_some_and(|most| u64::from(id) >= most);
                // The number after the last one means no session.
                if last || id >= u32::MAX - 1 {
                    self.drain(core);
                }
                Some(id)
            }
        }
    }

    /// Takes no more sessions.
    pub(super) fn drain(&mut self, core: &Core) {
        if let Some(listener) = self.listener.take() {
            let _ = core.registry.deregister(&mut SourceFd(&listener.as_raw_fd()));
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
        // A session that ends with this turn's flush must not be waited for.
        side.core.flush_dirty();
        if self.listener.is_none() && !self.told && side.core.open_count() == 0 {
            self.told = true;
            super::client::tell(control, &Word::Drained)?;
        }
        Ok(())
    }

    /// When `act` wants to be called at the latest.
    pub(super) fn next_deadline(&self, core: &Core) -> u64 {
        if self.lacking { core.clock.now() + TRY_AGAIN } else { u64::MAX }
    }
}
