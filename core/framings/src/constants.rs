//! Bytes that stand in every frame at the same place, as settings say them: the type byte in front of a
//! length, the marker behind a payload.

use super::SpecError;
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use wirebench_framing::misfit::{called, hex};

/// The most bytes of one.
const LONGEST: usize = 64;

/// What a setting says that stands for no bytes.
const NONE: &str = "none";

/// A setting for such bytes.
pub(super) const fn constant_setting(name: &'static str, about: &'static str) -> Setting {
    // Two digits a byte, and a blank between them.
    Setting {
        name,
        kind: Kind::Text { max: 3 * LONGEST },
        default: DefaultValue::Text(NONE),
        about,
    }
}

/// How many bytes the setting stands for; none, if it is wrong.
pub(super) fn constant_len(values: &Values, name: &str) -> usize {
    bytes(values.text(name)).map_or(0, |bytes| bytes.len())
}

fn bytes(text: &str) -> Option<Vec<u8>> {
    if text == NONE {
        return Some(Vec::new());
    }
    let digits: String = text.chars().filter(|digit| *digit != ' ').collect();
    let bytes = base16ct::mixed::decode_vec(&digits).ok()?;
    (1..=LONGEST).contains(&bytes.len()).then_some(bytes)
}

/// Bytes that stand in every frame.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Constant {
    /// The setting that says them.
    name: &'static str,
    bytes: Box<[u8]>,
}

impl Constant {
    /// What the setting of that name says.
    pub(super) fn of(values: &Values, name: &'static str) -> Result<Self, SpecError> {
        let text = values.text(name);
        match bytes(text) {
            Some(bytes) => Ok(Self { name, bytes: bytes.into() }),
            None => {
                let text = format!(
                    "`{name}` is `{}`, but must be 1 to {LONGEST} bytes in hexadecimal digits (`01 ce`), \
                     or `none`",
                    text.escape_debug()
                );
                Err(error(name, text))
            }
        }
    }

    #[inline]
    pub(super) fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    #[inline]
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    /// The first byte of `read` that is another than the constant has there. `read` may be shorter, or
    /// go on behind it.
    #[inline]
    pub(super) fn differs(&self, read: &[u8]) -> Option<usize> {
        let known = self.bytes.len().min(read.len());
        if read[..known] == self.bytes[..known] {
            return None;
        }
        read.iter().zip(&self.bytes).position(|(read, constant)| read != constant)
    }

    /// What is wrong with the byte at `index` of where the constant should be, at that `place`, and what
    /// it could mean. `read` holds it, `frame` is the frame's beginning.
    #[cold]
    pub(super) fn mismatch(
        &self,
        index: usize,
        (place, meaning): (&str, &str),
        read: &[u8],
        frame: &[u8],
    ) -> String {
        let of = match self.bytes.len() {
            1 => String::new(),
            len => format!(", byte {} of {len}", index + 1),
        };
        format!(
            "expected {:02x}, the `{}` {place}{of}: {meaning} (read {})",
            self.bytes[index],
            self.name,
            called(read, frame)
        )
    }

    /// The constant as errors show it.
    pub(super) fn shown(&self) -> String {
        hex(&self.bytes)
    }
}
