//! `octet-count`: the payload's length in decimal digits, a space, the payload, as syslog sends its
//! messages over TCP (RFC 6587, section 3.4.1).
//!
//! The RFC's MSG-LEN is NONZERO-DIGIT *DIGIT, so no length begins with 0; that of an empty message is
//! `0` here, the only one that does.

use super::settings::{DefaultValue, Setting, Values};
use super::shared::{fits, frame, max_setting, over, window, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};
use wirebench_framing::misfit::{CALLER, hex, shown};

pub(super) static SETTINGS: &[Setting] =
    &[max_setting(DefaultValue::Text("16 MiB"), "the longest message; it bounds the digits too")];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(OctetCount { max: values.unsigned("max") }))
}

struct OctetCount {
    max: u64,
}

impl Framing for OctetCount {
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
        out.header(itoa::Buffer::new().format(payload.len()).as_bytes());
        out.header(b" ");
        out.payload(payload);
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let Some((len, start)) = self.length(input, at)? else {
                out.inspected += input.len() - at;
                break 1;
            };
            out.inspected += start - at;
            let end = start + len;
            if end > input.len() {
                break out.lacks(end - input.len());
            }
            out.frames.push(frame(start, len, at, end));
            at = end;
        };
        Ok(())
    }

    fn end_of_input(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        match input.first() {
            None => Ok(()),
            Some(b'0'..=b'9') => Err(DecodeError::ended_inside(input)),
            Some(_) => Err(no_length(input, 0)),
        }
    }
}

impl OctetCount {
    /// The length at `at` and where its payload begins; `None` while it is cut. The limit also bounds
    /// the digits.
    #[inline]
    fn length(&self, input: &[u8], at: usize) -> Result<Option<(usize, usize)>, DecodeError> {
        let rest = &input[at..];
        if rest.first().is_some_and(|byte| !byte.is_ascii_digit()) {
            // No frame begins like this: it is judged when it can be told who is calling.
            return if rest.len() < CALLER { Ok(None) } else { Err(no_length(rest, at)) };
        }
        let mut len = 0;
        for (index, byte) in rest.iter().enumerate() {
            match byte {
                b' ' => return Ok(Some((len as usize, at + index + 1))),
                b'0'..=b'9' if index > 0 && len == 0 => {
                    let read = hex(&rest[..=index]);
                    return Err(wrong(at, format!("the length has a leading zero (read {read})")));
                }
                b'0'..=b'9' => len = 10 * len + u64::from(byte - b'0'),
                _ => {
                    let read = hex(&rest[..=index]);
                    let text = format!("expected a digit or a space (read {read})");
                    return Err(wrong(at + index, text));
                }
            }
            if len > self.max {
                let text = over(len, self.max, &rest[..=index]);
                return Err(wrong(at, text));
            }
        }
        Ok(None)
    }
}

#[cold]
fn no_length(rest: &[u8], at: usize) -> DecodeError {
    let read = shown(&rest[..rest.len().min(CALLER)]);
    let other = match rest.first() {
        Some(b'<') => "; syslog messages that are ended by LF instead? Then `line` is right",
        Some(b'\n') => "; a LF behind the message before, which its length does not count?",
        _ => "",
    };
    wrong(at, format!("expected a decimal length{other} (read {read})"))
}
