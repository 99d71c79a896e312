//! How the connections of a round are opened: not faster than the server takes them, and how long that took.

use super::{Client, Phase};
use crate::core::Core;
use crate::port::Port;
use wirebench_ledger::admissions::admitted;
use wirebench_scenario::{SessionPolicy, Unreachable};

/// Connections that may wait in the listener's queue. The smallest queue that kernels give a program that asks for
/// more holds 128 (`somaxconn` before Linux 5.4); what finds it full is dropped, and sent again after a second.
pub const MOST_AHEAD: u64 = 128;

/// How soon it is looked again whether the server has taken some, in nanoseconds.
const LOOK_AGAIN: u64 = 100_000;

/// A server that takes nobody for so long, in nanoseconds, is not waited for: some that it has accepted may not
/// have been told of.
const LONGEST_WAIT: u64 = 100_000_000;

/// The phase in which the connections of a round are opened.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Opening {
    /// When it began, in nanoseconds; `None`: not yet, or it is over.
    begun_ns: Option<u64>,
    /// What the server had accepted when it was last looked at, and since when, in nanoseconds.
    admitted: u64,
    since_ns: u64,
    /// Connections that it is not waited for any more.
    forgiven: u64,
}

impl Opening {
    /// It begins now.
    pub(super) fn begin(&mut self, now_ns: u64) {
        *self = Self { begun_ns: Some(now_ns), since_ns: now_ns, ..Self::default() };
    }

    /// How many more connections may be begun now, of which `begun` were begun and not refused, and `admitted` are
    /// accepted, as the server says.
    fn room(&mut self, begun: u64, admitted: u64, now_ns: u64) -> u64 {
        if admitted != self.admitted {
            (self.admitted, self.since_ns) = (admitted, now_ns);
        }
        let ahead = begun.saturating_sub(admitted);
        if ahead.saturating_sub(self.forgiven) >= MOST_AHEAD
            && now_ns.saturating_sub(self.since_ns) > LONGEST_WAIT
        {
            (self.forgiven, self.since_ns) = (ahead, now_ns);
        }
        MOST_AHEAD.saturating_sub(ahead.saturating_sub(self.forgiven))
    }
}

impl Client {
    /// How many connections may be begun in this turn, at most `most`. Where there is room for none, it is looked
    /// again soon.
    pub(super) fn room_to_open<P: Port>(&mut self, core: &Core<P>, most: u32) -> u32 {
        let paces = matches!(self.phase, Phase::Connecting { .. })
            && !core.alone
            && core.datagrams.is_none()
            && core.settings.unreachable == Unreachable::No;
        let Some(client_state) = core.client.as_ref().filter(|_| paces) else { return most };
        let connects = &client_state.connects;
        let now = core.port.now();
        let begun = connects.begun.saturating_sub(connects.in_vain());
        let room = self.opening.room(begun, admitted(core.records.peer()), now);
        if room == 0 {
            self.open_from = self.open_from.max(now + LOOK_AGAIN);
        }
        most.min(u32::try_from(room).unwrap_or(most))
    }

    /// All connections of the round stand. (Where each exchange has its own, none do, and there is no such phase.)
    pub(super) fn end_opening<P: Port>(&mut self, core: &mut Core<P>) {
        let begun_ns = self.opening.begun_ns.take();
        if core.settings.load.session != SessionPolicy::Keep {
            return;
        }
        let now = core.port.now();
        if let (Some(begun_ns), Some(client_state)) = (begun_ns, &mut core.client) {
            let connects = &mut client_state.connects;
            connects.opened = connects.stood;
            connects.opening_ns = now.saturating_sub(begun_ns);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_more_wait_to_be_accepted_than_the_smallest_queue_holds() {
        let mut opening = Opening::default();
        opening.begin(1_000);
        assert_eq!(opening.room(0, 0, 1_000), MOST_AHEAD);
        assert_eq!(opening.room(100, 0, 1_000), MOST_AHEAD - 100);
        assert_eq!(opening.room(128, 0, 1_000), 0);
        assert_eq!(opening.room(128, 60, 2_000), 60);
        assert_eq!(opening.room(128, u64::MAX, 2_000), MOST_AHEAD, "whatever stands there");
    }

    #[test]
    fn a_server_that_says_nothing_slows_the_opening_and_does_not_stop_it() {
        let mut opening = Opening::default();
        opening.begin(0);
        let (mut begun, mut now) = (0, 0);
        while begun < 1_000 {
            begun += opening.room(begun, 0, now);
            now += LOOK_AGAIN;
            assert!(now < 20 * LONGEST_WAIT, "{begun} are begun");
        }
    }
}
