//! `slip`: RFC 1055. The payload, stuffed, then END (C0). In the payload, END becomes DB DC and
//! ESC (DB) becomes DB DD.
//!
//! Two ENDs in a row are no message: many senders put one in front of a frame too, so that noise
//! on the line ends before it.

use super::ended::{Codec, Ended, Found};
use super::settings::{DefaultValue, Kind, Setting, Values};
use super::shared::{LARGEST_STUFFED, max_setting_up_to};
use super::stuffing::Stuffing;
use super::{Framing, Role, SpecError};

const STUFFING: Stuffing = Stuffing { end: 0xc0, escape: 0xdb, end_code: 0xdc, escape_code: 0xdd };

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "leading-end",
        kind: Kind::Flag,
        default: DefaultValue::Flag(false),
        about: "write an END in front of every frame too, so that noise on the line ends before it",
    },
    max_setting_up_to(
        DefaultValue::Text("1 MiB"),
        LARGEST_STUFFED,
        "the longest message, before it is escaped",
    ),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let codec = Slip { leading: values.flag("leading-end") };
    Ok(Box::new(Ended::new(codec, values.unsigned("max") as usize)))
}

struct Slip {
    /// An END stands in front of a frame as well.
    leading: bool,
}

impl Codec for Slip {
    #[inline]
    fn end(&self) -> u8 {
        STUFFING.end
    }

    fn end_name(&self) -> &'static str {
        "END (c0)"
    }

    fn empty(&self) -> bool {
        false
    }

    fn finds_corruption(&self) -> bool {
        false
    }

    fn longest(&self, max: usize) -> usize {
        2 * max
    }

    #[inline]
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>) {
        if self.leading {
            out.push(STUFFING.end);
        }
        STUFFING.stuff(payload, out);
        out.push(STUFFING.end);
    }

    #[inline]
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
        if body.is_empty() {
            return Ok(Found::Fill);
        }
        let found = STUFFING.unstuff(body, scratch, |code| STUFFING.strict(code));
        found.map_err(|bad| bad.text(&STUFFING))
    }
}
