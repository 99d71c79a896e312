//! Values as text that reads as the same value: in the largest unit that divides them.

use crate::{Frequency, Rate, Share, Size, Span};
use std::fmt::{Display, Formatter, Result};

/// 4096 as `4 KiB`.
impl Display for Size {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let units = [("GiB", 1 << 30), ("MiB", 1 << 20), ("KiB", 1 << 10), ("B", 1)];
        in_largest(self.bytes(), "0 B", &units, f)
    }
}

/// 300,000,000 as `300 ms`.
impl Display for Span {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        const S: u64 = 1_000_000_000;
        let units = [("min", 60 * S), ("s", S), ("ms", 1_000_000), ("us", 1_000), ("ns", 1)];
        in_largest(self.ns(), "0 s", &units, f)
    }
}

/// A thousandth as `0.1 %`.
impl Display for Share {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        const PERCENT: u64 = Share::PARTS / 100;
        let (whole, rest) = (self.parts() / PERCENT, self.parts() % PERCENT);
        if rest == 0 {
            return write!(f, "{whole} %");
        }
        let digits = format!("{rest:016}");
        write!(f, "{whole}.{} %", digits.trim_end_matches('0'))
    }
}

/// 65,536 as `64 KiB/s`.
impl Display for Rate {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        write!(f, "{}/s", Size::from_bytes(self.bytes()))
    }
}

/// 20,000,000 as `20k/s`.
impl Display for Frequency {
    fn fmt(&self, f: &mut Formatter<'_>) -> Result {
        let thousandths = self.thousandths();
        let units = [("M", 1_000_000_000), ("k", 1_000_000), ("", 1_000)];
        let whole = |(_, scale): &&(&str, u64)| thousandths.is_multiple_of(*scale);
        match units.iter().find(whole).filter(|_| thousandths > 0) {
            Some((unit, scale)) => write!(f, "{}{unit}/s", thousandths / scale),
            None => {
                let digits = format!("{}.{:03}", thousandths / 1_000, thousandths % 1_000);
                write!(f, "{}/s", digits.trim_end_matches('0').trim_end_matches('.'))
            }
        }
    }
}

fn in_largest(value: u64, zero: &str, units: &[(&str, u64)], f: &mut Formatter<'_>) -> Result {
    match units.iter().find(|(_, scale)| value > 0 && value.is_multiple_of(*scale)) {
        Some((unit, scale)) => write!(f, "{} {unit}", value / scale),
        None => f.write_str(zero),
    }
}
