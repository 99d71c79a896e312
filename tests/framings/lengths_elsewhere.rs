//! Other implementations of lengths, lines and delimiters at the other end.

use crate::driver::Subject;
use crate::seeded::check;
use bytes::{Bytes, BytesMut};
use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::json;
use tokio_util::codec::{AnyDelimiterCodec, Decoder, Encoder, LengthDelimitedCodec, LinesCodec};

/// Messages of up to 200 bytes, which one byte of length can tell.
fn messages() -> impl Strategy<Value = Vec<Vec<u8>>> {
    vec(vec(any::<u8>(), 0..200), 1..8)
}

/// Everything that a codec finds in these bytes, and nothing is left.
fn decoded<C: Decoder>(mut codec: C, bytes: &[u8]) -> Vec<C::Item>
where
    C::Error: std::fmt::Debug,
{
    let mut buffer = BytesMut::from(bytes);
    let found = std::iter::from_fn(|| codec.decode(&mut buffer).expect("a frame")).collect();
    assert!(buffer.is_empty(), "{buffer:02x?} is left");
    found
}

#[test]
fn every_fixed_length_is_that_of_a_length_delimited_codec() {
    for (kind, bytes, little) in [
        ("len8", 1, false),
        ("len16be", 2, false),
        ("len16le", 2, true),
        ("len24be", 3, false),
        ("len24le", 3, true),
        ("len32be", 4, false),
        ("len32le", 4, true),
        ("len64be", 8, false),
        ("len64le", 8, true),
    ] {
        let subject = Subject::new(kind, &json!({}));
        check(20, &messages(), |messages| {
            let codec = || {
                let mut builder = LengthDelimitedCodec::builder();
                builder.length_field_length(bytes);
                if little {
                    builder.little_endian();
                }
                builder.new_codec()
            };
            let (ours, _) = subject.stream(&messages);
            assert_eq!(decoded(codec(), &ours), messages, "{kind}");
            let mut theirs = BytesMut::new();
            for message in &messages {
                codec().encode(Bytes::copy_from_slice(message), &mut theirs).expect("it fits");
            }
            assert_eq!(ours, theirs, "{kind}");
            assert_eq!(subject.receive(&theirs, &[]).messages, messages, "{kind}");
        });
    }
}

#[test]
fn a_varint_is_the_length_delimiter_of_protocol_buffers() {
    let subject = Subject::new("varint", &json!({}));
    // Lengths of one, two and three bytes.
    let sizes = prop_oneof![0..3_usize, 120..140_usize, 16_300..16_500_usize];
    check(60, &vec(sizes, 1..5), |sizes| {
        let messages: Vec<Vec<u8>> = sizes.iter().map(|size| vec![0x5A; *size]).collect();
        let (ours, _) = subject.stream(&messages);
        let mut theirs = Vec::new();
        for message in &messages {
            prost::encode_length_delimiter(message.len(), &mut theirs).expect("there is room");
            theirs.extend_from_slice(message);
        }
        assert_eq!(ours, theirs, "{sizes:?}");
        let mut rest = &ours[..];
        for message in &messages {
            let length = prost::decode_length_delimiter(&mut rest).expect("a length");
            assert_eq!(length, message.len());
            rest = &rest[length..];
        }
        assert!(rest.is_empty());
        assert_eq!(subject.receive(&theirs, &[]).messages, messages);
    });
}

#[test]
fn an_overlong_or_endless_varint_is_refused_by_both() {
    let subject = Subject::new("varint", &json!({}));
    check(300, &vec(any::<u8>(), 1..12), |bytes| {
        let theirs = prost::decode_length_delimiter(&bytes[..]).ok();
        let ours = subject.receive(&bytes, &[]);
        // Whatever is a length for us is one for them; we also refuse what has a shorter form, and
        // what is longer than a message may be.
        if ours.error.is_none() && !ours.messages.is_empty() {
            assert_eq!(theirs, Some(ours.messages[0].len()), "{bytes:02x?}");
        }
        if theirs.is_none() && bytes.len() > 10 {
            assert!(ours.error.is_some(), "{bytes:02x?}");
        }
    });
}

#[test]
fn lines_and_delimiters_are_those_of_the_codecs() {
    let texts = vec("[a-z 0-9]{0,40}", 1..8);
    let line = Subject::new("line", &json!({}));
    let delimiter = Subject::new("delimiter", &json!({ "delimiter": ";" }));
    check(40, &texts, |texts: Vec<String>| {
        let (ours, _) = line.stream(&texts);
        assert_eq!(decoded(LinesCodec::new(), &ours), texts);
        let mut theirs = BytesMut::new();
        for text in &texts {
            LinesCodec::new().encode(text, &mut theirs).expect("it fits");
        }
        assert_eq!(ours, theirs);
        let (ours, _) = delimiter.stream(&texts);
        let codec = AnyDelimiterCodec::new(b";".to_vec(), b";".to_vec());
        let found = decoded(codec, &ours);
        assert!(found.iter().eq(texts.iter().map(String::as_bytes)), "{found:?}");
    });
}
