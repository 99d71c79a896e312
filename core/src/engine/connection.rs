//! One connection of a side, with everything that belongs to it alone.

use super::answers::Answers;
use super::config::Part;
use super::emit::HIGH_WATER;
use super::idle::Traffic;
use super::judging::Judging;
use super::linked::Linked;
use super::outbox::Outbox;
use super::port::Port;
use crate::framing::{Framing, Gate};
use std::collections::VecDeque;

/// How far a connection has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Stage {
    /// The connect call is under way.
    Connecting,
    /// Messages may flow.
    Open,
    /// The load is over and the other side may have judged already: nothing more is handed over, but
    /// what comes is still read.
    Shut,
    /// Nothing more is handed over; it closes when everything is written.
    Closing,
}

/// A message that was handed over but may not be encoded yet.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) message: Box<[u8]>,
    pub(super) origin: Origin,
}

/// Where a message comes from: what its ledger record will say.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Origin {
    pub(super) exchange: u64,
    pub(super) exchanges: u32,
    pub(super) measured: bool,
    pub(super) handed_over_ns: u64,
    pub(super) cause_received_ns: u64,
}

/// One connection.
pub(super) struct Connection {
    /// The session's number in the ledger and for the plugin.
    pub(super) id: u32,
    pub(super) stage: Stage,
    /// Encodes, and decodes too when one framing serves both directions.
    pub(super) encoder: Box<dyn Framing>,
    pub(super) decoder: Option<Box<dyn Framing>>,
    pub(super) judge: Judging,
    pub(super) linked: Option<Box<Linked>>,
    pub(super) inbox: Inbox,
    pub(super) outbox: Outbox,
    pub(super) held: VecDeque<Held>,
    /// Bytes of these, each with its overhead.
    pub(super) held_bytes: usize,
    /// Messages sent, for the ledger.
    pub(super) sequence: u64,
    /// Bytes encoded, ever.
    pub(super) encoded: u64,
    /// Bytes written, ever.
    pub(super) written: u64,
    /// The hook that has closed it, by the count of those before.
    pub(super) closed_by_hook: Option<u64>,
    /// Exchanges that hold a slot of the window.
    pub(super) outstanding: u32,
    /// The exchange that opened this connection, in per-exchange sessions.
    pub(super) opened_for: Option<u64>,
    /// When the connect call was made.
    pub(super) begun_ns: u64,
    /// Registered for writability.
    pub(super) wants_write: bool,
    /// In the list of connections whose datagrams the kernel does not take now.
    pub(super) blocked: bool,
    /// What the framing has sent by itself.
    pub(super) answers: Answers,
    /// It is not read before the peer has taken more of what waits for it.
    pub(super) paused: bool,
    /// It may have unread bytes that no event will announce again.
    pub(super) readable: bool,
    /// When a late reader reads.
    pub(super) read_due_ns: Option<u64>,
    /// An event has said that the peer sends no more; none says it again, so what is left must be
    /// read up to the end.
    pub(super) end_announced: bool,
    /// The peer sends no more, and everything of it is read.
    pub(super) input_ended: bool,
    /// Our sending direction is shut down.
    pub(super) output_ended: bool,
    /// It is to be shut down once everything is written: that ends the message.
    pub(super) ends_output: bool,
    /// What it held when that was last booked, in bytes.
    pub(super) booked: usize,
    /// Bytes that the handler keeps for its peer, as it says.
    pub(super) handler_keeps: usize,
    pub(super) traffic: Traffic,
    /// The handler has yet to answer something that the peer has asked for.
    pub(super) pending: bool,
    /// The peer neither sends nor reads any more.
    pub(super) gone: bool,
    /// In the list of connections to flush at the end of the turn.
    pub(super) dirty: bool,
    /// In the list of connections that wait for time, room or the peer before they may encode.
    pub(super) waiting: bool,
    /// In the list of connections whose window has room.
    pub(super) freed: bool,
}

