//! Well-known implementations at the other end: what we encode they decode, and the reverse, byte
//! for byte.

use crate::driver::{Subject, receive, send};
use crate::seeded::check;
use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use std::io::{Cursor, Read, Write};
use tokio_util::codec::{Decoder, Encoder, LengthDelimitedCodec};
use tungstenite::Message;
use tungstenite::protocol::frame::coding::{Data, OpCode};
use tungstenite::protocol::frame::{Frame, FrameHeader};
use tungstenite::protocol::{Role as TheirRole, WebSocket};
use wirebench::framing::Role;

/// Messages of which many hold zeros, and some are longer than a block of COBS.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    let byte = prop_oneof![4 => any::<u8>(), 1 => Just(0), 1 => Just(b'x')];
    let plain = (0..700_usize, prop_oneof![Just(b'x'), Just(0)]);
    let plain = plain.prop_map(|(len, byte)| vec![byte; len]);
    vec(prop_oneof![3 => vec(byte, 0..700), 1 => plain], 1..8)
}

#[test]
fn cobs_writes_and_reads_what_the_cobs_crate_does() {
    let subject = Subject::new("cobs", &json!({}));
    check(60, &messages(), |messages| {
        let theirs: Vec<u8> = messages
            .iter()
            .flat_map(|message| {
                let mut frame = vec![0; cobs::max_encoding_length(message.len())];
                let len = cobs::encode(message, &mut frame);
                frame.truncate(len);
                frame.push(0);
                frame
            })
            .collect();
        let (ours, _) = subject.stream(&messages);
        assert_eq!(ours, theirs);
        assert_eq!(subject.receive(&theirs, &[]).messages, messages);
        let bodies = ours[..ours.len() - 1].split(|byte| *byte == 0);
        let decoded: Vec<_> = bodies.map(|body| cobs::decode_vec(body).expect("COBS")).collect();
        assert_eq!(decoded, messages);
    });
}

#[test]
fn cobs_refuses_and_reads_the_same_bodies_as_the_cobs_crate() {
    let subject = Subject::new("cobs", &json!({}));
    check(300, &vec(1..=12_u8, 1..20), |body| {
        let theirs = cobs::decode_vec(&body).ok();
        let ours = subject.receive(&[&body[..], &[0]].concat(), &[]);
        assert_eq!(ours.messages.first(), theirs.as_ref(), "{body:02x?}");
        assert_eq!(ours.dropped_count, u64::from(theirs.is_none()));
    });
}

#[test]
fn grpc_writes_and_reads_what_a_length_delimited_codec_does() {
    let subject = Subject::new("grpc", &json!({}));
    check(30, &messages(), |messages| {
        let mut codec = LengthDelimitedCodec::builder()
            .length_field_offset(1)
            .length_field_length(4)
            .num_skip(5)
            .new_codec();
        let (ours, _) = subject.stream(&messages);
        let mut buffer = BytesMut::from(&ours[..]);
        for message in &messages {
            let decoded = codec.decode(&mut buffer).expect("a frame").expect("all of it");
            assert_eq!(decoded, message[..]);
        }
        assert!(buffer.is_empty());
        // Their encoder has no place for the flag, so it stands in front of each frame.
        let mut encoder = LengthDelimitedCodec::new();
        let mut theirs = BytesMut::new();
        for message in &messages {
            theirs.extend_from_slice(&[0]);
            encoder.encode(Bytes::copy_from_slice(message), &mut theirs).expect("it fits");
        }
        assert_eq!(ours, theirs);
    });
}

#[test]
fn record_marking_is_a_length_under_a_bit() {
    let subject = Subject::new("record-marking", &json!({}));
    check(30, &messages(), |messages| {
        let mut encoder = LengthDelimitedCodec::new();
        let mut theirs = BytesMut::new();
        for message in &messages {
            let at = theirs.len();
            encoder.encode(Bytes::copy_from_slice(message), &mut theirs).expect("it fits");
            theirs[at] |= 0x80;
        }
        assert_eq!(subject.stream(&messages).0, theirs);
        assert_eq!(subject.receive(&theirs, &[]).messages, messages);
    });
}

#[test]
fn headers_are_read_alike_by_httparse() {
    let subject = Subject::new("content-length", &json!({}));
    check(30, &(messages(), "[a-zA-Z-]{1,12}", "[ -~]{0,30}"), |(messages, name, value)| {
        let (mut rest, mut expected) = (&subject.stream(&messages).0[..], messages.iter());
        while !rest.is_empty() {
            let mut headers = [httparse::EMPTY_HEADER; 2];
            let parsed = httparse::parse_headers(rest, &mut headers).expect("a header");
            let httparse::Status::Complete((start, found)) = parsed else { panic!("it is whole") };
            assert_eq!((found.len(), found[0].name), (1, "Content-Length"));
            let len: usize =
                std::str::from_utf8(found[0].value).expect("digits").parse().expect("a length");
            assert_eq!(&rest[start..start + len], &expected.next().expect("one more")[..]);
            rest = &rest[start + len..];
        }
        // A line of any name before ours is passed over by both.
        let header = format!("{name}: {value}\r\nContent-Length: 2\r\n\r\n");
        let mut headers = [httparse::EMPTY_HEADER; 2];
        let theirs = httparse::parse_headers(header.as_bytes(), &mut headers);
        assert!(theirs.is_ok_and(|status| status.is_complete()), "{header:?}");
        let stream = [header.as_bytes(), b"hi"].concat();
        assert_eq!(subject.receive(&stream, &[]).messages, [b"hi"], "{header:?}");
    });
}

