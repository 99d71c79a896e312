//! A number with its unit, as people read it.

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Unit {
    /// Time.
    Nanoseconds,
    /// A rate.
    PerSecond,
    /// Things that are counted, or a mean of counts.
    Count,
    /// A part of a whole: 1 is all of it.
    Share,
    /// A number without a unit.
    Plain,
}

/// A number, finite always, with its unit. Its text has three or four significant digits.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    value: f64,
    unit: Unit,
}

impl Figure {
    /// `None` where it is no finite number, or would be none in percent.
    pub fn new(value: f64, unit: Unit) -> Option<Self> {
        (100.0 * value).is_finite().then_some(Self { value, unit })
    }

    /// The number; a share as a part of 1.
    pub fn value(&self) -> f64 {
        self.value
    }

    /// Its unit.
    pub fn unit(&self) -> Unit {
        self.unit
    }
}

impl fmt::Display for Figure {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Nanoseconds => to.write_str(&time(self.value)),
            Unit::PerSecond => write!(to, "{}/s", number(self.value)),
            Unit::Count | Unit::Plain => to.write_str(&number(self.value)),
            Unit::Share => write!(to, "{} %", number(100.0 * self.value)),
        }
    }
}

/// A time with its unit: `12.3 µs`.
pub(crate) fn time(ns: f64) -> String {
    let units = [(1e9, "s"), (1e6, "ms"), (1e3, "µs")];
    let unit = units.into_iter().find(|(unit, _)| ns.abs() >= *unit);
    let (unit, name) = unit.unwrap_or((1.0, "ns"));
    format!("{} {name}", number(ns / unit))
}

/// A count: `1,234`.
pub(crate) fn count(count: u64) -> String {
    number(count as f64)
}

/// With thousands apart from 1,000 on, and with as many decimals as three digits need below.
pub(crate) fn number(value: f64) -> String {
    let size = value.abs();
    if !size.is_finite() {
        return "–".to_owned();
    }
    if size >= 1e15 {
        return format!("{value:.3e}");
    }
    let whole = size.fract() == 0.0;
    let text = match size {
        999.5.. => format!("{value:.0}"),
        _ if whole => format!("{value:.0}"),
        99.95.. => format!("{value:.1}"),
        9.995.. => format!("{value:.1}"),
        0.0995.. => format!("{value:.2}"),
        0.000_5.. => format!("{value:.4}"),
        _ => return format!("{value:.1e}"),
    };
    let (sign, digits) = text.strip_prefix('-').map_or(("", text.as_str()), |digits| ("-", digits));
    let (whole, rest) = digits.split_at(digits.find('.').unwrap_or(digits.len()));
    let mut grouped = String::new();
    for (at, digit) in whole.chars().enumerate() {
        if at > 0 && (whole.len() - at).is_multiple_of(3) {
            grouped.push(',');
        }
        grouped.push(digit);
    }
    format!("{sign}{grouped}{rest}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_have_their_unit() {
        let text = |value, unit| Figure::new(value, unit).expect("finite").to_string();
        assert_eq!(text(12_345.6, Unit::PerSecond), "12,346/s");
        assert_eq!(text(1_000_000.0, Unit::Count), "1,000,000");
        assert_eq!(text(1.0, Unit::Plain), "1");
        assert_eq!(text(0.987_65, Unit::Plain), "0.99");
        assert_eq!(text(0.0123, Unit::Share), "1.23 %");
        assert_eq!(text(12_345.0, Unit::Nanoseconds), "12.3 µs");
        assert_eq!(text(1.5e9, Unit::Nanoseconds), "1.50 s");
        assert_eq!(text(250.0, Unit::Nanoseconds), "250 ns");
        assert_eq!(text(-1_234.0, Unit::Plain), "-1,234");
        assert_eq!(text(0.0, Unit::Plain), "0");
        assert_eq!(text(1e-9, Unit::Plain), "1.0e-9");
    }

    #[test]
    fn what_is_no_number_is_no_figure() {
        assert_eq!(Figure::new(f64::MAX, Unit::Share), None);
        assert_eq!(number(f64::NAN), "–");
        assert_eq!(Figure::new(f64::NAN, Unit::Plain), None);
        assert_eq!(Figure::new(f64::INFINITY, Unit::Share), None);
    }
}
