//! A set of members.

/// A set of small numbers, one bit each.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Bits(Vec<u64>);

impl Bits {
    #[inline]
    pub(super) fn has(&self, number: usize) -> bool {
        self.0.get(number / 64).is_some_and(|word| word >> (number % 64) & 1 != 0)
    }

    pub(super) fn set(&mut self, number: usize) {
        if self.0.len() <= number / 64 {
            self.0.resize(number / 64 + 1, 0);
        }
        self.0[number / 64] |= 1 << (number % 64);
    }

    /// Takes a number out; true when it was in.
    #[inline]
    pub(super) fn clear(&mut self, number: usize) -> bool {
        let there = self.has(number);
        if there {
            self.0[number / 64] &= !(1 << (number % 64));
        }
        there
    }

    /// True when both sets hold some number.
    #[inline]
    pub(super) fn meets(&self, other: &Self) -> bool {
        self.0.iter().zip(&other.0).any(|(mine, theirs)| mine & theirs != 0)
    }

    pub(super) fn is_empty(&self) -> bool {
        self.0.iter().all(|word| *word == 0)
    }

    /// Takes in all numbers of another set.
    pub(super) fn add(&mut self, other: &Self) {
        if self.0.len() < other.0.len() {
            self.0.resize(other.0.len(), 0);
        }
        for (mine, theirs) in self.0.iter_mut().zip(&other.0) {
            *mine |= theirs;
        }
    }

    /// Becomes equal to another set, in its own memory.
    pub(super) fn copy(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }

    /// How many numbers it holds.
    pub(super) fn count(&self) -> u32 {
        self.0.iter().map(|word| word.count_ones()).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_go_in_and_out() {
        let (mut one, mut two) = (Bits::default(), Bits::default());
        one.set(3);
        one.set(700);
        two.set(64);
        assert!(one.has(700) && !one.has(64) && !one.has(100_000));
        assert!(!one.meets(&two));
        two.add(&one);
        assert_eq!((two.count(), one.meets(&two)), (3, true));
        assert!(two.clear(700) && !two.clear(700) && !two.clear(1 << 40));
        assert_eq!(two.count(), 2);
        two.copy(&one);
        assert_eq!(one, two);
    }
}
