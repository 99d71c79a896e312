//! From a handler's send to the send buffer: encode, record, publish.

use crate::core::Core;
use crate::handler::SendResult;
use crate::hook::MessageContext;
use crate::port::Port;
use wirebench_framings::EncodeError;
use wirebench_framings::Role;
use wirebench_framings::driver::Encoded;
use wirebench_load::Source;
use wirebench_measure::of_unsendable;
use wirebench_scenario::WritePolicy;

/// Payloads from this size on are written from where they stand instead of being copied into the
/// frame first. Measured (benches/README.md): at 64 KiB that brings 2 to 5 %, up to 16 KiB nothing.
const GATHER_FROM: usize = 16 << 10;

/// A session with more unsent bytes than this takes no more.
pub(super) const FULL: usize = 2 << 20;

/// What is gathered for the end of the turn (`write = "batch"`) is booked from so many bytes on.
const MUCH_GATHERED: usize = 64 << 10;

impl<P: Port> Core<P> {
    /// A handler hands a message over. `source`: it is the payload of its one exchange.
    #[inline(always)]
    pub(crate) fn submit(
        &mut self,
        slot: usize,
        origin: MessageContext,
        message: &[u8],
        source: Option<Source>,
    ) -> SendResult {
        self.end_send_run();
        let Some(connection) = self.table.get_mut(slot) else {
            return SendResult::Closed;
        };
        if !connection.lifecycle().is_open() {
            return self.sent_after_end(slot);
        }
        if message.len() > self.records.writer().largest_message() {
            return SendResult::TooLarge;
        }
        if connection.unsent() > FULL {
            return self.refuse(slot);
        }
        let held = connection.egress().must_wait(origin.handed_over_ns);
        if held || !self.records.writer_mut().has_room(message.len()) {
            self.hold(slot, origin, message, !held);
            return SendResult::Sent;
        }
        if self.link.is_some() {
            // The link may have ended our direction while the other stays open.
            if connection.lifecycle().output_has_ended() {
                return SendResult::Closed;
            }
            return self.encode_linked(slot, &origin, message, source, origin.handed_over_ns);
        }
        self.encode::<false>(slot, &origin, message, source, origin.handed_over_ns)
    }

    /// [`submit`](Self::submit), where that is rare.
    #[inline(never)]
    pub(super) fn submit_anew(
        &mut self,
        slot: usize,
        origin: &MessageContext,
        message: &[u8],
        source: Option<Source>,
    ) -> SendResult {
        self.submit(slot, *origin, message, source)
    }

    /// [`encode`](Self::encode) where the link has a say, and has not ended our direction: apart, so that
    /// it costs nothing where it has none.
    #[cold]
    #[inline(never)]
    pub(super) fn encode_linked(
        &mut self,
        slot: usize,
        origin: &MessageContext,
        message: &[u8],
        source: Option<Source>,
        now: u64,
    ) -> SendResult {
        self.encode::<true>(slot, origin, message, source, now)
    }

    /// Encodes, records and writes (or queues) one message. Gate and ledger have room.
    #[inline(always)]
    pub(super) fn encode<const LINKED: bool>(
        &mut self,
        slot: usize,
        origin: &MessageContext,
        message: &[u8],
        source: Option<Source>,
        now: u64,
    ) -> SendResult {
        let longest = self.longest_datagram();
        let Some(connection) = self.table.get_mut(slot) else {
            return SendResult::Closed;
        };
        let policy = self.settings.transport.write;
        let idle = connection.egress().send_buffer().is_empty();
        let whole = idle && policy == WritePolicy::Message && longest.is_none() && !LINKED;
        let gather = if whole { GATHER_FROM } else { usize::MAX };
        let encoded = connection.egress_mut().encode(now, message, gather);
        self.stats.sent_message();
        let Encoded { header_len, payload_end, borrowed_at, own_bytes, later, closes } =
            match encoded {
                Ok(encoded) => encoded,
                Err(why) => {
                    let id = connection.id();
                    self.cannot_send(id, origin, message.len(), why);
                    return SendResult::Sent;
                }
            };
        if closes {
            connection.lifecycle_mut().end_output_with_message();
        }
        if !connection.ingress().has_decoder() {
            connection.await_deadline(slot, &mut self.work.waiting);
        }
        if longest.is_some_and(|longest| own_bytes > longest) {
            connection.egress_mut().send_buffer_mut().retract(own_bytes);
            let (id, room) = (connection.id(), longest.unwrap_or(0));
            let max = (room + message.len()).saturating_sub(own_bytes) as u64;
            self.cannot_send(id, origin, message.len(), EncodeError::TooLong { max });
            return SendResult::TooLarge;
        }
        let wire_len = own_bytes + borrowed_at.map_or(0, |_| message.len());
        let mut head = {
            let id = connection.id();
            connection.egress_mut().record(id, origin, message.len(), wire_len)
        };
        // What the peer has to ask for first belongs to the frame as well.
        head.wire_len += later as u32;
        self.records.append(&head, message, source, !self.together.batch.is_over());
        self.stats.recorded(message.len());
        if let Some(client_state) = &mut self.client {
            client_state.handed_over(origin.exchange, origin.handed_over_ns, message.len());
        }
        let parts = [header_len, payload_end, own_bytes + later];
        if longest.is_some() {
            if !LINKED || !self.give_to_link(slot, own_bytes, parts) {
                self.queue_datagram(slot, own_bytes, idle);
            }
            return SendResult::Sent;
        }
        if LINKED {
            connection.note_frame(head.wire_offset, parts);
        }
        if policy == WritePolicy::Batch {
            self.work.to_flush.insert(slot);
            if let (false, Some(source), 0, None) = (LINKED || closes, source, later, borrowed_at)
                && connection.ingress().has_decoder()
            {
                let session = connection.id();
                self.begin_send_run((slot, session), origin, (message.len(), wire_len), source);
                return SendResult::Sent;
            }
            if self.guests.are_booked() && connection.egress().send_buffer().len() >= MUCH_GATHERED
            {
                self.account_for(slot);
            }
            return SendResult::Sent;
        }
        match borrowed_at {
            Some(at) => self.write_gathered(slot, at, message),
            None => self.write_frame(slot, header_len, own_bytes, idle),
        }
        SendResult::Sent
    }

