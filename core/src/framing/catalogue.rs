//! Every built-in framing, in the order of the reference: its name, what it puts on the wire, its
//! settings and how it is made.

use super::settings::{Setting, Values};
use super::{Framing, Role, SpecError};
use super::{
    delimiter, fixed, handshake, json_header, length, line, netstring, raw, sleep, varint,
};

/// One built-in framing.
pub(super) struct Entry {
    pub(super) name: &'static str,
    pub(super) on_wire: &'static str,
    pub(super) settings: &'static [Setting],
    /// Fills in the defaults that depend on other settings.
    pub(super) derive: fn(&mut Values),
    pub(super) make: Make,
}

/// Makes one connection's framing, or tells which settings do not go together.
type Make = fn(&Values, Role) -> Result<Box<dyn Framing>, SpecError>;

fn nothing_derived(_: &mut Values) {}

const fn length_entry<const WIDTH: usize, const BIG: bool>(
    name: &'static str,
    on_wire: &'static str,
) -> Entry {
    Entry {
        name,
        on_wire,
        settings: length::SETTINGS,
        derive: length::derive::<WIDTH>,
        make: length::make::<WIDTH, BIG>,
    }
}

/// All of them.
pub(super) static CATALOGUE: &[Entry] = &[
    Entry {
        name: "raw",
        on_wire: "the payload alone; one read is one message",
        settings: &[],
        derive: nothing_derived,
        make: raw::make,
    },
    Entry {
        name: "sleep",
        on_wire: "the payload alone, then a pause before the next; one read is one message",
        settings: sleep::SETTINGS,
        derive: nothing_derived,
        make: sleep::make,
    },
    Entry {
        name: "fixed",
        on_wire: "u32le length, payload, zero bytes up to `size`",
        settings: fixed::SETTINGS,
        derive: nothing_derived,
        make: fixed::make,
    },
    Entry {
        name: "line",
        on_wire: "payload, LF (or CRLF)",
        settings: line::SETTINGS,
        derive: nothing_derived,
        make: line::make,
    },
    Entry {
        name: "delimiter",
        on_wire: "payload, delimiter",
        settings: delimiter::SETTINGS,
        derive: nothing_derived,
        make: delimiter::make,
    },
    length_entry::<1, true>("len8", "8-bit length, payload"),
    length_entry::<2, true>("len16be", "16-bit big-endian length, payload"),
    length_entry::<2, false>("len16le", "16-bit little-endian length, payload"),
    length_entry::<3, true>("len24be", "24-bit big-endian length, payload"),
    length_entry::<3, false>("len24le", "24-bit little-endian length, payload"),
    length_entry::<4, true>("len32be", "32-bit big-endian length, payload"),
    length_entry::<4, false>("len32le", "32-bit little-endian length, payload"),
    length_entry::<8, true>("len64be", "64-bit big-endian length, payload"),
    length_entry::<8, false>("len64le", "64-bit little-endian length, payload"),
    Entry {
        name: "varint",
        on_wire: "LEB128 length, payload",
        settings: varint::SETTINGS,
        derive: nothing_derived,
        make: varint::make,
    },
    Entry {
        name: "netstring",
        on_wire: "decimal length, `:`, payload, `,`",
        settings: netstring::SETTINGS,
        derive: nothing_derived,
        make: netstring::make,
    },
    Entry {
        name: "json-header",
        on_wire: "i32le header length, JSON object that holds the body's length, body",
        settings: json_header::SETTINGS,
        derive: nothing_derived,
        make: json_header::make,
    },
    Entry {
        name: "handshake",
        on_wire: "decimal length; the peer answers `recv_ready`; payload",
        settings: handshake::SETTINGS,
        derive: nothing_derived,
        make: handshake::make,
    },
];

/// The entry of that name.
pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}
