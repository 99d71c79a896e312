//! From the socket to the handler: read, decode, judge, call.

use super::config::Part;
use super::connection::{MessageContext, Stage};
use super::core::Core;
use super::ingress::Inbox;
use super::machine::Engine;
use super::mutant::{Mutant, active};
use super::port::Port;
use crate::framing::{Decoded, FrameError, Nanos};
use crate::handler::{Handler, HookError};
use crate::link::ReadStep;
use crate::load::Token;
use crate::measure::FRAMING;
use crate::scenario::TransportKind;
use std::io;

/// Reads of one connection in a row before the others get their turn.
const READS_IN_A_ROW: usize = 16;

/// What a read found.
enum Found {
    /// Bytes, fewer than asked for: the socket is empty.
    Last,
    /// As many bytes as asked for.
    More,
    /// The first so many bytes of a packet, and how many it had.
    Cut { read: usize, whole: usize },
    /// Nothing now.
    Nothing,
    /// The link reads nothing before this time.
    Later(Nanos),
    /// The peer sends no more.
    End,
    /// The connection is broken.
    Broken(io::Error),
}

impl<P: Port, H: Handler<Core<P>>> Engine<P, H> {
    /// A connection has become readable.
    pub(super) fn readable(&mut self, slot: usize, now: Nanos) -> Result<(), HookError> {
        let delay = self.core.settings.transport.read_delay_ns;
        if delay > 0 {
            let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
            if connection.ingress.read_due_ns.is_none() {
                connection.ingress.read_due_ns = Some(now + delay);
                self.delayed.insert(slot);
            }
            return Ok(());
        }
        self.read(slot)
    }

    /// Reads a connection until it is empty, or others should have their turn.
    pub(super) fn read(&mut self, slot: usize) -> Result<(), HookError> {
        if self.core.datagrams.is_some() {
            return self.receive_datagrams(slot);
        }
        for _ in 0..READS_IN_A_ROW {
            let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
            if connection.ingress.input_ended || connection.stage == Stage::Connecting {
                return Ok(());
            }
            if connection.is_clogged(self.core.part) {
                connection.ingress.paused = true;
                return Ok(());
            }
            connection.ingress.readable = false;
            let mut inbox = std::mem::take(&mut connection.ingress.inbox);
            self.core.lend_memory(&mut inbox);
            let found = self.core.read_once(slot, &mut inbox);
            let outcome = match found {
                Found::Last | Found::More => self.decode(slot, &mut inbox),
                Found::Cut { read, whole } => self.decode_cut(slot, &mut inbox, read, whole),
                Found::End => self.input_ended(slot, &mut inbox),
                Found::Nothing | Found::Later(_) | Found::Broken(_) => Ok(()),
            };
            if let (Some(link), Some(id)) = (&self.core.link, self.ids.get(slot).copied())
                && link.is_confirmed()
            {
                self.core.confirm_read(id, &inbox);
            }
            self.core.keep_inbox(slot, inbox);
            outcome?;
            match found {
                Found::More | Found::Cut { .. } => {}
                Found::Last | Found::Nothing | Found::End => return Ok(()),
                Found::Later(until) => {
                    self.read_later(slot, until);
                    return Ok(());
                }
                Found::Broken(error) => {
                    self.core.fail(slot, "read", &error.to_string());
                    return Ok(());
                }
            }
        }
        if let Some(connection) = self.core.table.get_mut(slot) {
            connection.ingress.readable = true;
            self.core.work.to_read.insert(slot);
        }
        Ok(())
    }

    /// The link reads on at this time.
    fn read_later(&mut self, slot: usize, until: Nanos) {
        let Some(connection) = self.core.table.get_mut(slot) else { return };
        if connection.ingress.read_due_ns.is_none() {
            connection.ingress.read_due_ns = Some(until);
            self.delayed.insert(slot);
        }
    }

    /// Gives the framing what has been read, and the handler what comes out.
    pub(super) fn decode(&mut self, slot: usize, inbox: &mut Inbox) -> Result<(), HookError> {
        let now = self.core.hook.received_ns;
        self.with_decoded(slot, inbox, |connection, input, out| {
            connection.incoming().feed(now, input, out)
        })
    }

