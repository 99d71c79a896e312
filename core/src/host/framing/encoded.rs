//! What a plugin's framing answers to `encode`, checked before it is believed.
#![allow(unsafe_code)] // memory of the plugin

use super::super::lent::{lent_text, slice};
use super::answers::MAX_CONTROL;
use crate::framing::{Capabilities, EncodeError};
use wirebench_abi as abi;
use wirebench_abi::status;

/// The longest name of what may not stand in a message, in bytes.
const MAX_MARK: usize = 128;

/// What `encode` begins with.
pub(super) const EMPTY_FRAME: abi::Encoded = abi::Encoded {
    struct_size: size_of::<abi::Encoded>() as u32,
    payload: 0,
    header: abi::Bytes::EMPTY,
    rest: abi::Bytes::EMPTY,
    limit: 0,
    at: 0,
    mark: abi::Bytes::EMPTY,
    later: 0,
    close: 0,
    reserved: 0,
};

/// Why a message cannot be carried; `None`: the answer says something else.
pub(super) fn refusal(answer: i32, frame: &abi::Encoded, len: usize) -> Option<EncodeError> {
    Some(match answer {
        status::UNSENDABLE_EMPTY => EncodeError::Empty,
        status::UNSENDABLE_TOO_LONG => EncodeError::TooLong { max: frame.limit },
        status::UNSENDABLE_TOO_SHORT => EncodeError::TooShort { min: frame.limit },
        status::UNSENDABLE_FORBIDDEN => {
            let mark = match frame.mark.len {
                0 => "boundary".into(),
                // SAFETY: the plugin keeps it until its next call.
                _ => unsafe { lent_text(frame.mark, MAX_MARK) }.into(),
            };
            EncodeError::Forbidden { at: frame.at.min(len), mark }
        }
        _ => return None,
    })
}

/// The bytes before and behind the payload, of `len` bytes, of a frame.
pub(super) fn frame_of<'a>(
    frame: &abi::Encoded,
    capabilities: &Capabilities,
    len: usize,
) -> Result<(&'a [u8], &'a [u8]), String> {
    // SAFETY: the plugin keeps both until its next call.
    let parts = unsafe {
        (slice(frame.header.ptr, frame.header.len), slice(frame.rest.ptr, frame.rest.len))
    };
    let (Some(header), Some(rest)) = parts else {
        return Err("answered `encode` with a null pointer".into());
    };
    // Escaping at most doubles most payloads; four times and a little is beyond any framing.
    let most = len.saturating_mul(4).saturating_add(MAX_CONTROL);
    if header.len().saturating_add(rest.len()) > most || frame.later > most {
        return Err(format!("made a frame of over {most} bytes from {len}"));
    }
    if frame.close != 0 && !capabilities.per_connection {
        let cause =
            "ends the stream behind a frame, but does not say that one connection carries one";
        return Err(cause.into());
    }
    Ok((header, rest))
}