impl Connection {
    /// One over which nothing has gone yet.
    pub(super) fn new(
        id: u32,
        stage: Stage,
        (encoder, decoder): (Box<dyn Framing>, Option<Box<dyn Framing>>),
        judge: Judging,
        linked: Option<Box<Linked>>,
    ) -> Self {
        Self {
            id,
            stage,
            encoder,
            decoder,
            judge,
            linked,
            inbox: Inbox::default(),
            outbox: Outbox::default(),
            held: VecDeque::new(),
            held_bytes: 0,
            sequence: 0,
            encoded: 0,
            written: 0,
            outstanding: 0,
            closed_by_hook: None,
            opened_for: None,
            begun_ns: 0,
            wants_write: stage == Stage::Connecting,
            blocked: false,
            answers: Answers::default(),
            paused: false,
            readable: false,
            read_due_ns: None,
            end_announced: false,
            input_ended: false,
            output_ended: false,
            ends_output: false,
            booked: 0,
            handler_keeps: 0,
            traffic: Traffic::default(),
            pending: false,
            gone: false,
            dirty: false,
            waiting: false,
            freed: false,
        }
    }

    /// The framing of the incoming direction.
    #[inline]
    pub(super) fn incoming(&mut self) -> &mut dyn Framing {
        match &mut self.decoder {
            Some(decoder) => decoder.as_mut(),
            None => self.encoder.as_mut(),
        }
    }

    /// Everything is written, and the end of the stream is the message's: our direction is shut
    /// down. Once the peer's is too, the connection has done what it was for.
    pub(super) fn end_output(&mut self, slot: usize, port: &mut impl Port) {
        if !self.output_ended {
            self.output_ended = true;
            port.shutdown_write(slot);
        }
        if self.input_ended {
            self.stage = Stage::Closing;
        }
    }

    /// True when the peer's end of stream was its message, and ours may still follow: one that has
    /// not answered yet may do so later, if its handler ever does.
    pub(super) fn answers_the_end(&mut self, handler_answers_later: bool) -> bool {
        handler_answers_later
            && !self.ends_output
            && self.stage == Stage::Open
            && self.incoming().nature().per_connection
    }

    /// Puts the connection in `slot` on the list of those that wait, if its framing asks to be
    /// called at some time.
    #[inline]
    pub(super) fn await_deadline(&mut self, slot: usize, waiting: &mut Vec<usize>) {
        if !self.waiting && self.incoming().deadline().is_some() {
            self.waiting = true;
            waiting.push(slot);
        }
    }

    /// Bytes handed over and not yet written, with what messages that are held back cost besides.
    #[inline]
    pub(super) fn unsent(&self) -> usize {
        self.encoded_unsent() + self.held_bytes
    }

    /// Bytes encoded and not yet written.
    #[inline]
    fn encoded_unsent(&self) -> usize {
        self.outbox.len() + self.held_by_link()
    }

    /// True when so much waits to be written that the peer should read before it is heard again.
    ///
    /// Everything counts for a server. A client must go on, or both would wait for each other; but what
    /// its framing answers grows with what it hears, so no more of that may wait either.
    #[inline]
    pub(super) fn is_clogged(&mut self, part: Part) -> bool {
        match part {
            Part::Server => self.unsent() > HIGH_WATER && self.is_clogged_server(),
            Part::Client => self.unwritten_answers() > HIGH_WATER as u64,
        }
    }

    /// What only a word of the peer's can set free is no reason to wait: nobody would go on.
    #[cold]
    fn is_clogged_server(&self) -> bool {
        self.encoded_unsent() > HIGH_WATER || self.encoder.gate(0) != Gate::Blocked
    }

    /// The framing sends so many bytes by itself, which follow what is encoded so far.
    pub(super) fn answered(&mut self, bytes: u64) {
        // What was written since is forgotten here: not every side asks.
        self.unwritten_answers();
        self.answers.add(self.encoded, self.encoded + bytes);
        self.encoded += bytes;
    }

    fn unwritten_answers(&mut self) -> u64 {
        let waiting = self.outbox.unwritten() + self.held_by_link();
        self.answers.unwritten(self.encoded.saturating_sub(waiting as u64))
    }

    /// Nothing handed over waits to be written.
    pub(super) fn is_flushed(&self) -> bool {
        self.outbox.is_empty() && self.held.is_empty() && self.held_by_link() == 0
    }
}

