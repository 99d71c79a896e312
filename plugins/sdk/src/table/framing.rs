//! A framing's functions as C functions.
#![allow(unsafe_code)] // the C interface

use super::panic::{caught, watch};
use super::side::bytes;
use crate::{
    Alphabet, DecodeError, Decoded, EncodeError, Error, Frame, FrameWriter, Gate, PluginFraming,
    Result, Role, config,
};
use std::borrow::Cow;
use std::ffi::c_void;
use wirebench_abi as abi;
use wirebench_abi::status;

/// What the interface calls a message that is no text: it has no word of its own for that.
const NO_TEXT: &str = "first bytes that are no UTF-8";

/// The table of a framing.
pub const fn framing_table<F: PluginFraming>() -> abi::Framing {
    abi::Framing {
        struct_size: size_of::<abi::Framing>() as u32,
        reserved: 0,
        name: abi::Bytes::text(F::NAME),
        about: abi::Bytes::text(F::ABOUT),
        create: Some(create::<F>),
        destroy: Some(destroy::<F>),
        nature: Some(nature::<F>),
        gate: Some(gate::<F>),
        encode: Some(encode::<F>),
        feed: Some(feed::<F>),
        end_of_input: Some(end_of_input::<F>),
        deadline: Some(deadline::<F>),
        timeout: Some(timeout::<F>),
        keeps: Some(keeps::<F>),
    }
}

/// A framing with the memory that its answers stand in until the next call.
struct Instance<F> {
    framing: F,
    decoded: Decoded,
    frames: Vec<abi::Frame>,
    dropped: Vec<abi::Dropped>,
    encoded: Vec<u8>,
    /// What may not stand in the message that was refused last.
    mark: Cow<'static, str>,
    /// Why it must not be called any more.
    poisoned: Option<String>,
}

impl<F> Instance<F> {
    fn of(framing: F) -> Self {
        Self {
            framing,
            decoded: Decoded::default(),
            frames: Vec::new(),
            dropped: Vec::new(),
            encoded: Vec::new(),
            mark: Cow::Borrowed(""),
            poisoned: None,
        }
    }
}

unsafe extern "C" fn create<F: PluginFraming>(
    report: *mut abi::Report,
    role: u32,
    config: *const u8,
    config_len: usize,
    out: *mut *mut c_void,
) -> i32 {
    watch();
    let role = if role == abi::role::SERVER { Role::Server } else { Role::Client };
    let made = caught(|| -> Result<F> {
        // SAFETY: the host lends `config_len` bytes until we return.
        let config = unsafe { bytes(config, config_len) };
        F::new(config::read(std::str::from_utf8(config)?)?, role)
    });
    let (error, answer) = match made {
        Ok(Ok(framing)) => {
            let made = Box::new(Instance::of(framing));
            // SAFETY: the host gives a place to write to.
            unsafe { *out = Box::into_raw(made).cast() };
            return status::OK;
        }
        Ok(Err(error)) => (error, status::ERROR),
        Err(panic) => (Error::new(panic), status::PANIC),
    };
    // SAFETY: the host's report is live until we return.
    unsafe { tell(report, &error) };
    answer
}

unsafe extern "C" fn destroy<F: PluginFraming>(instance: *mut c_void) {
    let instance = instance.cast::<Instance<F>>();
    // SAFETY: the host hands back what `create` made, for the last time. After a panic, leaking is
    // the safe end.
    unsafe {
        if (*instance).poisoned.is_none() {
            let _ = caught(|| drop(Box::from_raw(instance)));
        }
    }
}

unsafe extern "C" fn nature<F: PluginFraming>(instance: *mut c_void, out: *mut abi::Nature) -> i32 {
    // SAFETY: what `create` made, used by this call alone.
    let instance = unsafe { &mut *instance.cast::<Instance<F>>() };
    let Some(able) = instance.ask("capabilities", F::capabilities) else { return status::PANIC };
    let bits = [
        (able.invariant, abi::nature::INVARIANT),
        (able.duplex, abi::nature::DUPLEX),
        (able.empty, abi::nature::EMPTY),
        (able.alphabet == Alphabet::Text, abi::nature::TEXT),
        (able.batchable, abi::nature::BATCHABLE),
        (able.stream_only, abi::nature::STREAM_ONLY),
        (able.resynchronises, abi::nature::RESYNCHRONISES),
        (able.finds_corruption, abi::nature::FINDS_CORRUPTION),
        (able.per_connection, abi::nature::PER_CONNECTION),
    ];
    let flags = bits.iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit);
    // SAFETY: the host gives a place to write to.
    unsafe {
        (*out).flags = flags;
        (*out).max = able.max;
    }
    status::OK
}

