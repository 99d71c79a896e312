//! A bounded sample, spread evenly over a sequence of any length.

use wirebench_load::rng::SplitMix64;

/// The most values that are kept.
pub const MOST_KEPT: usize = 2_000;

/// One value of every block of `block` values, drawn from anywhere in it. Blocks are a power of two, and as long as it
/// takes for `MOST_KEPT` of them to be enough: when there are that many, neighbours become one block, of whose two
/// values one is drawn. So each value has had the same chance, and no part of the sequence is left out.
///
/// Every `block`-th value would be simpler, and blind: of arrivals that come sixteen at a time, every sixteenth gap is
/// the long one, or none is.
#[derive(Clone, Debug)]
pub(crate) struct Sample {
    chance: SplitMix64,
    kept: Vec<u64>,
    block: u64,
    /// How many of the block under way have been.
    at: u64,
    /// Which of them is kept.
    drawn: u64,
    open: u64,
}

impl Sample {
    pub(crate) fn new(seed: u64) -> Self {
        Self {
            chance: SplitMix64::new(seed),
            kept: Vec::with_capacity(MOST_KEPT),
            block: 1,
            at: 0,
            drawn: 0,
            open: 0,
        }
    }

    #[inline]
    pub(crate) fn add(&mut self, value: u64) {
        if self.at == 0 {
            self.begin_block();
        }
        if self.at == self.drawn {
            self.open = value;
        }
        self.at += 1;
        if self.at == self.block {
            self.kept.push(self.open);
            self.at = 0;
        }
    }

    fn begin_block(&mut self) {
        if self.kept.len() == MOST_KEPT {
            for pair in 0..MOST_KEPT / 2 {
                let one = (self.chance.next_u64() & 1) as usize;
                self.kept[pair] = self.kept[2 * pair + one];
            }
            self.kept.truncate(MOST_KEPT / 2);
            self.block = self.block.saturating_mul(2);
        }
        self.drawn = self.chance.below(self.block);
    }

    /// Those of complete blocks, in order.
    pub(crate) fn kept(&self) -> &[u64] {
        &self.kept
    }

    /// Each stands for so many.
    pub(crate) fn block(&self) -> u64 {
        self.block
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn indices(length: u64, seed: u64) -> Sample {
        let mut sample = Sample::new(seed);
        (0..length).for_each(|at| sample.add(at));
        sample
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        #[test]
        fn one_of_each_block_is_kept_and_never_too_many(length in 0_u64..60_000, seed: u64) {
            let sample = indices(length, seed);
            prop_assert!(sample.kept().len() <= MOST_KEPT);
            prop_assert!(length < 2_000 || sample.kept().len() >= MOST_KEPT / 2);
            prop_assert_eq!(sample.kept().len() as u64, length / sample.block());
            for (at, index) in sample.kept().iter().enumerate() {
                prop_assert_eq!(index / sample.block(), at as u64);
            }
        }
    }

    #[test]
    fn few_are_all_kept() {
        assert_eq!(indices(1_999, 7).kept(), (0..1_999).collect::<Vec<_>>());
    }

    #[test]
    fn what_comes_in_step_with_the_blocks_is_seen_in_its_share() {
        let seed = 11;
        let mut sample = Sample::new(seed);
        (0..64_000_u64).for_each(|at| sample.add(u64::from(at.is_multiple_of(16))));
        let ones: u64 = sample.kept().iter().sum();
        let share = ones as f64 / sample.kept().len() as f64;
        assert!((share - 1.0 / 16.0).abs() < 0.025, "{share}, seed {seed}");
    }
}