#[test]
fn chunks_have_the_lengths_that_httparse_reads() {
    let subject = Subject::new("chunked", &json!({ "chunk": 200 }));
    check(30, &messages(), |messages| {
        let stream = subject.stream(&messages).0;
        let (mut rest, mut found, mut message) = (&stream[..], Vec::new(), Vec::new());
        while !rest.is_empty() {
            let parsed = httparse::parse_chunk_size(rest).expect("a chunk");
            let httparse::Status::Complete((start, len)) = parsed else { panic!("it is whole") };
            let end = start + len as usize;
            message.extend_from_slice(&rest[start..end]);
            assert_eq!(rest[end..end + 2], *b"\r\n");
            rest = &rest[end + 2..];
            if len == 0 {
                found.push(std::mem::take(&mut message));
            }
        }
        assert_eq!(found, messages);
    });
}

/// A stream for tungstenite: bytes to read, bytes written.
struct Pipe {
    input: Cursor<Vec<u8>>,
    output: Vec<u8>,
}

impl Read for Pipe {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        self.input.read(buffer)
    }
}

impl Write for Pipe {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.output.write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

fn tungstenite(role: TheirRole, input: Vec<u8>) -> WebSocket<Pipe> {
    let pipe = Pipe { input: Cursor::new(input), output: Vec::new() };
    WebSocket::from_raw_socket(pipe, role, None)
}

/// All frames that our end writes.
fn ours(role: Role, settings: &serde_json::Value, messages: &[Vec<u8>]) -> Vec<u8> {
    let (mut framing, mut bytes) = (Subject::new("websocket", settings).framing(role), Vec::new());
    messages.iter().for_each(|one| send(&mut *framing, one, &mut bytes).expect("it fits"));
    bytes
}

#[test]
fn tungstenite_reads_our_frames_whole_and_in_fragments() {
    for settings in [json!({}), json!({ "fragment": 100 })] {
        for (role, other) in [(Role::Client, TheirRole::Server), (Role::Server, TheirRole::Client)]
        {
            check(12, &messages(), |messages| {
                let mut theirs = tungstenite(other, ours(role, &settings, &messages));
                for message in messages {
                    let read = theirs.read().expect("a message");
                    assert_eq!(read, Message::Binary(message.into()));
                }
            });
        }
    }
}

#[test]
fn we_read_the_messages_of_tungstenite_and_answer_its_ping_and_close() {
    let subject = Subject::new("websocket", &json!({}));
    for (role, other) in [(Role::Server, TheirRole::Client), (Role::Client, TheirRole::Server)] {
        check(12, &messages(), |messages| {
            let mut theirs = tungstenite(other, Vec::new());
            theirs.send(Message::Ping("are you there".into())).expect("it is written");
            for message in &messages {
                theirs.send(Message::Binary(message.clone().into())).expect("it is written");
            }
            theirs.close(None).expect("it is written");
            theirs.flush().expect("it is written");
            let bytes = std::mem::take(&mut theirs.get_mut().output);
            let outcome = receive(&mut *subject.framing(role), &bytes, &[]);
            assert!(outcome.clean(), "{}", outcome.complaint());
            assert_eq!(outcome.messages, messages);
            theirs.get_mut().input = Cursor::new(outcome.control);
            assert_eq!(theirs.read().expect("a pong"), Message::Pong("are you there".into()));
            assert!(matches!(theirs.read().expect("a close"), Message::Close(None)));
        });
    }
}

#[test]
fn each_frame_is_byte_for_byte_that_of_tungstenite() {
    let message = |len: usize| (0..len).map(|index| index as u8).collect::<Vec<u8>>();
    for len in [0, 1, 125, 126, 127, 65_535, 65_536] {
        let whole = [message(len)];
        let masked = ours(Role::Client, &json!({}), &whole);
        let plain = ours(Role::Server, &json!({}), &whole);
        let key_at = masked.len() - len - 4;
        let key = masked[key_at..key_at + 4].try_into().expect("four bytes");
        for (ours, mask) in [(masked, Some(key)), (plain, None)] {
            let opcode = OpCode::Data(Data::Binary);
            let header = FrameHeader { opcode, mask, ..FrameHeader::default() };
            let mut theirs = Vec::new();
            let frame = Frame::from_payload(header, message(len).into());
            frame.format(&mut theirs).expect("it is written");
            assert_eq!(ours, theirs, "{len} bytes");
        }
    }
}
