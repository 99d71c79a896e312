//! From the send buffer to the socket.

use crate::core::Core;
use crate::guests::SESSION;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use std::io;

/// A session that was booked with more than this has something to give back once all is written.
const MUCH_BOOKED: usize = 2 * SESSION;

/// From so many connections on, what one does not need until its next message is given back.
const MANY: usize = 512;

/// Memory that a send buffer of one of many connections keeps when it is empty, in bytes.
const KEPT_OF_MANY: usize = 2 << 10;

impl<P: Port> Core<P> {
    /// Writes until everything is written or the socket takes no more.
    pub(crate) fn flush(&mut self, slot: usize) {
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
            self.records.writer_mut().publish();
        }
        let Some(connection) = self.table.get_mut(slot) else { return };
        let mut failure = None;
        while !connection.egress().send_buffer().is_empty() {
            let call = connection.egress().send_buffer().next_call();
            match self.port.send(slot, call) {
                Ok(count) => {
                    connection.egress_mut().send_buffer_mut().wrote(count);
                    let piece = connection.egress_mut().wrote(count, self.port.now());
                    self.stats.wrote(connection.id(), piece);
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
    pub(crate) fn write_gathered(&mut self, slot: usize, at: usize, payload: &[u8]) {
        self.records.writer_mut().publish();
        let Some(connection) = self.table.get_mut(slot) else { return };
        let frame_len = connection.egress().send_buffer().len();
        let result =
            self.port.send_around(slot, connection.egress().send_buffer().next_call(), at, payload);
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
            let piece = connection.egress_mut().wrote(count, self.port.now());
            self.stats.wrote(connection.id(), piece);
        }
        if count == frame_len + payload.len() {
            connection.egress_mut().send_buffer_mut().wrote(frame_len);
            // A closing connection may have waited for this message alone.
            if connection.lifecycle().is_closing()
                || connection.lifecycle().output_ends_with_message()
                || connection.ingress().is_paused()
            {
                self.watch_writability(slot);
            }
            return;
        }
        let mut frame = connection.egress().send_buffer().next_call().to_vec();
        connection.egress_mut().send_buffer_mut().wrote(frame_len);
        frame.splice(at..at, payload.iter().copied());
        connection.egress_mut().send_buffer_mut().buffer().extend_from_slice(&frame[count..]);
        connection.egress_mut().send_buffer_mut().cut(frame.len() - count);
        self.watch_writability(slot);
    }

    /// Asks for a writability event exactly while something waits to be written.
    pub(crate) fn watch_writability(&mut self, slot: usize) {
        let is_many = self.table.len() >= MANY;
        let Some(connection) = self.table.get_mut(slot) else { return };
        let wants = !connection.egress().send_buffer().is_empty();
        if wants != connection.egress().wants_write() && !active(Mutant::DoesNotWaitForRoomToWrite)
        {
            connection.egress_mut().set_wants_write(wants);
            self.port.watch(slot, wants);
        }
        if !wants && is_many {
            connection.egress_mut().send_buffer_mut().trim_to(KEPT_OF_MANY);
        }
        if !wants && connection.lifecycle().output_ends_with_message() {
            connection.end_output(slot, &mut self.port);
        }
        let never = active(Mutant::NeverReadsAPausedPeerAgain);
        if connection.ingress().is_paused() && !connection.is_clogged(self.role) && !never {
            connection.ingress_mut().resume();
            self.work.to_read.insert(slot);
        }
        let booked_more = wants || connection.booked() > MUCH_BOOKED;
        let nothing_held = connection.egress().held().is_empty()
            || connection.lifecycle().output_ends_with_message();
        if !wants && connection.lifecycle().is_closing() && nothing_held {
            self.remove(slot);
        } else if booked_more {
            self.account_for(slot);
        }
    }

    /// Has announced once more what holds of a connection.
    pub(crate) fn announce_anew(&mut self, slot: usize) {
        if let Some(connection) = self.table.get(slot) {
            self.port.watch(slot, connection.egress().wants_write());
        }
    }

    /// Flushes what the turn has gathered.
    #[inline]
    pub(crate) fn flush_dirty(&mut self) {
        while let Some(slot) = self.work.to_flush.pop() {
            self.flush(slot);
        }
        if self.records.take_damage_told() {
            self.records.writer_mut().publish();
            // The client may sleep with a full window that this damage frees.
            if !active(Mutant::TellsDamageWithoutWaking) {
                self.port.wake_peer();
            }
        }
    }

    #[inline]
    pub(crate) fn mark_dirty(&mut self, slot: usize) {
        if self.table.get(slot).is_some() {
            self.work.to_flush.insert(slot);
        }
    }
}
