//! `len8` to `len64`, big- or little-endian: the payload's length as a binary integer, then the
//! payload.
//!
//! A frame is `offset` opaque bytes, the length field, and `field + adjust` more bytes; the message
//! is the frame without its first `strip` bytes. The encoder fills whatever the message does not
//! cover with zeros. Constants, a copy of the length and a trailer, where a header has them, are the
//! matter of `length_marks`. Where `strip` leaves a rest of the header, that is part of every message that is
//! received, and counts against `max`: what can be sent is shorter.

use super::constants::{constant_len, constant_setting};
use super::length_marks::{self, Marks};
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{LARGEST, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::{called, shown, telling};

const LONGEST_OFFSET: i64 = 1 << 16;
const DEFAULT_MAX: i128 = 16 << 20;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "offset",
        kind: Kind::Integer { min: 0, max: LONGEST_OFFSET },
        default: DefaultValue::Derived("the bytes of `prefix`"),
        about: "bytes of the header before the length field",
    },
    constant_setting("prefix", "what a header begins with, in hexadecimal digits (`01 ce`)"),
    length_marks::COPY,
    constant_setting("suffix", "what a header ends with, behind the length field and its copy"),
    constant_setting("trailer", "what stands behind a payload, and is not counted"),
    Setting {
        name: "adjust",
        kind: Kind::Integer { min: -(1 << 20), max: 1 << 20 },
        default: DefaultValue::Integer(0),
        about: "added to the field's value to get the number of bytes behind the header, but for the trailer; the encoder subtracts it",
    },
    Setting {
        name: "strip",
        kind: Kind::Integer { min: 0, max: 2 * LONGEST_OFFSET },
        default: DefaultValue::Derived("the whole header"),
        about: "bytes dropped from the front of a received frame",
    },
    Setting {
        name: "signed",
        kind: Kind::Flag,
        default: DefaultValue::Flag(false),
        about: "the field is a signed integer: half the range, and a negative length is told as one",
    },
    max_setting(
        DefaultValue::Derived("16 MiB, or what the width can carry"),
        "the longest message, after `adjust` and `strip`",
    ),
];

/// Fills in `offset`, `strip` and `max`.
pub(super) fn derive<const WIDTH: usize>(values: &mut Values) {
    values.default_to("offset", constant_len(values, "prefix") as u64);
    values.default_to("strip", header_len::<WIDTH>(values) as u64);
    let capacity = capacity::<WIDTH>(values).clamp(1, DEFAULT_MAX);
    values.default_to("max", capacity as u64);
}

/// Bytes before the payload: `offset`, the field and what stands behind it.
fn header_len<const WIDTH: usize>(values: &Values) -> usize {
    let copy = if length_marks::has_copy(values) { WIDTH } else { 0 };
    values.unsigned("offset") as usize + WIDTH + copy + constant_len(values, "suffix")
}

pub(super) fn make<const WIDTH: usize, const BIG: bool>(
    values: &Values,
    _: Role,
) -> Result<Box<dyn Framing>, SpecError> {
    let adjust = values.integer("adjust");
    let max = values.unsigned("max");
    let capacity = capacity::<WIDTH>(values);
    let bits = 8 * WIDTH;
    if i128::from(max) > capacity {
        let message =
            format!("`max` is {max} bytes, but this {bits}-bit length carries at most {capacity}");
        return Err(error("max", message));
    }
    let offset = values.unsigned("offset") as usize;
    let marks = Marks::of(values, offset)?;
    let header = header_len::<WIDTH>(values);
    let strip = values.unsigned("strip") as usize;
    let padding = strip.saturating_sub(header);
    let kept = header.saturating_sub(strip) as u64;
    let Some(max) = max.checked_sub(kept) else {
        let message = format!(
            "`strip = {strip}` leaves {kept} bytes of the header in every message, but `max` is {max}"
        );
        return Err(error("max", message));
    };
    // What the field counts beyond the payload, and the shortest payload it can express.
    let surplus = padding as i64 - adjust;
    let min = surplus.saturating_neg().max(0) as u64;
    if min > max {
        let message = format!(
            "with `adjust = {adjust}` a message has at least {} bytes, but `max` is {}",
            min + kept,
            max + kept
        );
        return Err(error("adjust", message));
    }
    let trailer = marks.as_ref().map_or(0, Marks::trailer_len);
    let length = Length::<WIDTH, BIG> {
        offset,
        header,
        strip,
        padding,
        min,
        max,
        surplus,
        beyond: (header + trailer) as i64 + adjust,
        field_min: min.wrapping_add_signed(surplus),
        field_max: max.wrapping_add_signed(surplus),
        signed: values.flag("signed"),
    };
    match marks {
        None => Ok(Box::new(length)),
        Some(marks) => Ok(Box::new(marks.around(length))),
    }
}

/// The longest message that the field can express, with what `strip` leaves of the header (it may be
/// negative: none at all).
fn capacity<const WIDTH: usize>(values: &Values) -> i128 {
    let bits = 8 * WIDTH as u32 - u32::from(values.flag("signed"));
    let field = (1i128 << bits) - 1;
    let stripped = i128::from(values.unsigned("strip")) - header_len::<WIDTH>(values) as i128;
    (field + i128::from(values.integer("adjust")) - stripped).min(i128::from(LARGEST))
}

