//! The functions of the extensions that hand a plugin something to keep: a mailbox, and a way to tell of
//! trouble. Both may be used by several threads at once, after the hook that opened them.
#![allow(unsafe_code)] // the C interface, and handles that a plugin keeps

use super::super::lent::{self, slice};
use super::{ask, refuse};
use crate::handler::{Mailbox, Services, Trouble};
use std::ffi::c_void;
use wirebench_abi as abi;
use wirebench_abi::status;

/// The longest mail, in bytes.
const MAX_MAIL: usize = 16 << 20;

pub(super) unsafe extern "C" fn open_mailbox<S: Services>(
    cx: *mut abi::Cx,
    mailbox: *mut *mut c_void,
) -> i32 {
    if mailbox.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe { refuse::<S>(cx, "a mailbox was opened with a null pointer") };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to.
    unsafe {
        let handle: Box<Mailbox> = Box::new(ask(cx, |side: &mut S| side.mailbox()));
        *mailbox = Box::into_raw(handle).cast();
    }
    status::OK
}

pub(super) unsafe extern "C" fn post(
    mailbox: *mut c_void,
    session: u32,
    bytes: *const u8,
    len: usize,
) -> i32 {
    if mailbox.is_null() {
        return status::INVALID;
    }
    if len > MAX_MAIL {
        return status::TOO_LARGE;
    }
    // SAFETY: the handle is one of `open_mailbox` and not released yet; the plugin lends the bytes.
    // What it points to may be used by several threads at once.
    unsafe {
        let Some(bytes) = slice(bytes, len) else { return status::INVALID };
        (*mailbox.cast::<Mailbox>())(session, bytes);
    }
    status::OK
}

pub(super) unsafe extern "C" fn release_mailbox(mailbox: *mut c_void) {
    if !mailbox.is_null() {
        // SAFETY: the handle is one of `open_mailbox`, handed back for the last time.
        drop(unsafe { Box::from_raw(mailbox.cast::<Mailbox>()) });
    }
}

pub(super) unsafe extern "C" fn open_trouble<S: Services>(
    cx: *mut abi::Cx,
    trouble: *mut *mut c_void,
) -> i32 {
    if trouble.is_null() {
        // SAFETY: the plugin hands back its hook's context.
        return unsafe {
            refuse::<S>(cx, "a way to tell of trouble was opened with a null pointer")
        };
    }
    // SAFETY: the plugin hands back its hook's context and gives a place to write to.
    unsafe {
        let handle: Box<Trouble> = Box::new(ask(cx, |side: &mut S| side.trouble()));
        *trouble = Box::into_raw(handle).cast();
    }
    status::OK
}

pub(super) unsafe extern "C" fn tell(trouble: *mut c_void, text: *const u8, len: usize) -> i32 {
    if trouble.is_null() {
        return status::INVALID;
    }
    // SAFETY: the handle is one of `open_trouble` and not released yet; the plugin lends the text.
    // What it points to may be used by several threads at once.
    unsafe {
        (*trouble.cast::<Trouble>())(&lent::text((text, len)).text);
    }
    status::OK
}

pub(super) unsafe extern "C" fn release_trouble(trouble: *mut c_void) {
    if !trouble.is_null() {
        // SAFETY: the handle is one of `open_trouble`, handed back for the last time.
        drop(unsafe { Box::from_raw(trouble.cast::<Trouble>()) });
    }
}
