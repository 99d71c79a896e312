//! `chunked`: the chunked coding of HTTP/1.1 (RFC 9112, section 7.1). A message is chunks, each a
//! length in hexadecimal digits, CRLF, as many bytes, CRLF; then a length of zero, trailer lines (we
//! write none), and an empty line.
//!
//! Chunk extensions and trailer lines are read over, strictly (`field.rs`), and bounded by `line-max`:
//! readers that disagree on them can be made to see messages that nobody sent.

use super::field::{is_blank, is_control, is_token, name_and_value, without_cr};
use super::joined::{Joined, ended, too_long};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use memchr::memchr;
use std::io::Write as _;
use wirebench_framing::misfit::{self, CALLER, called, hex, shown};

/// The rest of a message behind its last chunk.
const END: &[u8] = b"0\r\n\r\n";

/// Bytes before a wrong one that an error shows.
const SHOWN: usize = 15;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "chunk",
        kind: Kind::Size { min: 1, max: LARGEST },
        default: DefaultValue::Text("16 KiB"),
        about: "the most bytes of a message that one chunk carries when sent",
    },
    Setting {
        name: "line-max",
        kind: Kind::Size { min: 16, max: 1 << 20 },
        default: DefaultValue::Text("4 KiB"),
        about: "the most bytes of a length with its extensions, and of all trailer lines together",
    },
    max_setting(DefaultValue::Text("16 MiB"), "the longest message, over all its chunks"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Chunked {
        chunk: values.unsigned("chunk") as usize,
        line_max: values.unsigned("line-max") as usize,
        max: values.unsigned("max"),
        state: State::Length,
        scanned: 0,
        joined: Joined::default(),
        passed: 0,
    }))
}

struct Chunked {
    chunk: usize,
    line_max: usize,
    max: u64,
    state: State,
    /// Bytes at the start of the unconsumed input that hold no LF.
    scanned: usize,
    joined: Joined,
    /// Bytes that earlier calls consumed.
    passed: u64,
}

/// What comes next.
#[derive(Clone, Copy)]
enum State {
    /// The line with a chunk's length.
    Length,
    /// This many bytes of a chunk, and CRLF.
    Data(usize),
    /// Trailer lines, this many bytes of them at most, and an empty line.
    Trailer(usize),
}

impl Framing for Chunked {
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
        if payload.is_empty() {
            out.header(END);
            return Ok(());
        }
        let mut line = [0; 20];
        out.header(length_line(payload.len().min(self.chunk), &mut line));
        if payload.len() <= self.chunk {
            out.payload(payload);
        } else {
            let mut chunks = payload.chunks(self.chunk);
            out.bytes(chunks.next().unwrap_or_default());
            for chunk in chunks {
                out.bytes(b"\r\n");
                out.bytes(length_line(chunk.len(), &mut line));
                out.bytes(chunk);
            }
        }
        out.bytes(b"\r\n");
        out.bytes(END);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        // A message of one chunk that comes whole is not copied.
        let mut only: Option<(usize, usize)> = None;
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            match self.state {
                State::Length => {
                    let before = only.map_or(self.joined.len(), |(_, len)| len);
                    let seen = self.scanned;
                    let Some((len, end)) = self.length(input, at, before)? else {
                        out.inspected += self.scanned.saturating_sub(seen);
                        break 1;
                    };
                    // The line is scanned for its end, then read.
                    out.inspected += 2 * (end - at);
                    self.joined.begin(self.passed + at as u64);
                    self.state =
                        if len == 0 { State::Trailer(self.line_max) } else { State::Data(len) };
                    at = end;
                }
                State::Data(len) => {
                    let end = at + len;
                    let Some(behind) = input.get(end..end + 2) else {
                        break end + 2 - input.len();
                    };
                    out.inspected += behind.len();
                    if behind != b"\r\n" {
                        return Err(no_crlf(end, len, behind));
                    }
                    if only.is_none() && self.joined.len() == 0 {
                        only = Some((at, len));
                    } else {
                        self.join(input, only.take());
                        self.joined.buffer().extend_from_slice(&input[at..end]);
                    }
                    self.state = State::Length;
                    at = end + 2;
                }
                State::Trailer(left) => {
                    let seen = self.scanned;
                    let Some(end) = self.line(input, at, left)? else {
                        out.inspected += self.scanned.saturating_sub(seen);
                        break 1;
                    };
                    out.inspected += 2 * (end - at);
                    let line = end - at;
                    at = end;
                    if line > 2 {
                        name_and_value(&input[at - line..at - 2], at - line)?;
                        self.state = State::Trailer(left - line);
                        continue;
                    }
                    self.state = State::Length;
                    self.joined.finish(self.passed, at, out);
                    if let (Some((start, len)), Some(joined)) = (only.take(), out.frames.last_mut())
                    {
                        *joined =
                            super::Frame { wire_at: joined.wire_at, ..frame(start, len, 0, at) };
                    }
                }
            }
        };
        self.join(input, only);
        self.passed += at as u64;
        Ok(())
    }

    fn keeps(&self) -> usize {
        self.joined.memory()
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if input.is_empty() && !self.joined.is_open() {
            return Ok(());
        }
        let cut = matches!(self.state, State::Length) && input.len() < CALLER;
        if cut && input.first().is_some_and(|byte| !byte.is_ascii_hexdigit()) {
            return Err(no_length(input, 0));
        }
        let text = ended(self.joined.len(), input);
        Err(wrong(input.len(), text))
    }
}

