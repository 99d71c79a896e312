//! Every built-in framing, in the order of the reference: its name, what it puts on the wire, its
//! settings and how it is made.

use super::settings::{Setting, Values};
use super::{Framing, Role, SpecError};
use super::{
    chunked, cobs, cobs_crc32c, content_length, delimiter, delimiter_escaped, eof, fixed, grpc,
    handshake, hdlc, json_header, len_ack, length, line, magic, netstring, raw, record_marking,
    resp_bulk, sleep, slip, varint, websocket,
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

/// An entry whose settings have constant defaults.
const fn plain(
    name: &'static str,
    on_wire: &'static str,
    settings: &'static [Setting],
    make: Make,
) -> Entry {
    Entry { name, on_wire, settings, derive: nothing_derived, make }
}

/// All of them.
pub(super) static CATALOGUE: &[Entry] = &[
    plain("raw", "the payload alone; one read is one message", &[], raw::make),
    plain(
        "sleep",
        "the payload alone, then a pause before the next; one read is one message",
        sleep::SETTINGS,
        sleep::make,
    ),
    plain("eof", "the payload alone; the end of the stream ends it", eof::SETTINGS, eof::make),
    plain("fixed", "u32le length, payload, zero bytes up to `size`", fixed::SETTINGS, fixed::make),
    plain("line", "payload, LF (or CRLF)", line::SETTINGS, line::make),
    plain("delimiter", "payload, delimiter", delimiter::SETTINGS, delimiter::make),
    plain(
        "delimiter-escaped",
        "payload with delimiter and escape bytes escaped, delimiter",
        delimiter_escaped::SETTINGS,
        delimiter_escaped::make,
    ),
    length_entry::<1, true>("len8", "8-bit length, payload"),
    length_entry::<2, true>("len16be", "16-bit big-endian length, payload"),
    length_entry::<2, false>("len16le", "16-bit little-endian length, payload"),
    length_entry::<3, true>("len24be", "24-bit big-endian length, payload"),
    length_entry::<3, false>("len24le", "24-bit little-endian length, payload"),
    length_entry::<4, true>("len32be", "32-bit big-endian length, payload"),
    length_entry::<4, false>("len32le", "32-bit little-endian length, payload"),
    length_entry::<8, true>("len64be", "64-bit big-endian length, payload"),
    length_entry::<8, false>("len64le", "64-bit little-endian length, payload"),
    plain("varint", "LEB128 length, payload", varint::SETTINGS, varint::make),
    plain("netstring", "decimal length, `:`, payload, `,`", netstring::SETTINGS, netstring::make),
    plain(
        "resp-bulk",
        "`$`, decimal length, CRLF, payload, CRLF",
        resp_bulk::SETTINGS,
        resp_bulk::make,
    ),
    plain(
        "content-length",
        "header lines with the payload's length, empty line, payload",
        content_length::SETTINGS,
        content_length::make,
    ),
    plain(
        "json-header",
        "i32le header length, JSON object that holds the body's length, body",
        json_header::SETTINGS,
        json_header::make,
    ),
    plain(
        "handshake",
        "decimal length; the peer answers `recv_ready`; payload",
        handshake::SETTINGS,
        handshake::make,
    ),
    plain(
        "len-ack",
        "u32be length, u32be sequence, payload; the peer acknowledges each",
        len_ack::SETTINGS,
        len_ack::make,
    ),
    plain("grpc", "zero byte, u32be length, payload", grpc::SETTINGS, grpc::make),
    Entry {
        name: "websocket",
        on_wire: "RFC 6455 binary frames; the client's are masked",
        settings: websocket::SETTINGS,
        derive: websocket::derive,
        make: websocket::make,
    },
    plain(
        "chunked",
        "hexadecimal length, CRLF, bytes, CRLF, …, `0`, CRLF, CRLF",
        chunked::SETTINGS,
        chunked::make,
    ),
    Entry {
        name: "record-marking",
        on_wire: "fragments: last-fragment bit and 31-bit big-endian length, bytes",
        settings: record_marking::SETTINGS,
        derive: record_marking::derive,
        make: record_marking::make,
    },
    plain("cobs", "payload in COBS, zero byte", cobs::SETTINGS, cobs::make),
    plain(
        "cobs-crc32c",
        "payload and its CRC-32C in COBS, zero byte",
        cobs_crc32c::SETTINGS,
        cobs_crc32c::make,
    ),
    plain("slip", "payload with C0 and DB escaped, C0", slip::SETTINGS, slip::make),
    plain(
        "hdlc",
        "7E, payload and check sequence with 7E and 7D escaped, 7E",
        hdlc::SETTINGS,
        hdlc::make,
    ),
    plain(
        "magic-len-crc32c",
        "magic number, u32be length, CRC-32C of both, payload, its CRC-32C",
        magic::SETTINGS,
        magic::make,
    ),
];

/// The entry of that name.
pub(super) fn entry(name: &str) -> Option<&'static Entry> {
    CATALOGUE.iter().find(|entry| entry.name == name)
}
