//! `netstring`: the payload's length in decimal digits, `:`, the payload, `,`.

use super::hint::shown;
use super::settings::{Default, Setting, Values};
use super::shared::{decimal, fits, frame, max_setting, window, wrong};
use super::{
    Alphabet, Decoded, FrameError, Framing, Nanos, Nature, Role, SpecError, Unsendable, Wire,
};

pub(super) static SETTINGS: &[Setting] = &[max_setting(Default::Text("16 MiB"))];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Netstring { max: values.unsigned("max") }))
}

struct Netstring {
    max: u64,
}

impl Framing for Netstring {
    fn nature(&self) -> Nature {
        Nature::marked(Alphabet::Bytes, self.max)
    }

    #[inline]
    fn encode(&mut self, _: Nanos, payload: &[u8], out: &mut Wire<'_>) -> Result<(), Unsendable> {
        fits(payload, self.max)?;
        out.header(decimal(payload.len() as u64, &mut [0; 20]));
        out.header(b":");
        out.payload(payload);
        out.bytes(b",");
        Ok(())
    }

    #[inline]
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), FrameError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let Some((len, colon)) = self.prefix(input, at)? else {
                out.inspected += input.len() - at;
                break 2;
            };
            out.inspected += colon + 1 - at;
            let comma = colon + 1 + len;
            match input.get(comma) {
                Some(b',') => out.inspected += 1,
                Some(byte) => return Err(no_comma(comma, len, *byte)),
                None => break comma + 1 - input.len(),
            }
            out.frames.push(frame(colon + 1, len, at, comma + 1));
            at = comma + 1;
        };
        Ok(())
    }
}

impl Netstring {
    /// The length at `at` and the place of its colon; `None` while it is cut. The limit also
    /// bounds the digits.
    #[inline]
    fn prefix(&self, input: &[u8], at: usize) -> Result<Option<(usize, usize)>, FrameError> {
        let mut len = 0;
        for (index, byte) in input[at..].iter().enumerate() {
            match byte {
                b':' if index > 0 => return Ok(Some((len as usize, at + index))),
                b'0'..=b'9' if index > 0 && len == 0 => {
                    return Err(wrong(at, "the length has a leading zero".to_owned()));
                }
                b'0'..=b'9' => len = 10 * len + u64::from(byte - b'0'),
                _ => return Err(no_digit(input, at, index)),
            }
            if len > self.max {
                let text = format!("the length begins with {len}, over the limit of {}", self.max);
                return Err(wrong(at, text));
            }
        }
        Ok(None)
    }
}

#[cold]
fn no_digit(input: &[u8], at: usize, index: usize) -> FrameError {
    let read = shown(&input[at..=at + index]);
    let wanted = if index == 0 { "a decimal length" } else { "a digit or `:`" };
    wrong(at + index, format!("expected {wanted} (read {read})"))
}

#[cold]
fn no_comma(at: usize, len: usize, byte: u8) -> FrameError {
    let text = format!(
        "expected `,` after {len} bytes of payload (read {}): the length is wrong",
        shown(&[byte])
    );
    wrong(at, text)
}
