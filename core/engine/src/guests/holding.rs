//! What a session holds, booked; and the end of sessions that hold too much.

use super::account::{Over, SESSION};
use crate::core::Core;
use crate::port::Port;
use crate::session::Connection;
use std::fmt;

/// What a session holds on its peer's word, in bytes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Holding {
    /// Read, and not yet a whole message.
    received: usize,
    /// Messages that the framing may not send yet, with their overhead; and how many they are.
    held_back: usize,
    held_messages: usize,
    /// Encoded, and not yet taken by the peer.
    unsent: usize,
    /// What the framing keeps: fragments, messages that are not acknowledged.
    framing: usize,
    /// What the handler says that it keeps.
    handler: usize,
}

impl Holding {
    /// All of it, with what a session counts by itself.
    #[inline]
    pub(crate) fn sum(&self) -> usize {
        SESSION + self.received + self.held_back + self.unsent + self.framing + self.handler
    }
}

impl fmt::Display for Holding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} B: {SESSION} B for itself, {} B for what was read of a message, {} B unsent, {} B for \
             {} messages that the framing may not send yet, {} B kept by the framing and {} B by the \
             handler",
            self.sum(),
            self.received,
            self.unsent,
            self.held_back,
            self.held_messages,
            self.framing,
            self.handler
        )
    }
}

impl Connection {
    /// What it holds now.
    #[inline]
    pub(crate) fn holding(&self) -> Holding {
        let (ingress, egress) = (self.ingress(), self.egress());
        Holding {
            received: ingress.buffer().memory(),
            held_back: egress.held().memory(),
            held_messages: egress.held().len(),
            unsent: egress.unsent_memory() + self.held_by_link(),
            framing: egress.framing_keeps() + ingress.framing_keeps(),
            handler: self.handler_keeps(),
        }
    }
}

impl<P: Port> Core<P> {
    /// Books what the session in `slot` holds now, if anyone keeps an account, and ends whom a bound is
    /// passed for.
    #[inline]
    pub(crate) fn account_for(&mut self, slot: usize) {
        if self.guests.account.is_some() {
            self.account_now(slot);
        }
    }

    #[inline(never)]
    fn account_now(&mut self, slot: usize) {
        let (Some(account), Some(connection)) =
            (&mut self.guests.account, self.table.get_mut(slot))
        else {
            return;
        };
        connection.egress_mut().send_buffer_mut().trim();
        let now = connection.holding().sum();
        let before = connection.book(now);
        match account.book(before, now) {
            Over::Nothing => {}
            Over::Session => self.end_for_its_own(slot),
            Over::Side => self.end_the_largest(),
        }
    }

    /// A session holds more than one may.
    #[cold]
    fn end_for_its_own(&mut self, slot: usize) {
        let (Some(account), Some(connection)) = (&self.guests.account, self.table.get(slot)) else {
            return;
        };
        let most = account.limits().session;
        let what = format!(
            "its peer made this side hold {}; a session may hold {most} B: it was ended",
            connection.holding()
        );
        self.fail(slot, MEMORY, &what);
    }

    /// All sessions together hold too much: whoever holds most goes, until the rest has room.
    #[cold]
    fn end_the_largest(&mut self) {
        loop {
            let Some(account) = &self.guests.account else { return };
            let (held, most) = (account.held(), account.limits().side);
            let sizes = self.table.iter().map(|(slot, one)| (one.booked(), slot));
            let Some((_, slot)) = sizes.max().filter(|_| held > most) else { return };
            let Some(connection) = self.table.get(slot) else { return };
            let what = format!(
                "{} sessions hold {held} B together, and may hold {most} B (`--max-memory`); this one \
                 held most, {}: it was ended",
                self.open_count(),
                connection.holding()
            );
            self.fail(slot, MEMORY, &what);
        }
    }
}

/// The kind of errors of sessions that were ended for what they held.
const MEMORY: &str = "memory";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_held_is_told_part_by_part() {
        let holding = Holding {
            received: 1,
            held_back: 20,
            held_messages: 2,
            unsent: 300,
            framing: 4_000,
            handler: 50_000,
        };
        assert_eq!(holding.sum(), SESSION + 54_321);
        let told = holding.to_string();
        for part in
            ["56369 B:", "1 B for what", "300 B unsent", "20 B for 2 messages", "50000 B by"]
        {
            assert!(told.contains(part), "{told}");
        }
    }
}
