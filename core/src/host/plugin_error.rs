//! The error that a plugin sets with `set_error` while one of its functions runs, and what the
//! function's answer means.
#![allow(unsafe_code)] // texts that a plugin hands over

use super::lent::text;
use crate::handler::HookErrorKind;
use wirebench_abi::status;

/// What a plugin said is wrong, kept until the function that said it has returned.
#[derive(Debug, Default)]
pub(super) struct PluginError {
    /// JSON pointer to the fault in a configuration (`/max`); empty for all of it.
    pub(super) pointer: String,
    /// What is wrong, for a person.
    pub(super) text: String,
    /// One of the two was not UTF-8.
    pub(super) invalid: bool,
    set: bool,
}

impl PluginError {
    /// Copies both texts; a second call replaces the first.
    ///
    /// # Safety
    /// Each pointer is readable for its length, or null.
    #[cold]
    pub(super) unsafe fn set(&mut self, at: (*const u8, usize), why: (*const u8, usize)) {
        // SAFETY: the caller's promise.
        let (pointer, why) = unsafe { (text(at), text(why)) };
        let invalid = !pointer.is_utf8 || !why.is_utf8;
        let pointer = if pointer.is_utf8 { pointer.text } else { String::new() };
        *self = Self { pointer, text: why.text, invalid, set: true };
    }

    /// The error of a function that has answered `answer`, with a text also where none was set;
    /// empties this for the next call.
    #[cold]
    pub(super) fn take(&mut self, answer: i32) -> Self {
        let mut error = std::mem::take(self);
        if !error.set || error.text.trim().is_empty() {
            error.text = format!("it gave no reason (status {answer})");
        }
        error
    }
}

/// What kind of failure an answer means.
pub(super) fn kind_of(answer: i32) -> HookErrorKind {
    match answer {
        status::PANIC => HookErrorKind::Panic,
        status::REENTRANT => HookErrorKind::Reentrant,
        status::POISONED => HookErrorKind::Poisoned,
        _ => HookErrorKind::Error,
    }
}
