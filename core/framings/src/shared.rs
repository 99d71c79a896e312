//! What several framings have in common.

use super::settings::{DefaultValue, Kind, Setting};
use super::{DecodeError, EncodeError, Frame};
use wirebench_framing::misfit::hex;

/// No message is longer, whatever the settings say: positions in a [`Frame`] are 32 bits wide.
pub(super) const LARGEST: u64 = i32::MAX as u64;

/// The setting that bounds a message, and with it the memory that a peer can claim.
pub(super) const fn max_setting(default: DefaultValue, about: &'static str) -> Setting {
    max_setting_up_to(default, LARGEST, about)
}

/// The longest message of a framing that may double its bytes: the frame has to fit a [`window`].
pub(super) const LARGEST_STUFFED: u64 = 1 << 30;

/// [`max_setting`] with another bound of its own.
pub(super) const fn max_setting_up_to(
    default: DefaultValue,
    largest: u64,
    about: &'static str,
) -> Setting {
    Setting { name: "max", kind: Kind::Size { min: 1, max: largest }, default, about }
}

/// As much of the input as 32-bit positions can address. It always holds a whole frame of the
/// largest size, so decoding goes on with the next call.
#[inline]
pub(super) fn window(input: &[u8]) -> &[u8] {
    &input[..input.len().min(u32::MAX as usize)]
}

/// The message `at..at + len` of the input, in the frame `wire_at..wire_end`. All positions come
/// from a [`window`], so they fit.
#[inline]
pub(super) fn frame(at: usize, len: usize, wire_at: usize, wire_end: usize) -> Frame {
    Frame {
        at: at as u32,
        len: len as u32,
        scratch: false,
        wire_at: wire_at as i64,
        wire_end: wire_end as i64,
    }
}

/// Refuses a message over `max` bytes.
#[inline]
pub(super) fn fits(payload: &[u8], max: u64) -> Result<(), EncodeError> {
    if payload.len() as u64 > max { Err(EncodeError::TooLong { max }) } else { Ok(()) }
}

/// An error at `at`, found while decoding the input.
#[cold]
pub(super) fn wrong(at: usize, text: String) -> DecodeError {
    DecodeError { at, text }
}

/// What is wrong with a decimal length whose first digits are over `max` already.
#[cold]
pub(super) fn over(len: u64, max: u64, digits: &[u8]) -> String {
    format!("the length begins with {len}, over the limit of {max} (read {})", hex(digits))
}

/// What a checksum says that is not that of the bytes it came with.
#[cold]
pub(super) fn changed(of: &str, sent: u32, right: u32) -> String {
    format!(
        "the checksum of the {of} is {sent:08x}, but {right:08x} is that of what arrived: bytes were \
         changed on the way, or the peer uses another checksum"
    )
}
