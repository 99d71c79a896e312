//! Sizes as scenarios write them: a number and a unit.

use serde::{Deserialize, Deserializer, de::Error as _};

/// A number of bytes such as `"64 B"` or `"4 KiB"`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Size(pub(crate) usize);

const UNITS: [(&str, f64); 7] = [
    ("B", 1.0),
    ("KiB", 1024.0),
    ("MiB", 1024.0 * 1024.0),
    ("GiB", 1024.0 * 1024.0 * 1024.0),
    ("kB", 1e3),
    ("MB", 1e6),
    ("GB", 1e9),
];

impl<'de> Deserialize<'de> for Size {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let wanted = "is no size: write a number and a unit, such as \"64 KiB\"";
        let text = String::deserialize(from).map_err(|_| D::Error::custom(wanted))?;
        let bytes = number(&text).filter(|bytes| bytes.fract() == 0.0 && *bytes < 1e15);
        bytes.map(|bytes| Self(bytes as usize)).ok_or_else(|| {
            D::Error::custom(format!("`{text}` is no size; write one such as \"64 KiB\""))
        })
    }
}

/// The number before the unit, times what the unit stands for.
fn number(text: &str) -> Option<f64> {
    let digits = text.find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')?;
    let (digits, unit) = text.split_at(digits);
    let (_, factor) = UNITS.iter().find(|(name, _)| *name == unit.trim())?;
    Some(digits.replace('_', "").parse::<f64>().ok()? * factor)
}

#[cfg(test)]
mod tests {
    use super::Size;

    fn size(text: &str) -> Option<usize> {
        serde_json::from_str::<Size>(&format!("{text:?}")).ok().map(|size| size.0)
    }

    #[test]
    fn a_number_with_a_unit_is_read_and_nothing_else() {
        assert_eq!(size("4 KiB"), Some(4_096));
        assert_eq!(size("1_000 B"), Some(1_000));
        assert_eq!(size("0.5kB"), Some(500));
        for wrong in ["", "64", "B", "0.5 B", "9999999 GiB", "1 kib", "-1 B", "1e3 B", "\u{e9}"] {
            assert_eq!(size(wrong), None, "{wrong:?}");
        }
    }
}
