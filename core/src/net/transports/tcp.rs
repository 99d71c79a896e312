//! TCP.

#![allow(unsafe_code)] // TCP_INFO has no safe wrapper that knows its newer fields.

use super::super::listening::Listening;
use super::super::sources::Sources;
use super::{TransportSockets, ip, sock_addr};
use crate::scenario::{Address, Transport};
use socket2::{Protocol, Socket, Type};
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

/// Where the kernel lists its sockets.
const TABLES: [&str; 2] = ["/proc/net/tcp", "/proc/net/tcp6"];

/// The state of a socket that listens (TCP_LISTEN).
const LISTENS: &str = "0A";

/// The state of a connection that was closed from here first (TCP_TIME_WAIT).
const WAITS: &str = "06";

pub(super) struct Tcp;

impl TransportSockets for Tcp {
    fn open(&self, transport: &Transport) -> io::Result<Socket> {
        Socket::new(ip::domain(transport), Type::STREAM, Some(Protocol::TCP))
    }

    fn tune(&self, socket: &Socket, transport: &Transport) -> io::Result<()> {
        socket.set_tcp_nodelay(transport.nodelay)
    }

    fn own_address(&self, transport: &Transport, _: &Path) -> Address {
        ip::own_address(transport)
    }

    fn free_address(&self, transport: &Transport, _: &Path) -> io::Result<Address> {
        ip::free_address(transport, false)
    }

    fn bind(
        &self,
        socket: &Socket,
        transport: &Transport,
        address: &Address,
    ) -> io::Result<Address> {
        // What it accepts inherits this, so that the next server with it may come back to the port while
        // connections of this one sit there in TIME_WAIT.
        socket.set_reuse_address(transport.reuse_address)?;
        socket.bind(&sock_addr(address)?)?;
        ip::local_address(socket)
    }

    fn bind_source(&self, socket: &Socket, sources: &mut Sources) -> io::Result<()> {
        // A port that waits after a connection may be taken.
        socket.set_reuse_address(true)?;
        ip::bind_to_next(socket, sources)
    }

    fn lacks_port(&self, error: &io::Error, address: &Address) -> bool {
        ip::lacks_port(error, address)
    }

    fn is_connected_to_itself(&self, socket: &Socket) -> bool {
        ip::is_connected_to_itself(socket)
    }

    fn listening(&self, address: &Address) -> Listening {
        ip::listening(address, TABLES, LISTENS)
    }

    fn holds_closed_connections(&self, address: &Address) -> bool {
        ip::listening(address, TABLES, WAITS) == Listening::Yes
    }

    fn was_sent_again(&self, socket: &Socket) -> bool {
        let end = std::mem::offset_of!(libc::tcp_info, tcpi_total_retrans) + 4;
        tcp_info(socket, end).is_some_and(|info| info.tcpi_total_retrans > 0)
    }

    fn segments_sent(&self, socket: &Socket) -> u64 {
        let end = std::mem::offset_of!(libc::tcp_info, tcpi_data_segs_out) + 4;
        tcp_info(socket, end).map_or(0, |info| info.tcpi_data_segs_out.into())
    }
}

/// What the kernel tells of a socket; `None` where it tells fewer than the first `end` bytes.
fn tcp_info(socket: &Socket, end: usize) -> Option<libc::tcp_info> {
    // SAFETY: tcp_info is plain numbers, for which all zeros is a valid value.
    let mut info: libc::tcp_info = unsafe { std::mem::zeroed() };
    let mut length = size_of::<libc::tcp_info>() as libc::socklen_t;
    // SAFETY: the kernel writes at most `length` bytes into `info`, which is that large.
    let status = unsafe {
        libc::getsockopt(
            socket.as_raw_fd(),
            libc::IPPROTO_TCP,
            libc::TCP_INFO,
            (&raw mut info).cast(),
            &raw mut length,
        )
    };
    (status == 0 && length as usize >= end).then_some(info)
}

#[cfg(test)]
mod tests {
    use super::super::super::listening::is_held_by_closed_connections;
    use super::super::super::socket::{accept, connect, listen, own_address, prepare};
    use super::*;
    use crate::scenario::TransportKind;
    use socket2::{Domain, SockAddr};
    use std::io::Read as _;
    use std::net::{Ipv4Addr, SocketAddr};

    #[test]
    fn a_port_that_waits_after_a_connection_serves_the_next() {
        for ipv6 in [false, true] {
            let transport = Transport { kind: TransportKind::Tcp, ipv6, ..Transport::default() };
            let wanted = own_address(&transport, Path::new(""));
            let (listener, address) = listen(&transport, &wanted).unwrap();
            listener.set_nonblocking(false).unwrap();
            // Few, and of one address.
            let mut sources = Sources::starting((61_000, 61_019), ipv6, 0);
            sources.only_the_first();
            for _ in 0..100 {
                let (client, key) = prepare(&transport, &mut sources).unwrap();
                connect(&client, &address).unwrap();
                let (mut server, came) = accept(&listener, &transport).unwrap();
                assert!(key.is_some() && key == came);
                // Who closes first keeps the port.
                drop(client);
                server.set_nonblocking(false).unwrap();
                assert_eq!(server.read(&mut [0]).unwrap(), 0);
            }
        }
    }

    /// A connection that the server has closed first, on its port.
    fn closed_by_the_server(transport: &Transport) -> Address {
        let wanted = own_address(transport, Path::new(""));
        let (listener, address) = listen(transport, &wanted).unwrap();
        listener.set_nonblocking(false).unwrap();
        let mut client = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
        client.connect(&sock_addr(&address).unwrap()).unwrap();
        drop(accept(&listener, transport).unwrap());
        assert_eq!(client.read(&mut [0]).unwrap(), 0);
        address
    }

    #[test]
    fn a_server_comes_back_where_its_closed_connections_wait_if_all_of_them_reuse_the_address() {
        let server = |reuse_address| Transport { reuse_address, ..Transport::default() };
        for (before, now) in [(true, true), (true, false), (false, true), (false, false)] {
            let address = closed_by_the_server(&server(before));
            assert!(is_held_by_closed_connections(&address, TransportKind::Tcp));
            let came = listen(&server(now), &address).map_err(|error| error.kind());
            assert_eq!(came.err(), (!(before && now)).then_some(io::ErrorKind::AddrInUse));
        }
    }

    #[test]
    fn a_port_where_somebody_listens_is_not_held_by_closed_connections() {
        let transport = Transport::default();
        let wanted = own_address(&transport, Path::new(""));
        let (_listener, address) = listen(&transport, &wanted).unwrap();
        assert!(!is_held_by_closed_connections(&address, TransportKind::Tcp));
    }

    #[test]
    fn a_connection_to_oneself_is_known() {
        let bound = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
            socket
        };
        let alone = bound();
        alone.connect(&alone.local_addr().unwrap()).unwrap();
        assert!(Tcp.is_connected_to_itself(&alone));
        let (listener, client) = (bound(), bound());
        listener.listen(1).unwrap();
        client.connect(&listener.local_addr().unwrap()).unwrap();
        assert!(!Tcp.is_connected_to_itself(&client));
    }
}
