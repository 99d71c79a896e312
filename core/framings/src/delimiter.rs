//! `delimiter`: the payload, then a delimiter of one or more bytes.
//!
//! The first occurrence of the delimiter ends a message. A payload is refused not only when it
//! holds the delimiter, but also when its end and the beginning of the delimiter together make an
//! earlier one (`ab` before `aba`).

use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use memchr::{memchr, memchr_iter, memmem::Finder};
use wirebench_framing::misfit::{beginning, hex};

/// The longest delimiter in bytes.
const LONGEST: usize = 64;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "delimiter",
        kind: Kind::Text { max: 4 * LONGEST },
        default: DefaultValue::Text("\\0"),
        about: "what ends a message: it stands for 1 to 64 bytes",
    },
    max_setting(DefaultValue::Text("1 MiB"), "the longest message, the delimiter not counted"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let max = values.unsigned("max") as usize;
    let delimiter = unescape(values.text("delimiter"))
        .map_err(|why| error("delimiter", format!("`delimiter` {why}")))?;
    Ok(match delimiter.as_slice() {
        [byte] => Box::new(Single::new(*byte, "delimiter", max)),
        _ => Box::new(Several { finder: Finder::new(&delimiter).into_owned(), max, scanned: 0 }),
    })
}

/// The bytes that an escaped text stands for.
pub(super) fn unescape(text: &str) -> Result<Vec<u8>, String> {
    let mut bytes = Vec::new();
    let mut rest = text;
    while let Some(c) = rest.chars().next() {
        rest = &rest[c.len_utf8()..];
        if c != '\\' {
            bytes.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
            continue;
        }
        let escape = rest.chars().next().unwrap_or(' ');
        rest = &rest[rest.len().min(escape.len_utf8())..];
        bytes.push(match escape {
            'n' => b'\n',
            'r' => b'\r',
            't' => b'\t',
            '0' => 0,
            '\\' => b'\\',
            'x' => {
                let digits = rest.get(..2).filter(|d| d.bytes().all(|b| b.is_ascii_hexdigit()));
                let digits = digits.ok_or("has `\\x` without two hexadecimal digits after it")?;
                rest = &rest[2..];
                u8::from_str_radix(digits, 16).map_err(|error| error.to_string())?
            }
            _ => {
                return Err(
                    "has a `\\` that begins none of \\n \\r \\t \\0 \\\\ \\xff; write `\\\\` \
                            for the byte itself"
                        .to_owned(),
                );
            }
        });
    }
    if (1..=LONGEST).contains(&bytes.len()) {
        Ok(bytes)
    } else {
        Err(format!("stands for {} bytes, but must for 1 to {LONGEST}", bytes.len()))
    }
}

/// A delimiter of one byte.
pub(super) struct Single {
    byte: u8,
    /// What errors call it.
    name: &'static str,
    max: usize,
    /// Bytes at the start of the unconsumed input that hold no delimiter.
    scanned: usize,
}

impl Single {
    /// Ends messages of at most `max` bytes with `byte`.
    pub(super) fn new(byte: u8, name: &'static str, max: usize) -> Self {
        Self { byte, name, max, scanned: 0 }
    }

    #[cold]
    fn forbidden(&self, at: usize) -> EncodeError {
        let mark = format!("{} ({:02x})", self.name, self.byte);
        EncodeError::Forbidden { at, mark: mark.into() }
    }
}

impl Framing for Single {
    fn capabilities(&self) -> Capabilities {
        capabilities(self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max as u64)?;
        if let Some(at) = memchr(self.byte, payload) {
            return Err(self.forbidden(at));
        }
        out.payload(payload);
        out.bytes(&[self.byte]);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let skipped = self.scanned.min(input.len());
        out.inspected += input.len() - skipped;
        let mut start = 0;
        for hit in memchr_iter(self.byte, &input[skipped..]) {
            let end = skipped + hit;
            if end - start > self.max {
                out.consumed = start;
                return Err(too_long(input, start, self.max, self.name));
            }
            out.frames.push(frame(start, end - start, start, end + 1));
            start = end + 1;
        }
        out.consumed = start;
        if input.len() - start > self.max {
            return Err(too_long(input, start, self.max, self.name));
        }
        self.scanned = input.len() - start;
        Ok(())
    }
}

/// A delimiter of several bytes.
struct Several {
    finder: Finder<'static>,
    max: usize,
    /// No delimiter begins before this place in the unconsumed input.
    scanned: usize,
}

impl Framing for Several {
    fn capabilities(&self) -> Capabilities {
        capabilities(self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max as u64)?;
        if let Some(at) = self.earlier_end(payload) {
            return Err(self.forbidden(at, payload.len()));
        }
        out.payload(payload);
        out.bytes(self.finder.needle());
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let width = self.finder.needle().len();
        let skipped = self.scanned.min(input.len());
        out.inspected += input.len() - skipped;
        let mut start = 0;
        for hit in self.finder.find_iter(&input[skipped..]) {
            let end = skipped + hit;
            if end - start > self.max {
                out.consumed = start;
                return Err(too_long(input, start, self.max, "delimiter"));
            }
            out.frames.push(frame(start, end - start, start, end + width));
            start = end + width;
        }
        out.consumed = start;
        // The delimiter may begin up to `max` bytes into the frame and be cut anywhere.
        if input.len() - start >= self.max + width {
            return Err(too_long(input, start, self.max, "delimiter"));
        }
        self.scanned = (input.len() - start).saturating_sub(width - 1);
        Ok(())
    }
}

impl Several {
    /// Where a delimiter would be found in the payload's frame before the payload's own end.
    fn earlier_end(&self, payload: &[u8]) -> Option<usize> {
        if let Some(at) = self.finder.find(payload) {
            return Some(at);
        }
        let needle = self.finder.needle();
        let first = payload.len().saturating_sub(needle.len() - 1);
        (first..payload.len()).find(|at| {
            let tail = &payload[*at..];
            needle.starts_with(tail) && needle.starts_with(&needle[tail.len()..])
        })
    }

    #[cold]
    fn forbidden(&self, at: usize, len: usize) -> EncodeError {
        let needle = self.finder.needle();
        let mut mark = format!("delimiter ({})", hex(needle));
        if at + needle.len() > len {
            mark.push_str(", with the beginning of the one behind it,");
        }
        EncodeError::Forbidden { at, mark: mark.into() }
    }
}

/// What framings say of themselves that mark the end of a message.
pub(super) fn capabilities(max: usize) -> Capabilities {
    Capabilities::marked(Alphabet::Text, max as u64)
}

#[cold]
pub(super) fn too_long(input: &[u8], start: usize, max: usize, name: &str) -> DecodeError {
    // So much has come however the stream was cut.
    let read = beginning(&input[start..=start + max]);
    let text = format!(
        "no {name} within {max} bytes: raise `max`, or the peer ends its messages in another way \
         (read {read})"
    );
    wrong(start + max, text)
}

#[cfg(test)]
mod tests {
    use super::unescape;

    #[test]
    fn escapes_stand_for_any_byte() {
        assert_eq!(unescape(r"a\r\n\t\0\\\xff\x00").unwrap(), b"a\r\n\t\0\\\xff\0");
        assert_eq!(unescape("ü").unwrap(), "ü".as_bytes());
    }

    #[test]
    fn what_is_no_escape_is_refused() {
        for text in [r"\", r"\q", r"\x", r"\xf", r"\xfg", r"\ü", r"\xü1", ""] {
            assert!(unescape(text).is_err(), "{text}");
        }
        assert!(unescape(&"x".repeat(65)).is_err());
    }
}