    /// The peer has closed its sending direction.
    fn input_ended(&mut self, slot: usize, inbox: &mut Inbox) -> Result<(), HookError> {
        let now = self.core.hook.received_ns;
        self.core.end_usage();
        self.core.note_peer_closed(slot, inbox);
        self.with_decoded(slot, inbox, |connection, input, out| {
            connection.ingress.input_ended = true;
            connection.incoming().end_of_input(now, input, out)
        })?;
        let outlasts = self.core.outlasts_input();
        let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
        // What is left can never arrive. Closing follows once our own bytes are out.
        let id = connection.id;
        connection
            .ingress
            .judge
            .end(&mut self.core.records.reader.session(id), &mut self.core.records.findings);
        if !outlasts && !connection.answers_the_end(self.core.recent_requests.is_some()) {
            connection.stage = Stage::Closing;
        }
        self.core.settle_damage();
        self.core.work.to_flush.insert(slot);
        if outlasts {
            self.core.watch_half_closed(slot);
        }
        Ok(())
    }

    /// The framing's deadline has passed.
    pub(super) fn framing_timeout(&mut self, slot: usize, now: Nanos) -> Result<(), HookError> {
        let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
        let mut inbox = std::mem::take(&mut connection.ingress.inbox);
        self.core.hook.received_ns = now;
        let outcome = self.with_decoded(slot, &mut inbox, |connection, _, out| {
            connection.incoming().timeout(now, out)
        });
        self.core.keep_inbox(slot, inbox);
        outcome
    }

    /// Calls a framing as often as it asks for, and acts each time on everything it found.
    fn with_decoded(
        &mut self,
        slot: usize,
        inbox: &mut Inbox,
        mut call: impl FnMut(
            &mut super::connection::Connection,
            &[u8],
            &mut Decoded,
        ) -> Result<(), FrameError>,
    ) -> Result<(), HookError> {
        let mut decoded = self.core.buffers.decoded.take().unwrap_or_default();
        loop {
            decoded.clear();
            let result = match self.core.table.get_mut(slot) {
                Some(connection) => call(connection, inbox.unread(), &mut decoded),
                None => Ok(()),
            };
            let outcome = self.act_on(slot, inbox, &decoded, result);
            if outcome.is_err() || !decoded.again {
                self.core.buffers.decoded = Some(decoded);
                return outcome;
            }
        }
    }

    /// Acts on everything that one call of a framing found.
    #[inline(always)]
    fn act_on(
        &mut self,
        slot: usize,
        inbox: &mut Inbox,
        decoded: &Decoded,
        result: Result<(), FrameError>,
    ) -> Result<(), HookError> {
        if !decoded.control.is_empty() {
            self.core.send_control(slot, &decoded.control);
        }
        let mut outcome = Ok(());
        self.core.hook.forget_stamp();
        let received_ns = self.core.hook.received_ns;
        let link_state = self.core.link.is_some();
        for frame in &decoded.frames {
            if link_state && let Some(link) = &mut self.core.link {
                link.frame_at(inbox.offset().saturating_add_signed(frame.wire_at));
            }
            outcome =
                self.deliver(slot, decoded.message(frame, inbox.unread()), self.core.hook.cut);
            if outcome.is_err() {
                break;
            }
        }
        // What another call finds was read at the same time.
        self.core.hook.received_ns = if decoded.again { received_ns } else { 0 };
        self.core.records.reader.publish_released();
        self.core.collect_examples();
        if decoded.dropped_count > 0 || decoded.resent > 0 {
            self.core.count_dropped(slot, inbox.offset(), decoded);
        }
        if let Err(error) = result {
            let at = inbox.offset() + error.at as u64;
            self.core.given_up(self.ids.get(slot).copied().unwrap_or_default(), at);
            self.core.note_fault(slot);
            if !decoded.control.is_empty() {
                // Last words, which may tell the peer what it did wrong.
                self.core.flush(slot);
            }
            self.core.fail(slot, FRAMING, &format!("at offset {at}: {}", error.text));
        } else if decoded.close {
            crate::handler::Services::close(
                &mut self.core,
                self.ids.get(slot).copied().unwrap_or_default(),
            );
        }
        if self.core.alone {
            self.core.note_read(slot, inbox, decoded);
        }
        inbox.consume(decoded.consumed);
        if let Some(connection) = self.core.table.get_mut(slot) {
            connection.await_deadline(slot, &mut self.core.work.waiting);
        }
        if self.core.work.waiting.contains(slot) {
            let now = self.core.port.now();
            self.core.pump(slot, now);
        }
        outcome
    }

