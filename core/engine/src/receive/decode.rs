//! From what was read to messages: the framing is told what has happened, and what it finds is acted on.

use crate::core::Core;
use crate::handler::{Handler, HookError, Services};
use crate::machine::Side;
use crate::port::Port;
use wirebench_framings::driver::{Event, ReceiveBuffer, Receiver, drive};
use wirebench_framings::{DecodeError, Decoded, Frame, Framing, Nanos};
use wirebench_measure::FRAMING;

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Gives the framing what has been read, and the handler what comes out.
    #[inline]
    pub(crate) fn decode(
        &mut self,
        slot: usize,
        buffer: &mut ReceiveBuffer,
    ) -> Result<(), HookError> {
        self.tell(slot, Event::Bytes, buffer)
    }

    /// The peer has closed its sending direction.
    pub(crate) fn input_ended(
        &mut self,
        slot: usize,
        buffer: &mut ReceiveBuffer,
    ) -> Result<(), HookError> {
        self.core.end_usage();
        self.core.note_peer_closed(slot, buffer);
        if let Some(connection) = self.core.table.get_mut(slot) {
            connection.lifecycle_mut().end_input();
        }
        self.tell(slot, Event::End, buffer)?;
        let outlasts = self.core.outlasts_input();
        let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
        // What is left can never arrive. Closing follows once our own bytes are out.
        let id = connection.id();
        let (mut ledger, findings) = self.core.records.judging(id);
        connection.ingress_mut().judge_mut().end(&mut ledger, findings);
        if !outlasts && !connection.answers_the_end(self.core.recent_requests.is_some()) {
            connection.lifecycle_mut().close();
        }
        self.core.settle_damage();
        self.core.work.to_flush.insert(slot);
        if outlasts {
            self.core.watch_half_closed(slot);
        }
        Ok(())
    }

    /// The framing's deadline has passed.
    #[inline]
    pub(crate) fn framing_timeout(&mut self, slot: usize, now: Nanos) -> Result<(), HookError> {
        let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
        let mut buffer = connection.ingress_mut().take_buffer();
        self.core.hook.read_at(now);
        let outcome = self.tell(slot, Event::Deadline, &mut buffer);
        self.core.keep_buffer(slot, buffer);
        outcome
    }

    /// Tells the framing of the connection in `slot`, and acts on everything that it finds.
    #[inline(always)]
    fn tell(
        &mut self,
        slot: usize,
        event: Event,
        buffer: &mut ReceiveBuffer,
    ) -> Result<(), HookError> {
        let now = self.core.hook.received_ns();
        let places_matter = self.core.link.is_some() || self.core.echoes.is_some();
        let mut decoded = self.core.buffers.decoded.take().unwrap_or_default();
        let mut decoding = Decoding { side: self, slot, places_matter, received_ns: now };
        let outcome = drive(&mut decoding, event, now, buffer, &mut decoded);
        self.core.buffers.decoded = Some(decoded);
        outcome
    }
}

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// Shows the messages of a call of the framing.
    #[cold]
    fn show(&mut self, slot: usize, buffer: &ReceiveBuffer, decoded: &Decoded) {
        let (Some(display), Some(session)) = (&mut self.core.display, self.sessions.id(slot))
        else {
            return;
        };
        let input = buffer.unread();
        let at = |offset: i64| buffer.offset().saturating_add_signed(offset);
        let begin = decoded.frames.iter().map(|frame| at(frame.wire_at));
        let rest = if decoded.again { 0 } else { input.len().saturating_sub(decoded.consumed) };
        display.found(slot, session, begin, rest);
        for frame in &decoded.frames {
            let places = [at(frame.wire_at), at(frame.wire_end)];
            display.message(slot, session, places, decoded.message(frame, input));
        }
    }
}

/// Acts on what the framing of one connection finds.
struct Decoding<'a, P: Port, H: Handler<Core<P>>> {
    side: &'a mut Side<P, H>,
    slot: usize,
    /// Where a frame stands in the stream is asked for.
    places_matter: bool,
    /// When it was read: the same for all that the framing finds of it.
    received_ns: Nanos,
}

