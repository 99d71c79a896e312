//! Seals of what a side publishes in its region.
//!
//! A plugin can write to any memory of its side. Half a word of each entry seals its content and its
//! position, so that what was overwritten, or stands there since the memory was used before, is not
//! taken for an entry. It is no signature: it tells accidents, not forgeries.

/// Bits of a sealed word that hold the seal.
pub const SEAL: u64 = 0xFFFF_FFFF << 32;

/// The seal of two words at `position`, in the bits of [`SEAL`].
#[inline(always)]
pub fn of(first: u64, second: u64, position: u64) -> u64 {
    // Any odd number that spreads bits will do; this one comes from the golden ratio.
    const SPREAD: u64 = 0x9E37_79B9_7F4A_7C15;
    (first ^ second.rotate_left(32) ^ position).wrapping_mul(SPREAD) & SEAL
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_seal_holds_for_its_words_and_position_only() {
        let (first, second) = (0x0000_0009_0000_0001, 0x0000_0001_0000_0007);
        let seal = of(first, second, 640);
        assert_ne!(seal, of(first, second, 704), "it stands elsewhere");
        for bit in (0..64).map(|bit| 1 << bit) {
            assert_ne!(seal, of(first ^ bit, second, 640), "{bit:#x} of the first word");
            assert_ne!(seal, of(first, second ^ bit, 640), "{bit:#x} of the second word");
        }
    }
}
