//! What no event announces: put-off reads and messages that wait.

use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Failure, Side};
use crate::mutant::{Mutant, active};
use crate::port::Port;

impl<P: Port, H: Handler<Core<P>>> Side<P, H> {
    pub(crate) fn delayed_reads(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        let delayed = self.delayed.take();
        for slot in delayed.iter().copied() {
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            match connection.ingress().read_due_ns() {
                Some(due) if due > now => self.delayed.insert(slot),
                _ => {
                    connection.ingress_mut().read_now();
                    if !active(Mutant::ForgetsAPutOffRead) {
                        self.read(slot)?;
                    }
                }
            }
        }
        self.delayed.give_back(delayed);
        Ok(())
    }

    /// Lets connections encode that had to wait, and calls framings whose deadline has passed.
    pub(crate) fn waiting_connections(&mut self) -> Result<(), Failure> {
        let now = self.core.port.now();
        let waiting = self.core.work.waiting.take();
        for slot in waiting.iter().copied() {
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            let due = connection.incoming().deadline().is_some_and(|deadline| deadline <= now);
            if due && !active(Mutant::MissesTheFramingsDeadline) {
                self.framing_timeout(slot, now)?;
            }
            self.core.pump(slot, now);
            let Some(connection) = self.core.table.get_mut(slot) else { continue };
            if self.core.work.waiting.contains(slot) {
                continue;
            }
            if !connection.egress().held().is_empty() || connection.incoming().deadline().is_some()
            {
                self.core.work.waiting.insert(slot);
            } else if connection.ingress().has_unread()
                || connection.ingress().is_paused() && !active(Mutant::NeverReadsAPausedPeerAgain)
            {
                self.core.work.to_read.insert(slot);
            }
        }
        self.core.work.waiting.give_back(waiting);
        Ok(())
    }
}
