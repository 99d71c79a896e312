//! Datagrams.

use super::{Endpoint, Sockets};
use crate::engine::{Batch, Datagram, Datagrams, NotTaken};
use crate::net::datagrams::{Receiver, kernel_drops, send};
use crate::net::keys::key;
use crate::text;
use socket2::{SockAddr, Socket};
use std::io;

impl Batch for Box<Receiver> {
    type Address = SockAddr;

    #[inline]
    fn datagram(&self, index: usize) -> Datagram<'_> {
        Receiver::datagram(self, index)
    }

    #[inline]
    fn sender(&mut self, index: usize) -> SockAddr {
        self.peer(index)
    }
}

impl Datagrams for Sockets {
    type Address = SockAddr;
    type Batch = Box<Receiver>;

    fn batch(size: usize) -> Box<Receiver> {
        Box::new(Receiver::new(size))
    }

    #[inline]
    fn receive(
        &mut self,
        slot: Option<usize>,
        batch: &mut Box<Receiver>,
    ) -> io::Result<(usize, bool)> {
        let waits = self.waiting.flags() == 0;
        let socket = match slot {
            Some(slot) => self.socket(slot),
            None => self.listener.as_ref(),
        };
        let socket = socket.ok_or(io::ErrorKind::WouldBlock)?;
        if waits { batch.wait(socket) } else { batch.receive(socket) }
    }

    #[inline]
    fn send_datagrams(
        &mut self,
        slot: usize,
        bytes: &[u8],
        mut lengths: impl Iterator<Item = usize>,
        alone: bool,
    ) -> Result<usize, (NotTaken, io::Error)> {
        let (socket, peer) = match (self.endpoints.get(slot), &self.listener) {
            (Some(Some(Endpoint::Own(socket))), _) => (socket, None),
            (Some(Some(Endpoint::Peer(peer))), Some(listener)) => (listener, Some(&**peer)),
            _ => return Err((NotTaken::Never, io::ErrorKind::NotConnected.into())),
        };
        let sent = if alone {
            let len = lengths.next().unwrap_or(0);
            send(socket, peer, &bytes[..len]).map(|_| 1)
        } else {
            self.sender.send(socket, peer, bytes, lengths)
        };
        sent.map_err(|error| (not_taken(&error), error))
    }

    fn about_peer(&self, slot: usize) -> String {
        let Some(Some(Endpoint::Peer(peer))) = self.endpoints.get(slot) else {
            return String::new();
        };
        match peer.as_pathname() {
            // Its name is looked for where this process is, not where the peer is.
            Some(path) if path.is_relative() => format!(
                ": the peer's socket is called `{}`, which leads nowhere from here; it should be \
                 bound to an absolute path",
                text::path(path)
            ),
            _ => String::new(),
        }
    }

    fn longest_datagram(&self) -> usize {
        self.longest_datagram
    }

    fn dropped_on_arrival(&self) -> u64 {
        let listener = self.listener.as_ref().filter(|_| !self.transport.kind.is_reliable());
        self.drops_of_closed + listener.map_or(0, kernel_drops)
    }

    fn kind_of(error: &io::Error) -> String {
        match error.raw_os_error() {
            Some(libc::EMSGSIZE) => "message too long".to_owned(),
            _ => error.kind().to_string(),
        }
    }

    #[inline]
    fn key(&mut self, address: &SockAddr) -> Option<u64> {
        match key(address) {
            None if self.alone => self.names.number(address),
            key => key,
        }
    }

    fn is_nameless(address: &SockAddr) -> bool {
        address.len() as usize <= size_of::<libc::sa_family_t>()
    }

    fn remember(&mut self, key: u64, address: &SockAddr) {
        self.names.remember(key, address);
    }

    fn forget(&mut self, key: u64) {
        self.names.forget(key);
    }

    fn endpoint_of(address: SockAddr) -> Endpoint {
        Endpoint::Peer(Box::new(address))
    }
}

impl Sockets {
    /// A socket is about to be closed.
    pub(super) fn closes(&mut self, socket: &Socket) {
        if !self.transport.kind.is_reliable() {
            self.drops_of_closed += kernel_drops(socket);
        }
    }
}

fn not_taken(error: &io::Error) -> NotTaken {
    match error.raw_os_error() {
        Some(libc::EINTR) => NotTaken::Interrupted,
        Some(libc::EAGAIN) => NotTaken::Full,
        Some(libc::ENOBUFS | libc::ENOMEM) => NotTaken::Busy,
        Some(libc::ECONNREFUSED) => NotTaken::Refused,
        _ => NotTaken::Never,
    }
}
