//! What a side has when its transport has datagrams instead of connections, and how it sends them.

use crate::core::Core;
use crate::mutant::{Mutant, active};
use crate::port::{NotTaken, Port};
use std::io;
use wirebench_framings::Role;
use wirebench_scenario::WritePolicy;

impl<P: Port> Core<P> {
    /// A frame of `len` bytes stands at the end of the send buffer: it is a datagram.
    #[inline]
    pub(crate) fn queue_datagram(&mut self, slot: usize, len: usize, idle: bool) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.egress_mut().send_buffer_mut().cut_datagram(len);
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else if idle {
            self.flush_datagrams(slot);
        }
    }

    /// Sends datagrams until all have left or the kernel takes no more.
    pub(crate) fn flush_datagrams(&mut self, slot: usize) {
        self.records.writer_mut().publish();
        let batch = self.settings.transport.write == WritePolicy::Batch;
        let Some(connection) = self.table.get_mut(slot) else { return };
        let Some(datagrams) = &mut self.datagrams else { return };
        // Where the server has one socket for all, it is announced to nobody in particular.
        let own_socket = self.role == Role::Client;
        let mut retried = false;
        let mut waits = false;
        while !connection.egress().send_buffer().is_empty() {
            let (bytes, lengths) = connection.egress().send_buffer().datagrams();
            let result = self.port.send_datagrams(slot, bytes, lengths, !batch);
            let (why, error) = match result {
                Ok(count) => {
                    retried = false;
                    self.stats.write_call();
                    let time_ns = self.port.now();
                    for _ in 0..count {
                        let piece = connection.egress_mut().wrote_datagram(time_ns);
                        self.stats.wrote_piece(connection.id(), piece);
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
                    connection.egress_mut().skip_datagram();
                }
            }
            if error.kind() != io::ErrorKind::Interrupted {
                let id = connection.id();
                let kind = format!("write: {}", P::kind_of(&error));
                let place = self.port.about_peer(slot);
                self.stats.error(&kind, 1, || format!("session {id}: {error}{place}"));
            }
        }
        if waits && !active(Mutant::NeverRetriesDatagrams) {
            datagrams.block(slot);
        }
        self.watch_writability(slot);
    }

    /// The longest datagram of this side, once it has a socket.
    #[inline]
    pub(crate) fn longest_datagram(&self) -> Option<usize> {
        self.datagrams.as_ref().map(|datagrams| datagrams.longest())
    }

    /// Judges what is past its horizon, when it is time for that again.
    pub(crate) fn judge_by_time(&mut self, now: u64) {
        let Some(datagrams) = &mut self.datagrams else { return };
        if active(Mutant::NeverExpiresDatagrams)
            || !datagrams.look(now, self.settings.transport.horizon_ns)
        {
            return;
        }
        for (_, connection) in self.table.iter_mut() {
            let session = connection.id();
            let (mut ledger, findings) = self.records.judging(session);
            connection.ingress_mut().judge_mut().expire(&mut ledger, now, findings);
        }
        self.settle_damage();
        self.records.reader_mut().publish_released();
        self.collect_examples();
    }
}
