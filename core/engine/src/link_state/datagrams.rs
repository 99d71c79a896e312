//! Sending datagrams through the link.

use super::{Writer, span};
use crate::core::Core;
use crate::port::Port;
use wirebench_scenario::WritePolicy;

impl<P: Port> Core<P> {
    /// The last `len` bytes of the send buffer are a datagram: the link takes it. False: it is not the
    /// link's. `parts`: where its message begins and ends.
    pub(crate) fn give_to_link(&mut self, slot: usize, len: usize, parts: [usize; 3]) -> bool {
        let now = self.port.now();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return false;
        };
        let (Some(link_state), egress) = connection.link_and_egress() else { return false };
        let Some(Writer::Datagrams(writer)) = &mut link_state.writer else { return false };
        let datagram = egress.send_buffer_mut().take_last(len);
        let mut faults = Vec::new();
        writer.take(now, &datagram, &span(0, parts), &mut faults);
        link.note(&mut faults);
        self.release_datagrams(slot);
        if self.settings.transport.write == WritePolicy::Batch {
            self.mark_dirty(slot);
        } else {
            self.flush_datagrams(slot);
        }
        true
    }

    /// What the link lets go of now goes to the send buffer.
    pub(crate) fn release_datagrams(&mut self, slot: usize) {
        // Told before anything leaves; what has no room is told with the next turn, long before the
        // horizon decides on anything.
        self.tell_faults();
        let now = self.port.now();
        let Some(connection) = self.table.get_mut(slot) else { return };
        let (Some(link_state), egress) = connection.link_and_egress() else { return };
        let Some(Writer::Datagrams(writer)) = &mut link_state.writer else { return };
        while let Some(datagram) = writer.due(now) {
            egress.send_buffer_mut().buffer().extend_from_slice(&datagram);
            egress.send_buffer_mut().cut_datagram(datagram.len());
        }
        if let Some(due_ns) = writer.next_due() {
            link_state.due_ns = due_ns;
            self.park(slot);
        }
    }
}
