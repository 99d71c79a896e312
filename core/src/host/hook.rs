//! The place where the reason of a failed hook is collected, and what its answer means.
#![allow(unsafe_code)] // texts that a plugin hands over

use crate::handler::HookErrorKind;
use wirebench_abi::status;

/// The longest text that is taken from a plugin, in bytes.
pub(super) const MAX_TEXT: usize = 4096;

/// What a plugin said through `set_error`, kept until the hook has returned.
#[derive(Debug, Default)]
pub(super) struct Said {
    pub(super) pointer: String,
    pub(super) text: String,
    pub(super) set: bool,
    pub(super) invalid: bool,
}

impl Said {
    /// Copies both texts.
    ///
    /// # Safety
    /// Each pointer is readable for its length, or null.
    #[cold]
    pub(super) unsafe fn set(&mut self, pointer: (*const u8, usize), text: (*const u8, usize)) {
        // SAFETY: the caller's promise.
        let (pointer, text) = unsafe { (text_of(pointer), text_of(text)) };
        self.set = true;
        self.invalid = pointer.is_err() || text.is_err();
        self.pointer = pointer.unwrap_or_default();
        self.text = text.unwrap_or_else(|lossy| lossy);
    }

    /// The reason of a failed hook, and whether it was UTF-8; empties this.
    #[cold]
    pub(super) fn take(&mut self, answer: i32) -> (String, String, bool) {
        let said = std::mem::take(self);
        let text = if said.set && !said.text.trim().is_empty() {
            said.text
        } else {
            format!("it gave no reason (status {answer})")
        };
        (said.pointer, text, said.invalid)
    }
}

/// A plugin's bytes; `None` for an argument that cannot be a slice.
///
/// # Safety
/// `ptr` is readable for `len` bytes for `'a`, or null.
#[inline]
pub(super) unsafe fn slice<'a>(ptr: *const u8, len: usize) -> Option<&'a [u8]> {
    if len == 0 {
        return Some(&[]);
    }
    if ptr.is_null() || len > isize::MAX as usize {
        return None;
    }
    // SAFETY: the caller's promise.
    Some(unsafe { std::slice::from_raw_parts(ptr, len) })
}

/// A plugin's text, cut to [`MAX_TEXT`]; `Err` with a lossy copy when it is not UTF-8.
///
/// # Safety
/// `ptr` is readable for `len` bytes, or null.
pub(super) unsafe fn text_of((ptr, len): (*const u8, usize)) -> Result<String, String> {
    // SAFETY: the caller's promise; fewer bytes are readable as well.
    let Some(bytes) = (unsafe { slice(ptr, len.min(MAX_TEXT)) }) else {
        return Err("(a null pointer)".into());
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => Ok(text.to_owned()),
        // The cut may have gone through a character: that is ours, not the plugin's.
        Err(error) if error.error_len().is_none() && len > MAX_TEXT => {
            Ok(String::from_utf8_lossy(&bytes[..error.valid_up_to()]).into_owned())
        }
        Err(_) => Err(String::from_utf8_lossy(bytes).into_owned()),
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
