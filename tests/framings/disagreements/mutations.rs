//! Wrong bytes: right streams in which some bytes were changed, taken out, put in, doubled or cut off.

use crate::driver::Subject;
use crate::seeded::seed;

/// A generator of numbers (SplitMix64).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, bound: usize) -> usize {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ self.0 >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ mixed >> 31) % bound.max(1) as u64) as usize
    }

    fn pick<'a, T>(&mut self, all: &'a [T]) -> &'a T {
        &all[self.below(all.len())]
    }
}

/// `count` streams made of `right` ones, and some of nothing but `words`, which mean something to the
/// framing; they and any bytes are what is put in.
pub(crate) fn mutations(
    right: Vec<Vec<u8>>,
    words: &'static [&'static [u8]],
    count: usize,
) -> impl Iterator<Item = Vec<u8>> {
    let mut numbers = Numbers(seed());
    (0..count).map(move |_| {
        let mut stream = match numbers.below(3) {
            0 => (0..=numbers.below(5)).flat_map(|_| numbers.pick(words).to_vec()).collect(),
            _ => numbers.pick(&right).clone(),
        };
        for _ in 0..=numbers.below(3) {
            let at = numbers.below(stream.len());
            let word = match numbers.below(4) {
                0 => vec![numbers.below(256) as u8],
                _ => numbers.pick(words).to_vec(),
            };
            match numbers.below(6) {
                0 | 1 => drop(stream.splice(at..at, word)),
                2 => drop(stream.splice(at..(at + word.len()).min(stream.len()), word)),
                3 => drop(stream.drain(at..(at + 1 + numbers.below(3)).min(stream.len()))),
                4 => {
                    let end = (at + 1 + numbers.below(12)).min(stream.len());
                    let part = stream[at..end].to_vec();
                    stream.splice(at..at, part);
                }
                _ if numbers.below(4) == 0 => stream.truncate(at),
                _ => {}
            }
        }
        stream
    })
}

/// The right streams of a subject: messages of several lengths, alone and in rows.
pub(crate) fn right(subject: &Subject) -> Vec<Vec<u8>> {
    let messages: [&[u8]; 6] = [b"hello", b"", b"A", b"0123456789", b"\r\n", b"12"];
    let alone = messages.iter().map(|one| subject.stream(&[one]).0);
    let rows = [&messages[..], &messages[3..], &[b"hello", b"A"]].map(|row| subject.stream(row).0);
    alone.chain(rows).filter(|stream| !stream.is_empty()).collect()
}
