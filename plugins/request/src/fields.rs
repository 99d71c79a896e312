//! Whole numbers of a fixed width in a message.

use serde::Deserialize;

/// How a number stands in bytes, without sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Form {
    /// One byte.
    U8,
    /// Two bytes, the most significant first.
    U16be,
    /// Two bytes, the least significant first.
    U16le,
    /// Four bytes, the most significant first.
    U32be,
    /// Four bytes, the least significant first.
    U32le,
    /// Eight bytes, the most significant first.
    U64be,
    /// Eight bytes, the least significant first.
    U64le,
}

impl Form {
    /// The form of this name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Some(match name {
            "u8" => Self::U8,
            "u16be" => Self::U16be,
            "u16le" => Self::U16le,
            "u32be" => Self::U32be,
            "u32le" => Self::U32le,
            "u64be" => Self::U64be,
            "u64le" => Self::U64le,
            _ => return None,
        })
    }

    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::U8 => "u8",
            Self::U16be => "u16be",
            Self::U16le => "u16le",
            Self::U32be => "u32be",
            Self::U32le => "u32le",
            Self::U64be => "u64be",
            Self::U64le => "u64le",
        }
    }

    /// Its bytes.
    pub(crate) fn width(self) -> usize {
        match self {
            Self::U8 => 1,
            Self::U16be | Self::U16le => 2,
            Self::U32be | Self::U32le => 4,
            Self::U64be | Self::U64le => 8,
        }
    }

    /// The largest number that it can say.
    pub(crate) fn most(self) -> u64 {
        u64::MAX >> (64 - 8 * self.width())
    }

    fn is_little(self) -> bool {
        matches!(self, Self::U16le | Self::U32le | Self::U64le)
    }

    /// Writes the number behind `out`; of one that is too large, the lowest bytes.
    pub(crate) fn write(self, number: u64, out: &mut Vec<u8>) {
        let width = self.width();
        if self.is_little() {
            out.extend_from_slice(&number.to_le_bytes()[..width]);
        } else {
            out.extend_from_slice(&number.to_be_bytes()[8 - width..]);
        }
    }

    /// The number that stands at `at`; `None`: the bytes end before it does.
    pub(crate) fn read(self, bytes: &[u8], at: usize) -> Option<u64> {
        let field = bytes.get(at..at.checked_add(self.width())?)?;
        let digit = |number: u64, byte: &u8| number << 8 | u64::from(*byte);
        Some(if self.is_little() {
            field.iter().rev().fold(0, digit)
        } else {
            field.iter().fold(0, digit)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::Form;

    const ALL: [Form; 7] =
        [Form::U8, Form::U16be, Form::U16le, Form::U32be, Form::U32le, Form::U64be, Form::U64le];

    #[test]
    fn every_form_is_read_as_it_was_written() {
        for form in ALL {
            assert_eq!(Form::named(form.name()), Some(form));
            for number in [0, 1, 0x0102_0304_0506_0708 & form.most(), form.most()] {
                let mut bytes = vec![9];
                form.write(number, &mut bytes);
                assert_eq!(bytes.len(), 1 + form.width());
                assert_eq!(form.read(&bytes, 1), Some(number), "{form:?}");
                assert_eq!(form.read(&bytes, 2), None, "{form:?}");
            }
        }
    }

    #[test]
    fn the_order_of_bytes_is_that_of_the_name() {
        for (form, bytes) in [
            (Form::U16be, &[1, 2][..]),
            (Form::U16le, &[2, 1]),
            (Form::U32be, &[0, 0, 1, 2]),
            (Form::U32le, &[2, 1, 0, 0]),
        ] {
            let mut out = Vec::new();
            form.write(0x0102, &mut out);
            assert_eq!(out, bytes, "{form:?}");
        }
        assert_eq!(Form::U8.read(b"", usize::MAX), None);
    }
}
