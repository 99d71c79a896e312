//! `content-length`: header lines, each ended by CRLF, then an empty line, then as many bytes as one
//! of the lines says: the base protocol of language servers, and the body of an HTTP message whose
//! first line is left out (RFC 9112, section 6).
//!
//! Readers that disagree on where a message ends can be made to see messages that nobody sent
//! (RFC 9112, section 11.2). So lines are read strictly (`field.rs`), a second length is an error even
//! if it is the same, and so is a `Transfer-Encoding`.

use super::field::{is_token, name_and_value, without_cr};
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use memchr::memchr;
use wirebench_framing::misfit::{CALLER, beginning, hex, shown};

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "key",
        kind: Kind::Text { max: 64 },
        default: DefaultValue::Text("Content-Length"),
        about: "the name of the line with the payload's length, in whatever case",
    },
    Setting {
        name: "header-max",
        kind: Kind::Size { min: 16, max: 1 << 20 },
        default: DefaultValue::Text("4 KiB"),
        about: "the most bytes of all lines together, the empty one included",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message; it bounds the digits too"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let (key, header_max) = (values.text("key"), values.unsigned("header-max") as usize);
    if !key.bytes().all(is_token) {
        let message = "`key` must be letters, digits and !#$%&'*+-.^_`|~, as header names are";
        return Err(error("key", message.to_owned()));
    }
    let max = values.unsigned("max");
    let longest = key.len() + ": \r\n\r\n".len() + max.to_string().len();
    if longest > header_max {
        let message = format!("`header-max` must be at least {longest} for this `key` and `max`");
        return Err(error("header-max", message));
    }
    let (key, opening) = (key.to_owned(), format!("{key}: ").into_bytes());
    Ok(Box::new(ContentLength { key, opening, header_max, max, header: Header::default() }))
}

struct ContentLength {
    key: String,
    /// Our own header up to the number.
    opening: Vec<u8>,
    header_max: usize,
    max: u64,
    header: Header,
}

/// What is known of the header at the start of the unconsumed input. No line is read twice.
#[derive(Clone, Copy, Default)]
struct Header {
    /// Where its next line begins.
    line: usize,
    /// Bytes that hold no end of a line but those before `line`.
    scanned: usize,
    /// The length, once it has been read.
    length: Option<usize>,
    /// The empty line has come: the payload begins at `line`.
    complete: bool,
}

impl Framing for ContentLength {
    fn capabilities(&self) -> Capabilities {
        Capabilities::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max)?;
        out.header(&self.opening);
        out.header(itoa::Buffer::new().format(payload.len()).as_bytes());
        out.header(b"\r\n\r\n");
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            if !self.header.complete {
                let seen = self.header.scanned;
                let complete = self.read_header(input, at)?;
                // Scanned for the ends of lines, and each line read.
                out.inspected += 2 * (self.header.scanned - seen);
                if !complete {
                    break 1;
                }
            }
            let (start, len) = (at + self.header.line, self.header.length.unwrap_or(0));
            let end = start + len;
            if end > input.len() {
                break out.lacks(end - input.len());
            }
            out.frames.push(frame(start, len, at, end));
            self.header = Header::default();
            at = end;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match input.first() {
            None => Ok(()),
            Some(byte) if is_token(*byte) || input.len() >= CALLER => {
                Err(DecodeError::ended_inside(input))
            }
            Some(_) => Err(no_name(input, 0)),
        }
    }
}

impl ContentLength {
    /// Reads the lines that have come of the header at `at`; true when it is complete.
    fn read_header(&mut self, input: &[u8], at: usize) -> Result<bool, DecodeError> {
        let rest = &input[at..];
        if rest.len() < CALLER {
            return Ok(false);
        }
        if !is_token(rest[0]) {
            return Err(no_name(rest, at));
        }
        while !self.header.complete {
            let Some(hit) = memchr(b'\n', &rest[self.header.scanned..]) else {
                self.header.scanned = rest.len();
                self.bounded(rest, at, rest.len())?;
                return Ok(false);
            };
            let end = self.header.scanned + hit;
            self.bounded(rest, at, end + 1)?;
            self.line(&rest[self.header.line..end], at + self.header.line)?;
            self.header.line = end + 1;
            self.header.scanned = end + 1;
        }
        if self.header.length.is_none() {
            let read = beginning(&rest[..self.header.line]);
            let text = format!("the header ended without `{}` (read {read})", self.key);
            return Err(wrong(at + self.header.line, text));
        }
        Ok(true)
    }

    fn bounded(&self, rest: &[u8], at: usize, header_len: usize) -> Result<(), DecodeError> {
        if header_len <= self.header_max {
            return Ok(());
        }
        let text = format!(
            "the header goes on after {} bytes: raise `header-max`, or the peer uses another framing \
             (read {})",
            self.header_max,
            beginning(rest)
        );
        Err(wrong(at + self.header_max, text))
    }

    /// One line without its LF, which stands at `at`.
    fn line(&mut self, line: &[u8], at: usize) -> Result<(), DecodeError> {
        let line = without_cr(line, at)?;
        if line.is_empty() {
            self.header.complete = true;
            return Ok(());
        }
        let (name, value_at, value) = name_and_value(line, at)?;
        if name.eq_ignore_ascii_case(b"transfer-encoding") {
            let read = hex(&line[..line.len().min(32)]);
            let text = "`Transfer-Encoding` tells the length in another way: use `chunked`";
            return Err(wrong(at, format!("{text} (read {read})")));
        }
        if name.eq_ignore_ascii_case(self.key.as_bytes()) {
            let len = self.length(value).map_err(|problem| {
                let read = hex(&value[..value.len().min(24)]);
                wrong(at + value_at, format!("`{}` {problem} (read {read})", self.key))
            })?;
            if let Some(before) = self.header.length.replace(len) {
                // Two lengths could disagree, and readers differ on which of them counts.
                let text = format!("`{}` stands there twice (read {before} and {len})", self.key);
                return Err(wrong(at, text));
            }
        }
        Ok(())
    }

    fn length(&self, digits: &[u8]) -> Result<usize, String> {
        if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
            return Err("holds no decimal length".to_owned());
        }
        let mut len = 0;
        for digit in digits {
            len = 10 * len + u64::from(digit - b'0');
            if len > self.max {
                return Err(format!("begins with {len}, over the limit of {}", self.max));
            }
        }
        Ok(len as usize)
    }
}

#[cold]
fn no_name(rest: &[u8], at: usize) -> DecodeError {
    let read = shown(&rest[..rest.len().min(CALLER)]);
    wrong(at, format!("expected the name of a header line (read {read})"))
}
