//! What a plugin's framing answers, checked before it is believed: its capabilities, and the messages that it
//! has found.
#![allow(unsafe_code)] // calls through the plugin's table, and memory of the plugin

use super::super::lent::{lent_text, slice};
use super::super::plugin_error::kind_of;
use crate::framing::{Alphabet, Capabilities, Decoded, Dropped, Frame, MAX_DROPPED};
use crate::handler::HookErrorKind;
use std::ffi::c_void;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The most scratch memory of one call, in bytes.
const MAX_SCRATCH: usize = 64 << 20;
/// The most control bytes that wait, in bytes.
pub(super) const MAX_CONTROL: usize = 1 << 20;

/// The longest text that says why a stretch was dropped, in bytes.
const MAX_WHY: usize = 1024;

/// What a call is given to fill in: nothing found.
pub(super) const EMPTY: abi::Decoded = abi::Decoded {
    struct_size: size_of::<abi::Decoded>() as u32,
    again: 0,
    close: 0,
    reserved: 0,
    frames: std::ptr::null(),
    frames_len: 0,
    scratch: abi::Bytes::EMPTY,
    control: abi::Bytes::EMPTY,
    consumed: 0,
    need: 0,
    error_at: 0,
    dropped: std::ptr::null(),
    dropped_len: 0,
    dropped_count: 0,
    resent: 0,
    need_is_exact: 0,
    reserved_2: 0,
};

/// What the instance says of itself; the error is why it is unusable, as a clause without its subject.
pub(super) fn capabilities(table: &abi::Framing, raw: *mut c_void) -> Result<Capabilities, String> {
    let nature = table.nature.expect("checked at load");
    let struct_size = size_of::<abi::Nature>() as u32;
    let mut found = abi::Nature { struct_size, flags: 0, max: 0 };
    // SAFETY: the instance was just made; `found` outlives the call.
    let answer = unsafe { nature(raw, &mut found) };
    if answer != status::OK {
        return Err(match kind_of(answer) {
            HookErrorKind::Panic => "panicked in `nature`: its error output says why".into(),
            _ => format!("could not say what it is able to do (status {answer})"),
        });
    }
    let has = |bit| found.flags & bit != 0;
    Ok(Capabilities {
        invariant: has(abi::nature::INVARIANT),
        duplex: has(abi::nature::DUPLEX),
        empty: has(abi::nature::EMPTY),
        alphabet: if has(abi::nature::TEXT) { Alphabet::Text } else { Alphabet::Bytes },
        max: found.max,
        batchable: has(abi::nature::BATCHABLE),
        stream_only: has(abi::nature::STREAM_ONLY),
        per_connection: has(abi::nature::PER_CONNECTION),
        resynchronises: has(abi::nature::RESYNCHRONISES),
        finds_corruption: has(abi::nature::FINDS_CORRUPTION),
    })
}

/// Checks what a call found in `input` and appends it to `out`; the error is the rule that it broke.
pub(super) fn adopt(
    found: &abi::Decoded,
    capabilities: &Capabilities,
    input: &[u8],
    out: &mut Decoded,
) -> Result<(), &'static str> {
    if found.consumed > input.len() {
        return Err("it consumed more than there was");
    }
    // SAFETY: the plugin keeps all three until its next call.
    let (scratch, control) = unsafe {
        (
            slice(found.scratch.ptr, found.scratch.len).ok_or("its scratch is null")?,
            slice(found.control.ptr, found.control.len).ok_or("its control bytes are null")?,
        )
    };
    if scratch.len() > MAX_SCRATCH || out.scratch.len() + scratch.len() > u32::MAX as usize / 2 {
        return Err("its scratch is over the limit");
    }
    if control.len() > MAX_CONTROL || out.control.len() + control.len() > MAX_CONTROL {
        return Err("its control bytes are over the limit");
    }
    // A message takes a byte of input, or was waiting for this call.
    if found.frames_len > input.len() + 4096 {
        return Err("it found more messages than the input can hold");
    }
    if found.frames_len > 0 && (found.frames.is_null() || !found.frames.is_aligned()) {
        return Err("its array of messages is null");
    }
    let scratch_base = out.scratch.len();
    out.frames.reserve(found.frames_len);
    for k in 0..found.frames_len {
        // SAFETY: not null, aligned, and within the length that the plugin gives.
        let frame = unsafe { *found.frames.add(k) };
        let (at, len) = (frame.at as usize, frame.len as usize);
        let (room, shift) = match frame.scratch {
            0 => (input.len(), 0),
            _ => (scratch.len(), scratch_base),
        };
        if at + len > room {
            return Err("a message stands outside the bytes there are");
        }
        if frame.wire_at > frame.wire_end || frame.wire_end > input.len() as i64 {
            return Err("a message's place on the wire is outside the input");
        }
        let at = u32::try_from(at + shift).map_err(|_| "the input is over 4 GiB")?;
        out.frames.push(Frame {
            at,
            len: frame.len,
            scratch: frame.scratch != 0,
            wire_at: frame.wire_at,
            wire_end: frame.wire_end,
        });
    }
    out.scratch.extend_from_slice(scratch);
    out.control.extend_from_slice(control);
    out.consumed = found.consumed;
    out.need = found.need;
    out.need_is_exact = found.need_is_exact != 0;
    // A frame has a byte at least.
    if found.resent > control.len() as u64 {
        return Err("it sent more frames again than its control bytes can hold");
    }
    out.resent += found.resent;
    if found.dropped_count > 0 || found.dropped_len > 0 {
        adopt_dropped(found, capabilities, input, out)?;
    }
    out.again = found.again != 0;
    out.close |= found.close != 0;
    Ok(())
}

/// Checks the stretches that a call has dropped, and appends them.
#[cold]
fn adopt_dropped(
    found: &abi::Decoded,
    capabilities: &Capabilities,
    input: &[u8],
    out: &mut Decoded,
) -> Result<(), &'static str> {
    if !capabilities.resynchronises {
        return Err("it dropped a stretch, but does not say that it resynchronises");
    }
    if found.dropped_len > MAX_DROPPED || found.dropped_len as u64 > found.dropped_count {
        return Err("it describes more dropped stretches than there may be");
    }
    // Each is a byte of input at least, or of what came before.
    if found.dropped_count > input.len() as u64 + 1 {
        return Err("it dropped more stretches than the input can hold");
    }
    if found.dropped_len > 0 && (found.dropped.is_null() || !found.dropped.is_aligned()) {
        return Err("its array of dropped stretches is null");
    }
    for k in 0..found.dropped_len {
        // SAFETY: not null, aligned, and within the length that the plugin gives.
        let stretch = unsafe { *found.dropped.add(k) };
        let is_length = stretch.end.checked_sub(stretch.at).is_some_and(|len| len >= 0);
        if !is_length || stretch.end > input.len() as i64 {
            return Err("a dropped stretch is outside the input");
        }
        // SAFETY: the plugin keeps it until its next call.
        let text = unsafe { lent_text(stretch.text, MAX_WHY) };
        out.dropped.push(Dropped { at: stretch.at, end: stretch.end, text });
    }
    out.dropped_count += found.dropped_count;
    Ok(())
}