/// Bytes read and not yet consumed by the framing.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    bytes: Vec<u8>,
    start: usize,
    end: usize,
    /// Offset in the session's stream of the byte at `start`.
    offset: u64,
}

impl Inbox {
    /// Room for one read of `size` bytes.
    #[inline]
    pub(super) fn room(&mut self, size: usize) -> &mut [u8] {
        if self.start == self.end {
            (self.start, self.end) = (0, 0);
        } else if self.start > 0 && self.end + size > self.bytes.len() {
            self.bytes.copy_within(self.start..self.end, 0);
            (self.start, self.end) = (0, self.end - self.start);
        }
        if self.end + size > self.bytes.len() {
            self.bytes.resize(self.end + size, 0);
        }
        &mut self.bytes[self.end..self.end + size]
    }

    /// `count` bytes were read into [`room`](Self::room).
    #[inline]
    pub(super) fn filled(&mut self, count: usize) {
        self.end += count;
    }

    /// All bytes not yet consumed.
    #[inline]
    pub(super) fn unread(&self) -> &[u8] {
        &self.bytes[self.start..self.end]
    }

    /// The framing is done with `count` bytes.
    #[inline]
    pub(super) fn consume(&mut self, count: usize) {
        let count = count.min(self.end - self.start);
        self.start += count;
        self.offset += count as u64;
    }

    /// A datagram of `count` bytes was read past this buffer.
    #[inline]
    pub(super) fn pass(&mut self, count: usize) {
        self.offset += count as u64;
    }

    /// Offset in the stream of the first byte of [`unread`](Self::unread).
    #[inline]
    pub(super) fn offset(&self) -> u64 {
        self.offset
    }

    /// Gives the memory back when nothing is unread, so that idle connections hold none.
    pub(super) fn take_memory(&mut self) -> Option<Vec<u8>> {
        (self.start == self.end).then(|| {
            (self.start, self.end) = (0, 0);
            std::mem::take(&mut self.bytes)
        })
    }

    /// Keeps what is unread in as much memory as it needs, and gives the larger one back, so that
    /// connections that wait for the rest of a frame hold little.
    pub(super) fn park(&mut self) -> Option<Vec<u8>> {
        let unread = self.end - self.start;
        if unread >= self.bytes.capacity() / 4 {
            return None;
        }
        let kept = self.unread().to_vec();
        (self.start, self.end) = (0, unread);
        Some(std::mem::replace(&mut self.bytes, kept))
    }

    /// Uses `memory` for the next reads; there is none yet.
    #[inline]
    pub(super) fn set_memory(&mut self, memory: Vec<u8>) {
        self.bytes = memory;
    }

    /// Uses `memory` for the next reads, if it has less; gives back what is not used.
    pub(super) fn lend_memory(&mut self, mut memory: Vec<u8>) -> Option<Vec<u8>> {
        let unread = self.end - self.start;
        if memory.len() <= self.bytes.len() {
            return Some(memory);
        }
        memory[..unread].copy_from_slice(&self.bytes[self.start..self.end]);
        (self.start, self.end) = (0, unread);
        self.bytes = memory;
        None
    }

    /// Bytes of memory that it takes.
    #[inline]
    pub(super) fn memory(&self) -> usize {
        self.bytes.capacity()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unread_bytes_survive_any_number_of_reads() {
        let mut inbox = Inbox::default();
        let mut next = 0_u8;
        let mut expected = 0_u8;
        for round in 0..1_000_usize {
            let room = inbox.room(7);
            room.iter_mut().for_each(|byte| {
                *byte = next;
                next = next.wrapping_add(1);
            });
            inbox.filled(7);
            if round % 3 == 0 {
                let _ = inbox.park();
            } else if round % 7 == 0 {
                let _ = inbox.lend_memory(vec![0xee; 64]);
            }
            let consume = round * 5 % (inbox.unread().len() + 1);
            for byte in &inbox.unread()[..consume] {
                assert_eq!(*byte, expected);
                expected = expected.wrapping_add(1);
            }
            inbox.consume(consume);
        }
        assert_eq!(inbox.offset() as u8, expected);
    }
}
