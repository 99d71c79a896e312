//! What TCP and UDP have in common: addresses and ports.

use super::super::free_port::free_port;
use super::super::listening::{Listening, in_ip_tables};
use super::super::sources::Sources;
use crate::scenario::{Address, Transport};
use socket2::{Domain, SockAddr, Socket};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

/// Ports that are tried for one connection.
const MAX_PORTS: u32 = 256;

/// Ports of one loopback address that are tried before those of another one.
const MAX_PORTS_IN_A_ROW: u32 = 16;

pub(super) fn domain(transport: &Transport) -> Domain {
    if transport.ipv6 { Domain::IPV6 } else { Domain::IPV4 }
}

/// The scenario's port on this machine.
pub(super) fn own_address(transport: &Transport) -> Address {
    Address::Ip(SocketAddr::new(loopback(transport.ipv6), transport.port))
}

/// The same, but never port 0.
pub(super) fn free_address(transport: &Transport, datagrams: bool) -> io::Result<Address> {
    let ip = loopback(transport.ipv6);
    let port = match transport.port {
        0 => free_port(ip, datagrams)?,
        port => port,
    };
    Ok(Address::Ip(SocketAddr::new(ip, port)))
}

fn loopback(ipv6: bool) -> IpAddr {
    if ipv6 { Ipv6Addr::LOCALHOST.into() } else { Ipv4Addr::LOCALHOST.into() }
}

/// The address that a socket is bound to.
pub(super) fn local_address(socket: &Socket) -> io::Result<Address> {
    let address = socket.local_addr()?.as_socket();
    address.map(Address::Ip).ok_or_else(|| io::ErrorKind::AddrNotAvailable.into())
}

/// Binds to the next address that is free.
pub(super) fn bind_to_next(socket: &Socket, sources: &mut Sources) -> io::Result<()> {
    let mut bound = Ok(());
    for tried in 1..=MAX_PORTS {
        bound = socket.bind(&SockAddr::from(sources.take()));
        match bound.as_ref().map_err(io::Error::kind) {
            Err(io::ErrorKind::AddrInUse) if tried % MAX_PORTS_IN_A_ROW == 0 => {
                sources.leave_address();
            }
            Err(io::ErrorKind::AddrInUse) => {}
            Err(io::ErrorKind::AddrNotAvailable) if sources.only_the_first() => {}
            _ => break,
        }
    }
    bound
}

/// True when a connect call ended with `error` because no port was free to connect from, and not because
/// this machine lacks that family of addresses.
pub(super) fn lacks_port(error: &io::Error, address: &Address) -> bool {
    let Address::Ip(address) = address else { return false };
    match error.kind() {
        // What a UDP socket gets.
        io::ErrorKind::WouldBlock => true,
        io::ErrorKind::AddrNotAvailable => {
            std::net::UdpSocket::bind((loopback(address.is_ipv6()), 0)).is_ok()
        }
        _ => false,
    }
}

/// True when a socket is connected to itself. That happens where nobody listens: a socket whose own
/// port is the one it connects to meets its own call, and TCP takes that for both ends (RFC 9293,
/// simultaneous open).
pub(super) fn is_connected_to_itself(socket: &Socket) -> bool {
    let ends = (socket.local_addr().ok(), socket.peer_addr().ok());
    matches!(ends, (Some(own), Some(peer)) if own.as_socket().is_some() && own == peer)
}

/// Whether one of the kernel's tables has a socket at the address's port in this state. Only the port
/// counts: a server may listen on all addresses.
pub(super) fn listening(address: &Address, tables: [&str; 2], state: &str) -> Listening {
    match address {
        Address::Ip(address) => in_ip_tables(tables, address.port(), state),
        _ => Listening::Unknown,
    }
}
