//! The material of the checks: messages that look like parts of frames, sizes at the edges, hostile bytes.

use wirebench_framings::{Alphabet, Capabilities};
use wirebench_load::rng::SplitMix64;

/// Short messages that look like parts of frames; each framing carries those it can.
const SHORT: &[&[u8]] = &[
    b"",
    b"a",
    b"7",
    b"hello",
    b"\n",
    b"\r\n",
    b"a\rb",
    b",",
    b"3:abc,",
    b"\0\0\0\x01",
    b"{}",
    b"recv_ready",
    b"\xff\xfe",
    b"\xc0\xdb\xdc",
    b"~}\x7e\x5e",
    b"\x1b\0",
    b"$1\r\n",
    b"0\r\n\r\n",
];

/// Bytes of which boundaries, lengths and headers are made.
const SPICE: &[u8] =
    b"0123456789\r\n\0\x01\x02\x04\x7f\x80\x81\xff:,{}\"\\ recvadyb|.$~}\xc0\xdb\x1b";

/// The short messages.
pub(super) fn short() -> Vec<Vec<u8>> {
    SHORT.iter().map(|message| message.to_vec()).collect()
}

/// A few messages whose stream is short enough for every cut.
pub(super) fn few() -> Vec<Vec<u8>> {
    [&b""[..], b"a", b"hello", b"\0\x01\n", b"0123456789recv", b"z"].map(<[u8]>::to_vec).into()
}

/// One message of a size: bytes of the alphabet, spiced, from chance.
pub(super) fn message(capabilities: &Capabilities, len: usize, dice: &mut SplitMix64) -> Vec<u8> {
    match capabilities.alphabet {
        Alphabet::Text => (0..len).map(|_| b' ' + dice.below(95) as u8).collect(),
        Alphabet::Bytes => bytes(len, dice),
    }
}

/// Garbage: half of it bytes that mean something to some framing.
pub(super) fn bytes(len: usize, dice: &mut SplitMix64) -> Vec<u8> {
    let mut byte = || match dice.below(2) {
        0 => SPICE[dice.below(SPICE.len() as u64) as usize],
        _ => dice.next_u64() as u8,
    };
    (0..len).map(|_| byte()).collect()
}

/// Messages of one size for framings that cut at a zero byte or after so many without one: none, one
/// at the beginning, one at the end.
pub(super) fn blocks(len: usize) -> [Vec<u8>; 3] {
    let plain = vec![b'x'; len];
    let with = |at: usize| {
        let mut message = plain.clone();
        message.iter_mut().skip(at).take(1).for_each(|byte| *byte = 0);
        message
    };
    let (first, last) = (with(0), with(len.saturating_sub(1)));
    [plain, first, last]
}

/// Sizes around powers of two, up to `most`, and around `most` itself.
pub(super) fn sizes(most: usize) -> Vec<usize> {
    let powers = (0..usize::BITS - 1).map(|bit| 1usize << bit).take_while(|power| *power <= most);
    let mut sizes: Vec<usize> = powers.flat_map(|power| [power - 1, power, power + 1]).collect();
    // Lengths in decimal change their width here.
    sizes.extend([9, 10, 99, 100, 999, 1000, 9_999, 10_000]);
    // Blocks of byte stuffing are full.
    sizes.extend((1..=4).flat_map(|blocks| [254 * blocks - 1, 254 * blocks, 254 * blocks + 1]));
    sizes.extend([most.saturating_sub(1), most]);
    sizes.retain(|size| *size <= most);
    sizes.sort_unstable();
    sizes.dedup();
    sizes
}

/// Cuts at random places of a stream of `len` bytes, ascending; few or many.
pub(super) fn cuts(len: usize, dice: &mut SplitMix64) -> Vec<usize> {
    if len < 2 {
        return Vec::new();
    }
    let most = [1, 3, 20, len as u64][dice.below(4) as usize];
    let count = 1 + dice.below(most.min(len as u64));
    let mut cuts: Vec<usize> =
        (0..count).map(|_| 1 + dice.below(len as u64 - 1) as usize).collect();
    cuts.sort_unstable();
    cuts.dedup();
    cuts
}

/// Cuts everywhere: one byte a read.
pub(super) fn every_byte(len: usize) -> Vec<usize> {
    (1..len).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_hold_the_edges_and_nothing_over_the_limit() {
        assert_eq!(sizes(10), [0, 1, 2, 3, 4, 5, 7, 8, 9, 10]);
        assert_eq!(sizes(0), [0]);
        assert!([65_537, 254, 255, 508].iter().all(|size| sizes(1 << 20).contains(size)));
    }

    #[test]
    fn blocks_have_their_size_and_a_zero_at_most_at_one_end() {
        assert_eq!(blocks(3), [b"xxx", b"\0xx", b"xx\0"].map(|message| message.to_vec()));
        assert_eq!(blocks(1), [b"x", b"\0", b"\0"].map(|message| message.to_vec()));
        assert_eq!(blocks(0), [[0u8; 0]; 3].map(Vec::from));
    }

    #[test]
    fn cuts_lie_inside_and_ascend() {
        let mut dice = SplitMix64::new(1);
        for len in [0, 1, 2, 3, 50] {
            for _ in 0..200 {
                let cuts = cuts(len, &mut dice);
                assert!(cuts.iter().all(|cut| *cut > 0 && *cut < len), "{cuts:?} of {len}");
                assert!(cuts.is_sorted_by(|a, b| a < b), "{cuts:?}");
            }
        }
    }
}
