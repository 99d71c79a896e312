//! From the outbox to the socket.

use super::account::SESSION;
use super::connection::Stage;
use super::core::Core;
use super::port::Port;
use crate::measure::Piece;
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
        self.ledger.publish();
        let Some(connection) = &mut self.connections[slot] else { return };
        connection.dirty = false;
        let mut failure = None;
        while !connection.outbox.is_empty() {
            let call = connection.outbox.next_call();
            match self.port.send(slot, call) {
                Ok(count) => {
                    connection.outbox.wrote(count);
                    let piece = Piece {
                        at: connection.written,
                        len: count as u32,
                        time_ns: self.port.now(),
                    };
                    connection.written += count as u64;
                    self.sent.writes += 1;
                    self.sent.wire_bytes += count as u64;
                    self.write_log.push(connection.id, piece);
                }
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
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
        self.ledger.publish();
        let Some(connection) = &mut self.connections[slot] else { return };
        let frame_len = connection.outbox.len();
        let result = self.port.send_around(slot, connection.outbox.next_call(), at, payload);
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
            let time_ns = self.port.now();
            let piece = Piece { at: connection.written, len: count as u32, time_ns };
            connection.written += count as u64;
            self.sent.writes += 1;
            self.sent.wire_bytes += count as u64;
            self.write_log.push(connection.id, piece);
        }
        if count == frame_len + payload.len() {
            connection.outbox.wrote(frame_len);
            // A closing connection may have waited for this message alone.
            if connection.stage == Stage::Closing || connection.ends_output || connection.paused {
                self.watch_writability(slot);
            }
            return;
        }
        let mut frame = connection.outbox.next_call().to_vec();
        connection.outbox.wrote(frame_len);
        frame.splice(at..at, payload.iter().copied());
        connection.outbox.buffer().extend_from_slice(&frame[count..]);
        connection.outbox.cut(frame.len() - count);
        self.watch_writability(slot);
    }

    /// Asks for a writability event exactly while something waits to be written.
    pub(super) fn watch_writability(&mut self, slot: usize) {
        let Some(connection) = &mut self.connections[slot] else { return };
        let wants = !connection.outbox.is_empty();
        if wants != connection.wants_write {
            connection.wants_write = wants;
            self.port.watch(slot, wants);
        }
        if !wants && connection.ends_output {
            connection.end_output(slot, &mut self.port);
        }
        if connection.paused && !connection.is_clogged(self.part) {
            connection.paused = false;
            self.ready.push(slot);
        }
        let booked_more = wants || connection.booked > MUCH_BOOKED;
        let nothing_held = connection.held.is_empty() || connection.ends_output;
        if !wants && connection.stage == Stage::Closing && nothing_held {
            self.remove(slot);
        } else if booked_more {
            self.book(slot);
        }
    }

    /// Flushes what the turn has gathered.
    #[inline]
    pub(super) fn flush_dirty(&mut self) {
        while let Some(slot) = self.dirty.pop() {
            self.flush(slot);
        }
        if self.damage_told {
            self.damage_told = false;
            self.ledger.publish();
            // The client may sleep with a full window that this damage frees.
            self.port.wake_peer();
        }
    }

    #[inline]
    pub(super) fn mark_dirty(&mut self, slot: usize) {
        if let Some(connection) = &mut self.connections[slot]
            && !connection.dirty
        {
            connection.dirty = true;
            self.dirty.push(slot);
        }
    }
}