    /// One received message: judged at once, then handled. `cut`: its packet or datagram was longer
    /// than the read.
    #[inline]
    pub(super) fn deliver(
        &mut self,
        slot: usize,
        message: &[u8],
        cut: bool,
    ) -> Result<(), HookError> {
        let core = &mut self.core;
        let Some(connection) = core.table.get_mut(slot) else { return Ok(()) };
        let id = connection.id;
        core.stats.received.messages += 1;
        let mut heard = connection.ingress.judge.receive(
            &mut core.records.reader.session(id),
            message,
            cut,
            core.hook.received_ns,
            &mut core.records.findings,
        );
        if core.alone {
            core.assign(slot, &mut heard);
            if let Some(script) = &mut core.script {
                script.show(message);
            }
        }
        if core.datagrams.is_some() {
            // What was heard may be a copy; damage is told by the verdicts alone.
            core.settle_damage();
        } else if !heard.intact {
            // The judge names every record whose verdict has fallen; the last one may have begun
            // in this message and not ended.
            core.note_damage(heard.exchange, heard.exchanges);
            core.note_damage(heard.last_exchange, u32::from(heard.last_exchange != 0));
            core.settle_damage();
        }
        if core.link.is_some() {
            core.received_through_link(id, heard.intact);
        }
        if heard.intact
            && let Some(client_state) = &mut core.client
        {
            client_state.table.carried(Token(heard.exchange), message.len());
        }
        if core.part == Part::Client && core.records.reader.has_damage() {
            core.learn_damage();
        }
        core.hook.ambiguous = heard.ambiguous;
        core.stats.received.ambiguous += u64::from(heard.ambiguous);
        if heard.exchange == 0 && heard.intact && heard.measured && !heard.ambiguous {
            let time = core.hook.received_ns.wrapping_sub(heard.handed_over_ns);
            if time >> 63 == 0 {
                core.stats.unsolicited.record(time);
            }
        }
        core.hook.cause = MessageContext {
            exchange: heard.exchange,
            exchanges: heard.exchanges,
            measured: heard.measured,
            handed_over_ns: heard.handed_over_ns,
            cause_received_ns: match core.part {
                Part::Server if heard.ambiguous => 0,
                Part::Server => core.hook.received_ns,
                Part::Client => heard.cause_received_ns,
            },
        };
        if let Some(causes) = &mut core.recent_requests {
            causes.remember(&core.hook.cause);
        }
        core.hook.current = slot;
        let Some(state) = &mut self.states[slot] else { return Ok(()) };
        match self.handler.message(&mut self.core, id, state, heard.exchange, message) {
            Ok(()) => Ok(()),
            Err(error) => self.hook_failed(slot, error),
        }
    }
}

