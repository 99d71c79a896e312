//! Peers of a server alone that neither send nor take anything any more: their sessions end after a
//! while, where the user wants that.

use crate::core::Core;
use crate::port::Port;
use crate::session::Connection;

/// How often within its time a session is looked at.
const LOOKS: u64 = 4;

/// Looks are no further apart than this, and no nearer, in nanoseconds.
const LONGEST_LOOK: u64 = 1_000_000_000;
const SHORTEST_LOOK: u64 = 1_000_000;

/// When a side ends sessions in which nothing happens.
pub(crate) struct Idle {
    /// How long nothing may happen, in nanoseconds.
    timeout_ns: u64,
    look_due_ns: u64,
}

/// What had gone over a connection when something last did.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Traffic {
    /// Bytes read and bytes written; 0: it was not looked at yet.
    bytes: u64,
    since_ns: u64,
}

impl Traffic {
    /// True when nothing has happened for `timeout_ns`. `bytes` were read and written so far;
    /// `waits`: it is our own turn.
    fn is_idle(&mut self, now_ns: u64, bytes: u64, waits: bool, timeout_ns: u64) -> bool {
        if bytes != self.bytes || waits || self.since_ns == 0 {
            *self = Self { bytes, since_ns: now_ns };
        }
        now_ns.saturating_sub(self.since_ns) >= timeout_ns
    }
}

impl Idle {
    /// `None` where nothing was said of a time.
    #[inline]
    pub(crate) fn new(timeout_ns: Option<u64>) -> Option<Self> {
        timeout_ns.map(|timeout_ns| Self { timeout_ns, look_due_ns: 0 })
    }

    /// When sessions are to be looked at, of which there are some.
    #[inline]
    pub(crate) fn next_look(&self) -> u64 {
        self.look_due_ns
    }
}

impl<P: Port> Core<P> {
    /// Ends the sessions in which nothing has happened for too long.
    pub(crate) fn end_idle(&mut self) {
        let Some(idle) = &mut self.guests.idle else { return };
        let (now, timeout) = (self.port.now(), idle.timeout_ns);
        if now < idle.look_due_ns {
            return;
        }
        idle.look_due_ns = now + (timeout / LOOKS).clamp(SHORTEST_LOOK, LONGEST_LOOK);
        let mut over = Vec::new();
        for (slot, connection) in self.table.iter_mut() {
            let bytes = went_over(connection);
            let pending = connection.is_pending();
            if connection.traffic_mut().is_idle(now, bytes, pending, timeout) {
                over.push((slot, connection.holding()));
            }
        }
        for (slot, holding) in over {
            let what = format!(
                "nothing came from its peer and nothing was taken by it for {} ms (`--idle-timeout`), \
                 while this side held {holding}: it was ended",
                timeout / 1_000_000
            );
            self.fail(slot, "idle", &what);
        }
    }
}

/// Bytes read and bytes written.
fn went_over(connection: &Connection) -> u64 {
    connection.ingress().buffer().received() + connection.egress().written()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_says_or_takes_something_now_and_then_is_kept() {
        let mut traffic = Traffic::default();
        let mut idle = |now, bytes, waits| traffic.is_idle(now, bytes, waits, 100);
        assert!(!idle(1_000, 0, false), "it has just come");
        assert!(!idle(1_099, 0, false));
        assert!(!idle(1_100, 1, false), "a byte");
        assert!(!idle(1_199, 1, false));
        assert!(!idle(1_200, 1, true), "we owe it something");
        assert!(!idle(1_299, 1, false));
        assert!(idle(1_300, 1, false));
    }
}
