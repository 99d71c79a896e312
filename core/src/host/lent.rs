//! Memory that a plugin lends for one call: bytes and texts behind a pointer and a length.
#![allow(unsafe_code)] // pointers from a plugin

use wirebench_abi::Bytes;

/// The longest text that is taken from a plugin, in bytes.
pub(super) const MAX_TEXT: usize = 4096;

/// A copy of a plugin's text, cut to [`MAX_TEXT`] bytes.
pub(super) struct LentText {
    /// The text, with replacement characters for what is not UTF-8.
    pub(super) text: String,
    /// Whether all of it was UTF-8.
    pub(super) is_utf8: bool,
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

/// A plugin's text.
///
/// # Safety
/// `ptr` is readable for `len` bytes, or null.
pub(super) unsafe fn text((ptr, len): (*const u8, usize)) -> LentText {
    // SAFETY: the caller's promise; fewer bytes are readable as well.
    let Some(bytes) = (unsafe { slice(ptr, len.min(MAX_TEXT)) }) else {
        return LentText { text: "(a null pointer)".into(), is_utf8: false };
    };
    match std::str::from_utf8(bytes) {
        Ok(text) => LentText { text: text.to_owned(), is_utf8: true },
        // The cut may have gone through a character: that is ours, not the plugin's.
        Err(error) if error.error_len().is_none() && len > MAX_TEXT => {
            let whole = String::from_utf8_lossy(&bytes[..error.valid_up_to()]);
            LentText { text: whole.into_owned(), is_utf8: true }
        }
        Err(_) => LentText { text: String::from_utf8_lossy(bytes).into_owned(), is_utf8: false },
    }
}

/// The text of an answer, cut to `most` bytes, with replacement characters for what is not UTF-8.
///
/// # Safety
/// The bytes are readable, or the pointer is null.
pub(super) unsafe fn lent_text(bytes: Bytes, most: usize) -> String {
    // SAFETY: the caller's promise.
    unsafe { text((bytes.ptr, bytes.len.min(most))) }.text
}
