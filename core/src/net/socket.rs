//! Sockets of all transports, behind one type: non-blocking, close-on-exec, loopback only.

use super::keys::key;
use super::sources::Sources;
use super::transports::{of, sock_addr};
use crate::scenario::{Address, Transport};
use nix::fcntl::OFlag;
use nix::sys::socket::{MsgFlags, recv};
use socket2::Socket;
use std::io;
use std::os::fd::{AsRawFd, OwnedFd};
use std::path::Path;

/// Connections that may wait to be accepted: more than any scenario opens at once is useless.
pub const BACKLOG: i32 = 4_096;

/// Where a server of ours listens if nobody says otherwise, with port 0 where it may choose. `path` is
/// where a Unix socket goes; others do not use it.
pub fn own_address(transport: &Transport, path: &Path) -> Address {
    of(transport.kind).own_address(transport, path)
}

/// Where a server can listen that is not ours: the scenario's port, else one that is free now; or `path`.
pub fn free_address(transport: &Transport, path: &Path) -> io::Result<Address> {
    of(transport.kind).free_address(transport, path)
}

/// Opens the server's socket, which listens or, over datagrams, hears everyone itself. Returns where it
/// is, too: a port may be the kernel's choice.
pub fn listen(transport: &Transport, wanted: &Address) -> io::Result<(Socket, Address)> {
    let socket = new_socket(transport)?;
    let address = of(transport.kind).bind(&socket, transport, wanted)?;
    if transport.kind.has_connections() {
        socket.listen(BACKLOG)?;
    }
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
    of(transport.kind).bind_source(&socket, sources)?;
    let key = key(&socket.local_addr()?);
    Ok((socket, key))
}

/// A socket ready to [`connect`] to a server that is not ours and knows nothing of announced
/// sessions. The kernel binds it while it connects: then a port counts as taken only towards that
/// server, and one that waits after a connection to it is found at once.
pub fn prepare_alone(transport: &Transport) -> io::Result<Socket> {
    let socket = new_socket(transport)?;
    of(transport.kind).bind_alone(&socket)?;
    Ok(socket)
}

/// Starts connecting. True when the connection stands already, false when it becomes writable
/// later.
pub fn connect(socket: &Socket, address: &Address) -> io::Result<bool> {
    match socket.connect(&sock_addr(address)?) {
        Ok(()) => Ok(true),
        Err(error) if error.raw_os_error() == Some(libc::EINPROGRESS) => Ok(false),
        Err(error) => Err(error),
    }
}

/// True when a call to [`connect`] to `address` ended with `error` because no port was free to connect
/// from, and not because this machine lacks that family of addresses.
pub fn lacks_port(error: &io::Error, transport: &Transport, address: &Address) -> bool {
    of(transport.kind).lacks_port(error, address)
}

/// True when a socket is connected to itself, which happens where nobody listens.
pub fn is_connected_to_itself(socket: &Socket, transport: &Transport) -> bool {
    of(transport.kind).is_connected_to_itself(socket)
}

/// True when something of a socket that has just been connected had to be sent again: its first segment.
pub fn was_sent_again(socket: &Socket, transport: &Transport) -> bool {
    of(transport.kind).was_sent_again(socket)
}

/// Reads from a connected socket; `flags` are those of `recv(2)`. With `packets`, of a socket that keeps
/// boundaries: returns how long the packet was, which is more than the room it was given where the rest
/// of it is gone.
#[inline]
pub fn receive(
    socket: &Socket,
    room: &mut [u8],
    flags: libc::c_int,
    packets: bool,
) -> io::Result<usize> {
    // Asked like this, the kernel tells the packet's own length.
    let flags = if packets { flags | libc::MSG_TRUNC } else { flags };
    Ok(recv(socket.as_raw_fd(), room, MsgFlags::from_bits_retain(flags))?)
}

/// The longest datagram that this socket can send, in bytes.
pub fn longest_datagram(socket: &Socket, transport: &Transport) -> io::Result<usize> {
    of(transport.kind).longest_write(socket, transport)
}

/// Segments with data sent so far; 0 where the transport does not count them.
pub fn segments_sent(socket: &Socket, transport: &Transport) -> u64 {
    of(transport.kind).segments_sent(socket)
}

pub(super) fn new_socket(transport: &Transport) -> io::Result<Socket> {
    let socket = of(transport.kind).open(transport)?;
    socket.set_nonblocking(true)?;
    tune(&socket, transport)?;
    Ok(socket)
}

/// Settings that both ends get. Buffer sizes must be set before connecting to shape the window.
fn tune(socket: &Socket, transport: &Transport) -> io::Result<()> {
    of(transport.kind).tune(socket, transport)?;
    if let Some(bytes) = transport.send_buffer {
        socket.set_send_buffer_size(bytes as usize)?;
    }
    if let Some(bytes) = transport.receive_buffer {
        socket.set_recv_buffer_size(bytes as usize)?;
    }
    Ok(())
}
