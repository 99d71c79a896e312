//! Unix sockets: streams, packets and datagrams.

#![allow(unsafe_code)] // No safe wrapper asks the kernel for a name of its choice.

use super::super::listening::{Listening, in_unix_tables};
use super::super::sources::Sources;
use super::{TransportSockets, sock_addr};
use crate::scenario::{Address, Transport};
use socket2::{Domain, Socket, Type};
use std::io;
use std::os::fd::AsRawFd;
use std::path::Path;

pub(super) struct Unix(Type);

pub(super) const STREAM: Unix = Unix(Type::STREAM);
pub(super) const SEQPACKET: Unix = Unix(Type::SEQPACKET);
pub(super) const DATAGRAM: Unix = Unix(Type::DGRAM);

/// What the kernel keeps of the send buffer of a datagram socket to itself, in bytes
/// (unix_dgram_sendmsg).
const KEPT_OF_SEND_BUFFER: usize = 32;

impl Unix {
    fn has_connections(&self) -> bool {
        self.0 != Type::DGRAM
    }
}

impl TransportSockets for Unix {
    fn open(&self, _: &Transport) -> io::Result<Socket> {
        Socket::new(Domain::UNIX, self.0, None)
    }

    fn own_address(&self, _: &Transport, path: &Path) -> Address {
        Address::Path(path.to_owned())
    }

    fn bind(&self, socket: &Socket, _: &Transport, address: &Address) -> io::Result<Address> {
        socket.bind(&sock_addr(address)?)?;
        Ok(address.clone())
    }

    fn bind_source(&self, socket: &Socket, _: &mut Sources) -> io::Result<()> {
        bind_automatically(socket)
    }

    fn bind_alone(&self, socket: &Socket) -> io::Result<()> {
        // Without an address of its own nobody could answer it.
        if self.has_connections() { Ok(()) } else { bind_automatically(socket) }
    }

    fn listening(&self, address: &Address) -> Listening {
        match address {
            Address::Path(path) => in_unix_tables(path, self.has_connections()),
            _ => Listening::Unknown,
        }
    }

    fn longest_write(&self, socket: &Socket, _: &Transport) -> io::Result<usize> {
        Ok(socket.send_buffer_size()?.saturating_sub(KEPT_OF_SEND_BUFFER))
    }
}

/// Binds to an abstract name of the kernel's choice (an address of the family alone asks for that).
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
