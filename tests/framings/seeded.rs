//! Randomness for tests: one seed for all, printed when a test fails.

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestRng, TestRunner};

/// The seed: `WIREBENCH_TEST_SEED`, or a constant, so that a run can be repeated.
pub(crate) fn seed() -> u64 {
    std::env::var("WIREBENCH_TEST_SEED").ok().and_then(|text| text.parse().ok()).unwrap_or(42)
}

/// Runs `test` on `cases` values of `strategy`; a failure names the seed and the smallest value
/// that still fails.
pub(crate) fn check<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let mut bytes = [0; 32];
    bytes[..8].copy_from_slice(&seed().to_le_bytes());
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let config = Config { cases, failure_persistence: None, ..Config::default() };
    let result = TestRunner::new_with_rng(config, rng).run(strategy, |value| {
        test(value);
        Ok::<(), TestCaseError>(())
    });
    if let Err(error) = result {
        panic!("with WIREBENCH_TEST_SEED={}: {error}", seed());
    }
}

/// Where a stream of `len` bytes is cut, from fractions of its length.
pub(crate) fn cuts(len: usize, fractions: &[f64]) -> Vec<usize> {
    let mut cuts: Vec<usize> = fractions.iter().map(|at| (at * len as f64) as usize).collect();
    cuts.sort_unstable();
    cuts
}
