//! From a handler's send to the outbox: hold, encode, record, publish.

use super::config::Part;
use super::connection::{Connection, MessageContext, Stage};
use super::core::Core;
use super::egress::Egress;
use super::port::Port;
use super::records::Records;
use super::stats::Stats;
use crate::framing::Unsendable;
use crate::framing::driver::{Encoded, Held, encode};
use crate::handler::SendResult;
use crate::judge::{RecordHead, Verdict};
use crate::load::Token;
use crate::measure::of_unsendable;
use crate::scenario::WritePolicy;

/// Payloads from this size on are written from where they stand instead of being copied into the
/// frame first. Measured (benches/README.md): at 64 KiB that brings 2 to 5 %, up to 16 KiB nothing.
const GATHER_FROM: usize = 16 << 10;

/// A server stops reading a session that has this many unsent bytes.
pub(super) const HIGH_WATER: usize = 1 << 20;

/// A session with more unsent bytes than this takes no more.
const FULL: usize = 2 << 20;

/// What is gathered for the end of the turn (`write = "batch"`) is booked from so many bytes on.
const MUCH_GATHERED: usize = 64 << 10;

/// A session that took no more does again with no more unsent bytes than this: early enough that
/// the socket does not run dry meanwhile.
const ROOM: usize = 512 << 10;

impl<P: Port> Core<P> {
    /// A handler hands a message over.
    #[inline(always)]
    pub(super) fn submit(
        &mut self,
        slot: usize,
        origin: MessageContext,
        message: &[u8],
    ) -> SendResult {
        let Some(connection) = self.table.get_mut(slot) else {
            return SendResult::Closed;
        };
        if connection.stage != Stage::Open {
            return self.sent_after_end(slot);
        }
        if message.len() > self.records.writer.largest_message() {
            return SendResult::TooLarge;
        }
        if connection.unsent() > FULL {
            return self.refuse(slot);
        }
        let egress = &connection.egress;
        let held = egress.held.must_wait(&*egress.encoder, origin.handed_over_ns);
        if held || !self.records.writer.has_room(message.len()) {
            self.hold(slot, origin, message, !held);
            return SendResult::Sent;
        }
        if self.link.is_some() {
            return self.encode_linked(slot, &origin, message, origin.handed_over_ns);
        }
        self.encode::<false>(slot, &origin, message, origin.handed_over_ns)
    }

    /// [`encode`](Self::encode) where the link has a say: apart, so that it costs nothing where it has
    /// none.
    #[cold]
    #[inline(never)]
    fn encode_linked(
        &mut self,
        slot: usize,
        origin: &MessageContext,
        message: &[u8],
        now: u64,
    ) -> SendResult {
        // The link may have ended our direction while the other stays open.
        if self.table.get(slot).is_none_or(|connection| connection.egress.output_ended) {
            return SendResult::Closed;
        }
        self.encode::<true>(slot, origin, message, now)
    }

    /// The handler hears when there is room again.
    #[cold]
    fn refuse(&mut self, slot: usize) -> SendResult {
        self.work.refused.insert(slot);
        self.answers_later();
        SendResult::Full
    }

    /// Takes a session that had no room and has some again.
    pub(super) fn take_relieved(&mut self) -> Option<usize> {
        let table = &self.table;
        self.work.refused.take_one(|slot| table.get(slot).is_none_or(|one| one.unsent() <= ROOM))
    }

    /// True when [`take_relieved`](Self::take_relieved) would give a session.
    pub(super) fn has_relieved(&self) -> bool {
        let mut refused = self.work.refused.iter().map(|slot| self.table.get(slot));
        refused.any(|one| one.is_none_or(|one| one.unsent() <= ROOM))
    }

