//! `cobs-crc32c`: the payload and the CRC-32C of it (u32le) in COBS, then a zero byte.
//!
//! CRC-32C is the Castagnoli polynomial as in RFC 3720, appendix B.4, for which processors have an
//! instruction.

use super::cobs::{Encoder, decode, longest};
use super::ended::{Codec, Ended, Found};
use super::settings::{DefaultValue, Setting, Values};
use super::shared::{LARGEST_STUFFED, changed, max_setting_up_to};
use super::{Framing, Role, SpecError};
use crc32c::crc32c;

/// Bytes of the checksum.
const CRC: usize = 4;

pub(super) static SETTINGS: &[Setting] =
    &[max_setting_up_to(DefaultValue::Text("1 MiB"), LARGEST_STUFFED, "the longest message")];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    Ok(Box::new(Ended::new(CobsCrc32c, values.unsigned("max") as usize)))
}

struct CobsCrc32c;

impl Codec for CobsCrc32c {
    #[inline]
    fn end(&self) -> u8 {
        0
    }

    fn end_name(&self) -> &'static str {
        "zero byte"
    }

    fn empty(&self) -> bool {
        true
    }

    fn finds_corruption(&self) -> bool {
        true
    }

    fn longest(&self, max: usize) -> usize {
        longest(max + CRC)
    }

    #[inline]
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>) {
        out.reserve(longest(payload.len() + CRC) + 1);
        let mut encoder = Encoder::new(out);
        encoder.push(payload, out);
        encoder.push(&crc32c(payload).to_le_bytes(), out);
        encoder.finish(out);
        out.push(0);
    }

    #[inline]
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
        let found = decode(body, scratch)?;
        let bytes = match found {
            Found::InScratch { at, len } => &scratch[at..at + len],
            Found::InPlace { at, len } => &body[at..at + len],
            Found::Fill => return Ok(Found::Fill),
        };
        let Some((payload, sent)) = bytes.split_last_chunk::<CRC>() else {
            return Err(format!("{} bytes hold no checksum of {CRC} bytes", bytes.len()));
        };
        let (sent, right) = (u32::from_le_bytes(*sent), crc32c(payload));
        if sent != right {
            return Err(changed("message", sent, right));
        }
        Ok(match found {
            Found::InScratch { at, len } => Found::InScratch { at, len: len - CRC },
            Found::InPlace { at, len } => Found::InPlace { at, len: len - CRC },
            Found::Fill => found,
        })
    }
}
