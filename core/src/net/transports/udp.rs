//! UDP. No option of it says that a port may be used again (SO_REUSEADDR): nothing waits after a
//! connection, and two sockets would share the port.

use super::super::listening::Listening;
use super::super::sources::Sources;
use super::{TransportSockets, ip, sock_addr};
use crate::scenario::{Address, Transport};
use socket2::{Protocol, Socket, Type};
use std::io;
use std::path::Path;

/// The state of a socket without a peer (TCP_CLOSE).
const BOUND: &str = "07";

pub(super) struct Udp;

impl TransportSockets for Udp {
    fn open(&self, transport: &Transport) -> io::Result<Socket> {
        Socket::new(ip::domain(transport), Type::DGRAM, Some(Protocol::UDP))
    }

    fn own_address(&self, transport: &Transport, _: &Path) -> Address {
        ip::own_address(transport)
    }

    fn free_address(&self, transport: &Transport, _: &Path) -> io::Result<Address> {
        ip::free_address(transport, true)
    }

    fn bind(&self, socket: &Socket, _: &Transport, address: &Address) -> io::Result<Address> {
        socket.bind(&sock_addr(address)?)?;
        ip::local_address(socket)
    }

    fn bind_source(&self, socket: &Socket, sources: &mut Sources) -> io::Result<()> {
        ip::bind_to_next(socket, sources)
    }

    fn lacks_port(&self, error: &io::Error, address: &Address) -> bool {
        ip::lacks_port(error, address)
    }

    fn is_connected_to_itself(&self, socket: &Socket) -> bool {
        ip::is_connected_to_itself(socket)
    }

    fn listening(&self, address: &Address) -> Listening {
        ip::listening(address, ["/proc/net/udp", "/proc/net/udp6"], BOUND)
    }

    fn longest_write(&self, _: &Socket, transport: &Transport) -> io::Result<usize> {
        Ok(transport.longest_write().map_or(usize::MAX, |bytes| bytes as usize))
    }
}
