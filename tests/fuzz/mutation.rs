//! Small changes to known inputs: what a fuzzer does, without its feedback.

use wirebench::load::rng::SplitMix64;

/// Numbers at which something may change.
const EDGES: [u64; 10] =
    [0, 1, 0x7f, 0x80, 0xff, 0x7fff, 0xffff, 0x7fff_ffff, 0xffff_ffff, u64::MAX];

/// One of `corpus`, changed in one to four ways.
pub(crate) fn mutated(corpus: &[Vec<u8>], dice: &mut SplitMix64) -> Vec<u8> {
    let pick = |dice: &mut SplitMix64| &corpus[dice.below(corpus.len() as u64) as usize];
    let mut data = pick(dice).clone();
    for _ in 0..=dice.below(4) {
        let at = dice.below(data.len() as u64 + 1) as usize;
        let len = (dice.below(32) as usize).min(data.len() - at);
        match dice.below(7) {
            0 => data.iter_mut().skip(at).take(1).for_each(|byte| *byte ^= 1 << dice.below(8)),
            1 => data.iter_mut().skip(at).take(1).for_each(|byte| *byte = dice.next_u64() as u8),
            2 => drop(data.drain(at..at + len)),
            3 => {
                let again = data[at..at + len].to_vec();
                let to = dice.below(data.len() as u64 + 1) as usize;
                data.splice(to..to, again);
            }
            4 => {
                let mut edge = EDGES[dice.below(EDGES.len() as u64) as usize].to_le_bytes();
                if dice.below(2) == 0 {
                    edge.reverse();
                }
                let width = 1 << dice.below(4);
                let edge = if edge[0] == 0 { &edge[8 - width..] } else { &edge[..width] };
                let end = data.len().min(at + width);
                data.splice(at..end, edge.iter().copied());
            }
            5 => {
                let other = pick(dice);
                let from = dice.below(other.len() as u64 + 1) as usize;
                data.truncate(at);
                data.extend_from_slice(&other[from..]);
            }
            _ => data.truncate(at),
        }
    }
    data
}
