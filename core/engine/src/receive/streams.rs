//! From the socket to the handler: read, then for each message that is decoded, judge and call.

use crate::core::Core;
use crate::handler::{Handler, HookError};
use crate::hook::MessageContext;
use crate::machine::Side;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use std::io;
use wirebench_framings::Nanos;
use wirebench_framings::Role;
use wirebench_framings::driver::ReceiveBuffer;
use wirebench_link::ReadStep;

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

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    /// A connection has become readable.
    #[inline]
    pub(crate) fn readable(&mut self, slot: usize, now: Nanos) -> Result<(), HookError> {
        let delay = self.core.settings.transport.read_delay_ns;
        if delay > 0 {
            let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
            if connection.ingress_mut().put_off(now + delay) {
                self.delayed.insert(slot);
            }
            return Ok(());
        }
        self.read(slot)
    }

    /// Reads a connection until it is empty, or others should have their turn.
    pub(crate) fn read(&mut self, slot: usize) -> Result<(), HookError> {
        if self.core.datagrams.is_some() {
            return self.receive_datagrams(slot);
        }
        for _ in 0..READS_IN_A_ROW {
            let Some(connection) = self.core.table.get_mut(slot) else { return Ok(()) };
            if connection.lifecycle().input_has_ended() || connection.lifecycle().is_connecting() {
                return Ok(());
            }
            if connection.is_clogged(self.core.role) {
                connection.ingress_mut().pause();
                return Ok(());
            }
            connection.ingress_mut().set_unread(false);
            let mut buffer = connection.ingress_mut().take_buffer();
            self.core.lend_memory(&mut buffer);
            let found = self.core.read_once(slot, &mut buffer);
            let outcome = match found {
                Found::Last | Found::More => self.decode(slot, &mut buffer),
                Found::Cut { read, whole } => self.decode_cut(slot, &mut buffer, read, whole),
                Found::End => self.input_ended(slot, &mut buffer),
                Found::Nothing | Found::Later(_) | Found::Broken(_) => Ok(()),
            };
            if let (Some(link), Some(id)) = (&self.core.link, self.sessions.id(slot))
                && link.is_confirmed()
            {
                self.core.confirm_read(id, &buffer);
            }
            self.core.keep_buffer(slot, buffer);
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
            connection.ingress_mut().set_unread(true);
            self.core.work.to_read.insert(slot);
        }
        Ok(())
    }

    /// The link reads on at this time.
    fn read_later(&mut self, slot: usize, until: Nanos) {
        let Some(connection) = self.core.table.get_mut(slot) else { return };
        if connection.ingress_mut().put_off(until) {
            self.delayed.insert(slot);
        }
    }

    /// One received message: judged at once, then handled. `cut`: its packet or datagram was longer
    /// than the read.
    #[inline]
    pub(crate) fn deliver(
        &mut self,
        slot: usize,
        message: &[u8],
        cut: bool,
    ) -> Result<(), HookError> {
        let core = &mut self.core;
        let Some(connection) = core.table.get_mut(slot) else { return Ok(()) };
        let id = connection.id();
        core.stats.received_message();
        let (mut ledger, findings) = core.records.judging(id);
        let received_ns = core.hook.received_ns();
        let mut receipt = connection.ingress_mut().judge_mut().receive(
            &mut ledger,
            message,
            cut,
            received_ns,
            findings,
        );
        if core.alone {
            core.assign(slot, &mut receipt);
            if let Some(script) = &mut core.script {
                script.show(message);
            }
        }
        if core.datagrams.is_some() {
            // What was received may be a copy; damage is told by the verdicts alone.
            core.settle_damage();
        } else if core.echoes.is_some() {
            core.settle_echo(&receipt);
        } else if !receipt.intact {
            // The judge names every record whose verdict has fallen; the last one may have begun
            // in this message and not ended.
            core.note_damage(receipt.exchange, receipt.exchanges);
            core.note_damage(receipt.last_exchange, u32::from(receipt.last_exchange != 0));
            core.settle_damage();
        }
        if core.link.is_some() {
            core.received_through_link(id, receipt.intact);
        }
        if receipt.intact
            && let Some(client_state) = &mut core.client
        {
            client_state.carried(receipt.exchange, message.len());
        }
        if core.role == Role::Client && core.records.reader().has_damage() {
            core.learn_damage();
        }
        core.stats.ambiguous(receipt.ambiguous);
        if receipt.exchange == 0 && receipt.intact && receipt.measured && !receipt.ambiguous {
            let time = core.hook.received_ns().wrapping_sub(receipt.handed_over_ns);
            if time >> 63 == 0 {
                core.stats.unsolicited(time);
            }
        }
        let message_context = MessageContext {
            exchange: receipt.exchange,
            exchanges: receipt.exchanges,
            measured: receipt.measured,
            handed_over_ns: receipt.handed_over_ns,
            cause_received_ns: match core.role {
                Role::Server if receipt.ambiguous => 0,
                Role::Server => core.hook.received_ns(),
                Role::Client => receipt.cause_received_ns,
            },
        };
        if let Some(causes) = &mut core.recent_requests {
            causes.remember(&message_context);
        }
        core.hook.handle(slot, message_context, receipt.ambiguous);
        let Some(state) = self.sessions.get_mut(slot) else { return Ok(()) };
        match self.handler.message(&mut self.core, id, state, receipt.exchange, message) {
            Ok(()) => Ok(()),
            Err(error) => self.hook_failed(slot, error),
        }
    }
}