impl Chunked {
    /// Keeps a chunk that is no longer the only one, or has to wait for the rest of its message.
    #[inline]
    fn join(&mut self, input: &[u8], chunk: Option<(usize, usize)>) {
        if let Some((at, len)) = chunk {
            self.joined.buffer().extend_from_slice(&input[at..at + len]);
        }
    }

    /// The length of the chunk at `at`, `before` bytes into its message, and where its line ends;
    /// `None` while that is cut.
    fn length(
        &mut self,
        input: &[u8],
        at: usize,
        before: usize,
    ) -> Result<Option<(usize, usize)>, DecodeError> {
        let rest = &input[at..];
        if rest.len() < CALLER {
            return Ok(None);
        }
        if !rest[0].is_ascii_hexdigit() {
            return Err(no_length(rest, at));
        }
        let Some(end) = self.line(input, at, self.line_max)? else { return Ok(None) };
        let line = &input[at..end - 2];
        let digits = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
        let mut len = 0;
        for digit in &line[..digits] {
            len = 16 * len + u64::from((*digit as char).to_digit(16).unwrap_or(0));
            if before as u64 + len > self.max {
                let read = called(&line[..digits.min(16)], rest);
                let problem = too_long(len, before, self.max);
                return Err(wrong(at, format!("{problem} (read {read})")));
            }
        }
        if digits < line.len() {
            extensions(&line[digits..]).map_err(|bad| {
                let bad = digits + bad;
                let text = if bad == digits {
                    let read = misfit::beginning(&rest[..CALLER.max(bad + 1)]);
                    format!("expected a hexadecimal digit, `;` or CRLF (read {read})")
                } else {
                    let read = hex(&line[bad.saturating_sub(SHOWN)..line.len().min(bad + 1)]);
                    format!("expected an extension, as `;name=value` (read {read})")
                };
                wrong(at + bad, text)
            })?;
        }
        Ok(Some((len as usize, end)))
    }

    /// Where the line at `at` ends, of at most `longest` bytes; `None` while it is cut.
    fn line(
        &mut self,
        input: &[u8],
        at: usize,
        longest: usize,
    ) -> Result<Option<usize>, DecodeError> {
        let rest = &input[at..];
        let scanned = self.scanned.min(rest.len());
        let lf = memchr(b'\n', &rest[scanned..]).map(|hit| scanned + hit);
        if lf.map_or(rest.len(), |lf| lf + 1) > longest {
            let text = format!(
                "a line goes on after {longest} bytes: raise `line-max`, or the peer uses another \
                 framing (read {})",
                misfit::beginning(&rest[..longest])
            );
            return Err(wrong(at + longest, text));
        }
        let Some(lf) = lf else {
            self.scanned = rest.len();
            return Ok(None);
        };
        self.scanned = 0;
        without_cr(&rest[..lf], at)?;
        Ok(Some(at + lf + 1))
    }
}

/// Reads over extensions (RFC 9112, section 7.1.1): any number of `;name`, `;name=value` and
/// `;name="value"`, with blanks around each part. The error is where they are none; 0 also for what
/// ends behind blanks.
fn extensions(text: &[u8]) -> Result<(), usize> {
    let blanks = |at: usize| at + text[at..].iter().take_while(|byte| is_blank(**byte)).count();
    let token = |at: usize| {
        let len = text[at..].iter().take_while(|byte| is_token(**byte)).count();
        if len == 0 { Err(at) } else { Ok(at + len) }
    };
    let mut end = 0;
    while end < text.len() {
        let at = blanks(end);
        if text.get(at) != Some(&b';') {
            return Err(if end == 0 { 0 } else { at });
        }
        end = token(blanks(at + 1))?;
        let equals = blanks(end);
        if text.get(equals) == Some(&b'=') {
            let value = blanks(equals + 1);
            end = if text.get(value) == Some(&b'"') { quoted(text, value)? } else { token(value)? };
        }
    }
    Ok(())
}

/// The end of the quoted text at `at` (RFC 9110, section 5.6.4).
fn quoted(text: &[u8], mut at: usize) -> Result<usize, usize> {
    loop {
        at += 1;
        match text.get(at) {
            Some(b'"') => return Ok(at + 1),
            Some(b'\\') if text.get(at + 1).is_some_and(|byte| !is_control(*byte)) => at += 1,
            Some(byte) if *byte != b'\\' && !is_control(*byte) => {}
            _ => return Err(at),
        }
    }
}

/// `len` in hexadecimal digits, and CRLF.
#[inline]
fn length_line(len: usize, buffer: &mut [u8; 20]) -> &[u8] {
    let mut rest = &mut buffer[..];
    // A length has 16 digits at most, so there is room.
    let _ = write!(rest, "{len:x}\r\n");
    let left = rest.len();
    &buffer[..20 - left]
}

#[cold]
fn no_crlf(at: usize, len: usize, behind: &[u8]) -> DecodeError {
    let at = at + usize::from(behind[0] == b'\r');
    let read = hex(behind);
    wrong(
        at,
        format!("expected CRLF after {len} bytes of a chunk (read {read}): the length is wrong"),
    )
}

#[cold]
fn no_length(rest: &[u8], at: usize) -> DecodeError {
    let read = shown(&rest[..rest.len().min(CALLER)]);
    wrong(at, format!("expected a length in hexadecimal digits (read {read})"))
}
