//! Proofs of the instrument itself: work whose result is known, done by what measures.
//!
//! A proof is a file here, and a row in [`PROOFS`].

mod codec;
mod percentiles;

use serde::Serialize;

/// One proof.
pub(super) struct Proof {
    /// Its name, which it keeps: `proofs.percentiles`.
    pub(super) key: &'static str,
    /// What it shows, in words.
    pub(super) claim: &'static str,
    /// Does the work. What came of it, in words, or how it differs from what it has to be.
    pub(super) prove: fn() -> Result<String, String>,
}

/// All of them, in the order in which they are told.
pub(super) const PROOFS: &[Proof] = &[percentiles::PROOF, codec::PROOF];

/// What came of a proof.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Proven {
    /// Its name: `proofs.percentiles`.
    pub key: &'static str,
    /// What it shows.
    pub claim: &'static str,
    /// Whether it holds.
    pub holds: bool,
    /// What came of it, in words.
    pub told: String,
}

/// Tries all of them.
pub(super) fn prove_all() -> Vec<Proven> {
    let prove = |proof: &Proof| {
        let (holds, told) = match (proof.prove)() {
            Ok(told) => (true, told),
            Err(told) => (false, told),
        };
        Proven { key: proof.key, claim: proof.claim, holds, told }
    };
    PROOFS.iter().map(prove).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_of_them_hold() {
        for proven in prove_all() {
            assert!(proven.holds, "{proven:?}");
        }
    }
}
