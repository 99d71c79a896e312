//! Reading through the link, and saying what was read.

use super::refused;
use crate::core::Core;
use crate::mutant::{Mutant, active};
use crate::port::Port;
use std::io;
use wirebench_framings::driver::ReceiveBuffer;
use wirebench_ledger::progress;
use wirebench_link::{ReadStep, Refusal};

impl<P: Port> Core<P> {
    /// What becomes of the next read: how much it is offered, that it fails, or that it has to wait.
    #[inline]
    pub(crate) fn read_through_link(&mut self, slot: usize, at: u64, size: usize) -> ReadStep {
        let now = self.port.now();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return ReadStep::Read(size);
        };
        let reader = connection.link_state_mut().and_then(|link_state| link_state.reader.as_mut());
        let Some(reader) = reader else { return ReadStep::Read(size) };
        let mut faults = Vec::new();
        let step = reader.step(now, at, size, &mut faults);
        for fault in faults {
            link.report.read.add(&fault);
            link.attribution.incoming(fault);
        }
        step
    }

    /// The next read of a connection fails as it would have in the kernel. What is there is announced
    /// again: the kernel announces only what comes after a read that found nothing.
    #[cold]
    pub(crate) fn refuse_read(&mut self, slot: usize, refusal: Refusal) -> io::Error {
        if refusal == Refusal::WouldBlock
            && let Some(connection) = self.table.get(slot)
        {
            self.port.watch(slot, connection.egress().wants_write());
        }
        refused(refusal)
    }

    /// A read at `at` got `count` bytes.
    #[inline]
    pub(crate) fn got_through_link(&mut self, slot: usize, at: u64, count: usize) {
        let now = self.hook.received_ns();
        let (Some(link), Some(connection)) = (&mut self.link, self.table.get_mut(slot)) else {
            return;
        };
        let reader = connection.link_state_mut().and_then(|link_state| link_state.reader.as_mut());
        let Some(reader) = reader else { return };
        let mut faults = Vec::new();
        reader.got(now, at, count, &mut faults);
        for fault in faults {
            link.report.read.add(&fault);
            link.attribution.incoming(fault);
        }
    }

    /// What was read is decoded: a sender in lock-step may go on.
    #[inline]
    pub(crate) fn confirm_read(&mut self, session: u32, buffer: &ReceiveBuffer) {
        let Some(link) = &self.link else { return };
        if link.confirms && !active(Mutant::DoesNotConfirmReads) {
            let read = buffer.received();
            progress::publish(self.records.own(), session, read);
            self.port.wake_peer();
        }
    }
}