unsafe extern "C" fn gate<F: PluginFraming>(
    instance: *mut c_void,
    now: u64,
    until: *mut u64,
) -> i32 {
    // SAFETY: what `create` made, used by this call alone.
    let instance = unsafe { &mut *instance.cast::<Instance<F>>() };
    match instance.ask("gate", |framing| framing.gate(now)) {
        // Open after a panic, so that the next call can say so.
        Some(Gate::Open) | None => abi::gate::OPEN,
        Some(Gate::Blocked) => abi::gate::BLOCKED,
        Some(Gate::Until(at)) => {
            // SAFETY: the host gives a place to write to.
            unsafe { *until = at };
            abi::gate::UNTIL
        }
    }
}

unsafe extern "C" fn encode<F: PluginFraming>(
    instance: *mut c_void,
    report: *mut abi::Report,
    now: u64,
    payload: *const u8,
    len: usize,
    out: *mut abi::Encoded,
) -> i32 {
    // SAFETY: what `create` made, used by this call alone; the host lends the payload and the
    // place to write to.
    let (instance, payload, out) =
        unsafe { (&mut *instance.cast::<Instance<F>>(), bytes(payload, len), &mut *out) };
    if let Some(why) = &instance.poisoned {
        // SAFETY: the host's report is live until we return.
        unsafe { tell(report, &Error::new(why)) };
        return status::POISONED;
    }
    let Instance { framing, encoded, .. } = instance;
    encoded.clear();
    // The host puts the payload in: it is never copied here.
    let mut writer = FrameWriter::new(encoded, 0);
    let written = caught(|| framing.encode(now, payload, &mut writer));
    let (borrowed_at, later, close) = (writer.borrowed_at, writer.later, writer.close);
    match written {
        Ok(Ok(())) => {
            let (header, rest) = encoded.split_at(borrowed_at.unwrap_or(0));
            out.header = abi::Bytes::new(header);
            out.payload = borrowed_at.is_some().into();
            out.rest = abi::Bytes::new(rest);
            if out.struct_size > abi::Encoded::SIZE_1_1 {
                (out.later, out.close) = (later, close.into());
            }
            status::OK
        }
        Ok(Err(why)) => instance.refuse(why, out, report),
        Err(panic) => {
            // SAFETY: the host's report is live until we return.
            unsafe { tell(report, &Error::new(&panic)) };
            instance.poisoned = Some(format!("`encode` panicked before: {panic}"));
            status::PANIC
        }
    }
}

unsafe extern "C" fn feed<F: PluginFraming>(
    instance: *mut c_void,
    report: *mut abi::Report,
    now: u64,
    input: *const u8,
    len: usize,
    out: *mut abi::Decoded,
) -> i32 {
    // SAFETY: what `create` made, used by this call alone; the host lends the rest.
    unsafe {
        let input = bytes(input, len);
        (*instance.cast::<Instance<F>>())
            .decode(report, &mut *out, |framing, found| framing.feed(now, input, found))
    }
}

unsafe extern "C" fn end_of_input<F: PluginFraming>(
    instance: *mut c_void,
    report: *mut abi::Report,
    now: u64,
    input: *const u8,
    len: usize,
    out: *mut abi::Decoded,
) -> i32 {
    // SAFETY: as for `feed`.
    unsafe {
        let input = bytes(input, len);
        (*instance.cast::<Instance<F>>())
            .decode(report, &mut *out, |framing, found| framing.end_of_input(now, input, found))
    }
}

unsafe extern "C" fn deadline<F: PluginFraming>(instance: *mut c_void, at: *mut u64) -> i32 {
    // SAFETY: what `create` made, used by this call alone.
    let instance = unsafe { &mut *instance.cast::<Instance<F>>() };
    match instance.ask("deadline", F::deadline).flatten() {
        Some(deadline) => {
            // SAFETY: the host gives a place to write to.
            unsafe { *at = deadline };
            1
        }
        None => 0,
    }
}

unsafe extern "C" fn timeout<F: PluginFraming>(
    instance: *mut c_void,
    report: *mut abi::Report,
    now: u64,
    out: *mut abi::Decoded,
) -> i32 {
    // SAFETY: as for `feed`.
    unsafe {
        (*instance.cast::<Instance<F>>())
            .decode(report, &mut *out, |framing, found| framing.timeout(now, found))
    }
}

unsafe extern "C" fn keeps<F: PluginFraming>(instance: *mut c_void) -> u64 {
    // SAFETY: what `create` made, used by this call alone.
    let instance = unsafe { &mut *instance.cast::<Instance<F>>() };
    instance.ask("keeps", F::keeps).map_or(0, |bytes| bytes as u64)
}

