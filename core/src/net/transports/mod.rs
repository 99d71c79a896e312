//! The sockets of each transport: what they do in a way of their own, behind one interface. What all do
//! alike is in [`socket`](super::socket).

mod ip;
mod tcp;
mod udp;
mod unix;

use super::listening::Listening;
use super::sources::Sources;
use crate::scenario::{Address, Transport, TransportKind};
use socket2::{SockAddr, Socket};
use std::io;
use std::path::Path;

/// The sockets of one transport.
pub(super) trait TransportSockets: Sync {
    /// A new socket.
    fn open(&self, transport: &Transport) -> io::Result<Socket>;

    /// Settings that both ends get, besides those that every socket has.
    fn tune(&self, _: &Socket, _: &Transport) -> io::Result<()> {
        Ok(())
    }

    /// Where a server of ours listens if nobody says otherwise, with port 0 where it may choose. `path` is
    /// for those that have paths.
    fn own_address(&self, transport: &Transport, path: &Path) -> Address;

    /// The same for a server that is not ours and cannot tell what it has chosen: nobody listens there
    /// now.
    fn free_address(&self, transport: &Transport, path: &Path) -> io::Result<Address> {
        Ok(self.own_address(transport, path))
    }

    /// Binds a server's socket; returns where it is then.
    fn bind(
        &self,
        socket: &Socket,
        transport: &Transport,
        address: &Address,
    ) -> io::Result<Address>;

    /// Binds a client's socket to an address of its own, which is to be announced.
    /// [`AddrInUse`](io::ErrorKind::AddrInUse) says that no port was free.
    fn bind_source(&self, socket: &Socket, sources: &mut Sources) -> io::Result<()>;

    /// The same towards a server that knows nothing of announced sessions: mostly the kernel does it when
    /// it connects.
    fn bind_alone(&self, _: &Socket) -> io::Result<()> {
        Ok(())
    }

    /// True when connecting to `address` ended with `error` because no port was free to connect from.
    fn lacks_port(&self, _error: &io::Error, _address: &Address) -> bool {
        false
    }

    /// True when a socket is connected to itself.
    fn is_connected_to_itself(&self, _: &Socket) -> bool {
        false
    }

    /// True when something that a socket has sent had to be sent again, as far as that is told.
    fn was_sent_again(&self, _: &Socket) -> bool {
        false
    }

    /// Whether somebody listens at an address, or over datagrams is bound to it.
    fn listening(&self, address: &Address) -> Listening;

    /// True when connections that were closed still wait at an address (TIME_WAIT), which only sockets
    /// with SO_REUSEADDR may share with them.
    fn holds_closed_connections(&self, _: &Address) -> bool {
        false
    }

    /// The longest packet or datagram that a socket can send, in bytes.
    fn longest_write(&self, _: &Socket, _: &Transport) -> io::Result<usize> {
        Ok(usize::MAX)
    }

    /// Segments with data sent so far; 0 where nobody counts them.
    fn segments_sent(&self, _: &Socket) -> u64 {
        0
    }
}

/// The sockets of a transport.
pub(super) fn of(kind: TransportKind) -> &'static dyn TransportSockets {
    match kind {
        TransportKind::Tcp => &tcp::Tcp,
        TransportKind::Udp => &udp::Udp,
        TransportKind::Unix => &unix::STREAM,
        TransportKind::Seqpacket => &unix::SEQPACKET,
        TransportKind::Unixgram => &unix::DATAGRAM,
    }
}

/// An address as the kernel takes it.
pub(super) fn sock_addr(address: &Address) -> io::Result<SockAddr> {
    match address {
        Address::Ip(address) => Ok((*address).into()),
        Address::Path(path) => SockAddr::unix(path),
    }
}
