//! A framing's functions as C functions.
#![allow(unsafe_code)] // the C interface

use super::panic::{caught, watch};
use super::side::bytes;
use crate::{
    Alphabet, Decoded, Error, FrameError, Framing, Gate, Result, Role, Unsendable, Wire, config,
};
use std::ffi::c_void;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The table of a framing.
pub const fn framing_table<F: Framing>() -> abi::Framing {
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
    }
}

/// A framing with the memory that its answers stand in until the next call.
struct Instance<F> {
    framing: F,
    decoded: Decoded,
    wire: Wire,
    /// Why it must not be called any more.
    poisoned: Option<String>,
}

unsafe extern "C" fn create<F: Framing>(
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
            let (decoded, wire) = (Decoded::default(), Wire::default());
            let made = Box::new(Instance { framing, decoded, wire, poisoned: None });
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

unsafe extern "C" fn destroy<F: Framing>(instance: *mut c_void) {
    let instance = instance.cast::<Instance<F>>();
    // SAFETY: the host hands back what `create` made, for the last time. After a panic, leaking is
    // the safe end.
    unsafe {
        if (*instance).poisoned.is_none() {
            let _ = caught(|| drop(Box::from_raw(instance)));
        }
    }
}

unsafe extern "C" fn nature<F: Framing>(instance: *mut c_void, out: *mut abi::Nature) -> i32 {
    // SAFETY: what `create` made, used by this call alone.
    let instance = unsafe { &mut *instance.cast::<Instance<F>>() };
    let Some(nature) = instance.ask("nature", F::nature) else { return status::PANIC };
    let bits = [
        (nature.invariant, abi::nature::INVARIANT),
        (nature.duplex, abi::nature::DUPLEX),
        (nature.empty, abi::nature::EMPTY),
        (nature.alphabet == Alphabet::Text, abi::nature::TEXT),
        (nature.batchable, abi::nature::BATCHABLE),
        (nature.stream_only, abi::nature::STREAM_ONLY),
    ];
    let flags = bits.iter().filter(|(set, _)| *set).fold(0, |all, (_, bit)| all | bit);
    // SAFETY: the host gives a place to write to.
    unsafe {
        (*out).flags = flags;
        (*out).max = nature.max;
    }
    status::OK
}

unsafe extern "C" fn gate<F: Framing>(instance: *mut c_void, now: u64, until: *mut u64) -> i32 {
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

unsafe extern "C" fn encode<F: Framing>(
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
    instance.wire.clear();
    match caught(|| instance.framing.encode(now, payload, &mut instance.wire)) {
        Ok(Ok(())) => {
            out.header = abi::Bytes::new(&instance.wire.header);
            out.payload = instance.wire.payload.into();
            out.rest = abi::Bytes::new(&instance.wire.rest);
            status::OK
        }
        Ok(Err(Unsendable::Empty)) => status::UNSENDABLE_EMPTY,
        Ok(Err(Unsendable::TooLong { max })) => {
            out.limit = max;
            status::UNSENDABLE_TOO_LONG
        }
        Ok(Err(Unsendable::Forbidden { at })) => {
            out.at = at;
            status::UNSENDABLE_FORBIDDEN
        }
        Err(panic) => {
            // SAFETY: the host's report is live until we return.
            unsafe { tell(report, &Error::new(&panic)) };
            instance.poisoned = Some(format!("`encode` panicked before: {panic}"));
            status::PANIC
        }
    }
}

unsafe extern "C" fn feed<F: Framing>(
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

unsafe extern "C" fn end_of_input<F: Framing>(
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

unsafe extern "C" fn deadline<F: Framing>(instance: *mut c_void, at: *mut u64) -> i32 {
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

unsafe extern "C" fn timeout<F: Framing>(
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

impl<F: Framing> Instance<F> {
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

    /// # Safety
    /// `report` is live.
    unsafe fn decode(
        &mut self,
        report: *mut abi::Report,
        out: &mut abi::Decoded,
        call: impl FnOnce(&mut F, &mut Decoded) -> Result<(), FrameError>,
    ) -> i32 {
        if let Some(why) = &self.poisoned {
            // SAFETY: the caller's promise.
            unsafe { tell(report, &Error::new(why)) };
            return status::POISONED;
        }
        self.decoded.clear();
        let outcome = caught(|| call(&mut self.framing, &mut self.decoded));
        let found = &self.decoded;
        out.frames = found.frames.as_ptr();
        out.frames_len = found.frames.len();
        out.scratch = abi::Bytes::new(&found.scratch);
        out.control = abi::Bytes::new(&found.control);
        (out.consumed, out.need) = (found.consumed, found.need);
        (out.again, out.close) = (found.again.into(), found.close.into());
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

#[cold]
unsafe fn tell(report: *mut abi::Report, error: &Error) {
    let (pointer, text) = (error.pointer(), error.text());
    // SAFETY: the host's report is live until the call returns; it copies the texts.
    unsafe {
        ((*report).set_error)(report, pointer.as_ptr(), pointer.len(), text.as_ptr(), text.len());
    }
}
