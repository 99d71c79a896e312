//! A framing: two decimal digits of length, then the payload. `hello` is `05hello`.

use serde::Deserialize;
use wirebench_sdk::{
    Alphabet, Decoded, Frame, FrameError, Framing, Nature, Result, Role, Unsendable, Wire,
    export_plugin,
};

pub struct Digits;
export_plugin! { id: "org.example.digits", handlers: [], framings: [Digits] }

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Settings {}

impl Framing for Digits {
    const NAME: &'static str = "digits";
    type Config = Settings;
    fn new(_: Settings, _: Role) -> Result<Self> { Ok(Self) }
    fn nature(&self) -> Nature {
        Nature { invariant: true, duplex: false, empty: true, alphabet: Alphabet::Bytes, max: 99,
            batchable: true, stream_only: false }
    }
    fn encode(&mut self, _: u64, payload: &[u8], out: &mut Wire) -> Result<(), Unsendable> {
        if payload.len() > 99 { return Err(Unsendable::TooLong { max: 99 }); }
        out.header(format!("{:02}", payload.len()).as_bytes());
        out.payload();
        Ok(())
    }
    fn feed(&mut self, _: u64, input: &[u8], out: &mut Decoded) -> Result<(), FrameError> {
        while let Some((&[tens, ones], rest)) = input[out.consumed..].split_first_chunk() {
            let at = out.consumed;
            if !tens.is_ascii_digit() || !ones.is_ascii_digit() {
                return Err(FrameError { at, text: "a length has two digits".into() });
            }
            let len = usize::from(tens - b'0') * 10 + usize::from(ones - b'0');
            if rest.len() < len { break; } // the rest comes with a later read
            out.consumed = at + 2 + len;
            out.push(Frame { at: at as u32 + 2, len: len as u32, scratch: false,
                wire_at: at as i64, wire_end: out.consumed as i64 });
        }
        Ok(())
    }
}
