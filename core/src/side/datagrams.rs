//! What a side has when its transport has datagrams instead of connections, and how it sends them.

use super::connection::Endpoint;
use super::core::Core;
use super::judging::Judging;
use crate::measure::Piece;
use crate::net::datagrams::{Receiver, Sender, kernel_drops, send};
use crate::net::socket::longest_datagram;
use crate::scenario::{Transport, WritePolicy};
use crate::text;
use socket2::{SockAddr, Socket};
use std::io;

/// Judges give up on what is past their horizon this often within it.
const LOOKS_PER_HORIZON: u64 = 4;

/// They look no more often than this, in nanoseconds.
const SHORTEST_LOOK: u64 = 1_000_000;

/// The state that all datagrams of a side share.
pub(super) struct Datagrams {
    /// The server's only socket.
    pub(super) shared: Option<Socket>,
    /// Taken out while its datagrams are handed over.
    pub(super) receiver: Option<Box<Receiver>>,
    sender: Sender,
    /// The longest datagram that can be sent, in bytes; known once there is a socket.
    pub(super) longest: usize,
    /// Connections whose datagrams the kernel does not take now, with no event that says when.
    pub(super) blocked: Vec<usize>,
    /// When the server reads its socket though no event announces anything.
    pub(super) hear_due_ns: Option<u64>,
    /// The server does not read while this much waits to be sent.
    pub(super) paused: bool,
    /// When the judges look next for what is past their horizon.
    pub(super) judging_due_ns: u64,
    /// What the kernel has dropped at sockets that are closed.
    drops_of_closed: u64,
}

/// What a send that failed means.
enum Trouble {
    /// It was about an earlier datagram.
    Again,
    /// The kernel takes no more now, and says when it does.
    Full,
    /// The kernel takes no more now.
    Busy,
    /// This datagram never leaves.
    Never,
}

impl Datagrams {
    /// For a side without sockets yet; `None` where there are connections.
    pub(super) fn of(transport: &Transport) -> Option<Box<Self>> {
        if !transport.kind.is_datagram() {
            return None;
        }
        let size = usize::try_from(transport.read_size).unwrap_or(usize::MAX);
        Some(Box::new(Self {
            shared: None,
            receiver: Some(Box::new(Receiver::new(size))),
            sender: Sender::default(),
            longest: usize::MAX,
            blocked: Vec::new(),
            hear_due_ns: None,
            paused: false,
            judging_due_ns: 0,
            drops_of_closed: 0,
        }))
    }

    /// A socket has been opened: how much it can send at a time is known.
    pub(super) fn opens(&mut self, socket: &Socket, transport: &Transport) -> Result<(), String> {
        self.longest = longest_datagram(socket, transport)
            .map_err(|error| format!("a socket's buffer cannot be told: {error}"))?;
        Ok(())
    }

    /// A socket is about to be closed.
    pub(super) fn closes(&mut self, socket: &Socket) {
        self.drops_of_closed += kernel_drops(socket);
    }

    /// Everything the kernel has dropped; to be asked once all connections are removed.
    pub(super) fn drops(&self) -> u64 {
        self.drops_of_closed + self.shared.as_ref().map_or(0, kernel_drops)
    }

    /// When the loop wants to be called at the latest.
    pub(super) fn next_deadline(&self, look_again_ns: impl FnOnce() -> u64) -> u64 {
        let blocked = if self.blocked.is_empty() { u64::MAX } else { look_again_ns() };
        self.hear_due_ns.unwrap_or(u64::MAX).min(blocked).min(self.judging_due_ns)
    }
}

impl Core {
    /// A frame of `len` bytes stands at the end of the outbox: it is a datagram.
    #[inline]
    pub(super) fn queue_datagram(&mut self, slot: usize, len: usize, idle: bool) {
        let Some(Some(connection)) = self.connections.get_mut(slot) else { return };
        connection.outbox.cut_datagram(len);
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else if idle {
            self.flush_datagrams(slot);
        }
    }

