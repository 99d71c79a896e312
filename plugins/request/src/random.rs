//! Chance that follows from the number of an exchange: the same in every round of a cell.

/// The most letters that one placeholder stands for.
pub(crate) const MOST_RANDOM: usize = 65_536;

const LETTERS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// SplitMix64 (Steele, Lea and Flood, 2014).
struct Dice(u64);

impl Dice {
    fn new(token: u64, place: u64) -> Self {
        let mut dice = Self(token ^ place.wrapping_mul(0xa076_1d64_78bd_642f));
        // Neighbours begin far apart.
        Self(dice.next())
    }

    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    /// A number below `bound`, which is at least 1.
    fn below(&mut self, bound: u64) -> u64 {
        ((u128::from(self.next()) * u128::from(bound)) >> 64) as u64
    }
}

/// Puts so many letters and digits behind `out`: those of one place of one exchange.
pub(crate) fn letters(token: u64, place: u64, count: usize, out: &mut Vec<u8>) {
    let mut dice = Dice::new(token, place + 1);
    out.extend((0..count).map(|_| LETTERS[dice.below(LETTERS.len() as u64) as usize]));
}

/// A number below `bound` (at least 1) for an exchange.
pub(crate) fn choice(token: u64, bound: u64) -> u64 {
    Dice::new(token, 0).below(bound)
}

#[cfg(test)]
mod tests {
    use super::{choice, letters};

    #[test]
    fn letters_follow_from_the_exchange_and_the_place() {
        let of = |token, place| {
            let mut out = Vec::new();
            letters(token, place, 16, &mut out);
            out
        };
        assert_eq!(of(7, 0), of(7, 0));
        assert_ne!(of(7, 0), of(8, 0));
        assert_ne!(of(7, 0), of(7, 1));
        assert!(of(7, 0).iter().all(u8::is_ascii_alphanumeric));
    }

    #[test]
    fn a_choice_has_the_shares_of_its_bound() {
        let mut counts = [0_u32; 4];
        (1..=4_000).for_each(|token| counts[choice(token, 4) as usize] += 1);
        assert!(counts.iter().all(|count| (900..1_100).contains(count)), "{counts:?}");
    }
}
