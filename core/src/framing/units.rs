//! Durations and sizes as people write them: `200ms`, `1.5 s`, `64 B`, `4 KiB`.
//!
//! The arithmetic is exact: a value that is not a whole number of nanoseconds or bytes is refused
//! instead of rounded.

const DURATIONS: &[(&str, u64)] =
    &[("ns", 1), ("us", 1_000), ("ms", 1_000_000), ("s", 1_000_000_000), ("min", 60_000_000_000)];

const SIZES: &[(&str, u64)] = &[
    ("B", 1),
    ("kB", 1_000),
    ("MB", 1_000_000),
    ("GB", 1_000_000_000),
    ("KiB", 1 << 10),
    ("MiB", 1 << 20),
    ("GiB", 1 << 30),
];

/// Reads a duration (`"200ms"`, `"1.5 s"`; units ns, us, ms, s, min) as nanoseconds. The error
/// says what is wrong with `text` and what would be right.
pub fn parse_duration_ns(text: &str) -> Result<u64, String> {
    parse(text, DURATIONS, "duration", "200ms", "nanoseconds")
}

/// Reads a size (`"64 B"`, `"4 KiB"`; units B, KiB, MiB, GiB, and the decimal kB, MB, GB) as bytes.
/// The error says what is wrong with `text` and what would be right.
pub fn parse_size(text: &str) -> Result<u64, String> {
    parse(text, SIZES, "size", "4 KiB", "bytes")
}

fn parse(
    text: &str,
    units: &[(&str, u64)],
    what: &str,
    example: &str,
    smallest: &str,
) -> Result<u64, String> {
    let trimmed = text.trim_matches([' ', '\t']);
    let number_len = trimmed
        .find(|c: char| !c.is_ascii_digit() && c != '.' && c != '_')
        .unwrap_or(trimmed.len());
    let (number, unit) = trimmed.split_at(number_len);
    let unit = unit.trim_start_matches([' ', '\t']);
    if number.is_empty() {
        return Err(format!("`{text}` is not a {what}: write a number and a unit, as `{example}`"));
    }
    let Some(&(_, scale)) = units.iter().find(|(name, _)| *name == unit) else {
        let known: Vec<&str> = units.iter().map(|(name, _)| *name).collect();
        let known = known.join(", ");
        return Err(if unit.is_empty() {
            let unit = if what == "size" { "B" } else { "ms" };
            format!("`{text}` has no unit: write one of {known}, as `{number} {unit}`")
        } else {
            format!("`{unit}` in `{text}` is not a unit of a {what}: write one of {known}")
        });
    };
    scaled(number, scale).map_err(|problem| match problem {
        Problem::NotANumber => format!("`{number}` in `{text}` is not a number"),
        Problem::NotWhole => format!("`{text}` is not a whole number of {smallest}"),
        Problem::TooLarge => format!("`{text}` is larger than {} {smallest}", u64::MAX),
    })
}

enum Problem {
    NotANumber,
    NotWhole,
    TooLarge,
}

/// `number` (digits with at most one point, `_` between digits) times `scale`, exactly.
fn scaled(number: &str, scale: u64) -> Result<u64, Problem> {
    let (whole, fraction) = match number.split_once('.') {
        Some((_, "")) => return Err(Problem::NotANumber),
        Some((whole, fraction)) => (digits(whole)?, fraction.trim_end_matches('0')),
        None => (digits(number)?, ""),
    };
    let mut value = u128::from(whole) * u128::from(scale);
    if !fraction.is_empty() {
        let places = u32::try_from(fraction.len()).map_err(|_| Problem::NotWhole)?;
        let divisor = 10u128.checked_pow(places).ok_or(Problem::NotWhole)?;
        let part = u128::from(digits(fraction)?)
            .checked_mul(u128::from(scale))
            .ok_or(Problem::TooLarge)?;
        if part % divisor != 0 {
            return Err(Problem::NotWhole);
        }
        value += part / divisor;
    }
    u64::try_from(value).map_err(|_| Problem::TooLarge)
}

fn digits(text: &str) -> Result<u64, Problem> {
    let well_formed = text.starts_with(|c: char| c.is_ascii_digit())
        && text.ends_with(|c: char| c.is_ascii_digit())
        && !text.contains("__")
        && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'_');
    if !well_formed {
        return Err(Problem::NotANumber);
    }
    text.bytes().filter(u8::is_ascii_digit).try_fold(0u64, |value, digit| {
        value
            .checked_mul(10)
            .and_then(|value| value.checked_add(u64::from(digit - b'0')))
            .ok_or(Problem::TooLarge)
    })
}

#[cfg(test)]
mod tests {
    use super::{parse_duration_ns, parse_size};

    #[test]
    fn durations_are_read_exactly() {
        for (text, ns) in [
            ("0ns", 0),
            ("200ms", 200_000_000),
            ("1.5 ms", 1_500_000),
            (" 5 s ", 5_000_000_000),
            ("0.001us", 1),
            ("2min", 120_000_000_000),
            ("0.30s", 300_000_000),
        ] {
            assert_eq!(parse_duration_ns(text), Ok(ns), "{text}");
        }
    }

    #[test]
    fn sizes_are_read_exactly() {
        for (text, bytes) in [
            ("64 B", 64),
            ("4 KiB", 4096),
            ("1MiB", 1 << 20),
            ("1.5 KiB", 1536),
            ("3 kB", 3000),
            ("1_000 B", 1000),
            ("2 GB", 2_000_000_000),
        ] {
            assert_eq!(parse_size(text), Ok(bytes), "{text}");
        }
    }

    #[test]
    fn what_cannot_be_meant_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "write a number"),
            ("\u{a0}1 ms", "write a number"),
            ("1\u{b}ms", "not a unit"),
            ("ms", "write a number"),
            ("-1 ms", "write a number"),
            ("200", "has no unit"),
            ("200 msec", "not a unit"),
            ("1.5 ns", "whole number"),
            ("1..5 ms", "not a number"),
            ("1. ms", "not a number"),
            (".5 ms", "not a number"),
            ("99999999999999999999 s", "larger"),
            ("18446744073709551615 min", "larger"),
            ("0.00000000000000000000000000000000000000000001 s", "whole number"),
        ] {
            let error = parse_duration_ns(text).expect_err(text);
            assert!(error.contains(reason), "{text}: {error}");
        }
        assert!(parse_size("4 kib").is_err_and(|error| error.contains("KiB")));
        assert!(parse_size("0.5 B").is_err());
    }
}
