//! `delimiter-escaped`: the payload, stuffed, then a delimiter of one byte. In the payload, the
//! delimiter and the escape byte become the escape byte and themselves with bit 5 turned over (as
//! in RFC 1662), so the delimiter stands nowhere but at the end of a frame.

use super::delimiter::unescape;
use super::ended::{Codec, Ended, Found};
use super::settings::{DefaultValue, Kind, Setting, Values, error};
use super::shared::{LARGEST_STUFFED, max_setting_up_to};
use super::stuffing::Stuffing;
use super::{Framing, Role, SpecError};

/// What an escaped byte is combined with.
const TURN: u8 = 0x20;

pub(super) static SETTINGS: &[Setting] = &[
    Setting {
        name: "delimiter",
        kind: Kind::Text { max: 4 },
        default: DefaultValue::Text("\\n"),
        about: "what ends a message: it stands for one byte",
    },
    Setting {
        name: "escape",
        kind: Kind::Text { max: 4 },
        default: DefaultValue::Text("\\\\"),
        about: "what stands in front of an escaped byte: it stands for one byte",
    },
    max_setting_up_to(
        DefaultValue::Text("1 MiB"),
        LARGEST_STUFFED,
        "the longest message, before it is escaped",
    ),
];

pub(super) fn make(values: &Values, _: Role) -> Result<Box<dyn Framing>, SpecError> {
    let (end, escape) = (byte(values, "delimiter")?, byte(values, "escape")?);
    if end == escape {
        return Err(error("escape", "`escape` must be another byte than `delimiter`".to_owned()));
    }
    if end ^ TURN == escape {
        let message = format!(
            "`escape` ({escape:02x}) is `delimiter` ({end:02x}) with bit 5 turned over: an escaped \
             escape would be a delimiter; choose another byte"
        );
        return Err(error("escape", message));
    }
    let stuffing = Stuffing { end, escape, end_code: end ^ TURN, escape_code: escape ^ TURN };
    Ok(Box::new(Ended::new(Escaped { stuffing }, values.unsigned("max") as usize)))
}

/// The one byte that a setting stands for.
fn byte(values: &Values, name: &str) -> Result<u8, SpecError> {
    match unescape(values.text(name)).as_deref() {
        Ok([byte]) => Ok(*byte),
        Ok(bytes) => {
            Err(error(name, format!("`{name}` stands for {} bytes, but must for one", bytes.len())))
        }
        Err(why) => Err(error(name, format!("`{name}` {why}"))),
    }
}

struct Escaped {
    stuffing: Stuffing,
}

impl Codec for Escaped {
    #[inline]
    fn end(&self) -> u8 {
        self.stuffing.end
    }

    fn end_name(&self) -> &'static str {
        "delimiter"
    }

    fn empty(&self) -> bool {
        true
    }

    fn finds_corruption(&self) -> bool {
        false
    }

    fn longest(&self, max: usize) -> usize {
        2 * max
    }

    #[inline]
    fn encode(&self, payload: &[u8], out: &mut Vec<u8>) {
        self.stuffing.stuff(payload, out);
        out.push(self.stuffing.end);
    }

    #[inline]
    fn decode(&self, body: &[u8], scratch: &mut Vec<u8>) -> Result<Found, String> {
        let found = self.stuffing.unstuff(body, scratch, |code| self.stuffing.strict(code));
        found.map_err(|bad| bad.text(&self.stuffing))
    }
}
