//! `websocket` against tungstenite, behind the opening handshake.

use super::mutations::mutations;
use super::{Fate, Pair, Reading};
use crate::driver::{Outcome, Subject, send};
use serde_json::json;
use std::io::{Cursor, Read, Write};
use std::sync::LazyLock;
use tungstenite::Message;
use tungstenite::error::{Error, ProtocolError};
use tungstenite::protocol::{Role as TheirRole, WebSocket, WebSocketConfig};
use wirebench::framing::Role;

pub(crate) const MAX: usize = 300;

/// Beginnings of frames, lengths, and close codes.
pub(crate) const WORDS: &[&[u8]] = &[
    b"\x82",
    b"\x02",
    b"\x00",
    b"\x80",
    b"\x81",
    b"\x88",
    b"\x89",
    b"\x8a",
    b"\x08",
    b"\x83",
    b"\x8b",
    b"\xc2",
    b"\xa2",
    b"\x92",
    b"\x82\x80\0\0\0\0",
    b"\x02\x80\0\0\0\0",
    b"\x80\x81\0\0\0\0x",
    b"\x00\x81\0\0\0\0x",
    b"\x89\x81\0\0\0\0p",
    b"\x8a\x80\0\0\0\0",
    b"\x88\x80\0\0\0\0",
    b"\x88\x81\0\0\0\0\x03",
    b"\x88\x82\0\0\0\0\x03\xe8",
    b"\x88\x82\0\0\0\0\x03\xed",
    b"\x88\x82\0\0\0\0\x03\xef",
    b"\x88\x83\0\0\0\0\x03\xe8\xff",
    b"\x82\xfe\0\x05\0\0\0\0hello",
    b"\x82\xff\0\0\0\0\0\0\0\x05\0\0\0\0hello",
    b"\x82\xff\x80\0\0\0\0\0\0\x05\0\0\0\0hello",
    b"\x81\x81\0\0\0\0t",
    b"\x01\x81\0\0\0\0t",
    b"\x82\x05hello",
    b"\x89\xfe\0\x7e\0\0\0\0",
    b"\x09\x80\0\0\0\0",
    b"\x7e",
    b"\x7f",
    b"\xff",
];

/// A stream of bytes that takes whatever is written.
struct Wire(Cursor<Vec<u8>>);

impl Read for Wire {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.0.read(buffer)
    }
}

