//! Writing a stream through the link.

use super::{LOOK_AGAIN, Writer, refused};
use crate::core::Core;
use crate::port::Port;
use std::io;
use wirebench_ledger::progress;
use wirebench_link::{FaultKind, Step};
use wirebench_scenario::WritePolicy;

/// What came of trying to write.
enum Turned {
    /// Everything is written, or will never be.
    Empty,
    /// The socket takes no more now.
    Full,
    /// The link goes on at this time, or (true) when the other side has read on.
    Later(u64, bool),
    /// The connection ends here.
    End(FaultKind),
    /// It is broken.
    Broken(io::Error),
}

impl<P: Port> Core<P> {
    /// A write call ends where the send buffer now does.
    #[inline]
    pub(crate) fn hand_to_link(&mut self, slot: usize, end: u64) {
        let now = self.port.now();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return;
        };
        if let Some(link_state) = connection.link_state_mut()
            && let Some(Writer::Stream(writer)) = &mut link_state.writer
        {
            let mut faults = Vec::new();
            writer.handed(end, now, &mut faults);
            link.note(&mut faults);
        }
    }

    /// Writes as far as the link lets it. False: this connection's writes are not the link's.
    pub(crate) fn flush_through_link(&mut self, slot: usize) -> bool {
        let Some(connection) = self.table.get_mut(slot) else { return false };
        let Some(link_state) = connection.link_state_mut() else { return false };
        if !matches!(link_state.writer, Some(Writer::Stream(_))) {
            return false;
        }
        if self.settings.transport.write == WritePolicy::Batch {
            let end = connection.egress().encoded();
            self.hand_to_link(slot, end);
        }
        let turned = loop {
            if let Some(turned) = self.write_piece(slot) {
                break turned;
            }
        };
        match turned {
            Turned::Empty | Turned::Full => self.watch_writability(slot),
            Turned::Later(due_ns, awaits) => {
                if let Some(connection) = self.table.get_mut(slot)
                    && let Some(link_state) = connection.link_state_mut()
                {
                    (link_state.due_ns, link_state.awaits) = (due_ns, awaits);
                }
                self.park(slot);
            }
            Turned::End(kind) => self.end_by_link(slot, kind),
            Turned::Broken(error) => self.fail(slot, "write", &error.to_string()),
        }
        true
    }

    /// One step of the link; `None`: go on with the next.
    fn write_piece(&mut self, slot: usize) -> Option<Turned> {
        let now = self.port.now();
        if !self.tell_faults() || !self.records.writer_mut().has_room(0) {
            return Some(self.wait_for_room(now));
        }
        self.records.writer_mut().publish();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return Some(Turned::Empty);
        };
        let session = connection.id();
        let (Some(link_state), egress) = connection.link_and_egress() else {
            return Some(Turned::Empty);
        };
        let Some(Writer::Stream(writer)) = &mut link_state.writer else {
            return Some(Turned::Empty);
        };
        if writer.is_over() {
            egress.send_buffer_mut().clear();
            return Some(Turned::Empty);
        }
        let consumed = match link.outgoing.is_confirmed() {
            true => progress::read(self.records.peer(), session),
            false => u64::MAX,
        };
        let unconfirmed = writer.unconfirmed();
        let mut faults = Vec::new();
        let written = egress.written();
        let step = writer.step(now, written, consumed, &mut faults);
        link.report.unconfirmed += writer.unconfirmed() - unconfirmed;
        let len = match step {
            Step::Write(len) => len,
            Step::Refuse(_) => 0,
            Step::Idle | Step::Wait(_) | Step::Await(_) | Step::End(_) => {
                link.note(&mut faults);
                return Some(match step {
                    Step::Wait(until) => Turned::Later(until, false),
                    Step::Await(until) => Turned::Later(until, true),
                    Step::End(kind) => Turned::End(kind),
                    _ => Turned::Empty,
                });
            }
        };
        let waiting = egress.send_buffer_mut().waiting_mut();
        let len = len.min(waiting.len());
        if len == 0 && matches!(step, Step::Write(_)) {
            // A write of nothing would be tried for ever.
            return Some(Turned::Empty);
        }
        writer.flip(written, &mut waiting[..len], &mut faults);
        link.note(&mut faults);
        if !link.tell(self.records.writer_mut()) {
            return Some(self.wait_for_room(now));
        }
        self.records.writer_mut().publish();
        let waiting = &egress.send_buffer().next_call()[..len];
        let result = match step {
            Step::Refuse(refusal) => Err(refused(refusal)),
            _ => self.port.send(slot, waiting),
        };
        match result {
            Ok(count) => {
                egress.send_buffer_mut().wrote(count);
                let time_ns = self.port.now();
                writer.wrote(written, count, time_ns);
                let piece = egress.wrote(count, time_ns);
                self.stats.wrote(session, piece);
                None
            }
            Err(error) if error.kind() == io::ErrorKind::Interrupted => None,
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                // The kernel announces room only after it has had none: asked anew, it says at once
                // that a socket which refused nothing is ready.
                if matches!(step, Step::Refuse(_)) {
                    egress.set_wants_write(false);
                }
                Some(Turned::Full)
            }
            Err(error) => Some(Turned::Broken(error)),
        }
    }

    /// The ledger is full of what the link is about to do. Nothing of it is written yet, so the other
    /// side may be asleep and has to be woken to make room.
    #[cold]
    fn wait_for_room(&mut self, now: u64) -> Turned {
        self.records.writer_mut().publish();
        self.port.wake_peer();
        Turned::Later(now + LOOK_AGAIN, false)
    }

    /// The link ends a connection, or our direction of it.
    #[cold]
    fn end_by_link(&mut self, slot: usize, kind: FaultKind) {
        self.tell_faults();
        self.records.writer_mut().publish();
        self.note_own_end(slot);
        let Some(connection) = self.table.get_mut(slot) else { return };
        connection.egress_mut().send_buffer_mut().clear();
        if kind == FaultKind::HalfClose {
            let _ = connection.lifecycle_mut().end_output();
            self.port.shutdown_write(slot);
            // Nothing more goes out here: what is still handed over is for the next connection.
            if connection.lifecycle().input_has_ended() {
                connection.lifecycle_mut().close();
            }
            self.watch_writability(slot);
            return;
        }
        if kind == FaultKind::Reset {
            self.port.reset_on_close(slot);
        }
        self.remove(slot);
    }
}
