//! Figures for people: three significant digits and a unit.

/// What stands where there is no figure.
pub(crate) const NOTHING: &str = "–";

/// Three significant digits, without an exponent: `0.0123`, `1.23`, `12.3`, `123`.
pub(crate) fn three(number: f64) -> String {
    if !number.is_finite() {
        return NOTHING.into();
    }
    let size = number.abs();
    let decimals = if size >= 99.95 || size == 0.0 {
        0
    } else if size >= 9.995 {
        1
    } else if size >= 0.9995 {
        2
    } else {
        // Digits after the point up to the third significant one, at most 6.
        ((2.0 - size.log10().floor()) as usize).min(6)
    };
    format!("{number:.decimals$}")
}

/// Scales by `step` until below it (as it will be shown), and names the unit.
fn scaled(number: f64, step: f64, units: &[&str]) -> (f64, usize) {
    let (mut number, mut unit) = (number, 0);
    // 999.5 would be shown as 1000.
    while number.abs() >= step - step / 2000.0 && unit + 1 < units.len() {
        number /= step;
        unit += 1;
    }
    (number, unit)
}

/// `812 ns`, `12.3 us`, `4.50 ms`, `1.20 s`.
pub(crate) fn time(ns: u64) -> String {
    const UNITS: [&str; 4] = ["ns", "us", "ms", "s"];
    let (number, unit) = scaled(ns as f64, 1000.0, &UNITS);
    let digits = if unit == 0 { ns.to_string() } else { three(number) };
    format!("{digits} {}", UNITS[unit])
}

/// `8 s`, `4 min 10 s`, `2 h 5 min`.
pub(crate) fn duration(seconds: u64) -> String {
    let (hours, minutes, rest) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    match (hours, minutes) {
        (0, 0) => format!("{rest} s"),
        (0, _) => format!("{minutes} min {rest} s"),
        _ => format!("{hours} h {minutes} min"),
    }
}

/// `812/s`, `1.42M/s`.
pub(crate) fn rate(per_second: f64) -> String {
    const UNITS: [&str; 4] = ["", "k", "M", "G"];
    let (number, unit) = scaled(per_second, 1000.0, &UNITS);
    format!("{}{}/s", three(number), UNITS[unit])
}

/// `64 B`, `1 KiB`, `1.50 KiB`.
pub(crate) fn bytes(bytes: f64) -> String {
    const UNITS: [&str; 5] = ["B", "KiB", "MiB", "GiB", "TiB"];
    let (number, unit) = scaled(bytes, 1024.0, &UNITS);
    let digits = if number.fract() == 0.0 { number.to_string() } else { three(number) };
    format!("{digits} {}", UNITS[unit])
}

/// A share as percent. 100 % and 0 % are said only when they are exact.
pub(crate) fn share(count: u64, of: u64) -> String {
    if of == 0 { NOTHING.into() } else { share_of(count as f64 / of as f64) }
}

/// The same from a share between 0 and 1.
pub(crate) fn share_of(share: f64) -> String {
    let percent = share * 100.0;
    if share == 1.0 {
        "100 %".into()
    } else if share == 0.0 {
        "0 %".into()
    } else if percent > 99.9 && percent < 100.0 {
        if percent > 99.99 { ">99.99 %".into() } else { format!("{percent:.2} %") }
    } else if percent > 0.0 && percent < 0.01 {
        "<0.01 %".into()
    } else {
        format!("{} %", three(percent))
    }
}

/// A ratio as a factor: `1.00x`, `37.2x`.
pub(crate) fn factor(ratio: f64) -> String {
    format!("{}x", three(ratio))
}

/// How far a figure may be off: `±3.2 %`, `±41 %`, never finer than a tenth of a percent, and never less
/// than it is.
pub(crate) fn spread(share: f64) -> String {
    let percent = share * 100.0;
    if percent < 0.1 {
        "±<0.1 %".into()
    } else if percent <= 9.9 {
        format!("±{:.1} %", (percent * 10.0).ceil() / 10.0)
    } else if percent <= 999.0 {
        format!("±{:.0} %", percent.ceil())
    } else {
        "±>999 %".into()
    }
}

/// A change: `+12.5 %`, never finer than a hundredth of a percent.
pub(crate) fn change(ratio: f64) -> String {
    if ratio == 0.0 {
        return "+0 %".into();
    }
    let percent = ratio * 100.0;
    let digits = if percent.abs() < 0.9995 { format!("{percent:.2}") } else { three(percent) };
    format!("{}{digits} %", if ratio >= 0.0 { "+" } else { "" })
}

/// A count with thousands apart: `1,234,567`.
pub(crate) fn count(count: u64) -> String {
    let digits = count.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3);
    for (at, digit) in digits.chars().enumerate() {
        if at > 0 && (digits.len() - at).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}

/// The value of a gate in the unit that the document names.
pub(crate) fn figure(value: Option<f64>, unit: Option<&str>) -> String {
    let Some(value) = value else { return "no value".into() };
    match unit {
        Some("share") => share_of(value),
        Some("ns") => time(value as u64),
        Some("per-second") => rate(value),
        Some("bytes") => bytes(value),
        Some("bytes-per-second") => format!("{}/s", bytes(value)),
        Some("count") => count(value as u64),
        _ => three(value),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn figures_have_three_significant_digits() {
        for (number, text) in [
            (0.0, "0"),
            (0.01234, "0.0123"),
            (0.9994, "0.999"),
            (0.9996, "1.00"),
            (1.234, "1.23"),
            (9.996, "10.0"),
            (12.34, "12.3"),
            (99.96, "100"),
            (1234.0, "1234"),
            (f64::NAN, "–"),
        ] {
            assert_eq!(three(number), text, "{number}");
        }
    }

    #[test]
    fn units_change_before_a_fourth_digit_appears() {
        assert_eq!(time(0), "0 ns");
        assert_eq!(time(999), "999 ns");
        assert_eq!(time(12_345), "12.3 us");
        assert_eq!(time(999_400), "999 us");
        assert_eq!(time(999_600), "1.00 ms");
        assert_eq!(time(5_000_000_000_000), "5000 s");
        assert_eq!(duration(8), "8 s");
        assert_eq!(duration(250), "4 min 10 s");
        assert_eq!(duration(7_504), "2 h 5 min");
        assert_eq!(rate(1_420_000.0), "1.42M/s");
        assert_eq!(rate(0.5), "0.500/s");
        assert_eq!(bytes(1536.0), "1.50 KiB");
        assert_eq!(bytes(1024.0), "1 KiB");
        assert_eq!(bytes(999.0), "999 B");
        assert_eq!(change(0.0), "+0 %");
        assert_eq!(change(0.0625), "+6.25 %");
        assert_eq!(change(0.000_977), "+0.10 %");
    }

    #[test]
    fn nearly_all_is_not_all_and_nearly_none_is_not_none() {
        assert_eq!(share(1_000_000, 1_000_000), "100 %");
        assert_eq!(share(999_999, 1_000_000), ">99.99 %");
        assert_eq!(share(9_998, 10_000), "99.98 %");
        assert_eq!(share(1, 1_000_000), "<0.01 %");
        assert_eq!(spread(0.0), "±<0.1 %");
        assert_eq!(spread(0.0312), "±3.2 %");
        assert_eq!(spread(0.0991), "±10 %");
        assert_eq!(spread(1.234), "±124 %");
        assert_eq!(spread(1e9), "±>999 %");
        assert_eq!(share(0, 7), "0 %");
        assert_eq!(share(0, 0), "–");
        assert_eq!(count(1_234_567), "1,234,567");
        assert_eq!(count(123), "123");
    }
}
