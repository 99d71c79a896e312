//! The order in which a round visits the cells.

use super::rng::SplitMix64;

/// Tells this sequence apart from the others of the same seed.
const PURPOSE: u64 = 0x6f72_6465_7200_0000;

/// The cells `0..cells` in the order in which round `round` runs them: a shuffle
/// (Fisher-Yates) that depends on nothing but its arguments, so that no cell always runs first,
/// or always after the same neighbour.
#[inline]
pub fn order(seed: u64, round: u32, cells: usize) -> Vec<usize> {
    let mut rng = SplitMix64::stream(seed, PURPOSE | u64::from(round));
    let mut order: Vec<usize> = (0..cells).collect();
    for last in (1..cells).rev() {
        order.swap(last, rng.below(last as u64 + 1) as usize);
    }
    order
}
