//! The functions of the extensions that are one call each: timers, counts, places, and what a side is
//! told of a session.
#![allow(unsafe_code)] // the C interface

use super::super::lent::{self, MAX_TEXT, slice};
use super::{ask, refuse};
use crate::handler::{Place, Services};
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The longest name of a kind that is counted, in bytes.
const MAX_KIND: usize = 64;

pub(super) unsafe extern "C" fn set_timer<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    id: u64,
    after_ns: u64,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.set_timer(session, id, after_ns)) };
    status::OK
}

pub(super) unsafe extern "C" fn count<S: Services>(
    cx: *mut abi::Cx,
    kind: *const u8,
    kind_len: usize,
    n: u64,
    example: *const u8,
    example_len: usize,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context and lends the texts.
    unsafe {
        let Some(kind) = slice(kind, kind_len.min(MAX_KIND + 1)) else {
            return refuse::<S>(cx, "`count` got a null pointer");
        };
        let sound = |b: &u8| b.is_ascii_lowercase() || b.is_ascii_digit() || *b == b'-';
        if kind.is_empty() || kind.len() > MAX_KIND || !kind.iter().all(sound) {
            let kind = kind.escape_ascii();
            let rule = "a kind is 1 to 64 small letters, digits and `-`";
            return refuse::<S>(cx, &format!("`count` got the kind \"{kind}\": {rule}"));
        }
        let kind = String::from_utf8_lossy(kind);
        let example = (example, example_len.min(MAX_TEXT));
        let example = lent::text(example).text;
        ask(cx, |side: &mut S| side.count(&kind, n, &example));
    }
    status::OK
}

pub(super) unsafe extern "C" fn get_place<S: Services>(
    cx: *mut abi::Cx,
    which: u32,
    out: *mut abi::Bytes,
) -> i32 {
    let which = match which {
        abi::place::SCRATCH => Place::Scratch,
        abi::place::SCENARIO => Place::Scenario,
        other => {
            let what = format!("the place {other} was asked for, which there is not");
            // SAFETY: the plugin hands back its hook's context.
            return unsafe { refuse::<S>(cx, &what) };
        }
    };
    if out.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "a place was asked for with a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to; the side
    // keeps the path as long as it lives.
    unsafe {
        let bytes = |path: &Path| abi::Bytes::new(path.as_os_str().as_bytes());
        let Some(path) = ask(cx, |side: &mut S| side.place(which).map(bytes)) else {
            return status::UNSUPPORTED;
        };
        *out = path;
    }
    status::OK
}

pub(super) unsafe extern "C" fn set_kept<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    bytes: u64,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.set_kept(session, bytes)) };
    status::OK
}

pub(super) unsafe extern "C" fn set_pending<S: Services>(
    cx: *mut abi::Cx,
    session: u32,
    pending: u32,
) -> i32 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.set_pending(session, pending != 0)) };
    status::OK
}

pub(super) unsafe extern "C" fn longest<S: Services>(cx: *mut abi::Cx) -> u64 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.longest_message()) }
}

pub(super) unsafe extern "C" fn random<S: Services>(cx: *mut abi::Cx) -> u64 {
    // SAFETY: the plugin hands back its hook's context.
    unsafe { ask(cx, |side: &mut S| side.random()) }
}
