//! From the outbox to the socket.

use super::account::SESSION;
use super::connection::Stage;
use super::core::Core;
use super::mutant::{Mutant, active};
use super::port::Port;
use std::io;

/// A session that was booked with more than this has something to give back once all is written.
const MUCH_BOOKED: usize = 2 * SESSION;

impl<P: Port> Core<P> {
    /// Writes until everything is written or the socket takes no more.
    pub(super) fn flush(&mut self, slot: usize) {
        if self.link.is_some() && self.flush_through_link(slot) {
            return;
        }
        if self.datagrams.is_some() {
            if self.link.is_some() {
                self.release_datagrams(slot);
            }
            self.flush_datagrams(slot);
            return;
        }
        if !active(Mutant::PublishesAfterWriting) {
            self.records.writer.publish();
        }
        let Some(connection) = self.table.get_mut(slot) else { return };
        let mut failure = None;
        while !connection.egress.outbox.is_empty() {
            let call = connection.egress.outbox.next_call();
            match self.port.send(slot, call) {
                Ok(count) => {
                    connection.egress.outbox.wrote(count);
                    self.stats.wrote(connection, count, self.port.now());
                }
                Err(error)
                    if error.kind() == io::ErrorKind::Interrupted
                        && !active(Mutant::TakesAnInterruptionForAnError) => {}
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => break,
                Err(error) => {
                    failure = Some(error);
                    break;
                }
            }
        }
        if let Some(error) = failure {
            self.fail(slot, "write", &error.to_string());
            return;
        }
        self.watch_writability(slot);
    }

    /// Writes a frame whose payload was left in place; what the socket does not take is copied.
    #[inline(never)]
    pub(super) fn write_gathered(&mut self, slot: usize, at: usize, payload: &[u8]) {
        self.records.writer.publish();
        let Some(connection) = self.table.get_mut(slot) else { return };
        let frame_len = connection.egress.outbox.len();
        let result = self.port.send_around(slot, connection.egress.outbox.next_call(), at, payload);
        let count = match result {
            Ok(count) => count,
            Err(error)
                if matches!(
                    error.kind(),
                    io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted
                ) =>
            {
                0
            }
            Err(error) => {
                self.fail(slot, "write", &error.to_string());
                return;
            }
        };
        if count > 0 {
            self.stats.wrote(connection, count, self.port.now());
        }
        if count == frame_len + payload.len() {
            connection.egress.outbox.wrote(frame_len);
            // A closing connection may have waited for this message alone.
            if connection.stage == Stage::Closing
                || connection.egress.ends_output
                || connection.ingress.paused
            {
                self.watch_writability(slot);
            }
            return;
        }
        let mut frame = connection.egress.outbox.next_call().to_vec();
        connection.egress.outbox.wrote(frame_len);
        frame.splice(at..at, payload.iter().copied());
        connection.egress.outbox.buffer().extend_from_slice(&frame[count..]);
        connection.egress.outbox.cut(frame.len() - count);
        self.watch_writability(slot);
    }

    /// Asks for a writability event exactly while something waits to be written.
    pub(super) fn watch_writability(&mut self, slot: usize) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        let wants = !connection.egress.outbox.is_empty();
        if wants != connection.egress.wants_write && !active(Mutant::DoesNotWaitForRoomToWrite) {
            connection.egress.wants_write = wants;
            self.port.watch(slot, wants);
        }
        if !wants && connection.egress.ends_output {
            connection.end_output(slot, &mut self.port);
        }
        let never = active(Mutant::NeverReadsAPausedPeerAgain);
        if connection.ingress.paused && !connection.is_clogged(self.part) && !never {
            connection.ingress.paused = false;
            self.work.to_read.insert(slot);
        }
        let booked_more = wants || connection.booked > MUCH_BOOKED;
        let nothing_held = connection.egress.held.is_empty() || connection.egress.ends_output;
        if !wants && connection.stage == Stage::Closing && nothing_held {
            self.remove(slot);
        } else if booked_more {
            self.account_for(slot);
        }
    }

    /// Flushes what the turn has gathered.
    #[inline]
    pub(super) fn flush_dirty(&mut self) {
        while let Some(slot) = self.work.to_flush.pop() {
            self.flush(slot);
        }
        if self.records.damage_told {
            self.records.damage_told = false;
            self.records.writer.publish();
            // The client may sleep with a full window that this damage frees.
            if !active(Mutant::TellsDamageWithoutWaking) {
                self.port.wake_peer();
            }
        }
    }

    #[inline]
    pub(super) fn mark_dirty(&mut self, slot: usize) {
        if self.table.get(slot).is_some() {
            self.work.to_flush.insert(slot);
        }
    }
}
