//! `resp-bulk`: the bulk strings of RESP, the Redis serialization protocol: `$`, the payload's
//! length in decimal digits, CRLF, the payload, CRLF.

use super::settings::{DefaultValue, Setting, Values};
use super::shared::{fits, frame, max_setting_up_to, over, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::{CALLER, hex, shown};

/// The protocol's own limit.
const LARGEST_BULK: u64 = 512 << 20;

pub(super) static SETTINGS: &[Setting] = &[max_setting_up_to(
    DefaultValue::Text("16 MiB"),
    LARGEST_BULK,
    "the longest message; it bounds the digits too",
)];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(RespBulk { max: values.unsigned("max") }))
}

struct RespBulk {
    max: u64,
}

impl Framing for RespBulk {
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
        out.header(b"$");
        out.header(itoa::Buffer::new().format(payload.len()).as_bytes());
        out.header(b"\r\n");
        out.payload(payload);
        out.bytes(b"\r\n");
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let Some((len, start)) = self.prefix(input, at)? else {
                out.inspected += input.len() - at;
                break 1;
            };
            let end = start + len;
            out.inspected += start - at + input.len().saturating_sub(end).min(2);
            for (index, wanted) in b"\r\n".iter().enumerate() {
                match input.get(end + index) {
                    Some(byte) if byte == wanted => {}
                    Some(byte) => return Err(no_crlf(end + index, len, *byte)),
                    None => break,
                }
            }
            if end + 2 > input.len() {
                break out.lacks(end + 2 - input.len());
            }
            out.frames.push(frame(start, len, at, end + 2));
            at = end + 2;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match input.first() {
            None => Ok(()),
            Some(b'$') => Err(DecodeError::ended_inside(input)),
            Some(_) => Err(no_bulk(input, 0)),
        }
    }
}

impl RespBulk {
    /// The length at `at` and where its payload begins; `None` while it is cut. The limit also
    /// bounds the digits.
    #[inline]
    fn prefix(&self, input: &[u8], at: usize) -> Result<Option<(usize, usize)>, DecodeError> {
        let rest = &input[at..];
        if rest.first().is_some_and(|byte| *byte != b'$') {
            // No frame begins like this: it is judged when it can be told who is calling.
            return if rest.len() < CALLER { Ok(None) } else { Err(no_bulk(rest, at)) };
        }
        let mut len = 0;
        for (index, byte) in rest.iter().enumerate().skip(1) {
            match byte {
                b'\r' if index > 1 => {
                    let start = at + index + 2;
                    return match input.get(start - 1) {
                        Some(b'\n') => Ok(Some((len as usize, start))),
                        Some(_) => Err(unexpected(input, at, index + 1)),
                        None => Ok(None),
                    };
                }
                b'0'..=b'9' if index > 1 && len == 0 => {
                    let text =
                        format!("the length has a leading zero (read {})", hex(&rest[..=index]));
                    return Err(wrong(at + 1, text));
                }
                b'0'..=b'9' => len = 10 * len + u64::from(byte - b'0'),
                _ => return Err(unexpected(input, at, index)),
            }
            if len > self.max {
                let text = over(len, self.max, &rest[..=index]);
                return Err(wrong(at + 1, text));
            }
        }
        Ok(None)
    }
}

#[cold]
fn no_bulk(rest: &[u8], at: usize) -> DecodeError {
    let other = match rest[0] {
        b'+' | b'-' | b':' | b'*' | b'_' | b'%' | b'~' | b'>' | b'#' | b',' | b'(' | b'='
        | b'!' | b'|' => "; this begins another RESP type, and only bulk strings carry messages",
        _ => "",
    };
    let read = if other.is_empty() {
        shown(&rest[..rest.len().min(CALLER)])
    } else {
        hex(&rest[..rest.len().min(CALLER)])
    };
    wrong(at, format!("expected `$`{other} (read {read})"))
}

#[cold]
fn unexpected(input: &[u8], at: usize, index: usize) -> DecodeError {
    let read = hex(&input[at..=at + index]);
    let wanted = match (index, input[at + index]) {
        (1, b'-') => "a length; `$-1` is RESP's null, which is no message",
        _ => "a decimal length and CRLF",
    };
    wrong(at + index, format!("expected {wanted} (read {read})"))
}

#[cold]
fn no_crlf(at: usize, len: usize, byte: u8) -> DecodeError {
    let read = hex(&[byte]);
    wrong(
        at,
        format!("expected CRLF after {len} bytes of payload (read {read}): the length is wrong"),
    )
}
