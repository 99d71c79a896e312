//! Bytes with places that may hold anything: `"01 ?? 0? .."`.

/// What some bytes must be, half a byte at a time.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Pattern {
    /// Value and mask of each byte.
    bytes: Vec<(u8, u8)>,
    /// Anything may follow.
    open: bool,
}

impl Pattern {
    /// Reads pairs of hexadecimal digits; `?` is any digit, `..` at the end any bytes.
    pub(crate) fn read(text: &str) -> Result<Self, String> {
        let text = text.trim_ascii();
        let (digits, open) = match text.strip_suffix("..") {
            Some(before) => (before, true),
            None => (text, false),
        };
        let mut bytes = Vec::new();
        let mut high = None;
        for digit in digits.chars().filter(|c| !c.is_ascii_whitespace()) {
            let half = match digit {
                '?' => (0, 0),
                _ => {
                    let value = digit.to_digit(16).ok_or_else(|| {
                        format!(
                            "`{digit}` is neither a hexadecimal digit nor `?`: write pairs, such as \
                             \"01 ?? 03\", and `..` at the end where anything may follow"
                        )
                    })?;
                    (value as u8, 0xf)
                }
            };
            match high.take() {
                None => high = Some(half),
                Some((value, mask)) => bytes.push((value << 4 | half.0, mask << 4 | half.1)),
            }
        }
        match high {
            None => Ok(Self { bytes, open }),
            Some(_) => Err("a hexadecimal digit has no second one beside it".to_owned()),
        }
    }

    /// How the bytes differ, if they do.
    pub(crate) fn differs(&self, given: &[u8]) -> Option<String> {
        let pairs = self.bytes.iter().zip(given);
        for (at, ((value, mask), byte)) in pairs.enumerate() {
            if byte & mask != *value {
                let wanted = told(*value, *mask);
                return Some(format!("byte {at} is {byte:02x}, and {wanted} was expected"));
            }
        }
        let (has, wanted) = (given.len(), self.bytes.len());
        if has < wanted || (has > wanted && !self.open) {
            return Some(format!("it has {has} bytes, and {wanted} were expected"));
        }
        None
    }
}

/// A byte as it was written.
fn told(value: u8, mask: u8) -> String {
    let half = |value: u8, mask: u8| match mask & 0xf {
        0 => "?".to_owned(),
        _ => format!("{:x}", value & 0xf),
    };
    half(value >> 4, mask >> 4) + &half(value, mask)
}

#[cfg(test)]
mod tests {
    use super::Pattern;

    #[test]
    fn digits_must_be_there_and_others_may_be_anything() {
        let pattern = Pattern::read("01 ?? 0? ?F").unwrap();
        assert_eq!(pattern.differs(&[1, 99, 7, 0x3f]), None);
        for (given, told) in [
            (&[1, 99, 0x17, 0x3f][..], "byte 2 is 17, and 0? was expected"),
            (&[1, 99, 7, 0x3e], "byte 3 is 3e, and ?f was expected"),
            (&[1, 99, 7], "it has 3 bytes, and 4 were expected"),
            (&[1, 99, 7, 0x3f, 0], "it has 5 bytes, and 4 were expected"),
        ] {
            assert_eq!(pattern.differs(given).as_deref(), Some(told));
        }
    }

    #[test]
    fn two_points_let_anything_follow() {
        let pattern = Pattern::read(" 01ff .. ").unwrap();
        assert_eq!(pattern.differs(&[1, 0xff]), None);
        assert_eq!(pattern.differs(&[1, 0xff, 3, 4]), None);
        assert!(pattern.differs(&[1]).is_some());
    }

    #[test]
    fn what_is_no_pattern_is_refused() {
        for (text, why) in [("0", "second one"), ("0x", "`x` is neither"), ("01..02", "`.`")] {
            let told = Pattern::read(text).unwrap_err();
            assert!(told.contains(why), "{text}: {told}");
        }
    }
}