impl Write for Wire {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What stands among the messages for a close that is right.
const CLOSED: &[u8] = b"closed";

/// Whole messages behind whatever is wrong. tungstenite judges a frame when all of it has come, and does
/// not tell an end inside a frame from one behind it.
pub(crate) fn with_more(stream: &[u8]) -> Vec<u8> {
    [stream, &b"\x82\x9e\0\0\0\0thirty bytes behind all others".repeat(15)].concat()
}

/// A masked frame, as far as lengths go.
pub(crate) struct Frame {
    pub(crate) opcode: u8,
    pub(crate) len: u64,
    /// The least length that the field it stands in is for.
    pub(crate) least: u64,
}

/// True when one of the frames of a client's stream is like that.
pub(crate) fn any_frame(mut stream: &[u8], like: impl Fn(&Frame) -> bool) -> bool {
    while let [first, second, rest @ ..] = stream {
        let (wide, least) = match second & 0x7f {
            126 => (2, 126),
            127 => (8, 1 << 16),
            _ => (0, 0),
        };
        let field = rest.get(..wide).unwrap_or(rest);
        let wider = field.iter().fold(0, |len, byte| len << 8 | u64::from(*byte));
        let len = if wide == 0 { u64::from(second & 0x7f) } else { wider };
        if like(&Frame { opcode: first & 0x0f, len, least }) {
            return true;
        }
        let end = (wide as u64 + 4).saturating_add(len);
        stream = rest.get(usize::try_from(end).unwrap_or(usize::MAX)..).unwrap_or_default();
    }
    false
}

/// Ours, as theirs is told: no end is clean, and a close that is right is one more message.
pub(crate) fn ours(outcome: Outcome) -> Reading {
    let (mut control, mut last) = (&outcome.control[..], 0);
    while let [opcode, len, rest @ ..] = control {
        (last, control) = (*opcode, &rest[usize::from(*len)..]);
    }
    let mut reading = Reading::of(outcome);
    if reading.fate != Fate::Refused {
        reading.fate = Fate::Open;
        reading.messages.extend((last == 0x88).then(|| CLOSED.to_vec()));
    }
    reading
}

fn tungstenite(stream: &[u8]) -> Reading {
    let config = WebSocketConfig::default().max_message_size(Some(MAX)).max_frame_size(Some(MAX));
    let wire = Wire(Cursor::new(stream.to_vec()));
    let mut socket = WebSocket::from_raw_socket(wire, TheirRole::Server, Some(config));
    let mut messages = Vec::new();
    let mut reads = 0;
    let fate = loop {
        reads += 1;
        assert!(reads <= stream.len() + 2, "it goes on for ever: {}", stream.escape_ascii());
        match socket.read() {
            Ok(Message::Binary(message)) => messages.push(message.to_vec()),
            Ok(Message::Text(message)) => messages.push(message.as_bytes().to_vec()),
            Ok(Message::Close(_)) => {
                messages.push(CLOSED.to_vec());
                break Fate::Open;
            }
            Ok(_) => {}
            Err(Error::Protocol(ProtocolError::ResetWithoutClosingHandshake)) => break Fate::Open,
            Err(_) => break Fate::Refused,
        }
    };
    Reading { messages, fate }
}

/// Right streams: whole, fragmented, with control frames between and behind.
pub(crate) fn right() -> Vec<Vec<u8>> {
    right_of("binary")
}

/// The same with messages of that kind.
fn right_of(kind: &str) -> Vec<Vec<u8>> {
    let mut streams = Vec::new();
    for settings in [json!({ "payload": kind }), json!({ "payload": kind, "fragment": 3 })] {
        let mut framing = Subject::new("websocket", &settings).framing(Role::Client);
        let mut stream = Vec::new();
        for message in ["hello", "", "01234 €\u{10ffff}", &"x".repeat(200)] {
            send(&mut *framing, message.as_bytes(), &mut stream).expect("it fits");
            streams.push(stream.clone());
        }
        stream.extend_from_slice(b"\x89\x81\0\0\0\0p\x88\x82\0\0\0\0\x03\xe8");
        streams.push(stream);
    }
    streams
}

#[test]
fn websocket_and_tungstenite() {
    let subject = Subject::new("websocket", &json!({ "max": MAX }));
    Pair { subject, other: "tungstenite", ours, theirs: &tungstenite }
        .agree_but_for_what_is_decided(mutations(right(), WORDS, 6000).map(|one| with_more(&one)));
}

/// Parts of characters, and what looks like them.
const TEXT: &[&[u8]] = &[
    b"\x81\x83\0\0\0\0\xe2\x82\xac",
    b"\x01\x82\0\0\0\0\xe2\x82",
    b"\x80\x81\0\0\0\0\xac",
    b"\x81\x82\0\0\0\0\xc0\x80",
    b"\x81\x83\0\0\0\0\xed\xa0\x80",
    b"\x81\x84\0\0\0\0\xf4\x90\x80\x80",
];

#[test]
fn websocket_of_text_and_tungstenite() {
    let subject = Subject::new("websocket", &json!({ "payload": "text", "max": MAX }));
    static ALL: LazyLock<Vec<&[u8]>> = LazyLock::new(|| [WORDS, TEXT].concat());
    // What follows is of the kind that is carried.
    let with_more = |stream: Vec<u8>| {
        let binary = with_more(&stream);
        let (stream, more) = binary.split_at(stream.len());
        let frames = more.chunks(more.len() / 15);
        frames.fold(stream.to_vec(), |all, frame| [&all[..], b"\x81", &frame[1..]].concat())
    };
    Pair { subject, other: "tungstenite with text", ours, theirs: &tungstenite }
        .agree_but_for_what_is_decided(mutations(right_of("text"), &ALL, 6000).map(with_more));
}