impl<F: PluginFraming> Instance<F> {
    /// Says why a message cannot be carried.
    #[cold]
    fn refuse(
        &mut self,
        why: EncodeError,
        out: &mut abi::Encoded,
        report: *mut abi::Report,
    ) -> i32 {
        let since_minor_2 = out.struct_size > abi::Encoded::SIZE_1_1;
        let text = match why {
            EncodeError::Empty => return status::UNSENDABLE_EMPTY,
            EncodeError::TooLong { max } => {
                out.limit = max;
                return status::UNSENDABLE_TOO_LONG;
            }
            EncodeError::TooShort { min } if since_minor_2 => {
                out.limit = min;
                return status::UNSENDABLE_TOO_SHORT;
            }
            EncodeError::Forbidden { at, mark } => {
                out.at = at;
                self.mark = mark;
                if since_minor_2 {
                    out.mark = abi::Bytes::text(&self.mark);
                }
                return status::UNSENDABLE_FORBIDDEN;
            }
            EncodeError::NotText { at } => {
                return self.refuse(
                    EncodeError::Forbidden { at, mark: NO_TEXT.into() },
                    out,
                    report,
                );
            }
            EncodeError::TooShort { .. } | EncodeError::Failed { .. } => why.to_string(),
        };
        // SAFETY: the host's report is live until we return.
        unsafe { tell(report, &Error::new(text)) };
        status::ERROR
    }

    /// A question that changes nothing; `None` when the framing panics or did before.
    fn ask<R>(&mut self, what: &str, question: impl FnOnce(&F) -> R) -> Option<R> {
        if self.poisoned.is_some() {
            return None;
        }
        match caught(|| question(&self.framing)) {
            Ok(answer) => Some(answer),
            Err(panic) => {
                self.poisoned = Some(format!("`{what}` panicked before: {panic}"));
                None
            }
        }
    }

    /// Lends the host what the last call found.
    fn answer(&mut self, out: &mut abi::Decoded) {
        let found = &self.decoded;
        self.frames.clear();
        self.frames.extend(found.frames.iter().map(frame));
        out.frames = self.frames.as_ptr();
        out.frames_len = self.frames.len();
        out.scratch = abi::Bytes::new(&found.scratch);
        out.control = abi::Bytes::new(&found.control);
        (out.consumed, out.need) = (found.consumed, found.need);
        (out.again, out.close) = (found.again.into(), found.close.into());
        if out.struct_size > abi::Decoded::SIZE_1_1 {
            out.need_is_exact = found.need_is_exact.into();
            out.resent = found.resent;
            out.dropped_count = found.dropped_count;
            self.dropped.clear();
            let dropped = found.dropped.iter().map(|stretch| abi::Dropped {
                at: stretch.at,
                end: stretch.end,
                text: abi::Bytes::text(&stretch.text),
            });
            self.dropped.extend(dropped);
            out.dropped = self.dropped.as_ptr();
            out.dropped_len = self.dropped.len();
        }
    }

    /// # Safety
    /// `report` is live.
    unsafe fn decode(
        &mut self,
        report: *mut abi::Report,
        out: &mut abi::Decoded,
        call: impl FnOnce(&mut F, &mut Decoded) -> Result<(), DecodeError>,
    ) -> i32 {
        if let Some(why) = &self.poisoned {
            // SAFETY: the caller's promise.
            unsafe { tell(report, &Error::new(why)) };
            return status::POISONED;
        }
        self.decoded.clear();
        let outcome = caught(|| call(&mut self.framing, &mut self.decoded));
        self.answer(out);
        let (text, answer) = match outcome {
            Ok(Ok(())) => return status::OK,
            Ok(Err(error)) => {
                out.error_at = error.at;
                (error.text, status::MALFORMED)
            }
            Err(panic) => {
                self.poisoned = Some(format!("an earlier call panicked: {panic}"));
                (panic, status::PANIC)
            }
        };
        // SAFETY: the caller's promise.
        unsafe { tell(report, &Error::new(text)) };
        answer
    }
}

#[inline]
fn frame(frame: &Frame) -> abi::Frame {
    abi::Frame {
        at: frame.at,
        len: frame.len,
        scratch: frame.scratch.into(),
        reserved: 0,
        wire_at: frame.wire_at,
        wire_end: frame.wire_end,
    }
}

#[cold]
unsafe fn tell(report: *mut abi::Report, error: &Error) {
    let (pointer, text) = (error.pointer(), error.text());
    // SAFETY: the host's report is live until the call returns; it copies the texts.
    unsafe {
        ((*report).set_error)(report, pointer.as_ptr(), pointer.len(), text.as_ptr(), text.len());
    }
}
