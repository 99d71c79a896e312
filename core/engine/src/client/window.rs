//! Keeping the client's window full: exchanges are started wherever it has room.

use super::Client;
use crate::core::Core;
use crate::handler::Handler;
use crate::machine::{Failure, Side};
use crate::port::Port;
use crate::session::HIGH_WATER;
use wirebench_scenario::{Until, WritePolicy};

impl Client {
    /// Starts exchanges wherever the window has room.
    pub(super) fn fill_windows<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
    ) -> Result<(), Failure> {
        let Some(client_state) = &mut side.core.client else { return Ok(()) };
        if client_state.freed.is_empty() {
            return Ok(());
        }
        let freed = client_state.freed.take();
        self.lacks_room = false;
        side.core.hook.forget_stamp();
        for slot in &freed {
            if side.core.table.get(*slot).is_some() {
                self.fill_window(side, *slot)?;
            }
        }
        if let Some(client_state) = &mut side.core.client {
            client_state.freed.give_back(freed);
        }
        Ok(())
    }

    /// Starts at most one window's worth of exchanges: one may end inside its own start.
    fn fill_window<P: Port, H: Handler<Core<P>>>(
        &mut self,
        side: &mut Side<P, H>,
        slot: usize,
    ) -> Result<(), Failure> {
        let load = &side.core.settings.load;
        let in_flight = load.in_flight;
        let most = match load.until {
            Until::Messages(count) => count,
            Until::Duration(_) => u64::MAX,
        };
        // In other policies each message is handed over at a time of its own, when the one before it is written.
        let together = side.core.together.is_on
            && side.core.script.is_none()
            && side.core.settings.transport.write == WritePolicy::Batch;
        let mut left = in_flight;
        while left > 0 {
            let Some(connection) = side.core.table.get_mut(slot) else { return Ok(()) };
            // A direction that is shut down takes nothing more; the server closes the other.
            if connection.outstanding() >= in_flight
                || !connection.lifecycle().is_open()
                || connection.lifecycle().output_has_ended()
            {
                return Ok(());
            }
            if connection.unsent() > HIGH_WATER || self.measured_starts >= most {
                self.lacks_room = true;
                break;
            }
            if together {
                let room = left.min(in_flight - connection.outstanding());
                let room = u64::from(room).min(most - self.measured_starts) as usize;
                let id = connection.id();
                let (begun, measured) = side.start_together(slot, id, room)?;
                self.measured_starts += measured;
                left -= begun as u32;
                continue;
            }
            left -= 1;
            let line = match &mut side.core.script {
                Some(script) => match script.next() {
                    Some(line) => Some(line),
                    None => break,
                },
                None => None,
            };
            connection.take_window_slot();
            let id = connection.id();
            let now = side.core.stamp();
            let Some(client_state) = &mut side.core.client else { return Ok(()) };
            let (token, measured) = client_state.start(id, now);
            self.measured_starts += u64::from(measured);
            side.core.started(slot, token, line);
            side.start(slot, id, token)?;
        }
        // A window that is not full for want of room in the socket is looked at again.
        if let Some(connection) = side.core.table.get(slot)
            && connection.outstanding() < in_flight
            && let Some(client_state) = &mut side.core.client
        {
            client_state.freed.insert(slot);
        }
        Ok(())
    }
}