    /// The framing cannot carry a message; a plugin's framing may even be broken.
    #[cold]
    pub(super) fn cannot_send(
        &mut self,
        session: u32,
        origin: &MessageContext,
        len: usize,
        why: EncodeError,
    ) {
        self.stats.unsendable();
        self.stats
            .error(&of_unsendable(why.word()), 1, || format!("session {session}, {len} B: {why}"));
        // An empty reply that has no form leaves the client waiting, as it would leave any other:
        // its exchange ends unanswered.
        if self.role == Role::Client || !matches!(why, EncodeError::Empty) {
            self.note_damage(origin.exchange, origin.exchanges);
        }
        if let EncodeError::Failed { text } = why {
            self.broken.get_or_insert(text);
        }
    }

    /// Plans the write calls of a frame that has just been encoded, and makes them unless others
    /// come first.
    #[inline(never)]
    fn write_frame(&mut self, slot: usize, header_len: usize, len: usize, idle: bool) {
        self.records.writer_mut().publish();
        let Some(connection) = self.table.get_mut(slot) else { return };
        if self.link.is_some() {
            let (end, header_body) = (connection.egress().encoded(), WritePolicy::HeaderBody);
            if self.settings.transport.write == header_body {
                self.hand_to_link(slot, end - (len - header_len) as u64);
            }
            self.hand_to_link(slot, end);
            self.flush(slot);
            return;
        }
        if self.settings.transport.write == WritePolicy::HeaderBody {
            connection.egress_mut().send_buffer_mut().cut(header_len);
            connection.egress_mut().send_buffer_mut().cut(len - header_len);
        } else if idle {
            // Everything that waits is one call; what it leaves is another, whatever comes behind it.
            self.flush(slot);
            self.cut_rest(slot);
            return;
        } else {
            connection.egress_mut().send_buffer_mut().cut(len);
        }
        if idle {
            self.flush(slot);
        } else {
            self.account_for(slot);
        }
    }

    /// What is left of a write call stays one.
    #[inline]
    fn cut_rest(&mut self, slot: usize) {
        if let Some(connection) = self.table.get_mut(slot)
            && !connection.egress().send_buffer().is_empty()
        {
            let rest = connection.egress().send_buffer().unwritten();
            connection.egress_mut().send_buffer_mut().cut(rest);
        }
    }

    /// Bytes the framing itself sends: they go out ahead of later frames, in a call of their own.
    pub(crate) fn send_control(&mut self, slot: usize, bytes: &[u8]) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.answered(bytes.len() as u64);
        connection.egress_mut().send_buffer_mut().buffer().extend_from_slice(bytes);
        if self.datagrams.is_some() {
            self.queue_datagram(slot, bytes.len(), true);
            return;
        }
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else {
            if self.link.is_some() {
                let end = connection.egress().encoded();
                self.hand_to_link(slot, end);
            } else {
                connection.egress_mut().send_buffer_mut().cut(bytes.len());
            }
            self.flush(slot);
        }
    }
}
