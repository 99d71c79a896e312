//! Names of files.

use std::ffi::OsStr;
use std::path::Path;

/// A file's name as text, with `\xNN` for each byte that is not UTF-8, so that two names never look
/// the same.
pub fn path(path: impl AsRef<Path>) -> String {
    os(path.as_ref().as_os_str())
}

/// The same for any text of the operating system.
pub fn os(text: &OsStr) -> String {
    let mut shown = String::with_capacity(text.len());
    for chunk in text.as_encoded_bytes().utf8_chunks() {
        shown.push_str(chunk.valid());
        chunk.invalid().iter().for_each(|byte| shown.push_str(&format!("\\x{byte:02x}")));
    }
    shown
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt as _;

    #[test]
    fn bytes_that_are_no_utf_8_are_told_apart() {
        let named = |bytes| path(OsStr::from_bytes(bytes));
        assert_eq!(named(b"a\xff/b\xfe\xc3\xa4"), "a\\xff/b\\xfe\u{e4}");
    }
}
