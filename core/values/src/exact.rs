//! A decimal number times the scale of a unit, without rounding.

/// Why there is no such product.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Problem {
    NotANumber,
    NotWhole,
    TooLarge,
}

/// `number` (digits and points) times `scale`, which is 10^18 at most.
pub(crate) fn product(number: &str, scale: u64) -> Result<u64, Problem> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    if whole.len() + fraction.len() == 0 || fraction.contains('.') {
        return Err(Problem::NotANumber);
    }
    let mut part = 0;
    // From the last digit on: when the product is whole, so is each of these tenths.
    for digit in fraction.bytes().rev() {
        let tenths = u64::from(digit - b'0') * scale + part;
        if !tenths.is_multiple_of(10) {
            return Err(Problem::NotWhole);
        }
        part = tenths / 10;
    }
    let whole = whole
        .bytes()
        .try_fold(0u64, |value, digit| value.checked_mul(10)?.checked_add(u64::from(digit - b'0')));
    let product = whole.and_then(|whole| whole.checked_mul(scale)?.checked_add(part));
    product.ok_or(Problem::TooLarge)
}

#[cfg(test)]
mod tests {
    use super::{Problem, product};

    #[test]
    fn a_product_is_exact_or_there_is_none() {
        for (number, scale, exact) in [
            ("1.5", 1_024, Ok(1_536)),
            ("0.0009765625", 1_024, Ok(1)),
            ("0.0000000000009094947017729282379150390625", 1 << 40, Ok(1)),
            ("0.1", 1_024, Err(Problem::NotWhole)),
            ("0.10000000000000000000000000000000000000000000", 1_000, Ok(100)),
            ("0.9999999999999999999", 1_000_000_000_000_000_000, Err(Problem::NotWhole)),
            ("18446744073709551615", 1, Ok(u64::MAX)),
            ("18446744073709551616", 1, Err(Problem::TooLarge)),
            ("18446744073709551615.5", 2, Err(Problem::TooLarge)),
            (".5", 2, Ok(1)),
            ("5.", 2, Ok(10)),
            (".", 2, Err(Problem::NotANumber)),
            ("", 2, Err(Problem::NotANumber)),
            ("1..5", 2, Err(Problem::NotANumber)),
        ] {
            assert_eq!(product(number, scale), exact, "{number} times {scale}");
        }
    }
}