pub(super) struct Length<const WIDTH: usize, const BIG: bool> {
    pub(super) offset: usize,
    /// All before the payload: without marks, `offset` and the field.
    pub(super) header: usize,
    pub(super) strip: usize,
    /// Bytes after the header that `strip` drops too.
    pub(super) padding: usize,
    /// The shortest payload.
    pub(super) min: u64,
    /// The longest payload: what is left of the setting `max` beside the rest of the header.
    pub(super) max: u64,
    /// The field's value minus the payload's length.
    pub(super) surplus: i64,
    /// The frame's length minus the field's value.
    pub(super) beyond: i64,
    field_min: u64,
    field_max: u64,
    signed: bool,
}

impl<const WIDTH: usize, const BIG: bool> Framing for Length<WIDTH, BIG> {
    fn capabilities(&self) -> Capabilities {
        Capabilities { empty: self.min == 0, ..Capabilities::marked(Alphabet::Bytes, self.max) }
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        let len = payload.len() as u64;
        if !(self.min..=self.max).contains(&len) {
            return Err(self.unsendable(len));
        }
        if self.offset > 0 {
            zeros(self.offset, out);
        }
        out.header(&write::<WIDTH, BIG>(len.wrapping_add_signed(self.surplus)));
        if self.padding > 0 {
            zeros(self.padding, out);
        }
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let span = self.field_max - self.field_min;
        let mut at = 0;
        let found = out.frames.len();
        out.need = loop {
            let rest = input.len() - at;
            if rest < self.header {
                break self.header - rest;
            }
            let field = read::<WIDTH, BIG>(&input[at + self.offset..]);
            // One comparison for both limits, before the adjustment: below the least wraps around.
            if field.wrapping_sub(self.field_min) > span {
                out.consumed = at;
                let Some(told) = telling(&input[at..], self.header) else { break 1 };
                return Err(self.impossible(at, &input[at..at + told]));
            }
            let total = field.wrapping_add_signed(self.beyond) as usize;
            if total > rest {
                break out.lacks(total - rest);
            }
            out.frames.push(frame(at + self.strip, total - self.strip, at, at + total));
            at += total;
        };
        out.consumed = at;
        // Every field is read once more than its frame is found, at most.
        out.inspected += WIDTH * (out.frames.len() - found + 1);
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if input.is_empty() {
            return Ok(());
        }
        let field = input.get(self.offset..self.header).map(read::<WIDTH, BIG>);
        match field {
            Some(field) if !self.is_possible(field) => Err(self.impossible(0, input)),
            _ => Err(DecodeError::ended_inside(input)),
        }
    }
}

impl<const WIDTH: usize, const BIG: bool> Length<WIDTH, BIG> {
    /// True for what the field may hold.
    #[inline]
    pub(super) fn is_possible(&self, field: u64) -> bool {
        (self.field_min..=self.field_max).contains(&field)
    }

    #[cold]
    pub(super) fn unsendable(&self, len: u64) -> EncodeError {
        match len {
            _ if len > self.max => EncodeError::TooLong { max: self.max },
            0 => EncodeError::Empty,
            _ => EncodeError::TooShort { min: self.min },
        }
    }

    /// The length in the frame at `at`, which begins like this.
    #[cold]
    pub(super) fn impossible(&self, at: usize, begin: &[u8]) -> DecodeError {
        let field = &begin[self.offset..self.offset + WIDTH];
        let value = read::<WIDTH, BIG>(field);
        let shift = 64 - 8 * WIDTH as u32;
        let negative = ((value << shift) as i64) >> shift;
        let problem = if self.signed && negative < 0 {
            format!("the length is {negative}, and no length is negative")
        } else if value < self.field_min {
            format!("the length is {value}, but it counts at least {} bytes", self.field_min)
        } else {
            format!("the length is {value}, over the limit of {}", self.field_max)
        };
        let mut turned = field.to_vec();
        turned.reverse();
        let swapped = read::<WIDTH, BIG>(&turned);
        let order = if swapped != value && (self.field_min..=self.field_max).contains(&swapped) {
            format!("; in the other byte order it would be {swapped}")
        } else {
            String::new()
        };
        // What stands before the field is not judged, but may tell who is calling.
        let read = if self.offset == 0 { shown(begin) } else { called(field, begin) };
        wrong(at + self.offset, format!("{problem} (read {read}{order})"))
    }
}

/// The field at the start of `bytes`. Each length waits for the one before it, so every cycle
/// here shows: the common width is one load.
#[inline(always)]
pub(super) fn read<const WIDTH: usize, const BIG: bool>(bytes: &[u8]) -> u64 {
    if WIDTH == 4 {
        let mut word = [0; 4];
        word.copy_from_slice(&bytes[..4]);
        return u64::from(if BIG { u32::from_be_bytes(word) } else { u32::from_le_bytes(word) });
    }
    let mut word = [0; 8];
    if BIG {
        word[8 - WIDTH..].copy_from_slice(&bytes[..WIDTH]);
        u64::from_be_bytes(word)
    } else {
        word[..WIDTH].copy_from_slice(&bytes[..WIDTH]);
        u64::from_le_bytes(word)
    }
}

#[inline(always)]
pub(super) fn write<const WIDTH: usize, const BIG: bool>(value: u64) -> [u8; WIDTH] {
    let mut field = [0; WIDTH];
    if BIG {
        field.copy_from_slice(&value.to_be_bytes()[8 - WIDTH..]);
    } else {
        field.copy_from_slice(&value.to_le_bytes()[..WIDTH]);
    }
    field
}

#[cold]
pub(super) fn zeros(mut count: usize, out: &mut FrameWriter<'_>) {
    const ZEROS: [u8; 256] = [0; 256];
    while count > 0 {
        let step = count.min(ZEROS.len());
        out.header(&ZEROS[..step]);
        count -= step;
    }
}
