//! Text encodings by name, for handlers whose messages are text: what travels, in one direction or in
//! both, and what of it is no text.
//!
//! Names are the labels of the WHATWG Encoding Standard, as are the rules of decoding.

#![forbid(unsafe_code)]

mod encodings;

pub use encodings::Encodings;

use encoding_rs::{DecoderResult, UTF_8};
use serde::{Deserialize, Deserializer, de::Error as _};
use std::borrow::Cow;

/// Bytes that are shown of what is no text.
const SHOWN: usize = 8;

/// How text stands in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// Any bytes, which nobody looks into.
    Bytes,
    /// An encoding of the WHATWG Encoding Standard.
    Named(&'static encoding_rs::Encoding),
}

/// Bytes in another encoding, and what did not fit.
#[derive(Debug, PartialEq, Eq)]
pub struct Recoded<'a> {
    /// The text in the other encoding, with U+FFFD for what was none.
    pub bytes: Cow<'a, [u8]>,
    /// Where the input first was no text of its encoding.
    pub malformed_at: Option<usize>,
    /// A character that the target encoding does not have was written as `&#number;`.
    pub unmappable: bool,
}

impl Encoding {
    /// What nobody has to name.
    pub const UTF_8: Self = Self::Named(UTF_8);

    /// The encoding of this label, or why there is none to write and read.
    pub fn from_label(label: &str) -> Result<Self, String> {
        if label == "bytes" {
            return Ok(Self::Bytes);
        }
        let Some(named) = encoding_rs::Encoding::for_label(label.as_bytes()) else {
            return Err(format!(
                "no encoding is called `{label}`; take \"utf-8\", \"gbk\", another label of the WHATWG \
                 Encoding Standard, or \"bytes\""
            ));
        };
        if named.output_encoding() != named {
            return Err(format!("{} can be read but not written; take utf-8", named.name()));
        }
        Ok(Self::Named(named))
    }

    /// Why `bytes` are no text of this encoding, of which they first are none at `at`: the place, the
    /// bytes, in one line.
    pub fn complaint(self, bytes: &[u8], at: usize) -> String {
        use std::fmt::Write as _;
        let rest = bytes.get(at..).unwrap_or_default();
        let mut text = format!("no {} text: byte ", self.name());
        match rest.first() {
            Some(byte) => drop(write!(text, "0x{byte:02x} at {at}, read")),
            None => drop(write!(text, "at {at}, read nothing")),
        }
        for byte in &rest[..rest.len().min(SHOWN)] {
            let _ = write!(text, " {byte:02x}");
        }
        if rest.len() > SHOWN {
            text.push_str(" ...");
        }
        text
    }

    /// Its name, for messages.
    pub fn name(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Named(named) => named.name(),
        }
    }

    /// The text in `bytes`, or where they first are none.
    pub fn read(self, bytes: &[u8]) -> Result<Cow<'_, str>, usize> {
        let Self::Named(named) = self else { return Ok(String::from_utf8_lossy(bytes)) };
        match named.decode_without_bom_handling_and_without_replacement(bytes) {
            Some(text) => Ok(text),
            None => Err(decode(named, bytes, false).1.unwrap_or_default()),
        }
    }

    /// `text` in this encoding. `None`: it has no way to write a character of it.
    pub fn write(self, text: &str) -> Option<Cow<'_, [u8]>> {
        let Self::Named(named) = self else { return Some(text.as_bytes().into()) };
        let (bytes, _, unmappable) = named.encode(text);
        (!unmappable).then_some(bytes)
    }
}

/// What stands in `from`, written in `to`. When its end was `cut` off, the beginning of a character
/// that stands there is left out.
pub fn recode(from: Encoding, to: Encoding, bytes: &[u8], cut: bool) -> Recoded<'_> {
    let as_it_is = Recoded { bytes: bytes.into(), malformed_at: None, unmappable: false };
    let (Encoding::Named(source), Encoding::Named(target)) = (from, to) else { return as_it_is };
    if source == target
        && source.decode_without_bom_handling_and_without_replacement(bytes).is_some()
    {
        return as_it_is;
    }
    let (text, malformed_at) = decode(source, bytes, cut);
    if target == UTF_8 {
        return Recoded { bytes: text.into_bytes().into(), malformed_at, unmappable: false };
    }
    let (bytes, _, unmappable) = target.encode(&text);
    Recoded { bytes: bytes.into_owned().into(), malformed_at, unmappable }
}

