//! Places in a drawing: units of its box, rounded.

use serde::{Serialize, Serializer};

/// A place or a length in units of a drawing. It is written with one decimal at most, because a picture has thousands
/// of them and nobody sees a hundredth of a unit.
#[derive(Clone, Copy, Debug, Default, PartialEq, PartialOrd)]
pub(crate) struct At(f64);

impl At {
    /// The number as it is written.
    pub(super) fn get(self) -> f64 {
        self.0
    }
}

impl From<f64> for At {
    /// What is no number stands at 0: nothing that is drawn comes from it, and an attribute must hold something.
    fn from(place: f64) -> Self {
        let rounded = (place * 10.0).round() / 10.0;
        Self(if rounded.is_finite() { rounded.clamp(-1e6, 1e6) } else { 0.0 })
    }
}

impl Serialize for At {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        if self.0.fract() == 0.0 {
            // It is within a million.
            serializer.serialize_i64(self.0 as i64)
        } else {
            serializer.serialize_f64(self.0)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_is_written_with_one_decimal_and_without_a_zero_that_says_nothing() {
        for (place, written) in
            [(12.0, "12"), (12.34, "12.3"), (-0.04, "0"), (99.96, "100"), (f64::NAN, "0")]
        {
            let text = serde_json::to_string(&At::from(place)).expect("a number");
            assert_eq!(text, written, "{place}");
        }
    }
}
