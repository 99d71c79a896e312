//! A framing: two decimal digits of length, then the payload. `hello` is `05hello`.

use serde::Deserialize;
use wirebench_sdk::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Frame, FrameWriter, Framing, Nanos,
    PluginFraming, Result, Role, export_plugin,
};

pub struct Digits;
export_plugin! { id: "org.example.digits", handlers: [], framings: [Digits] }

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

impl PluginFraming for Digits {
    const NAME: &'static str = "digits";
    type Config = Settings;
    fn new(_: Settings, _: Role) -> Result<Self> { Ok(Self) }
}

impl Framing for Digits {
    fn capabilities(&self) -> Capabilities { Capabilities::marked(Alphabet::Bytes, 99) }
    fn encode(&mut self, _: Nanos, payload: &[u8], out: &mut FrameWriter<'_>)
        -> Result<(), EncodeError> {
        if payload.len() > 99 { return Err(EncodeError::TooLong { max: 99 }); }
        out.header(format!("{:02}", payload.len()).as_bytes());
        out.payload(payload);
        Ok(())
    }
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        while let Some((&[tens, ones], rest)) = input[out.consumed..].split_first_chunk() {
            let at = out.consumed;
            if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
                return Err(DecodeError { at, text: "a length has two digits".into() });
            }
            let len = usize::from(tens - b'0') * 10 + usize::from(ones - b'0');
            if rest.len() < len { break; } // the rest comes with a later read
            out.consumed = at + 2 + len;
            out.frames.push(Frame { at: at as u32 + 2, len: len as u32, scratch: false,
                wire_at: at as i64, wire_end: out.consumed as i64 });
        }
        Ok(())
    }
}
