//! Durations in configurations.

use serde::de::{Error, Unexpected, Visitor};
use serde::{Deserialize, Deserializer};
use std::time::Duration;

/// A duration as scenarios write it: a number and one of the units ns, us, ms, s, min (`"200ms"`,
/// `"1.5 s"`). A field of this type in a configuration is read so, and nothing else is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Span(pub Duration);

/// Nanoseconds of each unit; those that end in others stand first.
const UNITS: [(&str, u64); 5] =
    [("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("min", 60_000_000_000), ("s", 1_000_000_000)];

impl<'de> Deserialize<'de> for Span {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Span;
            fn expecting(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str("a duration with a unit out of ns, us, ms, s, min, as in \"200ms\"")
            }
            fn visit_str<E: Error>(self, text: &str) -> Result<Span, E> {
                parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
            }
        }
        deserializer.deserialize_str(Text)
    }
}

/// At most nine digits stand behind the point: a nanosecond is the smallest there is.
fn parse(text: &str) -> Option<Span> {
    let (number, unit) = UNITS.iter().find_map(|(name, ns)| {
        Some((text.strip_suffix(name)?.trim_end_matches(' '), u128::from(*ns)))
    })?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, "0"));
    let digits =
        |part: &str| (1..=19).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !digits(whole) || !digits(fraction) || fraction.len() > 9 {
        return None;
    }
    let scale = 10_u128.pow(fraction.len() as u32);
    let scaled = (whole.parse::<u128>().ok()? * scale + fraction.parse::<u128>().ok()?) * unit;
    // Not rounded: what cannot be kept is refused.
    let exact = scaled.is_multiple_of(scale);
    exact.then_some(Span(Duration::from_nanos(u64::try_from(scaled / scale).ok()?)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_duration_is_a_number_and_a_unit() {
        for (text, ns) in [
            ("0s", 0),
            ("7ns", 7),
            ("1us", 1_000),
            ("1.5 ms", 1_500_000),
            ("60ms", 60_000_000),
            ("2s", 2_000_000_000),
            ("3 min", 180_000_000_000),
            ("0.000000001s", 1),
        ] {
            let read: Span = serde_json::from_str(&format!("{text:?}")).unwrap();
            assert_eq!(read, Span(Duration::from_nanos(ns)), "{text}");
        }
    }

    #[test]
    fn anything_else_is_refused_with_what_was_expected() {
        let long = "9".repeat(40) + "s";
        for text in
            ["", "ms", "1", "1 h", "-1s", "1..2s", ".5s", "1.s", "1e3s", "s1", "0.5ns", &long]
        {
            let error = serde_json::from_str::<Span>(&format!("{text:?}")).unwrap_err();
            assert!(error.to_string().contains("as in \"200ms\""), "{text}: {error}");
        }
        assert!(serde_json::from_str::<Span>("5").is_err(), "a bare number has no unit");
    }
}
