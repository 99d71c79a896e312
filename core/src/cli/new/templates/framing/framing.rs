//! __name__: a framing with a small header.
//!
//! | bytes | meaning |
//! |---|---|
//! | 1 | `0xB5`: what every frame begins with |
//! | 3 | the length of the message, the most significant byte first |
//! | 1 | a checksum (CRC-8) over the three bytes of the length and the message |
//! | … | the message |
//!
//! What is damaged ends the connection: the decoder says where and why, and does not look for the next boundary.
//! A framing is handed bytes and hands back messages. It opens no socket and reads no clock.

use serde::Deserialize;
use wirebench_sdk::{
    Alphabet, Capabilities, DecodeError, Decoded, EncodeError, Error, Frame, FrameWriter, Framing,
    Nanos, PluginFraming, Result, Role, Size, export_plugin,
};

/// What every frame begins with.
const MAGIC: u8 = 0xb5;

/// Bytes before the message.
const HEADER: usize = 5;

/// The longest length that 24 bits hold.
const LONGEST: u64 = (1 << 24) - 1;

export_plugin! { id: "org.example.__name__", handlers: [], framings: [Checked] }

/// What stands beside `kind` in a scenario: `{ kind = "__name__", plugin = "__name__", max = "64 KiB" }`.
#[derive(Deserialize)]
#[serde(default, deny_unknown_fields, rename_all = "kebab-case")]
pub struct Settings {
    /// The longest message, at most 16 MiB less one byte.
    pub max: Size,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            max: Size::from_bytes(1 << 20),
        }
    }
}

/// One end of a connection. This framing remembers nothing between two calls.
pub struct Checked {
    max: u64,
}

impl PluginFraming for Checked {
    const NAME: &'static str = "__name__";
    const ABOUT: &'static str = "magic byte, 24-bit length, CRC-8 of length and message, message";
    type Config = Settings;

    fn new(settings: Settings, _: Role) -> Result<Self> {
        let max = settings.max.bytes();
        if !(1..=LONGEST).contains(&max) {
            return Err(Error::at("/max", format!("`max` is 1 to {LONGEST} bytes")));
        }
        Ok(Self { max })
    }
}

impl Framing for Checked {
    fn capabilities(&self) -> Capabilities {
        // The checksum covers the message. `resynchronises` stays false: damage ends the connection.
        Capabilities {
            finds_corruption: true,
            ..Capabilities::marked(Alphabet::Bytes, self.max)
        }
    }

    fn encode(
        &mut self,
        _: Nanos,
        message: &[u8],
        out: &mut FrameWriter<'_>,
    ) -> Result<(), EncodeError> {
        if message.len() as u64 > self.max {
            return Err(EncodeError::TooLong { max: self.max });
        }
        let [_, high, middle, low] = (message.len() as u32).to_be_bytes();
        let check = crc8(crc8(0, &[high, middle, low]), message);
        out.header(&[MAGIC, high, middle, low, check]);
        out.payload(message);
        Ok(())
    }

    /// `input` is what earlier calls did not consume, and then what has come since. A frame that is not whole stays
    /// there, so nothing depends on where the reads were cut.
    fn feed(&mut self, _: Nanos, input: &[u8], out: &mut Decoded) -> Result<(), DecodeError> {
        loop {
            let at = out.consumed;
            let frame = &input[at..];
            let Some(&first) = frame.first() else { break };
            if first != MAGIC {
                let text =
                    format!("a frame begins with {MAGIC:#04x}, and here stands {first:#04x}");
                return Err(DecodeError { at, text });
            }
            let Some((header, rest)) = frame.split_first_chunk::<HEADER>() else {
                break;
            };
            let [_, high, middle, low, check] = *header;
            let len = u32::from_be_bytes([0, high, middle, low]);
            // Before anything is waited for: a peer may claim whatever it likes.
            if u64::from(len) > self.max {
                let text = format!("the frame claims {len} bytes, over `max` of {}", self.max);
                return Err(DecodeError { at, text });
            }
            let Some(message) = rest.get(..len as usize) else {
                out.need = len as usize - rest.len();
                break;
            };
            if crc8(crc8(0, &[high, middle, low]), message) != check {
                let text = format!("the checksum of a frame of {len} bytes does not fit");
                return Err(DecodeError { at, text });
            }
            out.consumed = at + HEADER + len as usize;
            out.frames.push(Frame {
                at: (at + HEADER) as u32,
                len,
                scratch: false,
                wire_at: at as i64,
                wire_end: out.consumed as i64,
            });
        }
        Ok(())
    }
}

/// What a byte does to a checksum: CRC-8 with the polynomial 0x07.
const CRC8: [u8; 256] = {
    let mut table = [0; 256];
    let mut byte = 0;
    while byte < 256 {
        let (mut crc, mut bit) = (byte as u8, 0);
        while bit < 8 {
            crc = if crc & 0x80 == 0 {
                crc << 1
            } else {
                (crc << 1) ^ 0x07
            };
            bit += 1;
        }
        table[byte] = crc;
        byte += 1;
    }
    table
};

/// Goes on with a checksum, over these bytes. It notices whatever is wrong in eight bits in a row.
fn crc8(crc: u8, bytes: &[u8]) -> u8 {
    bytes
        .iter()
        .fold(crc, |crc, byte| CRC8[usize::from(crc ^ byte)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_checksum_is_that_of_the_catalogues() {
        assert_eq!(crc8(0, b"123456789"), 0xf4);
    }
}
