//! `line` and `delimiter` against the codecs of tokio-util, and COBS against the cobs crate.

use super::mutations::{mutations, right};
use super::{Fate, Pair, Reading};
use crate::driver::Subject;
use bytes::BytesMut;
use crc::{CRC_32_ISCSI, Crc};
use serde_json::json;
use tokio_util::codec::{AnyDelimiterCodec, Decoder, LinesCodec};

const MAX: usize = 60;

pub(crate) const WORDS: &[&[u8]] = &[
    b"\n",
    b"\r",
    b"\r\n",
    b";",
    b";;",
    b" ",
    b"\xff",
    b"\xc3\xa4",
    b"\xc3",
    b"\0",
    b"\x01",
    b"\x02",
    b"\xfe",
    b"0123456789012345678901234567890123456789",
];

/// What a codec makes of a whole stream: messages until the first error, then its end.
fn whole<D: Decoder>(mut codec: D, stream: &[u8]) -> Reading
where
    D::Item: AsRef<[u8]>,
{
    let (mut messages, mut buffer) = (Vec::new(), BytesMut::from(stream));
    loop {
        let found = match codec.decode(&mut buffer) {
            Ok(None) => codec.decode_eof(&mut buffer),
            found => found,
        };
        let fate = match found {
            Ok(Some(message)) => {
                messages.push(message.as_ref().to_vec());
                continue;
            }
            Ok(None) if buffer.is_empty() => Fate::Clean,
            Ok(None) => Fate::Open,
            Err(_) => Fate::Refused,
        };
        return Reading { messages, fate };
    }
}

#[test]
fn line_and_the_codec_of_tokio_util() {
    let subject = Subject::new("line", &json!({ "max": MAX }));
    let streams = right(&subject);
    let theirs = |stream: &[u8]| whole(LinesCodec::new_with_max_length(MAX), stream);
    Pair { subject, other: "tokio-util", ours: Reading::of, theirs: &theirs }
        .agree_but_for_what_is_decided(mutations(streams, WORDS, 3000));
}

#[test]
fn delimiter_and_the_codec_of_tokio_util() {
    let subject = Subject::new("delimiter", &json!({ "delimiter": ";", "max": MAX }));
    let streams = right(&subject);
    let codec = || AnyDelimiterCodec::new_with_max_length(b";".to_vec(), b";".to_vec(), MAX);
    Pair {
        subject,
        other: "tokio-util",
        ours: Reading::of,
        theirs: &|stream| whole(codec(), stream),
    }
    .agree_but_for_what_is_decided(mutations(streams, WORDS, 3000));
}

/// Frames between zeros; what cannot be decoded is let go.
fn between_zeros(stream: &[u8], decode: impl Fn(&[u8]) -> Option<Vec<u8>>) -> Reading {
    let (mut messages, mut fate, mut rest) = (Vec::new(), Fate::Clean, stream);
    while let Some(end) = rest.iter().position(|byte| *byte == 0) {
        match decode(&rest[..end]).filter(|message| message.len() <= MAX) {
            Some(message) => messages.push(message),
            None => fate = Fate::Refused,
        }
        rest = &rest[end + 1..];
    }
    if fate == Fate::Clean && !rest.is_empty() {
        fate = Fate::Open;
    }
    Reading { messages, fate }
}

#[test]
fn cobs_and_the_cobs_crate() {
    let subject = Subject::new("cobs", &json!({ "max": MAX }));
    let streams = right(&subject);
    let theirs = |stream: &[u8]| between_zeros(stream, |body| cobs::decode_vec(body).ok());
    Pair { subject, other: "cobs", ours: Reading::of, theirs: &theirs }
        .agree_but_for_what_is_decided(mutations(streams, WORDS, 3000));
}

#[test]
fn cobs_crc32c_and_the_cobs_crate_with_another_crc() {
    let crc = Crc::<u32>::new(&CRC_32_ISCSI);
    let subject = Subject::new("cobs-crc32c", &json!({ "max": MAX }));
    let streams = right(&subject);
    let decode = |body: &[u8]| {
        let bytes = cobs::decode_vec(body).ok()?;
        let (message, check) = bytes.split_last_chunk::<4>()?;
        (crc.checksum(message).to_le_bytes() == *check).then(|| message.to_vec())
    };
    let theirs = |stream: &[u8]| between_zeros(stream, decode);
    Pair { subject, other: "cobs", ours: Reading::of, theirs: &theirs }
        .agree_but_for_what_is_decided(mutations(streams, WORDS, 3000));
}
