//! A histogram is the same when it comes out of the form in which it crosses processes and is kept.

use super::Proof;
use crate::load::rng::SplitMix64;
use crate::measure::{Histogram, HistogramError};
use crate::scenario::grouped;

pub(super) const PROOF: Proof = Proof {
    key: "proofs.codec",
    claim: "a histogram that was encoded, decoded and merged is the one that was recorded",
    prove: || compare(&|histogram| Histogram::decode(&histogram.encode())),
};

/// Times in the whole histogram.
const TIMES: u64 = 20_000;

/// Histograms that are merged to the whole.
const PARTS: usize = 4;

/// What the times are derived from.
const SEED: u64 = 42;

/// Holds `through`, which is to give back what it is given, to that: for a whole and for its parts.
fn compare(
    through: &dyn Fn(&Histogram) -> Result<Histogram, HistogramError>,
) -> Result<String, String> {
    let mut random = SplitMix64::new(SEED);
    let (mut whole, mut parts) = (Histogram::new(), vec![Histogram::new(); PARTS]);
    for at in 0..TIMES {
        // From nanoseconds to minutes, as many in each doubling.
        let ns = random.next_u64() >> (27 + random.next_u64() % 37);
        whole.record(ns);
        parts[at as usize % PARTS].record(ns);
    }
    let pass = |histogram: &Histogram| {
        through(histogram).map_err(|error| format!("what was encoded is refused: {error}"))
    };
    if pass(&whole)? != whole {
        return Err("the whole is another one when it comes back".to_owned());
    }
    let mut merged = Histogram::new();
    for part in &parts {
        merged.merge(&pass(part)?);
    }
    if merged != whole {
        return Err(format!("{PARTS} parts that came back are merged to another whole"));
    }
    let empty = Histogram::new();
    if pass(&empty)? != empty {
        return Err("one without times comes back with some".to_owned());
    }
    Ok(format!(
        "{} times, 1 ns to 2 min, whole and in {PARTS} parts: the same, bucket by bucket",
        grouped(TIMES)
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_that_loses_something_is_found_out() {
        assert!(compare(&|histogram| Ok(histogram.clone())).is_ok());
        let cut = compare(&|histogram| {
            let text = histogram.encode();
            Histogram::decode(&text[..text.len() / 2])
        });
        assert!(cut.unwrap_err().contains("is refused"));
        let doubled = compare(&|histogram| {
            let mut twice = histogram.clone();
            twice.merge(histogram);
            Ok(twice)
        });
        assert!(doubled.unwrap_err().contains("another one"));
        let of_parts = compare(&|histogram| {
            let is_part = histogram.count() < TIMES;
            Ok(if is_part { Histogram::new() } else { histogram.clone() })
        });
        assert!(of_parts.unwrap_err().contains("another whole"));
    }
}
