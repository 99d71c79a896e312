//! `json-header`: a signed 32-bit little-endian header length, a JSON object that holds the body's
//! length under a known key, and the body.

use super::json_length::{HEADER_MAX, JsonLength, PREFIX, key_setting};
use super::settings::{DefaultValue, Setting, Values};
use super::shared::{fits, frame, max_setting, window};
use super::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, FrameWriter, Framing, Nanos, Role,
    SpecError,
};

pub(super) static SETTINGS: &[Setting] = &[
    key_setting("data_size"),
    HEADER_MAX,
    max_setting(DefaultValue::Text("16 MiB"), "the longest message"),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let json = JsonLength::make(values)?;
    Ok(Box::new(JsonHeader { json, max: values.unsigned("max"), body: None }))
}

struct JsonHeader {
    json: JsonLength,
    max: u64,
    /// Where the body of the frame at the start of the unconsumed input begins and ends, once its
    /// header has been read: no header is parsed twice.
    body: Option<(usize, usize)>,
}

impl Framing for JsonHeader {
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
        self.json.write(payload.len(), out);
        out.payload(payload);
        Ok(())
    }

    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        let input = window(input);
        let mut at = 0;
        out.need = loop {
            out.consumed = at;
            let (start, end) = match self.body.take() {
                Some(body) => body,
                None => match self.json.read(input, at)? {
                    Ok(header) if header.body > self.max => {
                        return Err(self.json.over(input, at, &header, self.max));
                    }
                    Ok(header) => {
                        out.inspected += header.start - at;
                        (header.start, header.start + header.body as usize)
                    }
                    Err(missing) => {
                        out.inspected += PREFIX.min(input.len() - at);
                        break missing;
                    }
                },
            };
            if end > input.len() {
                self.body = Some((start - at, end - at));
                break out.lacks(end - input.len());
            }
            out.frames.push(frame(start, end - start, at, end));
            at = end;
        };
        Ok(())
    }
}
