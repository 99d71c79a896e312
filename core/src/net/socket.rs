//! Sockets of all transports, behind one type: non-blocking, close-on-exec, loopback only.

#![allow(unsafe_code)] // TCP_INFO has no safe wrapper that knows its newer fields.

use super::keys::key;
use super::sources::Sources;
use crate::scenario::{Transport, TransportKind};
use crate::text::path as shown;
use nix::fcntl::OFlag;
use nix::sys::socket::{MsgFlags, recv};
use serde::{Deserialize, Serialize};
use socket2::{Domain, Protocol, SockAddr, Socket, Type};
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::{Path, PathBuf};

/// Connections that may wait to be accepted: more than any scenario opens at once is useless.
const BACKLOG: i32 = 4_096;

/// Ports that are tried for one connection.
const MOST_PORTS: u32 = 256;

/// Ports of one loopback address that are tried before those of another one.
const MOST_PORTS_IN_A_ROW: u32 = 16;

/// Where a server listens, as it tells the client.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Address {
    /// An IPv4 or IPv6 address and port.
    Ip(SocketAddr),
    /// A Unix socket's path.
    Path(#[serde(with = "crate::text::path_json")] PathBuf),
}

impl std::fmt::Display for Address {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Ip(address) => address.fmt(f),
            Self::Path(path) => f.write_str(&shown(path)),
        }
    }
}

/// The longest path of a Unix socket, in bytes.
const LONGEST_PATH: usize = 107;

/// What helps where our own path is too long.
pub const SHORTER_TMPDIR: &str = "set TMPDIR to a folder with a shorter path, such as /tmp";

/// Why no Unix socket can have this path, if it is too long.
pub fn lacks_room(path: &Path) -> Option<String> {
    let len = path.as_os_str().len();
    (len > LONGEST_PATH).then(|| {
        format!("a path of {len} bytes, where that of a Unix socket has {LONGEST_PATH} at most")
    })
}

/// Where a server is to listen, with port 0 where it may choose. The arguments are those of [`listen`].
pub fn wanted(transport: &Transport, path: &Path, at: Option<SocketAddr>) -> Address {
    if !transport.kind.is_ip() {
        return Address::Path(path.to_owned());
    }
    let ip = match transport.ipv6 {
        true => IpAddr::V6(Ipv6Addr::LOCALHOST),
        false => IpAddr::V4(Ipv4Addr::LOCALHOST),
    };
    Address::Ip(at.unwrap_or(SocketAddr::new(ip, transport.port)))
}

/// Opens the server's socket, which listens or, over datagrams, hears everyone itself. `path` is
/// where a Unix socket goes; others do not use it. `at` is an IP address to listen on instead of the
/// transport's own.
pub fn listen(
    transport: &Transport,
    path: &Path,
    at: Option<SocketAddr>,
) -> io::Result<(Socket, Address)> {
    let socket = new_socket(transport)?;
    let wanted = match wanted(transport, path, at) {
        Address::Ip(address) => {
            // A restart on the same port must work while old connections sit in TIME_WAIT. Over UDP
            // the option would let two servers share a port.
            socket.set_reuse_address(transport.kind == TransportKind::Tcp)?;
            SockAddr::from(address)
        }
        Address::Path(path) => SockAddr::unix(path)?,
    };
    socket.bind(&wanted)?;
    if transport.kind.has_connections() {
        socket.listen(BACKLOG)?;
    }
    let address = match socket.local_addr()?.as_socket() {
        Some(address) => Address::Ip(address),
        None => Address::Path(path.to_owned()),
    };
    Ok((socket, address))
}

/// Opens what stands at `path` only to hold it: as long as that is open, no other file gets its
/// inode. A symbolic link is not followed.
pub fn hold(path: &Path) -> io::Result<OwnedFd> {
    let flags = OFlag::O_PATH | OFlag::O_NOFOLLOW | OFlag::O_CLOEXEC;
    Ok(nix::fcntl::open(path, flags, nix::sys::stat::Mode::empty())?)
}

