//! Binary lengths against the codec of tokio-util, and `varint` against prost.

use super::mutations::{mutations, right};
use super::{Pair, Reading};
use crate::driver::Subject;
use bytes::BytesMut;
use serde_json::{Value, json};
use tokio_util::codec::{Decoder, LengthDelimitedCodec};

const MAX: usize = 60;

/// Lengths of many kinds, and what stands in front of them.
const WORDS: &[&[u8]] = &[
    b"\0",
    b"\x01",
    b"\x02",
    b"\x3c",
    b"\x3d",
    b"\x7f",
    b"\x80",
    b"\xff",
    b"\0\0\0\x05",
    b"\x05\0\0\0",
    b"\x80\0",
    b"\x85\0",
    b"\x80\x80\x80\x80\x80",
    b"\xff\xff\xff\xff\x0f",
    b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01",
];

/// The codec's reading; an error is the end of it.
fn codec(mut codec: LengthDelimitedCodec, bytes: &[u8]) -> Result<Option<(Vec<u8>, usize)>, ()> {
    let mut buffer = BytesMut::from(bytes);
    let found = codec.decode(&mut buffer).map_err(drop)?;
    Ok(found.map(|message| (message.to_vec(), bytes.len() - buffer.len())))
}

#[test]
fn every_width_and_order_and_the_codec_of_tokio_util() {
    for (kind, width, big) in [
        ("len8", 1, true),
        ("len16be", 2, true),
        ("len16le", 2, false),
        ("len24be", 3, true),
        ("len24le", 3, false),
        ("len32be", 4, true),
        ("len32le", 4, false),
        ("len64be", 8, true),
        ("len64le", 8, false),
    ] {
        for (settings, offset, adjust) in [
            (json!({ "max": MAX }), 0, 0),
            (json!({ "max": MAX, "offset": 2 }), 2, 0),
            (json!({ "max": MAX, "offset": 1, "strip": 0 }), 1, 0),
            (json!({ "max": MAX, "adjust": -2 }), 0, -2),
            (json!({ "max": MAX, "adjust": 3 }), 0, 3),
        ] {
            length(kind, &settings, |payload_max| {
                let mut builder = LengthDelimitedCodec::builder();
                builder.length_field_length(width).length_field_offset(offset);
                // Their limit is one of the field, ours of the message.
                let field_max = payload_max as isize - adjust;
                builder.length_adjustment(adjust).max_frame_length(field_max as usize);
                if !big {
                    builder.little_endian();
                }
                if settings.get("strip").is_some() {
                    // What is not skipped they count as adjusted.
                    let header = (offset + width) as isize;
                    builder.num_skip(0).length_adjustment(header);
                }
                builder.new_codec()
            });
        }
    }
}

/// Holds one of our framings against the codec that `theirs` makes for the longest payload.
fn length(kind: &str, settings: &Value, theirs: impl Fn(u64) -> LengthDelimitedCodec) {
    let subject = Subject::new(kind, settings);
    let (streams, max) = (right(&subject), subject.capabilities().max);
    Pair {
        subject,
        other: "tokio-util",
        ours: Reading::of,
        theirs: &|stream| Reading::each(stream, |bytes| codec(theirs(max), bytes)),
    }
    .agree_but_for_what_is_decided(mutations(streams, WORDS, 300));
}

#[test]
fn grpc_and_the_codec_of_tokio_util() {
    length("grpc", &json!({ "max": MAX }), |max| {
        let mut builder = LengthDelimitedCodec::builder();
        builder.length_field_offset(1).max_frame_length(max as usize).new_codec()
    });
}

/// True for streams of `grpc` with a flag that is not 0.
pub(crate) fn has_flag(mut stream: &[u8]) -> bool {
    while let [flag, a, b, c, d, rest @ ..] = stream {
        if *flag != 0 {
            return true;
        }
        let len = u32::from_be_bytes([*a, *b, *c, *d]) as usize;
        stream = rest.get(len..).unwrap_or_default();
    }
    false
}

#[test]
fn varint_and_prost() {
    let subject = Subject::new("varint", &json!({ "max": 300 }));
    let mut streams = right(&subject);
    streams.push(subject.stream(&[vec![b'x'; 300], vec![b'y'; 130]]).0);
    let next = |bytes: &[u8]| {
        let mut rest = bytes;
        let cut = bytes.len() < 10 && bytes.iter().all(|byte| byte & 0x80 != 0);
        let len = match prost::decode_length_delimiter(&mut rest) {
            Ok(len) if len <= 300 => len,
            Err(_) if cut => return Ok(None),
            _ => return Err(()),
        };
        let end = bytes.len() - rest.len() + len;
        Ok(rest.get(..len).map(|message| (message.to_vec(), end)))
    };
    Pair {
        subject,
        other: "prost",
        ours: Reading::of,
        theirs: &|stream| Reading::each(stream, next),
    }
    .agree_but_for_what_is_decided(mutations(streams, WORDS, 3000));
}