/// Text with U+FFFD for what is none, and where that was first. A character that a read or a limit
/// has `cut` off at the end is no fault.
fn decode(
    from: &'static encoding_rs::Encoding,
    bytes: &[u8],
    cut: bool,
) -> (String, Option<usize>) {
    let mut decoder = from.new_decoder_without_bom_handling();
    let (mut text, mut read, mut malformed_at) = (String::new(), 0, None);
    loop {
        let left = bytes.len() - read;
        text.reserve(decoder.max_utf8_buffer_length_without_replacement(left).unwrap_or(left) + 4);
        let (result, taken) =
            decoder.decode_to_string_without_replacement(&bytes[read..], &mut text, !cut);
        read += taken;
        match result {
            DecoderResult::InputEmpty => return (text, malformed_at),
            DecoderResult::OutputFull => {}
            DecoderResult::Malformed(bad, after) => {
                malformed_at.get_or_insert(read - usize::from(bad) - usize::from(after));
                text.push(char::REPLACEMENT_CHARACTER);
            }
        }
    }
}

impl<'de> Deserialize<'de> for Encoding {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        Self::from_label(&String::deserialize(from)?).map_err(D::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::{Encoding, recode};

    fn named(label: &str) -> Encoding {
        serde_json::from_str(&format!("{label:?}")).unwrap()
    }

    #[test]
    fn gbk_becomes_utf_8_and_back() {
        let (gbk, utf_8) = (named("gbk"), named("utf-8"));
        let wire = recode(utf_8, gbk, "\u{4f60}\u{597d}".as_bytes(), false);
        assert_eq!(&*wire.bytes, b"\xc4\xe3\xba\xc3");
        let back = recode(gbk, utf_8, &wire.bytes, false);
        assert_eq!(&*back.bytes, "\u{4f60}\u{597d}".as_bytes());
        assert_eq!((back.malformed_at, back.unmappable), (None, false));
    }

    #[test]
    fn gbk_read_as_utf_8_is_told_with_its_place() {
        let gbk = b"ab\xc4\xe3\xba\xc3";
        assert_eq!(Encoding::UTF_8.read(gbk), Err(2));
        let told = "no UTF-8 text: byte 0xc4 at 2, read c4 e3 ba c3";
        assert_eq!(Encoding::UTF_8.complaint(gbk, 2), told);
        let long = Encoding::UTF_8.complaint(&[0xc4; 20], 0);
        assert!(long.ends_with("read c4 c4 c4 c4 c4 c4 c4 c4 ..."), "{long}");
        let recoded = recode(Encoding::UTF_8, Encoding::UTF_8, b"ab\xc4\xe3", false);
        assert_eq!(recoded.malformed_at, Some(2));
        assert_eq!(&*recoded.bytes, "ab\u{fffd}\u{fffd}".as_bytes());
    }

    #[test]
    fn a_character_cut_by_a_limit_is_left_out_and_no_fault() {
        for (encoding, whole) in [("utf-8", "a\u{4f60}".as_bytes()), ("gbk", b"a\xc4\xe3")] {
            let encoding = named(encoding);
            for end in 2..whole.len() {
                let recoded = recode(encoding, encoding, &whole[..end], true);
                assert_eq!((&*recoded.bytes, recoded.malformed_at), (&b"a"[..], None));
                let told = recode(encoding, encoding, &whole[..end], false);
                assert_eq!(told.malformed_at, Some(1), "{encoding:?}");
            }
        }
    }

    #[test]
    fn what_an_encoding_lacks_is_told() {
        let latin = recode(Encoding::UTF_8, named("latin1"), "\u{4f60}".as_bytes(), false);
        assert_eq!((&*latin.bytes, latin.unmappable), (&b"&#20320;"[..], true));
        assert_eq!(named("latin1").write("\u{4f60}"), None);
    }

    #[test]
    fn bytes_are_left_alone() {
        let recoded = recode(Encoding::Bytes, Encoding::Bytes, b"\xff\x00\xc4", true);
        assert_eq!((&*recoded.bytes, recoded.malformed_at), (&b"\xff\x00\xc4"[..], None));
    }

    #[test]
    fn encodings_that_nobody_can_write_are_refused() {
        for label in ["utf-16", "replacement", "klingon", ""] {
            let read = serde_json::from_str::<Encoding>(&format!("{label:?}"));
            assert!(read.is_err(), "{label}");
        }
    }
}
