//! How a hook fails, and the place where its reason is collected.
#![allow(unsafe_code)] // texts that a plugin hands over

use super::Hook;
use wirebench_abi::status;

/// The longest text that is taken from a plugin, in bytes.
pub(super) const MAX_TEXT: usize = 4096;

/// A hook that failed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HookError {
    /// Which one.
    pub hook: Hook,
    /// What it answered.
    pub status: i32,
    /// What that means.
    pub kind: HookErrorKind,
    /// The reason in the plugin's words, or ours where it gave none.
    pub text: String,
}

/// What kind of failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HookErrorKind {
    /// The plugin panicked. Its instance is poisoned.
    Panic,
    /// The plugin said that it failed.
    Error,
    /// The plugin said that a hook was running already.
    Reentrant,
    /// An earlier panic poisoned the instance; nothing was called.
    Poisoned,
    /// The plugin failed and explained it with bytes that are not UTF-8.
    InvalidText,
    /// The session is not one of this instance; nothing was called. A fault of the caller.
    WrongSession,
}

impl HookErrorKind {
    /// True when the plugin itself is broken, not only one of its sessions.
    pub fn is_fatal(self) -> bool {
        !matches!(self, Self::Error | Self::InvalidText)
    }

    pub(super) fn of(answer: i32) -> Self {
        match answer {
            status::PANIC => Self::Panic,
            status::REENTRANT => Self::Reentrant,
            status::POISONED => Self::Poisoned,
            _ => Self::Error,
        }
    }
}

impl std::fmt::Display for HookError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { hook, status, kind, text } = self;
        let hook = hook.name();
        match kind {
            HookErrorKind::Panic => write!(f, "hook `{hook}` panicked: {text}"),
            HookErrorKind::Error => write!(f, "hook `{hook}` failed (status {status}): {text}"),
            HookErrorKind::Reentrant => write!(f, "hook `{hook}` was called again: {text}"),
            HookErrorKind::Poisoned => write!(f, "hook `{hook}` was not called: {text}"),
            HookErrorKind::InvalidText => write!(
                f,
                "hook `{hook}` failed (status {status}) and explained it with bytes that are not \
                 UTF-8: {text}"
            ),
            HookErrorKind::WrongSession => write!(f, "hook `{hook}` was not called: {text}"),
        }
    }
}

impl std::error::Error for HookError {}

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
