//! Comparing byte strings.

use super::mutant::{self, Mutant};

/// The shortest agreement that counts as evidence, in bytes.
pub(super) const EVIDENCE: usize = 8;

/// Whether so many bytes in a row that agree are believed.
#[inline]
pub(super) fn is_evidence(bytes: usize) -> bool {
    bytes >= mutant::unless(Mutant::BelievesSevenBytes, EVIDENCE, EVIDENCE - 1)
}

/// Whether both are the same bytes.
#[inline(always)]
pub(super) fn same(one: &[u8], other: &[u8]) -> bool {
    if mutant::active(Mutant::ComparesOnlyLengths) {
        return one.len() == other.len();
    }
    if mutant::active(Mutant::IgnoresTheLastByte) {
        return same_but_for(one, other, one.len().saturating_sub(1));
    }
    if mutant::active(Mutant::IgnoresAByteInTheMiddle) {
        return same_but_for(one, other, one.len() / 2);
    }
    one == other
}

/// What some mutants take for [`same`]: the byte at `place` is not looked at.
#[inline]
fn same_but_for(one: &[u8], other: &[u8], place: usize) -> bool {
    let mut bytes = one.iter().zip(other).enumerate();
    one.len() == other.len() && bytes.all(|(at, (a, b))| at == place || a == b)
}

/// How many bytes at the start of `one` and `other` are equal.
#[inline]
pub(super) fn common_prefix(one: &[u8], other: &[u8]) -> usize {
    let mut equal = 0;
    for (a, b) in one.chunks_exact(8).zip(other.chunks_exact(8)) {
        let difference = word(a) ^ word(b);
        if difference != 0 {
            return equal + difference.trailing_zeros() as usize / 8;
        }
        equal += 8;
    }
    equal + one[equal..].iter().zip(&other[equal..]).take_while(|(a, b)| a == b).count()
}

/// Whether `one` and `other` hold [`EVIDENCE`] or more equal bytes in a row at the same place.
#[inline]
pub(super) fn agree_somewhere(one: &[u8], other: &[u8]) -> bool {
    let mut run = 0;
    one.iter().zip(other).any(|(a, b)| {
        run = if a == b { run + 1 } else { 0 };
        is_evidence(run)
    })
}

/// The first eight bytes as a number, the first byte lowest. Shorter slices are filled with zeros.
#[inline]
pub(super) fn word(bytes: &[u8]) -> u64 {
    match bytes.first_chunk::<8>() {
        Some(eight) => u64::from_le_bytes(*eight),
        None => bytes.iter().rev().fold(0, |word, byte| word << 8 | u64::from(*byte)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_common_prefix_ends_at_the_first_difference() {
        let one: Vec<u8> = (0..40).collect();
        for length in 0..=40 {
            for at in 0..length {
                let mut other = one[..length].to_vec();
                other[at] ^= 0x80;
                assert_eq!(common_prefix(&one, &other), at);
            }
            assert_eq!(common_prefix(&one, &one[..length]), length);
        }
    }

    #[test]
    fn seven_equal_bytes_are_no_evidence_and_eight_are() {
        assert!(!agree_somewhere(b"x1234567x", b"y1234567y"));
        assert!(agree_somewhere(b"x12345678x", b"y12345678y"));
    }

    #[test]
    fn a_short_word_is_filled_with_zeros() {
        assert_eq!(word(&[1, 2]), 0x0201);
        assert_eq!(word(&[1, 2, 3, 4, 5, 6, 7, 8, 9]), 0x0807_0605_0403_0201);
    }
}
