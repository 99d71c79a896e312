//! The functions that every plugin may call: sending, ending exchanges, sessions, time, log, errors.
#![allow(unsafe_code)] // the C interface

use super::super::lent::{self, slice};
use super::{HostCx, ask, refuse};
use crate::handler::{FinishAs, SendResult, Services};
use std::ffi::c_void;
use wirebench_abi as abi;
use wirebench_abi::status;

const MAX_PARTS: usize = 64;

#[inline]
fn answer(result: SendResult) -> i32 {
    match result {
        SendResult::Sent => status::OK,
        SendResult::Full => status::FULL,
        SendResult::Closed => status::CLOSED,
        SendResult::TooLarge => status::TOO_LARGE,
    }
}

pub(super) unsafe extern "C" fn send<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    bytes: *const u8,
    len: usize,
) -> i32 {
    // SAFETY: the plugin lends the bytes and hands back its hook's context.
    unsafe {
        let Some(message) = slice(bytes, len) else {
            return refuse::<S>(cx, "`send` got a null pointer");
        };
        answer(ask(cx, |side: &mut S| side.send(session, token, message)))
    }
}

pub(super) unsafe extern "C" fn send_parts<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
    parts: *const abi::Bytes,
    count: usize,
) -> i32 {
    if count > MAX_PARTS || (parts.is_null() && count > 0) {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`send_parts` got a null pointer, or over 64 parts") };
    }
    let mut slices: [&[u8]; MAX_PARTS] = [&[]; MAX_PARTS];
    for (k, place) in slices.iter_mut().take(count).enumerate() {
        // SAFETY: the plugin lends `count` parts, and the bytes of each.
        match unsafe { slice((*parts.add(k)).ptr, (*parts.add(k)).len) } {
            Some(part) => *place = part,
            // SAFETY: as above.
            None => return unsafe { refuse::<S>(cx, "`send_parts` got a null pointer") },
        }
    }
    // SAFETY: the plugin hands back its hook's context.
    answer(unsafe { ask(cx, |side: &mut S| side.send_parts(session, token, &slices[..count])) })
}

pub(super) unsafe extern "C" fn send_payload<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    token: u64,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    answer(unsafe { ask(cx, |side: &mut S| side.send_payload(session, token)) })
}

pub(super) unsafe extern "C" fn payload<S: Services>(
    cx: *mut abi::Cx,
    token: u64,
    out: *mut abi::Bytes,
) -> i32 {
    if out.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`payload` got a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to. The bytes
    // stay until its next call, as the interface says.
    unsafe { *out = ask(cx, |side: &mut S| abi::Bytes::new(side.payload(token))) };
    status::OK
}

pub(super) unsafe extern "C" fn finish<S: Services>(
    cx: *mut abi::Cx,
    token: u64,
    how: i32,
    why: *const u8,
    why_len: usize,
) -> i32 {
    let how = match how {
        abi::finish::DONE => {
            // SAFETY: the plugin hands back its hook's context.
            unsafe { ask(cx, |side: &mut S| side.finish(token, FinishAs::Done, "")) };
            return status::OK;
        }
        abi::finish::WRONG => FinishAs::Wrong,
        abi::finish::REJECTED => FinishAs::Rejected,
        other => {
            let what = format!("`finish` got {other}, which is no way to end an exchange");
            // SAFETY: as above.
            return unsafe { refuse::<S>(cx, &what) };
        }
    };
    // SAFETY: as above; the plugin lends the text.
    unsafe {
        let why = lent::text((why, why_len)).text;
        ask(cx, |side: &mut S| side.finish(token, how, &why));
    }
    status::OK
}

pub(super) unsafe extern "C" fn close<S: Services>(cx: *mut abi::Cx, session: u32) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.close(session)) };
    status::OK
}

pub(super) unsafe extern "C" fn sessions<S: Services>(
    cx: *mut abi::Cx,
    each: Option<unsafe extern "C" fn(*mut c_void, u32)>,
    user: *mut c_void,
) -> i32 {
    let Some(each) = each else {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "`sessions` got a null pointer") };
    };
    // SAFETY: the plugin hands back its hook's context; its function takes its own `user`.
    unsafe { ask(cx, |side: &mut S| side.sessions(&mut |session| each(user, session))) };
    status::OK
}

pub(super) unsafe extern "C" fn now<S: Services>(cx: *mut abi::Cx) -> u64 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.now()) }
}

pub(super) unsafe extern "C" fn log<S: Services>(
    cx: *mut abi::Cx,
    level: u32,
    text: *const u8,
    len: usize,
) {
    // SAFETY: the plugin hands back its hook's context and lends the text.
    unsafe {
        if !(abi::level::ERROR..=abi::level::DEBUG).contains(&level) {
            refuse::<S>(cx, &format!("`log` got {level}, which is no level"));
        }
        let text = lent::text((text, len)).text;
        let level = level.clamp(abi::level::ERROR, abi::level::DEBUG);
        ask(cx, |side: &mut S| side.log(level, &text));
    }
}

pub(super) unsafe extern "C" fn set_error<S: Services>(
    cx: *mut abi::Cx,
    pointer: *const u8,
    pointer_len: usize,
    text: *const u8,
    text_len: usize,
) {
    // SAFETY: the plugin hands back its hook's context and lends the texts; nobody else touches
    // the error while a hook runs.
    unsafe {
        (*(*cx.cast::<HostCx<S>>()).error).set((pointer, pointer_len), (text, text_len));
    }
}