impl<P: Port> Core<P> {
    fn read_once(&mut self, slot: usize, inbox: &mut Inbox) -> Found {
        let Some(connection) = self.table.get_mut(slot) else { return Found::Nothing };
        let mut size = self.settings.transport.read_size as usize;
        let link_state = connection.link_state.is_some();
        let mut refused = None;
        let at = inbox.offset() + inbox.unread().len() as u64;
        if link_state {
            match self.read_through_link(slot, at, size) {
                ReadStep::Read(room) => size = room,
                ReadStep::Refuse(refusal) => refused = Some(refusal),
                ReadStep::Wait(until) => return Found::Later(until),
            }
        }
        let refused = refused.map(|refusal| self.refuse_read(slot, refusal));
        let Some(connection) = self.table.get_mut(slot) else { return Found::Nothing };
        let packets = self.settings.transport.kind == TransportKind::Seqpacket;
        let room = inbox.room(size);
        let result = match refused {
            Some(error) => Err(error),
            None => self.port.read(slot, room),
        };
        // What comes of no read at all is timed by the clock.
        self.hook.received_ns = if result.is_ok() { self.port.now() } else { 0 };
        match result {
            Ok(0) => Found::End,
            Ok(whole) => {
                let count = whole.min(size);
                inbox.filled(count);
                self.stats.read(connection.id, at, count, self.hook.received_ns);
                // A packet socket gives one packet a read, however small.
                let knows_of_end =
                    connection.ingress.end_announced && !active(Mutant::StopsShortOfTheEnd);
                let more = count == size || knows_of_end || packets;
                if link_state {
                    self.got_through_link(slot, at, count);
                }
                match more {
                    _ if whole > count => Found::Cut { read: count, whole },
                    true => Found::More,
                    false => Found::Last,
                }
            }
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => Found::Nothing,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => Found::More,
            Err(error) => Found::Broken(error),
        }
    }

    /// The peer has shut its direction down: reading goes on until its end has been read.
    pub(super) fn end_announced(&mut self, slot: usize) {
        if let Some(connection) = self.table.get_mut(slot) {
            connection.ingress.end_announced = true;
        }
    }

    /// A framing of a plugin that is broken itself costs the round, as a handler does.
    #[cold]
    pub(super) fn note_fault(&mut self, slot: usize) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        if let Some(fault) = connection.incoming().fault() {
            self.broken.get_or_insert_with(|| fault.to_owned());
        }
    }

    /// Room to read into, if there is some that another connection does not use.
    #[inline]
    fn lend_memory(&mut self, inbox: &mut Inbox) {
        let Some(memory) = self.buffers.spare.take() else { return };
        if inbox.memory() == 0 {
            inbox.set_memory(memory);
        } else if let Some(memory) = inbox.lend_memory(memory) {
            self.buffers.spare.keep(memory);
        }
    }

    fn keep_inbox(&mut self, slot: usize, mut inbox: Inbox) {
        if let Some(memory) = inbox.take_memory() {
            self.buffers.spare.keep(memory);
        } else if self.guests.account.is_some()
            && let Some(memory) = inbox.park()
        {
            self.buffers.spare.keep(memory);
        }
        if let Some(connection) = self.table.get_mut(slot) {
            connection.ingress.inbox = inbox;
        }
        self.account_for(slot);
    }

    /// What the framing let go, and what it sent once more. `offset` is that of the fed input.
    #[cold]
    fn count_dropped(&mut self, slot: usize, offset: u64, decoded: &Decoded) {
        let id = self.table.get(slot).map_or(0, |connection| connection.id);
        self.stats.errors.add("dropped frame", decoded.dropped_count, || {
            decoded.dropped.first().map_or_else(String::new, |one| {
                let (at, len) = (offset.saturating_add_signed(one.at), one.end - one.at);
                format!("session {id}: {len} bytes at offset {at}: {}", one.text)
            })
        });
        if decoded.resent > 0 {
            let text = || format!("session {id}: no acknowledgement in time");
            self.stats.errors.add("resent frame", decoded.resent, text);
        }
    }

    /// What a received message says of what the link did. A message that arrives intact may settle
    /// the one before it, whose fault lies before both: that verdict comes first.
    #[cold]
    #[inline(never)]
    fn received_through_link(&mut self, session: u32, intact: bool) {
        self.settle_damage();
        if let (true, Some(link)) = (intact, &mut self.link) {
            link.intact(session);
        }
    }

    /// The client learns which requests the server found damaged.
    pub(super) fn learn_damage(&mut self) {
        for (first, count) in self.records.reader.take_damage() {
            self.damage_exchanges(first, count);
        }
    }
}