    /// Keeps a message until the framing may encode it and the ledger has room.
    #[cold]
    fn hold(&mut self, slot: usize, origin: MessageContext, message: &[u8], stalled: bool) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.egress.held.push(message, origin);
        self.work.waiting.insert(slot);
        self.account_for(slot);
        if stalled {
            self.begin_stall(origin.handed_over_ns);
        }
    }

    /// Encodes, records and writes (or queues) one message. Gate and ledger have room.
    #[inline(always)]
    fn encode<const LINKED: bool>(
        &mut self,
        slot: usize,
        origin: &MessageContext,
        message: &[u8],
        now: u64,
    ) -> SendResult {
        let longest = self.longest_datagram();
        let Some(connection) = self.table.get_mut(slot) else {
            return SendResult::Closed;
        };
        let policy = self.settings.transport.write;
        let idle = connection.egress.outbox.is_empty();
        let whole = idle && policy == WritePolicy::Message && longest.is_none() && !LINKED;
        let gather = if whole { GATHER_FROM } else { usize::MAX };
        let Egress { encoder, outbox, .. } = &mut connection.egress;
        let encoded = encode(encoder.as_mut(), now, message, outbox.buffer(), gather);
        self.stats.sent.messages += 1;
        let Encoded { header_len, payload_end, borrowed_at, own_bytes, later, closes } =
            match encoded {
                Ok(encoded) => encoded,
                Err(why) => {
                    let id = connection.id;
                    self.cannot_send(id, origin, message.len(), why);
                    return SendResult::Sent;
                }
            };
        connection.egress.ends_output |= closes;
        if connection.ingress.decoder.is_none() {
            connection.await_deadline(slot, &mut self.work.waiting);
        }
        if longest.is_some_and(|longest| own_bytes > longest) {
            connection.egress.outbox.retract(own_bytes);
            let (id, room) = (connection.id, longest.unwrap_or(0));
            let max = (room + message.len()).saturating_sub(own_bytes) as u64;
            self.cannot_send(id, origin, message.len(), Unsendable::TooLong { max });
            return SendResult::TooLarge;
        }
        let wire_len = own_bytes + borrowed_at.map_or(0, |_| message.len());
        let mut head = record_head(connection, origin, message.len(), wire_len);
        // What the peer has to ask for first belongs to the frame as well.
        head.wire_len += later as u32;
        self.records.writer.append(&head, message);
        self.stats.sent.payload_bytes += message.len() as u64;
        if let Some(client_state) = &mut self.client {
            let token = Token(origin.exchange);
            client_state.table.handed_over(token, origin.handed_over_ns, message.len());
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
            if self.guests.account.is_some() && connection.egress.outbox.len() >= MUCH_GATHERED {
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
    fn cannot_send(&mut self, session: u32, origin: &MessageContext, len: usize, why: Unsendable) {
        self.stats.sent.unsendable += 1;
        self.stats
            .errors
            .add(&of_unsendable(why.word()), 1, || format!("session {session}, {len} B: {why}"));
        // An empty reply that has no form leaves the client waiting, as it would leave any other:
        // its exchange ends unanswered.
        if self.part == Part::Client || !matches!(why, Unsendable::Empty) {
            self.note_damage(origin.exchange, origin.exchanges);
        }
        if let Unsendable::Failed { text } = why {
            self.broken.get_or_insert(text);
        }
    }

    /// Plans the write calls of a frame that has just been encoded, and makes them unless others
    /// come first.
    #[inline(never)]
    fn write_frame(&mut self, slot: usize, header_len: usize, len: usize, idle: bool) {
        self.records.writer.publish();
        let Some(connection) = self.table.get_mut(slot) else { return };
        if self.link.is_some() {
            let (end, header_body) = (connection.egress.encoded, WritePolicy::HeaderBody);
            if self.settings.transport.write == header_body {
                self.hand_to_link(slot, end - (len - header_len) as u64);
            }
            self.hand_to_link(slot, end);
            self.flush(slot);
            return;
        }
        if self.settings.transport.write == WritePolicy::HeaderBody {
            connection.egress.outbox.cut(header_len);
            connection.egress.outbox.cut(len - header_len);
        } else {
            connection.egress.outbox.cut(len);
        }
        if idle {
            self.flush(slot);
        } else {
            self.account_for(slot);
        }
    }

    /// Bytes the framing itself sends: they go out ahead of later frames, in a call of their own.
    pub(super) fn send_control(&mut self, slot: usize, bytes: &[u8]) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.answered(bytes.len() as u64);
        connection.egress.outbox.buffer().extend_from_slice(bytes);
        if self.datagrams.is_some() {
            self.queue_datagram(slot, bytes.len(), true);
            return;
        }
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else {
            if self.link.is_some() {
                let end = connection.egress.encoded;
                self.hand_to_link(slot, end);
            } else {
                connection.egress.outbox.cut(bytes.len());
            }
            self.flush(slot);
        }
    }

    /// Encodes what was held back, as far as the framing and the ledger allow.
    pub(super) fn pump(&mut self, slot: usize, now: u64) {
        while let Some(connection) = self.table.get_mut(slot) {
            let egress = &mut connection.egress;
            // The link has ended our direction: what is still held is lost with the connection.
            if egress.output_ended && self.link.is_some() {
                return;
            }
            let Some(message) = egress.held.due(&*egress.encoder, now) else { return };
            if !self.records.writer.has_room(message.len()) {
                self.begin_stall(now);
                return;
            }
            let Some(held) = egress.held.pop() else { return };
            let _ = match self.link {
                None => self.encode::<false>(slot, &held.origin, &held.message, now),
                Some(_) => self.encode_linked(slot, &held.origin, &held.message, now),
            };
        }
    }

    /// Gives every message that is still held back its record: none of them is sent any more.
    pub(super) fn record_held(&mut self) {
        for (_, connection) in self.table.iter_mut() {
            for held in connection.egress.held.take() {
                record_unsent(&mut self.records, &mut self.stats, connection, &held);
            }
        }
    }

    /// A connection cannot go on: counted, judged and removed.
    pub(super) fn fail(&mut self, slot: usize, phase: &str, what: &str) {
        let id = self.table.get(slot).map_or(0, |connection| connection.id);
        self.stats.errors.add(phase, 1, || format!("session {id}: {what}"));
        if matches!(phase, "read" | "write") {
            self.cut_short(id);
        }
        self.note_failed(slot, phase);
        self.remove(slot);
    }

    /// The messages of these exchanges are damaged: frees their slots, or tells the client to.
    pub(super) fn note_damage(&mut self, first: u64, count: u32) {
        if count == 0 {
            return;
        }
        match self.part {
            Part::Client => self.damage_exchanges(first, count),
            Part::Server => {
                if !self.records.writer.append_damage(first, count) {
                    self.records.untold_damage.push((first, count));
                }
                self.records.damage_told = true;
            }
        }
    }

    /// Passes the judge's new findings on.
    pub(super) fn settle_damage(&mut self) {
        if self.records.findings.judged.is_empty() {
            return;
        }
        // What may explain these verdicts was told before their bytes came.
        self.learn_faults();
        // The list's memory is used again: under `raw` this runs for nearly every message.
        let mut list = std::mem::take(&mut self.records.findings.judged);
        // Over datagrams, what is late or comes twice is whole all the same, and what is lost shows
        // by its answer's not coming in time.
        let datagrams = self.datagrams.is_some();
        let harmless = [Verdict::Lost, Verdict::Reordered, Verdict::Duplicated];
        for judged in list.drain(..) {
            if let Some(link) = &mut self.link {
                let shown =
                    self.records.findings.anomalies.iter().any(|one| one.head == judged.head);
                link.judged(&judged, shown);
            }
            if datagrams && harmless.contains(&judged.verdict) {
                continue;
            }
            self.note_damage(judged.head.exchange, judged.head.exchanges);
        }
        self.records.findings.judged = list;
    }

    fn begin_stall(&mut self, now: u64) {
        if self.records.stalled_since.is_none() {
            self.records.stalled_since = Some(now);
            self.stats.sent.stalls += 1;
        }
    }
}

/// Gives a message that will never be encoded its record. When the ledger has no room even at the end
/// of the round, it is counted as unjudged: no judge can know of it.
pub(super) fn record_unsent(
    records: &mut Records,
    stats: &mut Stats,
    connection: &mut Connection,
    held: &Held<MessageContext>,
) {
    stats.sent.messages += 1;
    if !records.writer.has_room(held.message.len()) {
        stats.sent.unjudged += 1;
        return;
    }
    let head = record_head(connection, &held.origin, held.message.len(), 0);
    records.writer.append(&head, &held.message);
    records.writer.publish();
    stats.sent.payload_bytes += held.message.len() as u64;
}

#[inline(always)]
fn record_head(
    connection: &mut Connection,
    origin: &MessageContext,
    len: usize,
    wire_len: usize,
) -> RecordHead {
    let head = RecordHead {
        session: connection.id,
        len: len as u32,
        seq: connection.egress.sequence,
        exchange: origin.exchange,
        exchanges: origin.exchanges,
        measured: origin.measured,
        handed_over_ns: origin.handed_over_ns,
        cause_received_ns: origin.cause_received_ns,
        wire_offset: connection.egress.encoded,
        wire_len: wire_len as u32,
    };
    connection.egress.sequence += 1;
    connection.egress.encoded += wire_len as u64;
    head
}
