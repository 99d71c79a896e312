//! What a client meets where no server can be reached: sockets that hold an address and serve nobody.

use super::socket::{connect, new_socket};
use super::transports::of;
use crate::scenario::{Address, Transport, Unreachable};
use nix::poll::{PollFd, PollFlags, PollTimeout, poll};
use socket2::Socket;
use std::io;
use std::os::fd::AsFd;

/// Connections that are opened to fill a queue. One is enough for a queue of none (`listen(2)`: both TCP and
/// Unix sockets take one more than they were told).
const MAX_FILLERS: usize = 16;

/// How long a connection to a listener on this machine may take before it is one that the queue has no room
/// for, in milliseconds.
const PATIENCE_MS: u16 = 200;

/// Makes sure that nobody reaches a server at `wanted`, in this `way`, as long as what is returned is kept.
/// Returns where, too: a port may be the kernel's choice.
pub fn stand_in(
    transport: &Transport,
    wanted: &Address,
    way: Unreachable,
) -> io::Result<(Vec<Socket>, Address)> {
    if way == Unreachable::NoSuchPath {
        return Ok((Vec::new(), wanted.clone()));
    }
    let socket = new_socket(transport)?;
    let address = of(transport.kind).bind(&socket, transport, wanted)?;
    let mut sockets = vec![socket];
    if way == Unreachable::FullBacklog {
        sockets[0].listen(0)?;
        fill(transport, &address, &mut sockets)?;
    }
    Ok((sockets, address))
}

/// Opens connections that nobody accepts, until one does not stand any more.
fn fill(transport: &Transport, address: &Address, sockets: &mut Vec<Socket>) -> io::Result<()> {
    for _ in 0..MAX_FILLERS {
        let socket = new_socket(transport)?;
        let stands = match connect(&socket, address) {
            Ok(stands) => stands || stands_soon(&socket)?,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => return Ok(()),
            Err(error) => return Err(error),
        };
        if !stands {
            return Ok(());
        }
        sockets.push(socket);
    }
    Err(io::Error::other(format!(
        "a listener with a queue of none has taken {MAX_FILLERS} connections, so its queue cannot be filled"
    )))
}

/// Waits until a connection that is under way stands; false: it does not in time.
fn stands_soon(socket: &Socket) -> io::Result<bool> {
    let mut ready = [PollFd::new(socket.as_fd(), PollFlags::POLLOUT)];
    loop {
        match poll(&mut ready, PollTimeout::from(PATIENCE_MS)) {
            Ok(0) => return Ok(false),
            Ok(_) => break,
            Err(nix::errno::Errno::EINTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
    match socket.take_error()? {
        None => Ok(true),
        Some(error) => Err(error),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::net::socket::{own_address, prepare_alone};
    use crate::scenario::TransportKind;

    /// What a client is told that connects there, once its connect call has ended; `None`: it has not, after
    /// half a second.
    fn met(kind: TransportKind, way: Unreachable) -> Option<io::Result<()>> {
        let folder = tempfile::tempdir().unwrap();
        let transport = Transport { kind, ..Transport::default() };
        let wanted = own_address(&transport, &folder.path().join("socket"));
        let (_kept, address) = stand_in(&transport, &wanted, way).unwrap();
        let client = prepare_alone(&transport).unwrap();
        match connect(&client, &address) {
            Ok(true) => return Some(Ok(())),
            Ok(false) => {}
            Err(error) => return Some(Err(error)),
        }
        let mut ready = [PollFd::new(client.as_fd(), PollFlags::POLLOUT)];
        if poll(&mut ready, PollTimeout::from(500u16)).unwrap() == 0 {
            return None;
        }
        Some(client.take_error().unwrap().map_or(Ok(()), Err))
    }

    fn kind_of(met: Option<io::Result<()>>) -> Option<io::ErrorKind> {
        met.map(|ended| ended.expect_err("it stands").kind())
    }

    #[test]
    fn where_nobody_listens_a_connection_is_refused() {
        for kind in [TransportKind::Tcp, TransportKind::Unix, TransportKind::Seqpacket] {
            let ended = kind_of(met(kind, Unreachable::NobodyListens));
            assert_eq!(ended, Some(io::ErrorKind::ConnectionRefused), "{kind:?}");
        }
    }

    #[test]
    fn without_a_socket_file_there_is_nothing_to_connect_to() {
        for kind in [TransportKind::Unix, TransportKind::Seqpacket] {
            let ended = kind_of(met(kind, Unreachable::NoSuchPath));
            assert_eq!(ended, Some(io::ErrorKind::NotFound), "{kind:?}");
        }
    }

    #[test]
    fn a_full_queue_turns_away_over_unix_sockets_and_says_nothing_over_tcp() {
        for kind in [TransportKind::Unix, TransportKind::Seqpacket] {
            let ended = kind_of(met(kind, Unreachable::FullBacklog));
            assert_eq!(ended, Some(io::ErrorKind::WouldBlock), "{kind:?}");
        }
        assert_eq!(kind_of(met(TransportKind::Tcp, Unreachable::FullBacklog)), None);
    }
}
