//! The framings that ship, one file a strategy, and what a scenario may name: settings, checks,
//! descriptions.
//!
//! [`build`] makes a [`Framing`] from a [`FramingSpec`]; [`describe`] says what there is and which
//! settings it takes. What a framing is stands in `wirebench_framing`, which is given out again here.

#![forbid(unsafe_code)]
#![forbid(clippy::disallowed_methods, clippy::disallowed_types)]

mod catalogue;
mod chunked;
mod cobs;
mod cobs_crc32c;
mod content_length;
mod delimiter;
mod delimiter_escaped;
mod ended;
mod eof;
mod field;
mod fixed;
mod grpc;
mod handshake;
mod hdlc;
mod joined;
mod json_header;
mod len_ack;
mod length;
mod line;
mod magic;
mod netstring;
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
mod websocket;
mod websocket_header;

pub use raw::datagrams as raw_datagrams;
pub use settings::{DefaultValue, Kind as SettingKind, Setting};
pub use spec::{Description, FramingSpec, PluginName, Prepared, SpecError, build, describe, names};
pub use wirebench_framing::{
    Alphabet, Capabilities, DecodeError, Decoded, Dropped, EncodeError, Frame, FrameWriter,
    Framing, Gate, MAX_DROPPED, Nanos, Role, all, driver,
};
