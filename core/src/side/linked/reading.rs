//! Reading through the link, and saying what was read.

use super::super::connection::Inbox;
use super::super::core::Core;
use crate::link::ReadStep;
use crate::net::progress;
use std::io::Write;

impl Core {
    /// How much the next read is offered; `Err`: nothing is read before this time.
    pub(in crate::side) fn read_through_link(
        &mut self,
        slot: usize,
        at: u64,
        size: usize,
    ) -> Result<usize, u64> {
        let now = self.clock.now();
        let (Some(link), Some(Some(connection))) = (&mut self.link, self.connections.get_mut(slot))
        else {
            return Ok(size);
        };
        let reader = connection.linked.as_mut().and_then(|linked| linked.reader.as_mut());
        let Some(reader) = reader else { return Ok(size) };
        let mut faults = Vec::new();
        let step = reader.step(now, at, size, &mut faults);
        for fault in faults {
            link.report.read.add(&fault);
            link.trail.heard(fault);
        }
        match step {
            ReadStep::Read(room) => Ok(room),
            ReadStep::Wait(until) => Err(until),
        }
    }

    /// A read at `at` got `count` bytes.
    pub(in crate::side) fn got_through_link(&mut self, slot: usize, at: u64, count: usize) {
        let now = self.received_ns;
        let (Some(link), Some(Some(connection))) = (&mut self.link, self.connections.get_mut(slot))
        else {
            return;
        };
        let reader = connection.linked.as_mut().and_then(|linked| linked.reader.as_mut());
        let Some(reader) = reader else { return };
        let mut faults = Vec::new();
        reader.got(now, at, count, &mut faults);
        for fault in faults {
            link.report.read.add(&fault);
            link.trail.heard(fault);
        }
    }

    /// What was read is decoded: a sender in lock-step may go on.
    #[inline]
    pub(in crate::side) fn confirm_read(&mut self, session: u32, inbox: &Inbox) {
        let Some(link) = &self.link else { return };
        if link.confirms {
            let read = inbox.offset() + inbox.unread().len() as u64;
            progress::publish(&self.own, session, read);
            let _ = self.peer_bell.write(&1_u64.to_ne_bytes());
        }
    }
}