impl<P: Port> Core<P> {
    fn read_once(&mut self, slot: usize, buffer: &mut ReceiveBuffer) -> Found {
        let Some(connection) = self.table.get_mut(slot) else { return Found::Nothing };
        let mut size = self.settings.transport.read_size as usize;
        let link_state = connection.link_state().is_some();
        let mut refused = None;
        let at = buffer.received();
        if link_state {
            match self.read_through_link(slot, at, size) {
                ReadStep::Read(room) => size = room,
                ReadStep::Refuse(refusal) => refused = Some(refusal),
                ReadStep::Wait(until) => return Found::Later(until),
            }
        }
        let refused = refused.map(|refusal| self.refuse_read(slot, refusal));
        let Some(connection) = self.table.get_mut(slot) else { return Found::Nothing };
        let packets = self.settings.transport.kind.has_packets();
        let room = buffer.room(size);
        let result = match refused {
            Some(error) => Err(error),
            None => self.port.read(slot, room),
        };
        // What comes of no read at all is timed by the clock.
        self.hook.read_at(if result.is_ok() { self.port.now() } else { 0 });
        match result {
            Ok(0) => Found::End,
            Ok(whole) => {
                let count = whole.min(size);
                buffer.filled(count);
                let id = connection.id();
                self.stats.read(id, at, count, self.hook.received_ns());
                if let Some(display) = &mut self.display {
                    display.read(slot, id, at, count);
                }
                // A packet socket gives one packet a read, however small.
                let knows_of_end =
                    connection.lifecycle().knows_of_end() && !active(Mutant::StopsShortOfTheEnd);
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
    #[inline]
    pub(crate) fn end_announced(&mut self, slot: usize) {
        if let Some(connection) = self.table.get_mut(slot) {
            connection.lifecycle_mut().announce_end_of_input();
        }
    }

    /// Room to read into, if there is some that another connection does not use.
    #[inline]
    fn lend_memory(&mut self, buffer: &mut ReceiveBuffer) {
        let Some(memory) = self.buffers.spare.take() else { return };
        if buffer.memory() == 0 {
            buffer.set_memory(memory);
        } else if let Some(memory) = buffer.lend_memory(memory) {
            self.buffers.spare.keep(memory);
        }
    }

    #[inline]
    pub(super) fn keep_buffer(&mut self, slot: usize, mut buffer: ReceiveBuffer) {
        // A connection that is alone has nobody to share its memory with.
        if self.table.len() > 1 || self.guests.are_booked() {
            self.share_memory(&mut buffer);
        }
        if let Some(connection) = self.table.get_mut(slot) {
            connection.ingress_mut().keep_buffer(buffer);
        }
        self.account_for(slot);
    }

    /// Gives others what a connection does not need until its next read.
    fn share_memory(&mut self, buffer: &mut ReceiveBuffer) {
        if let Some(memory) = buffer.take_memory() {
            self.buffers.spare.keep(memory);
        } else if self.guests.are_booked()
            && let Some(memory) = buffer.park()
        {
            self.buffers.spare.keep(memory);
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
}
