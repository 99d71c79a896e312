//! `line`: the payload, ended by LF or by CRLF.
//!
//! With `lf`, CR is a byte like any other. With `crlf`, CR and LF stand only side by side: a lone
//! one is refused on both sides, because programs that disagree on where a line ends can be made
//! to see messages that nobody sent (smuggling).

use super::delimiter::{Single, capabilities, too_long};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{fits, frame, max_setting, window, wrong};
use super::{
    Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role, SpecError,
};
use memchr::memchr2;
use wirebench_framing::misfit::hex;

/// Bytes of a line that an error shows, up to what is wrong with it.
const SHOWN: usize = 16;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "ending",
        kind: Kind::Choice(&["lf", "crlf"]),
        default: DefaultValue::Text("lf"),
        about: "what ends a line",
    },
    max_setting(DefaultValue::Text("1 MiB"), "the longest line, its ending not counted"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let max = values.unsigned("max") as usize;
    Ok(match values.text("ending") {
        "crlf" => Box::new(CrLf { max, scanned: 0 }),
        _ => Box::new(Single::new(b'\n', "LF", max)),
    })
}

struct CrLf {
    max: usize,
    /// Bytes at the start of the unconsumed input that hold neither CR nor LF.
    scanned: usize,
}

impl Framing for CrLf {
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
        if let Some(at) = memchr2(b'\r', b'\n', payload) {
            let mark = if payload[at] == b'\r' { "CR (0d)" } else { "LF (0a)" };
            return Err(EncodeError::Forbidden { at, mark: mark.into() });
        }
        out.payload(payload);
        out.bytes(b"\r\n");
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut start = 0;
        let mut scan = self.scanned.min(input.len());
        out.inspected += input.len() - scan;
        while let Some(hit) = memchr2(b'\r', b'\n', &input[scan..]) {
            let end = scan + hit;
            out.consumed = start;
            if end - start > self.max {
                return Err(too_long(input, start, self.max, "CRLF"));
            }
            match (input[end], input.get(end + 1)) {
                (b'\r', Some(b'\n')) => {
                    out.frames.push(frame(start, end - start, start, end + 2));
                    start = end + 2;
                    scan = start;
                }
                (b'\r', None) => {
                    self.scanned = end - start;
                    return Ok(());
                }
                (b'\r', Some(_)) => {
                    return Err(lone(&input[start..=end], start, "CR that no LF follows"));
                }
                _ => return Err(lone(&input[start..=end], start, "LF without a CR before it")),
            }
        }
        out.consumed = start;
        if input.len() - start > self.max {
            return Err(too_long(input, start, self.max, "CRLF"));
        }
        self.scanned = input.len() - start;
        Ok(())
    }
}

/// A CR or a LF by itself, which ends `line`.
#[cold]
fn lone(line: &[u8], start: usize, what: &str) -> DecodeError {
    let read = hex(&line[line.len().saturating_sub(SHOWN)..]);
    let text = format!(
        "a {what}, where only CRLF ends a line: the peer may use `ending = \"lf\"` (read {read})"
    );
    wrong(start + line.len() - 1, text)
}
