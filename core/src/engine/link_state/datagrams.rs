//! Sending datagrams through the link.

use super::super::core::Core;
use super::super::port::Port;
use super::{Writer, frame};
use crate::scenario::WritePolicy;

impl<P: Port> Core<P> {
    /// The last `len` bytes of the outbox are a datagram: the link takes it. False: it is not the
    /// link's. `parts`: where its message begins and ends.
    pub(in crate::engine) fn give_to_link(
        &mut self,
        slot: usize,
        len: usize,
        parts: [usize; 3],
    ) -> bool {
        let now = self.port.now();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return false;
        };
        let Some(link_state) = &mut connection.link_state else { return false };
        let Some(Writer::Datagrams(writer)) = &mut link_state.writer else { return false };
        let datagram = connection.egress.outbox.take_last(len);
        let mut faults = Vec::new();
        writer.take(now, &datagram, &frame(0, parts), &mut faults);
        link.note(&mut faults);
        self.release_datagrams(slot);
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else {
            self.flush_datagrams(slot);
        }
        true
    }

    /// What the link lets go of now goes to the outbox.
    pub(in crate::engine) fn release_datagrams(&mut self, slot: usize) {
        // Told before anything leaves; what has no room is told with the next turn, long before the
        // horizon decides on anything.
        self.tell_faults();
        let now = self.port.now();
        let Some(connection) = self.table.get_mut(slot) else { return };
        let Some(link_state) = &mut connection.link_state else { return };
        let Some(Writer::Datagrams(writer)) = &mut link_state.writer else { return };
        while let Some(datagram) = writer.due(now) {
            connection.egress.outbox.buffer().extend_from_slice(&datagram);
            connection.egress.outbox.cut_datagram(datagram.len());
        }
        if let Some(due_ns) = writer.next_due() {
            link_state.due_ns = due_ns;
            self.park(slot);
        }
    }
}
