//! `varint`: the payload's length in LEB128 (seven bits a byte, the lowest first), then the
//! payload.
//!
//! Only the shortest form of a length is accepted, and none over 2^31-1. What stands before the length
//! (the type byte of MQTT) is the matter of `varint_marks`.

use super::constants::{constant_len, constant_setting};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::varint_marks::Marks;
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::{shown, telling};

/// Bytes of the longest prefix: 31 bits.
const PREFIX: usize = 5;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "offset",
        kind: Kind::Integer { min: 0, max: 64 },
        default: DefaultValue::Derived("the bytes of `prefix`"),
        about: "bytes before the length: zeros when sent, ignored when received, but for `prefix`",
    },
    constant_setting("prefix", "what a frame begins with, in hexadecimal digits (`30`)"),
    max_setting(DefaultValue::Text("16 MiB"), "the longest message"),
];

/// Fills in `offset`.
pub(super) fn derive(values: &mut Values) {
    values.default_to("offset", constant_len(values, "prefix") as u64);
}

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let varint = Varint { max: values.unsigned("max") };
    match Marks::of(values)? {
        None => Ok(Box::new(varint)),
        Some(marks) => Ok(Box::new(marks.around(varint))),
    }
}

pub(super) struct Varint {
    pub(super) max: u64,
}

impl Framing for Varint {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        write(payload.len(), out);
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        let mut looked_at = 0;
        out.need = loop {
            let rest = &input[at..];
            let (value, used) = match prefix(rest) {
                Prefix::Cut => {
                    looked_at += rest.len();
                    break 1;
                }
                Prefix::Is(value, used) if value <= self.max => (value as usize, used),
                bad => {
                    out.consumed = at;
                    looked_at += bad.used();
                    let Some(told) = telling(rest, bad.used()) else { break 1 };
                    return Err(self.impossible(at, &rest[..told], &bad));
                }
            };
            let total = used + value;
            looked_at += used;
            if total > rest.len() {
                break out.lacks(total - rest.len());
            }
            out.frames.push(frame(at + used, value, at, at + total));
            at += total;
        };
        out.consumed = at;
        out.inspected += looked_at;
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match prefix(input) {
            _ if input.is_empty() => Ok(()),
            Prefix::Cut => Err(DecodeError::ended_inside(input)),
            Prefix::Is(value, _) if value <= self.max => Err(DecodeError::ended_inside(input)),
            bad => Err(self.impossible(0, input, &bad)),
        }
    }
}

/// Writes a length.
#[inline(always)]
pub(super) fn write(len: usize, out: &mut FrameWriter<'_>) {
    let mut prefix = [0; PREFIX];
    let mut rest = len;
    let mut used = 0;
    while rest >= 0x80 {
        prefix[used] = rest as u8 | 0x80;
        rest >>= 7;
        used += 1;
    }
    prefix[used] = rest as u8;
    out.header(&prefix[..=used]);
}

/// What stands at the beginning of some bytes.
pub(super) enum Prefix {
    /// More bytes are needed.
    Cut,
    /// A length and the bytes it takes.
    Is(u64, usize),
    /// A needless last byte, after this many.
    Overlong(usize),
    /// It goes on after five bytes.
    Endless,
}

impl Prefix {
    /// Bytes that were looked at.
    pub(super) fn used(&self) -> usize {
        match self {
            Self::Cut => 0,
            Self::Is(_, used) | Self::Overlong(used) => *used,
            Self::Endless => PREFIX,
        }
    }
}

#[inline]
pub(super) fn prefix(bytes: &[u8]) -> Prefix {
    let mut value = 0;
    for (index, byte) in bytes.iter().take(PREFIX).enumerate() {
        value |= u64::from(byte & 0x7f) << (7 * index);
        if byte & 0x80 == 0 {
            let needless = *byte == 0 && index > 0;
            return if needless {
                Prefix::Overlong(index + 1)
            } else {
                Prefix::Is(value, index + 1)
            };
        }
    }
    if bytes.len() < PREFIX { Prefix::Cut } else { Prefix::Endless }
}

impl Varint {
    #[cold]
    fn impossible(&self, at: usize, begin: &[u8], bad: &Prefix) -> DecodeError {
        wrong(at, format!("{} (read {})", self.problem(bad), shown(begin)))
    }

    /// What is wrong with a length that is none.
    #[cold]
    pub(super) fn problem(&self, bad: &Prefix) -> String {
        match bad {
            Prefix::Is(value, _) => {
                format!("the length is {value}, over the limit of {}", self.max)
            }
            Prefix::Overlong(_) => "the length is not in its shortest form".to_owned(),
            _ => format!("the length goes on after {PREFIX} bytes"),
        }
    }
}