    /// Sends datagrams until all have left or the kernel takes no more.
    pub(super) fn flush_datagrams(&mut self, slot: usize) {
        self.ledger.publish();
        let batch = self.settings.transport.write == WritePolicy::Batch;
        let Some(Some(connection)) = self.connections.get_mut(slot) else { return };
        let Some(datagrams) = &mut self.datagrams else { return };
        connection.dirty = false;
        let mut retried = false;
        let mut waits = false;
        while !connection.outbox.is_empty() {
            let (socket, peer) = match (&connection.endpoint, &datagrams.shared) {
                (Endpoint::Own(socket), _) => (socket, None),
                (Endpoint::Peer(peer), Some(shared)) => (shared, Some(&**peer)),
                (Endpoint::Peer(_), None) => return,
            };
            let result = if batch {
                let (bytes, lengths) = connection.outbox.datagrams();
                datagrams.sender.send(socket, peer, bytes, lengths)
            } else {
                send(socket, peer, connection.outbox.next_call()).map(|_| 1)
            };
            let error = match result {
                Ok(count) => {
                    retried = false;
                    self.sent.writes += 1;
                    let time_ns = self.clock.now();
                    for _ in 0..count {
                        let len = connection.outbox.next_datagram();
                        let piece = Piece { at: connection.written, len: len as u32, time_ns };
                        connection.written += len as u64;
                        self.sent.wire_bytes += len as u64;
                        self.write_log.push(connection.id, piece);
                    }
                    continue;
                }
                Err(error) => error,
            };
            match trouble(&error, peer.is_none() && !retried) {
                Trouble::Full if peer.is_none() => break,
                Trouble::Full | Trouble::Busy => {
                    waits = true;
                    break;
                }
                Trouble::Again => retried = true,
                Trouble::Never => {
                    retried = false;
                    connection.written += connection.outbox.next_datagram() as u64;
                }
            }
            if error.kind() != io::ErrorKind::Interrupted {
                let id = connection.id;
                let kind = format!("write: {}", word(&error));
                let place = relative(peer);
                self.errors.add(&kind, 1, || format!("session {id}: {error}{place}"));
            }
        }
        if waits && !connection.blocked {
            connection.blocked = true;
            datagrams.blocked.push(slot);
        }
        self.watch_writability(slot);
    }

    /// The longest datagram of this side, once it has a socket.
    #[inline]
    pub(super) fn longest_datagram(&self) -> Option<usize> {
        self.datagrams.as_ref().map(|datagrams| datagrams.longest)
    }

    /// Judges what is past its horizon, when it is time for that again.
    pub(super) fn judge_by_time(&mut self, now: u64) {
        let Some(datagrams) = &mut self.datagrams else { return };
        if now < datagrams.judging_due_ns {
            return;
        }
        let pace = self.settings.transport.horizon_ns / LOOKS_PER_HORIZON;
        datagrams.judging_due_ns = now + pace.max(SHORTEST_LOOK);
        for connection in self.connections.iter_mut().flatten() {
            if let Judging::Datagram(judge) = &mut connection.judge {
                let mut ledger = self.reader.session(connection.id);
                judge.expire(&mut ledger, now, &mut self.findings);
            }
        }
        self.settle_damage();
        self.reader.publish_released();
        self.collect_examples();
    }
}

fn trouble(error: &io::Error, may_be_earlier: bool) -> Trouble {
    match error.raw_os_error() {
        Some(libc::EINTR) => Trouble::Again,
        Some(libc::EAGAIN) => Trouble::Full,
        Some(libc::ENOBUFS | libc::ENOMEM) => Trouble::Busy,
        // The answer to an earlier datagram, told once.
        Some(libc::ECONNREFUSED) if may_be_earlier => Trouble::Again,
        _ => Trouble::Never,
    }
}

/// What is to be said of a peer whose name is looked for where this process is, not where the peer is.
fn relative(peer: Option<&SockAddr>) -> String {
    match peer.and_then(SockAddr::as_pathname) {
        Some(path) if path.is_relative() => format!(
            ": the peer's socket is called `{}`, which leads nowhere from here; it should be bound to \
             an absolute path",
            text::path(path)
        ),
        _ => String::new(),
    }
}

/// What went wrong, as the kinds of errors are told apart.
pub(super) fn word(error: &io::Error) -> String {
    match error.raw_os_error() {
        Some(libc::EMSGSIZE) => "message too long".to_owned(),
        _ => error.kind().to_string(),
    }
}
