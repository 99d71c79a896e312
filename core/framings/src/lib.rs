//! The framings that ship, one file a strategy, and what a scenario may name: settings, checks,
//! descriptions. All of them stand in the catalogue below.
//!
//! [`build`] makes a [`Framing`] from a [`FramingSpec`]; [`describe`] says what there is and which
//! settings it takes; `docs/framings.md` is the reference, and `docs/choose-a-framing.md` the guide. What a framing is stands in `wirebench_framing`, which is given out again here.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod chunked;
mod cobs;
mod cobs_crc32c;
mod constants;
mod content_length;
mod delimiter;
mod delimiter_escaped;
mod ended;
mod entry;
mod eof;
mod field;
mod fixed;
mod grpc;
mod handshake;
mod handshake_one_way;
mod hdlc;
mod http_head;
mod joined;
mod json_header;
mod json_length;
mod json_stream;
mod len_ack;
mod length;
mod length_marks;
mod line;
mod magic;
mod netstring;
mod octet_count;
mod raw;
mod record_marking;
mod resp_bulk;
mod settings;
mod shared;
mod sleep;
mod slip;
mod spec;
mod stuffing;
mod varint;
mod varint_marks;
mod websocket;
mod websocket_answer;
mod websocket_header;
mod websocket_opening;
mod websocket_request;

use entry::{Entry, length_entry, plain};

pub use raw::datagrams as raw_datagrams;
pub use settings::{DefaultValue, Kind as SettingKind, Setting};
pub use spec::{
    Description, FramingSpec, PluginName, Prepared, SpecError, build, describe, names, together,
};
pub use wirebench_framing::{
    Alphabet, Capabilities, DecodeError, Decoded, Dropped, EncodeError, Frame, FrameWriter,
    Framing, Gate, MAX_DROPPED, Nanos, Role, all, driver,
};

/// Every built-in framing, in the order of the reference.
static CATALOGUE: &[Entry] = &[
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
    Entry {
        name: "varint",
        on_wire: "LEB128 length, payload",
        settings: varint::SETTINGS,
        derive: varint::derive,
        make: varint::make,
    },
    plain("netstring", "decimal length, `:`, payload, `,`", netstring::SETTINGS, netstring::make),
    plain(
        "octet-count",
        "decimal length, space, payload",
        octet_count::SETTINGS,
        octet_count::make,
    ),
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
        "json-stream",
        "i32le header length, JSON object that holds the body's length, body of any length in pieces",
        json_stream::SETTINGS,
        json_stream::make,
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
        on_wire: "RFC 6455 frames; the client's are masked; behind an opening handshake if asked for",
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
