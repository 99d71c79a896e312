//! Delay, jitter and bandwidth: when the link passes on what was written.

use super::DirectionProfile;
use super::dice::{Dice, FlowKey};
use wirebench_load::rng::scale;

/// The delay, jitter and bandwidth of one direction of one session.
#[derive(Debug)]
pub(super) struct Pace {
    delay_ns: u64,
    jitter_ns: u64,
    bandwidth: u64,
    dice: Dice,
    /// When the line has carried everything it was given.
    free_ns: u64,
}

impl Pace {
    /// `None` where nothing is held back.
    #[inline]
    pub(super) fn new(way: &DirectionProfile, flow: FlowKey) -> Option<Self> {
        let held = way.delay_ns + way.jitter_ns + way.bandwidth > 0;
        held.then(|| Self {
            delay_ns: way.delay_ns,
            jitter_ns: way.jitter_ns,
            bandwidth: way.bandwidth,
            dice: Dice::new(flow, "jitter"),
            free_ns: 0,
        })
    }

    /// When `len` bytes that were written at `now` have arrived. `at`: what they are told by, their
    /// offset or number.
    #[inline]
    pub(super) fn arrival(&mut self, now: u64, at: u64, len: u64) -> u64 {
        let mut due = now.saturating_add(self.delay_ns);
        if self.jitter_ns > 0 {
            due = due.saturating_add(scale(self.dice.bits(at), self.jitter_ns + 1));
        }
        if self.bandwidth > 0 {
            let took = u128::from(len) * 1_000_000_000 / u128::from(self.bandwidth);
            due = due.max(self.free_ns).saturating_add(u64::try_from(took).unwrap_or(u64::MAX));
            self.free_ns = due;
        }
        due
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey { seed: 1, session: 1, reply: false };

    #[test]
    fn a_narrow_line_carries_one_thing_after_the_other() {
        let way = DirectionProfile {
            delay_ns: 5,
            bandwidth: 1_000_000_000,
            ..DirectionProfile::default()
        };
        let mut pace = Pace::new(&way, FLOW).unwrap();
        assert_eq!(pace.arrival(100, 0, 10), 115);
        assert_eq!(pace.arrival(100, 10, 10), 125);
        assert_eq!(pace.arrival(1_000, 20, 10), 1_015);
    }

    #[test]
    fn jitter_depends_on_the_place_and_stays_within_its_bound() {
        let way = DirectionProfile { jitter_ns: 9, ..DirectionProfile::default() };
        let draws = |now| {
            let mut pace = Pace::new(&way, FLOW).unwrap();
            (0..100).map(|at| pace.arrival(now, at, 1) - now).collect::<Vec<_>>()
        };
        assert_eq!(draws(0), draws(77));
        assert!(draws(0).iter().all(|late| *late <= 9));
        assert!(draws(0).contains(&9) && draws(0).contains(&0));
    }

    #[test]
    fn nothing_is_held_back_where_nothing_was_asked() {
        assert!(Pace::new(&DirectionProfile::default(), FLOW).is_none());
    }
}