impl<P: Port, H: Handler<Core<P>>> Receiver for Decoding<'_, P, H> {
    type Stop = HookError;

    #[inline(always)]
    fn framing(&mut self) -> Option<&mut dyn Framing> {
        Some(self.side.core.table.get_mut(self.slot)?.incoming())
    }

    #[inline(always)]
    fn found(&mut self, _: &ReceiveBuffer, _: &Decoded) -> Result<(), HookError> {
        self.side.core.hook.forget_stamp();
        Ok(())
    }

    #[inline(always)]
    fn control(&mut self, bytes: &[u8]) {
        self.side.core.send_control(self.slot, bytes);
    }

    #[inline(always)]
    fn message(
        &mut self,
        buffer: &ReceiveBuffer,
        frame: &Frame,
        message: &[u8],
    ) -> Result<(), HookError> {
        let core = &mut self.side.core;
        if self.places_matter {
            core.frame_at(buffer.offset(), frame);
        }
        let cut = core.hook.is_cut();
        self.side.deliver(self.slot, message, cut)
    }

    #[inline(always)]
    fn messages(&mut self, buffer: &ReceiveBuffer, decoded: &Decoded) -> Result<(), HookError> {
        if self.side.core.display.is_some() {
            self.side.show(self.slot, buffer, decoded);
        }
        let input = buffer.unread();
        let mut at = 0;
        while let Some(frame) = decoded.frames.get(at) {
            let mut seen_to = 0;
            if self.side.core.together.is_on && decoded.frames.len() - at > 1 {
                seen_to = self.side.deliver_together(self.slot, decoded, input, at)?;
            }
            if seen_to == 0 {
                self.message(buffer, frame, decoded.message(frame, input))?;
                seen_to = 1;
            }
            at += seen_to;
        }
        Ok(())
    }

    #[inline(always)]
    fn settle(
        &mut self,
        buffer: &ReceiveBuffer,
        decoded: &Decoded,
        result: Result<(), DecodeError>,
    ) {
        let slot = self.slot;
        let Side { core, sessions, .. } = &mut *self.side;
        let session = || sessions.id(slot).unwrap_or_default();
        // What another call finds was read at the same time.
        core.hook.read_at(if decoded.again { self.received_ns } else { 0 });
        core.records.reader_mut().publish_released();
        core.collect_examples();
        if decoded.dropped_count > 0 || decoded.resent > 0 {
            core.count_dropped(slot, buffer.offset(), decoded);
        }
        if let Err(error) = result {
            let at = buffer.offset() + error.at as u64;
            core.given_up(session(), at);
            core.note_fault(slot);
            if !decoded.control.is_empty() {
                // Last words, which may tell the peer what it did wrong.
                core.flush(slot);
            }
            core.fail(slot, FRAMING, &format!("at offset {at}: {}", error.text));
        } else if decoded.close {
            if let Some(farewell) = &decoded.farewell {
                core.note_farewell(slot, farewell);
            }
            core.close(session());
        }
        if core.alone {
            core.note_read(slot, buffer, decoded);
        }
        if let Some(connection) = core.table.get_mut(slot) {
            connection.await_deadline(slot, &mut core.work.waiting);
        }
        if core.work.waiting.contains(slot) {
            let now = core.port.now();
            core.pump(slot, now);
        }
    }
}

impl<P: Port> Core<P> {
    /// The message that comes next has this frame, relative to `offset` in the stream.
    fn frame_at(&mut self, offset: u64, frame: &Frame) {
        let [from, to] = [frame.wire_at, frame.wire_end].map(|at| offset.saturating_add_signed(at));
        self.stats.frame_at(from, to);
        if let Some(link) = &mut self.link {
            link.frame_at(from);
        }
    }

    /// A framing of a plugin that is broken itself costs the round, as a handler does.
    #[cold]
    pub(crate) fn note_fault(&mut self, slot: usize) {
        let Some(connection) = self.table.get_mut(slot) else { return };
        if let Some(fault) = connection.incoming().fault() {
            self.broken.get_or_insert_with(|| fault.to_owned());
        }
    }

    /// What the framing let go, and what it sent once more. `offset` is that of the fed input.
    #[cold]
    fn count_dropped(&mut self, slot: usize, offset: u64, decoded: &Decoded) {
        let id = self.table.get(slot).map_or(0, |connection| connection.id());
        self.stats.error("dropped frame", decoded.dropped_count, || {
            decoded.dropped.first().map_or_else(String::new, |one| {
                let (at, len) = (offset.saturating_add_signed(one.at), one.end - one.at);
                format!("session {id}: {len} bytes at offset {at}: {}", one.text)
            })
        });
        if decoded.resent > 0 {
            let text = || format!("session {id}: no acknowledgement in time");
            self.stats.error("resent frame", decoded.resent, text);
        }
    }
}