/// Accepts one connection; its key tells which announced connection it is.
pub fn accept(listener: &Socket, transport: &Transport) -> io::Result<(Socket, Option<u64>)> {
    let (socket, peer) = listener.accept()?;
    socket.set_nonblocking(true)?;
    tune(&socket, transport)?;
    Ok((socket, key(&peer)))
}

/// A socket bound to an address of its own, ready to [`connect`] to our own server; its key is to be
/// announced first. [`AddrInUse`](io::ErrorKind::AddrInUse) says that no port was free.
pub fn prepare(transport: &Transport, sources: &mut Sources) -> io::Result<(Socket, Option<u64>)> {
    let socket = new_socket(transport)?;
    if transport.kind.is_ip() {
        // A port that waits after a connection may be taken. Over UDP nothing waits, and the option
        // would let two sockets share a port.
        socket.set_reuse_address(transport.kind == TransportKind::Tcp)?;
        bind_to_next(&socket, sources)?;
    } else {
        bind_automatically(&socket)?;
    }
    let key = key(&socket.local_addr()?);
    Ok((socket, key))
}

fn bind_to_next(socket: &Socket, sources: &mut Sources) -> io::Result<()> {
    let mut bound = Ok(());
    for tried in 1..=MOST_PORTS {
        bound = socket.bind(&SockAddr::from(sources.take()));
        match bound.as_ref().map_err(io::Error::kind) {
            Err(io::ErrorKind::AddrInUse) if tried % MOST_PORTS_IN_A_ROW == 0 => {
                sources.leave_address();
            }
            Err(io::ErrorKind::AddrInUse) => {}
            Err(io::ErrorKind::AddrNotAvailable) if sources.only_the_first() => {}
            _ => break,
        }
    }
    bound
}

/// A socket ready to [`connect`] to a server that is not ours and knows nothing of announced
/// sessions. The kernel binds it while it connects: then a port counts as taken only towards that
/// server, and one that waits after a connection to it is found at once.
pub fn prepare_alone(transport: &Transport, address: &Address) -> io::Result<Socket> {
    let socket = new_socket(transport)?;
    // Without an address of its own nobody could answer it.
    if matches!(address, Address::Path(_)) && !transport.kind.has_connections() {
        bind_automatically(&socket)?;
    }
    Ok(socket)
}

/// True when a call to [`connect`] to `address` ended with `error` because no port was free to connect
/// from, and not because this machine lacks that family of addresses.
pub fn lacks_port(error: &io::Error, address: &Address) -> bool {
    let Address::Ip(address) = address else { return false };
    let ip: IpAddr = match address {
        SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
        SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
    };
    match error.kind() {
        // What a UDP socket gets.
        io::ErrorKind::WouldBlock => true,
        io::ErrorKind::AddrNotAvailable => std::net::UdpSocket::bind((ip, 0)).is_ok(),
        _ => false,
    }
}

/// True when a socket is connected to itself. That happens where nobody listens: a socket whose own
/// port is the one it connects to meets its own call, and TCP takes that for both ends (RFC 9293,
/// simultaneous open).
pub fn is_connected_to_itself(socket: &Socket) -> bool {
    let ends = (socket.local_addr().ok(), socket.peer_addr().ok());
    matches!(ends, (Some(own), Some(peer)) if own.as_socket().is_some() && own == peer)
}

/// Starts connecting. True when the connection stands already, false when it becomes writable
/// later.
pub fn connect(socket: &Socket, address: &Address) -> io::Result<bool> {
    let address = match address {
        Address::Ip(address) => SockAddr::from(*address),
        Address::Path(path) => SockAddr::unix(path)?,
    };
    match socket.connect(&address) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
        Err(error) => Err(error),
    }
}

/// Reads the next packet of a socket that keeps boundaries; returns how long it was, which is more than
/// the room it was given where the rest of it is gone.
pub fn read_packet(socket: &Socket, room: &mut [u8]) -> io::Result<usize> {
    // Asked like this, the kernel tells the packet's own length.
    Ok(recv(socket.as_raw_fd(), room, MsgFlags::MSG_TRUNC)?)
}

