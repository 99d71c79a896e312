//! Chance that follows from the seed, the direction and the offset alone: asked twice about the same
//! offset, it answers the same.

use serde::{Deserialize, Serialize};
use wirebench_load::rng::{mix, scale};

/// One direction of one session in one round: with an offset or a datagram's number, all that chance
/// depends on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FlowKey {
    /// The seed of the round.
    pub seed: u64,
    /// The session.
    pub session: u32,
    /// True from server to client.
    pub reply: bool,
}

/// The chances of one purpose in one direction of one session.
#[derive(Clone, Copy, Debug)]
pub(super) struct Dice {
    key: u64,
}

impl Dice {
    /// Different purposes have nothing to do with each other.
    #[inline]
    pub(super) fn new(flow: FlowKey, purpose: &str) -> Self {
        let direction = u64::from(flow.session) << 1 | u64::from(flow.reply);
        let purpose = purpose.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
        Self { key: mix(mix(flow.seed ^ purpose).wrapping_add(direction)) }
    }

    /// 64 random bits that belong to `index`.
    #[inline]
    pub(super) fn bits(&self, index: u64) -> u64 {
        mix(self.key ^ mix(index))
    }

    /// Whether something with this share happens at `index`.
    #[inline]
    pub(super) fn hits(&self, index: u64, share: f64) -> bool {
        self.bits(index) < threshold(share) || share >= 1.0
    }

    /// A number below `bound` that belongs to `index`, and has nothing to do with whether it hits.
    #[inline]
    pub(super) fn below(&self, index: u64, bound: u64) -> u64 {
        scale(mix(self.bits(index)), bound)
    }
}

/// Of 2^64 equally likely draws, those below this are the share. (The cast saturates.)
#[inline]
pub(super) fn threshold(share: f64) -> u64 {
    (share * 18_446_744_073_709_551_616.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    const FLOW: FlowKey = FlowKey { seed: 42, session: 1, reply: false };

    #[test]
    fn a_share_is_kept_and_its_ends_are_exact() {
        let dice = Dice::new(FLOW, "test");
        let hits = |share| (0..100_000).filter(|index| dice.hits(*index, share)).count();
        assert_eq!(hits(0.0), 0);
        assert_eq!(hits(1.0), 100_000);
        let tenth = hits(0.1);
        assert!((9_600..10_400).contains(&tenth), "seed 42: {tenth} of 100,000");
    }

    #[test]
    fn seed_session_direction_and_purpose_each_change_everything() {
        let flows = [
            FLOW,
            FlowKey { seed: 43, ..FLOW },
            FlowKey { session: 2, ..FLOW },
            FlowKey { reply: true, ..FLOW },
        ];
        let mut first: Vec<u64> =
            flows.iter().map(|flow| Dice::new(*flow, "test").bits(0)).collect();
        first.push(Dice::new(FLOW, "other").bits(0));
        first.sort_unstable();
        first.dedup();
        assert_eq!(first.len(), 5);
    }
}
