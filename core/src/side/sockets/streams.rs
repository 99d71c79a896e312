//! Streams and packets.

use super::{Endpoint, Sockets, token};
use crate::engine::Streams;
use crate::net::socket::{receive, segments_sent};
use mio::Interest;
use mio::unix::SourceFd;
use std::io::{self, IoSlice};
use std::net::Shutdown;
use std::os::fd::AsRawFd;
use std::time::Duration;

/// A socket [may wait](super::waiting) in reads.
const NEITHER_SIGNAL_NOR_WAIT: libc::c_int = libc::MSG_NOSIGNAL | libc::MSG_DONTWAIT;

impl Streams for Sockets {
    type Endpoint = Endpoint;

    fn attach(&mut self, slot: usize, endpoint: Endpoint, wants_write: bool) -> Result<(), String> {
        if let Endpoint::Own(socket) = &endpoint {
            self.registry
                .register(&mut SourceFd(&socket.as_raw_fd()), token(slot), interest(wants_write))
                .map_err(|error| format!("a connection cannot be watched: {error}"))?;
        }
        if self.endpoints.len() <= slot {
            self.endpoints.resize_with(slot + 1, || None);
        }
        self.endpoints[slot] = Some(endpoint);
        Ok(())
    }

    fn watch(&mut self, slot: usize, wants_write: bool) {
        if let Some(socket) = self.socket(slot) {
            let mut source = SourceFd(&socket.as_raw_fd());
            let _ = self.registry.reregister(&mut source, token(slot), interest(wants_write));
        }
    }

    #[inline]
    fn read(&mut self, slot: usize, room: &mut [u8]) -> io::Result<usize> {
        let flags = self.waiting.flags();
        let socket = self.socket(slot).ok_or_else(no_socket)?;
        receive(socket, room, flags, self.transport.kind.has_packets())
    }

    #[inline]
    fn send(&mut self, slot: usize, bytes: &[u8]) -> io::Result<usize> {
        let socket = self.socket(slot).ok_or_else(no_socket)?;
        socket.send_with_flags(bytes, NEITHER_SIGNAL_NOR_WAIT)
    }

    fn send_around(
        &mut self,
        slot: usize,
        frame: &[u8],
        at: usize,
        payload: &[u8],
    ) -> io::Result<usize> {
        let socket = self.socket(slot).ok_or_else(no_socket)?;
        let (header, trailer) = frame.split_at(at);
        let slices = [IoSlice::new(header), IoSlice::new(payload), IoSlice::new(trailer)];
        socket.send_vectored_with_flags(&slices, NEITHER_SIGNAL_NOR_WAIT)
    }

    fn shutdown_write(&mut self, slot: usize) {
        let _ = self.socket(slot).map(|socket| socket.shutdown(Shutdown::Write));
    }

    fn reset_on_close(&mut self, slot: usize) {
        // What lingers for no time is thrown away, and the other side is told by RST.
        let _ = self.socket(slot).map(|socket| socket.set_linger(Some(Duration::ZERO)));
    }

    fn close(&mut self, slot: usize) -> u64 {
        let Some(Endpoint::Own(socket)) = self.endpoints.get_mut(slot).and_then(Option::take)
        else {
            return 0;
        };
        let _ = self.registry.deregister(&mut SourceFd(&socket.as_raw_fd()));
        self.waiting.closed(slot);
        self.closes(&socket);
        segments_sent(&socket, &self.transport)
    }
}

fn interest(wants_write: bool) -> Interest {
    if wants_write { Interest::READABLE | Interest::WRITABLE } else { Interest::READABLE }
}

#[cold]
fn no_socket() -> io::Error {
    io::ErrorKind::NotConnected.into()
}
