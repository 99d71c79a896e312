//! `eof`: the payload alone; the end of the stream ends it. A connection carries one message in
//! each direction.
//!
//! As in FTP's data connections (RFC 959) and HTTP/1.0 replies (RFC 1945). A stream that is cut
//! short by a FIN looks like a whole message.

use super::settings::{DefaultValue, Setting, Values};
use super::shared::{fits, frame, max_setting, wrong};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Gate, Nanos,
    Role, SpecError,
};
use wirebench_framing::misfit::beginning;

pub(super) static SETTINGS: &[Setting] =
    &[max_setting(DefaultValue::Text("16 MiB"), "the longest message")];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Eof { max: values.unsigned("max") as usize, sent: false }))
}

struct Eof {
    max: usize,
    /// Our direction has had its message.
    sent: bool,
}

impl Framing for Eof {
    fn capabilities(&self) -> Capabilities {
        Capabilities {
            duplex: true,
            stream_only: true,
            per_connection: true,
            ..Capabilities::marked(Alphabet::Bytes, self.max as u64)
        }
    }

    fn gate(&self, _: Nanos) -> Gate {
        if self.sent { Gate::Blocked } else { Gate::Open }
    }

    #[inline]
    fn encode(
        &mut self,
        _: Nanos,
        payload: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        fits(payload, self.max as u64)?;
        out.payload(payload);
        out.close = true;
        self.sent = true;
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], _: &mut Decoded) -> Result<(), DecodeError> {
        if input.len() > self.max {
            let text = format!(
                "the message goes on after {} bytes: raise `max`, or the peer does not end its \
                 direction after a message (read {})",
                self.max,
                beginning(&input[..=self.max])
            );
            return Err(wrong(self.max, text));
        }
        Ok(())
    }

    fn end_of_input(
        &mut self,
        _: Nanos,
        input: &[u8],
        out: &mut Decoded,
    ) -> Result<(), DecodeError> {
        out.frames.push(frame(0, input.len(), 0, input.len()));
        out.consumed = input.len();
        Ok(())
    }
}
