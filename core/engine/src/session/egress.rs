//! What a connection sends: messages, their framing, and bytes that wait for the socket.

use super::answers::Answers;
use super::send_buffer::SendBuffer;
use crate::hook::MessageContext;
use wirebench_framings::driver::{Encoded, HeldBack, encode};
use wirebench_framings::{EncodeError, Framing, Gate};
use wirebench_judge::RecordHead;
use wirebench_measure::Piece;

/// The outgoing direction of a connection.
pub(crate) struct Egress {
    /// Encodes, and decodes too when one framing serves both directions.
    encoder: Box<dyn Framing>,
    send_buffer: SendBuffer,
    /// What was handed over and may not be encoded yet.
    held: HeldBack<MessageContext>,
    /// Messages sent, for the ledger.
    sequence: u64,
    /// Bytes encoded, ever.
    encoded: u64,
    /// Bytes written, ever.
    written: u64,
    /// What the framing has sent by itself.
    answers: Answers,
    /// It is announced when there is room to write.
    wants_write: bool,
}

impl Egress {
    /// Nothing was sent yet.
    #[inline]
    pub(super) fn new(encoder: Box<dyn Framing>, wants_write: bool) -> Self {
        Self {
            encoder,
            send_buffer: SendBuffer::default(),
            held: HeldBack::default(),
            sequence: 0,
            encoded: 0,
            written: 0,
            answers: Answers::default(),
            wants_write,
        }
    }

    #[inline]
    pub(super) fn encoder(&mut self) -> &mut dyn Framing {
        self.encoder.as_mut()
    }

    /// Whether the framing takes another message now.
    #[inline]
    pub(super) fn gate(&self, now: u64) -> Gate {
        self.encoder.gate(now)
    }

    /// Encodes a message behind what waits. From `gather_from` bytes on it is left where it stands.
    #[inline(always)]
    pub(crate) fn encode(
        &mut self,
        now: u64,
        message: &[u8],
        gather_from: usize,
    ) -> Result<Encoded, EncodeError> {
        encode(self.encoder.as_mut(), now, message, self.send_buffer.buffer(), gather_from)
    }

    #[inline]
    pub(crate) fn send_buffer(&self) -> &SendBuffer {
        &self.send_buffer
    }

    #[inline]
    pub(crate) fn send_buffer_mut(&mut self) -> &mut SendBuffer {
        &mut self.send_buffer
    }

    /// A message that is handed over at `now` has to wait: for others, or for the framing's gate.
    #[inline(always)]
    pub(crate) fn must_wait(&self, now: u64) -> bool {
        self.held.must_wait(self.encoder.as_ref(), now)
    }

    /// The message that is held back and may be encoded at `now`.
    #[inline]
    pub(crate) fn due(&self, now: u64) -> Option<&[u8]> {
        self.held.due(self.encoder.as_ref(), now)
    }

    /// When the framing's gate opens by itself, if anything waits for that.
    #[inline]
    pub(crate) fn opens_at(&self, now: u64) -> Option<u64> {
        self.held.opens_at(self.encoder.as_ref(), now)
    }

    /// Messages that may not be encoded yet.
    #[inline(always)]
    pub(crate) fn held(&self) -> &HeldBack<MessageContext> {
        &self.held
    }

    /// The same, to be changed.
    #[inline]
    pub(crate) fn held_mut(&mut self) -> &mut HeldBack<MessageContext> {
        &mut self.held
    }

    /// Memory that unsent bytes take, in bytes.
    #[inline]
    pub(crate) fn unsent_memory(&self) -> usize {
        self.send_buffer.memory() + self.answers.memory()
    }

    /// Memory that the framing keeps, in bytes.
    #[inline]
    pub(crate) fn framing_keeps(&self) -> usize {
        self.encoder.keeps()
    }

    /// Bytes encoded, ever.
    #[inline]
    pub(crate) fn encoded(&self) -> u64 {
        self.encoded
    }

    /// Bytes written, ever.
    #[inline]
    pub(crate) fn written(&self) -> u64 {
        self.written
    }

    /// The record of the next message, whose frame of `wire_len` bytes follows what is encoded.
    #[inline(always)]
    pub(crate) fn record(
        &mut self,
        session: u32,
        origin: &MessageContext,
        len: usize,
        wire_len: usize,
    ) -> RecordHead {
        let head = RecordHead {
            session,
            len: len as u32,
            seq: self.sequence,
            exchange: origin.exchange,
            exchanges: origin.exchanges,
            measured: origin.measured,
            handed_over_ns: origin.handed_over_ns,
            cause_received_ns: origin.cause_received_ns,
            wire_offset: self.encoded,
            wire_len: wire_len as u32,
        };
        self.sequence += 1;
        self.encoded += wire_len as u64;
        head
    }

    /// So many messages, with frames of `wire_len` bytes each, have gone on from the one that was recorded
    /// last.
    #[inline]
    pub(crate) fn recorded(&mut self, count: u64, wire_len: usize) {
        self.sequence += count;
        self.encoded += count * wire_len as u64;
    }

    /// So many bytes have left at this time.
    #[inline(always)]
    pub(crate) fn wrote(&mut self, count: usize, time_ns: u64) -> Piece {
        let piece = Piece { at: self.written, len: count as u32, time_ns };
        self.written += count as u64;
        piece
    }

    /// The next datagram has left at this time.
    #[inline]
    pub(crate) fn wrote_datagram(&mut self, time_ns: u64) -> Piece {
        let len = self.send_buffer.next_datagram();
        self.wrote(len, time_ns)
    }

    /// The next datagram is not sent.
    #[inline]
    pub(crate) fn skip_datagram(&mut self) {
        self.written += self.send_buffer.next_datagram() as u64;
    }

    /// The framing sends so many bytes by itself, which follow what is encoded so far.
    #[inline]
    pub(super) fn answer(&mut self, bytes: u64) {
        self.answers.add(self.encoded, self.encoded + bytes);
        self.encoded += bytes;
    }

    /// Bytes of the framing's own that wait. `held_by_link`: so many bytes that are encoded are neither
    /// written nor in the send buffer.
    #[inline]
    pub(super) fn unwritten_answers(&mut self, held_by_link: usize) -> u64 {
        let waiting = self.send_buffer.unwritten() + held_by_link;
        self.answers.unwritten(self.encoded.saturating_sub(waiting as u64))
    }

    /// True when somebody waits for an event that says that there is room.
    #[inline]
    pub(crate) fn wants_write(&self) -> bool {
        self.wants_write
    }

    /// An event is awaited, or not.
    #[inline]
    pub(crate) fn set_wants_write(&mut self, wants: bool) {
        self.wants_write = wants;
    }
}
