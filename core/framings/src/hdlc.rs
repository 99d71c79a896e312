//! `hdlc`: HDLC-like framing as in RFC 1662. A flag (7E), the payload and its frame check
//! sequence, both stuffed, and a flag. 7E and 7D become 7D and themselves with bit 5 turned over.
//!
//! Address, control and protocol fields are not looked at: where a peer has them, they begin the
//! message. As the RFC asks, one flag between two frames is enough, any byte may come escaped, and
//! 7D 7E aborts a frame.

use super::ended::{Codec, Ended, Found};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST_STUFFED, max_setting_up_to};
use super::stuffing::Stuffing;
use super::{Framing, Role, SpecError};
use crc::{CRC_16_IBM_SDLC, Crc, Table};

const STUFFING: Stuffing = Stuffing { end: 0x7e, escape: 0x7d, end_code: 0x5e, escape_code: 0x5d };

/// The short check sequence of RFC 1662, appendix C, sixteen bytes a step. (The long one is the CRC-32
/// of Ethernet, for which processors have instructions.)
static FCS_16: Crc<u16, Table<16>> = Crc::<u16, Table<16>>::new(&CRC_16_IBM_SDLC);

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "fcs",
        kind: Kind::OneOf(&[16, 32]),
        default: DefaultValue::Integer(16),
        about: "bits of the frame check sequence",
    },
    max_setting_up_to(
        DefaultValue::Text("1 MiB"),
        LARGEST_STUFFED,
        "the longest message, before it is escaped",
    ),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let max = values.unsigned("max") as usize;
    Ok(match values.integer("fcs") {
        16 => Box::new(Ended::new(Hdlc::<2>, max)),
        _ => Box::new(Ended::new(Hdlc::<4>, max)),
    })
}

/// A check sequence of `FCS` bytes, the least significant first.
struct Hdlc<const FCS: usize>;

impl<const FCS: usize> Hdlc<FCS> {
    #[inline]
    fn check(payload: &[u8]) -> [u8; FCS] {
        let mut bytes = [0; FCS];
        if FCS == 2 {
            bytes.copy_from_slice(&FCS_16.checksum(payload).to_le_bytes());
        } else {
            bytes.copy_from_slice(&crc32fast::hash(payload).to_le_bytes());
        }
        bytes
    }
}

impl<const FCS: usize> Codec for Hdlc<FCS> {
    #[inline]
    fn end(&self) -> u8 {
        STUFFING.end
    }

    fn end_name(&self) -> &'static str {
        "flag (7e)"
    }

    fn empty(&self) -> bool {
        false
    }

    fn finds_corruption(&self) -> bool {
        true
    }

    fn longest(&self, max: usize) -> usize {
        2 * (max + FCS)
    }

    #[inline]
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>) {
        out.push(STUFFING.end);
        STUFFING.stuff(payload, out);
        STUFFING.stuff(&Self::check(payload), out);
        out.push(STUFFING.end);
    }

    #[inline]
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
        if body.is_empty() {
            return Ok(Found::Fill);
        }
        // RFC 1662, section 4.2: the receiver takes any byte behind the escape.
        let found = STUFFING.unstuff(body, scratch, |code| Some(code ^ 0x20)).map_err(
            |_| "its sender aborted this frame (7d 7e), or the byte behind an escape was lost",
        )?;
        let (bytes, len) = match found {
            Found::InScratch { at, len } => (&scratch[at..], len),
            _ => (body, body.len()),
        };
        let Some(payload_len) = len.checked_sub(FCS).filter(|len| *len > 0) else {
            return Err(format!(
                "a frame of {len} bytes is too short for a message and its {FCS} bytes of check \
                 sequence"
            ));
        };
        let (payload, sent) = bytes.split_at(payload_len);
        let right = Self::check(payload);
        if *sent != right {
            return Err(wrong_check(sent, &right));
        }
        Ok(match found {
            Found::InScratch { at, .. } => Found::InScratch { at, len: payload_len },
            _ => Found::InPlace { at: 0, len: payload_len },
        })
    }
}

#[cold]
fn wrong_check(sent: &[u8], right: &[u8]) -> String {
    format!(
        "the frame check sequence is {sent:02x?}, but {right:02x?} is that of what arrived: bytes \
         were changed on the way, or the peer has another `fcs`"
    )
}
