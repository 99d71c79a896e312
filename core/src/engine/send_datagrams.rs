//! What a side has when its transport has datagrams instead of connections, and how it sends them.

use super::config::Part;
use super::core::Core;
use super::judging::Judging;
use super::mutant::{Mutant, active};
use super::port::{NotTaken, Port};
use super::ready::ReadySlots;
use crate::scenario::{Transport, WritePolicy};
use std::io;

/// Judges give up on what is past their horizon this often within it.
const LOOKS_PER_HORIZON: u64 = 4;

/// They look no more often than this, in nanoseconds.
const SHORTEST_LOOK: u64 = 1_000_000;

/// The state that all datagrams of a side share.
pub(super) struct Datagrams<B> {
    /// Taken out while its datagrams are handed over.
    pub(super) batch: Option<B>,
    /// The longest datagram that can be sent, in bytes; known once there is a socket.
    pub(super) longest: usize,
    /// Connections whose datagrams the kernel does not take now, with no event that says when.
    pub(super) blocked: ReadySlots,
    /// When the server reads its socket though no event announces anything.
    pub(super) read_due_ns: Option<u64>,
    /// The server does not read while this much waits to be sent.
    pub(super) paused: bool,
    /// When the judges look next for what is past their horizon.
    pub(super) judging_due_ns: u64,
}

impl<B> Datagrams<B> {
    /// For a side without sockets yet; `None` where there are connections. `batch` makes room for
    /// datagrams of so many bytes.
    pub(super) fn of(transport: &Transport, batch: impl FnOnce(usize) -> B) -> Option<Box<Self>> {
        if transport.kind.has_connections() {
            return None;
        }
        let size = usize::try_from(transport.read_size).unwrap_or(usize::MAX);
        Some(Box::new(Self {
            batch: Some(batch(size)),
            longest: usize::MAX,
            blocked: ReadySlots::default(),
            read_due_ns: None,
            paused: false,
            judging_due_ns: 0,
        }))
    }

    /// When the loop wants to be called at the latest.
    pub(super) fn next_deadline(&self, look_again_ns: impl FnOnce() -> u64) -> u64 {
        let blocked = if self.blocked.is_empty() { u64::MAX } else { look_again_ns() };
        self.read_due_ns.unwrap_or(u64::MAX).min(blocked).min(self.judging_due_ns)
    }
}

impl<P: Port> Core<P> {
    /// A frame of `len` bytes stands at the end of the outbox: it is a datagram.
    #[inline]
    pub(super) fn queue_datagram(&mut self, slot: usize, len: usize, idle: bool) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.egress.outbox.cut_datagram(len);
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else if idle {
            self.flush_datagrams(slot);
        }
    }

    /// Sends datagrams until all have left or the kernel takes no more.
    pub(super) fn flush_datagrams(&mut self, slot: usize) {
        self.records.writer.publish();
        let batch = self.settings.transport.write == WritePolicy::Batch;
        let Some(connection) = self.table.get_mut(slot) else { return };
        let Some(datagrams) = &mut self.datagrams else { return };
        // Where the server has one socket for all, it is announced to nobody in particular.
        let own_socket = self.part == Part::Client;
        let mut retried = false;
        let mut waits = false;
        while !connection.egress.outbox.is_empty() {
            let (bytes, lengths) = connection.egress.outbox.datagrams();
            let result = self.port.send_datagrams(slot, bytes, lengths, !batch);
            let (why, error) = match result {
                Ok(count) => {
                    retried = false;
                    self.stats.sent.writes += 1;
                    let time_ns = self.port.now();
                    for _ in 0..count {
                        let len = connection.egress.outbox.next_datagram();
                        self.stats.wrote_piece(connection, len, time_ns);
                    }
                    continue;
                }
                Err(not_taken) => not_taken,
            };
            match why {
                NotTaken::Full if own_socket => break,
                NotTaken::Full | NotTaken::Busy => {
                    waits = true;
                    break;
                }
                NotTaken::Interrupted => retried = true,
                // The answer to an earlier datagram, told once.
                NotTaken::Refused if own_socket && !retried => retried = true,
                NotTaken::Refused | NotTaken::Never => {
                    retried = false;
                    connection.egress.written += connection.egress.outbox.next_datagram() as u64;
                }
            }
            if error.kind() != io::ErrorKind::Interrupted {
                let id = connection.id;
                let kind = format!("write: {}", P::kind_of(&error));
                let place = self.port.about_peer(slot);
                self.stats.errors.add(&kind, 1, || format!("session {id}: {error}{place}"));
            }
        }
        if waits && !active(Mutant::NeverRetriesDatagrams) {
            datagrams.blocked.insert(slot);
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
        if now < datagrams.judging_due_ns || active(Mutant::NeverExpiresDatagrams) {
            return;
        }
        let pace = self.settings.transport.horizon_ns / LOOKS_PER_HORIZON;
        datagrams.judging_due_ns = now + pace.max(SHORTEST_LOOK);
        for (_, connection) in self.table.iter_mut() {
            if let Judging::Datagram(judge) = &mut connection.ingress.judge {
                let mut ledger = self.records.reader.session(connection.id);
                judge.expire(&mut ledger, now, &mut self.records.findings);
            }
        }
        self.settle_damage();
        self.records.reader.publish_released();
        self.collect_examples();
    }
}
