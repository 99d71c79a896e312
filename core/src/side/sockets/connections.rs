//! Connecting, listening and accepting.

use super::why_not::why_not;
use super::{Endpoint, Sockets};
use crate::engine::{Accepted, Connected, Connecting, Connections};
use crate::host::limits;
use crate::measure::Unconnected;
use crate::net::socket::{
    accept, connect, is_connected_to_itself, lacks_port, listen, longest_datagram, own_address,
    prepare, prepare_alone, was_sent_again,
};
use crate::net::sources::no_free_port;
use crate::net::unreachable::stand_in;
use crate::scenario::{Address, Unreachable};
use crate::side::error::SideError;
use mio::unix::SourceFd;
use mio::{Interest, Token};
use socket2::Socket;
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// Ports that wait after a connection and cannot be taken, tried for one connection.
const MAX_WAITING_PORTS: u32 = 64;

impl Connections for Sockets {
    fn connect(&mut self, session: u32) -> Connecting<Endpoint> {
        let Some(address) = self.target.clone() else {
            return Connecting::Impossible("nobody has said where to connect to".to_owned());
        };
        for _ in 0..MAX_WAITING_PORTS {
            let prepared = if self.alone {
                prepare_alone(&self.transport).map(|socket| (socket, None))
            } else {
                prepare(&self.transport, &mut self.sources)
            };
            let (socket, key) = match prepared {
                Ok(prepared) => prepared,
                Err(error) if error.kind() == io::ErrorKind::AddrInUse => break,
                Err(error) => {
                    let why = limits::explained(&error);
                    return Connecting::Impossible(format!(
                        "a connection cannot be prepared: {why}"
                    ));
                }
            };
            if let Err(error) = self.opens(&socket) {
                return Connecting::Impossible(error.to_string());
            }
            if !self.alone {
                let Some(key) = key else {
                    let unknown = "the client's own address has an unknown form";
                    return Connecting::Impossible(unknown.to_owned());
                };
                self.announcer.announce(key, session);
            }
            let error = match connect(&socket, &address) {
                Ok(stands) => return Connecting::Begun { endpoint: Endpoint::Own(socket), stands },
                Err(error) => error,
            };
            if let Some(key) = key {
                self.announcer.withdraw(key);
            }
            if lacks_port(&error, &self.transport, &address) {
                if self.alone {
                    break;
                }
                // The last connection from there waits, and the kernel does not let go of it.
                self.sources.leave_address();
                continue;
            }
            return match error.kind() {
                io::ErrorKind::WouldBlock => Connecting::Busy,
                _ => Connecting::Refused(
                    unconnected(&error),
                    format!("{address}: {}", limits::explained(&error)),
                ),
            };
        }
        Connecting::NoPort
    }

    fn was_sent_again(&self, slot: usize) -> bool {
        self.socket(slot).is_some_and(|socket| was_sent_again(socket, &self.transport))
    }

    fn no_free_port(&self) -> String {
        no_free_port()
    }

    fn connected(&mut self, slot: usize) -> Connected {
        let Some(socket) = self.socket(slot) else { return Connected::Stands };
        if let Ok(Some(error)) = socket.take_error() {
            return Connected::Refused(unconnected(&error), error.to_string());
        }
        match is_connected_to_itself(socket, &self.transport) {
            true => Connected::ToItself,
            false => Connected::Stands,
        }
    }

    fn target(&self) -> String {
        self.target.as_ref().map(ToString::to_string).unwrap_or_default()
    }

    fn accept(&mut self) -> Accepted<Endpoint> {
        let Some(listener) = &self.listener else { return Accepted::Nobody };
        match accept(listener, &self.transport) {
            Ok((socket, key)) => Accepted::Peer(Endpoint::Own(socket), key),
            Err(error) => match error.kind() {
                io::ErrorKind::WouldBlock => Accepted::Nobody,
                io::ErrorKind::Interrupted | io::ErrorKind::ConnectionAborted => Accepted::Again,
                _ => Accepted::Failed(limits::explained(&error)),
            },
        }
    }

    fn stop_accepting(&mut self) {
        if let Some(listener) = self.listener.take() {
            let _ = self.registry.deregister(&mut SourceFd(&listener.as_raw_fd()));
        }
    }

    fn announcements_corruption(&self) -> Option<String> {
        self.announcer.own_corruption()
    }
}

impl Sockets {
    /// Connections go to `target`.
    pub(in crate::side) fn aim(&mut self, target: Address) {
        self.target = Some(target);
    }

    /// Listens, watched under `token`; returns where. `given`: the address that the user wants; without
    /// one, `path` is that of a Unix socket.
    pub(in crate::side) fn listen(
        &mut self,
        token: Token,
        given: Option<&Address>,
        path: &Path,
    ) -> Result<Address, SideError> {
        let wanted = given.cloned().unwrap_or_else(|| own_address(&self.transport, path));
        let (listener, address) = listen(&self.transport, &wanted).map_err(|error| {
            let why = why_not(&error, &self.transport, &wanted, self.alone, given.is_some());
            SideError::Listen { address: wanted.clone(), why }
        })?;
        self.registry
            .register(&mut SourceFd(&listener.as_raw_fd()), token, Interest::READABLE)
            .map_err(SideError::UnwatchedListener)?;
        self.opens(&listener)?;
        self.listener = Some(listener);
        Ok(address)
    }

    /// Holds an address at which no server is to be reached, in this `way`; returns it. `given` and `path` are as
    /// for [`listen`](Self::listen).
    pub(in crate::side) fn stand_in(
        &mut self,
        way: Unreachable,
        given: Option<&Address>,
        path: &Path,
    ) -> Result<Address, SideError> {
        let wanted = given.cloned().unwrap_or_else(|| own_address(&self.transport, path));
        let (sockets, address) = stand_in(&self.transport, &wanted, way).map_err(|error| {
            let why = why_not(&error, &self.transport, &wanted, self.alone, given.is_some());
            SideError::Listen { address: wanted.clone(), why }
        })?;
        self.unreachable = sockets;
        Ok(address)
    }

    /// A socket has been opened: how much it can send at a time is known.
    fn opens(&mut self, socket: &Socket) -> Result<(), SideError> {
        if self.transport.kind.has_datagrams() {
            self.longest_datagram =
                longest_datagram(socket, &self.transport).map_err(SideError::SocketBuffer)?;
        }
        Ok(())
    }
}

/// How the failure of a connect call shows.
fn unconnected(error: &io::Error) -> Unconnected {
    match error.kind() {
        io::ErrorKind::ConnectionRefused => Unconnected::Refused,
        io::ErrorKind::NotFound => Unconnected::NoSuchPath,
        io::ErrorKind::TimedOut => Unconnected::TimedOut,
        _ => Unconnected::Failed,
    }
}