/// The longest datagram that this socket can send, in bytes.
pub fn longest_datagram(socket: &Socket, transport: &Transport) -> io::Result<usize> {
    Ok(match transport.kind {
        // The kernel keeps 32 bytes of the buffer to itself (unix_dgram_sendmsg).
        TransportKind::Unixgram => socket.send_buffer_size()?.saturating_sub(32),
        _ => transport.longest_write().map_or(usize::MAX, |bytes| bytes as usize),
    })
}

/// TCP segments with data sent so far; `None` where the transport does not count them.
pub fn data_segments_sent(socket: &Socket) -> Option<u64> {
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
    let end = std::mem::offset_of!(libc::tcp_info, tcpi_data_segs_out) + 4;
    (status == 0 && length as usize >= end).then(|| u64::from(info.tcpi_data_segs_out))
}

fn new_socket(transport: &Transport) -> io::Result<Socket> {
    let (domain, kind, protocol) = match transport.kind {
        TransportKind::Tcp if transport.ipv6 => (Domain::IPV6, Type::STREAM, Some(Protocol::TCP)),
        TransportKind::Tcp => (Domain::IPV4, Type::STREAM, Some(Protocol::TCP)),
        TransportKind::Unix => (Domain::UNIX, Type::STREAM, None),
        TransportKind::Seqpacket => (Domain::UNIX, Type::SEQPACKET, None),
        TransportKind::Udp if transport.ipv6 => (Domain::IPV6, Type::DGRAM, Some(Protocol::UDP)),
        TransportKind::Udp => (Domain::IPV4, Type::DGRAM, Some(Protocol::UDP)),
        TransportKind::Unixgram => (Domain::UNIX, Type::DGRAM, None),
    };
    let socket = Socket::new(domain, kind, protocol)?;
    socket.set_nonblocking(true)?;
    tune(&socket, transport)?;
    Ok(socket)
}

/// Settings that both ends get. Buffer sizes must be set before connecting to shape the window.
fn tune(socket: &Socket, transport: &Transport) -> io::Result<()> {
    if transport.kind == TransportKind::Tcp {
        socket.set_tcp_nodelay(transport.nodelay)?;
    }
    if let Some(bytes) = transport.send_buffer {
        socket.set_send_buffer_size(bytes as usize)?;
    }
    if let Some(bytes) = transport.receive_buffer {
        socket.set_recv_buffer_size(bytes as usize)?;
    }
    Ok(())
}

/// Binds a Unix socket to an abstract name of the kernel's choice (an address of the family alone
/// asks for that).
fn bind_automatically(socket: &Socket) -> io::Result<()> {
    let family = libc::AF_UNIX as libc::sa_family_t;
    // SAFETY: the pointer covers exactly the family field it is declared to cover.
    let status = unsafe {
        libc::bind(
            socket.as_raw_fd(),
            (&raw const family).cast(),
            size_of::<libc::sa_family_t>() as libc::socklen_t,
        )
    };
    if status == 0 { Ok(()) } else { Err(io::Error::last_os_error()) }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scenario::WritePolicy;
    use std::io::Read as _;
    use std::path::Path;

    #[test]
    fn a_port_that_waits_after_a_connection_serves_the_next() {
        for ipv6 in [false, true] {
            let transport = Transport {
                kind: TransportKind::Tcp,
                ipv6,
                port: 0,
                nodelay: true,
                send_buffer: None,
                receive_buffer: None,
                read_size: 1,
                read_delay_ns: 0,
                write: WritePolicy::Message,
                horizon_ns: 1,
            };
            let (listener, address) = listen(&transport, Path::new(""), None).unwrap();
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

    #[test]
    fn a_connection_to_oneself_is_known() {
        let bound = || {
            let socket = Socket::new(Domain::IPV4, Type::STREAM, None).unwrap();
            socket.bind(&SockAddr::from(SocketAddr::from((Ipv4Addr::LOCALHOST, 0)))).unwrap();
            socket
        };
        let alone = bound();
        alone.connect(&alone.local_addr().unwrap()).unwrap();
        assert!(is_connected_to_itself(&alone));
        let (listener, client) = (bound(), bound());
        listener.listen(1).unwrap();
        client.connect(&listener.local_addr().unwrap()).unwrap();
        assert!(!is_connected_to_itself(&client));
    }
}
