//! The fields of a plugin's tables, each read only as far as it is believable: a length within
//! bounds, a pointer that is neither null nor misaligned, text without control characters.
#![allow(unsafe_code)] // memory of a plugin

use super::super::LoadFault;
use super::About;
use wirebench_abi as abi;

/// The most elements of an array.
pub(super) const MAX_ITEMS: usize = 64;
/// The longest name, version or other short text, in bytes.
pub(super) const MAX_NAME: usize = 128;
/// The longest description of a handler or framing, in bytes.
pub(super) const MAX_ABOUT: usize = 1024;

/// A table that is as long as in 1.0, and begins with `struct_size` as all but the descriptor do.
pub(super) fn sized<T>(what: &str, table: *const T) -> Result<&'static T, LoadFault> {
    size_of_table(what, table, size_of::<T>() as u32)?;
    // SAFETY: it is as long as our type; tables are constant and live as long as the process.
    Ok(unsafe { &*table })
}

/// A table that has grown since it was `least` bytes long. What one that is shorter than ours does not hold
/// whole is not there.
///
/// # Safety
/// Zeros are a value of each field behind `least`, and mean that there is nothing.
pub(super) unsafe fn grown<T>(
    what: &str,
    table: *const T,
    least: u32,
) -> Result<&'static T, LoadFault> {
    if size_of_table(what, table, least)? >= size_of::<T>() {
        // SAFETY: it is as long as our type, or longer.
        return Ok(unsafe { &*table });
    }
    let mut whole = std::mem::MaybeUninit::<T>::zeroed();
    // SAFETY: `least` bytes can be read, and there is room for them; what is behind them may be zeros,
    // by the caller's promise.
    let whole = unsafe {
        std::ptr::copy_nonoverlapping(
            table.cast::<u8>(),
            whole.as_mut_ptr().cast(),
            least as usize,
        );
        whole.assume_init()
    };
    // For good, as the plugin is loaded for good.
    Ok(Box::leak(Box::new(whole)))
}

/// The size that a table has by its own word: `least` bytes at least.
fn size_of_table<T>(what: &str, table: *const T, least: u32) -> Result<usize, LoadFault> {
    if table.is_null() || !table.is_aligned() {
        return Err(LoadFault::Null(what.to_owned()));
    }
    // SAFETY: not null and aligned; every table of the interface begins with its size.
    let size = unsafe { *table.cast::<u32>() };
    long_enough(what, size, least)?;
    Ok(size as usize)
}

/// Checks the `struct_size` that a table says it has, in bytes.
pub(super) fn long_enough(table: &str, found: u32, least: u32) -> Result<(), LoadFault> {
    if found < least {
        return Err(LoadFault::Short { table: table.to_owned(), found, least });
    }
    Ok(())
}

/// `len` elements at `ptr`; `what` names them in the error.
pub(super) fn array<T>(what: &str, ptr: *const T, len: usize) -> Result<&'static [T], LoadFault> {
    if len == 0 {
        return Ok(&[]);
    }
    if len > MAX_ITEMS {
        return Err(LoadFault::Count { array: what.to_owned(), found: len, most: MAX_ITEMS });
    }
    if ptr.is_null() || !ptr.is_aligned() {
        return Err(LoadFault::Null(format!("array of {what}")));
    }
    // SAFETY: not null, aligned and of a believable length; constant, and never unloaded.
    Ok(unsafe { std::slice::from_raw_parts(ptr, len) })
}

/// A text of `most` bytes at most; `field` names it in the error.
pub(super) fn text(field: &str, bytes: abi::Bytes, most: usize) -> Result<String, LoadFault> {
    let wrong = |cause: String| LoadFault::Text { field: field.to_owned(), cause };
    if bytes.len > most {
        return Err(wrong(format!("is {} bytes long, at most {most} are allowed", bytes.len)));
    }
    if bytes.len == 0 {
        return Ok(String::new());
    }
    if bytes.ptr.is_null() {
        return Err(wrong("is a null pointer".into()));
    }
    // SAFETY: not null and short; constant, and never unloaded.
    let bytes = unsafe { std::slice::from_raw_parts(bytes.ptr, bytes.len) };
    match std::str::from_utf8(bytes) {
        Ok(text) if text.chars().any(char::is_control) => {
            Err(wrong("holds control characters".into()))
        }
        Ok(text) => Ok(text.to_owned()),
        Err(_) => Err(wrong(format!("is not UTF-8 (\"{}\")", bytes.escape_ascii()))),
    }
}

/// A name: letters, digits, `.`, `_` and `-`, at least one.
pub(super) fn name(field: &str, bytes: abi::Bytes) -> Result<String, LoadFault> {
    let name = text(field, bytes, MAX_NAME)?;
    let cause = match name.chars().find(|&c| !(c.is_ascii_alphanumeric() || "._-".contains(c))) {
        _ if name.is_empty() => "is empty".to_owned(),
        Some(c) => format!("(`{name}`) holds {c:?}, only letters, digits, `.`, `_`, `-` may stand"),
        None => return Ok(name),
    };
    Err(LoadFault::Text { field: field.to_owned(), cause })
}

/// Checks that no two items share a name.
pub(super) fn distinct<'a>(
    what: &str,
    items: impl Iterator<Item = &'a About>,
) -> Result<(), LoadFault> {
    let mut seen = std::collections::HashSet::new();
    for item in items {
        if !seen.insert(&item.name) {
            return Err(LoadFault::Duplicate(format!("{what} called `{}`", item.name)));
        }
    }
    Ok(())
}
