//! An index of records by the hash of their bytes.
//!
//! All records of one hash form a chain, oldest first: they are linked as they are learned, and as
//! the oldest record of all is the first to be forgotten, it is always the head of its chain. So a
//! record costs one insertion and one removal, whatever becomes of it.
//!
//! A hash only finds candidates; their bytes decide. It is fast, fixed and not meant to withstand
//! whoever wants collisions: these make no more work than [`CANDIDATES`] looks an arrival, and
//! what stands behind them is not found.

use super::super::compare::word;
use super::entries::{Entries, NONE, State};
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::hash::{BuildHasherDefault, Hasher};

/// How many records that seem to fit are looked at for one arrival.
pub(super) const CANDIDATES: usize = 64;

/// The records of one hash.
#[derive(Clone, Copy, Debug)]
struct Chain {
    first: u64,
    last: u64,
    /// None before this one waits.
    waiting: u64,
    /// The one that came last; it may be forgotten since.
    latest: u64,
}

/// Finds records by hash.
#[derive(Debug, Default)]
pub(super) struct Index {
    chains: HashMap<u64, Chain, BuildHasherDefault<Hashed>>,
}

impl Index {
    /// Takes in the record at `position`, the newest of `entries`.
    pub(super) fn insert(&mut self, entries: &mut Entries, hash: u64, position: u64) {
        match self.chains.entry(hash) {
            Entry::Vacant(vacant) => {
                let chain =
                    Chain { first: position, last: position, waiting: position, latest: NONE };
                vacant.insert(chain);
            }
            Entry::Occupied(mut occupied) => {
                let chain = occupied.get_mut();
                if let Some(last) = entries.get_mut(chain.last) {
                    last.next = position;
                }
                chain.last = position;
                if chain.waiting == NONE {
                    chain.waiting = position;
                }
            }
        }
    }

    /// The record at `position`, the oldest of all, is forgotten; `next` follows in its chain.
    #[inline]
    pub(super) fn forget(&mut self, hash: u64, position: u64, next: u64) {
        if next == NONE {
            self.chains.remove(&hash);
            return;
        }
        let Some(chain) = self.chains.get_mut(&hash) else { return };
        chain.first = next;
        if chain.waiting == position {
            chain.waiting = next;
        }
    }

    /// The record at `position` has arrived.
    #[inline]
    pub(super) fn arrived(&mut self, hash: u64, position: u64) {
        if let Some(chain) = self.chains.get_mut(&hash) {
            chain.latest = position;
        }
    }

    /// The oldest record of `hash` that may wait.
    #[inline]
    pub(super) fn waiting(&mut self, entries: &Entries, hash: u64) -> u64 {
        let Some(chain) = self.chains.get_mut(&hash) else { return NONE };
        // Each record is passed once, for they are matched and given up oldest first.
        while let Some(entry) = entries.get(chain.waiting)
            && entry.state != State::Waiting
        {
            chain.waiting = entry.next;
        }
        chain.waiting
    }

    /// The oldest record of `hash`, and the one that came last, which may be forgotten.
    #[inline]
    pub(super) fn known(&self, hash: u64) -> (u64, u64) {
        self.chains.get(&hash).map_or((NONE, NONE), |chain| (chain.first, chain.latest))
    }
}

/// A hash of `bytes`, 16 at a step.
#[inline]
pub(super) fn hash(bytes: &[u8]) -> u64 {
    let steps = bytes.chunks_exact(16);
    let rest = steps.remainder();
    let step = |hash: u64, sixteen: &[u8]| {
        let (one, other) = sixteen.split_at(sixteen.len().min(8));
        fold(word(one) ^ 0xA076_1D64_78BD_642F, word(other) ^ hash)
    };
    let hash = steps.fold(0xE703_7ED1_A0B4_28DB, step);
    fold(step(hash, rest) ^ 0x8EBC_6AF0_9C88_C6E3, bytes.len() as u64 ^ 0x5899_65CC_7537_4CC3)
}

/// Both halves of the product.
fn fold(one: u64, other: u64) -> u64 {
    let product = u128::from(one) * u128::from(other);
    product as u64 ^ (product >> 64) as u64
}

/// The keys are hashes already.
#[derive(Clone, Copy, Debug, Default)]
struct Hashed(u64);

impl Hasher for Hashed {
    fn write(&mut self, bytes: &[u8]) {
        self.0 = hash(bytes);
    }

    fn write_u64(&mut self, hash: u64) {
        self.0 = hash;
    }

    fn finish(&self) -> u64 {
        self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_byte_and_the_length_matter() {
        let bytes: Vec<u8> = (1..=50).collect();
        let mut seen = std::collections::HashSet::new();
        for length in 0..=50 {
            assert!(seen.insert(hash(&bytes[..length])));
            for at in 0..length {
                let mut other = bytes[..length].to_vec();
                other[at] ^= 0x40;
                assert!(seen.insert(hash(&other)), "byte {at} of {length}");
            }
            assert!(length == 0 || seen.insert(hash(&vec![0; length])));
        }
    }
}
