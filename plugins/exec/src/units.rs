//! Durations and sizes as scenarios write them: a number and a unit.

use serde::{Deserialize, Deserializer, de::Error as _};
use std::time::Duration;

/// A duration such as `"200ms"` or `"1.5 s"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Time(pub(crate) Duration);

/// A number of bytes such as `"64 B"` or `"4 KiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub(crate) usize);

const TIMES: [(&str, f64); 5] =
    [("ns", 1e-9), ("us", 1e-6), ("ms", 1e-3), ("s", 1.0), ("min", 60.0)];

const SIZES: [(&str, f64); 7] = [
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1024.0 * 1024.0),
    ("GiB", 1024.0 * 1024.0 * 1024.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];

impl<'de> Deserialize<'de> for Time {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let seconds = number(&text, &TIMES).and_then(|s| Duration::try_from_secs_f64(s).ok());
        seconds.map(Self).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is no duration; write one such as \"200ms\""))
        })
    }
}

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        let bytes = number(&text, &SIZES).filter(|bytes| bytes.fract() == 0.0 && *bytes < 1e15);
        bytes.map(|bytes| Self(bytes as usize)).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is no size; write one such as \"64 KiB\""))
        })
    }
}

/// The number before a unit, times what the unit stands for.
fn number(text: &str, units: &[(&str, f64)]) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')?;
    let (digits, unit) = text.split_at(digits);
    let (_, factor) = units.iter().find(|(name, _)| *name == unit.trim())?;
    Some(digits.replace('_', "").parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::{Size, Time};
    use std::time::Duration;

    fn time(text: &str) -> Option<Duration> {
        serde_json::from_str::<Time>(&format!("{text:?}")).ok().map(|time| time.0)
    }

    fn size(text: &str) -> Option<usize> {
        serde_json::from_str::<Size>(&format!("{text:?}")).ok().map(|size| size.0)
    }

    #[test]
    fn numbers_with_units_are_read_and_nothing_else() {
        assert_eq!(time("200ms"), Some(Duration::from_millis(200)));
        assert_eq!(time("1.5 s"), Some(Duration::from_millis(1_500)));
        assert_eq!(time("2 min"), Some(Duration::from_secs(120)));
        for wrong in ["", "5", "s", "-1s", "5 h", "1e3s", "é", "5 s later"] {
            assert_eq!(time(wrong), None, "{wrong:?}");
        }
        assert_eq!(size("4 KiB"), Some(4_096));
        assert_eq!(size("1_000 B"), Some(1_000));
        assert_eq!(size("0.5kB"), Some(500));
        for wrong in ["", "64", "B", "0.5 B", "9999999 GiB", "1 kib"] {
            assert_eq!(size(wrong), None, "{wrong:?}");
        }
    }
}
